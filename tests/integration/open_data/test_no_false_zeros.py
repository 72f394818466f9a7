"""What can't be read or summed is not zero: the open data says so, and `/healthz` too."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from svdash.caching import disk_cache
from svdash.findings.reach import area_cells, area_figures
from svdash.register import Framework
from svdash.tables import LinesError, Pack
from svdash.web.routes import routes
from tests.copies import SMALL, CopiedPack
from tests.opened_pages import opened
from tests.served import Server, serving, serving_here

SPEND = "/api/v1/tables/areas.csv?show=spend&year=2024%2F25"
PLACES = "/api/v1/tables/economy-places.csv?year=2024%2F25"
REACH = "/api/v1/tables/areas.csv?show=reach&year=2024%2F25"
SHAPES = "/api/v1/areas.geojson?show=spend&year=2024%2F25"
DEPRIVATION = "/api/v1/tables/areas.csv?year=2024%2F25"


def pounds(server: Server) -> float:
    """What all areas together are told to have got."""
    answer = server.get(SPEND)
    assert answer.status == 200
    return sum(float(row["pounds"]) for row in csv.DictReader(io.StringIO(answer.text)))


@pytest.fixture(scope="module")
def true_pounds() -> float:
    """The same, from the lines themselves."""
    lines = pd.read_parquet(SMALL / "payments.parquet")
    day = pd.to_datetime(lines["date"])
    year = lines[(day >= "2024-04-01") & (day < "2025-04-01")]
    known = year["benefit_area"].isin(list(pd.read_csv(SMALL / "areas.csv")["code"]))
    return float(year.loc[known, "amount_pence"].sum()) / 100


def no_parquet(file: Path) -> None:
    file.write_bytes(b"no parquet at all")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def a_folder_instead(file: Path) -> None:
    file.unlink()
    file.mkdir()


def without_the_column(file: Path) -> None:
    pd.read_parquet(file).drop(columns="programme").to_parquet(file, index=False)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "gone": Path.unlink,
    "no parquet": no_parquet,
    "cut": cut,
    "a folder": a_folder_instead,
    "without a column": without_the_column,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_payments_that_cannot_be_summed_are_503_with_the_reason_and_health_says_it(
    copied_pack: CopiedPack, tmp_path: Path, damage: str
) -> None:
    DAMAGES[damage](copied_pack.folder / "payments.parquet")
    with serving_here(copied_pack.folder, tmp_path / "var") as server:
        for path in (SPEND, PLACES, SHAPES):
            answer = server.get(path)
            assert answer.status == 503, path
            assert "payments.parquet" in str(answer.json()["error"])
        health = server.get("/healthz")
        assert health.status == 503
        assert health.json()["status"] == "failing"
        assert "payments.parquet" in str(health.json()["errors"])
        # What does not rest on payments is told as ever.
        for path in (DEPRIVATION, REACH):
            assert server.get(path).status == 200, path


def test_contacts_that_cannot_be_summed_leave_money_to_be_told(
    copied_pack: CopiedPack, tmp_path: Path, true_pounds: float
) -> None:
    no_parquet(copied_pack.folder / "contacts.parquet")
    with serving_here(copied_pack.folder, tmp_path / "var") as server:
        assert server.get(REACH).status == 503
        assert "contacts.parquet" in str(server.get("/healthz").json()["errors"])
        assert pounds(server) == pytest.approx(true_pounds)
        assert true_pounds > 0


@pytest.fixture(params=["beneath a file", "a file", "full"])
def served_without_room(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, int | None]:
    """A folder of `SVDASH_VAR` in which nothing can be kept, and the largest file that may be written."""
    file = tmp_path / "file"
    file.write_text("")
    return {
        "beneath a file": (file / "var", None),
        "a file": (file, None),
        "full": (tmp_path / "var", 0),
    }[request.param]


def test_sums_that_cannot_be_kept_are_told_all_the_same_and_health_warns(
    served_without_room: tuple[Path, int | None], true_pounds: float
) -> None:
    var, largest = served_without_room
    with serving(SMALL, var, largest_file=largest) as server:
        assert pounds(server) == pytest.approx(true_pounds)
        health = server.get("/healthz")
        assert (health.status, health.json()["status"]) == (200, "ok")
        assert "SVDASH_VAR/cells" in str(health.json()["warnings"])
        assert str(var.parent) not in health.text


def test_a_sound_pack_has_no_word_of_warning(tmp_path: Path, true_pounds: float) -> None:
    with serving(SMALL, tmp_path / "var") as server:
        assert pounds(server) == pytest.approx(true_pounds)
        said = server.get("/healthz").json()
        assert (said["status"], said["errors"], said["warnings"]) == ("ok", [], [])


def test_lines_that_came_back_are_summed_again(copied_pack: CopiedPack) -> None:
    file = copied_pack.folder / "payments.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    with pytest.raises(LinesError, match=r"payments\.parquet"):
        area_cells.cells(copied_pack.open(), area_cells.PAYMENTS)
    file.write_bytes(whole)
    assert len(area_cells.cells(copied_pack.open(), area_cells.PAYMENTS).payments)


@pytest.mark.usefixtures("nothing_kept")
def test_an_engine_that_does_not_answer_is_no_zero_either(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "empty"))
    monkeypatch.setenv("SVDASH_ENGINE_URL", "nonsense://")
    with TestClient(Starlette(routes=routes())) as client:
        assert client.get(SPEND).status_code == 503
        assert "SVDASH_ENGINE_URL" in client.get("/healthz").json()["errors"][0]


def test_a_pack_that_lists_no_payments_has_no_row_of_zero(copied_pack: CopiedPack) -> None:
    copied_pack.unlist("payments")
    pack = copied_pack.open()
    assert area_cells.problem(pack) == ""
    found = area_figures.area_map(
        pack, Framework.of(pack).filters.default_view(), area_figures.MapChoice("spend")
    )
    assert found.frame.empty
    assert "add the table payments" in found.empty


def test_a_page_that_needs_them_says_why_and_shows_no_pound(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_parquet(copied_pack.folder / "payments.parquet")
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    for file, params in (("local_economy", {}), ("reach_and_spend", {"show": "spend"})):
        at = opened(file, **params)
        assert [error.value for error in at.exception] == []
        told = "\n".join(block.proto.body for block in at.get("html"))
        assert "rests on lines that can&#x27;t be summed" in told
        assert "payments.parquet" in told
        assert "£0" not in told


def test_a_folder_that_can_be_written_again_is_no_longer_warned_of(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("")
    with pytest.raises(OSError, match=r"exists|directory"):
        disk_cache.put(tmp_path / "kept" / "one", {"a": b"1"})
    assert any(str(tmp_path) in said for said in disk_cache.troubles())
    (tmp_path / "kept").unlink()
    disk_cache.put(tmp_path / "kept" / "one", {"a": b"1"})
    assert not any(str(tmp_path) in said for said in disk_cache.troubles())


def test_the_small_pack_itself_has_payments_and_contacts_in_the_year_that_is_asked(small_pack: Pack) -> None:
    for lines in (area_cells.PAYMENTS, area_cells.CONTACTS):
        cells = area_cells.cells(small_pack, lines)
        assert "2024/25" in set(cells.payments["year"] if lines == "payments" else cells.people["year"])
