"""The index's tables, as SQLAlchemy Core describes them: the same in SQLite and in PostgreSQL.

A change here needs a step in `migrations/versions/`; a test holds the two together.

`records` and `addresses` can be built again from the documents. The other tables cannot: what was fetched
and turned away, how sources and pictures fare, when hosts may be asked again. They outlive a rebuild.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

VERSION: Final = "5"  # of these tables: the last step in `migrations/versions/`

Moment: Final[TypeEngine[float]] = Double().with_variant(Float(), "sqlite")
Sequence: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only what is an INTEGER


def keep_plain(text: str) -> str:
    """A text without NUL, which JSON can spell and PostgreSQL cannot hold; the sign for it instead."""
    return text.replace("\0", "␀")


class Plain(TypeDecorator[str]):
    """Text of others, in PostgreSQL without NUL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is kept."""
        return keep_plain(value) if value is not None and dialect.name == "postgresql" else value


metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("name", String, primary_key=True),
    Column("modified_ns", BigInteger, nullable=False),  # of the document's file, to notice edits
    Column("size", BigInteger, nullable=False),  # bytes of the document's file
    Column("published", BigInteger, nullable=False),  # seconds since 1970 UTC
    Column("shown", Boolean, nullable=False),
    Column("story", String, nullable=False),  # the record's own name where it is of no other
    Column("seen", BigInteger, nullable=False),  # first observed, seconds since 1970 UTC; 0 when not known
    Column("entry", String, nullable=False),  # digest of what its source calls it, "" for nothing
    Column("origin", String, nullable=False),  # "page" or "entry", "" when not known
    Column("unopened", Boolean, nullable=False),  # its seal is there and could not be opened
    Column("quality", Integer, nullable=False),
    Column("heat", Integer, nullable=False),
    Column("provider", String, nullable=False),
    Column("payload", LargeBinary, nullable=False),  # the whole Record as MessagePack
    Index("records_published", "published"),
    Index("records_story", "story"),
    Index("records_seen", "seen"),
    Index("records_entry", "entry"),
    Index("records_unopened", "unopened"),
    Index("records_provider", "provider"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("key", String, primary_key=True),  # identity key of an address
    Column("name", String, nullable=False),
    Index("addresses_name", "name"),
)

# One row an address. PostgreSQL keeps a table a month, so that forgetting is dropping one: its key has to
# name the month's column. `records` are not parted: their name has to be the only one of all times.
visits = Table(
    "visits",
    metadata,
    Column("key", Plain, primary_key=True),  # identity key of an address
    Column("outcome", String, nullable=False),
    Column("reason", Plain, nullable=False),
    Column("title", Plain, nullable=False),  # as the source gave it: an edited one is read again
    Column("visited", BigInteger, primary_key=True, autoincrement=False),  # seconds since 1970 UTC
    postgresql_partition_by="RANGE (visited)",
)

sources = Table(
    "sources",
    metadata,
    Column("address", String, primary_key=True),
    Column("payload", Text, nullable=False),  # the whole SourceState as JSON: it grows without migrations
)

hosts = Table(
    "hosts",
    metadata,
    Column("place", String, primary_key=True),  # host:port
    Column("started", Moment, nullable=False),  # of the last request, seconds since 1970 UTC
    Column("closed_until", Moment, nullable=False),  # seconds since 1970 UTC
)

robots = Table(
    "robots",
    metadata,
    Column("origin", String, primary_key=True),  # scheme://host:port
    Column("payload", LargeBinary, nullable=False),  # its robots.txt as the fetcher keeps it
)

image_failures = Table(
    "image_failures",
    metadata,
    Column("address", String, primary_key=True),
    Column("tried", BigInteger, nullable=False),  # seconds since 1970 UTC, by the desk's clock
    Column("failures", Integer, nullable=False),  # in a row
    Column("code", String, nullable=False),
    Column("refused", Boolean, nullable=False),  # gone, or not fit to be kept
    Column("problem", Plain, nullable=False),
)

idle_images = Table(
    "idle_images",
    metadata,
    Column("address", String, primary_key=True),
    Column("since", BigInteger, nullable=False),  # seconds since 1970 UTC: when no document named it any more
)

passes = Table(
    "passes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("finished", BigInteger, nullable=False),  # seconds since 1970 UTC
    Column("summary", Text, nullable=False),  # JSON
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("token", BigInteger, nullable=False),  # grows with each holder
    Column("holder", String, nullable=False),  # host and process
    Column("lock", String, nullable=False),  # of a file the holder has locked too, "" for none
    Column("since", Moment, nullable=False),  # seconds since 1970 UTC, by the database's clock
    Column("until", Moment, nullable=False),  # seconds since 1970 UTC: free from then on
)

outbox = Table(
    "outbox",
    metadata,
    Column("sequence", Sequence, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),  # "put", "removed", "feed"
    Column("name", Plain, nullable=False),  # of a record, the address of a feed
    sqlite_autoincrement=True,  # a number is never given twice, or a cursor would skip news
)

cursors = Table(
    "cursors",
    metadata,
    Column("publisher", String, primary_key=True),
    Column("sequence", BigInteger, nullable=False),  # of the outbox's last row it has done
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("token", String, primary_key=True),  # of the callback's address
    Column("payload", LargeBinary, nullable=False),  # the whole Subscription as MessagePack
)

DERIVED: Final = (records, addresses)
