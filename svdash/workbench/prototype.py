"""A prototype worked out: the formulas of a definition over its rows, by year, area and group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import narwhals as nw
import numpy as np
import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.register import Framework
from svdash.workbench.definition import Written, fault_at
from svdash.workbench.formula import Formula, FormulaError, Kind, Rows, parsed, together
from svdash.workbench.indicator_sources import IndicatorSource, is_file, source
from svdash.workbench.known_places import codes_beside
from svdash.years import year_named

BY: Final = ("year", "area", "group")
VALUE, NUMERATOR, DENOMINATOR = "value", "numerator", "denominator"
# A year such as 2023-24, 2023–2024 or 2023/24, and how it is written here.
_SPELLED: Final = r"^\s*([0-9]{4})\s*[-–/]\s*(?:[0-9]{2})?([0-9]{2})\s*$"
_WRITTEN: Final = r"\1/\2"
# Names of keys while figures are worked out, which no column of a table has.
_KEY: Final = " by {}"
# Names of what is worked out to find divisions by nought.
_INSTEAD, _GIVEN = "{} with zero instead", "values given to {}"


@dataclass(frozen=True)
class ByNought:
    """What divisions by nought took from a prototype's figures.

    Attributes:
        figures: for each figure whether it has no value because of one.
        rows: how many values of single rows are missing from aggregations because of one.
    """

    figures: pd.Series
    rows: int


def worked_out(edition: Edition, written: Written, rows: IndicatorSource | None = None) -> pd.DataFrame:
    """Return a prototype's figures: year, area and group, as far as the definition names them, numerator, denominator and value.

    The value of a percentage is 100 times numerator / denominator, of anything else numerator / denominator; where there is
    no denominator it is the numerator. A division by nought gives no value. A day belongs to the financial year that holds
    it; ``2023-24`` is written ``2023/24``; any other year stays as it is.

    Args:
        edition: whose roles, commitments and open tables the definition may name.
        written: the definition.
        rows: what it is worked out from; by default the open table of the edition that it names.

    Raises:
        DefinitionError: the table, a column, a role, a commitment or a formula can't be; each with its line.
    """
    rows = source(edition, written) if rows is None else rows
    check_names(edition, written)
    found = _figures(written, rows, formulas_of(written, rows.kinds), {})
    return found.assign(**{VALUE: value_of(found, written.definition.unit)})


def check_definition(edition: Edition, written: Written, rows: IndicatorSource) -> None:
    """Refuse a definition whose columns, formulas, role or commitments can't be. No row is read. Errors as for :func:`worked_out`."""
    check_names(edition, written)
    keys_of(written, rows.kinds)
    formulas_of(written, rows.kinds)


def with_noughts(edition: Edition, written: Written, rows: IndicatorSource) -> tuple[pd.DataFrame, ByNought]:
    """Return a prototype's figures as :func:`worked_out` does, and what divisions by nought took from them.

    In one reading of the rows. Arguments and errors as there.
    """
    check_names(edition, written)
    formulas = formulas_of(written, rows.kinds)
    dividing = {name: each for name, each in formulas.items() if each.divides}
    instead = {
        _INSTEAD.format(name): parsed(each.text, rows.kinds, mark=f"{name} instead ", nought_instead=True)
        for name, each in dividing.items()
    }
    counted = {_GIVEN.format(name): each for name, each in (dividing | instead).items()}
    whole = _figures(written, rows, formulas | instead, counted)
    found = whole[[name for name in whole if name in (*BY, *formulas)]]
    found = found.assign(**{VALUE: value_of(found, written.definition.unit)})
    lost = pd.Series(data=False, index=found.index)
    lines = 0
    for name in dividing:
        other = _INSTEAD.format(name)
        lost |= whole[name].isna() & whole[other].notna()
        lines += int(whole[_GIVEN.format(other)].sum() - whole[_GIVEN.format(name)].sum())
    if DENOMINATOR in found:
        lost |= found[DENOMINATOR].eq(0).fillna(value=False).astype(bool)
    return found, ByNought(lost, lines)


def _figures(
    written: Written, rows: IndicatorSource, formulas: Mapping[str, Formula], counted: Mapping[str, Formula]
) -> pd.DataFrame:
    keys = keys_of(written, rows.kinds)
    names = [_KEY.format(key) for key in keys]
    with engine_faults(written, rows):
        frame = keyed(written, rows, formulas.values())
        found = collected(together(frame, names, formulas, counted))
    found = found.rename(columns=dict(zip(names, keys, strict=True)))
    if "year" in keys:
        found["year"] = _years(found["year"], rows.kinds[keys["year"]])
    return found.reset_index(drop=True)


def formulas_of(written: Written, kinds: Mapping[str, Kind]) -> dict[str, Formula]:
    """Return a definition's formulas: the numerator's and, if it has one, the denominator's."""
    about = written.definition
    parts = {NUMERATOR: _formula(written, NUMERATOR, about.numerator, kinds)}
    if about.denominator is not None:
        parts[DENOMINATOR] = _formula(written, DENOMINATOR, about.denominator, kinds)
    return parts


def keys_of(written: Written, kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Return what tells figures apart → the table's column for it: of areas by name the column of their codes."""
    named = {each: getattr(written.definition, each) for each in BY}
    for each, column in named.items():
        if column is not None and column not in kinds:
            raise fault_at(
                written, each, f"the table has no column {column}. It has {wording.choices(kinds)}."
            )
    coded = codes_beside(named["area"] or "")
    return {
        each: coded if each == "area" and coded in kinds else column
        for each, column in named.items()
        if column is not None
    }


def keyed(written: Written, rows: IndicatorSource, formulas: Iterable[Formula]) -> Rows:
    """Return the rows with the columns that formulas read and one column for each key."""
    keys = keys_of(written, rows.kinds)
    used = {name for formula in formulas for name in formula.columns} | set(keys.values())
    # Counting rows needs no column, but rows have one.
    columns = [name for name in rows.kinds if name in used] or list(rows.kinds)[:1]
    made = [_key(name, rows.kinds[column], column).alias(_KEY.format(name)) for name, column in keys.items()]
    return rows.frame(columns).with_columns(*made) if made else rows.frame(columns)


def collected(rows: Rows) -> pd.DataFrame:
    """Return rows of any engine as a frame of pandas."""
    whole = rows.collect(backend="pandas") if isinstance(rows, nw.LazyFrame) else rows
    return whole.to_pandas()


@contextmanager
def engine_faults(written: Written, rows: IndicatorSource) -> Iterator[None]:
    """Turn what the engine behind a brought file can't do into a sentence. Its own words are not told: they have values and paths.

    Raises:
        DefinitionError: the file can't be read any more, or the formulas can't be worked out; with the line.
    """
    if rows.personal is None:
        # Tables of a pack have no such engine, which takes long to load.
        yield
        return
    import duckdb

    try:
        yield
    except duckdb.IOException as error:
        said = "the file can't be read any more. Bring it again, or name another table."
        raise fault_at(written, "table", said) from error
    except duckdb.OutOfMemoryException as error:
        said = "the formulas take more memory than there is. Write simpler ones, or bring a smaller file."
        raise fault_at(written, NUMERATOR, said) from error
    except duckdb.Error as error:
        said = "the formulas can't be worked out over these rows. Check the columns that they name, also in the denominator."
        raise fault_at(written, NUMERATOR, said) from error


def _key(name: str, kind: Kind, column: str) -> nw.Expr:
    """Return the expression of a key: of a day the calendar year in which its financial year begins."""
    whole = nw.col(column)
    if name != "year" or kind not in ("day", "text"):
        return whole
    if kind == "text":
        return whole.str.replace_all(_SPELLED, _WRITTEN)
    early = nw.when(whole.dt.month() < 4).then(nw.lit(1)).otherwise(nw.lit(0))
    return whole.dt.year() - early


def _years(found: pd.Series, kind: Kind) -> pd.Series:
    """Return years as text, those of days as financial years."""
    if kind in ("text", "truth"):
        return found.astype("str") if kind == "text" else found
    named = found.map(
        lambda year: year_named(int(year)) if kind == "day" else str(year).removesuffix(".0"),
        na_action="ignore",
    )
    return named.astype("str")


def value_of(found: pd.DataFrame, unit: str) -> pd.Series:
    """Return the values that numerators and, where there are any, denominators give in a unit."""
    above = found[NUMERATOR].astype("float64")
    if DENOMINATOR not in found:
        return above
    below = found[DENOMINATOR].astype("float64").replace(0.0, np.nan)
    return (100 if unit == "percent" else 1) * above / below


def caveats_of(written: Written) -> tuple[str, ...]:
    """Return what is said beside a definition's figures, with its author's statement that a file tells of nobody, where that lets small numbers be shown."""
    about = written.definition
    if about.counts_people or not is_file(about.table):
        return about.caveats
    said = f"Small numbers are shown: the author states that no row and no number of {about.table} is about people."
    return (*about.caveats, said)


def check_names(edition: Edition, written: Written) -> None:
    """Refuse a role, a success measure of it or a commitment that the register does not have."""
    framework, about = Framework.of(edition), written.definition
    roles = framework.vocabulary.labels("role")
    if about.role not in roles:
        raise fault_at(written, "role", f"there is no role {about.role}. There are {wording.choices(roles)}.")
    measures = framework.measures.loc[framework.measures["role"] == about.role, "id"].tolist()
    if about.measure is not None and about.measure not in measures:
        raise fault_at(
            written,
            "measure",
            f"{about.role} has no success measure {about.measure}. There are {wording.choices(measures, len(measures))}.",
        )
    known = set(framework.commitments["id"])
    for place, each in enumerate(about.commitments):
        if each not in known:
            raise fault_at(written, f"commitments.{place}", f"the register has no commitment {each}.")


def _formula(written: Written, field: str, text: str, kinds: Mapping[str, Kind]) -> Formula:
    try:
        return parsed(text, kinds, mark=f"{field} ")
    except FormulaError as error:
        raise fault_at(written, field, str(error)) from error
