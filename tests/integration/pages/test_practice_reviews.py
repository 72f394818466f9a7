"""Practices and accreditations: said to be in place, changed or lapsed, published, and seen in the register."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from svdash import editions
from svdash.access import identity
from svdash.findings.progress import commitment_register, practices_due
from svdash.records import ConflictError, History, RecordsError, connect
from svdash.records.people import People, PersonRow
from svdash.records.practice_reviews import KeptReview, PracticeReview, PracticeReviews, review_item
from svdash.register import Framework
from svdash.show.kit import page
from svdash.show.panels import review_forms
from svdash.show.panels.evidence_field import GivenFile
from svdash.tables import Pack
from tests.opened_pages import opened

ON = date(2026, 11, 2)


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    address = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", address)
    return History(connect(address))


@pytest.fixture
def practice(pack: Pack) -> str:
    """A practice in place that has an accreditation with an end."""
    awards = pack.table("accreditations").dropna(subset="expires")
    rows = pack.table("commitments").set_index("id")
    return str(next(each for each in awards["practice"] if rows.at[each, "state"] == "in-place"))


def given(practice: str, **changed: Any) -> dict[str, Any]:
    usual = {"practice": practice, "standing": "changed", "note": "It was widened.", "reviewed_on": ON}
    return {**usual, "until": ON + timedelta(days=365), **changed}


def state_of(edition: editions.Edition, practice: str) -> tuple[str, date]:
    row = edition.table("commitments").set_index("id").loc[practice]
    return str(row["state"]), row["review_date"].date()


def test_a_review_stands_above_the_register_once_it_is_published(history: History, practice: str) -> None:
    before = state_of(editions.current(), practice)
    reviews = PracticeReviews(history)
    draft = reviews.save(given(practice), None, by="ann", view="")
    assert state_of(editions.current(), practice) == before
    assert state_of(editions.drafting(), practice) == ("changed", ON + timedelta(days=365))
    reviews.save(given(practice, state="published"), draft.number, by="eve", view="")
    shown = editions.current()
    assert state_of(shown, practice) == ("changed", ON + timedelta(days=365))
    view, rows = Framework.of(shown).filters.default_view(), shown.table("commitments")
    other = str(rows.loc[(rows["kind"] == "practice") & (rows["id"] != practice), "id"].iloc[0])
    assert "State (illustrative)" in dict(commitment_register.detail(shown, view, other).facts)
    facts = dict(commitment_register.detail(shown, view, practice).facts)
    assert facts["State"].endswith("Changed")
    assert facts["Next review"] == "2 November 2027"
    assert facts["Last review"] == "Changed, 2 November 2026: It was widened."
    reviews.save(given(practice, note="A later draft."), draft.number + 1, by="ann", view="")
    assert state_of(editions.current(), practice)[0] == "changed"


def test_an_accreditation_that_lapsed_ends_on_the_day_of_its_review(history: History, practice: str) -> None:
    name = str(
        editions.current().table("accreditations").set_index("practice").loc[[practice], "name"].iloc[0]
    )
    PracticeReviews(history).save(
        given(practice, accreditation=name, standing="lapsed", until=None, state="published"), None, by="a", view=""
    )  # fmt: skip
    awards = editions.current().table("accreditations")
    row = awards[(awards["practice"] == practice) & (awards["name"] == name)].iloc[0]
    assert row["expires"].date() == ON
    assert state_of(editions.current(), practice)[0] == "in-place"


def test_only_what_reads_the_reviewed_tables_is_worked_out_anew(history: History, practice: str) -> None:
    before = editions.current()
    PracticeReviews(history).save(given(practice, state="published"), None, by="a", view="")
    after = editions.current()
    assert after.fingerprint_of(["commitments"]) != before.fingerprint_of(["commitments"])
    assert after.fingerprint_of(["indicators"]) == before.fingerprint_of(["indicators"])
    assert after.fingerprint != before.fingerprint


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"until": ON}, "The next day must be after the review"),
        ({"until": None}, "Say when it is reviewed next"),
        ({"standing": "in-place"}, "Say what shows that it is in place"),
        ({"note": " "}, "say something here"),
        (
            {"reviewed_on": datetime.now(UTC).date() + timedelta(days=2)},
            "The day of the review is in the future",
        ),
    ],
)
def test_a_review_that_can_not_be_is_refused_with_a_sentence(
    history: History, practice: str, changed: dict[str, Any], why: str
) -> None:
    with pytest.raises(RecordsError, match=why):
        PracticeReviews(history).save(given(practice, **changed), None, by="ann", view="")
    assert history.last()[0] == 0


def test_of_two_reviews_at_once_the_second_is_told(history: History, practice: str) -> None:
    PracticeReviews(history).save(given(practice), None, by="ann", view="")
    with pytest.raises(ConflictError, match="was saved by ann"):
        PracticeReviews(history).save(given(practice), None, by="bob", view="")


def test_what_has_no_day_comes_first_and_then_the_earliest(pack: Pack) -> None:
    for owner in practices_due.owners(pack):
        found = [each.until or date.min for each in practices_due.to_review(pack, owner)]
        assert found == sorted(found)
        assert found


TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("accreditation", "until", "expected"),
    [
        ("", None, "In place, no day is set"),
        ("", TODAY - timedelta(days=1), "In place, was to be reviewed by 28 November 2026"),
        ("", TODAY, "In place, to be reviewed by 29 November 2026"),
        ("Charter", TODAY - timedelta(days=1), "In place, ended 28 November 2026"),
        ("Charter", TODAY, "In place, holds until 29 November 2026"),
    ],
)
def test_a_practice_says_by_when_it_is_reviewed(
    accreditation: str, until: date | None, expected: str
) -> None:
    found = practices_due.ToReview("P-1", accreditation, "A title", "in-place", until)
    assert found.label(TODAY) == f"A title: {expected}"


def test_the_headline_counts_what_is_late_and_says_nothing_of_it_where_nothing_is() -> None:
    late = practices_due.ToReview("P-1", "", "A", "in-place", TODAY - timedelta(days=1))
    due = practices_due.ToReview("P-2", "", "B", "in-place", TODAY)
    assert practices_due.headline((due,), TODAY) == "1 practice or accreditation to review"
    expected = "2 practices and accreditations to review, 1 late or without a day"
    assert practices_due.headline((late, due), TODAY) == expected


def text(at: AppTest) -> str:
    assert [error.value for error in at.exception] == []
    kinds = ("html", "markdown", "caption", "success", "error", "warning")
    return unescape(
        " ".join(str(getattr(each, "value", each.proto)) for kind in kinds for each in at.get(kind))
    )


def test_an_officer_saves_a_review_and_an_editor_publishes_it(
    history: History, practice: str, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    owner = str(pack.table("commitments").set_index("id").at[practice, "lead"])
    at = opened("my_updates", owner=owner)
    key = f"review-{practice}--0-0"
    assert not [each for each in at.text_area if each.key == f"{key}-note"]
    at.session_state[f"review-of-{practice}-"] = True
    at.run()
    at.selectbox(key=f"{key}-standing").select("lapsed")
    at.text_area(key=f"{key}-note").input("Nobody **runs** it now.")
    at.button(key=f"{key}-save").click()
    at.run()
    assert f"The review of {practice} is saved as a draft." in text(at)
    number = history.last()[0]
    # The test's browser, unlike a real one, does not tell that it is still open.
    at.session_state[f"review-of-{practice}-"] = True
    at.run()
    at.button(key=f"review-{practice}--{number}-0-publish").click().run()
    assert f"The review of {practice} is published." in text(at)
    assert history.of(review_item(practice))[-1].content["state"] == "published"
    assert editions.current().table("commitments").set_index("id").at[practice, "state"] == "lapsed"


def test_a_review_is_refused_to_who_holds_another_post_and_its_publication_to_who_is_no_editor(
    history: History, practice: str, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = PersonRow(name="Bob", post="Somebody else", email="bob@authority.example")
    People(history).enter([bob], by="x", view="")
    officer = identity.Person("bob@authority.example", frozenset({"officer"}), email="bob@authority.example")
    monkeypatch.setattr(identity, "person", lambda: officer)
    monkeypatch.setattr(page, "this_view", lambda: "/")
    owner = str(pack.table("commitments").set_index("id").at[practice, "lead"])
    before = history.last()
    with pytest.raises(RecordsError, match=f"does not say that you hold the post {owner}"):
        review_forms._saved({**given(practice), "accreditation": ""}, GivenFile(None), None, "x-0", owner)
    kept = KeptReview(
        PracticeReview.model_validate(given(practice)),
        PracticeReviews(history).save(given(practice), None, by="ann", view=""),
    )
    with pytest.raises(RecordsError, match="your roles: officer"):
        review_forms._published(kept)
    assert history.last()[0] == before[0] + 1
    at = opened("my_updates", owner=owner)
    at.session_state[f"review-of-{practice}-"] = True
    at.run()
    assert next(
        each
        for each in at.button
        if str(each.key).endswith("-save") and str(each.key).startswith(f"review-{practice}-")
    ).disabled
