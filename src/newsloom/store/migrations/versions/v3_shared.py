"""What a store that machines share needs: leases, an outbox with its cursors, visits by month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"
branch_labels = None
depends_on = None

_metadata = sa.MetaData()
_moment: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.Float(), "sqlite")
_number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_visits = sa.Table(
    "visits",
    _metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("outcome", sa.String, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("visited", sa.BigInteger, primary_key=True, autoincrement=False),
    postgresql_partition_by="RANGE (visited)",
)
sa.Table(
    "leases",
    _metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("holder", sa.String, nullable=False),
    sa.Column("lock", sa.String, nullable=False),
    sa.Column("since", _moment, nullable=False),
    sa.Column("until", _moment, nullable=False),
)
sa.Table(
    "outbox",
    _metadata,
    sa.Column("sequence", _number, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
sa.Table(
    "cursors",
    _metadata,
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)


def upgrade() -> None:
    """Move the visits over; PostgreSQL has none yet, since no store of version 2 was there."""
    connection = op.get_bind()
    op.rename_table("visits", "visits_before")
    if connection.dialect.name == "postgresql":
        op.drop_table("visits_before")
        _metadata.create_all(connection)
        return
    _metadata.create_all(connection)
    columns = "key, outcome, reason, title, visited"
    op.execute(f"INSERT INTO visits ({columns}) SELECT {columns} FROM visits_before")  # noqa: S608 - names of ours
    op.drop_table("visits_before")
