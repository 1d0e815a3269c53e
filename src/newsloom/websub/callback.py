"""What the server does when a hub calls: confirm what was asked for, take what is pushed.

A caller who has not the unguessable address learns nothing; one who has it, but not the secret, gets his push
acknowledged and dropped, as the Recommendation (8) asks: telling him would help him to try again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from newsloom import settings
from newsloom.site import find_store
from newsloom.store.subscriptions import Subscriptions
from newsloom.websub.inbox import make_push, spool
from newsloom.websub.links import read_links
from newsloom.websub.signing import is_signed, read_method
from newsloom.websub.subscriptions import Subscription, accepts_method, deny, doubt, hear, verify

_LEASE_DIGITS: Final = 10  # of a lease in seconds: 300 years


class Reply(Struct, frozen=True):
    """A status, and a text to be sent exactly so."""

    status: int
    text: str = ""


_MISSING: Final = Reply(404)
_TAKEN: Final = Reply(202)


def answer_check(private: Path, token: str, fields: Mapping[str, str], now: int) -> Reply:
    """Answer a hub's GET: the challenge where the request was meant, 404 where it was not."""
    mode, topic = fields.get("hub.mode", ""), fields.get("hub.topic", "")
    challenge = fields.get("hub.challenge", "")
    subscriptions = Subscriptions(find_store(private.parent))
    if mode == "denied":
        reason = fields.get("hub.reason", "")
        denied = subscriptions.change(token, lambda one: deny(one, topic, reason, now))
        return _MISSING if denied is None else Reply(200)
    if not 0 < len(challenge) <= settings.WEBSUB_CHALLENGE_CHARACTERS:
        return _MISSING
    lease = _read_lease(fields.get("hub.lease_seconds", ""))
    verified = subscriptions.change(token, lambda one: verify(one, mode, topic, lease, now))
    return _MISSING if verified is None else Reply(200, challenge)


def judge_caller(private: Path, token: str) -> Reply | None:
    """The reply to a push that need not be read: 404 for an unknown address, 410 for one that was left."""
    return _refuse(Subscriptions(find_store(private.parent)).find(token))


def take_push(private: Path, token: str, headers: Mapping[str, str], body: bytes, now: int) -> Reply:
    """Put a push into the inbox. `headers` are in lower case; raises StoreError when it cannot be kept."""
    subscriptions = Subscriptions(find_store(private.parent))
    subscription = subscriptions.find(token)
    refusal = _refuse(subscription)
    if subscription is None or refusal is not None:
        return refusal or _MISSING
    if problem := _find_fault(subscription, headers, body):
        subscriptions.change(token, lambda one: doubt(one, problem))
        return _TAKEN
    push = make_push(subscription.source, subscription.topic, body, now)
    digest = hashlib.sha256(body).hexdigest()[:32] if push.body else ""
    if digest in subscription.digests:
        return _TAKEN
    spool(private, push)
    method = read_method(headers["x-hub-signature"])
    subscriptions.change(token, lambda one: hear(one, method, digest, now))
    return _TAKEN


def _refuse(subscription: Subscription | None) -> Reply | None:
    if subscription is None or subscription.state == "none":
        return _MISSING
    return Reply(410) if subscription.ending else None


def _find_fault(subscription: Subscription, headers: Mapping[str, str], body: bytes) -> str:
    """Why a push is not believed, "" when it is."""
    signature = headers.get("x-hub-signature", "")
    if not is_signed(body, subscription.secret, signature):
        return "its signature is wrong" if signature else "it was not signed"
    if not accepts_method(subscription, read_method(signature)):
        return f"it was signed with less than {subscription.method}"
    topic = read_links([headers.get("link", "")]).get("self", subscription.topic)
    return "" if topic == subscription.topic else "it was for another topic"


def _read_lease(text: str) -> int | None:
    """A lease in seconds, None where the hub tells none that can be read."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LEASE_DIGITS else None
