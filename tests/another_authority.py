"""Words of the embedded pack that are its authority's own: neither the product's code nor another pack's page has them."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Final

import pandas as pd

from svdash.tables import Pack, open_pack
from tests.copies import DATA
from tests.packs.make_fenmarsh import FOLDER as FENMARSH

# What both kinds of text are searched for, whatever the pack's tables say.
ALWAYS: Final = (
    "lcrca",
    "lcr",
    "liverpool",
    "merseytravel",
    "marmot",
    "city region",
    "metro mayor",
    "day one commitment",
    "£20,000",
)
# Lists of the vocabulary whose codes are words of the product: docs/guides/your-own-pack.md says which.
OF_THE_PRODUCT: Final = frozenset(
    {
        "kind",
        "stage",
        "ownership_population",
        "ownership_answer",
        "gap_reason",
        "vintage",
        "question",
        "group",
    }
)
# One word by itself is an English word as often as a name; identifiers and names of several words are not.
_IDENTIFIER: Final = re.compile(r"[A-Z]{3}-[DAPWSI]\d+|E\d{8}")
_SEVERAL: Final = re.compile(r"[^\s]{2,}[\s-]+[^\s].*")


def _texts(pack: Pack) -> set[str]:
    """Identifiers, codes and names that a pack gives to what its Framework holds."""
    words = pack.table("vocabulary")
    own = words[~words["list"].isin(OF_THE_PRODUCT)]
    programmes, areas = pack.table("programmes"), pack.table("areas")
    columns: list[pd.Series[str]] = [
        own["code"],
        own["label"],
        pack.table("commitments")["id"],
        pack.table("commitments")["title"],
        pack.table("measures")["id"],
        pack.table("indicators")["id"],
        pack.table("indicators")["title"],
        programmes["id"],
        programmes["name"],
        areas["district"],
        areas["district_name"],
    ]
    return {str(text).casefold() for column in columns for text in column}


@cache
def foreign() -> re.Pattern[str]:
    """Return what finds a word of the embedded pack that the other pack does not use as well."""
    own, other = _texts(open_pack(DATA)), _texts(open_pack(FENMARSH))
    districts = {str(name).casefold() for name in open_pack(DATA).table("areas")["district_name"]}
    named = {
        text
        for text in own - other
        if _IDENTIFIER.fullmatch(text.upper()) or _SEVERAL.fullmatch(text) or text in districts
    } - other
    longest_first = sorted(named | set(ALWAYS), key=len, reverse=True)
    # Where a word begins is looked at once, and not again for each of hundreds of words at each letter.
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)


def found(text: str) -> list[str]:
    """Return the words of the embedded pack's authority in a text, each once, in order."""
    plain = re.sub(r"\s+", " ", text)
    return sorted({hit.group(0).casefold() for hit in foreign().finditer(plain)})


def described() -> str:
    """Return the other pack's own descriptor as text, for tests that its words are its own."""
    return json.dumps(json.loads((FENMARSH / "datapackage.json").read_text(encoding="utf-8")))
