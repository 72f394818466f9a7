"""What is worked out once and kept for later starts is the same as worked out anew, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest

from svdash.caching import disk_cache, memory
from svdash.editions import kept
from svdash.findings import gated_frames
from svdash.findings.indicators import gated_observations
from svdash.render import chart_structures
from svdash.render.drawings import BUILDERS
from svdash.tables import Pack, checked_tables, open_pack, package
from tests.copies import CopiedPack

pytestmark = pytest.mark.usefixtures("nothing_kept")


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


def _again(pack: Pack) -> Pack:
    """Open the same version as a later process would."""
    package._opened.pop(pack.path.absolute(), None)
    memory.shared.clear()
    return open_pack(pack.path)


def _misspelt(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(unit=rows["unit"].replace("percent", "per cent"))


def test_kept_tables_are_the_checked_tables_to_the_dtype(copied_pack: CopiedPack, var: Path) -> None:
    first = copied_pack.open()
    first.keep()
    later = _again(first)
    assert later is not first
    assert later.fingerprint == first.fingerprint
    for name in first.tables:
        if name not in first.lines:
            pd.testing.assert_frame_equal(later.table(name), first.table(name))
            assert later.withheld(name) == first.withheld(name)
    assert later._checked == {}, "a later start checks nothing again"


def test_a_later_start_tells_the_same_faults(copied_pack: CopiedPack, var: Path) -> None:
    copied_pack.change("indicators", _misspelt)
    first = copied_pack.open()
    assert first.faults
    first.keep()
    later = _again(first)
    assert later.faults == first.faults
    assert later.withheld("indicators") == first.withheld("indicators") > 0


def test_a_later_start_tells_what_can_not_be_without_checking_again(
    copied_pack: CopiedPack, var: Path
) -> None:
    appointed = {"appointed": "98765"}
    copied_pack.change(
        "recruitment",
        lambda rows: rows.assign(people=rows["stage"].map(appointed).fillna(rows["people"])),
    )
    first = copied_pack.open()
    assert first.contradictions
    first.keep()
    later = _again(first)
    assert later.contradictions == first.contradictions
    assert later._checked == {}


def test_a_changed_pack_is_checked_again(copied_pack: CopiedPack, var: Path) -> None:
    copied_pack.open().keep()
    copied_pack.change("indicators", _misspelt)
    assert copied_pack.open().faults


def test_a_damaged_file_is_worked_out_again_and_replaced(
    copied_pack: CopiedPack, var: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = copied_pack.open()
    first.keep()
    [folder] = (var / "checked").iterdir()
    (folder / "glossary").write_bytes(b"not an Arrow stream")
    later = _again(first)
    assert "is not what was written" in caplog.text
    pd.testing.assert_frame_equal(later.table("glossary"), first.table("glossary"))
    later.keep()
    assert disk_cache.fetch(folder) is not None


def test_kept_gated_observations_are_those_of_the_gate_to_the_dtype(
    copied_pack: CopiedPack, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = copied_pack.open()
    gated = gated_observations.gated(first)
    recruited = gated_observations.recruited(first)
    gated_observations.keep(first)

    def again(pack: Pack) -> pd.DataFrame:
        raise AssertionError("the gate is asked again")

    monkeypatch.setattr(gated_observations, "_gated", again)
    later = _again(first)
    pd.testing.assert_frame_equal(gated_observations.gated(later), gated)
    for name in ("single", "pooled"):
        found = getattr(gated_observations.recruited(later), name)
        pd.testing.assert_frame_equal(found, getattr(recruited, name))


def test_observations_of_a_changed_pack_pass_the_gate_again(copied_pack: CopiedPack, var: Path) -> None:
    before = copied_pack.open()
    gated_observations.keep(before)
    copied_pack.change("observations_illustrative", lambda rows: rows.iloc[:-1])
    now, then = (len(gated_observations._every(each)[0]) for each in (copied_pack.open(), before))
    assert now == then - 1


def test_what_other_code_let_through_is_not_used(
    copied_pack: CopiedPack, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = copied_pack.open()
    gated_observations.keep(pack)
    assert gated_frames.fetch(gated_observations._folder(pack), "observed") is not None
    monkeypatch.setattr(gated_frames, "_code", lambda: "another gate")
    assert gated_frames.fetch(gated_observations._folder(pack), "observed") is None


def test_what_names_kept_observations_is_all_that_the_gate_reads(copied_pack: CopiedPack, var: Path) -> None:
    memory.shared.clear()
    pack = copied_pack.open()
    gated = kept(gated_observations._gated)
    gated(pack)
    read = {str(part.name) for part in gated.parts(pack) or () if part.kind in ("table", "resource", "file")}
    named = set()

    class Watched:
        """An edition that notes what its fingerprint is asked of."""

        def __getattr__(self, name: str) -> object:
            return getattr(pack, name)

        def fingerprint_of(self, names: Iterable[str]) -> str:
            named.update(names)
            return pack.fingerprint_of(names)

    gated_observations._folder(Watched())
    assert read == named


def test_only_the_newest_versions_stay(copied_pack: CopiedPack, var: Path) -> None:
    for version in range(checked_tables.MOST_VERSIONS + 2):
        checked_tables.put(f"version {version}", (), (), {})
    assert len(list((var / "checked").iterdir())) == checked_tables.MOST_VERSIONS


def test_where_nothing_can_be_written_the_place_is_named(var: Path) -> None:
    var.write_text("a file where the folder should be")
    with pytest.raises(OSError, match="var"):
        disk_cache.put(var / "checked" / "x", {"a": b"1"})


def test_kept_structures_of_charts_are_those_that_altair_builds(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (chart_structures._kept, chart_structures.structure):
        one.cache_clear()
    built = {name: chart_structures.structure(name, 4) for name in BUILDERS}
    chart_structures.keep()
    for one in (chart_structures._kept, chart_structures.structure):
        one.cache_clear()
    assert {name: chart_structures.structure(name, 4) for name in BUILDERS} == json.loads(json.dumps(built))
    assert chart_structures.structure("no such finding", 4) is None
    for one in (chart_structures._kept, chart_structures.structure):
        one.cache_clear()
