"""``python -m svdash pull``: from publishers into a pack, all or nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from svdash.cli import commands as cli
from svdash.findings.open_data import open_tables
from svdash.findings.reach import area_figures as area_findings
from svdash.importing.pull.products import PRODUCTS
from svdash.register import View
from svdash.settings import address
from svdash.tables import open_pack
from tests.copies import ROOT
from tests.integration.pull.conftest import entry
from tests.integration.pull.made import MERGED, PARTS, Later, all_faults, folder_bytes
from tests.integration.pull.publisher import Publisher

Pull = Callable[..., Result]
SETTINGS = [part.setting for parts in PRODUCTS.values() for part in parts]


def lines(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(open_pack(folder).file(name))


@pytest.mark.usefixtures("in_processes")
def test_the_newer_edition_and_its_boundaries_make_a_pack_without_faults(
    publisher: Publisher, folder: Path, pull: Pull, later: Later
) -> None:
    assert all_faults(open_pack(folder)) == []
    result = pull("iod2025", "boundaries2021")
    assert result.exit_code == 0, result.output
    pack = open_pack(folder)
    assert all_faults(pack) == []
    areas = pack.table("areas")
    assert set(areas["vintage"]) == {"2025"}
    assert len(areas) == len(later.areas) - 3 + 3
    assert set(areas["code"]) == set(later.later_shapes)


def test_products_come_in_the_right_order_however_they_are_asked_for(
    publisher: Publisher, folder: Path, pull: Pull
) -> None:
    result = pull("postcodes", "boundaries2021", "iod2025")
    assert result.exit_code == 0, result.output
    assert all_faults(open_pack(folder)) == []


def test_a_pull_tells_where_from_how_much_and_which_fingerprint(
    publisher: Publisher, pull: Pull, later: Later
) -> None:
    told = pull("iod2025").stdout
    content = later.file_7()
    assert f"{len(content):,} bytes, from {publisher.address}/media/File_7_IoD2025.csv" in told
    assert f"SHA-256 {hashlib.sha256(content).hexdigest()} (recorded; no fingerprint was given" in told
    assert "Some areas have no outline yet: pull boundaries2021 next." in told
    assert "Import next" not in told
    assert "Written: areas, contacts, payments and places." in told


def test_boundaries_are_asked_for_the_packs_districts_alone(publisher: Publisher, pull: Pull) -> None:
    assert pull("iod2025", "boundaries2021").exit_code == 0
    (asked,) = [path for path, _, _ in publisher.asked if path.startswith("/query")]
    assert asked == "/query?where=LSOA21NM LIKE 'Knowsley %'&f=geojson"


def test_boundaries_of_another_census_are_refused_before_anything_is_fetched(
    publisher: Publisher, folder: Path, pull: Pull
) -> None:
    before = folder_bytes(folder)
    result = pull("boundaries2021")
    assert result.exit_code == 2
    assert "Pull both together: python -m svdash pull iod2025 boundaries2021" in result.stderr
    assert publisher.asked == []
    assert folder_bytes(folder) == before


def test_one_after_the_other_comes_to_the_same_as_both_together(
    publisher: Publisher, folder: Path, pull: Pull, earlier: Path, tmp_path: Path
) -> None:
    assert pull("iod2025").exit_code == 0
    assert any("without a boundary" in fault for fault in all_faults(open_pack(folder)))
    assert pull("boundaries2021").exit_code == 0
    assert all_faults(open_pack(folder)) == []
    apart = open_pack(folder)
    before = {name: apart.file(name).read_bytes() for name in apart.names}
    shutil.rmtree(folder)
    shutil.copytree(earlier, folder)
    assert pull("iod2025", "boundaries2021").exit_code == 0
    together = open_pack(folder)
    assert {name: together.file(name).read_bytes() for name in together.names} == before


def test_the_same_again_changes_nothing_and_fetches_nothing(
    publisher: Publisher, folder: Path, pull: Pull
) -> None:
    names = ("iod2025", "boundaries2021", "postcodes")
    assert pull(*names).exit_code == 0
    before = folder_bytes(folder)
    result = pull(*names)
    assert result.exit_code == 0
    assert "Nothing changes in the pack." in result.stdout
    assert publisher.statuses == [200] * 4 + [304] * 4
    assert folder_bytes(folder) == before


def test_a_dry_run_tells_all_and_changes_nothing(publisher: Publisher, folder: Path, pull: Pull) -> None:
    before = folder_bytes(folder)
    result = pull("iod2025", "boundaries2021", "--dry-run")
    assert result.exit_code == 0
    assert "A dry run: nothing was written. It would be: areas, boundaries, " in result.stdout
    assert "contacts: " in result.stdout
    assert folder_bytes(folder) == before


def test_json_is_what_came_of_it_and_nothing_else(publisher: Publisher, folder: Path, pull: Pull) -> None:
    found = json.loads(pull("iod2025", "--json").stdout)
    assert set(found["files"]) == {"iod", "lsoa-lookup"}
    assert [each["format"] for each in found["imports"]] == ["iod", "lsoa-lookup"]
    assert found["changed"] == ["areas", "contacts", "payments", "places"]
    assert (found["dry_run"], found["problem"]) == (False, None)
    publisher.offers.clear()
    failed = json.loads(pull("iod2025", "--json").stdout)
    assert failed["changed"] == []
    assert "404" in failed["problem"]


@pytest.mark.parametrize(
    ("path", "status", "content", "told"),
    [
        ("/query", 404, b"", "the server answers 404"),
        ("/items/cbfe/csv", 503, b"", "the server answers 503"),
        ("/media/File_7_IoD2025.csv", 200, b"<!doctype html><title>Sign in</title>", "a web page came"),
        # The last one that is read, when the others are in the copy already.
        ("/items/cbfe/csv", 200, b"all,of\nthis,is\nwrong,yet\n", "It came from"),
    ],
)
def test_whatever_a_publisher_does_wrong_the_pack_stays_as_it_was(
    publisher: Publisher, folder: Path, pull: Pull, path: str, status: int, content: bytes, told: str
) -> None:
    before = folder_bytes(folder)
    if status == 200:
        publisher.offer(path, content)
    else:
        publisher.offers[path].failures += [status] * 9
    result = pull("iod2025", "boundaries2021")
    assert result.exit_code == 2
    assert told in result.stderr
    assert "The pack is as it was." in result.stderr
    assert "python -m svdash import " in result.stderr
    assert folder_bytes(folder) == before
    assert [each.name for each in folder.parent.iterdir() if each.name.startswith("svdash-pull")] == []


def test_a_file_of_another_edition_is_refused_and_the_pack_stays(
    publisher: Publisher, folder: Path, pull: Pull, later: Later
) -> None:
    before = folder_bytes(folder)
    wrong = later.boundaries().replace(b"LSOA21", b"LSOA11")
    publisher.offer("/query", wrong)
    result = pull("iod2025", "boundaries2021")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Refused: LSOA_2021_boundaries.geojson: its areas (LSOA11CD) are of the 2011 Census"
    )
    assert folder_bytes(folder) == before


def test_wrong_bytes_leave_the_pack_as_it_was(
    publisher: Publisher, folder: Path, pull: Pull, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = hashlib.sha256(later.file_7()).hexdigest()
    monkeypatch.setenv("SVDASH_IOD2025_URL", f"{publisher.address}/media/File_7_IoD2025.csv#sha256={sha256}")
    assert "as expected" in pull("iod2025", "--dry-run").stdout
    publisher.offer("/media/File_7_IoD2025.csv", later.file_7().replace(b"Knowsley 001A", b"Knowsley 001Z"))
    before = folder_bytes(folder)
    result = pull("iod2025")
    assert result.exit_code == 2
    assert f"and not {sha256}" in result.stderr
    assert folder_bytes(folder) == before


def test_without_a_network_a_person_is_told_what_to_do(
    publisher: Publisher, folder: Path, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_IOD2025_URL", "http://nowhere.invalid/File_7.csv")
    result = pull("iod2025")
    assert result.exit_code == 2
    assert "http://nowhere.invalid/File_7.csv: the server can't be reached" in result.stderr
    assert "https://www.gov.uk/government/statistics/english-indices-of-deprivation-2025" in result.stderr
    assert "SVDASH_IOD2025_URL" in result.stderr
    assert "run: python -m svdash import iod FILE --replace" in result.stderr


@pytest.mark.usefixtures("in_processes")
def test_what_broke_off_is_taken_up_by_the_next_pull(
    publisher: Publisher, folder: Path, pull: Pull, later: Later
) -> None:
    offer = publisher.offers["/media/File_7_IoD2025.csv"]
    offer.breaks += [2_000, 0, 0, 0, 0]
    assert "the 2,000 bytes that came are kept" in pull("iod2025").stderr
    result = pull("iod2025")
    assert result.exit_code == 0
    assert (
        f"{len(offer.content):,} bytes, of which {len(offer.content) - 2_000:,} were fetched now"
        in result.stdout
    )


def test_every_setting_has_an_address_in_full_and_may_be_blank() -> None:
    assert [address(each, {each: "  "})[:8] for each in SETTINGS] == ["https://"] * 4
    assert address(SETTINGS[0], {SETTINGS[0]: " https://example.org/a.csv "}) == "https://example.org/a.csv"


def test_a_product_that_is_none_is_told_with_those_there_are() -> None:
    result = CliRunner().invoke(cli.main, ["pull", "iod2024"])
    assert result.exit_code == 2
    assert "'iod2024' is none of: iod2025, boundaries2021, postcodes." in result.stderr


def test_help_does_not_wait_for_what_fetches() -> None:
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom svdash.cli import commands as cli\n"
        "CliRunner().invoke(cli.main, ['pull', '--help'])\nprint(sorted({'httpx', 'pandas'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


# -- one edition --------------------------------------------------------------------------------------


def test_all_years_of_a_series_are_on_the_areas_of_one_edition(
    publisher: Publisher, folder: Path, pull: Pull
) -> None:
    before = {name: lines(folder, name) for name in ("payments", "contacts")}
    assert pull("iod2025", "boundaries2021").exit_code == 0
    known = set(open_pack(folder).table("areas")["code"])
    for name, columns in (("payments", ("supplier_area", "benefit_area")), ("contacts", ("area",))):
        after = lines(folder, name)
        years = pd.to_datetime(after["date"]).dt.year
        assert years.nunique() > 3
        for column in columns:
            for _, codes in after.groupby(years)[column]:
                assert set(codes.dropna()) <= known
            had, has = before[name][column].notna(), after[column].notna()
            assert had.sum() == has.sum() if name == "payments" else had.sum() <= has.sum()


def test_exports_name_the_newer_edition_after_the_pull(
    publisher: Publisher, folder: Path, pull: Pull
) -> None:
    assert area_findings.vintage(open_pack(folder)) == "IoD 2019"
    assert pull("iod2025", "boundaries2021").exit_code == 0
    pack = open_pack(folder)
    table = next(each for each in open_tables.every_table(pack) if each.name == "areas")
    given = {name: each.default or "" for name, each in table.parameters.items()}
    rows = table.build(pack, View(), given).export()
    assert len(rows) == len(pack.table("areas"))
    assert set(rows["vintage"]) == {"IoD 2025"}
    assert {entry(folder, name)["vintage"] for name in ("payments", "contacts", "places")} == {"2025"}


def test_the_descriptor_tells_how_lines_were_placed_and_by_which_file(
    publisher: Publisher, folder: Path, pull: Pull, later: Later
) -> None:
    gone = lines(folder, "contacts")["area"].isin(later.gone).sum()
    assert pull("iod2025").exit_code == 0
    found = entry(folder, "contacts")
    placed = found["placed"]
    assert (placed["from"], placed["to"]) == ("2011", "2021")
    assert placed["sha256"] == hashlib.sha256(later.lookup()).hexdigest()
    assert placed["lookup"]["path"] == f"{publisher.address}/items/cbfe/csv?layers=0"
    assert sum(placed["lines"].values()) == gone
    area = next(each for each in found["schema"]["fields"] if each["name"] == "area")
    assert area["description"].startswith("LSOA 2021")
    assert found["status"] == "illustrative"


def test_every_penny_and_every_person_is_still_there(publisher: Publisher, folder: Path, pull: Pull) -> None:
    keys = {"payments": ["id", "date", "programme"], "contacts": ["date", "programme"]}
    values = {"payments": "amount_pence", "contacts": "people"}
    before = {name: lines(folder, name).groupby(keys[name])[values[name]].sum() for name in keys}
    assert pull("iod2025", "boundaries2021").exit_code == 0
    for name, sums in before.items():
        pd.testing.assert_series_equal(lines(folder, name).groupby(keys[name])[values[name]].sum(), sums)


def test_merged_areas_bring_all_their_lines_together_and_split_ones_share(
    publisher: Publisher, folder: Path, pull: Pull, later: Later
) -> None:
    before = lines(folder, "contacts").groupby("area")["people"].sum()
    assert pull("iod2025").exit_code == 0
    after = lines(folder, "contacts").groupby("area")["people"].sum()
    assert after[MERGED] == before[list(later.merged)].sum()
    one, other = after[PARTS[0]], after[PARTS[1]]
    assert one + other == before[later.split]
    # 500 and 1,000 residents; lines of one person are drawn, so a little off is right.
    assert one / (one + other) == pytest.approx(1 / 3, abs=0.03)
    untouched = [code for code in before.index if code not in later.gone]
    pd.testing.assert_series_equal(after[untouched], before[untouched])


# -- postcodes ----------------------------------------------------------------------------------------


def test_postcodes_are_placed_in_the_areas_they_lie_in_and_labelled_derived(
    publisher: Publisher, folder: Path, pull: Pull, later: Later
) -> None:
    result = pull("iod2025", "boundaries2021", "postcodes")
    assert result.exit_code == 0, result.output
    rows = open_pack(folder).table("postcodes").set_index("postcode")
    inside = rows[rows["how"] == "inside"]
    assert list(inside["area"]) == list(later.later_shapes)
    assert rows.loc["L98 1NR", "how"] == "nearest"
    assert not {"L98 1FA", "L98 1NP", "WA99 1EL"} & set(rows.index)
    found = entry(folder, "postcodes")
    assert found["derived"] is True
    assert "derived" in found["title"]
    assert found["licenses"][0]["name"] == "OGL-UK-3.0"
    assert found["vintage"] == "2025"
    for reason in (
        "more than 250 m from every area",
        "has no position yet",
        "outside the pack's districts",
        "an earlier row",
    ):
        assert reason in result.stdout


def test_postcodes_need_outlines_of_all_areas(publisher: Publisher, folder: Path, pull: Pull) -> None:
    before = folder_bytes(folder)
    result = pull("iod2025", "postcodes")
    assert result.exit_code == 2
    assert "no outlines of all its areas" in result.stderr
    assert folder_bytes(folder) == before


def test_postcodes_of_areas_that_are_gone_are_left_out_until_they_are_pulled_anew(
    publisher: Publisher, folder: Path, pull: Pull
) -> None:
    assert pull("postcodes").exit_code == 0
    assert entry(folder, "postcodes")["vintage"] == "2019"
    there = len(open_pack(folder).table("postcodes"))
    result = pull("iod2025", "boundaries2021")
    assert result.exit_code == 0
    assert "Pull them again" in result.stdout
    pack = open_pack(folder)
    assert len(pack.table("postcodes")) < there
    assert all_faults(pack) == []
    assert pull("postcodes").exit_code == 0
    assert len(open_pack(folder).table("postcodes")) == there


def test_a_line_with_a_postcode_goes_where_that_lies(
    publisher: Publisher, folder: Path, pull: Pull, later: Later
) -> None:
    payments = lines(folder, "payments")
    chosen = payments["benefit_area"] == later.split
    payments["benefit_postcode"] = None
    payments.loc[chosen, "benefit_postcode"] = (
        f"l{1 + list(later.later_shapes).index(PARTS[0]) // 26}1a"
        + chr(97 + list(later.later_shapes).index(PARTS[0]) % 26)
    )
    payments.to_parquet(open_pack(folder).file("payments"), index=False)
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    fields = next(each for each in descriptor["resources"] if each["name"] == "payments")["schema"]["fields"]
    fields.append({"name": "benefit_postcode", "type": "string"})
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    assert pull("iod2025", "boundaries2021", "postcodes").exit_code == 0
    after = lines(folder, "payments").set_index("id").loc[payments.loc[chosen, "id"]]
    assert set(after["benefit_area"]) == {PARTS[0]}
    assert entry(folder, "payments")["placed"]["lines"]["postcode"] == chosen.sum()


def test_a_supplier_is_placed_by_the_postcode_that_a_file_of_spending_gives(
    publisher: Publisher, folder: Path, pull: Pull, tmp_path: Path
) -> None:
    assert pull("postcodes").exit_code == 0
    rows = open_pack(folder).table("postcodes")
    postcode, area = rows.loc[0, "postcode"], rows.loc[0, "area"]
    file = tmp_path / "spend.csv"
    file.write_text(
        "Date,Supplier,Amount,Purpose,Supplier Postcode\n"
        f"01/04/2024,Here Ltd,1000.00,Chairs,{postcode.lower().replace(' ', '')}\n"
        "02/04/2024,There Ltd,500.00,Desks,ZE1 0AA\n"
    )
    result = CliRunner().invoke(
        cli.main,
        ["import", "spend", str(file), "--pack", str(folder), "--replace", "--programme", "corporate"],
    )
    assert result.exit_code == 0, result.output
    paid = lines(folder, "payments").set_index("supplier")
    assert paid.loc["Here Ltd", ["supplier_area", "supplier_place"]].tolist() == [area, "E08000011"]
    assert pd.isna(paid.loc["There Ltd", "supplier_area"])


def test_all_payments_to_one_supplier_move_together(
    publisher: Publisher, folder: Path, pull: Pull, later: Later
) -> None:
    payments = lines(folder, "payments")
    suppliers = payments["supplier_id"].value_counts().head(12).index
    chosen = payments["supplier_id"].isin(suppliers)
    payments.loc[chosen, "supplier_area"] = later.split
    payments.to_parquet(open_pack(folder).file("payments"), index=False)
    assert pull("iod2025").exit_code == 0
    after = lines(folder, "payments")
    offices = after[after["supplier_id"].isin(suppliers)].groupby("supplier_id")["supplier_area"].agg(set)
    assert all(len(each) == 1 for each in offices)
    assert set.union(*offices) == set(PARTS)
