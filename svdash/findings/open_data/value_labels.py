"""What the values of a parameter are called: people write a label or a usual spelling where a code is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from svdash.editions import Edition
from svdash.findings.open_data import open_tables
from svdash.findings.spec import Parameter, Spec
from svdash.register import Framework

# 2024-25, 2024–25 and 2024/2025 are ways of writing 2024/25.
_YEAR: Final = re.compile(r"((?:19|20)[0-9]{2})\s*[-/–]\s*(?:(?:19|20)(?=[0-9]{2}$))?([0-9]{2})")


def labelled(edition: Edition, name: str, about: Parameter) -> dict[str, str]:
    """Return the values that a parameter may have, each with its label; none where any text will do.

    A value that has no label is its own.
    """
    if about.allowed is None:
        return {}
    register = Framework.of(edition)
    known = register.filters.districts if name == "district" else register.vocabulary.labels(name)
    return {value: known.get(value, value) for value in about.allowed(edition)}


def as_codes(edition: Edition, table: Spec, given: Mapping[str, str]) -> dict[str, str]:
    """Return parameters with codes in place of labels and other spellings; what is not clear stays as it is."""
    known = open_tables.parameters(edition, table)
    return {
        name: _code(edition, name, known[name], value) if name in known else value
        for name, value in given.items()
    }


def _code(edition: Edition, name: str, about: Parameter, given: str) -> str:
    labels = labelled(edition, name, about)
    if given in labels or not labels:
        return given
    year = _YEAR.fullmatch(given.strip())
    meant = {_folded(given), f"{year[1]}/{year[2]}" if year else ""}
    found = [value for value, label in labels.items() if meant & {_folded(value), _folded(label)}]
    return found[0] if len(found) == 1 else given


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
