"""Findings of a prototype by area: the map, and the ten deciles of deprivation with their slope index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition
from svdash.findings.finding import Finding, records
from svdash.findings.reach import area_cells, area_figures
from svdash.findings.reach.area_figures import AreaMap, MapChoice
from svdash.measures import gradient, intervals
from svdash.measures.classes import classify, quantile_breaks
from svdash.workbench.area_gate import OnAreas
from svdash.workbench.definition import Written
from svdash.workbench.prototype import DENOMINATOR, NUMERATOR, caveats_of, value_of
from svdash.workbench.prototype_figures import adds_up, counts

# Drawings of deciles, by what their axis counts.
_DRAWN: Final = {
    "share": "prototype-deciles",
    "rate": "prototype-deciles-rate",
    "value": "prototype-deciles-value",
}
_DECIMALS: Final = {"value": 1, "lower": 1, "upper": 1}
# Where the line through the deciles bends more than chance would have it.
_BENDS: Final = 0.05
_CLASSES, _FEW, _PLACES = area_figures.CLASSES, area_figures.FEW_CLASSES, area_figures.PLACES_FOR_CLASSES
_METHOD: Final = (
    "Rows are put on the pack's areas by the code in the definition's column. {gate}Deciles are of England's areas: 1 is the most "
    "deprived tenth. SII: the regression of the deciles' figures on their rank, each decile by its {weight}; RII: the ratio of the line's ends. "
    "Limits: 10,000 simulations with a fixed seed."
)
_GATE: Final = (
    "Counts of 1 to 4 are suppressed, and more where those could be worked out from deciles, places and everybody's figure; of "
    "figures by small area (LSOA) the map shows the finest places of which at most a fifth is too small. "
)


_NOUGHT: Final = "An area without a row counts as zero."


@dataclass(frozen=True)
class _Kind:
    """How a prototype's figures are written: a share, a rate per 1,000 residents, or a value as it is."""

    share: bool
    rate: bool
    people: bool
    unit: str
    per: int = 1000

    @property
    def noun(self) -> str:
        """What a figure of it is, in words."""
        if self.share:
            return "per cent"
        unit = "" if self.people else f"{self.unit} "
        return f"{unit}per {wording.number(self.per)} residents" if self.rate else self.unit

    @property
    def formats(self) -> dict[str, str]:
        """How figures are written in a table, where that is otherwise than by their decimals."""
        return wording.of_people(_DECIMALS) if self.share and self.people else {}

    def told(self, value: float, decimals: int = 1) -> str:
        """Write a figure."""
        if self.share:
            return wording.share(value) if self.people else wording.percent(value, decimals)
        if not self.rate:
            return wording.value(value, self.unit)
        told = wording.number(value) if self.people else wording.value(value, self.unit)
        return f"{told} per {wording.number(self.per)}"


def _kind(written: Written, rows: pd.DataFrame) -> _Kind:
    about = written.definition
    share = about.unit == "percent" and DENOMINATOR in rows
    # What adds up is set against the residents: a place with more of them has more of everything.
    rate = not share and DENOMINATOR not in rows and (about.counts_people or adds_up(about.numerator))
    # Of things so few that they would be noughts per 1,000, per 100,000; people's rates are written per 1,000 everywhere.
    few = rate and not about.counts_people and 1000 * rows[NUMERATOR].sum() < rows["residents"].sum()
    return _Kind(share, rate, about.counts_people, str(about.unit), 100_000 if few else 1000)


def none_is_nought(written: Written) -> bool:
    """Tell whether an area without a row has none of what is counted: of a plain count, not of a share or a sum."""
    about = written.definition
    return about.denominator is None and counts(about.numerator)


def mapped(edition: Edition, written: Written, found: OnAreas) -> AreaMap:
    """Return the map of a prototype's newest period, by the finest places that may be told."""
    about, geography = written.definition, found.geography
    where = area_cells.GEOGRAPHY_NAMES.get(geography, "place")
    head = _head(edition, written, found)
    if found.places.empty:
        return AreaMap(
            name="areas", headline=f"{about.title}: no map", subtitle=found.period, frame=pd.DataFrame(), columns={},
            empty=_why_no_map(found), **head,
        )  # fmt: skip
    areas = area_cells.areas(edition)
    kind = _kind(written, found.places)
    rows = _figures(found.places, kind).assign(name=lambda each: _names(each["place"], areas, geography))
    rows["district_name"] = _districts(rows["place"], areas, geography).to_numpy()
    coloured = rows["value"].astype("float64")
    classes = _CLASSES if len(rows) >= _PLACES else _FEW
    # Where most places have none, those that have some are told apart.
    breaks = (
        quantile_breaks(coloured, classes)
        or [
            float(coloured[coloured > 0].min()),
            *quantile_breaks(coloured.where(coloured > 0), _FEW),
        ]
        if (coloured > 0).any()
        else []
    )
    rows["klass"] = classify(coloured, breaks)
    rows["rate"] = coloured
    rows["told"] = [
        f"{row['marker']} {wording.MARKERS[row['marker']]}" if row["marker"] else kind.told(row["value"])
        for row in records(rows)
    ]
    limits = area_figures.ranges(breaks, coloured, "")
    held = int((rows["marker"] != "").sum())
    drawn = area_figures.per_area(
        edition, rows, geography, f"Prototype, not agreed, {found.period}, {about.status}", "numerator"
    )
    drawn["klass"] = drawn["klass"].fillna(-1).astype("int64")
    return AreaMap(
        name="areas", row_key=("place",), headline=_map_headline(rows, about.title, kind),
        subtitle=f"{wording.sentence(kind.noun)} by {where}, {found.period}",
        frame=disclosure.as_written(rows).assign(period=found.period, geography=geography),
        columns={"place": "Code", "name": "Area", "district_name": "District", **_columns(kind), "geography": "Geography"},
        decimals=_DECIMALS, formats=kind.formats,
        sentence=f"Shown by {where}: {wording.count(len(rows), 'place')}, {held or 'none'} of them suppressed. {_left_out(found)}".strip(),
        alt=f"Map of {about.title} by {where} in {found.period}, in {wording.count(len(limits), 'class', 'classes')}.",
        drawn=drawn, limits=limits, choice=MapChoice(show="reach"), **head,
    )  # fmt: skip


def deciles(edition: Edition, written: Written, found: OnAreas) -> Finding:
    """Return a prototype's figures by decile of deprivation, with slope index, relative index and how well the line fits."""
    about = written.definition
    head = _head(edition, written, found)
    kind = _kind(written, found.deciles)
    common: dict[str, Any] = {
        "name": _DRAWN["share" if kind.share else "rate" if kind.people else "value"],
        "row_key": ("decile",),
        "subtitle": f"{wording.sentence(kind.noun)} in each of England's deprivation deciles, {found.period}",
        "columns": {"decile": "Decile, 1 = most deprived", **_columns(kind)},
        "decimals": _DECIMALS,
        "formats": kind.formats,
        "legend": "Point: figure of the decile. Line: 95% limits.",
        **head,
    }
    why = _why_no_deciles(written, found, kind)
    if why:
        return Finding(
            headline=f"{about.title}: no figure by decile",
            frame=pd.DataFrame(columns=list(common["columns"])),
            empty=why,
            **common,
        )
    rows = _figures(found.deciles, kind)
    slope, said = _slope(found.deciles, rows, kind)
    chart = pd.DataFrame(
        {
            "label": [_decile(each) for each in rows["decile"]],
            **{name: rows[name].astype("float64") for name in ("value", "lower", "upper")},
            "mark": np.nan,
            "stands_out": rows["decile"].eq(1),
            "said": said,
        }
    )
    return Finding(
        headline=_slope_headline(about.title, slope, kind),
        frame=disclosure.as_written(rows).assign(decile=rows["decile"].astype("int64")),
        sentence=f"{said} {_left_out(found)}".strip(),
        alt=" ".join(
            f"{label}: {kind.told(value) if pd.notna(value) else 'suppressed'}."
            for label, value in zip(chart["label"], chart["value"], strict=True)
        ),
        chart=chart[chart["value"].notna()].reset_index(drop=True),
        **common,
    )


def _why_no_deciles(written: Written, found: OnAreas, kind: _Kind) -> str:
    """Say why there is no figure by decile; empty where there is one."""
    if found.places.empty and found.deciles.empty:
        return _why_no_map(found)
    if found.deciles.empty:
        where = area_cells.GEOGRAPHY_NAMES.get(found.geography, "place")
        return f"Figures are by {where}, which has no decile of its own. Use codes of small areas (LSOA)."
    about = written.definition
    summed = all(adds_up(each) for each in (about.numerator, about.denominator or about.numerator))
    if not kind.people and not kind.share and not summed:
        return "Averages and distinct counts of areas do not add up to those of a decile. Write a sum over a sum, with a denominator."
    return ""


def _decile(number: float) -> str:
    named = {1: "1, most deprived", 10: "10, least deprived"}
    return named.get(int(number), str(int(number)))


def _head(edition: Edition, written: Written, found: OnAreas) -> dict[str, Any]:
    about = written.definition
    weight = "base" if about.denominator is not None else "residents"
    return {
        "statuses": (about.status,),
        "method": _METHOD.format(gate=_GATE if about.counts_people else "", weight=weight),
        "caveats": (*caveats_of(written), *((_NOUGHT,) if none_is_nought(written) else ())),
        "vintage": area_figures.vintage(edition),
        "about": {"indicator": about.id, "period": found.period},
    }


def _columns(kind: _Kind) -> Mapping[str, str]:
    limits = {"lower": "95% from", "upper": "95% to"} if kind.people else {}
    base = {DENOMINATOR: "Denominator"} if kind.share or not kind.rate else {"residents": "Residents"}
    return {
        "value": wording.sentence(kind.noun),
        **limits,
        NUMERATOR: "Numerator",
        **(base if kind.share or kind.rate else {}),
    }


def _figures(rows: pd.DataFrame, kind: _Kind) -> pd.DataFrame:
    """Add values and limits as they may be written, and exactly: ``value``, ``lower``, ``upper``, ``exact_value``."""
    exact = disclosure.EXACT
    if not kind.people:
        value = value_of(rows, kind.unit)
        value = kind.per * value / rows["residents"] if kind.rate else value
        return rows.assign(value=value, lower=np.nan, upper=np.nan, **{f"{exact}value": value})
    top = rows[f"{exact}{NUMERATOR}"].astype("float64")
    if kind.share:
        gated = disclosure.percentages(rows, NUMERATOR, DENOMINATOR)
        base, value = rows[f"{exact}{DENOMINATOR}"].astype("float64"), gated[f"{exact}percent"]
        sure = value.notna() & (base > 0)
        lower, upper = intervals.wilson(top.where(sure, 0.0).to_numpy(), base.where(sure, 1.0).to_numpy())
        limits = [pd.Series(100 * each, rows.index).where(sure) for each in (lower, upper)]
        written = [gated["percent"], *(disclosure.percents(each, base) for each in limits)]
        marker = gated["marker"]
    else:
        residents = rows["residents"]
        value, sure = 1000 * top / residents, top.notna()
        lower, upper = intervals.byar(top.where(sure, 0.0).to_numpy())
        limits = [
            pd.Series(1000 * each / residents.to_numpy(), rows.index).where(sure) for each in (lower, upper)
        ]
        written = [disclosure.rates(each, residents) for each in (value, *limits)]
        marker = rows["marker"].mask(written[0].isna() & (rows["marker"] == "") & sure, disclosure.UNRELIABLE)
    names = ("value", "lower", "upper")
    told = dict(zip(names, written, strict=True))
    fine = dict(zip((f"{exact}{name}" for name in names), (value, *limits), strict=True))
    return rows.assign(**told, **fine, marker=marker)


def _slope(rows: pd.DataFrame, figures: pd.DataFrame, kind: _Kind) -> tuple[gradient.SlopeIndex | None, str]:
    """Return the slope index of the deciles, and what it says; ``None`` and why where there is none."""
    exact = disclosure.EXACT
    weight = rows[f"{exact}{DENOMINATOR}"] if kind.share else rows["residents"]
    value = figures[f"{exact}value"].astype("float64")
    held = figures["marker"].ne("") | value.isna()
    if held.any():
        return (
            None,
            f"No slope: {wording.count(int(held.sum()), 'decile')} suppressed, and it needs every one.",
        )
    if len(rows) < gradient.LEAST_QUANTILES:
        return (
            None,
            f"No slope: there are figures in {wording.count(len(rows), 'decile')} only, and it needs {gradient.LEAST_QUANTILES}.",
        )
    frame = pd.DataFrame({"people": weight.astype("float64"), "value": value})
    if kind.people:
        spread = figures[f"{exact}upper"] - figures[f"{exact}lower"]
        frame["se"] = spread.astype("float64") / 3.92
    if (frame["people"] <= 0).any():
        return None, "No slope: a decile has nobody in its base."
    index = gradient.slope_index(frame, "people", "value", "se" if kind.people else None)
    return index, _told(index, kind)


def _told(index: gradient.SlopeIndex, kind: _Kind) -> str:
    """Say slope index, relative index and misfit in words."""
    way = "rises" if index.sii > 0 else "falls"
    unit = "points" if kind.share else kind.noun
    decimals = 1 if kind.share or not kind.people else 0
    size = wording.number(abs(index.sii), decimals)
    said = f"From the most to the least deprived end it {way} by {size} {unit} (SII {wording.signed(index.sii, decimals)}"
    if not np.isnan(index.sii_lower):
        said += f", 95% {wording.signed(index.sii_lower, decimals)} to {wording.signed(index.sii_upper, decimals)}"
    said += f"; RII {wording.two_figures(index.rii)})" if not np.isnan(index.rii) else ")"
    said += f". The deciles lie {wording.number(index.misfit, 1)} from the line on average"
    if np.isnan(index.misfit_p):
        return f"{said}."
    bends = index.misfit_p < _BENDS
    return f"{said}, {'more than chance: the gradient bends, and the picture says more than the slope' if bends else 'no more than chance'}."


def _slope_headline(title: str, index: gradient.SlopeIndex | None, kind: _Kind) -> str:
    if index is None:
        return f"{title}: by decile, without a slope"
    if kind.people and index.sii_lower <= 0 <= index.sii_upper:
        return f"{title}: no gradient beyond chance"
    return f"{title}: {'lower' if index.sii > 0 else 'higher'} where deprivation is greater"


def _map_headline(rows: pd.DataFrame, title: str, kind: _Kind) -> str:
    told = rows[rows["value"].notna()]
    if told.empty:
        return f"{title}: every place is suppressed"
    low, high = float(told["value"].min()), float(told["value"].max())
    return f"{title}: from {kind.told(low)} to {kind.told(high)} by place"


def _names(places: pd.Series, areas: pd.DataFrame, geography: str) -> list[str]:
    if geography == "msoa":
        return places.astype("str").tolist()
    column = "district_name" if geography == "district" else "name"
    named = areas.drop_duplicates(area_cells.PLACE[geography]).set_index(area_cells.PLACE[geography])[column]
    return named.reindex(places).astype("str").tolist()


def _districts(places: pd.Series, areas: pd.DataFrame, geography: str) -> pd.Series:
    column = area_cells.PLACE[geography]
    return areas.drop_duplicates(column).set_index(column)["district_name"].reindex(places)


def _left_out(found: OnAreas) -> str:
    """Say what has no area of the pack: how many codes and why, as far as it is known, and how much of the numerator."""
    if not found.unmatched:
        return (
            f"Not on the map: {wording.number(found.unplaced)} of the numerator, of rows without an area."
            if found.unplaced > 0
            else ""
        )
    many = len(found.unmatched)
    said = f"Not on the map: {wording.count(many, 'code')} that {'is not an area' if many == 1 else 'are not areas'} of the pack"
    if found.other_edition:
        said += f", {wording.number(found.other_edition)} of them of small areas elsewhere or of another edition (2011 or 2021)"
    held = (
        ""
        if np.isnan(found.unplaced)
        else f"; with no area it is {wording.number(found.unplaced)} in the numerator"
    )
    return f"{said}{held}. For example {wording.listing(list(found.unmatched), 3)}."


def _why_no_map(found: OnAreas) -> str:
    if found.geography:
        return (
            f"None of the codes in the column of areas is an area of the pack. {_left_out(found)} Use codes of small areas "
            "(LSOA) of the edition that the pack has."
        )
    return "Even by district more than a fifth of the counts would be too small to show."
