"""Private calendars: what stands in them, and that only the newest address leads anywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import icalendar
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from svdash import editions
from svdash.access import identity
from svdash.findings.progress import updates_owed
from svdash.findings.progress.due_dates import DueDate, due_dates
from svdash.records import History, connect
from svdash.records.calendar_feeds import CalendarFeeds
from svdash.records.people import People, PersonRow
from svdash.web import private_calendar
from svdash.web.routes import routes
from tests.opened_pages import opened

POST = "Social Value Lead"


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    url = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", url)
    monkeypatch.setenv("SVDASH_PUBLIC_URL", "https://value.authority.example")
    found = History(connect(url))
    People(found).enter([PersonRow(name="Ann", post=POST, email="ann@a.example")], by="x", view="/")
    return found


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


def issued(history: History) -> str:
    return CalendarFeeds(history).issue(People(history).known()[0].person, by="x", view="/")


def test_a_calendar_holds_what_is_due_and_no_cache_keeps_it(history: History, client: TestClient) -> None:
    found = client.get(f"/api/v1/calendars/{issued(history)}.ics")
    assert (found.status_code, found.headers["Cache-Control"]) == (200, "private, no-store")
    assert found.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = icalendar.Calendar.from_ical(found.content).events
    expected = due_dates(editions.drafting(), [POST], datetime.now(UTC).date(), frozenset())
    assert [(event.start, str(event["summary"])) for event in events] == [
        (each.day, each.title) for each in expected
    ]
    running = updates_owed.quarters(datetime.now(UTC).date())[1]
    assert any(f"for {running} are due" in str(event["summary"]) for event in events)
    assert str(events[0]["url"]).startswith(
        "https://value.authority.example/my-updates?owner=Social+Value+Lead"
    )
    assert len({str(event["uid"]) for event in events}) == len(events)


def test_only_the_newest_address_leads_anywhere_and_the_records_do_not_hold_it(
    history: History, client: TestClient
) -> None:
    first, second = issued(history), issued(history)
    asked = [client.get(f"/api/v1/calendars/{each}.ics").status_code for each in (first, second, "x", "")]
    assert asked == [404, 200, 404, 404]
    assert not any(token in str(each.content) for each in history.all() for token in (first, second))
    CalendarFeeds(history).end(People(history).known()[0].person, by="x", view="/")
    assert client.get(f"/api/v1/calendars/{second}.ics").status_code == 404


def test_who_left_owes_nothing(history: History, client: TestClient) -> None:
    token = issued(history)
    left = PersonRow(name="Ann", post=POST, email="ann@a.example", left_on=date(2026, 1, 31))
    People(history).enter([left], by="x", view="/")
    assert icalendar.Calendar.from_ical(client.get(f"/api/v1/calendars/{token}.ics").content).events == []


def test_a_hostile_title_stays_the_text_of_one_event() -> None:
    hostile = "A\r\nEND:VEVENT\r\nBEGIN:VEVENT, b; \\ <script>" + "é" * 200
    written = private_calendar._written(
        (DueDate("k", date(2027, 1, 21), hostile, hostile, POST, "q"),), date(2027, 1, 1)
    )
    (event,) = icalendar.Calendar.from_ical(written).events
    assert str(event["summary"]).replace("\r\n", "\n") == hostile.replace("\r\n", "\n")
    assert max(map(len, written.split(b"\r\n"))) <= 75


def test_the_page_makes_a_private_address_for_whoever_holds_the_post(
    history: History, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    at: AppTest = opened("my_updates", owner=POST)
    next(each for each in at.button if str(each.key).startswith("calendar-")).click()
    at = at.run()
    (address,) = [each.value for each in at.code if "calendars" in str(each.value)]
    assert client.get(str(address).removeprefix("https://value.authority.example")).status_code == 200
    next(each for each in at.button if str(each.key).startswith("calendar-end-")).click()
    at = at.run()
    assert not [each for each in at.code if "calendars" in str(each.value)]
    assert not [each for each in at.button if str(each.key).startswith("calendar-end-")]
    assert client.get(str(address).removeprefix("https://value.authority.example")).status_code == 404
    assert not [
        each
        for each in opened("my_updates", owner="Head of Procurement").button
        if str(each.key).startswith("calendar-")
    ]
