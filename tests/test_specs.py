"""What is registered of a finding beside its builder holds for what the builder returns."""

from __future__ import annotations

import pytest

from svdash.findings.finding import Finding
from svdash.findings.open_data import open_tables, served_package
from svdash.findings.spec import Spec
from svdash.register import ALL
from svdash.render import chart_structures
from svdash.render.drawings import BUILDERS
from svdash.tables import open_pack
from tests.copies import DATA
from tests.packs.make_fenmarsh import FOLDER as FENMARSH

# Neither pack has a survey of the local multiplier.
WITHOUT_ROWS = "economy-multiplier"
KEYED = [
    spec
    for spec in open_tables.findings()
    if spec.name.startswith("economy-")
    or spec.name in {"commitments", "updates", "standing", "attention", "changes", "overdue"}
    or spec.name in {"methods", "catalogue", "dictionary"}
]


def built(spec: Spec) -> list[Finding]:
    """A finding as it is without filters and with all years, of either pack."""
    editions = [open_pack(folder) for folder in (DATA, FENMARSH)]
    plain = [served_package.asked_plainly(edition, spec, year) for edition in editions for year in ("", ALL)]
    return [found for found in plain if found is not None]


@pytest.mark.parametrize("spec", KEYED, ids=lambda spec: spec.name)
def test_rows_of_a_finding_are_told_apart_by_columns_that_people_see(spec: Spec) -> None:
    with_rows = [found for found in built(spec) if not found.empty]
    assert bool(with_rows) == (spec.name != WITHOUT_ROWS)
    for found in with_rows:
        key = list(found.row_key)
        assert found.name == spec.name
        assert key
        assert set(key) <= set(found.columns)
        assert not found.frame.duplicated(key).any()
        assert not found.frame[key].isna().all(axis=1).any()


def test_names_are_given_once_and_every_drawing_named_is_there() -> None:
    names = [spec.name for spec in open_tables.findings()]
    assert len(names) == len(set(names)) > 30
    named = {spec.drawing for spec in open_tables.findings()} - {""}
    assert named <= set(BUILDERS)
    assert named


@pytest.mark.parametrize("spec", KEYED, ids=lambda spec: spec.name)
def test_a_finding_with_a_chart_is_among_those_that_have_one_and_no_other(spec: Spec) -> None:
    drawn = any(found.chart is not None for found in built(spec))
    assert drawn == (spec.name in chart_structures.names())
