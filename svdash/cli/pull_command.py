"""What ``python -m svdash pull`` does: fetches, imports into a copy of the pack, and lets the copy's files in together."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from svdash import wording
from svdash.cli.import_command import DONE, REFUSED, UNREADABLE, reconciliation_lines
from svdash.importing import import_jobs, pack_writer
from svdash.importing.formats.deprivation_indices import NEXT
from svdash.importing.formats.lsoa_lookup import settle_doors
from svdash.importing.pull.fetch import Fetched, Progress, PullError, fetch
from svdash.importing.pull.products import Part, address_of, parts_of, unmet
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Options, Reconciliation
from svdash.importing.source_files import open_source
from svdash.settings import var_folder
from svdash.tables import boundary_faults
from svdash.tables.faults import PackError
from svdash.tables.package import Pack, open_pack

Say = Callable[[str], None]


@dataclass
class Pulled:
    """What came of a pull.

    Attributes:
        files: what was fetched, by the format that reads it.
        imports: a reconciliation for each file.
        notes: what else is worth knowing, as sentences.
        changed: names of the pack's files that are others now, or would be.
    """

    files: dict[str, Fetched] = field(default_factory=dict)
    imports: list[Reconciliation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def as_dict(self, *, dry_run: bool, problem: str | None) -> dict[str, Any]:
        """All of it for JSON."""
        return {
            "files": {form: {**asdict(each), "path": str(each.path)} for form, each in self.files.items()},
            "imports": [each.as_dict() for each in self.imports],
            "notes": self.notes,
            "changed": [] if dry_run or problem else self.changed,
            "dry_run": dry_run,
            "problem": problem,
        }


def pull(names: Sequence[str], pack: Path | None, options: Options, *, as_json: bool) -> int:
    """Pull products into a pack, print what came of it, and return the exit status.

    Args:
        names: of the products.
        pack: folder of the pack; that of the settings by default.
        options: dry_run, simplify and by count; the rest is as the products have it.
        as_json: whether what came of it is printed as JSON, and nothing else.
    """
    done = Pulled()
    say: Say = (lambda _: None) if as_json else click.echo
    status, problem = DONE, None
    try:
        _pull(names, open_pack(pack), options, done, say)
    except ImportRefusedError as error:
        status, problem = REFUSED, str(error)
    except (PullError, ImportFileError, PackError) as error:
        status, problem = UNREADABLE, str(error)
    except OSError as error:
        problem = f"There is no way to work on a copy of the pack ({error}). Make room beside it. The pack is as it was."
        status = UNREADABLE
    if as_json:
        click.echo(
            json.dumps(done.as_dict(dry_run=options.dry_run, problem=problem), ensure_ascii=False, indent=2)
        )
    if problem is not None:
        click.echo(f"{'Refused' if status == REFUSED else 'Error'}: {problem}", err=True)
    return status


def _pull(names: Sequence[str], pack: Pack, options: Options, done: Pulled, say: Say) -> None:
    parts = parts_of(names)
    why = unmet(names, pack)
    if why is not None:
        raise PullError(why)
    wanted = {part.form: address_of(part, pack) for part in parts}
    for part in parts:
        with _progress(part) as progress:
            try:
                found = fetch(wanted[part.form], var_folder() / "pull", progress)
            except PullError as error:
                raise PullError(f"{error} The pack is as it was. {_by_hand(part)}") from error
        done.files[part.form] = found
        say(_told(part, found))
    with _staged(pack) as folder:
        for part in parts:
            _import(part, done.files[part.form], folder, options, done, say)
        if any(part.form == "boundaries" for part in parts):
            plain = replace(options, dry_run=False)
            done.notes += settle_doors(open_pack(folder), plain)
        elif any(part.form == "iod" for part in parts) and boundary_faults.faults(open_pack(folder)):
            done.notes.append(
                "Some areas have no outline yet: pull boundaries2021 next. Until then check names them."
            )
        files = _changed(pack, folder)
        done.changed = sorted(str(path.relative_to(pack.path)) for path in files)
        if files and not options.dry_run:
            pack_writer.put(pack, {path: _copied(folder / path.relative_to(pack.path)) for path in files})
    for note in done.notes:
        say(f"Note: {note}")
    say(_ending(done, options))


def _import(part: Part, found: Fetched, folder: Path, options: Options, done: Pulled, say: Say) -> None:
    """Import one file into the copy of the pack; the last of them says what the pack would take."""
    given = replace(
        options, dry_run=False, replace=part.replace, vintage=part.vintage, source=found.address, licence="OGL-UK-3.0",
        simplify=options.simplify if part.form == "boundaries" else None,
    )  # fmt: skip
    try:
        made = import_jobs.run_import(
            part.form, open_source(found.path), open_pack(folder), given, lambda _: None
        )
    except ImportRefusedError as error:
        done.imports.append(error.reconciliation)
        raise
    except ImportFileError as error:
        raise PullError(
            f"{error} It came from {found.address}. The pack is as it was. {_by_hand(part)}"
        ) from error
    made.notes = [note for note in made.notes if not note.startswith(NEXT)]
    done.imports.append(made)
    for line in reconciliation_lines(made):
        if not line.startswith(("Written to", "Nothing changed in")):
            say(line)


def _by_hand(part: Part) -> str:
    """What a person can do who has a browser, where the machine has no way to the publisher."""
    more = " --replace" if part.replace else ""
    return (
        f"Look at {part.page} for where {part.what} is now and let {part.setting} name it; or download it in a browser and run: "
        f"python -m svdash import {part.form} FILE{more}"
    )


def _told(part: Part, found: Fetched) -> str:
    size = f"{wording.number(found.size)} bytes"
    if not found.received:
        come = f"{size}, unchanged since {found.on}"
    elif found.received < found.size:
        come = f"{size}, of which {wording.number(found.received)} came now"
    else:
        come = size
    sure = "as it must be" if found.checked else "recorded; no fingerprint was given to compare it with"
    other = f" Another edition than that of {found.other}." if found.other else ""
    return f"{part.what}: {come}, from {found.address}\n  SHA-256 {found.sha256} ({sure}).{other}"


def _ending(done: Pulled, options: Options) -> str:
    if not done.changed:
        return "Nothing changes in the pack."
    named = ", ".join(done.changed)
    if options.dry_run:
        return f"A dry run: nothing was written. It would be: {named}."
    return f"Written: {named}. Run check to see whether all fits together."


# -- a copy of the pack -------------------------------------------------------------------------------


@contextmanager
def _staged(pack: Pack) -> Iterator[Path]:
    """A copy of the pack beside it, in which importers work one after the other; the pack takes all or nothing.

    Files are linked where the disk can do that. Importers never write into a file, they put another in its place, so the
    pack's own stays.
    """
    with tempfile.TemporaryDirectory(prefix="svdash-pull-", dir=_beside(pack)) as name:
        folder = Path(name) / "pack"
        shutil.copytree(pack.path, folder, copy_function=_linked, ignore=shutil.ignore_patterns(".import-*"))
        yield folder


def _beside(pack: Pack) -> Path | None:
    """A folder on the same disk, where one may be made; else the system's for temporary files."""
    beside = pack.path.resolve().parent
    return beside if os.access(beside, os.W_OK) else None


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _changed(pack: Pack, folder: Path) -> list[Path]:
    """Files of the pack that are others, or new, in the copy."""
    found = []
    for fresh in sorted(folder.rglob("*")):
        path = pack.path / fresh.relative_to(folder)
        if fresh.is_file() and not (path.exists() and _same(path, fresh)):
            found.append(path)
    return found


def _same(one: Path, other: Path) -> bool:
    return one.samefile(other) or one.read_bytes() == other.read_bytes()


def _copied(fresh: Path) -> pack_writer.Write:
    def write(target: Path) -> None:
        shutil.copyfile(fresh, target)

    return write


# -- progress -----------------------------------------------------------------------------------------


@contextmanager
def _progress(part: Part) -> Iterator[Progress | None]:
    """A bar on standard error, for a person who has to wait; nobody else sees one."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=f"Fetching {part.what}", file=sys.stderr) as bar:

        def moved(done: int, of: int | None) -> None:
            # Where the server doesn't say how much there is, the bar is full and the bytes are not told.
            bar.length = of or done
            bar.update(done - bar.pos)

        yield moved
