"""What is registered of a finding beside its builder holds for what the builder returns."""

from __future__ import annotations

import pytest

from svdash.findings.open_data import open_tables
from svdash.findings.spec import Spec
from svdash.register import ALL, Framework
from svdash.render import chart_structures
from svdash.render.drawings import BUILDERS
from svdash.tables import Pack

# The embedded pack has no survey of the local multiplier, so that finding has no rows.
KEYED = [
    spec
    for spec in open_tables.findings()
    if spec.name.startswith("economy-") and spec.name != "economy-multiplier"
]


@pytest.mark.parametrize("spec", KEYED, ids=lambda spec: spec.name)
@pytest.mark.parametrize("year", ["", ALL])
def test_rows_of_a_finding_are_told_apart_by_columns_that_people_see(
    pack: Pack, spec: Spec, year: str
) -> None:
    view = Framework.of(pack).filters.default_view(year or None)
    found = spec.build(pack, view, {})
    assert found.name == spec.name
    assert not found.empty
    assert set(found.row_key) <= set(found.columns)
    assert found.row_key
    assert not found.frame.duplicated(list(found.row_key)).any()
    assert not found.frame[list(found.row_key)].isna().all(axis=1).any()


def test_names_are_given_once_and_every_drawing_named_is_there() -> None:
    names = [spec.name for spec in open_tables.findings()]
    assert len(names) == len(set(names)) > 30
    named = {spec.drawing for spec in open_tables.findings()} - {""}
    assert named <= set(BUILDERS)
    assert named


def test_a_finding_with_a_chart_is_among_those_that_have_one_and_no_other(pack: Pack) -> None:
    view = Framework.of(pack).filters.default_view()
    for spec in KEYED:
        drawn = spec.build(pack, view, {}).chart is not None
        assert (spec.name in chart_structures.names()) == drawn, spec.name
