"""Sources polled over the one guarded client: answers to entries, and what is known of each source."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from msgspec.structs import replace

from newsloom import __version__, settings
from newsloom.errors import FetchError, NewsloomError, SourceError
from newsloom.fetch import Answer, Request, answer_or_fault
from newsloom.fetch.exchange import join_location
from newsloom.intake.account import Intake
from newsloom.intake.fetching import Web
from newsloom.intake.known import Known, make_key
from newsloom.intake.schedule import Reading, adopt_rhythm, judge_poll, postpone, read_wish, set_due
from newsloom.intake.signs import find_sign
from newsloom.intake.stopping import work_until
from newsloom.progress import Reporter
from newsloom.records import Candidate
from newsloom.site import Source
from newsloom.sources import Feed, read_source
from newsloom.store import SourceState
from newsloom.websub.exchange import Hubs

_FOR_GOOD = frozenset({301, 308})
_DEFERRED = "retry-later"  # the code of a request that was not sent, since its host wants a pause


def adopt_feed(feed: Feed, source: Source | None, intake: Intake) -> list[Candidate]:
    """Take a feed's entries in, with what the owner said of its source; the candidates added."""
    said = {"topics": source.topics, "provider": source.provider} if source is not None else {}
    hints = {key: value for key, value in said.items() if value}  # else the entry's own word stands
    candidates = [replace(entry, **hints) for entry in feed.entries] if hints else list(feed.entries)
    intake.candidates += candidates
    intake.entries += len(candidates)
    for problem, number in feed.problems.items():
        for _ in range(number):
            intake.reject("", problem)
    return candidates


class Poller:
    """Polls sources, each in a task of its own; hosts take turns as the client's pace has it.

    `states` is what is known of sources, brought up to date poll by poll; `wanted` has the pages to be
    fetched: the key of each address, with the address and the source that named it. `edited` are those
    of them that were read before, with the moment at which the source told of the edit.
    """

    def __init__(
        self,
        web: Web,
        states: Mapping[str, SourceState],
        known: Known,
        intake: Intake,
        *,
        pages: bool,
        reporter: Reporter,
        hubs: Hubs,
    ) -> None:
        self._web = web
        self._states = states
        self._known = known
        self._intake = intake
        self._pages = pages
        self._reporter = reporter
        self._hubs = hubs
        self.wanted: dict[str, tuple[str, str]] = {}
        self.edited: dict[str, datetime] = {}

    async def poll(self, sources: Mapping[str, Source], stop: asyncio.Event) -> None:
        """Poll each source once. What is not done when `stop` is set is left as it was before."""
        self._reporter.start("poll sources", len(sources))
        await work_until(self._poll_all(sources), stop)

    async def _poll_all(self, sources: Mapping[str, Source]) -> None:
        async with asyncio.TaskGroup() as group:
            for source in sources.values():
                group.create_task(self._poll(source))

    async def _poll(self, source: Source) -> None:
        state, *children = await self._poll_address(source, source.location, "", settings.FOLLOW_DEPTH)
        if children:
            state = set_due(adopt_rhythm(state, children), state.polled, source.every)
        for one in (self._tell_sign(state), *children):
            self._intake.source_states[one.address] = one
        self._intake.polled += 1
        self._reporter.advance()

    async def _poll_address(self, source: Source, address: str, parent: str, depth: int) -> list[SourceState]:
        """Poll an address of a source, then the children it names; what is known of each, it first."""
        before = self._states.get(address) or SourceState(address=address, polled=0, parent=parent)
        result = await answer_or_fault(self._web.fetcher, _ask(source, before))
        if isinstance(result, FetchError) and result.code == _DEFERRED:
            self._intake.note_problem(result)
            return [postpone(before, self._web.tell_pause(before.asked or address))]
        states = [self._take_answer(source, before, result)]
        for child in states[0].follow[: settings.FOLLOW_CHILDREN] if depth else ():
            states += await self._poll_address(source, child, source.location, depth - 1)
        return states

    def _take_answer(self, source: Source, before: SourceState, result: Answer | FetchError) -> SourceState:
        moment = int(time.time())
        try:
            if isinstance(result, FetchError):
                raise result
            self._intake.note_moment(result.observed)
            reading = self._read(source, before, result)
        except NewsloomError as error:
            self._intake.note_problem(error)
            reading = Reading(
                moment=moment,
                answered=False,
                code=error.code,
                problem=error.cause,
                remedy=error.remedy,
                until=self._web.tell_pause(before.asked or before.address),
            )
        return judge_poll(before, replace(reading, moment=moment), source.every)

    def _tell_sign(self, state: SourceState) -> SourceState:
        sign = find_sign(state)
        if sign is None:
            return state
        self._intake.note_problem(sign)
        return replace(state, code=sign.code, problem=sign.cause, remedy=sign.remedy)

    def _read(self, source: Source, before: SourceState, answer: Answer) -> Reading:
        """What an answer brings; its new entries are taken in. Raises SourceError for one of no use."""
        digest, way = _digest(answer.body), describe_way(source)
        known = answer.unchanged or (digest == before.digest and way == before.reading)
        feed = None if known else _parse(source, before.address, answer)
        reading = Reading(
            moment=int(answer.observed.timestamp()),
            unchanged=known,
            etag=answer.etag or None,
            last_modified=answer.last_modified or None,
            digest=digest,
            reading=way,
            moved_to=find_move(answer),
            wish=read_wish(
                answer.header("cache-control"),
                answer.header("expires"),
                answer.header("date"),
                feed.every if feed is not None else None,
            ),
        )
        if feed is None:
            return reading
        if before.address == source.location:
            self._known.look_up(make_key(entry.address) for entry in feed.entries)
            unseen = filter(self._is_unseen, feed.entries)
            self._hubs.note(before.address, answer, feed, unseen, before.polled)
        return self._take_feed(source, before, feed, reading)

    def _is_unseen(self, candidate: Candidate) -> bool:
        key = make_key(candidate.address)
        return self._known.is_new(key) and key not in self._intake.visited

    def take_pushed(self, source: Source, feed: Feed) -> None:
        """Take in what a hub pushed as if the source had been polled; what is known of its polls stays."""
        before = self._states.get(source.location) or SourceState(address=source.location, polled=0)
        self._take_feed(source, before, feed, Reading(moment=int(feed.observed.timestamp())))

    def _take_feed(self, source: Source, before: SourceState, feed: Feed, reading: Reading) -> Reading:
        fresh, lags = 0, []
        self._known.look_up(make_key(entry.address) for entry in feed.entries)
        for candidate in adopt_feed(feed, source, self._intake):
            key = make_key(candidate.address)
            if self._known.is_new(key):
                fresh += 1
                if before.successes and candidate.published is not None:
                    lags.append(reading.moment - int(candidate.published.timestamp()))
            if self._wants_pages(source) and self._known.is_news(key, candidate):
                self.wanted.setdefault(key, (candidate.address, before.address))
                if not self._known.is_new(key):
                    self.edited.setdefault(candidate.address, candidate.observed)
            self._intake.visited[key] = (candidate.address, candidate.title)
        return replace(
            reading,
            follow=feed.follow,
            entries=len(feed.entries),
            dates=tuple(int(entry.published.timestamp()) for entry in feed.entries if entry.published),
            fresh=fresh,
            lags=tuple(max(0, lag) for lag in lags),
        )

    def _wants_pages(self, source: Source) -> bool:
        return self._pages if source.pages is None else source.pages


def _ask(source: Source, state: SourceState) -> Request:
    """The request for a source, with its validators unless it is read in another way than then."""
    address, since = state.asked or state.address, _reach_back(source, state)
    if state.reading != describe_way(source):
        return Request(address=address, kind="feed", since=since)
    return Request(
        address=address,
        kind="feed",
        etag=state.etag or "",
        last_modified=state.last_modified or "",
        since=since,
    )


def _reach_back(source: Source, state: SourceState) -> datetime:
    """Since when another site's answer will do: within the source's interval, after this site's own."""
    interval = source.every or state.interval or settings.POLL_USUAL
    start = datetime.now(UTC) - timedelta(seconds=interval)
    return max(start, datetime.fromtimestamp(state.polled + 1, UTC))


def _parse(source: Source, address: str, answer: Answer) -> Feed:
    try:
        return read_source(
            source.kind, answer.body, answer.final, answer.observed, source=address, select=source.select
        )
    except NewsloomError:
        raise
    except Exception as error:  # a parser's edge: one strange body must not end the pass
        kind = type(error).__name__
        raise SourceError(
            address, f"failed to be read: {kind}", "please report it with the address", code="unexpected"
        ) from error


def describe_way(source: Source) -> str:
    """A digest of how a source is read: where the owner or a new version changes it, it is read anew."""
    parts = (__version__, source.kind, source.provider or "", source.select, *source.topics)
    return _digest("\n".join(parts).encode())


def find_move(answer: Answer) -> str:
    """Where an address has moved for good: to the end of the permanent redirects it begins with, or ""."""
    target = ""
    for hop in answer.hops:
        if hop.status not in _FOR_GOOD:
            break
        target = join_location(hop.address, hop.location)
    return target


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()
