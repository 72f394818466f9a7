"""The rollup on Apache Spark, its executors in processes of their own: the same cells as DuckDB's, to the penny."""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from svdash.lines import rollup as module
from svdash.lines.engine import Engine, EngineError, open_engine
from svdash.lines.line_faults import line_faults
from svdash.lines.line_tables import areas_of, files_of
from svdash.tables import Pack, open_pack
from tests.integration.pack.test_rollup import CODES, contact, payment, write_pack

MASTER = "spark-local-cluster[2,1,1024]"
TODAY = dt.date(2026, 6, 1)

pytestmark = pytest.mark.spark


def java_below(parent: int) -> set[int]:
    """Processes of Java that this one started, whatever lies between."""
    above, java = {}, set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            name, _, rest = (entry / "stat").read_text().rpartition(")")
        except OSError:  # it ended while we looked
            continue
        above[int(entry.name)] = int(rest.split()[1])
        if name.endswith("(java"):
            java.add(int(entry.name))

    def below(process: int) -> bool:
        return process == parent or (process in above and below(above[process]))

    return {process for process in java if below(process)}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A cluster of two workers on this machine. It leaves neither processes nor files behind."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("no Spark: pip install -r requirements-spark.txt to run the rollup on it")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("no Java: install “openjdk-17-jre-headless” to run the rollup on Spark")
    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        # Programs that run for seconds: compiling them well takes longer than running them does.
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        with open_engine(MASTER) as engine:
            yield engine
    assert not java_below(os.getpid())
    assert not list(folder.iterdir())


def assert_same_cells(pack: Pack, spark: Engine) -> module.Cells:
    """Work out the cells of a pack's lines by both engines, and compare all of them, in order."""
    with open_engine() as duckdb:
        expected = module._build(duckdb, files_of(pack), areas_of(pack), None)
    found = module._build(spark, files_of(pack), areas_of(pack), None)
    for name in module._TABLES:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))
    return found


def test_the_embedded_lines_make_the_same_cells_on_a_cluster_to_the_penny(pack: Pack, spark: Engine) -> None:
    cells = assert_same_cells(pack, spark)
    assert cells.supplier_totals["lines"].sum() > 100_000
    executors = spark._session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
    assert executors == 2
    # This process, the driver's Java and one of each executor's own.
    assert len(java_below(os.getpid())) == 3


def test_blanks_credit_notes_and_large_sums_are_the_same_on_a_cluster(tmp_path: Path, spark: Engine) -> None:
    lines = [
        payment(1, amount_pence=2**53 + 1),
        payment(2, amount_pence=2**53 + 1),
        payment(3, amount_pence=-7, supplier_area=None, supplier="", programme="Über"),
        payment(4, date=None, programme=None, amount_pence=None, supplier_type=None),
        payment(5, date=dt.date(2023, 3, 31), benefit_area="E01035000", programme="ähnlich"),
        payment(6, date=dt.date(2023, 4, 1), programme="bogus"),
    ]
    contacts = [*(contact(area=code, people=2) for code in CODES), contact(area=None), contact(people=-1)]
    opened = open_pack(write_pack(tmp_path / "pack", lines, contacts))
    cells = assert_same_cells(opened, spark)
    assert cells.supplier_totals["pence"].max() == 2 * 2**53 + 2
    found = line_faults(opened, spark, today=TODAY)
    assert found
    assert found == line_faults(opened, today=TODAY)


def test_a_sum_too_large_for_whole_pence_is_refused_by_a_cluster_too(tmp_path: Path, spark: Engine) -> None:
    lines = [payment(1, amount_pence=2**62), payment(2, amount_pence=2**62)]
    opened = open_pack(write_pack(tmp_path / "pack", lines))
    with pytest.raises(EngineError, match="overflow"):
        module._build(spark, files_of(opened), areas_of(opened), None)
