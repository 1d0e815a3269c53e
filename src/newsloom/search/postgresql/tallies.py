"""In how many records each word and stem is, kept count of while listings come and go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from newsloom.search.postgresql.asking import Ask, put_values, read_value
from newsloom.search.postgresql.expression import cut_word
from newsloom.search.postgresql.matching import TOTALS, Totals, read_totals
from newsloom.search.reading import Columns

_ADD: Final = """
INSERT INTO {table} AS t ({key}, shown, held) SELECT * FROM unnest({arrays}, %s::int[], %s::int[])
ON CONFLICT ({key}) DO UPDATE SET shown = t.shown + excluded.shown, held = t.held + excluded.held
"""
_DROP: Final = """
DELETE FROM {table} t USING unnest({arrays}) AS gone ({key})
WHERE ({same}) AND t.shown <= 0 AND t.held <= 0
"""


class Tally:
    """What is added to the counts, until it is written. Counts of what is shown and held are kept apart."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._words: Counter[tuple[tuple[str, ...], bool]] = Counter()
        self._stems: Counter[tuple[tuple[str, ...], bool]] = Counter()
        self._records = {True: 0, False: 0}
        self._lengths = {True: 0, False: 0}

    def count(self, columns: Columns, shown: bool, by: int) -> None:
        """A listing that comes (1) or goes (-1)."""
        words = {(cut_word(word), cut_word(stem)) for word, stem in columns.words()}
        for pair in words:
            self._words[pair, shown] += by
        for stem in {stem for _, stem in words}.union(columns.marks):
            self._stems[(stem,), shown] += by
        self._records[shown] += by
        self._lengths[shown] += by * columns.length

    def write(self) -> None:
        """Add all to what is there."""
        self._add("search_words", ("word", "stem"), self._words)
        self._add("search_stems", ("stem",), self._stems)
        before = read_totals(read_value(self._ask, TOTALS))
        after = [
            Totals(totals.records + self._records[shown], totals.words + self._lengths[shown])
            for totals, shown in zip(before, (True, False), strict=True)
        ]
        put_values(self._ask, {TOTALS: msgspec.msgpack.encode(after)})

    def _add(
        self, table: str, key: Sequence[str], counts: Mapping[tuple[tuple[str, ...], bool], int]
    ) -> None:
        keys = sorted({found for (found, _), by in counts.items() if by})
        columns = [[found[at] for found in keys] for at in range(len(key))]
        by = [[counts.get((found, shown), 0) for found in keys] for shown in (True, False)]
        words = {"table": table, "key": ", ".join(key), "arrays": ", ".join("%s::text[]" for _ in key)}
        self._ask(_ADD.format(**words), (*columns, *by))
        same = " AND ".join(f"t.{column} = gone.{column}" for column in key)
        self._ask(_DROP.format(same=same, **words), tuple(columns))
