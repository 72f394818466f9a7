"""The option ``--pack``, the same for every command that reads a data pack or writes into one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

PACK: Final = click.option(
    "--pack",
    type=click.Path(path_type=Path),
    help="Folder of the data pack; by default that of SVDASH_PACK.",
)


def named(argument: Path | None, option: Path | None) -> Path | None:
    """Return the folder that a command was given as its argument or with ``--pack``. Raises ``UsageError`` for both."""
    if argument is not None and option is not None:
        raise click.UsageError("Name the data pack once: as the argument, or with --pack.")
    return argument or option
