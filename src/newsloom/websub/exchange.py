"""Hubs during a pass: what they pushed is handed over, what sources say of them is noted, requests are sent.

All requests go through the pass's own fetcher. They are sent last, so that a slow hub holds up no news.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Collection, Iterable
from functools import partial
from typing import Final

from newsloom import settings
from newsloom.config import Config
from newsloom.errors import ConfigError, FetchError, NewsloomError, RefusedError
from newsloom.fetch import Answer, Fetcher, Request
from newsloom.fetch.guard import check_address, read_allowance
from newsloom.records import Candidate
from newsloom.site import Site
from newsloom.sources import Feed
from newsloom.store import SourceState
from newsloom.store.subscriptions import Subscriptions
from newsloom.websub.finding import find_hub
from newsloom.websub.inbox import Pushed, take_inbox
from newsloom.websub.subscriptions import (
    FOLDER,
    Subscription,
    adopt_hub,
    ask,
    is_due,
    is_over,
    leave,
    miss,
    polling_ceiling,
    put_off,
    request_form,
    settle,
)

_TOKEN_BYTES: Final = 32
_MEANWHILE: Final = "its feeds are polled until it answers"
# What a hub may say of one topic; any other failure is its own and would meet all of its topics.
_OF_TOPIC: Final = frozenset(
    {"http-400", "http-409", "http-410", "http-422", "forbidden", "not-found", "gone"}
)


class Hubs:
    """The hubs of one site for the length of a pass. Without `live` (a replay) there are none."""

    def __init__(self, site: Site, *, live: bool = True, recording: bool = False) -> None:
        self._site = site
        self._recording = recording
        self._store = Subscriptions(site.store)
        known = self._store.all() if live else []
        running = [one for one in known if not one.ending]
        self._by_source = {one.source: one for one in running}
        self._by_topic = {one.topic: one for one in running}
        self._some = bool(known)
        self._changed: list[Subscription] = []
        self._pinged: set[str] = set()
        self._live = live
        self._wanted = live and site.config.websub
        self.problems: list[NewsloomError] = []
        if self._wanted:
            self._check_callback()

    @property
    def waiting(self) -> bool:
        """Whether there may be something to say to hubs even if no source is read."""
        return self._some

    def take(self) -> list[Pushed]:
        """What was pushed since the last pass. It is cleared (`clear_inbox`) when it is written down.

        While a pass is recorded a push only counts as a ping, so that what it brought is in the recording.
        """
        pushes = take_inbox(self._site.private) if self._live else []
        for push in pushes:
            if not push.body or self._recording:
                self.ping(push.source)
        return pushes

    def ping(self, source: str) -> None:
        """Have a source polled in this pass, however lately it was."""
        self._pinged.add(source)

    def is_pinged(self, source: str) -> bool:
        """Whether a hub said that a source has news without saying which."""
        return source in self._pinged

    def rests(self, state: SourceState | None) -> bool:
        """Whether a source need not be polled yet, since its hub pushes."""
        return _now() < self.rests_until(state)

    def rests_until(self, state: SourceState | None) -> int:
        """The moment before which a source need not be polled, since its hub pushes; 0 where none does."""
        if self._recording or state is None or state.failures or self.is_pinged(state.address):
            return 0
        ceiling = polling_ceiling(self._by_source.get(state.address), _now())
        return 0 if ceiling is None else state.polled + ceiling

    def note(self, source: str, answer: Answer, feed: Feed, unseen: Iterable[Candidate], polled: int) -> None:
        """Note which hub a source names, and whether it let down: `unseen` was not pushed since `polled`."""
        if not self._wanted:
            return
        hub, topic = find_hub(answer, feed)
        own, others = self._by_source.get(source), self._by_topic.get(topic)
        known = [one for one in (own, others) if one is not None]
        if changed := adopt_hub(known, self._mint(source, hub, topic)):
            self._keep(changed)
            return
        if own is None or polled < own.verified or self.is_pinged(source):
            return
        now = _now()
        if any(_is_late(entry, polled, now) for entry in unseen):
            self._store.change(own.token, partial(miss, now=now))

    def keep_only(self, sources: Collection[str]) -> None:
        """Leave the hubs of sources that are no longer read."""
        gone = [one for one in self._by_source.values() if one.source not in sources]
        self._keep([leave(one) for one in gone])

    async def talk(self, fetcher: Fetcher) -> None:
        """Send every request that is due: subscriptions, renewals, ends of subscriptions."""
        if not self._live or not (self._some or self._changed):
            return
        if not self._site.config.websub:
            self.keep_only(())
        self._store.put(self._changed)
        self._changed.clear()
        now = _now()
        known = self._store.all()
        if over := [one.token for one in known if is_over(one, now)]:
            self._store.remove(over)
        lanes: dict[str, list[Subscription]] = {}
        for one in sorted(known, key=lambda one: (one.next_try, one.token)):
            if is_due(one, now) and not is_over(one, now) and (self._wanted or one.ending):
                lanes.setdefault(one.hub, []).append(one)
        await asyncio.gather(*(self._talk_to(fetcher, lane) for lane in lanes.values()))

    async def _talk_to(self, fetcher: Fetcher, lane: list[Subscription]) -> None:
        """Send one hub's requests; when it fails, the rest of them wait with the one that found out."""
        started = time.monotonic()
        for number, one in enumerate(lane[: settings.WEBSUB_REQUESTS]):
            if time.monotonic() - started > settings.WEBSUB_HUB_SECONDS:
                return
            asked = self._store.change(one.token, partial(ask, now=_now()))
            problem = await _send(fetcher, asked) if asked is not None else None
            if problem is None:
                continue
            self.problems.append(problem)
            self._store.change(one.token, partial(settle, problem=problem.cause, now=_now()))
            if problem.code not in _OF_TOPIC:
                for other in lane[number + 1 :]:
                    self._store.change(other.token, partial(put_off, now=_now()))
                return

    def _check_callback(self) -> None:
        try:
            check_callback(self._site.config)
        except ConfigError as error:
            self._wanted = False
            self.problems.append(error)

    def _mint(self, source: str, hub: str, topic: str) -> Subscription:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        return Subscription(
            token=token,
            secret=secrets.token_urlsafe(_TOKEN_BYTES),
            source=source,
            hub=hub,
            topic=topic,
            callback=f"{self._site.config.url.rstrip('/')}/{FOLDER}/{token}",
        )

    def _keep(self, changed: Iterable[Subscription]) -> None:
        for one in changed:
            self._changed.append(one)
            if not one.ending:
                self._by_source[one.source] = self._by_topic[one.topic] = one
                continue
            for held, key in ((self._by_source, one.source), (self._by_topic, one.topic)):
                if key in held and held[key].token == one.token:
                    del held[key]


def check_callback(config: Config) -> None:
    """Raise ConfigError when hubs cannot call back: the site's address is not one of the public web."""
    if cause := find_obstacle(config):
        raise ConfigError(
            "newsloom.yaml",
            f"`websub`: hubs cannot call {config.url} back: {cause}",
            "set `url` to where the site is served to the public, or `websub: false`",
        )


def find_obstacle(config: Config) -> str:
    """Why hubs cannot reach the site at its address, "" where they can."""
    try:
        target = check_address(config.url, allowance := read_allowance(config.allow))
    except RefusedError as error:
        return error.cause
    return "" if target.named or target.place in allowance.places else "its host has no public name"


async def _send(fetcher: Fetcher, subscription: Subscription) -> FetchError | None:
    """Send what `ask` speaks of; what went wrong, told of the hub."""
    request = Request(address=subscription.hub, kind="hub", form=request_form(subscription))
    return await send_form(fetcher, request, _MEANWHILE)


async def send_form(fetcher: Fetcher, request: Request, meanwhile: str) -> FetchError | None:
    """Send a form to a hub; what went wrong, told of the hub with what happens `meanwhile`."""
    try:
        answer = await fetcher.fetch(request)
    except FetchError as error:
        fault: FetchError | None = error
    else:
        fault = None if 200 <= answer.status < 300 else answer.fault()
    if fault is None:
        return None
    return FetchError(fault.subject, fault.cause, meanwhile, code=fault.code)


def _is_late(entry: Candidate, polled: int, now: int) -> bool:
    """Whether an entry came out after the last poll, and so long ago that it should have been pushed."""
    if entry.published is None:
        return True
    return polled <= entry.published.timestamp() <= now - settings.WEBSUB_LATE_SECONDS


def _now() -> int:
    return int(time.time())
