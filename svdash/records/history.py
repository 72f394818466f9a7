"""The history of what people recorded: adds revisions, finds them, and proves that nothing was changed since."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, insert, select, update

from svdash import wording
from svdash.records.database import Database
from svdash.records.record_errors import ConflictError, RecordsError
from svdash.records.record_tables import revisions, words

# The hash before the first row.
_BEGINNING: Final = "0" * 64
_LONGEST_CONTENT: Final = 200_000
_AT_ONCE: Final = 1000
ERASURE: Final = "erasure"


@dataclass(frozen=True)
class Draft:
    """What is to be recorded as the next revision of an item.

    Attributes:
        item: the item's name, such as ``update:A-1:2026/27 Q2``; at most 200 characters.
        kind: what kind of item it is, such as ``update``.
        content: what is recorded, as JSON can hold it.
        parent: the revision that was open when this was written; ``None`` for a new item.
        words: text that a person may ask to have erased, such as testimony. It is kept apart from the content.
    """

    item: str
    kind: str
    content: Mapping[str, Any]
    parent: int | None = None
    words: str | None = None


@dataclass(frozen=True)
class Revision:
    """One row of the history.

    Attributes:
        number: its place in the history, from 1.
        by: who recorded it. ``at``: when, in UTC. ``view``: the address of the page it was recorded from.
        words: the words kept apart; ``None`` where there are none or they were erased.
        erased: whether there were words and they were erased.
        hash: SHA-256 over the row and the hash of the row before, in hexadecimal.
    """

    number: int
    item: str
    kind: str
    parent: int | None
    by: str
    at: datetime
    view: str
    content: Mapping[str, Any] = field(hash=False)
    words: str | None
    erased: bool
    hash: str


class History:
    """The history in a database. Safe to share between threads; rows are added one transaction after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        drafts: Sequence[Draft],
        *,
        by: str,
        view: str,
        at: datetime | None = None,
        standing: Mapping[str, int | None] | None = None,
        unchanged: Mapping[str, int] | None = None,
    ) -> tuple[Revision, ...]:
        """Record drafts in their order, all or none. When this returns, they are on the disk.

        Args:
            drafts: what to record.
            by: who records it: the identity that sign-in gave.
            view: the address of the page, with its filters.
            at: when; now by default.
            standing: other items that this rests on, each with its newest revision as it was seen; ``None`` for none.
            unchanged: kinds all of whose items this rests on, each with the number of its last revision as it was seen; 0
                for none.

        Raises:
            ConflictError: an item or kind has a newer revision than the draft's parent, or than was seen; nothing was
                recorded.
            RecordsError: a draft can't be recorded, or the database can't be reached; nothing was recorded.
        """
        rows = [_row(draft, by, view, at or datetime.now(UTC)) for draft in drafts]
        with self._database.writing() as connection:
            for item, seen in (standing or {}).items():
                _check_newest(connection, Draft(item, "", {}, seen))
            for kind, number in (unchanged or {}).items():
                _check_last(connection, kind, number)
            return tuple(self._add(connection, draft, row) for draft, row in zip(drafts, rows, strict=True))

    def erase_words(self, number: int, *, by: str, view: str, reason: str) -> Revision:
        """Erase the words of a revision for good, as :meth:`erase_all_words` does."""
        return self.erase_all_words([number], by=by, view=view, reason=reason)[0]

    def erase_all_words(
        self, numbers: Iterable[int], *, by: str, view: str, reason: str
    ) -> tuple[Revision, ...]:
        """Erase the words of revisions for good, all or none, and record who did so and why. Rows and hashes stay.

        Raises:
            RecordsError: there are no words to erase at one of them, no reason is given, or a reader kept copies of them in
                the log of SQLite: then they are erased all the same, and the message says how the copies go.
        """
        if not reason.strip():
            raise RecordsError("Say why the words are erased: that stays in the history.")
        with self._database.writing() as connection:
            erased = tuple(self._erase(connection, each, by, view, reason.strip()) for each in numbers)
        if not self._database.leave_no_copies():
            raise RecordsError(
                "The words are erased, and that is on record. Copies of them stay in the log of the database (its file with "
                "-wal) while another program reads it, such as a backup: once that has ended, restart the dashboard."
            )
        return erased

    def last(self) -> tuple[int, str]:
        """Return number and hash of the last row: 0 and zeros in an empty history."""
        with self._database.reading() as connection:
            return last_row(connection)

    def of(self, item: str) -> tuple[Revision, ...]:
        """Return the revisions of an item, the oldest first; none if it was never recorded."""
        return tuple(self._found(whole_rows().where(revisions.c.item == item)))

    def numbered(self, numbers: Iterable[int]) -> tuple[Revision, ...]:
        """Return the revisions with these numbers, the oldest first; numbers that don't exist are left out."""
        wanted, found = sorted(set(numbers)), []
        for start in range(0, len(wanted), _AT_ONCE):
            found += self._found(whole_rows().where(revisions.c.number.in_(wanted[start : start + _AT_ONCE])))
        return tuple(found)

    def newest(self, kind: str, *, item: str | None = None) -> tuple[Revision, ...]:
        """Return the newest revision of each item of a kind, or of one item, in the order in which they were recorded."""
        later = revisions.alias()
        query = whole_rows().where(
            revisions.c.kind == kind,
            ~select(later.c.number)
            .where(later.c.item == revisions.c.item, later.c.parent == revisions.c.number)
            .exists(),
        )
        return tuple(self._found(query if item is None else query.where(revisions.c.item == item)))

    def of_kind(self, kind: str) -> tuple[Revision, ...]:
        """Return every revision of a kind, the oldest first."""
        return tuple(self._found(whole_rows().where(revisions.c.kind == kind)))

    def all(self, after: int = 0) -> Iterator[Revision]:
        """Give the whole history after a number, the oldest first, some rows at a time."""
        while True:
            found = self._found(whole_rows().where(revisions.c.number > after).limit(_AT_ONCE))
            yield from found
            if len(found) < _AT_ONCE:
                return
            after = found[-1].number

    def count(self, kind: str, after: int = 0) -> tuple[int, int]:
        """Return how many revisions of a kind there are after a number, and the number of the last; 0 if none."""
        query = select(func.count(), func.max(revisions.c.number)).where(
            revisions.c.kind == kind, revisions.c.number > after
        )
        with self._database.reading() as connection:
            many, last = connection.execute(query).one()
        return int(many), int(last or 0)

    def last_of(self, kinds: Iterable[str]) -> int:
        """Return the number of the last revision of any of these kinds, 0 if there is none."""
        # One seek in the index for each kind, however long the history is.
        last = [
            select(func.max(revisions.c.number)).where(revisions.c.kind == kind).scalar_subquery()
            for kind in kinds
        ]
        with self._database.reading() as connection:
            return max((number or 0 for number in connection.execute(select(*last)).one()), default=0)

    def faults(self) -> tuple[str, ...]:
        """Return what shows that rows were changed, removed or added past the program, as sentences; none if nothing does."""
        with self._database.reading() as connection:
            return chain_faults(connection)

    def _add(self, connection: Connection, draft: Draft, row: dict[str, Any]) -> Revision:
        _check_newest(connection, draft)
        number, before = last_row(connection)
        salt = secrets.token_hex(32) if draft.words is not None else ""
        words_hash = _words_hash(salt, draft.words) if draft.words is not None else ""
        whole = {**row, "number": number + 1, "words_hash": words_hash, "hash_before": before}
        whole["hash"] = hash_of(whole)
        connection.execute(insert(revisions).values(whole))
        if draft.words is not None:
            connection.execute(insert(words).values(number=number + 1, salt=salt, text=draft.words))
        found = connection.execute(whole_rows().where(revisions.c.number == number + 1)).mappings().one()
        return read_revision(found)

    def _erase(self, connection: Connection, number: int, by: str, view: str, reason: str) -> Revision:
        """Erase the words of one revision and add the row that says so."""
        erased = connection.execute(
            update(words)
            .where(words.c.number == number, words.c.text.is_not(None))
            .values(text=None, salt=None)
        )
        if not erased.rowcount:
            raise RecordsError(f"Revision {number} has no words that could be erased.")
        draft = Draft(f"{ERASURE}:{number}", ERASURE, {"revision": number, "reason": reason})
        return self._add(connection, draft, _row(draft, by, view, datetime.now(UTC)))

    def _found(self, query: Select[Any]) -> list[Revision]:
        with self._database.reading() as connection:
            return [read_revision(row) for row in connection.execute(query).mappings()]


def _check_newest(connection: Connection, draft: Draft) -> None:
    """Raise ``ConflictError`` unless the draft's parent is the newest revision of its item."""
    query = whole_rows().where(revisions.c.item == draft.item).order_by(None)
    newest = connection.execute(query.order_by(revisions.c.number.desc()).limit(1)).mappings().one_or_none()
    if (newest["number"] if newest else None) != draft.parent:
        raise ConflictError(draft, read_revision(newest) if newest else None)


def _check_last(connection: Connection, kind: str, seen: int) -> None:
    """Raise ``ConflictError`` if there is a newer revision of a kind than was seen."""
    query = whole_rows().where(revisions.c.kind == kind, revisions.c.number > seen).limit(1)
    newer = connection.execute(query).mappings().one_or_none()
    if newer is not None:
        raise ConflictError(Draft(newer["item"], kind, {}, seen or None), read_revision(newer))


def chain_faults(connection: Connection) -> tuple[str, ...]:
    """Work all hashes of a history out again and return what is wrong, as :meth:`History.faults` does.

    That the last rows are missing shows in no hash: compare number and hash of the last row with those that were noted.
    """
    found: list[str] = []
    expected, before = 1, _BEGINNING
    newest: dict[str, int] = {}
    without, erasures = set[int](), set[int]()
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(whole_rows()).mappings():
        found += _row_faults(row, expected, before, newest.get(row["item"]))
        if row["words_hash"] and row["text"] is None:
            without.add(row["number"])
        if row["kind"] == ERASURE:
            erasures.add(int(row["item"].rpartition(":")[2]))
        newest[row["item"]], expected, before = row["number"], row["number"] + 1, row["hash"]
    for number in sorted(without ^ erasures):
        found.append(f"The words of revision {number} and the record of who erased them don't agree.")
    return tuple(found)


def _row_faults(row: RowMapping, expected: int, before: str, parent: int | None) -> list[str]:
    """Return what is wrong with a row that should have the number ``expected`` and follow a row with the hash ``before``."""
    number, item, found = row["number"], row["item"], []
    if number != expected:
        found.append(f"Revision {expected} is missing: the next one is {number}.")
    elif row["hash_before"] != before:
        found.append(f"Revision {number} does not follow the row before it: one of the two was changed.")
    if hash_of(row) != row["hash"]:
        found.append(f"Revision {number} ({item}) was changed after it was recorded.")
    if row["text"] is not None and _words_hash(row["salt"] or "", row["text"]) != row["words_hash"]:
        found.append(f"The words of revision {number} were changed after they were recorded.")
    if bool(row["words_hash"]) != (row["kept"] is not None):
        found.append(f"The words of revision {number} are missing, or were added.")
    if row["parent"] != parent:
        found.append(f"Revision {number} does not follow the newest revision of {item}.")
    return found


def canonical(content: Mapping[str, Any]) -> str:
    """Return content as JSON in the one form that is hashed: keys in order, no blanks, characters as they are.

    Raises:
        RecordsError: the content is not what JSON can hold, or longer than 200,000 characters.
    """
    try:
        found = json.dumps(
            content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        )
        found.encode()
    except (TypeError, ValueError) as error:
        raise RecordsError(f"This can't be recorded: {error}.") from error
    if len(found) > _LONGEST_CONTENT:
        raise RecordsError(
            f"This is too long to be recorded: {wording.number(len(found))} characters, and {wording.number(_LONGEST_CONTENT)} is the most. Attach it as evidence."
        )
    return found


def _row(draft: Draft, by: str, view: str, at: datetime) -> dict[str, Any]:
    """Return the columns of a draft's row that do not depend on the rows before."""
    for name, given, longest in (("item", draft.item, 200), ("kind", draft.kind, 40), ("by", by, 320)):
        if not given or len(given) > longest:
            raise RecordsError(
                f"{name}: it must have between 1 and {longest} characters, and has {len(given)}."
            )
    for given in (draft.item, draft.kind, by, view, draft.words or ""):
        _check_text(given)
    stamp = at.astimezone(UTC).isoformat(timespec="microseconds")
    return {
        "item": draft.item,
        "kind": draft.kind,
        "parent": draft.parent,
        "by": by,
        "at": stamp,
        "view": view,
        "content": canonical(draft.content),
    }


def _check_text(given: str) -> None:
    """Refuse what a database can't hold as text."""
    try:
        given.encode()
    except UnicodeEncodeError as error:
        raise RecordsError("This text has an incomplete character in it. Type it again.") from error
    if "\0" in given:
        raise RecordsError("This text has a character in it that can't be stored (NUL). Type it again.")


def whole_rows() -> Select[Any]:
    """Return the query for whole rows in the order of the history; ``kept`` is empty where a row has no words of its own."""
    joined = revisions.outerjoin(words, words.c.number == revisions.c.number)
    return (
        select(revisions, words.c.number.label("kept"), words.c.salt, words.c.text)
        .select_from(joined)
        .order_by(revisions.c.number)
    )


def last_row(connection: Connection) -> tuple[int, str]:
    """Return number and hash of the last row, as :meth:`History.last` does."""
    query = select(revisions.c.number, revisions.c.hash).order_by(revisions.c.number.desc()).limit(1)
    found = connection.execute(query).one_or_none()
    return (found.number, found.hash) if found else (0, _BEGINNING)


def read_revision(row: RowMapping) -> Revision:
    """Return a row of ``whole_rows`` as a revision."""
    return Revision(
        number=row["number"],
        item=row["item"],
        kind=row["kind"],
        parent=row["parent"],
        by=row["by"],
        at=datetime.fromisoformat(row["at"]),
        view=row["view"],
        content=json.loads(row["content"]),
        words=row["text"],
        erased=bool(row["words_hash"]) and row["text"] is None,
        hash=row["hash"],
    )


_HASHED: Final = (
    "number",
    "item",
    "kind",
    "parent",
    "by",
    "at",
    "view",
    "content",
    "words_hash",
    "hash_before",
)


def hash_of(row: Mapping[Any, Any]) -> str:
    """Return SHA-256 over a row, as JSON, since JSON tells where one value ends and the next begins."""
    whole = json.dumps([row[name] for name in _HASHED], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def _words_hash(salt: str, text: str) -> str:
    """Return SHA-256 over words with their salt. When both are erased, nobody can find the words by trying."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()
