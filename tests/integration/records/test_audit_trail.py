"""The history as those see it who look over it, on both kinds of database; and the roles that are recorded in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from svdash.cli.commands import main
from svdash.records import Database, Draft, History, RecordsError, connect
from svdash.records.audit_trail import AuditTrail, Sought, changes
from svdash.records.role_grants import RoleGrants
from tests.integration.records.conftest import ENGINES

FIRST = datetime(2026, 10, 1, 23, 59, 59, tzinfo=UTC)


@pytest.fixture(params=ENGINES)
def database(new_url: Callable[[str], str], request: pytest.FixtureRequest) -> Database:
    found = connect(new_url(request.param))
    history = History(found)
    parent = None
    for n, by in enumerate(("ann", "bob", "ann")):
        draft = Draft("update:A-1", "update", {"note": f"100% of {n}", "n": n}, parent)
        parent = history.add([draft], by=by, view="/", at=FIRST + timedelta(days=n))[0].number
    history.add([Draft("quarter:1", "quarter", {"state": "Submitted"})], by="cy", view="/", at=FIRST)
    return found


def numbers(database: Database, **sought: object) -> list[int]:
    return [each.number for each in AuditTrail(database).every(Sought(**sought))]  # type: ignore[arg-type]


def test_revisions_are_found_by_person_kind_words_and_day(database: Database) -> None:
    trail = AuditTrail(database)
    assert numbers(database) == [4, 3, 2, 1]
    assert numbers(database, by="ann") == [3, 1]
    assert numbers(database, kind="quarter", words="submitted") == [4]
    assert numbers(database, words="a-1") == [3, 2, 1]
    assert numbers(database, words="100% of 1") == [2]
    assert numbers(database, words="100_") == []
    assert numbers(database, since=date(2026, 10, 2)) == [3, 2]
    assert numbers(database, until=date(2026, 10, 1)) == [4, 1]
    assert numbers(database, until=date.max) == [4, 3, 2, 1]
    assert trail.count(Sought(by="ann", until=date(2026, 10, 1))) == 1
    assert trail.people() == {"ann": 2, "bob": 1, "cy": 1}
    assert trail.kinds() == {"update": 3, "quarter": 1}


@pytest.mark.parametrize("words", ["élan", "Élan", "ÉLAN", "ŷ gŵ"])
def test_words_are_found_in_any_case_of_letters_with_accents_too(database: Database, words: str) -> None:
    draft = Draft("update:A-2", "update", {"note": "Élan Vale, Ŷ Gŵyl"})
    number = History(database).add([draft], by="ann", view="/")[0].number
    assert numbers(database, words=words) == [number]
    assert numbers(database, words="elan") == []


def test_a_page_of_revisions_begins_after_those_that_are_skipped(database: Database) -> None:
    found = AuditTrail(database).found(Sought(), skipped=1, most=2)
    assert [each.number for each in found] == [3, 2]


def test_what_a_revision_changed_is_what_differs_from_the_one_it_follows(database: Database) -> None:
    trail = AuditTrail(database)
    newest = trail.found(Sought(kind="update"), most=1)[0]
    before = trail.before(newest)
    assert before is not None
    assert changes(before.content, newest.content) == {"note": ("100% of 1", "100% of 2"), "n": (1, 2)}
    assert trail.before(trail.found(Sought(kind="quarter"))[0]) is None
    assert changes({"a": 1, "b": 2}, {"b": 2, "c": None, "d": 0}) == {"a": (1, None), "d": (None, 0)}


def test_a_role_that_is_not_known_or_has_no_reason_is_not_recorded(database: Database) -> None:
    grants = RoleGrants(History(database))
    with pytest.raises(RecordsError, match="There is no role admin"):
        grants.decide("ann", ["admin", "officer"], reason="x", by="x", view="")
    with pytest.raises(RecordsError, match="Say whose roles they are, and why"):
        grants.decide("ann", ["officer"], reason=" ", by="x", view="")
    assert grants.of("ann") is None


def test_roles_are_given_listed_and_left_to_the_provider_by_commands(
    new_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_DATABASE_URL", new_url("sqlite"))

    def ask(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["roles", *arguments])

    assert "the sign-in provider decides for everybody" in ask("list").output
    assert ask("give", "ann@a.example", "editor", "officer", "--why", "new").output == (
        "ann@a.example: editor and officer\n"
    )
    assert ask("give", "bob@a.example", "--why", "left").output == "bob@a.example: no role\n"
    assert ask("list").output == "ann@a.example: editor and officer\nbob@a.example: no role\n"
    assert ask("leave", "bob@a.example", "--why", "back").exit_code == 0
    assert ask("list").output == "ann@a.example: editor and officer\n"
    wrong = ask("give", "ann@a.example", "boss", "--why", "x")
    assert wrong.exit_code == 2
    assert "Error: There is no role boss." in wrong.output
