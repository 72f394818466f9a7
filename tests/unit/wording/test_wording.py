"""One voice: every rule for writing a number, money, a date, a list or a noun, on both sides of its conditions."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svdash import wording

M = wording.MINUS
MISSING = [None, math.nan, np.float64("nan"), pd.NA]


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (32.05, 1, "32.1"),  # the binary number is 32.0499…
        (39.75, 1, "39.8"),
        (39.65, 1, "39.7"),  # half to even gives 39.6
        (32.04, 1, "32.0"),
        (32.049, 1, "32.0"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),  # half to even gives 2
        (2.49, 0, "2"),
        (-2.5, 0, f"{M}3"),
        (-32.05, 1, f"{M}32.1"),
        (100 * 641 / 2000, 1, "32.1"),  # worked out, 32.05 carries the noise of a division
        (1.005, 2, "1.01"),
        (Decimal("1.005"), 2, "1.01"),
        (-0.04, 1, "0.0"),
        (-0.05, 1, f"{M}0.1"),
        (999, 0, "999"),
        (1000, 0, "1,000"),
        (1_234_567, 0, "1,234,567"),
        (1_234_567.5, 0, "1,234,568"),
        (np.int64(-1234), 0, f"{M}1,234"),
        (np.float64(0.25), 1, "0.3"),
        (12345678901234567, 0, "12,345,678,901,234,567"),
        (Decimal("0.10"), 1, "0.1"),
    ],
)
def test_a_number_is_rounded_half_up_on_its_decimal_value(
    value: float | Decimal, decimals: int, text: str
) -> None:
    assert wording.number(value, decimals) == text


@given(st.integers(-(10**9), 10**9), st.integers(0, 3), st.integers(0, 3))
def test_every_decimal_number_is_rounded_as_on_paper(digits: int, places: int, decimals: int) -> None:
    exact = Decimal(digits).scaleb(-places)
    on_paper = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0
    assert wording.number(float(exact), decimals) == f"{on_paper:,f}".replace("-", M)
    assert wording.plain(float(exact), decimals) == f"{on_paper:f}"


@pytest.mark.parametrize("value", [math.inf, -math.inf, Decimal("NaN")])
def test_what_is_not_finite_is_not_rounded(value: float | Decimal) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        wording.rounded(value)


@pytest.mark.parametrize("value", MISSING)
@pytest.mark.parametrize(
    "write", [wording.number, wording.index, wording.percent, wording.money, wording.pounds_and_pence]
)
def test_a_missing_number_is_marked_and_never_blank(write: Callable[..., str], value: object) -> None:
    assert write(value) == "[x]"


@pytest.mark.parametrize("unit", ["percent", "GBP", "people", "index"])
@pytest.mark.parametrize("value", MISSING)
def test_a_missing_figure_has_no_unit(value: float, unit: str) -> None:
    assert wording.value(value, unit) == "[x]"


@pytest.mark.parametrize(
    ("pounds", "text"),
    [
        (0, "£0"),
        (0.4, "£0"),
        (0.5, "£1"),
        (-0.4, "£0"),
        (-3, f"{M}£3"),
        (532, "£532"),
        (532.5, "£533"),
        (999.5, "£1,000"),
        (45_300, "£45,300"),
        (999_999.4, "£999,999"),
        (999_999.5, "£1.0m"),
        (1_000_000, "£1.0m"),
        (74_376_320.74, "£74.4m"),
        (-74_376_320.74, f"{M}£74.4m"),
        (1_250_000, "£1.3m"),
        (999_949_999, "£999.9m"),
        (999_950_000, "£1.0bn"),
        (1_200_000_000, "£1.2bn"),
        (1_234_567_890_123, "£1,234.6bn"),
    ],
)
def test_money_is_written_in_the_shortest_form_that_is_exact_enough(pounds: float, text: str) -> None:
    assert wording.money(pounds) == text


@pytest.mark.parametrize(
    ("pence", "text"),
    [
        (0, "£0.00"),
        (5, "£0.05"),
        (-5, f"{M}£0.05"),
        (-300, f"{M}£3.00"),
        (123_450, "£1,234.50"),
        (np.int64(99), "£0.99"),
        (12_345_678_901_234_567, "£123,456,789,012,345.67"),
    ],
)
def test_an_amount_of_an_account_is_exact_to_the_penny(pence: int, text: str) -> None:
    assert wording.exact_money(pence) == text


@pytest.mark.parametrize(
    ("pounds", "text"), [(12.345, "£12.35"), (12.344, "£12.34"), (-0.4, f"{M}£0.40"), (-0.004, "£0.00")]
)
def test_pay_and_rates_have_their_pence(pounds: float, text: str) -> None:
    assert wording.pounds_and_pence(pounds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.6, "0.6"),
        (0.604, "0.6"),
        (0.605, "0.61"),
        (1, "1"),
        (99.99, "99.99"),
        (100.04, "100"),
        (105.25, "105.3"),
        (999.9, "999.9"),
        (1000.4, "1,000"),
        (-0.6, f"{M}0.6"),
    ],
)
def test_an_index_has_the_decimals_that_it_bears(value: float, text: str) -> None:
    assert wording.index(value) == text
    assert wording.value(value, "index") == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (6, "percent", "6.0%"),
        (32.05, "percent", "32.1%"),
        (-1, "percent", f"{M}1.0%"),
        (1.2e9, "GBP", "£1.2bn"),
        (1, "people", "1 person"),
        (-1, "people", f"{M}1 person"),
        (0, "people", "0 people"),
        (2, "people", "2 people"),
        (1234, "people", "1,234 people"),
        (1, "responses", "1 response"),
        (1, "organisations", "1 organisation"),
        (1.04, "hours", "1.0 hours"),
        (7.45, "hours", "7.5 hours"),
        (9.99, "hours", "10.0 hours"),
        (10.4, "hours", "10 hours"),
        (7, "hours", "7 hours"),
    ],
)
def test_a_figure_stands_with_its_unit(value: float, unit: str, text: str) -> None:
    assert wording.value(value, unit) == text


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (0.9, "percent", "+0.9 points"),
        (-0.9, "percent", f"{M}0.9 points"),
        (0.05, "percent", "+0.1 points"),
        (0.049, "percent", "no change"),
        (-0.049, "percent", "no change"),
        (0, "percent", "no change"),
        (-1_200_000, "GBP", f"{M}£1.2m"),
        (0.4, "GBP", "no change"),
        (12, "people", "+12 people"),
        (1, "people", "+1 person"),
        (-1, "people", f"{M}1 person"),
        (0.4, "people", "no change"),
        (0.5, "people", "+0.5 people"),
        (0.2, "index", "+0.2"),
        (0.004, "index", "no change"),
    ],
)
def test_a_change_has_its_sign_and_unit(amount: float, unit: str, text: str) -> None:
    assert wording.change(amount, unit) == text


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (-0.6, "percent", "0.6 points"),
        (0.05, "percent", "0.1 points"),
        (0.049, "percent", "less than 0.1 points"),
        (0, "percent", "0.0 points"),
        (0.49, "GBP", "less than £1"),
        (0.5, "GBP", "£1"),
        (0.4, "people", "less than 1 person"),
        (-1, "people", "1 person"),
        (0.004, "index", "less than 0.01"),
        (0.005, "index", "0.01"),
    ],
)
def test_the_size_of_a_change_has_no_sign_and_never_hides_that_there_is_one(
    amount: float, unit: str, text: str
) -> None:
    assert wording.size(amount, unit) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (wording.signed(0.04, 1), "0.0"),
        (wording.signed(0.05, 1), "+0.1"),
        (wording.signed(-0.05, 1), f"{M}0.1"),
        (wording.signed(-0.04, 1), "0.0"),
        (wording.points(0.94), "+0.9 points"),
        (wording.times(0.755), "0.76 times"),
        (wording.times(12.34, 1), "12.3 times"),
        (wording.span(4.05, 5.2, unit="%"), "4.1% to 5.2%"),
        (wording.span(0.5, 1.25, 2), "0.50 to 1.25"),
        (wording.about(1234.5), "about 1,235"),
        (wording.percent(6), "6.0%"),
        (wording.percent(6.5, 0), "7%"),
        (wording.trimmed(16.0), "16"),
        (wording.trimmed(16.5), "16.5"),
        (wording.trimmed(100, 0), "100"),
        (wording.one_in(1, 8), "1 in 8"),
        (wording.one_in(2, 5), "1 in 3"),
        (wording.one_in(5, 5), "1 in 1"),
        (wording.one_in(0, 5), "none"),
    ],
)
def test_signs_ratios_ranges_and_shares_are_written_one_way(written: str, text: str) -> None:
    assert written == text


@pytest.mark.parametrize(("part", "whole"), [(-1, 8), (9, 8)])
def test_a_share_is_of_its_whole(part: float, whole: float) -> None:
    with pytest.raises(ValueError, match="not a part of"):
        wording.one_in(part, whole)


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("people", "person"),
        ("young people", "young person"),
        ("women", "woman"),
        ("men", "man"),
        ("responses", "response"),
        ("households", "household"),
        ("businesses", "business"),
        ("enquiries", "enquiry"),
        ("boxes", "box"),
        ("access", "access"),
        ("staff", "staff"),
    ],
)
def test_one_of_many_is_in_the_singular(plural: str, one: str) -> None:
    assert wording.singular(plural) == one


@pytest.mark.parametrize(
    ("total", "told", "accounted"),
    [(0, "no lines", "0 lines"), (1, "1 line", "1 line"), (1234, "1,234 lines", "1,234 lines")],
)
def test_a_noun_follows_its_number(total: int, told: str, accounted: str) -> None:
    assert (wording.count(total, "line"), wording.counted(total, "line")) == (told, accounted)


@pytest.mark.parametrize(("total", "text"), [(0, "no people"), (1, "1 person"), (2, "2 people")])
def test_a_noun_may_have_a_plural_of_its_own(total: int, text: str) -> None:
    assert wording.count(total, "person", "people") == text


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], "none"),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b, c and 1 more"),
    ],
)
def test_a_list_is_joined_as_people_do(items: list[str], text: str) -> None:
    assert wording.listing(items) == text


def test_all_of_a_list_may_be_named_and_joined_with_another_word() -> None:
    assert wording.every("abcde") == "a, b, c, d and e"
    assert wording.every("abc", "or") == "a, b or c"
    assert wording.every(()) == "none"


@pytest.mark.parametrize(("options", "end"), [(12, "11"), (13, "11 and 1 more"), (0, "")])
def test_of_what_may_be_chosen_the_first_twelve_are_named(options: int, end: str) -> None:
    assert wording.choices(str(number) for number in range(options)).rpartition(", ")[2] == end


def test_a_date_is_written_in_full_and_a_period_by_its_first_and_last_day() -> None:
    first, last = date(2019, 3, 31), date(2026, 12, 1)
    assert wording.day(last) == "1 December 2026"
    assert wording.month(first) == "March 2019"
    assert wording.days(first, last) == "31 March 2019 to 1 December 2026"
    assert wording.days(last, last) == "1 December 2026"


def test_a_time_is_written_with_its_day() -> None:
    assert wording.moment(datetime(2026, 3, 31, 9, 5, tzinfo=UTC)) == "09:05 UTC on 31 March 2026"


def test_a_sentence_begins_with_a_capital_letter_and_is_left_alone_else() -> None:
    assert [wording.sentence(text) for text in ("hHI", "", "A b")] == ["HHI", "", "A b"]


def test_a_column_is_rounded_as_decimals_with_halves_up() -> None:
    found = wording.halves_up([32.05, 39.75, 0.25, -0.25, math.nan], 1)
    assert found[:4] == [32.1, 39.8, 0.3, -0.3]
    assert math.isnan(found[4])
    assert wording.halves_up([0.5, 1.5, 2.5]) == [1.0, 2.0, 3.0]
    # pandas itself gives the even neighbours.
    assert pd.Series([0.5, 1.5, 2.5]).round().tolist() == [0.0, 2.0, 2.0]
