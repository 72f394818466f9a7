"""Which column is what: proposed, shown, changed, remembered."""

from __future__ import annotations

import json
from datetime import date

import pytest

from svdash.importing.columns.column_mapping import Mapper
from svdash.importing.columns.headings import folded, names_of
from svdash.importing.columns.remembered_mappings import memory_file
from svdash.importing.formats.council_spending import FIELDS, FORM
from svdash.importing.reconciliation import ImportFileError
from tests.integration.importing.made import Imports, table
from tests.work_done import that_ends

ODD = table("1/4/2024,17,Foo Ltd,1000.00", "2/4/2024,18,Bar,20.50", header="Wann,Nr,Wer,Wieviel")


def how(found: object, name: str) -> dict[str, str]:
    """How a field was mapped."""
    return next(each for each in found.mapping if each["field"] == name)  # type: ignore[attr-defined]


def taken(header: str, *rows: str) -> dict[str, str]:
    """Which heading each field of spending is read from."""
    mapper = Mapper("a.csv, row 1", header.split(","), [row.split(",") for row in rows], FIELDS)
    mapper.propose(FORM.headings)
    return {name: mapper.headings[at] for name, at in mapper.columns.items()}


def test_headings_are_compared_without_case_brackets_and_marks() -> None:
    assert folded(" Amount (£) ") == "amount"
    assert folded("Goods & Services") == folded("GOODS AND SERVICES")


def test_the_proposal_tells_what_each_column_is_taken_for(imports: Imports) -> None:
    found = imports.first(table("1/4/2024,Foo,5,X1", header="Paid Date,Payee,Net,Sort code"))
    assert how(found, "date") == {"field": "date", "heading": "Paid Date", "how": "heading"}
    assert how(found, "supplier")["heading"] == "Payee"
    assert {"field": "", "heading": "Sort code", "how": "not used"} in found.mapping


def test_dates_and_amounts_are_told_by_their_looks_where_headings_say_nothing(imports: Imports) -> None:
    found = imports.first(ODD, columns=(("supplier", "Wer"),))
    assert (how(found, "date")["how"], how(found, "amount")["how"]) == ("values", "values")
    assert how(found, "supplier")["how"] == "given"
    assert list(imports.lines()["amount_pence"]) == [100_000, 2050]


@pytest.mark.parametrize("header", ["Date,Supplier,Supplier Description,Amount", "Date,Vendor,Name 1,Amount"])
def test_a_column_of_numbers_is_not_the_suppliers_name_where_another_has_it(
    imports: Imports, header: str
) -> None:
    imports.first(table("1/4/2024,100234,Foo Ltd,5", "1/4/2024,100235,Bar,6", header=header))
    assert list(imports.lines()["supplier"]) == ["Foo Ltd", "Bar"]


def test_names_that_are_held_back_are_names_too() -> None:
    rows = [f"1/4/2024,{name},Wirral Council,5.00" for name in ("*****", "*****", "Acme")]
    assert taken("Date,Beneficiary,Company Name,Amount", *rows)["supplier"] == "Beneficiary"


def test_a_supplier_who_is_only_a_number_is_kept_as_one(imports: Imports) -> None:
    imports.first(table("1/4/2024,100234,5", header="Date,Supplier,Amount"))
    assert list(imports.lines()["supplier"]) == ["100234"]


def test_dashes_for_nothing_do_not_hide_which_column_is_the_amount(imports: Imports) -> None:
    rows = ("1/4/2024,Foo,-", "1/4/2024,Foo,-", "1/4/2024,Foo,5.50")
    assert imports.first(table(*rows, header="Date,Supplier,Ledger £")).used.pence == 550


def test_a_supplier_is_never_guessed(imports: Imports) -> None:
    with pytest.raises(ImportFileError, match="no column is known to be the supplier"):
        imports.first(ODD)


def test_a_column_that_holds_no_dates_is_none_whatever_its_heading(imports: Imports) -> None:
    header = "Period,Payment Date,Supplier,Amount"
    imports.first(table("1/4/2024,cheque,Foo,5", "2/4/2024,BACS,Bar,6", header=header))
    assert list(imports.lines()["date"]) == [date(2024, 4, 1), date(2024, 4, 2)]


@pytest.mark.parametrize(
    "heading",
    [
        "Payment Date dd/mm/yyyy",
        "Date of Payment Run",
        "Invoice Paid Date",
        "Paid",
        "Clearing",
        "Date Cleared in Bank",
    ],
)
def test_the_day_of_payment_goes_before_that_of_the_invoice_however_it_is_called(
    imports: Imports, heading: str
) -> None:
    imports.first(table("1/3/2024,Foo,5/4/2024,500.00", header=f"Invoice Date,Supplier,{heading},Amount"))
    assert imports.lines()["date"].iloc[0] == date(2024, 4, 5)


@pytest.mark.parametrize("what", ["Payment Due Date", "Expected Payment Date", "Date Payment Approved"])
def test_the_day_by_which_a_payment_is_due_is_not_the_day_of_payment(imports: Imports, what: str) -> None:
    imports.first(table("1/4/2024,Foo,5/5/2024,500.00", header=f"Invoice Date,Supplier,{what},Amount"))
    assert imports.lines()["date"].iloc[0] == date(2024, 4, 1)


def test_money_under_paid_is_not_taken_for_days_of_a_spreadsheet(imports: Imports) -> None:
    imports.first(table("1/4/2024,Foo,45000.00,x", header="Invoice Date,Supplier,Paid,Purpose"))
    line = imports.lines().iloc[0]
    assert (line["date"], line["amount_pence"]) == (date(2024, 4, 1), 4_500_000)


@pytest.mark.parametrize(
    ("gross", "net"),
    [
        ("Gross", "Net Total"),
        ("Total (Incl VAT)", "Total (Excl VAT)"),
        ("Total inc. VAT", "Total less VAT"),
        ("Amount", "Amount (excl. recoverable VAT)"),
        ("Amount", "Amount £ (excluding recoverable VAT)"),
    ],
)
def test_what_is_net_of_tax_goes_before_the_rest_however_it_is_called(
    imports: Imports, gross: str, net: str
) -> None:
    imports.first(table("1/4/2024,Foo,600.00,500.00", header=f"Date,Supplier,{gross},{net}"))
    assert imports.lines()["amount_pence"].iloc[0] == 50_000


def test_any_other_date_goes_before_that_of_the_invoice_unless_it_is_one_of_paperwork(
    imports: Imports,
) -> None:
    header = "Invoice Date,Supplier,Invoice Received Date,Approval Date,Ledger Date,Amount"
    imports.first(table("1/3/2024,Foo,2/3/2024,3/3/2024,5/4/2024,5", header=header))
    assert imports.lines()["date"].iloc[0] == date(2024, 4, 5)


@pytest.mark.parametrize(
    "header",
    [
        "InvoiceDate,PaymentDate,SupplierName,AmountExcludingVAT,Gross",
        "invoice_date,payment_date,supplier_name,net_amount,gross_amount",
        "INVOICE-DATE,PMT DATE,SUPPLIER/PAYEE NAME,NET AMT,GROSS AMT",
        "Date (Invoice),Trans Date,Name of Supplier / Payee,Payment Value (Net),Payment Value (Gross)",
        "Doc. Date,Cheque/BACS Date,Third Party Name,Amount £ (Ex. VAT),Amount £ (Inc. VAT)",
    ],
)
def test_headings_are_told_in_every_way_of_writing_words(imports: Imports, header: str) -> None:
    imports.first(table("1/3/2024,5/4/2024,Foo,100.00,120.00", header=header))
    line = imports.lines().iloc[0]
    assert (line["date"], line["supplier"], line["amount_pence"]) == (date(2024, 4, 5), "Foo", 10_000)


def test_a_column_of_tax_is_not_the_amount(imports: Imports) -> None:
    imports.first(table("1/4/2024,Foo,600.00,100.00", header="Date,Supplier,Gross Amount,Amount (VAT)"))
    assert imports.lines()["amount_pence"].iloc[0] == 60_000


@pytest.mark.parametrize("whole", ["Invoice Amount", "Payment Amount", "Total"])
def test_the_amount_of_a_line_goes_before_that_of_its_whole_invoice(imports: Imports, whole: str) -> None:
    rows = ("1/4/2024,Foo,1000.00,400.00", "1/4/2024,Foo,1000.00,600.00")
    found = imports.first(table(*rows, header=f"Payment Date,Supplier,{whole},Line Amount"))
    assert found.used.pence == 100_000


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("Amount (£000)", "thousands"),
        ("Amount £'000s", "thousands"),
        ("Amount (£k)", "thousands"),
        ("Amount (£1,000s)", "thousands"),
        ("Amount (£1000s)", "thousands"),
        ("Amount in £1,000", "thousands"),
        ("Amount £ (x1000)", "thousands"),
        ("Amount (GBP k)", "thousands"),
        ("Spend (£ths)", "thousands"),
        ("Amount (p)", "pence"),
        ("Spend (£m)", "thousands"),
        ("Amount (pence)", "pence"),
        ("Amount 2023/24 000s", "thousands"),
        ("Amount (excl. VAT EUR)", "another currency"),
        ("Amount (USD)", "another currency"),
        ("Amount €", "another currency"),
    ],
)
def test_amounts_that_are_not_in_pounds_are_refused_by_their_heading(
    imports: Imports, heading: str, unit: str
) -> None:
    before = imports.bytes()
    with pytest.raises(ImportFileError, match=f"row 1: the heading .* says that amounts are in .*{unit}"):
        imports.first(table("1/4/2024,Foo,5.50", header=f'Date,Supplier,"{heading}"'))
    assert imports.bytes() == before


@pytest.mark.parametrize("title", ["Payments (£000s)", "figures in £1000s", "All amounts are in GBP k"])
def test_a_title_that_speaks_of_thousands_is_asked_about(imports: Imports, title: str) -> None:
    content = f"{title}\n" + table("1/4/2024,Foo,5.50,x")
    with pytest.raises(ImportFileError, match=r"Row 1, above the headings, says .*--answer unit=thousands"):
        imports.run(content, replace=True)
    found = imports.run(content, replace=True, dry_run=True, answers=(("unit", "thousands"),))
    assert found.used.pence == 550_000
    assert "As answered, amounts are read as thousands of pounds." in found.notes


@pytest.mark.parametrize("title", ["Payments over £25,000", "Spend of £1,000 or more", "Payments over £25k"])
def test_a_title_with_a_threshold_is_none_of_a_unit(imports: Imports, title: str) -> None:
    content = f"{title}\n" + table("1/4/2024,Foo,5.50,x")
    assert imports.run(content, replace=True, dry_run=True).used.pence == 550


def test_a_person_may_say_that_amounts_are_pounds_whatever_their_heading_says(imports: Imports) -> None:
    header = "Date,Supplier,Amount (paid by euro card)"
    content = table("1/4/2024,Foo,5.50", header=header)
    with pytest.raises(ImportFileError, match="--answer currency=pounds"):
        imports.first(content)
    found = imports.first(content, columns=(("amount", "#3"),))
    assert found.used.pence == 550
    assert any("is read as pounds" in note for note in found.notes)
    assert imports.run(table("1/5/2024,Foo,6.50", header=header)).used.pence == 650


def test_what_was_said_of_pounds_does_not_hold_for_euros(imports: Imports) -> None:
    imports.first(table("1/4/2024,Foo,5.50", header="Date,Supplier,Amount (£)"), columns=(("amount", "#3"),))
    with pytest.raises(ImportFileError, match="another currency"):
        imports.run(table("1/5/2024,Foo,5.50", header="Date,Supplier,Amount (€)"))


@pytest.mark.parametrize(
    "heading",
    [
        "Amount over £25,000",
        "Amount over £25 000",
        "Amount (GBP, paid in EUR)",
        "Amount (>£5000)",
        "Amount (£1,000 and over)",
        "Amount (pounds and pence)",
        "Amount (payments of £1 thousand or more)",
        "Amount (excluding orders in euro)",
    ],
)
def test_a_threshold_in_a_heading_is_no_unit(imports: Imports, heading: str) -> None:
    assert imports.first(table("1/4/2024,Foo,5.50", header=f'Date,Supplier,"{heading}"')).used.pence == 550


@pytest.mark.parametrize(
    "other",
    [
        "Unit Price (ex VAT)",
        "Contract Value (ex VAT)",
        "Net Days",
        "Invoice Total (ex VAT)",
        "Net Invoice Value",
        "VAT on net",
        "VAT net of recovery",
        "Net Code",
        "Net Zero Spend",
        "Discount (ex VAT)",
        "Amount (VAT)",
    ],
)
@pytest.mark.parametrize("known", ["Amount", "Gross Amount"])
def test_an_amount_that_is_known_goes_before_one_that_words_suggest(known: str, other: str) -> None:
    for header, row in (
        (f"Payment Date,Supplier,{known},{other}", "1/4/2024,Foo,600.00,30.50"),
        (f"Payment Date,Supplier,{other},{known}", "1/4/2024,Foo,30.50,600.00"),
    ):
        assert taken(header, row)["amount"] == known


@pytest.mark.parametrize(
    "heading",
    [
        "Unit Price (ex VAT)",
        "Contract Value net",
        "Net Days",
        "Net Code",
        "Order Value",
        "Budget £",
        "VAT on net",
    ],
)
def test_what_only_resembles_an_amount_is_none_even_where_it_stands_alone(heading: str) -> None:
    assert "amount" not in taken(f"Payment Date,Supplier,{heading}", "1/4/2024,Foo,30.50")


@pytest.mark.parametrize(
    "heading", ["Due Date", "Contract Start Date", "Approved Payment Date", "Date (due)"]
)
def test_a_date_of_something_else_is_none_even_where_it_stands_alone(heading: str) -> None:
    assert "date" not in taken(f"{heading},Supplier,Amount", "1/4/2024,Foo,30.50")


def test_a_column_that_is_not_taken_by_itself_can_be_given(imports: Imports) -> None:
    content = table("1/4/2024,Foo,30.50", header="Due Date,Supplier,Unit Price (ex VAT)")
    with pytest.raises(ImportFileError, match="no column is known to be the date or the amount"):
        imports.first(content)
    given = (("date", "Due Date"), ("amount", "Unit Price (ex VAT)"))
    assert imports.first(content, columns=given).used.pence == 3050


@pytest.mark.parametrize(
    "heading",
    ["Payment Date (month end)", "Date Paid (month end)", "Payment Date (received by supplier)"],
)
def test_what_stands_in_brackets_bars_no_date_of_payment(heading: str) -> None:
    header = f"Invoice Date,{heading},Supplier,Amount"
    assert taken(header, "1/3/2024,5/4/2024,Foo,30.50")["date"] == heading


def test_what_stands_in_brackets_makes_no_other_date_one_of_payment() -> None:
    for heading in ("Date (invoice)", "Invoice Date (before payment)"):
        header = f"{heading},Payment Run Date,Supplier,Amount"
        assert taken(header, "1/3/2024,5/4/2024,Foo,30.50")["date"] == "Payment Run Date"


@pytest.mark.parametrize(
    ("heading", "other"),
    [
        ("Amount (excl. recoverable VAT)", "Total"),
        ("Amount (incl. irrecoverable VAT)", "Gross"),
        ("Amount (before tax)", "Gross"),
        ("Amount (VAT removed)", "Gross"),
    ],
)
def test_an_amount_that_brackets_explain_goes_before_a_gross_one(heading: str, other: str) -> None:
    found = taken(f"Date,Supplier,{other},{heading}", "1/3/2024,Foo,36.60,30.50")
    assert found["amount"] == heading
    assert "vat" not in found


@pytest.mark.parametrize(
    ("field", "heading"),
    [
        ("supplier", "Supplier Name (original)"),
        ("purpose", "Purpose (budget heading)"),
        ("department", "Department (budget holder)"),
    ],
)
def test_brackets_do_not_take_a_column_away(field: str, heading: str) -> None:
    header = f"Date,Amount,{heading}" + ("" if field == "supplier" else ",Supplier")
    assert taken(header, "1/4/2024,30.50,Foo,Bar")[field] == heading


def test_two_totals_of_whole_invoices_need_a_decision() -> None:
    found = taken("Date,Supplier,Invoice Total inc VAT,Invoice Total less VAT", "1/4/2024,Foo,600.00,500.00")
    assert "amount" not in found


def test_an_endless_heading_is_no_heading_and_takes_no_time() -> None:
    endless = "date " * 200_000
    with that_ends():
        assert taken(f"{endless},Date,Supplier,Amount", "2/4/2024,1/4/2024,Foo,30.50")["date"] == "Date"
        assert names_of(endless) == ("", "", "")


def test_a_table_without_dates_can_be_given_one_for_all_rows_and_says_so(imports: Imports) -> None:
    content = table("Foo,5.50", header="Supplier,Amount")
    with pytest.raises(ImportFileError, match='--constant "date=2024-04"'):
        imports.first(content)
    mapping = imports.file('{"constants": {"date": "2024-04"}}', "m.json")
    imports.first(content, mapping=mapping)
    assert imports.lines()["date"].iloc[0] == date(2024, 4, 1)
    assert imports.run(content, constants=(("date", "2024-05"),), dry_run=True).used.rows == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.json", json.dumps({"columns": {"date": "Wann", "supplier": "Wer", "amount": "#4"}})),
        ("m.csv", "field,heading\ndate,Wann\nsupplier,Wer\namount,Wieviel\n"),
    ],
)
def test_a_mapping_can_be_given_as_a_file(imports: Imports, name: str, text: str) -> None:
    mapping = imports.file(text, name)
    imports.first(imports.file(ODD), mapping=mapping)
    assert list(imports.lines()["supplier"]) == ["Foo Ltd", "Bar"]


def test_a_field_can_be_given_no_column(imports: Imports) -> None:
    imports.first(table("1/4/2024,Foo,5,secret"), columns=(("purpose", ""),))
    assert imports.lines()["purpose"].isna().all()


def test_values_are_given_codes_and_constants_stand_in_every_row(imports: Imports) -> None:
    mapping = imports.file(
        json.dumps(
            {
                "columns": {"programme": "Department"},
                "values": {"programme": {"Homes & Land": "housing-first"}},
                "constants": {"supplier_type": "sme"},
            }
        ),
        "m.json",
    )
    content = table(
        "1/4/2024,Foo,5,HOMES AND LAND", "1/4/2024,Bar,6,Parks", header="Date,Supplier,Amount,Department"
    )
    found = imports.run(imports.file(content), mapping=mapping, replace=True)
    assert imports.lines()["programme"].fillna("").tolist() == ["housing-first", ""]
    assert set(imports.lines()["supplier_type"]) == {"sme"}
    assert any("'Parks'" in note for note in found.notes)


def test_the_order_of_dates_can_be_given(imports: Imports) -> None:
    mapping = imports.file('{"dates": "mdy"}', "m.json")
    imports.first(imports.file(table("03/04/2024,Foo,5,x")), mapping=mapping)
    assert imports.lines()["date"].iloc[0] == date(2024, 3, 4)


# -- memory -------------------------------------------------------------------------------------------


def test_the_next_file_of_the_same_publisher_needs_no_answer(imports: Imports) -> None:
    imports.first(ODD, columns=(("supplier", "Wer"), ("amount", "Wieviel")))
    found = imports.run(table("1/5/2024,19,Baz,70.00", header="Wann,Nr,Wer,Wieviel"))
    assert {each["how"] for each in found.mapping if each["field"] and each["heading"]} == {"remembered"}
    assert imports.lines().iloc[-1][["supplier", "programme"]].tolist() == ["Baz", "corporate"]


def test_what_is_said_now_goes_before_what_was_said_then(imports: Imports) -> None:
    header = "Date,Supplier,Amount,Old,New"
    imports.first(table("1/4/2024,Foo,5,a,b", header=header), columns=(("purpose", "Old"),))
    imports.run(
        table("1/5/2024,Foo,5,a,b", header=header), columns=(("purpose", "New"),), programme="housing-first"
    )
    assert list(imports.lines()["purpose"]) == ["a", "b"]
    assert list(imports.lines()["programme"]) == ["corporate", "housing-first"]


def test_what_was_said_can_be_left_aside(imports: Imports) -> None:
    imports.first(table("1/4/2024,Foo,5,x"))
    imports.run(table("1/5/2024,Foo,5,x"), forget=True)
    imports.run(table("1/6/2024,Foo,5,x"), programme="none")
    assert imports.lines()["programme"].fillna("").tolist() == ["corporate", "", ""]


def test_other_headings_are_another_publisher(imports: Imports) -> None:
    imports.first(ODD, columns=(("supplier", "Wer"),))
    with pytest.raises(ImportFileError, match="no column is known to be the supplier"):
        imports.run(ODD.replace("Nr", "Number"))


def test_doubled_headings_are_remembered_by_their_place(imports: Imports) -> None:
    header = "Date,Supplier,Amount,Amount"
    imports.first(table("1/4/2024,Foo,1,2", header=header), columns=(("amount", "#4"),))
    imports.run(table("1/5/2024,Foo,3,4", header=header))
    assert list(imports.lines()["amount_pence"]) == [200, 400]


def test_a_refused_import_is_not_remembered(imports: Imports) -> None:
    imports.refusal(table("soon,Foo,5,x"), replace=True)
    imports.first(table("1/4/2024,Foo,5,x"), dry_run=True)
    assert not memory_file().exists()


def test_a_damaged_memory_is_told_and_not_passed_over(imports: Imports) -> None:
    memory_file().parent.mkdir(parents=True)
    memory_file().write_text("{", encoding="utf-8")
    with pytest.raises(ImportFileError, match=r"mappings\.json: .* or delete it"):
        imports.first(table("1/4/2024,Foo,5,x"))
