"""What is registered of a finding beside its builder holds for what the builder returns."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from svdash import findings, theme
from svdash.findings.finding import Finding
from svdash.findings.open_data import open_tables
from svdash.findings.spec import Spec
from svdash.register import ALL, Framework
from svdash.render import chart_structures, charts
from svdash.render.drawings import BUILDERS
from svdash.tables import Pack, PackError, open_pack
from tests.copies import DATA, SMALL
from tests.packs.make_fenmarsh import FOLDER as FENMARSH

# Neither pack has a survey of the local multiplier, and what is recorded stands in no pack: its own tests read its rows.
WITHOUT_ROWS = frozenset({"economy-multiplier", "board-ratings", "board-questions", "evidence-audit-share"})
SPECS = open_tables.findings()
# Of a parameter with very many values, such as the code of an area, the first stand for all.
MOST_VALUES = 8


def asked(pack: Pack, spec: Spec) -> Iterator[dict[str, str]]:
    """Parameters of a finding as they usually are, and with each value of each of them."""
    allowed = {
        name: list(about.allowed(pack))[:MOST_VALUES] if about.allowed else ["", "the"]
        for name, about in spec.parameters.items()
    }
    if all(allowed.values()):
        usual = {name: about.default or allowed[name][0] for name, about in spec.parameters.items()}
        yield usual
        yield from ({**usual, name: value} for name, values in allowed.items() for value in values)


def built(spec: Spec, folder: Path) -> Iterator[Finding]:
    """A finding as it usually is, of all years, and with every value of its parameters, of a pack and of another kind of one."""
    for pack in map(open_pack, (folder, FENMARSH)):
        latest, every = (Framework.of(pack).filters.default_view(year) for year in (None, ALL))
        for number, own in enumerate(asked(pack, spec)):
            with suppress(PackError):  # the pack lacks a table that the finding stands on
                yield spec.build(pack, latest, own)
                if number == 0:
                    yield spec.build(pack, every, own)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@pytest.mark.parametrize(
    "folder", [SMALL, pytest.param(DATA, marks=pytest.mark.exhaustive)], ids=lambda each: each.name
)
def test_rows_of_a_finding_are_told_apart_by_columns_that_people_see(spec: Spec, folder: Path) -> None:
    with_rows = drawn = False
    for found in built(spec, folder):
        assert found.name == spec.name
        drawn |= found.chart is not None
        if found.empty:
            continue
        with_rows, key = True, list(found.row_key)
        assert key
        assert set(key) <= set(found.columns)
        assert not found.frame.duplicated(key).any()
        assert not found.frame[key].isna().all(axis=1).any()
    assert with_rows == (spec.name not in WITHOUT_ROWS)
    # A finding with a chart is among those that have one, and no other.
    assert drawn == (spec.name in chart_structures.names())


def test_names_are_given_once_and_every_drawing_named_is_there() -> None:
    names = [spec.name for spec in SPECS]
    assert len(names) == len(set(names)) > 30
    named = {spec.drawing for spec in SPECS} - {""}
    assert named <= set(BUILDERS)
    assert named


def _sizes(part: object) -> Iterator[float]:
    """All sizes of letters in a drawing."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name.casefold().endswith("fontsize"):
                yield value
            else:
                yield from _sizes(value)
    elif isinstance(part, list):
        for each in part:
            yield from _sizes(each)


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("columns", chart_structures.COLUMNS)
def test_letters_of_a_drawing_are_as_large_as_those_below_it(name: str, columns: int) -> None:
    sizes = list(_sizes(BUILDERS[name](columns)))
    assert sizes
    assert min(sizes) >= theme.TEXT


def test_a_drawing_is_as_wide_as_its_column_or_made_of_several_side_by_side() -> None:
    widths = {name: draw(4) for name, draw in BUILDERS.items()}
    fixed = {name for name, drawn in widths.items() if drawn.get("width") != "container"}
    # The grid of what is not known has cells of one width.
    fixed.remove("data-gaps")
    assert fixed == {
        "areas-by-district",
        "areas-by-district-money",
        "equality-recruitment",
        "equality-pay-returns",
    }
    assert all("facet" in widths[name] for name in fixed)


def test_what_a_module_registers_is_served() -> None:
    modules = pkgutil.walk_packages(findings.__path__, f"{findings.__name__}.")
    registered = [getattr(importlib.import_module(each.name), "SPECS", ()) for each in modules]
    assert {spec.name for specs in registered for spec in specs} == {spec.name for spec in SPECS}


@pytest.mark.parametrize("asked_for", [25, 30, 38, 42])
def test_pictures_of_few_rows_and_of_many_are_about_as_high_as_others(asked_for: int) -> None:
    high = {number: number * charts.step_between(asked_for, number, 4) for number in range(1, 15)}
    assert all(high[number] >= charts.HIGH_AT_LEAST for number in range(4, 15))
    assert all(each <= charts.HIGH_AT_MOST for number, each in high.items() if asked_for * number < 420)
    # One to three rows are as far apart as rows may be, and not stretched over the whole height.
    assert [high[number] / number for number in (1, 2, 3)] == [charts.STEP_AT_MOST] * 3
    # Words stand above bars on a phone: their rows are never moved together.
    assert all(charts.step_between(asked_for, number, 1) >= asked_for for number in range(1, 40))
