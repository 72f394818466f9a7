"""The published returns on the gender pay gap, over the years."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.findings.equality.comparison_groups import QUESTION, table
from svdash.findings.equality.gated_pay import METHOD, NAMES, NO_TEST, SHARES
from svdash.findings.finding import Finding, by_office, kept_by, records, statuses_of, updated_of
from svdash.findings.indicators import gated_observations
from svdash.findings.spec import of_view
from svdash.register import ALL, OBSERVATIONS, Framework, View

RETURNS, QUARTERS = "equality-pay-returns", "pay_quarters"
RETURNED: Final = {
    "organisation_label": "Organisation",
    "as_at": "Snapshot",
    "mean": "Mean gap (%)",
    "median": "Median gap (%)",
    **{f"quarter_{q}": f"Women in the {name} quarter (%)" for q, name in NAMES.items()},
    "status": "Status",
}


@kept_by("year")
def returns(edition: Edition, view: View) -> Finding:
    """Return the published mean and median gaps over the years, with the share of women in each quarter."""
    used = [name for name in (*OBSERVATIONS, QUARTERS) if name in edition.names]
    common: dict[str, Any] = {
        "name": RETURNS,
        "row_key": ("organisation_label", "as_at"),
        "columns": RETURNED,
        "decimals": dict.fromkeys(RETURNED, 1),
        "view": view,
        "updated": updated_of(edition, *used),
        "method": f"{METHOD} As in the statutory returns; the organisations report apart and are not averaged.",
        "caveats": (QUESTION, "A return covers women and men only.", *_caveat(edition)),
    }
    rows = gated_observations.gated(edition)
    named = {Framework.of(edition).concept(f"{kind}-gender-pay-gap"): kind for kind in ("mean", "median")}
    rows = rows[rows["indicator"].isin([code for code in named if code]) & (rows["group"] == ALL)]
    upto = rows[((view.year == ALL) | (rows["year"] <= view.year)) & rows["value"].notna() & ~rows["part"]]
    if upto.empty:
        first = min(rows["year"], default="")
        return Finding(
            headline="Gender pay gap returns: no figures",
            subtitle="Mean and median gap in hourly pay between women and men",
            frame=pd.DataFrame(columns=list(RETURNED)),
            empty=f"No return up to {view.year}: the first is of {first}."
            if first
            else _no_returns(edition, list(named)),
            **common,
        )
    frame = _returned(edition, upto.assign(kind=upto["indicator"].map(named)))
    changes = _changes(frame)
    seen = sorted(set(frame["as_at"]))
    return Finding(
        headline=_headline(edition, changes),
        subtitle="Gap in mean and median hourly pay, percent of men's, and women's share of each quarter of pay; "
        f"statutory returns, {_span(seen[0], seen[-1])}",
        frame=frame.sort_values(["place", "as_at"], ascending=[True, False], ignore_index=True),
        sentence=_sentence(frame, changes),
        alt=" ".join(f"{row['who']}: {_changed(row, True)}." for row in changes),
        legend="Each organisation by itself. Above zero: women are paid less.",
        statuses=by_office(
            set(upto["status"])
            | set(statuses_of(edition, *([QUARTERS] if QUARTERS in edition.names else [])))
        ),
        chart=_chart(edition, frame),
        **common,
    )


def _caveat(edition: Edition) -> tuple[str, ...]:
    code = Framework.of(edition).concept("mean-gender-pay-gap")
    return (str(Framework.of(edition).indicator(code)["caveat"]),) if code else ()


def _no_returns(edition: Edition, codes: list[str]) -> str:
    register = Framework.of(edition).indicators
    owners = [str(register.loc[code, "owner"]) for code in codes if code in register.index]
    who = f"Owner: {owners[0]}." if owners else "Nobody is recorded as the owner."
    return f"No figures from a statutory return. {who}"


def _span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    return (
        wording.day(last.date())
        if first == last
        else f"{wording.day(first.date())} to {wording.day(last.date())}"
    )


def _returned(edition: Edition, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row an organisation and snapshot: both gaps, women in each quarter, in the order of the years."""
    organisations = Framework.of(edition).vocabulary.labels("organisation")
    keys = ["organisation", "year"]
    status = rows.groupby(keys)["status"].first()
    as_at = rows.groupby(keys)["as_at"].max()
    gaps = rows.set_index([*keys, "kind"])["value"].unstack().reindex(columns=["mean", "median"])  # noqa: PD010 # one row a cell
    women = table(edition, QUARTERS, *keys, "quarter", "women_percent")
    by_quarter = women.assign(quarter=women["quarter"].astype("str")).set_index([*keys, "quarter"])[
        "women_percent"
    ]
    shares = by_quarter.unstack().reindex(columns=list(NAMES)).set_axis(SHARES, axis=1)  # noqa: PD010 # one row a cell
    frame = gaps.join(shares).assign(as_at=as_at, status=status).reset_index()
    places = {code: place for place, code in enumerate(organisations)}
    return frame.assign(
        organisation_label=frame["organisation"].map(lambda code: organisations.get(code, code)),
        place=frame["organisation"].map(lambda code: places.get(code, len(places))),
    ).sort_values(["place", "as_at"], ignore_index=True)


def _changes(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return for each organisation and gap its first and latest value, with their days."""
    found = []
    for label, rows in frame.groupby("organisation_label", sort=False):
        for kind in ("mean", "median"):
            told = records(rows[rows[kind].notna()])
            if told:
                first, last = told[0], told[-1]
                # What is written is one decimal: the change is the one between the figures beside it.
                change = wording.rounded(last[kind], 1) - wording.rounded(first[kind], 1)
                found.append(
                    {
                        "who": str(label),
                        "kind": kind,
                        "first": first[kind],
                        "last": last[kind],
                        "since": first["as_at"],
                        "at": last["as_at"],
                        "change": float(change) if len(told) > 1 else math.nan,
                    }
                )
    return found


def _headline(edition: Edition, changes: list[dict[str, Any]]) -> str:
    """Say at how many organisations each gap went which way."""
    told = [row for row in changes if not math.isnan(row["change"])]
    who = list(dict.fromkeys(row["who"] for row in told))
    if not told:
        return "Gender pay gap: too early to tell a change"
    if len(who) == 1:
        ways = [f"{row['kind']} {_way(row['change'])}" for row in told]
        return f"Gender pay gap at {_short(edition, who[0])}: {', '.join(ways)}"
    parts = [
        f"{kind} {_ways([row['change'] for row in told if row['kind'] == kind])}"
        for kind in ("mean", "median")
        if any(row["kind"] == kind for row in told)
    ]
    return f"Gender pay gap: {'; '.join(parts)}"


def _way(change: float) -> str:
    return "unchanged" if change == 0 else "down" if change < 0 else "up"


def _ways(changes: list[float]) -> str:
    counted = {way: sum(_way(change) == way for change in changes) for way in ("down", "up", "unchanged")}
    seen = {way: number for way, number in counted.items() if number}
    if len(seen) == 1:
        everyone = {1: "one organisation", 2: "both organisations"}
        return f"{next(iter(seen))} at {everyone.get(len(changes), f'all {len(changes)} organisations')}"
    return ", ".join(f"{way} at {number}" for way, number in seen.items())


def _sentence(frame: pd.DataFrame, changes: list[dict[str, Any]]) -> str:
    """Say organisation by organisation where the gaps are, and since when they changed by how much."""
    parts = []
    for who in dict.fromkeys(row["who"] for row in changes):
        own = [row for row in changes if row["who"] == who]
        sentences = [_changed(row, place == 0) for place, row in enumerate(own)]
        upper = frame.loc[frame["organisation_label"] == who, SHARES[-1]].dropna()
        women = (
            f"; women in the {NAMES['4']} quarter {wording.percent(float(upper.iloc[-1]))}"
            if len(upper)
            else ""
        )
        parts.append(f"{who}: {'; '.join(sentences)}{women}.")
    return " ".join([*parts, NO_TEST])


def _changed(row: dict[str, Any], dated: bool) -> str:
    on = f" on {wording.day(row['at'].date())}" if dated else ""
    now = f"{row['kind']} gap {wording.percent(row['last'])}{on}"
    if math.isnan(row["change"]):
        return now
    since = f" since {wording.day(row['since'].date())}" if dated else ""
    return f"{now}, {wording.change(row['change'], 'percent')}{since} ({wording.percent(row['first'])})"


def _chart(edition: Edition, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row a panel, organisation and snapshot; ``named`` is what stands beside the last point."""
    panels = {
        "mean": "Mean gap (%)",
        "median": "Median gap (%)",
        **{f"quarter_{q}": f"Women in the {NAMES[q]} quarter (%)" for q in reversed(NAMES)},
    }
    parts = []
    for order, (column, title) in enumerate(panels.items()):
        rows = frame[frame[column].notna()]
        last = rows["as_at"] == rows.groupby("organisation")["as_at"].transform("max")
        above = rows[column] >= rows.loc[last, column].mean()
        names = [_short(edition, label) for label in rows["organisation_label"]]
        parts.append(
            pd.DataFrame(
                {
                    "panel": title,
                    "order": order,
                    "label": rows["organisation_label"],
                    "first": rows["place"] == frame["place"].min(),
                    "as_at": rows["as_at"],
                    "value": rows[column],
                    "named": [
                        f"{n} {wording.number(v, 1)}" if is_last else ""
                        for n, v, is_last in zip(names, rows[column], last, strict=True)
                    ],
                    "above": above,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _short(edition: Edition, label: str) -> str:
    """Return an organisation's name without another's that it begins with: Combined Authority."""
    others = Framework.of(edition).vocabulary.labels("organisation").values()
    return next((label.removeprefix(f"{other} ") for other in others if label.startswith(f"{other} ")), label)


SPECS: Final = (of_view(RETURNS, "Published gender pay gap returns", returns),)
