"""Answers that several sites share: what one was told a moment ago, the next need not ask again.

Each request says since when an answer will do; one that says nothing is always sent. An older answer that is
kept lends the request its validators, so that a host is asked whether it changed and not for all of it.
Sites share only where they may read the same: the key has their realm (see `fetching.Terms`).
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct, structs

from newsloom.fetch import Answer, Fetcher, Hop, Request
from newsloom.fetch.exchange import USEFUL
from newsloom.store.shared import SharedStore

_KIND: Final = "answer"
_LOOK: Final = 0.1  # seconds between two looks for what another site is fetching
_DIGEST_BYTES: Final = 16
_encoder = msgspec.msgpack.Encoder()


class _Kept(Struct, frozen=True, kw_only=True):
    final: str
    status: int
    observed: datetime
    headers: tuple[tuple[str, str], ...]
    hops: tuple[Hop, ...]
    body: bytes


_decoder = msgspec.msgpack.Decoder(_Kept)


class SharingFetcher:
    """Passes requests on to another fetcher where no shared answer will do, and shares what came back."""

    def __init__(self, inner: Fetcher, store: SharedStore, *, realm: str) -> None:
        self._inner = inner
        self._store = store
        self._realm = realm

    async def fetch(self, request: Request) -> Answer:
        """A shared answer that is new enough, else a new one. Raises FetchError as the inner fetcher does."""
        if request.since is None or request.form:
            return await self._inner.fetch(request)
        key = self._name(request)
        if (answer := self._recall(request, key)) is not None:
            return answer
        while not self._store.claim(key):
            await asyncio.sleep(_LOOK)  # another site is asking for it just now
        try:
            return self._recall(request, key) or await self._ask(request, key)
        finally:
            self._store.release(key)

    def _recall(self, request: Request, key: str) -> Answer | None:
        """A shared answer that is new enough."""
        kept = self._find(key)
        new = kept is not None and request.since is not None and kept.observed >= request.since
        return _give(request, kept) if kept is not None and new else None

    async def _ask(self, request: Request, key: str) -> Answer:
        kept = self._find(key)
        answer = await self._inner.fetch(_lend(request, kept))
        if answer.unchanged and kept is not None:
            kept = structs.replace(kept, observed=answer.observed, headers=_renew(kept, answer))
            self._store.put(_KIND, [(key, _encoder.encode(kept))])
            return _give(request, kept)
        if answer.status in USEFUL:
            self._store.put(_KIND, [(key, _encoder.encode(_keep(answer)))])
        return answer

    def _name(self, request: Request) -> str:
        name = f"{self._realm}\n{request.kind}\n{request.address}"
        return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()

    def _find(self, key: str) -> _Kept | None:
        try:
            found = self._store.find(_KIND, [key])
            return _decoder.decode(found[key]) if key in found else None
        except msgspec.MsgspecError:
            return None  # another version's


def _lend(request: Request, kept: _Kept | None) -> Request:
    """The request with the validators of what is kept, else with its own."""
    if kept is None:
        return request
    headers = dict(kept.headers)
    return structs.replace(
        request, etag=headers.get("etag", ""), last_modified=headers.get("last-modified", "")
    )


def _keep(answer: Answer) -> _Kept:
    return _Kept(
        final=answer.final,
        status=answer.status,
        observed=answer.observed,
        headers=answer.headers,
        hops=answer.hops,
        body=answer.body,
    )


def _renew(kept: _Kept, answer: Answer) -> tuple[tuple[str, str], ...]:
    """The headers of what is kept, brought up to date by those of a 304 (RFC 9111, section 3.2)."""
    return tuple({**dict(kept.headers), **dict(answer.headers)}.items())


def _give(request: Request, kept: _Kept) -> Answer:
    """What is kept as an answer to a request: a 304 where the validators say that the asker has it."""
    headers = dict(kept.headers)
    same = bool(request.etag) and request.etag == headers.get("etag", "")
    return Answer(
        address=request.address,
        final=kept.final,
        status=304 if same else kept.status,
        observed=kept.observed,
        headers=kept.headers,
        body=b"" if same else kept.body,
        hops=kept.hops,
    )
