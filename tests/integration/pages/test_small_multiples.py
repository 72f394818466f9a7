"""Small multiples: text that is text, grouped by verdict, the same time in all, and one figure is no chart."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from svdash import theme, wording
from svdash.findings.finding import Finding
from svdash.findings.indicators import indicator_trends
from svdash.register import ALL, Framework, View
from svdash.render import charts, small_multiples
from svdash.tables import Pack

LEADS = "indicators?year=2024%2F25&indicator="
SVG = "{http://www.w3.org/2000/svg}"
NAN = float("nan")


def series(indicator: str, verdict: str, figures: list[float], **more: object) -> pd.DataFrame:
    """Chart rows of one series with a figure at the end of each financial year from 2021/22 on."""
    days = [pd.Timestamp(2022 + n, 3, 31) for n in range(len(figures))]
    row = {
        "indicator": indicator,
        "name": f"Name of {indicator}",
        "latest": f"{figures[-1]:.1f}% in 2024/25",
        "verdict": wording.VERDICT[verdict],
        "alone": False,
        "alt": f"{indicator} in words",
        "unit": "percent",
        "target": NAN,
        "baseline": figures[0],
        "control_lower": NAN,
        "control_upper": NAN,
        "part": False,
        "lower": [figure - 2 for figure in figures],
        "upper": [figure + 2 for figure in figures],
    }
    return pd.DataFrame({**row, "as_at": days, "value": figures, **more})


def board(*parts: pd.DataFrame) -> Finding:
    rows = pd.concat([part.assign(order=place) for place, part in enumerate(parts)], ignore_index=True)
    return Finding("indicators", "Headline", "Subtitle", rows, {}, statuses=("illustrative",), chart=rows)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - drawn by the code that is tested


def pictures(found: Finding) -> list[ET.Element]:
    drawn = small_multiples.html(found, LEADS)
    return [parsed(svg) for svg in re.findall("<svg.*?</svg>", drawn)]


def words(picture: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in picture.iter("text")]


@pytest.fixture(scope="module")
def whole(pack: Pack) -> Finding:
    """The indicators of the embedded pack."""
    return indicator_trends.board(pack, Framework.of(pack).filters.default_view())


def test_each_indicator_of_the_board_is_a_link_of_two_lines(pack: Pack, whole: Finding) -> None:
    drawn = small_multiples.html(whole, LEADS)
    ids = Framework.of(pack).indicators_of(whole.view).index
    assert sorted(re.findall(r'href="indicators\?year=2024%2F25&amp;indicator=([^"]+)"', drawn)) == sorted(
        ids
    )
    for head in re.findall(r'target="_self" title="[^"]*">(.*?)(?:<svg|<strong|</a>)', drawn):
        assert re.fullmatch(r'<span class="sv-name">[^<]+</span><span>[^<]+</span>', head)


def test_pictures_are_named_and_their_text_is_large_enough(whole: Finding) -> None:
    found = pictures(whole)
    assert found
    for picture in found:
        assert picture.get("role") == "img"
        assert picture.get("aria-label") == picture.findtext("title") != ""
        assert int(str(picture.get("font-size"))) == theme.TEXT
        assert not [part for part in picture.iter() if part is not picture and part.get("font-size")]
    # A picture is never drawn smaller than its own measure.
    assert f"minmax({small_multiples.WIDE}px" in theme.STYLE


def test_series_are_grouped_by_verdict_and_counted(whole: Finding) -> None:
    drawn = small_multiples.html(whole, LEADS)
    heads = [
        (number, re.sub(r", \d+ of them taken alone$", "", label))
        for number, label in re.findall(r"<strong>(\d+)</strong> <span>([^<]+)</span>", drawn)
    ]
    told = [wording.VERDICT[code] for code in wording.VERDICT]
    assert [verdict for _, verdict in heads] == [v for v in told if v in {label for _, label in heads}]
    assert sum(int(number) for number, _ in heads) == len(whole.frame)
    verdicts = whole.frame["verdict_label"].value_counts()
    assert {verdict: int(number) for number, verdict in heads} == verdicts.to_dict()


def test_a_verdict_that_holds_taken_alone_only_is_counted_as_that_beside_its_number() -> None:
    better = [series(each, "better-than-baseline", [1.0, 9.0]) for each in ("A", "B")]
    whole = small_multiples.html(board(*better), LEADS)
    part = small_multiples.html(board(better[0].assign(alone=True), better[1]), LEADS)
    label = wording.VERDICT["better-than-baseline"]
    assert f"<strong>2</strong> <span>{label}</span>" in whole
    assert f"<strong>2</strong> <span>{label}, 1 of them taken alone</span>" in part


def test_the_board_counts_as_its_headline_does(whole: Finding) -> None:
    assert whole.chart is not None
    cards = whole.chart.drop_duplicates("order")
    apart = cards["alone"].sum()
    assert apart == (whole.frame["together"] == indicator_trends.ALONE_ONLY).sum() > 0
    assert f"{apart} of them taken alone" in small_multiples.html(whole, LEADS)


def test_a_series_with_one_figure_is_that_figure_and_one_with_none_has_no_picture() -> None:
    one, none = series("A-I1", "too-early", [65.7]), series("A-I2", "no-data", [NAN], latest="no figure")
    found = board(one, none, series("A-I3", "improving", [10, 20]))
    assert len(pictures(found)) == 1
    assert "<strong>65.7%</strong><em>one figure so far</em>" in small_multiples.html(found, LEADS)
    assert "<span>no figure</span></a>" in small_multiples.html(found, LEADS)


def test_the_same_day_stands_at_the_same_place_in_all_pictures() -> None:
    long, short = series("A-I1", "improving", [10, 12, 14, 16]), series("A-I2", "improving", [10, 12])
    first, second = pictures(board(long, short))
    assert [circle.get("cx") for circle in first.iter("circle")][:2] == [
        circle.get("cx") for circle in second.iter("circle")
    ]
    assert {"2021/22", "2024/25"} <= set(words(first)) & set(words(second))


def test_the_newest_figure_and_the_target_are_named() -> None:
    (picture,) = pictures(board(series("A-I1", "improving", [4.2, 5.0, 5.6], target=6.0)))
    assert {"5.6%", "target 6%"} <= set(words(picture))


def test_higher_figures_stand_higher() -> None:
    (picture,) = pictures(board(series("A-I1", "improving", [10, 20, 15])))
    first, second, third = (float(str(circle.get("cy"))) for circle in picture.iter("circle"))
    assert second < third < first


def test_names_are_text_and_not_markup() -> None:
    hostile = '<script>alert("x")</script>'
    found = board(series("A-I1", "improving", [1, 2], name=hostile, alt=hostile))
    assert "<script" not in small_multiples.html(found, LEADS)
    assert "<script" not in small_multiples.picture(found)


def test_there_is_no_empty_line_which_would_end_html_within_markdown(whole: Finding) -> None:
    assert "\n" not in small_multiples.html(whole, LEADS)
    apart = board(series("A-I1", "improving", [1, 2], name="one\n\ntwo"))
    assert "one  two" in small_multiples.html(apart, LEADS)


def test_a_series_that_stays_as_it_is_can_be_drawn() -> None:
    flat = series("A-I1", "no-clear-change", [5, 5], lower=NAN, upper=NAN)
    (picture,) = pictures(board(flat))
    assert len({circle.get("cy") for circle in picture.iter("circle")}) == 1


def test_the_picture_taken_away_stands_alone(whole: Finding) -> None:
    picture = parsed(small_multiples.picture(whole))
    said = " ".join("".join(text.itertext()) for text in picture.iter(f"{SVG}text"))
    assert whole.headline in said
    assert "illustrative" in said
    assert wording.VERDICT["improving"] in said
    width, height = (float(str(picture.get(name))) for name in ("width", "height"))
    for text in picture.iter(f"{SVG}text"):
        assert float(str(text.get("y"))) < height
    assert width > 4 * small_multiples.WIDE


def test_series_of_one_indicator_are_small_multiples_and_one_series_is_a_chart(pack: Pack) -> None:
    year = View(year="2025/26")
    several = indicator_trends.one(pack, year, "EMP-I5", "disability")
    alone = indicator_trends.one(pack, year, "COM-I1", ALL)
    assert small_multiples.drawn(several)
    assert not small_multiples.drawn(alone)
    assert charts.of(alone, 4) is not None
    assert "href" not in small_multiples.html(several, LEADS)
