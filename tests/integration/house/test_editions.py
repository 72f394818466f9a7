"""One edition of the data: who may open a pack, and what the fingerprint of a part of it covers."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pandas as pd
import pytest

from svdash import disclosure, editions
from svdash.editions import kept
from svdash.findings.equality import pay_returns
from svdash.findings.indicators import indicator_trends
from svdash.findings.open_data import open_tables
from svdash.findings.reach import area_figures
from svdash.register import Framework
from svdash.tables import UnknownTableError
from svdash.tables.links import reach
from svdash.tables.schema import read_tables
from tests.copies import ROOT, CopiedPack

REACH = area_figures.MapChoice("reach")
# Those who read, check or write the files of a pack; all else looks at an edition.
ON_FILES = {"editions", "tables", "importing", "access"}
ON_FILES_TOO = {"svdash/cli/commands.py", "svdash/lines/line_faults.py", "svdash/show/panels/bring_file.py"}


def _looks_on() -> list[Path]:
    files = [*(ROOT / "svdash").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
    named = {file: file.relative_to(ROOT) for file in files}
    return [f for f, own in named.items() if own.parts[1:2] not in [(room,) for room in ON_FILES]]


def _names(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return used | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }


@pytest.mark.parametrize("file", _looks_on(), ids=lambda file: str(file.relative_to(ROOT)))
def test_what_looks_at_data_knows_editions_and_no_pack(file: Path) -> None:
    if str(file.relative_to(ROOT)) in ON_FILES_TOO:
        assert "open_pack" not in _names(file)
    else:
        assert not {"Pack", "open_pack"} & _names(file)


def test_the_current_edition_is_that_of_the_settings_and_stays_the_same_object(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    before = editions.current()
    assert editions.current() is before
    assert editions.current(copied_pack.folder) is before
    copied_pack.change("glossary", lambda rows: rows.iloc[:-1])
    assert editions.current() is not before
    assert editions.current().fingerprint != before.fingerprint


def test_the_head_of_an_edition_is_all_but_its_resources(copied_pack: CopiedPack) -> None:
    written = json.loads((copied_pack.folder / "datapackage.json").read_text(encoding="utf-8"))
    edition = copied_pack.open()
    assert edition.head == {name: said for name, said in written.items() if name != "resources"}
    assert [edition.resource(name) for name in edition.names] == written["resources"]


def test_the_fingerprint_of_a_table_changes_with_its_rows_its_description_and_what_it_refers_to_only(
    copied_pack: CopiedPack,
) -> None:
    before = copied_pack.open()

    def changed(*names: str) -> set[str]:
        after = copied_pack.open()
        return {name for name in names if after.fingerprint_of([name]) != before.fingerprint_of([name])}

    watched = ("glossary", "updates", "commitments", "areas")
    copied_pack.change("glossary", lambda rows: rows.iloc[:-1])
    assert changed(*watched) == {"glossary"}
    before = copied_pack.open()
    copied_pack.change("commitments", lambda rows: rows.iloc[:-1])
    assert changed(*watched) == {"commitments", "updates"}, "updates refer to commitments"
    before = copied_pack.open()
    path = copied_pack.folder / "datapackage.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    next(one for one in said["resources"] if one["name"] == "areas")["updated"] = "2026-01-01"
    path.write_text(json.dumps(said), encoding="utf-8")
    assert changed(*watched) == {"areas"}
    assert before.fingerprint_of(watched) != copied_pack.open().fingerprint_of(watched)


def test_there_is_no_fingerprint_of_what_is_not_there(copied_pack: CopiedPack) -> None:
    with pytest.raises(UnknownTableError, match="glosary"):
        copied_pack.open().fingerprint_of(["glosary"])


# -- what is kept -----------------------------------------------------------------------------------------


def _counted(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> list[str]:
    """Count how often a function of a module is asked."""
    asked: list[str] = []
    real = getattr(module, name)

    def count(*args: object, **kwargs: object) -> object:
        asked.append(name)
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, count)
    return asked


def _note_on(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows.assign(**{column: [rows[column].iloc[0] + " changed", *rows[column].iloc[1:]]})


def test_a_changed_cell_that_no_gate_reads_gates_nothing_again(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = copied_pack.open()
    view = Framework.of(before).filters.default_view()
    board, places = indicator_trends.board(before, view), area_figures.area_map(before, view, REACH)
    gated = [_counted(monkeypatch, disclosure, name) for name in ("percentages", "suppress")]
    copied_pack.change("glossary", lambda rows: _note_on(rows, "meaning"))
    after = copied_pack.open()
    assert after is not before
    assert indicator_trends.board(after, view) is board
    assert area_figures.area_map(after, view, REACH) is places
    assert gated == [[], []]


def test_a_changed_table_makes_those_findings_new_that_read_it_and_no_others(
    copied_pack: CopiedPack,
) -> None:
    before = copied_pack.open()
    view = Framework.of(before).filters.default_view()
    # What the pack holds is given out as it is, and nothing of it is worth keeping.
    served = [table for table in open_tables.every_table(before) if not table.name.startswith("pack-")]
    tables = {table.name: table for table in served if not table.needs}
    own = {
        name: {p: about.default for p, about in table.parameters.items()} for name, table in tables.items()
    }

    def built(edition: editions.Edition) -> dict[str, object]:
        return {name: table.build(edition, view, own[name]) for name, table in tables.items()}

    @kept
    def asked_for(edition: editions.Edition, name: str) -> int:
        return len(tables[name].build(edition, view, own[name]).frame)

    def reads(name: str, table: str) -> bool:
        asked_for(before, name)
        read = asked_for.parts(before, name) or ()
        return any(p.kind in ("table", "file") and table in _reached(before, str(p.name)) for p in read)

    told = built(before)
    reading = {name for name in tables if reads(name, "plans")}
    assert {"commitments", "attention"} <= reading
    assert not {"areas", "indicators", "economy-places", "equality-workforce"} & reading
    copied_pack.change("plans", lambda rows: rows.iloc[:-1])
    now = built(copied_pack.open())
    assert {name for name in tables if now[name] is not told[name]} == reading


def _reached(edition: editions.Edition, name: str) -> set[str]:
    """Return the names of a resource and of all that it refers to."""
    return set(reach(name, read_tables(dict(edition.descriptor), edition.path)[0]))


def test_what_only_asks_for_the_years_stays_while_the_years_do(copied_pack: CopiedPack) -> None:
    asked = []

    @kept
    def named(edition: editions.Edition) -> str:
        asked.append(edition)
        return Framework.of(edition).calendar.named("2023/24")

    before = copied_pack.open()
    first = named(before)
    copied_pack.change("updates", lambda rows: _note_on(rows, "note"))
    assert named(copied_pack.open()) == first
    assert len(asked) == 1
    last = max(copied_pack.rows("updates")["year"])
    copied_pack.change("updates", lambda rows: rows[rows["year"] != last])
    named(copied_pack.open())
    calendars = {Framework.of(one).calendar for one in (before, copied_pack.open())}
    assert len(asked) == len(calendars)


def test_a_result_is_not_kept_where_it_holds_an_edition(copied_pack: CopiedPack) -> None:
    @kept
    def wrong(edition: editions.Edition) -> list[editions.Edition]:
        return [edition]

    with pytest.raises(TypeError, match="old state of the data"):
        wrong(copied_pack.open())


def test_what_was_read_before_an_error_counts_for_who_goes_on_without(copied_pack: CopiedPack) -> None:
    @kept
    def broken(edition: editions.Edition) -> int:
        if len(edition.table("glossary")):
            raise ValueError("not yet")
        return 0

    @kept
    def brave(edition: editions.Edition) -> str:
        try:
            return str(broken(edition))
        except ValueError as problem:
            return str(problem)

    assert brave(copied_pack.open()) == "not yet"
    copied_pack.change("glossary", lambda rows: rows.iloc[:0])
    assert brave(copied_pack.open()) == "0"


def test_a_finding_that_looks_at_the_year_alone_is_worked_out_once_and_carries_the_filters_of_each(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = copied_pack.open()
    view = Framework.of(edition).filters.default_view()
    first = pay_returns.returns(edition, view)
    other = pay_returns.returns(edition, view.with_(role="employer"))
    assert other is not first
    assert other.frame is first.frame
    assert (first.view, other.view) == (view, view.with_(role="employer"))
    assert pay_returns.returns(edition, view) is first
