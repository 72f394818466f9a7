"""Services: whom programmes reach, group by group and decile by decile of deprivation, beside those who live here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.equality import comparison_groups, gap_verdicts, resident_shares
from svdash.findings.equality.comparison_groups import (
    COUNTS,
    QUESTION,
    Chosen,
    of_groups,
    reference_of,
    table,
    year_of,
)
from svdash.findings.equality.group_wording import group_name, name_of, row_context
from svdash.findings.finding import Finding, least_official, office, records
from svdash.findings.reach import area_cells, reached_groups
from svdash.findings.reach.area_figures import REACH, dated, method, vintage
from svdash.findings.spec import of_view
from svdash.measures import gradient as slopes
from svdash.measures import intervals
from svdash.measures.smallest_gap import SmallestGap
from svdash.register import ALL, NOT_STATED, Framework, View, place
from svdash.tables.gap_sizes import smallest_gap
from svdash.wording.places import Place

REACHED: Final = reached_groups.TABLE
LINE: Final = reached_groups.LINE
# Of more people than so many somebody else than everybody can always be hidden, so only of fewer the areas are asked.
FEW: Final = 200
LIMITS: Final = ("lower", "upper")
GROUPS: Final = {
    "programme_label": "Programme",
    "group_label": "Group",
    "share": "Share of those who stated one (%)",
    "lower": "95% from",
    "upper": "95% to",
    "resident_share": "Share of residents (%)",
    "scope": "Which residents",
    "points": "Gap to residents (points)",
    "times": "Times the residents' share",
    "beside_reference": "Reach beside the comparison group (times)",
    "numerator": "Reached",
    "denominator": "Of",
    "verdict": "What can be said",
    "status": "Status",
}
DECIMALS: Final = {
    **dict.fromkeys(("share", "lower", "upper", "resident_share", "points"), 1),
    "times": 2,
    "beside_reference": 2,
}
METHOD: Final = (
    "People reached who declared the group / people reached who stated one × 100, by programme and year; not stated: "
    "of everybody reached. Interval: Wilson, 95%. Different from residents where it leaves out the residents' share, the gap "
    "is not too small to matter, and it holds when all fair comparisons of programmes and groups are tested together (Benjamini and "
    "Hochberg, 5%; two groups that make one whole are one test); else it is so taken alone. A comparison is fair beside those who may use a programme: all residents, or those "
    "of working age, whose groups then are the base on both sides. A programme for some residents only has none in this data pack: "
    "its shares are shown, and nothing is said of the gap. "
    "Beside the comparison group: the group's times the residents' share / the comparison group's."
)
NEED: Final = (
    "Residents stand in for need. A programme may be for some of them only (of an age, disabled, out of work), and "
    "then its reach should differ from residents."
)
GRADIENT: Final = {
    "programme_label": "Programme",
    "unit_label": "Counted in",
    "most_deprived": "Most deprived end, per 1,000 residents",
    "least_deprived": "Least deprived end, per 1,000 residents",
    "sii": "SII: least less most deprived end, per 1,000",
    "sii_lower": "SII 95% from",
    "sii_upper": "SII 95% to",
    "rii": "RII: least / most deprived end",
    "rii_lower": "RII 95% from",
    "rii_upper": "RII 95% to",
    "times": "Most / least deprived end (times)",
    "misfit": "Deciles lie from the line by, per 1,000",
    "verdict": "What can be said",
    "status": "Status",
}
# Those that are rates per 1,000 residents, and those that are ratios of them.
_PER_1000: Final = ("most_deprived", "least_deprived", "sii", "sii_lower", "sii_upper", "misfit")
_RATIOS: Final = ("rii", "rii_lower", "rii_upper", "times")
EVEN: Final = "practically even"
# Below this chance of deciles lying so far from a straight line, it bends.
BENDS: Final = 0.05
# List of the vocabulary with the characteristics that are known from where people live.
OF_AREA: Final = "characteristic_of_area"
NOT_FAIR: Final = "all residents are not a fair comparison"
GRADIENT_METHOD: Final = (
    "Rate: people reached / residents × 1,000 in each of England's deprivation deciles, from the exact counts that passed disclosure control. A "
    "straight line is fitted over the deciles, weighted by residents and placed at the middle of each one's share of "
    "them, from the most to the least deprived. Slope index (SII): its value at the least deprived end of {the} "
    "less that at the most deprived end, so below zero where the more deprived are reached more. Relative "
    "index (RII): the first divided by the second. Limits: 10,000 draws of the rates, each with the standard error "
    "(upper - lower) / 3.92 of Byar's limits of its count. Misfit: the root of the mean squared distance of the deciles from the "
    "line, each by its residents; the line bends where chance would put them so far off in fewer than 5 of 100 cases. A programme "
    "with a suppressed decile has no line."
)
STRAIGHT: Final = (
    "The line is a summary: where rates do not change evenly from decile to decile, see the shares by decile. The "
    "limits know of chance only, so those of large programmes are narrow."
)


# -- reach by group --------------------------------------------------------------------------------------


@kept
def _gated(edition: Edition) -> pd.DataFrame:
    """Return everybody reached by group, gated once: LINE, ``group``, ``numerator``, ``denominator``, ``share``, limits, ``marker``."""
    rows = table(edition, REACHED)
    return _gate(rows, _wholes_hidden(edition, rows))


def _wholes_hidden(edition: Edition, rows: pd.DataFrame) -> frozenset[reached_groups.Whole]:
    """Return of which year and programme everybody is hidden: by group, or where people live."""
    if rows.empty:
        return frozenset()
    unseen = set(reached_groups.wholes_hidden(edition))
    if not area_cells.problem(edition, area_cells.CONTACTS):
        totals = rows.groupby(LINE)["people"].sum().groupby(["year", "programme"]).max()
        placed = set(area_cells.programmes(edition, View(), "counts_people"))
        unseen |= {
            (str(year), str(programme))
            for year, programme in totals[totals < FEW].index
            if programme in placed and pd.isna(area_cells.everybody(edition, str(year), str(programme)))
        }
    return frozenset(unseen)


@kept
def _gated_by(edition: Edition) -> dict[str, pd.DataFrame]:
    return {str(name): rows for name, rows in _gated(edition).groupby("characteristic", sort=False)}


def _gate(rows: pd.DataFrame, wholes: frozenset[reached_groups.Whole] = frozenset()) -> pd.DataFrame:
    exact = [f"{disclosure.EXACT}{name}" for name in ("numerator", "denominator", "share", *LIMITS)]
    columns = [*LINE, "group", "numerator", "denominator", "share", *LIMITS, "marker", *exact]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    silent = rows["group"] == NOT_STATED
    line = [rows[name] for name in LINE]
    stated = rows["people"].mask(silent, 0).groupby(line).transform("sum")
    everybody = rows["people"].groupby(line).transform("sum")
    unseen = reached_groups.hidden(rows, wholes)
    # Where those who stated a group are hidden, everybody is the base: the hidden are part of them.
    counted = rows.assign(
        numerator=rows["people"], denominator=stated.mask(silent | unseen["answered"], everybody), marker=""
    )
    gated = disclosure.suppress(counted, "numerator", unseen["people"])
    # A base that is itself hidden is none, and nothing is a share of it.
    base_held = unseen["everybody"] & (silent | unseen["answered"])
    gated = disclosure.suppress(gated, "denominator", base_held)
    return _shares(gated)[columns]


def _shares(gated: pd.DataFrame) -> pd.DataFrame:
    """Add to counts that passed the gate the shares they make, with Wilson's limits: percent, as written and exact."""
    shares = disclosure.percentages(gated, "numerator", "denominator").rename(
        columns={"percent": "share", "exact_percent": "exact_share"}
    )
    people = shares["exact_denominator"].where(shares["exact_share"].notna())
    for name, limit in zip(
        LIMITS, intervals.wilson(shares["exact_numerator"].where(people.notna()), people), strict=True
    ):
        shares[f"{disclosure.EXACT}{name}"] = 100 * limit
        shares[name] = disclosure.percents(shares[f"{disclosure.EXACT}{name}"], people)
    return shares


@kept
def groups(edition: Edition, view: View, chosen: Chosen) -> Finding:
    """Return the share of each group among those a programme reached, beside its share of residents.

    One row for each programme of the view and group, with the absolute gap (points) and the relative one (times).
    """
    known = area_cells.programmes(edition, view, "counts_people")
    rows = _gated_by(edition).get(chosen.characteristic, _gated(edition).iloc[:0])
    year = year_of(view, rows.loc[rows["programme"].isin(known), "year"])
    if year:
        return replace(_groups(edition, tuple(known.items()), year, chosen), view=view)
    name = name_of(edition, chosen.characteristic)
    placed = _told_by_area(edition, view, chosen.characteristic, known)
    return Finding(
        headline=f"Whom services reach, by {name}: {'see Reach and spend' if placed else 'not known'}",
        subtitle=f"Share of those reached by {name}",
        frame=pd.DataFrame(columns=list(GROUPS)),
        empty=_by_area(name, placed) if placed else _nobody(edition, view, chosen.characteristic, known),
        verdict=gap_verdicts.ELSEWHERE if placed else gap_verdicts.UNKNOWN,
        view=view,
        **office(edition, (REACHED,)),
        **_common(chosen),
    )


def _common(chosen: Chosen) -> dict[str, Any]:
    return {
        "name": "equality-services",
        "row_key": ("programme_label", "group_label"),
        "params": chosen.params(),
        "columns": GROUPS,
        "decimals": DECIMALS,
        "formats": wording.of_people(DECIMALS),
        "method": f"{METHOD} {COUNTS}",
        "caveats": (QUESTION, NEED),
    }


@kept
def _groups(edition: Edition, programmes: tuple[tuple[str, str], ...], year: str, chosen: Chosen) -> Finding:
    """Return the finding of some programmes, code and name, and a year: many roles and years ask for the same."""
    known, name = dict(programmes), name_of(edition, chosen.characteristic)
    rows = _gated_by(edition)[chosen.characteristic]
    rows = rows[rows["programme"].isin(known) & (rows["year"] == year)]
    frame, reference = _frame(edition, rows, known, chosen)
    answered = frame[frame["group"] != NOT_STATED]
    beside = resident_shares.scope(answered)
    return Finding(
        headline=_headline(answered, reference, name),
        subtitle=f"Share of each group among those reached who stated one, by programme, {year}"
        + (f"; beside it {beside}" if beside else ""),
        frame=frame,
        sentence=_sentence(frame, reference, group_name(edition, chosen.characteristic, reference), known),
        alt=" ".join(_spoken(row) for row in records(answered)),
        verdict=gap_verdicts.of_groups(answered["verdict"]),
        legend="Dot and bar: share with 95% interval."
        + (" Orange line: the group's share of residents." if beside else ""),
        chart=_chart(answered, reference),
        about=row_context(edition, chosen.characteristic, year, reference=reference),
        **office(edition, (REACHED, "benchmarks") if beside else (REACHED,)),
        **_common(chosen),
    )


def _told_by_area(edition: Edition, view: View, characteristic: str, known: dict[str, str]) -> list[str]:
    """Name the programmes whose people are told by where they live, if that is what a characteristic is about.

    The vocabulary's list ``characteristic_of_area`` says of which ones it is.
    """
    if characteristic not in Framework.of(edition).vocabulary.labels(OF_AREA):
        return []
    if area_cells.problem(edition, area_cells.CONTACTS):
        return []
    rows = area_cells.cells(edition, area_cells.CONTACTS).deciles
    rows = rows[(rows["decile"] > 0) & (rows["people"] > 0)]
    if view.year != ALL:
        rows = rows[rows["year"] <= view.year]
    return [name for code, name in known.items() if code in set(rows["programme"])]


def _by_area(name: str, placed: list[str]) -> str:
    """Say where reach by the deprivation of people's homes is told."""
    return (
        f"{wording.sentence(wording.count(len(placed), 'programme'))} {'tells' if len(placed) == 1 else 'tell'} whom "
        f"{'it reaches' if len(placed) == 1 else 'they reach'} by {name}, from where people live: the page Reach and spend "
        f"has {wording.listing(placed, len(placed))} by decile."
    )


def _nobody(edition: Edition, view: View, characteristic: str, known: dict[str, str]) -> str:
    """Say why no programme tells whom it reaches by a characteristic."""
    if table(edition, REACHED).empty:
        return "The data pack has no table of people reached by group: add the table reached_groups."
    if not known:
        return area_cells.NOBODY_LINKED
    upto = "" if view.year == ALL else f" up to {view.year}"
    sentence = f"No programme tells whom it reaches by {name_of(edition, characteristic)}{upto}."
    return " ".join([sentence, *_who_asks(edition, characteristic, known)])


def _who_asks(edition: Edition, characteristic: str, known: dict[str, str]) -> list[str]:
    """Point to the register of gaps where it has these programmes' indicators: with a next step, or why it doesn't apply."""
    links = table(edition, "programme_links", "programme", "commitment")
    linked = Framework.of(edition).links
    commitments = set(links.loc[links["programme"].isin(known), "commitment"])
    indicators = set(linked.loc[linked["commitment"].isin(commitments), "indicator"])
    gaps = table(edition, "data_gaps", "indicator", "characteristic", "reason", "due")
    gaps = gaps[gaps["indicator"].isin(indicators) & (gaps["characteristic"] == characteristic)]
    unasked = gaps[gaps["reason"] == "not-asked"]
    if len(unasked):
        when = ", and when" if unasked["due"].notna().any() else "; no date is agreed"
        return [f"What we don't know says who asks{when}."]
    return ["What we don't know says why it does not apply."] if len(gaps) else []


def _frame(
    edition: Edition, rows: pd.DataFrame, known: dict[str, str], chosen: Chosen
) -> tuple[pd.DataFrame, str]:
    """Return the rows in order with all that is said of them, and the comparison group."""
    labels = comparison_groups.groups(edition, chosen.characteristic)
    order = {
        "programme": {code: n for n, code in enumerate(known)},
        "group": {code: n for n, code in enumerate(labels)},
    }
    rows = rows.sort_values(
        ["programme", "group"], key=lambda c: c.map(order[str(c.name)]), ignore_index=True
    )
    reference = reference_of(edition, chosen, [g for g in dict.fromkeys(rows["group"]) if g != NOT_STATED])
    together = pd.concat(
        [
            _beside(line, resident_shares.of_programme(edition, chosen.characteristic, str(programme)))
            for programme, line in rows.groupby("programme", sort=False)
        ]
    )
    frame = resident_shares.judged(edition, together, "exact_denominator", "programme")
    compared_with = frame[frame["group"] == reference].set_index("programme")["times"]
    frame = disclosure.as_written(
        frame.assign(beside_reference=frame["times"] / frame["programme"].map(compared_with)),
        percent={"exact_denominator": ["points"]},
        ratio=["times", "beside_reference"],
    ).assign(
        programme_label=frame["programme"].map(known),
        group_label=[labels.get(code, code) for code in frame["group"]],
        called=[group_name(edition, chosen.characteristic, code) for code in frame["group"]],
        status=str(edition.resource(REACHED)["status"]),
    )
    silent = (frame["group"] == NOT_STATED) & frame["share"].notna()
    return frame.assign(verdict=frame["verdict"].mask(silent, "asked, no answer")), reference


def _beside(line: pd.DataFrame, those: resident_shares.ResidentShares) -> pd.DataFrame:
    """Set the groups of one programme beside residents; where these have some groups only, the share is of those groups.

    Groups without residents who may use the programme keep their share of everybody who stated one.
    """
    rows = resident_shares.beside(line, those)
    among = rows["group"].isin(list(those.shares))
    if not those.fair or among[rows["group"] != NOT_STATED].all() or not among.any():
        return rows
    # Only counts that are told make the new base: where one is hidden, there is none.
    unseen = rows["marker"] == disclosure.CONFIDENTIAL
    base = float(rows["exact_numerator"].mask(unseen)[among].sum(skipna=False))
    again = rows[among].assign(
        exact_denominator=base,
        denominator=disclosure.rounded(pd.Series(base, rows.index[among])),
        marker=rows["marker"].where(unseen, ""),
    )
    again = _shares(again.drop(columns=["share", "exact_share"]))
    return pd.concat([again[rows.columns], rows[~among]]).loc[rows.index]


def _headline(answered: pd.DataFrame, reference: str, name: str) -> str:
    spoken = answered[answered["group"] != reference] if len(set(answered["group"])) > 1 else answered
    judged = spoken[spoken["share"].notna() & spoken["resident_share"].notna()]
    if spoken["share"].isna().all():
        return f"Whom services reach, by {name}: every group is too small to show"
    if judged.empty:
        return f"Whom services reach, by {name}: no residents to compare with"
    judged = judged[judged["verdict"].isin(gap_verdicts.TESTED)]
    if judged.empty:
        return f"Whom services reach, by {name}: {NOT_FAIR}"
    below = judged[judged["verdict"] == gap_verdicts.BELOW]
    alone = "" if len(below) else f", {gap_verdicts.ALONE}"
    if below.empty:
        below = judged[judged["verdict"] == gap_verdicts.TAKEN_ALONE[gap_verdicts.BELOW]]
    if below.empty:
        return f"No programme reaches a group below its share of residents beyond chance, by {name}"
    counts = (
        below.groupby("group_label", sort=False)["programme"]
        .nunique()
        .sort_values(ascending=False, kind="stable")
    )
    most = [str(label) for label in counts.index[counts == counts.max()]]
    seen = int(judged.loc[judged["group_label"].isin(most), "programme"].nunique())
    among = f"{counts.max()} of {wording.count(seen, 'programme')}"
    return f"{wording.listing(most, 2)}: below their share of residents in {among}{alone}"


def _sentence(frame: pd.DataFrame, reference: str, against: str, known: dict[str, str]) -> str:
    answered = frame[frame["group"] != NOT_STATED]
    others = answered[answered["group"] != reference]
    below = others[others["verdict"] == gap_verdicts.BELOW].sort_values("points", kind="stable")
    text = [
        f"{row['programme_label']}, {row['called']}: {wording.share(row['share'])} of those who stated one, {resident_shares.compared(row)}."
        for row in records(below.head(2))
    ]
    if below.empty:
        text.append(_none_below(others))
    elif len(below) > 2:
        text.append(f"Below residents beyond chance in all: {_pairs(below, others)}.")
    hidden = others[others["share"].isna()]
    if len(hidden):
        text.append(f"Too small to show: {_pairs(hidden, others)}.")
    tests = gap_verdicts.tests(answered["verdict"], answered["again"])
    text += [*([tests] if tests else []), *_unfair(answered), *_silence(frame), *_absent(answered, known)]
    return " ".join([*text, f"Compared with: {against}."])


def _none_below(others: pd.DataFrame) -> str:
    """Say why no group is below its share of residents: none is, none could be compared fairly, or no share is known."""
    if others["verdict"].isin(gap_verdicts.TESTED).any():
        return "No group that is compared is reached below its share of residents beyond chance."
    if others["resident_share"].notna().any():
        return f"{wording.sentence(NOT_FAIR)}: these programmes are for some of them only."
    return "This data pack has no residents' share for it."


def _unfair(answered: pd.DataFrame) -> list[str]:
    """Name the programmes whose users are not compared, as not all residents may use them."""
    names = list(
        answered.loc[answered["verdict"] == gap_verdicts.UNFAIR, "programme_label"].drop_duplicates()
    )
    if not names:
        return []
    whose = wording.listing(names, len(names))
    return [
        f"Not compared: {whose}; this data pack does not have the residents who may use {'it' if len(names) == 1 else 'them'}."
    ]


def _pairs(some: pd.DataFrame, whole: pd.DataFrame) -> str:
    of = "programme" if len(set(whole["group"])) == 1 else "pair"
    paired = "" if of == "programme" else " of a programme and a group"
    return f"{len(some)} of {wording.count(len(whole), of)}{paired}"


def _silence(frame: pd.DataFrame) -> list[str]:
    """Say how many of those asked stated nothing, where that is most."""
    silent = frame[(frame["group"] == NOT_STATED) & frame["share"].notna()]
    if silent.empty:
        return []
    most = records(silent.sort_values("share", ascending=False, kind="stable"))[0]
    upto = "up to " if len(silent) > 1 else ""
    return [f"Not stated: {upto}{wording.share(most['share'])} of those reached ({most['programme_label']})."]


def _absent(answered: pd.DataFrame, known: dict[str, str]) -> list[str]:
    """Name the programmes of the view that don't tell whom they reach by this characteristic."""
    silent = [label for code, label in known.items() if code not in set(answered["programme"])]
    return [f"No figures from {wording.listing(silent, 4)}."] if silent else []


def _spoken(row: dict[str, Any]) -> str:
    who = f"{row['programme_label']}, {row['group_label']}"
    if pd.isna(row["share"]):
        return f"{who}: {row['verdict']}."
    beside = (
        "" if pd.isna(row["resident_share"]) else f", {wording.percent(row['resident_share'])} of residents"
    )
    return f"{who}: {wording.share(row['share'])} ({wording.span(row['lower'], row['upper'])}){beside}."


def _chart(answered: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Return rows of small multiples: one panel a group but the comparison group, one row a programme."""
    rows = answered[answered["share"].notna()]
    rows = rows[rows["group"] != reference] if len(set(rows["group"])) > 1 else rows
    order = {label: n for n, label in enumerate(answered["group_label"].drop_duplicates())}
    rows = rows.assign(order=rows["group_label"].map(order)).sort_values(
        "order", kind="stable", ignore_index=True
    )
    return pd.DataFrame(
        {
            "panel": rows["group_label"],
            "label": rows["programme_label"],
            "value": rows["share"],
            "lower": rows["lower"],
            "upper": rows["upper"],
            "mark": rows["resident_share"],
            "stands_out": rows["verdict"].eq(gap_verdicts.BELOW),
            "said": rows["verdict"],
        }
    )


# -- gradient over deprivation ---------------------------------------------------------------------------


@kept
def gradient(edition: Edition, view: View) -> Finding:
    """Return how reach changes from the most to the least deprived: SII and RII by programme, with limits.

    One row a programme of the view that counts people; those with a decile held back are left out and named.
    """
    framework = Framework.of(edition)
    year = area_cells.year_of_view(framework, view)
    known = area_cells.programmes(edition, view, "counts_people")
    common = _gradient_head(edition, view, year)
    counted, hidden = _counted(edition, year, known)
    residents = area_cells.population_by_decile(edition)
    lived_in = residents[residents > 0]
    if not counted or len(lived_in) < slopes.LEAST_QUANTILES:
        return Finding(
            headline="Reach from the most to the least deprived: not known",
            subtitle=f"Change of reach over England's deprivation deciles, {year}",
            frame=pd.DataFrame(columns=list(GRADIENT)),
            empty=_no_line(known, hidden, len(lived_in), year),
            **common,
        )
    exact = pd.DataFrame(
        [_line(people, lived_in, smallest_gap(edition)) for people in counted.values()]
    ).assign(
        programme_label=[known[code] for code in counted],
        unit_label=_units(edition, list(counted)),
        status=least_official(common["statuses"]),
        marker="[x]",
    )
    frame = _slopes_written(exact)
    part = ", part year" if framework.calendar.is_part(year) else ""
    return Finding(
        headline=_slope_headline(exact),
        subtitle=f"Reach per 1,000 residents from the most to the least deprived end of {place(edition).the}, {year}{part}",
        frame=frame,
        sentence=_slope_sentence(edition, exact, hidden),
        alt=" ".join(
            f"{row['programme_label']}: {_slope(row, place(edition))}; {_misfit(row)}; {row['verdict']}."
            for row in records(exact)
        ),
        legend="Dot and bar: reach at the most deprived end, times that at the least deprived end, 95% interval. Line at 1: equal. SII and RII, the slope and relative index of inequality, go from the most to the least deprived end: below 0 and below 1 where the most deprived get more.",
        chart=_slopes(frame),
        **common,
    )


def _gradient_head(edition: Edition, view: View, year: str) -> dict[str, Any]:
    """Return what the finding carries whether or not there is a slope."""
    return {
        "name": "equality-gradient",
        "row_key": ("programme_label", "unit_label"),
        "columns": GRADIENT,
        "decimals": dict.fromkeys(_PER_1000, 0) | dict.fromkeys(_RATIOS, 2),
        "formats": dict.fromkeys(_RATIOS, "ratio"),
        "view": view,
        "method": method(edition, f"{GRADIENT_METHOD.format(the=place(edition).the)} {COUNTS}"),
        "caveats": (QUESTION, STRAIGHT),
        "about": dated(edition, year),
        "vintage": vintage(edition),
        **office(edition, REACH),
    }


def _counted(edition: Edition, year: str, known: dict[str, str]) -> tuple[dict[str, pd.Series], list[str]]:
    """Return people by decile of each programme with all deciles shown; and the names of those with one held back."""
    counted, hidden = {}, []
    for code, label in known.items():
        people = area_cells.deciles_of_people(edition, year, code).set_index("decile").loc[1:, "exact_people"]
        if people.isna().any():
            hidden.append(label)
        elif people.sum() > 0:
            counted[code] = people.astype("float64")
    return counted, hidden


def _no_line(known: dict[str, str], hidden: list[str], lived_in: int, year: str) -> str:
    """Say why no line can be fitted."""
    if not known:
        return area_cells.NOBODY_LINKED
    if not lived_in:
        return "The data pack has no areas with deprivation and residents: add the table areas."
    if lived_in < slopes.LEAST_QUANTILES:
        return f"People live in {lived_in} of England's deprivation deciles here: a line needs {slopes.LEAST_QUANTILES}."
    if hidden:
        return f"A decile is too small to show in {year}: {wording.listing(hidden, 8)}. No line without it."
    return f"No contact lines for these programmes in {year}."


def _units(edition: Edition, codes: list[str]) -> list[str]:
    """Return what each programme counts, in words."""
    rows = area_cells.table(edition, "programmes").set_index("id")
    units = rows["unit"] if "unit" in rows else pd.Series(dtype="str")
    return [
        Framework.of(edition).vocabulary.label("reach_unit", units.get(code, "people")).lower()
        for code in codes
    ]


def _line(people: pd.Series, residents: pd.Series, smallest: SmallestGap) -> dict[str, Any]:
    """Fit the line of one programme over the deciles that somebody lives in."""
    count = people.reindex(residents.index).to_numpy(dtype="float64")
    lower, upper = intervals.byar(count)
    population = residents.to_numpy(dtype="float64")
    rates = pd.DataFrame(
        {
            "residents": population,
            "rate": 1000 * count / population,
            "se": 1000 * (upper - lower) / 3.92 / population,
        }
    )
    index = slopes.slope_index(rates, "residents", "rate", "se")
    figures = {name: getattr(index, name) for name in GRADIENT if hasattr(index, name)}
    return figures | {
        "times": 1 / index.rii,
        # The limits change places: the ratio is turned over.
        "times_lower": 1 / index.rii_upper,
        "times_upper": 1 / index.rii_lower,
        "bends": index.misfit_p < BENDS,
        "verdict": _direction(index, smallest),
    }


def _slopes_written(rows: pd.DataFrame) -> pd.DataFrame:
    """Return lines as they may be written; their base is all residents."""
    rates = {name: pd.Series(wording.halves_up(rows[name]), index=rows.index) for name in _PER_1000}
    ratios = {name: disclosure.ratios(rows[name]) for name in (*_RATIOS, "times_lower", "times_upper")}
    return rows.assign(**rates, **ratios)


def _direction(index: slopes.SlopeIndex, smallest: SmallestGap) -> str:
    """Say which end is reached more: neither where the ends are as good as the same, however sure that is."""
    if smallest.is_even(ratio=index.rii):
        return EVEN
    if index.sii_lower <= 0 <= index.sii_upper:
        return "could be chance"
    return "more where deprivation is greater" if index.sii < 0 else "less where deprivation is greater"


def _slope_headline(frame: pd.DataFrame) -> str:
    more = int(frame["verdict"].eq("more where deprivation is greater").sum())
    verb = "reaches" if more == 1 else "reach"
    return f"{more or 'None'} of {wording.count(len(frame), 'programme')} {verb} more people where deprivation is greater"


def _slope(row: dict[str, Any], whole: Place) -> str:
    """Say the absolute and the relative measure, in the direction of the index: from the most to the least deprived."""
    way = "falls" if row["sii"] < 0 else "rises"
    ratio = (
        "no ratio: the line ends below zero"
        if pd.isna(row["rii"])
        else f"the most deprived end has {wording.two_figures(row['times'])} times the reach of the least "
        f"(RII {wording.two_figures(row['rii'])})"
    )
    return (
        f"from the most to the least deprived end of {whole.the} reach {way} by {_of_unit(wording.per_thousand(abs(row['sii']), some=True), row['unit_label'])} "
        f"per 1,000 residents (SII {wording.number(row['sii'])}); {ratio}"
    )


def _of_unit(number: str, unit: str) -> str:
    """Write a number with what it counts: 1 household, 32 learners."""
    return f"{number} {wording.singular(unit) if number == '1' else unit}"


def _misfit(row: dict[str, Any]) -> str:
    """Say how far the deciles lie from the line, and whether that is more than chance."""
    off = f"deciles lie {wording.per_thousand(row['misfit'], some=True)} per 1,000 from the line"
    return f"{off}, which bends beyond chance" if row["bends"] else off


def _slope_sentence(edition: Edition, frame: pd.DataFrame, hidden: list[str]) -> str:
    by_size = frame.assign(size=frame["sii"].abs() / frame[["most_deprived", "least_deprived"]].mean(axis=1))
    real = by_size[~by_size["verdict"].isin(["could be chance", EVEN])].sort_values(
        "size", ascending=False, kind="stable"
    )
    text = [
        f"{row['programme_label']}: {_slope(row, place(edition))}, more than chance; {_misfit(row)}."
        for row in records(real.head(1))
    ]
    for verdict, words in (
        ("more where deprivation is greater", "More where deprivation is greater"),
        ("less where deprivation is greater", "Less where deprivation is greater"),
        ("could be chance", "No gradient beyond chance"),
        (EVEN, "Practically even from end to end"),
    ):
        names = list(frame.loc[frame["verdict"] == verdict, "programme_label"])
        if names:
            text.append(f"{words}: {wording.listing(names, 8)}.")
    if hidden:
        text.append(f"Left out, as a decile is too small to show: {wording.listing(hidden, 8)}.")
    return " ".join(text)


def _slopes(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the chart: the ratio of the ends as dots with intervals, the absolute measure in words."""
    rows = frame[frame["times_lower"].notna() & frame["times_upper"].notna()]
    rows = rows.sort_values("times", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "label": rows["programme_label"],
            "value": rows["times"],
            "lower": rows["times_lower"],
            "upper": rows["times_upper"],
            "told": [
                f"{wording.two_figures(row['times'])} times, {_signed(-row['sii'])} per 1,000"
                for row in records(rows)
            ],
            "stands_out": rows["verdict"].eq("less where deprivation is greater"),
            "said": rows["verdict"],
        }
    )


def _signed(amount: float) -> str:
    return wording.signed(amount)


SPECS: Final = (
    of_groups("equality-services", "Groups reached by programme, beside residents", groups),
    of_view("equality-gradient", "Reach over deprivation: slope and relative index", gradient),
)
