"""The smallest gap that matters, as a pack sets it: used where it is a size, named where it is none."""

from __future__ import annotations

import pandas as pd
import pytest

from svdash.measures.smallest_gap import SMALLEST, SmallestGap
from svdash.tables import Pack
from svdash.tables.gap_sizes import faults, smallest_gap
from tests.copies import CopiedPack


def with_sizes(copied: CopiedPack, **sizes: str) -> Pack:
    """Open a copy whose vocabulary has these codes and labels in the list ``smallest_gap``."""

    def added(rows: pd.DataFrame) -> pd.DataFrame:
        own = pd.DataFrame(
            {"list": "smallest_gap", "code": list(sizes), "label": list(sizes.values()), "order": "1"}
        )
        return pd.concat([rows, own], ignore_index=True)

    copied.change("vocabulary", added)
    return copied.open()


def test_a_pack_that_sets_none_has_the_products_own(pack: Pack) -> None:
    assert smallest_gap(pack) == SMALLEST
    assert faults(pack) == ()


def test_a_pack_may_set_some_of_the_sizes(copied_pack: CopiedPack) -> None:
    opened = with_sizes(copied_pack, points="0.5", high="1.25")
    assert smallest_gap(opened) == SmallestGap(points=0.5, low=0.9, high=1.25)
    assert faults(opened) == ()


@pytest.mark.parametrize(
    ("code", "label", "problem"),
    [
        ("points", "half", "has no number for a label"),
        ("points", "inf", "has no number for a label"),
        ("percent", "1", "is not a size of the list smallest_gap"),
        ("low", "1.2", "cannot be"),
        ("points", "-1", "cannot be"),
    ],
)
def test_what_is_no_size_is_named_and_not_used(
    copied_pack: CopiedPack, code: str, label: str, problem: str
) -> None:
    opened = with_sizes(copied_pack, **{code: label})
    (fault,) = faults(opened)
    assert problem in str(fault)
    assert smallest_gap(opened) == SMALLEST
