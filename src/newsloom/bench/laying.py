"""History laid down beside a made-up site: documents, index rows and what lists remember, without passes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final
from zlib import crc32

import msgspec
from msgspec.structs import replace
from sqlalchemy import insert

from newsloom.archive import Archive
from newsloom.curate.table import story_of
from newsloom.documents import find_document, list_months
from newsloom.history import SHELVES
from newsloom.judging import make_desk
from newsloom.publish.shelves import Shelves
from newsloom.publish.view import NO_SHELF
from newsloom.records import Record, State
from newsloom.registering import register_providers
from newsloom.scope import digest_register
from newsloom.site import Site, read_site
from newsloom.store import Index, Stamp, address_keys, open_index, schema
from newsloom.store.index import make_row

_BATCH: Final = 5_000
_APART: Final = 10  # times the records there are: no number is taken twice, however often history is laid
_ENTERED: Final = 3  # copies of each record that are looked at for providers to be entered
_DAYS: Final = 7  # by which each copy of what is in play is older than the one before


def lay_history(root: Path, count: int) -> int:
    """Lay down copies of a site's records, older by some days each time; how many.

    Providers who have enough articles by now are entered in the register, as passes would have done.
    """
    site = read_site(root)
    with open_index(site.private / "index.sqlite") as index:
        horizon = msgspec.msgpack.decode((site.private / SHELVES).read_bytes(), type=Shelves).horizon
        records = [record for record in index.records() if record.article.published >= horizon]
        folded = bool(list_months(site.news))
        files = {record.name: find_document(site.news, record.name, folded=folded) for record in records}
        first = _APART * index.count()
        for start in range(0, count, _BATCH):
            batch = list(islice(_copy(records, first + start), min(_BATCH, count - start)))
            _insert(index, list(_lay(site.news, files, batch, folded=folded)))
        index.mark("folders", Archive(site).stamp_folders())
        laid = islice(_copy(records, first), min(count, _ENTERED * len(records)))
        site = register_providers(site, [*records, *(record for _, record in laid)])
        turns = range(first // len(records), (first + count) // len(records) + 1)
        _note(site, records, count, turns)
    return count


def _insert(index: Index, laid: Sequence[tuple[Record, Stamp]]) -> None:
    """Enter records that the index does not have, each under its own addresses."""
    keys = [{"key": key, "name": record.name} for record, _ in laid for key in address_keys(record)]
    unique = {row["key"]: row for row in keys}
    with index.transaction() as connection:
        connection.execute(insert(schema.records), [make_row(record, stamp) for record, stamp in laid])
        connection.execute(insert(schema.addresses).prefix_with("OR IGNORE"), list(unique.values()))


def _copy(records: Sequence[Record], number: int) -> Iterator[tuple[str, Record]]:
    """Copies from a number on, each with the name of what it is a copy of."""
    while True:
        turn, at = divmod(number, len(records))
        record = records[at]
        yield record.name, _age(record, turn)
        number += 1


def _age(record: Record, turn: int) -> Record:
    """A record as it would be of an earlier time, its story with it."""
    age = timedelta(days=_DAYS * turn)
    article, state = record.article, record.state or State(seen=record.article.published)
    address = f"{article.original_url}/{turn}"
    return Record(
        name=_rename(record.name, turn),
        article=replace(
            article,
            published=article.published - age,
            original_url=address,
            web_url=address,
            heat=-1,
        ),
        state=replace(
            state,
            seen=state.seen - age,
            story=_rename(story_of(record), turn),
            guid=f"{state.guid}/{turn}",
        ),
    )


def _rename(name: str, turn: int) -> str:
    """A name from before all that is in play."""
    year, month = int(name[:4]) - 1 - turn // 48, 12 - turn // 4 % 12
    return f"{year}-{month:02}-{name[8:50]}-{crc32(name.encode()):08x}-{turn}"


def _lay(
    news: Path, files: dict[str, Path], batch: Sequence[tuple[str, Record]], *, folded: bool
) -> Iterator[tuple[Record, Stamp]]:
    """Give copies their documents, further names of the files they are copies of; with the files' stamps."""
    for name, record in batch:
        path = find_document(news, record.name, folded=folded)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(files[name], path)
        yield record, _look(path)


def _look(path: Path) -> Stamp:
    found = path.stat()
    return Stamp(found.st_mtime_ns, found.st_size)


def _note(site: Site, records: Sequence[Record], count: int, turns: Iterable[int]) -> None:
    """Let lists and counts know of the history, and of the register, as if it had been published."""
    path, size = site.private / SHELVES, site.config.page_size
    shelves = msgspec.msgpack.decode(path.read_bytes(), type=Shelves)
    share = count / len(records)
    shown = [record for record in records if record.article.shown]
    topics = Counter(topic for record in shown for topic in record.article.topics)
    domains = Counter(record.article.provider.domain for record in shown)
    days = Counter(
        f"{_age(record, turn).article.published:%Y-%m-%d}" for record in shown[::100] for turn in turns
    )
    after = replace(
        shelves,
        topics={
            name: replace(shelf, leaves=shelf.leaves + int(topics[name] * share) // size)
            for name, shelf in shelves.topics.items()
        },
        providers={
            domain: replace(
                shelves.providers.get(domain, NO_SHELF),
                leaves=shelves.providers.get(domain, NO_SHELF).leaves + int(number * share) // size,
            )
            for domain, number in domains.items()
        },
        days={**days, **shelves.days},
        told=shelves.told + int(len(shown) * share),
        articles=shelves.articles + count,
        register=digest_register(make_desk(site)),
    )
    path.write_bytes(msgspec.msgpack.encode(after))
