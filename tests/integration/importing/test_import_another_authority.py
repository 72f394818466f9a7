"""Every format into a copy of the county's pack: other identifiers, districts and words, and no table of the embedded one."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pytest

from svdash.importing import FORMATS
from svdash.importing.reconciliation import ImportFileError
from svdash.lines.line_faults import line_faults
from svdash.tables import boundary_faults
from tests.another_authority import found
from tests.integration.importing.made import TODAY, Imports, table
from tests.integration.importing.test_import_boundaries import shapes
from tests.integration.importing.test_import_grants import grant, package
from tests.integration.importing.test_import_iod import OF_2025, file7, own
from tests.integration.importing.test_import_ocds import release
from tests.integration.importing.test_import_outcomes import outcome_table
from tests.integration.importing.test_import_pay_gap import OWN, returns
from tests.packs.make_fenmarsh import AREAS_EACH, DISTRICTS, FOLDER

COUNCIL = "Fenmarsh County Council"


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Imports:
    """A copy of the county's pack, and a memory of mappings of its own."""
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    (tmp_path / "files").mkdir()
    return Imports(Path(shutil.copytree(FOLDER, tmp_path / "pack")), tmp_path / "files")


def spending(county: Imports) -> Any:
    rows = table("15/05/2021,Foo Ltd,600.50,Paint", "16/05/2021,Bar Ltd,900,Wood")
    return county.run(rows, "spend", programme="hall-fund", replace=True)


def grants(county: Imports) -> Any:
    given = grant(
        awardDate="2021-05-18",
        fundingOrganization=[{"id": "GB-LAE-X", "name": COUNCIL}],
        grantProgramme=[{"title": "Hall Fund"}],
        beneficiaryLocation=[{"geoCode": "E07000901", "geoCodeType": "NMD"}],
    )
    mapping = county.file(json.dumps({"constants": {"supplier_type": "charity"}}), "mapping.json")
    return county.run(
        county.file(package(given), "grants.json"),
        "360giving",
        programme="hall-fund",
        replace=True,
        mapping=mapping,
    )


def pay_gap(county: Imports) -> Any:
    row = OWN | {"EmployerName": COUNCIL.upper(), "CurrentName": COUNCIL, "DueDate": "2023/03/30 00:00:00"}
    return county.run(county.file(returns(row), "UK Gender Pay Gap Data.csv"), "pay-gap", replace=True)


def indices(county: Imports) -> Any:
    return county.run(county.file(file7(own(county), OF_2025), "File_7.csv"), "iod", replace=True)


def boundaries(county: Imports) -> Any:
    drawn = shapes(county)
    features = [
        {
            "type": "Feature",
            "properties": {"LSOA21CD": code, "LSOA21NM": "Name"},
            "geometry": shape.__geo_interface__,
        }
        for code, shape in drawn.items()
    ]
    path = county.file(json.dumps({"type": "FeatureCollection", "features": features}), "b.geojson")
    return county.run(path, "boundaries", replace=True)


def lookup(county: Imports) -> Any:
    codes = [row["code"] for row in own(county)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["LSOA11CD", "LSOA11NM", "CHGIND", "LSOA21CD", "LSOA21NM", "LAD22CD", "LAD22NM", "ObjectId"]
    )
    writer.writerows(
        [code, "Name", "U", code, "Name", "E07000901", "Northfen", number]
        for number, code in enumerate(codes, start=1)
    )
    return county.run(county.file(text.getvalue(), "lookup.csv"), "lsoa-lookup")


def postcodes(county: Imports) -> Any:
    drawn = shapes(county)
    inner = [shape.representative_point() for shape in drawn.values()]
    spots = geopandas.GeoSeries(inner, crs=4326).to_crs(27700)
    districts = [code for code in DISTRICTS for _ in range(AREAS_EACH)]
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC).writerows(
        [f"PE{1 + at // 26:<2d}1A{chr(65 + at % 26)}", "10", round(spot.x), round(spot.y), "E92000001", "", "",
         "E10000901", district, "E05000001"]
        for at, (spot, district) in enumerate(zip(spots, districts, strict=True))
    )  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Data/CSV/pe.csv", text.getvalue())
    return county.run(county.file(packed.getvalue(), "codepo_gb.zip"), "postcodes")


def contracts(county: Imports) -> Any:
    notice = release(buyer={"id": "b", "name": COUNCIL})
    path = county.file(json.dumps({"releases": [notice]}), "notices.json")
    return county.run(path, "ocds", replace=True, programme="village-shuttle")


def outcomes(county: Imports) -> Any:
    return county.run(county.file(outcome_table(), "deal.csv"), "outcomes", replace=True)


FILES: dict[str, Callable[[Imports], Any]] = {
    "spend": spending,
    "360giving": grants,
    "pay-gap": pay_gap,
    "iod": indices,
    "boundaries": boundaries,
    "lsoa-lookup": lookup,
    "postcodes": postcodes,
    "ocds": contracts,
    "outcomes": outcomes,
}


def test_every_format_is_tried() -> None:
    assert set(FILES) == set(FORMATS)


@pytest.mark.parametrize("form", FILES)
def test_a_file_of_each_format_comes_into_the_countys_pack(county: Imports, form: str) -> None:
    reconciliation = FILES[form](county)
    assert reconciliation.used.rows > 0
    assert found(str(reconciliation)) == []
    pack = county.pack
    faults = (*pack.faults, *boundary_faults.faults(pack), *line_faults(pack, today=TODAY))
    # Real contracts take the place of invented ones, to which the invented payments still refer.
    known = {("payments", "contract_id")} if form == "ocds" else set()
    assert [fault for fault in faults if (fault.table, fault.column) not in known] == []


def test_a_return_becomes_figures_of_the_indicators_that_the_county_marks(county: Imports) -> None:
    pay_gap(county)
    rows = county.pack.table("observations_published")
    rows = rows[rows["year"] == "2021/22"].drop_duplicates("indicator", keep="last")
    assert {"K2", "K3"} <= set(rows["indicator"])
    assert set(rows["organisation"]) == {"fenmarsh"}


def test_a_return_is_refused_where_no_indicator_is_marked_for_it(county: Imports) -> None:
    path = county.folder / "indicators.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("median-gender-pay-gap", ""), encoding="utf-8")
    with pytest.raises(ImportFileError, match="no indicator with the concept median-gender-pay-gap"):
        pay_gap(county)
