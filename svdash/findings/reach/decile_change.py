"""How the shares of deciles in reach or spend changed from one year to another."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, records
from svdash.findings.reach import area_cells, district_people
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import MapChoice, of_map
from svdash.findings.reach.distribution import Landing
from svdash.measures import intervals
from svdash.register import ALL, NONE, Framework, View

CHANGE: Final = {
    "decile": "Decile, 1 = most deprived",
    "before": "Amount before",
    "after": "Amount now",
    "difference": "Change of the amount",
    "share_before": "Share before (%)",
    "share": "Share now (%)",
    "population_share": "Share of residents (%)",
    "points": "Change of the share (points)",
    "lower": "95% from",
    "upper": "95% to",
    "times": "Share now, times before",
    "said": "What can be said",
    "status": "Status",
}
SAME_PEOPLE: Final = "The test takes the people of both years for different ones; where many stay, real changes are smaller than it can tell."
BY_CHANCE: Final = "Of ten deciles tested, one may stand out by chance."
CHANGE_METHOD: Final = (
    "Share of each decile in both years and the difference in points; for people with Newcombe's 95% interval. Money has "
    "none. Pounds are nominal. A decile held back in one of the years is left out of both, so that shares are of the same deciles; within a district so is an "
    "area held back."
)


def change(edition: Edition, view: View, asked: MapChoice) -> Finding:
    """Return how reach or spend by decile moved from the compared year to the view's."""
    landing = land.of(edition, view, asked)
    return _change(edition, view, landing)


@kept
def _change(edition: Edition, view: View, landing: Landing) -> Finding:
    year, noun = area_cells.year_of_view(Framework.of(edition), view), landing.noun
    about = land.head(edition, view, landing, CHANGE_METHOD)
    common: dict[str, Any] = {
        **about,
        "name": "reach-change",
        "row_key": ("decile",),
        "about": about["about"] | {"compared": view.compare},
        "caveats": (*about["caveats"], *([SAME_PEOPLE] if landing.people else [])),
        "columns": CHANGE
        | {"before": f"{landing.amount}, {view.compare}", "after": f"{landing.amount}, {year}"},
        "decimals": dict.fromkeys(("before", "after", "difference"), landing.decimals)
        | dict.fromkeys(("share_before", "share", "population_share", "points", "lower", "upper"), 1)
        | {"times": 2},
    }
    why = _no_change(edition, view, landing, year)
    if why:
        return Finding(
            headline=f"How {noun} by decile changed: no comparison",
            subtitle=f"{landing.measure}: change by England's deprivation deciles, {landing.where}",
            frame=pd.DataFrame(columns=list(CHANGE)),
            empty=why,
            **common,
        )
    frame = _changed(edition, view, landing, year)
    known = frame[frame["share"].notna()]
    before, after = land.period(edition, view.compare), land.period(edition, year)
    return Finding(
        headline=_changed_headline(records(frame)[0], noun),
        subtitle=f"{landing.measure}: change of each decile's share in points, {landing.where}, {before} to {after}",
        frame=frame,
        sentence=" ".join(_changed_sentence(edition, view, landing, frame, year)),
        alt=" ".join(
            f"Decile {r['decile']}: {wording.change(r['points'], 'percent')}, {r['said']}."
            for r in records(known)
        ),
        legend="Dot and bar: change of the share in points"
        + (", 95% interval." if landing.people else "; money has no interval.")
        + " Grey line: no change.",
        chart=_changes(known),
        **common,
    )


def _no_change(edition: Edition, view: View, landing: Landing, year: str) -> str:
    if view.compare in (NONE, year):
        if Framework.of(edition).calendar.year_before(year) == NONE:
            return f"The data pack has no year before {year}, and a change needs two."
        return f"Choose a year to compare {year} with."
    for each in (year, view.compare):
        why = land.nothing(edition, view, landing, each)
        if why:
            return why
    if landing.of_district and district_people.too_much(edition, landing.part, year, view.compare):
        return district_people.too_much(edition, landing.part, year, view.compare)
    now, then = _both(edition, view, landing, year)
    both = now["marker"].eq("") & then["marker"].eq("")
    least = min(now.loc[both, "amount"].sum(), then.loc[both, "amount"].sum())
    if least <= 0 or (landing.people and least < land.LEAST_BASE):
        return f"Too little of {landing.name} is shown in the same deciles of {view.compare} and {year}."
    return ""


def _both(edition: Edition, view: View, landing: Landing, year: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return amounts by decile of the year and of the compared one, within a district of areas that both show."""
    return (
        land.by_decile(edition, view, landing, year, beside=(view.compare,)),
        land.by_decile(edition, view, landing, view.compare, beside=(year,)),
    )


def _changed(edition: Edition, view: View, landing: Landing, year: str) -> pd.DataFrame:
    now, then = _both(edition, view, landing, year)
    both = now["marker"].eq("") & then["marker"].eq("")
    hidden = (
        landing.of_district and district_people.too_small(edition, landing.part, year, view.compare).any()
    )
    after, before = now["amount"].where(both), then["amount"].where(both)
    share, earlier = 100 * after / after.sum(), 100 * before / before.sum()
    frame = pd.DataFrame(
        {
            "decile": now["decile"],
            # A decile held back in one year still shows what the other one shows.
            "before": then["amount"],
            "after": now["amount"],
            "difference": after - before,
            "share_before": earlier,
            "share": share,
            "population_share": 100 * now["population"] / now["population"].sum(),
            "points": share - earlier,
            "times": share / earlier.where(earlier > 0),
            "lower": float("nan"),
            "upper": float("nan"),
            "status": land.mark(edition, landing),
            "marker": np.where(both, "[z]", "[c]"),
        }
    )
    part = any(Framework.of(edition).calendar.is_part(each) for each in (year, view.compare))
    if landing.people and not part:
        counts = (float(after.sum()), float(before.sum()))
        error = land.share_error(now[both]) + land.share_error(then[both])
        limits = _limits(after[both], counts[0], before[both], counts[1], error)
        frame.loc[both, "lower"], frame.loc[both, "upper"] = limits
    if part:
        # Some months less a whole year is no change.
        frame = frame.assign(difference=float("nan"))
    why = "part year, not tested" if part else "areas too small to show, not tested" if hidden else ""
    frame = frame.assign(said=[_said(row, people=landing.people, why=why) for row in records(frame)])
    lived = now["everyone"].gt(0) | now["decile"].eq(1) | (landing.district == ALL)
    return frame[lived].reset_index(drop=True)


def _limits(
    after: pd.Series, all_after: float, before: pd.Series, all_before: float, error: pd.Series
) -> tuple[Any, Any]:
    """Return the limits, in points, of the difference of shares that rounding leaves with a variance of ``error``."""
    points, lower, upper = intervals.difference(
        after.to_numpy("float64"), all_after, before.to_numpy("float64"), all_before
    )
    lower, upper = intervals.widened(points, lower, upper, error)
    return 100 * lower, 100 * upper


def _said(row: dict[str, Any], *, people: bool, why: str) -> str:
    """Say what can be said of a change; ``why`` tells that nothing is tested."""
    if pd.isna(row["share"]):
        return "too small to show"
    if why:
        return why
    if not people:
        return "no test possible"
    if row["lower"] <= 0 <= row["upper"]:
        return "could be chance"
    return "rising" if row["points"] > 0 else "falling"


def _changed_headline(first: dict[str, Any], noun: str) -> str:
    if pd.isna(first["share"]):
        return f"{wording.sentence(noun)} in the most deprived tenth: too small to show in both years"
    moved = wording.change(first["points"], "percent")
    if first["said"] == "could be chance":
        moved = f"{moved}, could be chance" if moved != "no change" else moved
    return f"Most deprived tenth: {wording.percent(first['share'])} of {noun}, {wording.percent(first['share_before'])} before ({moved})"


def _changed_sentence(
    edition: Edition, view: View, landing: Landing, frame: pd.DataFrame, year: str
) -> list[str]:
    first, noun = records(frame)[0], landing.noun
    shared = frame[frame["share"].notna()]
    after, before = shared["after"].sum(), shared["before"].sum()
    shown = " in the deciles shown in both years" if frame["share"].isna().any() else ""
    if landing.of_district:
        shown = f" in the areas of {landing.where} shown in both years"
    named = Framework.of(edition).calendar.named
    text = [
        f"In all{shown} {landing.in_words(after)} in {named(year)}, {landing.in_words(before)} in {named(view.compare)}."
    ]
    if pd.notna(first["share"]):
        ratio = f" ({wording.times(first['times'])})" if pd.notna(first["times"]) else ""
        text.append(
            f"Decile 1: from {landing.in_words(first['before'])} to {landing.in_words(first['after'])}, a share of {wording.percent(first['share'])} "
            f"after {wording.percent(first['share_before'])}{ratio}, beside {wording.percent(first['population_share'])} of residents: {first['said']}."
        )
    told_before = len(text)
    for verdict in ("rising", "falling"):
        found = [str(d) for d in frame.loc[frame["said"] == verdict, "decile"]]
        if found:
            noun_of = "decile" if len(found) == 1 else "deciles"
            text.append(f"Share of {noun} {verdict} beyond chance in {noun_of} {wording.listing(found, 10)}.")
    if len(text) > told_before:
        text.append(BY_CHANCE)
    held = [int(d) for d in frame.loc[frame["share"].isna(), "decile"]]
    text += [f"Left out, {land.hidden_in_words(held)}."] if held else []
    return [*text, land.unplaced(edition, view, landing, year, (view.compare,))]


def _changes(known: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": [f"Decile {decile}" for decile in known["decile"]],
            "value": known["points"],
            "lower": known["lower"],
            "upper": known["upper"],
            "told": [wording.change(points, "percent") for points in known["points"]],
            "stands_out": known["said"].isin(["rising", "falling"]),
            "said": known["said"],
        }
    )


SPECS: Final = (of_map("reach-change", "Change of shares by decile between two years", change),)
