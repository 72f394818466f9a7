"""Who recorded what and when: the history for those who look over it, a page at a time or whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from svdash.records.database import Database
from svdash.records.history import History, Revision, read_revision, whole_rows
from svdash.records.record_tables import revisions

COLUMNS: Final = (
    "number",
    "at",
    "by",
    "kind",
    "item",
    "follows",
    "view",
    "content",
    "words",
    "hash",
)
_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Sought:
    """Which revisions are looked for; an empty part lets all through.

    Attributes:
        by: who recorded them.
        kind: what kind of item.
        words: what the item's name or the content has in it, in any case.
        since, until: first and last day, in UTC.
    """

    by: str = ""
    kind: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions that a row has to meet."""
        found = list[ColumnElement[bool]]()
        if self.by:
            found.append(revisions.c.by == self.by)
        if self.kind:
            found.append(revisions.c.kind == self.kind)
        if self.words:
            wanted = self.words.lower()
            texts = (revisions.c.item, revisions.c.content)
            found.append(
                func.lower(texts[0]).contains(wanted, autoescape=True)
                | func.lower(texts[1]).contains(wanted, autoescape=True)
            )
        # Times are kept as text in one form, so that text in order is time in order.
        if self.since is not None:
            found.append(revisions.c.at >= _stamp(self.since))
        # After the last day that there is, nothing is left out.
        if self.until is not None and self.until < date.max:
            found.append(revisions.c.at < _stamp(self.until + timedelta(days=1)))
        return found


class AuditTrail:
    """The history in a database, as those see it who look over it. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def people(self) -> dict[str, int]:
        """Return who recorded anything → how many revisions, who recorded most first."""
        return self._counted(revisions.c.by)

    def kinds(self) -> dict[str, int]:
        """Return kind of item → how many revisions, the most frequent first."""
        return self._counted(revisions.c.kind)

    def count(self, sought: Sought) -> int:
        """Return how many revisions there are."""
        with self._database.reading() as connection:
            query = select(func.count()).select_from(revisions).where(*sought.conditions())
            return int(connection.execute(query).scalar_one())

    def found(self, sought: Sought, *, skipped: int = 0, most: int = _AT_ONCE) -> tuple[Revision, ...]:
        """Return revisions, the newest first, without the first ``skipped``, and at most so many."""
        query = (
            whole_rows()
            .where(*sought.conditions())
            .order_by(None)
            .order_by(revisions.c.number.desc())
            .offset(skipped)
            .limit(most)
        )
        with self._database.reading() as connection:
            return tuple(read_revision(row) for row in connection.execute(query).mappings())

    def every(self, sought: Sought) -> Iterator[Revision]:
        """Give revisions one after the other, the newest first. What is recorded meanwhile is not among them."""
        skip_after: int | None = None
        while True:
            query = whole_rows().where(*sought.conditions()).order_by(None)
            if skip_after is not None:
                query = query.where(revisions.c.number < skip_after)
            with self._database.reading() as connection:
                rows = connection.execute(
                    query.order_by(revisions.c.number.desc()).limit(_AT_ONCE)
                ).mappings()
                batch = [read_revision(row) for row in rows]
            yield from batch
            if len(batch) < _AT_ONCE:
                return
            skip_after = batch[-1].number

    def before(self, revision: Revision) -> Revision | None:
        """Return the revision that one follows; ``None`` for the first of its item."""
        if revision.parent is None:
            return None
        found = History(self._database).numbered([revision.parent])
        return found[0] if found else None

    def _counted(self, column: Any) -> dict[str, int]:
        query = (
            select(column, func.count().label("many")).group_by(column).order_by(func.count().desc(), column)
        )
        with self._database.reading() as connection:
            return {str(name): int(many) for name, many in connection.execute(query)}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return each part of a content that differs → what it was and what it is; a part that is missing is ``None``."""
    names = [*before, *(name for name in after if name not in before)]
    return {
        name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    }


def _stamp(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat(timespec="microseconds")
