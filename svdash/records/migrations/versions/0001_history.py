"""Create the history, and the rules by which the database itself refuses to change it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

# SQLite: REPLACE deletes without asking the trigger on DELETE, so a number that is taken is refused by itself.
_SQLITE: Final = (
    "CREATE TRIGGER revisions_no_update BEFORE UPDATE ON revisions BEGIN SELECT RAISE(ABORT, 'The history is only added to'); END",
    "CREATE TRIGGER revisions_no_delete BEFORE DELETE ON revisions BEGIN SELECT RAISE(ABORT, 'The history is only added to'); END",
    """CREATE TRIGGER revisions_no_replace BEFORE INSERT ON revisions
        WHEN EXISTS (SELECT 1 FROM revisions WHERE number = NEW.number OR hash = NEW.hash
                     OR (item = NEW.item AND parent IS NEW.parent))
        BEGIN SELECT RAISE(ABORT, 'The history is only added to'); END""",
    "CREATE TRIGGER words_no_delete BEFORE DELETE ON words BEGIN SELECT RAISE(ABORT, 'The history is only added to'); END",
    """CREATE TRIGGER words_only_erased BEFORE UPDATE ON words
        WHEN NEW.number IS NOT OLD.number OR NEW.text IS NOT NULL OR NEW.salt IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'The history is only added to'); END""",
    """CREATE TRIGGER words_no_replace BEFORE INSERT ON words
        WHEN EXISTS (SELECT 1 FROM words WHERE number = NEW.number)
        BEGIN SELECT RAISE(ABORT, 'The history is only added to'); END""",
)
_POSTGRESQL: Final = (
    """CREATE FUNCTION history_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'The history is only added to' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER revisions_no_change BEFORE UPDATE OR DELETE ON revisions
       FOR EACH ROW EXECUTE FUNCTION history_refuses()""",
    """CREATE TRIGGER revisions_no_truncate BEFORE TRUNCATE ON revisions
       FOR EACH STATEMENT EXECUTE FUNCTION history_refuses()""",
    """CREATE TRIGGER words_no_delete BEFORE DELETE ON words
       FOR EACH ROW EXECUTE FUNCTION history_refuses()""",
    """CREATE TRIGGER words_no_truncate BEFORE TRUNCATE ON words
       FOR EACH STATEMENT EXECUTE FUNCTION history_refuses()""",
    """CREATE TRIGGER words_only_erased BEFORE UPDATE ON words FOR EACH ROW
       WHEN (NEW.number IS DISTINCT FROM OLD.number OR NEW.text IS NOT NULL OR NEW.salt IS NOT NULL)
       EXECUTE FUNCTION history_refuses()""",
)


def upgrade() -> None:
    """Create the tables, their keys and the triggers."""
    op.create_table(
        "revisions",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("item", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("parent", sa.BigInteger),
        sa.Column("by", sa.String(320), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("view", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("words_hash", sa.String(64), nullable=False),
        sa.Column("hash_before", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.UniqueConstraint("item", "number", name="revisions_item_number"),
        sa.UniqueConstraint("item", "parent", name="revisions_item_parent"),
        sa.ForeignKeyConstraint(
            ["item", "parent"], ["revisions.item", "revisions.number"], name="revisions_parent_of_item"
        ),
    )
    beginning = sa.text("parent IS NULL")
    op.create_index(
        "revisions_one_beginning",
        "revisions",
        ["item"],
        unique=True,
        sqlite_where=beginning,
        postgresql_where=beginning,
    )
    op.create_index("revisions_kind", "revisions", ["kind", "number"])
    op.create_table(
        "words",
        sa.Column(
            "number", sa.BigInteger, sa.ForeignKey("revisions.number"), primary_key=True, autoincrement=False
        ),
        sa.Column("salt", sa.String(64)),
        sa.Column("text", sa.Text),
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(sa.text(statement))
