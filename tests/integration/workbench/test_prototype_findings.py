"""What the workbench shows of a prototype: figures by area as counted by hand, gated, marked, and the same as the command's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from svdash import editions, wording
from svdash.cli.commands import main
from svdash.findings import table_files
from svdash.findings.finding import STAGE
from svdash.findings.reach import area_cells
from svdash.measures.gradient import slope_index
from svdash.render import small_multiples
from svdash.tables import Pack, open_pack
from svdash.workbench import prototype_by_area, prototype_findings
from svdash.workbench.area_gate import on_areas
from svdash.workbench.definition import read
from svdash.workbench.prototype_figures import PrototypeFigures
from tests.attack import Puzzle
from tests.copies import ROOT, SMALL
from tests.integration.workbench.test_prototype_figures import changed

EXAMPLE = ROOT / "docs" / "examples" / "social-value-scored.yaml"
NONE = pd.DataFrame()


def by_area(counts: dict[str, tuple[int, int]]) -> PrototypeFigures:
    """Return figures of one year: numerator and denominator of each code."""
    rows = [
        {"period": "2024/25", "area": code, "numerator": float(top), "denominator": float(base)}
        for code, (top, base) in counts.items()
    ]
    return PrototypeFigures(NONE, NONE, pd.DataFrame(rows), "", ())


def even(pack: Pack) -> dict[str, tuple[int, int]]:
    """Return 100 people in each area, of whom as many said yes as ten and three for each decile."""
    deciles = area_cells.areas(pack)["decile"]
    return {str(code): (10 + 3 * int(decile), 100) for code, decile in deciles.items()}


def test_deciles_have_the_figures_of_their_areas_and_a_straight_line_its_slope(small_pack: Pack) -> None:
    found = on_areas(small_pack, by_area(even(small_pack)), people=True)
    assert found is not None
    told = prototype_by_area.deciles(small_pack, changed(), found)
    shares = told.frame.set_index("decile")["value"]
    assert shares.to_dict() == {decile: 10 + 3 * decile for decile in shares.index}
    # By hand: the weighted regression on ranks, as METHODS and Low and Low (2004) write it.
    size = area_cells.areas(small_pack)["decile"].value_counts().sort_index()
    share = (size / size.sum()).to_numpy()
    rank = share.cumsum() - share / 2
    root = np.sqrt(share)
    value = 10 + 3 * size.index.to_numpy(dtype="float64")
    (_, slope), *_ = np.linalg.lstsq(np.column_stack([root, rank * root]), value * root, rcond=None)
    assert f"SII +{slope:.1f}" in told.sentence
    frame = pd.DataFrame({"people": 100.0 * size.to_numpy(), "value": value})
    assert slope_index(frame, "people", "value").sii == pytest.approx(slope)


def test_a_decile_less_its_other_areas_does_not_give_a_small_area_back(small_pack: Pack) -> None:
    counts = even(small_pack)
    code = next(iter(counts))
    counts[code] = (2, 100)
    found = on_areas(small_pack, by_area(counts), people=True)
    assert found is not None
    assert found.geography == "lsoa"
    told = found.places.set_index("place")["exact_numerator"]
    assert pd.isna(told[code])
    deciles = area_cells.areas(small_pack)["decile"].reindex(told.index)
    puzzle = Puzzle()
    for place, count in told.items():
        puzzle.count(place, None if pd.isna(count) else float(count))
    for decile, count in found.deciles.set_index("decile")["exact_numerator"].items():
        puzzle.count(("decile", decile), None if pd.isna(count) else float(count))
        puzzle.adds_up(("decile", decile), list(deciles.index[deciles == decile]))
    puzzle.count("all", float(sum(top for top, _ in counts.values())))
    puzzle.adds_up("all", [("decile", decile) for decile in sorted(set(deciles))])
    low, high = puzzle.ranges([code])[code]
    assert low <= 1
    assert high >= 4


def test_places_that_are_mostly_too_small_are_told_by_larger_ones(small_pack: Pack) -> None:
    counts = dict.fromkeys(even(small_pack), (2, 20))
    found = on_areas(small_pack, by_area(counts), people=True)
    assert found is not None
    assert found.geography != "lsoa"
    assert not found.places["exact_numerator"].between(1, 4).any()


@pytest.mark.parametrize(("of_all", "told"), [((2, 20), "district"), ((30, 100), "msoa")])
def test_larger_places_of_which_too_many_are_small_are_told_by_larger_ones_still(
    small_pack: Pack, of_all: tuple[int, int], told: str
) -> None:
    areas = area_cells.areas(small_pack)
    counts = dict.fromkeys(sorted(areas["msoa"].astype("str")), of_all)
    found = on_areas(small_pack, by_area(counts), people=True)
    assert found is not None
    assert found.geography == told
    assert not found.places["exact_numerator"].between(1, 4).any()
    assert found.places["exact_numerator"].sum() == of_all[0] * len(counts)


def test_districts_of_which_too_many_are_small_have_no_map(small_pack: Pack) -> None:
    names = sorted(set(area_cells.areas(small_pack)["district_name"]))
    found = on_areas(small_pack, by_area(dict.fromkeys(names, (2, 30))), people=True)
    assert found is not None
    shown = prototype_by_area.mapped(small_pack, changed(), found)
    assert shown.empty.startswith("Even by district more than a fifth")
    assert prototype_by_area.deciles(small_pack, changed(), found).empty == shown.empty


def test_districts_by_name_are_told_as_places_without_deciles(small_pack: Pack) -> None:
    names = sorted(set(area_cells.areas(small_pack)["district_name"]))
    counts = {name.upper().replace(" ", "."): (30 + at, 100) for at, name in enumerate(names)}
    found = on_areas(small_pack, by_area(counts), people=True)
    assert found is not None
    assert (found.geography, found.unmatched) == ("district", ())
    shown = prototype_by_area.mapped(small_pack, changed(), found).frame.set_index("name")["value"]
    assert shown.to_dict() == {name: 30 + at for at, name in enumerate(names)}
    assert "no decile of its own" in prototype_by_area.deciles(small_pack, changed(), found).empty


def test_codes_that_are_no_areas_of_the_pack_are_counted_and_said(small_pack: Pack) -> None:
    counts = {**even(small_pack), "E01035000": (30, 90), "L1 1AA": (25, 80), "": (11, 20)}
    found = on_areas(small_pack, by_area(counts), people=True)
    assert found is not None
    assert (found.unmatched, found.other_edition, found.unplaced) == (("E01035000", "L1 1AA"), 1, 65)
    said = prototype_by_area.deciles(small_pack, changed(), found).sentence
    assert (
        "2 codes that are not areas of the pack, 1 of them of small areas elsewhere or of another edition"
        in said
    )


def test_shares_of_fewer_than_a_hundred_people_have_no_decimal(small_pack: Pack) -> None:
    counts = {code: (45, 95) if at % 2 else (451, 951) for at, code in enumerate(even(small_pack))}
    found = on_areas(small_pack, by_area(counts), people=True)
    assert found is not None
    shown = prototype_by_area.mapped(small_pack, changed(counts_people="true"), found).table()["Per cent"]
    assert set(shown) == {"47", "47.4"}


def test_rows_without_an_area_are_said_to_be_on_no_map(small_pack: Pack) -> None:
    found = on_areas(small_pack, by_area({**even(small_pack), "": (11, 20)}), people=True)
    assert found is not None
    said = "Not on the map: 10 of the numerator, of rows without an area."
    assert said in prototype_by_area.deciles(small_pack, changed(), found).sentence
    whole = on_areas(small_pack, by_area(even(small_pack)), people=True)
    assert whole is not None
    assert "Not on the map" not in prototype_by_area.deciles(small_pack, changed(), whole).sentence


def test_everything_of_a_prototype_says_so_in_each_row_and_on_each_picture(small_pack: Pack) -> None:
    found = prototype_findings.findings(small_pack, read(EXAMPLE.read_text(encoding="utf-8")))
    for each in found.all:
        assert prototype_findings.taken_away(each).headline == f"Prototype: {each.headline}"
        assert each.origin == ("Prototype, not agreed",)
        if not each.empty:
            assert set(each.export()[STAGE]) == {"prototype, not agreed"}
            # Once it is in force it is no prototype's, and its figures are still not those that were agreed.
            today = prototype_findings.of_today(each)
            assert set(today.export()[STAGE]) == {"worked out from today’s data, not as agreed"}
            assert prototype_findings.taken_away(today).headline == f"As of today: {each.headline}"
            assert b"prototype, not agreed" in table_files.csv(each)


def test_each_area_of_a_prototype_says_when_pointed_at_whether_its_figures_are_those_agreed(
    small_pack: Pack,
) -> None:
    found = on_areas(small_pack, by_area(even(small_pack)), people=True)
    assert found is not None
    shown = prototype_by_area.mapped(small_pack, changed(), found)
    assert shown.drawn["tip"].str.contains("Prototype, not agreed", regex=False).all()
    today = prototype_findings.of_today(shown)
    assert not today.drawn["tip"].str.contains("Prototype", regex=False).any()
    assert today.drawn["tip"].str.contains(wording.sentence(prototype_findings.OF_TODAY), regex=False).all()


def test_the_command_tells_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    text = EXAMPLE.read_text(encoding="utf-8").replace(
        "counts_people: false\n", "counts_people: false\ngroup: programme\n"
    )
    file, target = tmp_path / "own.yaml", tmp_path / "own.csv"
    file.write_text(text, encoding="utf-8")
    page = prototype_findings.findings(editions.current(), read(text))
    assert CliRunner().invoke(main, ["indicator", "run", str(file), "--csv", str(target)]).exit_code == 0
    told = pd.read_csv(target, dtype="str")
    trend = page.trend.export()
    own = told[told["finding"] == "indicator all"]
    assert own[list(trend)].astype("str").to_numpy().tolist() == trend.to_numpy().tolist()
    assert not told[["unit", "status", "source"]].eq("[z]").any(axis=None)
    assert set(told["finding"]) > {"indicator all"}
    printed = CliRunner().invoke(main, ["indicator", "run", str(file)]).output
    assert page.trend.headline in printed
    assert all(page.trend.table()["Value"].map(lambda value: f"Value: {value}" in printed))


def test_the_command_names_what_it_left_out_of_a_file_and_which_checks_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    names = sorted(set(area_cells.areas(open_pack(SMALL))["district_name"]))
    rows = "".join(f"{name},2023-24,{100 + at},{400 + at}\n" for at, name in enumerate(names))
    many = len(names)
    whole = f"The whole region,2023-24,{sum(range(100, 100 + many))},{sum(range(400, 400 + many))}\n"
    (tmp_path / "own.csv").write_text("Place,Year,Done,Begun\n" + rows + whole, encoding="utf-8")
    text = EXAMPLE.read_text(encoding="utf-8")
    changes = {
        "table": "own.csv", "numerator": "sum(Done)", "denominator": "sum(Begun)", "counts_people": "true", "unit": "percent", "year": "Year", "area": "Place",
    }  # fmt: skip
    kept = [line for line in text.splitlines() if line.split(":")[0] not in changes]
    file = tmp_path / "own.yaml"
    file.write_text(
        "\n".join([*kept, *(f"{key}: {value}" for key, value in changes.items())]), encoding="utf-8"
    )
    printed = CliRunner().invoke(main, ["indicator", "run", str(file)]).output
    assert "1 row with 'The whole region' in 'Place' is the total of the others: left out" in printed
    assert f"Shown by district: {wording.count(many, 'place')}" in printed
    assert "may be wrong" not in printed
    without = (
        file.read_text(encoding="utf-8")
        .replace("denominator: sum(Begun)\n", "")
        .replace("counts_people: true", "counts_people: false")
    )
    file.write_text(without, encoding="utf-8")
    printed = CliRunner().invoke(main, ["indicator", "run", str(file)]).output
    assert "so the figures below may be wrong: Denominator" in printed


def test_a_change_of_the_data_is_seen(small_pack: Pack) -> None:
    written = read(EXAMPLE.read_text(encoding="utf-8"))
    once = prototype_findings.findings(small_pack, written)
    again, other = (
        prototype_findings.findings(pack, written) for pack in (small_pack, open_pack(ROOT / "data"))
    )
    assert again.trend is once.trend
    assert other.trend is not once.trend


def test_what_is_no_number_of_people_does_not_pass_the_gate_cut(small_pack: Pack) -> None:
    counts = even(small_pack)
    figures = by_area(counts)
    figures.by_area.loc[0, "numerator"] += 0.5
    with pytest.raises(ValueError, match="no number of people"):
        on_areas(small_pack, figures, people=True)


def test_beside_an_indicator_in_the_same_unit_both_have_one_axis_and_the_prototype_leads_nowhere(
    small_pack: Pack,
) -> None:
    written = read(EXAMPLE.read_text(encoding="utf-8"))
    found = prototype_findings.beside(small_pack, written, "COM-I6")
    chart = found.chart
    assert chart is not None
    assert set(chart["indicator"]) == {"", "COM-I6"}
    own, other = (panel for panel in small_multiples.panels(chart))
    assert own.axis == other.axis
    figures = chart[["value", "lower", "upper", "target", "baseline"]]
    assert own.axis[0] <= figures.min(axis=None) < figures.max(axis=None) <= own.axis[1]
    assert found.sentence.startswith("Both have the same axis. ")
    money = prototype_findings.beside(small_pack, written, "EMP-I13")
    assert money.chart is not None
    assert "axis_low" not in money.chart
    assert money.sentence.startswith("They count in different units, hours and percent")
