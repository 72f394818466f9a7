"""Owners: who leads the organisations that are paid, beside residents, and how much of it nobody knows."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.disclosure import Sum
from svdash.editions import Edition, kept
from svdash.findings.equality import gap_verdicts, resident_shares
from svdash.findings.equality.comparison_groups import (
    COUNTS,
    QUESTION,
    Chosen,
    groups,
    of_groups,
    table,
    year_of,
)
from svdash.findings.equality.group_wording import name_of, row_context
from svdash.findings.finding import Finding, kept_by, office, records
from svdash.measures import intervals
from svdash.register import Framework, View

OWNERSHIP: Final = "ownership"
LED: Final = "led"
NOT_LED: Final = "not-led"
NOT_ASKED: Final = "not-asked"
# The answers about one group add up to all organisations of the year.
LINE: Final = ["year", "population", "characteristic", "group"]
COLUMNS: Final = {
    "population_label": "Organisations",
    "group_label": "Group",
    "share": "Led by the group, of those that answered (%)",
    "lower": "95% from",
    "upper": "95% to",
    "resident_share": "Share of residents (%)",
    "points": "Gap to residents (points)",
    "times": "Times the residents' share",
    "led": "Led by the group",
    "answered": "Answered",
    "unknown": "Not known (% of all)",
    "total": "All organisations",
    "verdict": "What can be said",
    "status": "Status",
}
ANSWERS: Final = {
    "population_label": "Organisations",
    "group_label": "Group asked about",
    "answer_label": "Answer",
    "organisations": "Number",
    "percent": "Share of all (%)",
    "total": "Of all organisations",
    "status": "Status",
}
DECIMALS: Final = {
    **dict.fromkeys(("share", "lower", "upper", "resident_share", "points", "unknown"), 1),
    "times": 2,
}
METHOD: Final = (
    "Organisations that answered and are led by the group / organisations that answered × 100; led means that at "
    "least half of those who own or lead it declare the group. Not known: everybody else, as a share of all "
    "organisations of the year. Interval: Wilson, 95%. Different from residents where it leaves out the residents' "
    "share, the gap is not too small to matter, and it holds when all groups are tested together (Benjamini and Hochberg, "
    "5%); else it is so taken alone. Leaders, like staff, are of working age: beside residents of all ages both shares are shown, "
    "and nothing is said of the gap. Organisations are counted as carefully as people, because who leads a small one is a person."
)
ANSWERS_METHOD: Final = (
    "Each organisation counts once a year, by its answer about the group. Not asked, not answered and prefer not "
    "to say are shown separately, as in 360Giving's data on diversity, equity and inclusion: each of them needs another step."
)
SILENT: Final = "The interval says what could be chance if those that answered were like the others. Nobody knows whether they are."


# -- counts ----------------------------------------------------------------------------------------------


@kept
def _gated(edition: Edition) -> pd.DataFrame:
    """Return every answer of the pack, gated once: LINE, ``answer``, ``organisations``, ``total``, ``percent``, ``marker``, and exact ones."""
    return _gate(table(edition, OWNERSHIP))


def _gate(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        names = ("organisations", "total", "percent")
        exact = [f"{disclosure.EXACT}{name}" for name in names]
        return pd.DataFrame(columns=[*LINE, "answer", *names, "marker", *exact])
    counts = rows.assign(total=rows.groupby(LINE)["organisations"].transform("sum"))
    hidden = _hidden(counts)
    gated = disclosure.suppress(counts, "organisations", hidden["organisations"])
    gated = disclosure.suppress(gated, "total", hidden["total"])
    return disclosure.percentages(gated, "organisations", "total")


def _hidden(rows: pd.DataFrame) -> pd.DataFrame:
    """Return which answers are hidden, and which totals; all answers of a line add up to its total."""
    counts: dict[Hashable, int] = {label: int(n) for label, n in rows["organisations"].items()}
    sums: list[Sum] = []
    for key, line in rows.assign(apart=_says_nothing(rows)).groupby(LINE, sort=False):
        sides = line.groupby("apart")
        for side, part in sides:
            counts["side", key, side] = int(part["organisations"].sum())
            sums.append(Sum(("side", key, side), tuple(part.index), line=True))
        counts["total", key] = int(line["total"].iloc[0])
        sums.append(Sum(("total", key), tuple(("side", key, side) for side in sides.groups)))
    stay: dict[Hashable, int] = {name: 1 for name in counts if isinstance(name, tuple)}
    # Who leads is what is asked, so silence is hidden first.
    stay |= dict.fromkeys(rows.index[rows["answer"].isin([LED, NOT_LED])], 1.0)
    held = disclosure.safe(counts, sums, stay=stay).to_dict()
    keys = rows[LINE].itertuples(index=False, name=None)
    return pd.DataFrame(
        {
            "organisations": [held[label] for label in rows.index],
            "total": [held["total", key] for key in keys],
        },
        index=rows.index,
    )


def _says_nothing(rows: pd.DataFrame) -> pd.Series:
    """Return whether an answer stands in the line of those that tell nothing, away from led and not led.

    So a few organisations that prefer not to say don't hide how many are led by the group. It takes two answers
    above zero on either side: a hidden one alone on its side could be worked back from all organisations, and is
    then hidden along with one of the other side. Zeros are shown, so no hidden count decides.
    """
    silent = ~rows["answer"].isin([LED, NOT_LED])
    filled = (rows["organisations"] > 0).groupby([*(rows[name] for name in LINE), silent]).transform("sum")
    return silent & filled.groupby([rows[name] for name in LINE]).transform("min").ge(2)


def _newest_answers(edition: Edition, view: View, characteristic: str) -> tuple[str, pd.DataFrame]:
    """Return the newest year with answers about a characteristic, and its gated rows in the vocabulary's order."""
    rows = _gated(edition)
    rows = rows[rows["characteristic"] == characteristic]
    year = year_of(view, rows["year"])
    framework = Framework.of(edition)
    order = {
        "population": list(framework.vocabulary.labels("ownership_population")),
        "group": list(groups(edition, characteristic)),
        "answer": list(framework.vocabulary.labels("ownership_answer")),
    }
    placed = rows[rows["year"] == year].sort_values(
        list(order),
        key=lambda column: column.map({code: n for n, code in enumerate(order[str(column.name)])}),
    )
    return year, placed.reset_index(drop=True)


def _named(edition: Edition, rows: pd.DataFrame, characteristic: str) -> pd.DataFrame:
    framework = Framework.of(edition)
    return rows.assign(
        population_label=[
            framework.vocabulary.label("ownership_population", code) for code in rows["population"]
        ],
        group_label=[groups(edition, characteristic).get(code, code) for code in rows["group"]],
        status=str(edition.resource(OWNERSHIP)["status"]),
    )


def _lines(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each question: how many answered, how many of them the group leads, how many nobody knows."""
    found = []
    for key, line in rows.groupby(["population", "group"], sort=False):
        counts = line.set_index("answer")["exact_organisations"].astype("float64")
        led, answered = counts.get(LED, 0.0), counts.get(LED, 0.0) + counts.get(NOT_LED, 0.0)
        total = float(line["exact_total"].iloc[0])
        silent = counts.drop([LED, NOT_LED], errors="ignore")
        unknown = silent.sum(skipna=False) if pd.isna(answered) else max(0.0, total - answered)
        found.append(
            {
                **dict(zip(("population", "group"), key, strict=True)),
                "exact_led": led,
                "exact_answered": answered,
                "exact_total": total,
                "unknown": _of_all(float(unknown), total),
                "at_least": _of_all(float(silent.sum()), total),
                "asked": bool((counts.drop(NOT_ASKED, errors="ignore").fillna(1) > 0).any()),
            }
        )
    return _with_shares(pd.DataFrame(found))


def _of_all(part: float, total: float) -> float:
    """Return a part in percent."""
    return float("nan") if pd.isna(part) or pd.isna(total) or not total else 100 * part / total


def _with_shares(rows: pd.DataFrame) -> pd.DataFrame:
    least = disclosure.PRESETS["gss"].least_base
    answered = rows["exact_answered"]
    base = answered.where(answered >= least)
    lower, upper = intervals.wilson(rows["exact_led"].mask(base.isna()), base)
    marker = pd.Series("", index=rows.index, dtype="str").mask(base.isna(), disclosure.UNRELIABLE)
    marker = marker.mask(answered == 0, disclosure.NOT_AVAILABLE).mask(
        answered.isna(), disclosure.CONFIDENTIAL
    )
    exact = pd.DataFrame(
        {"share": 100 * rows["exact_led"] / base, "lower": 100 * lower, "upper": 100 * upper},
        index=rows.index,
    )
    few = rows["exact_total"] < least
    of_all = {
        name: disclosure.percents(rows[name].mask(few), rows["exact_total"])
        for name in ("unknown", "at_least")
    }
    return rows.join(exact.rename(columns=lambda name: f"{disclosure.EXACT}{name}")).assign(
        **{
            name: disclosure.rounded(rows[f"{disclosure.EXACT}{name}"])
            for name in ("led", "answered", "total")
        },
        **{name: disclosure.percents(exact[name], base) for name in ("share", "lower", "upper")},
        **of_all,
        marker=marker,
    )


# -- findings --------------------------------------------------------------------------------------------


@kept_by("year")
def owners(edition: Edition, view: View, chosen: Chosen) -> Finding:
    """Return the share of suppliers and of investees that a group leads, beside residents.

    Of those that answered, with a Wilson interval; how many did not comes first. Both populations are in one
    finding: one row for each population and group asked about.
    """
    year, answers = _newest_answers(edition, view, chosen.characteristic)
    name = name_of(edition, chosen.characteristic)
    common = {
        **_common(view, chosen),
        "name": "equality-owners",
        "row_key": ("population_label", "group_label"),
        "columns": COLUMNS,
        "method": f"{METHOD} {COUNTS}",
    }
    if answers.empty:
        return Finding(
            headline=f"Who leads those that are paid, by {name}: not known",
            subtitle=f"Leadership of suppliers and investees by {name}",
            frame=pd.DataFrame(columns=list(COLUMNS)),
            empty=_nothing(edition, view, chosen, year),
            verdict=gap_verdicts.UNKNOWN,
            **office(edition, (OWNERSHIP,)),
            **common,
        )
    those = resident_shares.of_staff(edition, chosen.characteristic, set(answers["group"]))
    beside = resident_shares.judged(edition, resident_shares.beside(_lines(answers), those), "exact_answered")
    frame = disclosure.as_written(
        _named(edition, beside, chosen.characteristic),
        percent={"exact_answered": ["points"]},
        ratio=["times"],
    )
    told = resident_shares.scope(frame)
    return Finding(
        headline=_headline(frame, name),
        subtitle=f"Organisations led by the group, of those that answered, {year}"
        + (f"; beside it {told}" if told else ""),
        frame=frame,
        sentence=_sentence(frame, resident_shares.missing(those, groups(edition, chosen.characteristic))),
        alt=" ".join(_spoken(row) for row in records(frame)),
        verdict=gap_verdicts.of_groups(frame["verdict"]),
        legend=_legend(frame),
        empty=_unasked(frame, name, year),
        about=row_context(edition, chosen.characteristic, year),
        chart=_chart(frame),
        **office(edition, (OWNERSHIP, "benchmarks") if told else (OWNERSHIP,)),
        **common,
    )


def _common(view: View, chosen: Chosen) -> dict[str, Any]:
    return {
        "params": {"characteristic": chosen.characteristic},
        "decimals": DECIMALS,
        "formats": wording.of_people(DECIMALS),
        "view": view,
        "caveats": (QUESTION, SILENT),
    }


def _nothing(edition: Edition, view: View, chosen: Chosen, year: str) -> str:
    """Say why there is no answer at all, and what to do about it."""
    framework = Framework.of(edition)
    name = name_of(edition, chosen.characteristic)
    upto = year or (view.year if view.year in framework.calendar.years else framework.calendar.default_year)
    if table(edition, OWNERSHIP).empty:
        return "The data pack has no answers on who leads suppliers and investees: add the table ownership."
    return f"No question about {name} to suppliers or investees is on record up to {upto}. Nobody is named to ask it; it could go with orders and agreements."


def _unasked(frame: pd.DataFrame, name: str, year: str) -> str:
    """Say that nobody was asked, where that is so: then there is no share to show."""
    if frame["asked"].any():
        return ""
    return f"No supplier or investee was asked about {name} up to the end of {year}: it is not known for any of them."


def _legend(frame: pd.DataFrame) -> str:
    beside = " Orange tick: share of residents." if frame["resident_share"].notna().any() else ""
    return f"Dot and bar: share of those that answered, with 95% interval.{beside}"


def _headline(frame: pd.DataFrame, name: str) -> str:
    for verdict in (gap_verdicts.BELOW, gap_verdicts.TAKEN_ALONE[gap_verdicts.BELOW]):
        below = frame[frame["verdict"] == verdict]
        led_by = wording.listing(list(below["group_label"].unique()))
        whom = wording.listing([label.lower() for label in below["population_label"].unique()])
        if len(below):
            alone = "" if verdict == gap_verdicts.BELOW else f", {gap_verdicts.ALONE}"
            return f"{led_by}: under-represented among leaders of {whom}{alone}"
    if not frame["asked"].any():
        return f"Who leads those that are paid, by {name}: nobody was asked"
    if frame["share"].isna().all():
        return f"Who leads those that are paid, by {name}: too few answers to show"
    seen = frame[frame["share"].notna()]
    led_by = wording.listing(list(seen["group_label"].unique()))
    if seen["resident_share"].isna().all():
        return f"{led_by}: leaders known, but no residents to compare with"
    if not seen["verdict"].isin(gap_verdicts.TESTED).any():
        return f"Leaders by {name}: residents of all ages are not a fair comparison"
    return f"{led_by}: no fewer among leaders than among residents, beyond chance"


def _sentence(frame: pd.DataFrame, missing: str) -> str:
    asked_about = " ({})" if len(set(frame["group"])) > 1 else ""
    rows = records(frame)
    unknown = [
        f"{_unknown(row)} of {row['population_label'].lower()}{asked_about.format(row['group_label'])}"
        for row in rows
    ]
    text = [f"We don't know for {wording.listing(unknown, len(unknown))}."]
    text += [
        f"{row['population_label']}{asked_about.format(row['group_label'])}: {_answer_in_words(row)}."
        for row in rows
    ]
    if frame["verdict"].eq(gap_verdicts.UNFAIR).any():
        text.append(
            f"Residents of all ages include children and pensioners, who seldom lead organisations. {missing}"
        )
    tests = gap_verdicts.tests(frame["verdict"], frame["again"])
    return " ".join([*text, tests] if tests else text)


def _unknown(row: dict[str, Any]) -> str:
    if not pd.isna(row["unknown"]):
        return wording.percent(row["unknown"], 0)
    return "some" if pd.isna(row["at_least"]) else f"at least {wording.percent(row['at_least'], 0)}"


def _answer_in_words(row: dict[str, Any]) -> str:
    if not row["asked"]:
        return "not asked"
    if pd.isna(row["share"]):
        return str(row["verdict"])
    return (
        f"{wording.share(row['share'])} of the {wording.number(row['answered'])} that answered are led by the group "
        f"({wording.span(row['lower'], row['upper'], unit='%')}); {resident_shares.compared(row)}"
    )


def _spoken(row: dict[str, Any]) -> str:
    return f"{row['population_label']}, {row['group_label']}: {_answer_in_words(row)}; not known for {_unknown(row)}."


def _chart(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a dot-and-interval plot, one for each population and group."""
    rows = frame[frame["share"].notna()]
    return pd.DataFrame(
        {
            "label": rows["population_label"] + ": " + rows["group_label"],
            "value": rows["share"],
            "lower": rows["lower"],
            "upper": rows["upper"],
            "mark": rows["resident_share"],
            "stands_out": rows["verdict"].eq(gap_verdicts.BELOW),
            "said": rows["verdict"],
        }
    )


@kept_by("year")
def answers(edition: Edition, view: View, chosen: Chosen) -> Finding:
    """Return how suppliers and investees answered: asked or not, answered or not, prefer not to say."""
    framework = Framework.of(edition)
    year, rows = _newest_answers(edition, view, chosen.characteristic)
    name = name_of(edition, chosen.characteristic)
    common = {
        **_common(view, chosen),
        **office(edition, (OWNERSHIP,)),
        "name": "equality-owners-answers",
        "row_key": ("population_label", "answer_label"),
        "columns": ANSWERS,
        "decimals": {"percent": 1},
        "method": f"{ANSWERS_METHOD} {COUNTS}",
    }
    if rows.empty:
        return Finding(
            headline=f"Answers on {name}: none",
            subtitle=f"What suppliers and investees answered about {name}",
            frame=pd.DataFrame(columns=list(ANSWERS)),
            empty=_nothing(edition, view, chosen, year),
            **common,
        )
    frame = disclosure.as_written(_named(edition, rows, chosen.characteristic)).assign(
        answer_label=[framework.vocabulary.label("ownership_answer", code) for code in rows["answer"]]
    )
    lines = _named(edition, _lines(rows), chosen.characteristic)
    return Finding(
        headline=_answered_headline(lines, name),
        subtitle=f"Answers about {name}, share of all suppliers and of all investees, {year}",
        frame=frame,
        sentence=_answered(frame),
        alt=" ".join(
            f"{r['population_label']}, {r['group_label']}, {r['answer_label'].lower()}: {_percent(r)}."
            for r in records(frame)
        ),
        legend="Bars: share of all organisations of the year. Orange: not asked.",
        chart=_bars(frame),
        about=row_context(edition, chosen.characteristic, year),
        **common,
    )


def _percent(row: dict[str, Any]) -> str:
    return wording.percent(row["percent"], 0) if not pd.isna(row["percent"]) else str(row["marker"] or "[x]")


def _answered_headline(lines: pd.DataFrame, name: str) -> str:
    if not lines["asked"].any():
        return f"Nobody was asked who leads them, by {name}"
    told = [
        f"{wording.percent(100 - row['unknown'], 0)} of {row['population_label'].lower()}"
        for row in records(lines.drop_duplicates("population"))
        if row["asked"] and not pd.isna(row["unknown"])
    ]
    if not told:
        return f"Answers on {name}: too few to show how many"
    return f"Answers on {name} are known for {wording.listing(told)}"


def _answered(frame: pd.DataFrame) -> str:
    text = []
    for (population, group), line in frame.groupby(["population_label", "group_label"], sort=False):
        told = [
            f"{row['answer_label'][0].lower()}{row['answer_label'][1:]} {_percent(row)}"
            for row in records(line)
            if pd.isna(row["organisations"]) or row["organisations"] > 0
        ]
        text.append(f"{population} ({group}): {', '.join(told)}.")
    if (frame["marker"] == disclosure.CONFIDENTIAL).any():
        text.append("[c]: too few to show, or suppressed beside one that is.")
    return " ".join(text)


def _bars(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the chart: one panel for each population and group in their order, one bar an answer."""
    several = len(set(frame["group"])) > 1
    panel = frame["population_label"] + (": " + frame["group_label"] if several else "")
    return pd.DataFrame(
        {
            "panel": panel,
            "answer": frame["answer_label"],
            "percent": frame["percent"].astype("float64"),
            "told": [_percent(row) for row in records(frame)],
            "missing": frame["answer"].eq(NOT_ASKED),
        }
    )


SPECS: Final = (
    of_groups("equality-owners", "Who leads suppliers and investees", owners),
    of_groups("equality-owners-answers", "What suppliers and investees answered", answers),
)
