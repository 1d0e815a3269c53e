"""A watcher wakes up when a hub pushes."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from newsloom import settings, watching
from newsloom.site import Site
from tests.recordings import make_feed
from tests.websub.hubs import Hub, Publisher, running
from tests.websub.test_round_trip import FIRST, subscribe, titles


def test_what_is_pushed_is_read_at_once_and_its_source_rests(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "WATCH_PAUSE_SECONDS", 0.2)
    monkeypatch.setattr(watching, "_INBOX_SECONDS", 0.1)
    hub = Hub()
    publisher = Publisher(FIRST, hub.url)
    told: list[str] = []

    def push() -> None:
        time.sleep(1.0)
        hub.push(make_feed([("https://news.example/watched", "Robots learn to fold the laundry")]))
        deadline = time.monotonic() + 20
        while "fold the laundry" not in titles(site.root) and time.monotonic() < deadline:
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGTERM)

    with running(hub, publisher):
        subscribe(site, publisher)
        publisher.asked = 0
        pusher = threading.Thread(target=push)
        pusher.start()
        watching.watch_site(site.root, told.append)
        pusher.join()
    assert "fold the laundry" in titles(site.root)
    assert publisher.asked == 0
    assert len([line for line in told if "polled" in line]) <= 2
