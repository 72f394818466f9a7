"""`check` finds what can't be: each rule is tried on a pack that breaks it, and no number of people is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from svdash.cli import commands
from svdash.lines.line_faults import group_faults
from svdash.tables import Fault, Pack, open_pack
from tests.copies import ROOT, SMALL, CopiedPack

Edit = Callable[[pd.DataFrame], pd.DataFrame]
ODD = "98765"


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """Tables are known by what is in them, so that what is known of the others may stay here."""


def first(rows: pd.DataFrame, **wanted: str) -> int:
    """The place of the first row that has these values."""
    return int(rows.index[(rows[list(wanted)] == list(wanted.values())).all(axis=1)][0])


def put(column: str, value: str, **wanted: str) -> Edit:
    """Write a value into the first row that has what is wanted."""

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[first(rows, **wanted), column] = value
        return rows

    return edit


def reduced(column: str, **wanted: str) -> Edit:
    """Halve a number in the rows that have what is wanted."""

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        hit = (rows[list(wanted)] == list(wanted.values())).all(axis=1)
        rows.loc[hit, column] = (rows.loc[hit, column].astype(int) // 2).astype(str)
        return rows

    return edit


# table, what is done to it, and what of the fault says so.
IMPOSSIBLE: dict[str, tuple[str, Edit, str]] = {
    "a share of 478%": ("observations_published", put("value", "478", numerator=""), "can't be a percentage"),
    "more appointed than offered": (
        "recruitment",
        put("people", ODD, stage="appointed", characteristic="sex"),
        "people become more from one stage to the next",
    ),
    "more appointed in all": (
        "recruitment",
        put("people", ODD, stage="appointed", characteristic="all"),
        "people become more",
    ),
    "groups of recruitment that are not everybody": (
        "recruitment",
        reduced("people", characteristic="sex"),
        "don't add up to as many people",
    ),
    "more women than a programme has people": (
        "reached_groups",
        put("people", ODD, characteristic="sex", group="women", programme="adult-skills-fund"),
        "don't add up to as many people",
    ),
    "a rank outside its decile": (
        "areas",
        put("decile", "9", decile="1"),
        "the decile is not that of the rank",
    ),
    "unequal pay quarters": ("pay", reduced("people", quarter="2"), "pay quarters are not equal"),
    "a quarter that is not in everybody": (
        "pay",
        put("people", ODD, quarter="all"),
        "add up to",
    ),
    "a published figure without a source": (
        "observations_published",
        put("source", "", numerator=""),
        "has no source",
    ),
    "a report in the future": (
        "updates",
        put("evidence_date", "2096-03-31", delivery="complete"),
        "the date is after the table was last updated",
    ),
    "a year in the future": (
        "recruitment",
        lambda rows: rows.assign(year=rows["year"].replace("2023/24", "2096/97")),
        "the year begins after the table was last updated",
    ),
}


def of(pack: Pack, table: str) -> list[Fault]:
    return [fault for fault in pack.contradictions if fault.table == table]


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_a_fault_of_its_table(copied_pack: CopiedPack, name: str) -> None:
    table, edit, said = IMPOSSIBLE[name]
    copied_pack.change(table, edit)
    pack = copied_pack.open()
    assert any(said in fault.problem for fault in of(pack, table)), of(pack, table)


@pytest.mark.parametrize("name", [name for name, (table, *_) in IMPOSSIBLE.items() if table != "areas"])
def test_no_fault_tells_a_number_that_was_found(copied_pack: CopiedPack, name: str) -> None:
    table, edit, _ = IMPOSSIBLE[name]
    copied_pack.change(table, edit)
    text = json.dumps([str(fault) for fault in copied_pack.open().contradictions])
    assert len(text) > len("[]")
    assert ODD not in text
    assert "478" not in text


@pytest.mark.parametrize(
    ("column", "value"), [("numerator", "1,234"), ("numerator", "-17"), ("value", "12.5 %")]
)
def test_a_cell_of_people_that_cannot_be_read_is_named_by_its_place_alone(
    copied_pack: CopiedPack, column: str, value: str
) -> None:
    copied_pack.change("observations_illustrative", put(column, value, characteristic="sex"))
    faults = [each for each in copied_pack.open().faults if each.table == "observations_illustrative"]
    assert column in {fault.column for fault in faults}
    for fault in faults:
        assert fault.value is None
        assert not re.search(r"1,?234|\b17\b|12\.5", f"{fault.problem} {fault.remedy}")


@pytest.mark.parametrize(
    "folder", [SMALL, ROOT / "tests" / "packs" / "fenmarsh"], ids=lambda folder: folder.name
)
def test_the_packs_that_are_there_contradict_nothing(folder: Path) -> None:
    assert open_pack(folder).contradictions == ()
    assert group_faults(open_pack(folder)) == []


def test_a_rule_that_a_pack_leaves_aside_is_not_tried(copied_pack: CopiedPack) -> None:
    table, edit, _ = IMPOSSIBLE["a rank outside its decile"]
    copied_pack.change(table, edit)

    def leave(said: dict[str, Any]) -> None:
        next(each for each in said["resources"] if each["name"] == table)["unchecked"] = ["decile-of-rank"]

    copied_pack.describe(leave)
    assert of(copied_pack.open(), table) == []


def test_groups_that_outnumber_the_contact_lines_are_a_fault_where_those_are_complete(tmp_path: Path) -> None:
    fenmarsh = CopiedPack.into(tmp_path / "pack", ROOT / "tests" / "packs" / "fenmarsh")
    fenmarsh.change("reached_groups", put("people", "99999", characteristic="sex"))
    (fault,) = group_faults(fenmarsh.open())
    assert (fault.table, fault.column, fault.value) == ("reached_groups", "people", None)
    assert "99999" not in str(fault)


def test_check_names_it_and_nothing_is_withheld_so_that_no_gap_looks_like_suppression(
    copied_pack: CopiedPack,
) -> None:
    table, edit, said = IMPOSSIBLE["more appointed than offered"]
    copied_pack.change(table, edit)
    result = CliRunner().invoke(commands.main, ["check", str(copied_pack.folder)])
    assert result.exit_code == 1
    assert said in result.output
    assert len(copied_pack.open().table(table)) == len(copied_pack.rows(table))
