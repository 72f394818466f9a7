"""Indices of Deprivation, File 7."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from svdash.importing.formats.deprivation_indices import EDITIONS
from svdash.importing.reconciliation import ImportFileError
from tests.integration.importing.made import Imports, codes
from tests.integration.importing.workbooks import sheet, workbook

WORST = "(where 1 is most deprived 10% of LSOAs)"
COLUMNS = {
    "code": "LSOA code ({census})",
    "name": "LSOA name ({census})",
    "district": "Local Authority District code ({lad})",
    "district_name": "Local Authority District name ({lad})",
    "score": "Index of Multiple Deprivation (IMD) Score",
    "rank": "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)",
    "decile": f"Index of Multiple Deprivation (IMD) Decile {WORST}",
    "income_rank": "Income Rank (where 1 is most deprived)",
    "income_decile": f"Income Decile {WORST}",
    "employment_decile": f"Employment Decile {WORST}",
    "education_decile": f"Education, Skills and Training Decile {WORST}",
    "health_decile": f"Health Deprivation and Disability Decile {WORST}",
    "crime_decile": f"Crime Decile {WORST}",
    "housing_decile": f"Barriers to Housing and Services Decile {WORST}",
    "environment_decile": f"Living Environment Decile {WORST}",
    "adult_decile": f"Adult Skills Sub-domain Decile {WORST}",
    "population": "Total population: {people}",
}
OF_2019 = {"census": "2011", "lad": "2019", "people": "mid 2015 (excluding prisoners)"}
OF_2025 = {"census": "2021", "lad": "2024", "people": "mid 2022"}
LEEDS = {
    "code": "E01011111", "name": "Leeds 001A", "district": "E08000035", "district_name": "Leeds", "rank": "20000",
    "decile": "7", "population": "1500", **dict.fromkeys(("score", "income_rank", "adult_decile"), "1"),
    **{f"{name}_decile": "7" for name in ("income", "employment", "education", "health", "crime", "housing", "environment")},
}  # fmt: skip


def own(imports: Imports) -> list[dict[str, str]]:
    """The pack's own areas as rows of File 7."""
    with imports.pack.file("areas").open(encoding="utf-8", newline="") as stream:
        return [{**LEEDS, **row} for row in csv.DictReader(stream)]


def file7(rows: list[dict[str, str]], edition: dict[str, str] = OF_2019) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([heading.format(**edition) for heading in COLUMNS.values()])
    writer.writerows([[row.get(name, "") for name in COLUMNS] for row in rows])
    return out.getvalue()


def run(
    imports: Imports, rows: list[dict[str, str]], edition: dict[str, str] = OF_2019, **options: Any
) -> Any:
    return imports.run(imports.file(file7(rows, edition), "File_7.csv"), "iod", **options)


def of_2025(imports: Imports) -> list[dict[str, str]]:
    """The pack's areas on another Census: one of them parted, which takes new codes."""
    *rows, last = own(imports)
    parts = [
        last | {"code": f"E0103390{n}", "name": f"Knowsley 099{'AB'[n]}", "rank": str(30_000 + n)}
        for n in (0, 1)
    ]
    return [row | {"decile": str(-(-int(row["rank"]) * 10 // 33_755))} for row in (*rows, *parts)]


def test_the_packs_own_areas_come_out_of_file_7_unchanged(imports: Imports) -> None:
    before = imports.bytes()
    found = run(imports, [*own(imports), LEEDS])
    assert not found.changed
    assert imports.bytes() == before
    assert (found.incoming.rows, found.used.rows, codes(found.refused)) == (40, 39, {"outside": 1})
    assert any("nothing changes" in note for note in found.notes)


def test_refused_areas_stand_in_a_file_with_the_reason(imports: Imports) -> None:
    found = run(imports, [*own(imports), LEEDS])
    assert found.refused_file is not None
    with found.refused_file.open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["row"], row["reason"], row["LSOA name (2011)"]) == (
        "41", "an area outside the pack's districts", "Leeds 001A",
    )  # fmt: skip


def test_a_workbook_of_file_7_is_read_like_the_csv(imports: Imports) -> None:
    rows = [COLUMNS[name].format(**OF_2019) for name in COLUMNS]
    cells = [
        [int(row[name]) if row[name].isdigit() else row[name] for name in COLUMNS] for row in own(imports)
    ]
    path = imports.file(
        workbook({"Notes": sheet([["About"]]), "IoD2019": sheet([rows, *cells])}), "File_7.xlsx"
    )
    found = imports.run(path, "iod")
    assert (found.used.rows, found.changed) == (39, False)


def test_headings_are_known_without_brackets_and_with_the_word_deprivation(imports: Imports) -> None:
    text = file7(own(imports))
    other = text.replace(f" {WORST}", " where 1 is most deprived 10% of LSOAs").replace(
        "(where 1 is most deprived)", ""
    )
    other = other.replace("Income Decile", "Income Deprivation Decile")
    assert other.count("(") < text.count("(")
    found = imports.run(imports.file(other, "File_7.csv"), "iod")
    assert (found.used.rows, found.changed) == (39, False)


def test_deciles_of_children_and_parts_of_a_domain_are_not_those_of_the_domain(imports: Imports) -> None:
    head, *rows = file7(own(imports)).splitlines()
    children = "Income Deprivation Affecting Children Index (IDACI) Decile where 1 is most deprived"
    text = "\n".join(
        [f"{children},Wider Barriers Sub-domain Decile,{head}", *(f"10,10,{row}" for row in rows)]
    )
    found = imports.run(imports.file(text, "File_7.csv"), "iod")
    assert (found.used.rows, found.changed) == (39, False)


def test_other_figures_for_an_area_need_a_decision(imports: Imports) -> None:
    first, *rest = own(imports)
    rows = [first | {"crime_decile": "10"}, *rest]
    found = run(imports, rows)
    assert codes(found.refused) == {"differs": 1}
    assert not found.changed
    assert run(imports, rows, replace=True).changed
    assert imports.pack.table("areas").set_index("code").loc[first["code"], "crime_decile"] == 10
    assert not imports.pack.faults or not [each for each in imports.pack.faults if each.table == "areas"]


def test_areas_that_the_pack_lacked_are_added_and_the_others_stay(imports: Imports) -> None:
    path = imports.pack.file("areas")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = own(imports)
    path.write_text("".join(lines[:20]), encoding="utf-8")
    found = run(imports, rows[10:])
    assert found.changed
    assert imports.pack.file("areas").read_text(encoding="utf-8") == "".join(lines)
    assert any(
        "10 areas of the pack did not come with the file: kept as before" in note for note in found.notes
    )


def test_another_edition_is_refused_with_what_to_do(imports: Imports) -> None:
    path = imports.file(file7(of_2025(imports), OF_2025), "File_7.csv")
    told = str(imports.refusal(path, "iod"))
    assert "carry the Indices of 2019, and this file is of 2025, on areas of the 2021 Census" in told
    assert "Give --replace" in told


def test_another_edition_takes_the_place_of_all_areas_when_asked_for(imports: Imports) -> None:
    found = run(imports, of_2025(imports), OF_2025, replace=True)
    areas = imports.pack.table("areas")
    assert set(areas["vintage"]) == {"2025"}
    assert len(areas) == 40
    entry = imports.entry("areas")
    assert entry["title"] == "Areas: deprivation in 2025, residents in mid-2022"
    fields = {each["name"]: each for each in entry["schema"]["fields"]}
    assert (fields["rank"]["title"], fields["rank"]["constraints"]["maximum"]) == ("Rank of 33,755", 33_755)
    assert fields["population"]["title"] == "Residents, mid-2022"
    assert [each["title"] for each in entry["sources"]] == [
        "Ministry of Housing, Communities and Local Government, English Indices of Deprivation 2025"
    ]
    assert any("new 2 areas, gone 1 area." in note for note in found.notes)
    before = imports.bytes()
    assert not run(imports, of_2025(imports), OF_2025).changed
    assert imports.bytes() == before


def test_another_edition_without_a_district_of_the_pack_is_refused(imports: Imports) -> None:
    rows = [row | {"district": "E06000006", "district_name": "Halton"} for row in of_2025(imports)]
    error = imports.refusal(imports.file(file7(rows, OF_2025), "File_7.csv"), "iod", replace=True)
    assert "there is no area of Knowsley in it" in str(error)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "Total"}, "code"),
        ({"name": ""}, "name"),
        ({"rank": "n/a"}, "number"),
        ({"rank": "32845", "decile": "10"}, "number"),
        ({"health_decile": "11"}, "number"),
        ({"population": "0"}, "number"),
        ({"decile": "10"}, "disagree"),
    ],
)
def test_an_area_with_a_slip_is_refused_for_its_reason(
    imports: Imports, changes: dict[str, str], code: str
) -> None:
    first, *rest = own(imports)
    assert codes(run(imports, [first | changes, *rest]).refused) == {code: 1}


def test_an_area_and_a_rank_count_once(imports: Imports) -> None:
    first, second, *rest = own(imports)
    twice = second | {"rank": first["rank"], "decile": first["decile"]}
    assert codes(run(imports, [first, first, twice, *rest], replace=True).refused) == {"twice": 2}


def test_numbers_with_commas_are_numbers(imports: Imports) -> None:
    rows = [row | {"population": f"{int(row['population']):,}"} for row in own(imports)]
    assert run(imports, rows).used.rows == 39


def test_a_file_of_other_districts_names_those_of_the_pack(imports: Imports) -> None:
    error = imports.refusal(imports.file(file7([LEEDS]), "File_7.csv"), "iod")
    assert "none of its 1 area is of" in str(error)
    assert "Knowsley" in str(error)


@pytest.mark.parametrize(
    "edition", [OF_2019 | {"lad": "2013", "people": "mid 2015"}, OF_2019 | {"census": "2001"}]
)
def test_an_edition_that_is_not_read_is_told_and_may_be_named(
    imports: Imports, edition: dict[str, str]
) -> None:
    path = imports.file(file7(own(imports), edition), "File_7.csv")
    with pytest.raises(ImportFileError, match="Say which with --vintage"):
        imports.run(path, "iod", columns=(("code", COLUMNS["code"].format(**edition)),))
    assert imports.run(path, "iod", vintage="2019").used.rows == 39
    with pytest.raises(ImportFileError, match="'2020' is not an edition"):
        imports.run(path, "iod", vintage="2020")


def test_an_edition_that_the_vocabulary_lacks_is_told(imports: Imports) -> None:
    path = imports.folder / "vocabulary.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("vintage,2025")), encoding="utf-8")
    with pytest.raises(ImportFileError, match="has no '2025'"):
        run(imports, of_2025(imports), OF_2025, replace=True)


def test_every_edition_is_in_the_vocabulary_of_the_embedded_pack(imports: Imports) -> None:
    words = imports.pack.table("vocabulary")
    assert set(EDITIONS) <= set(words[words["list"] == "vintage"]["code"])
