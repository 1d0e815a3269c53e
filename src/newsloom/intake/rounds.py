"""One round over the web: sources chosen and polled, then the pages that their new entries lead to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct

from newsloom import settings
from newsloom.errors import FetchError, NewsloomError
from newsloom.fetch import Request, fetch_all
from newsloom.intake.account import Intake
from newsloom.intake.background import Background
from newsloom.intake.fetching import Web, open_web
from newsloom.intake.known import Known, make_key
from newsloom.intake.lists import Plan, list_sources
from newsloom.intake.polling import Poller, adopt_feed
from newsloom.intake.pushing import read_pushes, tell_hubs
from newsloom.intake.signs import sign
from newsloom.progress import Reporter
from newsloom.records import Page
from newsloom.site import Site, Source
from newsloom.sources import Feed, read_feed_file
from newsloom.store import Index, SourceState
from newsloom.websub.exchange import Hubs

_T = TypeVar("_T")
_LOOK: Final = 0.2  # seconds between two looks at a wish to stop


class Stop:
    """A wish to stop that a signal handler can give and the network's loop can wait for."""

    def __init__(self) -> None:
        self.given = False
        self._bell: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def give(self) -> None:
        """Ask whoever is at work to stop."""
        self.given = True
        if self._bell is not None:
            loop, event = self._bell
            with suppress(RuntimeError):  # the round is over and its loop closed
                loop.call_soon_threadsafe(event.set)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the wish is given; whether it was."""
        # No lock or condition: a signal handler may come at any point of it.
        until = time.monotonic() + seconds
        while not self.given and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK))
        return self.given

    def listen(self) -> asyncio.Event:
        """An event of the running loop that is set when the wish is given."""
        event = asyncio.Event()
        self._bell = (asyncio.get_running_loop(), event)
        if self.given:
            event.set()
        return event


class Round(Struct, frozen=True, kw_only=True):
    """How a pass asks the web: `replay` answers from recordings, `record` writes answers down.

    With `brought` its drafts are given already: no source is read and nothing is asked for.
    """

    plan: Plan
    replay: Sequence[Path] = ()
    record: Path | None = None
    brought: Intake | None = None
    stop: Stop


class Wanted(Struct, frozen=True, kw_only=True):
    """The pages that new entries lead to.

    `left` are those nobody has taken yet: by key, the address and the source that named it. `edited` are the
    addresses that were read before, with the moment of the edit; when `stop` is set none is wanted any more.
    """

    left: dict[str, tuple[str, str]]
    edited: Mapping[str, datetime]
    stop: asyncio.Event


Way = Callable[[Web, Wanted, Intake], AsyncGenerator[_T | None, None]]


def poll_sources(
    site: Site, index: Index, known: Known, intake: Intake, way: Way[_T], *, round_: Round, reporter: Reporter
) -> Iterator[_T]:
    """Read the feeds of the site into candidates; what `way` makes of the pages that new entries lead to."""
    sources = list_sources(site)
    for problem in sources.problems:
        intake.note_problem(problem)
    for source in sources.local if round_.plan.local else ():
        _read_local(site, source, intake)
    states = index.source_states()
    if not sources.problems:
        intake.forgotten += _find_forgotten(states, sources.remote)
    hubs = Hubs(site, live=not round_.replay, recording=round_.record is not None)
    if not sources.problems:
        hubs.keep_only(sources.remote)
    pushed = read_pushes(hubs, sources.remote, intake)
    chosen = _choose(sources.remote, states, round_.plan, intake, hubs)
    if not chosen and not pushed and not hubs.waiting:
        return
    with Background() as background:
        pages = _ask_web(site, known, intake, way, chosen, pushed, states, round_, reporter, hubs)
        yield from background.iterate(pages)


def fetch_again(
    site: Site, intake: Intake, addresses: Sequence[str], way: Way[_T], *, round_: Round
) -> Iterator[_T]:
    """What `way` makes of pages that a round has fetched before, asked for once more."""
    with Background() as background:
        yield from background.iterate(_ask_again(site, intake, addresses, way, round_))


async def _ask_again(
    site: Site, intake: Intake, addresses: Sequence[str], way: Way[_T], round_: Round
) -> AsyncGenerator[_T, None]:
    async with open_web(site, round_.replay, round_.record, intake.note_once) as web:
        sources = {entry.address: entry.source for entry in intake.candidates}
        left = {make_key(address): (address, sources.get(address, "")) for address in addresses}
        async for page in way(web, Wanted(left=left, edited={}, stop=round_.stop.listen()), intake):
            if page is not None:
                yield page
        _release(left, intake)


def _read_local(site: Site, source: Source, intake: Intake) -> None:
    intake.polled += 1
    try:
        feed = read_feed_file(site.root / source.location)
    except NewsloomError as error:
        intake.note_problem(error)
        return
    intake.note_moment(feed.observed)
    adopt_feed(feed, source, intake)


def _find_forgotten(states: Mapping[str, SourceState], sources: Mapping[str, Source]) -> list[str]:
    """Addresses that are known but no longer sources, nor named by one: indexes change their children."""
    named = {child for state in states.values() for child in state.follow}
    return [
        address
        for address, state in states.items()
        if address not in sources and not (state.parent in sources and address in named)
    ]


def _choose(
    sources: Mapping[str, Source],
    states: Mapping[str, SourceState],
    plan: Plan,
    intake: Intake,
    hubs: Hubs,
) -> dict[str, Source]:
    """The sources to be polled now; those that are gone for good are told instead."""
    chosen: dict[str, Source] = {}
    for address, source in sources.items():
        planned = plan.remote is None or address in plan.remote or hubs.is_pinged(address)
        if source.paused or not planned or hubs.rests(states.get(address)):
            continue
        if address in states and states[address].gone:
            intake.note_problem(sign("gone", address))
        else:
            chosen[address] = source
    return chosen


async def _ask_web(
    site: Site,
    known: Known,
    intake: Intake,
    way: Way[_T],
    sources: Mapping[str, Source],
    pushed: Sequence[tuple[Source, Feed]],
    states: Mapping[str, SourceState],
    round_: Round,
    reporter: Reporter,
    hubs: Hubs,
) -> AsyncGenerator[_T, None]:
    stop = round_.stop.listen()
    async with open_web(site, round_.replay, round_.record, intake.note_once) as web:
        poller = Poller(
            web, states, known, intake, pages=site.config.fetch_pages, reporter=reporter, hubs=hubs
        )
        for source, feed in pushed:
            poller.take_pushed(source, feed)
        await poller.poll(sources, stop)
        left = dict(sorted(poller.wanted.items()))
        if left:
            reporter.start("fetch pages", len(left))
            wanted = Wanted(left=left, edited=poller.edited, stop=stop)
            async for page in way(web, wanted, intake):
                reporter.advance()
                if page is not None:
                    yield page
            _release(left, intake)
        await tell_hubs(hubs, web.fetcher, stop, intake)


async def fetch_pages(web: Web, wanted: Wanted, intake: Intake) -> AsyncGenerator[Page | None, None]:
    """Fetch pages here, taking each from those left when it is answered; a page that failed gives None."""
    keys = {address: key for key, (address, _) in wanted.left.items()}
    # What another site read will do; of a page that was edited, what it read since.
    since = datetime.now(UTC) - timedelta(seconds=settings.SHARED_PAGE_SECONDS)
    requests = [Request(address=address, since=wanted.edited.get(address, since)) for address in keys]
    answers = fetch_all(web.fetcher, requests)
    following = asyncio.ensure_future(anext(answers, None))
    stopped = asyncio.ensure_future(wanted.stop.wait())
    try:
        while True:
            await asyncio.wait({following, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if stopped.done() or (item := following.result()) is None:
                return
            request, result = item
            del wanted.left[keys[request.address]]
            if isinstance(result, FetchError):
                intake.note_problem(result)  # its entry becomes a draft of its own
                yield None
            else:
                yield result.page()
            following = asyncio.ensure_future(anext(answers, None))
    finally:
        following.cancel()
        stopped.cancel()
        await asyncio.gather(following, stopped, return_exceptions=True)
        await answers.aclose()


def _release(left: Mapping[str, tuple[str, str]], intake: Intake) -> None:
    """Give up the entries whose pages were not fetched any more: their sources are polled anew."""
    if not left:
        return
    addresses = {address for address, _ in left.values()}
    sources = {source for _, source in left.values()}
    intake.pushes = [push for push in intake.pushes if push.source not in sources]  # they stay in the inbox
    intake.candidates = [entry for entry in intake.candidates if entry.address not in addresses]
    for key, (_, source) in left.items():
        intake.visited.pop(key, None)
        intake.source_states.pop(source, None)
