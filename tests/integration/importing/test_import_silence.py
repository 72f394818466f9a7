"""What files get wrong without a word: each is seen by what the file itself shows, and told or asked about."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from svdash.importing.cells.date_evidence import DateEvidence
from svdash.importing.cells.supplier_numbers import placeholder
from svdash.importing.cells.withheld_names import is_withheld
from svdash.importing.columns.headings import in_multiples
from svdash.importing.questions import Question
from svdash.importing.reconciliation import ImportFileError
from tests.integration.importing.made import Imports, codes, table
from tests.integration.importing.workbooks import sheet, workbook

NAMES = ("Ash Catering", "Beech Roofing Ltd", "Cherry Nurseries", "Dogwood & Partners", "Elm Coaches")


# -- numbers of suppliers -----------------------------------------------------------------------------


def numbered(*numbers: str) -> str:
    rows = (
        f"{day}/4/2024,{name},{number},10"
        for day, (name, number) in enumerate(zip(NAMES, numbers, strict=False), 13)
    )
    return table(*rows, header="Date,Supplier,Supplier ID,Amount")


@pytest.mark.parametrize(
    "word", ["Redacted", "N/A", "-", "0", "0000", "Not known", "see invoice", "#N/A", "TBC", "None"]
)
def test_a_word_in_the_place_of_a_number_is_no_supplier(word: str) -> None:
    assert placeholder(word)


@pytest.mark.parametrize("number", ["100", "A0001", "GB-COH-1", "NOTTS01", "0042", "BEECHROOF", "7"])
def test_a_number_or_a_code_of_a_supplier_is_one(number: str) -> None:
    assert not placeholder(number)


def test_suppliers_whose_number_is_a_placeholder_are_told_apart_by_name(imports: Imports) -> None:
    found = imports.first(numbered("Redacted", "Redacted", "-", "V5", "V6"))
    numbers = list(imports.lines()["supplier_id"])
    assert len(set(numbers)) == 5
    assert numbers[3:] == ["V5", "V6"]
    assert any("3 lines have no supplier number but 'Redacted', '-'" in note for note in found.notes)


def test_a_column_with_one_number_for_many_names_is_left_out_with_a_note(imports: Imports) -> None:
    content = numbered(*["9001"] * 5)
    found = imports.first(content)
    assert len(set(imports.lines()["supplier_id"])) == 5
    assert any("column of supplier numbers is left out: it has only '9001'" in note for note in found.notes)
    imports.first(imports.file(content), answers=(("numbers", "keep"),))
    assert set(imports.lines()["supplier_id"]) == {"9001"}


def test_one_number_among_others_that_stands_for_many_names_is_told(imports: Imports) -> None:
    found = imports.first(numbered("9001", "9001", "9001", "V5", "V6"))
    assert len(set(imports.lines()["supplier_id"])) == 5
    assert any("'9001', which has many names" in note for note in found.notes)


def test_a_supplier_under_two_spellings_keeps_its_number(imports: Imports) -> None:
    rows = ("13/4/2024,Ash Catering,V1,1", "14/4/2024,ASH CATERING LTD,V1,2", "15/4/2024,Ash,V1,3")
    imports.first(table(*rows, header="Date,Supplier,Supplier ID,Amount"))
    assert set(imports.lines()["supplier_id"]) == {"V1"}


# -- names held back ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "REDCATED",
        "Redated",
        "Re-dacted",
        "Readacted",
        "██████ Ltd",
        "████ ███",
        "*** ***",
        "XXXX XXXX",
        "J*** S****",
        "Witheld",
    ],
)
def test_redactions_that_are_misspelt_or_blacked_out_name_nobody(name: str) -> None:
    assert is_withheld(name)


@pytest.mark.parametrize(
    "name", ["Related Ltd", "Reacted Ltd", "Maxxx Ltd", "Foo Ltd***", "Dedicated Taxis", "Credited"]
)
def test_names_that_resemble_a_redaction_are_names(name: str) -> None:
    assert not is_withheld(name)


def test_a_misspelt_redaction_is_kept_as_one_and_told(imports: Imports) -> None:
    found = imports.first(table("13/4/2024,REDCATED,10,x", "14/4/2024,Foo,20,y"))
    assert list(imports.lines()["supplier"]) == ["REDACTED", "Foo"]
    assert any("look like a redaction" in note for note in found.notes)


# -- day and month ------------------------------------------------------------------------------------

TURNED = table(
    "05/03/2024,Foo,100,a", "05/05/2024,Bar,200,b", "05/09/2024,Baz,300,c",
    "17/05/2024,Foo,10,d", "23/05/2024,Bar,20,e", "30/05/2024,Baz,30,f",
)  # fmt: skip


def test_dates_outside_the_months_of_a_file_that_lie_inside_once_exchanged_are_asked_about(
    imports: Imports,
) -> None:
    error = imports.refusal(TURNED, replace=True)
    assert "2 lines (£400.00) fall outside May 2024; with day and month exchanged all are in May 2024" in str(
        error
    )
    assert [each.key for each in error.reconciliation.questions] == ["dates"]
    assert "mixed" in error.reconciliation.as_dict()["questions"][0]["answers"]
    assert any("--answer dates=mixed" in note for note in error.reconciliation.as_dict()["notes"])


def test_a_person_may_have_day_and_month_exchanged_or_left_as_they_are(imports: Imports) -> None:
    imports.first(TURNED, answers=(("dates", "mixed"),))
    assert {day.month for day in imports.lines()["date"]} == {5}
    mapping = imports.file('{"dates": "dmy"}', "m.json")
    imports.first(imports.file(TURNED), mapping=mapping)
    assert {day.month for day in imports.lines()["date"]} == {3, 5, 9}


def test_a_later_file_with_the_same_headings_is_asked_about_anew(imports: Imports) -> None:
    imports.first(TURNED, answers=(("dates", "mixed"),))
    later = TURNED.replace("/05/2024", "/06/2024").replace("05/0", "06/0")
    assert [each.key for each in imports.refusal(later).reconciliation.questions] == ["dates"]


def test_true_dates_beside_dates_as_text_show_that_a_spreadsheet_took_the_month_for_the_day(
    imports: Imports,
) -> None:
    rows: list[list[Any]] = [
        ["Date", "Supplier", "Amount"],
        [date(2024, 2, 7), "Foo", 10], [date(2024, 3, 7), "Bar", 20],
        ["16/07/2024", "Foo", 30], ["19/07/2024", "Bar", 40],
    ]  # fmt: skip
    book = imports.file(workbook({"Sheet1": sheet(rows)}), "s.xlsx")
    assert imports.refusal(book, replace=True).reconciliation.questions
    imports.first(book, answers=(("dates", "mixed"),))
    assert [(day.day, day.month) for day in imports.lines()["date"]] == [(2, 7), (3, 7), (16, 7), (19, 7)]


def test_true_dates_are_told_from_text_where_months_say_nothing() -> None:
    evidence = DateEvidence()
    for text in ("2024-01-02", "2024-02-01", "17/01/2024", "18/02/2024"):
        evidence.add(text, 100)
    asked = evidence.question()
    assert isinstance(asked, Question)
    assert "true dates (2 lines) all have a day up to the 12th" in asked.words


def test_rows_that_stand_in_order_only_once_exchanged_show_it_too() -> None:
    evidence = DateEvidence()
    for month in range(1, 13):
        for day in (2, 5, 8, 11, 14, 20, 26):
            evidence.add(f"{month:02}/{day:02}/2024" if day < 13 else f"{day:02}/{month:02}/2024", 100)
    asked = evidence.question()
    assert isinstance(asked, Question)
    assert "in date order only if day and month are exchanged" in asked.words


def test_grants_in_json_are_asked_about_as_well(imports: Imports) -> None:
    days = ("2024-03-05", "2024-09-05", "2024-05-17", "2024-05-23", "2024-05-30")
    grants = [
        {"id": f"360G-x-{n}", "title": "t", "currency": "GBP", "amountAwarded": 10, "awardDate": day,
         "recipientOrganization": [{"id": f"GB-CHC-{n}", "name": "Foo"}]}
        for n, day in enumerate(days)
    ]  # fmt: skip
    file = imports.file(json.dumps({"grants": grants}), "g.json")
    assert imports.refusal(file, "360giving", replace=True).reconciliation.questions


@pytest.mark.parametrize(
    "days",
    [
        ("04/03/2024", "17/04/2024", "23/04/2024"),
        ("02/04/2024", "03/04/2024", "23/04/2024"),
        ("03/04/2024", "02/05/2024", "23/06/2024", "29/07/2024"),
        ("28/03/2024", "02/04/2024", "03/04/2024", "17/04/2024"),
        ("02/04/2024", "2024-04-03", "17/04/2024", "2024-04-18"),
    ],
)
def test_dates_that_give_no_reason_to_doubt_are_not_asked_about(days: tuple[str, ...]) -> None:
    evidence = DateEvidence()
    for day in days:
        evidence.add(day, 100)
    assert not isinstance(evidence.question(), Question)


# -- units, years, quotation marks, settlements, sheets -----------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Amount £m",
        "Net (£ in 000s)",
        "Amount GBP'000",
        "figures are in 1,000s of pounds",
        "Amount (£ x 1,000)",
    ],
)
def test_every_spelling_of_a_unit_is_seen(text: str) -> None:
    assert in_multiples(text)


@pytest.mark.parametrize(
    "text", ["Spend over £1,000", "£25k+", "Payments £1000+", "Invoices of 1,000 or more", "Period 10"]
)
def test_a_threshold_is_no_unit(text: str) -> None:
    assert not in_multiples(text)


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("Financial Year", "2011/12"), ("FY", "2011-12"), ("Period", "2010/11"), ("Date", "2011/12")],
)
def test_a_financial_year_is_no_month(imports: Imports, heading: str, cell: str) -> None:
    content = table(f"{cell},Foo,10", f"{cell},Bar,20", header=f"{heading},Supplier,Amount")
    with pytest.raises(ImportFileError, match="date"):
        imports.first(content, since=date(2010, 1, 1))


def test_december_is_a_month_under_a_heading_of_months_or_where_a_person_says_so(imports: Imports) -> None:
    rows = ("2011-12,Foo,10", "2011-12,Bar,20")
    options = {"since": date(2010, 1, 1), "dry_run": True}
    assert imports.first(table(*rows, header="Month,Supplier,Amount"), **options).used.rows == 2
    said = imports.first(table(*rows, header="Period,Supplier,Amount"), columns=(("date", "#1"),), **options)
    assert said.used.rows == 2
    assert any("is read as a month" in note for note in said.notes)


OPEN_QUOTE = (
    "Date,Supplier,Amount,Purpose\n"
    '13/4/2024,Foo,10,"Blue folders\n14/4/2024,Bar,20,Rent\n15/4/2024,Baz,30,"Fuel"\n16/4/2024,Qux,40,Tea\n'
)


def test_lines_behind_a_quotation_mark_that_is_never_closed_are_read_as_lines(imports: Imports) -> None:
    found = imports.first(OPEN_QUOTE)
    assert (found.incoming.rows, found.used.pence) == (4, 10_000)
    assert list(imports.lines()["supplier"]) == ["Foo", "Bar", "Baz", "Qux"]
    assert any("Row 2 (line 2) opens a quotation mark that is never closed" in note for note in found.notes)


def test_a_row_that_has_swallowed_lines_which_can_not_be_parted_is_refused(imports: Imports) -> None:
    found = imports.first(OPEN_QUOTE.replace("20,Rent", "20,Rent,extra"))
    assert codes(found.refused) == {"quotation": 1}
    assert found.used.pence == 4000


def test_a_text_of_several_lines_is_one_cell(imports: Imports) -> None:
    found = imports.first(table('13/4/2024,Foo,10,"Chairs, tables\nfor 14/4/2024, 20 of them"'))
    assert (found.incoming.rows, found.used.pence) == (1, 1000)


def test_the_payment_of_a_cards_statement_is_no_credit_note(imports: Imports) -> None:
    rows = ("13/4/2024,Foo,10", "14/4/2024,Bar,20", "15/4/2024,,-30", "16/4/2024,Baz,5", "17/4/2024,Qux,6",
            "18/4/2024,PAYMENT RECEIVED - THANK YOU,-11")  # fmt: skip
    content = table(*rows, header="Date,Supplier,Amount")
    found = imports.first(content)
    assert codes(found.refused) == {"settlement": 2}
    assert (found.incoming.pence, found.used.pence, found.refused_pence) == (0, 4100, -4100)
    assert not any("credit notes" in note for note in found.notes)
    assert imports.first(imports.file(content), answers=(("settlements", "credits"),)).used.pence == 0


def test_a_line_of_nobody_that_takes_off_most_of_the_file_is_asked_about(imports: Imports) -> None:
    rows = ("12/4/2024,,-275", "13/4/2024,Foo,10", "14/4/2024,Bar,20")
    content = table(*rows, header="Date,Supplier,Amount")
    assert [each.key for each in imports.refusal(content, replace=True).reconciliation.questions] == [
        "settlements"
    ]
    for answer, pence in (("credits", -24_500), ("refuse", 3000)):
        assert imports.first(content, dry_run=True, answers=(("settlements", answer),)).used.pence == pence


def test_a_negative_line_without_a_supplier_is_not_called_a_credit_note(imports: Imports) -> None:
    found = imports.first(table("13/4/2024,Foo,10", "15/4/2024,,-4", header="Date,Supplier,Amount"))
    assert found.used.pence == 600
    assert any("Check whether that is a credit, or pays a card statement" in note for note in found.notes)
    assert not any("credit notes" in note for note in found.notes)


ROWS = [["Date", "Supplier", "Amount"], [date(2024, 4, 15), "Foo", 10]]


def test_a_hidden_sheet_with_headings_is_named_and_can_be_read(imports: Imports) -> None:
    more = [ROWS[0], [date(2024, 5, 15), "Bar", 90]]
    book = imports.file(workbook({"April": sheet(ROWS), "May": sheet(more)}, hidden=["May"]), "s.xlsx")
    found = imports.first(book, dry_run=True)
    assert found.used.pence == 1000
    assert any("1 hidden sheet with headings of spend was not read: May." in note for note in found.notes)
    assert found.sheets_not_read == ["hidden sheet “May” (2 rows)"]
    assert imports.first(book, sheet="May", dry_run=True).used.pence == 9000


def test_a_workbook_whose_only_table_is_hidden_says_how_to_read_it(imports: Imports) -> None:
    book = imports.file(workbook({"Cover": sheet([["Us"]]), "Data": sheet(ROWS)}, hidden=["Data"]), "s.xlsx")
    with pytest.raises(
        ImportFileError, match=r'only hidden sheets have headings of spend: Data.*--sheet "Data"'
    ):
        imports.first(book)


def test_a_sheet_that_goes_on_without_headings_is_named(imports: Imports) -> None:
    more = [[date(2024, 5, 15), "Bar", 90.5], [date(2024, 5, 16), "Baz", 20.5]]
    book = imports.file(workbook({"Page 1": sheet(ROWS), "Page 2": sheet(more)}), "s.xlsx")
    found = imports.first(book, dry_run=True)
    assert any(
        "1 sheet without headings, but with dates, names and amounts, was not read: Page 2" in note
        for note in found.notes
    )


def test_a_sheet_of_notes_is_listed_and_no_more(imports: Imports) -> None:
    book = imports.file(workbook({"April": sheet(ROWS), "Notes": sheet([["Ask finance"]])}), "s.xlsx")
    found = imports.first(book, dry_run=True)
    assert found.sheets_not_read == ["sheet “Notes” (1 row)"]
    assert not any("not read" in note for note in found.notes)


@pytest.mark.parametrize(
    "text", ["AmountPence", "Amount p", "Net Amount (in hundreds)", "£ hundreds", "AmountThousands"]
)
def test_units_are_told_in_other_spellings_too(text: str) -> None:
    assert in_multiples(text)


@pytest.mark.parametrize(
    "text", ["Amount", "AmountPaid", "Amount pd", "Hundred House Ltd", "Total paid", "Net Price"]
)
def test_what_only_resembles_a_unit_is_none(text: str) -> None:
    assert not in_multiples(text)


def test_a_sheet_that_is_called_after_its_unit_is_asked_about(imports: Imports) -> None:
    rows = sheet([["Date", "Supplier", "Amount"], [date(2024, 5, 15), "Foo Ltd", 350.5]])
    path = imports.file(workbook({"May (£000)": rows}), "a.xlsx")
    with pytest.raises(
        ImportFileError, match=r"The sheet is called 'May \(£000\)': amounts may be in thousands"
    ):
        imports.first(path)
    assert imports.first(path, answers=(("unit", "thousands"),)).used.pence == 35_050_000
    assert imports.first(imports.file(workbook({"Over £25k": rows}), "b.xlsx")).used.pence == 35_050


@pytest.mark.parametrize(
    "name", ["(blank)", "N/A", "#N/A", "null", "None", "Unknown supplier", "TBC", "____", "Not known"]
)
def test_a_word_for_no_name_is_no_supplier(imports: Imports, name: str) -> None:
    found = imports.first(table(f"01/04/2024,{name},10.00,x", "02/04/2024,Foo Ltd,20.00,y"))
    assert [each for each in imports.lines()["supplier"] if isinstance(each, str)] == ["Foo Ltd"]
    assert any("1 line (£10.00) names no supplier: kept without one" in note for note in found.notes)


@pytest.mark.parametrize(
    "name", ["Nil Desperandum Ltd", "NA Smith & Son", "The Unknown Theatre", "Blank & Co"]
)
def test_a_name_that_has_such_a_word_is_one(imports: Imports, name: str) -> None:
    imports.first(table(f"01/04/2024,{name},10.00,x"))
    assert list(imports.lines()["supplier"]) == [name]


@pytest.mark.parametrize("heading", ["Curr", "CCY", "Transaction Currency"])
def test_a_column_of_currencies_is_known_by_other_headings(imports: Imports, heading: str) -> None:
    content = table(
        "01/04/2024,Foo,10.00,x,EUR",
        "02/04/2024,Bar,20.00,y,GBP",
        header=f"Date,Supplier,Amount,Purpose,{heading}",
    )
    assert imports.first(content).used.pence == 2_000


def test_a_column_without_a_heading_is_named_by_its_number(imports: Imports) -> None:
    with pytest.raises(
        ImportFileError, match=r"Headings: Date, Supplier, #3 \(without a heading\), Purpose\."
    ):
        imports.first("Date,Supplier,,Purpose\n01/04/2024,Foo,5,x\n02/04/2024,Bar,6,y\n")


# -- the same kinds in other words --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["Amount/1000", "Amount in K", "Amount in mn", "Amount (T£)", "Amount (hundreds of £)"]
)
def test_a_unit_is_seen_as_a_divisor_a_letter_and_hundreds(text: str) -> None:
    assert in_multiples(text)


@pytest.mark.parametrize(
    "text", ["Amount in month", "Paid in May", "Costs 2/1", "Category £", "Hundred House"]
)
def test_words_that_begin_like_a_unit_are_none(text: str) -> None:
    assert not in_multiples(text)


@pytest.mark.parametrize("heading", ["Unit", "Currency", "Scale"])
def test_a_column_that_says_the_unit_in_its_cells_is_asked_about(imports: Imports, heading: str) -> None:
    rows = ("13/4/2024,Foo Ltd,10.5,£000", "14/4/2024,Bar Ltd,20,£000")
    content = table(*rows, header=f"Date,Supplier,Amount,{heading}")
    with pytest.raises(ImportFileError, match=rf"The column '{heading}' says '£000'"):
        imports.first(content)
    other = content.replace("£000", "Roads")
    if heading != "Currency":
        assert imports.first(imports.file(other)).used.pence == 3050


def test_a_title_that_says_euro_is_asked_about_and_a_name_in_a_title_is_not(imports: Imports) -> None:
    rows = table("13/4/2024,Foo Ltd,10,x")
    with pytest.raises(
        ImportFileError, match="says 'All figures in euro': amounts may be in another currency"
    ):
        imports.first(f"All figures in euro\n{rows}")
    assert imports.first(imports.file(f"Payments by Dollar Bank\n{rows}")).used.pence == 1000
    said = imports.first(imports.file(f"All figures in euro\n{rows}"), answers=(("currency", "pounds"),))
    assert said.used.pence == 1000


@pytest.mark.parametrize("name", ["Barclaycard repayment", "Example Bank Corporate Card", "Balance settled"])
def test_a_named_line_that_takes_off_just_what_stands_above_pays_a_card(imports: Imports, name: str) -> None:
    content = table("13/4/2024,Foo,10,a", "14/4/2024,Bar,20,b", f"15/4/2024,{name},-30,", "16/4/2024,Baz,5,c")
    assert codes(imports.first(content).refused) == {"settlement": 1}


def test_a_refund_of_all_that_stands_above_is_a_credit(imports: Imports) -> None:
    found = imports.first(table("13/4/2024,Foo,10,a", "14/4/2024,Bar,20,b", "15/4/2024,Foo,-30,back"))
    assert (found.used.rows, found.used.pence) == (3, 0)


REVERSED = table("13/4/2024,Foo,-10,a", "14/4/2024,Bar,-20,b", "15/4/2024,Baz,-30,c", "16/4/2024,Foo,4,back")


def test_a_file_whose_payments_are_negative_is_asked_about(imports: Imports) -> None:
    asked = imports.refusal(REVERSED, replace=True).reconciliation.questions
    assert [each.key for each in asked] == ["signs"]
    found = imports.first(REVERSED, answers=(("signs", "reversed"),))
    assert sorted(imports.lines()["amount_pence"]) == [-400, 1000, 2000, 3000]
    assert any("every sign is turned" in note for note in found.notes)
    assert imports.first(imports.file(REVERSED), answers=(("signs", "credits"),)).used.pence == -5600


@pytest.mark.parametrize("row", ["3 records,,60,", ",Sum,60,", ",Balance c/f,60,"])
def test_a_line_without_a_date_that_is_just_the_sum_is_a_total_whatever_it_is_called(
    imports: Imports, row: str
) -> None:
    found = imports.first(table("13/4/2024,Foo,10,a", "14/4/2024,Bar,20,b", "15/4/2024,Baz,30,c", row))
    assert codes(found.refused) == {"total": 1}
    assert found.incoming.pence == found.used.pence == 6000


@pytest.mark.parametrize(
    ("said", "note"), [("60", "1 of 1 totals"), ("60.01", "the lines below it come to £60.00")]
)
def test_a_total_that_stands_above_its_lines_is_no_money_that_came_in(
    imports: Imports, said: str, note: str
) -> None:
    found = imports.first(
        table(f",,{said},", "13/4/2024,Foo,10,a", "14/4/2024,Bar,20,b", "15/4/2024,Baz,30,c")
    )
    assert codes(found.refused) == {"total": 1}
    assert found.incoming.pence == 6000
    assert any(note in told for told in found.notes)


@pytest.mark.parametrize("word", ["9999", "999999", "xxx", "S.40", "Section 40"])
def test_nines_crosses_and_the_exemption_are_no_numbers_of_suppliers(word: str) -> None:
    assert placeholder(word)


def test_a_number_of_two_names_is_told(imports: Imports) -> None:
    found = imports.first(numbered("V1", "V1", "V3", "V4", "V5"))
    assert any("'V1' (Ash Catering and Beech Roofing Ltd)" in note for note in found.notes)


@pytest.mark.parametrize("name", ["Various", "Sundry suppliers", "Miscellaneous payments", "Multiple"])
def test_a_word_for_many_suppliers_is_none(imports: Imports, name: str) -> None:
    imports.first(table(f"01/04/2024,{name},10.00,x", "02/04/2024,Various Artists Ltd,20.00,y"))
    assert [each for each in imports.lines()["supplier"] if isinstance(each, str)] == ["Various Artists Ltd"]


@pytest.mark.parametrize(
    "name", ["Removed", "[REMOVED]", "Anonymised", "Suppressed", "Personal", "Not published"]
)
def test_other_words_for_a_name_held_back_are_known(name: str) -> None:
    assert is_withheld(name)


@pytest.mark.parametrize("name", ["Removals Ltd", "Personal Care Ltd", "Suppressed Fire Ltd"])
def test_names_with_such_words_in_them_are_names(name: str) -> None:
    assert not is_withheld(name)


# -- siblings of faults that real files had -------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Amount (AUD)", "Amount zł", "Amount in Rs", "Spend (SEK)", "Value ₹"])
def test_other_currencies_than_dollar_and_euro_are_asked_about(imports: Imports, heading: str) -> None:
    with pytest.raises(ImportFileError, match="another currency"):
        imports.first(table("13/4/2024,Foo Ltd,10.50", header=f"Date,Supplier,{heading}"))


@pytest.mark.parametrize("amount", ["US$ 1,000.00", "A$1,000.00", "1,000.00 kr", "₹1,000.00"])
def test_signs_of_other_currencies_are_left_out_where_a_person_says_so(imports: Imports, amount: str) -> None:
    content = table(f'13/4/2024,Foo,"{amount}",x', "14/4/2024,Bar,5,x")
    assert codes(imports.first(content).refused) == {"currency": 1}
    assert imports.first(imports.file(content), answers=(("currency", "pounds"),)).used.pence == 100500


@pytest.mark.parametrize("other", ["Amount (EUR)", "Amount (£000)"])
def test_of_several_amounts_the_one_in_pounds_is_taken(imports: Imports, other: str) -> None:
    header = f"Date,Supplier,{other},Amount (GBP)"
    assert imports.first(table("13/4/2024,Foo,100,85.00", header=header)).used.pence == 8500


def test_a_column_that_is_empty_makes_way_for_another_and_it_is_said(imports: Imports) -> None:
    rows = ("13/4/2024,Foo,,10.00", "14/4/2024,Bar,,20.00")
    found = imports.first(table(*rows, header="Date,Supplier,Net Amount,Gross Amount"))
    assert found.used.pence == 3000
    assert any("'Net Amount' is empty, so the amount is read from 'Gross Amount'" in n for n in found.notes)


@pytest.mark.parametrize(("cell", "key"), [("£000", "unit"), ("pence", "unit"), ("amounts in €", "currency")])
def test_a_row_of_units_below_the_headings_is_asked_about(imports: Imports, cell: str, key: str) -> None:
    content = table(f",,{cell},", "13/4/2024,Foo,10,x", "14/4/2024,Bar,20,y")
    asked = imports.refusal(content, replace=True).reconciliation.questions
    assert [each.key for each in asked] == [key]
    assert imports.first(imports.file(content), answers=((key, "pounds"),)).used.pence == 3000


def test_a_column_beyond_the_headings_is_asked_for_by_its_number(imports: Imports) -> None:
    content = "Dept,Date,Supplier\nH,13/4/2024,Foo,£10.00\nH,14/4/2024,Bar,£20.00\n"
    with pytest.raises(ImportFileError, match='--column "amount=#4"'):
        imports.first(content)
    assert imports.first(imports.file(content), columns=(("amount", "#4"),)).used.pence == 3000


def test_a_second_line_of_nobody_is_asked_about_where_one_pays_a_statement(imports: Imports) -> None:
    rows = ("13/4/2024,Foo,1200,a", "14/4/2024,Bar,800,b", "15/4/2024,Baz,1500,c")
    content = table(*rows, "16/4/2024,,-1200,", "16/4/2024,,-2300,", "18/4/2024,Qux,40,d")
    asked = imports.refusal(content, replace=True).reconciliation.questions
    assert [each.key for each in asked] == ["settlements"]


def test_a_line_that_takes_off_just_what_stands_above_it_is_told(imports: Imports) -> None:
    found = imports.first(table("13/4/2024,Foo,10,a", "14/4/2024,Bar,20,b", "15/4/2024,Council,-30,"))
    assert any("Row 4 (Council) subtracts exactly the sum of the lines above it" in n for n in found.notes)


def test_totals_that_are_off_by_pence_are_totals_below_each_group_and_under_a_name(imports: Imports) -> None:
    groups = ("13/4/2024,Foo,10.01,a", "14/4/2024,Bar,20.01,b", ",,30.0,", "15/4/2024,Baz,5,c", ",,35.1,")
    found = imports.first(table(*groups))
    assert codes(found.refused) == {"total": 2}
    assert found.incoming.pence == found.used.pence == 3502
    named = table("13/4/2024,Foo,10.01,a", "14/4/2024,Bar,20.01,b", "30/4/2024,TOTAL,30.0,")
    assert codes(imports.first(imports.file(named)).refused) == {"total": 1}


def test_a_total_below_grants_is_no_money_that_came_in(imports: Imports) -> None:
    header = "Identifier,Title,Currency,Amount Awarded,Award Date,Recipient Org:Name"
    rows = ("1,t,GBP,100.5,2024-04-02,Foo", "2,t,GBP,200.5,2024-04-03,Bar", ",,,301,,")
    found = imports.first(table(*rows, header=header), "360giving")
    assert codes(found.refused) == {"total": 1}
    assert found.incoming.pence == found.used.pence == 30100


def test_a_cell_of_a_workbook_that_has_swallowed_lines_is_refused(imports: Imports) -> None:
    lost = "A4\n14/04/2024,Bar,200.00,Pens"
    rows = [
        ["Date", "Supplier", "Amount", "Purpose"],
        [date(2024, 4, 13), "Foo", 10, lost],
        [date(2024, 4, 15), "Baz", 5, "two\nlines"],
    ]
    found = imports.first(imports.file(workbook({"April": sheet(rows)}), "spend.xlsx"))
    assert codes(found.refused) == {"quotation": 1}
    assert found.used.pence == 500


@pytest.mark.parametrize("name", ["s40(2)", "Section 40 (2)", "RDCT"])
def test_the_exemption_alone_is_no_name(name: str) -> None:
    assert is_withheld(name)
