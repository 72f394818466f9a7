"""Ratings and questions of the Board: beside those of officers with both reasons, answered, and never lost from the list."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from svdash import editions
from svdash.access import identity
from svdash.findings.equality.equality_summary import TESTED
from svdash.findings.exceptions import exception_list
from svdash.findings.progress import board_and_officers, commitment_status, updates_owed
from svdash.records import ConflictError, History, RecordsError, connect
from svdash.records.board_views import BoardLog, KeptView
from svdash.records.people import People, PersonRow
from svdash.register import View
from svdash.show.kit import recording
from svdash.tables import Pack
from tests.copies import SMALL, CopiedPack
from tests.integration.pages.test_pages import everything
from tests.opened_pages import opened
from tests.packs.make_fenmarsh import FOLDER as FENMARSH

TODAY = date(2026, 11, 29)
COMMITMENT, PERIOD = "EMP-D1", "2026/27 Q1"
# The last quarter that officers of the small pack reported on.
REPORTED = "2025/26 Q4"
HOSTILE = "<script>alert(1)</script> **bold** \u202e[x](http://a.example)"
RATING: dict[str, Any] = {
    "form": "rating", "about": "commitment", "key": COMMITMENT, "period": PERIOD, "on": "2026-07-20",
    "delivery": "not-started", "confidence": "red", "text": f"We see nothing of it. {HOSTILE}",
}  # fmt: skip
QUESTION: dict[str, Any] = {
    "form": "question", "about": "commitment", "key": COMMITMENT, "period": PERIOD, "on": "2026-06-20",
    "text": "Who is asked?", "reply_by": "2026-07-18",
}  # fmt: skip
REPLY = {"reply": "Everybody.", "replied_by": "People Services", "replied_on": "2026-11-02"}


@pytest.fixture
def history(copied_pack: CopiedPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    return History(connect())


def signed_in(monkeypatch: pytest.MonkeyPatch, *roles: str, name: str = "ann@authority.example") -> None:
    monkeypatch.setattr(identity, "person", lambda: identity.Person(name, frozenset(roles), email=name))


def saved(history: History, given: dict[str, Any], **changed: Any) -> KeptView:
    return BoardLog(history).save({**given, **changed}, None, by="board", view="/")


def shown(at: AppTest) -> str:
    assert [error.value for error in at.exception] == []
    kinds = ("success", "error", "warning")
    return unescape(" ".join([*everything(at), *(each.value for kind in kinds for each in at.get(kind))]))


def press(at: AppTest, label: str) -> AppTest:
    next(each for each in at.button if each.label == label).click()
    return at.run()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"delivery": None, "confidence": None}, "Rate delivery, confidence or both"),
        ({"about": "measure", "key": "EMP-S1"}, "whether you see it as the figures show it"),
        ({"stance": "agrees"}, "Rate delivery, confidence or both"),
        ({"text": " "}, "Reason or question: say something here"),
        ({"text": "x" * 2001}, "more than 2,000 characters"),
        ({"on": "2098-01-01"}, "that day is in the future"),
        ({"reply_by": "2026-07-01"}, "due before the question"),
        ({"form": "question"}, "A question has no rating"),
        (
            {"form": "question", "delivery": None, "confidence": None},
            "the day by which you ask for an answer",
        ),
        ({**REPLY, "replied_by": ""}, "Say who answered"),
        ({**REPLY, "replied_on": "2026-07-01"}, "dated before the question"),
        ({"state": "withdrawn"}, "Say why it is withdrawn"),
    ],
)
def test_a_rating_that_cannot_be_is_refused_with_a_sentence(
    history: History, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(RecordsError, match=said):
        saved(history, RATING, **changed)
    assert history.last()[0] == 0


def test_a_voice_rates_a_thing_once_a_quarter_and_the_next_is_told(history: History) -> None:
    saved(history, RATING)
    saved(history, RATING, voice="race")
    saved(history, RATING, period="2026/27 Q2")
    with pytest.raises(ConflictError):
        saved(history, RATING)


def rate(at: AppTest, text: str, button: str = "Save the rating") -> AppTest:
    stem = f"board-rating-commitment-{COMMITMENT}-0"
    next(each for each in at.text_area if each.key == f"{stem}-text").set_value(text)
    next(each for each in at.selectbox if each.key == f"{stem}-confidence").set_value("amber")
    return press(at, button)


def test_who_rates_what_is_rated_already_sees_that_first_and_replaces_it_with_its_answer(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = updates_owed.quarters(recording.today())[0]
    log = BoardLog(history)
    first = saved(history, RATING, period=ended, text="First.", reply_by="2026-08-20")
    signed_in(monkeypatch, "board", name="bo@authority.example")
    at = rate(opened("commitments", commitment=COMMITMENT), "Second.")
    assert "there is a rating already, last saved by board" in shown(at)
    assert log.newest() == (first,)
    # An answer that came after that was shown is shown before it is replaced.
    log.change(first, by="ann", view="/", **REPLY)
    at = press(at, "Replace the rating that stands")
    assert "there is a rating already, last saved by ann" in shown(at)
    assert "Second." in [each.value for each in at.text_area]
    assert "The officers' answer stays with it" in shown(press(at, "Replace the rating that stands"))
    (kept,) = log.newest()
    assert (kept.view.text, kept.view.reply, kept.view.replied_by) == (
        "Second.",
        "Everybody.",
        "People Services",
    )
    assert (str(kept.view.on), str(kept.view.replied_on), kept.view.state) == (
        "2026-07-20",
        "2026-11-02",
        "draft",
    )


def test_a_rating_in_place_of_a_withdrawn_one_has_nothing_of_its_answer(history: History) -> None:
    log = BoardLog(history)
    kept = log.change(saved(history, RATING), by="ann", view="/", **REPLY)
    gone = log.change(kept, by="ed", view="/", state="withdrawn", reason="Names somebody.")
    found = log.replace(gone, {**RATING, "on": "2026-11-20"}, by="board", view="/")
    assert (found.view.reply, found.view.replied_on, found.view.on) == ("", None, date(2026, 11, 20))


def test_a_difference_is_listed_with_both_reasons_and_readers_see_it_once_it_is_published(
    history: History,
) -> None:
    kept = saved(history, RATING, period=REPORTED)
    assert (
        board_and_officers.ratings(editions.current(), View()).headline
        == "No rating of the Board is published here"
    )
    BoardLog(history).change(kept, by="ed", view="/", state="published")
    found = board_and_officers.ratings(editions.current(), View())
    rows = editions.current().table("updates")
    known = rows[(rows["commitment"] == COMMITMENT) & (rows["period"] == REPORTED)]
    (update,) = known.to_dict("records")
    (row,) = found.frame.to_dict("records")
    assert (row["rating"], row["reason"]) == ("○ Not started · Red", RATING["text"])
    assert row["officers_reason"] == update["note"]
    assert row["officers"].endswith(update["period"])
    assert row["differ"] == "They differ"
    # What officers say of it is of the pack, which made it up; the rating is not.
    assert (row["status"], found.statuses) == ("published and illustrative", ("published", "illustrative"))
    assert found.headline == "1 of 1 rating of the Board and the panels differs from officers or the figures"
    page = shown(opened("commitments", commitment=COMMITMENT))
    assert RATING["text"].replace("\u202e", "") in page
    assert "<script>" not in " ".join(everything(opened("commitments", layout="board")))


def test_drafts_are_marked_and_headlines_are_of_what_is_published(history: History) -> None:
    log = BoardLog(history)
    published = log.change(saved(history, RATING, period=REPORTED), by="ed", view="/", state="published")
    log.change(published, by="bo", view="/", state="draft", text="Other words.")
    saved(history, RATING, period=REPORTED, voice="race")
    saved(history, QUESTION)
    found, asked = board_and_officers.with_drafts(editions.current(), editions.drafting(), View())
    assert found.headline == "1 of 1 rating of the Board and the panels differs from officers or the figures"
    assert list(found.frame["who"].str.endswith(f"{REPORTED}, draft, readers do not see it")) == [True, True]
    assert (
        found.sentence
        == "The table has 2 drafts too: readers do not see them, and the headline leaves them out."
    )
    assert asked.headline == "No question of the Board is published here"
    assert list(asked.frame["voice"]) == ["The Board, draft, readers do not see it"]
    seen, _ = board_and_officers.with_drafts(editions.current(), editions.current(), View())
    assert (list(seen.frame["who"]), seen.sentence) == ([f"The Board, {REPORTED}"], "")


def test_officers_are_compared_in_the_same_quarter_alone(history: History, small_pack: Pack) -> None:
    rows = small_pack.table("updates")
    assert rows.loc[rows["commitment"] == COMMITMENT, "period"].max() == REPORTED
    saved(history, RATING)
    (row,) = board_and_officers.ratings(editions.drafting(), View()).frame.to_dict("records")
    assert (row["officers"], row["differ"]) == ("none", "No rating of officers to compare with")
    saved(history, RATING, period=REPORTED, voice="race")
    found = board_and_officers.ratings(editions.drafting(), View()).frame.set_index("voice")
    assert found.at["race", "officers"].endswith(REPORTED)
    assert found.at["race", "differ"] == "They differ"


def test_officers_are_compared_as_they_may_be_shown(history: History, small_pack: Pack) -> None:
    rows = small_pack.table("updates")
    complete = rows[(rows["period"] == REPORTED) & (rows["delivery"] == "complete")]
    standing = commitment_status.status_by_commitment(small_pack, View()).set_index("id")["missing"]
    held = next(each for each in complete["commitment"] if standing[each])
    saved(history, RATING, key=held, period=REPORTED, delivery="substantial", confidence=None)
    (row,) = board_and_officers.ratings(editions.drafting(), View()).frame.to_dict("records")
    assert row["officers"].startswith("◐ Substantial")
    assert row["differ"] == "They agree"


def test_a_question_stays_in_the_list_of_its_owner_quarter_after_quarter_until_it_is_answered(
    history: History, pack: Pack
) -> None:
    owner = str(pack.table("commitments").set_index("id").at[COMMITMENT, "lead"])
    kept = saved(history, QUESTION)
    edition = editions.drafting()
    assert board_and_officers.waiting(edition, owner, TODAY) == (kept,)
    assert board_and_officers.waiting(edition, "Somebody else", TODAY) == ()
    assert [
        board_and_officers.came_back(kept.view, each)
        for each in (date(2026, 6, 30), date(2026, 7, 1), TODAY, date(2027, 4, 1))
    ] == [0, 1, 2, 4]
    assert (
        board_and_officers.waiting_in_words((kept,), TODAY)
        == "1 answer to the Board is waited for: 1 overdue and 1 from quarters before"
    )
    asked = board_and_officers.questions(edition, View())
    assert (list(asked.frame["open"]), asked.statuses) == ([True], ("published",))
    # An answer that reads like none is an answer.
    answer = {**REPLY, "reply": board_and_officers.NOT_ANSWERED}
    BoardLog(history).change(kept, by="ann", view="/", **answer)
    assert board_and_officers.waiting(editions.drafting(), owner, TODAY) == ()
    assert list(board_and_officers.questions(editions.drafting(), View()).frame["open"]) == [False]


def test_every_measure_is_answered_by_a_post_that_writes_updates(pack: Pack) -> None:
    owners = set(updates_owed.owners(pack))
    found = {
        key: board_and_officers.answered_by(pack, "measure", key)
        for key in board_and_officers.named(pack, "measure")
    }
    assert all(posts <= owners for posts in found.values())
    linked = set(pack.table("links")["indicator"])
    assert all(found[key] for key in found if key in linked)


def test_a_gap_is_answered_by_the_posts_of_the_figures_it_is_told_by(pack: Pack) -> None:
    owners = {
        part: board_and_officers.answered_by(pack, "gap", f"{part}/sex") for part in board_and_officers.PARTS
    }
    assert all(posts and posts <= set(updates_owed.owners(pack)) for posts in owners.values())
    register = pack.table("indicators").set_index("concept")
    staff = register.at["workforce-by-group", "id"]
    assert owners["workforce"] == board_and_officers.answered_by(pack, "measure", staff)
    rows = pack.table("commitments")
    leads = (
        rows[rows["kind"] != "practice"]
        .set_index("id")["lead"]
        .reindex(pack.table("programme_links")["commitment"])
    )
    assert owners["services"] == set(leads.dropna())
    # What nobody in the pack answers for is asked of everybody.
    assert board_and_officers.answered_by(pack, "gap", "elsewhere/sex") == frozenset()
    gaps = exception_list.exceptions(pack, View()).frame
    named = gaps.loc[gaps["key"].str.endswith(":recruitment"), "owner"]
    assert set(named) == set(register.loc[register["stage"].notna(), "owner"])


def test_the_panels_are_those_of_the_pack(pack: Pack) -> None:
    from svdash.tables import open_pack

    assert list(board_and_officers.voices(pack)) == ["", "disability", "race", "gender", "sexuality"]
    fenmarsh = open_pack(FENMARSH)
    assert list(board_and_officers.voices(fenmarsh)) == [
        "", *dict.fromkeys(fenmarsh.table("panels")["panel"] if "panels" in fenmarsh.tables else ())
    ]  # fmt: skip
    assert len(board_and_officers.voices(open_pack(SMALL))) < len(board_and_officers.voices(pack))


def test_what_may_be_rated_are_commitments_measures_and_gaps(pack: Pack) -> None:
    assert COMMITMENT in board_and_officers.named(pack, "commitment")
    assert {"EMP-S1", "EMP-I1"} <= set(board_and_officers.named(pack, "measure"))
    assert board_and_officers.named(pack, "gap")["recruitment/sex"] == "Sex, recruitment"
    assert set(TESTED) <= set(board_and_officers.PARTS)


def test_a_member_of_the_board_rates_and_asks_an_officer_answers_and_an_editor_publishes(
    history: History, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = str(pack.table("commitments").set_index("id").at[COMMITMENT, "lead"])
    rows = [PersonRow(name="Ann", post=owner, email="ann@authority.example")]
    People(history).enter(rows, by="x", view="")
    signed_in(monkeypatch, "board", name="bo@authority.example")
    at = opened("commitments", commitment=COMMITMENT)
    at.session_state[f"board-form-commitment-{COMMITMENT}"] = "question"
    at.run()
    next(each for each in at.text_area if each.label == "Question").set_value("Who is asked?")
    assert "the question is saved as a draft" in shown(press(at, "Ask"))
    (kept,) = BoardLog(history).newest()
    assert (kept.view.text, kept.view.state, kept.revision.by) == (
        "Who is asked?",
        "draft",
        "bo@authority.example",
    )

    def answered() -> str:
        at = opened("my_updates", owner=owner)
        assert "1 answer to the Board is waited for" in shown(at)
        at.session_state[f"board-answer-{kept.revision.item}"] = True
        at.run()
        next(each for each in at.text_area if each.label == "Answer").set_value("Everybody.")
        next(each for each in at.text_input if each.label.startswith("Answered by")).set_value("People")
        at.session_state[f"board-answer-{kept.revision.item}"] = True
        return shown(press(at, "Save the answer"))

    signed_in(monkeypatch, "officer")
    assert "The answer is saved as a draft" in answered()
    assert BoardLog(history).published() == ()
    signed_in(monkeypatch, "editor")
    at = opened("commitments", commitment=COMMITMENT)
    at.session_state[f"board-steps-{kept.revision.item}"] = True
    at.run()
    at.session_state[f"board-steps-{kept.revision.item}"] = True
    press(at, "Yes, publish")
    monkeypatch.setattr(identity, "person", lambda: None)
    page = shown(opened("commitments", commitment=COMMITMENT))
    assert "Who is asked?" in page
    assert "Answer of People" in page
    assert not opened("commitments", layout="board").text_area


def test_an_answer_is_given_by_those_whose_post_it_is(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    from svdash.show.kit import page
    from svdash.show.panels import board_forms

    kept = saved(history, QUESTION)
    rows = [PersonRow(name="Bob", post="Somebody else", email="bob@authority.example")]
    People(history).enter(rows, by="x", view="")
    signed_in(monkeypatch, "officer", name="bob@authority.example")
    monkeypatch.setattr(page, "this_view", lambda: "/")
    with pytest.raises(RecordsError, match="does not say that you hold a post"):
        board_forms.replied(editions.drafting(), kept, "No.", "A", TODAY - timedelta(days=1), "x-0")
