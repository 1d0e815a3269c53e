"""The tables of the search index, a SQLite file of its own that can be made again at any time.

What is shown and what is held are two full-text tables: the public searches the first alone, so neither its
answers nor its scores, counts and suggestions tell anything of the second. A record's number is its time, so
that the newest come first without sorting and a span of dates is a span of numbers.
"""

from __future__ import annotations

from typing import Final

SEARCH_VERSION: Final = "1"  # a file of another version is thrown away and built again

SHOWN: Final = "shown_texts"
HELD: Final = "held_texts"
COLUMNS: Final = ("title", "excerpt", "provider", "topics", "marks")

# The texts come in as plain stems (`words.py`), so the tokenizer only has to part them at blanks. It would
# take vowel signs for gaps and knows no private-use letters unless told.
_TEXTS: Final = """
CREATE VIRTUAL TABLE IF NOT EXISTS {table} USING fts5(
    title, excerpt, provider, topics, marks,
    content='', tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
)"""

TABLES: Final = (
    _TEXTS.format(table=SHOWN),
    _TEXTS.format(table=HELD),
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    # What results are ranked and counted by, kept apart from what they show: 3,000 rows are read a search.
    """CREATE TABLE IF NOT EXISTS items (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, shown INTEGER NOT NULL, quality INTEGER NOT NULL,
        provider INTEGER NOT NULL, topics TEXT NOT NULL, stamp BLOB NOT NULL
    )""",
    "CREATE TABLE IF NOT EXISTS listings (id INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    """CREATE TABLE IF NOT EXISTS labels (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
        short TEXT NOT NULL DEFAULT '', UNIQUE (kind, key)
    )""",
    # Each word as it is written (without capitals and accents) with its stem, and in how many records.
    """CREATE TABLE IF NOT EXISTS words (
        word TEXT NOT NULL, stem TEXT NOT NULL, shown INTEGER NOT NULL, held INTEGER NOT NULL,
        PRIMARY KEY (word, stem)
    ) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS terms (id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE)",
    # The records of each term, first those it says most of.
    """CREATE TABLE IF NOT EXISTS vectors (
        term INTEGER NOT NULL, shown INTEGER NOT NULL, weight INTEGER NOT NULL, id INTEGER NOT NULL,
        PRIMARY KEY (term, shown, weight DESC, id)
    ) WITHOUT ROWID""",
)
