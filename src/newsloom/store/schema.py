"""The index's tables, as SQLAlchemy Core describes them.

Everything here can be built again from the documents, but for `visits`, `sources` and the two tables of
pictures, which only spare work: what was fetched and turned away, what a server said for conditional
requests, and since when a copy is not used.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

SCHEMA_VERSION: Final = 1  # a file of another version is thrown away and built again

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
    Column("story", String, nullable=False),
    Column("quality", Integer, nullable=False),
    Column("heat", Integer, nullable=False),
    Column("provider", String, nullable=False),
    Column("payload", LargeBinary, nullable=False),  # the whole Record as MessagePack
    Index("records_published", "published"),
    Index("records_story", "story"),
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
    Column("etag", Text),
    Column("last_modified", Text),
    Column("polled", BigInteger, nullable=False),  # seconds since 1970 UTC
    Column("entries", Integer, nullable=False),
    Column("failures", Integer, nullable=False),  # in a row
    Column("problem", Text, nullable=False),
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
