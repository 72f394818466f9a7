"""Visitors are told what is wrong with which file; where on the server it is, the log is told."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from svdash.access import server_places
from svdash.lines import engine
from svdash.web.routes import routes
from tests.copies import CopiedPack
from tests.opened_pages import opened
from tests.trials import names_the_folder

ASKED = (
    "/healthz",
    "/api/v1/tables",
    "/api/v1/tables/areas.csv?show=spend",
    "/api/v1/areas.geojson?show=spend",
)


def led_out(folder: Path) -> None:
    said = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    next(each for each in said["resources"] if each["name"] == "payments")["path"] = "../payments.parquet"
    (folder / "datapackage.json").write_text(json.dumps(said), encoding="utf-8")


def a_folder(folder: Path) -> None:
    (folder / "payments.parquet").unlink()
    (folder / "payments.parquet").mkdir()


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no payments": (lambda folder: (folder / "payments.parquet").unlink(), "payments.parquet"),
    "no Parquet": (lambda folder: (folder / "payments.parquet").write_bytes(b"PAR1"), "payments.parquet"),
    "a folder": (a_folder, "payments.parquet"),
    "led out": (led_out, "payments"),
    "no descriptor": (lambda folder: (folder / "datapackage.json").unlink(), "datapackage.json"),
    "no JSON": (lambda folder: (folder / "datapackage.json").write_text("{"), "datapackage.json"),
    "no resources": (lambda folder: (folder / "datapackage.json").write_text("{}"), "datapackage.json"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_visitors_are_told_which_file_is_at_fault_and_not_where_it_is(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    harm, named = DAMAGES[damage]
    harm(copied_pack.folder)
    with TestClient(Starlette(routes=routes())) as client:
        answers = [client.get(path) for path in ASKED]
    failed = [answer.text for answer in answers if answer.status_code == 503]
    assert failed
    page = "\n".join(str(node.proto) for node in opened("local_economy")._tree if hasattr(node, "proto"))
    for text in (*failed, page.replace("\\", "")):
        assert named in text
        assert not names_the_folder(copied_pack.folder, text)


def test_the_log_is_told_where_a_file_is_and_once(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    (copied_pack.folder / "datapackage.json").unlink()
    with caplog.at_level(logging.WARNING), TestClient(Starlette(routes=routes())) as client:
        for _ in range(3):
            assert client.get("/api/v1/tables").status_code == 503
    logged = [record.getMessage() for record in caplog.records if record.name == server_places.__name__]
    assert len(logged) == 1
    assert str(copied_pack.folder / "datapackage.json") in logged[0]


@pytest.mark.parametrize("variable", ["SVDASH_PACK", "SVDASH_VAR"])
def test_a_folder_goes_by_the_setting_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    real, linked = tmp_path / "real folder", tmp_path / "linked"
    real.mkdir()
    linked.symlink_to(real)
    monkeypatch.setenv(variable, str(linked))
    for folder in (real, linked):
        assert server_places.without_places(f"{folder}: is none.") == f"{variable}: is none."
        inside = "x.csv" if variable == "SVDASH_PACK" else "SVDASH_VAR/x.csv"
        assert server_places.without_places(f"IO Error in '{folder}/x.csv'") == f"IO Error in '{inside}'"


def test_the_name_of_a_cluster_is_no_visitors_business(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "spark://inner.example:7077"
    monkeypatch.setenv("SVDASH_ENGINE_URL", address)
    message = f"Apache Spark can't be reached at {address} (refused)."
    assert "inner.example" not in server_places.for_visitors(message)
    monkeypatch.setenv("SVDASH_ENGINE_URL", "nonsense://inner.example")
    with pytest.raises(engine.UnknownEngineError) as unknown:
        engine.open_engine("nonsense://inner.example")
    assert "inner.example" not in server_places.for_visitors(str(unknown.value))


@pytest.mark.parametrize(
    ("message", "public"),
    [
        (
            (
                "plan.pdf can't be kept: No space left on device. Make room, or check that the server may write in the folder that "
                "SVDASH_EVIDENCE names, and save again."
            ),
            "plan.pdf can't be kept: No space left on device. Tell whoever runs the dashboard.",
        ),
        (
            (
                "The connection broke off. Check that the database is running and that SVDASH_DATABASE_URL is right. Reading goes "
                "on without it."
            ),
            "The connection broke off. Tell whoever runs the dashboard. Reading goes on without it.",
        ),
        ("plan.pdf: the file is empty.", "plan.pdf: the file is empty."),
        ("a.csv, row 3: Check the date. Correct it.", "a.csv, row 3: Check the date. Correct it."),
    ],
)
def test_visitors_are_asked_to_tell_who_runs_it_and_the_log_names_the_setting(
    message: str, public: str, caplog: pytest.LogCaptureFixture
) -> None:
    server_places._logged.clear()
    assert server_places.for_visitors(message) == public
    logged = [record.getMessage() for record in caplog.records if record.name == server_places.__name__]
    assert logged == ([] if public == message else [message])
