"""An indicator with an identifier and words that stand nowhere else, and a search for it in everything that is shown or served."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import pandas as pd
from starlette.applications import Starlette
from starlette.testclient import TestClient

from svdash import editions
from svdash.editions.agreed_indicators import file_of
from svdash.editions.prototypes import PrototypeRows
from svdash.findings.open_data import open_tables
from svdash.findings.snapshot_taking import worked_out
from svdash.records import History, connect
from svdash.records.evidence_files import EvidenceFolder
from svdash.records.indicator_versions import IndicatorLog, KeptVersion
from svdash.show.kit import addresses
from svdash.tables import Edition
from svdash.web.routes import ADDRESSES, routes
from tests.copies import ROOT
from tests.integration.pages.test_pages import everything
from tests.opened_pages import opened

DRAFT = "0123456789ab"
CODE, TITLE = "COM-I97", "Planted quince orchards"
LIKE = "COM-I7"
TEXT = (
    (ROOT / "docs" / "examples" / "social-value-scored.yaml")
    .read_text(encoding="utf-8")
    .replace("COM-I90", CODE)
    .replace("Value of contracts whose social value was scored", TITLE)
)
# Pages on which analysts and editors see what is tried out, by right.
BY_RIGHT = {"workbench", "who_changed_what"}


def rows(edition: Edition, code: str = CODE, title: str = TITLE) -> PrototypeRows:
    """Return the rows of an indicator that says what another one of the pack says, under a name of its own."""
    tables = {
        name: edition.table(name)
        for name in ("indicators", "links", "observations_published", "observations_illustrative")
    }
    register = tables["indicators"][tables["indicators"]["id"] == LIKE]
    found: dict[str, pd.DataFrame] = {
        "indicators": register.assign(id=code, title=title, short=title[:34], number=97, concept=None)
    }
    for name in list(tables)[1:]:
        own = tables[name][tables[name]["indicator"] == LIKE]
        found[name] = own.assign(indicator=code)
    return PrototypeRows(code, found)


def prototype(**more: str) -> KeptVersion:
    """Put the planted indicator on record as a prototype that somebody looked at."""
    log = IndicatorLog(History(connect()))
    given: dict[str, Any] = {"text": TEXT, "title": TITLE, "code": CODE, "digest": "a" * 64, **more}
    before = log.of(DRAFT)
    kept = log.save(DRAFT, given, before[-1].revision.number if before else None, by="ann", view="")
    kept = log.step(kept, "prototype", by="ann", view="")
    return log.review(kept, "c" * 64, by="bob", view="", reason="Looked at")


def agreed(found: PrototypeRows) -> KeptVersion:
    """Agree the prototype with these rows."""
    log = IndicatorLog(History(connect()))
    file, content = file_of(found)
    EvidenceFolder().keep(file, content)
    return log.step(log.of(DRAFT)[-1], "agreed", by="ed", view="", reason="The Board asked", file=file)


def shown() -> Iterator[tuple[str, str]]:
    """Give what every page shows readers: its file and all its text."""
    for file, *_ in addresses.PAGES:
        if file not in BY_RIGHT:
            at = opened(file)
            assert [error.value for error in at.exception] == []
            yield file, unescape(" ".join(everything(at)))


def served() -> Iterator[tuple[str, str]]:
    """Give what every address of the open data answers, with what each table needs: the address and its text."""
    client, edition = TestClient(Starlette(routes=routes())), editions.current()
    for address in (each for each in ADDRESSES if "{" not in each):
        yield address, client.get(address).text
    for table in open_tables.every_table(edition):
        known = open_tables.parameters(edition, table)
        allowed = {name: list(about.allowed(edition)) for name, about in known.items() if about.allowed}
        first = {name: str(allowed[name][0]) for name in table.needs}
        asked = [first, *({**first, "indicator": str(code)} for code in allowed.get("indicator", ()))]
        for params in asked:
            answer = client.get(f"/api/v1/tables/{table.name}.json", params=params)
            yield f"{table.name} {params}", answer.text


def snapped(*pages: str) -> Iterator[tuple[str, str]]:
    """Give what a snapshot of pages holds: the key of each entry with all its text."""
    snapshot = worked_out(editions.current(), pages=pages)
    for entry in snapshot.entries:
        finding = snapshot.finding(entry.key)
        yield entry.key, f"{entry.headline} {entry.label} {finding.sentence} {finding.frame.to_csv()}"


def places(found: Iterator[tuple[str, str]]) -> set[str]:
    """Return where the planted indicator is named, by its identifier or by its words."""
    return {place for place, text in found if CODE in text or "quince" in text.casefold()}
