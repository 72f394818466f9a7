"""The list of people who hold posts: what it takes, what it refuses, and what may be erased of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from svdash.cli.commands import main
from svdash.records import History, RecordsError
from svdash.records.people import People, PersonRow, read_people

HEAD = "name,post,directorate,email,left_on\n"


def listed(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "people.csv"
    file.write_text(text, encoding="utf-8-sig")
    return file


def test_a_list_is_entered_and_entered_again_changes_only_what_differs(
    history: History, tmp_path: Path
) -> None:
    people = People(history)
    rows = read_people(
        listed(
            tmp_path,
            f"{HEAD}Ann Bell,Head,people,ann@a.example,\nAnn Bell,Deputy,,ann@a.example,2026-03-31\n",
        )
    )
    assert people.enter(rows, by="x", view="people") == (2, 0, 0)
    assert people.enter(rows, by="x", view="people") == (0, 0, 2)
    moved = [rows[0].model_copy(update={"left_on": date(2026, 6, 30)}), rows[1]]
    assert people.enter(moved, by="x", view="people") == (0, 1, 1)
    head = next(each for each in people.known() if each.post == "Head")
    assert (head.name, head.email, head.left_on) == ("Ann Bell", "ann@a.example", date(2026, 6, 30))
    assert (head.holds(date(2026, 6, 30)), head.holds(date(2026, 7, 1))) == (True, False)
    assert len({each.person for each in people.known()}) == 1


def test_a_name_and_an_address_can_be_erased_and_the_post_stays(history: History) -> None:
    people = People(history)
    people.enter([PersonRow(name="Ann", post="Head", email="ann@a.example")], by="x", view="people")
    history.erase_words(people.known()[0].number, by="x", view="/", reason="She asked for it.")
    (found,) = people.known()
    assert (found.post, found.name, found.email) == ("Head", "", "")
    assert history.faults() == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its headings are missing"),
        ("name,mail\n", "its headings are name and mail"),
        (f"{HEAD},Head,,ann@a.example,\n", "Line 2: name: it is empty."),
        (f"{HEAD}Ann,Head,,ann,\n", "Line 2: email: it is not an e-mail address"),
        (f'{HEAD}"Ann\nBcc: all@a.example",Head,,ann@a.example,\n', "Line 3: name: it has a line break"),
        (f"{HEAD}Ann,Head,,ann@a.example,31.3.26\n", "left_on: '31.3.26' is not a day written like 2026-03-31."),
        (f"{HEAD}Ann,Head,,ann@a.example,,more\n", "Line 2: it has more cells than headings."),
        (f"{HEAD}{'A' * 201},Head,,ann@a.example,\n", "name: it has more than 200 characters."),
        (f"{HEAD}Ann,Head,,ann@a.example,\nAnn,Head,,Ann@A.example,\n", "holds the post Head twice"),
        (f"{HEAD}Ann,Head,,ann@a.example,\nBen,Deputy,,ann@a.example,\n", "is Ann in one row and Ben in another"),
    ],
)  # fmt: skip
def test_a_list_with_faults_is_refused_with_each_of_them(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RecordsError) as refused:
        read_people(listed(tmp_path, text))
    assert said in str(refused.value)


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(RecordsError, match="Save the sheet as CSV UTF-8"):
        read_people(file)


def test_the_command_enters_lists_and_names_posts_that_own_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    runner = CliRunner()
    empty = runner.invoke(main, ["people"])
    assert (empty.exit_code, "There are no records" in empty.output) == (2, True)
    file = listed(tmp_path, f"{HEAD}Ann Bell,Keeper of Swans,,ann@a.example,2026-03-31\n")
    entered = runner.invoke(main, ["people", str(file)])
    assert (
        entered.output == "1 added, 0 changed, 0 as they were.\nNo commitment is owned by: Keeper of Swans.\n"
    )
    told = runner.invoke(main, ["people"])
    assert told.output == "Keeper of Swans: Ann Bell <ann@a.example>, left on 31 March 2026\n"
