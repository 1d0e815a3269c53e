"""One pass's work on pictures: brought, reduced in the pool, kept, let go of.

A picture goes the same way whether a recording held it or the web is asked: what is recorded replays to the
same documents. Files are written before the note that names them, so a pass that is killed leaves nothing
but files the next one removes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from newsloom import settings
from newsloom.engine import Engine, Failed
from newsloom.errors import FetchError, ImageError, NewsloomError
from newsloom.images.album import Gallery, read_album, share_copies, store_copies
from newsloom.images.choosing import choose_logos, find_placeholders, list_wanted
from newsloom.images.failures import describe_failures, is_refused, is_resting, is_silent, note_failure
from newsloom.images.hanging import find_logos, hang_gallery, list_images
from newsloom.images.reduction import Original, Reduced, reduce_batch
from newsloom.images.refusals import refuse
from newsloom.images.retention import let_go
from newsloom.images.supply import Brought, OpenFetcher, Supply
from newsloom.images.twins import Twins
from newsloom.progress import Reporter
from newsloom.records import Image, Record
from newsloom.store import ImageFailure, Index

_ROUNDS: Final = settings.IMAGE_TRIES  # an article's pictures are looked at one a round


class Keeper:
    """Keeps the pictures of a site's shown articles, and its providers' logos; for one pass.

    `at_hand` are pictures a recording held, by address; `open_fetcher` is how others are asked for, None
    where nothing is to be asked of anyone. `clock` is the desk's. Unless the `whole` site is at hand nothing
    is let go of: what is not named may be named by an article that is history.
    """

    def __init__(
        self,
        root: Path,
        index: Index,
        engine: Engine,
        clock: datetime,
        *,
        at_hand: Mapping[str, bytes],
        open_fetcher: OpenFetcher | None,
        reporter: Reporter,
        whole: bool = True,
    ) -> None:
        self._root = root
        self._whole = whole
        self._index = index
        self._engine = engine
        self._clock = clock
        self._reporter = reporter
        self._supply = Supply(at_hand, open_fetcher)
        self._album = read_album(root)
        self._failures = index.image_failures()
        self._fresh: list[ImageFailure] = []
        self._twins: Twins | None = None

    def keep(self, records: Sequence[Record], logos: Mapping[str, Sequence[Image]]) -> Gallery:
        """Have what these records are shown with, and providers' logos by domain, as far as can be."""
        self._reporter.start("pictures", None)
        addresses = choose_logos(logos)
        asyncio.run(self._have(records, addresses))
        if self._whole:
            self._let_go({image.url for r in records for image in list_images(r)} | {*addresses.values()})
        else:
            self._index.put_image_failures(self._failures[url] for url in sorted(self._failures))
        return hang_gallery(records, addresses, self._album, self._failures, self._clock)

    def _let_go(self, named: set[str]) -> None:
        """Forget what no document names any more."""
        idle = let_go(self._root, self._album, named, self._index.idle_images(), self._clock)
        self._index.put_idle_images(idle)
        self._index.put_image_failures(self._failures[url] for url in sorted(self._failures) if url in named)

    def describe_problems(self) -> list[str]:
        """One line for each kind of failure of this pass."""
        return describe_failures(self._fresh)

    async def _have(self, records: Sequence[Record], logos: Mapping[str, str]) -> None:
        """Logos first, since pictures are compared with them; then, in rounds, what articles still want."""
        async with self._supply:
            fresh = sorted({url for url in logos.values() if url not in self._album and self._is_due(url)})
            await self._take(fresh, logo=True)
            tried = set(fresh)
            for _ in range(_ROUNDS):
                placeholders = find_placeholders(records, self._album, find_logos(logos, self._album))
                wanted = list_wanted(records, self._album, placeholders, self._is_refused)
                fresh = [url for url in wanted if url not in tried and self._is_due(url)]
                if not fresh:
                    break
                await self._take(fresh)
                tried.update(fresh)

    def _is_refused(self, url: str) -> bool:
        return is_refused(self._failures.get(url), self._clock)

    def _is_due(self, url: str) -> bool:
        failure = self._failures.get(url)
        if failure is None or not is_resting(failure, self._clock):
            return True
        return not failure.refused and self._supply.holds(url)

    async def _take(self, urls: Sequence[str], *, logo: bool = False) -> None:
        async for handful in self._supply.bring(urls):
            self._keep_handful(handful, logo=logo)  # nothing is under way meanwhile: the loop may wait

    def _keep_handful(self, handful: Sequence[Brought], *, logo: bool) -> None:
        originals = [Original(url, body, logo) for url, body in handful if isinstance(body, bytes)]
        for url, body in handful:
            if isinstance(body, FetchError):
                self._note(url, body)
        size = settings.BATCH_IMAGES
        batches = (originals[start : start + size] for start in range(0, len(originals), size))
        for batch, results in self._engine.run(reduce_batch, batches):
            for original, result in zip(batch, results, strict=True):
                self._store(original, result)
                self._reporter.advance()

    def _store(self, original: Original, result: Reduced | ImageError | Failed) -> None:
        url = original.url
        if isinstance(result, Failed):
            result = refuse("image-poison", url)
        if isinstance(result, ImageError):
            self._note(url, result)
            return
        self._failures.pop(url, None)
        if original.logo:
            self._album[url] = store_copies(self._root, url, result, logo=True)
            return
        if self._twins is None:
            self._twins = Twins(self._root, self._album)
        same = self._twins.find(result)
        if same is not None:
            self._album[url] = share_copies(self._root, url, result, same)
        else:
            self._album[url] = store_copies(self._root, url, result)
            self._twins.add(self._album[url])

    def _note(self, url: str, error: NewsloomError) -> None:
        if is_silent(error):
            return
        failure = note_failure(self._failures.get(url), url, error, self._clock)
        self._failures[url] = failure
        self._fresh.append(failure)
