"""Cells as text become values: parsing, and what to write instead where that fails.

Types of a Table Schema and what they become in pandas:

======= =================== ==========================================================
type    dtype               written as
======= =================== ==========================================================
string  ``str``             anything; missing is NA
integer ``Int64``           digits, with a sign before them where needed
number  ``float64``         digits with a decimal point, or 1e-05; missing is NaN
boolean ``boolean``         true or false (TRUE, True, 1 and their opposites are read)
date    ``datetime64[s]``   YYYY-MM-DD
======= =================== ==========================================================

Dates are kept in seconds: nanoseconds would end in 1677 and 2262, and a date needs no finer clock.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

DTYPES = {
    "string": "str",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "date": "datetime64[s]",
}
TRUE = ("true", "True", "TRUE", "1")
FALSE = ("false", "False", "FALSE", "0")

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Parsed = tuple["pd.Series[Any]", Mask]

_INTEGER = r"[+-]?[0-9]+"
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SAFE_DIGITS = 18
_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
}


def split(value: object, separator: str = "; ") -> tuple[str, ...]:
    """The several values of one cell, without the spaces around them; none for a missing cell.

    Args:
        value: a cell of a field that has a ``separator``.
        separator: the field's own; spaces around it in a cell don't matter.
    """
    if not isinstance(value, str):
        return ()
    parts = (part.strip() for part in value.split(separator.strip() or separator))
    return tuple(part for part in parts if part)


def parse(
    kind: str, text: pd.Series[Any], true: tuple[str, ...] = TRUE, false: tuple[str, ...] = FALSE
) -> Parsed:
    """Text as values of a type.

    Args:
        kind: string, integer, number, boolean or date.
        text: dtype ``str``; missing stays missing and is never at fault.
        true: what is read as true.
        false: what is read as false.

    Returns:
        The values, in the dtype of the type and the order of the text; and which of them could not be read
        (those are missing among the values).
    """
    if kind == "string":
        return text, np.zeros(len(text), dtype=bool)
    if kind == "boolean":
        values = text.map({**dict.fromkeys(true, True), **dict.fromkeys(false, False)}).astype("boolean")
    elif kind == "date":
        values = _dates(text)
    else:
        values = _integers(text) if kind == "integer" else _numbers(text)
    return values, (text.notna() & values.isna()).to_numpy(dtype=bool)


def parse_one(kind: str, value: object) -> Any:
    """One value of a descriptor (a limit, an allowed value) as its field's type; None where it is not."""
    return _parse_one(kind, ("true" if value else "false") if isinstance(value, bool) else str(value))


@lru_cache(maxsize=1024)
def _parse_one(kind: str, text: str) -> Any:
    values, bad = parse(kind, pd.Series([text], dtype="str"))
    return None if bad[0] else values.iloc[0]


def _fitting(text: pd.Series[Any], pattern: str) -> pd.Series[Any]:
    """The text where all of it fits the pattern, else missing."""
    return text.where(text.str.fullmatch(pattern, na=False))


def _cast(text: pd.Series[Any], kind: Any) -> Any:
    return pc.cast(pa.array(text, type=pa.large_string(), from_pandas=True), kind)


def _integers(text: pd.Series[Any]) -> pd.Series[Any]:
    fitting = _fitting(text, _INTEGER)
    long = (fitting.str.len() > _SAFE_DIGITS).fillna(False)
    if long.any():
        low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
        outside = [value for value in fitting[long] if not low <= int(value) <= high]
        fitting = fitting.where(~fitting.isin(outside))
    cast = _cast(fitting.str.removeprefix("+"), pa.int64())
    return pd.Series(cast.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get), dtype="Int64")


def _numbers(text: pd.Series[Any]) -> pd.Series[Any]:
    values = np.asarray(
        _cast(_fitting(text, _NUMBER).str.removeprefix("+"), pa.float64()).to_numpy(zero_copy_only=False)
    )
    return pd.Series(np.where(np.isfinite(values), values, np.nan), dtype="float64")


def _dates(text: pd.Series[Any]) -> pd.Series[Any]:
    fitting = _fitting(text, _DATE)
    # numpy has a year 0, the calendar that people and CSV readers share has none.
    fitting = fitting.where(~fitting.str.startswith("0000", na=False))
    return pd.to_datetime(fitting, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")


def explain(
    kind: str, value: str, true: tuple[str, ...] = TRUE, false: tuple[str, ...] = FALSE
) -> tuple[str, str]:
    """Why a text can't be read as a type, and what to write instead: a problem and a remedy."""
    problem = f"is not {_WORDS[kind]}"
    if kind == "boolean":
        problem = f"is neither {true[0]} nor {false[0]}"
        return problem, f"Write {true[0]} or {false[0]}."
    if kind == "date":
        return problem, _date_remedy(value)
    if not re.search("[0-9]", value):
        return problem, "Leave the cell empty where there is no figure, and say why in a note."
    plain = _plain_number(value)
    if plain == value and re.fullmatch(_INTEGER if kind == "integer" else _NUMBER, value):
        return "is outside the numbers that can be read", "Check the number of digits."
    return problem, _number_remedy(kind, plain, value)


def _number_remedy(kind: str, plain: str | None, value: str) -> str:
    if plain is None:
        return f"Write digits only, for example {'1234' if kind == 'integer' else '1234.5'}."
    if kind == "integer" and not re.fullmatch(_INTEGER, plain):
        return "Write it without decimals."
    if re.fullmatch(_NUMBER, value):
        return f"Write {plain}, without decimals."
    return f"Write {plain}, without signs, spaces or separators of thousands."


def _plain_number(value: str) -> str | None:
    """A number freed of currency, percent sign, separators of thousands and brackets; None where unclear."""
    bare = re.sub(r"[£$€%\s\u00a0\u202f]", "", value).replace("\u2212", "-").replace("\u2013", "-")
    bracketed = re.fullmatch(r"\((.+)\)", bare)
    if bracketed:
        bare = f"-{bracketed[1]}"
    if "," in bare:
        # A comma may be a decimal sign: only groups of three digits are surely thousands.
        if not re.fullmatch(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", bare):
            return None
        bare = bare.replace(",", "")
    if re.fullmatch(r"[+-]?[0-9]+\.0+", bare):
        bare = bare.split(".")[0]
    return bare if re.fullmatch(_NUMBER, bare) else None


def _date_remedy(value: str) -> str:
    guesses = _guesses(value)
    if len(guesses) == 1:
        return f"Write it as YYYY-MM-DD: {guesses[0].isoformat()}, if that is the date meant."
    if guesses:
        day_first, month_first = (guess.isoformat() for guess in guesses)
        return f"Write it as YYYY-MM-DD: {day_first} if the day comes first, {month_first} if the month does."
    if re.fullmatch(_DATE, value):
        return "There is no such day in the calendar: correct the month or the day, as YYYY-MM-DD."
    return "Write it as YYYY-MM-DD, for example 2023-03-31."


def _guesses(value: str) -> list[date]:
    """The dates that a text may mean; where either number could be the month, day first comes first."""
    if re.fullmatch("[2-9][0-9]{4}", value):
        # Spreadsheets count days from the end of 1899; five digits run from 1954 to 2173.
        return [date(1899, 12, 30) + timedelta(days=int(value))]
    text = re.sub(r"[./\s-]+", "/", value)
    forms = (
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%Y/%m/%d",
        "%d/%m/%y",
        "%d/%B/%Y",
        "%d/%b/%Y",
        "%d/%b/%y",
        "%Y/%m/%d/%H:%M:%S",
    )
    found: list[date] = []
    for form in (*forms, "%Y/%m/%dT%H:%M:%S"):
        try:
            guess = datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue  # not written in this form; the next one may fit
        if guess not in found:
            found.append(guess)
    return found[:2]
