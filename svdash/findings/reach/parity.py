"""What parity would take: how much would have to move, from where to where, by decile, district or middle area."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, records
from svdash.findings.reach import area_cells, district_people
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import PARAMETERS, MapChoice, choice_of
from svdash.findings.reach.distribution import Landing
from svdash.findings.spec import Parameter, Spec
from svdash.measures import gradient, intervals
from svdash.register import ALL, Framework, View

# Whose share is set beside that of reach or spend.
BASELINES: Final = {"residents": "All residents", "deprived": "Residents of deciles 1 to 3"}
PARITY: Final = {
    "level": "Level",
    "place": "Place",
    "amount": "Amount",
    "share": "Share of reach or spend (%)",
    "population": "Residents of the baseline",
    "population_share": "Share of the baseline (%)",
    "gap": "Gap (points)",
    "times": "Times its share",
    "to_parity": "Short of (+) or above (−) parity",
    "status": "Status",
}
DECILE, DISTRICT, MIDDLE = "Decile", "District", "Middle area"
# Of many places, those furthest from parity are drawn.
DRAWN: Final = 12
YARDSTICK: Final = (
    "Parity is a yardstick, not an aim: where need is greater, more than parity may be right. Choose the baseline that "
    "the programme is for."
)
PARITY_METHOD: Final = (
    "Share of reach or spend minus share of the baseline's residents, as in the Urban Institute's Spatial Equity Data Tool. "
    "What parity would take: half of all the differences, taken without their sign, times the whole amount; people are written to "
    "the nearest 5."
)


def parity(edition: Edition, view: View, choice: MapChoice, baseline: str = "residents") -> Finding:
    """Return what would have to move for reach or spend to be where the baseline's residents are.

    ``baseline`` is one of ``BASELINES``; another one raises ValueError.
    """
    if baseline not in BASELINES:
        raise ValueError(f"baseline {baseline!r} is not known: choose {wording.every(BASELINES, 'or')}")
    landing = land.of(edition, view, choice)
    return _parity(edition, view, landing, baseline)


@kept
def _parity(edition: Edition, view: View, landing: Landing, baseline: str) -> Finding:
    year = area_cells.year_of_view(Framework.of(edition), view)
    noun, common = landing.noun, _common(edition, view, landing, year, baseline)
    levels, reasons = _levels(edition, view, landing, year, baseline)
    why = land.nothing(edition, view, landing, year)
    if levels and landing.of_district and why == district_people.coarse(edition, landing.part, year):
        # What is too coarse for deciles within a district may still be told by place.
        why = ""
    why = why or ("" if levels else " ".join(reasons))
    if why:
        return Finding(
            headline=f"What parity of {noun} would take: not known",
            frame=pd.DataFrame(columns=list(PARITY)),
            empty=why,
            **common,
        )
    exact = pd.concat([g.rows.assign(level=name) for name, g in levels.items()], ignore_index=True)
    shares = exact["share"] / exact["population_share"].where(exact["population_share"] > 0)
    exact = exact.assign(times=shares, status=land.mark(edition, landing), marker="[z]")
    exact = exact.assign(whole=exact["amount"].groupby(exact["level"]).transform("sum"))
    frame = land.written(
        exact, landing, counts=["amount", "whole", "to_parity"], shares=["share", "gap"], ratios=["times"]
    )
    return Finding(
        headline=_headline(exact, levels, landing, baseline),
        frame=frame,
        sentence=" ".join(
            each
            for each in [
                *(_moves(name, gap, landing) for name, gap in levels.items()),
                _beside(exact, landing, baseline),
                _among_others(edition, view, landing, baseline),
                *reasons,
                "Parity is a yardstick, not an aim.",
                land.unplaced(edition, view, landing, year),
            ]
            if each
        ),
        alt=" ".join(
            f"{r['place']}: {land.percent(r['share'], landing, r['whole'])} of {noun}, {wording.percent(r['population_share'])} of {BASELINES[baseline].lower()}."
            for r in records(exact)
        ),
        legend=f"Bars: share of {noun} minus share of {BASELINES[baseline].lower()}; to the right of the line, more than its share; blue: less."
        + (f" Of the places, the {DRAWN} furthest from it." if _many(levels) else ""),
        chart=_chart(frame, landing),
        **common,
    )


def _common(edition: Edition, view: View, landing: Landing, year: str, baseline: str) -> dict[str, Any]:
    """Return what the finding says whether there are figures or not."""
    about = land.head(edition, view, landing, PARITY_METHOD)
    return {
        **about,
        "name": "parity",
        "row_key": ("place",),
        "params": about["params"] | {"baseline": baseline},
        "about": about["about"] | {"baseline": BASELINES[baseline]},
        "caveats": (YARDSTICK, *about["caveats"]),
        "subtitle": f"{landing.measure}: share minus share of {BASELINES[baseline].lower()}, in points, {landing.where}, {land.period(edition, year)}",
        "columns": PARITY | {"amount": landing.amount, "share": f"Share of {landing.noun} (%)"},
        "decimals": {"amount": landing.decimals, "to_parity": landing.decimals, "times": 2}
        | dict.fromkeys(("share", "population_share", "gap"), 1),
    }


def _levels(
    edition: Edition, view: View, landing: Landing, year: str, baseline: str
) -> tuple[dict[str, gradient.ResourceGap], list[str]]:
    """Set both levels against the baseline; what cannot be told is said. Places are districts, or middle areas within one."""
    levels: dict[str, gradient.ResourceGap] = {}
    reasons: list[str] = []
    found = {
        DECILE: _deciles(edition, view, landing, year, baseline),
        DISTRICT if landing.district == ALL else MIDDLE: _places(edition, view, landing, year, baseline),
    }
    for name, (rows, why) in found.items():
        reasons += [why] if why else []
        if rows is None:
            continue
        if rows["population"].sum() <= 0:
            reasons.append(f"By {name.lower()}: nobody lives in deciles 1 to 3 here; choose all residents.")
        elif rows["amount"].lt(0).any() or rows["amount"].sum() <= 0:
            reasons.append(
                f"By {name.lower()}: no shares, as credit notes are more than payments in some of them."
            )
        elif landing.people and rows["amount"].sum() < land.LEAST_BASE:
            reasons.append(
                f"By {name.lower()}: fewer than {land.LEAST_BASE} {landing.unit}, too few for shares."
            )
        else:
            found_gap = gradient.resource_gap(rows, "population", "amount")
            named = found_gap.rows.rename(columns={"resource_share": "share"})
            if name == MIDDLE:
                # Many, and in no order of their own: those with the least beside their residents first.
                named = named.sort_values("gap", kind="stable")
            levels[name] = replace(found_gap, rows=named)
    return levels, list(dict.fromkeys(reasons))


def _deciles(
    edition: Edition, view: View, landing: Landing, year: str, baseline: str
) -> tuple[pd.DataFrame | None, str]:
    too_little = land.too_little(edition, landing, year)
    if too_little:
        return None, too_little
    rows = land.by_decile(edition, view, landing, year)
    hidden = land.hidden(rows)
    if hidden:
        return None, f"Not by decile; {land.hidden_in_words(hidden)}."
    counted = rows["decile"].isin(land.MOST_DEPRIVED) if baseline == "deprived" else rows["decile"] > 0
    named = [f"Decile {decile}" for decile in rows["decile"]]
    rows = rows.assign(place=named, population=rows["population"].where(counted, 0.0))
    return land.lived_in(rows, landing).drop(columns=["marker", "whole"]), ""


def _places(
    edition: Edition, view: View, landing: Landing, year: str, baseline: str
) -> tuple[pd.DataFrame | None, str]:
    """Return amounts by district, or by middle area of one, or why they can't all be told."""
    areas = area_cells.areas(edition, landing.district).reset_index(drop=True)
    by = "district_name" if landing.district == ALL else "msoa"
    if landing.people:
        amount, why = _people(edition, landing, year)
        if why:
            return None, why
    else:
        rows = land.by_area(edition, view, landing, year)
        amount = rows["amount"].groupby(area_cells.areas(edition)[by].reindex(rows["code"]).to_numpy()).sum()
    lived = areas[areas["decile"].isin(land.MOST_DEPRIVED)] if baseline == "deprived" else areas
    population = lived.groupby(by)["population"].sum()
    names = list(dict.fromkeys(areas[by]))
    return pd.DataFrame(
        {
            "place": names,
            "amount": amount.reindex(names).astype("float64").fillna(0.0).to_numpy(),
            "population": population.reindex(names).astype("float64").fillna(0.0).to_numpy(),
        }
    ), ""


def _people(edition: Edition, landing: Landing, year: str) -> tuple[pd.Series, str]:
    """Return exact people by district, or by middle area of one, and why they can't be told where one is held back."""
    programme, none = landing.choice.programme, pd.Series(dtype="float64")
    if not landing.of_district:
        rows = area_cells.districts_of_people(edition, year, programme)
        hidden = int(rows["marker"].ne("").sum())
        why = f"Not by district; {wording.count(hidden, 'district')} too small to show." if hidden else ""
        return (none if hidden else rows["exact_people"]), why
    where = area_cells.geography_of(edition, year, programme)
    if where == "district":
        return none, (
            f"{landing.name} is shown by district in {land.period(edition, year)}: nothing can be shown within {landing.where}."
        )
    rows = land.shown(edition, landing, year)
    hidden = int(rows["marker"].eq("[c]").sum())
    if hidden:
        what = "area" if where == "lsoa" else "middle area"
        return none, f"Not by middle area; {wording.count(hidden, what)} too small to show."
    middle = (
        area_cells.areas(edition)["msoa"].reindex(rows["place"]).to_numpy()
        if where == "lsoa"
        else rows["place"].to_numpy()
    )
    return rows["exact_people"].groupby(middle).sum(), ""


def _many(levels: dict[str, gradient.ResourceGap]) -> bool:
    return any(len(gap.rows) > DRAWN for gap in levels.values())


def _headline(
    exact: pd.DataFrame, levels: dict[str, gradient.ResourceGap], landing: Landing, baseline: str
) -> str:
    name, gap = next(iter(levels.items()))
    moved = land.percent(gap.moved_percent, landing, exact["whole"].iloc[0])
    who = "residents" if baseline == "residents" else "residents of deciles 1 to 3"
    return f"Parity with {who} by {name.lower()} would move {moved} of {landing.noun}"


def _moves(level: str, gap: gradient.ResourceGap, landing: Landing) -> str:
    """Say what would go from where to where, the largest first."""
    rows = gap.rows.sort_values("to_parity", kind="stable")
    moved = land.percent(gap.moved_percent, landing, float(rows["amount"].sum()))
    goes, comes = rows[rows["to_parity"] < 0], rows[rows["to_parity"] > 0].iloc[::-1]
    if goes.empty or comes.empty:
        return f"By {level.lower()} every share is at parity."

    def told(part: pd.DataFrame) -> str:
        items = [f"{_called(r['place'])} ({_amount(abs(r['to_parity']), landing)})" for r in records(part)]
        return wording.listing(items, 2)

    return (
        f"By {level.lower()} {landing.in_words(gap.moved)} ({moved}) would have to move: "
        f"from {told(goes)} to {told(comes)}."
    )


def _amount(moved: float, landing: Landing) -> str:
    """Write what would move; people that are written as none, though some would, are a few."""
    words = landing.in_words(moved)
    return f"a few {landing.unit}" if words.startswith("0 ") and moved > 0 else words


def _called(place: object) -> str:
    text = str(place)
    return f"decile {text[7:]}" if text.startswith("Decile ") else text


def _beside(frame: pd.DataFrame, landing: Landing, baseline: str) -> str:
    """Say the widest gap of each level, as points and as a ratio, with both shares."""
    parts = []
    for _, rows in frame.groupby("level", sort=False):
        row = records(rows.assign(at=rows.index).loc[[rows["gap"].abs().idxmax()]])[0]
        ratio = f", {land.ratio(row['times'], landing)} its share" if pd.notna(row["times"]) else ""
        limits = ""
        if landing.people:
            low, high = intervals.wilson(float(row["amount"]), row["whole"])
            limits = f" 95% limits of its share: {land.span(100 * low, 100 * high, landing, row['whole'])}."
        parts.append(
            f"{wording.sentence(_called(row['place']))} has {land.percent(row['share'], landing, row['whole'])} of {landing.noun}, {wording.percent(row['population_share'])} of "
            f"{BASELINES[baseline].lower()} ({land.points(row['gap'], landing, row['whole'])}{ratio}).{limits}"
        )
    return " ".join(parts)


def _among_others(edition: Edition, view: View, landing: Landing, baseline: str) -> str:
    """Set the one district that is looked at beside its share of the whole."""
    if landing.district == ALL:
        return ""
    whole = parity(edition, view.with_(district=ALL), landing.choice, baseline).frame
    rows = whole[whole["level"].eq(DISTRICT) & whole["place"].eq(landing.where)]
    return "".join(
        f"Beside the other districts: {landing.where} has {wording.share(row['share'])} of {landing.place.own} {landing.noun}, "
        f"{wording.percent(row['population_share'])} of {BASELINES[baseline].lower()}; {_from_parity(row['to_parity'], landing)}."
        for row in records(rows)
    )


def _chart(frame: pd.DataFrame, landing: Landing) -> pd.DataFrame:
    furthest = frame["gap"].abs().groupby(frame["level"]).rank(method="first", ascending=False)
    frame = frame[furthest <= DRAWN]
    return pd.DataFrame(
        {
            "panel": "By " + frame["level"].str.lower(),
            "label": frame["place"],
            "value": frame["gap"],
            "share": frame["share"],
            "population_share": frame["population_share"],
            "told": [_from_parity(amount, landing) for amount in frame["to_parity"]],
            "stands_out": frame["gap"] < 0,
        }
    )


def _from_parity(amount: float, landing: Landing) -> str:
    if wording.rounded(amount) == 0:
        return "at parity"
    return f"{landing.in_words(abs(amount))} {'short of' if amount > 0 else 'above'} parity"


SPECS: Final = (
    Spec(
        "parity",
        "What parity would take",
        lambda edition, view, given: parity(edition, view, choice_of(given), given["baseline"]),
        districted=True,
        parameters={
            **PARAMETERS,
            "baseline": Parameter("Whose share it is set beside", lambda _: tuple(BASELINES), "residents"),
        },
    ),
)
