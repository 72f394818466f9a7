"""A person's answers about columns and values of a file, from options or from a mapping file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from svdash import wording
from svdash.importing.cells.cell_reading import DateOrder
from svdash.importing.questions import KINDS, checked
from svdash.importing.reconciliation import Field, ImportFileError, Options
from svdash.tables.faults import nearest, suggestion

KEYS: Final = ("columns", "values", "constants", "sheet", *KINDS)
_NO_FILE_BYTES: Final = 1024**2


@dataclass
class Answers:
    """What a person answered, for this file or an earlier one.

    Attributes:
        columns: headings by field; None for no column.
        values: codes by field and value.
        constants: what is the same in all rows, by field.
        chosen: answers by the kind of question.
        sheet: name of the sheet.
        headings: the row of the headings in this file, as a spreadsheet numbers it.
    """

    columns: dict[str, str | None] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    sheet: str | None = None
    headings: int | None = None

    @property
    def dates(self) -> DateOrder | None:
        """What comes first in a date of digits, if a person has answered that."""
        return cast("DateOrder | None", self.chosen.get("dates"))


def given_answers(options: Options, fields: Sequence[Field]) -> Answers:
    """What the options and the file they name say.

    Raises:
        ImportFileError: the file can't be read, or names a field that the format doesn't have.
    """
    answers = Answers() if options.mapping is None else _read(options.mapping)
    answers.columns |= {name: heading or None for name, heading in options.columns}
    answers.constants |= dict(options.constants)
    for name, word, code in options.values:
        answers.values.setdefault(name, {})[word] = code
    answers.chosen |= {key: checked("--answer", key, answer) for key, answer in options.answers}
    names = [each.name for each in fields]
    parts: dict[str, Iterable[str]] = {
        "--column": answers.columns,
        "--value": answers.values,
        "--constant": answers.constants,
    }
    for option, name in ((option, name) for option, part in parts.items() for name in part):
        if name not in names:
            given = _is_given(options, name)
            raise ImportFileError(
                f"{option if given or not options.mapping else options.mapping}: {name!r} is not a field of this format. "
                f"{suggestion(name, names)} Fields: {wording.choices(names)}."
            )
    if options.programme == "none":
        answers.constants.pop("programme", None)
    elif options.programme is not None:
        answers.constants["programme"] = options.programme
    if options.sheet is not None:
        answers.sheet = options.sheet
    answers.headings = options.headings
    return answers


def _is_given(options: Options, name: str) -> bool:
    """Return whether an option names a field, and not only the file of answers."""
    return name in {part[0] for part in (*options.columns, *options.values, *options.constants)}


def _read(path: Path) -> Answers:
    try:
        if path.stat().st_size > _NO_FILE_BYTES:
            raise ImportFileError(f"{path}: a mapping is a small file. Give one of field and heading.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportFileError(
            f"{path}: the mapping is not UTF-8 ({error.reason}). Save it as UTF-8."
        ) from error
    except OSError as error:
        raise ImportFileError(
            f"{path}: the mapping cannot be read ({error.strerror}). Check its name and folder."
        ) from error
    if text.lstrip()[:1] in ("{", "["):
        return answers_from(path, _json(path, text))
    rows = list(csv.DictReader(text.splitlines()))
    if not rows or not {"field", "heading"} <= set(rows[0]):
        raise ImportFileError(
            f'{path}, row 1: a mapping as CSV has the columns field and heading. As JSON it is {{"columns": {{…}}}}.'
        )
    return Answers(columns={row["field"].strip(): (row["heading"] or "").strip() or None for row in rows})


def _json(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ImportFileError(
            f"{path}: the mapping is not valid JSON ({error}). Correct it there."
        ) from error


def answers_from(path: Path, found: Any) -> Answers:
    """Answers as they stand in JSON.

    Raises:
        ImportFileError: something in them is not what it should be.
    """
    if not isinstance(found, dict):
        raise ImportFileError(
            f'{path}: a mapping is a JSON object such as {{"columns": {{"date": "Paid on"}}}}.'
        )
    for key in found:
        if key not in KEYS:
            alike = nearest(str(key), KEYS)
            hint = f"Did you mean {alike!r}? " if alike else ""
            raise ImportFileError(
                f"{path}: {key!r} is not a part of a mapping. {hint}Parts: {wording.choices(KEYS)}."
            )
    sheet = found.get("sheet")
    if not isinstance(sheet, str | None):
        raise ImportFileError(f'{path}: "sheet" is the name of a sheet.')
    chosen = {key: checked(str(path), key, str(found[key])) for key in KINDS if found.get(key) is not None}
    columns, constants = _texts(path, found, "columns"), _texts(path, found, "constants")
    values = found.get("values", {})
    if not isinstance(values, dict):
        raise ImportFileError(
            f'{path}: "values" is an object of fields, each with an object of values and codes.'
        )
    return Answers(
        columns={name: heading or None for name, heading in columns.items()},
        values={name: _texts(path, values, name) for name in values},
        constants=constants,
        chosen=chosen,
        sheet=sheet,
    )


def _texts(path: Path, found: Mapping[str, Any], key: str) -> dict[str, str]:
    part = found.get(key, {})
    if isinstance(part, dict) and all(isinstance(value, str | None) for value in part.values()):
        return {name: value or "" for name, value in part.items()}
    raise ImportFileError(f'{path}: "{key}" is an object of texts, such as {{"date": "Paid on"}}.')
