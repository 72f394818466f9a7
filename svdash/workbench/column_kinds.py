"""What the columns of a file hold: numbers, days, yes or no, or text; and how each becomes that, as SQL.

A column is a kind only if all of its cells are: one "abc" among a million numbers leaves it text, and is named. Nothing is
guessed from a part and then dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from svdash import wording
from svdash.lines.locked_tables import literal, quoted
from svdash.workbench.formula import Kind
from svdash.workbench.remarks import FAIL, NOTE, WARN, Remark

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NUMBER: Final = "number"
TEXT: Final = "text"
TRUTH: Final = "truth"
DAY: Final = "day"
# Numbers of more digits are codes, and lose their last digits as numbers.
_PLAIN: Final = r"[+-]?(?:(?:0|[1-9][0-9]{0,14})(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
_DRESSED: Final = (
    r"[-+\x{2212}\x{2013}]?\s*£?\s*-?(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]{0,14})(?:\.[0-9]+)?\s*%?"
)
# What stands in a column of numbers where there is none, and where one was held back.
_NONE: Final = (
    r"n/?a|n/k|nil|null|none|nan|[-\x{2013}\x{2014}]+|\.{1,2}|:|#n/a|not available|unknown|\[?[xz]\]?"
)
_WITHHELD: Final = r"\*+|\[?[cs]\]?|\[low\]|suppressed|withheld|redacted|(?:<|<=|≤|less than)\s*[0-9]{1,2}|fewer than [0-9]{1,2}"
_ISO: Final = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?"
_PLAIN_ISO: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TRUE, _FALSE = ("true", "yes", "y"), ("false", "no", "n")
_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "dmy": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y"),
    "mdy": ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y"),
}
# A sign and fifteen digits at most.
_DIGITS: Final = 15
_WHOLE: Final = r"[+-]?[0-9]{1,15}"
# So many cells decide which kind is looked into; all cells then decide whether it is that.
_SAMPLE: Final = 2_000
# A column of which fewer cells are something else is almost certainly that kind, with slips.
_SLIPS: Final = 0.05
_SHOWN: Final = 3
_INTEGERS: Final = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
)
_FLOATS: Final = ("FLOAT", "DOUBLE", "DECIMAL", "UBIGINT", "HUGEINT", "UHUGEINT")


@dataclass(frozen=True)
class Told:
    """What a column is.

    Attributes:
        kind: number, text, truth or day.
        sql: the expression that makes it that.
        remarks: what was noticed.
    """

    kind: Kind
    sql: str
    remarks: tuple[Remark, ...] = ()


def told(
    connection: DuckDBPyConnection, rows: str, columns: Sequence[tuple[str, str, str]], dates: str
) -> list[Told | None]:
    """Return what each column is; ``None`` for one of a kind that no indicator can use, such as lists.

    Args:
        connection: to ask.
        rows: the table, as SQL names it.
        columns: name in the table, its type as DuckDB writes it, and what people call it.
        dates: ``dmy``, ``mdy`` or empty for as the file is.
    """
    names = ", ".join(quoted(name) for name, _, _ in columns)
    first = connection.execute(f"SELECT {names} FROM {rows} LIMIT {_SAMPLE}").fetchall()
    samples = list(zip(*first, strict=True)) or [()] * len(columns)
    found: list[Told | None] = []
    for (name, type_, called), sample in zip(columns, samples, strict=True):
        if type_ == "VARCHAR":
            found.append(_of_text(_Column(connection, rows, name, called), sample, dates))
        else:
            found.append(_of_type(name, type_))
    return found


def _of_type(name: str, type_: str) -> Told | None:
    column = quoted(name)
    if type_ in _INTEGERS:
        return Told(NUMBER, f"CAST({column} AS BIGINT)")
    if type_.startswith(_FLOATS):
        number = f"CAST({column} AS DOUBLE)"
        return Told(NUMBER, f"CASE WHEN isfinite({number}) THEN {number} END")
    if type_ == "BOOLEAN":
        return Told(TRUTH, column)
    if type_ == "DATE" or type_.startswith("TIMESTAMP"):
        return Told(DAY, f"TRY_CAST({column} AS DATE)")
    return Told(TEXT, f"CAST({column} AS VARCHAR)") if type_.startswith(("ENUM", "UUID")) else None


class _Column:
    """A column of text, all of whose cells can be asked."""

    def __init__(self, connection: DuckDBPyConnection, rows: str, name: str, called: str) -> None:
        self._connection, self._rows, self.called = connection, rows, called
        self.cell = f"trim({quoted(name)})"
        self._own = quoted(name)

    def counts(self, *conditions: str) -> list[int]:
        """Return how many cells say something, and of how many each condition holds."""
        asked = ", ".join(
            [f"count(nullif({self.cell}, ''))", *(f"count(*) FILTER (WHERE {each})" for each in conditions)]
        )
        row = self._connection.execute(f"SELECT {asked} FROM {self._rows}").fetchone()
        return [int(each) for each in row or ()]

    def others(self, condition: str) -> list[str]:
        """Return some cells that say something and of which a condition does not hold."""
        found = self._connection.execute(
            f"SELECT DISTINCT {self.cell} FROM {self._rows} WHERE {self.cell} <> '' AND NOT ({condition}) LIMIT {_SHOWN + 1}"
        ).fetchall()
        return sorted(str(each)[:60] for (each,) in found)

    def text(self) -> Told:
        return Told(TEXT, f"nullif({self.cell}, '')")


def _matches(cell: str, pattern: str) -> str:
    return f"regexp_full_match({cell}, {literal(pattern)})"


def _of_text(column: _Column, sample: Sequence[str | None], dates: str) -> Told:
    """Look into the kind that most of the first cells are."""
    cells = [each.strip() for each in sample if each is not None and each.strip()]
    if not cells:
        return column.text()

    def share(*patterns: str) -> float:
        whole = re.compile("|".join(f"(?:{_for_python(each)})" for each in patterns), re.IGNORECASE)
        return sum(1 for each in cells if whole.fullmatch(each)) / len(cells)

    some = share(_PLAIN, _DRESSED)
    if some > 0 and share(_PLAIN, _DRESSED, _NONE, _WITHHELD) >= 1 - _SLIPS:
        return _number(column, whole=share(_WHOLE) == 1)
    if all(each.casefold() in (*_TRUE, *_FALSE) for each in cells):
        return _truth(column)
    if share(_ISO, r"[0-9]{1,2}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3,9})[-/. ][0-9]{2,4}") >= 1 - _SLIPS:
        return _day(column, dates)
    return column.text()


def _for_python(pattern: str) -> str:
    """Return a pattern of RE2 as Python writes it."""
    return (
        pattern.replace(r"\x{2212}", "\u2212").replace(r"\x{2013}", "\u2013").replace(r"\x{2014}", "\u2014")
    )


def _number(column: _Column, *, whole: bool) -> Told:
    cell = column.cell
    as_whole = f"TRY_CAST({cell} AS BIGINT)"
    if whole:
        # Written as they would be written anyway, they need no pattern, which takes twice to ten times as long.
        filled, plainly = column.counts(
            f"CAST({as_whole} AS VARCHAR) = {cell} AND length({cell}) <= {_DIGITS}"
        )
        if plainly == filled:
            return Told(NUMBER, as_whole)
    plain, dressed = _matches(cell, _PLAIN), _matches(cell, _DRESSED)
    parts_ = " OR ".join(f"contains({cell}, '{each}')" for each in ".eE")
    filled, plainly, parts = column.counts(plain, parts_)
    if plainly == filled:
        return Told(NUMBER, f"TRY_CAST({cell} AS {'DOUBLE' if parts else 'BIGINT'})")
    small = f"lower({cell})"
    none, withheld = _matches(small, _NONE), _matches(small, _WITHHELD)
    _, all_numbers, missing, hidden = column.counts(f"{plain} OR {dressed}", none, withheld)
    others = filled - all_numbers - missing - hidden
    if others:
        return _slips(column, f"{plain} OR {dressed} OR {none} OR {withheld}", others, "number")
    bare = f"regexp_replace(translate({cell}, '\u2212\u2013', '--'), '[£,%[:space:]]', '', 'g')"
    remarks = [*_number_remarks(column, missing, hidden, f"NOT ({plain} OR {dressed} OR {none})")]
    if all_numbers > plainly:
        written = column.others(f"{plain} OR {none} OR {withheld}")
        shown = wording.listing([repr(each) for each in written[:_SHOWN]])
        percent = any(each.endswith("%") for each in written)
        remarks.append(
            Remark(
                "dressed-numbers",
                NOTE,
                f"Numbers of {column.called!r} are written with marks, such as {shown}; they are read as numbers{', a percentage as its figure: 12% is 12' if percent else ''}.",
                "If that is what they mean, nothing needs to be done.",
                column.called,
            )
        )
    return Told(NUMBER, f"TRY_CAST(CASE WHEN {plain} OR {dressed} THEN {bare} END AS DOUBLE)", tuple(remarks))


def _number_remarks(column: _Column, missing: int, hidden: int, held: str) -> list[Remark]:
    remarks = []
    if missing:
        remarks.append(
            Remark(
                "words-for-missing",
                NOTE,
                f"{wording.counted(missing, 'cell')} of {column.called!r} {'says' if missing == 1 else 'say'} that there is no number, as “n/a” or “-” do.",
                "They count as missing, never as zero. Write 0 in the file where zero is meant.",
                column.called,
            )
        )
    if hidden:
        shown = [each for each in column.others(f"NOT ({held})") if each][:_SHOWN]
        remarks.append(
            Remark(
                "withheld",
                WARN,
                f"{wording.counted(hidden, 'number')} of {column.called!r} {'was' if hidden == 1 else 'were'} suppressed by the publisher: {wording.listing([repr(each) for each in shown])}.",
                "They count as missing, so a sum of this column is too low. Use a table in which they are added up, or say so in the caveats.",
                column.called,
            )
        )
    return remarks


def _slips(column: _Column, fine: str, many: int, what: str) -> Told:
    """Leave a column text of which some cells are something else, and name them."""
    shown = wording.listing([repr(each) for each in column.others(fine)[:_SHOWN]])
    told_ = column.text()
    remark = Remark(
        f"not-a-{what}",
        FAIL,
        f"Nearly all cells of {column.called!r} are a {what}; {wording.counted(many, 'cell')} {'is' if many == 1 else 'are'} not, such as {shown}. So the column is read as text.",
        f"Correct {'it' if many == 1 else 'them'} in the file, or leave the cell blank, and bring it again.",
        column.called,
    )
    return Told(told_.kind, told_.sql, (remark,))


def _truth(column: _Column) -> Told:
    small = f"lower({column.cell})"
    yes, no = (", ".join(map(literal, each)) for each in (_TRUE, _FALSE))
    filled, either = column.counts(f"{small} IN ({yes}, {no})")
    if either < filled:
        return column.text()
    return Told(TRUTH, f"CASE WHEN {small} IN ({yes}) THEN true WHEN {small} IN ({no}) THEN false END")


def _day(column: _Column, dates: str) -> Told:
    """Read days with the day first, or with the month first where only that fits or a person says so."""
    # Most files write days as ISO does, which is read ten times as fast as all other ways together.
    iso = f"TRY_CAST({column.cell} AS DATE)"
    filled, plainly = column.counts(f"{_matches(column.cell, _PLAIN_ISO)} AND {iso} IS NOT NULL")
    if plainly == filled:
        return Told(DAY, iso)
    orders = {order: _day_sql(column.cell, order) for order in ("dmy", "mdy")}
    _, *counts = column.counts(*(f"{each} IS NOT NULL" for each in orders.values()))
    whole = dict(zip(orders, counts, strict=True))
    order = dates if dates in orders else "mdy" if whole["mdy"] == filled > whole["dmy"] else "dmy"
    if whole[order] < filled:
        return _slips(column, f"{orders[order]} IS NOT NULL", filled - whole[order], "day")
    remarks: tuple[Remark, ...] = ()
    if order == "mdy" or (whole["mdy"] == filled and column.counts(_matches(column.cell, _ISO))[1] < filled):
        first = "month" if order == "mdy" else "day"
        remarks = (
            Remark(
                "order-of-dates",
                NOTE if dates else WARN,
                f"Dates of {column.called!r} are read with the {first} first"
                + (
                    ": only that order fits all of them."
                    if order == "mdy" and not dates
                    else "; the other order would give valid days as well."
                    if not dates
                    else ", as you said."
                ),
                "Say under “How dates and totals are read” that the month comes first, if it does, and bring the file again."
                if order == "dmy"
                else "Say under “How dates and totals are read” that the day comes first, if it does, and bring the file again.",
                column.called,
            ),
        )
    return Told(DAY, orders[order], remarks)


def _day_sql(cell: str, order: str) -> str:
    formats = ", ".join(map(literal, _FORMATS[order]))
    # strptime would take 24 for a year of four digits, the year 24.
    found = f"CAST(try_strptime({cell}, [{formats}]) AS DATE)"
    iso = f"CASE WHEN {_matches(cell, _ISO)} THEN TRY_CAST(regexp_extract({cell}, '^[0-9]+-[0-9]+-[0-9]+') AS DATE) END"
    return f"coalesce({iso}, CASE WHEN {found} > DATE '1000-01-01' THEN {found} END)"
