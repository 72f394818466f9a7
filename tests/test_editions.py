"""One edition of the data: who may open a pack, and what the fingerprint of a part of it covers."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from svdash import editions
from svdash.tables import UnknownTableError
from tests.copies import ROOT, CopiedPack

# Those who read, check or write the files of a pack; all else looks at an edition.
ON_FILES = {"editions", "tables", "importing", "cli", "access"}
ON_FILES_TOO = {"svdash/lines/line_faults.py", "svdash/show/panels/bring_file.py"}


def _looks_on() -> list[Path]:
    files = [*(ROOT / "svdash").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
    named = {file: file.relative_to(ROOT) for file in files}
    return [f for f, own in named.items() if own.parts[1:2] not in [(room,) for room in ON_FILES]]


def _names(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return used | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }


@pytest.mark.parametrize("file", _looks_on(), ids=lambda file: str(file.relative_to(ROOT)))
def test_what_looks_at_data_knows_editions_and_no_pack(file: Path) -> None:
    if str(file.relative_to(ROOT)) in ON_FILES_TOO:
        assert "open_pack" not in _names(file)
    else:
        assert not {"Pack", "open_pack"} & _names(file)


def test_the_current_edition_is_that_of_the_settings_and_stays_the_same_object(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    before = editions.current()
    assert editions.current() is before
    assert editions.current(copied_pack.folder) is before
    copied_pack.change("glossary", lambda rows: rows.iloc[:-1])
    assert editions.current() is not before
    assert editions.current().fingerprint != before.fingerprint


def test_the_head_of_an_edition_is_all_but_its_resources(copied_pack: CopiedPack) -> None:
    written = json.loads((copied_pack.folder / "datapackage.json").read_text(encoding="utf-8"))
    edition = copied_pack.open()
    assert edition.head == {name: said for name, said in written.items() if name != "resources"}
    assert [edition.resource(name) for name in edition.names] == written["resources"]


def test_the_fingerprint_of_a_table_changes_with_its_rows_its_description_and_what_it_refers_to_only(
    copied_pack: CopiedPack,
) -> None:
    before = copied_pack.open()

    def changed(*names: str) -> set[str]:
        after = copied_pack.open()
        return {name for name in names if after.fingerprint_of([name]) != before.fingerprint_of([name])}

    watched = ("glossary", "updates", "commitments", "areas")
    copied_pack.change("glossary", lambda rows: rows.iloc[:-1])
    assert changed(*watched) == {"glossary"}
    before = copied_pack.open()
    copied_pack.change("commitments", lambda rows: rows.iloc[:-1])
    assert changed(*watched) == {"commitments", "updates"}, "updates refer to commitments"
    before = copied_pack.open()
    path = copied_pack.folder / "datapackage.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    next(one for one in said["resources"] if one["name"] == "areas")["updated"] = "2026-01-01"
    path.write_text(json.dumps(said), encoding="utf-8")
    assert changed(*watched) == {"areas"}
    assert before.fingerprint_of(watched) != copied_pack.open().fingerprint_of(watched)


def test_there_is_no_fingerprint_of_what_is_not_there(copied_pack: CopiedPack) -> None:
    with pytest.raises(UnknownTableError, match="glosary"):
        copied_pack.open().fingerprint_of(["glosary"])
