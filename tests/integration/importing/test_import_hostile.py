"""Files that are made or damaged to break their reader: each ends in a sentence, and the pack stays as it was."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from svdash.cli import commands
from svdash.importing import format_guess
from svdash.importing.files.source_files import open_source
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Reconciliation
from svdash.show.panels import bring_file
from tests.integration.importing.made import Imports, table
from tests.integration.importing.workbooks import cell, sheet, workbook

HEADINGS = ["Date", "Supplier", "Amount", "Purpose"]
ONE = table("01/04/2024,Foo Ltd,1000.00,Chairs")
GRANT = {
    "id": "360G-x-1", "title": "Roof", "description": "A roof", "currency": "GBP", "amountAwarded": 1000,
    "awardDate": "2024-05-01", "recipientOrganization": [{"id": "GB-CHC-1", "name": "Alder Trust"}],
}  # fmt: skip


def ends(imports: Imports, content: str | bytes | Path, form: str, **options: Any) -> str:
    """How an import ends, in a sentence; with a sound line beside what is wrong it may be done."""
    before = imports.bytes()
    path = content if isinstance(content, Path) else imports.file(content, f"a.{form}")
    try:
        found = imports.run(path, form, **{"dry_run": True, **options})
    except (ImportFileError, ImportRefusedError) as error:
        said = str(error)
        assert said.endswith("."), said
        json.dumps(getattr(error, "reconciliation", Reconciliation("", "", "", ())).as_dict()).encode()
    else:
        said = "; ".join(f"{each.words}. {each.remedy}" for each in found.refused.values())
        json.dumps(found.as_dict(), ensure_ascii=False).encode()
    assert imports.bytes() == before
    return said


def grants(*more: dict[str, Any], text: str = "") -> str:
    found = json.dumps(
        {"grants": [GRANT, *({**GRANT, "id": f"360G-x-{n}", **each} for n, each in enumerate(more, 2))]}
    )
    return found.replace('"HERE"', text) if text else found


@pytest.mark.parametrize("key", ["title", "id", "awardDate", "currency", "amountAwarded"])
def test_half_of_a_surrogate_pair_is_no_text(imports: Imports, key: str) -> None:
    ends(imports, grants({key: "HERE"}, text='"a \\ud800 b"'), "360giving", replace=True)
    imports.run(
        imports.file(grants({"title": "HERE"}, text='"a \\ud800 b"'), "a.json"), "360giving", replace=True
    )


def test_half_of_a_surrogate_pair_in_contracts_is_no_text(imports: Imports) -> None:
    release = {
        "ocid": "ocds-\ud800", "id": "1", "date": "2024-05-01T00:00:00Z", "tag": ["award"], "tender": {"title": "\udfff"},
        "awards": [{"id": "1", "date": "2024-05-01T00:00:00Z", "value": {"amount": 1000, "currency": "GBP"},
                    "suppliers": [{"id": "GB-COH-1", "name": "Foo \ud800"}]}],
    }  # fmt: skip
    ends(imports, json.dumps({"releases": [release]}), "ocds", replace=True)


@pytest.mark.parametrize(
    "number",
    [
        "1e999999999",
        "-1e999999999",
        "1e-999999999",
        "1e99999999999999999999",
        "1" * 5000,
        "1e400",
        '"1e999999999"',
    ],
)
@pytest.mark.parametrize("key", ["amountAwarded", "title", "unknown"])
def test_a_number_without_end_is_refused(imports: Imports, number: str, key: str) -> None:
    ends(imports, grants({key: "HERE"}, text=number), "360giving", replace=True)


@pytest.mark.parametrize("number", ["1e999999999", "1e-999999999", "1e400", "9" * 400])
def test_a_number_without_end_in_a_table_is_refused(imports: Imports, number: str) -> None:
    ends(
        imports,
        table("01/04/2024,Foo Ltd,1000.00,Chairs", f"02/04/2024,Bar,{number},Desks"),
        "spend",
        replace=True,
    )


def styled(numbers: list[int]) -> bytes:
    """The styles of a workbook with these formats of numbers."""
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in numbers)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<styleSheet xmlns="{main}"><cellXfs count="{len(numbers)}">{formats}</cellXfs></styleSheet>'.encode()


@pytest.mark.parametrize("value", ["1E18", "-1E18", "1E308", "-5", "3000000", "NaN", "1E-300"])
@pytest.mark.parametrize("number_format", [14, 20, 45, 46, 47, 22])
def test_a_date_or_a_time_beyond_every_calendar_is_no_date(
    imports: Imports, value: str, number_format: int
) -> None:
    rows = sheet([HEADINGS, [date(2024, 5, 1), "Foo Ltd", 1000, "Chairs"]])
    for column in "ABCD":
        row = f'<row r="3"><c r="{column}3" s="2"><v>{value}</v></c></row>'
        made = workbook({"May": rows + row}, also={"xl/styles.xml": styled([0, 14, number_format])})
        ends(imports, made, "spend", replace=True)


@pytest.mark.parametrize(
    "place",
    ["XFE2", "ZZZ2", "AAAA2", "A1048577", "A9999999", "A0", "A99999999999", "a2", "A-1", "A2:B3", "R2C1", ""],
)
def test_a_cell_beyond_a_spreadsheet_is_told(imports: Imports, place: str) -> None:
    rows = sheet([HEADINGS, [date(2024, 5, 1), "Foo Ltd", 1000, "Chairs"]])
    row = f'<row r="3">{cell(place, "far from the table")}</row>'
    ends(imports, workbook({"May": rows + row}), "spend", replace=True)


@pytest.mark.parametrize("number", ["1048577", "0", "-1", "x", "99999999999999999999", "1.5", ""])
def test_a_row_beyond_a_spreadsheet_is_told(imports: Imports, number: str) -> None:
    rows = sheet([HEADINGS, [date(2024, 5, 1), "Foo Ltd", 1000, "Chairs"]])
    row = f'<row r="{number}"><c><v>5</v></c></row>'
    said = ends(imports, workbook({"May": rows + row}), "spend", replace=True)
    if number == "1048577":
        assert "beyond" in said


def packed(how: int, data: bytes = ONE.encode()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "Data/CSV/l.csv", "a.geojson"):
            archive.writestr(name, data * 50)
    return out.getvalue()


@pytest.mark.parametrize(
    "form",
    ["spend", "postcodes", "boundaries", "360giving", "iod", "lsoa-lookup", "pay-gap", "ocds", "outcomes"],
)
@pytest.mark.parametrize(
    "how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED], ids=["bzip2", "lzma", "deflate"]
)
def test_a_damaged_archive_is_told_however_it_is_packed(imports: Imports, form: str, how: int) -> None:
    data = packed(how)
    for at in (*range(0, 120, 7), *range(len(data) - 400, len(data), 23)):
        broken = bytearray(data)
        broken[at : at + 3] = b"\xff\x00\x81"
        path = imports.file(bytes(broken), "a.zip")
        ends(imports, path, form)
        with suppress(ImportFileError):
            format_guess.guess(open_source(path))


def test_offsets_that_lead_out_of_an_archive_are_told(imports: Imports) -> None:
    data = packed(zipfile.ZIP_DEFLATED)
    central = data.index(b"PK\x01\x02")
    for offset in (b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\xf0\xff\xff\xff"):
        for form in ("spend", "postcodes", "boundaries"):
            ends(imports, data[: central + 42] + offset + data[central + 46 :], form)
            end = data.rindex(b"PK\x05\x06")
            ends(imports, data[: end + 16] + offset + data[end + 20 :], form)


def test_code_point_without_a_postcode_of_the_districts_is_told(imports: Imports) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "Data/CSV/zz.csv", '"ZZ1 1ZZ",10,400000,400000,"E92000001","","","","","E07000001"\n' * 3
        )
    said = ends(imports, out.getvalue(), "postcodes")
    assert "none of its 3 postcodes lies in the pack's areas" in said


@pytest.mark.parametrize(
    "name", ["refused.csv", "r\u0301efused.csv", "\u6f22" * 60 + ".csv", "-x.csv", "a\nb.csv", "%s.csv"]
)
def test_a_file_of_any_name_is_read(imports: Imports, name: str, request: pytest.FixtureRequest) -> None:
    if name.isascii():
        # Names of other letters go to a process of its own and back.
        request.getfixturevalue("in_this_process")
    path = imports.file(ONE + "soon,Bar,5,x\n", name)
    result = CliRunner().invoke(
        commands.main,
        [
            "import",
            "spend",
            "--pack",
            str(imports.folder),
            "--replace",
            "--programme",
            "corporate",
            "--",
            str(path),
        ],
    )
    assert result.exit_code == 0, result.output
    assert path.read_text().startswith("Date,")
    assert len(imports.lines()) == 1


def test_a_name_that_no_file_can_have_is_told() -> None:
    for name in ("a\0b.csv", "x" * 5000, "\u6f22" * 120):
        with pytest.raises(ImportFileError, match=r"\.$"):
            open_source(Path(name))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("april.csv", "april.csv"),
        ("a/b\\\\c.csv", "c.csv"),
        ("a\0b.csv", "ab.csv"),
        ("..", "file"),
        ("", "file"),
        ("\ud800", "file"),
    ],
)
def test_the_name_of_an_upload_is_one_that_a_file_can_have(given: str, kept: str) -> None:
    assert bring_file._file_name(given) == kept


def test_a_long_name_of_an_upload_keeps_its_end(tmp_path: Path) -> None:
    name = bring_file._file_name("\u6f22" * 120 + ".csv")
    (tmp_path / name).write_text("a")
    assert name.endswith("\u6f22.csv")
