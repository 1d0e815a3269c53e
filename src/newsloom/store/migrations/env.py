"""What Alembic runs: the steps, on the connection and within the transaction it is given."""

from __future__ import annotations

from alembic import context

from newsloom.store import schema

context.configure(connection=context.config.attributes["connection"], target_metadata=schema.metadata)
context.run_migrations()
