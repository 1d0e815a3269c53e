"""Search in the database that machines share. SQLite keeps it in a file of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

revision = "5"
down_revision = "4"
branch_labels = None
depends_on = None

_metadata = sa.MetaData()
_word = sa.String(collation="C")
for _name in ("search_shown", "search_held"):
    sa.Table(
        _name,
        _metadata,
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("quality", sa.Integer, nullable=False),
        sa.Column("provider", sa.Integer, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("texts", TSVECTOR, nullable=False),
        sa.Index(f"{_name}_texts", "texts", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )
sa.Table(
    "search_items",
    _metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("id", sa.BigInteger, nullable=False, unique=True),
    sa.Column("shown", sa.Boolean, nullable=False),
    sa.Column("story", sa.Text, nullable=False),
    sa.Column("stamp", sa.LargeBinary, nullable=False),
    sa.Index("search_items_story", "story"),
)
sa.Table(
    "search_listings",
    _metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
sa.Table(
    "search_labels",
    _metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("short", sa.Text, nullable=False),
    sa.UniqueConstraint("kind", "key"),
)
sa.Table(
    "search_words",
    _metadata,
    sa.Column("word", _word, primary_key=True),
    sa.Column("stem", _word, primary_key=True),
    sa.Column("shown", sa.Integer, nullable=False),
    sa.Column("held", sa.Integer, nullable=False),
)
sa.Table(
    "search_stems",
    _metadata,
    sa.Column("stem", _word, primary_key=True),
    sa.Column("shown", sa.Integer, nullable=False),
    sa.Column("held", sa.Integer, nullable=False),
)
sa.Table(
    "search_values",
    _metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)
sa.Table(
    "search_terms",
    _metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("term", _word, nullable=False, unique=True),
)
sa.Table(
    "search_stories",
    _metadata,
    sa.Column("story", sa.Text, primary_key=True),
    sa.Column("shown", sa.Boolean, primary_key=True),
    sa.Column("strongest", ARRAY(sa.Integer), nullable=False),
    sa.Index(
        "search_stories_strongest", "strongest", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    ),
)


def upgrade() -> None:
    """Make the tables, empty: the next pass fills them from the documents."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        _metadata.create_all(connection)
