"""Spending over £500 as councils publish it."""

from __future__ import annotations

import csv
import tracemalloc
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from svdash.importing.cells.cell_reading import of_period
from svdash.importing.columns import published_tables
from svdash.importing.columns.headings import known_headings
from svdash.importing.formats.council_spending import FIELDS, FORM
from svdash.importing.reconciliation import ImportFileError
from tests.examples import examples
from tests.integration.importing.made import Imports, codes, table
from tests.integration.importing.workbooks import cell, sheet, workbook

AMERICAN = [f"04/{day}/2024,Foo,1,x{day}" for day in (13, 20, 27)]
ONE = table("01/04/2024,Foo Ltd,1000.00,Chairs")


def test_a_line_tells_what_the_file_tells_and_nothing_more(imports: Imports) -> None:
    found = imports.run(ONE, replace=True)
    line = imports.lines().iloc[0]
    assert (line["date"], line["supplier"], line["amount_pence"], line["purpose"]) == (
        date(2024, 4, 1), "Foo Ltd", 100_000, "Chairs",
    )  # fmt: skip
    assert line["supplier_place"] == "not-known"
    unknown = ["supplier_type", "programme", "supplier_area", "benefit_area", "contract_id"]
    assert line[unknown].isna().all()
    assert any("no programme of the pack" in note for note in found.notes)


def test_a_line_is_named_after_its_file_and_row(imports: Imports) -> None:
    found = imports.first(table("01/04/2024,Foo,1,x", "02/04/2024,Bar,2,y"))
    assert list(imports.lines()["id"]) == [f"S-{found.sha256[:12]}-00000{row}" for row in (2, 3)]


def test_suppliers_without_a_number_are_told_apart_by_their_names(imports: Imports) -> None:
    imports.first(table("1/4/2024,FOO LTD.,1,x", "1/4/2024,Foo Ltd,2,y", "1/4/2024,Bar,3,z"))
    foo, again, bar = imports.lines()["supplier_id"]
    assert foo == again != bar


def test_a_suppliers_number_is_kept_where_there_is_one(imports: Imports) -> None:
    imports.first(table("1/4/2024,Foo,1,0042", header="Date,Supplier,Amount,Supplier Number"))
    assert imports.lines()["supplier_id"].iloc[0] == "0042"


HEADINGS = [
    "Date,Department,Beneficiary,Summary of purpose,Amount,Irrecoverable VAT,Merchant category",
    "Payment Date,Directorate,Supplier Name,Purpose of Expenditure,Net Amount (£),VAT (not known),Procurement Category",
    "date paid,service area,VENDOR NAME,Expense Type,Amount excl. VAT,x,Proclass",
    '"Date\nPaid",Cost Centre,Payee,Narrative,"Amount, £",y,MCC',
    "Transaction Date,Division,Creditor Name,Description,Value,z,Category",
    "Posting Date,Service Label,Supplier's Name,Narrative,Billing Amount,Original Amount,Category",
    "Clearing,Cost Centre,Vendor,Purpose,Amount in local currency,Budget,Commodity",
    "Date of Transaction,Department,Merchant,Summary of purpose,Total Transaction Value (£),VAT Reclaimed,MCC",
]


@pytest.mark.parametrize("header", HEADINGS)
def test_headings_are_known_by_many_names(imports: Imports, header: str) -> None:
    imports.first(table("01/04/2024,Adults,Foo,Chairs,12.50,2.50,Furniture", header=header))
    line = imports.lines().iloc[0]
    assert (line["supplier"], line["amount_pence"], line["purpose"]) == ("Foo", 1250, "Chairs")


def test_every_known_heading_stands_for_a_field_of_the_format() -> None:
    assert {name for name, _ in known_headings(FORM.headings).values()} <= {each.name for each in FIELDS}


def test_the_net_amount_goes_before_the_gross_one(imports: Imports) -> None:
    imports.first(table("1/4/2024,Foo,120,100", header="Date,Supplier,Gross Amount,Net Amount"))
    assert imports.lines()["amount_pence"].iloc[0] == 10_000


@pytest.mark.parametrize(
    "data",
    [
        ONE.encode(),
        b"\xef\xbb\xbf" + ONE.encode(),
        ONE.encode("utf-16"),
        ONE.encode("utf-16-le"),
        ONE.replace("\n", "\r\n").encode(),
        ONE.replace("\n", "\r").encode(),
        ONE.replace(",", ";").encode(),
        ONE.replace(",", "\t").encode(),
        ("sep=;\n" + ONE.replace(",", ";")).encode(),
        ONE.replace("\n", ",,,,,\n").encode(),
        ONE.rstrip("\n").encode(),
        ("\n\n" + ONE + "\n,,,\n\n").encode(),
        ("Spending over £500\nApril 2024\n\n" + ONE).encode("cp1252"),
    ],
    ids=[
        "utf-8", "mark", "utf-16", "utf-16 without mark", "crlf", "cr", "semicolon", "tab", "hint", "blank columns",
        "no last line end", "blank rows", "preamble in windows-1252",
    ],
)  # fmt: skip
def test_a_file_is_read_however_it_is_written(imports: Imports, data: bytes) -> None:
    found = imports.first(data)
    assert (found.incoming.rows, found.used.rows, found.used.pence) == (1, 1, 100_000)


def test_names_are_read_right_in_either_encoding_even_in_one_file(imports: Imports) -> None:
    data = "Date,Supplier,Amount\n1/4/2024,Café,1\n".encode() + "2/4/2024,Zoë,2\n".encode("cp1252")
    found = imports.first(data)
    assert list(imports.lines()["supplier"]) == ["Café", "Zoë"]
    assert any("mixes encodings: line 2 is UTF-8, line 3 Windows-1252" in note for note in found.notes)


def test_a_line_that_mixes_encodings_in_itself_is_refused(imports: Imports) -> None:
    data = table("1/4/2024,Foo,1,x").encode() + b"2/4/2024,Caf\xc3\xa9 Zo\xeb,2,y\n"
    found = imports.first(data)
    assert codes(found.refused) == {"encoding": 1}


def test_semicolons_part_cells_that_have_commas(imports: Imports) -> None:
    imports.first("Date;Supplier;Amount\n1/4/2024;Foo, Bar & Co;1,234.50\n2/4/2024;Baz;2,000.00\n")
    assert list(imports.lines()["amount_pence"]) == [123_450, 200_000]


def test_a_title_above_the_headings_is_passed_over_and_counted(imports: Imports) -> None:
    found = imports.first("Council spend over £500\nPeriod: April 2024,,,\n\n" + ONE)
    assert (found.preamble, found.used.rows) == (2, 1)
    assert "headings in row 4" in found.form


def test_headings_in_the_middle_are_refused_as_such(imports: Imports) -> None:
    found = imports.first(ONE + ONE)
    assert codes(found.refused) == {"headings": 1}
    assert found.used.rows == 2


def test_a_remark_below_the_table_is_no_line(imports: Imports) -> None:
    found = imports.first(ONE + "* excluding VAT\n")
    assert codes(found.refused) == {"remark": 1}


# -- totals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "total",
    ["Grand Total,,30.00,", ",TOTAL,£30.00,", ",Total for April,30.00,", ",,30.00,", ",Sub-total,30,"],
)
def test_a_total_is_refused_and_checked_against_its_lines(imports: Imports, total: str) -> None:
    found = imports.first(table("1/4/2024,Foo,10,x", "2/4/2024,Bar,20,y", total))
    assert codes(found.refused) == {"total": 1}
    assert (found.incoming.pence, found.used.pence, found.refused_pence) == (3000, 3000, 0)
    assert "1 of 1 totals in the file agree with the lines above them." in found.notes


def test_a_total_that_is_wrong_is_told_with_the_difference(imports: Imports) -> None:
    found = imports.first(table("1/4/2024,Foo,10,x", ",Total,12.50,"))
    assert any(
        "Row 3 says a total of £12.50, but the lines above it come to £10.00: £2.50" in n for n in found.notes
    )


def test_totals_of_parts_and_of_all_are_both_checked(imports: Imports) -> None:
    rows = ("1/4/2024,Foo,10,x", ",Sub total,10,", "2/4/2024,Bar,20,y", ",Sub total,20,", ",Grand total,30,")
    found = imports.first(table(*rows))
    assert found.used.pence == 3000
    assert "3 of 3 totals in the file agree with the lines above them." in found.notes


def test_a_company_whose_name_begins_with_total_is_paid_like_any_other(imports: Imports) -> None:
    rows = ("1/4/2024,TOTAL GAS & POWER LTD,10,x", "2/4/2024,Total,7,y", "3/4/2024,Total Pool Chemicals,5,z")
    found = imports.first(table(*rows))
    assert found.used.rows == 3
    assert any("1 line (first in row 3) is paid to “Total” or the like" in note for note in found.notes)


def test_a_grand_total_with_a_date_is_one_even_where_the_sum_is_wrong(imports: Imports) -> None:
    found = imports.first(table("1/4/2024,Foo,10,x", "30/4/2024,Grand Total,12,"))
    assert (codes(found.refused), found.used.pence) == ({"total": 1}, 1000)
    assert any("£2.00 too much" in note for note in found.notes)


def test_lines_that_are_refused_still_count_towards_the_files_total(imports: Imports) -> None:
    found = imports.first(table("1/4/2024,Foo,10,x", "soon,Bar,20,y", ",Total,30,"))
    assert codes(found.refused) == {"date-unreadable": 1, "total": 1}
    assert "1 of 1 totals in the file agree with the lines above them." in found.notes


def test_a_total_with_a_date_is_told_by_its_sum(imports: Imports) -> None:
    lines = ("1/4/2024,Foo,10,x", "2/4/2024,Bar,20,y")
    for total in (
        "30/4/2024,Grand total April,30,",
        "30/4/2024,,30,",
        "30/4/2024,Overall Totals 2024/25,30,",
    ):
        found = imports.run(table(*lines, total), replace=True, dry_run=True)
        assert (codes(found.refused), found.used.pence) == ({"total": 1}, 3000)


@pytest.mark.parametrize(
    "last",
    [
        "3/4/2024,,1200,Foster care allowance",
        "3/4/2024,*****,1200,",
        "3/4/2024,Overall Total Spend Analytics Ltd,111,",
    ],
)
def test_a_payment_with_a_date_is_no_total_if_it_has_a_purpose_a_hidden_name_or_more_of_a_name(
    imports: Imports, last: str
) -> None:
    found = imports.first(table("1/4/2024,A,600,x", "2/4/2024,B,600,y", last))
    assert (found.used.rows, codes(found.refused)) == (3, {})


def test_a_payment_to_nobody_in_the_middle_is_no_total(imports: Imports) -> None:
    rows = ("1/4/2024,A,600,", "2/4/2024,B,600,", "3/4/2024,,1200,", "3/4/2024,C,5,")
    assert imports.first(table(*rows)).used.rows == 4


@pytest.mark.parametrize("below", ["", ",,,", "Source: ledger"])
def test_a_total_with_a_date_may_stand_above_blank_rows_and_remarks(imports: Imports, below: str) -> None:
    content = table("1/4/2024,A,600,", "2/4/2024,B,600,", "3/4/2024,,1200,", below, below)
    assert imports.first(content).refused["total"].rows == 1


def test_one_line_of_nobody_as_large_as_the_one_above_is_no_total(imports: Imports) -> None:
    assert imports.first(table("1/4/2024,Foo,10,x", "2/4/2024,,10,y")).used.pence == 2000


# -- what is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1/4/2024,Foo,ten pounds,x", "amount-unreadable"),
        ("1/4/2024,Foo,,x", "amount-missing"),
        ("1/4/2024,Foo,1.005,x", "amount-part-penny"),
        ("1/4/2024,Foo,$5,x", "currency"),
        (",Foo,5,x", "date-missing"),
        ("31/2/2024,Foo,5,x", "date-unreadable"),
        ("21/11/2026,Foo,5,x", "date-future"),
        ("31/3/2022,Foo,5,x", "date-before"),
        ("1/4/2024,Foo, Bar,5,x", "cells"),
        ("1/4/2024,=cmd|' /C calc'!A0,5,x", "formula"),
        ("1/4/2024,Foo,=1+1,x", "formula"),
    ],
)
def test_a_line_that_can_not_be_used_is_refused_for_its_reason(imports: Imports, row: str, code: str) -> None:
    found = imports.first(ONE + row + "\n")
    assert codes(found.refused) == {code: 1}
    assert found.used.rows == 1
    assert found.refused[code].first == 3
    assert found.refused[code].words
    assert found.refused[code].remedy


def test_refused_lines_are_written_as_they_stood_with_row_and_reason(imports: Imports) -> None:
    found = imports.first(ONE + "soon,Foo,-5,x\n")
    assert found.refused_file == imports.files / "spend-refused.csv"
    header, line = csv.reader(found.refused_file.read_text(encoding="utf-8-sig").splitlines())
    assert header == ["row", "reason", "what to do", "Date", "Supplier", "Amount", "Purpose"]
    assert line[0] == "3"
    assert line[1] == "the date can't be read"
    assert line[3:] == ["soon", "Foo", "-5", "x"]


def test_refused_lines_do_not_run_in_a_spreadsheet(imports: Imports) -> None:
    evil = "=cmd|' /C calc'!A0"
    found = imports.first(ONE + f"1/4/2024,{evil},5,@x\n1/4/2024,Foo,+x,\ty\n")
    assert found.refused_file is not None
    with found.refused_file.open(encoding="utf-8-sig", newline="") as stream:
        cells = [text for row in list(csv.reader(stream))[1:] for text in row[3:]]
    assert f"'{evil}" in cells
    assert not [text for text in cells if text.startswith(("=", "+", "-", "@", "\t"))]


def test_corrected_refused_lines_can_be_imported_themselves(imports: Imports) -> None:
    found = imports.first(ONE + "soon,Foo,-5,x\n")
    assert found.refused_file is not None
    corrected = found.refused_file.read_text(encoding="utf-8-sig").replace("soon", "02/04/2024")
    imports.run(corrected)
    assert list(imports.lines()["amount_pence"]) == [100_000, -500]


def test_refused_lines_go_where_they_are_asked_to(imports: Imports) -> None:
    path = imports.files / "elsewhere.csv"
    assert imports.first(ONE + "soon,Foo,5,x\n", refused=path).refused_file == path
    assert path.is_file()


def test_without_a_refused_line_there_is_no_file_of_them(imports: Imports) -> None:
    imports.first(ONE)
    assert [path.name for path in imports.files.iterdir()] == ["spend.csv"]


# -- headings that stand in the middle -----------------------------------------------------------------


def test_headings_that_mean_the_same_may_stand_again_in_other_words(imports: Imports) -> None:
    content = table("1/4/2024,Foo,10,x", "Date Paid,Supplier Name,Amount (£),Narrative", "1/5/2024,Bar,20,y")
    found = imports.first(content)
    assert (codes(found.refused), found.used.pence) == ({"headings": 1}, 3000)


def test_headings_that_are_known_better_further_down_do_not_make_titles_of_the_lines_above(
    imports: Imports,
) -> None:
    again = "Date,Supplier,Amount,Purpose,Department"
    found = imports.first(
        table("1/4/2024,Foo,10,,", again, "1/5/2024,Bar,20,x,y", header="Date,Supplier,Amount,,")
    )
    assert (found.preamble, found.used.pence) == (0, 3000)


@pytest.mark.parametrize(
    "again",
    [
        "Date,Supplier,VAT Amount,Net Amount",
        "Supplier,Date,Net Amount,VAT",
        "Date,Purpose,Net Amount,Supplier",
    ],
)
def test_headings_that_change_their_places_in_the_middle_stop_the_import(
    imports: Imports, again: str
) -> None:
    before = imports.bytes()
    content = table("1/4/2024,Foo,10,2", again, "1/5/2024,Bar,4,20", header="Date,Supplier,Net Amount,VAT")
    with pytest.raises(ImportFileError, match="row 3: there are headings here again, and column"):
        imports.first(content)
    assert imports.bytes() == before


@pytest.mark.parametrize(
    ("header", "again"),
    [
        ("Date,Supplier,Net Amount,VAT,Gross Amount", "Date,Supplier,Gross Amount,VAT,Net Amount"),
        ("Payment Date,Supplier,Amount,Invoice Date,x", "Invoice Date,Supplier,Amount,Payment Date,x"),
        ("Date,Supplier,Net Amount 2,Purpose,x", "Date,Purpose,Net Amount 2,Supplier,x"),
        ("Date,Supplier,Amount over £500,Purpose,x", "Date,Purpose,Amount over £500,Supplier,x"),
        ("Date,Supplier,Amount,Purpose,Department", "Date,Supplier,Amount,Department,Purpose"),
        ("Date,Supplier,Amount,Purpose,x", "Date,Supplier,,Purpose,Amount"),
    ],
)
def test_a_field_that_another_column_has_from_the_middle_on_stops_the_import(
    imports: Imports, header: str, again: str
) -> None:
    row = "1/4/2024,Foo,10.00,{},12.00"
    row = row.format("2/4/2024" if "Date,x" in again else "2.00" if "VAT" in header else "y")
    content = table(row, row, again, row, row, header=header)
    columns = (("amount", header.split(",")[2]),)
    with pytest.raises(ImportFileError, match="row 4: there are headings here again, and column"):
        imports.first(content, columns=columns)


@pytest.mark.parametrize(
    "again", ["Date,Supplier,Amount over £500,Purpose", "Date paid,Payee,Net Amount 2,Details"]
)
def test_headings_with_a_digit_may_stand_again_too(imports: Imports, again: str) -> None:
    content = table(
        "1/4/2024,Foo,10.50,x", again, "1/5/2024,Bar,20.50,y", header="Date,Supplier,Amount over £500,Purpose"
    )
    found = imports.first(content)
    assert (codes(found.refused), found.used.pence) == ({"headings": 1}, 3100)


def test_a_line_of_words_that_are_headings_elsewhere_stops_nothing(imports: Imports) -> None:
    rows = (
        "1/4/2024,Foo,10,x,a,1.00",
        "Date,Payee,n/a,Description,Department,n/a",
        "1/5/2024,Bar,20,y,b,2.00",
    )
    found = imports.first(table(*rows, header="Date,Supplier,Amount,Purpose,Department,Other"))
    assert (found.used.pence, found.refused_rows) == (3000, 1)


def test_a_file_of_nothing_but_headings_is_not_read_to_its_end(imports: Imports) -> None:
    again = [f"Date,Supplier,Amount,Purpose of {number}" for number in range(1200)]
    with pytest.raises(ImportFileError, match="row 1003: the headings are repeated in other words"):
        imports.first(table("1/4/2024,Foo,10,x", *again))


# -- currencies and signs in columns of their own ------------------------------------------------------


def test_a_line_in_another_currency_is_refused_and_not_taken_for_pounds(imports: Imports) -> None:
    rows = (
        "1/4/2024,Foo,10,GBP",
        "1/4/2024,Bar,20,EUR",
        "1/4/2024,Baz,30,€",
        "1/4/2024,Qux,40,",
        "1/4/2024,Fox,50,£",
    )
    found = imports.first(table(*rows, header="Date,Supplier,Amount,Currency"))
    assert (codes(found.refused), found.used.pence) == ({"currency": 2}, 10_000)


def test_the_currency_of_a_purchase_is_no_matter_where_the_amount_is_in_pounds(imports: Imports) -> None:
    found = imports.first(table("1/4/2024,Foo,10,USD", header="Date,Merchant,Amount (£),Currency"))
    assert found.used.pence == 1000


@pytest.mark.parametrize(
    "currency",
    ["GBP - Pound Sterling", "British Pound", "STG", "N/A", "-", "Pounds (GBP)", "UK Pounds Sterling"],
)
def test_pounds_are_known_by_many_names(imports: Imports, currency: str) -> None:
    found = imports.first(table(f"1/4/2024,Foo,10,{currency}", header="Date,Supplier,Amount,Currency"))
    assert found.used.pence == 1000


@pytest.mark.parametrize("currency", ["Irish Pound", "GBP/EUR", "Sterling €", "₹", "?"])
def test_what_only_resembles_pounds_is_another_currency(imports: Imports, currency: str) -> None:
    content = table(
        "1/4/2024,Foo,10,GBP", f"1/4/2024,Bar,20,{currency}", header="Date,Supplier,Amount,Currency"
    )
    assert codes(imports.first(content).refused) == {"currency": 1}


def test_the_local_currency_is_pounds_whatever_that_of_the_document(imports: Imports) -> None:
    header = "Date,Supplier,Amount in local currency,Document Currency"
    for again in (header, header.replace("Document ", "")):
        found = imports.run(table("1/4/2024,Foo,10,EUR", header=again), replace=True, dry_run=True)
        assert found.used.pence == 1000


@pytest.mark.parametrize("total", ["30", "50"])
def test_euros_are_no_pounds_refused_and_a_total_with_or_without_them_is_not_wrong(
    imports: Imports, total: str
) -> None:
    rows = ("1/4/2024,Foo,10,GBP", "1/4/2024,Bar,20,EUR", "1/4/2024,Baz,20,GBP", f",Total,{total},")
    found = imports.first(table(*rows, header="Date,Supplier,Amount,Currency"))
    assert codes(found.refused) == {"currency": 1, "total": 1}
    assert (found.refused["currency"].pence, found.refused["currency"].without) == (0, 1)
    assert found.incoming.pence == 3000
    assert "1 of 1 totals in the file agree with the lines above them." in found.notes


def test_a_total_that_may_count_euros_otherwise_is_told_as_one_that_is_not_compared(imports: Imports) -> None:
    rows = ("1/4/2024,Foo,10,GBP", "1/4/2024,Bar,20,EUR", ",Total,27,")
    found = imports.first(table(*rows, header="Date,Supplier,Amount,Currency"))
    assert any("1 total in the file can't be compared" in note for note in found.notes)


def test_a_column_that_says_credit_makes_its_amounts_negative(imports: Imports) -> None:
    rows = ("1/4/2024,Foo,100,DR", "1/4/2024,Bar,30,CR", "1/4/2024,Baz,5,Credit", "1/4/2024,Qux,-7,CR")
    imports.first(table(*rows, "1/4/2024,Fox,(8),Credit", header="Date,Supplier,Amount,Dr/Cr"))
    assert list(imports.lines()["amount_pence"]) == [10_000, -3000, -500, -700, -800]


def test_credits_that_would_be_most_lines_need_a_decision(imports: Imports) -> None:
    content = table(
        "1/4/2024,Foo,100,CR", "1/4/2024,Bar,30,CR", "1/4/2024,Foo,7,DR", header="Date,Supplier,Amount,Dr/Cr"
    )
    before = imports.bytes()
    with pytest.raises(
        ImportFileError,
        match=r'2 of 3 lines would be credits .*--value "sign:CR=payment" --value "sign:DR=credit"',
    ):
        imports.first(content)
    assert imports.bytes() == before
    assert imports.first(content, columns=(("sign", ""),), dry_run=True).used.pence == 13_700
    mapping = imports.file('{"values": {"sign": {"CR": "payment", "DR": "credit"}}}', "m.json")
    assert imports.first(imports.file(content), mapping=mapping).used.pence == 12_300


@pytest.mark.parametrize("amounts", [("100.00", "-30.00"), ("100.00 DR", "30.00 CR")])
def test_amounts_may_stand_under_debit_and_credit_themselves(
    imports: Imports, amounts: tuple[str, str]
) -> None:
    rows = [f"1/4/2024,Foo,{amount}" for amount in amounts]
    assert imports.first(table(*rows, header="Date,Supplier,Debit/Credit")).used.pence == 7000


# -- redactions, credits, months ----------------------------------------------------------------------


def test_a_supplier_whose_name_is_held_back_is_kept_as_redacted(imports: Imports) -> None:
    found = imports.first(
        table("1/4/2024,****REDACTED PERSONAL INFO****,10,x", "1/4/2024,REDACTIVE EVENTS LTD,20,y")
    )
    assert list(imports.lines()["supplier"]) == ["REDACTED", "REDACTIVE EVENTS LTD"]
    assert imports.lines()["supplier_id"].isna().tolist() == [True, False]
    assert any(
        note == "1 line (£10.00) has a supplier whose name the publisher withheld: kept as REDACTED."
        for note in found.notes
    )


def test_a_line_without_a_supplier_is_kept_without_one(imports: Imports) -> None:
    found = imports.first(table("1/4/2024,,10,x"))
    assert imports.lines()["supplier"].isna().all()
    assert any("names no supplier" in note for note in found.notes)


def test_credit_notes_are_taken_off(imports: Imports) -> None:
    found = imports.first(
        table("1/4/2024,Foo,100.00,x", '1/4/2024,Foo,"(30.00)",y', "1/4/2024,Foo,20.00 CR,z")
    )
    assert found.used.pence == 5000


def test_a_month_stands_on_its_first_day_and_is_told(imports: Imports) -> None:
    found = imports.first(table("2024-04,Foo,1", header="Month (YYYY-MM),Supplier,Amount"))
    assert imports.lines()["date"].iloc[0] == date(2024, 4, 1)
    assert any("on its first day" in note for note in found.notes)


def test_dates_with_the_month_first_are_seen_from_the_whole_column(imports: Imports) -> None:
    imports.first(table("04/13/2024,Foo,1,x", "05/06/2024,Bar,2,y", *AMERICAN))
    assert list(imports.lines()["date"])[:2] == [date(2024, 4, 13), date(2024, 5, 6)]


@pytest.mark.parametrize("slips", [1, 2])
def test_a_slip_far_down_does_not_turn_all_dates_round(imports: Imports, slips: int) -> None:
    lines = [f"{1 + n % 12:02}/04/2024,Foo {n},1,x" for n in range(600)]
    slip = ["04/13/2024,Bar,1,x"] * slips
    found = imports.first(table(*lines, *slip))
    assert imports.lines()["date"].tolist() == [date(2024, 4, 1 + n % 12) for n in range(600)]
    assert codes(found.refused) == {"date-unreadable": slips}
    assert any("can only be read with the month first, which is too few" in note for note in found.notes)


def test_where_dates_contradict_each_other_the_day_comes_first(imports: Imports) -> None:
    imports.first(table(*AMERICAN))
    found = imports.run(table(*AMERICAN, "13/05/2024,Bar,1,x", "05/06/2024,Baz,1,x"))
    assert list(imports.lines()["date"])[3:] == [date(2024, 5, 13), date(2024, 6, 5)]
    assert codes(found.refused) == {"date-unreadable": 3}


@pytest.mark.exhaustive
def test_looking_far_for_a_date_takes_no_memory(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_tables, "_FAR_ROWS", 20_000)
    path = imports.file(table("01/04/2024,Foo,1,x") + "\n" * 300_000 + "02/04/2024,Bar,2,y\n")
    tracemalloc.start()
    found = imports.first(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.used.rows, found.blank) == (2, 300_000)
    assert peak < 40_000_000


def test_one_date_far_down_tells_the_order_of_all(imports: Imports) -> None:
    ambiguous = [f"0{1 + day // 100}/0{4 + day % 2}/2024,Foo {day},1,x" for day in range(600)]
    imports.run(table(*ambiguous, *AMERICAN), replace=True)
    assert imports.lines()["date"].iloc[0] == date(2024, 1, 4)
    imports.run(table(*ambiguous, "13/04/2024,Bar,1,x"), overlap="keep")
    assert imports.lines()["date"].iloc[-601] == date(2024, 4, 1)
    assert len(imports.lines()) == 1204


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Period", "202401"),
        ("Period", "2024-01"),
        ("Period", "01/2024"),
        ("Date", "2024/01"),
        ("Date", "202401"),
        ("Posting Period", "2024/1"),
    ],
)
def test_months_in_digits_that_may_be_periods_are_asked_about(
    imports: Imports, heading: str, text: str
) -> None:
    content = table(f"{text},Foo,5", header=f"{heading},Supplier,Amount")
    error = imports.refusal(content, replace=True, programme="corporate")
    assert "a month of the calendar, or a period of a financial year" in str(error)
    assert "--answer periods=financial" in str(error)
    imports.first(content, answers=(("periods", "months"),))
    assert imports.lines()["date"].tolist() == [date(2024, 1, 1)]
    imports.run(content, answers=(("periods", "financial"),))
    assert imports.lines()["date"].tolist() == [date(2024, 4, 1)]


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Period", "Apr-24"),
        ("Month", "2024/04"),
        ("Date", "2024-04"),
        ("Date", "2024/04/01"),
        ("Period", "April 2024"),
    ],
)
def test_months_that_say_which_they_are_are_not_asked_about(
    imports: Imports, heading: str, text: str
) -> None:
    imports.first(table(f"{text},Foo,5", header=f"{heading},Supplier,Amount"))
    assert imports.lines()["date"].tolist() == [date(2024, 4, 1)]


def test_periods_after_the_ninth_are_months_of_the_next_year() -> None:
    assert [of_period(date(2024, n, 1)) for n in (1, 9, 10, 12)] == [
        date(2024, 4, 1), date(2024, 12, 1), date(2025, 1, 1), date(2025, 3, 1),
    ]  # fmt: skip


def test_a_short_table_is_found_among_more_notes_than_it_has_rows(imports: Imports) -> None:
    notes = "* Without VAT that is recovered\nSome names are redacted\nAsk finance for more\nEnd"
    found = imports.first(ONE + notes + "\n")
    assert (found.used.rows, codes(found.refused)) == (1, {"remark": 4})


def test_the_order_of_one_publishers_dates_does_not_spoil_anothers(imports: Imports) -> None:
    american = imports.first(table(*AMERICAN))
    assert any("read with the month first" in note for note in american.notes)
    british = imports.run(table("13/05/2024,Bar,1,x", "06/05/2024,Baz,1,x"))
    assert list(imports.lines()["date"])[3:] == [date(2024, 5, 13), date(2024, 5, 6)]
    assert not any("month first" in note for note in british.notes)
    assert not imports.run(table("07/05/2024,Qux,1,x")).refused
    assert imports.lines()["date"].iloc[-1] == date(2024, 5, 7)


def test_dates_that_could_be_either_are_read_as_those_of_the_file_before(imports: Imports) -> None:
    imports.first(table(*AMERICAN))
    found = imports.run(table("05/06/2024,Bar,1,x"))
    assert imports.lines()["date"].iloc[-1] == date(2024, 5, 6)
    assert any("read with the month first" in note for note in found.notes)


# -- codes of the pack --------------------------------------------------------------------------------


def test_places_and_codes_that_the_pack_has_are_taken_and_others_left_out(imports: Imports) -> None:
    areas = imports.pack.table("areas")
    area, district = areas["code"].iloc[0], areas["district"].iloc[0]
    header = "Date,Supplier,Amount,Supplier LSOA,LSOA,Supplier type,Programme,Contract"
    rows = [
        f"1/4/2024,Foo,1,{area},{area.lower()},Large business,Corporate services,C9",
        "1/4/2024,Bar,2,E01000001,E08000012,huge,Nothing,",
    ]
    found = imports.run(table(*rows, header=header), replace=True)
    lines = imports.lines()
    assert lines.loc[0, ["supplier_area", "supplier_place", "benefit_area", "supplier_type", "programme"]].tolist() == [
        area, district, area, "large", "corporate",
    ]  # fmt: skip
    assert lines.loc[1, "supplier_place"] == "not-known"
    assert (
        lines.loc[1, ["supplier_area", "benefit_area", "supplier_type", "programme", "contract_id"]]
        .isna()
        .all()
    )
    told = " ".join(found.notes)
    assert all(value in told for value in ("'E01000001'", "'huge'", "'Nothing'", "'C9'"))


def test_lines_that_may_be_there_twice_are_kept_and_told(imports: Imports) -> None:
    row = "1/4/2024,Foo,100,x"
    found = imports.first(table(row, "1/4/2024,Foo,100,other", row, row))
    assert found.used.rows == 4
    assert any("2 lines (£200.00) may be duplicates" in note for note in found.notes)


def test_lines_with_references_of_their_own_are_not_taken_for_doubles(imports: Imports) -> None:
    header = "Date,Supplier,Amount,Transaction Number"
    found = imports.first(table("1/4/2024,Foo,1,A1", "1/4/2024,Foo,1,A2", header=header))
    assert not any("twice" in note for note in found.notes)


# -- Excel --------------------------------------------------------------------------------------------

ROWS = [
    ["Spend over £500", None, None],
    ["Date", "Supplier", "Amount"],
    [date(2024, 4, 1), "Foo & Co", 1234.5],
    [45384, "Bar", "(£30.00)"],
    ["30/04/2024", "Baz", 0.1 + 0.2],
]


def test_a_workbook_is_read_with_its_dates_and_numbers(imports: Imports) -> None:
    found = imports.first(
        imports.file(workbook({"Cover": sheet([["About"]]), "April": sheet(ROWS)}), "a.xlsx")
    )
    lines = imports.lines()
    assert list(lines["date"]) == [date(2024, 4, 1), date(2024, 4, 2), date(2024, 4, 30)]
    assert list(lines["amount_pence"]) == [123_450, -3000, 30]
    assert "sheet “April”" in found.form


def test_cells_that_begin_further_right_keep_their_columns(imports: Imports) -> None:
    xml = (
        f'<row r="3">{cell("C3", "Date")}{cell("D3", "Supplier")}{cell("E3", "Amount")}</row>'
        f'<row r="7">{cell("C7", date(2024, 4, 1))}{cell("E7", 5)}</row>'
    )
    imports.first(imports.file(workbook({"One": xml}), "a.xlsx"))
    assert imports.lines()["id"].iloc[0].endswith("-000007")
    assert imports.lines()["supplier"].isna().all()


def test_a_formula_counts_as_its_stored_result_and_without_one_is_refused(imports: Imports) -> None:
    stored = '<c r="C3"><f>A1*2</f><v>20</v></c>'
    rows = [["Date", "Supplier", "Amount"], [date(2024, 4, 1), "Foo", 5]]
    xml = sheet(rows) + f'<row r="3">{cell("A3", date(2024, 4, 2))}{cell("B3", "Bar")}{stored}</row>'
    xml += f'<row r="4">{cell("A4", date(2024, 4, 2))}{cell("B4", "=HYPERLINK(1)")}{cell("C4", 7)}</row>'
    found = imports.first(imports.file(workbook({"One": xml}), "a.xlsx"))
    assert list(imports.lines()["amount_pence"]) == [500, 2000]
    assert codes(found.refused) == {"formula": 1}


def test_a_sheet_of_sums_beside_the_payments_is_left_aside_and_told(imports: Imports) -> None:
    book = workbook({"Sums": sheet([["Month", "Total"], ["Apr-24", 1234.5]]), "April": sheet(ROWS)})
    found = imports.first(imports.file(book, "a.xlsx"))
    assert found.used.rows == 3
    assert any("Not read, because" in note and "Sums" in note for note in found.notes)


@pytest.mark.parametrize("supplier", ["Supplier", "Paid over to"])
def test_sheets_of_several_months_need_a_decision(imports: Imports, supplier: str) -> None:
    may = [["Date", supplier, "Amount"], [date(2024, 5, 1), "Foo", 7]]
    book = workbook({"April": sheet(ROWS), "May": sheet(may)})
    with pytest.raises(ImportFileError, match="2 sheets have headings of spend: April, May"):
        imports.first(imports.file(book, "a.xlsx"))


def test_a_sheet_of_payments_in_other_words_needs_a_decision_which_a_heading_can_be(imports: Imports) -> None:
    may = [["Paid on", "Supplier", "Net spend"], [date(2024, 5, 1), "Foo", 7.5]]
    path = imports.file(workbook({"April": sheet(ROWS), "May": sheet(may)}), "a.xlsx")
    with pytest.raises(ImportFileError, match="2 sheets have headings of spend: April, May"):
        imports.first(path)
    assert imports.first(path, columns=(("date", "Paid on"),)).used.pence == 750


@pytest.mark.parametrize("header", ["Payment Date,Beneficiary,Purpose,Net", "Date,Supplier,Amount,Purpose"])
def test_a_summary_above_the_payments_is_left_aside_and_told(imports: Imports, header: str) -> None:
    purposed = header.endswith("Net")
    rows = ["1/4/2024,Foo,x,10", "2/4/2024,Bar,y,20", "3/4/2024,Baz,z,30"] if purposed else [
        "1/4/2024,Foo,10,x", "2/4/2024,Bar,20,y", "3/4/2024,Baz,30,z",
    ]  # fmt: skip
    summary = "Month,Supplier,Amount\nApr-24,Foo,10\nApr-24,Others,50\n\n"
    found = imports.first(summary + table(*rows, header=header))
    assert (found.used.pence, found.preamble) == (6000, 3)
    assert any("Row 1 is headings of a smaller table (2 lines)" in note for note in found.notes)


def test_a_short_month_above_a_longer_one_with_other_headings_is_no_summary(imports: Imports) -> None:
    again = "Payment Date,Supplier Name,Net Amount,Purpose"
    rows = ("9/5/2024,Foo,20,x", "9/5/2024,Bar,30,y", "9/5/2024,Baz,40,z")
    found = imports.first(table("8/4/2024,Foo,10,", again, *rows, header="Date,Supplier,Amount,"))
    assert (found.used.pence, codes(found.refused)) == (10_000, {"headings": 1})


def test_a_summary_can_be_taken_by_naming_its_headings(imports: Imports) -> None:
    summary = "Month,Supplier,Amount\nApr-24,Foo,10\nApr-24,Others,50\n\n"
    rows = ("1/4/2024,Foo,10,x", "2/4/2024,Bar,20,y", "3/4/2024,Baz,30,z")
    content = summary + table(*rows, header="Payment Date,Supplier,Amount,Purpose")
    given = (("date", "Payment Date"), ("amount", "Amount"))
    assert imports.first(content, columns=given, dry_run=True).used.pence == 6000
    assert "headings in row 1" in imports.first(content, columns=(("date", "Month"),)).form


def test_hidden_sheets_are_left_alone(imports: Imports) -> None:
    book = workbook({"Draft": sheet(ROWS), "Final": sheet(ROWS[1:3])}, hidden=["Draft"])
    assert imports.first(imports.file(book, "a.xlsx")).used.rows == 1


# -- everything is accounted for ----------------------------------------------------------------------

_AMOUNTS = st.one_of(
    st.integers(-(10**9), 10**9).map(lambda pence: f"{Decimal(pence) / 100:.2f}"),
    st.integers(1, 10**9).map(lambda pence: f'"({Decimal(pence) / 100:,.2f})"'),
    st.sampled_from(["", "ten", "1.005", "$4", "=1"]),
)
_DATES = st.sampled_from(["01/04/2024", "2024-05", "", "soon", "01/01/2030", "01/01/1999"])
_SUPPLIERS = st.sampled_from(["Foo", "Bar Ltd", "REDACTED", "", "=1+1", "Total", "TOTAL GAS"])


@examples(2 / 5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(_DATES, _SUPPLIERS, _AMOUNTS), max_size=12))
def test_what_comes_in_is_what_is_used_and_refused_to_the_penny(
    imports: Imports, rows: list[tuple[str, str, str]]
) -> None:
    content = table(
        *(",".join(row) for row in [("01/04/2024", "Anchor", "1.00"), *rows]), header="Date,Supplier,Amount"
    )
    # Whether lines of nobody pay a card's statement, and whether signs are turned, is asked elsewhere.
    answers = (("settlements", "credits"), ("signs", "credits"))
    found = imports.run(content, dry_run=True, replace=True, answers=answers)
    assert found.incoming.rows == 1 + sum(any(row) for row in rows)
    assert found.incoming.rows == found.used.rows + found.refused_rows
    assert found.incoming.pence == found.used.pence + found.refused_pence
    assert found.incoming.without == found.refused_without


# -- cells that moved ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("header", "row"), [("", ""), (",,", ",,")])
def test_an_amount_that_a_comma_parts_in_two_is_never_taken_for_its_first_half(
    imports: Imports, header: str, row: str, rows: int
) -> None:
    parted = [f"1/4/2024,Foo,1,234.50{row}"] * rows
    found = imports.first(table(f"1/4/2024,Bar,7.00{row}", *parted, header=f"Date,Supplier,Amount{header}"))
    assert codes(found.refused) == {"cells": rows}
    assert found.used.pence == 700


def test_columns_without_a_heading_do_no_harm(imports: Imports) -> None:
    content = table("1/4/2024,Foo,5,,a note", "2/4/2024,Bar,6,,", header="Date,Supplier,Amount,,")
    assert imports.first(content).used.pence == 1100
