"""What can't be imported: told with file, place and remedy, and the pack stays byte for byte as it was."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import date
from pathlib import Path

import pyarrow.parquet as papq
import pytest

from svdash.importing.files import source_files, workbook
from svdash.importing.reconciliation import ImportFileError, Options
from svdash.lines.line_faults import line_faults
from tests.integration.importing.made import TODAY, Imports, codes, table
from tests.integration.importing.workbooks import cell, sheet
from tests.integration.importing.workbooks import workbook as book

ONE = table("01/04/2024,Foo Ltd,1000.00,Chairs")


def failure(imports: Imports, content: str | bytes | Path, form: str = "spend", **options: object) -> str:
    """The message of an import that can't read its file; it leaves the pack as it was."""
    before = imports.bytes()
    with pytest.raises(ImportFileError) as caught:
        imports.run(content, form, **{"replace": True, **options})
    assert imports.bytes() == before
    message = str(caught.value)
    assert message.endswith(".")
    return message


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "nothing but blanks"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "a web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an Excel workbook of the old kind"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "compressed"),
        (b"PAR1" + bytes(40), "Parquet"),
        (bytes(range(256)) * 4, "neither text nor an Excel workbook"),
        (ONE.encode() + b"2/4/2024,Fo\0o,5,x\n", "line 3: it has a NUL character"),
        (b"just some words\nand more\n", "no separator divides the first lines into columns"),
        (b"PK\x03\x04 and then nothing", "damaged or locked"),
        (zipped({"data.csv": ONE.encode()}), "an archive, not an Excel workbook"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "OpenDocument (.ods)"),
        (zipped({"xl/workbook.bin": b""}), "binary form (.xlsb)"),
        (b'{"grants": []}', "is JSON, not a table of spend"),
        (b"a,b,c\nx,y,z\n", "none of the first 40 rows holds headings of spend"),
        (b"Date,Supplier\n1/4/2024,Foo\n", "no column is known to be the amount"),
        (b"Date,Supplier,Amount,Amount\n1/4/2024,Foo,1,2\n", "columns #3 (Amount) and #4 (Amount) may each be the amount"),
        (ONE.encode() + b'2/4/2024,"Foo,5,x\n3/4/2024,Bar,6,y\n', "row 3 (line 3): it opens a quotation mark"),
        (ONE.encode() + b'2/4/2024,"Foo,5,x\n' + b"3/4/2024,Bar,6,y\n" * 10_000, "row 3 (line 3): it opens a quotation mark"),
        (ONE.encode() + b"2/4/2024," + b"x" * source_files.LONGEST_LINE + b",5,x\n", "line 3: the line is longer than 1,048,576"),
        (",".join(f"c{n}" for n in range(1_000_000)).encode(), "line 1: the line is longer than 1,048,576"),
        (b"," * 1_000_000 + b"\n1,2\n", "none of the first 40 rows"),
        (("Date,Supplier,Amount," + ",".join(f"c{n}" for n in range(2000)) + "\n").encode(), "row 1: the table has 2,003 columns"),
        (ONE.encode("utf-16")[:-1], "it is not utf-16"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_file_that_is_no_table_of_payments_is_told_with_place_and_remedy(
    imports: Imports, data: bytes, told: str
) -> None:
    message = failure(imports, data)
    assert told in message
    assert "spend.csv" in message


def test_a_file_that_is_not_there_or_a_folder_is_told(imports: Imports) -> None:
    assert "there is no such file" in failure(imports, imports.files / "nowhere.csv")
    assert "is not a file" in failure(imports, imports.files)


def test_a_file_of_more_than_two_gigabytes_is_not_even_opened(imports: Imports) -> None:
    path = imports.file("")
    os.truncate(path, source_files.MOST_BYTES + 1)
    assert "at most 2,147,483,648 are read" in failure(imports, path)


def test_headings_without_rows_are_refused(imports: Imports) -> None:
    assert "has headings and no rows" in str(imports.refusal("Date,Supplier,Amount\n", replace=True))


# -- workbooks ----------------------------------------------------------------------------------------


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 5_000_000)
    data = book({"One": sheet([["Date"]])}, also={"xl/media/image1.bin": bytes(6_000_000)})
    assert len(data) < 20_000
    message = failure(imports, imports.file(data, "a.xlsx"))
    assert "at most 5,000,000 are unpacked" in message


def lying(data: bytes, part: str, size: int) -> bytes:
    """A zip whose list of contents says another size for a part than it unpacks to."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        true = archive.getinfo(part).file_size.to_bytes(4, "little")
    at = data.rindex(part.encode()) - 46 + 24
    assert data[at : at + 4] == true
    return data[:at] + size.to_bytes(4, "little") + data[at + 4 :]


def test_a_workbook_that_lies_about_its_size_is_refused(imports: Imports) -> None:
    data = book({"One": sheet([["Date", "Supplier", "Amount"]] + [["1/4/2024", "Foo", 1]] * 2000)})
    message = failure(imports, imports.file(lying(data, "xl/worksheets/sheet1.xml", 1000), "a.xlsx"))
    assert "damaged" in message


def test_a_sheet_with_cells_far_out_is_refused_before_it_takes_memory(imports: Imports) -> None:
    far = f'<row r="1048576">{cell("XFD1048576", 1)}</row>'
    data = book({"One": sheet([["Date", "Supplier", "Amount"]]) + far})
    assert len(data) < 4000
    assert "spans 1,048,576 rows and 16,384 columns" in failure(imports, imports.file(data, "a.xlsx"))


def test_cells_far_out_are_found_without_their_place_too(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_CELLS", 100)
    rows = "<row>" + "<c><v>1</v></c>" * 20 + "</row>"
    data = book({"One": rows * 20})
    assert "spans 20 rows and 20 columns" in failure(imports, imports.file(data, "a.xlsx"))


def test_empty_cells_far_out_do_no_harm(imports: Imports) -> None:
    rows = (
        sheet([["Date", "Supplier", "Amount"], ["1/4/2024", "Foo", 1]])
        + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    assert imports.first(imports.file(book({"One": rows}), "a.xlsx")).used.rows == 1


def test_entities_in_a_sheet_are_not_unfolded(imports: Imports) -> None:
    data = book({"One": sheet([["Date", "Supplier", "Amount"]])})
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData/></worksheet>'
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    message = failure(imports, imports.file(zipped(parts | {"xl/worksheets/sheet1.xml": evil}), "a.xlsx"))
    assert "defines XML entities" in message


def test_a_workbook_with_several_such_sheets_asks_which(imports: Imports) -> None:
    rows = sheet([["Date", "Supplier", "Amount"], ["1/4/2024", "Foo", 1]])
    path = imports.file(book({"April": rows, "May": rows}), "a.xlsx")
    assert (
        '2 sheets have headings of spend: April, May. Import them one by one, for example with --sheet "April"'
        in (failure(imports, path))
    )
    assert "Did you mean 'April'?" in failure(imports, path, sheet="Apri")
    first = imports.first(path, sheet="April")
    second = imports.run(path, sheet="May", overlap="keep")
    assert first.changed
    assert second.changed
    assert len(imports.lines()) == 2


# -- everything else ----------------------------------------------------------------------------------


def test_a_cell_that_swallowed_other_lines_is_refused(imports: Imports) -> None:
    swallowed = '2/4/2024,"Foo,5,x\n' + "3/4/2024,Bar,6,y\n" * 30 + '4/4/2024,Baz",7,z\n'
    found = imports.first(ONE + swallowed)
    assert codes(found.refused) == {"quotation": 1}
    assert found.refused["quotation"].without == 1


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("01/04/2030,Foo,5,x", "the date is in the future (first in row 2). Correct the date."),
        ("01/04/2019,Foo,5,x", "before the Framework, which begins on 2022-04-01 (first in row 2)"),
        ("01/04/2024,Foo,five,x", "the amount can't be read (first in row 2). Write it in digits"),
        ("01/04/2024,=1+1,5,x", "a cell holds a formula and not its result (first in row 2)"),
    ],
)
def test_a_file_of_which_nothing_can_be_used_is_refused_as_a_whole(
    imports: Imports, row: str, told: str
) -> None:
    error = imports.refusal(table(row), replace=True)
    assert told in str(error)
    assert error.reconciliation.incoming.rows == error.reconciliation.refused_rows == 1


def test_an_earlier_framework_takes_earlier_lines(imports: Imports) -> None:
    imports.descriptor(lambda found: found["authority"].update(framework_from="2019-01-01"))
    assert imports.first(table("01/04/2019,Foo,5,x")).used.rows == 1


def test_earlier_lines_are_taken_when_asked_for_and_the_pack_begins_there(imports: Imports) -> None:
    content = table("01/04/2019,Foo,5,x", "31/12/2018,Bar,7,y")
    found = imports.first(content, since=date(2019, 1, 1))
    assert (found.used.rows, codes(found.refused)) == (1, {"date-before": 1})
    assert imports.pack.descriptor["authority"]["framework_from"] == "2019-01-01"
    assert not [fault for fault in line_faults(imports.pack, today=TODAY) if fault.column == "date"]


def test_a_later_day_takes_all_lines_and_moves_nothing(imports: Imports) -> None:
    assert imports.first(ONE, since=date(2024, 1, 1)).used.rows == 1
    assert imports.pack.descriptor["authority"]["framework_from"] == "2022-04-01"


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("{", "is not valid JSON"),
        ("[1]", "a mapping is a JSON object"),
        ('{"colums": {}}', "'colums' is not a part of a mapping. Did you mean 'columns'?"),
        ('{"columns": {"amout": "Amount"}}', "'amout' is not a field of this format. Did you mean 'amount'?"),
        ('{"columns": {"amount": "Amont"}}', "there is no heading 'Amont', which was given for amount. Did you mean 'Amount'?"),
        ('{"columns": {"amount": 3}}', '"columns" is an object of texts'),
        ('{"dates": "ymd"}', "'ymd' is not an answer about dates"),
        ('{"values": {"programme": {"x": "nothing"}}}', "'nothing', given for 'x', is not a code of the pack"),
        ('{"values": {"purpose": {"x": "y"}}}', "'purpose' has no codes"),
        ("amount;Amount\n", "a mapping as CSV has the columns field and heading"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_wrong_is_told_with_what_would_be_right(
    imports: Imports, mapping: str, told: str
) -> None:
    path = imports.file(mapping, "mapping.json")
    assert told in failure(imports, imports.file(ONE), mapping=path)


@pytest.mark.parametrize("options", [{"source": "javascript:alert(1)"}, {"licence": "All mine!"}])
def test_what_must_not_get_into_the_descriptor_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ImportFileError, match=f"--{next(iter(options))}"):
        Options(**options)


def test_payments_that_lack_a_column_are_to_be_corrected_first(imports: Imports) -> None:
    imports.first(ONE)
    path = imports.pack.file("payments")
    papq.write_table(papq.read_table(path).drop_columns(["purpose"]), path)
    assert "the columns purpose, which the schema has, are missing" in failure(
        imports, table("1/5/2024,Foo,5,x")
    )
    path.write_bytes(b"no Parquet")
    assert "can't be read as Parquet" in failure(imports, table("1/5/2024,Foo,5,x"))


def test_an_unknown_programme_is_told_with_those_there_are(imports: Imports) -> None:
    assert "Did you mean 'corporate'?" in failure(imports, ONE, programme="corporat")


def test_a_pack_without_payments_is_told(imports: Imports) -> None:
    def without(found: dict) -> None:
        found["resources"] = [each for each in found["resources"] if each["name"] != "payments"]

    imports.descriptor(without)
    assert "has no table 'payments'" in failure(imports, ONE)


def test_refused_lines_do_not_take_the_place_of_the_file_itself(imports: Imports) -> None:
    path = imports.file(ONE + "soon,Foo,5,x\n")
    assert "would take the place of the file" in failure(imports, path, refused=path)
    assert path.read_text(encoding="utf-8").startswith("Date")


def test_refused_lines_that_can_not_be_written_stop_the_import(imports: Imports) -> None:
    told = failure(imports, ONE + "soon,Foo,5,x\n", refused=imports.files / "no" / "folder.csv")
    assert "Nothing was imported" in told
