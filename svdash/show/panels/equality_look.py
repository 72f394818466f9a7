"""Equality in one look: a grid of characteristics and comparisons, its three widest gaps, and what is not known."""

from __future__ import annotations

from html import escape
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st

from svdash import wording
from svdash.findings.equality import equality_summary, unknown_groups
from svdash.findings.equality.gap_verdicts import ALONE, CHANCE, ELSEWHERE, NOT_IN_PACK, REAL, UNFAIR, UNKNOWN
from svdash.findings.finding import SNAPSHOT, Finding, records
from svdash.show.kit import addresses, finding_html, page
from svdash.show.kit.page import Here

# Names of columns with the places where a narrow screen may break them.
_COLUMNS: Final = {
    "workforce": "Staff",
    "recruitment": "Recruit\N{SOFT HYPHEN}ment",
    "owners": "Sup\N{SOFT HYPHEN}pliers",
    "services": "Services",
}

# In place of a size that fewer than ten people make.
FEW: Final = "few"
_KINDS: Final = {
    REAL: "sv-real",
    ALONE: "sv-alone",
    CHANCE: "sv-even",
    UNFAIR: "sv-unfair",
    NOT_IN_PACK: "sv-unfair",
    ELSEWHERE: "sv-unfair",
    UNKNOWN: "sv-unknown",
}
_SIGNS: Final = {
    UNFAIR: "\N{NOT EQUAL TO}",
    NOT_IN_PACK: "\N{EN DASH}",
    ELSEWHERE: "\N{RIGHTWARDS ARROW}",
    UNKNOWN: "?",
}


def draw(now: Here, panel: str) -> None:
    """Draw the summary of a panel's characteristics as a grid, and beside it what is not known."""
    drawn(
        equality_summary.summary(now.edition, now.view, panel), unknown_groups.register(now.edition, now.view)
    )


def is_drawable(summary: Finding) -> bool:
    """Return whether the grid can be drawn of a summary, which an earlier version may have stored with other columns or verdicts."""
    named = {
        "characteristic",
        "characteristic_label",
        "part",
        "part_label",
        "told",
        "said",
        "verdict",
        "times",
        "place",
    }
    rows = summary.frame
    return (
        named <= set(rows) and set(rows["verdict"]) <= set(_KINDS) and set(rows["part"]) == set(_COLUMNS)
    ) or bool(summary.empty)


def drawn(summary: Finding, register: Finding) -> None:
    """Draw a summary as a grid, and beside it what is not known: those of now, or those that a snapshot holds."""
    page.heading(summary.headline, summary.subtitle, summary)
    if summary.empty:
        page.empty(summary.empty)
        return
    st.html(
        f'<div class="sv-look"><div>{widest(summary)}{legend()}{grid(summary)}{noted()}</div>'
        f"{not_known(summary, register)}</div>{below(summary)}"
    )


def widest(summary: Finding) -> str:
    """Write the widest fair comparisons that hold, one a line."""
    told = [line for line in summary.sentence.split(". ") if line]
    if not told:
        return f'<p class="sv-said">{escape(equality_summary.NONE_HOLDS)}</p>'
    lines = "".join(f"<li>{escape(line.rstrip('.'))}</li>" for line in told)
    return f'<ol class="sv-widest" aria-label="The widest gaps beyond chance">{lines}</ol>'


def grid(summary: Finding) -> str:
    """Write the grid: a row a characteristic in the vocabulary's order, a column a comparison, each cell a link to its part."""
    rows: dict[str, dict[str, Any]] = {}
    labels: dict[str, str] = {}
    for row in records(summary.frame.sort_values("place", kind="stable")):
        rows.setdefault(row["characteristic"], {})[row["part"]] = row
        labels[row["characteristic"]] = row["characteristic_label"]
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in _COLUMNS.values())
    body = "".join(
        f'<tr><th scope="row">{escape(labels[code])}</th>'
        + "".join(f"<td>{_cell(summary, cells[part])}</td>" for part in _COLUMNS)
        + "</tr>"
        for code, cells in rows.items()
    )
    caption = f'<caption class="sv-unseen">{escape(summary.headline)}. {escape(summary.subtitle)}</caption>'
    return (
        f'<table class="sv-grid">{caption}<thead><tr><th scope="col">Characteristic</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _cell(summary: Finding, row: dict[str, Any]) -> str:
    """Write one cell: a mark with what it means in words, linked to the part of the page that tells more."""
    told = f"{row['told']}: {row['verdict']}" if row["told"] else f"{row['said']}: {row['verdict']}"
    where = {"part": row["part"], "characteristic": row["characteristic"]}
    href = f"{addresses.of_page('equality_gaps')}?{urlencode({**_kept(summary), **where})}"
    title = f"{row['characteristic_label']}, {row['part_label'].lower()}. {told}"
    return f'<a href="{escape(href)}" target="_self">{mark(row["verdict"], row["times"], title)}</a>'


def _kept(found: Finding) -> dict[str, str]:
    """Return what a link out of a finding carries on: its filters, or the snapshot that holds it."""
    if SNAPSHOT in found.about:
        return {SNAPSHOT: found.about[SNAPSHOT]}
    return {
        name: value for name, value in found.view.params().items() if name in ("role", "commitment", "year")
    }


def mark(verdict: str, times: float = float("nan"), title: str = "") -> str:
    """Draw a mark: filled, outlined or dashed and with a sign, so that colour is not the only cue; ``title`` says it in words."""
    sign = _SIGNS.get(verdict, "")
    if verdict in (REAL, ALONE) and times > 0:
        sign = f"{wording.two_figures(times)}\N{MULTIPLICATION SIGN}"
    elif verdict in (REAL, ALONE):
        sign = FEW
    told = f' title="{escape(title)}"' if title else ""
    words = f'<span class="sv-unseen">{escape(title)}</span>' if title else ""
    return f'{words}<span class="sv-gap {_KINDS[verdict]}" aria-hidden="true"{told}>{sign or "&nbsp;"}</span>'


def legend() -> str:
    """Write what the marks mean, shortly: it stands above the grid, so that it is read before it."""
    told = {
        REAL: "gap beyond chance, how many times as many or as likely",
        ALONE: "beyond chance only if tested alone",
        CHANCE: "no gap beyond chance",
        **{verdict: verdict for verdict in _SIGNS},
    }
    sample = {REAL: 0.5, ALONE: 0.8}
    items = "".join(
        f"<li>{mark(verdict, sample.get(verdict, float('nan')))}{escape(words)}</li>"
        for verdict, words in told.items()
    )
    return f'<ul class="sv-gaps" aria-label="What the marks mean">{items}</ul>'


def noted() -> str:
    """Write below the grid what its marks leave open: who is not told, and why a comparison is not fair."""
    return (
        f'<p class="sv-sub">{_SIGNS[UNFAIR]} {escape(wording.sentence(UNFAIR))}: {escape(equality_summary.LACKING)}. '
        f"“{FEW}”: fewer than ten people make the gap, so its size is not given.</p>"
    )


def not_known(summary: Finding, register: Finding) -> str:
    """Write what is not known, large: how many comparisons, of which characteristics, and how far breakdowns are measured."""
    dark = summary.frame[summary.frame["verdict"] == UNKNOWN].sort_values("place", kind="stable")
    by_part = "".join(
        f"<dt>{escape(str(label))}</dt><dd>{escape(wording.every(list(rows['characteristic_label'])))}</dd>"
        for label, rows in dark.groupby("part_label", sort=False)
    )
    then = {SNAPSHOT: summary.about[SNAPSHOT]} if SNAPSHOT in summary.about else {}
    href = f"{addresses.of_page('equality_gaps')}?{urlencode({**then, 'part': 'unknown'})}"
    more = (
        f"<p><strong>{escape(register.headline)}.</strong> {escape(register.sentence)}</p>"
        if not register.empty
        else f"<p>{escape(register.empty)}</p>"
    )
    return (
        '<section class="sv-dark" aria-labelledby="sv-dark"><h2 class="sv-head" id="sv-dark">What we don\N{RIGHT SINGLE QUOTATION MARK}t know</h2>'
        f'<p class="sv-dark-number"><strong>{len(dark)}</strong> of {wording.count(len(summary.frame), "comparison")}</p>'
        f"<dl>{by_part}</dl>{more}"
        f'<p><a href="{escape(href)}" target="_self">Who asks, by when</a></p></section>'
    )


def below(summary: Finding) -> str:
    """Write the table, closed, and the line of all that can be asked of a finding."""
    table = finding_html.of_table(summary)
    return (
        f'<details class="sv-closed"><summary>Table ({wording.count(len(summary.frame), "row")})</summary>{table}</details>'
        f'<div class="sv-below">{finding_html.line(summary, picture=False, link=page.this_view())}</div>'
    )
