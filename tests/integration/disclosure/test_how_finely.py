"""What is told of people is written no finer than METHODS allow: every finding, its table, chart, map and words.

Counts are multiples of five. Percentages have one decimal where a hundred or more are the base, none from 20 to 99, and
below 20 there is none. Rates per 1,000 are whole numbers, ratios have two significant figures, indices are as fine as
percentages. Each column of numbers of a finding of people has its kind here, so a new one has to be given its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from svdash import disclosure
from svdash.disclosure import rate, rates
from svdash.findings.arrow import from_arrow, to_arrow
from svdash.findings.equality.comparison_groups import characteristics
from svdash.findings.finding import Finding
from svdash.findings.open_data import open_tables
from svdash.findings.reach import area_cells
from svdash.findings.reach.area_figures import AreaMap, MapChoice
from svdash.findings.spec import Spec
from svdash.maps import map_features
from svdash.register import ALL, Framework, View
from svdash.render import charts
from svdash.tables import Pack, open_pack
from svdash.web.routes import routes
from tests.copies import CopiedPack
from tests.packs.make_fenmarsh import FOLDER as FENMARSH

LEAST_BASE, FINE_BASE, STEP = 20, 100, 5
CLOSE: Final = 1e-6


@dataclass(frozen=True)
class Kind:
    """How finely numbers of a column may be written; ``base`` is the column with how many people they are of."""

    name: str
    base: str = ""


COUNT, RATE, RATIO, INDEX, OTHER = (Kind(n) for n in ("count", "rate", "ratio", "index", "other"))
PERCENT = Kind("percent")


def of(base: str) -> Kind:
    return Kind("percent", base)


def per(residents: str) -> Kind:
    return Kind("rate", residents)


def _whole(values: pd.Series, unit: pd.Series | float = 1.0) -> pd.Series:
    parts = values / unit
    return (parts - parts.round()).abs() < CLOSE


def fine_enough(kind: Kind, values: pd.Series, bases: pd.Series | None) -> pd.Series:
    """Say of each value whether it is written no finer than its kind may be.

    Bases are written to the nearest five: one written as 100 may be of fewer.
    """
    if kind.name == "count":
        return _whole(values, STEP)
    if kind.name == "ratio":
        digits = 10.0 ** (np.floor(np.log10(values.abs().where(values != 0, 1.0))) - 1)
        return _whole(values, digits)
    if kind.name == "index":
        return _whole(values, 0.001)
    small = pd.Series(False, index=values.index) if bases is None else bases < FINE_BASE
    few = pd.Series(False, index=values.index) if bases is None else bases < LEAST_BASE
    unit = pd.Series(np.where(small, 10.0, 1.0), index=values.index)
    return _whole(values, unit if kind.name == "rate" else unit / 10) & ~few


# -- which numbers are of people -------------------------------------------------------------------------------

SHARES = {
    "share": of("whole"),
    "gap": of("whole"),
    "population_share": OTHER,
    "whole": COUNT,
    "amount": COUNT,
}
PLACE = {"population": OTHER, "decile": OTHER, "klass": OTHER, "rank": OTHER}
LIMITS = {"lower": PERCENT, "upper": PERCENT}
# Of an indicator's figures: by its unit.
FIGURES = ("value", "lower", "upper", "baseline", "control_lower", "control_upper")
OF_PEOPLE: dict[str, dict[str, Kind]] = {
    "areas": {**PLACE, "people": COUNT, "rate": per("population"), "value": RATE, "size": COUNT},
    "area": {"residents": OTHER},
    "areas-change": {
        **PLACE,
        **dict.fromkeys(("amount_before", "amount"), COUNT),
        **dict.fromkeys(("before", "after", "difference"), per("population")),
        "value": RATE,
        "size": OTHER,
    },
    "areas-together": {
        **PLACE,
        **dict.fromkeys((name for name in area_cells.DOMAINS), OTHER),
        "rate": per("population"),
        "value": RATE,
        **dict.fromkeys(("needs", "got", "size"), OTHER),
    },
    "cold-spots": {
        **PLACE,
        **SHARES,
        **dict.fromkeys(("rate", "lower", "upper"), per("population")),
        **dict.fromkeys(("value", "mark"), RATE),
        **dict.fromkeys(("order", "distance", "size"), OTHER),
    },
    "concentration": SHARES,
    "concentration-years": {
        **SHARES,
        **dict.fromkeys(("index", "lower", "upper", "value"), INDEX),
        "decimals": OTHER,
    },
    "reach-change": {
        **SHARES,
        **dict.fromkeys(("before", "after", "difference", "whole_after", "whole_before"), COUNT),
        **dict.fromkeys(("share_before", "points"), of("whole")),
        **LIMITS,
        "times": RATIO,
        "value": PERCENT,
        "decile": OTHER,
    },
    "areas-by-district": {
        **dict.fromkeys(("most", "least", "median", "value", "drawn", "middle"), RATE),
        **dict.fromkeys(("areas", "shown", "hidden", "at", "to"), OTHER),
    },
    "most-deprived": {**SHARES, "times": RATIO},
    "parity": {**SHARES, "times": RATIO, "to_parity": COUNT, "value": PERCENT, **PLACE},
    "deciles": {**SHARES, **PLACE, **dict.fromkeys(("lower", "upper"), of("whole")), "times": RATIO},
    "lands": {"share": PERCENT, "gap": PERCENT, "population_share": OTHER},
    "indicators": {"order": OTHER, "points": OTHER, "target": OTHER},
    "measures": {"order": OTHER, "target": OTHER},
    "indicator": {"order": OTHER, "target": OTHER, "numerator": COUNT, "denominator": COUNT},
    "observations": {"numerator": COUNT, "denominator": COUNT},
    "equality": {"times": RATIO, "place": OTHER},
    "equality-over-time": {**dict.fromkeys(("then", "now", "change"), PERCENT), **LIMITS},
    "equality-owners": {
        **dict.fromkeys(("led", "answered", "total"), COUNT),
        **dict.fromkeys(("unknown", "at_least"), of("total")),
        **dict.fromkeys(("share", "lower", "upper", "points"), of("answered")),
        "value": PERCENT,
        "times": RATIO,
        **dict.fromkeys(("resident_share", "mark"), OTHER),
    },
    "equality-owners-answers": {
        **dict.fromkeys(("organisations", "total"), COUNT),
        "percent": PERCENT,
        "order": OTHER,
    },
    "equality-pay-groups": {
        "people": COUNT,
        **dict.fromkeys((*(f"quarter_{n}" for n in range(1, 5)), "share"), PERCENT),
        # Pay is money: it needs ten people, and is as fine as it was worked out.
        **dict.fromkeys((f"{k}_{w}" for k in ("mean", "median") for w in ("hourly", "gap", "pounds")), OTHER),
        **dict.fromkeys(("order", "value", "equal"), OTHER),
    },
    "equality-pay-split": {
        "people": COUNT,
        **dict.fromkeys(
            ("gap", "between", "within", "pounds", "between_pounds", "within_pounds", "order", "value"), OTHER
        ),
    },
    "equality-recruitment": {
        **dict.fromkeys(("people_in", "people_out", "at_parity"), COUNT),
        **dict.fromkeys(("rate", "lower", "upper", "gap"), of("people_in")),
        **dict.fromkeys(("ratio", "ratio_lower", "ratio_upper"), RATIO),
        **dict.fromkeys(("decimals", "order", "equal"), OTHER),
    },
    "equality-services": {
        **dict.fromkeys(("numerator", "denominator"), COUNT),
        **dict.fromkeys(("share", "lower", "upper", "points"), of("denominator")),
        "value": PERCENT,
        **dict.fromkeys(("times", "beside_reference"), RATIO),
        **dict.fromkeys(("resident_share", "order", "mark"), OTHER),
    },
    "equality-gradient": {
        **dict.fromkeys(("most_deprived", "least_deprived", "sii", "sii_lower", "sii_upper", "misfit"), RATE),
        **dict.fromkeys(
            (
                *("rii", "rii_lower", "rii_upper", "times", "times_lower", "times_upper"),
                *("value", "lower", "upper"),
            ),
            RATIO,
        ),
    },
    "data-gaps": {"share_not_stated": PERCENT, **dict.fromkeys(("groups", "seen", "place", "waits"), OTHER)},
    "equality-workforce": {
        **dict.fromkeys(("numerator", "denominator"), COUNT),
        **dict.fromkeys(("share", "lower", "upper", "points"), of("denominator")),
        "value": PERCENT,
        **dict.fromkeys(("times", "beside_reference"), RATIO),
        **dict.fromkeys(("resident_share", "mark"), OTHER),
    },
    "equality-target": {
        **dict.fromkeys(("numerator", "denominator", "rise", "fall"), COUNT),
        **dict.fromkeys(("value", "lower", "upper"), of("denominator")),
        "mark": OTHER,
    },
}
# Columns that a chart has by the same name for something else.
OF_CHARTS: dict[str, dict[str, Kind]] = {
    "equality-recruitment": {"value": RATIO, "lower": RATIO, "upper": RATIO, "rate": PERCENT},
}
NOT_OF_PEOPLE = {
    **dict.fromkeys(("commitments", "updates", "attention", "standing", "changes", "overdue", "promises", "unattended"), "commitments"),
    "exceptions": "words of other tables",
    **dict.fromkeys(("crosswalk", "crosswalk-gaps"), "words of other tables"),
    **dict.fromkeys(("board-ratings", "board-questions"), "words of the Board and of officers"),
    **dict.fromkeys(("evidence-audit", "evidence-audit-share"), "claims of officers"),
    **dict.fromkeys(("methods", "catalogue", "dictionary"), "the pack itself"),
    "catchments": "residents, as published",
    "data-gaps-share": "breakdowns of indicators",
    "equality-pay-returns": "pay gaps that employers publish",
    **dict.fromkeys(
        ("economy-contracts", "economy-places", "economy-retained", "economy-concentration", "economy-suppliers", "economy-kinds"),
        "contracts and money",
    ),
    **dict.fromkeys(("economy-standards", "economy-multiplier", "economy-unreached"), "suppliers and money"),
}  # fmt: skip


def kinds_of(pack: Pack, found: Finding, part: str, rows: pd.DataFrame) -> Iterator[tuple[pd.Series, Kind]]:
    """Each column of numbers of people and its kind; those of indicators once for each unit."""
    known = OF_PEOPLE[found.name] | (OF_CHARTS.get(found.name, {}) if part == "chart" else {})
    by_unit = found.name in {"indicators", "measures", "indicator", "observations"}
    for name in rows.select_dtypes("number"):
        if by_unit and name in (*FIGURES, "numerator", "denominator"):
            yield from _of_indicator(pack, found, rows, name)
            continue
        assert name in known, f"{found.name}: say of what kind the numbers of {name} are"
        if known[name] != OTHER:
            yield rows[name], known[name]


def _of_indicator(
    pack: Pack, found: Finding, rows: pd.DataFrame, name: str
) -> Iterator[tuple[pd.Series, Kind]]:
    about = Framework.of(pack).indicators
    own = rows["indicator"] if "indicator" in rows else pd.Series("", index=rows.index)
    own = own.where(own.ne(""), found.params.get("indicator", ""))
    counts = own.map(about["counts_people"]).fillna(False).astype(bool)
    unit = own.map(about["unit"])
    if name in ("numerator", "denominator"):
        # Of a gap in pay the numerator is no count.
        yield rows.loc[counts & unit.eq("percent"), name], COUNT
        return
    base = of("denominator") if "denominator" in rows and name == "value" else PERCENT
    yield rows.loc[counts & unit.eq("percent"), name], base
    yield rows.loc[counts & unit.isin(["people", "staff"]), name], COUNT


def too_fine(pack: Pack, found: Finding, part: str, rows: pd.DataFrame) -> list[str]:
    """Numbers of people in rows of a finding that are written too finely."""
    if found.name == "lands":
        rows = rows[rows["of"] == "people"]
    told = []
    for column, kind in kinds_of(pack, found, part, rows):
        values = column.astype("float64").dropna()
        bases = rows.loc[values.index, kind.base].astype("float64") if kind.base in rows else None
        wrong = values[~fine_enough(kind, values, bases)]
        told += [f"{found.name}, {part}: {column.name} {value!r}" for value in wrong.head(3)]
    return told


def frames_of(found: Finding) -> dict[str, pd.DataFrame]:
    held = {"frame": found.frame, "chart": found.chart, "drawn": getattr(found, "drawn", None)}
    return {part: rows for part, rows in held.items() if rows is not None and len(rows)}


def read(export: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """A CSV's columns of numbers as numbers."""
    numbers = [name for name in like.select_dtypes("number") if name in export]
    return export.assign(**{name: pd.to_numeric(export[name], errors="coerce") for name in numbers})


def in_every_form(found: Finding) -> Iterator[tuple[str, Finding, pd.DataFrame]]:
    """What is served of a finding: rows as JSON and Parquet have them, as CSV, the chart, the map, and all in Arrow."""
    if len(found.frame):
        yield "JSON", found, found.typed()
        yield "CSV", found, read(found.export(), found.frame)
    for part, rows in frames_of(from_arrow(to_arrow(found))).items():
        yield part, found, rows
    spec = charts.picture(found)
    if spec is not None:
        yield "chart", found, pd.DataFrame(spec["datasets"]["rows"])


WORDS = re.compile(
    r"\d\.\d+ (?:[a-z]+ )*per 1,000"  # a rate with decimals
    r"|\d\.\d{2,}(?:%| points)"  # a percentage with more than one
    r"|\d{3,}\.\d+ times|[1-9]\d\.\d+ times|[1-9]\.\d{2,} times|0\.0*[1-9]\d{2,} times"  # a ratio of more than two figures
    r"|(?<![\d,.])[\d,]*[1-46-9] people reached"  # a count that is not to the nearest five
)


def texts_of(found: Finding) -> Iterator[str]:
    yield from (found.headline, found.subtitle, found.sentence, found.alt, found.legend, found.verdict)
    for rows in frames_of(found).values():
        for name in rows:
            if not pd.api.types.is_numeric_dtype(rows[name]):
                yield from rows[name].dropna().astype("str").unique()
    if isinstance(found, AreaMap):
        yield from found.limits[:0]


def words_too_fine(found: Finding) -> list[str]:
    return [
        f"{found.name}: {hit[0]!r} in {text[:200]!r}"
        for text in texts_of(found)
        for hit in WORDS.finditer(text)
    ]


# -- the walk --------------------------------------------------------------------------------------------------


def asked(pack: Pack, table: Spec) -> Iterator[dict[str, str]]:
    """Every set of parameters that tells of other people."""
    usual = {name: each.default or "" for name, each in table.parameters.items()}
    people = area_cells.programmes(pack, View(), "counts_people")
    if table.name == "indicator":
        yield from (usual | {"indicator": str(code)} for code in Framework.of(pack).indicators.index)
    elif table.name == "area":
        code = str(area_cells.areas(pack).index[0])
        for programme in people:
            yield from (
                usual | {"show": "reach", "programme": programme, "area": code, "before": both}
                for both in ("", "yes")
            )
    elif "programme" in table.parameters:
        yield from (usual | {"show": "reach", "programme": programme} for programme in people)
    elif "characteristic" in table.parameters:
        yield from (usual | {"characteristic": each} for each in characteristics(pack))
    else:
        yield usual


def views_of(pack: Pack) -> list[View]:
    """The usual view, all years, an earlier year beside the first, and one district."""
    framework = Framework.of(pack)
    usual, years = framework.filters.default_view(), framework.calendar.years
    district = next(each for each in framework.filters.choices("district") if each != ALL)
    return [
        usual,
        usual.with_(year=ALL),
        usual.with_(year=years[-2], compare=years[0]),
        usual.with_(district=district),
    ]


def found_of(pack: Pack, view: View) -> Iterator[Finding]:
    """Every finding of people in a view, each once."""
    for table in open_tables.findings():
        if table.name in NOT_OF_PEOPLE:
            continue
        seen: set[int] = set()
        for own in asked(pack, table):
            found = table.build(pack, view, own)
            if id(found) not in seen:
                seen.add(id(found))
                yield found
    for asked_for in area_cells.programmes(pack, View(), "counts_people"):
        yield map_features.build(pack, view, MapChoice("reach", asked_for), map_features.COLD)


def walk(pack: Pack, view: View) -> tuple[int, list[str]]:
    told, seen = [], 0
    for found in found_of(pack, view):
        told += words_too_fine(found)
        for part, own, rows in in_every_form(found):
            told += too_fine(pack, own, part, rows)
            seen += len(rows)
    return seen, told


def test_every_finding_is_of_people_or_said_not_to_be() -> None:
    assert {table.name for table in open_tables.findings()} == set(OF_PEOPLE) | set(NOT_OF_PEOPLE)
    assert not set(OF_PEOPLE) & set(NOT_OF_PEOPLE)


EXHAUSTIVE = pytest.mark.exhaustive
VIEWS = ("usual", "all years", "another year", "one district")
AT_THE_DESK = [("small", "usual"), ("small", "one district")]


@pytest.mark.parametrize(
    ("which", "view"),
    [
        *AT_THE_DESK,
        *(
            pytest.param(which, view, marks=EXHAUSTIVE)
            for which in ("embedded", "fenmarsh")
            for view in VIEWS
        ),
    ],
)
def test_nothing_is_told_of_people_more_finely_than_may_be(
    pack: Pack, small_pack: Pack, which: str, view: str
) -> None:
    edition = {"embedded": pack, "small": small_pack}.get(which) or open_pack(FENMARSH)
    seen, told = walk(edition, views_of(edition)[VIEWS.index(view)])
    assert seen > 100
    assert told == []


def _routes(client: TestClient, query: Mapping[str, str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Every shape of the map as its routes serve it, whole and in the tile that holds it all."""
    for shape in ("areas", "circles", "together", "change", "cold-spots"):
        for path in ("areas.geojson", "tiles/7/62/41.geojson", "tiles/12/2012/1324.geojson"):
            answer = client.get(f"/api/v1/{path}", params={**query, "shape": shape})
            assert answer.status_code == 200, answer.text[:200]
            for feature in answer.json()["features"]:
                yield shape, feature["properties"]


@pytest.mark.parametrize("programme", ["adult-skills-fund", "cycle-training", "housing-first"])
def test_the_routes_of_the_map_tell_no_more(
    pack: Pack, monkeypatch: pytest.MonkeyPatch, programme: str
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(pack.path))
    client = TestClient(Starlette(routes=routes()))
    seen = 0
    for shape, about in _routes(client, {"show": "reach", "programme": programme, "year": "2025/26"}):
        assert not WORDS.search(str(about["tip"])), about
        if "value" in about and about["value"] is not None:
            value = float(str(about["value"]))
            assert value % (STEP if shape == "circles" else 1) == 0, (shape, about)
            seen += 1
    assert seen > 100


@pytest.fixture(scope="module")
def tiny_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The embedded pack with so few people reached by Adult Skills Fund that shares have fewer than a hundred as their base."""
    copied = CopiedPack.into(tmp_path_factory.mktemp("tiny") / "pack")
    path = copied.folder / "contacts.parquet"
    lines = pd.read_parquet(path)
    year = pd.to_datetime(lines["date"]).ge("2024-04-01")
    few = lines[lines["programme"].eq("adult-skills-fund") & year]
    few = few.iloc[:: len(few) // 150].assign(people=1)
    others = lines[lines["programme"].ne("adult-skills-fund")]
    pd.concat([others, few]).reset_index(drop=True).to_parquet(path, index=False)
    return copied.open()


def test_of_fewer_than_a_hundred_people_nothing_has_a_decimal(tiny_pack: Pack) -> None:
    """In every table, chart and sentence, but for what is told of residents."""
    view, shares = View(year="2025/26", compare="2024/25"), 0
    residents = {"population_share", "distance"}
    for table in open_tables.findings():
        if "programme" not in table.parameters or table.name in NOT_OF_PEOPLE:
            continue
        for own in asked(tiny_pack, table):
            if own["programme"] != "adult-skills-fund":
                continue
            found = table.build(tiny_pack, view, own)
            for part, rows in frames_of(found).items():
                for column, kind in kinds_of(tiny_pack, found, part, rows):
                    values = column.astype("float64").dropna()
                    if kind.name == "percent":
                        assert _whole(values).all(), (found.name, part, column.name)
                        shares += len(values)
                    if kind == INDEX:
                        assert _whole(values, 0.01).all(), (found.name, part, column.name)
            known = {
                f"{value:.1f}"
                for name in residents & set(found.frame)
                for value in found.frame[name].dropna()
            }
            for text in texts_of(found):
                told = re.findall(r"(\d+\.\d+)(?:%| points)", text)
                assert all(each in known or float(each) in _residents(tiny_pack) for each in told), text
    assert shares > 20


def _residents(pack: Pack) -> set[float]:
    """Shares of residents in the most deprived deciles, which are official and told with a decimal."""
    lived = area_cells.population_by_decile(pack)
    return {round(100 * lived[:n].sum() / lived.sum(), 1) for n in range(1, 11)}


# -- the walk can find something --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fine", "coarse", "base"),
    [
        (COUNT, 31, 30, None),
        (PERCENT, 67.39, 67.4, 105),
        (PERCENT, 67.4, 67, 95),
        (PERCENT, 67, None, 15),
        (RATE, 5.1, 5, 1500),
        (RATE, 15, 20, 60),
        (RATIO, 1.17, 1.2, None),
        (RATIO, 0.938, 0.94, None),
        (INDEX, -0.2149, -0.215, None),
    ],
)
def test_a_number_that_is_written_too_finely_is_found_and_one_that_is_not_is_not(
    kind: Kind, fine: float, coarse: float | None, base: float | None
) -> None:
    for value, good in ((fine, False), (coarse, True)):
        if value is not None:
            bases = None if base is None else pd.Series([base])
            assert fine_enough(kind, pd.Series([float(value)]), bases).tolist() == [good]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5.1 learners per 1,000 residents", True),
        ("5 learners per 1,000 residents", False),
        ("57.94% of reach", True),
        ("57.9% of reach", False),
        ("1.17 times", True),
        ("1.2 times", False),
        ("0.938 times", True),
        ("0.94 times", False),
        ("31 people reached", True),
        ("1,230 people reached", False),
    ],
)
def test_words_that_are_too_fine_are_found(text: str, found: bool) -> None:
    assert bool(WORDS.search(text)) == found


@pytest.mark.parametrize(
    "name", ["areas", "cold-spots", "equality-gradient", "concentration-years", "deciles"]
)
def test_the_walk_finds_one_figure_of_a_finding_that_is_too_fine(pack: Pack, name: str) -> None:
    table = next(each for each in open_tables.findings() if each.name == name)
    view = Framework.of(pack).filters.default_view()
    usual = {each: about.default or "" for each, about in table.parameters.items()}
    found = table.build(
        pack, view, usual | ({"show": "reach", "programme": "adult-skills-fund"} if usual else {})
    )
    column = next(each for each, kind in kinds_of(pack, found, "frame", found.frame) if each.notna().any())
    at = column.first_valid_index()
    frame = found.frame.astype({column.name: "float64"})
    frame.loc[at, column.name] += 0.0123
    assert too_fine(pack, found, "frame", found.frame) == []
    assert len(too_fine(pack, replace(found, frame=frame), "frame", frame)) == 1


# -- rates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exact", "residents", "told"),
    [
        (5.49, 1500, 5),
        (5.5, 1500, 6),
        (0.49, 1500, 0),
        (54.9, 100, 55),
        (54.9, 99, 50),
        (55.0, 99, 60),
        (55.0, 20, 60),
        (55.0, 19, None),
        (float("nan"), 1500, None),
    ],
)
def test_a_rate_is_written_as_finely_as_its_residents_allow(
    exact: float, residents: float, told: float | None
) -> None:
    found = rate(exact, residents)
    assert (None if np.isnan(found) else found) == told
    column = rates(pd.Series([exact], index=["a"]), pd.Series([residents], index=["a"]))
    assert column.index.tolist() == ["a"]


def test_rates_of_places_are_written_and_the_colours_tell_no_more_than_the_counts(pack: Pack) -> None:
    view = Framework.of(pack).filters.default_view()
    table = next(each for each in open_tables.findings() if each.name == "areas")
    found = table.build(pack, view, {**MapChoice("reach", "cycle-training").params()})
    exact = area_cells.people(pack, view.year, "cycle-training").set_index("place")
    rows = found.frame.set_index("place")
    shown = exact["rate"].notna()
    assert (rows["rate"] - exact["rate"])[shown].abs().max() <= 0.5
    # Places with the same counts as written and the same residents have the same colour.
    alike = rows.groupby(["people", "population"])["klass"].nunique()
    assert alike.max() == 1
    assert (rows["klass"].eq(-1) == rows["people"].isna()).all()
    assert disclosure.UNRELIABLE not in set(rows["marker"])
