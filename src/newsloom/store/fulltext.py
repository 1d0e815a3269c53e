"""The tables of search in PostgreSQL; SQLite has a file of its own for them (`search/sqlite/schema.py`).

A change here needs a step in `migrations/versions/`. It may drop what is there: all is made from documents.

What is shown and what is held are two tables of texts: the public searches the first alone, so neither its
answers nor its scores, counts and suggestions tell anything of the second. A record's number is its time, so
that a span of dates is a span of numbers. `C` collations let a beginning of a word be a span of words.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.exc import DBAPIError

from newsloom.store.schema import Plain

SHOWN: Final = "search_shown"
HELD: Final = "search_held"
CENTROIDS: Final = "search_centroids"
DIMENSIONS: Final = 1_000_000_000  # the most a sparse vector may have: each term that ever was gets one

metadata = MetaData()
_word = String(collation="C")


def _describe_texts(name: str) -> Table:
    """The texts of what is shown or held, with what results are ranked and counted by."""
    return Table(
        name,
        metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=False),
        Column("quality", Integer, nullable=False),
        Column("provider", Integer, nullable=False),  # number of a label
        Column("topics", Text, nullable=False),  # numbers of labels
        Column("length", Integer, nullable=False),  # words and marks
        Column("texts", TSVECTOR, nullable=False),
        # Entries go to their places at once: a list of those that wait would be read by every search.
        Index(f"{name}_texts", "texts", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )


shown = _describe_texts(SHOWN)
held = _describe_texts(HELD)

items = Table(
    "search_items",
    metadata,
    Column("name", Plain, primary_key=True),
    Column("id", BigInteger, nullable=False, unique=True),
    Column("shown", Boolean, nullable=False),
    Column("story", Plain, nullable=False),  # whose page shows it; of one that none shows its own name
    Column("stamp", LargeBinary, nullable=False),
    Index("search_items_story", "story"),
)

listings = Table(
    "search_listings",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

labels = Table(
    "search_labels",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", Plain, nullable=False),
    Column("name", Plain, nullable=False),
    Column("short", Plain, nullable=False),
    UniqueConstraint("kind", "key"),
)

# Each word as it is written (without capitals and accents) with its stem, and in how many records.
words = Table(
    "search_words",
    metadata,
    Column("word", _word, primary_key=True),
    Column("stem", _word, primary_key=True),
    Column("shown", Integer, nullable=False),
    Column("held", Integer, nullable=False),
)

# In how many records each stem and mark is: what BM25 asks of each word of a query.
stems = Table(
    "search_stems",
    metadata,
    Column("stem", _word, primary_key=True),
    Column("shown", Integer, nullable=False),
    Column("held", Integer, nullable=False),
)

values = Table(
    "search_values",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

terms = Table(
    "search_terms",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),  # its dimension
    Column("term", _word, nullable=False, unique=True),
)

# The strongest terms of each story: of what is shown of it, and of what is held.
stories = Table(
    "search_stories",
    metadata,
    Column("story", Plain, primary_key=True),
    Column("shown", Boolean, primary_key=True),
    Column("strongest", ARRAY(Integer), nullable=False),
    Index(
        "search_stories_strongest", "strongest", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    ),
)

_FIND: Final = """
SELECT nspname FROM pg_extension JOIN pg_namespace space ON space.oid = extnamespace WHERE extname = 'vector'
"""
# Whether the extension is there and this user may create it: to try would leave an error in the server's log.
_ALLOWED: Final = """
SELECT rolsuper OR ((trusted OR NOT superuser) AND has_database_privilege(current_database(), 'CREATE'))
FROM pg_available_extensions JOIN pg_available_extension_versions USING (name), pg_roles
WHERE name = 'vector' AND version = default_version AND rolname = current_user
AND to_regnamespace('public') IS NOT NULL
"""


def find_vectors(connection: Connection) -> str:
    """The schema that pgvector's type is in, "" where PostgreSQL, or this site, has none."""
    if connection.execute(text(f"SELECT to_regclass('{CENTROIDS}')")).scalar() is None:
        return ""
    return connection.execute(text(_FIND)).scalar() or ""


def make_centroids(connection: Connection) -> bool:
    """Make the table of the stories' mean vectors where the extension `vector` is; whether it was made now.

    It is created where that is allowed: mostly it is who runs PostgreSQL that may, and a site's user may not.
    """
    if find_vectors(connection):
        return False
    if not connection.execute(text(_FIND)).scalar() and connection.execute(text(_ALLOWED)).scalar():
        with suppress(DBAPIError), connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public"))
    space = connection.execute(text(_FIND)).scalar()
    if not space:
        return False
    connection.execute(
        text(
            f'CREATE TABLE {CENTROIDS} (story text, shown boolean, centroid "{space}".sparsevec({DIMENSIONS})'
            " NOT NULL, PRIMARY KEY (story, shown))"
        )
    )
    return True
