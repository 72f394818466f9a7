"""A finding goes to Arrow, and to JSON, and back unchanged."""

from __future__ import annotations

from dataclasses import fields, replace

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svdash.editions import Edition
from svdash.findings import Finding
from svdash.findings.arrow import from_arrow, to_arrow
from svdash.findings.open_data import open_tables
from svdash.findings.snapshots.finding_json import from_json, to_json
from svdash.findings.spec import Spec
from svdash.register import Framework, View
from svdash.tables import Pack, open_pack
from tests.copies import SMALL
from tests.examples import examples


def _again(found: Finding) -> Finding:
    """Write a finding to bytes and read it."""
    table = to_arrow(found)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return from_arrow(pa.ipc.open_stream(sink.getvalue()).read_all())


def _assert_same(found: Finding, again: Finding) -> None:
    assert type(again) is type(found)
    for each in fields(found):
        before, after = getattr(found, each.name), getattr(again, each.name)
        if isinstance(before, pd.DataFrame):
            pd.testing.assert_frame_equal(after, before)
        else:
            assert after == before, each.name
    for text in (lambda f: f.texts(thousands=True), lambda f: f.export(), lambda f: f.typed()):
        pd.testing.assert_frame_equal(text(again), text(found))


def _own(edition: Edition, table: Spec) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {
            name: st.sampled_from(list(about.allowed(edition))) if about.allowed else st.just("")
            for name, about in table.parameters.items()
        }
    )


def _views(edition: Edition) -> st.SearchStrategy[View]:
    filters = Framework.of(edition).filters
    chosen = {
        name: st.sampled_from(filters.choices(name)) for name in ("role", "year", "compare", "district")
    }
    return st.fixed_dictionaries(chosen).map(lambda params: filters.read(params)[0])


_SMALL = open_pack(SMALL)


@pytest.mark.parametrize("table", open_tables.every_table(_SMALL), ids=lambda table: table.name)
def test_every_finding_of_every_view_comes_back_as_it_was(table: Spec) -> None:
    @examples(1 / 10)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        view, own = data.draw(_views(_SMALL)), data.draw(_own(_SMALL, table))
        found = table.build(_SMALL, view, own)
        _assert_same(found, _again(found))
        _assert_same(found, from_json(to_json(found)))

    holds()


@pytest.mark.exhaustive
def test_findings_of_the_embedded_pack_come_back_as_they_were(pack: Pack) -> None:
    view = Framework.of(pack).filters.default_view()
    for table in open_tables.every_table(pack):
        if not table.needs:
            found = table.build(pack, view, {name: p.default or "" for name, p in table.parameters.items()})
            _assert_same(found, _again(found))
            _assert_same(found, from_json(to_json(found)))


def test_another_arrow_table_is_no_finding() -> None:
    with pytest.raises(ValueError, match="not a finding"):
        from_arrow(pa.table({"a": [1]}))


def test_a_field_that_is_not_known_is_named() -> None:
    found = to_arrow(Finding("one", "Head", "Sub", pd.DataFrame({"a": [1]}), {"a": "A"}))
    said = found.schema.metadata[b"svdash.finding"].replace(b'"legend"', b'"lore"')
    with pytest.raises(ValueError, match="lore"):
        from_arrow(found.replace_schema_metadata({**found.schema.metadata, b"svdash.finding": said}))


def test_what_json_does_not_know_is_refused_when_it_is_written() -> None:
    found = Finding("one", "Head", "Sub", pd.DataFrame({"a": [1]}), {"a": "A"})
    with pytest.raises(TypeError, match="cannot be written"):
        to_arrow(replace(found, about={"a": object()}))
