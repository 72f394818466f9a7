"""A county council's pack through every page, part and route: nothing breaks, and none of the embedded pack's words appear."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from svdash.findings.open_data import open_tables
from svdash.register import FILTERS, Framework
from svdash.show.kit import addresses
from svdash.tables import Pack, open_pack
from svdash.web.routes import routes
from tests.another_authority import found
from tests.copies import ROOT
from tests.integration.pages.test_pages import bands, everything
from tests.opened_pages import opened
from tests.packs.make_fenmarsh import FOLDER

FENMARSH = open_pack(FOLDER)
FILES = [file for file, *_ in addresses.PAGES]
VIEWS: dict[str, dict[str, str]] = {
    "default": {},
    "a role over all years": {"role": "purchaser", "year": "all"},
    "the Leader's, in a part year": {"role": "neighbour", "commitment": "L01", "year": "2022/23"},
    "a habit without comparison": {"commitment": "W04", "compare": "none"},
    "a district in the oldest year": {"district": "E07000902", "year": "2020/21"},
}
TABLES = [table.name for table in open_tables.every_table(FENMARSH)]


def parts(file: str) -> list[str]:
    """Return the names of a page's parts, as its script lists them."""
    tree = ast.parse((ROOT / "pages" / f"{file}.py").read_text(encoding="utf-8"))
    return [
        str(key.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Call) and ast.unparse(value.func) == "Part"
    ]


PARTS = {file: parts(file) for file in FILES}


@pytest.fixture(autouse=True)
def _of_fenmarsh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(FOLDER))


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes())) as started:
        yield started


def test_four_pages_have_parts() -> None:
    assert {file for file, names in PARTS.items() if len(names) > 1} == {
        "data_and_methods",
        "equality_gaps",
        "local_economy",
        "reach_and_spend",
    }


def speaks_of_its_own(file: str, params: dict[str, str]) -> None:
    """Open a page and read all it says."""
    at = opened(file, **params)
    assert [error.value for error in at.exception] == []
    assert not [band for band in bands(at) if "gnored" in band]
    told = [*everything(at), *(str(box.help) for box in at.selectbox)]
    told += [str(option) for box in at.selectbox for option in box.options]
    told += [str(frame.value.to_csv()) for frame in at.get("table")]
    assert found("\n".join(told)) == []


# Every page as it opens first, and in one other kind of view; the whole product stands in the lane `exhaustive`.
OTHERS = [view for view in VIEWS if view != "default"]
COVERING = [
    (file, view) for place, file in enumerate(FILES) for view in ("default", OTHERS[place % len(OTHERS)])
]


@pytest.mark.parametrize(("file", "view"), COVERING)
def test_a_page_speaks_of_the_county_in_its_own_words(file: str, view: str) -> None:
    speaks_of_its_own(file, VIEWS[view])


@pytest.mark.exhaustive
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("file", FILES)
def test_every_page_speaks_of_the_county_in_its_own_words(file: str, view: str) -> None:
    speaks_of_its_own(file, VIEWS[view])


@pytest.mark.parametrize(("file", "part"), [(file, part) for file, names in PARTS.items() for part in names])
def test_every_part_of_a_page_speaks_of_the_county_in_its_own_words(file: str, part: str) -> None:
    speaks_of_its_own(file, {"part": part})


def asked(name: str) -> list[dict[str, str]]:
    """Return what a table is asked for: each value of each filter and of each parameter that goes with the others."""
    table = next(each for each in open_tables.every_table(FENMARSH) if each.name == name)
    filters = Framework.of(FENMARSH).filters
    needed = {n: table.parameters[n].allowed(FENMARSH)[0] for n in table.needs}  # type: ignore[misc]
    ways = [needed]
    for filter_ in open_tables.filters_of(name):
        ways += [{**needed, filter_: value} for value in filters.choices(filter_)[1:3]]
    usual = {name: needed.get(name, about.default or "") for name, about in table.parameters.items()}
    for parameter, about in table.parameters.items():
        if about.allowed is not None:
            beside = table.narrowed.get(parameter, lambda edition, _: about.allowed(edition))  # type: ignore[misc]  # noqa: B023
            ways += [{**needed, parameter: value} for value in beside(FENMARSH, usual)[:3]]
    return ways


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_the_open_data_is_served_in_the_countys_words(client: TestClient, name: str) -> None:
    for params in asked(name):
        answer = client.get(f"/api/v1/tables/{name}.csv", params=params)
        # A comparison with a year that is not before the one looked at is refused, and says why.
        assert answer.status_code == 200 or "compare" in params, (params, answer.text)
        assert found(answer.text) == []


@pytest.mark.parametrize(
    "address", ["/api/v1/tables", "/api/v1/datapackage.json", "/api/v1/openapi.json", "/healthz"]
)
def test_every_list_of_the_open_data_is_served_in_the_countys_words(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert found(answer.text) == []


@pytest.mark.parametrize("show", ["deprivation", "reach", "spend"])
def test_the_map_is_served_for_the_county(client: TestClient, show: str) -> None:
    answer = client.get("/api/v1/areas.geojson", params={"show": show})
    assert answer.status_code == 200
    assert len(answer.json()["features"]) >= 30
    assert found(answer.text) == []


def test_filters_are_those_of_the_county(pack: Pack) -> None:
    own, embedded = Framework.of(FENMARSH).filters, Framework.of(pack).filters
    for name in ("role", "commitment", "district", "vintage"):
        assert set(own.choices(name)) & set(embedded.choices(name)) <= {"all"}
    assert own.default_view().year == "2021/22"
    assert set(FILTERS) >= {"role", "commitment", "year", "district", "vintage", "compare"}
