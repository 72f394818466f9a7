"""The style sheet: a name means one thing."""

from __future__ import annotations

import re
from collections import Counter

from svdash import theme

# A rule of one class alone, where it stands for every width and on paper: names said twice here have two meanings.
_OWN = re.compile(r"^(\.sv-[\w-]+) \{", re.MULTILINE)
_CONDITIONS = re.compile(r"@media [^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")


def test_no_class_is_styled_anew_further_down() -> None:
    always = _CONDITIONS.sub("", theme.STYLE)
    names = Counter(_OWN.findall(always))
    assert {".sv-gap", ".sv-mark"} <= set(names)
    assert [name for name, times in names.items() if times > 1] == []
