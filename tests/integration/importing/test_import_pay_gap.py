"""Returns from the gender pay gap service."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd
import pytest

from svdash.importing.reconciliation import ImportFileError
from tests.integration.importing.made import Imports, codes

HEADER = [
    "EmployerName",
    "EmployerId",
    "Address",
    "PostCode",
    "CompanyNumber",
    "SicCodes",
    "DiffMeanHourlyPercent",
    "DiffMedianHourlyPercent",
    "DiffMeanBonusPercent",
    "DiffMedianBonusPercent",
    "MaleBonusPercent",
    "FemaleBonusPercent",
    "MaleLowerQuartile",
    "FemaleLowerQuartile",
    "MaleLowerMiddleQuartile",
    "FemaleLowerMiddleQuartile",
    "MaleUpperMiddleQuartile",
    "FemaleUpperMiddleQuartile",
    "MaleTopQuartile",
    "FemaleTopQuartile",
    "CompanyLinkToGPGInfo",
    "ResponsiblePerson",
    "EmployerSize",
    "CurrentName",
    "SubmittedAfterTheDeadline",
    "DueDate",
    "DateSubmitted",
]
OWN = {
    "EmployerName": "LIVERPOOL CITY REGION COMBINED AUTHORITY",
    "EmployerId": "20001",
    "DiffMeanHourlyPercent": "4.2",
    "DiffMedianHourlyPercent": "-1.50",
    "MaleLowerQuartile": "40",
    "FemaleLowerQuartile": "60",
    "MaleLowerMiddleQuartile": "45.5",
    "FemaleLowerMiddleQuartile": "54.5",
    "MaleUpperMiddleQuartile": "50",
    "FemaleUpperMiddleQuartile": "50",
    "MaleTopQuartile": "57.1",
    "FemaleTopQuartile": "43.0",
    "EmployerSize": "250 to 499",
    "CurrentName": "LIVERPOOL CITY REGION COMBINED AUTHORITY",
    "DueDate": "2026/03/30 00:00:00",
}


def returns(*rows: dict[str, str]) -> bytes:
    """The service's file, with a mark and windows line ends as it has them, and an employer that is nobody's."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(
        [{**OWN, "EmployerName": "Another Ltd", "CurrentName": "Another Ltd", "EmployerId": "1"}, *rows]
    )
    return out.getvalue().encode("utf-8-sig")


def run(imports: Imports, *rows: dict[str, str], **options: Any) -> Any:
    return imports.run(imports.file(returns(*rows), "UK Gender Pay Gap Data.csv"), "pay-gap", **options)


def test_a_return_without_any_quarter_of_pay_still_brings_its_gaps(imports: Imports) -> None:
    before = {name: imports.pack.table(name) for name in ("observations_published", "pay_quarters")}
    bare = OWN | {name: "" for name in HEADER if name.endswith("Quartile")}
    found = run(imports, bare)
    assert found.used.rows == 1
    assert len(new_rows(imports, "observations_published", before["observations_published"])) == 2
    assert new_rows(imports, "pay_quarters", before["pay_quarters"]).empty
    assert "1 return without quarters of pay: only the gaps are taken." in found.notes


def test_a_return_with_some_quarters_of_pay_alone_is_refused(imports: Imports) -> None:
    part = OWN | {"FemaleTopQuartile": "", "MaleTopQuartile": ""}
    error = imports.refusal(imports.file(returns(part), "g.csv"), "pay-gap")
    assert codes(error.reconciliation.refused) == {"other": 1, "figure": 1}


def new_rows(imports: Imports, table: str, before: pd.DataFrame) -> pd.DataFrame:
    """The rows that a table has more than before, which all come after those."""
    after = imports.pack.table(table)
    pd.testing.assert_frame_equal(after.iloc[: len(before)], before)
    return after.iloc[len(before) :]


def test_a_return_becomes_two_observations_and_four_quarters(imports: Imports) -> None:
    gaps, quarters = imports.pack.table("observations_published"), imports.pack.table("pay_quarters")
    found = run(imports, OWN)
    added = new_rows(imports, "observations_published", gaps)
    assert added[["indicator", "value"]].values.tolist() == [["EMP-I7", 4.2], ["EMP-I8", -1.5]]
    assert set(added["organisation"]) == {"lcrca"}
    assert set(added["year"]) == {"2024/25"}
    assert set(added["as_at"].dt.strftime("%Y-%m-%d")) == {"2025-03-31"}
    assert set(added["note"]) == {"Statutory return, reporting year 2025-26, 250 to 499 employees"}
    shares = new_rows(imports, "pay_quarters", quarters)
    assert shares[["quarter", "women_percent"]].values.tolist() == [
        [1, 60.0],
        [2, 54.5],
        [3, 50.0],
        [4, 43.0],
    ]
    assert not imports.pack.faults or not [f for f in imports.pack.faults if f.table in found.tables]
    assert (found.incoming.rows, found.used.rows, codes(found.refused)) == (2, 1, {"other": 1})


def test_the_published_figures_of_the_pack_come_out_of_its_own_returns(imports: Imports) -> None:
    gaps = imports.pack.table("observations_published")
    shares = imports.pack.table("pay_quarters")
    year = gaps[(gaps["year"] == "2023/24") & (gaps["organisation"] == "lcrca")].set_index("indicator")[
        "value"
    ]
    women = shares[(shares["year"] == "2023/24") & (shares["organisation"] == "lcrca")].set_index("quarter")
    row = OWN | {
        "DueDate": "2025/03/30 00:00:00",
        "DiffMeanHourlyPercent": str(year["EMP-I7"]),
        "DiffMedianHourlyPercent": str(year["EMP-I8"]),
    }
    for place, name in enumerate(["Lower", "LowerMiddle", "UpperMiddle", "Top"], start=1):
        row |= {f"Female{name}Quartile": str(women["women_percent"][place]), f"Male{name}Quartile": ""}
    before = imports.bytes()
    found = run(imports, row)
    assert not found.changed
    assert imports.bytes() == before
    assert any("the pack has already" in note for note in found.notes)


def test_other_rows_of_the_tables_keep_every_byte(imports: Imports) -> None:
    before = imports.bytes()
    run(imports, OWN)
    after = imports.bytes()
    for name in ("observations_published", "pay_quarters"):
        assert after[f"{name}.v2.csv"].startswith(before[f"{name}.csv"])
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"observations_published.v2.csv", "pay_quarters.v2.csv", "datapackage.json"}


def test_the_same_file_again_changes_not_a_byte(imports: Imports) -> None:
    run(imports, OWN)
    before = imports.bytes()
    assert not run(imports, OWN).changed
    assert imports.bytes() == before


def test_other_figures_for_a_return_need_a_decision(imports: Imports) -> None:
    run(imports, OWN)
    path = imports.file(returns(OWN | {"DiffMeanHourlyPercent": "9.9"}), "later.csv")
    error = imports.refusal(path, "pay-gap")
    assert codes(error.reconciliation.refused) == {"other": 1, "differs": 1}
    length = len(imports.pack.table("observations_published"))
    imports.run(path, "pay-gap", replace=True)
    table = imports.pack.table("observations_published")
    assert len(table) == length
    assert 9.9 in set(table[table["indicator"] == "EMP-I7"]["value"])


@pytest.mark.parametrize(
    ("due", "as_at", "year"),
    [
        ("2026/03/31 00:00:00", "2025-03-31", "2024/25"),
        ("31/03/2026 00:00:00", "2025-03-31", "2024/25"),
        ("2026/04/05 00:00:00", "2025-04-05", "2025/26"),
        ("2021/10/05 00:00:00", "2020-03-31", "2019/20"),
    ],
)
def test_the_day_that_pay_was_looked_at_follows_from_the_day_it_was_due(
    imports: Imports, due: str, as_at: str, year: str
) -> None:
    run(imports, OWN | {"DueDate": due})
    added = imports.pack.table("pay_quarters").tail(4)
    assert set(added["as_at"].dt.strftime("%Y-%m-%d")) == {as_at}
    assert set(added["year"]) == {year}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DiffMeanHourlyPercent": ""}, "figure"),
        ({"DiffMedianHourlyPercent": "n/a"}, "figure"),
        ({"FemaleTopQuartile": "143"}, "figure"),
        ({"FemaleTopQuartile": "=1"}, "figure"),
        ({"FemaleTopQuartile": "50"}, "quarters"),
        ({"DueDate": "soon"}, "snapshot"),
    ],
)
def test_a_return_with_a_slip_is_refused_for_its_reason(
    imports: Imports, changes: dict[str, str], code: str
) -> None:
    path = imports.file(returns(OWN | changes), "p.csv")
    error = imports.refusal(path, "pay-gap")
    assert codes(error.reconciliation.refused) == {"other": 1, code: 1}


def test_a_second_row_of_the_same_organisation_is_refused(imports: Imports) -> None:
    assert codes(run(imports, OWN, OWN).refused) == {"other": 1, "twice": 1}


def test_a_file_without_a_return_of_the_pack_says_how_to_name_an_employer(imports: Imports) -> None:
    error = imports.refusal(imports.file(returns(), "p.csv"), "pay-gap")
    assert "no employer is called Liverpool City Region Combined Authority" in str(error)
    assert '--value "organisation:12345=' in str(error)


def test_an_employer_can_be_named_by_its_number(imports: Imports) -> None:
    mapping = imports.file('{"values": {"organisation": {"1": "merseytravel"}}}', "m.json")
    run(imports, mapping=mapping)
    assert set(imports.pack.table("pay_quarters").tail(4)["organisation"]) == {"merseytravel"}


def test_a_table_that_is_no_such_file_is_told(imports: Imports) -> None:
    with pytest.raises(ImportFileError, match="none of the first 40 rows holds headings of pay-gap"):
        imports.run("Date,Supplier,Amount\n1/4/2024,Foo,1\n", "pay-gap")
