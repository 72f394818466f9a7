"""Grants in the 360Giving standard."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

from svdash.importing.reconciliation import ImportFileError
from svdash.lines.line_faults import line_faults
from tests.integration.importing.made import TODAY, Imports, codes
from tests.integration.importing.workbooks import sheet, workbook

FLAT = {
    "Identifier": "360G-x-1",
    "Title": "Choirs",
    "Description": "Singing",
    "Currency": "GBP",
    "Amount Awarded": "3028.63",
    "Award Date": "2024-01-18",
    "Recipient Org:Identifier": "GB-CHC-1234567",
    "Recipient Org:Name": "Choir",
    "Recipient Org:Charity Number": "",
    "Funding Org:Identifier": "GB-LAE-X",
    "Funding Org:Name": "The Council",
    "Grant Programme:Title": "Corporate services",
    "Beneficiary Location:0:Geographic Code": "E08000012",
}


def grant(**changes: Any) -> dict[str, Any]:
    """A grant as JSON."""
    return {
        "id": "360G-x-1",
        "title": "Choirs",
        "description": "Singing",
        "currency": "GBP",
        "amountAwarded": 3028.63,
        "awardDate": "2024-01-18",
        "recipientOrganization": [{"id": "GB-CHC-1234567", "name": "Choir"}],
        "fundingOrganization": [{"id": "GB-LAE-X", "name": "The Council"}],
        "grantProgramme": [{"title": "Corporate services"}],
        "beneficiaryLocation": [{"geoCode": "E08000012", "geoCodeType": "MD"}],
    } | changes


def package(*grants: dict[str, Any]) -> str:
    return json.dumps({"grants": grants})


def flat(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(FLAT))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def run(imports: Imports, content: Any, **options: Any) -> Any:
    return imports.run(content, "360giving", **{"replace": True, **options})


FORMS = {
    "json": lambda imports: imports.file(package(grant()), "g.json"),
    "list": lambda imports: imports.file(json.dumps([grant()]), "g.json"),
    "csv": lambda imports: imports.file(flat(FLAT), "g.csv"),
    "xlsx": lambda imports: imports.file(
        workbook(
            {
                "grants": sheet(
                    [
                        list(FLAT),
                        [*list(FLAT.values())[:4], 3028.63, date(2024, 1, 18), *list(FLAT.values())[6:]],
                    ]
                )
            }
        ),
        "g.xlsx",
    ),
    "paths": lambda imports: imports.file(
        "id,title,currency,amountAwarded,awardDate,recipientOrganization/0/id,recipientOrganization/0/name,"
        "grantProgramme/0/title,beneficiaryLocation/0/geoCode\n"
        "360G-x-1,Choirs,GBP,3028.63,2024-01-18T00:00:00Z,GB-CHC-1234567,Choir,Corporate services,E08000012\n",
        "g.csv",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_grant_becomes_the_same_line_from_every_form(imports: Imports, form: str) -> None:
    found = run(imports, FORMS[form](imports))
    line = imports.lines().iloc[0]
    assert found.used.pence == line["amount_pence"] == 302_863
    assert line[["id", "date", "supplier", "supplier_id", "supplier_type", "programme", "purpose"]].tolist() == [
        "360G-x-1", date(2024, 1, 18), "Choir", "GB-CHC-1234567", "vcse", "corporate", "Choirs",
    ]  # fmt: skip
    assert line["supplier_place"] == "not-known"
    assert line[["benefit_area", "supplier_area", "contract_id"]].isna().all()
    assert line_faults(imports.pack, today=TODAY) == []


def test_sheets_beside_the_grants_are_left_aside(imports: Imports) -> None:
    heads = [
        "Identifier",
        "Title",
        "Currency",
        "Amount Awarded",
        "Award Date",
        "Recipient Org:0:Name",
        "Grant Programme:Title",
    ]
    grant = ["360G-x-1", "Chairs", "GBP", 1000, "2024-04-05", "Foo", "Small grants"]
    about = [["Identifier", "Title", "Description"], ["x", "Our grants", "All of them"]]
    book = workbook({"grants": sheet([heads, grant]), "meta": sheet(about)})
    found = imports.first(imports.file(book, "a.xlsx"), "360giving")
    assert (found.used.rows, found.used.pence) == (1, 100_000)


def test_places_count_where_they_are_areas_of_the_pack(imports: Imports) -> None:
    areas = imports.pack.table("areas")
    first, second = areas["code"].iloc[0], areas["code"].iloc[1]
    office = {"id": "GB-COH-1", "name": "Foo", "location": [{"geoCode": first}]}
    grants = [
        grant(recipientOrganization=[office], beneficiaryLocation=[{"geoCode": second}]),
        grant(id="360G-x-2", beneficiaryLocation=[{"geoCode": first}, {"geoCode": second}]),
        grant(id="360G-x-3", recipientOrganization=[office | {"location": [{"geoCode": "E08000012"}]}]),
    ]
    run(imports, imports.file(package(*grants), "g.json"))
    lines = imports.lines().set_index("id")
    assert lines.loc["360G-x-1", ["supplier_area", "supplier_place", "benefit_area"]].tolist() == [
        first, areas["district"].iloc[0], second,
    ]  # fmt: skip
    assert lines.loc["360G-x-2", ["benefit_area"]].isna().all()
    assert lines.loc["360G-x-3", "supplier_place"] == "E08000012"
    assert lines["supplier_type"].fillna("").tolist() == ["", "vcse", ""]


def test_people_who_got_a_grant_are_not_named(imports: Imports) -> None:
    person = grant(recipientIndividual={"id": "360G-x-ind-1", "name": "Ann Example"})
    del person["recipientOrganization"]
    run(imports, imports.file(package(person), "g.json"))
    line = imports.lines().iloc[0]
    assert (line["supplier"], line["supplier_type"]) == ("REDACTED", "individual")
    assert b"Ann Example" not in imports.pack.file("payments").read_bytes()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"amountAwarded": 10.005}, "amount-part-penny"),
        ({"amountAwarded": "ten"}, "amount-unreadable"),
        ({"amountAwarded": None}, "amount-missing"),
        ({"amountAwarded": True}, "amount-missing"),
        ({"awardDate": "2019-01-01"}, "date-before"),
        ({"awardDate": "2027-01-01"}, "date-future"),
        ({"id": ""}, "id-missing"),
        ({"id": "S-0123456789ab-000001"}, "id-missing"),
        ({"id": "360G-x-0"}, "id-twice"),
        ({"recipientOrganization": [{"name": "A"}, {"name": "B"}]}, "recipients"),
        ({"title": "=cmd|' /C calc'!A0"}, "formula"),
    ],
)
def test_a_grant_that_can_not_be_used_is_refused_for_its_reason(
    imports: Imports, changes: dict[str, Any], code: str
) -> None:
    content = package(grant(id="360G-x-0", amountAwarded=5), grant(**changes))
    found = run(imports, imports.file(content, "g.json"))
    assert codes(found.refused) == {code: 1}
    assert found.used.pence == 500
    assert found.incoming.pence == 500 + found.refused_pence


@pytest.mark.parametrize("number", ["1e400", "1e-400", "1E999999999", "9" * 300, "1.7976931348623157e308"])
def test_numbers_beyond_all_measure_are_refused(imports: Imports, number: str) -> None:
    content = package(grant(id="360G-x-0", amountAwarded=5), grant(amountAwarded=0.5)).replace("0.5", number)
    found = run(imports, imports.file(content, "g.json"))
    assert found.used.pence == 500
    assert found.refused_rows == found.refused_without == 1


def test_numbers_with_powers_of_ten_are_exact(imports: Imports) -> None:
    content = package(grant(amountAwarded=0.5)).replace("0.5", "1.23456E+3")
    assert run(imports, imports.file(content, "g.json")).used.pence == 123_456


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"grants": [}', "line 1, column 13: it is not valid JSON"),
        ('{"awards": []}', "there is no list of grants"),
        ('{"grants": [{"amountAwarded": NaN}]}', "NaN is not a JSON value"),
        ("[" * 100_000, "not JSON that can be read"),
        (b'{"grants": [\n"\xff"]}', "line 2: it is not UTF-8"),
        ("a,b\n1,2\n", "holds headings of 360giving"),
    ],
)
def test_a_file_that_is_no_360giving_is_told_and_changes_nothing(
    imports: Imports, content: str | bytes, told: str
) -> None:
    before = imports.bytes()
    with pytest.raises(ImportFileError, match=told):
        run(imports, imports.file(content, "g.json"))
    assert imports.bytes() == before


def test_the_same_grants_in_a_later_edition_are_not_counted_twice(imports: Imports) -> None:
    run(imports, imports.file(package(grant()), "first.json"))
    found = run(imports, imports.file(package(grant(), grant(id="360G-x-2", amountAwarded=7)), "second.json"))
    assert sorted(imports.lines()["amount_pence"]) == [700, 302_863]
    assert any("1 of the grants are in the pack already" in note for note in found.notes)


def test_the_same_grants_again_change_not_a_byte(imports: Imports) -> None:
    run(imports, imports.file(package(grant()), "first.json"))
    before = imports.bytes()
    assert not run(imports, imports.file(json.dumps([grant()]), "other.json"), replace=False).changed
    assert imports.bytes() == before


def test_a_grant_with_other_details_needs_a_decision(imports: Imports) -> None:
    run(imports, imports.file(package(grant()), "first.json"))
    newer = imports.file(package(grant(amountAwarded=4000)), "second.json")
    error = imports.refusal(newer, "360giving")
    assert codes(error.reconciliation.refused) == {"grant-differs": 1}
    run(imports, newer)
    assert list(imports.lines()["amount_pence"]) == [400_000]


def test_a_grant_may_be_given_a_programme_later(imports: Imports) -> None:
    path = imports.file(package(grant(grantProgramme=[])), "g.json")
    run(imports, path)
    imports.run(path, "360giving", programme="housing-first")
    assert list(imports.lines()["programme"]) == ["housing-first"]
    assert len(imports.lines()) == 1


def test_grants_and_spending_stand_in_one_table_and_likely_doubles_are_told(imports: Imports) -> None:
    imports.first("Date,Supplier,Amount\n18/01/2024,Choir,3028.63\n")
    found = run(imports, imports.file(package(grant()), "g.json"))
    assert len(imports.lines()) == 2
    assert any(
        "1 of 1 line have date, supplier and amount of lines of the file spend.csv" in n for n in found.notes
    )


@pytest.mark.parametrize(
    "heading",
    [
        "Recipient Org:2:Identifier",
        "Recipient Organisation:2:Name",
        "recipientOrganization/2/id",
        "Recipient Ind:0:Name",
    ],
)
def test_a_recipient_beside_the_first_is_seen_under_whatever_heading_it_stands(
    imports: Imports, heading: str
) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, [*FLAT, heading])
    writer.writeheader()
    writer.writerow({**FLAT, heading: "GB-CHC-7654321"})
    writer.writerow({**FLAT, "Identifier": "360G-x-2", heading: ""})
    found = imports.first(imports.file(out.getvalue(), "g.csv"), "360giving")
    assert codes(found.refused) == {"recipients": 1}
    assert found.used.rows == 1
