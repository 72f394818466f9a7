"""Fields of a definition changed in its text: the rest stays as it was written."""

from __future__ import annotations

from typing import Any

import pytest

from svdash.workbench.definition import DefinitionError, fields
from svdash.workbench.definition_text import edited

TEXT = """# Why this is here
id: ABC-I1
title: 'Staff who cycle'  # as the survey says
definition: >-
  Staff who cycled
  to work.

# How it is worked out
numerator: sum(a)
caveats:
  - One.
  - Two.  # really
  # and no more
unit: percent
"""


@pytest.mark.parametrize(
    ("name", "value", "gone", "come"),
    [
        ("title", "Staff", "'Staff who cycle'", "Staff"),
        ("definition", "Staff.", ">-\n  Staff who cycled\n  to work.", "Staff."),
        ("caveats", ["One: two"], "\n  - One.\n  - Two.", "\n- 'One: two'"),
        ("unit", None, "unit: percent\n", ""),
        ("denominator", "sum(b)", "numerator: sum(a)\n", "numerator: sum(a)\ndenominator: sum(b)\n"),
        ("target", {"value": 3, "year": "2027/28"}, "unit: percent\n", "target:\n  value: 3\n  year: 2027/28\nunit: percent\n"),
        ("numerator", "count(where=a == 'x: # y')", "sum(a)", "'count(where=a == ''x: # y'')'"),
    ],
)  # fmt: skip
def test_one_field_changes_and_the_rest_stays_as_it_was(name: str, value: Any, gone: str, come: str) -> None:
    found, expected = edited(TEXT, name, value), TEXT.replace(gone, come, 1)
    for comment in ("  # really", "  # and no more\n"):
        # Comments within a list go with the list.
        found, expected = found.replace(comment, ""), expected.replace(comment, "")
    assert found == expected
    assert fields(found)[0] == {key: each for key, each in {**fields(TEXT)[0], name: value}.items() if each is not None}  # fmt: skip


def test_every_field_set_and_taken_out_again_leaves_the_fields_as_they_were() -> None:
    before = fields(TEXT)[0]
    for name in ("id", "level", "year", "criteria_for_change", "strange"):
        text = edited(TEXT, name, "2024/25: a 'b' #c")
        assert fields(text)[0][name] == "2024/25: a 'b' #c"
        assert fields(edited(text, name, before.get(name)))[0] == before


def test_a_text_begins_with_its_first_field_and_keeps_a_comment_before_it() -> None:
    assert edited("", "title", "Staff") == "title: Staff\n"
    assert edited("# mine\n", "title", "Staff") == "# mine\ntitle: Staff\n"
    assert edited("title: Staff\n", "title", None) == ""
    assert edited("title: Staff", "id", "ABC-I1") == "id: ABC-I1\ntitle: Staff"


def test_braces_are_written_anew_and_what_is_no_yaml_is_refused() -> None:
    assert edited("{title: Staff, unit: percent}", "title", "All") == "{title: All, unit: percent}"
    assert edited("{title: Staff}", "unit", "percent") == "title: Staff\nunit: percent\n"
    with pytest.raises(DefinitionError):
        edited("a: [1", "title", "All")
