"""Which formulas count people: only what is a count as it stands can be held back where it is small.

A number that is worked out further, such as 1000 times a count or a count and 20 more, tells a small count to whoever works it back.
"""

from __future__ import annotations

import ast
from itertools import combinations
from typing import Final

_COUNTS: Final = ("count", "distinct", "sum")
_WORKED: Final = (
    "this is more than a count of people: a suppressed count could be worked out from it. Write count(…), distinct(…) or "
    "sum(…) of one column, with where=… if need be, or such counts of different people with + between them"
)
_TWICE: Final = (
    "it may count the same people twice, and a suppressed count could be worked out from that. Join the conditions with or, "
    'as in count(where=a == "x" or a == "y"), or give each a value of its own of one column'
)


def no_count(text: str) -> str:
    """Return why a formula, which was read before, is no count of people, as a clause; empty where it is one."""
    terms = _terms(ast.parse(text.strip(), mode="eval").body)
    if not all(_is_count(each) for each in terms):
        return _WORKED
    if not all(_apart(one, other) for one, other in combinations(terms, 2)):
        return _TWICE
    return ""


def _terms(node: ast.expr) -> list[ast.expr]:
    """Return what is added up."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_terms(node.left), *_terms(node.right)]
    return [node]


def _is_count(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _COUNTS
        and all(_column(each) for each in node.args)
    )


def _column(node: ast.expr) -> str:
    """Return the name of a bare column; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "column"
    return str(getattr(node.args[0], "value", "")) if named and isinstance(node, ast.Call) else ""


def _apart(one: ast.expr, other: ast.expr) -> bool:
    """Tell whether two counts surely are of different people: of different columns of counts, or of different values of one column."""
    if not isinstance(one, ast.Call) or not isinstance(other, ast.Call):
        return False
    sums = [getattr(each.func, "id", "") == "sum" for each in (one, other)]
    if all(sums) and _column(one.args[0]) != _column(other.args[0]):
        return True
    mine, theirs = _values(one), _values(other)
    return any(mine[name] != theirs[name] for name in mine.keys() & theirs.keys())


def _values(call: ast.Call) -> dict[str, object]:
    """Return the columns that a count's condition holds to one value each, with that value."""
    found: dict[str, object] = {}
    for keyword in call.keywords:
        both = keyword.value
        asked = both.values if isinstance(both, ast.BoolOp) and isinstance(both.op, ast.And) else [both]
        for each in asked:
            if not isinstance(each, ast.Compare) or len(each.ops) > 1 or not isinstance(each.ops[0], ast.Eq):
                continue
            name, value = _column(each.left), each.comparators[0]
            if name and isinstance(value, ast.Constant):
                found[name] = value.value
    return found
