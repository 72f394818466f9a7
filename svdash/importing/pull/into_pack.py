"""Pulls products into a pack: fetches their files, imports them into a copy of the pack, and replaces the pack with all or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from svdash.importing import import_jobs
from svdash.importing.files.source_files import open_source
from svdash.importing.formats.deprivation_indices import NEXT
from svdash.importing.formats.lsoa_lookup import settle_doors
from svdash.importing.pull.fetch import Fetched, Progress, PullError, fetch
from svdash.importing.pull.products import Part, address_of, parts_of, unmet
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Options, Reconciliation
from svdash.importing.writing import pack_writer
from svdash.settings import var_folder
from svdash.tables import boundary_faults
from svdash.tables.package import Pack, open_pack


@dataclass
class Pulled:
    """What came of a pull.

    Attributes:
        files: what was fetched, by the format that reads it.
        imports: a reconciliation for each file.
        notes: what else is worth knowing, as sentences.
        changed: names of the pack's tables and files that are others now, or would be.
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


@dataclass(frozen=True)
class Watcher:
    """Who is told how a pull goes.

    Attributes:
        fetching: of a file that is about to be fetched, what is told how much of it has come; None where nobody is.
        fetched: of a file, once it is there.
        imported: of what came of its import.
    """

    fetching: Callable[[Part], AbstractContextManager[Progress | None]]
    fetched: Callable[[Part, Fetched], None]
    imported: Callable[[Reconciliation], None]


def pull_into(pack: Pack, names: Sequence[str], options: Options, done: Pulled, watcher: Watcher) -> None:
    """Pull products into a pack.

    Args:
        pack: that takes them; all of them or none.
        names: of the products.
        options: dry_run, simplify and by count; the rest is as the products have it.
        done: what came of it is put in here, so that it is known as far as it went where it ends with an error.
        watcher: is told how it goes.

    Raises:
        PullError: something can't be fetched, or read.
        ImportFileError: the pack can't be written, or was changed.
        ImportRefusedError: as the importers do.
        OSError: there is no way to make a copy of the pack.
    """
    parts = parts_of(names)
    why = unmet(names, pack)
    if why is not None:
        raise PullError(why)
    wanted = {part.form: address_of(part, pack) for part in parts}
    for part in parts:
        with watcher.fetching(part) as progress:
            try:
                found = fetch(wanted[part.form], var_folder() / "pull", progress)
            except PullError as error:
                raise PullError(f"{error} The pack is as it was. {_by_hand(part)}") from error
        done.files[part.form] = found
        watcher.fetched(part, found)
    with _copy(pack) as folder:
        for part in parts:
            watcher.imported(_import(part, done, folder, options))
        if any(part.form == "boundaries" for part in parts):
            plain = replace(options, dry_run=False)
            done.notes += settle_doors(open_pack(folder), plain)
        elif any(part.form == "iod" for part in parts) and boundary_faults.faults(open_pack(folder)):
            done.notes.append(
                "Some areas have no outline yet: pull boundaries2021 next. Until then check names them."
            )
        files, descriptor = pack_writer.difference(pack, open_pack(folder))
        done.changed = sorted(files)
        if (files or descriptor != pack.descriptor) and not options.dry_run:
            pack_writer.put(pack, files, descriptor)


def _import(part: Part, done: Pulled, folder: Path, options: Options) -> Reconciliation:
    """Import one file into the copy of the pack."""
    found = done.files[part.form]
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
    return made


def _by_hand(part: Part) -> str:
    """What a person can do who has a browser, where the machine has no way to the publisher."""
    more = " --replace" if part.replace else ""
    return (
        f"Look at {part.page} for where {part.what} is now and let {part.setting} name it; or download it in a browser and run: "
        f"python -m svdash import {part.form} FILE{more}"
    )


@contextmanager
def _copy(pack: Pack) -> Iterator[Path]:
    """A copy of the pack beside it, in which importers work one after the other.

    Files are linked where the disk can do that. Importers never write into a file, so the pack's own stays.
    """
    with tempfile.TemporaryDirectory(prefix="svdash-pull-", dir=_beside(pack)) as name:
        folder = Path(name) / "pack"
        ours = shutil.ignore_patterns(f"{pack_writer.PREFIX}*")
        shutil.copytree(pack.path, folder, copy_function=_linked, ignore=ours)
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
