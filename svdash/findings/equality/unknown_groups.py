"""What we don't know: which breakdowns are measured, which are not, who does something about it, and is it getting better."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import product
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.equality.comparison_groups import table
from svdash.findings.finding import Finding, least_official, office, records, updated_of
from svdash.findings.indicators import gated_observations
from svdash.findings.indicators.indicator_trends import scope
from svdash.findings.reach.area_figures import chosen, dated
from svdash.findings.spec import of_view
from svdash.measures import trend
from svdash.register import ALL, NOT_STATED, Framework, View, figure_tables
from svdash.tables import split
from svdash.wording import assessments
from svdash.years import year_end

GAPS: Final = "data_gaps"
MEASURED, NOT_ANSWERED, TOO_SMALL = "measured", "not-answered", "too-small"
NOT_ASKED, NOT_APPLICABLE = "not-asked", "not-applicable"
# From the worst to the best, and what does not count at last: the order of the table.
STATES: Final = {
    NOT_ASKED: "Not asked",
    TOO_SMALL: "Too small",
    NOT_ANSWERED: "Not answered",
    MEASURED: "Measured",
    NOT_APPLICABLE: "Not applicable",
}
# Above this share of those asked, in percent, what the others answered says little of everybody.
UNDECLARED: Final = 10.0
NONE_NEEDED: Final = "none needed"
NO_STEP: Final = "no step agreed"
NO_DATE: Final = "no date agreed"
_LINE: Final = ["indicator", "characteristic", "year", "organisation"]
_CELL: Final = ["indicator", "characteristic"]

REGISTER: Final = {
    "indicator": "Indicator",
    "short": "What is counted",
    "characteristic_label": "Characteristic",
    "state_label": "State",
    "share_not_stated": "Not stated (% of those asked)",
    "shown": "Groups shown",
    "owner": "Owner",
    "next_step": "Next step",
    "due": "Due",
    "overdue": "Past its date",
    "note": "Note",
    "status": "Status",
}
SHARE: Final = {
    "period": "Year",
    "value": "Breakdowns measured (%)",
    "numerator": "Measured",
    "denominator": "Of those that apply",
    "not_answered": "Not answered",
    "too_small": "Too small",
    "not_asked": "Not asked",
    "status": "Status",
}
METHOD: Final = (
    "One cell for each indicator that counts people and each characteristic, looked at in the newest period of the "
    f"year. Not asked: no figure. Too small: only one of its groups, or fewer than half of them, can be shown. "
    f"Not answered: shown, but more than {wording.trimmed(UNDECLARED)}% of those asked stated no group. Measured: shown, and stated "
    "by the others. Not applicable: the list of gaps says why, or neither it nor the register asks for the "
    "breakdown; such cells are not counted. Not stated is worked out from exact counts; [x] where the figures "
    "don't show it. Where several organisations report, the worst one counts."
)
CAVEAT: Final = "A cell counts the same however many people are behind it."
WHOLE: Final = "The cells are all there are, no sample: a change is a change, and no test applies."


# -- the state of each cell ------------------------------------------------------------------------------


@kept
def _figures(edition: Edition) -> pd.DataFrame:
    """Return what the gated figures tell: one row for each indicator, characteristic and year that has any.

    Columns: ``groups`` (that stated one), ``seen`` (of them shown), ``undeclared`` (percent), ``state``.
    """
    people = Framework.of(edition).indicators["counts_people"]
    rows = gated_observations.gated(edition)
    rows = rows[rows["indicator"].isin(people.index[people]) & ~rows["part"]]
    rows = rows[rows["as_at"] == rows.groupby(_LINE)["as_at"].transform("max")]
    rows = rows.assign(
        base=rows["exact_denominator"],
        value=rows["exact_value"],
        silent=rows["group"] == NOT_STATED,
    )
    everybody = rows[rows["characteristic"] == ALL]
    lines = _of_lines(rows[rows["characteristic"] != ALL], everybody)
    # The worst of several organisations stands for the cell.
    worst = lines.assign(rank=lines["state"].map({state: n for n, state in enumerate(STATES)}))
    worst = worst.sort_values([*_CELL, "year", "rank"], kind="stable")
    return worst.drop_duplicates([*_CELL, "year"]).set_index([*_CELL, "year"])


def _of_lines(rows: pd.DataFrame, everybody: pd.DataFrame) -> pd.DataFrame:
    """Return groups, how many of them are shown, the share that stated none, and the state of each line of groups."""
    stated, silent = rows[~rows["silent"]], rows[rows["silent"]]
    lines = stated.groupby(_LINE).agg(
        groups=("group", "size"),
        seen=("value", "count"),
        bases=("base", "count"),
        least=("base", "min"),
        most=("base", "max"),
        sum=("base", "sum"),
    )
    lines = lines.join(
        silent.groupby(_LINE).agg(silent_value=("value", "first"), silent_base=("base", "first"))
    )
    lines = lines.join(
        everybody.groupby(["indicator", "year", "organisation"])["base"].first().rename("everybody")
    ).reset_index()
    lines = lines.join(_undeclared(lines))
    needed = np.where(lines["groups"] == 1, 1, np.maximum(2, np.ceil(lines["groups"] / 2)))
    lines["state"] = np.select(
        [lines["seen"] < needed, lines["undeclared"] > UNDECLARED], [TOO_SMALL, NOT_ANSWERED], MEASURED
    )
    return lines


def _undeclared(lines: pd.DataFrame) -> pd.DataFrame:
    """Return ``undeclared``, the share of those ``asked`` that stated no group, in percent, exact; missing where the figures don't tell.

    Groups that are shares of one base have a figure for those who did not answer. Where each group is a base of
    its own, those who did not answer are one too, or are what the groups leave of everybody.
    """
    complete = lines["bases"] == lines["groups"]
    one_base = complete & (lines["least"] == lines["most"])
    left = (lines["everybody"] - lines["sum"]).where(complete)
    apart = 100 * lines["silent_base"].fillna(left) / lines["everybody"]
    asked = lines["silent_base"].where(one_base, lines["everybody"])
    share = lines["silent_value"].where(one_base, apart).clip(0, 100)
    few = asked < disclosure.PRESETS["gss"].least_base
    return pd.DataFrame({"undeclared": share.mask(few), "asked": asked})


def _measured_years(edition: Edition) -> list[str]:
    """Return the complete years from the first that has any breakdown."""
    framework = Framework.of(edition)
    figures = _figures(edition)
    first = min(figures.index.get_level_values("year"), default="")
    return [
        year
        for year in framework.calendar.years
        if first and first <= year and not framework.calendar.is_part(year)
    ]


def _year(edition: Edition, view: View) -> str:
    """Return the complete year that is looked at; empty where no breakdown has a figure up to then."""
    years = [y for y in _measured_years(edition) if view.year == ALL or y <= view.year]
    return years[-1] if years else ""


def _of_view(edition: Edition, view: View, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of a view's indicators: what a cell says is the same in every view, so it is worked out once a year."""
    if view.role == view.commitment == ALL:
        return cells
    return cells[cells["indicator"].isin(Framework.of(edition).indicators_of(view)["id"])].reset_index(
        drop=True
    )


@kept
def _states(edition: Edition, year: str) -> pd.DataFrame:
    """Return every cell with its state in a year, what the figures and the list of gaps say of it.

    One row for each indicator that counts people and each characteristic, in the vocabulary's order.
    """
    framework = Framework.of(edition)
    about = framework.indicators
    about = about[about["counts_people"]]
    names = [code for code in framework.vocabulary.labels("characteristic") if code != ALL]
    cells = pd.DataFrame(product(about.index, names), columns=_CELL)
    figures = _figures(edition)
    now = figures[figures.index.get_level_values("year") == year].droplevel("year")
    gaps = table(edition, GAPS, *_CELL, "reason", "owner", "next_step", "due", "note").set_index(_CELL)
    cells = cells.join(now[["groups", "seen", "undeclared", "asked", "state"]], on=_CELL).join(gaps, on=_CELL)
    needed = {(i, c) for i, listed in about["breakdowns"].items() for c in split(listed)}
    wanted = needed | set(_other_years(figures, year))
    asked_for = pd.Series(
        [key in wanted for key in zip(cells["indicator"], cells["characteristic"], strict=True)]
    )
    # A reason given counts for more than the register's wish; a figure counts for more than either.
    lacks = cells["reason"].ne(NOT_APPLICABLE).where(cells["reason"].notna(), asked_for).astype(bool)
    unknown = pd.Series(np.where(lacks, NOT_ASKED, NOT_APPLICABLE), index=cells.index)
    return cells.assign(known=cells["state"].notna(), state=cells["state"].fillna(unknown))


def _other_years(figures: pd.DataFrame, year: str) -> dict[tuple[str, str], str]:
    """Return when cells have a figure in other years: from a later one on, or last in an earlier one."""
    found: dict[tuple[str, str], str] = {}
    for indicator, characteristic, other in sorted(figures.index, key=lambda key: str(key[2])):
        key = (str(indicator), str(characteristic))
        if other < year:
            found[key] = f"Last figure for {other}"
        elif other > year and not found.get(key, "").startswith(_SINCE):
            found[key] = f"{_SINCE} {other}"
    return found


_SINCE: Final = "Figures since"


def _listed_on(edition: Edition) -> date:
    """Return the day of the list of gaps: it is one list of what is open now, not one a year. Without a list, nothing is late."""
    return updated_of(edition, GAPS) or date.min


@kept
def _grid(edition: Edition, year: str) -> pd.DataFrame:
    """Return every cell in a year with its state, and who does what about it by when; grid order.

    ``place`` and ``waits`` put the register in order: what waits for somebody comes first.
    """
    framework = Framework.of(edition)
    cells = _states(edition, year)
    # What other years have is told only of cells that have no figure now.
    keys = list(zip(cells["indicator"], cells["characteristic"], strict=True))
    when = pd.Series(list(map(_other_years(_figures(edition), year).get, keys)), dtype="object")
    when = when.mask(cells["known"])
    settled = cells["state"].isin([MEASURED, NOT_APPLICABLE]) | when.str.startswith(_SINCE).fillna(
        False
    ).astype(bool)
    owner = cells["owner"].fillna(cells["indicator"].map(framework.indicators["owner"])).fillna("no owner")
    due = cells["due"].map("{:%Y-%m-%d}".format, na_action="ignore").astype("object")
    late = (cells["due"] < pd.Timestamp(_listed_on(edition))).fillna(False).astype(bool) & ~settled
    unnamed = np.where(cells["state"] == NOT_APPLICABLE, "The register does not ask for it", "none")
    step = cells["next_step"].fillna(NO_STEP).mask(settled, NONE_NEEDED)
    return cells.assign(
        short=cells["indicator"].map(framework.indicators["short"]),
        characteristic_label=cells["characteristic"].map(dict(framework.vocabulary.labels("characteristic"))),
        state_label=cells["state"].map(STATES),
        share_not_stated=disclosure.percents(cells["undeclared"], cells["asked"]),
        shown=[
            f"{wording.number(s)} of {wording.number(g)}" if g > 0 else "none"
            for s, g in zip(cells["seen"], cells["groups"], strict=True)
        ],
        owner=owner.mask(settled, NONE_NEEDED),
        next_step=step,
        due=due.fillna(NO_DATE).mask(settled, NONE_NEEDED),
        overdue=np.where(late, "yes", "no"),
        note=when.fillna(cells["note"]).fillna(pd.Series(unnamed)),
        marker=np.where(cells["state"] == NOT_APPLICABLE, "[z]", ""),
        status=least_official(office(edition, _tables(edition))["statuses"]),
        place=cells["state"].map({state: n for n, state in enumerate(STATES)}),
        # Past its date, then without a step.
        waits=np.where(late, 0, np.where(step == NO_STEP, 1, 2)),
    )


# -- the register ----------------------------------------------------------------------------------------


@kept
def register(edition: Edition, view: View) -> Finding:
    """Return the register of data gaps: each indicator that counts people by each characteristic.

    The states are those of the newest complete year up to the view's; role and commitment narrow the indicators.
    """
    year = _year(edition, view)
    common: dict[str, Any] = {
        "name": "data-gaps",
        "row_key": ("indicator", "characteristic_label"),
        "columns": REGISTER,
        "decimals": {"share_not_stated": 1},
        "view": view,
        "method": METHOD,
        "caveats": (CAVEAT,),
        **office(edition, _tables(edition)),
    }
    grid = _of_view(edition, view, _grid(edition, year))
    why = _why_empty(edition, view, year, grid)
    if why:
        return Finding(
            headline="What we don't know: no register",
            subtitle="Breakdowns of indicators that count people",
            frame=pd.DataFrame(columns=list(REGISTER)),
            empty=why,
            **common,
        )
    grid = _applicable(grid)
    return Finding(
        headline=_headline(grid),
        subtitle=f"Breakdowns of the indicators that count people, {scope(Framework.of(edition), view)}, {year}; "
        f"{_counts(grid)[NOT_APPLICABLE]} of {len(grid)} cells don't apply",
        frame=grid.drop(columns=["undeclared", "asked"]).iloc[_in_order(grid)],
        sentence=_sentence(edition, view, grid, year),
        alt=_alt(grid),
        legend="? on orange: not asked. [c]: too small to show. A percentage: so many of those asked did not answer. Dot: measured. Dash: not applicable.",
        chart=_cells(grid),
        about=dated(edition, year),
        **common,
    )


def _in_order(grid: pd.DataFrame) -> list[int]:
    """Return the places of rows: what waits for somebody first, then from the worst state to the best."""
    keys = list(zip(grid["waits"].tolist(), grid["place"].tolist(), strict=True))
    return sorted(range(len(keys)), key=keys.__getitem__)


def _tables(edition: Edition) -> tuple[str, ...]:
    return (GAPS, *figure_tables(edition))


def _why_empty(edition: Edition, view: View, year: str, grid: pd.DataFrame) -> str:
    """Say why there is no register to show; empty where there is one."""
    if table(edition, GAPS).empty:
        return "The data pack doesn't say why breakdowns are missing: add the table data_gaps."
    if not year:
        years = _measured_years(edition)
        since = f" The first are of {years[0]}." if years else ""
        return f"No breakdown has a figure for a complete year up to {view.year}.{since}"
    if set(_plain(grid["state"])) <= {NOT_APPLICABLE}:
        whose = scope(Framework.of(edition), view)
        return f"No breakdown applies to an indicator here ({whose}): none counts people. Choose all roles and commitments."
    return ""


def _applicable(grid: pd.DataFrame) -> pd.DataFrame:
    """Leave out the characteristics that apply to none of the indicators."""
    codes = _plain(grid["characteristic"])
    found = {
        code for code, state in zip(codes, _plain(grid["state"]), strict=True) if state != NOT_APPLICABLE
    }
    if found >= set(codes):
        return grid
    return grid[[code in found for code in codes]].reset_index(drop=True)


def _plain(column: pd.Series) -> list[str]:
    """Return a column's text as a plain list: to begin with a column takes pandas longer than to count these few rows."""
    found: list[str] = column.to_numpy(dtype=object).tolist()
    return found


def _counts(grid: pd.DataFrame) -> dict[str, int]:
    return _counted(_plain(grid["state"]))


def _counted(states: list[str]) -> dict[str, int]:
    """Count each of :data:`STATES`."""
    return {state: states.count(state) for state in STATES}


def _headline(grid: pd.DataFrame) -> str:
    counts = _counts(grid)
    whole = len(grid) - counts[NOT_APPLICABLE]
    verb = "is" if counts[MEASURED] == 1 else "are"
    rest = f"{counts[NOT_ASKED] or 'none'} not asked"
    return f"{counts[MEASURED] or 'None'} of {wording.count(whole, 'breakdown')} {verb} measured, {rest}"


def _sentence(edition: Edition, view: View, grid: pd.DataFrame, year: str) -> str:
    counts = _counts(grid)
    text = []
    labelled = zip(_plain(grid["characteristic_label"]), _plain(grid["state"]), strict=True)
    unasked = Counter(label for label, state in labelled if state == NOT_ASKED)
    if unasked:
        named = [f"{label} ({number})" for label, number in unasked.most_common()]
        if len(named) > 4:
            named[3:] = [f"{len(named) - 3} other characteristics"]
        text.append(f"Not asked: {wording.listing(named, 4)}.")
    text.append(
        f"Asked, but too small to show: {counts[TOO_SMALL]}; "
        f"not answered by more than {wording.trimmed(UNDECLARED)}% of those asked: {counts[NOT_ANSWERED]}."
    )
    steps = _plain(grid["next_step"])
    waiting = Counter(
        owner for owner, step in zip(_plain(grid["owner"]), steps, strict=True) if step != NONE_NEEDED
    )
    if waiting:
        (owner, number), *_ = waiting.most_common(1)
        text.append(
            f"Most wait with: {owner} ({number} of {waiting.total()}); without an agreed step: {steps.count(NO_STEP)}."
        )
    late = _plain(grid["overdue"]).count("yes")
    if late:
        text.append(
            f"{wording.sentence(wording.count(late, 'step'))} {'was' if late == 1 else 'were'} past the agreed date on "
            f"{wording.day(_listed_on(edition))}."
        )
    if view.year not in (ALL, year):
        text.append(_other_year(edition, view.year, year))
    return " ".join(text)


def _other_year(edition: Edition, wanted: str, year: str) -> str:
    why = "is not complete yet" if Framework.of(edition).calendar.is_part(wanted) else "has no figure"
    return f"{wanted} {why}: this is {year}."


def _alt(grid: pd.DataFrame) -> str:
    of: dict[str, list[str]] = {}
    for label, state in zip(_plain(grid["characteristic_label"]), _plain(grid["state"]), strict=True):
        of.setdefault(label, []).append(state)
    told = []
    for label, states in of.items():
        parts = [f"{number} {STATES[state].lower()}" for state, number in _counted(states).items() if number]
        told.append(f"{label}: {', '.join(parts)}.")
    return " ".join(told)


def _cells(grid: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the grid as drawn: a word or sign in each cell, so that colour is not the only cue."""
    signs = {NOT_ASKED: "?", TOO_SMALL: "[c]", MEASURED: "\N{BLACK CIRCLE}", NOT_APPLICABLE: "\N{EN DASH}"}
    shares = grid["share_not_stated"].map(lambda share: wording.percent(share, 0), na_action="ignore")
    return pd.DataFrame(
        {
            "row": grid["indicator"] + "  " + grid["short"],
            "indicator": grid["indicator"],
            "column": grid["characteristic_label"],
            "state": grid["state"],
            "state_label": grid["state_label"],
            "sign": grid["state"].map(signs).fillna(shares),
            "owner": grid["owner"],
            "step": grid["next_step"],
            "due": grid["due"],
        }
    )


# -- is it getting better --------------------------------------------------------------------------------


@kept
def share_measured(edition: Edition, view: View) -> Finding:
    """Return the share of breakdowns that are measured, year by year: a full count of cells, so its change is told and not tested."""
    common: dict[str, Any] = {
        "name": "data-gaps-share",
        "row_key": ("period",),
        "columns": SHARE,
        "decimals": {"value": 1},
        "view": view,
        "method": METHOD,
        **office(edition, _tables(edition)),
    }
    year = _year(edition, view)
    why = _why_empty(edition, view, year, _of_view(edition, view, _states(edition, year)))
    if why:
        return Finding(
            headline="Share of breakdowns measured: no figure",
            subtitle="Breakdowns measured, of those that apply",
            frame=pd.DataFrame(columns=list(SHARE)),
            empty=why,
            **common,
        )
    rows = _by_year(edition, view).assign(status=least_official(common["statuses"]))
    assessment = trend.assess(rows[["period", "value"]], "higher", "none", unit="percent")
    return Finding(
        headline=_share_headline(rows),
        subtitle=f"Breakdowns measured, of those that apply, {scope(Framework.of(edition), view)}, up to {year}",
        frame=rows.iloc[::-1],
        sentence=assessments.sentence(assessment),
        alt=" ".join(f"{r['period']}: {r['numerator']} of {r['denominator']}." for r in records(rows)),
        verdict=assessment.verdict,
        legend="Line: share measured. Dotted: first year.",
        caveats=(CAVEAT, WHOLE, *assessments.limits(assessment)),
        chart=_panel(rows, wording.VERDICT[assessment.verdict]),
        about=chosen(view),
        **(common | {"method": f"{METHOD} {assessments.method(assessment)}"}),
    )


def _by_year(edition: Edition, view: View) -> pd.DataFrame:
    """Return the number of cells in each state by complete year, with the share measured and its limits."""
    found = []
    for year in _measured_years(edition):
        if view.year == ALL or year <= view.year:
            counts = _counts(_of_view(edition, view, _states(edition, year)))
            whole = sum(counts.values()) - counts[NOT_APPLICABLE]
            others = (counts[state] for state in (NOT_ANSWERED, TOO_SMALL, NOT_ASKED))
            found.append((year, counts[MEASURED], whole, *others))
    columns = ["period", "numerator", "denominator", "not_answered", "too_small", "not_asked"]
    rows = pd.DataFrame(found, columns=columns)
    return rows.assign(value=100 * rows["numerator"] / rows["denominator"])


def _share_headline(rows: pd.DataFrame) -> str:
    """Say how many breakdowns are measured, and since the first year how many more or fewer."""
    first, last = records(rows)[0], records(rows)[-1]
    now, then = (wording.value(row["value"], "percent") for row in (last, first))
    if len(rows) == 1:
        return f"{now} of breakdowns are measured"
    if now == then:
        return f"{now} of breakdowns are measured, as in {first['period']}"
    way = "up" if last["value"] > first["value"] else "down"
    return f"{now} of breakdowns are measured, {way} from {then} in {first['period']}"


def _panel(rows: pd.DataFrame, verdict: str) -> pd.DataFrame:
    """Return rows as the drawing of trends reads them."""
    return pd.DataFrame(
        {
            "order": 0,
            "panel": f"Breakdowns|measured|{verdict} · per cent",
            "period": rows["period"],
            "as_at": pd.to_datetime(rows["period"].map(year_end)),
            "value": rows["value"],
            "lower": float("nan"),
            "upper": float("nan"),
            "part": False,
            "unit": "percent",
            "status": rows["status"],
            "target": float("nan"),
            "baseline": float(rows["value"].iloc[0]),
            "control_lower": float("nan"),
            "control_upper": float("nan"),
        }
    )


SPECS: Final = (
    of_view("data-gaps", "What is not known: indicator by characteristic", register),
    of_view("data-gaps-share", "Share of breakdowns that are measured", share_measured),
)
