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


def _elsewhere(pack: Pack, path: Path) -> set[tuple[str, str]]:
    """Move one person of each programme and year to another hidden place; return the programmes and years of those moved."""
    lines = pd.read_parquet(path)
    when = pd.to_datetime(lines["date"])
    year = (when.dt.year - (when.dt.month < 4)).astype(int)
    decile = area_cells.areas(pack)["decile"]
    found = set()
    for start, programme in sorted(set(zip(year, lines["programme"], strict=True))):
        name = f"{start}/{(start + 1) % 100:02d}"
        if area_cells.geography_of(pack, name, programme) != "lsoa":
            continue
        places = area_cells.people(pack, name, programme).set_index("place")
        own = lines[year.eq(start) & lines["programme"].eq(programme)]
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
                found.add((name, str(programme)))
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


@pytest.fixture(scope="module")
def other_truth(tmp_path_factory: pytest.TempPathFactory, pack: Pack) -> Pack:
    copied = CopiedPack.into(tmp_path_factory.mktemp("other") / "pack")
    indicators = pack.table("indicators")
    people = set(indicators.loc[indicators["counts_people"], "id"])
    before = {
        name: copied.rows(name) for name in ("observations_illustrative", "reached_groups", "ownership")
    }
    copied.change("observations_illustrative", lambda rows: moved(rows, people))
    copied.change(
        "reached_groups",
        lambda rows: _in_another_group(rows, ["year", "programme", "characteristic"], "people"),
    )
    copied.change(
        "ownership",
        lambda rows: _in_another_group(
            rows, ["year", "population", "characteristic", "group"], "organisations"
        ),
    )
    for name, rows in before.items():
        assert _differing(rows, copied.rows(name)) > 1, name
    assert len(_elsewhere(pack, copied.folder / "contacts.parquet")) > 1
    other = copied.open()
    assert other.faults == ()
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
        pytest.param(3, id="one district"),
    ],
)
def test_two_truths_behind_the_same_told_counts_are_served_alike(
    pack: Pack, other_truth: Pack, number: int
) -> None:
    view = views_of(pack)[number]
    pairs = list(zip(_served(pack, view), _served(other_truth, view), strict=True))
    assert len(pairs) > 60
    assert [one.name + " " + str(dict(one.params)) for one, other in pairs if not _same(one, other)] == []


def test_a_truth_that_changes_a_told_count_is_seen(pack: Pack, tmp_path: Path) -> None:
    """The comparison can find something: of a count that is told, seven more people are."""
    copied = CopiedPack.into(tmp_path / "pack")
    rows = copied.rows("reached_groups")
    largest = pd.to_numeric(rows["people"]).idxmax()
    rows.loc[largest, "people"] = str(int(rows.loc[largest, "people"]) + 7)
    copied.change("reached_groups", lambda _: rows)
    view = Framework.of(pack).filters.default_view().with_(year=str(rows.loc[largest, "year"]))
    pairs = zip(_served(pack, view), _served(copied.open(), view), strict=True)
    assert any(not _same(one, other) for one, other in pairs)
