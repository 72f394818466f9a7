"""Checks of single cells. Each distinct value of a column is checked once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from svdash import wording
from svdash.tables.faults import suggestion
from svdash.tables.file_reading import MARKED, UnreadableError, marked_byte
from svdash.tables.schema import Field
from svdash.tables.values import Mask, explain, parse, split

_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


@dataclass(frozen=True)
class Trouble:
    """One kind of fault among the distinct values of a column.

    Attributes:
        mask: which of the values have it.
        describe: problem and remedy for one of them.
        shown: whether the value itself belongs into the fault.
    """

    mask: Mask
    describe: Callable[[str], tuple[str, str]]
    shown: bool = True


def _fixed(problem: str, remedy: str) -> Callable[[str], tuple[str, str]]:
    return lambda _: (problem, remedy)


def _mask(series: pd.Series[Any]) -> Mask:
    return np.asarray(series.fillna(False).to_numpy(dtype=bool))


def check_text(field: Field, raw: pd.Series[Any]) -> tuple[pd.Series[Any], list[Trouble]]:
    """Distinct texts of a field, typed, with their troubles. A text in trouble may be missing once typed."""
    foreign, control = _mask(raw.str.contains(MARKED.pattern)), _mask(raw.str.contains(_CONTROL))
    stripped = raw.str.strip()
    spaced = _mask(stripped != raw)
    readable = stripped.where(~(foreign | control))
    blank = _mask(readable.isin(field.missing))
    text = readable.where(~blank)
    typed, unlike = parse(field.type, text, field.true, field.false)
    remedy = "Save the file as UTF-8 (in Excel: Save As, “CSV UTF-8”)."
    troubles = [
        Trouble(foreign, lambda value: (f"has the byte {marked_byte(value)}, which is not UTF-8", remedy)),
        Trouble(
            control & ~foreign, _fixed("has a control character, such as NUL, in it", "Type the cell again.")
        ),
        Trouble(spaced & ~foreign & ~control, _fixed("has spaces before or after it", "Remove them.")),
        Trouble(unlike, lambda value: explain(field.type, value.strip(), field.true, field.false)),
    ]
    if field.required:
        troubles.append(_blank(blank))
    troubles.extend(_constraints(field, typed, text))
    return typed, [trouble for trouble in troubles if trouble.mask.any()]


def check_typed(field: Field, typed: pd.Series[Any]) -> list[Trouble]:
    """Troubles of distinct values that are of the field's type already."""
    text = typed.astype("str").where(typed.notna())
    troubles = [_blank(_mask(typed.isna()))] if field.required else []
    if field.type == "number":
        endless = np.isinf(typed.to_numpy(dtype="float64"))
        troubles.append(
            Trouble(endless, _fixed("is not a finite number", "Write it as missing, or correct it."))
        )
    troubles.extend(_constraints(field, typed, text))
    return [trouble for trouble in troubles if trouble.mask.any()]


def _blank(mask: Mask) -> Trouble:
    return Trouble(
        mask, _fixed("the cell is blank but needs a value", "Fill it in, or delete the row."), shown=False
    )


def _constraints(field: Field, typed: pd.Series[Any], text: pd.Series[Any]) -> Iterator[Trouble]:
    """The limits that a field sets to values that are there and of its type."""
    present = typed.notna()
    if field.type == "string":
        yield from _of_text(field, text)
    if field.enum is not None:
        allowed = [_plain(value) for value in field.enum]
        choice = f"Allowed: {wording.choices(allowed)}."
        yield Trouble(
            _mask(present & ~typed.isin(field.enum)),
            lambda value: (
                "is not one of the values allowed",
                f"{suggestion(value, allowed)} {choice}".strip(),
            ),
        )
    for limit, wrong, word in ((field.minimum, typed.lt, "smallest"), (field.maximum, typed.gt, "largest")):
        if limit is not None:
            side = "below" if word == "smallest" else "above"
            problem = f"is {side} the {word} value allowed, {_plain(limit)}"
            yield Trouble(_mask(present & wrong(limit)), _fixed(problem, "Correct the value."))
    if field.longest is not None:
        problem = f"is longer than the {field.longest} characters allowed"
        yield Trouble(_mask(text.str.len() > field.longest), _sized(problem, "Shorten it"))
    if field.shortest is not None:
        problem = f"is shorter than the {field.shortest} characters needed"
        yield Trouble(_mask(text.str.len() < field.shortest), _sized(problem, "Write it out"))


def _sized(problem: str, remedy: str) -> Callable[[str], tuple[str, str]]:
    return lambda value: (problem, f"{remedy}: it has {len(value.strip())}.")


def _plain(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _of_text(field: Field, text: pd.Series[Any]) -> Iterator[Trouble]:
    problem, remedy = (
        "begins with = as a formula does, and spreadsheets would run it",
        "Write its result as text.",
    )
    yield Trouble(_mask(text.str.startswith("=")), _fixed(problem, remedy))
    if field.pattern is not None:
        fits = [isinstance(value, str) and field.pattern.fullmatch(value) is not None for value in text]
        example = next((value for value, good in zip(text, fits, strict=True) if good), None)
        like = (
            field.description or "Correct it"
            if example is None
            else f"Write it as others are, for example {example}"
        )
        problem = f"does not fit the pattern {field.pattern.pattern}"
        yield Trouble(
            _mask(text.notna()) & ~np.array(fits, dtype=bool), _fixed(problem, f"{like.rstrip('.')}.")
        )
    if field.format == "uri":
        wrong = np.array([isinstance(value, str) and not _is_address(value) for value in text], dtype=bool)
        yield Trouble(wrong, _fixed("is not a web address", "Write it in full, from https:// on."))
    if field.format == "email":
        wrong = _mask(~text.str.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+") & text.notna())
        yield Trouble(wrong, _fixed("is not an email address", "Write it as name@place.org."))
    if field.separator is not None:
        yield from _of_several(field.separator, text)


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False  # an address that cannot be taken apart is none
    return bool(parts.scheme and (parts.netloc or parts.path)) and not any(
        letter.isspace() for letter in value
    )


def _of_several(separator: str, text: pd.Series[Any]) -> Iterator[Trouble]:
    """Cells of several values: one between two separators may be empty, or one may stand there twice."""
    bare = separator.strip() or separator
    several = [split(value, separator) for value in text]
    counts = [value.count(bare) + 1 if isinstance(value, str) else 0 for value in text]
    gaps = np.array([len(parts) < count for parts, count in zip(several, counts, strict=True)], dtype=bool)
    twice = np.array([len(set(parts)) < len(parts) for parts in several], dtype=bool)
    yield Trouble(gaps, _fixed(f"has an empty value beside a “{bare}”", f"Remove the extra “{bare}”."))
    yield Trouble(twice, _fixed("names a value twice", "Remove one of them."))


_STORED: dict[str, Callable[[Any], bool]] = {
    "string": lambda kind: (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    ),
    "integer": pa.types.is_integer,
    "number": lambda kind: (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    ),
    "boolean": pa.types.is_boolean,
    "date": lambda kind: pa.types.is_date(kind) or pa.types.is_timestamp(kind),
}
_ARROW = {"string": pa.large_string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}


def from_arrow(field: Field, column: Any) -> pd.Series[Any]:
    """Return a column of a Parquet file in the dtype of its field.

    Raises:
        UnreadableError: it is stored as another type, or its values don't fit.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if not pa.types.is_null(kind) and not _STORED[field.type](kind):
        raise UnreadableError(
            f"the column is stored as {kind}, not as {field.type}", "Write the file with that type."
        )
    try:
        if field.type != "date":
            values = column.cast(_ARROW[field.type], safe=field.type != "number")
            return pd.Series(values.to_pandas(types_mapper=_nullable), dtype=field.dtype)
        days = column.cast(pa.date32(), safe=False)
        if pa.types.is_timestamp(kind) and not pc.all(pc.equal(days.cast(kind), column)).as_py() is not False:
            raise UnreadableError("the column has times of day", "Write dates without a time, as date32.")
        return pd.Series(days.cast(pa.timestamp("s")).to_pandas(), dtype=field.dtype)
    except pa.ArrowException as error:
        raise UnreadableError(
            f"the column cannot be read as {field.type} ({error})", "Write it again."
        ) from error


def _nullable(kind: Any) -> Any:
    return {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}.get(kind)
