"""`check` finds what can't be: each rule is tried on a pack that breaks it, and no number of people is told."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from svdash.cli import commands
from svdash.lines.line_faults import group_faults
from svdash.tables import Fault, Pack, open_pack
from svdash.tables.dependencies import Part
from svdash.web.routes import routes
from tests.copies import ROOT, SMALL, CopiedPack
from tests.opened_pages import opened
from tests.trials import addresses

Edit = Callable[[pd.DataFrame], pd.DataFrame]
ODD = "98765"


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """Tables are known by what is in them, so that what is known of the others may stay here."""


def first(rows: pd.DataFrame, **wanted: str) -> int:
    """The place of the first row that has these values."""
    return int(rows.index[(rows[list(wanted)] == list(wanted.values())).all(axis=1)][0])


def put(column: str, value: str, **wanted: str) -> Edit:
    """Write a value into the first row that has what is wanted."""

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[first(rows, **wanted), column] = value
        return rows

    return edit


def reduced(column: str, **wanted: str) -> Edit:
    """Halve a number in the rows that have what is wanted."""

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        hit = (rows[list(wanted)] == list(wanted.values())).all(axis=1)
        rows.loc[hit, column] = (rows.loc[hit, column].astype(int) // 2).astype(str)
        return rows

    return edit


# table, what is done to it, and what of the fault says so.
IMPOSSIBLE: dict[str, tuple[str, Edit, str]] = {
    "a share of 478%": ("observations_published", put("value", "478", numerator=""), "can't be a percentage"),
    "more appointed than offered": (
        "recruitment",
        put("people", ODD, stage="appointed", characteristic="sex"),
        "the number of people grows from one stage to the next",
    ),
    "more appointed in all": (
        "recruitment",
        put("people", ODD, stage="appointed", characteristic="all"),
        "the number of people grows",
    ),
    "groups of recruitment that are not everybody": (
        "recruitment",
        reduced("people", characteristic="sex"),
        "don't add up to the number of people",
    ),
    "groups of staff that are not those who stated one": (
        "observations_illustrative",
        put("numerator", "1", characteristic="sex", group="women", indicator="EMP-I5"),
        "don't add up to their denominator",
    ),
    "more women than a programme has people": (
        "reached_groups",
        put("people", ODD, characteristic="sex", group="women", programme="adult-skills-fund"),
        "don't add up to the number of people",
    ),
    "a rank outside its decile": (
        "areas",
        put("decile", "9", decile="1"),
        "the decile is not that of the rank",
    ),
    "unequal pay quarters": ("pay", reduced("people", quarter="2"), "pay quarters are not equal"),
    "a quarter that is not in everybody": (
        "pay",
        put("people", ODD, quarter="all"),
        "add up to",
    ),
    "a published figure without a source": (
        "observations_published",
        put("source", "", numerator=""),
        "has no source",
    ),
    "a report in the future": (
        "updates",
        put("evidence_date", "2096-03-31", delivery="complete"),
        "the date is after the table was last updated",
    ),
    "a year in the future": (
        "recruitment",
        lambda rows: rows.assign(year=rows["year"].replace("2023/24", "2096/97")),
        "the year begins after the table was last updated",
    ),
}


def of(pack: Pack, table: str) -> list[Fault]:
    return [fault for fault in pack.contradictions if fault.table == table]


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_a_fault_of_its_table(copied_pack: CopiedPack, name: str) -> None:
    table, edit, said = IMPOSSIBLE[name]
    copied_pack.change(table, edit)
    pack = copied_pack.open()
    assert any(said in fault.problem for fault in of(pack, table)), of(pack, table)


@pytest.mark.parametrize("name", [name for name, (table, *_) in IMPOSSIBLE.items() if table != "areas"])
def test_no_fault_tells_a_number_that_was_found(copied_pack: CopiedPack, name: str) -> None:
    table, edit, _ = IMPOSSIBLE[name]
    copied_pack.change(table, edit)
    text = json.dumps([str(fault) for fault in copied_pack.open().contradictions])
    assert len(text) > len("[]")
    assert ODD not in text
    assert "478" not in text


@pytest.mark.parametrize(
    ("column", "value"), [("numerator", "1,234"), ("numerator", "-17"), ("value", "12.5 %")]
)
def test_a_cell_of_people_that_cannot_be_read_is_named_by_its_place_alone(
    copied_pack: CopiedPack, column: str, value: str
) -> None:
    copied_pack.change("observations_illustrative", put(column, value, characteristic="sex"))
    faults = [each for each in copied_pack.open().faults if each.table == "observations_illustrative"]
    assert column in {fault.column for fault in faults}
    for fault in faults:
        assert fault.value is None
        assert not re.search(r"1,?234|\b17\b|12\.5", f"{fault.problem} {fault.remedy}")


@pytest.mark.parametrize(
    "folder", [SMALL, ROOT / "tests" / "packs" / "fenmarsh"], ids=lambda folder: folder.name
)
def test_the_packs_that_are_there_contradict_nothing(folder: Path) -> None:
    assert open_pack(folder).contradictions == ()
    assert group_faults(open_pack(folder)) == []


def test_a_rule_that_a_pack_leaves_aside_is_not_tried(copied_pack: CopiedPack) -> None:
    table, edit, _ = IMPOSSIBLE["a rank outside its decile"]
    copied_pack.change(table, edit)
    copied_pack.unchecked(table, "decile-of-rank")
    assert of(copied_pack.open(), table) == []


def test_groups_that_outnumber_the_contact_lines_are_a_fault_where_those_are_complete(tmp_path: Path) -> None:
    fenmarsh = CopiedPack.into(tmp_path / "pack", ROOT / "tests" / "packs" / "fenmarsh")
    fenmarsh.change("reached_groups", put("people", "99999", characteristic="sex"))
    (fault,) = group_faults(fenmarsh.open())
    assert (fault.table, fault.column, fault.value) == ("reached_groups", "people", None)
    assert "99999" not in str(fault)


def test_check_names_what_cannot_be(copied_pack: CopiedPack) -> None:
    table, edit, said = IMPOSSIBLE["more appointed than offered"]
    copied_pack.change(table, edit)
    result = CliRunner().invoke(commands.main, ["check", str(copied_pack.folder)])
    assert result.exit_code == 1
    assert said in result.output


def shown(copied: CopiedPack, table: str) -> pd.DataFrame:
    """The rows of a table that figures are made of, as text."""
    return copied.open().table(table).astype("str")


SHOWN = ("a published figure without a source", "a report in the future")
BLANKED = "a rank outside its decile"


@pytest.mark.parametrize("name", [name for name in IMPOSSIBLE if name not in (*SHOWN, BLANKED)])
def test_rows_that_cannot_be_are_withheld_and_the_others_are_not(copied_pack: CopiedPack, name: str) -> None:
    table, edit, _ = IMPOSSIBLE[name]
    sound = shown(copied_pack, table)
    assert copied_pack.open().withheld(table) == 0
    copied_pack.change(table, edit)
    pack, left = copied_pack.open(), shown(copied_pack, table)
    assert 0 < pack.withheld(table) == len(sound) - len(left)
    for told in (ODD, "478.0", "2096"):
        assert not left.apply(lambda cells, told=told: cells.str.contains(told, regex=False)).to_numpy().any()
    assert len(left) == len(left.merge(sound, on=list(sound)))


@pytest.mark.parametrize("name", SHOWN)
def test_a_figure_whose_source_or_date_is_wrong_is_named_and_shown(
    copied_pack: CopiedPack, name: str
) -> None:
    table, edit, _ = IMPOSSIBLE[name]
    copied_pack.change(table, edit)
    assert copied_pack.open().withheld(table) == 0


def test_other_characteristics_and_years_than_that_of_an_impossible_count_are_shown(
    copied_pack: CopiedPack,
) -> None:
    before = copied_pack.rows("recruitment")
    copied_pack.change(
        "recruitment", put("people", ODD, stage="appointed", characteristic="sex", year="2025/26")
    )
    left = copied_pack.open().table("recruitment")
    at_fault = (before["characteristic"] == "sex") & (before["year"] == "2025/26")
    assert len(left) == (~at_fault).sum() < len(before)
    assert set(left.loc[left["year"] == "2025/26", "characteristic"]) == set(before["characteristic"]) - {
        "sex"
    }


def test_groups_that_are_off_by_as_much_as_rounding_makes_are_named_and_shown(
    copied_pack: CopiedPack,
) -> None:
    def rounded(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(people=[str(5 * round(int(each) / 5)) for each in rows["people"]])

    copied_pack.change("recruitment", rounded)
    pack = copied_pack.open()
    assert any("don't add up" in fault.problem for fault in of(pack, "recruitment"))
    assert pack.withheld("recruitment") == 0


def test_an_area_whose_rank_contradicts_its_decile_stays_without_them(copied_pack: CopiedPack) -> None:
    table, edit, _ = IMPOSSIBLE[BLANKED]
    sound = copied_pack.open().table(table)
    copied_pack.change(table, edit)
    pack = copied_pack.open()
    left = pack.table(table)
    changed = left["rank"].isna()
    assert pack.withheld(table) == pack.withheld("places") == 0
    assert 0 < changed.sum() < len(sound)
    assert left.loc[changed, ["rank", "decile"]].isna().all(axis=None)
    assert left[~changed].equals(sound[~changed])
    assert pack.faults == ()


def test_what_is_withheld_is_the_same_after_a_start_from_what_was_kept(copied_pack: CopiedPack) -> None:
    table, edit, _ = IMPOSSIBLE["a share of 478%"]
    copied_pack.change(table, edit)
    first = copied_pack.open()
    first.keep()
    later = Pack(first.path, first.descriptor, first.fingerprint, first.stamps, first.digests)
    parts = frozenset([Part("table", table)])
    assert later.withheld(table) == first.withheld(table) == 1
    assert later.impossible_in(parts) == first.impossible_in(parts) == tuple(of(first, table))


PLACES = {
    # The page, and what chooses the figure there.
    "a share of 478%": ("equality_gaps", {"part": "pay"}),
    "more appointed than offered": ("equality_gaps", {"part": "recruitment", "characteristic": "sex"}),
    "more women than a programme has people": ("equality_gaps", {"part": "services"}),
    "unequal pay quarters": ("equality_gaps", {"part": "pay"}),
}


@pytest.mark.parametrize("name", PLACES)
def test_the_place_of_a_figure_says_that_it_is_at_fault_and_no_number(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    table, edit, said = IMPOSSIBLE[name]
    page, chosen = PLACES[name]
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    assert "Impossible:" not in everything(opened(page, **chosen))
    copied_pack.change(table, edit)
    text = everything(opened(page, **chosen))
    fault = next(fault for fault in of(copied_pack.open(), table) if said in fault.problem)
    below = text.split("Impossible:", 1)[1]
    assert f"{fault.place}: {fault.problem}" in html.unescape(below)
    assert ODD not in text
    assert "478" not in text


def test_an_impossible_rank_is_named_by_the_map_and_the_data_package(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, edit, _ = IMPOSSIBLE["a rank outside its decile"]
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    with TestClient(Starlette(routes=routes())) as client:
        sound = client.get("/api/v1/areas.geojson").json()
        assert sound["about"]["impossible"] == []
        copied_pack.change(table, edit)
        (fault,) = of(copied_pack.open(), table)
        told = f"{fault.place}: {fault.problem}"
        drawn = client.get("/api/v1/areas.geojson").json()
        assert drawn["about"]["impossible"] == [told]
        assert len(drawn["features"]) == len(sound["features"])
        (about,) = [
            each
            for each in client.get("/api/v1/datapackage.json").json()["resources"]
            if each["name"] == table
        ]
        assert about["impossible"] == [told]


def everything(at: AppTest) -> str:
    """All that a page says."""
    assert [error.value for error in at.exception] == []
    return "\n".join(
        [*(block.proto.body for block in at.get("html")), *(str(each.value) for each in at.markdown)]
    )


@pytest.mark.parametrize("name", PLACES)
def test_no_route_gives_a_number_that_cannot_be(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    table, edit, _ = IMPOSSIBLE[name]
    copied_pack.change(table, edit)
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    said: set[str] = set()
    with TestClient(Starlette(routes=routes())) as client:
        for address in addresses(copied_pack.folder):
            answer = client.get(address)
            assert answer.status_code in (200, 404), address
            assert not re.search(rf"{ODD}|\b478\b|98[,.]?765", answer.text), address
            if answer.status_code == 200 and "/tables/" in address and ".json" in address:
                said |= set(answer.json()["impossible"])
        described = client.get("/api/v1/datapackage.json").json()["resources"]
    # The tables that would have it say that it is left out, as the pages do; so does the data package.
    named = {f"{fault.place}: {fault.problem}" for fault in of(copied_pack.open(), table)}
    assert named <= said
    assert named <= set(chain.from_iterable(each.get("impossible", []) for each in described))
