"""Do services and money go where deprivation is? Reach and spend by decile, beside the residents there."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, office, records
from svdash.findings.reach import area_cells
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import (
    METHOD_REACH,
    METHOD_SPEND,
    REACH,
    SPEND,
    MapChoice,
    chosen,
    dated,
    method,
    of_map,
    vintage,
)
from svdash.findings.reach.distribution import Landing
from svdash.findings.spec import of_view
from svdash.register import ALL, Framework, View, place

LONGEST: Final = 90
METHOD: Final = "Share of each decile of all that has a known place, people of deciles too small to show too, beside its share of residents. Gaps are those of the unrounded shares."
# What a share of too few people may not tell.
FIGURES: Final = ("share", "gap", "times", "lower", "upper")
COLUMNS: Final = {
    "decile": "Decile, 1 = most deprived",
    "amount": "Amount",
    "share": "Share of reach or spend (%)",
    "population_share": "Share of residents (%)",
    "gap": "Gap (points)",
    "status": "Status",
}


def by_decile(edition: Edition, view: View, choice: MapChoice) -> Finding:
    """Share of people reached or of spend by decile, beside the share of residents."""
    landing = land.of(edition, view, choice)
    return _by_decile(edition, view, landing)


@kept
def _by_decile(edition: Edition, view: View, landing: Landing) -> Finding:
    framework = Framework.of(edition)
    year = area_cells.year_of_view(framework, view)
    said, noun = framework.calendar.named(year), landing.noun
    common: dict[str, Any] = {
        **land.head(edition, view, landing, METHOD),
        "name": "deciles",
        "row_key": ("decile",),
        "subtitle": f"{landing.measure}: share of each of England's deprivation deciles, {landing.where}, {said}; orange ticks: share of residents",
        "columns": COLUMNS | {"amount": landing.amount, "share": f"Share of {noun} (%)"},
        "decimals": {"amount": landing.decimals, "share": 1, "population_share": 1, "gap": 1},
        # The table stands beside the map, where pence would push the gap out of sight.
        "formats": {} if landing.people else {"amount": "money"},
    }
    nobody = area_cells.without_people(edition, view, landing.choice.programme) if landing.people else ""
    why = nobody or land.too_little(edition, landing, year)
    if why:
        return Finding(
            headline=f"{wording.sentence(noun)} by decile: not known for {landing.inside}",
            frame=pd.DataFrame(columns=list(COLUMNS)),
            empty=why,
            **common,
        )
    exact = _shared_out(edition, view, landing, year)
    frame = land.written(
        exact, landing, counts=["amount", "whole"], shares=FIGURES[:2] + FIGURES[3:], ratios=["times"]
    )
    few = landing.people and not exact["whole"].iloc[0] >= land.LEAST_BASE
    if few or not float(exact["amount"].sum()):
        return Finding(
            headline=f"No {noun} to compare in {said}",
            frame=frame,
            empty=land.nothing(edition, view, landing, year)
            or f"No {noun} with a known place for {landing.name} in {said}.",
            **common,
        )
    return Finding(
        headline=_proportion_headline(exact, landing),
        frame=frame,
        sentence=f"{_proportion_sentence(exact, landing)} {_left_out(edition, view, landing, year)}".strip(),
        alt=" ".join(_spoken(row, landing) for row in records(exact)),
        chart=frame,
        **common,
    )


def _shared_out(edition: Edition, view: View, landing: Landing, year: str) -> pd.DataFrame:
    rows = land.shares(edition, land.by_decile(edition, view, landing, year))
    frame = land.lived_in(rows, landing)
    if landing.people and frame["whole"].lt(land.LEAST_BASE).any():
        kept = frame["marker"].where(frame["marker"].ne(""), disclosure.UNRELIABLE)
        frame = frame.assign(**dict.fromkeys(FIGURES, float("nan")), marker=kept)
    return frame.assign(status=land.mark(edition, landing))


def _spoken(row: dict[str, Any], landing: Landing) -> str:
    if pd.isna(row["share"]):
        return f"Decile {row['decile']}: too small to show."
    told = land.percent(row["share"], landing, row["whole"])
    return f"Decile {row['decile']}: {told} of {landing.noun}, {wording.percent(row['population_share'])} of residents."


def side_of(frame: pd.DataFrame, noun: str) -> str:
    """Say whether the share in decile 1 is above, below or level with the share of residents there.

    People: by the 95% interval of the share; money has none. A gap too small to matter counts as level.
    """
    first = records(frame.head(1))[0]
    if noun == "reach":
        return land.side(first)
    return land.LEVEL if first["even"] else "below" if first["gap"] < 0 else "above"


def _proportion_headline(frame: pd.DataFrame, landing: Landing) -> str:
    noun, name = landing.noun, wording.sentence(landing.name)
    if pd.isna(frame.iloc[0]["share"]):
        return f"{name}: {noun} in the most deprived tenth is too small to show"
    side = side_of(frame, noun)
    told = f"{name}: {noun} in the most deprived tenth is {side} its share of residents"
    return (
        told if len(told) <= LONGEST else f"{name}: {side} the share of residents in the most deprived tenth"
    )


def _left_out(edition: Edition, view: View, landing: Landing, year: str) -> str:
    """Say what the shares leave out: no place in what is looked at, or deciles and areas too small to show."""
    if landing.district != ALL:
        return land.unplaced(edition, view, landing, year)
    choice = landing.choice
    if not landing.people:
        sums = area_cells.spend(edition, view, year, choice.programme, choice.kind)
        placed, whole = (float(part["pence"].sum()) / 100 for part in (sums[sums["known"]], sums))
        return f"Shares are of the {wording.money(placed)} with a place in {place(edition).the}, out of {wording.money(whole)}."
    rows = area_cells.deciles_of_people(edition, year, choice.programme).set_index("decile")
    parts = []
    unplaced = pd.to_numeric(rows["people"].reindex([0])).iloc[0]
    if pd.notna(unplaced) and unplaced > 0:
        parts.append(
            f"Left out of the shares: {wording.number(float(unplaced))} reached without a known place."
        )
    if rows.loc[0, "marker"]:
        parts.append(land.unplaced(edition, view, landing, year))
    hidden = int((rows.loc[1:, "marker"] != "").sum())
    if hidden:
        parts.append(f"Too small to show, but counted in the whole: {wording.count(hidden, 'decile')}.")
    return " ".join(parts)


def _proportion_sentence(frame: pd.DataFrame, landing: Landing) -> str:
    first = records(frame)[0]
    if pd.isna(first["share"]):
        return ""
    share = land.percent(first["share"], landing, first["whole"])
    told = (
        f"{share} of {landing.noun} is in England's most deprived tenth, where {wording.percent(first['population_share'])} of "
        f"{'residents' if landing.district == ALL else landing.residents} live."
    )
    if not landing.people:
        return told
    return f"{told} 95% limits of the share: {land.span(first['lower'], first['upper'], landing, first['whole'])}; the gap {land.real(first)}."


def _tenth(edition: Edition, view: View, choice: MapChoice, year: str) -> dict[str, Any] | None:
    """Return what lands in the most deprived tenth; ``None`` where there is nothing to compare.

    People of a programme are the same ones for every role and commitment that it is linked to.
    """
    seen = view.only("district") if choice.show == "reach" else view.only("role", "commitment", "district")
    return _first_decile(edition, seen, choice, year)


@kept
def _first_decile(edition: Edition, view: View, choice: MapChoice, year: str) -> dict[str, Any] | None:
    landing = land.of(edition, view, choice)
    if land.too_little(edition, landing, year):
        return None
    frame = _shared_out(edition, view, landing, year)
    if not float(frame["amount"].sum()):
        return None
    side = "not shown" if pd.isna(frame["share"].iloc[0]) else side_of(frame, landing.noun)
    first = records(land.written(frame.head(1), landing, shares=["share", "gap"]))[0]
    told = ("share", "population_share", "gap", "marker", "status")
    return {
        "of": "people" if landing.people else "spend",
        "side": side,
        **{name: first[name] for name in told},
    }


@kept
def lands(edition: Edition, view: View) -> Finding:
    """Share of reach and spend in the most deprived tenth, against the share of people who live there."""
    framework = Framework.of(edition)
    year = area_cells.year_of_view(framework, view)
    said = framework.calendar.named(year)
    named = area_cells.programmes(edition, view, "counts_people")
    found = [("All spend, by place of benefit", _tenth(edition, view, MapChoice("spend", ALL), year))]
    found += [(name, _tenth(edition, view, MapChoice("reach", code), year)) for code, name in named.items()]
    rows = [{"what": name, **tenth} for name, tenth in found if tenth is not None]
    frame = pd.DataFrame(
        rows, columns=["what", "of", "share", "population_share", "gap", "side", "marker", "status"]
    )
    told = {row["of"] for row in rows}
    sides = [row["side"] for row in rows if row["of"] == "people" and pd.notna(row["share"])]
    landing = land.of(edition, view, MapChoice("spend", ALL))
    return Finding(
        name="lands",
        row_key=("what",),
        headline=f"{sides.count('above')} of {wording.count(len(sides), 'programme')} reach the most deprived tenth beyond its share of residents"
        + (f", {sides.count(land.LEVEL)} level with it" if land.LEVEL in sides else "")
        if sides
        else "Where spend lands",
        subtitle=f"Share in England's most deprived tenth of areas, {landing.where}, {said}",
        frame=frame,
        columns={"what": "What", "of": "Counted in", "share": "Share in decile 1 (%)", "population_share": "Share of residents (%)", "gap": "Gap (points)", "side": "Beside residents", "status": "Status"},
        decimals={"share": 1, "population_share": 1, "gap": 1},
        sentence=_line(frame, landing),
        alt=" ".join(f"{r['what']}: {wording.share(r['share'])} of {r['of']}." for r in rows),
        **office(edition, (*(REACH if "people" in told else ()), *(SPEND if "spend" in told else ()))),
        method=method(edition, f"{METHOD_REACH} {METHOD_SPEND.format(the=place(edition).the)}"),
        about={**dated(edition, year), **chosen(view)},
        vintage=vintage(edition),
        legend="Bars: share in the most deprived tenth. Orange line: share of residents there.",
        view=view,
        chart=frame,
        empty="" if len(frame) else f"No lines with a known place for this role and commitment in {said}.",
    )  # fmt: skip


def _line(frame: pd.DataFrame, landing: Landing) -> str:
    """Say what shares are set beside: whose residents live in the most deprived tenth; the same for every row."""
    if frame.empty:
        return ""
    residents = "residents" if landing.district == ALL else landing.residents
    share = wording.percent(frame["population_share"].iloc[0])
    return f"{share} of {residents} live in England's most deprived tenth: that is the line to compare with."


SPECS: Final = (
    of_map("deciles", "Reach or spend by deprivation decile", by_decile),
    of_view("lands", "Share of reach and spend in the most deprived tenth", lands),
)
