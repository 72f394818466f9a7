"""Numbers and dates of a workbook as their formats show them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from svdash.importing.files.shown_cells import NumberFormats, shown_date, shown_number


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("0.062", "0.0%", "6.2%"),
        ("0.9", "0%", "90%"),
        ("1200", "#,##0", "1,200"),
        ("1200", "0", "1200"),
        ("0.125", "0.0#%", "12.5%"),
        ("2.5", "0", "3"),
        ("-0.034", "0.0%", "-3.4%"),
        ("-1200", "#,##0;(#,##0)", "(1,200)"),
        ("1500000", "[$£-809]#,##0", "£1,500,000"),
        ("1500000", '"£"#,##0.00', "£1,500,000.00"),
        ("45", '0" people"', "45 people"),
        ("6.2", '0.0"%"', "6.2%"),
        ("12", "[Red]0", "12"),
        ("1234", '_-* #,##0_-;-* #,##0_-;_-* "-"??_-;_-@_-', "1,234"),
    ],
)
def test_a_number_is_written_as_its_format_shows_it(value: str, code: str, shown: str) -> None:
    assert shown_number(Decimal(value), code) == shown


@pytest.mark.parametrize(
    "code",
    [
        "",
        "General",
        "@",
        "0.00E+00",
        "# ?/?",
        "yyyy-mm-dd",
        '0,,"m"',
        '[>=1]0;"small"',
        "0" * 200,
        "0." + "0" * 20,
    ],
)
def test_a_format_that_is_not_understood_leaves_the_stored_value(code: str) -> None:
    assert shown_number(Decimal("1234.5"), code) is None


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+300"])
def test_a_number_that_no_format_shows_keeps_its_stored_value(value: str) -> None:
    assert shown_number(Decimal(value), "0.0%") is None


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("mmm yyyy", "March 2029"),
        ("mmm-yy", "March 2029"),
        ("yyyy", "2029"),
        ("yyyy-mm-dd", None),
        ("0%", None),
    ],
)
def test_a_date_whose_format_has_no_day_has_none(code: str, shown: str | None) -> None:
    assert shown_date(date(2029, 3, 1), code) == shown


def test_the_formats_of_styles_are_those_of_cells_in_their_order() -> None:
    found = NumberFormats()
    text = (
        '<styleSheet xmlns="x"><numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="3"/></cellXfs></styleSheet>'
    )
    for piece in (text[:90], text[90:], ""):
        found.feed(piece.encode())
    assert found.codes == ["", "0.0%", "#,##0"]


def test_a_part_that_defines_entities_is_refused() -> None:
    with pytest.raises(ValueError, match="XML entities"):
        NumberFormats().feed(b'<!DOCTYPE x [<!ENTITY a "b">]><styleSheet/>')
