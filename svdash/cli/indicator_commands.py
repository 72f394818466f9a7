"""The commands for indicators as text: ``indicator check``, ``run``, ``export`` and ``import``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from svdash import wording
from svdash.cli.pack_option import PACK

if TYPE_CHECKING:
    import pandas as pd

    from svdash.editions import Edition
    from svdash.findings.finding import Finding
    from svdash.workbench.definition import Written
    from svdash.workbench.indicator_sources import IndicatorSource

_LARGEST = 1_000_000
# Rows of a finding that are printed.
_ROWS = 30


@click.group()
def indicator() -> None:
    """Try a new indicator, written as a YAML document. Nothing that leadership sees changes by it."""


@indicator.command()
@click.argument("file", type=click.Path(path_type=Path))
@PACK
def check(file: Path, pack: Path | None) -> None:
    """Say whether FILE is a whole definition, and what every check says of it: pass, warn or fail, and how to mend it.

    Exit status: 0 nothing fails, 1 the definition has faults or a check fails, 2 the file or the data pack can't be read.
    """
    from svdash import editions
    from svdash.workbench import definition, indicator_checks
    from svdash.workbench.examined_indicator import FAIL

    with _faults_shown(file):
        written = definition.read(_text(file))
        edition = editions.current(pack)
        files = _files(file, edition, written)
        checks = indicator_checks.checked(edition, written, files)
    about = written.definition
    _echo_remarks(files)
    click.echo(f"{about.id} {about.title}: {indicator_checks.summary(checks)}")
    for each in checks:
        click.echo(f"{each.verdict.upper():4}  {each.title}: {each.words}")
        if each.remedy:
            click.echo(f"      Remedy: {each.remedy}")
    if any(each.verdict == FAIL for each in checks):
        sys.exit(1)


@indicator.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--csv",
    "target",
    type=click.Path(path_type=Path),
    help="Write the figures into this file, which must not exist yet.",
)
@PACK
def run(file: Path, target: Path | None, pack: Path | None) -> None:
    """Work out what the prototype in FILE shows, gated as on the workbench, and print it, each part marked as a prototype.

    Exit status: 0 done, 1 the definition has faults, 2 the file, the data pack or the CSV can't be used.
    """
    from svdash import editions
    from svdash.workbench import definition, indicator_checks, prototype_findings
    from svdash.workbench.examined_indicator import FAIL

    with _faults_shown(file):
        written, edition = definition.read(_text(file)), editions.current(pack)
        files = _files(file, edition, written)
        found = prototype_findings.findings(edition, written, files)
        change = prototype_findings.change(edition, written, files)
        checks = indicator_checks.checked(edition, written, files)
    about = written.definition
    if target is not None:
        whole = _defused(prototype_findings.table(found))
        try:
            with target.open("x", encoding="utf-8", newline="") as stream:
                whole.to_csv(stream, index=False)
        except OSError as error:
            click.echo(f"{target}: it can't be written: {error.strerror}.", err=True)
            sys.exit(2)
        click.echo(f"{target}: {wording.count(len(whole), 'row')}.")
    click.echo(f"PROTOTYPE, not agreed, {about.status}: {about.id} {about.title}")
    _echo_remarks(files)
    _echo_failing(file, [each.title for each in checks if each.verdict == FAIL])
    click.echo(f"Criteria for change: {about.criteria_for_change}")
    if change:
        click.echo(change)
    for remark in found.remarks:
        click.echo(remark)
    for each in found.all:
        click.echo(f"\n{each.headline}. {each.subtitle}")
        click.echo(each.empty or each.sentence)
        if target is None and not each.empty:
            _echo_rows(each)


def _echo_remarks(files: Mapping[str, str]) -> None:
    """Print what was noticed when a file was read, such as totals left out and names of no area."""
    from svdash.workbench import brought_tables
    from svdash.workbench.remarks import NOTE

    for name, sha256 in files.items():
        for each in brought_tables.profiled(brought_tables.brought(sha256)).remarks:
            if each.level != NOTE:
                click.echo(f"{name}: {each.words} {each.remedy}")


def _echo_failing(file: Path, failing: Sequence[str]) -> None:
    """Print which checks fail: figures that stand below without a word would be believed."""
    if failing:
        one = len(failing) == 1
        click.echo(
            f"{wording.counted(len(failing), 'check').capitalize()} {'fails' if one else 'fail'}, so the figures below may be wrong: "
            f"{wording.listing(failing)}. `indicator check {file.name}` says how to mend {'it' if one else 'them'}."
        )


def _echo_rows(found: Finding) -> None:
    for row in found.table().head(_ROWS).to_dict("records"):
        click.echo("  " + "; ".join(f"{name}: {cell}" for name, cell in row.items()))
    if len(found.frame) > _ROWS:
        click.echo(f"  and {wording.number(len(found.frame) - _ROWS)} rows more: --csv writes them all.")


@indicator.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--osi",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write, which must not exist yet.",
)
@PACK
def export(file: Path, target: Path, pack: Path | None) -> None:
    """Write the definition in FILE for the Open Semantic Interchange (core specification 0.1.1).

    Exit status: 0 done, 1 the definition has faults, 2 a file or the data pack can't be read or written.
    """
    from svdash import editions
    from svdash.workbench import definition
    from svdash.workbench.open_semantic_interchange import VERSION, as_osi

    with _faults_shown(file):
        written, edition = definition.read(_text(file)), editions.current(pack)
        text = as_osi(written, _source(file, edition, written))
    _write(target, text)
    click.echo(f"{target}: {written.definition.id} for the Open Semantic Interchange {VERSION}.")


@indicator.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    help="Write each definition into this folder, which is made if it is not there, as NAME.yaml, which must not exist yet.",
)
def import_ratios(file: Path, into: Path | None) -> None:
    """Read the ratio metrics of MetricFlow in FILE as beginnings of definitions; what can't be carried over is named.

    Exit status: 0 done, 1 none can be carried over, 2 a file can't be read or written.
    """
    from svdash.workbench.metricflow_ratios import MetricFlowError, ratios

    try:
        found = ratios(_text(file))
    except MetricFlowError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(1)
    written = []
    for each in found:
        for said in each.left:
            click.echo(f"{each.name}: {said}", err=True)
        if not each.text:
            continue
        if into is None:
            click.echo(f"# The metric {each.name} of {file.name}\n{each.text}")
        else:
            target = into / f"{re.sub(r'[^A-Za-z0-9_-]', '_', each.name)}.yaml"
            written.append(_is_written(target, each.text, folder=True))
    if not all(written):
        sys.exit(2)
    if not any(each.text for each in found):
        sys.exit(1)


def _write(target: Path, text: str) -> None:
    """Write a file that is not there yet; end with a sentence where that can't be."""
    if not _is_written(target, text):
        sys.exit(2)


def _is_written(target: Path, text: str, *, folder: bool = False) -> bool:
    """Write a file that is not there yet, with its folder if that is wanted; say where that can't be, and return whether it is."""
    try:
        if folder:
            target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        click.echo(f"{target}: it can't be written: {error.strerror}.", err=True)
        return False
    return True


def _source(file: Path, edition: Edition, written: Written) -> IndicatorSource:
    """Return the rows that a definition is worked out from."""
    from svdash.workbench import indicator_sources

    return indicator_sources.source(edition, written, _files(file, edition, written))


def _files(file: Path, edition: Edition, written: Written) -> dict[str, str]:
    """Return the file that a definition names, by its name: it is looked for beside the definition and read in a process of its own."""
    from svdash.workbench import indicator_sources
    from svdash.workbench.definition import fault_at

    name = written.definition.table
    if not indicator_sources.is_file(name):
        return {}
    from svdash.workbench import brought_tables
    from svdash.workbench.brought_errors import BroughtError
    from svdash.workbench.brought_reading import Asked
    from svdash.workbench.known_places import Places

    beside = file.parent / name
    if not beside.is_file() and written.definition.sha256 is not None:
        return {}
    if not beside.resolve().is_relative_to(file.parent.resolve()):
        raise fault_at(
            written, "table", "the file has to be in the folder of the definition, or in a folder below it."
        )
    try:
        source = brought_tables.opened(beside)
        table = brought_tables.bring(source, Asked(), lambda _: None, places=Places.of(edition))
    except BroughtError as error:
        raise fault_at(written, "table", f"{error}") from error
    # What a definition is bound to stays as it was read first, also after a change of the pack.
    return {name: source.sha256 if source.sha256 == written.definition.sha256 else table.sha256}


@contextmanager
def _faults_shown(file: Path) -> Iterator[None]:
    from svdash.tables import PackError
    from svdash.workbench.brought_errors import BroughtError
    from svdash.workbench.definition import DefinitionError

    try:
        yield
    except (DefinitionError, BroughtError) as error:
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
        click.echo(f"{file}: it is not UTF-8 text. Save it as UTF-8.", err=True)
    sys.exit(2)


def _defused(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows in which no text is run by a spreadsheet program."""
    texts = [str(name) for name in rows if rows[name].dtype == "str"]
    return rows.assign(**{name: rows[name].map(wording.defused, na_action="ignore") for name in texts})
