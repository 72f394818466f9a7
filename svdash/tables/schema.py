"""The descriptor of a pack, read once into what the checks need, and everything that is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from svdash import wording
from svdash.tables.faults import DESCRIPTOR, Fault, PackError, suggestion
from svdash.tables.values import DTYPES, FALSE, TRUE, parse_one

_TABULAR = ("csv", "parquet")
_FORMATS = {"string": ("default", "uri", "email"), "date": ("default",)}
_CONSTRAINTS = ("required", "unique", "pattern", "enum", "minimum", "maximum", "minLength", "maxLength")
# Table Schema lets a number be written in ways that this reader does not read.
_UNREAD = ("decimalChar", "groupChar", "bareNumber")

Note = Callable[[str | None, object, str, str], None]


@dataclass(frozen=True)
class Field:
    """A column as the descriptor wants it. Limits and allowed values are of the field's own type."""

    name: str
    type: str = "string"
    format: str = "default"
    required: bool = False
    unique: bool = False
    pattern: re.Pattern[str] | None = None
    enum: tuple[Any, ...] | None = None
    minimum: Any = None
    maximum: Any = None
    shortest: int | None = None
    longest: int | None = None
    vocabulary: str | None = None
    separator: str | None = None
    references: tuple[str, str] | None = None
    true: tuple[str, ...] = TRUE
    false: tuple[str, ...] = FALSE
    missing: tuple[str, ...] = ("",)
    description: str = ""

    @property
    def dtype(self) -> str:
        """The pandas dtype of its values."""
        return DTYPES[self.type]


@dataclass(frozen=True)
class ForeignKey:
    """Fields whose values must stand in fields of a table."""

    fields: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A resource as the descriptor wants it. ``file`` is None where its path was refused."""

    name: str
    file: Path | None
    format: str
    tabular: bool
    fields: tuple[Field, ...] = ()
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    faults: tuple[Fault, ...] = field(default=(), repr=False)

    def field(self, name: str) -> Field | None:
        """The field of that name, if there is one."""
        return next((each for each in self.fields if each.name == name), None)

    def empty(self) -> pd.DataFrame:
        """No rows, all columns, each of its type."""
        return pd.DataFrame({each.name: pd.Series([], dtype=each.dtype) for each in self.fields})


def read_descriptor(folder: Path) -> tuple[dict[str, Any], bytes]:
    """The descriptor of the pack in a folder, and the bytes it was read from.

    Raises:
        PackError: there is no folder, no descriptor, or none that lists resources.
    """
    if not folder.exists():
        raise PackError(
            f"{folder}: there is no such folder. Give the folder that holds {DESCRIPTOR} with --pack, or set SVDASH_PACK to it."
        )
    if not folder.is_dir():
        raise PackError(f"{folder}: this is a file. Give the folder that holds {DESCRIPTOR}.")
    path = folder / DESCRIPTOR
    try:
        if path.exists() and not path.is_file():
            raise PackError(f"{path}: it is not an ordinary file. Put the descriptor in its place.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise PackError(
            f"{path}: the folder has no {DESCRIPTOR}. Put one there, or give another folder."
        ) from None
    except OSError as error:
        raise PackError(
            f"{path}: it cannot be read ({error.strerror}). Check what it is and who may read it."
        ) from error
    descriptor = _parsed(path, data)
    if not isinstance(descriptor, dict):
        raise PackError(f'{path}: it is not a JSON object. Write {{"name": …, "resources": […]}}.')
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not resources:
        raise PackError(f'{path}: it lists no resources. Write one object for each table under "resources".')
    return descriptor, data


def _parsed(path: Path, data: bytes) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not a JSON value")

    try:
        descriptor = json.loads(data.decode("utf-8-sig"), parse_constant=refuse)
        # Half of a surrogate pair, written as an escape, is a string that nothing can print or serve.
        json.dumps(descriptor, ensure_ascii=False).encode()
    except UnicodeError as error:
        raise PackError(f"{path}: it is not UTF-8 text ({error}). Save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise PackError(f"{path}: it is not valid JSON at {place}: {error.msg}. Correct it there.") from error
    except (ValueError, RecursionError) as error:
        raise PackError(f"{path}: it is not JSON that can be read: {error}. Correct it.") from error
    return descriptor


def read_tables(descriptor: dict[str, Any], folder: Path) -> tuple[dict[str, Table], list[Fault]]:
    """The resources by name, in order, and the faults of entries that could not be taken up at all.

    Faults within a resource are with its table.
    """
    tables: dict[str, Table] = {}
    faults: list[Fault] = []
    for position, resource in enumerate(descriptor["resources"], start=1):
        name = resource.get("name") if isinstance(resource, dict) else None
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9._-]+", name):
            found = None if name is None else str(name)
            problem = (
                f"resource {position} needs a name"
                if found is None
                else f"is not a name for resource {position}"
            )
            remedy = "Give it a name of letters, digits, dots, dashes and underscores."
            faults.append(Fault(DESCRIPTOR, None, None, found, problem, remedy))
        elif name in tables:
            problem = f"names resource {position} and an earlier one; only the earlier one is read"
            faults.append(Fault(DESCRIPTOR, None, None, name, problem, "Give each resource its own name."))
        else:
            tables[name] = _table(name, resource, folder)
    return tables, faults


def _table(name: str, resource: dict[str, Any], folder: Path) -> Table:
    faults: list[Fault] = []

    def note(column: str | None, value: object, problem: str, remedy: str) -> None:
        faults.append(Fault(name, None, column, None if value is None else str(value), problem, remedy))

    file = _file(resource.get("path"), folder, note)
    given = resource.get("format") or (file.suffix[1:] if file else "csv")
    form = str(given).lower()
    schema = resource.get("schema")
    tabular = form in _TABULAR or schema is not None
    if tabular and form not in _TABULAR:
        note(None, form, "is not a table format that can be read", "Save the table as CSV or Parquet.")
        file = None
    encoding = resource.get("encoding", "utf-8")
    if form == "csv" and str(encoding).lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig"):
        note(
            None,
            encoding,
            "is not an encoding that can be read",
            'Save the file as UTF-8 and say so under "encoding".',
        )
    if not tabular:
        return Table(name, file, form, tabular, faults=tuple(faults))
    fields = _fields(schema, note)
    schema = schema if isinstance(schema, dict) else {}
    primary = _known(_names(schema.get("primaryKey")), fields, "primaryKey", note)
    # A key with a blank in it identifies nothing, so Table Schema's keys are required fields.
    fields = tuple(_replaced(each, required=True) if each.name in primary else each for each in fields)
    foreign = _foreign_keys(schema.get("foreignKeys"), name, fields, note)
    return Table(name, file, form, tabular, fields, primary, foreign, tuple(faults))


def _replaced(each: Field, **changes: Any) -> Field:
    return Field(**{**each.__dict__, **changes})


def _file(path: object, folder: Path, note: Note) -> Path | None:
    """The file of a resource, or None where the path could lead out of the pack."""
    if not isinstance(path, str) or not path:
        note(
            None,
            None,
            "the resource has no path",
            'Give the name of one file in the folder of the pack under "path".',
        )
        return None
    remedy = "Put the file into the folder of the pack and give only its name."
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", path) or path.startswith(("/", "\\", "~")):
        note(None, path, "is an address or an absolute path, which is not read", remedy)
        return None
    if ".." in re.split(r"[/\\]", path) or "\\" in path or not path.isprintable():
        note(None, path, "is not a plain path within the pack, so it is not read", remedy)
        return None
    file = folder / path
    try:
        inside = file.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:
        note(None, path, f"cannot be followed ({error})", remedy)
        return None
    if not inside:
        note(None, path, "is a link that leads out of the pack, so it is not read", remedy)
        return None
    return file


def _fields(schema: object, note: Note) -> tuple[Field, ...]:
    entries = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(schema, dict) or not isinstance(entries, list) or not entries:
        note(
            None, None, "the resource has no schema with fields", 'List its columns under "schema", "fields".'
        )
        return ()
    missing = _missing(schema.get("missingValues", [""]), note)
    fields: dict[str, Field] = {}
    for position, entry in enumerate(entries, start=1):
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name:
            note(
                None,
                None,
                f"field {position} of the schema has no name",
                "Give it the heading of its column.",
            )
        elif name in fields:
            note(name, None, "the schema has this field twice", "Remove one of the two.")
        else:
            fields[name] = _field(name, entry, missing, note)
    return tuple(fields.values())


def _missing(given: object, note: Note) -> tuple[str, ...]:
    entries: list[Any] = given if isinstance(given, list) else [given]
    values = [entry.get("value") if isinstance(entry, dict) else entry for entry in entries]
    if not all(isinstance(value, str) for value in values):
        note(
            None,
            str(given),
            "is not a list of missing values",
            'Write a list of texts under "missingValues".',
        )
        return ("",)
    return tuple(str(value) for value in values)


def _field(name: str, entry: dict[str, Any], missing: tuple[str, ...], note: Note) -> Field:
    kind = entry.get("type", "string")
    if not isinstance(kind, str) or kind not in DTYPES:
        note(
            name,
            kind,
            "is not a type that is read, so the column is kept as text",
            f"Use one of: {wording.choices(DTYPES)}.",
        )
        kind = "string"
    form = entry.get("format", "default")
    if form not in _FORMATS.get(kind, ("default",)):
        note(
            name,
            form,
            f"is not a format of a {kind} that is checked",
            f"Use: {wording.choices(_FORMATS.get(kind, ['default']))}.",
        )
        form = "default"
    for unread in (key for key in _UNREAD if key in entry):
        note(
            name, unread, "is not read", "Write numbers as plain digits with a decimal point, and remove it."
        )
    return Field(
        name=name,
        type=kind,
        format=form,
        vocabulary=_text(entry, "vocabulary", name, note),
        separator=_text(entry, "separator", name, note),
        references=_reference(entry.get("references"), name, note),
        true=_truths(entry, "trueValues", TRUE, name, note),
        false=_truths(entry, "falseValues", FALSE, name, note),
        missing=missing,
        description=str(entry.get("description", "")),
        **_constraints(name, kind, entry.get("constraints", {}), note),
    )


def _text(entry: dict[str, Any], key: str, column: str, note: Note) -> str | None:
    value = entry.get(key)
    if value is None or (isinstance(value, str) and value):
        return value
    note(column, value, f"is not a valid {key}", f'Write a text under "{key}", or remove it.')
    return None


def _truths(
    entry: dict[str, Any], key: str, usual: tuple[str, ...], column: str, note: Note
) -> tuple[str, ...]:
    given = entry.get(key, list(usual))
    if isinstance(given, list) and given and all(isinstance(each, str) for each in given):
        return tuple(given)
    note(column, given, f"is not a list of {key}", f'Write a list of texts under "{key}", or remove it.')
    return usual


def _reference(given: object, column: str, note: Note) -> tuple[str, str] | None:
    if given is None:
        return None
    parts = (given.get("resource"), given.get("field")) if isinstance(given, dict) else (None, None)
    if isinstance(parts[0], str) and isinstance(parts[1], str):
        return parts[0], parts[1]
    note(column, given, "is not a reference", 'Write {"resource": …, "field": …}.')
    return None


def _constraints(name: str, kind: str, given: object, note: Note) -> dict[str, Any]:
    if not isinstance(given, dict):
        note(name, given, "is not a set of constraints", 'Write an object under "constraints".')
        return {}
    for unknown in (key for key in given if key not in _CONSTRAINTS):
        note(
            name,
            unknown,
            "is not a constraint that is checked",
            suggestion(unknown, _CONSTRAINTS, "Remove it."),
        )
    return {
        "required": given.get("required") is True,
        "unique": given.get("unique") is True,
        "pattern": _pattern(name, given, note),
        "minimum": _limit(name, kind, "minimum", given, note),
        "maximum": _limit(name, kind, "maximum", given, note),
        "shortest": _length(name, "minLength", given, note),
        "longest": _length(name, "maxLength", given, note),
        "enum": _enum(name, kind, given, note),
    }


def _pattern(name: str, given: dict[str, Any], note: Note) -> re.Pattern[str] | None:
    if "pattern" not in given:
        return None
    try:
        return re.compile(given["pattern"])
    except (re.error, TypeError) as error:
        note(name, given["pattern"], f"is not a regular expression ({error})", "Correct the pattern.")
        return None


def _limit(name: str, kind: str, key: str, given: dict[str, Any], note: Note) -> Any:
    if key not in given:
        return None
    value = parse_one(kind, given[key])
    if value is None:
        note(
            name,
            given[key],
            f"is not a valid {key} for a field of type {kind}",
            "Write a value of that type.",
        )
    return value


def _length(name: str, key: str, given: dict[str, Any], note: Note) -> int | None:
    value = given.get(key)
    if value is None or type(value) is int:
        return value
    note(name, value, f"is not a valid {key}", "Write a whole number.")
    return None


def _enum(name: str, kind: str, given: dict[str, Any], note: Note) -> tuple[Any, ...] | None:
    if "enum" not in given:
        return None
    allowed = given["enum"] if isinstance(given["enum"], list) else []
    values = tuple(parse_one(kind, value) for value in allowed)
    if values and None not in values:
        return values
    note(name, str(given["enum"]), f"is not a list of values of type {kind}", 'Correct "enum".')
    return None


def _names(given: object) -> tuple[str, ...]:
    """Field names as a tuple: Table Schema writes a single one as a text."""
    entries = given if isinstance(given, list) else [] if given is None else [given]
    return tuple(str(entry) for entry in entries)


def _known(names: tuple[str, ...], fields: tuple[Field, ...], where: str, note: Note) -> tuple[str, ...]:
    """The names if all are fields of the table, else none of them, with a fault."""
    known = [each.name for each in fields]
    wrong = [name for name in names if name not in known]
    for name in wrong:
        note(
            None,
            name,
            f'in "{where}" is not a field of the schema',
            suggestion(name, known, f"Use: {wording.choices(known)}."),
        )
    return () if wrong else names


def _foreign_keys(given: object, table: str, fields: tuple[Field, ...], note: Note) -> tuple[ForeignKey, ...]:
    found: list[ForeignKey] = []
    entries: list[Any] = given if isinstance(given, list) else [] if given is None else [given]
    for entry in entries:
        reference = entry.get("reference") if isinstance(entry, dict) else None
        if not isinstance(reference, dict):
            note(
                None,
                str(entry),
                "is not a foreign key",
                'Write "fields" and "reference" with "resource" and "fields".',
            )
            continue
        own, targets = _names(entry.get("fields")), _names(reference.get("fields"))
        if not own or len(own) != len(targets):
            note(
                None,
                wording.choices(own),
                f"cannot refer to {len(targets)} fields",
                "Name as many fields on both sides.",
            )
        elif _known(own, fields, "foreignKeys", note):
            # Table Schema writes a table's reference to itself as an empty or absent name.
            found.append(ForeignKey(own, str(reference.get("resource") or table), targets))
    return tuple(found)
