"""No dead ends: each refusal that a person can answer says how, and the answer lets the lines in."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from svdash.cli.commands import main
from svdash.importing.columns.published_tables import HeadingsError
from svdash.importing.questions import KINDS
from svdash.importing.reconciliation import ImportFileError
from tests.integration.importing import test_import_iod as iod
from tests.integration.importing.made import Imports, codes, table
from tests.integration.importing.test_import_grants import grant
from tests.integration.importing.test_import_ocds import release
from tests.integration.importing.test_import_pay_gap import OWN, returns
from tests.integration.importing.workbooks import sheet, workbook

ONE = "13/4/2024,Ash,{},x"


@pytest.mark.parametrize(
    ("amount", "code", "answer", "pence"),
    [
        ("2.375", "amount-part-penny", ("pennies", "round"), 238),
        ("-2.365", "amount-part-penny", ("pennies", "round"), -236),
        ("$7.50", "currency", ("currency", "pounds"), 750),
        ("7.50 EUR", "currency", ("currency", "pounds"), 750),
        ('1,x,"y"', "cells", ("beyond", "ignore"), 100),
    ],
)
def test_what_is_refused_names_the_answer_that_lets_it_in(
    imports: Imports, amount: str, code: str, answer: tuple[str, str], pence: int
) -> None:
    content = table(ONE.format(amount), "14/4/2024,Beech,10,y")
    found = imports.first(content, dry_run=True)
    assert codes(found.refused) == {code: 1}
    assert found.refused[code].question == answer[0]
    assert f"--answer {answer[0]}={answer[1]}" in found.refused[code].remedy
    assert imports.first(content, dry_run=True, answers=(answer,)).used.pence == 1000 + pence


def test_parts_of_a_penny_are_counted_on_both_sides_and_their_differences_told(imports: Imports) -> None:
    content = table(ONE.format("10.125"), "14/4/2024,Beech,20.126,y", "15/4/2024,Elm,5,z")
    found = imports.first(content, dry_run=True)
    assert (found.incoming.pence, found.used.pence, found.refused_pence) == (3525, 500, 3025)
    said = imports.first(content, dry_run=True, answers=(("pennies", "round"),))
    assert "As answered, 2 amounts with parts of a penny are rounded: together -0.1p." in said.notes


def test_a_column_without_a_heading_is_taken_by_its_number(imports: Imports) -> None:
    for header in ("Date,Supplier,", "Date,Supplier"):
        content = table("13/4/2024,Ash,5.50", "14/4/2024,Beech,6.50", header=header)
        assert imports.first(content, columns=(("amount", "#3"),), dry_run=True).used.pence == 1200
    imports.first(content, columns=(("amount", "#3"),))
    assert (
        imports.run(
            table("13/5/2024,Ash,7.50", header="Date,Supplier"), dry_run=True, columns=(("amount", "#3"),)
        ).used.rows
        == 1
    )


def test_of_twin_headings_the_one_with_amounts_is_taken_and_told(imports: Imports) -> None:
    found = imports.first(table("13/4/2024,Ash,,5.50", header="Date,Supplier,Net ,Net"), dry_run=True)
    assert found.used.pence == 550
    assert any("the amount is read from #4: the others are empty" in note for note in found.notes)


@pytest.mark.parametrize("answer", ["mixed", "utf-8", "windows-1252"])
def test_a_line_with_two_encodings_can_be_read_as_a_person_says(imports: Imports, answer: str) -> None:
    content = table("13/4/2024,Foo,1,x").encode() + b"14/4/2024,Caf\xc3\xa9 Zo\xeb,2,y\n"
    assert codes(imports.first(content, dry_run=True).refused) == {"encoding": 1}
    imports.first(imports.file(content), answers=(("encoding", answer),))
    names = {"mixed": "Café Zoë", "utf-8": "Café Zo\ufffd", "windows-1252": "CafÃ© Zoë"}
    assert imports.lines()["supplier"].iloc[1] == names[answer]


@pytest.mark.parametrize(
    ("text", "pence"), [("CR5.00", -500), ("DR5.00", 500), ("-5.68E-14", 0), ("1.1E-13", 0)]
)
def test_amounts_as_ledgers_and_spreadsheets_write_them_are_read(
    imports: Imports, text: str, pence: int
) -> None:
    assert imports.first(table(ONE.format(text)), dry_run=True).used.pence == pence


def test_an_amount_that_a_spreadsheet_rounded_to_a_power_of_ten_is_refused_for_that(imports: Imports) -> None:
    found = imports.first(table(ONE.format("1.2E+06"), "14/4/2024,Beech,10,y"), dry_run=True)
    assert "power of ten" in found.refused["amount-power"].words


@pytest.mark.parametrize("said", ["300.1", "300.08", "300"])
def test_a_total_that_was_rounded_is_told_with_its_difference_and_is_no_money(
    imports: Imports, said: str
) -> None:
    content = table("13/4/2024,Ash,100.02,x", "14/4/2024,Beech,200.05,y", f",,{said},")
    found = imports.first(content, dry_run=True)
    assert codes(found.refused) == {"total": 1}
    assert (found.incoming.pence, found.used.pence) == (30007, 30007)
    assert [(each.stated, each.ours) for each in found.totals] == [(round(float(said) * 100), 30007)]
    assert any("It may have been rounded" in note for note in found.notes)


def test_json_lines_are_read_as_contracts_and_as_grants(imports: Imports) -> None:
    contracts = "\n".join(json.dumps(release(ocid=f"ocds-x-{n}")) for n in range(3))
    assert imports.run(imports.file(contracts, "c.json"), "ocds", replace=True, dry_run=True).used.rows == 3
    grants = "\n".join(json.dumps(grant(id=f"360G-x-{n}")) for n in range(2))
    assert imports.run(imports.file(grants, "g.json"), "360giving", replace=True, dry_run=True).used.rows == 2


def test_json_objects_over_several_lines_are_read_one_after_the_other(imports: Imports) -> None:
    contracts = "\n".join(json.dumps(release(ocid=f"ocds-x-{n}"), indent=2) for n in range(3))
    assert imports.run(imports.file(contracts, "c.json"), "ocds", replace=True, dry_run=True).used.rows == 3
    for broken, line in (
        (contracts[:-1], contracts.count("\n") + 1),
        (f"{contracts}\n]", contracts.count("\n") + 2),
    ):
        with pytest.raises(ImportFileError, match=f"line {line}, column"):
            imports.run(imports.file(broken, "c.json"), "ocds", replace=True)


def test_two_grants_with_identifiers_of_their_own_are_not_taken_for_one(imports: Imports) -> None:
    alike = [grant(id=f"360G-x-{n}") for n in range(2)]
    found = imports.run(
        imports.file(json.dumps({"grants": alike}), "g.json"), "360giving", replace=True, dry_run=True
    )
    assert found.used.rows == 2
    assert not any("may be duplicates" in note for note in found.notes)


def test_a_line_of_json_lines_that_is_broken_is_told_by_its_number(imports: Imports) -> None:
    broken = f"{json.dumps(release())}\n{{\n"
    with pytest.raises(ImportFileError, match="line 2"):
        imports.run(imports.file(broken, "c.json"), "ocds", replace=True)


def test_many_codes_in_a_cell_that_is_not_used_do_no_harm(imports: Imports) -> None:
    found = imports.run(
        returns({**OWN, "SicCodes": ",\r\n".join(str(84000 + n) for n in range(40))}), "pay-gap", dry_run=True
    )
    assert found.used.rows == 1


def test_file_1_is_told_to_be_no_file_7(imports: Imports) -> None:
    rows = iod.file7(iod.own(imports)).splitlines()
    short = "\n".join(",".join(row.split(",")[:7]) for row in rows)
    with pytest.raises(ImportFileError, match="this is not File 7 of the Indices"):
        imports.run(short, "iod")


def test_a_misspelt_heading_is_suggested(imports: Imports) -> None:
    with pytest.raises(ImportFileError, match="“Suplier Nmae” may be a misspelt heading of the supplier"):
        imports.first(table("13/4/2024,Ash,5.50", header="Date,Suplier Nmae,Amount"))


def test_money_in_other_currencies_is_none_of_a_contracts_files_pounds(imports: Imports) -> None:
    award = release()["awards"][0]
    pesos = release(ocid="ocds-x-9", awards=[{**award, "value": {"amount": 9_000_000, "currency": "CLP"}}])
    file = imports.file(json.dumps({"releases": [release(), pesos]}), "c.json")
    found = imports.run(file, "ocds", replace=True, dry_run=True)
    assert (found.incoming.pence, found.used.pence, found.refused_pence) == (25_000_010, 25_000_010, 0)


def test_a_second_recipient_by_its_number_alone_is_one(imports: Imports) -> None:
    header = "Identifier,Title,Currency,Amount Awarded,Award Date,Recipient Org:0:Identifier,Recipient Org:0:Name,Recipient Org:1:Identifier"
    content = table("360G-y-1,Fair,GBP,50,2024-04-13,GB-CHC-5,Ash Trust,GB-CHC-6", header=header)
    assert codes(imports.refusal(content, "360giving", replace=True).reconciliation.refused) == {
        "recipients": 1
    }


def test_alike_lines_are_told_only_where_doubles_are_likely(imports: Imports) -> None:
    alike = [f"13/4/2024,Carer {n % 40},10,Allowance" for n in range(60)]
    rows = [*alike, *(f"14/4/2024,Firm {n},{n + 1},x" for n in range(200))]
    assert any(
        "may be duplicates" in note for note in imports.first(table(*rows[:25], rows[0]), dry_run=True).notes
    )
    often = imports.first(table(*(row for row in rows for _ in (0,)), *alike[:30]), dry_run=True)
    assert not any("may be duplicates" in note for note in often.notes)
    assert any("may be duplicates" in note for note in imports.first(table(*rows, *rows), dry_run=True).notes)


def test_the_reconciliation_shows_days_months_suppliers_and_sheets(imports: Imports) -> None:
    rows = [["Date", "Supplier", "Amount"], ["13/04/2024", "Ash", 75], ["14/05/2024", "Beech", 25]]
    book = imports.file(workbook({"A": sheet(rows), "Notes": sheet([["Ask us"]])}), "s.xlsx")
    found = imports.first(book, dry_run=True)
    seen = found.overview
    assert seen is not None
    assert (seen.first, seen.last) == ("2024-04-13", "2024-05-14")
    assert [(each.name, each.rows, each.pence) for each in seen.months] == [
        ("2024-04", 1, 7500),
        ("2024-05", 1, 2500),
    ]
    assert [(each.name, each.pence) for each in seen.suppliers] == [("Ash", 7500), ("Beech", 2500)]
    lines = list(seen.sentences(found.used.pence))
    assert lines[1] == "By month: April 2024 £75.00 (1 line), May 2024 £25.00 (1 line)."
    assert "Ash £75.00 (75.0%)" in lines[2]


def test_a_last_row_of_sums_alone_is_a_total(imports: Imports) -> None:
    content = table(
        "13/4/2024,Ash,100,20,120",
        "14/4/2024,Elm,200,40,240",
        ",,300,60,360",
        header="Date,Supplier,Net,VAT,Gross",
    )
    assert codes(imports.first(content, dry_run=True).refused) == {"total": 1}


def test_a_remark_below_that_speaks_of_thousands_is_asked_about(imports: Imports) -> None:
    content = table(ONE.format("5"), "All figures in £000")
    error = imports.refusal(content, replace=True)
    assert [each.key for each in error.reconciliation.questions] == ["unit"]
    assert imports.first(content, dry_run=True, answers=(("unit", "thousands"),)).used.pence == 500_000


def test_the_value_of_a_contract_with_parts_of_a_penny_can_be_rounded(imports: Imports) -> None:
    award = release()["awards"][0]
    file = imports.file(json.dumps(release(awards=[{**award, "value": {"amount": 10.125}}])), "c.json")
    options = {"replace": True, "dry_run": True}
    assert codes(imports.refusal(file, "ocds", **options).reconciliation.refused) == {"amount-part-penny": 1}
    found = imports.run(file, "ocds", answers=(("pennies", "round"),), **options)
    assert found.used.pence == 1012
    assert "1 contract names no currency: taken as pounds." in found.notes


# -- on the command line ------------------------------------------------------------------------------


def ran(imports: Imports, content: str, *options: str) -> tuple[int, str]:
    args = [
        "import",
        "spend",
        str(imports.file(content)),
        "--pack",
        str(imports.folder),
        "--dry-run",
        "--replace",
        *options,
    ]
    done = CliRunner().invoke(main, args)
    return done.exit_code, done.output


UNDATED = table("Ash,5.50", header="Supplier,Amount")
SIGNED = table("13/4/2024,Ash,100,CR", "13/4/2024,Elm,30,CR", header="Date,Supplier,Amount,Dr/Cr")


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (UNDATED, ["--constant", "date=2024-04"], "Days: 1 April 2024."),
        (SIGNED, ["--value", "sign:CR=payment"], "£130.00 in"),
        (
            table(ONE.format("$5")),
            ["--answer", "currency=pounds"],
            "1 amount with the sign of another currency is read",
        ),
        (table("03/13/2024,Ash,5,x"), ["--dates", "mdy"], "Days: 13 March 2024"),
        ("figures in £1000s\n" + table(ONE.format("5")), ["--answer", "unit=thousands"], "£5,000.00 in"),
    ],
)
def test_answers_are_given_on_the_command_line(
    imports: Imports, content: str, options: list[str], said: str
) -> None:
    assert ran(imports, content)[0] in (1, 2)
    status, output = ran(imports, content, *options)
    assert status == 0
    assert said in output


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(
    "options", [["--answer", "unit"], ["--constant", "date"], ["--value", "sign=credit"]]
)
def test_an_answer_that_is_none_is_told_with_its_form(imports: Imports, options: list[str]) -> None:
    status, output = ran(imports, UNDATED, *options)
    assert status == 2
    assert "such as" in output


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("answer", ["units=pounds", "unit=pound"])
def test_an_answer_to_nothing_is_told_with_what_was_meant(imports: Imports, answer: str) -> None:
    status, output = ran(imports, UNDATED, "--answer", answer)
    assert status == 2
    assert "Did you mean" in output


@pytest.mark.usefixtures("in_this_process")
def test_no_message_shows_json(imports: Imports) -> None:
    check: Callable[[str], bool] = lambda text: '{"' not in text  # noqa: E731
    assert all(check(output) for _, output in (ran(imports, UNDATED), ran(imports, SIGNED)))


def test_every_question_has_words_for_the_page_and_its_answers() -> None:
    assert all(kind.title and all(kind.answers.values()) for kind in KINDS.values())


# -- the row of the headings ---------------------------------------------------------------------------


ODD = "Spending\n\nWhen,Whom,How much\nApril,Foo Ltd,10.00\nApril,Bar Ltd,-2.00\n"


def test_which_row_the_headings_are_is_asked_and_can_be_said(imports: Imports) -> None:
    with pytest.raises(
        HeadingsError, match=r"holds headings of spend.*or which row holds them, with --headings ROW"
    ):
        imports.first(ODD)
    found = imports.first(
        ODD,
        headings=3,
        columns=(("supplier", "Whom"), ("amount", "How much")),
        constants=(("date", "2024-04"),),
    )
    assert (found.used.rows, found.used.pence) == (2, 800)


def test_the_row_that_a_person_gives_goes_before_one_that_looks_like_headings(imports: Imports) -> None:
    months = table("01/04/2024,All,99.00,x") + "\nDay,Payee,Sum,What\n02/04/2024,Bar,2.00,y\n"
    columns = (("date", "Day"), ("supplier", "Payee"), ("amount", "Sum"))
    found = imports.first(months, headings=4, columns=columns)
    assert (found.used.rows, found.used.pence) == (1, 200)


def test_a_row_of_headings_that_is_not_there_is_told(imports: Imports) -> None:
    with pytest.raises(HeadingsError, match="there is no row 99 with cells among the first 540 rows"):
        imports.first(ODD, headings=99)
