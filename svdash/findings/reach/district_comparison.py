"""Reach or spend of each area by its deprivation, district by district."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, least_official, records
from svdash.findings.reach import area_cells, area_figures
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import AreaMap, MapChoice, of_map
from svdash.findings.reach.distribution import Landing
from svdash.register import ALL, Framework, View

NAME: Final = "areas-by-district"
METHOD: Final = (
    "Areas are those of the map, with the same rates. They are ordered from left to right by deprivation rank among all areas of "
    "{the}, the most deprived first; a middle area by the mean rank of its small areas, weighted by residents. Thirds are "
    "of each district's own areas by that rank, as near to equal numbers as can be. No test is made."
)
# Money lands in few areas, so the typical area says nothing of it; what is hidden of people has no sum.
HOW: Final = {
    "spend": "A third's rate: its pounds over its residents.",
    "reach": "A third's rate: the median of its areas shown. Areas too small to show mostly have few people, so medians without "
    "them are rather too high; one third is said to have more only where it does whatever the hidden rates are.",
}
COLUMNS: Final = {
    "district": "District",
    "areas": "Areas",
    "shown": "Areas shown",
    "hidden": "Too small to show",
    "most": "Rate, most deprived third",
    "least": "Rate, least deprived third",
    "median": "Median rate, all areas shown",
    "gets": "Which is higher",
    "programme": "Programme",
    "year": "Year",
    "status": "Status",
}
MORE, LESS, SAME, UNKNOWN = (
    "most deprived third",
    "least deprived third",
    "both alike",
    "not known",
)
HOW_SHORT: Final = {True: "medians", False: "pounds per resident"}
# Rates above so high a share of all are drawn at the upper edge where they would press all others to the ground.
EDGE: Final = 0.98
TOO_HIGH: Final = 1.5


def districts(edition: Edition, view: View, choice: MapChoice) -> Finding:
    """Return the rate of each area by deprivation, a panel a district, and the medians of each district's thirds."""
    landing = land.of(edition, view, choice)
    return _districts(edition, view, landing)


@kept
def _districts(edition: Edition, view: View, landing: Landing) -> Finding:
    # One district is seen beside the others: all are drawn, the chosen one is spoken of first.
    whole = view.with_(district=ALL)
    found = area_figures.area_map(edition, whole, landing.choice)
    common: dict[str, Any] = {
        "name": NAME,
        "row_key": ("district",),
        "columns": COLUMNS,
        "decimals": dict.fromkeys(("most", "least", "median"), 0 if landing.people else 2),
        **land.head(
            edition, whole, landing, f"{METHOD.format(the=landing.place.the)} {HOW[landing.choice.show]}"
        ),
    }
    why = _nothing(edition, view, found)
    rows = pd.DataFrame() if why else _ranked(edition, found)
    if not why and rows["rate"].isna().all():
        why = "No area with a deprivation rank has a rate to show."
    if why:
        return Finding(
            headline=f"{wording.sentence(landing.noun)} by district: nothing to show",
            subtitle="Rates of areas by deprivation, district by district",
            frame=pd.DataFrame(columns=list(COLUMNS)),
            empty=why,
            **common,
        )
    return _comparison(landing, found, rows, common)


def _nothing(edition: Edition, view: View, found: AreaMap) -> str:
    """Say why there are no areas to lay side by side; empty where there are."""
    if found.empty:
        return found.empty
    if found.frame.empty:
        return "The data pack has no areas: add the tables areas and boundaries."
    if _geography(found) == "district":
        return f"People are counted by district here: too coarse to distinguish areas within a district. {_finer(edition, view)}"
    if found.choice.show == "spend" and not found.frame["lines"].gt(0).any():
        return f"No payment with a known place for {found.frame['programme'].iloc[0]} in {found.frame['year'].iloc[0]}."
    return ""


def _finer(edition: Edition, view: View) -> str:
    """Name the programmes of the view whose people are counted by smaller areas in the year that is shown."""
    finer = area_cells.programmes_by(
        edition, view, area_cells.year_of_view(Framework.of(edition), view), "lsoa", "msoa"
    )
    return (
        f"Counted by smaller areas: {wording.listing(finer, len(finer))}."
        if finer
        else "No other programme of this role or commitment is counted by smaller areas."
    )


def _geography(found: AreaMap) -> str:
    return str(found.frame["geography"].iloc[0]) if "geography" in found.frame else "lsoa"


def _ranked(edition: Edition, found: AreaMap) -> pd.DataFrame:
    """Return the map's areas that have a rank, with ``at`` (percent, 0 most deprived of all) and ``third``.

    ``third`` is 0 for the most deprived of the district, 2 for the least, −1 where it has fewer than three areas.
    """
    base = area_cells.areas(edition).reset_index(drop=True)
    key = base["code"] if _geography(found) == "lsoa" else base[_geography(found)]
    weight = base["population"].astype("float64").where(base["rank"].notna())
    sums = (
        pd.DataFrame({"rank": base["rank"].astype("float64") * weight, "weight": weight}).groupby(key).sum()
    )
    rank = found.frame["place"].map(sums["rank"] / sums["weight"])
    exact = found.frame.assign(rate=area_figures.exact_rates(edition, found), rank=rank)
    rows = exact[rank.notna()].sort_values("rank", kind="stable", ignore_index=True)
    groups = rows.groupby("district_name")
    many = groups["place"].transform("size")
    third = groups.cumcount() * 3 // many
    return rows.assign(at=100 * (np.arange(len(rows)) + 0.5) / len(rows), third=third.where(many >= 3, -1))


def _comparison(landing: Landing, found: AreaMap, rows: pd.DataFrame, common: dict[str, Any]) -> Finding:
    frame = _table(rows, people=landing.people).assign(
        programme=found.frame["programme"].iloc[0],
        year=found.frame["year"].iloc[0],
        status=least_official(found.statuses),
    )
    frame = _first(frame, landing)
    middle = _shown(float(rows["rate"].median()), rows, people=landing.people)
    chart, edge, over = _chart(rows, middle, people=landing.people)
    order = f"; {landing.where} first in the table" if landing.district != ALL else ""
    return Finding(
        headline=f"{wording.sentence(landing.name)}: {_seen(frame, landing)}",
        subtitle=f"{found.subtitle}. Each dot an area, by its deprivation{order}",
        frame=frame,
        sentence=_sentence(landing, frame, rows, len(found.frame) - len(rows)),
        alt=f"{wording.sentence(_unit(landing))} of areas by deprivation, a panel a district. "
        + " ".join(_spoken(row, landing) for row in records(frame)),
        legend=f"Dots: areas, the most deprived of {landing.place.the} at the left. Orange bars: {HOW_SHORT[landing.people]} of the most, the middle and "
        f"the least deprived third of the district. Dashed line: median of all areas shown, {_rate(middle, landing)}."
        + (
            f" Triangles at the upper edge: {wording.count(over, 'area')} above {_rate(edge, landing)}."
            if over
            else ""
        ),
        chart=chart,
        **common,
    )


def _first(rows: pd.DataFrame, landing: Landing) -> pd.DataFrame:
    """Put the district that is looked at before the others."""
    others = (
        rows["district"].ne(landing.where) if landing.district != ALL else pd.Series(True, index=rows.index)
    )
    return pd.concat([rows[~others], rows[others]], ignore_index=True)


def _table(rows: pd.DataFrame, *, people: bool) -> pd.DataFrame:
    """Return one row a district: how many areas, how many shown, rates of its thirds, which of them is higher."""
    out = []
    for district, part in rows.groupby("district_name"):
        thirds = [part[part["third"] == third] for third in (0, 2)]
        most, least = (_rate_of(third) for third in thirds)
        shown = int(part["rate"].notna().sum())
        out.append(
            {
                "district": str(district),
                "areas": len(part),
                "shown": shown,
                "hidden": len(part) - shown,
                "most": _shown(most, thirds[0], people=people),
                "least": _shown(least, thirds[1], people=people),
                "median": _shown(float(part["rate"].median()), part, people=people),
                "gets": _gets(*(_possible(third, people=people) for third in thirds)),
                "marker": "[c]" if np.isnan(most + least) and shown < len(part) else "",
            }
        )
    return pd.DataFrame(out)


def _shown(rate: float, areas_: pd.DataFrame, *, people: bool) -> float:
    """Return a rate of areas as it is written: one of people as finely as the smallest of the areas allows."""
    least = areas_["population"].min()
    # A district may have no area with a rank.
    return disclosure.rate(rate, float(least)) if people and not pd.isna(least) else rate


def _rate_of(areas_: pd.DataFrame) -> float:
    """Return the rate of areas together where it is of money, the median of those shown where it is of people."""
    if "pounds" not in areas_:
        return float(areas_["rate"].median())
    people = float(areas_["population"].sum())
    return float(areas_["pounds"].sum()) / people if people > 0 else float("nan")


def _possible(areas_: pd.DataFrame, *, people: bool) -> tuple[float, float]:
    """Return the least and the most that the rate of areas can be, whatever the hidden rates are."""
    if "pounds" in areas_ or not areas_["rate"].isna().any():
        rate = _rate_of(areas_)
        shown_rate = _shown(rate, areas_, people=True) if people else round(rate, 2)
        return shown_rate, shown_rate
    # A median knows only who stands below and above it: hidden rates may all be the lowest, or all the highest.
    low, high = (float(areas_["rate"].fillna(end).median()) for end in (-np.inf, np.inf))
    return _shown(low, areas_, people=True), _shown(high, areas_, people=True)


def _gets(most: tuple[float, float], least: tuple[float, float]) -> str:
    """Say which of two rates is the higher, as the table writes them; each is told from its least to its most."""
    if np.isnan([*most, *least]).any():
        return UNKNOWN
    if most == least and most[0] == most[1]:
        return SAME
    return MORE if most[0] > least[1] else LESS if least[0] > most[1] else UNKNOWN


def _chart(rows: pd.DataFrame, middle: float, *, people: bool) -> tuple[pd.DataFrame, float, int]:
    """Return what is drawn: a row an area shown, and a row a third of a district; the upper edge; how many are above it."""
    shown = rows[rows["rate"].notna()]
    if people:
        shown = shown.assign(rate=disclosure.rates(shown["rate"], shown["population"]))
    edge = float(shown["rate"].quantile(EDGE, interpolation="lower" if people else "linear"))
    over = shown["rate"] > edge
    if shown["rate"].max() <= TOO_HIGH * edge:
        over, edge = over & False, float(shown["rate"].max())
    dots = pd.DataFrame(
        {
            "panel": shown["district_name"],
            "label": shown["name"],
            "at": shown["at"].round(1),
            "to": np.nan,
            "value": shown["rate"].round(2),
            "drawn": shown["rate"].clip(upper=edge).round(2),
            "over": over,
        }
    )
    bars = (
        rows[rows["third"] >= 0]
        .groupby(["district_name", "third"])
        .apply(
            lambda part: pd.Series(
                {
                    "at": part["at"].min(),
                    "to": part["at"].max(),
                    "value": _shown(_rate_of(part), part, people=people),
                }
            )
        )
        .dropna()
        .reset_index()
    )
    bars = bars.assign(drawn=bars["value"].clip(upper=edge), over=False, label="").rename(
        columns={"district_name": "panel"}
    )
    chart = pd.concat([dots, bars[dots.columns]], ignore_index=True).sort_values("panel", kind="stable")
    return chart.assign(middle=round(middle, 2)), edge, int(over.sum())


# -- the words -------------------------------------------------------------------------------------------


def _seen(frame: pd.DataFrame, landing: Landing) -> str:
    """Say in how many districts the most deprived third has more; of one district, which third has."""
    verb = "is higher" if landing.people else "gets more per resident"
    more = int(frame["gets"].eq(MORE).sum())
    open_ = int(frame["gets"].eq(UNKNOWN).sum())
    if landing.district != ALL:
        gets = str(frame["gets"].iloc[0])
        if gets in (MORE, LESS):
            return f"the {gets} {verb} in {landing.where}"
        return f"thirds by deprivation {'alike' if gets == SAME else 'cannot be distinguished'} in {landing.where}"
    if open_ == len(frame):
        return "thirds by deprivation cannot be distinguished in any district"
    part = "all" if more == len(frame) > 1 else f"{more or 'none'} of"
    untold = f"; untold in {open_}" if open_ else ""
    return f"the most deprived third {verb} in {part} {wording.count(len(frame), 'district')}{untold}"


def _unit(landing: Landing) -> str:
    return "people reached per 1,000 residents" if landing.people else "spend per resident"


def _rate(rate: float, landing: Landing) -> str:
    if np.isnan(rate):
        return "not known"
    return f"{wording.number(rate)} per 1,000" if landing.people else wording.pounds_and_pence(rate)


def _spoken(row: dict[str, Any], landing: Landing) -> str:
    return (
        f"{row['district']}: {row['shown']} of {row['areas']} areas shown, rate of the most deprived third "
        f"{_rate(row['most'], landing)}, of the least deprived {_rate(row['least'], landing)}."
    )


def _sentence(landing: Landing, frame: pd.DataFrame, rows: pd.DataFrame, unranked: int) -> str:
    """Say in which districts the more deprived areas get more, and what is not seen; nothing of it is tested."""
    rate = "median rate" if landing.people else "spend per resident"
    parts = []
    for gets, text in (
        (MORE, f"The most deprived third of areas has the higher {rate} in {{}}."),
        (LESS, f"The least deprived third has the higher {rate} in {{}}."),
        (SAME, f"The {rate} is alike in both in {{}}."),
        (UNKNOWN, "It is not known in {}."),
    ):
        named = list(frame.loc[frame["gets"] == gets, "district"])
        if named:
            parts.append(text.format(wording.listing(named, 6)))
    none = int(rows["rate"].eq(0).sum())
    if none:
        parts.append(
            f"{wording.sentence(wording.count(none, 'area'))} of {wording.number(len(rows))} with none at all."
        )
    hidden = frame[frame["hidden"] > 0]
    if len(hidden):
        by_district = wording.listing([f"{r['district']} {r['hidden']}" for r in records(hidden)], 10)
        parts.append(
            f"Too small to show, in no dot and no median: {wording.count(int(hidden['hidden'].sum()), 'area')} ({by_district})."
        )
    if unranked:
        parts.append(
            f"{wording.sentence(wording.count(unranked, 'area'))} without a deprivation rank left out."
        )
    parts.append(
        "Not tested: differences of medians may be chance or rounding."
        if landing.people
        else "No test possible: money is counted whole."
    )
    return " ".join(parts)


SPECS: Final = (of_map(NAME, "Rates of areas by deprivation, district by district", districts),)
