"""The documents say what is so: their examples run, and what they link to is there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
import yaml

from tests.copies import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if ">>> " in path.read_text()], ids=named)
def test_the_examples_of_a_document_run(path: Path) -> None:
    found = doctest.testfile(str(path), module_relative=False)
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_what_a_document_links_to_is_there(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_no_two_decisions_have_the_same_number() -> None:
    names = [path.name for path in (ROOT / "docs" / "decisions").glob("*.md")]
    numbers = [name[:4] for name in names]
    assert len(numbers) == len(set(numbers)), sorted(names)
    wrong = [
        name
        for name in names
        if not (ROOT / "docs" / "decisions" / name).read_text().startswith(f"# {int(name[:4])}.")
    ]
    assert wrong == []


def test_the_walk_through_of_the_gate_is_among_the_documents_that_run() -> None:
    assert ">>> " in (ROOT / "docs" / "disclosure-control.md").read_text()


def test_every_module_that_the_glossary_names_is_there() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text()
    names = set(re.findall(r"`(svdash[\w.]*)`", text))
    missing = [
        name
        for name in names
        if not (ROOT / name.replace(".", "/")).is_dir()
        and not (ROOT / (name.replace(".", "/") + ".py")).is_file()
    ]
    assert missing == []


def test_the_checks_before_a_commit_are_those_of_make_check() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    made = (ROOT / "Makefile").read_text()
    for tool in ("ruff check", "ruff format", "mypy", "lint-imports", "-m svdash check"):
        assert tool in made
        assert any(tool in hook["entry"] for hook in hooks), tool
