"""Private calendars of due dates, for whoever has the token in the address."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from starlette.requests import Request

from svdash import editions, settings
from svdash.access import server_places
from svdash.web.answers import Answer, RefusedError

if TYPE_CHECKING:
    from svdash.findings.progress.due_dates import DueDate

ADDRESS: Final = "/api/v1/calendars/{file}"
MEDIA: Final = "text/calendar; charset=utf-8"


def calendar(request: Request) -> Answer:
    """Return the due dates of a person as iCalendar (RFC 5545); 404 where the token leads nowhere."""
    token, _, kind = str(request.path_params["file"]).rpartition(".")
    # Imported where somebody asks: a server without records starts without the libraries for databases.
    from svdash.records import is_there

    if kind != "ics" or not token or not is_there():
        raise RefusedError(404, error="there is no such calendar")
    today = datetime.now(UTC).date()
    dates = _dates(token, today)
    if dates is None:
        raise RefusedError(404, error="there is no such calendar")
    # Only for whoever asked: no cache on the way may keep it.
    return Answer(_written(dates, today), MEDIA, headers={"Cache-Control": "private, no-store"})


def _dates(token: str, today: date) -> tuple[DueDate, ...] | None:
    """Return the due dates of the person whom a token belongs to; ``None`` where it leads nowhere."""
    from svdash.findings.progress.due_dates import due_dates
    from svdash.records import History, RecordsError, connect
    from svdash.records.calendar_feeds import CalendarFeeds
    from svdash.records.people import People
    from svdash.records.quarterly_updates import QuarterlyUpdates

    try:
        history = History(connect())
        person = CalendarFeeds(history).person(token)
        if person is None:
            return None
        holders = [each for each in People(history).known() if each.person == person and each.holds(today)]
        submitted = QuarterlyUpdates(history).submitted()
    except RecordsError as problem:
        raise RefusedError(503, error=server_places.for_visitors(str(problem))) from problem
    return due_dates(editions.drafting(), sorted({each.post for each in holders}), today, submitted)


def _written(dates: tuple[DueDate, ...], today: date) -> bytes:
    from icalendar import Calendar, Event

    address = settings.public_url()
    written = Calendar()
    written.add("prodid", "-//svdash//due dates//EN")
    written.add("version", "2.0")
    written.add("x-wr-calname", "Social value: due dates")
    for each in dates:
        event = Event()
        event.add("uid", f"{each.key}@svdash")
        event.add("dtstamp", datetime(today.year, today.month, today.day, tzinfo=UTC))
        event.add("dtstart", each.day)
        event.add("dtend", each.day + timedelta(days=1))
        event.add("summary", each.title)
        event.add("description", each.text)
        event.add("transp", "TRANSPARENT")  # a day to remember, not one that is taken
        if address:
            query = urlencode({"owner": each.post, "quarter": each.period})
            event.add("url", f"{address}/my-updates?{query}")
        written.add_component(event)
    return bytes(written.to_ical())
