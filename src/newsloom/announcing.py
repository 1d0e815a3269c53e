"""The pass's last step: the site's own hub is told which feeds have changed, so that it can push them.

One request names many feeds (`hub.url` again and again, as PubSubHubbub 0.4 has it), the site's own first:
a hub that reads only the first is told of that one. Nothing depends on it: a hub that fails is named among
the pass's problems, and told of what changes next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from newsloom import settings
from newsloom.errors import ConfigError
from newsloom.fetch import Request
from newsloom.intake import Intake, Round
from newsloom.intake.fetching import open_fetcher
from newsloom.site import Site
from newsloom.websub.exchange import find_obstacle, send_form

_MEANWHILE = "its subscribers learn of it with the next change"


def announce_feeds(site: Site, feeds: Sequence[str], round_: Round, intake: Intake) -> list[str]:
    """Tell the site's hub, where it has one, of its changed feeds by address; what went wrong.

    A pass that is replayed tells nobody: it is no news. What any step may meet is noted in `intake`.
    """
    if not site.config.hub or not feeds or round_.replay:
        return []
    if cause := find_obstacle(site.config):
        error = ConfigError(
            "newsloom.yaml",
            f"`hub`: it cannot read feeds at {site.config.url}: {cause}",
            "set `url` to where the site is served to the public, or leave `hub` empty",
        )
        return [str(error)]
    return asyncio.run(_announce(site, feeds, intake))


async def _announce(site: Site, feeds: Sequence[str], intake: Intake) -> list[str]:
    async with open_fetcher(site, (), None, intake.note_once) as fetcher:
        for request in _make_requests(site.config.hub, feeds):
            if (fault := await send_form(fetcher, request, _MEANWHILE)) is not None:
                return [str(fault)]
    return []


def _make_requests(hub: str, feeds: Sequence[str]) -> Iterator[Request]:
    most = settings.WEBSUB_TOLD * settings.WEBSUB_TELLS
    for start in range(0, len(feeds[:most]), settings.WEBSUB_TOLD):
        named = (("hub.url", feed) for feed in feeds[start : start + settings.WEBSUB_TOLD])
        yield Request(address=hub, kind="hub", form=(("hub.mode", "publish"), *named))
