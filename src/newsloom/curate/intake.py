"""Drafts made ready for judgement: one of each address, in a fixed order, with a believable date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import groupby

import msgspec
from msgspec import Struct

from newsloom.curate.contract import Desk
from newsloom.curate.leanings import Leanings
from newsloom.curate.weights import WEIGHTS
from newsloom.extract.address import identity_key
from newsloom.records import Draft
from newsloom.settings import EARLIEST_YEAR, FUTURE_HOURS

_DIGEST_BYTES = 12  # of a draft's digest: 96 bits, no chance of two equal by accident


class Offer(Struct, frozen=True, kw_only=True):
    """The draft chosen among those of one address. `dated` says where `published` came from."""

    key: str
    draft: Draft
    published: datetime
    dated: str


def gather_offers(drafts: Sequence[Draft], clock: datetime) -> tuple[list[Offer], list[tuple[str, Draft]]]:
    """Choose one draft of each canonical address.

    Gives the chosen, ordered by time and address, and the others with their keys. Nothing depends
    on the order in which the drafts come.
    """
    keyed = sorted(((identity_key(draft.canonical), draft) for draft in drafts), key=_order)
    offers: list[Offer] = []
    others: list[tuple[str, Draft]] = []
    for key, group in groupby(keyed, key=lambda pair: pair[0]):
        first, *rest = (draft for _, draft in group)
        published, dated = date_draft(first, clock)
        offers.append(Offer(key=key, draft=first, published=published, dated=dated))
        others.extend((key, draft) for draft in rest)
    offers.sort(key=lambda offer: (offer.published, offer.key))
    return offers, others


def _order(pair: tuple[str, Draft]) -> tuple[str, bool, float, int, bytes]:
    """Order by address, then the better draft first: a page, the latest seen, the longest text."""
    key, draft = pair
    encoded = msgspec.json.encode(draft)
    return key, draft.origin != "page", -draft.observed.timestamp(), -len(draft.text), encoded


def date_draft(draft: Draft, clock: datetime) -> tuple[datetime, str]:
    """Give the date a draft is taken to be published at, in whole seconds, and where it came from.

    A date before the web or well ahead of the clock is not believed; the moment the draft was seen
    stands in for it.
    """
    given = draft.published
    if given is not None and given.year >= EARLIEST_YEAR and given <= clock + timedelta(hours=FUTURE_HOURS):
        return given.replace(microsecond=0), "page" if draft.origin == "page" else "entry"
    return draft.observed.replace(microsecond=0), "seen"


def digest_draft(draft: Draft, desk_digest: bytes, standing: float | None, known: bool = False) -> str:
    """Give a digest of all of a draft that judgement looks at, and of what it is judged by.

    `standing` and `known` are what the registry says of the provider.
    """
    seen = msgspec.structs.replace(draft, observed=_EPOCH, source="", guid="")
    hasher = blake2b(msgspec.json.encode(seen), digest_size=_DIGEST_BYTES, key=desk_digest)
    hasher.update(repr((standing, known)).encode())
    return hasher.hexdigest()


def digest_desk(desk: Desk) -> bytes:
    """Give a digest of what a desk judges by: its topics and the formula."""
    vectors = desk.vectors.name if desk.vectors else ""
    parts: Iterable[object] = (WEIGHTS.formula, desk.topics, desk.main_topic, _sort(desk.leanings), vectors)
    return blake2b(msgspec.json.encode(parts), digest_size=_DIGEST_BYTES).digest()


def _sort(leanings: Leanings) -> tuple[object, ...]:
    return tuple(sorted(part.items()) for part in (leanings.scales, leanings.providers, leanings.topics))


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
