"""The figures of a prototype as they stand: of everybody, by group and by area, each in every period.

Nothing of it has passed disclosure control yet: what is shown comes of :mod:`svdash.workbench.prototype_rows` and of the
findings, which gate it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

import narwhals as nw
import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.register import ALL, NOT_STATED, Framework
from svdash.workbench.definition import Written, fault_at
from svdash.workbench.formula import Kind, Rows, together
from svdash.workbench.indicator_sources import IndicatorSource, source
from svdash.workbench.prototype import (
    DENOMINATOR,
    VALUE,
    check_names,
    collected,
    engine_faults,
    formulas_of,
    keys_of,
    value_of,
)
from svdash.years import year_named

T = TypeVar("T")
PERIOD, GROUP, AREA = "period", "group", "area"
# A financial year in any usual spelling, and the quarter or half of it.
_YEAR: Final = re.compile(r"(?:FY ?)?([0-9]{4}) ?[-–/] ?(?:[0-9]{2})?([0-9]{2})(?: (Q[1-4]|H[12]))?")
_SILENT: Final = frozenset(
    ("", "not stated", "not known", "unknown", "prefer not to say", "no answer", "not given", "missing")
)
_KEY: Final = " by {}"
# Parts of a year by the month in which each ends, counted from April.
_PARTS: Final[Mapping[str, tuple[str, int]]] = {"quarterly": ("Q", 3), "half-yearly": ("H", 6)}
_ADDED: Final = ("sum", "count")
_HALF: Final = 0.5
# Years, groups, and all of years, groups and areas together that are told apart at most: an authority has fewer, and a column
# of names or of numbers would fill the memory and be drawn a million times.
MOST_PERIODS: Final = 200
MOST_GROUPS: Final = 60
MOST_TOGETHER: Final = 500_000
# Groups as most files write them, beside the words of vocabularies.
_SAME: Final[Mapping[str, str]] = {"female": "women", "male": "men", "females": "women", "males": "men"}
_SPACES: Final = re.compile(r"[\s_]+")


@dataclass(frozen=True, eq=False)
class PrototypeFigures:
    """What a definition gives. Frames have ``period``, ``numerator``, ``denominator`` where there is one, and ``value``.

    Attributes:
        everybody: one row a period.
        by_group: with ``group`` too, by the vocabulary's code where it knows the group; empty without a column of groups.
        by_area: with ``area`` too, a code as it stands in the table, empty where it has none; empty without a column of areas.
        characteristic: what groups are of, by the vocabulary's code where it knows the groups; else the column's name.
        remarks: what was left out or taken for something, as sentences.
        day: when the file of its rows was brought, or their table of the pack updated; ``None`` where nobody says.
        file: the name of a brought file; empty for a table of the pack.
    """

    everybody: pd.DataFrame
    by_group: pd.DataFrame
    by_area: pd.DataFrame
    characteristic: str
    remarks: tuple[str, ...]
    day: date | None = None
    file: str = ""


def figures(edition: Edition, written: Written, files: Mapping[str, str] | None = None) -> PrototypeFigures:
    """Work a definition out, each breakdown by itself where figures do not add up, such as averages.

    Kept as long as what they are made of stays the same: another title or owner reads no row again.

    Args:
        edition: whose open tables, roles and groups the definition names.
        written: the definition.
        files: brought files, name → SHA-256.

    Raises:
        DefinitionError: the table, a column, a role, a commitment or a formula can't be; each with its line.
    """
    rows = source(edition, written, files)
    check_names(edition, written)
    return _kept(edition, written, rows, (), lambda: _worked_out(edition, written, rows))


def kept(
    edition: Edition,
    written: Written,
    files: Mapping[str, str] | None,
    key: tuple[Hashable, ...],
    build: Callable[[], T],
) -> T:
    """Return what is made of a definition's figures, kept under a key as long as these stay the same.

    Whatever else of the definition is read by ``build`` must stand in the key. Errors are those of :func:`figures`.
    """
    return _kept(edition, written, source(edition, written, files), key, build)


def _kept(
    edition: Edition,
    written: Written,
    rows: IndicatorSource,
    key: tuple[Hashable, ...],
    build: Callable[[], T],
) -> T:
    if rows.state is None:
        return build()
    about = written.definition
    read = (
        rows.name,
        rows.state,
        rows.day,
        rows.of_earlier_pack,
        about.numerator,
        about.denominator,
        about.unit,
    )
    apart = (about.year, about.area, about.group, about.cadence, about.breakdowns)
    return edition.remember(("prototype figures", read, apart, key), build)


def _worked_out(edition: Edition, written: Written, rows: IndicatorSource) -> PrototypeFigures:
    with engine_faults(written, rows):
        work = _Work(edition, written, rows)
        everybody = work.by()
        by_group = work.by(GROUP) if GROUP in work.keys else pd.DataFrame()
        by_area = work.by(AREA) if AREA in work.keys else pd.DataFrame()
    work.remarks += _divided_by_nought(everybody)
    if rows.of_earlier_pack:
        work.remarks.append(
            f"The codes of areas in {rows.name} are those of an earlier data pack, and its figures stay as they were. Bring the file "
            "again to have its areas found in today's pack."
        )
    file = "" if rows.personal is None else rows.name
    return PrototypeFigures(
        everybody, by_group, by_area, work.characteristic, tuple(work.remarks), rows.day, file
    )


def _divided_by_nought(found: pd.DataFrame) -> list[str]:
    """Say in which periods there is no figure since nothing is in the denominator; nothing where there is none such."""
    if DENOMINATOR not in found:
        return []
    periods = found.loc[found[DENOMINATOR].eq(0), PERIOD].tolist()
    return [f"No figure where the denominator is zero: {wording.listing(periods, 4)}."] if periods else []


def adds_up(text: str) -> bool:
    """Tell whether a formula is one sum or one count, so that the figures of parts add up to that of the whole."""
    return _aggregation(text) in _ADDED


def counts(text: str) -> bool:
    """Tell whether a formula counts rows, or what is told apart in them, and does nothing else."""
    return _aggregation(text) in ("count", "distinct")


def _aggregation(text: str) -> str:
    tree = ast.parse(text.strip(), mode="eval").body
    return tree.func.id if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) else ""


class _Work:
    """Works one definition out; what is the same for several breakdowns is asked of the rows once."""

    def __init__(self, edition: Edition, written: Written, rows: IndicatorSource) -> None:
        about = written.definition
        self._written, self._rows = written, rows
        self.keys = keys_of(written, rows.kinds)
        self._formulas = formulas_of(written, rows.kinds)
        texts = [about.numerator, *([about.denominator] if about.denominator else [])]
        self._adds_up = all(adds_up(each) for each in texts)
        self._frame = self._keyed()
        self.remarks: list[str] = []
        self.characteristic = ""
        self._framework = Framework.of(edition)
        # What adds up is asked of the rows once, by all keys together.
        found = self._worked_out(list(self.keys), self._frame) if self._adds_up else pd.DataFrame()
        self._codes = {name: self._coded(name, found) for name in self.keys}
        self._finest = self._named(found, list(self.keys)) if self._adds_up else found
        if "year" not in self.keys:
            self.remarks.append(
                f"The definition names no year: its figure is shown under {self._framework.calendar.default_year}, the last "
                "whole year of the data, and no change can be shown."
            )

    def by(self, *names: str) -> pd.DataFrame:
        """Return the figures of every period, and of every group or area in it."""
        keys = [name for name in ("year", *names) if name in self.keys]
        found = self._added(keys) if self._adds_up else self._apart(keys)
        year = (
            found["year"]
            if "year" in keys
            else pd.Series(self._framework.calendar.default_year, index=found.index, dtype="str")
        )
        found = found.assign(**{PERIOD: year})[found.columns.drop("year", errors="ignore").insert(0, PERIOD)]
        return found.assign(**{VALUE: value_of(found, self._written.definition.unit)})

    def _added(self, keys: Sequence[str]) -> pd.DataFrame:
        """Add figures up that were worked out once by all keys together."""
        parts = list(self._formulas)
        if not keys:
            return self._finest[parts].sum(min_count=1).to_frame().T.astype("float64")
        return self._finest.groupby(list(keys), sort=True)[parts].sum(min_count=1).reset_index()

    def _apart(self, keys: Sequence[str]) -> pd.DataFrame:
        """Work figures out for these keys, with all spellings of one code as one."""
        frame = self._frame
        for name in keys:
            same = _spelled_twice(self._codes[name])
            if same:
                frame = frame.with_columns(_as_one(_KEY.format(name), same))
        return self._named(self._worked_out(keys, frame), keys)

    def _worked_out(self, keys: Sequence[str], frame: Rows) -> pd.DataFrame:
        names = [_KEY.format(key) for key in keys]
        by = together(frame, names, self._formulas).head(MOST_TOGETHER + 1)
        # Sorted rows keep the labels that they had before.
        found = collected(by).reset_index(drop=True)
        if len(found) > MOST_TOGETHER:
            raise fault_at(
                self._written,
                keys[-1],
                f"more than {wording.number(MOST_TOGETHER)} combinations of years, groups and areas would be needed. Name columns that "
                "have fewer values.",
            )
        typed = {name: found[name].astype("float64") for name in self._formulas}
        return found.assign(**typed).rename(columns=dict(zip(names, keys, strict=True)))

    def _named(self, found: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
        """Put codes in the place of what stands in the table; rows without a period are left out."""
        for name in keys:
            codes, given = self._codes[name], found[name]
            known = given.map({each: code for each, code in codes.items() if each is not None})
            found[name] = known.where(given.notna(), codes.get(None)).astype("str")
        return found[found["year"].notna()].reset_index(drop=True) if "year" in keys else found

    def _keyed(self) -> Rows:
        used = {name for each in self._formulas.values() for name in each.columns} | set(self.keys.values())
        columns = [name for name in self._rows.kinds if name in used] or list(self._rows.kinds)[:1]
        made = [
            _key(name, self._rows.kinds[column], column, self._written.definition.cadence).alias(
                _KEY.format(name)
            )
            for name, column in self.keys.items()
        ]
        frame = self._rows.frame(columns)
        return frame.with_columns(*made) if made else frame

    def _coded(self, name: str, found: pd.DataFrame) -> dict[Any, str | None]:
        """Return what stands in a key's column → its code; None is left out."""
        key = _KEY.format(name)
        told = (
            found[name].drop_duplicates()
            if name in found
            else collected(self._frame.select(key).unique().head(MOST_TOGETHER + 1))[key]
        )
        given = [_plain(each) for each in told]
        most = {"year": MOST_PERIODS, "group": MOST_GROUPS}.get(name, MOST_TOGETHER)
        if len(given) > most:
            raise fault_at(
                self._written,
                name,
                f"the column {self.keys[name]} has {wording.number(len(given))} different values or more, and at most "
                f"{wording.number(most)} are possible. Name a column with fewer.",
            )
        kind = self._rows.kinds[self.keys[name]]
        if name == "year":
            return self._periods(given, kind)
        if name == "area":
            return {each: "" if each is None else str(each).strip().upper() for each in given}
        return self._groups(given)

    def _periods(self, given: Sequence[Any], kind: Kind) -> dict[Any, str | None]:
        cadence = self._written.definition.cadence
        if kind == "day":
            found: dict[Any, str | None] = {each: _period_of(each, cadence) for each in given}
        else:
            found = {each: _year_of_text(str(each)) for each in given}
        other = sorted(str(each) for each, code in found.items() if code is None and each is not None)
        if other:
            self.remarks.append(
                f"Left out: rows whose {self.keys['year']} is not a financial year ({wording.listing(other, 4)}). Write 2024/25."
            )
        if None in given:
            found[None] = None
            self.remarks.append(f"Left out: rows without a {self.keys['year']}.")
        return found

    def _groups(self, given: Sequence[Any]) -> dict[Any, str | None]:
        """Find of which characteristic the groups are, and each group's code."""
        words, about = self._framework.vocabulary, self._written.definition
        stated = [each for each in given if _word(each) not in _SILENT]
        known = dict[str, dict[str, str]]()
        for code, label in words.labels("group").items():
            characteristic, _, group = code.partition("=")
            known.setdefault(characteristic, {}).update({_word(label): group, _word(group): group})
        for groups in known.values():
            groups.update({each: groups[same] for each, same in _SAME.items() if same in groups})
        wanted = [*about.breakdowns, str(about.group)]
        scores = {
            name: (sum(_word(each) in groups for each in stated), name in wanted)
            for name, groups in known.items()
        }
        best = max(scores, key=lambda name: scores[name], default="")
        if not best or not stated or scores[best][0] < _HALF * len(stated):
            self.characteristic = str(about.group)
            return {each: _stated(each, {}) for each in given}
        self.characteristic = best
        read = [str(each) for each in stated if _word(each) in _SAME and _word(each) in known[best]]
        if read:
            named = words.labels("group")
            self.remarks.append(
                "Read as the data pack has them: "
                + wording.every(
                    f"{each} as {named[f'{best}={known[best][_word(each)]}']}" for each in sorted(read)
                )
                + "."
            )
        other = sorted(str(each) for each in stated if _word(each) not in known[best])
        if other:
            label = words.label("characteristic", best)
            self.remarks.append(
                f"Groups that {label} does not have are shown by their own names: {wording.listing(other, 4)}."
            )
        return {each: _stated(each, known[best]) for each in given}


def _key(name: str, kind: Kind, column: str, cadence: str) -> nw.Expr:
    """Return the expression of a key: of a day twelve times the year in which its financial year begins, and which part of it."""
    whole = nw.col(column)
    if name != "year" or kind != "day":
        return whole
    month = whole.dt.month()
    early = nw.when(month < 4).then(nw.lit(1)).otherwise(nw.lit(0))
    # Months of the financial year that are over.
    over = nw.when(month < 4).then(month + 8).otherwise(month - 4)
    _, length = _PARTS.get(cadence, ("", 12))
    part = nw.lit(0)
    for at in range(1, 12 // length):
        part = nw.when(over >= at * length).then(nw.lit(at)).otherwise(part)
    return (whole.dt.year() - early) * 12 + part


def _period_of(key: Any, cadence: str) -> str | None:
    if key is None:
        return None
    first, part = divmod(int(key), 12)
    letter, _ = _PARTS.get(cadence, ("", 12))
    return f"{year_named(first)} {letter}{part + 1}" if letter else year_named(first)


def _year_of_text(text: str) -> str | None:
    found = _YEAR.fullmatch(" ".join(text.split()))
    if found is None or year_named(int(found[1]))[5:] != found[2]:
        return None
    return f"{year_named(int(found[1]))} {found[3]}" if found[3] else year_named(int(found[1]))


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else value


def _word(value: Any) -> str:
    return "" if value is None else _SPACES.sub(" ", str(value)).replace("-", " ").strip().casefold()


def _stated(value: Any, known: Mapping[str, str]) -> str:
    """Return the code of a group; ``all`` is everybody's, so a group of that name is told by its own words."""
    word = _word(value)
    code = NOT_STATED if word in _SILENT else known.get(word, str(value).strip())
    return f"{code} (group)" if code == ALL else code


def _spelled_twice(codes: Mapping[Any, str | None]) -> dict[Any, Any]:
    """Return what is another spelling → the first one of the same code."""
    first: dict[str, Any] = {}
    return {
        each: first[code]
        for each, code in sorted(codes.items(), key=lambda one: one[0] is None)
        if code is not None and first.setdefault(code, each) is not each
    }


def _as_one(column: str, same: Mapping[Any, Any]) -> nw.Expr:
    found = nw.col(column)
    for other, first in same.items():
        test = nw.col(column).is_null() if other is None else nw.col(column) == other
        found = nw.when(test).then(nw.lit(first)).otherwise(found)
    return found.alias(column)
