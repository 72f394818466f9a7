"""Whose pack it is: what the descriptor must say of its authority, and what is said of what is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from svdash.tables import Pack
from svdash.tables.authority import authority, faults
from svdash.wording.places import Place
from tests.copies import CopiedPack


def with_authority(copied: CopiedPack, **changes: object) -> Pack:
    """Open a copy with other entries of its authority; None takes one out."""
    path = copied.folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    given: Mapping[str, Any] = {**descriptor["authority"], **changes}
    descriptor["authority"] = {key: value for key, value in given.items() if value is not None}
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    return copied.open()


def test_the_embedded_pack_says_everything_of_its_authority(pack: Pack) -> None:
    assert faults(pack) == ()
    about = authority(pack)
    assert (about.place, about.organisation, about.threshold_pence) == ("city region", "lcrca", 2_000_000)


@pytest.mark.parametrize("key", ["name", "area", "place", "organisation"])
def test_a_text_that_is_missing_is_named_with_an_example(copied_pack: CopiedPack, key: str) -> None:
    (fault,) = faults(with_authority(copied_pack, **{key: None}))
    assert (fault.column, fault.value, fault.problem) == (f"authority.{key}", None, "is missing")
    assert "for example" in fault.remedy


def test_an_organisation_that_the_vocabulary_does_not_know_is_told_with_one_alike(
    copied_pack: CopiedPack,
) -> None:
    (fault,) = faults(with_authority(copied_pack, organisation="lcrac"))
    assert (fault.column, fault.value) == ("authority.organisation", "lcrac")
    assert "lcrca" in fault.remedy


@pytest.mark.parametrize("value", ["20000", -1, 1.5, True])
def test_a_threshold_that_is_no_amount_is_a_fault_and_is_not_used(
    copied_pack: CopiedPack, value: object
) -> None:
    opened = with_authority(copied_pack, contract_threshold_pence=value)
    assert [fault.column for fault in faults(opened)] == ["authority.contract_threshold_pence"]
    assert authority(opened).threshold_pence is None


def test_a_threshold_says_where_it_is_from(copied_pack: CopiedPack) -> None:
    (fault,) = faults(with_authority(copied_pack, contract_threshold_source=None))
    assert fault.column == "authority.contract_threshold_source"


def test_an_authority_without_a_threshold_has_none(copied_pack: CopiedPack) -> None:
    opened = with_authority(copied_pack, contract_threshold_pence=None, contract_threshold_source=None)
    assert faults(opened) == ()
    assert authority(opened).threshold_pence is None


@pytest.mark.parametrize("value", ["12", 0, -1, 100.1, True])
def test_a_turnover_that_is_no_percentage_is_a_fault_and_is_not_used(
    copied_pack: CopiedPack, value: object
) -> None:
    opened = with_authority(copied_pack, staff_turnover_percent=value, staff_turnover_source="made up")
    assert [fault.column for fault in faults(opened)] == ["authority.staff_turnover_percent"]
    assert authority(opened).turnover is None


def test_a_turnover_is_a_share_and_says_where_it_is_from(copied_pack: CopiedPack) -> None:
    opened = with_authority(copied_pack, staff_turnover_percent=12.5, staff_turnover_source="made up")
    assert faults(opened) == ()
    assert (authority(opened).turnover, authority(opened).turnover_source) == (0.125, "made up")
    (fault,) = faults(with_authority(copied_pack, staff_turnover_percent=12.5, staff_turnover_source=None))
    assert fault.column == "authority.staff_turnover_source"


def test_a_place_is_spoken_of_by_its_noun() -> None:
    county, fens = Place("county"), Place("fens")
    assert (county.the, county.own, county.start) == ("the county", "the county's", "County")
    assert fens.own == "the fens'"
