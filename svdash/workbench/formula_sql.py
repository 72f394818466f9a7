"""Formulas written as expressions of ANSI SQL, for documents that other programs read; nothing here runs any."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from svdash.workbench.formula import DAY, Kind, negated, parsed

_SIGNS: Final[Mapping[type[ast.AST], str]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.And: "AND", ast.Or: "OR",
}  # fmt: skip
_AGGREGATES: Final[Mapping[str, str]] = {
    "sum": "SUM({})", "mean": "AVG({})", "least": "MIN({})", "greatest": "MAX({})", "count": "COUNT({})", "distinct": "COUNT(DISTINCT {})",
    "median": "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY {})",
}  # fmt: skip


def as_sql(text: str, columns: Mapping[str, Kind], table: str) -> str:
    """Return a formula as an expression of ANSI SQL over columns named ``table.column``.

    Args:
        text: the formula.
        columns: the table's columns with their kinds.
        table: the name by which columns are qualified.

    Raises:
        FormulaError: as :func:`svdash.workbench.formula.parsed`, which is asked first: what it refuses is not written.
    """
    parsed(text, columns)
    return _Writer(columns, table).of(ast.parse(text.strip(), mode="eval").body)


def quoted(name: str) -> str:
    """Return a name as SQL writes one that may be anything."""
    return '"' + name.replace('"', '""') + '"'


class _Writer:
    """Writes a syntax tree that was checked before."""

    def __init__(self, columns: Mapping[str, Kind], table: str) -> None:
        self._columns, self._table = columns, table

    def of(self, node: ast.expr) -> str:
        """Return one node as SQL."""
        writers: dict[type[ast.expr], Callable[..., str]] = {
            ast.Constant: self._constant,
            ast.Name: lambda each: self._column(each.id),
            ast.BinOp: self._arithmetic,
            ast.UnaryOp: self._unary,
            ast.BoolOp: lambda each: "(" + f" {_SIGNS[type(each.op)]} ".join(map(self.of, each.values)) + ")",
            ast.Compare: self._comparison,
            ast.IfExp: lambda each: (
                f"CASE WHEN {self.of(each.test)} THEN {self.of(each.body)} ELSE {self.of(each.orelse)} END"
            ),
            ast.Call: self._call,
        }
        return writers[type(node)](node)

    def _constant(self, node: ast.Constant) -> str:
        if isinstance(node.value, bool):
            return str(node.value).upper()
        return "'" + node.value.replace("'", "''") + "'" if isinstance(node.value, str) else repr(node.value)

    def _column(self, name: str) -> str:
        return f"{quoted(self._table)}.{quoted(name)}"

    def _arithmetic(self, node: ast.BinOp) -> str:
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(node.op, ast.Div):
            # A division by nought gives no value, here as there; and never a whole number alone.
            return f"(1.0 * {left} / NULLIF({right}, 0))"
        return f"({left} {_SIGNS[type(node.op)]} {right})"

    def _unary(self, node: ast.UnaryOp) -> str:
        turned = negated(node.operand) if isinstance(node.op, ast.Not) else None
        if turned is not None:
            return self.of(turned)
        inner = self.of(node.operand)
        return {ast.Not: f"(NOT {inner})", ast.USub: f"(- {inner})"}.get(type(node.op), inner)

    def _comparison(self, node: ast.Compare) -> str:
        sides = [node.left, *node.comparators]
        days = any(self._is_day(each) for each in sides)
        words = [
            f"DATE {self.of(each)}" if days and isinstance(each, ast.Constant) else self.of(each)
            for each in sides
        ]
        parts = [
            f"{one} {_SIGNS[type(sign)]} {other}"
            for sign, one, other in zip(node.ops, words, words[1:], strict=False)
        ]
        # With what is missing a comparison does not hold.
        return "COALESCE(" + " AND ".join(parts) + ", FALSE)"

    def _is_day(self, node: ast.expr) -> bool:
        name = node.id if isinstance(node, ast.Name) else ""
        if isinstance(node, ast.Call) and _name(node) == "column":
            name = _text(node.args[0])
        return self._columns.get(name) == DAY

    def _call(self, node: ast.Call) -> str:
        name = _name(node)
        if name == "column":
            return self._column(_text(node.args[0]))
        if name == "missing":
            return f"({self.of(node.args[0])} IS NULL)"
        where = self.of(node.keywords[0].value) if node.keywords else ""
        inner = self.of(node.args[0]) if node.args else "1"
        found = _AGGREGATES[name].format(f"CASE WHEN {where} THEN {inner} END" if where else inner)
        if name != "sum" or not where:
            return found
        # Where a condition that is known of some rows holds for none, the sum is nought.
        none = f"COUNT(CASE WHEN {where} THEN 1 END) = 0 AND COUNT({self._known(node.keywords[0].value)}) > 0"
        return f"CASE WHEN {none} THEN 0 ELSE {found} END"

    def _known(self, condition: ast.expr) -> str:
        """Return what has a value wherever it is known whether a condition holds."""
        asked = sorted(self._asked(condition))
        if not asked:
            return "1"
        return (
            "CASE WHEN " + " AND ".join(f"{self._column(each)} IS NOT NULL" for each in asked) + " THEN 1 END"
        )

    def _asked(self, node: ast.AST) -> set[str]:
        """Return the columns that a condition asks, but for those of which it asks whether they are missing."""
        if isinstance(node, ast.Call):
            if _name(node) == "missing":
                return set()
            if _name(node) == "column":
                return {_text(node.args[0])}
        if isinstance(node, ast.Name):
            return {node.id}
        return {name for each in ast.iter_child_nodes(node) for name in self._asked(each)}


def _name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""
