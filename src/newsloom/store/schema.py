"""The index's tables, as SQLAlchemy Core describes them.

`records` and `addresses` can be built again from the documents. The other tables cannot: what was
fetched and turned away, how sources and pictures fare, when hosts may be asked again. They outlive a rebuild.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION: Final = 3  # in a file of another version `DERIVED` is built again, the rest carried over

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

visits = Table(
    "visits",
    metadata,
    Column("key", String, primary_key=True),  # identity key of an address
    Column("outcome", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("title", Text, nullable=False),  # as the source gave it: an edited one is read again
    Column("visited", BigInteger, nullable=False),  # seconds since 1970 UTC
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
    Column("started", Float, nullable=False),  # of the last request, seconds since 1970 UTC
    Column("closed_until", Float, nullable=False),  # seconds since 1970 UTC
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
    Column("problem", Text, nullable=False),
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

DERIVED: Final = (records, addresses)
