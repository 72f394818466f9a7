"""The list of people who hold posts: what it takes, what it refuses, and what may be erased of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from svdash.cli.commands import main
from svdash.records import ConflictError, History, RecordsError, connect
from svdash.records.people import People, PersonRow, PostHolder, read_people

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


def test_of_two_lists_entered_at_once_the_second_is_refused_and_one_address_stays_one_person(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = People(history), People(history)
    ann = PersonRow(name="Ann", post="Head", email="ann@a.example")
    also = ann.model_copy(update={"post": "Deputy"})
    looked = second.known

    def entered_right_after() -> tuple[PostHolder, ...]:
        found = looked()
        monkeypatch.setattr(second, "known", looked)
        first.enter([ann], by="bob", view="people")
        return found

    monkeypatch.setattr(second, "known", entered_right_after)
    with pytest.raises(ConflictError, match="was saved by bob"):
        second.enter([also], by="cy", view="people")
    assert [each.post for each in second.known()] == ["Head"]
    second.enter([also], by="cy", view="people")
    assert len({each.person for each in second.known()}) == 1
    assert history.faults() == ()


def test_a_person_is_erased_by_a_command_in_every_revision_and_the_post_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    runner = CliRunner()
    for head in ("Ann Bell,Head,,ann@a.example,", "Ann Ball,Head,,Ann@A.example,2026-06-30"):
        rows = f"{HEAD}{head}\nAnn Ball,Deputy,,ann@a.example,\nBen,Keeper,,ben@a.example,\n"
        if "Bell" in head:
            rows = rows.replace("Ball", "Bell")
        entered = runner.invoke(main, ["people", str(listed(tmp_path, rows))])
        assert entered.exit_code == 0, entered.output
    asked = ["people", "erase", "ANN@a.example", "--why"]
    refused = runner.invoke(main, [*asked, " "])
    assert (refused.exit_code, "Say why the words are erased" in refused.output) == (2, True)
    assert "erased in 4 revisions." in runner.invoke(main, [*asked, "Asked for."]).output
    told = runner.invoke(main, ["people"]).output
    assert sorted(told.splitlines()) == [
        "Deputy: name erased <address erased>",
        "Head: name erased <address erased>, left on 30 June 2026",
        "Keeper: Ben <ben@a.example>",
    ]
    history = History(connect())
    assert not any(sign in str(each) for each in history.all() for sign in ("Ann", "Bell", "Ball"))
    assert not any(b"Ann B" in file.read_bytes() for file in tmp_path.glob("records.sqlite3*"))
    assert history.faults() == ()
    again = runner.invoke(main, [*asked, "Asked for."])
    assert (again.exit_code, "has or had the address" in again.output) == (2, True)


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


def test_where_nobody_is_entered_the_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    connect()
    told = CliRunner().invoke(main, ["people"])
    assert told.exit_code == 0
    assert told.output == "Nobody was entered yet: python -m svdash people FILE enters the people of a CSV.\n"


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
