"""The exceptions page: the list that goes to leadership rule by rule, the actions that answer it, and the forms for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html import escape
from itertools import groupby
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from svdash import editions, wording
from svdash.access import identity, server_places
from svdash.findings import snapshots
from svdash.findings.exceptions import exception_list, rule_hits, since_snapshot
from svdash.findings.finding import Finding, records
from svdash.records import RecordsError
from svdash.register import ALL, NONE
from svdash.show.kit import controls, page, recording
from svdash.show.kit.plain_text import typed_html

if TYPE_CHECKING:
    from svdash.records.taken_snapshots import TakenSnapshot

_SHORT: Final = 12
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITERS = (identity.OFFICER, identity.BOARD, identity.EDITOR)


def show(now: page.Here) -> None:
    """Draw the page."""
    writes = not identity.why_not(*WRITERS)
    # Those who may write see every action, others those that are shown to readers; what is not published of updates is
    # nobody's exception yet.
    actions = editions.agreed_actions(editions.drafting() if writes else now.edition)
    found = exception_list.exceptions(now.edition, now.view, actions)
    with controls.line():
        rules = {ALL: "All rules", **exception_list.labels(found)}
        rule = controls.pick("rule", "Rule", rules, ALL, width=220)
        then = _chosen_snapshot()
        bare = controls.tick("bare", "Without an action", "Only exceptions that have no action yet.")
    page.heading(found.headline, f"{found.subtitle}. {found.sentence}", found)
    recording.messages()
    compared = _compared(now, found, *then) if then else None
    found = compared.found if compared else found
    if writes:
        # Imported for those who write: the libraries for records take a while to load.
        from svdash.show.panels import action_forms

        action_forms.show(now.edition, found, actions)
    shown = exception_list.narrowed(found, rule, bare=bare)
    if shown.empty:
        page.empty(shown.empty)
    else:
        st.html(listed(shown))
    if compared and len(compared.gone):
        st.html(_gone(compared.gone))
    page.words(replace(found, sentence=""))
    _take_away(now, found)


def _take_away(now: page.Here, found: Finding) -> None:
    """Draw what hands the list on whole, as it is seen with its actions and what is new; the CSV stands in the line above."""
    if found.empty:
        return
    whose = now.framework.authority.framework
    inside = "-not-for-readers" if exception_list.has_hidden(found) else ""
    name = f"exceptions-{found.view.year.replace('/', '-')}{inside}"
    with st.container(horizontal=True):
        # Made when the button is pressed, not for every page that has one.
        st.download_button(
            "Excel", lambda: _report().workbook(found, whose), f"{name}.xlsx", _XLSX, key="exceptions-xlsx", on_click="ignore",
            help="The whole list for the corporate performance report, with what it rests on in a second sheet.",
        )  # fmt: skip
        st.download_button(
            "HTML", lambda: _report().html(found, whose).encode(), f"{name}.html", "text/html", key="exceptions-html", on_click="ignore",
            help="One file that needs no network: to send, to read and to print.",
        )  # fmt: skip


def _report() -> ModuleType:
    # Imported when somebody takes the list away: what writes workbooks takes a while to load.
    from svdash.reports import exception_report

    return exception_report


def _chosen_snapshot() -> tuple[TakenSnapshot, tuple[TakenSnapshot, ...]] | None:
    """Draw the choice of the snapshot to compare with, and return it with those before it; ``None`` for none."""
    try:
        taken = snapshots.listed()
    except RecordsError as problem:
        page.note(server_places.for_visitors(f"Snapshots can't be compared: {problem}"))
        return None
    if not taken:
        return None
    names = {each.id[:_SHORT]: _named(each) for each in taken}
    chosen = controls.pick(
        "since", "Since", {NONE: "Not compared", **names}, next(iter(names)),
        "A snapshot, such as that of the last meeting: which exceptions are new, came back or are gone.", width=300,
    )  # fmt: skip
    place = next((place for place, each in enumerate(taken) if each.id[:_SHORT] == chosen), None)
    return None if place is None else (taken[place], taken[place + 1 : place + 1 + since_snapshot.EARLIER])


def _named(taken: TakenSnapshot) -> str:
    """Return a snapshot's name with its day, which the name may have already, and the id by which two of a day are told apart."""
    day = wording.day(taken.taken_at.date())
    return f"{taken.name} ({taken.id[:8] if day in taken.name else day})"


def _compared(
    now: page.Here, found: Finding, chosen: TakenSnapshot, before: tuple[TakenSnapshot, ...]
) -> since_snapshot.Since | None:
    """Draw how the exceptions moved since a snapshot and return it; ``None``, with a sentence, where it can't be opened."""
    when = _named(chosen)
    try:
        earlier = [snapshots.opened(each.id) for each in before]
        latest = now.framework.calendar.latest_year
        moved = since_snapshot.since(found, snapshots.opened(chosen.id), earlier, when, latest)
    except snapshots.SnapshotError as problem:
        page.note(server_places.for_visitors(str(problem)))
        return None
    st.html(f'<p class="sv-said">{_seen(moved.sentence)}</p>')
    return moved


def _gone(rows: pd.DataFrame) -> str:
    """Write what is no exception any more as HTML, with how its action stood."""
    items = "".join(
        f'<li><span class="sv-promise">{_seen(row["about"])}<small>{_seen(row["label"])}: {_seen(row["reason"])}</small></span>'
        f'<span class="sv-ask">{_seen(since_snapshot.went(row))}</span></li>'
        for row in records(rows)
    )
    number = wording.count(len(rows), "row")
    return (
        '<div class="sv-promises sv-exceptions"><details><summary><strong>Gone since then</strong> '
        f"<span>{number}</span></summary><ul>{items}</ul></details></div>"
    )


def listed(found: Finding) -> str:
    """Write the list as HTML: rule by rule, each exception with its question, its reason, its owner and its action."""
    parts = []
    for label, rows in groupby(records(found.frame), key=lambda row: str(row["label"])):
        members = list(rows)
        bare = sum(not row["item"] for row in members)
        number = wording.count(len(members), "row") + (f", {bare} without an action" if bare else "")
        items = "".join(map(_exception, members))
        parts.append(
            f"<details open><summary><strong>{escape(label)}</strong> <span>{number}</span></summary><ul>{items}</ul></details>"
        )
    return f'<div class="sv-promises sv-exceptions">{"".join(parts)}</div>'


def _exception(row: dict[str, Any]) -> str:
    title = typed_html(row["about"])
    if row["page"]:
        params = dict(pair.split("=", 1) for pair in str(row["lead_to"]).split("&"))
        address = escape(page.address(str(row["page"]), **params))
        title = f'<a href="{address}" target="_self">{title}</a>'
    moved = row.get(since_snapshot.COLUMN, since_snapshot.STILL)
    mark = "" if moved in (since_snapshot.STILL, since_snapshot.ACTION) else f" <b>{escape(str(moved))}</b>"
    place = "" if row["where"] == rule_hits.NO_PLACE else f" · {escape(str(row['where']))}"
    return (
        f'<li><span class="sv-promise">{title}{mark}<small>{_seen(row["reason"])}{place} · owner: {_seen(row["owner"])}</small></span>'
        f'<span class="sv-ask">{_seen(row["ask"])}<small>{_action(row)}</small></span></li>'
    )


def _action(row: dict[str, Any]) -> str:
    if not row["item"]:
        return "no action yet"
    return _seen(
        f"{row['action']} · {row['action_owner']}, by {wording.day(date.fromisoformat(str(row['action_due'])))} · {row['standing']}"
    )


def _seen(text: object) -> str:
    return f"<bdi>{typed_html(text)}</bdi>"
