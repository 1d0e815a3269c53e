"""The fetchers' clock, for tests that make a site twice and want nothing to have happened meanwhile."""

import pytest

from newsloom.fetch.client import LiveFetcher, read_clock


def stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no hour turn in the middle of a test: the desk judges all again when one does."""
    moment = read_clock()
    monkeypatch.setitem(LiveFetcher.__init__.__kwdefaults__, "now", lambda: moment)
