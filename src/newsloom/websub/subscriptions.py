"""What becomes of a subscription at a hub (W3C WebSub, 2018): pure steps from one state to the next.

    none ──ask──▶ pending ──verify──▶ active ──ask, verify──▶ active (a renewal never stops what works)
                   │  ▲                 │
     no word, error│  │ask, later       │ denied, or the hub delivers nothing
                   ▼  │                 ▼
                  failed ◀──────────────┘      any ──leave──▶ leaving ──verify──▶ gone

Whatever is not active with an unexpired lease is polled as if there were no hub, so that a hub which dies
costs minutes and not news. A hub can die without a word (lion-reader #1034): when polls find again and again
what should have been pushed, it counts as dead. Token and secret of a subscription never change, so that
a renewal whose answer is lost cannot part the two sides (lion-reader #1079).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom import settings
from newsloom.websub.signing import METHODS

FOLDER: Final = "websub"  # below the site's address: hubs call there
_ENDING: Final = frozenset({"leaving", "gone"})
_REASON_CHARACTERS: Final = 200


class Subscription(Struct, frozen=True, kw_only=True):
    """One topic at one hub. All moments are seconds since 1970.

    `source` is the address the topic's feed is polled at. `token` is the secret last part of the `callback`
    address, `secret` what pushes are signed with. `waiting` means that the hub's check of a request is still
    to come. `missed` counts polls in a row that found what was not pushed, `method` is the best way of
    signing seen, `digests` has those of the last pushes.
    """

    token: str
    secret: str
    source: str
    hub: str
    topic: str
    callback: str
    state: str = "none"
    waiting: bool = False
    asked: int = 0
    verified: int = 0
    expires: int = 0
    next_try: int = 0
    attempts: int = 0
    missed: int = 0
    pushed: int = 0
    method: str = ""
    digests: tuple[str, ...] = ()
    problem: str = ""

    @property
    def ending(self) -> bool:
        """Whether it is on its way out: what is pushed for it is not taken."""
        return self.state in _ENDING


def adopt_hub(known: Iterable[Subscription], offered: Subscription) -> tuple[Subscription, ...]:
    """The subscriptions that are new or different after a source was read that offers this one.

    Its `hub` is "" where the source names none. A topic has one subscription, whichever source came first
    with it; others that name it are polled.
    """
    running = [one for one in known if not one.ending]
    own = [one for one in running if one.source == offered.source]
    if offered.hub and any(_place(one) == _place(offered) for one in own):
        return ()
    left = tuple(leave(one) for one in own)
    taken = any(one.topic == offered.topic for one in running if one.source != offered.source)
    return left if taken or not offered.hub else (*left, offered)


def is_live(subscription: Subscription, now: int) -> bool:
    """Whether the hub has promised to push."""
    return subscription.state == "active" and now < subscription.expires


def is_due(subscription: Subscription, now: int) -> bool:
    """Whether something is to be sent to the hub."""
    return subscription.state != "gone" and now >= subscription.next_try


def is_over(subscription: Subscription, now: int) -> bool:
    """Whether it can be forgotten: unsubscribed, or the hub did not listen often enough."""
    if subscription.state == "gone":
        return True
    tired = subscription.attempts >= settings.WEBSUB_LEAVES
    return subscription.state == "leaving" and tired and is_due(subscription, now)


def polling_ceiling(subscription: Subscription | None, now: int) -> int | None:
    """Seconds after a poll by which the next must follow while the hub pushes; None: poll as ever.

    It ends with the lease: a renewal that fails must not leave the source unread.
    """
    if subscription is None or not is_live(subscription, now):
        return None
    return min(settings.WEBSUB_POLL_SECONDS, subscription.expires - now)


def ask(subscription: Subscription, now: int) -> Subscription:
    """The subscription once its request (`request_form`) is on its way: to be stored before it is sent.

    The next try is set as if nothing came back; what comes back sets another.
    """
    attempts = subscription.attempts + 1
    asked = replace(
        subscription, waiting=True, asked=now, attempts=attempts, next_try=_later(subscription, attempts, now)
    )
    return asked if asked.ending else replace(asked, state=_state(asked, now))


def request_form(subscription: Subscription) -> tuple[tuple[str, str], ...]:
    """The fields of the request that `ask` speaks of."""
    mode = "unsubscribe" if subscription.ending else "subscribe"
    fields = (
        ("hub.mode", mode),
        ("hub.topic", subscription.topic),
        ("hub.callback", subscription.callback),
    )
    if subscription.ending:
        return fields
    lease = str(settings.WEBSUB_LEASE_SECONDS)
    return (*fields, ("hub.secret", subscription.secret), ("hub.lease_seconds", lease))


def settle(subscription: Subscription, problem: str, now: int) -> Subscription:
    """The subscription after its request came back with a problem; one verified meanwhile stays so."""
    if not subscription.waiting:
        return subscription
    settled = replace(subscription, problem=problem)
    return settled if settled.ending else replace(settled, state=_state(settled, now))


def put_off(subscription: Subscription, now: int) -> Subscription:
    """The subscription whose hub has just failed for another topic: it need not fail for each of them."""
    return replace(subscription, next_try=_later(subscription, 1, now))


def verify(
    subscription: Subscription, mode: str, topic: str, lease: int | None, now: int
) -> Subscription | None:
    """The subscription after the hub asked whether a request was meant; None when it was not.

    Only what was asked for lately is confirmed, once more where the first answer was lost.
    """
    lately = subscription.asked > 0 and now - subscription.asked <= settings.WEBSUB_VERIFY_SECONDS
    if topic != subscription.topic or not lately:
        return None
    if mode == "unsubscribe" and subscription.ending:
        return replace(subscription, state="gone", waiting=False)
    if mode != "subscribe" or subscription.ending:
        return None
    if not subscription.waiting:
        return subscription if is_live(subscription, now) else None
    return _activate(subscription, lease, now)


def deny(subscription: Subscription, topic: str, reason: str, now: int) -> Subscription | None:
    """The subscription after the hub refused it, which it may do at any time; None for another topic."""
    if topic != subscription.topic:
        return None
    if subscription.ending:
        return replace(subscription, state="gone", waiting=False)
    told = "".join(character for character in reason if character.isprintable())[:_REASON_CHARACTERS]
    denied = _give_up(subscription, f"the hub denied it{told and f': {told}'}", now)
    return replace(denied, expires=0)


def hear(subscription: Subscription, method: str, digest: str, now: int) -> Subscription:
    """The subscription after a push with a good signature: its hub is alive, whatever was thought of it."""
    kept = subscription.digests[-(settings.WEBSUB_DIGESTS - 1) :]
    heard = replace(
        subscription,
        pushed=now,
        missed=0,
        problem="",
        method=max(method, subscription.method, key=_strength),
        digests=(*kept, digest) if digest else subscription.digests,
    )
    if heard.state != "failed" or now >= heard.expires:
        return heard
    return replace(
        heard, state="active", attempts=0, next_try=max(now, _renewal(heard, heard.expires - heard.verified))
    )


def miss(subscription: Subscription, now: int) -> Subscription:
    """The subscription after a poll found what the hub should have pushed."""
    if not is_live(subscription, now):
        return subscription
    missed = replace(subscription, missed=subscription.missed + 1)
    if missed.missed < settings.WEBSUB_MISSES:
        return missed
    return _give_up(missed, f"{missed.missed} polls in a row found news that the hub did not push", now)


def doubt(subscription: Subscription, problem: str) -> Subscription:
    """The subscription after a push that was dropped."""
    return replace(subscription, problem=f"a push was dropped: {problem}")


def leave(subscription: Subscription) -> Subscription:
    """The subscription once it is no longer wanted; one the hub never heard of is gone at once."""
    if subscription.state == "none":
        return replace(subscription, state="gone")
    if subscription.ending:
        return subscription
    return replace(
        subscription, state="leaving", waiting=False, asked=0, expires=0, attempts=0, next_try=0, problem=""
    )


def accepts_method(subscription: Subscription, method: str) -> bool:
    """Whether a way of signing is good enough: none weaker than what this hub has used before."""
    return method in METHODS and _strength(method) >= _strength(subscription.method)


def _place(subscription: Subscription) -> tuple[str, str, str]:
    """What a subscription cannot change without becoming another; the site's own address is part of it."""
    return subscription.hub, subscription.topic, subscription.callback.rpartition("/")[0]


def _activate(subscription: Subscription, lease: int | None, now: int) -> Subscription:
    granted = settings.WEBSUB_LEASE_SECONDS if lease is None else lease
    seconds = max(1, min(granted, settings.WEBSUB_LEASE_MOST_SECONDS))
    active = replace(
        subscription,
        state="active",
        waiting=False,
        verified=now,
        expires=now + seconds,
        attempts=0,
        missed=subscription.missed if subscription.state == "active" else 0,
        problem="",
    )
    return replace(
        active, next_try=max(_renewal(active, seconds), now + settings.WEBSUB_RENEWAL_LEAST_SECONDS)
    )


def _give_up(subscription: Subscription, problem: str, now: int) -> Subscription:
    """Back to polling; what the hub has used to sign so far does not bind a hub that starts anew."""
    attempts = max(subscription.attempts, settings.WEBSUB_ATTEMPTS)
    return replace(
        subscription,
        state="failed",
        waiting=False,
        attempts=attempts,
        missed=0,
        method="",
        next_try=_later(subscription, attempts, now),
        problem=problem,
    )


def _state(subscription: Subscription, now: int) -> str:
    if is_live(subscription, now):
        return "active"
    return "pending" if subscription.attempts < settings.WEBSUB_ATTEMPTS else "failed"


def _renewal(subscription: Subscription, seconds: int) -> int:
    """A moment between half and two thirds of the lease."""
    return subscription.verified + int(seconds * (1 / 2 + _spread(subscription, subscription.verified) / 6))


def _later(subscription: Subscription, attempts: int, now: int) -> int:
    """When to try again: after twice as long each time, and up to half as much more, each its own."""
    pause = min(
        settings.WEBSUB_RETRY_SECONDS * 2 ** min(attempts - 1, 16), settings.WEBSUB_RETRY_MOST_SECONDS
    )
    return now + int(pause * (1 + _spread(subscription, now) / 2))


def _spread(subscription: Subscription, moment: int) -> float:
    """A number from 0 to 1 that differs between subscriptions and moments, and not between runs."""
    return hashlib.sha256(f"{subscription.token}{moment}".encode()).digest()[0] / 255


def _strength(method: str) -> int:
    return METHODS.index(method) if method in METHODS else -1
