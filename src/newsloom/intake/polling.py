"""Feeds polled, and the pages their new entries lead to fetched, over the one guarded client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from newsloom.errors import FetchError, NewsloomError
from newsloom.extract import identity_key
from newsloom.fetch import Answer, Fetcher, LiveFetcher, RecordingFetcher, ReplayFetcher, Request, fetch_all
from newsloom.intake.account import Intake
from newsloom.progress import Reporter
from newsloom.records import Candidate, Page, Record
from newsloom.site import Site, Source
from newsloom.sources import Feed, read_feed_file, read_opml, read_source
from newsloom.store import Index, SourceState, Visit
from newsloom.websub.exchange import Hubs


def poll_sources(
    site: Site,
    index: Index,
    known: Mapping[str, Record],
    intake: Intake,
    *,
    replay: Sequence[Path],
    record: Path | None,
    reporter: Reporter,
) -> list[Page]:
    """Read every feed of the site into candidates; the pages that their new entries lead to."""
    remote: dict[str, Source] = {}
    for source in _expand_lists(site, intake):
        if source.remote:
            remote.setdefault(source.location, source)
        else:
            _read_local(site, source, intake)
    hubs = Hubs(site, live=not replay, recording=record is not None)
    if not intake.problems:  # a list that cannot be read must not end the subscriptions of its feeds
        hubs.keep_only(remote)
    if not remote and not hubs.waiting:
        return []
    poll = _Poll(site, index, known, intake, reporter, hubs)
    return asyncio.run(poll.run(remote, replay, record))


def adopt_feed(feed: Feed, source: Source | None, intake: Intake) -> list[Candidate]:
    """Take a feed's entries in, with what the owner said of its source; the candidates added."""
    hints = {"topics": source.topics, "provider": source.provider} if source is not None else {}
    candidates = [replace(entry, **hints) for entry in feed.entries] if hints else list(feed.entries)
    intake.candidates += candidates
    intake.entries += len(candidates)
    for problem, number in feed.problems.items():
        for _ in range(number):
            intake.reject("", problem)
    return candidates


def _expand_lists(site: Site, intake: Intake) -> Iterable[Source]:
    """All feed sources, those of OPML lists among them."""
    for source in site.sources:
        if source.kind == "feed":
            yield source
        elif source.kind == "opml":
            try:
                outlines = read_opml(site.root / source.location)
            except NewsloomError as error:
                intake.note_problem(error)
                continue
            for outline in outlines:
                yield replace(source, kind="feed", location=outline.address, name=outline.title)


def _read_local(site: Site, source: Source, intake: Intake) -> None:
    intake.polled += 1
    try:
        feed = read_feed_file(site.root / source.location)
    except NewsloomError as error:
        intake.note_problem(error)
        return
    intake.note_moment(feed.observed)
    adopt_feed(feed, source, intake)


class _Poll:
    """One round over the remote feeds of a site."""

    def __init__(
        self,
        site: Site,
        index: Index,
        known: Mapping[str, Record],
        intake: Intake,
        reporter: Reporter,
        hubs: Hubs,
    ) -> None:
        self._site = site
        self._known = known
        self._intake = intake
        self._reporter = reporter
        self._hubs = hubs
        self._states = index.source_states()
        self._visits = index.visits()

    async def run(
        self, sources: Mapping[str, Source], replay: Sequence[Path], record: Path | None
    ) -> list[Page]:
        """Poll the feeds, then fetch the pages that are wanted."""
        async with _open_fetcher(self._site, replay, record) as fetcher:
            wanted = await self._poll_feeds(fetcher, sources)
            pages = await self._fetch_pages(fetcher, wanted) if self._site.config.fetch_pages else []
            await self._hubs.talk(fetcher)
            self._intake.problems += map(str, self._hubs.problems)
            return pages

    async def _poll_feeds(self, fetcher: Fetcher, sources: Mapping[str, Source]) -> dict[str, str]:
        """Poll each feed once; the addresses to fetch, by key."""
        wanted: dict[str, str] = {}
        self._want(wanted, self._take_pushes(sources))
        requests = [
            self._ask(address) for address in sources if not self._hubs.rests(self._states.get(address))
        ]
        self._reporter.start("poll feeds", len(requests))
        async for request, result in fetch_all(fetcher, requests):
            self._reporter.advance()
            self._intake.polled += 1
            self._want(wanted, self._take_answer(sources[request.address], request.address, result))
        return dict(sorted(wanted.items()))

    def _take_pushes(self, sources: Mapping[str, Source]) -> Iterable[Candidate]:
        """Read what hubs pushed as if it had been polled; a push that is no feed is a reason to poll."""
        self._intake.pushes = self._hubs.take()
        for push in self._intake.pushes:
            source = sources.get(push.source)
            if source is None or self._hubs.is_pinged(push.source):
                continue
            try:
                feed = read_source(source.kind, push.body, push.topic, push.observed, source=push.source)
            except NewsloomError:
                self._hubs.ping(push.source)
                continue
            self._intake.note_moment(push.observed)
            yield from adopt_feed(feed, source, self._intake)

    def _want(self, wanted: dict[str, str], candidates: Iterable[Candidate]) -> None:
        """Add what is news to the addresses to fetch, and remember all of it as visited."""
        for candidate in candidates:
            key = _key(candidate.address)
            if self._is_news(key, candidate):
                wanted.setdefault(key, candidate.address)
            self._intake.visited[key] = (candidate.address, candidate.title)

    def _is_unseen(self, candidate: Candidate) -> bool:
        key = _key(candidate.address)
        return key not in self._visits and key not in self._known and key not in self._intake.visited

    def _ask(self, address: str) -> Request:
        state = self._states.get(address)
        if state is None:
            return Request(address=address, kind="feed")
        return Request(
            address=address, kind="feed", etag=state.etag or "", last_modified=state.last_modified or ""
        )

    def _take_answer(self, source: Source, address: str, result: Answer | FetchError) -> list[Candidate]:
        before = self._states.get(address) or SourceState(address=address, polled=0)
        now = int(time.time())
        try:
            if isinstance(result, FetchError):
                raise result
            self._intake.note_moment(result.observed)
            if result.unchanged:
                self._intake.source_states.append(replace(before, polled=now, failures=0, problem=""))
                return []
            feed = read_source(source.kind, result.body, result.final, result.observed, source=address)
        except NewsloomError as error:
            self._intake.note_problem(error)
            failed = replace(before, polled=now, failures=before.failures + 1, problem=str(error))
            self._intake.source_states.append(failed)
            return []
        self._intake.source_states.append(
            SourceState(
                address=address,
                polled=now,
                etag=result.etag or None,
                last_modified=result.last_modified or None,
                entries=len(feed.entries),
            )
        )
        unseen = filter(self._is_unseen, feed.entries)
        self._hubs.note(address, result, feed, unseen, before.polled)
        return adopt_feed(feed, source, self._intake)

    def _is_news(self, key: str, candidate: Candidate) -> bool:
        """Whether a page is worth fetching: not seen yet, or its entry has another title than then."""
        visit: Visit | None = self._visits.get(key)
        if visit is not None:
            return visit.title != candidate.title
        return key not in self._known

    async def _fetch_pages(self, fetcher: Fetcher, wanted: Mapping[str, str]) -> list[Page]:
        pages: list[Page] = []
        self._reporter.start("fetch pages", len(wanted))
        requests = [Request(address=address) for address in wanted.values()]
        async for _, result in fetch_all(fetcher, requests):
            self._reporter.advance()
            if isinstance(result, FetchError):
                self._intake.note_problem(result)  # its entry becomes a draft of its own
            else:
                pages.append(result.page())
        return sorted(pages, key=lambda page: page.address)


@asynccontextmanager
async def _open_fetcher(site: Site, replay: Sequence[Path], record: Path | None) -> AsyncIterator[Fetcher]:
    """The fetcher a pass works with: recordings when there are any, else the web."""
    if replay:
        yield ReplayFetcher(replay)
        return
    config = site.config
    agent = config.contact or config.url
    async with LiveFetcher(site=agent, allow=config.allow) as live:
        if record is None:
            yield live
        else:
            with RecordingFetcher(live, record) as recording:
                yield recording


def _key(address: str) -> str:
    try:
        return identity_key(address)
    except NewsloomError:
        return address
