"""The people who hold the posts that own commitments: whom reminders go to, and who left.

Names and addresses are kept as words, which :meth:`People.erase` erases on request; post, directorate and the day somebody left stay.
"""

from __future__ import annotations

import csv
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from svdash import wording
from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import RecordsError

PERSON: Final = "person"
COLUMNS: Final = ("name", "post", "directorate", "email", "left_on")
_NEEDED: Final = ("name", "post", "email")
# Only what every mail server takes: an address with other letters needs an extension that not all have.
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)
_LARGEST_FILE: Final = 5_000_000


class PersonRow(BaseModel):
    """One row of a list of people: somebody who holds a post, or held it until the day they left.

    Attributes:
        post: as the register names it in its column ``lead``.
        directorate: code of the vocabulary; empty where it is not given.
        left_on: the last day in the post; ``None`` for whoever holds it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=200)
    post: str = Field(min_length=1, max_length=150)
    directorate: str = Field(default="", max_length=100)
    email: str = Field(max_length=254)
    left_on: date | None = None

    @field_validator("name", "post", "directorate")
    @classmethod
    def _one_line(cls, given: str) -> str:
        if not given.isprintable():
            raise ValueError("it has a line break or another invisible character in it")
        return given

    @field_validator("email")
    @classmethod
    def _address(cls, given: str) -> str:
        if not _ADDRESS.fullmatch(given):
            raise ValueError("it is not an e-mail address, such as ann@authority.example")
        return given

    @field_validator("left_on", mode="before")
    @classmethod
    def _day(cls, given: Any) -> Any:
        return given or None


@dataclass(frozen=True)
class PostHolder:
    """Somebody in a post, as the records have them.

    Attributes:
        person: what stands for the person in the records; the same in each of their posts.
        name, email: empty once they were erased.
        left_on: the last day in the post; ``None`` for whoever holds it.
        number: the newest revision.
    """

    person: str
    post: str
    directorate: str
    name: str
    email: str
    left_on: date | None
    number: int

    def holds(self, on: date) -> bool:
        """Return whether they hold the post on a day."""
        return self.left_on is None or self.left_on >= on


class Entered(NamedTuple):
    """How many rows of a list were added, changed something and changed nothing."""

    added: int
    changed: int
    same: int


class People:
    """The people in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def known(self) -> tuple[PostHolder, ...]:
        """Return everybody who was entered, once for each of their posts, in the order they were entered or changed."""
        return tuple(map(_holder, self._history.newest(PERSON)))

    def last_entered(self) -> int:
        """Return the number of the last row entered, 0 if there is none."""
        return self._history.count(PERSON)[1]

    def enter(self, rows: Iterable[PersonRow], *, by: str, view: str) -> Entered:
        """Record those rows of a list that are new or differ, all or none; whoever is not in the list stays as they were.

        Raises:
            ConflictError: somebody else entered people at the same time.
            RecordsError: the database can't be reached.
        """
        last = self.last_entered()
        standing = [each for each in self.known() if each.email]
        known = {(each.email.casefold(), each.post): each for each in standing}
        persons = {each.email.casefold(): each.person for each in standing}
        drafts, added, same = [], 0, 0
        for row in rows:
            before = known.get((row.email.casefold(), row.post))
            if before is not None and _as_row(before) == row:
                same += 1
                continue
            added += before is None
            person = persons.setdefault(row.email.casefold(), secrets.token_hex(8))
            content = {"person": person, **row.model_dump(mode="json", exclude={"name", "email"})}
            words = json.dumps({"name": row.name, "email": row.email}, ensure_ascii=False)
            item = f"{PERSON}:{person}:{row.post}"
            drafts.append(Draft(item, PERSON, content, before.number if before else None, words))
        # Without this, two lists entered at once would make two persons of one new address.
        self._history.add(drafts, by=by, view=view, unchanged={PERSON: last})
        return Entered(added, len(drafts) - added, same)

    def erase(self, email: str, reason: str, *, by: str, view: str) -> int:
        """Erase the names and addresses of a person in every revision for good: of all posts, and what stood there before.

        Args:
            email: an address that the person has or had in the list, in small or capital letters.
            reason: why; it stays in the history.
            by: who erases them.
            view: the address of the page, or the name of the command.

        Returns:
            How many revisions held them.

        Raises:
            RecordsError: nobody has or had the address, no reason is given, or the database can't be reached.
        """
        named = [each for each in self._history.of_kind(PERSON) if each.words]
        persons = {
            each.content["person"]
            for each in named
            if _holder(each).email.casefold() == email.strip().casefold()
        }
        if not persons:
            raise RecordsError(
                f"Nobody in the list of people has or had the address {email}. List them with python -m svdash people."
            )
        numbers = [each.number for each in named if each.content["person"] in persons]
        self._history.erase_all_words(numbers, by=by, view=view, reason=reason)
        return len(numbers)


def is_address(text: str) -> bool:
    """Return whether a text is an e-mail address that every mail server takes."""
    return _ADDRESS.fullmatch(text) is not None


def read_people(file: Path) -> tuple[PersonRow, ...]:
    """Return the rows of a list of people, a CSV with the columns ``COLUMNS`` in any order; ``directorate`` and ``left_on`` may be missing.

    Raises:
        RecordsError: the file can't be read, or rows have faults: each with its line and what would be right.
    """
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise RecordsError(
                f"{file}: it is larger than a list of people can be. Check that it is the right file."
            )
        with file.open(encoding="utf-8-sig", newline="") as stream:
            lines = csv.DictReader(stream, strict=True)
            _check_headings(file, lines.fieldnames or ())
            given = [(lines.line_num, line) for line in lines]
    except OSError as error:
        raise RecordsError(f"{file}: it can't be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise RecordsError(
            f"{file}: it is not a CSV in UTF-8: {error}. Save the sheet as CSV UTF-8."
        ) from error
    rows, faults = list[PersonRow](), list[str]()
    for number, line in given:
        try:
            rows.append(PersonRow.model_validate(_cells(line)))
        except ValidationError as error:
            faults += [f"Line {number}: {_fault(each)}" for each in error.errors()]
    faults += _doubles(rows)
    if faults:
        raise RecordsError(f"{file}: nothing was entered. {' '.join(faults)}")
    return tuple(rows)


def _check_headings(file: Path, found: Iterable[str]) -> None:
    names = [str(each).strip() for each in found]
    unknown = sorted(set(names) - set(COLUMNS))
    missing = [each for each in _NEEDED if each not in names]
    if unknown or missing or len(names) != len(set(names)):
        raise RecordsError(
            f"{file}: its headings are {wording.listing(names, len(names)) if names else 'missing'}. They have to be "
            f"{wording.listing(COLUMNS, len(COLUMNS))}; directorate and left_on may be left out."
        )


def _cells(line: Mapping[Any, Any]) -> dict[str, str]:
    """Return the cells of a line by their heading; cells beyond the headings count as a column that is not known."""
    return {
        "more cells than headings" if name is None else str(name).strip(): value or ""
        for name, value in line.items()
    }


def _fault(error: Mapping[str, Any]) -> str:
    field = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        return f"it has {field}."
    match error["type"]:
        case "string_too_short" | "missing":
            why = "it is empty"
        case "string_too_long":
            why = f"it has more than {wording.number(error['ctx']['max_length'])} characters"
        case "value_error":
            why = str(error["ctx"]["error"])
        case _:
            why = f"{error['input']!r} is not a day written like 2026-03-31"
    return f"{field}: {why}."


def _doubles(rows: Iterable[PersonRow]) -> list[str]:
    seen, names, found = set[tuple[str, str]](), dict[str, str](), list[str]()
    for row in rows:
        address = row.email.casefold()
        if (address, row.post) in seen:
            found.append(f"{row.email} holds the post {row.post} twice: keep one row.")
        if names.setdefault(address, row.name) != row.name:
            found.append(
                f"{row.email} is {names[address]} in one row and {row.name} in another: write one name."
            )
        seen.add((address, row.post))
    return found


def _holder(revision: Revision) -> PostHolder:
    content = revision.content
    words = json.loads(revision.words) if revision.words else {"name": "", "email": ""}
    left = content["left_on"]
    return PostHolder(
        person=content["person"],
        post=content["post"],
        directorate=content["directorate"],
        left_on=date.fromisoformat(left) if left else None,
        number=revision.number,
        **words,
    )


def _as_row(known: PostHolder) -> PersonRow:
    return PersonRow(
        name=known.name,
        post=known.post,
        directorate=known.directorate,
        email=known.email,
        left_on=known.left_on,
    )
