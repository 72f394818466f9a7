"""Remembers mappings for later files with the same headings."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from svdash.importing.columns.column_mapping import Mapped
from svdash.importing.columns.given_answers import KEYS, Answers, answers_from
from svdash.importing.columns.headings import folded
from svdash.importing.reconciliation import ImportFileError, Reconciliation
from svdash.settings import var_folder


def fingerprint(form: str, headings: Iterable[str]) -> str:
    """A name for tables of a format that have these headings in this order."""
    whole = "\n".join([form, *(folded(heading) for heading in headings)])
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def memory_file() -> Path:
    """Where mappings are remembered, by the headings they are for."""
    return var_folder() / "imports" / "mappings.json"


def recalled(form: str, headings: Sequence[str]) -> Answers | None:
    """What was said of an earlier file of this format with these headings; None where there was none.

    Raises:
        ImportFileError: what is remembered can't be read.
    """
    kept = _kept().get(fingerprint(form, headings))
    if kept is None:
        return None
    parts = {key: value for key, value in kept.items() if key in KEYS}
    return answers_from(memory_file(), parts)


def _kept() -> dict[str, Any]:
    path = memory_file()
    if not path.is_file():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImportFileError(
            f"{path}: the mappings that are remembered there can't be read ({error}). Correct the file, or delete it; "
            "then say again what the columns are."
        ) from error
    if not isinstance(kept, dict) or not all(isinstance(each, dict) for each in kept.values()):
        raise ImportFileError(f"{path}: this is not a list of remembered mappings. Delete the file.")
    return kept


def remember(form: str, mapped: Mapped, found: Reconciliation, on: str) -> None:
    """Keep a mapping for the next file with the same headings, unless this was a dry run.

    Where it can't be written, the reconciliation says so: the import itself is done by then.

    Args:
        form: name of the format.
        mapped: what was used.
        found: of the import.
        on: the day, for people who look into the file.
    """
    if found.dry_run:
        return
    kept = _kept()
    kept[fingerprint(form, mapped.headings)] = {"format": form, "on": on, **_memory(mapped)}
    path = memory_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
            fresh = Path(folder) / path.name
            fresh.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
            fresh.replace(path)
    except OSError as error:
        found.notes.append(
            f"The mapping can't be remembered in {path} ({error.strerror}): the next file will ask the same again."
        )


def _memory(mapped: Mapped) -> dict[str, Any]:
    doubled = {name for name in mapped.headings if mapped.headings.count(name) > 1 or not name}
    columns: dict[str, str | None] = {
        name: f"#{at + 1}" if mapped.headings[at] in doubled else mapped.headings[at]
        for name, at in mapped.columns.items()
    }
    return {
        "headings": mapped.headings,
        "columns": columns
        | {name: None for name, heading in mapped.answers.columns.items() if heading is None},
        "values": mapped.answers.values,
        "constants": mapped.answers.constants,
        # The usual order is left to be told from each file anew.
        "dates": "mdy" if mapped.dates == "mdy" else "dmy" if mapped.answers.dates == "dmy" else None,
    }
