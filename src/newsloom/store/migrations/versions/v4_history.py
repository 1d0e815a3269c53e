"""What a pass asks of history: when a record was seen, what its source calls it, what it was read from.

Records and addresses go, to be read again from the documents: these columns are made from what is there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"
branch_labels = None
depends_on = None

_metadata = sa.MetaData()
sa.Table(
    "records",
    _metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("modified_ns", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("published", sa.BigInteger, nullable=False),
    sa.Column("shown", sa.Boolean, nullable=False),
    sa.Column("story", sa.String, nullable=False),
    sa.Column("seen", sa.BigInteger, nullable=False),
    sa.Column("entry", sa.String, nullable=False),
    sa.Column("origin", sa.String, nullable=False),
    sa.Column("unopened", sa.Boolean, nullable=False),
    sa.Column("quality", sa.Integer, nullable=False),
    sa.Column("heat", sa.Integer, nullable=False),
    sa.Column("provider", sa.String, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Index("records_published", "published"),
    sa.Index("records_story", "story"),
    sa.Index("records_seen", "seen"),
    sa.Index("records_entry", "entry"),
    sa.Index("records_unopened", "unopened"),
    sa.Index("records_provider", "provider"),
)


def upgrade() -> None:
    """Make the records' table anew; addresses are emptied, since they lead to records."""
    op.drop_table("records")
    op.execute("DELETE FROM addresses")
    _metadata.create_all(op.get_bind())
