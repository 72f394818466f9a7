"""Nobody but the one voice writes numbers, money, dates or lists for people: the code is read for formats."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.copies import ROOT

# Measures and the gate know nothing of the product: their messages are for who calls them.
APART = ("wording", "measures", "disclosure")
FILES = [
    file
    for file in sorted((ROOT / "svdash").rglob("*.py"))
    if file.relative_to(ROOT / "svdash").parts[0] not in APART
]
# Numbers with separators, decimals or significant digits; dates other than ISO 8601's.
FOR_PEOPLE = re.compile(r",|\.\d|[egn%]$|%[^Ymd-]|%[dm][^-]*%Y")
# What a program reads: an amount in the report of an import, the columns of files that are written, lengths of a drawing.
FOR_MACHINES = {
    ("importing/reconciliation.py", ".2f"),
    ("importing/formats/os_postcodes.py", ".5f"),
    ("importing/formats/os_postcodes.py", "g"),
    ("importing/files/workbook.py", ".15g"),
    ("render/marks.py", ".1f"),
    ("render/small_multiples.py", ".1f"),
}


def formats(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Find the formats that numbers and dates are written with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            found = [ast.unparse(node.format_spec)[2:-1]]
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "strftime"
        ):
            found = [_text(each) for each in node.args]
        elif isinstance(node, ast.Attribute) and node.attr == "format":
            found = re.findall(r"\{[^{}:]*:([^{}]+)\}", _text(node.value))
        else:
            continue
        yield from ((spec, node.lineno) for spec in found if FOR_PEOPLE.search(spec))


def joined(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Find pounds and lists that are put together by hand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            pairs = zip(node.values, node.values[1:], strict=False)
            if any(_text(a).endswith("£") and isinstance(b, ast.FormattedValue) for a, b in pairs):
                yield "£", node.lineno
        elif (
            isinstance(node, ast.Attribute) and node.attr == "join" and _text(node.value) in {" and ", " or "}
        ):
            yield _text(node.value), node.lineno


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(ROOT)) for file in FILES])
def test_what_people_read_is_written_by_the_one_voice(file: Path) -> None:
    name = str(file.relative_to(ROOT / "svdash"))
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [*formats(tree), *joined(tree)]
    assert [(spec, line) for spec, line in found if (name, spec) not in FOR_MACHINES] == []


@pytest.mark.parametrize(
    "line",
    [
        "f'{x:,}'",
        "f'{x:.1f}%'",
        "f'{x:g}'",
        "f'{x:.1%}'",
        "f'{x:,.{n}f}'",
        "f'£{x}'",
        "f'{when:%d %B %Y}'",
        "f'{when:%d/%m/%Y}'",
        "when.strftime('%d %b %Y')",
        "' and '.join(names)",
        "'{:.0f}%'.format",
    ],
)
def test_a_format_for_people_is_recognised(line: str) -> None:
    assert [*formats(ast.parse(line)), *joined(ast.parse(line))]


@pytest.mark.parametrize(
    "line",
    [
        "f'{x}'",
        "f'{x:>8}'",
        "f'{when:%Y-%m-%d}'",
        "when.strftime('%Y-%m-%d')",
        "', '.join(names)",
        "f'£500 {x}'",
    ],
)
def test_plain_text_and_dates_for_machines_are_left_alone(line: str) -> None:
    assert not [*formats(ast.parse(line)), *joined(ast.parse(line))]
