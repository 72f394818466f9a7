"""The commands for indicators as text: ``indicator check`` and ``indicator run``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from svdash import wording

if TYPE_CHECKING:
    import pandas as pd

    from svdash.workbench.definition import Written

_LARGEST = 1_000_000


@click.group()
def indicator() -> None:
    """Try a new indicator, written as a YAML document. Nothing that leadership sees changes by it."""


@indicator.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Say whether FILE is a whole definition whose table, columns and formulas are there.

    Exit status: 0 it is, 1 it has faults, 2 the file or the data pack can't be read.
    """
    written, found = _worked_out(file)
    about = written.definition
    values = int(found["value"].notna().sum())
    click.echo(f"{about.id} {about.title}: no fault. It gives {wording.count(values, 'value')}.")


@indicator.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--csv",
    "target",
    type=click.Path(path_type=Path),
    help="Write the figures into this file, which must not be there yet.",
)
def run(file: Path, target: Path | None) -> None:
    """Work out the figures of the prototype in FILE and print them, each marked as a prototype.

    Exit status: 0 done, 1 the definition has faults, 2 the file, the data pack or the CSV can't be used.
    """
    written, found = _worked_out(file)
    about = written.definition
    named = {
        "status": about.status,
        "stage": "prototype, not agreed",
        "indicator": about.id,
        "unit": about.unit,
    }
    whole = found.assign(**named)
    if target is not None:
        try:
            with target.open("x", encoding="utf-8", newline="") as stream:
                _defused(whole).to_csv(stream, index=False)
        except OSError as error:
            click.echo(f"{target}: it can't be written: {error.strerror}.", err=True)
            sys.exit(2)
        click.echo(f"{target}: {wording.count(len(whole), 'row')}.")
        return
    click.echo(f"PROTOTYPE, not agreed, {about.status}: {about.id} {about.title}")
    for row in found.to_dict("records"):
        where = ", ".join(str(row[key]) for key in ("year", "area", "group") if key in row) or "all rows"
        click.echo(f"{where}: {wording.value(row['value'], about.unit)}")


def _worked_out(file: Path) -> tuple[Written, pd.DataFrame]:
    """Return a definition and its figures; end with a sentence where there are none."""
    from svdash import editions
    from svdash.workbench import definition, prototype

    with _told(file):
        written = definition.read(_text(file))
        return written, prototype.worked_out(editions.current(), written)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    from svdash.tables import PackError
    from svdash.workbench.definition import DefinitionError

    try:
        yield
    except DefinitionError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(1)
    except PackError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            click.echo(
                f"{file}: it is larger than a definition can be. Check that it is the right file.", err=True
            )
            sys.exit(2)
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        click.echo(f"{file}: it can't be read: {error.strerror}.", err=True)
    except UnicodeDecodeError:
        click.echo(f"{file}: it is no text in UTF-8. Save it as UTF-8.", err=True)
    sys.exit(2)


def _defused(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows in which no text is run by a spreadsheet program."""
    texts = [str(name) for name in rows if rows[name].dtype == "str"]
    return rows.assign(**{name: rows[name].map(wording.defused, na_action="ignore") for name in texts})
