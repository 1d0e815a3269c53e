"""The tables as they were before Alembic, from nothing or from a file of version 1 or 2.

Version 1 had a column for each field of a source's state. Its records go, to be read again from the
documents; what is known of sources and visits stays.
"""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

from newsloom.store.states import SourceState

revision = "2"
down_revision = None
branch_labels = None
depends_on = None

_metadata = sa.MetaData()
_moment: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.Float(), "sqlite")
_meta = sa.Table(
    "meta",
    _metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
_records = sa.Table(
    "records",
    _metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("modified_ns", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("published", sa.BigInteger, nullable=False),
    sa.Column("shown", sa.Boolean, nullable=False),
    sa.Column("story", sa.String, nullable=False),
    sa.Column("quality", sa.Integer, nullable=False),
    sa.Column("heat", sa.Integer, nullable=False),
    sa.Column("provider", sa.String, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Index("records_published", "published"),
    sa.Index("records_story", "story"),
)
_addresses = sa.Table(
    "addresses",
    _metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Index("addresses_name", "name"),
)
sa.Table(
    "visits",
    _metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("outcome", sa.String, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("visited", sa.BigInteger, nullable=False),
)
_sources = sa.Table(
    "sources",
    _metadata,
    sa.Column("address", sa.String, primary_key=True),
    sa.Column("payload", sa.Text, nullable=False),
)
sa.Table(
    "hosts",
    _metadata,
    sa.Column("place", sa.String, primary_key=True),
    sa.Column("started", _moment, nullable=False),
    sa.Column("closed_until", _moment, nullable=False),
)
sa.Table(
    "robots",
    _metadata,
    sa.Column("origin", sa.String, primary_key=True),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)
sa.Table(
    "image_failures",
    _metadata,
    sa.Column("address", sa.String, primary_key=True),
    sa.Column("tried", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("refused", sa.Boolean, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
)
sa.Table(
    "idle_images",
    _metadata,
    sa.Column("address", sa.String, primary_key=True),
    sa.Column("since", sa.BigInteger, nullable=False),
)
sa.Table(
    "passes",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("finished", sa.BigInteger, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
)
sa.Table(
    "subscriptions",
    _metadata,
    sa.Column("token", sa.String, primary_key=True),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)


def upgrade() -> None:
    """Make what is missing, and anew what was of another form."""
    connection = op.get_bind()
    kept: list[dict[str, Any]] = []
    if sa.inspect(connection).has_table("meta"):
        version = connection.execute(sa.select(_meta.c.value).where(_meta.c.key == "schema")).scalar()
        if version not in {None, "2"}:
            kept = _take_down(connection)
        connection.execute(sa.delete(_meta).where(_meta.c.key == "schema"))
    _metadata.create_all(connection)
    if kept:
        connection.execute(sa.insert(_sources), kept)


def _take_down(connection: sa.Connection) -> list[dict[str, Any]]:
    """Drop the tables that changed since then; the rows of `sources` as they are now."""
    rows: list[dict[str, Any]] = []
    if sa.inspect(connection).has_table("sources"):
        found = connection.execute(sa.text("SELECT * FROM sources")).mappings().all()
        rows = [_modernise(dict(row)) for row in found]
    for table in (_records, _addresses, _sources):
        table.drop(connection, checkfirst=True)
    return rows


def _modernise(row: dict[str, Any]) -> dict[str, Any]:
    if "payload" in row:
        return row
    state = msgspec.convert(row, SourceState)
    return {"address": state.address, "payload": msgspec.json.encode(state).decode()}
