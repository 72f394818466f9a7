"""Observations as they may be seen: published and illustrative ones together, counts of people gated.

Indicators that name a stage of recruitment have their figures in the table of recruitment, so that a count stands
in one place only; here they become observations like the others, and are gated with all counts of recruitment.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, TriedOut, kept, tried_out
from svdash.findings import gated_frames
from svdash.findings.aggregate_groups import aggregates, without_doubles
from svdash.findings.indicators import observation_sums, recruitment_counts
from svdash.findings.indicators.observation_sums import BASE, TOP, People
from svdash.findings.indicators.recruitment_counts import Cell
from svdash.measures import pay, trend
from svdash.register import ALL, NOT_STATED, OBSERVATIONS, RECRUITMENT, Framework, figure_tables
from svdash.years import year_end

_KINDS: tuple[trend.Kind, ...] = ("proportion", "count", "none")
Key = tuple[str, str, str, str]
# The groups of one characteristic add up to those who answered, or to everybody's count.
LINE = ["indicator", "period", "organisation", "characteristic"]
# Said of a share whose base is everybody asked: telling those who answered would tell the few who did not.
EVERYBODY = "Of everybody asked: those who stated a group are held back"
_STAGE_LINE = ["year", "organisation", "characteristic", "stage"]
KEYS = ["indicator", "organisation", "characteristic", "group"]
# Units of numbers of people.
_COUNTED = ["people", "responses"]
_KEPT = ("observed", "recruited")


@dataclass(frozen=True, eq=False)
class Recruited:
    """Counts of recruitment as the gate left them: ``first``, ``last`` (years), keys, ``people``, ``exact_people``, ``marker``.

    ``single`` has ``first`` and ``last`` the same; ``pooled`` the sums of three years in a row.
    """

    single: pd.DataFrame
    pooled: pd.DataFrame


@kept
def gated(edition: Edition) -> pd.DataFrame:
    """Return every observation of the pack, gated once, oldest first.

    Columns: the keys, ``year``, ``period``, ``as_at``, ``value`` (in the indicator's unit), ``numerator`` and
    ``denominator``, ``lower``, ``upper`` (95%, in the unit), ``kind``, ``part``, ``marker``, ``status``, ``note``,
    ``source``. These are as they may be written; ``exact_numerator``, ``exact_denominator``, ``exact_value``,
    ``exact_lower`` and ``exact_upper`` are what is worked with. Where those who stated no group are too few to tell, a group is a share of everybody asked.
    """
    return _named(edition, _every(edition)[0])


@kept
def recruited(edition: Edition) -> Recruited:
    """Return every count of recruitment by group, of single years and of three together, gated with the observations."""
    rows = _every(edition)[1]
    single = rows["first"] == rows["last"]
    return Recruited(rows[single].reset_index(drop=True), rows[~single].reset_index(drop=True))


@kept
def series(edition: Edition) -> dict[Key, pd.DataFrame]:
    """Return the gated observations cut into series once: (indicator, organisation, characteristic, group) → rows."""
    tried = tried_out(edition)
    if tried is None:
        return _series(gated(edition))
    agreed = {key: rows for key, rows in series(tried.below).items() if key[0] != tried.indicator}
    rows = gated(edition)
    return agreed | _series(rows[rows["indicator"] == tried.indicator])


def _series(rows: pd.DataFrame) -> dict[Key, pd.DataFrame]:
    return {
        (str(i), str(o), str(c), str(g)): part.reset_index(drop=True)
        for (i, o, c, g), part in rows.groupby(KEYS, sort=False)
    }


def of_one_base(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a series that are shares of the same people as its latest: of everybody asked, or of those who answered.

    A series over both would change with its base. ``rows`` are gated observations of one series, oldest first.
    """
    of_everybody = rows["note"].eq(EVERYBODY)
    latest = of_everybody[rows["value"].notna()].iloc[-1:]
    return rows if latest.empty else rows[of_everybody == bool(latest.iloc[0])]


def years(edition: Edition) -> pd.DataFrame:
    """Return ``indicator`` and financial ``year`` of every observation, to count how much stands behind each."""
    return _named(edition, _rows(edition))[["indicator", "year"]]


def _named(edition: Edition, rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out counts that no indicator names."""
    known = rows["indicator"].isin(Framework.of(edition).indicators.index)
    return rows[known].drop(columns="stage", errors="ignore").reset_index(drop=True)


@kept
def _rows(edition: Edition) -> pd.DataFrame:
    """Return the observations, of tables and of recruitment, with their status, as they stand."""
    rows = _of_tables(edition)
    rows = rows[rows["indicator"].isin(Framework.of(edition).indicators.index)]
    staged = _of_stages(edition).reindex(columns=rows.columns)
    # A line that stands among the observations goes first: the same figure twice would be two of a period.
    staged = staged[~pd.MultiIndex.from_frame(staged[LINE]).isin(pd.MultiIndex.from_frame(rows[LINE]))]
    if len(staged):
        rows = pd.concat([rows, staged.astype(rows.dtypes)], ignore_index=True)
    return rows.reset_index(drop=True)


def _of_tables(edition: Edition) -> pd.DataFrame:
    """Return the rows of the tables of observations with their status, as they stand."""
    frames = [
        edition.table(name).assign(status=str(edition.resource(name)["status"])) for name in OBSERVATIONS
    ]
    return pd.concat(frames, ignore_index=True).assign(stage=pd.Series(dtype="str"))


def _of_stages(edition: Edition) -> pd.DataFrame:
    """Return the counts of recruitment as observations of the indicators that name their stage, if any does.

    A group is counted out of those who answered, ``not-stated`` out of everybody asked. Without the table there
    are no rows.
    """
    indicators = Framework.of(edition).indicators
    if RECRUITMENT not in edition.tables:
        return pd.DataFrame(columns=[*LINE, "stage"], dtype="str")
    stages = indicators["stage"].dropna() if "stage" in indicators else pd.Series(dtype="str", name="stage")
    counts = edition.table(RECRUITMENT)
    counts = without_doubles(counts[counts["characteristic"] != ALL], aggregates(edition))
    silent = counts["group"] == NOT_STATED
    line = [counts[name] for name in _STAGE_LINE]
    asked = counts["people"].groupby(line).transform("sum")
    answered = counts["people"].mask(silent, 0).groupby(line).transform("sum")
    rows = counts.assign(
        period=counts["year"],
        as_at=pd.to_datetime(counts["year"].map(year_end)),
        numerator=counts["people"],
        denominator=answered.mask(silent, asked),
        status=str(edition.resource(RECRUITMENT)["status"]),
    )
    return rows.merge(stages.rename_axis("indicator").reset_index(), on="stage")


def keep(edition: Edition) -> None:
    """Keep the gated observations for later starts. Raises ``OSError`` where they can't be written."""
    gated_frames.put(_folder(edition), dict(zip(_KEPT, _every(edition), strict=True)))


@kept
def _every(edition: Edition) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the observations and the counts of recruitment, gated together."""
    tried = tried_out(edition)
    if tried is not None:
        observed, counted = _every(tried.below)
        own = tried.below.remember(_asked_of(edition, tried), lambda: _tried(edition, tried))
        agreed = observed[observed["indicator"] != tried.indicator]
        return pd.concat([agreed, own], ignore_index=True) if len(own) else agreed, counted
    before = [gated_frames.fetch(_folder(edition), name) for name in _KEPT]
    found = [frame for frame in before if frame is not None]
    return (found[0], found[1]) if len(found) == len(_KEPT) else _gated(edition)


def _asked_of(edition: Edition, tried: TriedOut) -> Hashable:
    """Return all of a prototype that its observations are gated by: another title or owner of it changes none of them."""
    framework = Framework.of(edition)
    about = framework.indicator(tried.indicator)
    how = tuple(str(about[name]) for name in ("counts_people", "unit", "interval"))
    return (
        "observations of a prototype", tried.indicator, edition.fingerprint_of(OBSERVATIONS), how, repr(framework.calendar)
    )  # fmt: skip


def _folder(edition: Edition) -> Path:
    """Return where the gated observations of an edition stand: all that :func:`_gated` reads has a part in its name."""
    read = (*figure_tables(edition), "indicators", "vocabulary")
    return gated_frames.folder(edition.fingerprint_of(read), repr(Framework.of(edition).calendar))


def _gated(edition: Edition) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, cells = _prepared(edition, _rows(edition)), recruitment_counts.exact(edition)
    hidden, asked = _hidden(edition, rows, cells)
    named = cells[list(Cell._fields)].itertuples(index=False, name=None)
    held = pd.Series([hidden[Cell(*keys)] for keys in named], index=cells.index, dtype="bool")
    return _written(rows, hidden, asked), disclosure.suppress(cells.assign(marker=""), "people", held)


def _written(rows: pd.DataFrame, hidden: Mapping[Hashable, bool], asked: pd.Series) -> pd.DataFrame:
    """Return observations as they may be seen, oldest first, where it is known which of their counts are hidden."""
    observed = _with_values(_told(rows, hidden, asked)).sort_values([*KEYS, "as_at"], ignore_index=True)
    return _with_intervals(observed)


def _prepared(edition: Edition, rows: pd.DataFrame) -> pd.DataFrame:
    """Return observations as they stand with what the gate asks of each: whether it counts people, and how."""
    framework = Framework.of(edition)
    indicators, rows = framework.indicators, rows.copy()
    rows["people"] = rows["indicator"].map(indicators["counts_people"]).astype(bool)
    rows["unit"] = rows["indicator"].map(indicators["unit"])
    rows["kind"] = (
        rows["indicator"]
        .map(indicators["interval"])
        .map({"wilson": "proportion", "byar": "count", "none": "none"})
    )
    rows["part"] = [len(p) == 7 and framework.calendar.is_part(p) for p in rows["period"]]
    rows["marker"] = ""
    # A number of people given as a value is a count all the same.
    bare = rows["people"] & rows["unit"].isin(_COUNTED) & rows["numerator"].isna()
    rows["numerator"] = rows["numerator"].mask(
        bare, pd.Series(wording.halves_up(rows["value"]), rows.index).astype("Int64")
    )
    rows["value"] = rows["value"].mask(bare)
    return rows


def _hidden(
    edition: Edition, rows: pd.DataFrame, cells: pd.DataFrame
) -> tuple[dict[Hashable, bool], pd.Series]:
    """Return which counts are hidden, by name, and of each row the number of everybody asked where that is its line's."""
    people = rows[rows["people"]]
    years, hidden = recruitment_counts.years_of(cells), dict[Hashable, bool]()
    for number, year in enumerate(years, 1):
        # Other observations are gated by year anyway; what they are shares of is needed beside recruitment alone.
        observed = people if number == len(years) else people[people["year"].isin(years[:number])]
        found = _all_people(edition, observed, recruitment_counts.until(cells, year))
        hidden = recruitment_counts.grown(found, hidden, year)
    if not years:
        hidden = observation_sums.between(people).hidden({})
    for label, line in observation_sums.unexplained(people).items():
        if any(hidden[TOP, each] for each in line):
            hidden[TOP, label] = True
    return hidden, observation_sums.asked(people, hidden)


def _all_people(edition: Edition, people: pd.DataFrame, cells: pd.DataFrame) -> People:
    """Return the counts of people among observations and in recruitment, and what ties them."""
    found, recruited_ = observation_sums.between(people), recruitment_counts.people(edition, cells)
    found.counts |= recruited_.counts
    found.sums += recruited_.sums
    found.stay |= recruited_.stay
    found.shown |= recruited_.shown
    staged = people[people["stage"].notna()]
    keys = staged[["year", "year", "organisation", "characteristic", "group", "stage"]]
    for label, cell in zip(staged.index, map(Cell._make, keys.itertuples(index=False)), strict=True):
        found.same(cell, (TOP, label))
    _tie_asked(found, staged)
    return found


def _tried(edition: Edition, tried: TriedOut) -> pd.DataFrame:
    """Return the observations of a prototype as they may be seen beside all that is told of those that are agreed.

    What the agreed ones tell stays told, and what they hide stays hidden: only the prototype gives way.
    """
    own = _of_tables(edition)
    own = _prepared(edition, own[own["indicator"] == tried.indicator])
    agreed = _stood_on(tried.below)
    # Labels of its own, beside those of the agreed rows.
    own = own.set_axis(range(len(agreed), len(agreed) + len(own)))
    people = own[own["people"]]
    found = observation_sums.between(people)
    before: dict[Hashable, bool] = {}
    told = agreed[agreed["people"]]
    if len(people) and observation_sums.touches(told, people):
        before = _decided(tried.below)
        again, people = observation_sums.alike(told, people), pd.concat([told, people])
        found = _all_people(tried.below, people, recruitment_counts.exact(tried.below))
        found.sums += again
    hidden = found.hidden(before)
    _give_way(hidden, before, own, people)
    return _written(own, hidden, observation_sums.asked(people, hidden))


def _give_way(
    hidden: dict[Hashable, bool], before: Mapping[Hashable, bool], own: pd.DataFrame, people: pd.DataFrame
) -> None:
    """Hide more of a prototype's own rows where what would have to be hidden is told already."""
    mine = set(own.index)
    for label, line in observation_sums.unexplained(people).items():
        if any(hidden[TOP, each] for each in line):
            for each in {label, *line} & mine if label in mine or mine & set(line) else ():
                hidden[TOP, each] = True
    if any(hidden[name] for name, held in before.items() if not held and name in hidden):
        hidden.update({(side, label): True for label in mine for side in (TOP, BASE)})


@kept
def _stood_on(edition: Edition) -> pd.DataFrame:
    """Return the observations of an edition as prototypes above it are gated beside them; nobody may change them."""
    return _prepared(edition, _rows(edition))


@kept
def _decided(edition: Edition) -> dict[Hashable, bool]:
    """Return which counts of people an edition hides, by name."""
    return _hidden(edition, _stood_on(edition), recruitment_counts.exact(edition))[0]


def _tie_asked(found: People, staged: pd.DataFrame) -> None:
    """Everybody asked for a line of a stage is everybody at that stage, and announced nowhere else."""
    at = staged[["year", "year", "organisation", "stage"]].itertuples(index=False, name=None)
    for label, keys, group, base in zip(staged.index, at, staged["group"], staged[BASE], strict=True):
        found.shown.discard((BASE, label))
        if group == NOT_STATED and pd.notna(base):
            everybody = recruitment_counts.everybody(found, keys, int(base))
            if everybody is not None:
                found.same(everybody, (BASE, label))


def _told(rows: pd.DataFrame, hidden: Mapping[Hashable, bool], asked: pd.Series) -> pd.DataFrame:
    """Leave hidden counts out; where those who stated a group are hidden, everybody asked is the base."""
    for side in (TOP, BASE):
        held = pd.Series([hidden.get((side, label), False) for label in rows.index], index=rows.index)
        if side == BASE:
            everybody = asked.reindex(rows.index)
            instead = held & everybody.notna()
            rows = rows.assign(
                denominator=rows["denominator"].mask(instead, everybody.astype("Int64")),
                note=rows["note"].where(~instead, EVERYBODY),
            )
            held &= ~instead
        rows = disclosure.suppress(rows, side, held)
        if side == TOP:
            continue
    counted = ~rows["people"]
    for side in (TOP, BASE):
        # What is counted is no people: written as it is.
        rows[side] = rows[side].mask(counted, rows[f"{disclosure.EXACT}{side}"].astype("Int64"))
    return rows


def _with_values(rows: pd.DataFrame) -> pd.DataFrame:
    """Work out the value wherever counts give it, as it may be written and exactly."""
    gated = disclosure.percentages(rows, TOP, BASE)
    exact = rows["value"].astype("float64")
    share = (rows["unit"] == "percent") & rows["exact_denominator"].notna() & rows["exact_numerator"].notna()
    whole = 100 * rows["exact_numerator"] / rows["exact_denominator"]
    exact = exact.mask(share, gated["exact_percent"].where(rows["people"], whole))
    # A count without a base is its own value, whether it counts people or organisations.
    bare = rows["exact_denominator"].isna() & rows["exact_numerator"].notna()
    exact = exact.mask(exact.isna() & bare, rows["exact_numerator"])
    # A figure about a group of fewer than ten people, such as its pay gap, is held back.
    of_few = rows["people"] & ~share & (rows["exact_denominator"] < pay.LEAST_PEOPLE)
    marker = (
        rows["marker"]
        .mask(share & rows["people"], gated["marker"])
        .mask(of_few & (rows["marker"] == ""), disclosure.UNRELIABLE)
    )
    exact = exact.mask(marker != "")
    told = exact.mask(share, pd.Series(wording.halves_up(exact, 1), exact.index)).mask(
        share & rows["people"], gated["percent"]
    )
    told = told.mask(bare & rows["people"], rows[TOP].astype("float64"))
    return rows.assign(value=told.mask(exact.isna()), exact_value=exact, marker=marker)


def _with_intervals(rows: pd.DataFrame) -> pd.DataFrame:
    """Add 95% limits where the indicator allows an interval, as they may be written."""
    exact = rows.assign(
        numerator=rows["exact_numerator"], denominator=rows["exact_denominator"], value=rows["exact_value"]
    )
    exact[["numerator", "denominator"]] = exact[["numerator", "denominator"]].mask(rows["value"].isna())
    out = [
        trend.interval_frame(part, kind)[["lower", "upper"]]
        for kind, part in ((k, exact[exact["kind"] == k]) for k in _KINDS)
    ]
    limits = pd.concat(out) if out else pd.DataFrame(columns=["lower", "upper"], dtype="float64")
    people = (rows["people"] & (rows["unit"] == "percent")).reindex(limits.index)
    base = rows["exact_denominator"].reindex(limits.index)
    count = (rows["people"] & rows["unit"].isin(_COUNTED)).reindex(limits.index)
    told = {
        name: limits[name]
        .mask(people, disclosure.percents(limits[name], base))
        .mask(count, disclosure.rounded(limits[name]).astype("float64"))
        for name in limits
    }
    exact_limits = limits.rename(columns=lambda name: f"{disclosure.EXACT}{name}")
    return rows.join(pd.DataFrame(told)).join(exact_limits)
