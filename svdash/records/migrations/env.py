"""Runs migrations in the transaction that :func:`svdash.records.database.migrate` has begun."""

from __future__ import annotations

from alembic import context

from svdash.records.record_tables import metadata

# Both databases roll a change of tables back if it is interrupted; Alembic assumes that SQLite does not.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True
)
context.run_migrations()
