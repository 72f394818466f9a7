"""The open data: the same figures as on the pages, and clear answers to addresses that cannot be answered."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import frictionless
import jsonschema
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.testclient import TestClient

from svdash import wording
from svdash.caching import memory
from svdash.findings import Finding
from svdash.findings.indicators import indicator_trends
from svdash.findings.open_data import open_tables
from svdash.findings.spec import LONGEST_TEXT
from svdash.maps import map_features, tiles
from svdash.register import FILTERS, Framework
from svdash.render import chart_structures
from svdash.tables import Pack, open_pack
from svdash.web import warm
from svdash.web.builds import Builds
from svdash.web.encodings import AcceptedEncodings
from svdash.web.media import STORED_KINDS
from svdash.web.routes import ADDRESSES, routes
from tests.copies import DATA, SMALL, CopiedPack
from tests.open_data_server import listening

TABLES = open_tables.every_table(open_pack(DATA))
NAMES = [table.name for table in TABLES]
FILTERED = [table.name for table in TABLES if table.filtered]
FILTER = {
    "role": "investor",
    "year": "2024/25",
    "compare": "2022/23",
    "commitment": "all",
    "vintage": "2019",
}
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes())) as opened:
        yield opened


def needed(pack: Pack, name: str) -> dict[str, str]:
    """The parameters that a table cannot be asked without, with the first allowed value each."""
    table = next(t for t in TABLES if t.name == name)
    found = {}
    for parameter in table.needs:
        allowed = table.parameters[parameter].allowed
        assert allowed is not None
        found[parameter] = allowed(pack)[0]
    return found


def finding(pack: Pack, name: str, params: dict[str, str]) -> Finding:
    """Ask for a table as the pages do, without the routes."""
    table = next(t for t in TABLES if t.name == name)
    view, ignored = Framework.of(pack).filters.read({k: v for k, v in params.items() if k in FILTERS})
    assert ignored == []
    return table.build(
        pack, view, {n: params.get(n, about.default or "") for n, about in table.parameters.items()}
    )


def asked(pack: Pack, name: str) -> dict[str, str]:
    return {**needed(pack, name), **(FILTER if name in FILTERED else {})}


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# -- what is served is what is shown ---------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_csv_holds_the_findings_table_cell_by_cell(client: TestClient, pack: Pack, name: str) -> None:
    params = asked(pack, name)
    answer = client.get(f"/api/v1/tables/{name}.csv", params=params)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    head, *rows = cells(answer.content)
    export = finding(pack, name, params).export()
    assert head == list(export.columns)
    # What a spreadsheet would run, such as "+5 points on 2023/24", has an apostrophe before it.
    assert rows == export.astype("str").map(wording.defused).to_numpy().tolist()


@pytest.mark.parametrize("name", NAMES)
def test_json_rows_are_the_findings_typed_rows(client: TestClient, pack: Pack, name: str) -> None:
    params = asked(pack, name)
    # Whoever asked before, with other filters, leaves nothing in the answer.
    finding(pack, name, {**needed(pack, name), "year": FILTER["year"]} if name in FILTERED else params)
    answer = client.get(f"/api/v1/tables/{name}.json", params=params)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    if name in FILTERED:
        assert told["filters"] == {**FILTER, "district": "all"}
    found = finding(pack, name, params)
    typed = found.typed()
    assert told["columns"] == dict(found.columns)
    assert told["filters"] == found.view.params()
    assert told["statuses"] == list(found.statuses)
    assert told["sources"] == dict(found.sources)
    assert len(told["rows"]) == len(typed)
    for column in typed:
        values = [row[column] for row in told["rows"]]
        for given, true in zip(values, typed[column], strict=True):
            if pd.isna(true):
                assert given is None, column
            elif isinstance(true, pd.Timestamp):
                assert given.startswith(f"{true:%Y-%m-%d}"), column
            elif isinstance(true, float):
                assert given == pytest.approx(true), column
            else:
                assert given == true, column


@pytest.mark.parametrize("name", NAMES)
def test_parquet_keeps_the_types_of_the_findings_rows(client: TestClient, pack: Pack, name: str) -> None:
    params = asked(pack, name)
    answer = client.get(f"/api/v1/tables/{name}.parquet", params=params)
    assert answer.status_code == 200
    read = pd.read_parquet(io.BytesIO(answer.content))
    typed = finding(pack, name, params).typed()
    assert list(read.columns) == list(typed.columns)
    assert len(read) == len(typed)
    for column in typed:
        kinds = (
            pd.api.types.is_bool_dtype,
            pd.api.types.is_numeric_dtype,
            pd.api.types.is_datetime64_any_dtype,
        )
        if len(typed):
            assert [kind(read[column]) for kind in kinds] == [kind(typed[column]) for kind in kinds], column


def test_a_filter_changes_what_is_served(client: TestClient) -> None:
    everything = client.get("/api/v1/tables/commitments.json").json()["rows"]
    investor = client.get("/api/v1/tables/commitments.json", params={"role": "investor"}).json()["rows"]
    assert 0 < len(investor) < len(everything)
    assert {row["id"] for row in investor} == {
        row["id"] for row in everything if row["group_label"] == "Investor"
    }


def test_without_filters_the_default_view_is_served(client: TestClient, pack: Pack) -> None:
    told = client.get("/api/v1/tables/measures.json").json()
    assert told["filters"] == Framework.of(pack).filters.default_view().params()


def test_a_tables_own_parameters_are_used(client: TestClient) -> None:
    late = client.get(
        "/api/v1/tables/commitments.json", params={"delivery": "overdue", "words": "staff"}
    ).json()["rows"]
    assert late
    assert all(row["overdue_label"] != "no" for row in late)


def test_a_csv_opens_in_a_spreadsheet_with_its_accents_and_is_named_for_its_year(client: TestClient) -> None:
    answer = client.get("/api/v1/tables/observations.csv", params={"year": "2024/25"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    named = answer.headers["content-disposition"]
    assert named.startswith("attachment")
    assert "observations" in named
    assert "2024-25" in named


@pytest.mark.parametrize("name", ["measures", "areas", "equality-workforce", "pack-glossary"])
def test_what_is_taken_away_says_whose_it_is_and_how_precise(
    client: TestClient, pack: Pack, name: str
) -> None:
    told = client.get(f"/api/v1/tables/{name}.json").json()
    resources = [pack.resource(each) for each in pack.names]
    licences = {each["name"]: each for about in resources for each in about["licenses"]}
    sources = {each["title"] for about in resources for each in about["sources"]}
    assert told["licences"]
    assert all(licences[each["name"]] == each for each in told["licences"])
    assert set(told["publishers"]) <= sources
    assert told["publishers"]
    assert told["updated"] in {str(about["updated"]) for about in resources}
    assert told["decimals"] == dict(finding(pack, name, {}).decimals)
    file = client.get(f"/api/v1/tables/{name}.parquet").content
    attributes = pd.read_parquet(io.BytesIO(file)).attrs
    assert attributes == {key: value for key, value in told.items() if key != "rows"}
    link = client.get(f"/api/v1/tables/{name}.csv").headers["link"]
    assert link == f'</api/v1/tables/{name}.json>; rel="describedby"; type="application/json"'


def test_a_table_is_licensed_as_what_it_is_worked_out_from(client: TestClient, pack: Pack) -> None:
    def licences(name: str) -> set[str]:
        told = client.get(f"/api/v1/tables/{name}.json").json()["licences"]
        return {each["name"] for each in told}

    assert licences("pack-glossary") == {each["name"] for each in pack.resource("glossary")["licenses"]}
    assert licences("pack-areas") == {each["name"] for each in pack.resource("areas")["licenses"]}
    assert licences("areas") >= licences("pack-areas")


def test_a_csv_leads_to_the_same_rows_in_json(client: TestClient) -> None:
    answer = client.get("/api/v1/tables/standing.csv", params={"role": "investor", "year": "2024/25"})
    address = answer.headers["link"].partition(">")[0].removeprefix("<")
    told = client.get(address).json()
    assert told["filters"]["role"] == "investor"
    assert told["filters"]["year"] == "2024/25"
    assert len(told["rows"]) == len(cells(answer.content)) - 1


def test_a_table_of_all_years_says_up_to_when_it_looks(client: TestClient, pack: Pack) -> None:
    calendar = Framework.of(pack).calendar
    for year in ("all", "2024/25"):
        told = client.get("/api/v1/tables/standing.json", params={"year": year}).json()
        assert told["as_at"] == calendar.as_at(year).isoformat()


@pytest.mark.parametrize(
    ("name", "code", "label", "words"),
    [
        ("commitments", "kind", "kind_label", None),
        ("areas", "district", "district_name", "district"),
        ("equality-workforce", "group", "group_label", None),
        ("economy-places", "place", "place_label", None),
    ],
)
def test_codes_stand_beside_their_labels(
    client: TestClient, pack: Pack, name: str, code: str, label: str, words: str | None
) -> None:
    rows = client.get(f"/api/v1/tables/{name}.json").json()["rows"]
    pairs = {(row[code], row[label]) for row in rows}
    assert len({first for first, _ in pairs}) == len(pairs)
    if words:
        assert dict(pairs).items() <= Framework.of(pack).vocabulary.labels(words).items()
    head, *_ = cells(client.get(f"/api/v1/tables/{name}.csv").content)
    assert {code, label} <= set(head)


# -- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_parameter_is_refused_with_those_that_are_known(
    client: TestClient, pack: Pack, name: str
) -> None:
    answer = client.get(f"/api/v1/tables/{name}.csv", params={**needed(pack, name), "colour": "red"})
    assert answer.status_code == 422
    told = answer.json()
    assert told["parameter"] == "colour"
    assert "colour" in told["error"]
    assert told["allowed"] == list(open_tables.parameters(pack, next(t for t in TABLES if t.name == name)))


@pytest.mark.parametrize("filter_", FILTERS)
@pytest.mark.parametrize("value", ["nonsense", ""])
def test_an_unknown_value_of_a_filter_is_refused_with_all_that_are_allowed(
    client: TestClient, pack: Pack, filter_: str, value: str
) -> None:
    answer = client.get("/api/v1/tables/deciles.csv", params={filter_: value})
    assert answer.status_code == 422
    told = answer.json()
    assert (told["parameter"], told["value"]) == (filter_, value)
    assert told["allowed"] == list(Framework.of(pack).filters.choices(filter_))


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("commitments", {"group": "colour"}),
        ("commitments", {"kind": "promise"}),
        ("commitments", {"delivery": "done"}),
        ("indicator", {"indicator": "EMP-I99"}),
        ("indicator", {"indicator": "EMP-I5", "characteristic": "height"}),
        ("updates", {"of": "EMP-D99"}),
        ("dictionary", {"table": "secrets"}),
    ],
)
def test_an_unknown_value_of_a_tables_own_parameter_is_refused(
    client: TestClient, name: str, params: dict[str, str]
) -> None:
    answer = client.get(f"/api/v1/tables/{name}.json", params=params)
    assert answer.status_code == 422
    told = answer.json()
    wrong = list(params)[-1]
    assert (told["parameter"], told["value"]) == (wrong, params[wrong])
    assert len(told["allowed"]) > 1
    assert params[wrong] not in told["allowed"]


@pytest.mark.parametrize(
    "params", [{"role": "investor", "commitment": "EMP-D1"}, {"year": "2024/25", "compare": "2024/25"}]
)
def test_filters_that_cannot_go_together_are_refused(client: TestClient, params: dict[str, str]) -> None:
    answer = client.get("/api/v1/tables/measures.csv", params=params)
    assert answer.status_code == 422
    assert answer.json()["parameter"] in params


@pytest.mark.parametrize("name", ["equality-workforce", "equality-recruitment", "equality-pay-groups"])
def test_a_reference_of_another_characteristic_is_refused_with_those_of_its_own(
    client: TestClient, name: str
) -> None:
    address = f"/api/v1/tables/{name}.json"
    mine = {"characteristic": "sex", "reference": "men"}
    assert client.get(address, params=mine).status_code == 200
    answer = client.get(address, params={**mine, "characteristic": "ethnic-group"})
    assert answer.status_code == 422
    told = answer.json()
    assert (told["parameter"], told["value"]) == ("reference", "men")
    assert "" in told["allowed"]
    for allowed in told["allowed"]:
        asked = {"characteristic": "ethnic-group", "reference": allowed}
        assert client.get(address, params=asked).status_code == 200


def test_a_repeated_parameter_is_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/tables/measures.csv?role=investor&role=employer")
    assert answer.status_code == 422
    assert answer.json()["parameter"] == "role"


@pytest.mark.parametrize("name", [table.name for table in TABLES if table.needs])
def test_a_parameter_that_is_needed_is_asked_for(client: TestClient, pack: Pack, name: str) -> None:
    answer = client.get(f"/api/v1/tables/{name}.csv")
    assert answer.status_code == 422
    told = answer.json()
    assert told["parameter"] in needed(pack, name)
    assert needed(pack, name)[told["parameter"]] in told["allowed"]


@pytest.mark.parametrize("name", [table.name for table in TABLES if not table.filtered])
def test_a_table_that_no_filter_changes_takes_none(client: TestClient, pack: Pack, name: str) -> None:
    answer = client.get(f"/api/v1/tables/{name}.csv", params={**needed(pack, name), "role": "investor"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "file", ["nothing.csv", "measures", "measures.xlsx", ".csv", "measures.csv.json", "..%2Fdatapackage.json"]
)
def test_what_is_not_served_is_not_found_and_what_there_is_is_named(client: TestClient, file: str) -> None:
    answer = client.get(f"/api/v1/tables/{file}")
    assert answer.status_code == 404
    told = answer.json()
    assert told["error"]
    assert told.get("allowed") or told["see"] == "/api/v1/openapi.json"


@pytest.mark.parametrize(
    "address", ["/api", "/api/", "/api/v1", "/api/v2/tables", "/api/v1/tables/", "/api/v1/tiles/1/2.geojson"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PROPFIND"])
def test_an_address_that_there_is_not_is_not_found_in_json(
    client: TestClient, address: str, method: str
) -> None:
    answer = client.request(method, address, follow_redirects=False)
    assert answer.status_code == 404
    assert address in answer.json()["error"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("address", ["/api/v1/tables/measures.csv", "/api/v1/tables", "/healthz"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"])
def test_only_reading_is_possible(client: TestClient, address: str, method: str) -> None:
    answer = client.request(method, address)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert method in answer.json()["error"]


@pytest.mark.parametrize(
    "address",
    [
        "/healthz",
        "/api/v1/tables",
        "/api/v1/datapackage.json",
        "/api/v1/openapi.json",
        "/api/v1/districts.geojson",
        "/api/v1/towns.json",
        "/api/v1/areas.geojson",
        "/api/v1/tiles/9/251/165.geojson",
        "/api/v1/charts/standing.png",
    ],
)
def test_every_route_refuses_a_parameter_that_it_does_not_know(client: TestClient, address: str) -> None:
    answer = client.get(address, params={"colour": "red"})
    assert answer.status_code == 422
    assert answer.json()["parameter"] == "colour"


def test_a_search_longer_than_a_person_types_is_refused_and_not_sent_back(client: TestClient) -> None:
    address = "/api/v1/tables/commitments.json"
    longest = "staff " * 33 + "on"
    assert len(longest) == LONGEST_TEXT
    assert client.get(address, params={"words": longest}).status_code == 200
    for refused in ({"words": longest + "e"}, {"x" * 10_000: "1"}, {"role": "y" * 10_000}):
        answer = client.get(address, params=refused)
        assert answer.status_code == 422
        assert len(answer.content) < 1000


@pytest.mark.usefixtures("nothing_kept")
def test_what_somebody_searched_for_is_not_kept(client: TestClient, pack: Pack) -> None:
    address = "/api/v1/tables/commitments.json"
    client.get(address, params={"words": "staff"})
    memory.shared.clear()
    client.get(address, params={"words": "gobbledegook"})
    assert "gobbledegook" not in repr(list(memory.shared._kept))
    found = finding(pack, "commitments", {"words": "staff"})
    assert found.params["words"] == "staff"
    assert found.view == Framework.of(pack).filters.default_view()


# -- counts of people ------------------------------------------------------------------------------------


def test_no_table_with_counts_of_people_is_served_as_it_stands_in_the_pack(
    client: TestClient, pack: Pack
) -> None:
    gated = [name for name in pack.names if pack.resource(name)["access"] != "open"]
    assert {"observations_published", "observations_illustrative"} <= set(gated)
    for name in gated:
        for address in (f"pack-{name}", name):
            for kind in ("csv", "json", "parquet"):
                assert client.get(f"/api/v1/tables/{address}.{kind}").status_code == 404
        assert f"pack-{name}" not in NAMES


def test_the_description_of_the_pack_leads_only_to_what_is_served(client: TestClient, pack: Pack) -> None:
    told = client.get("/api/v1/datapackage.json").json()
    assert [resource["name"] for resource in told["resources"]] == list(pack.names)
    for resource in told["resources"]:
        assert str(pack.file(resource["name"]).name) != resource["path"]
        answer = client.get(f"/api/v1/{resource['path']}")
        assert answer.status_code == 200, resource["path"]
    assert "path" in pack.descriptor["resources"][0]
    assert pack.descriptor["resources"][0]["path"] == "vocabulary.csv"


def test_the_data_package_that_is_served_is_valid_with_every_row_that_it_leads_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    with listening(Builds(2)) as asking:
        address = f"{asking.base_url}/api/v1/datapackage.json"
        assert asking.get(address).status_code == 200  # worked out once, in more than frictionless waits for
        report = frictionless.Package(address).validate()
    assert [(task.name, task.errors) for task in report.tasks if not task.valid] == []
    assert report.valid
    assert len(report.tasks) == len(open_pack(SMALL).names)
    assert report.stats["errors"] == 0


def test_places_are_told_as_exactly_as_they_are_in_the_pack(client: TestClient, pack: Pack) -> None:
    head, *rows = cells(client.get("/api/v1/tables/pack-towns.csv").content)
    told = [float(row[head.index("latitude")]) for row in rows]
    assert told == pytest.approx(pack.table("towns")["latitude"].tolist(), abs=1e-6)


def test_small_counts_are_markers_in_files_and_missing_in_json(client: TestClient) -> None:
    params = {"indicator": "EMP-I3", "characteristic": "ethnic-group"}
    told = client.get("/api/v1/tables/indicator.json", params=params).json()["rows"]
    held = [row for row in told if row["marker"] == "[c]"]
    assert held
    assert all(row["value"] is None for row in held)
    head, *rows = cells(client.get("/api/v1/tables/indicator.csv", params=params).content)
    assert sum(row[head.index("value")] == "[c]" for row in rows) == len(held)


# -- caches ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["/api/v1/tables/measures.csv", "/api/v1/tables", "/api/v1/openapi.json", "/api/v1/datapackage.json"],
)
def test_who_has_it_already_is_told_that_nothing_changed(client: TestClient, address: str) -> None:
    first = client.get(address)
    tag = first.headers["etag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "known", ["*", "W/{tag}", '"other", {tag}', '"other",W/{tag} , "third"', " {tag}", '"a, b", {tag}']
)
def test_a_tag_is_known_however_it_is_asked_for(client: TestClient, known: str) -> None:
    address = "/api/v1/tables/catalogue.csv"
    tag = client.get(address).headers["etag"]
    again = client.get(address, headers={"If-None-Match": known.format(tag=tag)})
    assert again.status_code == 304
    assert again.headers["vary"] == "Accept-Encoding"
    for other in (tag.strip('"'), f'"x{tag}', "**", tag[:-2] + '"', ""):
        assert client.get(address, headers={"If-None-Match": other}).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/areas.geojson",
        "/api/v1/tables/catalogue.csv",
        "/api/v1/tables/areas.parquet",
        "/api/v1/openapi.json",
        "/api/v1/charts/standing.svg",
    ],
)
def test_each_encoding_has_a_tag_of_its_own_and_caches_are_told(client: TestClient, address: str) -> None:
    answers = {
        coding: client.get(address, headers={"Accept-Encoding": coding}) for coding in ("gzip", "identity")
    }
    assert answers["gzip"].headers["content-encoding"] == "gzip"
    assert "content-encoding" not in answers["identity"].headers
    assert answers["gzip"].content == answers["identity"].content
    assert len({answer.headers["etag"] for answer in answers.values()}) == 2
    assert {answer.headers["vary"] for answer in answers.values()} == {"Accept-Encoding"}
    other = {"Accept-Encoding": "gzip", "If-None-Match": answers["identity"].headers["etag"]}
    assert client.get(address, headers=other).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "is_zipped"),
    [
        ("gzip", True),
        ("GZip, br", True),
        ("x-gzip", True),
        ("*", True),
        ("br, gzip;q=0.5", True),
        ("gzip; q=0.001", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("br", False),
        ("identity", False),
        ("", False),
        ("gzip;q=often", False),
    ],
)
def test_an_answer_is_zipped_only_for_who_accepts_that(
    client: TestClient, accepted: str, is_zipped: bool
) -> None:
    behind = TestClient(
        Starlette(
            routes=routes(),
            middleware=[Middleware(AcceptedEncodings), Middleware(GZipMiddleware, minimum_size=100)],
        )
    )
    for server in (client, behind):
        answer = server.get("/api/v1/districts.geojson", headers={"Accept-Encoding": accepted})
        assert (answer.headers.get("content-encoding") == "gzip") == is_zipped
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.json()["features"]


def test_another_view_has_another_tag(client: TestClient) -> None:
    tags = {
        client.get("/api/v1/tables/measures.csv", params={"role": role}).headers["etag"]
        for role in ("employer", "investor")
    }
    assert len(tags) == 2


def test_a_changed_pack_is_served_with_another_tag(
    client: TestClient, copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    address = "/api/v1/tables/pack-glossary.csv"
    before = client.get(address).headers["etag"]
    copied_pack.change("glossary", lambda rows: rows.head(5))
    after = client.get(address, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["etag"] != before
    assert len(cells(after.content)) == 6


# -- pictures --------------------------------------------------------------------------------------------


def drawn(pack: Pack, name: str) -> Finding:
    return finding(pack, name, needed(pack, name))


@pytest.mark.parametrize("name", [name for name in NAMES if name in chart_structures.names()])
def test_a_chart_is_served_as_a_png(client: TestClient, pack: Pack, name: str) -> None:
    # The first programme that counts people is shown by district and hides some deciles, so that what needs them all,
    # or smaller areas, has no picture of it.
    needy = {"concentration", "concentration-years", "cold-spots", "areas-by-district"}
    spend = {"show": "spend"} if name in needy else {}
    answer = client.get(f"/api/v1/charts/{name}.png", params={**needed(pack, name), **spend})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(PNG)
    assert len(answer.content) > 5000


def test_a_picture_taken_away_says_what_it_shows_and_that_it_is_illustrative(
    client: TestClient, pack: Pack
) -> None:
    answer = client.get("/api/v1/charts/standing.svg")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    text = answer.text
    assert text.lstrip().startswith("<svg")
    assert "illustrative" in text
    assert drawn(pack, "standing").headline in text


@pytest.mark.parametrize("file", ["catalogue.png", "nothing.png", "standing.gif", "standing"])
def test_a_chart_that_there_is_not_is_not_found(client: TestClient, file: str) -> None:
    answer = client.get(f"/api/v1/charts/{file}")
    assert answer.status_code == 404
    assert answer.json()["allowed"]


def test_an_empty_finding_has_no_picture_and_the_answer_says_why(client: TestClient) -> None:
    answer = client.get("/api/v1/charts/indicators.png", params={"commitment": "EMP-P3"})
    assert answer.status_code == 404
    assert "EMP-P3" in answer.json()["error"]


# -- lists and descriptions ------------------------------------------------------------------------------


def test_the_list_of_tables_names_all_that_is_served(client: TestClient) -> None:
    told = client.get("/api/v1/tables").json()["tables"]
    assert [table["name"] for table in told] == NAMES
    assert len(set(NAMES)) == len(NAMES)
    for table in told:
        assert table["formats"] == {
            kind: f"/api/v1/tables/{table['name']}.{kind}" for kind in ("csv", "json", "parquet")
        }


@pytest.fixture(scope="module")
def described(client: TestClient) -> dict[str, Any]:
    """The OpenAPI description, read from the server."""
    told: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return told


def test_the_openapi_description_has_every_address(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["title"]
    assert described["info"]["version"]
    tables = {f"/api/v1/tables/{name}.{kind}" for name in NAMES for kind in ("csv", "json", "parquet")}
    drawn = {name for name in NAMES if name in chart_structures.names()}
    charts = {f"/api/v1/charts/{name}.{kind}" for name in drawn for kind in ("png", "svg")}
    stored = {f"/api/v1/snapshots/{{id}}/{{key}}.{kind}" for kind in STORED_KINDS}
    others = {address for address in ADDRESSES if "{file" not in address} | {"/healthz"}
    assert set(described["paths"]) == tables | charts | stored | others
    assert {name for name in chart_structures.names() if name in NAMES} == drawn
    identifiers = [about["get"]["operationId"] for about in described["paths"].values()]
    assert len(identifiers) == len(set(identifiers))


def test_every_part_of_the_openapi_description_that_is_pointed_to_is_there(described: dict[str, Any]) -> None:
    pointed = set(re.findall(r'"\$ref": "#/components/(\w+)/(\w+)"', json.dumps(described)))
    assert pointed
    for kind, name in pointed:
        assert described["components"][kind][name]


def test_every_path_of_the_openapi_description_answers_as_described(
    client: TestClient, described: dict[str, Any]
) -> None:
    for path, about in described["paths"].items():
        if "{" in path or not path.endswith(("json", "tables", "healthz")):
            continue  # the same table in another format is asked for above
        parameters = about["get"]["parameters"]
        assert all(p["in"] == "query" and p["description"] for p in parameters)
        needs = {p["name"]: p["schema"]["enum"][0] for p in parameters if p["required"]}
        assert client.get(path).status_code == (422 if needs else 200), path
        answer = client.get(path, params=needs)
        assert answer.status_code == 200, path
        told = about["get"]["responses"]["200"]
        media = answer.headers["content-type"].partition(";")[0]
        assert set(told["headers"]) <= {name.title().replace("Etag", "ETag") for name in answer.headers}
        schema = {**told["content"][media]["schema"], "components": described["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer.json())


def test_refusals_are_as_described(client: TestClient, described: dict[str, Any]) -> None:
    schema = described["components"]["schemas"]["Refusal"]
    for address in (
        "/api/v1/tables/measures.csv?role=nobody",
        "/api/v1/tables/area.csv",
        "/api/v1/tables?colour=red",
        "/api/v1/tiles/1/9/0.geojson",
        "/api/v1/charts/indicators.png?commitment=EMP-P3",
        "/api/v1/tables/nothing.csv",
        "/api/nowhere",
    ):
        answer = client.get(address)
        assert answer.status_code in (404, 422)
        jsonschema.Draft202012Validator(schema).validate(answer.json())


@pytest.mark.parametrize("name", NAMES)
def test_openapi_names_the_columns_that_a_table_has(pack: Pack, described: dict[str, Any], name: str) -> None:
    schema = described["paths"][f"/api/v1/tables/{name}.json"]["get"]["responses"]["200"]["content"]
    columns = schema["application/json"]["schema"]["properties"]["rows"]["items"]["properties"]
    assert list(columns) == list(finding(pack, name, needed(pack, name)).typed())


def test_the_values_that_openapi_lists_are_those_that_are_answered(client: TestClient) -> None:
    told = client.get("/api/v1/openapi.json").json()
    parameters = {p["name"]: p for p in told["paths"]["/api/v1/tables/standing.json"]["get"]["parameters"]}
    assert set(parameters) == set(FILTERS) - {"district"}
    for value in parameters["year"]["schema"]["enum"]:
        assert client.get("/api/v1/tables/standing.json", params={"year": value}).status_code == 200


def test_health_says_which_pack_is_served_and_how_many_faults_it_has(client: TestClient, pack: Pack) -> None:
    told = client.get("/healthz").json()
    assert told["status"] == "ok"
    assert pack.fingerprint.startswith(told["pack"])
    assert told["faults"] == len(pack.faults) == 0


def test_without_a_pack_every_route_says_so(
    client: TestClient, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(tmp_path / "nowhere"))
    for address in ("/healthz", "/api/v1/tables", "/api/v1/tables/measures.csv", "/api/v1/datapackage.json"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert "SVDASH_PACK: there is no such folder" in answer.json()["error"]
        assert str(tmp_path) not in answer.text


def test_numbers_that_json_does_not_know_are_not_written(client: TestClient) -> None:
    text = client.get("/api/v1/tables/observations.json").text
    json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))


@pytest.mark.exhaustive
def test_what_is_worked_out_ahead_is_what_the_pages_ask_for(small_pack: Pack) -> None:
    warm.ahead(small_pack)
    view = Framework.of(small_pack).filters.default_view()
    assert indicator_trends.board.parts(small_pack, view) is not None, "the board was not kept"


@pytest.mark.usefixtures("nothing_kept")
def test_the_shapes_that_all_tiles_are_cut_from_are_worked_out_ahead_where_the_map_is_in_tiles(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = copied_pack.open()
    map_features.ahead(pack)
    assert tiles._indexed.parts(pack) is None
    copied_pack.change("areas", lambda rows: rows.iloc[::-1])
    pack = copied_pack.open()
    monkeypatch.setattr(map_features, "MOST_AT_ONCE", len(pack.table("areas")) - 1)
    map_features.ahead(pack)
    assert tiles._indexed.parts(pack) is not None
    assert tiles._lines.parts(pack, map_features.district_names) is not None
