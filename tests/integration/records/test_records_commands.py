"""``backup``, ``restore`` and ``doctor``: what they print, their exit status, and that nothing is made by looking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from svdash.cli.commands import main
from svdash.records import Draft, History, connect

Asked = Callable[..., Result]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Run a command with the database of an address."""

    def asked(url: str, *arguments: str) -> Result:
        monkeypatch.setenv("SVDASH_DATABASE_URL", url)
        return CliRunner().invoke(main, arguments)

    return asked


def filled(url: str) -> History:
    history = History(connect(url))
    history.add([Draft(f"update:{n}", "update", {"n": n}) for n in range(3)], by="ann", view="/")
    return history


def test_records_are_backed_up_checked_and_restored_by_commands(
    ask: Asked, new_url: Callable[[str], str], tmp_path: Path
) -> None:
    source, target, file = new_url("sqlite"), new_url("sqlite"), tmp_path / "records.zip"
    last = f"The last is number 3, with the hash {filled(source).last()[1]}."
    saved = ask(source, "backup", str(file))
    assert (saved.exit_code, saved.output) == (0, f"{file}: 3 revisions. {last}\n")
    restored = ask(target, "restore", str(file))
    assert (restored.exit_code, restored.output) == (0, f"Restored 3 revisions. {last}\n")
    sound = ask(target, "doctor")
    assert sound.exit_code == 0
    assert sound.output.endswith(f"tables of version 0001\n3 revisions. Nothing was changed. {last}\n")


def test_doctor_names_what_was_changed(ask: Asked, new_url: Callable[[str], str]) -> None:
    url = new_url("sqlite")
    filled(url)
    with connect(url).writing() as connection:
        connection.execute(text("DROP TRIGGER revisions_no_update"))
        connection.execute(text("UPDATE revisions SET \"by\" = 'nobody' WHERE number = 2"))
    found = ask(url, "doctor")
    assert found.exit_code == 1
    assert "Revision 2 (update:1) was changed after it was recorded.\n" in found.output
    assert "3 revisions. 1 fault." in found.output


def test_where_nothing_was_recorded_looking_makes_no_database(ask: Asked, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'var' / 'records.sqlite3'}"
    looked = ask(url, "doctor")
    assert (looked.exit_code, looked.output.split(":")[0]) == (0, "There are no records yet")
    saved = ask(url, "backup", str(tmp_path / "records.zip"))
    assert (saved.exit_code, "the file that SVDASH_DATABASE_URL names is not there" in saved.output) == (
        2,
        True,
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["backup", "x.zip"], ["restore", "x.zip"], ["doctor"]])
def test_a_server_that_does_not_answer_is_a_sentence_and_no_traceback(ask: Asked, command: list[str]) -> None:
    found = ask("postgresql://svdash:secret@127.0.0.1:1/records", *command)
    assert found.exit_code == 2
    assert found.output.startswith("Error: postgresql")
    assert "Traceback" not in found.output
    assert "secret" not in found.output
