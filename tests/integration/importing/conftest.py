"""Packs to import into."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as papq
import pytest

from tests.copies import DATA
from tests.integration.importing.made import Imports

# What imports read and write, and what these tables refer to.
TABLES = (
    "vocabulary",
    "measures",
    "indicators",
    "observations_published",
    "pay_quarters",
    "areas",
    "boundaries",
    "programmes",
    "payments",
    "contracts",
)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the embedded pack: what imports need, with 20 payments."""
    folder = tmp_path_factory.mktemp("template")
    descriptor = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["resources"] = [each for each in descriptor["resources"] if each["name"] in TABLES]
    for each in descriptor["resources"]:
        shutil.copy(DATA / each["path"], folder / each["path"])
    for name in ("areas", "contracts"):
        # A few rows do, and are checked sooner.
        lines = (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / f"{name}.csv").write_text("".join(lines[:40]), encoding="utf-8")
    codes = {
        line.partition(",")[0] for line in (folder / "areas.csv").read_text(encoding="utf-8").splitlines()
    }
    shapes = json.loads((folder / "boundaries.geojson").read_text(encoding="utf-8"))
    shapes["features"] = [each for each in shapes["features"] if each["properties"]["code"] in codes]
    (folder / "boundaries.geojson").write_text(json.dumps(shapes), encoding="utf-8")
    (folder / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n")
    papq.write_table(papq.read_table(DATA / "payments.parquet").slice(0, 20), folder / "payments.parquet")
    return folder


@pytest.fixture
def imports(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Imports:
    """A pack of its own, and a memory of mappings of its own."""
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    (tmp_path / "files").mkdir()
    return Imports(Path(shutil.copytree(template, tmp_path / "pack")), tmp_path / "files")
