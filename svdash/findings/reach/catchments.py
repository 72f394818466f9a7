"""Catchments: who lives within a distance of a place of a programme's service, by deprivation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, least_official, office, records
from svdash.findings.reach import area_cells, area_figures, cold_spots, travel_times
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import PARAMETERS, MapChoice, choice_of
from svdash.findings.reach.distribution import Landing
from svdash.findings.reach.reached_counts import DECILES
from svdash.findings.spec import Parameter, Spec
from svdash.register import ALL, View

NAME: Final = "catchments"
KILOMETRES: Final = (1, 2, 3, 5)
MINUTES: Final = (15, 30, 45, 60)
USUAL: Final = "2km"
WHOLE: Final = "All"
SIDES: Final = ("inside", "outside", "unknown")
METHOD: Final = (
    "As the crow flies: an area is inside where the point that the pack has inside it lies within the distance, along a straight line "
    "(haversine, radius 6,371 km), of a place of the programme."
)
METHOD_TIMES: Final = (
    "By the pack's own table travel_times, not worked out here: an area is inside where the shortest of its times by this mode to a "
    "place of the programme is at most the limit. An area without a time, or too far from some places and without a time to others, "
    "is not known, and not counted as outside."
)
WHOLLY: Final = (
    "Whole areas count or do not, with all their residents. Residents are published estimates, so nothing is suppressed or rounded; "
    "years, people reached and payments play no part."
)
STRAIGHT: Final = (
    "Distance is a straight line, also across rivers and docks: by road, on foot or by bus it is further."
)
NEAR: Final = (
    "Near is not the same as used, open or able to take more: that places are near says nothing of who comes."
)


@dataclass(frozen=True)
class Within:
    """How near is near: kilometres in a straight line or, with a ``mode`` of travel, minutes. ``by`` names the mode."""

    limit: int
    mode: str = ""
    by: str = ""

    @property
    def code(self) -> str:
        """How an address names it."""
        return f"{self.limit}min-{self.mode}" if self.mode else f"{self.limit}km"

    @property
    def words(self) -> str:
        """How a sentence names it."""
        return f"{self.limit} minutes ({self.by})" if self.mode else f"{self.limit} km"

    @property
    def short(self) -> str:
        """How a headline names it, under which the mode is told."""
        return f"{self.limit} min" if self.mode else self.words


def offered(edition: Edition) -> dict[str, Within]:
    """Return what "within" may mean with this pack, by its code in addresses."""
    found = [Within(limit) for limit in KILOMETRES]
    found += [
        Within(limit, mode, by) for mode, by in travel_times.modes(edition).items() for limit in MINUTES
    ]
    return {each.code: each for each in found}


def choices(edition: Edition) -> dict[str, str]:
    """Return code → words of what "within" may mean with this pack."""
    return {code: within.words for code, within in offered(edition).items()}


def catchments(edition: Edition, view: View, choice: MapChoice, within: str = USUAL) -> Finding:
    """Return residents inside and outside the catchments of a programme's places, by England's deprivation decile.

    ``within`` is a code of :func:`choices`. Raises ``ValueError`` where it is none.
    """
    known = offered(edition)
    if within not in known:
        raise ValueError(f"within {within!r} is not known: choose one of {', '.join(known)}.")
    landing = land.of(edition, view, choice)
    return _catchments(edition, view, landing, known[within])


@kept
def _catchments(edition: Edition, view: View, landing: Landing, within: Within) -> Finding:
    measured = travel_times.TABLE if within.mode else "boundaries"
    official = office(edition, ("areas", "places", measured))
    residents = area_cells.title(edition, "population")
    common: dict[str, Any] = {
        "name": NAME,
        "row_key": ("decile",),
        "params": {**landing.choice.params(), "within": within.code},
        "about": {"programme": wording.sentence(landing.name), "within": within.words},
        "view": view,
        "vintage": area_figures.vintage(edition),
        "method": area_figures.method(edition, f"{METHOD_TIMES if within.mode else METHOD} {WHOLLY}"),
        "caveats": (NEAR,) if within.mode else (STRAIGHT, NEAR),
        "subtitle": f"Residents within {within.words} of a place of {landing.name}: share of all in each of England's deprivation "
        f"deciles, {landing.where}; {residents.lower()}",
        "columns": {
            "decile": "Decile, 1 = most deprived",
            "residents": residents,
            "inside": f"Within {within.words}",
            "outside": "Further away",
            "unknown": "Not known",
            "share": f"Within {within.words} (%)",
            "status": "Status",
        },
        "decimals": {"share": 1},
        **official,
    }
    near = _nearness(edition, landing, within)
    why = _nothing(edition, view, landing, within, near)
    if why:
        return Finding(
            headline="Who lives near a place of service: not known",
            frame=pd.DataFrame(columns=list(common["columns"])),
            empty=why,
            **common,
        )
    frame = sums(area_cells.areas(edition, landing.district), near, within.limit).assign(
        status=least_official(official["statuses"])
    )
    return Finding(
        headline=_headline(frame, within),
        frame=frame,
        sentence=" ".join(_sentence(edition, frame, landing, within, near)),
        alt=" ".join(_spoken(row, within) for row in records(frame)),
        legend=f"Bars: share of a decile's residents within {within.words} of a place. Orange line: of all residents.",
        chart=_chart(frame),
        **common,
    )


def _nearness(edition: Edition, landing: Landing, within: Within) -> pd.Series:
    """Return how far each area, by code, is from the nearest place of the programme, in the unit of ``within``.

    Missing where it is not known. Places of other districts count: nobody stops at a boundary.
    """
    programme = landing.choice.programme
    codes = area_cells.areas(edition, landing.district).index
    if within.mode:
        soonest = travel_times.shortest(edition, programme, within.mode).reindex(codes)
        # Too far from one place says nothing of another that no time is known to.
        some = codes.isin(travel_times.partly(edition, programme, within.mode))
        return soonest.mask(some & (soonest > within.limit))
    spots = cold_spots.points(edition, "lsoa").reindex(codes)
    found = cold_spots.nearest(edition, programme, spots)["distance"]
    return pd.Series(found.to_numpy("float64"), index=codes)


def _places_of(edition: Edition, programme: str, within: Within) -> tuple[int, int]:
    """Return how many places a programme has, and to how many of them it can be measured."""
    sites = area_cells.table(edition, "places")
    sites = sites[sites["programme"] == programme]
    if within.mode:
        return len(sites), travel_times.timed(edition, programme, within.mode)
    return len(sites), int((sites["latitude"].notna() & sites["longitude"].notna()).sum())


def _nothing(edition: Edition, view: View, landing: Landing, within: Within, near: pd.Series) -> str:
    """Say why there is no catchment; empty where there is one."""
    rows, programme = area_cells.areas(edition, landing.district), landing.choice.programme
    if not rows["population"].fillna(0).gt(0).any():
        return "The data pack has no areas with residents: add the table areas."
    if programme == ALL:
        return (
            f"Choose one programme: a catchment is drawn around its own places. {_with_places(edition, view)}"
        )
    if why := area_cells.without_people(edition, view, programme):
        return why
    lived = rows["population"].fillna(0).gt(0).reindex(near.index)
    return _unmeasured(edition, view, landing, within) if near[lived].isna().all() else ""


def _unmeasured(edition: Edition, view: View, landing: Landing, within: Within) -> str:
    """Say why it is known of no area how near a place is."""
    there, placed = _places_of(edition, landing.choice.programme, within)
    if not there:
        return f"No place of service of {landing.name} is in the data pack. {_with_places(edition, view)}"
    if within.mode:
        return f"The pack's travel times have none ({within.by}) to a place of {landing.name}."
    if not placed:
        return (
            f"{wording.sentence(wording.count(there, 'place'))} of {landing.name}, none with coordinates: "
            "add latitude and longitude to the table places."
        )
    return "No area has a point to measure from: add the boundaries of the areas."


def _with_places(edition: Edition, view: View) -> str:
    """Name the programmes of the view that a catchment can be drawn for."""
    known = set(area_cells.table(edition, "places")["programme"])
    shown = {
        column: area_cells.programmes(edition, view, column) for column in ("counts_people", "has_money")
    }
    names = [name for code, name in {**shown["counts_people"], **shown["has_money"]}.items() if code in known]
    if not names:
        return "No programme of this role or commitment has places in the data pack."
    return f"Programmes with places: {wording.listing(names, 10)}."


def sums(rows: pd.DataFrame, near: pd.Series, limit: float) -> pd.DataFrame:
    """Return residents by decile, then all: ``decile``, ``residents``, ``inside``, ``outside``, ``unknown``, ``share``.

    ``share`` is of those of whom it is known, in per cent.
    """
    side = np.select([near.isna(), near <= limit], ["unknown", "inside"], "outside")
    lived = pd.DataFrame(
        {"decile": rows["decile"], "side": side, "lived": rows["population"].fillna(0).astype("int64")}
    )
    parts = lived.pivot_table(index="decile", columns="side", values="lived", aggfunc="sum", fill_value=0)
    deciles = parts.reindex(index=list(DECILES), columns=list(SIDES), fill_value=0)
    # From the areas themselves: one without a decile is in no tenth, but its residents are residents.
    whole = lived.groupby("side")["lived"].sum().reindex(list(SIDES), fill_value=0)
    frame = pd.concat([deciles, whole.to_frame(WHOLE).T])
    sure = (frame["inside"] + frame["outside"]).astype("float64")
    residents = frame[list(SIDES)].sum(axis=1)
    return frame.assign(
        decile=[str(each) for each in frame.index],
        residents=residents,
        share=100 * frame["inside"] / sure.where(sure > 0),
        marker=np.select([residents == 0, sure == 0], ["[z]", "[x]"], ""),
    ).reset_index(drop=True)


def _percent(share: float) -> str:
    return wording.percent(share, 0) if share in (0, 100) else wording.percent(share)


def _all_over(landing: Landing) -> str:
    """Say that places count whichever district they lie in."""
    return "" if landing.district == ALL else ", in whichever district"


def _headline(frame: pd.DataFrame, within: Within) -> str:
    if not frame["inside"].iloc[-1]:
        return f"Nobody here lives within {within.short} of a place"
    most, whole = frame["share"].iloc[0], frame["share"].iloc[-1]
    if pd.isna(most):
        return f"{_percent(whole)} of residents live within {within.short} of a place"
    return (
        f"{_percent(most)} of residents of the most deprived tenth live within {within.short} of a place, "
        f"{_percent(whole)} of all"
    )


def _sentence(
    edition: Edition, frame: pd.DataFrame, landing: Landing, within: Within, near: pd.Series
) -> list[str]:
    most, whole = frame["share"].iloc[0], frame.iloc[-1]
    there, placed = _places_of(edition, landing.choice.programme, within)
    text = [
        (
            f"{wording.sentence(wording.count(placed, 'place'))} of {landing.name}{_all_over(landing)}: within {within.words} of one live "
            f"{wording.number(whole['inside'])} residents ({_percent(whole['share'])}), further away {wording.number(whole['outside'])}."
        )
    ]
    if not whole["inside"]:
        text.append("Choose a larger distance to see whom the places are nearest to.")
    elif pd.isna(most):
        text.append("No resident here lives in England's most deprived tenth of areas.")
    else:
        text.append(_compared(most, whole["share"]))
    if there > placed:
        lacking = "a time" if within.mode else "coordinates"
        text.append(f"Without {lacking}, so left out: {wording.count(there - placed, 'place')}.")
    if near.isna().any():
        text.append(
            f"Not known, so neither inside nor outside: {wording.count(int(near.isna().sum()), 'area')} with "
            f"{wording.number(whole['unknown'])} residents; shares are of the others."
        )
    if within.mode:
        text.append(f"Times come from the data pack's own table: {travel_times.source(edition)}.")
    if travel_times.problem(edition):
        text.append(f"Travel times are not offered: {travel_times.problem(edition)}.")
    return text


def _compared(most: float, whole: float) -> str:
    """Set the most deprived tenth beside all residents, in points and as a ratio."""
    gap = most - whole
    if wording.rounded(gap, 1) == 0:
        return "The most deprived tenth is level with all residents."
    times = f", {wording.times(most / whole)} as large" if whole > 0 else ""
    side = "above" if gap > 0 else "below"
    return f"The share in the most deprived tenth is {wording.number(abs(gap), 1)} points {side} that of all residents{times}."


def _spoken(row: dict[str, Any], within: Within) -> str:
    who = "All residents" if row["decile"] == WHOLE else f"Decile {row['decile']}"
    if row["marker"]:
        return f"{who}: {wording.MARKERS[row['marker']]}."
    return f"{who}: {wording.percent(row['share'])} within {within.words}."


def _chart(frame: pd.DataFrame) -> pd.DataFrame:
    deciles = frame.iloc[:-1]
    return pd.DataFrame(
        {
            "decile": deciles["decile"].astype(int),
            "share": deciles["share"],
            "whole": frame["share"].iloc[-1],
            # Where the words stand: with a bar that is not there, on the ground.
            "at": deciles["share"].fillna(0.0),
            "told": [row["marker"] or wording.number(row["share"]) for row in records(deciles)],
            "residents": deciles["residents"],
        }
    )


SPECS: Final = (
    Spec(
        NAME,
        "Residents within a distance of a programme's places, by deprivation decile",
        lambda edition, view, given: catchments(edition, view, choice_of(given), given["within"]),
        districted=True,
        parameters={
            **PARAMETERS,
            "within": Parameter("How near is near", lambda edition: tuple(offered(edition)), USUAL),
        },
    ),
)
