"""How many tests a page made: each condition of the sentence tested on both sides."""

from __future__ import annotations

import pytest

from svdash.wording.many import many_tests


@pytest.mark.parametrize(
    ("made", "by_chance", "stand_out", "hold", "words"),
    [
        (0, 0.0, 0, 0, ""),
        (1, 0.05, 0, 0, "1 test: it does not stand out; 1 in 20 would by chance alone."),
        (1, 0.05, 1, 1, "1 test: it stands out; 1 in 20 would by chance alone."),
        (1, 0.002, 1, 1, "1 test: it stands out; 1 in 500 would by chance alone."),
        (2, 0.1, 0, 0, "2 tests: none stand out; about 0.1 would by chance alone."),
        (
            20,
            1.0,
            1,
            1,
            (
                "20 tests: 1 stands out, about 1.0 would by chance alone; 1 holds when all are taken together "
                "(Benjamini and Hochberg, 5%)."
            ),
        ),
        (
            30,
            1.5,
            4,
            0,
            (
                "30 tests: 4 stand out, about 1.5 would by chance alone; none holds when all are taken together "
                "(Benjamini and Hochberg, 5%)."
            ),
        ),
        (
            201,
            10.05,
            40,
            31,
            (
                "201 tests: 40 stand out, about 10 would by chance alone; 31 hold when all are taken together "
                "(Benjamini and Hochberg, 5%)."
            ),
        ),
        (199, 9.95, 0, 0, "199 tests: none stand out; about 10 would by chance alone."),
        (198, 9.9, 0, 0, "198 tests: none stand out; about 9.9 would by chance alone."),
    ],
)
def test_a_page_says_how_many_tests_it_made_and_what_to_make_of_them(
    made: int, by_chance: float, stand_out: int, hold: int, words: str
) -> None:
    assert many_tests(made, by_chance, stand_out, hold) == words
