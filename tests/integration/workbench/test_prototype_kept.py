"""What of a prototype is worked out anew after a change: only what the change says something of, and with the same figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import uuid4

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from svdash.findings.finding import Finding
from svdash.findings.indicators import gated_observations
from svdash.findings.reach import area_cells
from svdash.tables import Pack
from svdash.workbench import prototype_figures, prototype_findings
from svdash.workbench.definition import DefinitionError
from svdash.workbench.indicator_sources import IndicatorSource, Kind, Rows
from tests.integration.workbench.test_prototype_figures import changed

KINDS: dict[str, Kind] = {
    "when": "text",
    "who": "text",
    "answer": "text",
    "place": "text",
    "weight": "number",
}
# One change after the other, of fields that figures are made of and of fields that they are not.
CHANGES: list[dict[str, str]] = [
    {}, {"title": "Another title", "caveats": "[Few answered]", "source": "Another survey", "role": "commissioner"},
    {"polarity": "lower", "baseline": "2023/24", "owner": "Somebody"}, {"numerator": 'count(where=answer == "no")'},
    {"numerator": "sum(weight)", "denominator": "", "unit": "index", "counts_people": "false", "status": "published", "group": ""},
]  # fmt: skip


class Survey:
    """Answers of people in every area of a pack, and how often they were read."""

    def __init__(self, pack: Pack) -> None:
        random = np.random.default_rng(3)
        size = 6_000
        self.rows = pd.DataFrame(
            {
                "when": random.choice(["2023/24", "2024/25"], size),
                "who": random.choice(["Women", "Men"], size),
                "answer": random.choice(["yes", "no"], size, p=[0.6, 0.4]),
                "place": random.choice(area_cells.areas(pack).index, size),
                "weight": random.choice([0.5, 1.0, 2.0], size),
            }
        )
        self.read = 0
        # Nothing that is kept of another test's survey is its own.
        self.state = uuid4().hex

    def source(self, *_: object) -> IndicatorSource:
        def given(columns: Sequence[str]) -> Rows:
            self.read += 1
            return nw.from_native(self.rows[list(columns)], eager_only=True)

        return IndicatorSource(
            "survey.csv", KINDS, given, personal=(), state=self.state, day=date(2026, 5, 4)
        )


@pytest.fixture
def survey(small_pack: Pack, monkeypatch: pytest.MonkeyPatch) -> Survey:
    found = Survey(small_pack)
    monkeypatch.setattr(prototype_figures, "source", found.source)
    return found


def told(pack: Pack, lines: dict[str, str]) -> list[tuple[object, ...]]:
    """Return all that a definition shows: words, tables and pictures."""
    found = prototype_findings.findings(pack, changed(**{"area": "place", **lines}))

    def parts(each: Finding) -> Iterator[object]:
        yield from (each.headline, each.subtitle, each.sentence, each.caveats, each.method, each.vintage)
        yield from (each.export().to_csv(), pd.DataFrame(each.chart).to_csv())

    return [(found.remarks,), *(tuple(parts(each)) for each in found.all)]


def test_what_is_kept_is_what_the_straight_way_gives(
    small_pack: Pack, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [told(small_pack, lines) for lines in CHANGES]
    assert told(small_pack, {}) == kept[0]
    monkeypatch.setattr(prototype_figures, "_kept", lambda *given: given[-1]())
    monkeypatch.setattr(gated_observations, "_asked_of", lambda *_: object())
    for lines, before in zip(CHANGES, kept, strict=True):
        assert told(small_pack, lines) == before, lines


def test_words_of_a_definition_read_no_row_again(small_pack: Pack, survey: Survey) -> None:
    told(small_pack, {})
    read = survey.read
    for lines in ({"title": "Another title"}, {"polarity": "lower"}, {"caveats": "[Few answered]"}):
        told(small_pack, lines)
    assert survey.read == read
    told(small_pack, {"numerator": 'count(where=answer == "no")'})
    assert survey.read > read


def test_the_trend_waits_for_nothing_else(small_pack: Pack, survey: Survey) -> None:
    steps: list[str] = []
    found = prototype_findings.findings(
        small_pack, changed(area="place"), on_step=lambda _, what: steps.append(what)
    )
    assert found.trend.headline
    assert steps == ["Reading the rows", "Testing the change"]
    assert found.areas is not None
    assert steps[2:] == ["Putting figures on areas"]


def test_a_file_tells_its_own_day_beside_its_figures(small_pack: Pack, survey: Survey) -> None:
    found = prototype_findings.findings(small_pack, changed(area="place"))
    assert found.trend.vintage == "survey.csv brought on 4 May 2026"
    assert all("survey.csv brought on 4 May 2026" in each.vintage for each in found.all)
    assert not any(each.updated for each in found.all)


def test_weighted_people_are_refused_and_never_cut_to_whole_ones(small_pack: Pack, survey: Survey) -> None:
    # The whole is even though no area is.
    survey.rows["weight"] = 0.5
    survey.rows = pd.concat([survey.rows, survey.rows.iloc[:1]])
    written = changed(area="place", numerator="sum(weight)", denominator="", unit="people")
    with pytest.raises(DefinitionError, match="not whole people"):
        prototype_findings.findings(small_pack, written)


def test_small_numbers_of_a_file_stand_beside_the_statement_that_it_tells_of_nobody(
    small_pack: Pack, survey: Survey
) -> None:
    stated = "the author states that no row and no number of survey.csv is about people"
    shown = prototype_findings.findings(small_pack, changed(area="place", counts_people="false"))
    assert all(any(stated in caveat for caveat in each.caveats) for each in shown.all)
    held = prototype_findings.findings(small_pack, changed(area="place"))
    assert not any(stated in caveat for each in held.all for caveat in each.caveats)
