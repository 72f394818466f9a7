"""No figure tells what is held back: of two truths behind the same told counts, everything that is served is the same.

This inverts every share, ratio, limit, index, slope, verdict and sentence at once, as it is written: if one of them rested
on a hidden count, it would differ where that count does. A person is moved from one small count to another of the same
line, or from one small area to another of the same district and decile, so that all that may be told stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from svdash.findings.arrow import to_arrow
from svdash.findings.finding import Finding
from svdash.findings.open_data import open_tables
from svdash.findings.reach import area_cells
from svdash.register import Framework, View
from svdash.tables import Pack
from tests.attack import SMALL, moved
from tests.copies import CopiedPack
from tests.integration.disclosure.test_how_finely import found_of, views_of

MOST = SMALL["gss"]
# What tells the lines of a table apart, and its column of counts.
LINES = {
    "reached_groups": (["year", "programme", "characteristic"], "people"),
    "ownership": (["year", "population", "characteristic", "group"], "organisations"),
}


def _fine(pack: Pack, lines: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Every year and programme whose people are told by small area, with their lines."""
    when = pd.to_datetime(lines["date"])
    year = (when.dt.year - (when.dt.month < 4)).astype(int)
    for start, programme in sorted(set(zip(year, lines["programme"], strict=True))):
        name = f"{start}/{(start + 1) % 100:02d}"
        if area_cells.geography_of(pack, name, programme) == "lsoa":
            yield name, str(programme), lines[year.eq(start) & lines["programme"].eq(programme)]


def _with_few_reached(pack: Pack, path: Path) -> None:
    """Leave of each programme and year two people in one area and one in another of its district and decile."""
    lines, areas = pd.read_parquet(path), area_cells.areas(pack)
    one, other = next(
        part["code"].iloc[:2] for _, part in areas.groupby(["district", "decile"]) if len(part) > 1
    )
    for _, _, own in list(_fine(pack, lines)):
        few, there = own.index[:3], own.index[own["area"].isin([one, other])]
        lines = lines.drop(there.difference(few))
        lines.loc[few, "people"], lines.loc[few, "area"] = 1, [one, one, other]
    lines.to_parquet(path, index=False)


def _elsewhere(pack: Pack, path: Path) -> set[tuple[str, str]]:
    """Move one person of each programme and year to another hidden place; return the programmes and years of those moved."""
    lines = pd.read_parquet(path)
    decile = area_cells.areas(pack)["decile"]
    found = set()
    for name, programme, own in list(_fine(pack, lines)):
        places = area_cells.people(pack, name, programme).set_index("place")
        count = own.groupby("area")["people"].sum()
        district = places["district_name"]
        small = places.index[places["marker"].eq("[c]")].intersection(count.index[count <= MOST])
        for _, line in own[own["area"].isin(small) & own["people"].eq(1)].iterrows():
            here = line["area"]
            alike = [
                each
                for each in small
                if each != here
                and district[each] == district[here]
                and decile[each] == decile[here]
                and count[each] < MOST
            ]
            if count[here] > 1 and alike:
                lines.loc[line.name, "area"] = alike[0]
                found.add((name, programme))
                break
    lines.to_parquet(path, index=False)
    return found


def _in_another_group(rows: pd.DataFrame, line: list[str], column: str) -> pd.DataFrame:
    """Move one person from one small count of a line to another, in every line that has two."""
    out = rows.copy()
    exact = pd.to_numeric(out[column])
    for _, part in exact.groupby([out[name] for name in line]):
        small = part[part.between(1, MOST)]
        pair = next(
            ((a, b) for a in small.index for b in small.index if a != b and small[a] > 1 and small[b] < MOST),
            None,
        )
        if pair is not None:
            exact[pair[0]] -= 1
            exact[pair[1]] += 1
    return out.assign(**{column: exact.astype("int64").astype("str")})


def _differing(one: pd.DataFrame, other: pd.DataFrame) -> int:
    return int((one.to_numpy() != other.to_numpy()).any(axis=1).sum())


def _with_few(rows: pd.DataFrame, line: list[str], column: str) -> pd.DataFrame:
    """Leave two in one group of a line and three in another; the others stand in the third."""
    out = rows.copy()
    one, other, third = next(part.index[:3] for _, part in rows.groupby(line) if len(part) > 2)
    counts = pd.to_numeric(rows[column])
    out.loc[third, column] = str(counts[[one, other, third]].sum() - 5)
    out.loc[[one, other], column] = ["2", "3"]
    return out


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory, either_pack: Pack, small_pack: Pack) -> Pack:
    """The pack itself; the small one with two small counts in lines of those tables that have none there."""
    if either_pack is not small_pack:
        return either_pack
    copied = CopiedPack.into(tmp_path_factory.mktemp("one") / "pack", either_pack.path)
    for name, (line, column) in LINES.items():
        copied.change(name, lambda rows, line=line, column=column: _with_few(rows, line, column))
    _with_few_reached(either_pack, copied.folder / "contacts.parquet")
    return copied.open()


@pytest.fixture(scope="module")
def other_truth(tmp_path_factory: pytest.TempPathFactory, truth: Pack) -> Pack:
    copied = CopiedPack.into(tmp_path_factory.mktemp("other") / "pack", truth.path)
    indicators = truth.table("indicators")
    people = set(indicators.loc[indicators["counts_people"], "id"])
    before = {name: copied.rows(name) for name in ("observations_illustrative", *LINES)}
    copied.change("observations_illustrative", lambda rows: moved(rows, people))
    for name, (line, column) in LINES.items():
        copied.change(name, lambda rows, line=line, column=column: _in_another_group(rows, line, column))
    for name, rows in before.items():
        assert _differing(rows, copied.rows(name)) > 1, name
    assert len(_elsewhere(truth, copied.folder / "contacts.parquet")) > 1
    other = copied.open()
    assert truth.faults == other.faults == ()
    assert truth.contradictions == other.contradictions == ()
    return other


def _served(pack: Pack, view: View) -> Iterator[Finding]:
    yield from found_of(pack, view)
    for table in open_tables.findings():
        if not table.needs:
            yield table.build(
                pack, view, {name: each.default or "" for name, each in table.parameters.items()}
            )


def _same(one: Finding, other: Finding) -> bool:
    told, again = to_arrow(one), to_arrow(other)
    return told.equals(again) and told.schema.metadata == again.schema.metadata


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(0, id="usual", marks=pytest.mark.exhaustive),
        pytest.param(1, id="all years", marks=pytest.mark.exhaustive),
        pytest.param(2, id="another year", marks=pytest.mark.exhaustive),
        pytest.param(3, id="one district", marks=pytest.mark.exhaustive),
    ],
)
def test_two_truths_behind_the_same_told_counts_are_served_alike(
    truth: Pack, other_truth: Pack, number: int
) -> None:
    view = views_of(truth)[number]
    pairs = list(zip(_served(truth, view), _served(other_truth, view), strict=True))
    assert len(pairs) > 60
    assert [one.name + " " + str(dict(one.params)) for one, other in pairs if not _same(one, other)] == []


def test_a_truth_that_changes_a_told_count_is_seen(small_pack: Pack, copied_pack: CopiedPack) -> None:
    """The comparison can find something: of a count that is told, seven more people are."""
    rows = copied_pack.rows("reached_groups")
    largest = pd.to_numeric(rows["people"]).idxmax()
    rows.loc[largest, "people"] = str(int(rows.loc[largest, "people"]) + 7)
    copied_pack.change("reached_groups", lambda _: rows)
    view = Framework.of(small_pack).filters.default_view().with_(year=str(rows.loc[largest, "year"]))
    pairs = zip(_served(small_pack, view), _served(copied_pack.open(), view), strict=True)
    assert any(not _same(one, other) for one, other in pairs)
