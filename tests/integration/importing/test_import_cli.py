"""``python -m svdash import``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from svdash.cli import commands as cli
from svdash.importing import FORMATS, importer
from tests.integration.importing.made import Imports, table

GOOD = table("01/04/2024,Foo Ltd,1000.00,Chairs", "soon,Bar,-30.00,Desks")


def run(imports: Imports, *arguments: object) -> Result:
    given = ["import", *map(str, arguments), "--pack", str(imports.folder)]
    return CliRunner().invoke(cli.main, given)


def test_a_person_reads_mapping_accounts_reasons_and_where_it_went(imports: Imports) -> None:
    result = run(imports, "spend", imports.file(GOOD), "--replace", "--programme", "corporate")
    assert result.exit_code == 0
    told = result.stdout
    assert "spend.csv: CSV, UTF-8, separator comma, headings in row 1." in told
    assert "  supplier   “Supplier” (heading)" in told
    assert "2 rows read = 1 used + 1 refused." in told
    assert "£970.00 in = £1,000.00 used + −£30.00 refused." in told
    assert "  Refused: 1, −£30.00: the date can't be read (first in row 3)." in told
    assert f"Refused lines: {imports.files / 'spend-refused.csv'}" in told
    assert told.endswith("Written to payments.\n")


@pytest.mark.usefixtures("in_this_process")
def test_json_is_the_reconciliation_and_nothing_else(imports: Imports) -> None:
    result = run(imports, "spend", imports.file(GOOD), "--replace", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert found["rows"] == {"read": 2, "used": 1, "refused": 1, "blank": 0, "preamble": 0}
    amounts = found["amounts"]
    assert amounts["in_pence"] == amounts["used_pence"] + amounts["refused_pence"] == 97_000
    assert (amounts["in"], amounts["used"], amounts["refused"]) == ("970.00", "1000.00", "-30.00")
    assert found["changed"] is True


@pytest.mark.usefixtures("in_this_process")
def test_a_dry_run_tells_the_same_and_changes_nothing(imports: Imports) -> None:
    before = imports.bytes()
    result = run(imports, "spend", imports.file(GOOD), "--replace", "--dry-run")
    assert result.exit_code == 0
    assert "2 rows read = 1 used + 1 refused." in result.stdout
    assert result.stdout.endswith("A dry run: nothing was written.\n")
    assert imports.bytes() == before


@pytest.mark.usefixtures("in_this_process")
def test_status_1_tells_that_the_pack_takes_nothing_with_the_reconciliation(imports: Imports) -> None:
    result = run(imports, "spend", imports.file(GOOD), "--json")
    assert result.exit_code == 1
    assert "--replace" in result.stderr
    assert json.loads(result.stdout)["refusal"] is not None


@pytest.mark.parametrize(
    "arguments", [("spend", "nowhere.csv"), ("nothing", "x"), ("spend", "x", "--column", "date")]
)
def test_status_2_tells_on_standard_error_that_nothing_can_be_read(
    imports: Imports, arguments: tuple[str, ...]
) -> None:
    result = run(imports, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_a_full_temporary_folder_is_told(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(imports.files / "missing"))
    path, before = imports.file(GOOD), imports.bytes()
    monkeypatch.setattr("tempfile.TemporaryDirectory", _full)
    result = run(imports, "spend", path, "--replace")
    assert result.exit_code == 2
    assert "Make room in the temporary folder" in result.stderr
    assert imports.bytes() == before


def _full(**_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.usefixtures("in_this_process")
def test_columns_can_be_given_one_by_one(imports: Imports) -> None:
    content = table("1/4/2024,Foo,1,2", header="Date,Supplier,Planned,Paid=really")
    result = run(imports, "spend", imports.file(content), "--replace", "--column", "amount=Paid=really")
    assert "£2.00 in = £2.00 used" in result.stdout


def test_the_help_names_every_format_and_loads_neither_pandas_nor_streamlit() -> None:
    code = (
        "import sys; from svdash.cli.commands import main\n"
        "main(['import', '--help'], standalone_mode=False)\n"
        "print(sorted({'pandas', 'streamlit', 'pyarrow'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert all(f"{name} (" in " ".join(told.split()) for name in FORMATS)
    assert told.endswith("[]\n")


def test_every_format_can_be_loaded_and_no_other() -> None:
    assert all(callable(importer(name)) for name in FORMATS)
    with pytest.raises(KeyError, match="Did you mean 'spend'"):
        importer("spnd")


def test_the_module_of_each_format_has_its_headings_beside_it() -> None:
    folder = Path(sys.modules["svdash.importing"].__file__ or "").parent / "formats"
    for each in FORMATS.values():
        if each.module in ("ocds_contracts", "os_postcodes"):  # JSON, and CSVs of the OS, have no headings
            continue
        assert (folder / f"{each.module}_headings.csv").is_file()
