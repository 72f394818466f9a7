"""An attack on the product: all that it publishes of people, put together, gives no hidden count back.

First: whatever is asked for, a count looks the same, so no two answers can be subtracted from each other. Then the
counts that are told anywhere are put into one puzzle with all that ties them, and a solver looks for the least and
the most that each hidden one can be. What is told is taken as told to the last person, since shares, ratios and
intervals give it back.

Money is no part of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as papq
import pytest
from starlette.testclient import TestClient

from svdash.disclosure import rounded
from svdash.findings.indicators import gated_observations
from svdash.findings.open_data import open_tables
from svdash.findings.reach import area_cells
from svdash.findings.reach.area_figures import AreaMap, MapChoice, area_map
from svdash.maps import map_features
from svdash.register import ALL, Framework, View
from svdash.tables import Pack
from tests.attack import NO_END, Puzzle, leaks, lines_of, moved
from tests.copies import CopiedPack

KEY = ["indicator", "period", "organisation", "characteristic", "group"]
SEEN = ["numerator", "denominator", "value", "marker"]
MINORITY = ["asian", "black", "mixed", "other"]
# How many people of the embedded pack one person of the small one stands for.
FEWER = 9
# Of staff and applicants a third: a ninth of them takes minutes to gate.
FEWER_STAFF = 3
TABLES = {table.name: table for table in open_tables._FINDINGS}

Cell = tuple[str, ...]
Truth = dict[Cell, int]


# -- a pack full of small counts -----------------------------------------------------------------------------


def _thinned(text: pd.DataFrame, people: set[str]) -> pd.DataFrame:
    """Leave every ninth person, so that what added up still does."""
    rows = text.copy()
    counted = rows["indicator"].isin(people) & (rows["numerator"] != "")
    whole = rows[counted].copy()
    exact = whole[["numerator", "denominator"]].apply(pd.to_numeric)
    whole[["numerator", "denominator"]] = exact // FEWER_STAFF
    for _, stated, silent, one_base in lines_of(whole.assign(**exact)):
        if one_base:
            answered = whole.loc[stated.index, "numerator"].sum()
            whole.loc[stated.index, "denominator"] = answered
            whole.loc[silent.index, "denominator"] = answered + whole.loc[silent.index, "numerator"]
    together = whole["group"] == "minority"
    for label, row in whole[together].iterrows():
        same = (
            whole[["period", "organisation", "characteristic"]]
            == row[["period", "organisation", "characteristic"]]
        ).all(axis=1)
        groups = whole[same & ~together & (whole["indicator"] == "EMP-I5")].set_index("group")
        whole.loc[label, ["numerator", "denominator"]] = [
            groups.loc[MINORITY, "numerator"].sum(),
            groups["denominator"].iloc[0],
        ]
    written = whole[["numerator", "denominator"]].astype("Int64").astype("str").replace("<NA>", "")
    rows.loc[counted, ["numerator", "denominator"]] = written
    return rows[rows["denominator"] != "0"]


def _every(path: Path, step: int) -> None:
    """Leave every so manieth line of a Parquet file."""
    table = papq.read_table(path)
    papq.write_table(table.take(list(range(0, table.num_rows, step))), path)


@pytest.fixture(scope="module")
def thinned_pack(tmp_path_factory: pytest.TempPathFactory, pack: Pack) -> Pack:
    """The embedded pack with a third of its staff and a ninth of the people whom it reached."""
    copied = CopiedPack.into(tmp_path_factory.mktemp("small") / "pack")
    indicators = pack.table("indicators")
    people = set(indicators.loc[indicators["counts_people"], "id"])
    copied.change("observations_illustrative", lambda rows: _thinned(rows, people))
    copied.change(
        "recruitment",
        lambda rows: rows.assign(people=(rows["people"].astype(int) // FEWER_STAFF).astype(str)),
    )
    _every(copied.folder / "contacts.parquet", FEWER)
    return copied.open()


@pytest.fixture(scope="module", params=["embedded", "small"])
def attacked(request: pytest.FixtureRequest) -> Pack:
    return request.getfixturevalue("pack" if request.param == "embedded" else "thinned_pack")


@pytest.mark.exhaustive
def test_the_thinned_pack_is_sound_and_full_of_small_counts(pack: Pack, thinned_pack: Pack) -> None:
    assert thinned_pack.faults == ()
    held = [(gated_observations.gated(each)["marker"] == "[c]").sum() for each in (pack, thinned_pack)]
    assert held[1] > 1.5 * held[0] > 0


# -- a count looks the same wherever it is seen ----------------------------------------------------------------


def _views(pack: Pack) -> list[View]:
    """Every single filter value, and every pair of a role or a commitment or a compared year with a year."""
    framework = Framework.of(pack)
    years = framework.filters.choices("year")
    found = [
        View(year=year, compare=other) for year in years for other in framework.filters.choices("compare")
    ]
    for name in ("role", "commitment"):
        found += [
            View(year=year).with_(**{name: value})
            for value in framework.filters.choices(name)
            for year in years
        ]
    return list(dict.fromkeys(found))


def _alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.equals(other)


def test_an_observation_is_the_same_whatever_the_filters(either_pack: Pack) -> None:
    whole = TABLES["observations"].build(either_pack, View(), {}).typed().set_index(KEY)[SEEN]
    asked = {}
    for view in _views(either_pack):
        # Rows depend on the year and on which indicators a role or a commitment has; compare decides nothing.
        chosen = (view.year, *Framework.of(either_pack).indicators_of(view).index)
        if chosen not in asked:
            rows = TABLES["observations"].build(either_pack, view, {}).typed().set_index(KEY)[SEEN]
            asked[chosen] = len(rows)
            assert _alike(rows, whole.loc[rows.index]), view
    assert len(asked) > 50
    assert sum(asked.values()) > 5 * len(whole)


def test_an_indicator_in_full_shows_what_the_observations_show(either_pack: Pack) -> None:
    seen = gated_observations.gated(either_pack)
    seen = seen[seen["indicator"].isin(_people(either_pack)["indicator"])]
    for (indicator, characteristic), rows in seen.groupby(["indicator", "characteristic"]):
        asked = {"indicator": str(indicator), "characteristic": str(characteristic)}
        found = TABLES["indicator"].build(either_pack, View(), asked).typed()
        told, known = (
            sorted(map(str, each[["period", *SEEN]].itertuples(index=False, name=None)))
            for each in (found, rows)
        )
        assert told == known


def _reaching(pack: Pack) -> Iterator[tuple[str, str]]:
    """Every year and programme that has people, as the pack itself says."""
    rows = area_cells.cells(pack, area_cells.CONTACTS).geography
    yield from sorted(set(zip(rows["year"], rows["programme"], strict=True)))


def _asked(view: View, programme: str) -> dict[str, str]:
    return MapChoice("reach", programme).params()


def test_people_reached_are_the_same_whatever_the_filters(either_pack: Pack) -> None:
    framework = Framework.of(either_pack)
    year = framework.calendar.default_year
    for programme in sorted({programme for _, programme in _reaching(either_pack)}):
        views = [View(year=year, compare=other) for other in framework.filters.choices("compare")]
        views += [View(role=role, year=year) for role in framework.filters.choices("role")]
        linked = area_cells.table(either_pack, "programme_links")
        views += [
            View(commitment=c, year=year) for c in linked.loc[linked["programme"] == programme, "commitment"]
        ]
        for name in ("areas", "deciles"):
            whole = TABLES[name].build(either_pack, View(year=year), _asked(View(), programme)).frame
            for view in views:
                found = TABLES[name].build(either_pack, view, _asked(view, programme))
                # Where the view has no such programme the answer says so.
                if programme in area_cells.programmes(either_pack, view, "counts_people"):
                    assert _alike(found.frame, whole), (name, view)


@pytest.mark.parametrize("name", ["areas", "deciles"])
def test_the_tables_of_people_reached_show_the_gated_counts_and_what_follows_from_them(
    name: str, either_pack: Pack
) -> None:
    for year, programme in _reaching(either_pack):
        found = TABLES[name].build(either_pack, View(year=year), _asked(View(), programme))
        gated = (
            area_cells.people(either_pack, year, programme)
            if name == "areas"
            else area_cells.deciles_of_people(either_pack, year, programme)[1:]
        )
        told = found.frame["people" if name == "areas" else "amount"].astype("float64")
        assert told.fillna(-1).tolist() == gated["people"].astype("float64").fillna(-1).tolist()
        if name == "areas":
            people = int(rounded(pd.Series([gated["exact_people"].sum()])).iloc[0])
            assert (f"{people:,} people" if people else "no figure") in found.headline


def test_the_map_tells_of_no_place_more_than_its_table(either_pack: Pack) -> None:
    """Hover texts and circles, of every programme and year: the counts of the table, or no count at all."""
    for year, programme in _reaching(either_pack):
        found = area_map(either_pack, View(year=year), MapChoice("reach", programme))
        assert isinstance(found, AreaMap)
        shown = found.frame.set_index("place")["people"].astype("float64")
        column = {"lsoa": "code", "msoa": "msoa", "district": "district"}[
            area_cells.geography_of(either_pack, year, programme)
        ]
        place = area_cells.areas(either_pack)[column]
        for feature in json.loads(map_features.area_features(either_pack, found))["features"]:
            about = feature["properties"]
            count = re.search(r"\(([\d,]+) people\)", about["tip"])
            told = float(count[1].replace(",", "")) if count else None
            true = shown[place[about["code"]]]
            assert told == (None if pd.isna(true) else true)
        drawn = found.drawn.assign(place=place[found.drawn["code"]].to_numpy())
        assert drawn["size"].tolist() == shown.reindex(drawn["place"]).fillna(0).tolist()


def test_the_routes_serve_what_the_findings_hold(either_pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import app  # the server of the product, with the routes people use

    monkeypatch.setenv("SVDASH_PACK", str(either_pack.path))
    client = TestClient(app)
    year, programme = next(iter(_reaching(either_pack)))
    asked = {"year": year, "show": "reach", "programme": programme}
    for name, query in (("observations", {"year": year}), ("areas", asked), ("deciles", asked)):
        found = TABLES[name].build(
            either_pack,
            View(year=year, compare=Framework.of(either_pack).calendar.year_before(year)),
            _asked(View(), programme) if query is asked else {},
        )
        served_ = client.get(f"/api/v1/tables/{name}.csv", params=query)
        assert served_.content == found.export().to_csv(index=False, lineterminator="\r\n").encode(
            "utf-8-sig"
        )
    shapes = client.get("/api/v1/areas.geojson", params=asked)
    assert (
        shapes.json()["features"]
        == json.loads(
            map_features.area_features(
                either_pack, area_map(either_pack, View(year=year), MapChoice("reach", programme))
            )
        )["features"]
    )


def test_one_area_beside_others_tells_the_district_and_the_whole_as_they_passed_the_gate(
    pack: Pack,
) -> None:
    areas = area_cells.areas(pack).drop_duplicates("district")
    for year, programme in _reaching(pack):
        districts = area_cells.districts_of_people(pack, year, programme)["exact_people"]
        whole = area_cells.base_of_people(pack, year, programme)
        for code, district in zip(areas["code"], areas["district_name"], strict=True):
            found = (
                TABLES["area"]
                .build(pack, View(year=year), {**_asked(View(), programme), "area": code, "before": ""})
                .frame
            )
            told = dict(zip(found["who"], found["figure"], strict=True))
            for who, exact in ((district, districts[district]), ("City region", whole)):
                people = int(rounded(pd.Series([exact])).iloc[0])
                assert f"({people:,} people)" in told[who]


def test_no_served_table_shows_a_count_of_people_that_is_not_rounded(either_pack: Pack) -> None:
    """Whatever tables there are: what they call people is a multiple of five, and none of it is small."""
    counts = {"numerator", "denominator", "people", "people_in", "people_out"}
    counting = Framework.of(either_pack).indicators["counts_people"]
    seen = 0
    for table in open_tables._FINDINGS:
        # Breakdowns that are measured are counted there, not people.
        if table.needs or table.name == "data-gaps-share":
            continue
        values = {name: about.default or "" for name, about in table.parameters.items()}
        rows = table.build(either_pack, Framework.of(either_pack).filters.default_view(), values).typed()
        if "indicator" in rows and "numerator" in rows:
            rows = rows[rows["indicator"].map(counting).astype(bool)]
        for column in counts & set(rows.select_dtypes("number").columns):
            told = rows[column].dropna().astype("float64")
            assert (told % 5 == 0).all(), (table.name, column)
            seen += len(told)
    assert seen > 1000


# -- the puzzle ------------------------------------------------------------------------------------------------


def _shown(count: object) -> float | None:
    return None if pd.isna(count) else float(str(count))


def _people(pack: Pack) -> pd.DataFrame:
    """Exact observations of people, by their key."""
    rows = gated_observations._named(pack, gated_observations._rows(pack))
    counting = Framework.of(pack).indicators["counts_people"]
    return rows[rows["indicator"].map(counting).astype(bool) & rows["numerator"].notna()]


def _enter(puzzle: Puzzle, truth: Truth, exact: dict[str, object], seen: dict[str, object]) -> None:
    """Enter the counts of one observation, as they were handed on for working with."""
    key = tuple(str(exact[name]) for name in KEY)
    for column in ("numerator", "denominator"):
        if not pd.isna(exact[column]):
            told = _shown(seen[f"exact_{column}"])
            # A base that would give itself away is another one: everybody asked.
            if told is not None and told != float(str(exact[column])):
                puzzle.within((column, *key), 1, NO_END)
            else:
                puzzle.count((column, *key), told)
            if told is None or told != float(str(exact[column])):
                truth[column, *key] = int(str(exact[column]))
    if not pd.isna(exact["denominator"]):
        puzzle.at_most([("numerator", *key)], ("denominator", *key))


def _named(column: str, rows: pd.DataFrame) -> dict[str, Cell]:
    """Return group → name of its count."""
    keys = zip(*(rows[name].tolist() for name in KEY), strict=True)
    return {str(key[-1]): (column, *map(str, key)) for key in keys}


def _tie_lines(puzzle: Puzzle, rows: pd.DataFrame) -> None:
    """Enter what the groups of each line add up to, and where two lines are about the same people."""
    everybody = {
        tuple(row[name] for name in KEY[:3]): row
        for row in rows[rows["characteristic"] == ALL].to_dict("records")
    }
    together = rows[rows["group"] == "minority"]
    sizes: dict[object, dict[str, Cell]] = {}
    for key, stated, silent, one_base in lines_of(rows[rows["characteristic"] != ALL]):
        line = pd.concat([stated, silent])
        tops, bases = _named("numerator", line), _named("denominator", line)
        if one_base:
            _tie_make_up(puzzle, stated, silent)
            _tie_minority(puzzle, together, key, stated)
        elif key[:3] in everybody:
            _tie_everybody(puzzle, everybody[key[:3]], line)
        size = tops if one_base else bases
        counts = line["numerator" if one_base else "denominator"].astype(int)
        people = (key[1:], frozenset(zip(line["group"], counts, strict=True)))
        for group, cell in size.items():
            if people in sizes:
                puzzle.adds_up(cell, [sizes[people][group]])
        sizes.setdefault(people, size)


def _tie_make_up(puzzle: Puzzle, stated: pd.DataFrame, silent: pd.DataFrame) -> None:
    """Those who stated a group are the base of each; with those who stated none they are everybody asked."""
    bases = list(_named("denominator", stated).values())
    for other in bases[1:]:
        puzzle.adds_up(other, bases[:1])
    puzzle.adds_up(bases[0], _named("numerator", stated).values())
    for group, cell in _named("numerator", silent).items():
        asked = silent.loc[silent["group"] == group, "denominator"].iloc[0]
        if asked == silent["numerator"].sum() + stated["denominator"].iloc[0]:
            puzzle.adds_up(("denominator", *cell[1:]), [cell, bases[0]])


def _tie_asked(puzzle: Puzzle, rows: pd.DataFrame) -> None:
    """Everybody is asked for every characteristic, so their number is the same wherever it is told."""
    told: dict[Cell, Cell] = {}
    for key, _, silent, one_base in lines_of(rows[rows["characteristic"] != ALL]):
        if one_base and len(silent):
            own = next(iter(_named("denominator", silent).values()))
            first = told.setdefault((*key[:3], str(silent["denominator"].iloc[0])), own)
            if first != own:
                puzzle.adds_up(own, [first])


def _tie_minority(puzzle: Puzzle, together: pd.DataFrame, key: Cell, stated: pd.DataFrame) -> None:
    """The target counts four groups together, out of the same people."""
    counts = dict(zip(stated["group"], stated["numerator"], strict=True))
    if not set(MINORITY) <= set(counts):
        return
    answered, whole = stated["denominator"].iloc[0], sum(counts[group] for group in MINORITY)
    for row in together[(together[KEY[1:4]] == list(key[1:])).all(axis=1)].to_dict("records"):
        if (row["numerator"], row["denominator"]) == (whole, answered):
            own = tuple(str(row[name]) for name in KEY)
            groups, bases = _named("numerator", stated), _named("denominator", stated)
            puzzle.adds_up(("numerator", *own), [groups[group] for group in MINORITY])
            puzzle.adds_up(("denominator", *own), [bases[MINORITY[0]]])


def _tie_everybody(puzzle: Puzzle, whole: dict[str, object], line: pd.DataFrame) -> None:
    """Groups with bases of their own add up to everybody where nobody is left out, else to no more."""
    complete = line["denominator"].sum() == whole["denominator"]
    for column in ("numerator", "denominator"):
        total = (column, *(str(whole[name]) for name in KEY))
        parts = list(_named(column, line).values())
        if complete and line[column].sum() == whole[column]:
            puzzle.adds_up(total, parts)
        elif line[column].sum() <= whole[column]:
            puzzle.at_most(parts, total)


@pytest.mark.parametrize(
    "attacked", ["embedded", pytest.param("small", marks=pytest.mark.exhaustive)], indirect=True
)
def test_no_hidden_count_can_be_worked_back_from_all_observations(attacked: Pack) -> None:
    rows = _people(attacked)
    seen = {
        tuple(row[name] for name in KEY): row for row in gated_observations.gated(attacked).to_dict("records")
    }
    puzzle, truth = Puzzle(), Truth()
    for exact in rows.to_dict("records"):
        _enter(puzzle, truth, exact, seen[tuple(exact[name] for name in KEY)])
    whole = rows[rows["denominator"].notna()]
    _tie_lines(puzzle, whole)
    _tie_asked(puzzle, whole)
    # Whoever is appointed was shortlisted, and whoever is shortlisted applied.
    for later, earlier in pairwise(["EMP-I3", "EMP-I2", "EMP-I1"]):
        for key in whole.loc[whole["indicator"] == later, KEY].itertuples(index=False, name=None):
            puzzle.at_most([("numerator", *key)], ("numerator", earlier, *key[1:]))
    assert len(truth) > 200
    assert leaks(puzzle, truth) == []


def _place_puzzle(pack: Pack, year: str, programme: str, puzzle: Puzzle, truth: Truth) -> None:
    """Enter the people of a programme and year by place and by decile, and what they add up to.

    Everybody's number is taken to be known to the last person, since reports announce it.
    """
    cells = area_cells.cells(pack, area_cells.CONTACTS)
    own, bands = (
        rows[(rows["year"] == year) & (rows["programme"] == programme)]
        for rows in (cells.people, cells.deciles)
    )
    seen, deciles = (
        area_cells.people(pack, year, programme),
        area_cells.deciles_of_people(pack, year, programme),
    )
    exact = own[own["known"]].set_index("place")["people"].reindex(seen.index).fillna(0).astype(int)
    banded = bands.set_index("decile")["people"].reindex(range(11)).fillna(0).astype(int)
    whose = (year, programme)
    for kind, counts, shown in (
        ("place", exact, seen["people"]),
        ("decile", banded, deciles.set_index("decile")["people"]),
    ):
        for name, count in counts.items():
            puzzle.count((*whose, kind, str(name)), None if pd.isna(shown[name]) else float(count))
            if pd.isna(shown[name]):
                truth[*whose, kind, str(name)] = int(count)
    total = int(own["people"].sum())
    assert banded.sum() == total
    assert banded[0] == total - exact.sum()
    puzzle.within((*whose, "all"), total, total)
    everywhere = [(*whose, "place", str(name)) for name in exact.index]
    puzzle.adds_up((*whose, "all"), [(*whose, "decile", str(n)) for n in range(11)])
    puzzle.adds_up((*whose, "all"), [(*whose, "decile", "0"), *everywhere])
    base = area_cells.base_of_people(pack, year, programme)
    puzzle.count((*whose, "base"), None if pd.isna(base) else base)
    puzzle.adds_up((*whose, "base"), [(*whose, "decile", str(n)) for n in range(1, 11)])
    districts = area_cells.districts_of_people(pack, year, programme)
    fine = area_cells.geography_of(pack, year, programme) == "lsoa"
    for name, part in seen.groupby("district_name"):
        people = int(exact[part.index].sum())
        district = (*whose, "district", str(name))
        _see(puzzle, truth, district, people, districts.loc[str(name)])
        puzzle.adds_up(district, [(*whose, "place", str(place)) for place in part.index])
        bands = area_cells.deciles_of_people(pack, year, programme, str(name))
        for row in bands.to_dict("records") if fine else []:
            there = part.index[part["decile"] == row["decile"]]
            crossed = (*whose, "crossed", str(name), str(row["decile"]))
            _see(puzzle, truth, crossed, int(exact[there].sum()), row)
            puzzle.adds_up(crossed, [(*whose, "place", str(place)) for place in there])
    if fine:
        for name, part in seen.groupby("decile"):
            puzzle.adds_up(
                (*whose, "decile", str(name)), [(*whose, "place", str(place)) for place in part.index]
            )


def _see(puzzle: Puzzle, truth: Truth, name: Cell, people: int, seen: Mapping[str, Any] | pd.Series) -> None:
    """Enter a count that is told, or is not."""
    hidden = bool(seen["marker"])
    assert hidden or seen["exact_people"] == people
    puzzle.count(name, None if hidden else float(people))
    if hidden:
        truth[name] = people


@pytest.mark.parametrize(
    "attacked", [pytest.param("embedded", marks=pytest.mark.exhaustive), "small"], indirect=True
)
def test_no_hidden_count_can_be_worked_back_from_all_people_reached(attacked: Pack) -> None:
    # People add up only within one programme and year, so each is a puzzle of its own.
    puzzle, truth = Puzzle(), Truth()
    for year, programme in _reaching(attacked):
        _place_puzzle(attacked, year, programme, puzzle, truth)
    assert len(truth) > 150
    assert leaks(puzzle, truth) == []


def test_people_who_stand_in_another_small_group_change_nothing_that_is_seen(
    either_pack: Pack, tmp_path: Path
) -> None:
    """Which counts are hidden beside the small ones does not tell what the small ones are."""
    indicators = either_pack.table("indicators")
    people = set(indicators.loc[indicators["counts_people"], "id"])
    copied = CopiedPack.into(tmp_path / "pack", either_pack.path)
    copied.change("observations_illustrative", lambda rows: moved(rows, people))
    other = copied.open()
    changed = _people(other)["numerator"].to_numpy() != _people(either_pack)["numerator"].to_numpy()
    assert changed.sum() > 20
    assert gated_observations.gated(other).equals(gated_observations.gated(either_pack))


# -- the attack itself can find something ------------------------------------------------------------------------


def test_the_attack_finds_what_a_careless_gate_leaves() -> None:
    puzzle = Puzzle()
    for name in "ab":
        puzzle.count(name, None)
    puzzle.count("c", 100)
    puzzle.count("all", 102)
    puzzle.adds_up("all", "abc")
    assert leaks(puzzle, {"a": 1, "b": 1}) == ["a: 1 is known to be 1 to 1", "b: 1 is known to be 1 to 1"]


def test_two_answers_that_differ_by_one_count_give_it_away() -> None:
    puzzle = Puzzle()
    puzzle.count("hidden", None)
    puzzle.within("with", 52, 52)
    puzzle.within("without", 49, 49)
    puzzle.adds_up("with", ["without", "hidden"])
    assert leaks(puzzle, {"hidden": 3}) == ["hidden: 3 is known to be 3 to 3"]
