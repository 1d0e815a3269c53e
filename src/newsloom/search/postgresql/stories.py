"""Stories by what they are about: the mean of their articles' weighted terms, a sparse vector of pgvector's.

Each term is a dimension. Stories that share one of the dozen strongest terms are found by an index over them,
and put in order by the cosine of the whole vectors. On 160,000 of them that finds all the likest ones in the
time in which a graph of neighbours (HNSW) finds seven of eight: most have nothing at all in common.

Where PostgreSQL has no pgvector, the order is by the number of strongest terms that are shared.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from newsloom import settings
from newsloom.search.keeping import unpack_listing
from newsloom.search.postgresql.asking import Ask
from newsloom.search.postgresql.expression import cut_word
from newsloom.search.records import Listing
from newsloom.store.fulltext import CENTROIDS, DIMENSIONS

Story = tuple[str, bool]  # its name, and whether of what is shown of it
Vector = Mapping[int, float]

_MEMBERS: Final = """
SELECT i.story, i.shown, l.body FROM unnest(%s::text[], %s::boolean[]) AS wanted (story, shown)
JOIN search_items i USING (story, shown) JOIN search_listings l ON l.id = i.id
"""
_NEAREST: Final = """
SELECT l.body FROM (
    SELECT s.story, s.shown, {distance} AS distance FROM search_stories s {join}
    WHERE s.strongest && %s::int[] AND (s.shown OR %s) ORDER BY distance LIMIT %s
) nearest JOIN search_items i USING (story, shown) JOIN search_listings l ON l.id = i.id
ORDER BY distance, i.id DESC LIMIT %s
"""
_COSINE: Final = 'c.centroid OPERATOR("{space}".<=>) %s::"{space}".sparsevec'
_SHARED: Final = "-cardinality(ARRAY(SELECT unnest(s.strongest) INTERSECT SELECT unnest(%s::int[])))"
_JOIN: Final = f"JOIN {CENTROIDS} c USING (story, shown)"
_FORGET: Final = """
DELETE FROM {table} s USING unnest(%s::text[], %s::boolean[]) AS gone (story, shown)
WHERE s.story = gone.story AND s.shown = gone.shown
"""


def find_near(ask: Ask, listing: Listing, space: str, most: int, *, held: bool) -> list[Listing]:
    """The articles of the stories nearest to a listing. `space` is the schema of pgvector, "" without it."""
    vector = _number(listing.keywords, _find_terms(ask, (term for term, _ in listing.keywords)))
    strongest = _pick_strongest(vector)
    if space:
        nearest = _NEAREST.format(distance=_COSINE.format(space=space), join=_JOIN)
        rows = ask(nearest, (write_vector(vector), strongest, held, settings.SEARCH_STORIES, most))
    else:
        nearest = _NEAREST.format(distance=_SHARED, join="")
        rows = ask(nearest, (strongest, strongest, held, settings.SEARCH_STORIES, most))
    return [unpack_listing(body) for (body,) in rows]


def update_stories(ask: Ask, stories: Iterable[Story], space: str) -> None:
    """Make the vectors of these stories anew, from the listings that are there."""
    wanted = _part(sorted(set(stories)))
    members: dict[Story, list[Listing]] = defaultdict(list)
    for story, shown, body in ask(_MEMBERS, wanted):
        members[story, shown].append(unpack_listing(body))
    means = {story: average_keywords(listings) for story, listings in members.items()}
    terms = {cut_word(term) for mean in means.values() for term in mean}
    numbers = _find_terms(ask, terms)
    missing = sorted(terms - numbers.keys())
    numbers |= ask("INSERT INTO search_terms (term) SELECT unnest(%s::text[]) RETURNING term, id", (missing,))
    for table in ("search_stories", *([CENTROIDS] if space else [])):
        ask(_FORGET.format(table=table), wanted)
    vectors = {story: vector for story, mean in means.items() if (vector := _number(mean.items(), numbers))}
    strongest = ["{" + ",".join(map(str, _pick_strongest(vector))) + "}" for vector in vectors.values()]
    ask(
        "INSERT INTO search_stories SELECT story, shown, strongest::int[]"
        " FROM unnest(%s::text[], %s::boolean[], %s::text[]) AS new (story, shown, strongest)",
        (*_part(vectors), strongest),
    )
    if space:
        ask(
            f'INSERT INTO {CENTROIDS} SELECT story, shown, centroid::"{space}".sparsevec'  # noqa: S608 - our own names
            " FROM unnest(%s::text[], %s::boolean[], %s::text[]) AS new (story, shown, centroid)",
            (*_part(vectors), [write_vector(vector) for vector in vectors.values()]),
        )


def average_keywords(listings: Sequence[Listing]) -> dict[str, float]:
    """The mean of listings' vectors, each of length one: as far as its strongest terms go."""
    total: Counter[str] = Counter()
    for listing in listings:
        length = math.hypot(*(weight for _, weight in listing.keywords)) or 1.0
        total.update({term: weight / length for term, weight in listing.keywords})
    strongest = sorted(total.items(), key=lambda row: (-row[1], row[0]))[: settings.SEARCH_STORY_TERMS]
    return {term: weight / len(listings) for term, weight in strongest}


def write_vector(vector: Vector) -> str:
    """A vector as pgvector reads it."""
    return "{" + ",".join(f"{at}:{weight:.6f}" for at, weight in sorted(vector.items())) + f"}}/{DIMENSIONS}"


def _find_terms(ask: Ask, terms: Iterable[str]) -> dict[str, int]:
    wanted = sorted({cut_word(term) for term in terms})
    return dict(ask("SELECT term, id FROM search_terms WHERE term = ANY(%s::text[])", (wanted,)))


def _number(keywords: Iterable[tuple[str, float]], numbers: Mapping[str, int]) -> dict[int, float]:
    """Weighted terms by their dimensions; a term that no story has is of no use."""
    found = ((numbers.get(cut_word(term)), weight) for term, weight in keywords)
    return {number: weight for number, weight in found if number is not None and weight > 0}


def _pick_strongest(vector: Vector) -> list[int]:
    return sorted(vector, key=lambda at: (-vector[at], at))[: settings.SEARCH_SIMILAR_TERMS]


def _part(stories: Iterable[Story]) -> tuple[list[Any], list[Any]]:
    """Names and states of stories, a list each."""
    found = list(stories)
    return [story for story, _ in found], [shown for _, shown in found]
