"""The tables of the database of records. Migrations create them; a test compares the two.

``revisions`` is the history. ``number`` counts its rows from 1 without a gap. ``content`` is JSON in one canonical form.
``words`` holds text that may have to be erased, such as testimony: ``revisions.words_hash`` covers it, so that a row and its
hash stay as they are when the words go.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata: Final = MetaData()

revisions: Final = Table(
    "revisions",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("item", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("parent", BigInteger),
    Column("by", String(320), nullable=False),
    Column("at", String(32), nullable=False),
    Column("view", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("words_hash", String(64), nullable=False),
    Column("hash_before", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    UniqueConstraint("item", "number", name="revisions_item_number"),
    UniqueConstraint("item", "parent", name="revisions_item_parent"),
    ForeignKeyConstraint(
        ["item", "parent"], ["revisions.item", "revisions.number"], name="revisions_parent_of_item"
    ),
    # Two rows without a parent would be two beginnings of one item: NULL is not equal to NULL for the rule above.
    Index(
        "revisions_one_beginning",
        "item",
        unique=True,
        sqlite_where=text("parent IS NULL"),
        postgresql_where=text("parent IS NULL"),
    ),
    Index("revisions_kind", "kind", "number"),
)

words: Final = Table(
    "words",
    metadata,
    Column("number", BigInteger, ForeignKey("revisions.number"), primary_key=True, autoincrement=False),
    Column("salt", String(64)),
    Column("text", Text),
)
