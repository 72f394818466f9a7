"""Work out ahead what the first readers will ask for, while nobody is waiting for it."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from svdash import editions
from svdash.editions import Edition
from svdash.findings import overview_cards
from svdash.findings.equality import equality_summary, unknown_groups
from svdash.findings.exceptions import rule_hits
from svdash.findings.indicators import gated_observations, indicator_trends, success_measures
from svdash.findings.open_data import served_package
from svdash.findings.progress import commitment_status, delivery
from svdash.findings.reach import reach_by_decile
from svdash.maps import map_features
from svdash.register import ALL, Framework, View
from svdash.render import chart_structures
from svdash.tables import PackError
from svdash.web import openapi

# The first page goes first.
PATIENCE_SECONDS: Final = 3.0
_log = logging.getLogger(__name__)


@asynccontextmanager
async def warm(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start with the server: a thread of its own, which ends with it."""
    del app
    threading.Thread(target=_work, name="svdash-warm", daemon=True).start()
    yield {}


def _work() -> None:
    time.sleep(PATIENCE_SECONDS)
    try:
        edition = editions.current()
        ahead(edition)
        edition.keep()
        gated_observations.keep(edition)
        chart_structures.keep()
        _settle()
    except PackError as problem:
        # Every page says what is wrong with the pack; here it only ends the work ahead.
        _log.info("nothing worked out ahead: %s", problem)
    except OSError as problem:
        # Nothing is lost but time at the next start.
        _log.warning(
            "what was worked out is not kept for the next start: %s. Set SVDASH_VAR to a folder that can be written.",
            problem,
        )


def _settle() -> None:
    """Take what is there out of the garbage collector's rounds: half a million objects that stay took 0.3 s a round.

    They are still freed when nothing refers to them; only rings of them, of a pack that has been replaced, would stay.
    """
    gc.collect()
    gc.freeze()


def ahead(edition: Edition) -> None:
    """Work out the shapes of a map in tiles, where commitments stand and what the figures of indicators allow, newest years first.

    What is kept belongs to the pack, so a changed pack is worked out at the first request for it.
    """
    map_features.ahead(edition)
    framework = Framework.of(edition)
    for year in (*reversed(framework.calendar.years), ALL):
        view: View = framework.filters.default_view(year)
        commitment_status.status_by_commitment(edition, view)
        delivery.changed(edition, view)
        success_measures.measures(edition, view)
        indicator_trends.board(edition, view)
        overview_cards.board(edition, view)
        rule_hits.hits(edition, view)
        equality_summary.summary(edition, view)
        unknown_groups.register(edition, view)
        reach_by_decile.lands(edition, view)
        equality_summary.ahead(edition, year)
    for year in (*reversed(framework.calendar.years), ALL):
        for district in framework.filters.districts:
            reach_by_decile.lands(edition, framework.filters.default_view(year).with_(district=district))
    # They name the columns of every table, and so work each of them out.
    served_package.describe(edition)
    openapi.describe(edition)
