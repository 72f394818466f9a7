"""DuckDB locked in: for files that somebody brought, and for queries about them.

A connection opens the files that it was given and nothing else: external access is off, so are extensions, memory is limited,
and its configuration is locked, so that no query can change any of this.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Beside it the libraries take about 150 MB, so that a profile of millions of rows stays under half a gigabyte.
MEMORY: Final = "400MB"
_THREADS: Final = 2


def locked(
    folder: Path, reads: Iterable[Path] = (), *, memory: str = MEMORY, in_order: bool = False
) -> DuckDBPyConnection:
    """Return a connection that reads and writes within a folder, reads some files beside, and can do nothing else.

    Args:
        folder: where it may read and write; what does not fit into memory goes there too.
        reads: further files that it may open.
        memory: how much it may hold, as DuckDB writes it.
        in_order: whether rows stay in the order of their file, which takes more memory.
    """
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory,
            "threads": min(_THREADS, os.cpu_count() or 1),
            "temp_directory": str(folder / "overflow"),
            "preserve_insertion_order": in_order,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        },
    )
    paths = ", ".join(literal(str(each)) for each in reads)
    connection.execute(f"SET allowed_directories = [{literal(f'{folder}/')}]")
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def quoted(name: str) -> str:
    """Return the name of a column as SQL writes it."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def parquet(file: Path) -> str:
    """Return the rows of one Parquet file as SQL names them; ``*`` and ``[`` in its name are no wildcards."""
    text = re.sub(r"[\[*?]", r"[\g<0>]", str(file))
    return f"read_parquet({literal(text)})"
