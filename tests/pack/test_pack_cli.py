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


def test_a_sound_pack_is_told_in_one_line_with_status_0(run, one, tmp_path):
    one("id\n" + "".join(f"{number}\n" for number in range(1_234)), "id")
    result = run("check", tmp_path)
    assert (result.exit_code, result.stdout) == (0, "No faults: 1 table, 1,234 rows.\n")


def test_each_fault_is_a_line_and_the_last_one_counts_them_with_status_1(run, packed, tmp_path):
    fields = {"fields": [{"name": "n", "type": "integer"}]}
    packed({"b": (fields, "n\nx\n1\ny\n"), "a": (fields, "n\nz\n")})
    result = run("check", tmp_path)
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in lines[:-1]] == [
        "b, row 2, column n",
        "b, row 4, column n",
        "a, row 2, column n",
    ]
    assert lines[-1] == "3 faults in 2 tables"


def test_json_lists_the_faults_with_their_parts(run, one, tmp_path):
    one("n\nx\n", "n:integer")
    result = run("check", "--json", tmp_path)
    (fault,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {key: fault[key] for key in ("table", "row", "column", "value")} == {
        "table": "t", "row": 2, "column": "n", "value": "x"
    }  # fmt: skip
    assert fault["message"].startswith("t, row 2, column n: 'x' is not a whole number.")


def test_json_of_a_sound_pack_is_an_empty_list(run, one, tmp_path):
    one("n\n1\n", "n:integer")
    assert json.loads(run("check", tmp_path, "--json").stdout) == []


def test_a_pack_that_can_not_be_opened_is_told_on_standard_error_with_status_2(run, tmp_path):
    result = run("check", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "no such folder" in result.stderr


def test_a_slow_check_shows_its_progress_to_a_person_and_to_nobody_else(run, packed, tmp_path, monkeypatch):
    fields = {"fields": [{"name": "n"}]}
    packed(dict.fromkeys("abc", (fields, "n\n1\n")))
    bars = []
    monkeypatch.setattr(cli.click, "progressbar", lambda **options: bars.append(options["length"]) or _Bar())
    monkeypatch.setattr(cli, "_PATIENCE_SECONDS", -1)
    assert run("check", tmp_path).exit_code == 0
    assert bars == []
    monkeypatch.setattr(cli, "_has_reader", lambda: True)
    assert run("check", tmp_path).exit_code == 0
    assert bars == [3]


class _Bar:
    done = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        assert self.done == 3

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


def test_the_package_runs_as_a_module(one, tmp_path):
    one("n\nx\n", "n:integer")
    command = [sys.executable, "-m", "svdash", "check", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stdout.endswith("1 fault in 1 table\n")
    assert result.stderr == ""
