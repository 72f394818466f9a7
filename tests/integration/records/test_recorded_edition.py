"""Pack and records meet in one edition: what is published stands above the pack, for pages, routes and findings alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from svdash import editions
from svdash.editions import recorded
from svdash.editions.recorded import RecordedEdition
from svdash.findings.economy import local_spend
from svdash.findings.open_data import open_tables
from svdash.findings.progress import commitment_register, commitment_status
from svdash.records import Draft, History, connect, database
from svdash.records.quarterly_updates import Quarter, QuarterlyUpdates, checked
from svdash.register import Framework
from svdash.show.kit.plain_text import JOINER
from svdash.tables import open_pack
from svdash.web.routes import routes
from tests.copies import SMALL, CopiedPack
from tests.integration.pages.test_pages import everything
from tests.opened_pages import opened

COMMITMENT = "EMP-A9"
LEAD = "Equality, Diversity and Inclusion Manager"
OTHER, OTHER_LEAD = "EMP-D6", "Head of Transport Operations"
OFFICER, DEPUTY = "ann.officer@authority.example", "dee.deputy@authority.example"
NOTE = "The panel chairs were trained <b>twice</b>."


@pytest.fixture
def url(copied_pack: CopiedPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The settings name a pack and a database that is not there yet."""
    address = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    monkeypatch.setenv("SVDASH_DATABASE_URL", address)
    return address


def drawn(page: AppTest) -> str:
    """Everything that a page shows, as text."""
    return unescape(" ".join(everything(page)))


def saved(url: str, **changed: Any) -> tuple[QuarterlyUpdates, Any]:
    """Save an update of a quarter and return it, not published."""
    by = changed.pop("by", "ann")
    typed = {
        "commitment": COMMITMENT, "directorate": "people", "period": "2026/27 Q1", "due_on": "2026-07-21", "reported_on": "2026-07-10",
        "delivery": "substantial", "confidence": "green", "note": NOTE, "evidence": "Attendance lists", "evidence_date": "2026-07-01",
    }  # fmt: skip
    updates = QuarterlyUpdates(History(connect(url)))
    update = checked({**typed, **changed})
    before = updates.newest(update.commitment, update.period)
    return updates, updates.save([(update, before.number if before else None)], by=by, view="/")[0]


def publish(url: str, **changed: Any) -> None:
    updates, update = saved(url, **changed)
    by = changed.get("by", "ann")
    where = Quarter(str(update.content["period"]), str(update.content["directorate"]))
    for state in ("submitted", "signed-off", "published"):
        updates.step(
            where,
            state,
            updates={update.content["commitment"]: update},
            on=date(2026, 7, 22),
            by=by,
            view="/",
        )


def test_without_records_an_edition_is_the_pack_and_looking_makes_no_database(url: str) -> None:
    assert editions.current() is open_pack()
    opened("commitments")
    assert not Path(url.removeprefix("sqlite:///")).exists()


def test_what_is_not_published_is_not_seen(url: str) -> None:
    saved(url)
    assert editions.current() is open_pack()


def test_a_published_update_stands_above_the_pack_by_its_date(url: str) -> None:
    before = editions.current()
    publish(url)
    after = editions.current()
    assert after is editions.current()
    assert len(after.table("updates")) == len(before.table("updates")) + 1 == after.count("updates")
    assert after.table("updates").dtypes.equals(before.table("updates").dtypes)
    framework = Framework.of(after)
    assert framework.calendar.until == date(2026, 6, 30)
    standing = commitment_status.status_by_commitment(
        after, framework.filters.default_view("2026/27")
    ).set_index("id")
    assert standing.loc[COMMITMENT, ["period", "update", "by"]].tolist() == ["2026/27 Q1", NOTE, LEAD]


def test_a_recorded_update_takes_the_place_of_the_packs_own_of_that_quarter(url: str) -> None:
    before = editions.current()
    publish(
        url,
        period="2025/26 Q4",
        due_on="2026-04-21",
        reported_on="2026-04-20",
        evidence_date=None,
        on_behalf_of="The owner",
    )
    rows = editions.current().table("updates")
    assert len(rows) == len(before.table("updates"))
    row = rows[(rows["commitment"] == COMMITMENT) & (rows["period"] == "2025/26 Q4")]
    assert row[["note", "by", "year"]].to_numpy().tolist() == [[NOTE, "The owner", "2025/26"]]


def test_pages_and_routes_show_what_is_published_with_its_markup_as_text(url: str) -> None:
    publish(url)
    page = opened("commitments", commitment=COMMITMENT, year="2026/27")
    assert not page.exception
    shown = drawn(page)
    assert NOTE in shown
    assert NOTE not in " ".join(everything(page))  # where it is read as HTML
    served = TestClient(Starlette(routes=routes())).get(
        "/api/v1/tables/updates.json", params={"of": COMMITMENT, "year": "2026/27"}
    )
    assert [row["note"] for row in served.json()["rows"]][:1] == [NOTE]


@pytest.fixture
def signed_in_wrote(url: str) -> str:
    """An officer's update and one that a deputy wrote are published, both by people who had signed in."""
    publish(url, by=OFFICER)
    publish(url, by=DEPUTY, commitment=OTHER, directorate="transport", on_behalf_of=OTHER_LEAD, deputy=DEPUTY)
    return url


def test_open_tables_name_posts_and_nobody_who_signed_in(signed_in_wrote: str) -> None:
    client = TestClient(Starlette(routes=routes()))
    edition = editions.current()
    served = {}
    for table in open_tables.every_table(edition):
        allowed = {name: table.parameters[name].allowed for name in table.needs}
        first = {name: values(edition)[0] for name, values in allowed.items() if values}
        for commitment in (COMMITMENT, OTHER) if table.name == "updates" else ("",):
            asked = {"of": commitment, "year": "2026/27"} if commitment else first
            answer = client.get(f"/api/v1/tables/{table.name}.csv", params=asked)
            assert answer.status_code == 200, table.name
            assert "@authority.example" not in answer.text, table.name
            served[table.name, commitment] = answer.text
    assert NOTE in served["updates", COMMITMENT]
    assert LEAD in served["updates", COMMITMENT]
    assert OTHER_LEAD in served["updates", OTHER]
    assert NOTE in served["pack-updates", ""]


def test_the_page_of_commitments_names_posts_and_nobody_who_signed_in(signed_in_wrote: str) -> None:
    for commitment, lead in ((COMMITMENT, LEAD), (OTHER, OTHER_LEAD)):
        page = opened("commitments", commitment=commitment, year="2026/27")
        assert not page.exception
        shown = drawn(page).replace(JOINER, "")
        assert NOTE in shown
        assert lead in shown
        assert "@authority.example" not in shown
    assert f"Written by a deputy for {OTHER_LEAD}" in shown


def test_who_reported_on_a_commitment_without_an_owner_is_an_officer(
    url: str, copied_pack: CopiedPack
) -> None:
    def ownerless(register: pd.DataFrame) -> pd.DataFrame:
        register.loc[register["id"] == COMMITMENT, "lead"] = ""
        return register

    copied_pack.change("commitments", ownerless)
    publish(url, by=OFFICER)
    rows = editions.current().table("updates")
    assert rows[rows["note"] == NOTE]["by"].tolist() == ["An officer"]


def test_a_save_costs_the_findings_of_its_table_and_no_others(url: str) -> None:
    before = editions.current()
    view = Framework.of(before).filters.default_view()
    spend = local_spend.places(before, view)
    register = commitment_register.register(before, view)
    publish(url, period="2025/26 Q4", due_on="2026-04-21", reported_on="2026-04-20", evidence_date=None)
    after = editions.current()
    assert local_spend.places(after, view) is spend
    assert commitment_register.register(after, view) is not register
    assert before.fingerprint_of(["glossary"]) == after.fingerprint_of(["glossary"])
    assert before.fingerprint_of(["updates"]) != after.fingerprint_of(["updates"])
    assert before.fingerprint != after.fingerprint


def test_two_histories_with_the_same_numbers_are_not_the_same_edition(url: str, tmp_path: Path) -> None:
    publish(url)
    first = editions.current()
    other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    publish(other, note="Something else.")
    assert isinstance(first, RecordedEdition)
    assert recorded.Recorded().over(open_pack(), other).fingerprint != first.fingerprint


def test_what_was_recorded_of_a_commitment_that_the_pack_lost_is_named(
    url: str, copied_pack: CopiedPack
) -> None:
    publish(url, commitment="OLD-1")
    edition = editions.current()
    assert len(edition.table("updates")) == len(open_pack(SMALL).table("updates"))
    assert edition.notice == "What was recorded of OLD-1 is left out: the pack has no such commitment."
    assert edition.notice in drawn(opened("commitments"))


def test_where_the_records_can_not_be_read_what_was_read_last_is_shown_and_said_so(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    publish(url)
    shown = editions.current()
    connect(url).close()
    monkeypatch.setattr(database, "_open", {})
    for left in tmp_path.glob("records.sqlite3*"):
        left.write_bytes(b"damaged" * 1000)
    edition = editions.current()
    assert edition.table("updates").equals(shown.table("updates"))
    assert edition.notice.startswith("The records can't be reached, so the newest updates may be missing.")
    page = opened("commitments", commitment=COMMITMENT)
    assert not page.exception
    assert "The records can't be reached" in drawn(page)
    assert str(tmp_path) not in drawn(page)
    health = TestClient(Starlette(routes=routes())).get("/healthz")
    assert health.status_code == 200
    assert "The records can't be reached" in health.text
    assert str(tmp_path) not in health.text


def test_a_server_that_does_not_answer_is_not_asked_again_by_every_reader(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    tried = recorded.connect

    def counted(address: str) -> Any:
        asked.append(address)
        return tried(address)

    monkeypatch.setattr(recorded, "connect", counted)
    monkeypatch.setenv("SVDASH_DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/records")
    now = [1000.0]
    fresh = recorded.Recorded(clock=lambda: now[0])
    found = [fresh.over(open_pack(), "postgresql://u:secret@127.0.0.1:1/records") for _ in range(5)]
    assert len(asked) == 1
    assert all(each is found[0] for each in found)
    assert "secret" not in found[0].notice
    now[0] += 15
    fresh.over(open_pack(), "postgresql://u:secret@127.0.0.1:1/records")
    assert len(asked) == 2


@pytest.mark.postgresql
def test_the_same_is_shown_from_postgresql(
    url: str, new_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = new_url("postgresql")
    monkeypatch.setenv("SVDASH_DATABASE_URL", server)
    assert editions.current() is open_pack()
    publish(server)
    publish(url)
    shown = editions.current().table("updates")
    monkeypatch.setenv("SVDASH_DATABASE_URL", url)
    assert shown.equals(editions.current().table("updates"))


def test_what_a_later_version_recorded_leaves_readers_the_pack_and_a_notice(
    copied_pack: CopiedPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'later.sqlite3'}")
    History(connect()).add([Draft("action:1", "action", {"what": "Ask", "priority": 1})], by="ann", view="")
    edition = editions.current()
    assert "was recorded by a later version of the program" in edition.notice
    assert edition.count("updates") == copied_pack.open().count("updates")
