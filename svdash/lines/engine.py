"""The query engines. Code that reads lines is written in Narwhals and runs on each of them.

========================================  =================================================================
address                                   engine
========================================  =================================================================
``duckdb://``                             DuckDB in this process; ``duckdb://?memory=2GB&threads=4`` sets
                                          its limits (1GB and 2, or as many as there are)
``spark://host:port``                     Apache Spark; its workers must find the files under the same path
``spark-local``, ``spark-local[2]``       Spark in this process, on all cores or so many
``spark-local-cluster[2,1,1024]``         Spark on this machine: workers, cores and megabytes of each
========================================  =================================================================
"""

from __future__ import annotations

import importlib
import logging
import os
import re
import shutil
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

import narwhals as nw
import pandas as pd

from svdash.tables.faults import LinesError

Lines = nw.LazyFrame[Any]
_log = logging.getLogger(__name__)

FORMS: Final = (
    "duckdb://",
    "duckdb://?memory=2GB&threads=4",
    "spark://host:port",
    "spark-local",
    "spark-local[2]",
    "spark-local-cluster[2,1,1024]",
)
# A rollup runs while people wait for pages, so it must not use all cores or all memory.
_THREADS: Final = 2
_MEMORY: Final = "1GB"
_SIZE = re.compile(r"[0-9]+ ?([KMGT]i?B)", re.IGNORECASE)
_SPARK_LOCAL = re.compile(r"spark-(local(?:\[(?:[0-9]+|\*)\])?|local-cluster\[[0-9]+,[0-9]+,[0-9]+\])")
_SPARK = re.compile(r"spark://[^\s/:,]+:[0-9]+(?:,[^\s/:,]+:[0-9]+)*")


class EngineError(LinesError):
    """The engine cannot read a file or run a query. The message names the cause and a remedy."""


class UnknownEngineError(LinesError, ValueError):
    """The setting is not the address of an engine. The message lists the forms of an address."""


# Seconds that Java has to end.
_ENDS_WITHIN: Final = 30.0


class Engine(ABC):
    """Reads lines from Parquet files and queries them. Use it from one thread at a time, and close it after use."""

    @abstractmethod
    def scan(self, path: Path, *, rows: str | None = None) -> Lines:
        """Return the lines of a Parquet file, which are read when they are collected.

        Args:
            path: the file; ``*`` and ``[`` in its name are not wildcards.
            rows: name of an extra column with the row number that a spreadsheet would show: from 2, as the header
                is row 1.

        Raises:
            EngineError: there is no such file, or it is not Parquet.
        """

    @abstractmethod
    def collect(self, lines: Lines) -> pd.DataFrame:
        """Run the query and return its result, in no particular order.

        Integers without missing values are ``int64``, text is ``str``.

        Raises:
            EngineError: the engine failed, for example because the file is damaged or memory ran out.
        """

    @abstractmethod
    def close(self) -> None:
        """Release all that the engine holds. Collected frames stay valid."""

    def __enter__(self) -> Self:
        """Return the engine; the end of the ``with`` block closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the engine."""
        self.close()


def open_engine(url: str = "duckdb://") -> Engine:
    """Return the engine at an address. Nothing is read yet.

    Args:
        url: one of the forms in the table above.

    Raises:
        ValueError: the address has none of these forms.
        EngineError: the engine needs a package that is not installed, or cannot be reached.
    """
    if url.startswith("duckdb:"):
        return _DuckDB(*_limits(url))
    local = _SPARK_LOCAL.fullmatch(url)
    if local is not None:
        return _Spark(local[1])
    if _SPARK.fullmatch(url):
        return _Spark(url)
    raise _unknown(url)


def _unknown(url: str, why: str = "is not the address of a query engine") -> UnknownEngineError:
    return UnknownEngineError(f"{url!r} {why}. Set SVDASH_ENGINE_URL to one of: {', '.join(FORMS)}.")


def _limits(url: str) -> tuple[str, int]:
    """Return the memory and threads that an address of DuckDB allows."""
    parts = urlsplit(url)
    if parts.netloc or parts.path or parts.fragment or not url.startswith("duckdb://"):
        raise _unknown(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    memory = given.pop("memory", _MEMORY)
    threads = given.pop("threads", str(min(_THREADS, os.cpu_count() or 1)))
    if given:
        raise _unknown(url, f"sets {', '.join(given)}, which this program does not set for DuckDB")
    if not _SIZE.fullmatch(memory):
        raise _unknown(url, f"sets memory to {memory!r}, which is not a size")
    if not re.fullmatch(r"[1-9][0-9]{0,2}", threads):
        raise _unknown(url, f"sets threads to {threads!r}, which is not a number from 1 to 999")
    return memory, int(threads)


def _first_line(error: Exception) -> str:
    # Spark's bridge to Java first says where in itself the error occurred.
    lines = [
        line for line in str(error).splitlines() if line.strip() and "occurred while calling" not in line
    ]
    return (lines or [type(error).__name__])[0].strip(" :.")


def _present(path: Path) -> Path:
    if not path.is_file():
        raise EngineError(f"{path}: there is no such file. Put it into the folder of the pack.")
    return path


def _temporary_folder() -> tempfile.TemporaryDirectory[str] | None:
    """Return a folder for data that does not fit into memory; ``None`` if no disk has room."""
    try:
        return tempfile.TemporaryDirectory(prefix="svdash-")
    except OSError as error:
        _log.warning("no folder for temporary files (%s): sums are worked out in memory only", error.strerror)
        return None


class _DuckDB(Engine):
    """DuckDB in this process, without a database file."""

    def __init__(self, memory: str, threads: int) -> None:
        import duckdb

        self._error = duckdb.Error
        # Data that does not fit into memory goes here, not into the current directory.
        self._overflow = _temporary_folder()
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": "" if self._overflow is None else self._overflow.name,
                "preserve_insertion_order": False,  # sums do not depend on the order, and parallel reading is faster without it
                "autoinstall_known_extensions": False,  # download nothing
                "autoload_known_extensions": False,
            },
        )

    def scan(self, path: Path, *, rows: str | None = None) -> Lines:
        literal = re.sub(r"[\[*?]", r"[\g<0>]", str(_present(path)))
        try:
            relation = self._connection.read_parquet(literal, file_row_number=rows is not None)
        except self._error as error:
            problem = f"it can't be read as Parquet ({_first_line(error)})"
            raise EngineError(f"{path}: {problem}. Write the file again.") from error
        lines = nw.from_native(relation)
        if rows is None:
            return lines
        return lines.with_columns((nw.col("file_row_number") + 2).alias(rows)).drop("file_row_number")

    def collect(self, lines: Lines) -> pd.DataFrame:
        try:
            return _frame(lines)
        except self._error as error:
            raise EngineError(
                f"The query engine failed: {_first_line(error)}. If memory ran out, allow it more with "
                "SVDASH_ENGINE_URL=duckdb://?memory=4GB; else look at the file that it names."
            ) from error

    def close(self) -> None:
        self._connection.close()
        if self._overflow is not None:
            self._overflow.cleanup()


class _Spark(Engine):
    """A session of Apache Spark."""

    def __init__(self, master: str) -> None:
        try:
            sql = importlib.import_module("pyspark.sql")
            errors = importlib.import_module("pyspark.errors")
            bridge = importlib.import_module("py4j.protocol")
        except ModuleNotFoundError as error:
            raise EngineError(
                f"SVDASH_ENGINE_URL asks for Apache Spark ({master}), but its package is not installed "
                f"({error}). Run: pip install pyspark. Or unset SVDASH_ENGINE_URL to use DuckDB."
            ) from error
        self._functions = importlib.import_module("pyspark.sql.functions")
        self._errors: tuple[type[Exception], ...] = (errors.PySparkException, bridge.Py4JError)
        self._package = importlib.import_module("pyspark")
        self._folder = tempfile.TemporaryDirectory(prefix="svdash-")
        self._work: Path | None = None
        builder = sql.SparkSession.builder.master(master).appName("svdash")
        try:
            self._session = builder.config(map=self._settings(master)).getOrCreate()
        except (RuntimeError, OSError, *self._errors) as error:
            self._end()
            raise EngineError(
                f"Apache Spark can't be reached at {master} ({_first_line(error)}). Check the address, and "
                "that Java is installed here."
            ) from error
        if master.startswith("local-cluster"):
            # Its workers write here, even if they are given another folder.
            home = importlib.import_module("pyspark.find_spark_home")._find_spark_home()  # noqa: SLF001
            self._work = Path(home) / "work" / self._session.sparkContext.applicationId

    def _settings(self, master: str) -> dict[str, str]:
        settings = {
            # Override the cluster: a sum that overflows must be an error, not a wrong number.
            "spark.sql.ansi.enabled": "true",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        if master.startswith("spark://"):
            return settings
        # On this machine only: let no other machine reach it, and delete its temporary files with it.
        here = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        return settings | here | {"spark.local.dir": self._folder.name}

    def scan(self, path: Path, *, rows: str | None = None) -> Lines:
        literal = re.sub(r"[\[\]{}*?\\]", r"\\\g<0>", str(_present(path)))
        try:
            native = self._session.read.parquet(literal)
            if rows is not None:
                number = self._functions.col("_metadata.row_index") + 2
                native = native.select("*", number.alias(rows))
            lines: Lines = nw.from_native(native)
            lines.collect_schema()
        except self._errors as error:
            problem = f"it can't be read as Parquet ({_first_line(error)})"
            raise EngineError(f"{path}: {problem}. Write the file again.") from error
        return lines

    def collect(self, lines: Lines) -> pd.DataFrame:
        try:
            return _frame(lines)
        except self._errors as error:
            raise EngineError(f"Apache Spark failed: {_first_line(error)}. See its log.") from error

    def close(self) -> None:
        self._session.stop()
        self._end()

    def _end(self) -> None:
        # Stopping a session leaves Java running until this process ends; the package offers no public way to
        # end it sooner.
        context = self._package.SparkContext
        gateway, context._gateway, context._jvm = context._gateway, None, None  # noqa: SLF001
        if gateway is not None:
            gateway.shutdown()
            if gateway.proc is not None:
                gateway.proc.stdin.close()
                gateway.proc.wait(_ENDS_WITHIN)
        self._folder.cleanup()
        if self._work is not None and self._work.is_dir():
            shutil.rmtree(self._work)


def _frame(lines: Lines) -> pd.DataFrame:
    # Convert through Arrow, which keeps integers: pandas alone would turn sums into floats.
    frame: pd.DataFrame = lines.collect(backend="pyarrow").to_arrow().to_pandas(date_as_object=False)
    return frame
