"""Shares as bars of text: what a row says, whether it is shown or not."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from svdash import wording
from svdash.findings.finding import Finding
from svdash.findings.reach import reach_by_decile
from svdash.findings.reach.area_figures import MapChoice
from svdash.register import Framework
from svdash.render import share_bars
from svdash.tables import Pack


@pytest.fixture(scope="module")
def lands(small_pack: Pack) -> Finding:
    return reach_by_decile.lands(small_pack, Framework.of(small_pack).filters.default_view())


def rows_of(found: Finding) -> list[str]:
    return re.findall(r"<li .*?</li>", share_bars.html(found))


def test_a_bar_has_its_name_its_share_and_that_of_residents_as_text(lands: Finding) -> None:
    assert share_bars.drawn(lands)
    for told, (_, row) in zip(rows_of(lands), lands.frame.iterrows(), strict=True):
        words = re.sub("<[^>]+>", "", told)
        residents = wording.percent(row["population_share"])
        assert words == f"{row['what']}{wording.share(row['share'])}, residents {residents}"


def test_the_longest_of_bars_and_lines_has_the_whole_width(lands: Finding) -> None:
    drawn = share_bars.html(lands)
    lengths = [float(each) for each in re.findall(r"(?:width|left):([\d.]+)%", drawn)]
    assert len(lengths) == 2 * len(lands.frame)
    assert max(lengths) == 100


def test_spend_and_the_most_deprived_decile_are_spoken_of(small_pack: Pack, lands: Finding) -> None:
    asked = MapChoice("spend")
    deciles = reach_by_decile.by_decile(small_pack, Framework.of(small_pack).filters.default_view(), asked)
    for found, named in ((lands, "All spend"), (deciles, "Decile 1, most deprived")):
        spoken_of = [told for told in rows_of(found) if "sv-spoken" in told]
        assert len(spoken_of) == 1
        assert named in spoken_of[0]


def test_a_share_that_is_not_shown_has_its_mark_and_no_bar(lands: Finding) -> None:
    assert lands.chart is not None
    rows = lands.chart.head(1).assign(share=float("nan"), marker="[c]")
    (told,) = rows_of(replace(lands, chart=rows))
    assert "<b>[c]</b>" in told
    assert "width:0.0%" in told


def test_names_are_text(lands: Finding) -> None:
    assert lands.chart is not None
    (told,) = rows_of(replace(lands, chart=lands.chart.head(1).assign(what='<b title="x">')))
    assert '<b title="x">' not in told


def test_what_is_empty_or_another_finding_is_not_drawn_so(lands: Finding) -> None:
    assert not share_bars.drawn(replace(lands, empty="nothing"))
    assert not share_bars.drawn(replace(lands, name="parity"))
