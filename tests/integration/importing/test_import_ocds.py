"""Contracts in the Open Contracting Data Standard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from svdash.findings.economy import contracts
from svdash.importing import importer
from svdash.importing.files.source_files import open_source
from svdash.importing.reconciliation import ImportFileError, Options
from svdash.register import View
from tests.copies import CopiedPack
from tests.integration.importing.made import Imports, codes

OCID = "ocds-h6vhtk-04abcd"


def criterion(name: str, number: float | None = None, description: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"type": "quality", "name": name, "description": description}
    return found | (
        {"numbers": [{"number": number, "weight": "percentageExact"}]} if number is not None else {}
    )


def release(**changes: Any) -> dict[str, Any]:
    """An award notice with one supplier, one contract and weighted criteria."""
    return {
        "ocid": OCID,
        "id": "1",
        "date": "2024-05-01T00:00:00Z",
        "tag": ["award", "contract"],
        "buyer": {"id": "b", "name": "Liverpool City Region Combined Authority"},
        "parties": [{"id": "s1", "name": "Foo Ltd", "identifier": {"scheme": "GB-COH", "id": "01234567"}}],
        "tender": {
            "lots": [
                {
                    "id": "L1",
                    "awardCriteria": {"criteria": [criterion("Price", 60), criterion("Social value", 12.5)]},
                }
            ]
        },
        "awards": [
            {
                "id": "A1",
                "status": "active",
                "date": "2024-04-20",
                "suppliers": [{"id": "s1", "name": "Foo Ltd"}],
                "value": {"amount": 250000.1, "currency": "GBP"},
                "relatedLots": ["L1"],
            }
        ],
        "contracts": [{"id": "C1", "awardID": "A1", "period": {"startDate": "2024-06-01T00:00:00+01:00"}}],
    } | changes


def run(imports: Imports, *releases: Any, **options: Any) -> Any:
    path = imports.file(json.dumps({"releases": list(releases)}), "notices.json")
    return imports.run(path, "ocds", **{"replace": True, **options})


def rows(imports: Imports) -> list[dict[str, Any]]:
    return imports.pack.table("contracts").to_dict("records")


def award(**changes: Any) -> dict[str, Any]:
    return {**release()["awards"][0], **changes}


def test_an_award_with_its_contract_is_a_row_with_value_start_supplier_and_weight(imports: Imports) -> None:
    found = run(imports, release(), programme="corporate")
    (row,) = rows(imports)
    assert row["contract_id"] == f"{OCID}/C1"
    assert row["supplier_id"] == "GB-COH-01234567"
    assert row["value_pence"] == 25_000_010
    assert str(row["start"].date()) == "2024-06-01"
    assert (row["social_value_scored"], row["weighting_percent"], row["programme"]) == (
        True,
        12.5,
        "corporate",
    )
    assert found.incoming.pence == found.used.pence == 25_000_010
    assert imports.entry("contracts")["status"] == "published"
    assert not [fault for fault in imports.pack.faults if fault.table == "contracts"]


def test_records_are_read_like_releases(imports: Imports) -> None:
    for package in (
        {"records": [{"ocid": OCID, "compiledRelease": release()}]},
        {"records": [{"releases": [release()]}]},
        release(),
    ):
        found = imports.run(imports.file(json.dumps(package), "a.json"), "ocds", replace=True)
        assert found.used.rows == 1
        assert rows(imports)[0]["weighting_percent"] == 12.5


def test_releases_of_one_process_are_read_together_and_the_latest_counts(imports: Imports) -> None:
    tender = release(awards=[], contracts=[], date="2023-01-01")
    first = release(tender={}, date="2024-05-01")
    later = release(tender={}, date="2024-07-01", awards=[award(value={"amount": 7, "currency": "GBP"})])
    found = run(imports, later, tender, first)
    (row,) = rows(imports)
    assert (row["value_pence"], row["weighting_percent"]) == (700, 12.5)
    assert found.incoming.rows == 1


def test_a_list_of_releases_or_of_packages_is_read_like_a_package(imports: Imports) -> None:
    for found in ([release()], [{"releases": [release()]}, {"releases": [release(ocid=f"{OCID}2")]}]):
        told = imports.run(imports.file(json.dumps(found), "a.json"), "ocds", replace=True)
        assert told.used.rows == len(found)


def test_an_object_that_is_no_release_is_left_aside_and_told(imports: Imports) -> None:
    told = imports.run(imports.file(json.dumps([release(), {"note": "x"}]), "a.json"), "ocds", replace=True)
    assert told.used.rows == 1
    assert any("1 object is neither a release nor a list of releases" in note for note in told.notes)
    with pytest.raises(ImportFileError, match="there is no list of releases"):
        imports.run(imports.file(json.dumps([{"note": "x"}]), "b.json"), "ocds")


def test_a_date_before_all_years_is_read_as_it_stands(imports: Imports) -> None:
    assert run(imports, release(date="0001-01-01T00:00:00+01:00")).used.rows == 1


def test_a_contract_that_has_come_to_its_end_was_let_all_the_same(imports: Imports) -> None:
    ended = {**release()["contracts"][0], "status": "terminated"}
    assert run(imports, release(contracts=[ended])).used.rows == 1


def test_a_page_of_several_says_that_there_are_more(imports: Imports) -> None:
    path = imports.file(json.dumps({"releases": [release()], "links": {"next": "x?cursor=2"}}), "a.json")
    assert any("one page of several" in note for note in imports.run(path, "ocds", replace=True).notes)
    assert not any("one page of several" in note for note in run(imports, release()).notes)


def test_releases_of_summer_and_winter_time_stand_in_their_order(imports: Imports) -> None:
    first = release(date="2024-05-02T00:30:00+01:00")
    later = release(date="2024-05-01T23:45:00Z", awards=[award(value={"amount": 7, "currency": "GBP"})])
    run(imports, first, later)
    assert rows(imports)[0]["value_pence"] == 700


@pytest.mark.parametrize(
    ("criteria", "scored", "weight"),
    [
        ([criterion("Quality", 40), criterion("Price", 60)], False, None),
        ([criterion("Social Value", description="10%")], True, 10),
        ([criterion("Social  value and TOMs", description="as in the tender")], True, None),
        ([criterion("Other", description="Social value, 15 points")], True, None),
        ([], None, None),
    ],
)
def test_criteria_say_whether_social_value_was_scored_or_it_stays_open(
    imports: Imports, criteria: list[dict[str, Any]], scored: bool | None, weight: float | None
) -> None:
    tender = {"lots": [{"id": "L1", "awardCriteria": {"criteria": criteria}}]}
    found = run(imports, release(tender=tender))
    row = imports.pack.table("contracts").iloc[0]
    assert (None if row.isna()["social_value_scored"] else bool(row["social_value_scored"])) == scored
    assert (None if row.isna()["weighting_percent"] else float(row["weighting_percent"])) == weight
    assert any("don't name social value" in note for note in found.notes) == (scored is False)
    assert any("It is not known whether" in note for note in found.notes) == (scored is None)


def test_only_the_criteria_of_the_awards_own_lots_count(imports: Imports) -> None:
    lots = [
        {"id": "L1", "awardCriteria": {"criteria": [criterion("Price", 100)]}},
        {"id": "L2", "awardCriteria": {"criteria": [criterion("Social value", 20)]}},
    ]
    run(imports, release(tender={"lots": lots}))
    assert not rows(imports)[0]["social_value_scored"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value": {"amount": 5, "currency": "EUR"}}, "currency"),
        ({"value": {"amount": 0, "currency": "GBP"}}, "value"),
        ({"value": {"amount": 1.005, "currency": "GBP"}}, "amount-part-penny"),
        ({"value": None}, "amount-missing"),
        ({"status": "unsuccessful"}, "status"),
        ({"suppliers": [{"id": "s1"}, {"id": "s2"}]}, "suppliers"),
    ],
)
def test_an_award_that_is_no_contract_is_refused_for_its_reason(
    imports: Imports, changes: dict[str, Any], code: str
) -> None:
    other = release(ocid="ocds-2")
    found = run(imports, release(awards=[award(**changes)]), other)
    assert codes(found.refused) == {code: 1}
    assert (found.incoming.rows, found.used.rows) == (2, 1)
    assert found.incoming.pence == found.used.pence + found.refused_pence
    assert found.refused_file is not None
    assert OCID in found.refused_file.read_text(encoding="utf-8-sig")


def test_each_contract_of_an_award_is_a_row_with_a_value_of_its_own(imports: Imports) -> None:
    made = [
        {"id": "C1", "awardID": "A1", "value": {"amount": 5, "currency": "GBP"}, "dateSigned": "2024-05-02"},
        {"id": "C2", "awardID": "A1", "dateSigned": "2024-05-03"},
    ]
    found = run(imports, release(contracts=made))
    assert [(row["value_pence"], str(row["start"].date())) for row in rows(imports)] == [(500, "2024-05-02")]
    assert codes(found.refused) == {"amount-missing": 1}


def test_an_award_without_ids_or_dates_is_refused(imports: Imports) -> None:
    nameless = {name: value for name, value in award().items() if name != "id"}
    undated = {name: value for name, value in award().items() if name != "date"}
    found = run(
        imports,
        release(),
        release(ocid="", awards=[award()]),
        release(ocid="x", awards=[nameless], contracts=[]),
        release(ocid="y", awards=[undated], contracts=[]),
    )
    assert codes(found.refused) == {"id-missing": 2, "start": 1}


def test_the_same_file_again_changes_not_a_byte_and_a_newer_one_needs_a_decision(imports: Imports) -> None:
    run(imports, release())
    before = imports.bytes()
    assert not run(imports, release(), replace=False).changed
    assert imports.bytes() == before
    path = imports.file(json.dumps(release(awards=[award(value={"amount": 9, "currency": "GBP"})])), "b.json")
    assert codes(imports.refusal(path, "ocds").reconciliation.refused) == {"differs": 1}
    assert imports.run(path, "ocds", replace=True).changed
    assert [row["value_pence"] for row in rows(imports)] == [900]


def test_contracts_of_several_files_stand_together(imports: Imports) -> None:
    run(imports, release())
    run(imports, release(ocid="ocds-2"), replace=False)
    assert [row["contract_id"] for row in rows(imports)] == [f"{OCID}/C1", "ocds-2/C1"]


def test_illustrative_contracts_do_not_stand_beside_real_ones(imports: Imports) -> None:
    path = imports.file(json.dumps(release()), "a.json")
    assert "is illustrative" in str(imports.refusal(path, "ocds"))


def test_notices_without_an_award_are_told(imports: Imports) -> None:
    bare = release(ocid="ocds-3", awards=[], contracts=[])
    assert any("1 process without an award" in note for note in run(imports, release(), bare).notes)
    path = imports.file(json.dumps(bare), "a.json")
    assert "there is no award in it" in str(imports.refusal(path, "ocds", replace=True))


def test_awards_of_several_buyers_are_told(imports: Imports) -> None:
    found = run(imports, release(), release(ocid="ocds-2", buyer={"name": "Another"}))
    assert any("2 buyers" in note for note in found.notes)


@pytest.mark.parametrize(
    ("content", "told"),
    [("a,b\n1,2\n", "OCDS is JSON"), ("{}", "no list of releases or records"), ("[1]", "no list of releases or records"), ("{", "is not valid JSON")],
)  # fmt: skip
def test_what_is_no_package_is_told(imports: Imports, content: str, told: str) -> None:
    with pytest.raises(ImportFileError, match=told):
        imports.run(imports.file(content, "a.json"), "ocds")


def test_an_unknown_programme_is_told_with_those_there_are(imports: Imports) -> None:
    with pytest.raises(ImportFileError, match="Did you mean 'corporate'"):
        run(imports, release(), programme="corporat")


def test_contracts_of_which_nobody_knows_the_score_are_on_neither_side_of_the_share(
    copied_pack: CopiedPack, tmp_path: Path
) -> None:
    scored = [release(ocid=f"s-{n}") for n in range(2)]
    unscored = release(
        ocid="u", tender={"lots": [{"id": "L1", "awardCriteria": {"criteria": [criterion("Price", 100)]}}]}
    )
    unknown = [release(ocid=f"x-{n}", tender={}) for n in range(3)]
    path = tmp_path / "notices.json"
    path.write_text(json.dumps({"releases": [*scored, unscored, *unknown]}), encoding="utf-8")
    found = importer("ocds")(open_source(path), copied_pack.open(), Options(replace=True))
    assert found.used.rows == 6
    frame = contracts.contracts(copied_pack.open(), View(year="2024/25")).frame
    assert frame[["year", "contracts", "scored"]].values.tolist() == [["2024/25", 3, 2]]


def test_a_number_that_stands_for_many_names_is_no_supplier(imports: Imports) -> None:
    releases = []
    for n, name in enumerate(["Alder Ltd", "Birch plc", "Cedar Ltd", "Dogwood LLP"]):
        parties = [{"id": "org-1", "name": name}]
        awards = [{**release()["awards"][0], "suppliers": [{"id": "org-1", "name": name}]}]
        releases.append(release(ocid=f"{OCID}{n}", parties=parties, awards=awards))
    found = run(imports, *releases)
    assert any(
        "'org-1', which has many names (Alder Ltd, Birch plc, Cedar Ltd)" in note for note in found.notes
    )
    assert len({row["supplier_id"] for row in rows(imports)}) == 4
    run(imports, *releases, answers=(("numbers", "keep"),))
    assert {row["supplier_id"] for row in rows(imports)} == {"org-1"}


def test_a_number_of_a_register_that_stands_for_many_names_is_no_supplier(imports: Imports) -> None:
    releases = []
    for n, name in enumerate(["Alder Ltd", "Birch plc", "Cedar Ltd"]):
        parties = [{"id": f"s{n}", "name": name, "identifier": {"scheme": "GB-COH", "id": "12345678"}}]
        awards = [{**release()["awards"][0], "suppliers": [{"id": f"s{n}", "name": name}]}]
        releases.append(release(ocid=f"{OCID}{n}", parties=parties, awards=awards))
    run(imports, *releases)
    assert len({row["supplier_id"] for row in rows(imports)}) == 3


def test_records_one_a_line_are_read(imports: Imports) -> None:
    records = [{"ocid": f"{OCID}{n}", "compiledRelease": release(ocid=f"{OCID}{n}")} for n in range(2)]
    file = imports.file("\n".join(map(json.dumps, records)), "records.jsonl")
    assert imports.run(file, "ocds", replace=True).used.rows == 2
