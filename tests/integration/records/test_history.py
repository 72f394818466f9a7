"""The history of records: only added to, in one order, with nothing lost and every change from outside seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from svdash.records import ConflictError, Database, Draft, History, RecordsError, connect
from svdash.records import database as databases
from svdash.records.history import Revision

WHEN = datetime(2026, 10, 9, 9, 30, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>",
    "![x](https://example.org/x.png)",
    "=HYPERLINK(1)",
    "'; DROP TABLE revisions; --",
    "right \u202e to left",
    "a\r\nb\tc",
    "😀 Ŵ é",
    '"\\u0000"',
]


def add(history: History, item: str, note: str, parent: int | None = None, **more: str | None) -> Revision:
    draft = Draft(item, "update", {"note": note}, parent, **more)
    return history.add([draft], by="ann@authority.example", view="/my-updates?role=employer", at=WHEN)[0]


def past_the_program(database: Database, *statements: str) -> None:
    """Change the tables as somebody does who owns the database and takes its rules away first."""
    triggers = {
        "sqlite": [
            f"DROP TRIGGER IF EXISTS {name}"
            for name in (
                "revisions_no_update", "revisions_no_delete", "revisions_no_replace",
                "words_no_delete", "words_only_erased", "words_no_replace",
            )
        ],
        "postgresql": ["ALTER TABLE revisions DISABLE TRIGGER USER", "ALTER TABLE words DISABLE TRIGGER USER"],
    }  # fmt: skip
    with database.writing() as connection:
        for statement in (*triggers[connection.dialect.name], *statements):
            connection.execute(text(statement))


def test_a_revision_says_who_recorded_what_when_from_which_view_and_what_it_follows(history: History) -> None:
    first = add(history, "update:A-1", "first")
    second = add(history, "update:A-1", "second", first.number)
    assert (first.number, first.parent, second.number, second.parent) == (1, None, 2, 1)
    assert (second.by, second.at, second.view) == ("ann@authority.example", WHEN, "/my-updates?role=employer")
    assert history.of("update:A-1") == (first, second)
    assert history.newest("update") == (second,)
    assert history.last() == (2, second.hash)
    assert history.faults() == ()


def test_the_newest_of_each_item_is_found_and_items_keep_apart(history: History) -> None:
    first = add(history, "update:A-1", "first")
    other = add(history, "update:A-2", "other")
    third = add(history, "update:A-1", "third", first.number)
    assert history.newest("update") == (other, third)
    assert history.newest("update", item="update:A-1") == (third,)
    assert history.newest("quarter") == ()
    assert history.numbered([3, 1, 99]) == (first, third)
    assert history.count("update") == (3, 3)
    assert history.count("update", after=2) == (1, 3)
    assert history.count("quarter") == (0, 0)


def test_of_two_people_saving_one_item_the_second_is_told_and_keeps_their_text(history: History) -> None:
    first = add(history, "update:A-1", "first")
    theirs = add(history, "update:A-1", "theirs", first.number)
    with pytest.raises(
        ConflictError, match=r"saved by ann@authority\.example at 09:30 UTC on 9 October 2026"
    ) as caught:
        add(history, "update:A-1", "mine", first.number)
    assert caught.value.standing == theirs
    assert caught.value.draft.content == {"note": "mine"}
    with pytest.raises(ConflictError):
        add(history, "update:A-1", "as if new")
    with pytest.raises(ConflictError, match="no revision 7 of it to follow"):
        add(history, "update:A-9", "follows nothing", 7)
    assert history.last()[0] == 2


def test_drafts_are_recorded_all_or_none(history: History) -> None:
    first = add(history, "update:A-1", "first")
    drafts = [Draft("update:A-2", "update", {}), Draft("update:A-1", "update", {}, None)]
    with pytest.raises(ConflictError):
        history.add(drafts, by="ann", view="/")
    assert list(history.all()) == [first]


def test_people_who_save_at_once_all_get_a_row_and_the_chain_holds(history: History) -> None:
    def save(person: int) -> list[int]:
        return [add(history, f"update:P{person}-{each}", "x").number for each in range(10)]

    with ThreadPoolExecutor(8) as people:
        numbers = [number for saved in people.map(save, range(8)) for number in saved]
    assert sorted(numbers) == list(range(1, 81))
    assert history.faults() == ()


def test_of_people_who_follow_one_revision_at_once_exactly_one_wins(history: History) -> None:
    first = add(history, "update:A-1", "first")

    def save(person: int) -> bool:
        try:
            add(history, "update:A-1", f"person {person}", first.number)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(save, range(8))) == 1
    assert len(history.of("update:A-1")) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE revisions SET content = '{}' WHERE number = 1",
        "UPDATE revisions SET \"by\" = 'somebody' WHERE number = 1",
        "DELETE FROM revisions WHERE number = 2",
        "DELETE FROM words",
        "UPDATE words SET text = 'other words'",
        "UPDATE words SET text = NULL, salt = NULL, number = 1",
    ],
)
def test_the_database_itself_refuses_changes(history: History, database: Database, statement: str) -> None:
    first = add(history, "update:A-1", "first")
    second = add(history, "update:A-1", "second", first.number, words="in their words")
    with pytest.raises(RecordsError, match="The history is only added to"), database.writing() as connection:
        connection.execute(text(statement))
    assert list(history.all()) == [first, second]


def test_the_database_refuses_to_replace_a_row_or_to_empty_the_table(
    history: History, database: Database
) -> None:
    first = add(history, "update:A-1", "first")
    columns = '"number", item, kind, parent, "by", at, view, content, words_hash, hash_before, hash'
    row = "1, 'update:A-1', 'update', NULL, 'x', 'x', 'x', 'x', '', 'x', 'x'"
    statements = {
        "sqlite": [f"INSERT OR REPLACE INTO revisions ({columns}) VALUES ({row})", f"REPLACE INTO revisions ({columns}) VALUES ({row})"],
        "postgresql": ["TRUNCATE revisions CASCADE", "TRUNCATE words"],
    }  # fmt: skip
    for statement in statements[database.engine.dialect.name]:
        with (
            pytest.raises(RecordsError, match="The history is only added to"),
            database.writing() as connection,
        ):
            connection.execute(text(statement))
    assert list(history.all()) == [first]


def test_the_database_refuses_two_beginnings_of_an_item_and_a_parent_of_another(
    history: History, database: Database
) -> None:
    add(history, "update:A-1", "first")
    add(history, "update:A-2", "other")
    for number, item, parent in ((3, "update:A-1", "NULL"), (3, "update:A-1", "2")):
        row = f"{number}, '{item}', 'update', {parent}, 'x', 'x', 'x', '{{}}', '', 'x', 'y'"
        columns = 'number, item, kind, parent, "by", at, view, content, words_hash, hash_before, hash'
        with pytest.raises(RecordsError, match="refuses the row"), database.writing() as connection:
            connection.execute(text(f"INSERT INTO revisions ({columns}) VALUES ({row})"))
    assert history.last()[0] == 2


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            'UPDATE revisions SET content = \'{"note":"better"}\' WHERE number = 2',
            "Revision 2 .* was changed after",
        ),
        ("UPDATE revisions SET \"by\" = 'nobody' WHERE number = 2", "Revision 2 .* was changed after"),
        (
            "UPDATE revisions SET at = '2020-01-01T00:00:00.000000+00:00' WHERE number = 3",
            "Revision 3 .* was changed",
        ),
        ("DELETE FROM revisions WHERE number = 2", "Revision 2 is missing"),
        ("UPDATE words SET text = 'nicer' WHERE number = 3", "words of revision 3 were changed"),
        (
            "UPDATE words SET text = NULL, salt = NULL WHERE number = 3",
            "words of revision 3 and the record of who erased them don't agree",
        ),
        ("DELETE FROM words WHERE number = 3", "words of revision 3 are missing"),
    ],
)
def test_a_change_made_past_the_program_shows(
    history: History, database: Database, statement: str, said: str
) -> None:
    add(history, "update:A-1", "first")
    add(history, "update:A-2", "second")
    add(history, "testimony:1", "third", words="in their words")
    assert history.faults() == ()
    past_the_program(database, statement)
    assert any(re.search(said, fault) for fault in history.faults()), history.faults()


def test_a_row_put_in_with_a_right_hash_of_its_own_still_shows(history: History, database: Database) -> None:
    """Whoever changes a row and works its hash out again must do so for all rows after it."""
    from svdash.records.history import hash_of

    first = add(history, "update:A-1", "first")
    add(history, "update:A-2", "second")
    forged = {
        "number": 1, "item": first.item, "kind": "update", "parent": None, "by": "nobody", "at": WHEN.isoformat(timespec="microseconds"),
        "view": first.view, "content": '{"note":"forged"}', "words_hash": "", "hash_before": "0" * 64,
    }  # fmt: skip
    past_the_program(
        database,
        f"""UPDATE revisions SET "by" = 'nobody', content = '{{"note":"forged"}}', hash = '{hash_of(forged)}' WHERE number = 1""",
    )
    assert history.faults() == ("Revision 2 does not follow the row before it: one of the two was changed.",)


def test_erased_words_are_in_no_file_of_a_database_that_goes_on_running(tmp_path: Path) -> None:
    history = History(connect(f"sqlite:///{tmp_path / 'a.sqlite3'}"))
    # Longer than a page, so that some of it is kept on pages of its own.
    told = "This is what happened to me. " * 400
    (kept,) = history.add([Draft("testimony:1", "testimony", {}, words=told)], by="ann", view="/")
    files = [tmp_path / name for name in ("a.sqlite3", "a.sqlite3-wal")]
    assert any(b"happened to me" in each.read_bytes() for each in files)
    history.erase_words(kept.number, by="ed", view="/", reason="She asked for it.")
    assert [each.name for each in files if b"happened to me" in each.read_bytes()] == []
    assert history.faults() == ()


def test_an_erasure_says_so_where_a_reader_keeps_copies_of_the_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_WAIT_SECONDS", 0.05)
    database = connect(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    history = History(database)
    (kept,) = history.add([Draft("testimony:1", "testimony", {}, words="Mine.")], by="ann", view="/")
    with database.reading() as connection:
        connection.execute(text("SELECT count(*) FROM revisions")).all()
        with pytest.raises(RecordsError, match=r"erased, and that is on record\. Copies of them stay"):
            history.erase_words(kept.number, by="ed", view="/", reason="She asked for it.")
    assert history.of("testimony:1")[0].erased


def test_words_are_erased_on_request_while_row_and_hash_stay_and_it_says_so(
    history: History, database: Database
) -> None:
    told = add(history, "testimony:1", "from a panel", words="This is what happened to me.")
    assert (told.words, told.erased) == ("This is what happened to me.", False)
    erasure = history.erase_words(
        told.number, by="ed@authority.example", view="/", reason=" They asked us to. "
    )
    (after,) = history.of("testimony:1")
    assert (after.words, after.erased, after.hash) == (None, True, told.hash)
    assert erasure.content == {"revision": 1, "reason": "They asked us to."}
    assert history.faults() == ()
    with database.reading() as connection:
        kept = connection.execute(text("SELECT * FROM words")).all()
    assert kept == [(1, None, None)]
    with pytest.raises(RecordsError, match="Revision 1 has no words that could be erased"):
        history.erase_words(1, by="ed", view="/", reason="again")
    with pytest.raises(RecordsError, match="Say why"):
        history.erase_words(1, by="ed", view="/", reason="  ")


@pytest.mark.parametrize("given", HOSTILE)
def test_hostile_text_comes_back_as_it_was_typed(history: History, given: str) -> None:
    saved = history.add(
        [Draft(f"update:{given}", "update", {given: [given]}, words=given)], by=given, view=given
    )[0]
    found = history.of(f"update:{given}")[0]
    assert (found.item, found.by, found.view, found.words) == (f"update:{given}", given, given, given)
    assert found == saved
    assert history.faults() == ()


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft("", "update", {}), "item: it must have between 1 and 200"),
        (Draft("x" * 201, "update", {}), "item: .* has 201"),
        (Draft("a", "", {}), "kind"),
        (Draft("a\0b", "update", {}), "NUL"),
        (Draft("a", "update", {}, words="a\0b"), "NUL"),
        (Draft("a", "update", {"note": "x" * 200_001}), "too long .* Attach it"),
        (Draft("a", "update", {"note": float("nan")}), "can't be recorded"),
        (Draft("a", "update", {"note": object()}), "can't be recorded"),
        (Draft("a", "update", {"note": "\ud800"}), "can't be recorded"),
        (Draft("\ud800", "update", {}), "an incomplete character"),
    ],
)
def test_what_can_not_be_recorded_is_refused_before_anything_is_written(
    history: History, draft: Draft, said: str
) -> None:
    with pytest.raises(RecordsError, match=said):
        history.add([Draft("sound", "update", {}), draft], by="ann", view="/")
    assert history.last() == (0, "0" * 64)


@pytest.mark.postgresql
def test_the_same_rows_have_the_same_hashes_on_both_kinds_of_database(new_url: Callable[[str], str]) -> None:
    both = [History(connect(new_url(kind))) for kind in ("sqlite", "postgresql")]
    for history in both:
        first = add(history, "update:A-1", "é")
        add(history, "update:A-1", "second", first.number)
    assert list(both[0].all()) == list(both[1].all())


def test_a_long_history_is_read_whole(history: History) -> None:
    drafts = [Draft(f"update:{each}", "update", {"n": each}) for each in range(2_050)]
    history.add(drafts, by="ann", view="/")
    assert [revision.content["n"] for revision in history.all()] == list(range(2_050))
    assert [revision.number for revision in history.all(after=2_000)] == list(range(2_001, 2_051))
    assert len(history.numbered(range(1, 2_051))) == 2_050
