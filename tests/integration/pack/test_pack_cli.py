"""``python -m svdash check``."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from svdash.cli import commands as cli


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def spoil(copied_pack, table, column, *rows):
    """Write x into a column of a table, in these rows as a spreadsheet counts them."""
    copied_pack.change(
        table,
        lambda frame: frame.assign(
            **{column: frame[column].mask(frame.index.isin([r - 2 for r in rows]), "x")}
        ),
    )


def test_a_sound_pack_is_told_in_one_line_with_status_0(run, copied_pack):
    result = run("check", copied_pack.folder)
    pack = copied_pack.open()
    rows = sum(pack.count(name) for name in pack.tables)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == f"No faults: {len(pack.tables)} tables, {rows:,} rows."


def test_a_pack_of_other_tables_alone_lacks_what_the_dashboard_needs(run, one, tmp_path):
    one("id\n1\n", "id")
    result = run("check", tmp_path)
    assert result.exit_code == 1
    assert "'commitments' is a table that a pack must list" in result.stdout


def test_each_fault_is_a_line_and_the_last_one_counts_them_with_status_1(run, copied_pack):
    spoil(copied_pack, "towns", "size", 2, 4)
    spoil(copied_pack, "facts", "value", 2)
    result = run("check", copied_pack.folder)
    lines = [line for line in result.stdout.splitlines() if not line.startswith("Note: ")]
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in lines[:-1]] == [
        "towns, row 2, column size",
        "towns, row 4, column size",
        "facts, row 2, column value",
    ]
    assert lines[-1] == "3 faults in 2 tables"


@pytest.mark.parametrize(
    "command",
    [("check",), ("rollup",), ("indicator", "check", "docs/examples/social-value-scored.yaml"),
     ("indicator", "run", "docs/examples/social-value-scored.yaml"), ("import", "outcomes", "README.md")],
)  # fmt: skip
def test_every_command_that_reads_a_pack_takes_it_by_the_same_option(run, tmp_path, command):
    told = run(*command, "--pack", tmp_path / "nowhere")
    assert told.exit_code == 2
    assert f"{tmp_path / 'nowhere'}: there is no such folder. Give the folder that holds" in told.stderr
    assert "with --pack, or set SVDASH_PACK to it." in told.stderr


def test_a_pack_is_named_once(run, tmp_path):
    told = run("check", tmp_path, "--pack", tmp_path)
    assert told.exit_code == 2
    assert "Name the data pack once" in told.stderr


def test_a_file_that_no_table_is_read_from_is_named(run, copied_pack):
    (copied_pack.folder / "outcome_links.v7.csv").write_text("indicator\n", encoding="utf-8")
    told = run("check", copied_pack.folder)
    assert told.exit_code == 0
    assert "Note: outcome_links.v7.csv: no table of datapackage.json is read from this file." in told.stdout


def test_json_lists_the_faults_with_their_parts(run, copied_pack):
    spoil(copied_pack, "facts", "value", 2)
    result = run("check", "--json", copied_pack.folder)
    (fault,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {key: fault[key] for key in ("table", "row", "column", "value")} == {
        "table": "facts", "row": 2, "column": "value", "value": "x"
    }  # fmt: skip
    assert fault["message"].startswith("facts, row 2, column value: 'x' is not a number.")


def test_json_of_a_sound_pack_is_an_empty_list(run, small_pack):
    assert json.loads(run("check", small_pack.path, "--json").stdout) == []


def test_a_pack_that_can_not_be_opened_is_told_on_standard_error_with_status_2(run, tmp_path):
    result = run("check", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "no such folder" in result.stderr


def test_a_slow_check_shows_its_progress_to_a_person_and_to_nobody_else(run, small_pack, monkeypatch):
    bars = []
    monkeypatch.setattr(cli.click, "progressbar", lambda **options: bars.append(options["length"]) or _Bar())
    monkeypatch.setattr(cli, "_PATIENCE_SECONDS", -1)
    assert run("check", small_pack.path).exit_code == 0
    assert bars == []
    monkeypatch.setattr(cli, "_has_reader", lambda: True)
    assert run("check", small_pack.path).exit_code == 0
    assert bars == [len(small_pack.names)]


class _Bar:
    done = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        assert self.done > 1

    def update(self, steps):
        self.done += steps


def test_help_tells_what_the_commands_do_without_loading_pandas_or_streamlit():
    code = (
        "import sys; from svdash.cli.commands import main\n"
        "main(['check', '--help'], standalone_mode=False)\n"
        "print(sorted({'pandas', 'streamlit', 'pyarrow'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Exit status: 0 without faults, 1 with faults, 2 if the pack can't be opened." in result.stdout
    assert result.stdout.endswith("[]\n")


def test_the_package_runs_as_a_module(copied_pack):
    spoil(copied_pack, "facts", "value", 2)
    command = [sys.executable, "-m", "svdash", "check", str(copied_pack.folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stdout.endswith("1 fault in 1 table\n")
    assert result.stderr == ""
