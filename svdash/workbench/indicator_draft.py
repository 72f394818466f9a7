"""A draft of an indicator as the workbench holds it: its text, also with faults, and the files that it is worked out from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from svdash.workbench.definition import IndicatorDefinition


@dataclass(frozen=True)
class IndicatorDraft:
    """A draft that is worked on.

    Attributes:
        id: the draft's name in addresses, which stays when the indicator's own identifier changes.
        by: who saved it last; empty where nobody did yet.
        text: the definition as it stands in the form now, whether or not it can be read.
        files: name of a brought file → SHA-256 of its bytes.
        stage: as in :mod:`svdash.records.indicator_versions`; empty where it was never saved.
        revision: the number of the revision that this follows; ``None`` where it was never saved.
        turn: for the keys of fields: another number once another text takes the place of what was typed.
    """

    id: str
    by: str = ""
    text: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    stage: str = ""
    revision: int | None = None
    turn: int = 0


def definition_hash(definition: IndicatorDefinition) -> str:
    """Return SHA-256 of a definition in its canonical form: what it says, however it is written.

    Fields that say what they say by default are left out, so that a field added later changes no hash.
    """
    said = definition.model_dump(mode="json", exclude_defaults=True)
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
