"""What every part of the equality page stands on: characteristics, panels, groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from svdash.editions import Edition
from svdash.findings.finding import Finding
from svdash.findings.spec import Parameter, Spec
from svdash.register import ALL, NOT_STATED, Framework, View

USUAL: Final = ""
# A gap between groups is a question: every finding of the page says so.
QUESTION: Final = "A gap is a question, not proof of discrimination: it says how much, not why."
COUNTS: Final = (
    "Counts of people are rounded to 5; 1 to 4 are suppressed as [c], and others beside them where one could be worked "
    "out; shares of fewer than 20 people are left out as [k]."
)


@dataclass(frozen=True)
class Chosen:
    """What the page is asked for: a characteristic, and the group the others are compared with (empty: the usual)."""

    characteristic: str = "sex"
    reference: str = USUAL

    def params(self) -> dict[str, str]:
        """Return what the open data is asked for beside the filters."""
        return {"characteristic": self.characteristic, "reference": self.reference}


def table(edition: Edition, name: str, *columns: str) -> pd.DataFrame:
    """Return a table of the pack; an empty one with these columns where the pack has none."""
    return edition.table(name) if name in edition.tables else pd.DataFrame(columns=list(columns))


def characteristics(edition: Edition, panel: str = ALL) -> dict[str, str]:
    """Return code → label of the characteristics that a panel looks at, all of them without one."""
    every = {c: t for c, t in Framework.of(edition).vocabulary.labels("characteristic").items() if c != ALL}
    if panel == ALL:
        return every
    rows = table(edition, "panels", "panel", "characteristic")
    seen = set(rows.loc[rows["panel"] == panel, "characteristic"])
    return {code: label for code, label in every.items() if code in seen}


def panels(edition: Edition) -> dict[str, str]:
    """Return code → label of the Equality Panels."""
    rows = table(edition, "panels", "panel", "label", "order").sort_values("order")
    return dict(zip(rows["panel"], rows["label"], strict=True))


def groups(edition: Edition, characteristic: str) -> dict[str, str]:
    """Return code → label of the groups of a characteristic, those who stated none last."""
    start = f"{characteristic}="
    found = {
        code.removeprefix(start): label
        for code, label in Framework.of(edition).vocabulary.labels("group").items()
        if code.startswith(start)
    }
    return {c: t for c, t in found.items() if c != NOT_STATED} | (
        {NOT_STATED: found[NOT_STATED]} if NOT_STATED in found else {}
    )


def usual(edition: Edition, characteristic: str, present: list[str]) -> str:
    """Return the group that others are compared with unless the reader chooses.

    The vocabulary's list ``reference_group`` names it; where it does not, or that group has no figures, it is the
    last of ``present`` that stated one. Empty where nobody stated a group.
    """
    stated = [group for group in present if group != NOT_STATED]
    named = [
        code.partition("=")[2]
        for code in Framework.of(edition).vocabulary.labels("reference_group")
        if code.startswith(f"{characteristic}=")
    ]
    return next((group for group in named if group in stated), stated[-1] if stated else "")


def reference_of(edition: Edition, chosen: Chosen, present: list[str]) -> str:
    """Return the comparison group that is asked for, the usual one where that has no figures here."""
    return chosen.reference if chosen.reference in present else usual(edition, chosen.characteristic, present)


def year_of(view: View, years: pd.Series) -> str:
    """Return the newest year with figures up to the chosen one; empty where there is none."""
    upto = sorted({str(y) for y in years if view.year in (ALL, y) or str(y) <= view.year})
    return upto[-1] if upto else ""


def _groups(edition: Edition) -> tuple[str, ...]:
    codes = Framework.of(edition).vocabulary.labels("group")
    return ("", *dict.fromkeys(code.partition("=")[2] for code in codes))


_PARAMETERS: Final = {
    "characteristic": Parameter(
        "The groups that people are shown by", lambda edition: tuple(characteristics(edition)), "sex"
    ),
    "reference": Parameter("Group that the others are compared with; empty: the usual one", _groups, USUAL),
}


def of_groups(name: str, title: str, build: Callable[[Edition, View, Chosen], Finding]) -> Spec:
    """Return the spec of a finding that is asked for by a characteristic and a group to compare with."""
    return Spec(
        name,
        title,
        lambda edition, view, given: build(edition, view, Chosen(**given)),
        parameters=_PARAMETERS,
        narrowed={"reference": lambda edition, values: ("", *groups(edition, values["characteristic"]))},
    )
