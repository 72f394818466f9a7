"""What an import does to a pack: all or nothing, once, and openly."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from svdash.importing.reconciliation import ImportFileError
from svdash.importing.writing import pack_writer
from svdash.lines.line_faults import line_faults
from svdash.lines.rollup import rollup
from svdash.tables import open_pack
from tests.copies import ROOT
from tests.integration.importing.made import TODAY, Imports, table
from tests.integration.importing.test_import_pay_gap import OWN, returns

ONE = table("01/04/2024,Foo Ltd,1000.00,Chairs", "02/04/2024,Bar,50.00,Desks")
MANY = [f"0{day}/04/2024,Supplier {day},{day}00.00,x" for day in range(1, 9)]


def test_invented_lines_and_real_ones_do_not_stand_side_by_side(imports: Imports) -> None:
    error = imports.refusal(ONE)
    assert "is illustrative" in str(error)
    assert "--replace" in str(error)
    assert error.reconciliation.used.rows == 2


def test_real_lines_take_the_place_of_invented_ones_and_the_table_is_published(imports: Imports) -> None:
    imports.first(ONE, source="https://example.org/spend", licence="OGL-UK-3.0", by="Finance")
    entry = imports.entry()
    assert len(imports.lines()) == 2
    assert (entry["status"], entry["title"], entry["updated"], entry["updatedBy"]) == (
        "published", "Payments", str(TODAY), "Finance",
    )  # fmt: skip
    assert entry["sources"] == [{"title": "spend.csv", "path": "https://example.org/spend"}]
    assert entry["licenses"] == [{"name": "OGL-UK-3.0", "title": "OGL-UK-3.0"}]
    assert "nvented" not in str(entry)


def test_a_licence_that_is_not_known_is_not_made_up(imports: Imports) -> None:
    imports.first(ONE)
    assert [each["name"] for each in imports.entry()["licenses"]] == ["notspecified"]


def test_nothing_but_the_payments_and_their_entry_changes(imports: Imports) -> None:
    before = imports.bytes()
    others = {
        each["name"]: each for each in imports.pack.descriptor["resources"] if each["name"] != "payments"
    }
    imports.first(ONE)
    after = imports.bytes()
    assert {name for name in after if after[name] != before.get(name)} == {
        "payments.v2.parquet",
        "datapackage.json",
    }
    assert set(before) - set(after) == {"payments.parquet"}
    found = imports.pack.descriptor["resources"]
    assert {each["name"]: each for each in found if each["name"] != "payments"} == others


def test_the_descriptor_keeps_its_form(imports: Imports) -> None:
    before = (imports.folder / "datapackage.json").read_bytes()
    assert pack_writer.written_descriptor(imports.pack, imports.pack.descriptor) == before


def test_an_imported_pack_passes_its_check_and_rolls_up(imports: Imports) -> None:
    found = imports.first(ONE)
    assert line_faults(imports.pack, today=TODAY) == []
    assert not [fault for fault in imports.pack.faults if fault.table == "payments"]
    cells = rollup(imports.pack)
    assert cells.suppliers["pence"].sum() == found.used.pence
    assert set(cells.supplier_totals["supplier"]) == {"Foo Ltd", "Bar"}


def test_lines_without_a_programme_are_what_the_check_names(imports: Imports) -> None:
    imports.run(ONE, replace=True)
    faults = line_faults(imports.pack, today=TODAY)
    assert {(fault.table, fault.column) for fault in faults} == {("payments", "programme")}


def test_the_same_file_a_second_time_changes_not_a_byte(imports: Imports) -> None:
    imports.first(ONE)
    before = imports.bytes()
    found = imports.run(imports.file(ONE, "another name.csv"), programme="corporate")
    assert not found.changed
    assert imports.bytes() == before
    assert found.used.rows == 2


def test_the_same_file_with_other_answers_replaces_its_own_lines(imports: Imports) -> None:
    imports.first(ONE)
    imports.run(table("03/05/2024,Baz,7.00,y"))
    imports.run(ONE, programme="housing-first")
    lines = imports.lines().set_index("supplier")["programme"]
    assert dict(lines) == {"Foo Ltd": "housing-first", "Bar": "housing-first", "Baz": "corporate"}
    assert len(imports.entry()["imports"]) == 2


def test_files_of_several_months_add_up(imports: Imports) -> None:
    imports.first(imports.file(ONE, "april.csv"))
    found = imports.run(imports.file(table("03/05/2024,Baz,7.00,y"), "may.csv"))
    assert found.changed
    assert sorted(imports.lines()["amount_pence"]) == [700, 5000, 100_000]
    assert [each["title"] for each in imports.entry()["sources"]] == ["april.csv", "may.csv"]


def test_replace_does_not_take_out_what_was_published(imports: Imports) -> None:
    imports.first(ONE)
    imports.run(table("03/05/2024,Baz,7.00,y"), replace=True)
    assert len(imports.lines()) == 3


def test_a_dry_run_writes_nothing_at_all(imports: Imports) -> None:
    before, beside = imports.bytes(), sorted(imports.files.iterdir())
    path = imports.file(ONE + "soon,Foo,5,x\n")
    found = imports.first(path, dry_run=True)
    assert (found.used.rows, found.refused_rows, found.changed, found.refused_file) == (2, 1, False, None)
    assert imports.bytes() == before
    assert sorted(imports.files.iterdir()) == [*beside, path]
    assert not (imports.files.parent / "var" / "imports").exists()


# -- editions of one publication ----------------------------------------------------------------------


def corrected(imports: Imports) -> Path:
    """A second edition of a file with one amount corrected."""
    imports.first(imports.file(table(*MANY), "first.csv"))
    return imports.file(table(*MANY[:-1], "08/04/2024,Supplier 8,999.00,x"), "second.csv")


def test_another_edition_of_a_file_is_not_counted_twice(imports: Imports) -> None:
    path = corrected(imports)
    error = imports.refusal(path)
    assert "7 of 8 lines have date, supplier and amount of lines of the file first.csv" in str(error)
    assert "--overlap supersede" in str(error)


def test_an_edition_may_supersede_the_one_before(imports: Imports) -> None:
    path = corrected(imports)
    imports.run(path, overlap="supersede")
    assert imports.lines()["amount_pence"].max() == 99_900
    assert len(imports.lines()) == 8
    assert [each["file"] for each in imports.entry()["imports"]] == ["second.csv"]
    assert [each["title"] for each in imports.entry()["sources"]] == ["second.csv"]


def test_an_edition_may_stand_beside_the_one_before(imports: Imports) -> None:
    path = corrected(imports)
    imports.run(path, overlap="keep")
    assert len(imports.lines()) == 16


def test_single_lines_that_another_file_has_are_kept_and_told(imports: Imports) -> None:
    imports.first(imports.file(table(*MANY), "first.csv"))
    found = imports.run(table(MANY[0], "09/05/2024,New,1,x", "09/05/2024,Newer,2,x"))
    assert found.used.rows == 3
    assert any(
        "1 of 3 lines have date, supplier and amount of lines of the file first.csv" in n for n in found.notes
    )


# -- all or nothing -----------------------------------------------------------------------------------


def breaks(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, at: int) -> None:
    """Let a function fail at a certain call, as on a full disk."""
    works = getattr(owner, name)
    calls = itertools.count(1)

    def failing(*given: object) -> object:
        if next(calls) == at:
            raise OSError(28, "No space left on device")
        return works(*given)

    monkeypatch.setattr(owner, name, failing)


@pytest.mark.parametrize(
    ("owner", "name", "at"),
    [
        (Path, "replace", 1),
        *((os, "fsync", at) for at in range(1, 6)),
        (pack_writer.shutil, "copymode", 1),
        (pack_writer.json, "dump", 1),
        (Path, "write_bytes", 1),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_disk_that_fails_leaves_every_byte_as_it_was(
    imports: Imports, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, at: int
) -> None:
    path, before = imports.file(ONE), imports.bytes()
    breaks(monkeypatch, owner, name, at)
    with pytest.raises(ImportFileError, match="No space left on device"):
        imports.first(path)
    monkeypatch.undo()
    assert imports.bytes() == before


def test_a_pack_that_changes_meanwhile_is_left_alone(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = pack_writer.put

    def late(*given: object) -> None:
        imports.descriptor(lambda found: found.update(title="Changed by somebody"))
        put(*given)

    monkeypatch.setattr(pack_writer, "put", late)
    with pytest.raises(ImportFileError, match="was changed while the file was read"):
        imports.first(ONE)
    assert imports.pack.descriptor["title"] == "Changed by somebody"
    assert len(imports.lines()) == 20


def test_two_imports_do_not_write_at_once(imports: Imports) -> None:
    fcntl = pytest.importorskip("fcntl")
    handle = os.open(imports.folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        before = imports.bytes()
        with pytest.raises(ImportFileError, match="another import is writing"):
            imports.first(ONE)
        assert imports.bytes() == before
    finally:
        os.close(handle)
    assert imports.first(ONE).changed


def test_each_import_gives_its_file_the_next_name(imports: Imports) -> None:
    imports.first(ONE)
    assert imports.entry()["path"] == "payments.v2.parquet"
    (imports.folder / "payments.v3.parquet").write_bytes(b"somebody's own")
    imports.run(table("03/05/2024,Baz,7.00,y"))
    assert imports.entry()["path"] == "payments.v4.parquet"
    assert (imports.folder / "payments.v3.parquet").read_bytes() == b"somebody's own"
    assert not (imports.folder / "payments.v2.parquet").exists()


def named(folder: Path) -> dict[str, bytes]:
    """The descriptor of a pack, and the files that it names."""
    found = open_pack(folder)
    return {name: found.file(name).read_bytes() for name in found.names} | {
        "": (folder / "datapackage.json").read_bytes()
    }


@pytest.mark.parametrize(
    ("form", "content", "least"),
    [
        # At a desk the one that writes two tables.
        pytest.param("spend", ONE, 12, marks=pytest.mark.exhaustive, id="spend"),
        pytest.param("pay-gap", returns(OWN), 14, id="pay-gap"),
    ],
)
def test_an_import_killed_at_any_step_has_happened_or_not(
    imports: Imports, tmp_path: Path, form: str, content: str | bytes, least: int
) -> None:
    path, killed = imports.file(content, f"{form}.csv"), tmp_path / "killed"
    program = [sys.executable, "-m", "tests.integration.importing.killed", form, path, imports.folder, killed]
    subprocess.run(program, cwd=ROOT, check=True, env=dict(os.environ))
    *broken, whole = sorted(killed.iterdir())
    assert len(broken) >= least
    before, after = named(imports.folder), named(whole)
    seen = [named(folder) for folder in broken]
    assert [found for found in seen if found not in (before, after)] == []
    assert seen[0] == before
    assert seen[-1] == after
    for folder, found in zip(broken, seen, strict=True):
        again = Imports(folder, imports.files)
        made = (again.first if form == "spend" else again.run)(path, form, replace=True)
        assert made.changed is (found == before)
        if made.changed:
            assert sorted(again.bytes()) == sorted(Imports(whole, imports.files).bytes())
        assert named(folder) == after


def test_the_next_import_clears_away_what_a_killed_one_left_and_never_what_the_pack_is_made_of(
    imports: Imports,
) -> None:
    left, own = imports.folder / ".import-dead", imports.folder.parent / "own.csv"
    left.mkdir()
    (left / "new-0").write_bytes(b"half")
    way_back = imports.folder / ".import-older" / "old-0"
    way_back.parent.mkdir()
    way_back.write_bytes(b"lines of before")
    (imports.folder / "payments.v2.parquet").write_bytes(b"half")
    own.write_text("not of the pack")
    noted = ["payments.v2.parquet", "areas.csv", "datapackage.json", "../own.csv", "..", "", 5, "gone.csv"]
    (imports.folder / ".import.json").write_text(json.dumps(noted))
    before = named(imports.folder)
    imports.first(ONE)
    assert not left.exists()
    assert not (imports.folder / ".import.json").exists()
    assert imports.entry()["path"] == "payments.v2.parquet"
    assert named(imports.folder)["areas"] == before["areas"]
    assert own.exists()
    assert way_back.read_bytes() == b"lines of before"


def test_lines_and_their_sum_are_told_in_the_descriptor(imports: Imports) -> None:
    found = imports.first(ONE)
    (told,) = imports.entry()["imports"]
    assert (told["lines"], told["pence"], told["sha256"]) == (2, 105_000, found.sha256)
