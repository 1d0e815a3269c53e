"""Drafts that several sites share: a page that one has read is not read again by the next.

A page is the same when address, type, bytes and the moment it was seen are, and so is the extractor: reading
is a pure function of these. What became of it is the same as well, a draft or the reason for none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

import newsloom.extract
from newsloom.engine import Engine, Failed
from newsloom.intake.looking import Look
from newsloom.intake.references import Reading, read_page
from newsloom.records import Decision, Draft, Page
from newsloom.store.shared import SharedStore

_KIND: Final = "draft"
_DIGEST_BYTES: Final = 16


class Fetched(msgspec.Struct, frozen=True):
    """A page that was fetched here, to be read; `whole` as in `Reference`."""

    page: Page
    whole: bool = False


class _Kept(msgspec.Struct, frozen=True):
    """One of the two is there."""

    draft: Draft | None = None
    decision: Decision | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Kept)


def extract_batch(items: list[Fetched], look: Look | None = None) -> list[Reading]:
    """Read pages into drafts; one that cannot be read gives a decision with the reason."""
    return [read_page(item.page, None if item.whole else look) for item in items]


def extract_once(
    engine: Engine, batches: Iterator[list[Fetched]], store: SharedStore, look: Look | None = None
) -> Iterator[tuple[list[Fetched], list[Reading | Failed]]]:
    """Read batches of pages as `engine.run(extract_batch, …)` does, but for those that were read before.

    A sketch is one site's: to another the page may be of a topic.
    """
    waiting: deque[tuple[list[Fetched], list[str], dict[str, Draft | Decision]]] = deque()

    def draw() -> Iterator[list[Fetched]]:
        for batch in batches:
            names = [_name(item.page) for item in batch]
            known = _find(store, names)
            waiting.append((batch, names, known))
            yield [item for item, name in zip(batch, names, strict=True) if name not in known]

    for _, results in engine.run(partial(extract_batch, look=look), draw()):
        batch, names, known = waiting.popleft()
        fresh = iter(results)
        merged = [
            _recall(item.page, known[name]) if name in known else next(fresh)
            for item, name in zip(batch, names, strict=True)
        ]
        kept = [
            (name, _encoder.encode(entry))
            for name, result in zip(names, merged, strict=True)
            if name not in known and (entry := _keep(result, look)) is not None
        ]
        store.put(_KIND, kept)
        yield batch, merged


def _name(page: Page) -> str:
    """What a page is known by; the source that led to it does not count."""
    parts = (page.address, page.final, page.content_type, str(page.status), page.observed.isoformat())
    digest = blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES)
    digest.update(_read_version())
    digest.update(page.body)
    return digest.hexdigest()


def _find(store: SharedStore, names: list[str]) -> dict[str, Draft | Decision]:
    found: dict[str, Draft | Decision] = {}
    for name, payload in store.find(_KIND, names).items():
        try:
            kept = _decoder.decode(payload)
        except msgspec.MsgspecError:
            continue  # another version's
        outcome = kept.draft or kept.decision
        if outcome is not None:
            found[name] = outcome
    return found


def _keep(result: Reading | Failed, look: Look | None) -> _Kept | None:
    """What is kept of a reading: nothing that another site, with another look, might find otherwise."""
    if isinstance(result, Failed) or result.is_sketch:
        return None
    if isinstance(result.found, Draft):
        return _Kept(draft=result.found)
    return _Kept(decision=result.found) if isinstance(result.found, Decision) and look is None else None


def _recall(page: Page, found: Draft | Decision) -> Reading:
    if isinstance(found, Draft):
        found = replace(found, source=page.source)
    return Reading(found=found, observed=page.observed, is_page=True, final=page.final)


@cache
def _read_version() -> bytes:
    """A digest of the extractor itself: another one reads anew."""
    folder = Path(newsloom.extract.__file__).parent
    digest = blake2b(digest_size=_DIGEST_BYTES)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".py", ".json"}:
            digest.update(path.read_bytes())
    return digest.digest()
