"""The vocabulary of a pack: codes, their labels and their order. Roles, groups and districts come from the pack, not from the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from svdash.tables import Edition, kept, split

DELIVERY_ORDER: Final = ("complete", "substantial", "limited", "not-started", "no-evidence")
# The group of those who were asked and did not answer.
NOT_STATED: Final = "not-stated"


class Vocabulary:
    """Code → label of every list in a vocabulary. ``rows`` have ``list``, ``code``, ``label`` and ``order``."""

    def __init__(self, rows: pd.DataFrame) -> None:
        rows = rows.sort_values(["list", "order"])
        meanings = rows["meaning"].fillna("") if "meaning" in rows else [""] * len(rows)
        self._meanings: dict[tuple[str, str], str] = {
            (str(name), str(code)): str(meaning)
            for name, code, meaning in zip(rows["list"], rows["code"], meanings, strict=True)
        }
        self._labels: dict[str, dict[str, str]] = {
            str(name): dict(zip(listed["code"], listed["label"], strict=True))
            for name, listed in rows.groupby("list", sort=False)
        }

    def meaning(self, name: str, code: str) -> str:
        """Return the meaning of a code in a list; empty if the list gives none."""
        return self._meanings.get((name, code), "")

    def labels(self, name: str) -> Mapping[str, str]:
        """Return code → label of one list of the vocabulary, in its order; empty where there is no such list."""
        return self._labels.get(name, {})

    def label(self, name: str, code: object) -> str:
        """Return the label of a code; the code itself where the vocabulary does not know it, a group's without its characteristic."""
        known = self.labels(name).get(str(code))
        if known is not None:
            return known
        return str(code).rpartition("=")[2] if name == "group" else str(code)

    def spell(self, name: str, codes: object) -> str:
        """Return the labels of a cell that may hold several codes."""
        return ", ".join(self.label(name, code) for code in split(codes))


@kept
def vocabulary(edition: Edition) -> Vocabulary:
    """Return the vocabulary of an edition."""
    return Vocabulary(edition.table("vocabulary"))


@kept
def districts(edition: Edition) -> Mapping[str, str]:
    """Return code → name of the districts that a pack's areas lie in: as its vocabulary lists and names them, then others.

    It needs no register, so it can be asked of a pack that has places only.
    """
    if "areas" not in edition.tables:
        return {}
    rows = edition.table("areas")
    named: dict[str, str] = dict(zip(rows["district"], rows["district_name"], strict=True))
    listed: dict[str, str] = {}
    if "vocabulary" in edition.tables:
        words = edition.table("vocabulary").sort_values("order")
        words = words[words["list"] == "district"]
        listed.update(zip(words["code"], words["label"], strict=True))
    order = [code for code in listed if code in named] + [code for code in named if code not in listed]
    return {code: listed.get(code) or named[code] for code in order}
