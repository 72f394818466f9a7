"""Formulas of indicators: arithmetic, comparison, conditions and a few aggregations over the columns of a table.

A formula looks like Python, ``100 * sum(living_wage, where=answered) / count(where=answered)``, and none of it is ever run as
Python: it is read into a syntax tree, each node of which must be of a kind that stands here, and becomes an expression of
Narwhals. There are no files, no network, no attributes, no text of SQL in it. Division by zero gives no value.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import chain, pairwise
from operator import add, or_
from typing import Any, Final, Literal, NamedTuple

import narwhals as nw

from svdash import wording

Kind = Literal["number", "text", "truth", "day"]
Rows = nw.DataFrame[Any] | nw.LazyFrame[Any]

# Characters of a formula, counted before it is read; and how deep and large its tree may be.
LONGEST: Final = 2000
DEEPEST: Final = 40
LARGEST: Final = 400
# Numbers beyond this are no figures of an authority, and lose their last digits.
_GREATEST: Final = 1e15
NUMBER, TEXT, TRUTH, DAY = "number", "text", "truth", "day"
_NAMED: Final[Mapping[str, str]] = {
    NUMBER: "a number", TEXT: "text", TRUTH: "yes or no", DAY: "a day",
}  # fmt: skip
_Worked = Callable[[nw.Expr, nw.Expr], nw.Expr]


def _divided(above: nw.Expr, below: nw.Expr) -> nw.Expr:
    """Return a quotient; by nought there is none."""
    return nw.when(below != 0).then(above / below)


def _or_nought(above: nw.Expr, below: nw.Expr) -> nw.Expr:
    return nw.when((below == 0) & ~above.is_null()).then(nw.lit(0.0)).otherwise(above / below)


_ARITHMETIC: Final[Mapping[type[ast.operator], tuple[str, _Worked]]] = {
    ast.Add: ("+", lambda a, b: a + b),
    ast.Sub: ("-", lambda a, b: a - b),
    ast.Mult: ("*", lambda a, b: a * b),
    ast.Div: ("/", _divided),
}
_COMPARISON: Final[Mapping[type[ast.cmpop], tuple[str, Callable[[nw.Expr, nw.Expr], nw.Expr]]]] = {
    ast.Eq: ("==", lambda a, b: a == b),
    ast.NotEq: ("!=", lambda a, b: a != b),
    ast.Lt: ("<", lambda a, b: a < b),
    ast.LtE: ("<=", lambda a, b: a <= b),
    ast.Gt: (">", lambda a, b: a > b),
    ast.GtE: (">=", lambda a, b: a >= b),
}


_OPPOSITE: Final[Mapping[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip


class _Aggregation(NamedTuple):
    """An aggregation: the kinds of column that it takes, and the kind that it gives, empty where that is the column's own."""

    takes: tuple[str, ...]
    gives: str


_ANY: Final = (NUMBER, TEXT, TRUTH, DAY)
AGGREGATIONS: Final[Mapping[str, _Aggregation]] = {
    "sum": _Aggregation((NUMBER,), NUMBER),
    "mean": _Aggregation((NUMBER,), NUMBER),
    "median": _Aggregation((NUMBER,), NUMBER),
    "least": _Aggregation((NUMBER, DAY), ""),
    "greatest": _Aggregation((NUMBER, DAY), ""),
    "count": _Aggregation(_ANY, NUMBER),
    "distinct": _Aggregation(_ANY, NUMBER),
}
_COLUMN, _MISSING, _WHERE = "column", "missing", "where"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_A_DAY: Final = 'a day is written in quotation marks, such as "2026-03-31"'
# Names of columns while formulas are worked out, which no column of a table has: it would hold no blank before its name.
_ROW, _GROUP, _WHOLE, _COUNT = " row {}{}", " group {}{}", " whole {}", " values of{}"


class FormulaError(Exception):
    """A formula that can't be. The message says at which character, what is there, and what would be right."""


@dataclass(frozen=True)
class Formula:
    """A formula that was read and checked: worked out row by row, then added up by group, then put together.

    In three steps, since that is quick in every engine behind Narwhals, and the same in all.

    Attributes:
        text: as it was written.
        columns: the columns that it reads, in the order of the table.
    """

    text: str
    columns: tuple[str, ...]
    _rows: tuple[nw.Expr, ...]
    _groups: tuple[nw.Expr, ...]
    _value: nw.Expr
    _names: tuple[str, ...]

    @property
    def divides(self) -> bool:
        """Whether it divides."""
        return "/" in self.text

    def by(self, frame: Rows, keys: Sequence[str], name: str = "value") -> Rows:
        """Return one row a group of rows, in the order of the keys: the keys, and the value, missing where there is none.

        Args:
            frame: has the formula's columns and the keys.
            keys: columns that tell the groups apart; none for one group of all rows.
            name: of the column with the value.
        """
        return together(frame, keys, {name: self})


def together(
    frame: Rows,
    keys: Sequence[str],
    formulas: Mapping[str, Formula],
    given: Mapping[str, Formula] | None = None,
) -> Rows:
    """Work several formulas out in one reading of the rows: one row a group, with the keys and a column for each formula.

    Args:
        frame: has the formulas' columns and the keys.
        keys: columns that tell the groups apart; none for one group of all rows.
        formulas: name of a column → its formula. Each was read with a mark of its own.
        given: name of a further column → a formula of which it is told how many values of rows its aggregations are of.
    """
    given = given or {}
    read = {id(each): each for each in (*formulas.values(), *given.values())}.values()
    by = list(keys) or [_WHOLE]
    rows = frame.with_columns(
        *(row for each in read for row in each._rows),  # noqa: SLF001  the same module
        *([] if keys else [nw.lit(1).alias(_WHOLE)]),
    )
    counts = {
        name: [nw.col(row).count().alias(_COUNT.format(row)) for row in each._names]  # noqa: SLF001
        for name, each in given.items()
    }
    found = rows.group_by(*by).agg(
        *(group for each in read for group in each._groups),  # noqa: SLF001
        *chain(*counts.values()),
    )
    sums = [
        reduce(add, (nw.col(_COUNT.format(row)) for row in each._names), nw.lit(0)).alias(name)  # noqa: SLF001
        for name, each in given.items()
    ]
    values = [each._value.alias(name) for name, each in formulas.items()]  # noqa: SLF001
    return found.with_columns(*values, *sums).sort(*by).select(*keys, *formulas, *given)


class _Part(NamedTuple):
    """A part of a formula: its kind, its expression, and whether it is of a row or of a group of rows.

    A constant is of both; then ``value`` holds it.
    """

    kind: str
    expression: nw.Expr
    grouped: bool | None = None
    value: object = None


def parsed(
    text: str, columns: Mapping[str, Kind], *, mark: str = "", nought_instead: bool = False
) -> Formula:
    """Read a formula.

    Args:
        text: the formula.
        columns: the table's columns with their kinds.
        mark: tells it apart from others that are worked out in the same reading of the rows.
        nought_instead: a division by zero gives nought instead of no value, to find what is missing because of it.

    Raises:
        FormulaError: it is too long, no formula, or names what is not there.
    """
    reader = _Reader(text, columns, mark, _or_nought if nought_instead else _divided)
    part = reader.whole()
    used = tuple(name for name in columns if name in reader.used)
    names = tuple(_ROW.format(mark, place) for place in range(len(reader.rows)))
    return Formula(text, used, tuple(reader.rows), tuple(reader.groups), part.expression, names)


class _Reader:
    """Reads one formula node by node; whatever is not named here is refused."""

    def __init__(self, text: str, columns: Mapping[str, Kind], mark: str, divided: _Worked) -> None:
        self._text, self._columns = text, columns
        self._mark, self._divided = mark, divided
        self.used = set[str]()
        # Columns that the condition at hand asks: where one is missing, it is not known whether it holds.
        self._asked = set[str]()
        self.rows, self.groups = list[nw.Expr](), list[nw.Expr]()
        self._nodes = 0

    def whole(self) -> _Part:
        tree = self._tree()
        part = self._read(tree, 0, inside=False)
        if part.grouped is not True:
            raise self._at(
                tree, f"this gives a value for every row. Put an aggregation around it: {_aggregations()}"
            )
        if part.kind != NUMBER:
            raise self._at(tree, f"an indicator is a number, and this gives {_NAMED[part.kind]}")
        return part

    def _tree(self) -> ast.expr:
        if len(self._text) > LONGEST:
            raise FormulaError(
                f"A formula has at most {wording.number(LONGEST)} characters, and this one has {wording.number(len(self._text))}."
            )
        if not self._text.strip():
            raise FormulaError("The formula is empty. Write one, such as 100 * sum(a) / sum(b).")
        if "\\" in self._text or not self._text.isprintable():
            raise FormulaError(
                "A formula is written on one line, without backslashes and invisible characters."
            )
        try:
            return ast.parse(self._text.strip(), mode="eval").body
        except SyntaxError as error:
            where = f"Character {error.offset}" if error.offset else "At its end"
            raise FormulaError(
                f"{where}: this can't be read as a formula. Check brackets and signs there."
            ) from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise FormulaError(
                "The formula can't be read: it is nested too deep, or a number in it is too long."
            ) from error

    def _read(self, node: ast.expr, depth: int, *, inside: bool) -> _Part:
        """Return a node as a part; ``inside`` an aggregation there is no other."""
        self._nodes += 1
        if depth > DEEPEST or self._nodes > LARGEST:
            raise FormulaError(
                f"The formula is too large: at most {DEEPEST} brackets deep and {LARGEST} parts. Work out a part of it beforehand."
            )
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.Name):
            return self._column(node, node.id)
        read: dict[type[ast.expr], Callable[..., _Part]] = {
            ast.BinOp: self._arithmetic,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._both,
            ast.Compare: self._comparison,
            ast.IfExp: self._condition,
            ast.Call: self._call,
        }
        if type(node) in read:
            return read[type(node)](node, depth, inside=inside)
        raise self._at(
            node,
            "this is not part of formulas. They have columns, numbers, text in quotation marks, + - * /, == != < <= > >=, "
            f"and, or, not, “a if condition else b”, and {_aggregations()}",
        )

    def _constant(self, node: ast.Constant) -> _Part:
        value = node.value
        if isinstance(value, bool):
            return _Part(TRUTH, nw.lit(value), value=value)
        if isinstance(value, int | float):
            if not abs(value) <= _GREATEST or not math.isfinite(value):
                raise self._at(node, f"a number can be at most {wording.number(_GREATEST)}")
            return _Part(NUMBER, nw.lit(float(value)), value=float(value))
        if isinstance(value, str):
            return _Part(TEXT, nw.lit(value), value=value)
        raise self._at(node, "a constant is a number, text in quotation marks, True or False")

    def _column(self, node: ast.AST, name: str) -> _Part:
        kind = self._columns.get(name)
        if kind is None:
            if name in (*AGGREGATIONS, _COLUMN, _MISSING):
                raise self._at(node, f"{name} needs brackets after it: {name}(…)")
            raise self._at(
                node,
                f"the table has no column {name[:80]}. It has {wording.choices(self._columns)}; a name with blanks is "
                'written column("Name of it")',
            )
        self.used.add(name)
        self._asked.add(name)
        # Whole numbers of an engine end somewhere: a product beyond them would be an error instead of a figure.
        found = nw.col(name).cast(nw.Float64) if kind == NUMBER else nw.col(name)
        return _Part(kind, found, grouped=False)

    def _arithmetic(self, node: ast.BinOp, depth: int, *, inside: bool) -> _Part:
        known = _ARITHMETIC.get(type(node.op))
        if known is None:
            raise self._at(node, "only + - * / can be used here")
        sign, worked = known
        worked = self._divided if isinstance(node.op, ast.Div) else worked
        left, right = (self._read(each, depth + 1, inside=inside) for each in (node.left, node.right))
        for part in (left, right):
            self._must_be(node, part, NUMBER, f"on both sides of {sign}")
        return _Part(NUMBER, worked(left.expression, right.expression), self._level(node, left, right))

    def _unary(self, node: ast.UnaryOp, depth: int, *, inside: bool) -> _Part:
        turned = negated(node.operand) if isinstance(node.op, ast.Not) else None
        part = self._read(turned or node.operand, depth + 1, inside=inside)
        if isinstance(node.op, ast.Not):
            self._must_be(node, part, TRUTH, "after not")
            return part if turned else _Part(TRUTH, ~part.expression, part.grouped)
        if isinstance(node.op, ast.USub | ast.UAdd):
            self._must_be(node, part, NUMBER, "after a sign")
            minus = isinstance(node.op, ast.USub)
            value = -part.value if minus and isinstance(part.value, float) else part.value
            return _Part(
                NUMBER, nw.lit(0.0) - part.expression if minus else part.expression, part.grouped, value
            )
        raise self._at(node, "only not, + and - can come before a value")

    def _both(self, node: ast.BoolOp, depth: int, *, inside: bool) -> _Part:
        parts = [self._read(each, depth + 1, inside=inside) for each in node.values]
        for part in parts:
            self._must_be(node, part, TRUTH, "on both sides of and, or")
        found = parts[0].expression
        for part in parts[1:]:
            found = found & part.expression if isinstance(node.op, ast.And) else found | part.expression
        return _Part(TRUTH, found, self._level(node, *parts))

    def _comparison(self, node: ast.Compare, depth: int, *, inside: bool) -> _Part:
        sides = [self._read(each, depth + 1, inside=inside) for each in (node.left, *node.comparators)]
        level, found = self._level(node, *sides), list[nw.Expr]()
        for sign, (left, right) in zip(node.ops, pairwise(sides), strict=True):
            known = _COMPARISON.get(type(sign))
            if known is None:
                raise self._at(node, "values are compared only by == != < <= > >=")
            one, other = self._alike(node, left, right)
            if known[0] not in ("==", "!=") and one.kind in (TEXT, TRUTH):
                raise self._at(node, f"{_NAMED[one.kind]} is compared only by == and !=")
            # With what is missing a comparison does not hold, in every engine: some would say that it is not known.
            found.append(known[1](one.expression, other.expression).fill_null(value=False))
        whole = found[0]
        for each in found[1:]:
            whole = whole & each
        return _Part(TRUTH, whole, level)

    def _alike(self, node: ast.AST, left: _Part, right: _Part) -> tuple[_Part, _Part]:
        """Return two sides of a comparison of one kind: text beside a day is read as a day."""
        if {left.kind, right.kind} == {DAY, TEXT}:
            return self._as_day(node, left), self._as_day(node, right)
        if left.kind != right.kind:
            raise self._at(node, f"{_NAMED[left.kind]} can't be compared with {_NAMED[right.kind]}")
        return left, right

    def _as_day(self, node: ast.AST, part: _Part) -> _Part:
        if part.kind == DAY:
            return part
        if not _DAY.fullmatch(str(part.value)):
            raise self._at(node, _A_DAY)
        try:
            # With a time, as the columns of days in pandas have it; engines with days alone compare it as well.
            return _Part(DAY, nw.lit(datetime.fromisoformat(str(part.value))))
        except ValueError as error:
            raise self._at(node, _A_DAY) from error

    def _condition(self, node: ast.IfExp, depth: int, *, inside: bool) -> _Part:
        asked, yes, no = (
            self._read(each, depth + 1, inside=inside) for each in (node.test, node.body, node.orelse)
        )
        self._must_be(node, asked, TRUTH, "after if")
        if yes.kind != no.kind:
            raise self._at(
                node,
                f"both results of a condition must be of one kind, and these are {_NAMED[yes.kind]} and {_NAMED[no.kind]}",
            )
        found = nw.when(asked.expression).then(yes.expression).otherwise(no.expression)
        return _Part(yes.kind, found, self._level(node, asked, yes, no))

    def _call(self, node: ast.Call, depth: int, *, inside: bool) -> _Part:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == _COLUMN:
            return self._named_column(node)
        if name == _MISSING:
            if len(node.args) != 1 or node.keywords:
                raise self._at(node, "missing takes one column: missing(a)")
            before = set(self._asked)
            part = self._read(node.args[0], depth + 1, inside=inside)
            # Whether it is missing is known, whatever it is.
            self._asked = before
            return _Part(TRUTH, part.expression.is_null(), part.grouped)
        if name not in AGGREGATIONS:
            raise self._at(
                node, f"there is no {name[:80] or 'such function'} here. There are {_aggregations()}"
            )
        if inside:
            raise self._at(node, f"{name} is inside another aggregation: aggregate once")
        return self._aggregated(node, name, depth)

    def _named_column(self, node: ast.Call) -> _Part:
        given = node.args[0] if len(node.args) == 1 and not node.keywords else None
        if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
            raise self._at(node, 'column takes a name in quotation marks: column("Name of it")')
        return self._column(node, given.value)

    def _aggregated(self, node: ast.Call, name: str, depth: int) -> _Part:
        wheres = [each for each in node.keywords if each.arg == _WHERE]
        if len(node.keywords) > len(wheres) or len(wheres) > 1 or len(node.args) > 1:
            raise self._at(node, f"{name} takes one column and, if need be, where=…: {name}(a, where=b > 0)")
        if not node.args and name != "count":
            raise self._at(node, f"{name} takes a column: {name}(a)")
        one = _Part(NUMBER, nw.lit(1.0), grouped=False)
        of = self._read(node.args[0], depth + 1, inside=True) if node.args else one
        about = AGGREGATIONS[name]
        if of.kind not in about.takes:
            raise self._at(
                node,
                f"{name} is of {wording.listing([_NAMED[kind] for kind in about.takes], word='or')}, and this is {_NAMED[of.kind]}",
            )
        condition: nw.Expr | None = None
        if wheres:
            self._asked = set()
            asked = self._read(wheres[0].value, depth + 1, inside=True)
            self._must_be(node, asked, TRUTH, "after where=")
            condition = asked.expression
        return _Part(about.gives or of.kind, self._grouped(name, of.expression, condition), grouped=True)

    def _grouped(self, name: str, of: nw.Expr, condition: nw.Expr | None) -> nw.Expr:
        """Put an aggregation among those that are worked out, and return what stands for its value."""
        rows = of if condition is None else nw.when(condition).then(of)
        row = self._row(rows)
        if name == "sum":
            return self._summed(row, condition)
        if name == "distinct":
            # What is missing is no value of its own.
            missing = self._group(self._row(rows.is_null().cast(nw.Int64)).sum())
            return self._group(row.n_unique()) - nw.when(missing > 0).then(nw.lit(1)).otherwise(nw.lit(0))
        worked: dict[str, Callable[[], nw.Expr]] = {
            "mean": row.mean, "median": row.median, "least": row.min, "greatest": row.max, "count": row.count,
        }  # fmt: skip
        return self._group(worked[name]())

    def _summed(self, row: nw.Expr, condition: nw.Expr | None) -> nw.Expr:
        """Return a sum. Of nothing it is no value: nought would be a figure that nobody measured.

        Where it is known of rows that a condition holds for none of them, nought is what was measured.
        """
        found = nw.when(self._group(row.count()) > 0).then(self._group(row.sum()))
        if condition is None:
            return found
        asked = self._row(nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)))
        unknown = reduce(or_, (nw.col(name).is_null() for name in sorted(self._asked)), nw.lit(value=False))
        known = self._row(nw.when(unknown).then(nw.lit(0)).otherwise(nw.lit(1)))
        measured = (self._group(asked.sum()) == 0) & (self._group(known.sum()) > 0)
        return nw.when(measured).then(nw.lit(0.0)).otherwise(found)

    def _row(self, expression: nw.Expr) -> nw.Expr:
        name = _ROW.format(self._mark, len(self.rows))
        self.rows.append(expression.alias(name))
        return nw.col(name)

    def _group(self, expression: nw.Expr) -> nw.Expr:
        name = _GROUP.format(self._mark, len(self.groups))
        self.groups.append(expression.alias(name))
        return nw.col(name)

    def _level(self, node: ast.AST, *parts: _Part) -> bool | None:
        """Return whether parts are of a group of rows; a constant goes with both, and the two don't go together."""
        levels = {part.grouped for part in parts if part.grouped is not None}
        if len(levels) > 1:
            raise self._at(
                node,
                f"a value of each row is combined with a value of all rows. Put an aggregation around it: {_aggregations()}",
            )
        return next(iter(levels), None)

    def _must_be(self, node: ast.AST, part: _Part, kind: str, where: str) -> None:
        if part.kind != kind:
            raise self._at(node, f"{where} there has to be {_NAMED[kind]}, and this is {_NAMED[part.kind]}")

    def _at(self, node: ast.AST, what: str) -> FormulaError:
        place = int(getattr(node, "col_offset", 0)) + 1
        written = (ast.get_source_segment(self._text.strip(), node) or "")[:60]
        shown = f" (“{written}”)" if written else ""
        return FormulaError(f"Character {place}{shown}: {what}.")


def negated(node: ast.expr) -> ast.expr | None:
    """Return a condition that holds where this one does not, and with what is missing holds no more than this; ``None`` for a column.

    With what is missing no comparison holds, so ``not a > 1`` is ``a <= 1``: turned round afterwards it would hold.
    """
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        parts: list[ast.expr] = [
            ast.copy_location(ast.UnaryOp(ast.Not(), each), each) for each in node.values
        ]
        return ast.copy_location(ast.BoolOp(other, parts), node)
    if not isinstance(node, ast.Compare) or any(type(sign) not in _OPPOSITE for sign in node.ops):
        return None
    parts = [
        ast.copy_location(ast.Compare(left, [_OPPOSITE[type(sign)]()], [right]), node)
        for sign, (left, right) in zip(node.ops, pairwise((node.left, *node.comparators)), strict=True)
    ]
    return parts[0] if len(parts) == 1 else ast.copy_location(ast.BoolOp(ast.Or(), parts), node)


def _aggregations() -> str:
    return wording.every(f"{name}(…)" for name in AGGREGATIONS)
