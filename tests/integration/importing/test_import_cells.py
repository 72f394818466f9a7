"""Amounts, dates, names held back: what stands in one cell."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from svdash.importing.cells.cell_reading import (
    MOST_PENCE,
    Day,
    amount,
    clean,
    damaged,
    day,
    formula,
    order_of,
)
from svdash.importing.cells.withheld_names import is_withheld
from svdash.importing.reconciliation import Problem
from svdash.wording import defused


def read(text: str) -> int | Problem:
    return amount(clean(text))


def grouped(pence: int, mark: str) -> str:
    return f"{Decimal(pence) / 100:,.2f}".replace(",", mark)


POSITIVE = {
    "plain": lambda p: f"{Decimal(p) / 100:.2f}",
    "bare": lambda p: str((Decimal(p) / 100).normalize().__format__("f")),
    "pounds": lambda p: f"£{grouped(p, ',')}",
    "pounds apart": lambda p: f" £ {grouped(p, ',')} ",
    "code": lambda p: f"GBP {grouped(p, ',')}",
    "code behind": lambda p: f"{grouped(p, ',')} GBP",
    "blanks": lambda p: grouped(p, " "),
    "unbroken blanks": lambda p: grouped(p, "\u00a0"),
    "narrow blanks": lambda p: grouped(p, "\u202f"),
    "apostrophes": lambda p: grouped(p, "'"),
    "plus": lambda p: f"+{Decimal(p) / 100:.2f}",
    "debit before": lambda p: f"DR {grouped(p, ',')}",
    "debit": lambda p: f"{grouped(p, ',')} DR",
    "more zeros": lambda p: f"{Decimal(p) / 100:.4f}",
    "kept from a spreadsheet": lambda p: f"'+{Decimal(p) / 100:.2f}",
}
NEGATIVE = {
    "before": lambda p: f"-{Decimal(p) / 100:.2f}",
    "before the pound": lambda p: f"-£{grouped(p, ',')}",
    "after the pound": lambda p: f"£-{grouped(p, ',')}",
    "behind": lambda p: f"{Decimal(p) / 100:.2f}-",
    "brackets": lambda p: f"({grouped(p, ',')})",
    "brackets with pounds": lambda p: f"(£{grouped(p, ',')})",
    "pounds before brackets": lambda p: f"£({grouped(p, ',')})",
    "credit": lambda p: f"{grouped(p, ',')} CR",
    "credit before": lambda p: f"CR £{grouped(p, ',')}",
    "credit in brackets": lambda p: f"{grouped(p, ',')} (CR)",
    "credit close by": lambda p: f"{grouped(p, ',')}cr",
    "real minus": lambda p: f"\u2212{grouped(p, ',')}",
    "dash": lambda p: f"–£{grouped(p, ' ')}",
    "kept from a spreadsheet": lambda p: f"'-{Decimal(p) / 100:.2f}",
}


@pytest.mark.parametrize("form", POSITIVE)
@given(pence=st.integers(0, MOST_PENCE))
def test_an_amount_comes_back_exactly_however_it_is_written(form: str, pence: int) -> None:
    assert read(POSITIVE[form](pence)) == pence


@pytest.mark.parametrize("form", NEGATIVE)
@given(pence=st.integers(1, MOST_PENCE))
def test_a_negative_amount_comes_back_exactly_however_it_is_written(form: str, pence: int) -> None:
    assert read(NEGATIVE[form](pence)) == -pence


@given(pence=st.integers(-(10**11), 10**11), other=st.integers(-(10**11), 10**11))
@example(pence=25095, other=-24483)
@example(pence=99_999_999_999, other=-99_999_999_998)
def test_an_amount_that_a_spreadsheet_worked_out_comes_back_to_the_penny(pence: int, other: int) -> None:
    binary = pence / 100 + other / 100
    assert read(repr(binary)) == pence + other


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "amount-missing"),
        ("-", "amount-missing"),
        ("n/a", "amount-missing"),
        ("one hundred pounds", "amount-unreadable"),
        ("1,23.00", "amount-unreadable"),
        ("1.234,50", "amount-unreadable"),
        ("1234,50", "amount-unreadable"),
        ("1.2E+06", "amount-power"),
        ("(12.00", "amount-unreadable"),
        ("(12.00)-", "amount-unreadable"),
        ("-12.00 CR", "amount-unreadable"),
        ("CR -12.00", "amount-unreadable"),
        ("CR 12.00 CR", "amount-unreadable"),
        ("-12.00 (CR)", "amount-unreadable"),
        ("£12.00 GBP", "amount-unreadable"),
        ("12.00 13.00", "amount-unreadable"),
        ("١٢٣", "amount-unreadable"),
        ("12.345", "amount-part-penny"),
        ("33.33333333333333", "amount-part-penny"),
        ("$12.00", "currency"),
        ("12.00 EUR", "currency"),
        ("100000000000.01", "amount-too-large"),
        ("9" * 40, "amount-too-large"),
        ("9" * 400_000, "amount-too-large"),
    ],
)
def test_what_is_no_amount_to_the_penny_is_refused_and_never_guessed(text: str, code: str) -> None:
    found = read(text)
    assert isinstance(found, Problem)
    assert found.code == code


DAYS = (
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d/%m/%y",
    "%d / %m / %Y",
    "%d-%b-%y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%A %d %B %Y",
    "%B %d, %Y",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y%m%d",
    "%Y-%m-%dT00:00:00Z",
    "%Y-%m-%d 13:45:10",
    "%d/%m/%Y 00:00",
)


@pytest.mark.parametrize("form", DAYS)
@given(of=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_comes_back_in_every_form(form: str, of: date) -> None:
    assert day(of.strftime(form)) == Day(of)
    assert day(of.strftime(form).upper()) == Day(of)


@given(of=st.dates(date(1954, 10, 4), date(2118, 11, 5)))
def test_a_day_that_is_a_number_of_excel_comes_back(of: date) -> None:
    number = (of - date(1899, 12, 30)).days
    assert day(str(number)) == day(f"{number}.75") == Day(of)


@pytest.mark.parametrize("form", ["%Y-%m", "%m/%Y", "%b-%y", "%B %Y", "%b %Y", "%Y/%m", "%Y%m"])
@given(of=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_month_stands_on_its_first_day_and_says_that_it_is_a_month(form: str, of: date) -> None:
    assert day(of.strftime(form)) == Day(of.replace(day=1), whole_month=True)


def test_the_month_comes_first_only_where_that_was_said() -> None:
    assert day("03/04/2024") == Day(date(2024, 4, 3))
    assert day("03/04/2024", "mdy") == Day(date(2024, 3, 4))


@pytest.mark.parametrize(
    "text",
    ["31/02/2024", "13/13/2024", "soon", "2024", "22-Apr", "1/4", "Q1 2024", "00/00/0000", "1234567890"],
)
def test_what_is_no_day_of_the_calendar_is_refused(text: str) -> None:
    found = day(text)
    assert isinstance(found, Problem)
    assert found.code == "date-unreadable"


def test_the_order_of_a_date_is_told_where_it_can_be_read_in_one_way_only() -> None:
    assert order_of("04/13/2024") == order_of("4-13-24") == order_of("04/13/2024 00:00") == "mdy"
    assert order_of("13/04/2024") == order_of("31.12.2024") == "dmy"
    assert {order_of(text) for text in ("04/01/2024", "12/12/2024", "2024-04-13", "13 April 2024", "")} == {
        None
    }


@pytest.mark.parametrize(
    "name",
    [
        "****REDACTED PERSONAL INFO****",
        "Redacted",
        "REDACTED_NAME",
        "Name withheld",
        "xxxxx",
        "*****",
        "████",
        "Personal Data",
        "Commercially sensitive",
        "Individual",
        "Redact",
        "R E D A C T E D",
        "GDPR",
        "Data Protection Act 2018",
        "Withheld under s40",
        "Exempt - FOI section 40",
        "Removed - personal data",
        "Exempt Data",
        "Withheld - FOI Act s.40(2)",
        "Exempt under section 40 of the Freedom of Information Act 2000",
        "Sensitive personal data",
    ],
)
def test_names_that_were_held_back_are_recognised(name: str) -> None:
    assert is_withheld(clean(name))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "REDACTIVE EVENTS LTD",
        "GO CRE8 LTD**",
        "Confidential Shredding Ltd",
        "The Data Protection People",
        "XXL Ltd",
        "Exempt Energy Ltd",
        "GDPR Training Ltd",
        "Removed for Good Ltd",
        "Exempt Data Ltd",
        "Removed Data Services Ltd",
        "Exempt Personal Care Ltd",
        "-",
    ],
)
def test_names_that_only_resemble_those_are_kept(name: str) -> None:
    assert not is_withheld(clean(name))


def test_a_cell_is_one_line_without_what_nobody_sees() -> None:
    assert clean(" Foo\u00a0\u200b  Bar\r\nBaz\x00\u202e ") == "Foo Bar Baz"
    assert clean("Café – £5") == "Café – £5"


@pytest.mark.parametrize(
    "text", ["=1+1", "=cmd|' /C calc'!A0", "@SUM(1)*cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0"]
)
def test_what_a_spreadsheet_would_run_is_a_formula_and_made_safe(text: str) -> None:
    assert formula(text)
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12.00", "+44 151", "@home Ltd", "A=B", ""])
def test_what_merely_begins_like_one_is_none(text: str) -> None:
    assert not formula(text)


@given(st.text() | st.text(alphabet="=+-@ \t1.,a"))
def test_no_text_comes_out_as_a_formula(text: str) -> None:
    written = defused(text)
    assert not written.lstrip().startswith(("=", "+", "-", "@")) or re.fullmatch(
        r"[+-][0-9,]+(\.[0-9]+)?", written
    )


def test_spoilt_letters_are_seen_and_sound_ones_are_not() -> None:
    assert damaged("CafÃ©")
    assert damaged("CHILDRENâ€™S")
    assert not damaged("Café Ångström São Tomé")


def test_a_day_is_never_moved() -> None:
    first = date(2024, 1, 1)
    for shift in range(366):
        of = first + timedelta(days=shift)
        assert day(f"{of.day}/{of.month}/{of.year}") == Day(of)
