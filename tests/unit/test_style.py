"""The style sheet: a name means one thing."""

from __future__ import annotations

import re
from collections import Counter

from svdash import theme

# A rule of one class alone, where it stands for every width and on paper: names said twice here have two meanings.
_OWN = re.compile(r"^(\.sv-[\w-]+) \{", re.MULTILINE)
_CONDITIONS = re.compile(r"@media [^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")

_ASKED_OF_WIDTH = re.compile(r"@media ([^({]*)\((?:min|max)-width:")


def test_what_is_for_narrow_screens_is_for_screens_since_a_sheet_is_measured_before_it_lies_across() -> None:
    asked = _ASKED_OF_WIDTH.findall(theme.STYLE)
    assert len(asked) > 1
    assert [before for before in asked if not before.endswith("screen and ")] == []


def test_no_class_is_styled_anew_further_down() -> None:
    always = _CONDITIONS.sub("", theme.STYLE)
    names = Counter(_OWN.findall(always))
    assert {".sv-gap", ".sv-mark"} <= set(names)
    assert [name for name, times in names.items() if times > 1] == []
