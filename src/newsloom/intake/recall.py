"""Drafts that several sites share: a page that one has read is not read again by the next.

A page is the same when address, type, bytes and the moment it was seen are, and so is the extractor: reading
is a pure function of these. What became of it is the same as well, a draft or the reason for none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

import newsloom.extract
from newsloom.engine import Engine, Failed
from newsloom.extract import extract
from newsloom.intake.references import attempt
from newsloom.records import Decision, Draft, Page
from newsloom.store.shared import SharedStore

_KIND: Final = "draft"
_DIGEST_BYTES: Final = 16
Outcome = Draft | Decision


class _Kept(msgspec.Struct, frozen=True):
    """One of the two is there."""

    draft: Draft | None = None
    decision: Decision | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Kept)


def extract_batch(pages: list[Page]) -> list[Outcome]:
    """Read pages into drafts; one that cannot be read gives a decision with the reason."""
    return [attempt(extract, page, page.address) for page in pages]


def extract_once(
    engine: Engine, batches: Iterator[list[Page]], store: SharedStore
) -> Iterator[tuple[list[Page], list[Outcome | Failed]]]:
    """Read batches of pages as `engine.run(extract_batch, …)` does, but for those that were read before."""
    waiting: deque[tuple[list[Page], list[str], dict[str, Outcome]]] = deque()

    def draw() -> Iterator[list[Page]]:
        for batch in batches:
            names = [_name(page) for page in batch]
            known = _find(store, names)
            waiting.append((batch, names, known))
            yield [page for page, name in zip(batch, names, strict=True) if name not in known]

    for _, results in engine.run(extract_batch, draw()):
        batch, names, known = waiting.popleft()
        fresh = iter(results)
        merged = [known[name] if name in known else next(fresh) for name in names]
        store.put(
            _KIND,
            [
                (name, _encoder.encode(_keep(result)))
                for name, result in zip(names, merged, strict=True)
                if name not in known and not isinstance(result, Failed)
            ],
        )
        yield batch, [_adopt(page, result) for page, result in zip(batch, merged, strict=True)]


def _name(page: Page) -> str:
    """What a page is known by; the source that led to it does not count."""
    parts = (page.address, page.final, page.content_type, str(page.status), page.observed.isoformat())
    digest = blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES)
    digest.update(_read_version())
    digest.update(page.body)
    return digest.hexdigest()


def _find(store: SharedStore, names: list[str]) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    for name, payload in store.find(_KIND, names).items():
        try:
            kept = _decoder.decode(payload)
        except msgspec.MsgspecError:
            continue  # another version's
        outcome = kept.draft or kept.decision
        if outcome is not None:
            found[name] = outcome
    return found


def _keep(result: Outcome) -> _Kept:
    return _Kept(draft=result) if isinstance(result, Draft) else _Kept(decision=result)


def _adopt(page: Page, result: Outcome | Failed) -> Outcome | Failed:
    return replace(result, source=page.source) if isinstance(result, Draft) else result


@cache
def _read_version() -> bytes:
    """A digest of the extractor itself: another one reads anew."""
    folder = Path(newsloom.extract.__file__).parent
    digest = blake2b(digest_size=_DIGEST_BYTES)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".py", ".json"}:
            digest.update(path.read_bytes())
    return digest.digest()
