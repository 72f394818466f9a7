"""How the shares of deciles in reach or spend changed from one year to another."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, records
from svdash.findings.reach import area_cells
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import MapChoice, of_map
from svdash.findings.reach.distribution import Landing
from svdash.measures import intervals
from svdash.measures.many_tests import FALSE_SHARE, benjamini_hochberg, p_of_difference
from svdash.measures.smallest_gap import SmallestGap
from svdash.register import ALL, NONE, Framework, View
from svdash.tables.gap_sizes import smallest_gap

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
EVEN: Final = "practically even"
# A change beyond chance by its own interval that does not hold when all deciles are tested together.
TAKEN_ALONE: Final = ", taken alone"
SAME_PEOPLE: Final = "The test takes the people of both years for different ones; where many stay, it misses real changes that are smaller."
CHANGE_METHOD: Final = (
    "Share of each decile in both years and the difference in points; for people with Newcombe's 95% interval. It is "
    "rising or falling where that leaves out no change and it holds when all deciles are tested together (Benjamini and Hochberg, "
    "5%); else it is so taken alone. Money has no interval. Pounds are nominal. Each share is of all with a known place in its year, people of deciles too small to show too; the change "
    "of a decile suppressed in one of the years is not known."
)


def change(edition: Edition, view: View, choice: MapChoice) -> Finding:
    """Return how reach or spend by decile moved from the compared year to the view's."""
    landing = land.of(edition, view, choice)
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
    exact = _changed(edition, view, landing, year)
    frame = land.written(
        exact,
        landing,
        counts=["before", "after", "difference", "whole", "whole_after", "whole_before"],
        shares=["share_before", "share", "points", "lower", "upper"],
        ratios=["times"],
    )
    known = frame[frame["points"].notna()]
    before, after = land.period(edition, view.compare), land.period(edition, year)
    return Finding(
        headline=_changed_headline(records(exact)[0], landing),
        subtitle=f"{landing.measure}: change of each decile's share in points, {landing.where}, {before} to {after}",
        frame=frame,
        sentence=" ".join(_changed_sentence(edition, view, landing, exact, year)),
        alt=" ".join(
            f"Decile {r['decile']}: {land.points(r['points'], landing, r['whole'])}, {r['said']}."
            for r in records(exact[exact["points"].notna()])
        ),
        legend="Dot and bar: change of the share in points"
        + (", 95% interval." if landing.people else "; money has no interval.")
        + " Grey line: no change.",
        chart=_changes(known, exact.loc[known.index], landing),
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
    now, then = _both(edition, view, landing, year)
    if not (now["marker"].eq("") & then["marker"].eq("") & now["population"].gt(0)).any():
        return f"No decile of {landing.name} is shown in both {view.compare} and {year}."
    return ""


def _both(edition: Edition, view: View, landing: Landing, year: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return amounts by decile of the year and of the compared one."""
    now, then = (land.by_decile(edition, view, landing, each) for each in (year, view.compare))
    return now, then


def _changed(edition: Edition, view: View, landing: Landing, year: str) -> pd.DataFrame:
    now, then = _both(edition, view, landing, year)
    both = now["marker"].eq("") & then["marker"].eq("")
    after, before = now["amount"], then["amount"]
    share, earlier = 100 * after / now["whole"], 100 * before / then["whole"]
    frame = pd.DataFrame(
        {
            "decile": now["decile"],
            # A decile held back in one year still shows what the other one shows.
            "before": before,
            "after": after,
            "difference": after - before,
            "share_before": earlier,
            "share": share,
            "population_share": 100 * now["population"] / now["population"].sum(),
            "points": share - earlier,
            "times": share / earlier.where(earlier > 0),
            "lower": float("nan"),
            "upper": float("nan"),
            "whole": np.minimum(now["whole"], then["whole"]),
            "whole_after": now["whole"],
            "whole_before": then["whole"],
            "status": land.mark(edition, landing),
            "marker": np.where(both, "[z]", "[c]"),
        }
    )
    part = any(Framework.of(edition).calendar.is_part(each) for each in (year, view.compare))
    frame["p"] = np.nan
    if landing.people and not part:
        pairs = [
            (rows.loc[both, "amount"].to_numpy("float64"), float(rows["whole"].iloc[0]))
            for rows in (now, then)
        ]
        _, lower, upper = intervals.difference(*pairs[0], *pairs[1])
        frame.loc[both, "lower"], frame.loc[both, "upper"] = 100 * lower, 100 * upper
        wholes = [np.full(len(counts), whole) for counts, whole in pairs]
        frame.loc[both, "p"] = p_of_difference(pairs[0][0], wholes[0], pairs[1][0], wholes[1])
    if part:
        # Some months less a whole year is no change.
        frame = frame.assign(difference=float("nan"))
    holds = benjamini_hochberg(frame["p"])
    verdicts = [
        _change_in_words(row, landing, smallest_gap(edition), part=part, holds=bool(held))
        for row, held in zip(records(frame), holds, strict=True)
    ]
    frame = frame.drop(columns="p").assign(said=verdicts)
    lived = now["population"].gt(0) | now["decile"].eq(1) | (landing.district == ALL)
    return frame[lived].reset_index(drop=True)


def _change_in_words(
    row: dict[str, Any], landing: Landing, smallest: SmallestGap, *, part: bool, holds: bool
) -> str:
    """Say what can be said of a change; one of a ``part`` year is not tested. ``holds`` tells whether it does among all deciles."""
    if pd.isna(row["points"]):
        return "too small to show"
    if part:
        return "part year, not tested"
    if not landing.people:
        return "no test possible"
    if smallest.is_even(row["points"], row["times"]):
        return EVEN
    if row["lower"] <= 0 <= row["upper"]:
        return "could be chance"
    return f"{'rising' if row['points'] > 0 else 'falling'}{'' if holds else TAKEN_ALONE}"


def _sure(said: str) -> str:
    """Say how sure a change is, in a sentence: rising, beyond chance taken alone."""
    way = said.removesuffix(TAKEN_ALONE)
    if way not in ("rising", "falling"):
        return said
    return f"{way}, beyond chance{'' if way == said else ' taken alone'}"


def _changed_headline(first: dict[str, Any], landing: Landing) -> str:
    noun = landing.noun
    if pd.isna(first["points"]):
        return f"{wording.sentence(noun)} in the most deprived tenth: too small to show in both years"
    moved = land.points(first["points"], landing, first["whole"])
    if first["said"] in ("could be chance", EVEN):
        moved = f"{moved}, {first['said']}" if moved != "no change" else moved
    elif str(first["said"]).endswith(TAKEN_ALONE):
        moved = f"{moved}, beyond chance taken alone"
    return (
        f"Most deprived tenth: {land.percent(first['share'], landing, first['whole_after'])} of {noun}, "
        f"{land.percent(first['share_before'], landing, first['whole_before'])} before ({moved})"
    )


def _changed_sentence(
    edition: Edition, view: View, landing: Landing, frame: pd.DataFrame, year: str
) -> list[str]:
    first, noun = records(frame)[0], landing.noun
    named = Framework.of(edition).calendar.named
    here = f" in {landing.where}" if landing.of_district else ""
    text = [
        f"{landing.in_words(first['whole_after'])}{here} in all in {named(year)}, {landing.in_words(first['whole_before'])} in {named(view.compare)}."
    ]
    if pd.notna(first["points"]):
        ratio = f" ({land.ratio(first['times'], landing)})" if pd.notna(first["times"]) else ""
        text.append(
            f"Decile 1: from {landing.in_words(first['before'])} to {landing.in_words(first['after'])}, a share of "
            f"{land.percent(first['share'], landing, first['whole_after'])} after {land.percent(first['share_before'], landing, first['whole_before'])}{ratio}, "
            f"beside {wording.percent(first['population_share'])} of residents: {_sure(str(first['said']))}."
        )
    text += _beyond_chance(frame, noun)
    hidden = [int(d) for d in frame.loc[frame["marker"].eq("[c]"), "decile"]]
    text += (
        [f"{wording.sentence(land.hidden_in_words(hidden))}; they are counted in the whole."]
        if hidden
        else []
    )
    return [*text, land.unplaced(edition, view, landing, year)]


def _beyond_chance(frame: pd.DataFrame, noun: str) -> list[str]:
    """Say which deciles moved beyond chance, how many of those tested chance alone would move, and how many hold."""
    text = []
    for verdict in ("rising", "falling"):
        found = [str(d) for d in frame.loc[frame["said"] == verdict, "decile"]]
        if found:
            noun_of = "decile" if len(found) == 1 else "deciles"
            text.append(f"Share of {noun} {verdict} beyond chance in {noun_of} {wording.listing(found, 10)}.")
    tested, holding = int(frame["lower"].notna().sum()), int(frame["said"].isin(["rising", "falling"]).sum())
    out = holding + int(frame["said"].str.endswith(TAKEN_ALONE).sum())
    return [*text, wording.many_tests(tested, tested * FALSE_SHARE, out, holding)] if out else text


def _changes(known: pd.DataFrame, exact: pd.DataFrame, landing: Landing) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": [f"Decile {decile}" for decile in known["decile"]],
            "value": known["points"],
            "lower": known["lower"],
            "upper": known["upper"],
            "told": [land.points(r["points"], landing, r["whole"]) for r in records(exact)],
            "stands_out": known["said"].isin(["rising", "falling"]),
            "said": known["said"],
        }
    )


SPECS: Final = (of_map("reach-change", "Change of shares by decile between two years", change),)
