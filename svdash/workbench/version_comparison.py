"""Two versions of an indicator compared: what its definition says, field by field, and its figures, as they may be told."""

from __future__ import annotations

import json
from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition
from svdash.editions.prototypes import PrototypeRows, with_prototype
from svdash.findings.finding import records
from svdash.findings.indicators import gated_observations
from svdash.register import ALL, Framework
from svdash.workbench.definition import IndicatorDefinition

SAID: Final = ("field", "before", "after")
_KEYS: Final = ["period", "organisation", "characteristic", "group"]
_TOLD: Final = ["value", "numerator", "denominator"]
_EVERYBODY: Final = "everybody"
_ABSENT: Final = "not in this version"


def text_differences(before: IndicatorDefinition, after: IndicatorDefinition) -> pd.DataFrame:
    """Return what two definitions say differently: ``field``, ``before`` and ``after`` as text, one row a field."""
    first, second = before.model_dump(mode="json"), after.model_dump(mode="json")
    rows = [
        {"field": name.replace("_", " "), "before": _text(first[name]), "after": _text(second[name])}
        for name in first
        if first[name] != second[name]
    ]
    return pd.DataFrame(rows, columns=list(SAID), dtype="str")


def figure_differences(edition: Edition, before: PrototypeRows, after: PrototypeRows) -> pd.DataFrame:
    """Return the figures that two versions tell differently, each as it may be written after disclosure control.

    Each version is gated with everything else that the edition has, so that what is held back in either stays so.

    Returns:
        ``period``, ``organisation``, ``characteristic``, ``group`` as people call them, ``before`` and ``after`` (text, in the indicator's unit),
        the newest period first.
    """
    sides = {
        "before": _figures(edition, before),
        "after": _figures(edition, after),
    }
    told = sides["before"].merge(sides["after"], on=_KEYS, how="outer", suffixes=("_before", "_after"))
    said = pd.DataFrame({name: told[f"said_{name}"].fillna(_ABSENT) for name in sides})
    rows = told[_KEYS].assign(**said)
    differs = rows[rows["before"] != rows["after"]]
    ordered = differs.sort_values(_KEYS, ascending=[False, True, True, True], ignore_index=True)
    words = Framework.of(edition).vocabulary
    return ordered.assign(
        organisation=[words.label("organisation", each) for each in ordered["organisation"]],
        characteristic=[
            _EVERYBODY if each == ALL else words.label("characteristic", each)
            for each in ordered["characteristic"]
        ],
        group=[
            _EVERYBODY if group == ALL else words.label("group", f"{characteristic}={group}")
            for characteristic, group in zip(ordered["characteristic"], ordered["group"], strict=True)
        ],
    )


def _figures(edition: Edition, rows: PrototypeRows) -> pd.DataFrame:
    """Return the gated figures of one version as text."""
    below: Edition = getattr(edition, "below", edition)
    gated = gated_observations.gated(with_prototype(below, rows))
    own = disclosure.as_written(gated[gated["indicator"] == rows.indicator])
    said = [_said(each) for each in records(own[[*_TOLD, "marker"]])]
    return own[_KEYS].assign(said=pd.Series(said, index=own.index, dtype="str"))


def _said(row: dict[str, Any]) -> str:
    value, above, below = (row[name] for name in _TOLD)
    if pd.isna(value) and pd.isna(above):
        return str(row["marker"]) or "[x]"
    parts = [] if pd.isna(value) else [wording.number(float(value), 1)]
    if not pd.isna(above) and not pd.isna(below):
        parts.append(f"({wording.number(int(above))} of {wording.number(int(below))})")
    elif not parts:
        parts.append(wording.number(int(above)))
    return " ".join(parts)


def _text(value: Any) -> str:
    if value is None or value == []:
        return "not said"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
