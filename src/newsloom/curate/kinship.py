"""The stories of records whose state is lost, as the documents tell them: by whom they list as related.

Without its seal a document does not say what story it is of. But it lists others of that story, and they
list it: what hangs together by these lists is one story again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from newsloom.curate.lead import sort_by_time
from newsloom.errors import NewsloomError
from newsloom.extract.address import identity_key
from newsloom.records import Record


def trace_stories(records: Sequence[Record]) -> dict[str, str]:
    """Give the story of each record without a state that its own document or another's puts into one.

    That is the story of a relative whose state is known, else it is named after the earliest. Cost is linear
    in the related items, and nothing where every state is known.
    """
    lost = {record.name for record in records if record.state is None}
    if not lost:
        return {}
    families: dict[str, list[str]] = {}
    for one, other in _list_ties(records, lost):
        mine, theirs = families.get(one, [one]), families.get(other, [other])
        if mine is not theirs:
            joined = mine + theirs
            families.update(dict.fromkeys(joined, joined))
    ordered = sort_by_time(record for record in records if record.name in families)
    stories: dict[int, str] = {}
    for record in sorted(ordered, key=lambda record: record.name in lost):  # whose story is known comes first
        known = record.state.story if record.state is not None else ""
        stories.setdefault(id(families[record.name]), known or record.name)
    return {name: stories[id(families[name])] for name in lost & families.keys()}


def _list_ties(records: Iterable[Record], lost: set[str]) -> Iterator[tuple[str, str]]:
    """Give who lists whom, where the state of one of the two is lost."""
    named = {
        key: record.name
        for record in records
        for address in (record.article.original_url, record.article.web_url)
        if (key := _find_key(address))
    }
    for record in records:
        for related in record.article.related:
            other = named.get(_find_key(related.web_url))
            if other is not None and other != record.name and (record.name in lost or other in lost):
                yield record.name, other


def _find_key(address: str | None) -> str:
    try:
        return identity_key(address) if address else ""
    except NewsloomError:
        return ""  # of a document that another program wrote
