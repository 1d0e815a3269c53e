"""Hubs in a round: what they pushed is read first, what they are to be told is sent last."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from newsloom.errors import NewsloomError
from newsloom.fetch import Fetcher
from newsloom.intake.account import Intake
from newsloom.intake.stopping import work_until
from newsloom.site import Source
from newsloom.sources import Feed, read_source
from newsloom.websub.exchange import Hubs


def read_pushes(hubs: Hubs, sources: Mapping[str, Source], intake: Intake) -> list[tuple[Source, Feed]]:
    """The feeds that hubs pushed; the source of a push that is none is to be polled now."""
    intake.pushes = hubs.take()
    read: list[tuple[Source, Feed]] = []
    for push in intake.pushes:
        source = sources.get(push.source)
        if source is None or source.paused or hubs.is_pinged(push.source):
            continue
        try:
            feed = read_source(
                source.kind, push.body, push.topic, push.observed, source=push.source, select=source.select
            )
        except NewsloomError:
            hubs.ping(push.source)
            continue
        intake.note_moment(push.observed)
        read.append((source, feed))
    return read


async def tell_hubs(hubs: Hubs, fetcher: Fetcher, stop: asyncio.Event, intake: Intake) -> None:
    """Send hubs what is due, until all is sent or `stop` is set."""
    if not stop.is_set():
        await work_until(hubs.talk(fetcher), stop)
    for problem in hubs.problems:
        intake.note_problem(problem)
