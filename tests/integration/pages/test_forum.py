"""The Champions' forum and what people tell: drafts and hidden testimony are seen by nobody who only reads."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from svdash import editions
from svdash.access import identity
from svdash.findings.progress import forum_log
from svdash.records import ConflictError, Draft, History, RecordsError, connect, testimonies
from svdash.records.champions_forum import ForumLog
from svdash.web.routes import routes
from tests.copies import SMALL, CopiedPack
from tests.integration.pages.test_pages import everything
from tests.opened_pages import opened

COMMITMENT, INDICATOR = "EMP-D1", "EMP-I1"
TODAY = date(2026, 11, 29)
HOSTILE = "<script>alert(1)</script> **bold** \u202e[x](http://a.example)"
ENTRY: dict[str, Any] = {
    "kind": "challenge", "title": f"Title {HOSTILE}", "text": f"Text {HOSTILE}", "raised_by": "The network of Champions",
    "on": "2026-09-10", "commitments": (COMMITMENT,),
}  # fmt: skip
SEEN = ENTRY["title"].replace("\u202e", "")
WORDS = f"They asked me <i>twice</i>. {HOSTILE}"
TOLD: dict[str, Any] = {
    "who": "A member of the residents' panel", "heard_on": "2026-06-01", "commitments": (COMMITMENT,), "indicators": (INDICATOR,),
    "consent": True, "consent_on": "2026-06-01", "expires": "2099-01-01",
}  # fmt: skip


@pytest.fixture
def history(copied_pack: CopiedPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    return History(connect())


@pytest.fixture
def as_local_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)


def shown(at: AppTest) -> str:
    assert [error.value for error in at.exception] == []
    kinds = ("success", "error", "warning")
    return unescape(" ".join([*everything(at), *(each.value for kind in kinds for each in at.get(kind))]))


def log(history: History, **changed: Any) -> Any:
    return ForumLog(history).save({**ENTRY, **changed}, None, by="ann", view="/forum")


def told(history: History, words: str = WORDS, **changed: Any) -> Any:
    every = testimonies.Testimonies(history)
    every.record({**TOLD, **changed}, words, by="ann", view="/forum")
    kept = every.all()[0]
    if changed.get("consent", True):
        every.change(kept, by="ed", view="/forum", state="published")
    return every.all()[0]


def test_a_draft_is_seen_by_nobody_who_reads_and_what_is_published_by_everybody(history: History) -> None:
    entry = log(history)
    assert "logged nothing yet" in shown(opened("forum"))
    published = ForumLog(history).save({**ENTRY, "state": "published"}, entry.revision, by="ed", view="/")
    at = opened("forum")
    assert SEEN in shown(at)
    assert "1 of 1 challenge waits for an answer" in shown(at)
    assert "<script>" not in " ".join(everything(at))
    answer = {"answer": "We will.", "answered_by": "People Services", "answered_on": "2026-10-01"}
    ForumLog(history).save({**ENTRY, **answer}, published.revision, by="ann", view="/")
    assert "We will." not in shown(opened("forum"))
    assert SEEN in shown(opened("commitments", commitment=COMMITMENT))
    assert SEEN not in shown(opened("commitments", commitment="EMP-D2"))
    assert "nothing of what the filters leave" in shown(opened("forum", commitment="EMP-D2"))


def test_a_published_answer_closes_a_challenge_and_a_withdrawn_entry_is_gone(history: History) -> None:
    answer = {"answer": "We will.", "answered_by": "People Services", "answered_on": "2026-10-01"}
    entry = log(history, **answer, state="published")
    text = shown(opened("forum"))
    assert "1 challenge answered" in text
    assert "Answer of People Services, 1 October 2026" in text
    ForumLog(history).save(
        {**ENTRY, "state": "withdrawn", "reason": "Wrong."}, entry.revision, by="ed", view="/"
    )
    assert SEEN not in shown(opened("forum"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "Title: say something here"),
        ({"text": "x" * 4001}, "more than 4,000 characters"),
        ({"answer": "Yes."}, "Say who answered, and when"),
        ({"answer": "Yes.", "answered_by": "A", "answered_on": "2026-09-09"}, "dated before the challenge"),
        ({"state": "withdrawn"}, "Say why it is withdrawn"),
        ({"on": "2098-01-01"}, "Day: that day is in the future"),
        (
            {"answer": "Yes.", "answered_by": "A", "answered_on": "2098-01-01"},
            "Day of the answer: that day is in the future",
        ),
        ({"commitments": ("EMP-D1",) * 21}, "at most 20"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_with_a_sentence(
    history: History, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(RecordsError, match=said):
        log(history, **changed)
    assert history.last()[0] == 0


def test_of_two_who_answer_the_second_is_told(history: History) -> None:
    entry = log(history)
    ForumLog(history).save(ENTRY, entry.revision, by="bob", view="/")
    with pytest.raises(ConflictError, match="saved by bob"):
        ForumLog(history).save(ENTRY, entry.revision, by="ann", view="/")


def test_testimony_stands_beside_its_number(history: History) -> None:
    told(history)
    for file, asked in (
        ("forum", {}),
        ("commitments", {"commitment": COMMITMENT}),
        ("indicators", {"indicator": INDICATOR}),
    ):
        at = opened(file, **asked)
        assert WORDS.replace("\u202e", "") in shown(at), file
        assert "<i>" not in " ".join(everything(at))


def test_testimony_is_in_no_open_data(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every table is worked out: of the small pack that takes 4 seconds, of the whole one 17.
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    told(history)
    assert forum_log.told_beside(editions.current(), TODAY, commitment=COMMITMENT, indicator=INDICATOR)
    client = TestClient(Starlette(routes=routes()))
    for address, params in everything_open(client):
        answer = client.get(f"/api/v1/{address}", params=params)
        assert answer.status_code == 200, address
        assert "They asked me" not in answer.text, address
        assert TOLD["who"] not in answer.text, address


def everything_open(client: TestClient) -> list[tuple[str, dict[str, str]]]:
    """Return every address of the open data with what it needs, of the commitment and indicator that testimony stands beside."""
    beside = {"of": COMMITMENT, "indicator": INDICATOR}
    found: list[tuple[str, dict[str, str]]] = [("tables", {}), ("datapackage.json", {})]
    for table in client.get("/api/v1/tables").json()["tables"]:
        address = f"tables/{table['name']}.json"
        needs = {
            each: beside.get(each) or client.get(f"/api/v1/{address}").json()["allowed"][0]
            for each in table["needs"]
        }
        found.append((address, needs))
    whole = [(each["path"], {}) for each in client.get("/api/v1/datapackage.json").json()["resources"]]
    assert any(path.startswith("tables/pack-") for path, _ in whole)
    return found + whole


def assert_hidden(why: str) -> None:
    assert "twice" not in shown(opened("forum"))
    assert "twice" not in shown(opened("commitments", commitment=COMMITMENT))
    assert forum_log.told_beside(editions.current(), TODAY) == ()
    (kept,) = editions.testimonies(editions.drafting())
    assert forum_log.why_hidden(kept, TODAY) == why


def test_testimony_without_consent_can_not_be_published_and_nobody_is_told_of_consent(
    history: History,
) -> None:
    kept = told(history, consent=False, consent_on=None)
    with pytest.raises(RecordsError, match="published only with their consent"):
        testimonies.Testimonies(history).change(kept, by="ed", view="/", state="published")
    assert_hidden("no consent")
    assert forum_log.source(kept).endswith("heard on 1 June 2026; without their consent to show it")


def test_testimony_that_was_published_is_not_shown_after_it_expired(history: History) -> None:
    kept = told(history)
    testimonies.Testimonies(history).change(kept, by="ann", view="/", expires="2026-11-28")
    assert_hidden("expired on 28 November 2026")


def test_testimony_is_not_shown_before_the_day_of_consent_that_stands_in_older_records(
    history: History,
) -> None:
    content = testimonies.Testimony.model_validate({**TOLD, "consent_on": "2099-01-01", "state": "published"})
    draft = Draft("testimony:1", testimonies.TESTIMONY, content.model_dump(mode="json"), words=WORDS)
    history.add([draft], by="ann", view="/")
    assert_hidden("no consent before 1 January 2099")


def test_testimony_is_shown_for_longer_only_with_consent_given_anew(history: History) -> None:
    every, kept = testimonies.Testimonies(history), told(history, expires="2026-12-24")
    for agreed in ({}, {"consent_on": "2026-06-01"}, {"consent_on": "2026-05-01"}):
        with pytest.raises(RecordsError, match=r"shown until 24 December 2026\. Ask them again"):
            every.change(kept, by="ed", view="/", expires="2027-06-01", **agreed)
    every.change(kept, by="ed", view="/", expires="2027-06-01", consent_on="2026-11-20")
    (longer,) = every.all()
    assert longer.is_shown(date(2027, 6, 1))
    every.change(longer, by="ann", view="/", expires="2026-12-01")
    assert not every.all()[0].is_shown(date(2026, 12, 2))


def test_consent_that_is_withdrawn_hides_testimony_and_erased_words_are_gone_for_good(
    history: History,
) -> None:
    kept = told(history)
    assert [each.words for each in forum_log.told_beside(editions.current(), TODAY)] == [WORDS]
    every = testimonies.Testimonies(history)
    every.change(kept, by="ann", view="/", state="withdrawn", consent=False, consent_on=None)
    assert forum_log.told_beside(editions.current(), TODAY) == ()
    every.erase(every.all()[0], "Asked for.", by="ann", view="/")
    (erased,) = every.all()
    assert (erased.words, forum_log.why_hidden(erased, TODAY)) == (None, "its words were erased")
    assert history.faults() == ()
    assert not any("twice" in str(row.words) for row in history.all())
    with pytest.raises(RecordsError, match="were erased"):
        every.change(erased, by="ann", view="/", expires=TODAY + timedelta(days=1))


def test_words_erased_while_shown_are_gone_at_the_next_look(history: History) -> None:
    kept = told(history)
    assert "twice" in shown(opened("forum"))
    testimonies.Testimonies(history).erase(kept, "Asked for.", by="ann", view="/")
    assert "twice" not in shown(opened("forum"))


@pytest.mark.parametrize(
    ("changed", "words", "said"),
    [
        ({}, "  ", "In their own words: say something"),
        ({}, "x" * 4001, "more than 4,000 characters"),
        ({}, "a\0b", "NUL"),
        ({"commitments": (), "indicators": ()}, "a", "Name a commitment or an indicator"),
        ({"consent_on": None}, "a", "on which day they agreed"),
        ({"expires": "2026-05-31"}, "a", "expire before it was heard"),
        ({"consent_on": "2098-01-01"}, "a", "Agreed on: that day is in the future"),
        ({"heard_on": "2098-01-01"}, "a", "Heard on: that day is in the future"),
    ],
)
def test_testimony_that_cannot_be_is_refused_with_a_sentence(
    history: History, changed: dict[str, Any], words: str, said: str
) -> None:
    with pytest.raises(RecordsError, match=said):
        told(history, words, **changed)


def press(at: AppTest, label: str) -> AppTest:
    next(each for each in at.button if each.label == label).click()
    return at.run()


def test_a_writer_logs_publishes_and_answers_on_the_page(history: History, as_local_user: None) -> None:
    at = opened("forum")
    next(each for each in at.text_input if each.key == "forum-new-0-title").set_value("No lift at the depot")
    next(each for each in at.text_area if each.key == "forum-new-0-text").set_value("Nobody can get in.")
    next(each for each in at.text_input if each.key == "forum-new-0-raised_by").set_value("Transport")
    at = press(at, "Save as a draft")
    assert "No lift at the depot: saved as a draft." in shown(at)
    (entry,) = ForumLog(history).newest()
    assert (entry.entry.state, entry.revision.by) == ("draft", "local user")
    key = f"{entry.revision.item}-0"
    next(each for each in at.button if each.key == f"{key}-published").click()
    assert "published: readers see it now" in shown(at.run())
    assert [each.entry.title for each in ForumLog(history).published()] == ["No lift at the depot"]


def signed_in(monkeypatch: pytest.MonkeyPatch, *roles: str) -> None:
    monkeypatch.setattr(identity, "person", lambda: identity.Person("ann", frozenset(roles)))


def asked_until(history: History, until: date) -> AppTest:
    """Return the forum's page after another day was chosen until which the only testimony is shown."""
    (kept,) = testimonies.Testimonies(history).all()
    key = f"testimony-{kept.revision.item}-{kept.revision.number}-expires"
    at = opened("forum")
    next(each for each in at.date_input if each.key == key).set_value(until)
    return at.run()


def test_an_officer_shortens_the_days_and_an_editor_lengthens_them_with_consent_given_anew(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(history, expires="2026-12-24")
    every = testimonies.Testimonies(history)
    signed_in(monkeypatch, "officer")
    at = asked_until(history, date(2027, 6, 1))
    assert next(each for each in at.button if each.label == "Change the day").disabled
    shortened = press(asked_until(history, date(2026, 12, 20)), "Change the day")
    assert "the day is changed" in shown(shortened)
    signed_in(monkeypatch, "editor")
    at = press(asked_until(history, date(2027, 6, 1)), "Change the day")
    assert "Ask them again" in shown(at)
    next(each for each in at.date_input if each.label == "Agreed again on").set_value(date(2026, 11, 20))
    assert "the day is changed" in shown(press(at, "Change the day"))
    kept = every.all()[0].testimony
    assert (kept.expires, kept.consent_on) == (date(2027, 6, 1), date(2026, 11, 20))


def test_consent_can_be_withdrawn_before_testimony_is_published(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    testimonies.Testimonies(history).record(TOLD, WORDS, by="ann", view="/forum")
    signed_in(monkeypatch, "officer")
    assert "consent is withdrawn, it is not shown" in shown(press(opened("forum"), "Withdraw consent"))
    assert "Withdraw consent" not in {each.label for each in opened("forum").button}
    monkeypatch.setattr(identity, "person", lambda: None)
    assert_hidden("no consent")


def test_consent_that_is_given_later_is_recorded_and_published_after_that(
    history: History, as_local_user: None
) -> None:
    kept = told(history, consent=False, consent_on=None)
    at = opened("forum")
    assert "on which day they agreed" in shown(press(at, "Record their consent"))
    next(each for each in at.date_input if str(each.key).endswith("-agreed")).set_value(date(2026, 11, 20))
    assert "consent is recorded" in shown(press(at, "Record their consent"))
    (now,) = testimonies.Testimonies(history).all()
    assert (now.testimony.consent_on, now.testimony.state) == (date(2026, 11, 20), "draft")
    at = opened("forum")
    next(
        each
        for each in at.button
        if each.key == f"testimony-{kept.revision.item}-{now.revision.number}-publish"
    ).click()
    at.run()
    assert testimonies.Testimonies(history).all()[0].is_shown(TODAY)


def test_readers_find_no_form(history: History) -> None:
    log(history, state="published")
    told(history)
    at = opened("forum")
    assert not at.text_area
    assert not at.button
