"""The code knows concepts, not the Framework's content: no identifier, place or name of the embedded pack is in it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.another_authority import found
from tests.copies import ROOT

FILES = sorted([*ROOT.glob("svdash/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"])


def strings(path: Path) -> list[tuple[int, str]]:
    """Return the texts of a module with their lines: literals, parts of f-strings and docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_the_words_that_are_looked_for_are_those_of_the_embedded_pack() -> None:
    for text in (
        "EMP-I7",
        "E08000012",
        "Households into Work",
        "Knowsley",
        "Metro Mayor",
        "lcrca",
        "adult-skills-fund",
    ):
        assert found(f"x {text} y") == [text.casefold()]
    assert found("women and men, not known, The area is liverpudlian") == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_has_a_word_of_the_embedded_packs_authority(path: Path) -> None:
    assert [(line, words) for line, text in strings(path) if (words := found(text))] == []
