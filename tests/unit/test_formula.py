"""Formulas of indicators: what they mean, in two engines alike; and that 500 hostile ones are refused with a sentence."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import pytest

from svdash.workbench.formula import DEEPEST, LARGEST, LONGEST, FormulaError, Kind, parsed

COLUMNS: dict[str, Kind] = {
    "g": "text", "a": "number", "b": "number", "t": "text", "ok": "truth", "d": "day", "Name of it": "number",
}  # fmt: skip
ROWS = pd.DataFrame(
    {
        "g": ["x", "x", "y", "y", "z"],
        "a": [1.0, 2.0, 3.0, None, None],
        "b": [0.0, 0.0, 1.0, 2.0, 4.0],
        "t": ["u", "v", "u", None, None],
        "ok": [True, False, True, True, False],
        "d": pd.to_datetime(["2026-01-01", "2026-01-01", "2025-01-01", "2025-12-31", "2026-06-30"]),
        "Name of it": [1.0, 1.0, 1.0, 1.0, 5.0],
    }
)


def values(text: str, *, lazy: bool) -> list[float | None]:
    """Work a formula out by group, in pandas or in DuckDB; a value that is missing is None."""
    source: Any = duckdb.connect(":memory:", config={}).from_df(ROWS) if lazy else ROWS
    found: Any = parsed(text, COLUMNS).by(nw.from_native(source), ["g"]).to_native()
    rows = found.df() if lazy else found
    return [None if pd.isna(each) else float(each) for each in rows["value"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(a)", [3, 3, None]),
        ("100 * sum(a) / sum(b)", [None, 100, None]),
        ("count()", [2, 2, 1]),
        ("count(a)", [2, 1, 0]),
        ("count(where=t == 'u')", [1, 1, 0]),
        ("sum(a, where=ok) / count(where=ok)", [1, 1.5, None]),
        # Of z it is known that no row is ok, of none what a is where t is u.
        ("sum(a, where=ok)", [1, 3, 0]),
        ("sum(b, where=t == 'v')", [0, 0, None]),
        ("sum(a, where=b == 4)", [0, 0, None]),
        ("sum(a if b > 0 else 0)", [0, 3, None]),
        ("mean(a) - 1", [0.5, 2, None]),
        ("median(b)", [0, 1.5, 4]),
        ("distinct(t)", [2, 1, 0]),
        ("least(a) + greatest(b)", [1, 5, None]),
        ("sum(column('Name of it'))", [2, 2, 5]),
        ("count(where=d >= '2026-01-01')", [2, 0, 1]),
        ("count(where=missing(a))", [0, 1, 1]),
        ("count(where=not missing(a) and 1 <= b < 2)", [0, 1, 0]),
        ("count(where=ok or a == 2)", [2, 2, 0]),
        # What is missing is neither above nor not above.
        ("count(where=not (a > 1))", [1, 0, 0]),
        ("count(where=not (a > 1 and b >= 0))", [1, 0, 0]),
        ("count(where=not not (a > 1))", [1, 1, 0]),
        ("count(where=not (0 < a <= 1))", [1, 1, 0]),
        ("count(where=not (missing(a) or b > 1))", [2, 1, 0]),
        ("-sum(b)", [0, -3, -4]),
        ("sum(2)", [4, 4, 2]),
        ("count(where=g != 'x') if sum(b) > 3 else 0", [0, 0, 1]),
    ],
)
@pytest.mark.parametrize("lazy", [False, True], ids=["pandas", "DuckDB"])
def test_a_formula_gives_the_same_by_group_in_every_engine(
    text: str, expected: list[float | None], *, lazy: bool
) -> None:
    assert values(text, lazy=lazy) == expected


def test_whole_numbers_are_multiplied_beyond_what_the_engine_holds_as_such() -> None:
    rows = duckdb.connect(":memory:", config={}).sql("SELECT 'x' AS g, 4_000_000_000::BIGINT AS a")
    for text in ("sum(a * a)", "least(a) * least(a)"):
        found: Any = parsed(text, {"g": "text", "a": "number"}).by(nw.from_native(rows), ["g"]).to_native()
        assert found.df()["value"].tolist() == [1.6e19], text


def test_without_keys_there_is_one_row_and_columns_come_in_the_order_of_the_table() -> None:
    formula = parsed("sum(b) / sum(a)", COLUMNS)
    assert formula.columns == ("a", "b")
    lazy: Any = duckdb.connect(":memory:", config={}).from_df(ROWS)
    for rows in (ROWS, lazy):
        found: Any = formula.by(nw.from_native(rows), [], "share").to_native()
        (row,) = (found.df() if rows is lazy else found).to_dict("records")
        assert row == {"share": pytest.approx(7 / 6)}


def test_random_arithmetic_is_worked_out_as_python_would() -> None:
    chance = random.Random(7)  # noqa: S311  the same each time

    def made(depth: int) -> str:
        if depth == 0 or chance.random() < 0.2:
            return chance.choice(["sum(a)", "sum(b)", "count()", "3", "0.5", "-2"])
        return f"({made(depth - 1)} {chance.choice('+-*/')} {made(depth - 1)})"

    known = {"sum": lambda column: column, "a": 6.0, "b": 7.0, "count": lambda: 5.0}
    tried = 0
    for text in (made(4) for _ in range(60)):
        if "sum" not in text and "count" not in text:
            continue
        try:
            expected = eval(text, {"__builtins__": {}}, known)  # noqa: S307  only what was made above
        except ZeroDivisionError:
            expected = math.nan
        (found,) = parsed(text, COLUMNS).by(nw.from_native(ROWS), []).to_native()["value"]
        # A division by nought within gives no value to all that stands on it.
        assert found == pytest.approx(expected, nan_ok=True), text
        tried += 1
    assert tried > 40


# -- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("a", "gives a value for every row. Put an aggregation around it: sum"),
        ("sum(a) + a", "a value of each row is combined with a value of all rows"),
        ("sum(sum(a))", "inside another aggregation"),
        ("sum(nothing)", "Character 5 (“nothing”): the table has no column nothing. It has g, a, b"),
        ("sum(t)", "sum is of a number, and this is text"),
        ("sum(a) ** 2", "only + - * / can be used"),
        ("sum(a) == 3", "an indicator is a number, and this gives yes or no"),
        ("sum(a, where=b)", "after where= there has to be yes or no, and this is a number"),
        ("sum(a, b)", "sum takes one column"),
        ("sum()", "sum takes a column"),
        ("sum", "sum needs brackets"),
        ("sum(a) +", "At its end: this can't be read"),
        ("sum(a) + * 2", "Character 10: this can't be read"),
        ("count(where=t > 'u')", "text is compared only by == and !="),
        ("count(where=t == 3)", "text can't be compared with a number"),
        ("count(where=d == 'May')", "a day is written in quotation marks"),
        ("count(where=d == '2026-02-30')", "a day is written in quotation marks"),
        ("count(where=a in (1, 2))", "this is not part of formulas"),
        ("count(where=t in 'ab')", "compared only by == != < <= > >="),
        ("sum(a if ok else t)", "both results of a condition must be of one kind"),
        ("1e300 * sum(a)", "a number can be at most 1,000,000,000,000,000"),
        ("column(a)", "column takes a name in quotation marks"),
        ("column('x')", "the table has no column x"),
        ("sum(a)\nsum(b)", "is written on one line"),
        ("total(a)", "there is no total here. There are sum"),
        ("sum(" + "(" * 60 + "a" + ")" * 60 + ")" + " " * LONGEST, "at most 2,000 characters"),
    ],
)  # fmt: skip
def test_a_formula_that_cannot_be_is_refused_where_it_is_at_fault(text: str, said: str) -> None:
    with pytest.raises(FormulaError, match=re.escape(said)):
        parsed(text, COLUMNS)


def hostile() -> Iterator[str]:
    """Give formulas that try to run something, read something, or use up time and memory."""
    reach = (
        "__import__('os').system('touch {f}')", "open('{f}', 'w')", "exec('1')", "eval('1')", "().__class__.__bases__[0]",
        "a.__class__", "(lambda: 1)()", "[x for x in (1,)]", "{{1: 2}}", "{{1, 2}}", "[1, 2]", "(1, 2)", "f'{{a}}'", "a[0]", "*a",
        "(y := 1)", "a @ b", "a // b", "a % b", "a << 9", "~a", "a is b", "yield", "await a", "...", "None", "1j", "b'x'",
        "getattr(a, 'b')", "column('a').sum()", "nw.col('a')", "sum.__globals__", "read_csv('{f}')", "ATTACH '{f}'",
        "'; DROP TABLE x; --'", "sum(a, where=open('{f}'))", "sum(*a)", "sum(**a)", "count(where=a, where=b)", "print(a)",
        "sum(a)(b)", "sum(a).real", "column(column('a'))", "column('a' 'b')", "column(f'a')", "globals()", "breakpoint()",
        "a if b else", "import os", "a; b", "a = 1", "del a", "#", "ﬁ", "ѕum(a)", "sum(а)", "\u202esum(a)", "sum\u200b(a)",
        "'{f}'", "COPY a TO '{f}'", "sum('{f}')", "getenv('HOME')", "sum(a) if open('{f}') else 0", "missing(open('{f}'))",
    )  # fmt: skip
    around = (
        "{}",
        "sum({})",
        "100 * {}",
        "sum(a) / ({})",
        "count(where={})",
        "sum(a) if {} else 0",
        "-({})",
        "not ({})",
    )
    for (place, inner), outer in product(enumerate(reach), around):
        yield outer.format(inner.replace("{f}", "PLANTED").replace("{{", "{").replace("}}", "}"))
        del place
    yield from ("(" * n + "a" + ")" * n for n in (50, 300, 900))
    yield from ("-" * n + "sum(a)" for n in (50, 500, 1990))
    yield from ("not " * n + "ok" for n in (50, 450))
    yield from ("+".join(["sum(a)"] * n) for n in (150, 280))
    yield from ("9" * n for n in (20, 400, 1999))
    yield from (f"1e{n} * sum(a)" for n in (16, 308, 99999))
    yield from (
        "sum(a)" + "\0",
        "sum(a)\\",
        "'" * 3,
        '"' * 1999,
        "sum(" * 400,
        "sum(a" * 300,
        "[" * 1500,
        "a if b else " * 100,
    )


def test_five_hundred_hostile_formulas_are_refused_with_a_sentence_and_nothing_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    every = list(hostile())
    assert len(every) >= 500
    for text in every:
        with pytest.raises(FormulaError) as refused:
            parsed(text, COLUMNS)
        assert str(refused.value).endswith("."), text
        assert len(str(refused.value)) < 800, text
    assert list(tmp_path.iterdir()) == []


def test_what_is_as_large_as_may_be_is_read() -> None:
    deep = DEEPEST - 2
    assert parsed("sum(" + "-" * deep + "a)", COLUMNS).columns == ("a",)
    with pytest.raises(FormulaError, match="too large"):
        parsed("sum(" + "-" * (deep + 2) + "a)", COLUMNS)
    with pytest.raises(FormulaError, match="too large"):
        parsed("sum(" + " + ".join(f"({i}+{i}+{i})" for i in range(LARGEST // 8)) + "+ a)", COLUMNS)


def test_a_column_named_as_an_aggregation_is_reached_by_its_name_in_quotation_marks() -> None:
    columns: dict[str, Kind] = {"sum": "number", "where": "number"}
    frame = nw.from_native(pd.DataFrame({"sum": [1.0, 2.0], "where": [5.0, 5.0]}))
    (value,) = parsed("sum(column('sum')) + sum(where)", columns).by(frame, []).to_native()["value"]
    assert value == 13
