"""How reach or spend of the same areas changed from the compared year: a difference of two maps, area by area."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from svdash import disclosure, wording
from svdash.disclosure import PRESETS
from svdash.editions import Edition, kept
from svdash.findings.finding import least_official, records
from svdash.findings.reach import area_cells, area_figures
from svdash.findings.reach.area_figures import AreaMap, MapChoice, of_map
from svdash.measures import intervals
from svdash.measures.classes import classify, quantile_breaks
from svdash.register import ALL, NONE, Framework, View

NAME: Final = "areas-change"
METHOD: Final = {
    "reach": "Difference of the rates of both years, from exact counts; rates and difference are each written as whole numbers per 1,000. An area counts as more or fewer only where Byar's 95% limits "
    "of the two rates, of exact counts, don't overlap. Of areas where nothing changed, fewer than 1 in 100 would be taken for changed.",
    "spend": "Difference of the rates that the maps of both years show, in pounds of each year, not adjusted for prices. "
    "Money is counted whole, so there is no test. Classes part the sizes of the differences about in thirds, the same above "
    "and below nothing, with their limits rounded.",
}
CAVEATS: Final = {
    "reach": "People may be the same in both years, or others: then this misses real changes that are smaller.",
    "spend": "One large payment can make the difference of an area; it need not last.",
}
SURE: Final = (
    "fewer, beyond chance",
    "cannot be distinguished from chance",
    "more, beyond chance",
)
HIDDEN: Final = {"reach": "too small to show in one of the years", "spend": "no rate: residents not known"}
COLUMNS: Final = {
    "place": "Code",
    "name": "Area",
    "district_name": "District",
    "decile": "Decile",
    "before": "Rate before",
    "after": "Rate after",
    "difference": "Change",
    "said": "What can be said",
    "amount_before": "Before",
    "amount": "After",
    "population": "Residents",
    "geography": "Geography",
    "programme": "Programme",
    "year": "Year",
    "compared": "Compared year",
    "status": "Status",
}
# What areas of a geography are called in a sentence.
NOUN: Final = {"lsoa": "area", "msoa": "middle area", "district": "district"}


@dataclass(frozen=True, eq=False)
class Classed:
    """Places in classes: the rows with ``klass`` (−1 not shown), the names of the classes, the limits of money."""

    rows: pd.DataFrame
    names: tuple[str, ...]
    sizes: list[float]

    def count(self, klass: int) -> int:
        """Return how many places are in a class."""
        return int((self.rows["klass"] == klass).sum())

    @property
    def noun(self) -> str:
        """What a place is called."""
        return NOUN[str(self.rows["geography"].iloc[0])]


def change(edition: Edition, view: View, choice: MapChoice) -> AreaMap:
    """Return the change of the rate of each area since the compared year, for the map and its table.

    It is worked out from what the maps of the two years show, so that it tells nothing that they don't: people per
    1,000 residents, or pounds per resident. Where the years can't be compared ``empty`` says why.
    """
    settled = area_figures.settle(edition, view, choice)
    return _change(edition, view, settled)


@kept
def _change(edition: Edition, view: View, choice: MapChoice) -> AreaMap:
    framework = Framework.of(edition)
    year = area_cells.year_of_view(framework, view)
    now = area_figures.area_map(edition, view, choice)
    common = _head(edition, now, year)
    why = _no_two_years(framework, view, year, choice, now)
    then = now if why else area_figures.area_map(edition, view.with_(year=view.compare), choice)
    why = why or _no_common_areas(edition, now, then, year)
    rows = pd.DataFrame() if why else _rows(edition, now, then)
    if not why and rows["difference"].isna().all():
        why = f"No area is shown in both {view.compare} and {year}: all are too small to show in one of them."
    if why:
        return AreaMap(
            headline="Change since the compared year: nothing to show",
            subtitle=f"Difference of the rates of two years by area, {area_cells.region_name(edition, view.district)}",
            frame=pd.DataFrame(columns=list(COLUMNS)),
            empty=why,
            **common,
        )
    return _map_of_change(
        edition, now, then, _classed(now, rows, year, _limits(edition, view, choice, rows)), common
    )


def _limits(edition: Edition, view: View, choice: MapChoice, rows: pd.DataFrame) -> list[float]:
    """Return the limits of classes of money: of the whole area, so that a colour means the same in a district."""
    if choice.show == "reach":
        return []
    if view.district != ALL:
        whole = view.with_(district=ALL)
        rows = _rows(
            edition,
            area_figures.area_map(edition, whole, choice),
            area_figures.area_map(edition, whole.with_(year=view.compare), choice),
        )
    return _sizes(rows["difference"])


def _head(edition: Edition, now: AreaMap, year: str) -> dict[str, Any]:
    """Return what the map says whether it has anything to show or not."""
    compared, show = now.view.compare, now.choice.show
    people = show == "reach"
    amount, rate = ("People reached", "Per 1,000 residents") if people else ("Pounds", "Pounds per resident")
    titles = {
        "amount_before": f"{amount}, {compared}",
        "amount": f"{amount}, {year}",
        "before": f"{rate}, {compared}",
        "after": f"{rate}, {year}",
        "population": area_cells.title(edition, "population"),
    }
    decimals = dict.fromkeys(("before", "after", "difference"), 0 if people else 2)
    return {
        **area_figures.carried(now),
        "name": NAME,
        "row_key": ("place",),
        "columns": COLUMNS | titles,
        "decimals": decimals | dict.fromkeys(("amount_before", "amount"), 0 if people else 2),
        "shape": "change",
        "method": f"{METHOD.get(show, '')} {now.method}".strip(),
        "caveats": (CAVEATS[show],) if show in CAVEATS else (),
    }


# -- whether two years can be compared -------------------------------------------------------------------


def _no_two_years(framework: Framework, view: View, year: str, choice: MapChoice, now: AreaMap) -> str:
    """Say why the filters name no two years that can be compared; empty where they do."""
    if choice.show == "deprivation":
        return (
            f"Deprivation does not change within one edition of its indices ({now.vintage}): choose people reached or spend "
            "under “Show”."
        )
    if view.compare == NONE:
        if framework.calendar.year_before(year) == NONE:
            return f"The data pack has no year before {year}, and a change needs two."
        return f"Choose a year under “Compared with”: a change since {year} is measured from an earlier one."
    if view.compare >= year:
        return f"{view.compare} is not before {year}: choose an earlier year under “Compared with”."
    part = [each for each in (view.compare, year) if framework.calendar.is_part(each)]
    if part:
        return (
            f"{part[0]} is a part year: some months can't be compared with a whole year. Choose complete years under “Year” "
            "and “Compared with”."
        )
    return now.empty


def _no_common_areas(edition: Edition, now: AreaMap, then: AreaMap, year: str) -> str:
    """Say why the maps of two years can't be laid over each other; empty where they can."""
    compared = now.view.compare
    if then.empty:
        return f"{then.empty} Choose another year under “Compared with”."
    if now.frame.empty:
        return "The data pack has no areas: add the tables areas and boundaries."
    for found, each in ((now, year), (then, compared)):
        if found.choice.show == "spend" and not found.frame["lines"].gt(0).any():
            return f"No payment with a known place for {_programme(found)} in {each}."
    if now.choice.show == "spend" or _geography(now) == _geography(then):
        return ""
    framework = Framework.of(edition)
    alike = [
        each
        for each in framework.calendar.years
        if each < year
        and not framework.calendar.is_part(each)
        and _shown_by(edition, now, each) == _geography(now)
    ]
    instead = f"Choose {wording.every(alike, 'or')} under “Compared with”, or see" if alike else "See"
    return (
        f"{_programme(now)} is shown by {area_cells.GEOGRAPHY_NAMES[_geography(then)]} in {compared} and by "
        f"{area_cells.GEOGRAPHY_NAMES[_geography(now)]} in {year}, so that few counts are too small to show: places of "
        f"different size can't be compared one by one. {instead} the change by decile under “Change”."
    )


def _shown_by(edition: Edition, now: AreaMap, year: str) -> str:
    """Return the geography that a year's map shows; empty where it shows nothing."""
    found = area_figures.area_map(edition, now.view.with_(year=year), now.choice)
    return "" if found.empty else _geography(found)


def _geography(found: AreaMap) -> str:
    return str(found.frame["geography"].iloc[0]) if "geography" in found.frame else "lsoa"


def _programme(found: AreaMap) -> str:
    return str(found.frame["programme"].iloc[0])


# -- the differences -------------------------------------------------------------------------------------


def _rows(edition: Edition, now: AreaMap, then: AreaMap) -> pd.DataFrame:
    """Return one row a place with the figures of both years and ``difference``; missing where one of them is.

    Of people ``exact_before`` and ``exact`` are the counts, for working with.
    """
    rows = now.frame.reset_index(drop=True)
    was = then.frame.set_index("place").reindex(rows["place"]).reset_index()
    people = now.choice.show == "reach"
    amount = "people" if people else "pounds"
    exact = [_exact(edition, found, rows["place"]) if people else rows["rate"] for found in (then, now)]
    before, after = (_rates(edition, found, rows["place"]) for found in (then, now))
    hidden = rows["marker"].ne("") | was["marker"].ne("")
    # A place without residents has no rate, however much is spent there.
    moved = (after - before).where(~hidden).replace([np.inf, -np.inf], np.nan)
    return rows[["place", "name", "district_name", "decile", "population"]].assign(
        amount_before=was[amount],
        amount=rows[amount],
        exact_before=exact[0],
        exact=exact[1],
        before=before,
        after=after,
        difference=moved,
        told_before=was["told"],
        told_after=rows["told"],
        # Only small areas have a decile.
        marker=np.select([hidden, moved.isna(), rows["decile"].isna()], ["[c]", "[x]", "[z]"], ""),
    )


def _rates(edition: Edition, found: AreaMap, places: pd.Series) -> pd.Series:
    rates = area_figures.exact_rates(edition, found).set_axis(found.frame["place"])
    return rates.reindex(places).reset_index(drop=True)


def _written(rows: pd.DataFrame, *, people: bool) -> pd.DataFrame:
    """Return rows as the table has them: rates of people, and their difference, as finely as may be."""
    shown = rows.drop(columns=["exact_before", "exact", "sorted", "size"])
    if not people:
        return shown
    rates = {
        name: disclosure.rates(rows[name], rows["population"]) for name in ("before", "after", "difference")
    }
    return shown.assign(**rates)


def _exact(edition: Edition, found: AreaMap, places: pd.Series) -> pd.Series:
    year = area_cells.year_of_view(Framework.of(edition), found.view)
    counts = area_cells.people(edition, year, found.choice.programme).set_index("place")["exact_people"]
    return counts.reindex(places).reset_index(drop=True)


def sure(rows: pd.DataFrame) -> NDArray[np.int64]:
    """Return −1, 0 or 1 for each place: fewer people, no sure change, more people for its residents.

    ``rows`` has ``exact_before`` and ``exact`` (counts; missing gives 0). Sure is what is beyond chance: Byar's limits of
    both rates don't overlap. A place has the same residents in both years, so its counts are compared as its rates would be.
    """
    before, after = (rows[name].astype("float64") for name in ("exact_before", "exact"))
    (low_before, high_before), (low_after, high_after) = (
        intervals.byar(each.fillna(0.0)) for each in (before, after)
    )
    shown = (before.notna() & after.notna()).to_numpy()
    return np.where(shown, (low_after > high_before).astype(int) - (high_after < low_before).astype(int), 0)


def _sizes(differences: pd.Series) -> list[float]:
    """Return limits that part the sizes of differences about in thirds, each rounded to 1, 2 or 5 times a power of ten."""
    sizes = differences.abs()
    breaks = quantile_breaks(sizes[sizes > 0], 3) or [float(sizes.max())]
    return sorted({max(_round(limit), 0.01) for limit in breaks if limit > 0})


def _round(limit: float) -> float:
    power = math.floor(math.log10(limit))
    steps: list[float] = [step * 10.0**power for step in (1, 2, 5, 10)]
    nearest = min(steps, key=lambda step: abs(math.log(step / limit)))
    return round(nearest, max(-power, 0))


def _pounds(amount: float) -> str:
    """Write a limit of a class: it is 1, 2 or 5 times a power of ten, so pence are only there below a pound."""
    return wording.money(amount) if amount >= 1 else wording.pounds_and_pence(amount)


def _classed(now: AreaMap, rows: pd.DataFrame, year: str, limits: list[float]) -> Classed:
    """Put each place into its class; what surely changed comes first, what can't be told last."""
    people = now.choice.show == "reach"
    names, sizes = (SURE, []) if people else _bands(limits)
    middle = len(names) // 2
    if people:
        steps = sure(rows)
    else:
        steps = classify(rows["difference"].abs(), sizes) * np.sign(rows["difference"].fillna(0)).astype(int)
    klass = np.where(rows["difference"].isna(), -1, steps + middle)
    told_ = rows.assign(
        klass=klass,
        said=[names[each] if each >= 0 else HIDDEN[now.choice.show] for each in klass],
        geography=_geography(now),
        programme=_programme(now),
        year=year,
        compared=now.view.compare,
        status=least_official(now.statuses),
        sorted=np.select([klass < 0, klass == middle], [2, 1], 0),
        size=-rows["difference"].abs(),
    )
    return Classed(told_.sort_values(["sorted", "size"], kind="stable", ignore_index=True), names, sizes)


def _bands(sizes: list[float]) -> tuple[tuple[str, ...], list[float]]:
    """Name the classes of money that limits make, the same below nothing as above it."""
    if not sizes:
        return ("no change",), []
    written = [_pounds(size) for size in sizes]
    bands = [f"by {low} to under {high}" for low, high in pairwise(written)] + [f"by {written[-1]} or more"]
    down, up = [f"down {band}" for band in reversed(bands)], [f"up {band}" for band in bands]
    return (*down, f"under {written[0]} either way", *up), sizes


# -- the words -------------------------------------------------------------------------------------------


def _map_of_change(
    edition: Edition, now: AreaMap, then: AreaMap, classed: Classed, common: dict[str, Any]
) -> AreaMap:
    rows, names = classed.rows, classed.names
    frame = _written(rows, people=now.choice.show == "reach")
    first = records(rows.head(1))[0]
    name, years = first["programme"], f"{first['compared']} to {first['year']}"
    people = now.choice.show == "reach"
    measure = (
        "people reached per 1,000 residents"
        if people
        else f"spend per resident, {area_figures.KINDS[now.choice.kind].lower()},"
    )
    headline, sentence = (_people_in_words if people else _told_money)(classed)
    tips = [
        f"{row['compared']}: {row['told_before']}\n{row['year']}: {row['told_after']}\n{_moved(row, people=people)}"
        for row in records(rows)
    ]
    counted = [f"{label}: {classed.count(n)}." for n, label in enumerate(names)]
    return AreaMap(
        headline=f"{name}: {headline}",
        subtitle=f"Change of {measure} by {area_cells.GEOGRAPHY_NAMES[first['geography']]}, {area_cells.region_name(edition, now.view.district)}, {years}; {first['status']}",
        frame=frame,
        sentence=f"{sentence} {first['compared']}: {then.sentence} {first['year']}: {now.sentence}",
        alt=f"Map of the change of {measure} {name}, {years}. {' '.join(counted)} Not shown: {classed.count(-1)}.",
        drawn=area_figures.per_area(
            edition,
            frame.assign(told=tips, rate=frame["difference"], size=0.0),
            first["geography"],
            f"{name}, {years}, {first['status']}",
            "size",
        ),
        limits=names,
        **common,
    )


def _moved(row: dict[str, Any], *, people: bool) -> str:
    """Write the difference of a place and what can be said of it."""
    if pd.isna(row["difference"]):
        return HIDDEN["reach" if people else "spend"]
    if people:
        moved = disclosure.rate(row["difference"], row["population"])
        if moved == 0 and row["difference"]:
            return f"Change of less than 1 per 1,000: {row['said']}"
        return (
            f"Change {wording.signed(moved)} per 1,000: {row['said']}"
            if moved
            else f"No change: {row['said']}"
        )
    if wording.rounded(row["difference"], 2) == 0:
        return f"No change: {row['said']}"
    sign = "+" if row["difference"] > 0 else ""
    return f"Change {sign}{wording.pounds_and_pence(row['difference'])} per resident: {row['said']}"


def _some(total: int) -> str:
    return wording.number(total) if total else "none"


def _people_in_words(classed: Classed) -> tuple[str, str]:
    """Return headline and sentence of people: how many places surely have more, fewer, can't be told."""
    noun, rows = classed.noun, classed.rows
    hidden, fewer, unsure, more = (classed.count(each) for each in range(-1, 3))
    found = (
        f"Beyond chance: more people in {wording.count(more, noun)}, fewer in {_some(fewer)}. "
        f"In {wording.count(unsure, noun)} the difference could be chance."
        if more or fewer
        else f"In none of the {wording.count(unsure, noun)} is the difference beyond chance."
        if unsure > 1
        else f"In the one {noun} shown the difference is not beyond chance."
    )
    # Hardly any would be taken for changed by chance, but hardly any of many is some.
    by_chance = more + fewer <= (more + fewer + unsure) / 100
    if more + fewer and by_chance:
        found += " So few of so many may be chance as well."
    if hidden:
        found += f" {wording.sentence(wording.count(hidden, noun))} suppressed: too small to show in one of the years."
    both = disclosure.rounded(rows.loc[rows["klass"] >= 0, ["exact_before", "exact"]].sum())
    headline = (
        f"more people reached in {wording.count(more, noun)}, fewer in {_some(fewer)}"
        if not by_chance
        else f"no more {noun}s with a change than chance would give"
        if more or fewer
        else f"no {noun} with a change that is sure"
    )
    return headline, (
        f"{found}{_detectable(rows)} Where both years are shown, about {wording.number(float(both['exact_before']))} "
        f"people before and about {wording.number(float(both['exact']))} after."
    )


def _detectable(rows: pd.DataFrame) -> str:
    """Say how far the middle place would have to move before the map could tell: grey is not the same as no change."""
    before = float(rows.loc[rows["klass"] >= 0, "exact_before"].median())
    if np.isnan(before):
        return ""
    start = float(disclosure.rounded(pd.Series([before])).iloc[0])
    counts = pd.DataFrame({"exact": np.arange(0.0, 10 * start + 100)}).assign(exact_before=start)
    steps = sure(counts)
    rise = f"{_up(counts.loc[steps > 0, 'exact'].min())} or more" if (steps > 0).any() else ""
    fall = (
        f"{_down(counts.loc[steps < 0, 'exact'].max())} or fewer" if (steps < 0).any() else "no fall at all"
    )
    return (
        f" From about {wording.number(start)} people, the median count of all, it can tell {rise} and {fall}."
    )


def _up(count: float) -> str:
    base = PRESETS["gss"].base
    return wording.number(base * math.ceil(count / base))


def _down(count: float) -> str:
    base = PRESETS["gss"].base
    return wording.number(base * math.floor(count / base))


def _told_money(classed: Classed) -> tuple[str, str]:
    """Return headline and sentence of money: in how many places it rose and fell, and by more than a little."""
    noun, rows = classed.noun, classed.rows
    # Less than half a penny a resident is no change that anybody could read.
    rose, fell = int((rows["difference"] >= 0.005).sum()), int((rows["difference"] <= -0.005).sum())
    found = (
        f"Spend per resident rose in {wording.count(rose, noun)} and fell in {wording.count(fell, noun)}, "
        f"with no change in {_some(int(rows['difference'].notna().sum()) - rose - fell)}."
    )
    money = (
        f"On the map {wording.money(rows['amount_before'].sum())} before and {wording.money(rows['amount'].sum())} after; "
        "no test possible."
    )
    if not classed.sizes:
        return f"no change of spend in {wording.count(len(rows), noun)}", f"{found} {money}"
    middle, least = len(classed.names) // 2, _pounds(classed.sizes[0])
    up, down = int((rows["klass"] > middle).sum()), int(rows["klass"].between(0, middle - 1).sum())
    return (
        f"up by {least} or more per resident in {wording.count(up, noun)}, down in {_some(down)}",
        f"{found} By {least} or more: up in {_some(up)}, down in {_some(down)}. {money}",
    )


SPECS: Final = (of_map(NAME, "Change of reach or spend by area since the compared year", change),)
