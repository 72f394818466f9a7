"""A definition with its figures as rows of a data pack: one of ``indicators``, its ``links`` and its observations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from svdash.editions import Edition
from svdash.editions.prototypes import PrototypeRows
from svdash.register import ALL, Framework
from svdash.register.calendar import Calendar
from svdash.workbench.counted_people import no_count
from svdash.workbench.definition import Written, fault_at
from svdash.workbench.prototype import DENOMINATOR, NUMERATOR, VALUE, caveats_of
from svdash.workbench.prototype_figures import GROUP, PERIOD, PrototypeFigures, counts
from svdash.years import first_of, period_end, period_start

_COUNTED: Final = ("people", "responses")
# What the gate does not hold is for data about nobody: it is no way out for an amount that people have.
_ABOUT_NOBODY: Final = (
    "Only data in which no row and no number is about people, such as contracts or carbon, have counts_people: false: "
    "nothing of them is suppressed."
)
_SHORT: Final = 34
_FIRST_YEAR: Final = 2000
# Where the figures of each status stand: what an authority published and official statistics in one table.
_TABLE: Final[Mapping[str, str]] = {
    "illustrative": "observations_illustrative",
    "published": "observations_published",
    "official": "observations_published",
}


def rows(edition: Edition, written: Written, figures: PrototypeFigures) -> PrototypeRows:
    """Return the rows of an indicator in the pack's columns.

    Numerators and denominators that are whole numbers stand as counts, so that intervals, verdicts and, of people, the gate
    are worked out of them; of anything else the value stands alone.

    Raises:
        DefinitionError: figures of people that are no counts of people, or shares of them above the whole.
    """
    _check_people(written, figures)
    observed = [*_observed(edition, written, figures.everybody, ALL)]
    if len(figures.by_group):
        observed += _observed(edition, written, figures.by_group, figures.characteristic)
    about = written.definition
    tables = {
        "indicators": pd.DataFrame([_indicator(edition, written, figures)]),
        "links": pd.DataFrame([{"commitment": each, "indicator": about.id} for each in about.commitments]),
        _TABLE[about.status]: _typed(pd.DataFrame(observed)),
    }
    return PrototypeRows(about.id, {name: frame for name, frame in tables.items() if len(frame)})


def is_share(written: Written, figures: PrototypeFigures) -> bool:
    """Tell whether a definition gives shares of counted things, which have an interval."""
    about = written.definition
    if about.unit != "percent" or about.denominator is None or not _whole(figures):
        return False
    counted = about.counts_people or (counts(about.numerator) and counts(about.denominator))
    return counted and not any(_above_whole(each) for each in _frames(figures))


def _frames(figures: PrototypeFigures) -> Iterator[pd.DataFrame]:
    yield from (each for each in (figures.everybody, figures.by_group, figures.by_area) if len(each))


def _whole(figures: PrototypeFigures) -> bool:
    """Tell whether all numerators and denominators are counts: whole numbers from nought on."""
    for frame in _frames(figures):
        for name in (NUMERATOR, DENOMINATOR):
            told = frame[name].dropna() if name in frame else pd.Series(dtype="float64")
            if ((told < 0) | (told % 1 != 0)).any():
                return False
    return True


def _above_whole(frame: pd.DataFrame) -> bool:
    return DENOMINATOR in frame and bool((frame[NUMERATOR] > frame[DENOMINATOR]).any())


def _check_people(written: Written, figures: PrototypeFigures) -> None:
    """Refuse figures of people that are no counts: the gate would have nothing to go by."""
    about = written.definition
    if not about.counts_people:
        return
    if about.unit == "percent" and about.denominator is None:
        raise fault_at(
            written, "unit", "a percentage of people is out of a number of people. Add a denominator."
        )
    if about.unit in _COUNTED and about.denominator is not None:
        raise fault_at(
            written,
            "denominator",
            f"a number of {about.unit} has none. Leave it out, or write unit: percent.",
        )
    if about.unit not in ("percent", *_COUNTED):
        raise fault_at(
            written,
            "counts_people",
            f"an amount in {about.unit} is not a number of people, so disclosure control can't be applied. Count people, as a number of "
            f"them or out of a denominator. {_ABOUT_NOBODY}",
        )
    for field, text in ((NUMERATOR, about.numerator), (DENOMINATOR, about.denominator)):
        why = no_count(text) if text is not None else ""
        if why:
            raise fault_at(written, field, f"{why}. {_ABOUT_NOBODY}")
    if not _whole(figures):
        raise fault_at(
            written,
            "numerator",
            "this gives numbers that are not whole people, so disclosure control can't be applied. Count people by count(…) or "
            f"add a column of counts up. {_ABOUT_NOBODY}",
        )
    if about.denominator is not None and any(_above_whole(each) for each in _frames(figures)):
        raise fault_at(
            written,
            "numerator",
            "in at least one place the numerator has more people than the denominator, and a share of people can't be above "
            "100%. Count in the numerator only who is counted in the denominator.",
        )


def _indicator(edition: Edition, written: Written, figures: PrototypeFigures) -> dict[str, Any]:
    """Return the row of the register."""
    about, framework = written.definition, Framework.of(edition)
    role = framework.indicators[framework.indicators["role"] == about.role]
    known = framework.vocabulary.labels("characteristic")
    target = about.target
    counted = about.unit in (*_COUNTED, "organisations") and about.denominator is None
    byar = counted and (about.counts_people or counts(about.numerator)) and _whole(figures)
    return {
        "id": about.id, "measure": success_measure(framework, written), "role": about.role,
        "number": int(role["number"].max()) + 1 if len(role) else 1,
        "title": about.title, "short": _short(about.title), "lead": False, "proposed": False,
        "level": about.level, "unit": about.unit, "polarity": about.polarity, "numerator": about.numerator,
        "denominator": about.denominator, "counts_people": about.counts_people,
        "interval": "wilson" if is_share(written, figures) else "byar" if byar else "none",
        "target": float("nan") if target is None else target.value,
        "target_year": None if target is None else target.year,
        "target_source": None if target is None else target.source,
        "baseline_year": about.baseline, "cadence": about.cadence,
        "breakdowns": "; ".join(each for each in about.breakdowns if each in known) or None,
        "sphere": about.sphere, "owner": about.owner,
        "method": f"{about.definition.rstrip('.')}. Worked out of {about.table}.",
        "caveat": " ".join(caveats_of(written)) or None,
    }  # fmt: skip


def success_measure(framework: Framework, written: Written) -> str:
    """Return the success measure that an indicator stands under: the one it names, else that of its commitments' indicators, else its role's first.

    Raises:
        DefinitionError: its role has no success measure.
    """
    about = written.definition
    if about.measure is not None:
        return about.measure
    linked = framework.links[framework.links["commitment"].isin(about.commitments)]["indicator"]
    rows = framework.indicators[framework.indicators["id"].isin(linked)]
    own = rows[rows["role"] == about.role]["measure"].tolist()
    measures = framework.measures
    first = measures.loc[measures["role"] == about.role, "id"].tolist()
    if not own and not first:
        raise fault_at(written, "role", f"the register has no success measure of {about.role}.")
    return str((own or first)[0])


def _observed(
    edition: Edition, written: Written, found: pd.DataFrame, characteristic: str
) -> Iterator[dict[str, Any]]:
    """Return observations; a period or a group without a figure has none."""
    framework = Framework.of(edition)
    about = written.definition
    updated = pd.Timestamp(framework.updated or framework.calendar.until)
    counted = about.counts_people or _whole_frame(found)
    for row in found.to_dict("records"):
        top, base = row[NUMERATOR], row.get(DENOMINATOR, float("nan"))
        # Divided by nought there is no figure.
        if pd.isna(top) or pd.isna(row[VALUE]) or first_of(row[PERIOD]) < _FIRST_YEAR:
            continue
        share = counted and (about.unit == "percent" or DENOMINATOR not in found)
        yield {
            "indicator": about.id, "year": row[PERIOD][:7], "period": row[PERIOD],
            "as_at": _as_at(framework.calendar, row[PERIOD]),
            "organisation": next(iter(framework.vocabulary.labels("organisation")), ALL),
            "characteristic": characteristic, "group": row.get(GROUP, ALL) if characteristic != ALL else ALL,
            "value": float("nan") if share and about.unit != "GBP" else row[VALUE],
            "numerator": top if share and about.unit != "GBP" else None,
            "denominator": base if share and about.unit == "percent" else None,
            "note": None, "source": about.source, "updated": updated,
        }  # fmt: skip


def _whole_frame(found: pd.DataFrame) -> bool:
    told = [found[name].dropna() for name in (NUMERATOR, DENOMINATOR) if name in found]
    return not any(((each < 0) | (each % 1 != 0)).any() for each in told)


def _as_at(calendar: Calendar, period: str) -> pd.Timestamp:
    """Return up to when a period's figure tells: its end, or where the data of the edition end before, that day."""
    return pd.Timestamp(min(period_end(period), max(calendar.until, period_start(period))))


def _typed(observed: pd.DataFrame) -> pd.DataFrame:
    """Return counts as whole numbers that may be missing."""
    named = [name for name in (NUMERATOR, DENOMINATOR) if name in observed]
    return observed.assign(**{name: observed[name].astype("Float64").astype("Int64") for name in named})


def _short(title: str) -> str:
    """Return as many words of a title as stand in the head of a small chart."""
    if len(title) <= _SHORT:
        return title
    return f"{title[: _SHORT - 1].rsplit(' ', 1)[0]}…"
