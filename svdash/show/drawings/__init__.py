"""Structures of charts, one a finding, built and checked by Altair once.

Altair takes long to import: nothing outside imports this package before the first chart is drawn.
"""

from __future__ import annotations

from collections.abc import Callable

from svdash.show.drawings import concentration, districts, economy, gradient, pay, unknown
from svdash.show.drawings.base import Spec
from svdash.show.drawings.funnel import likelihoods
from svdash.show.drawings.gaps import dots
from svdash.show.drawings.places import catchments, deciles, lands
from svdash.show.drawings.progress import owners, standing
from svdash.show.drawings.trends import alone, trends

__all__ = ["DRAWN", "Spec"]

DRAWN: dict[str, Callable[[int], Spec]] = {
    "indicators": trends,
    "indicator": trends,
    "indicator-alone": alone,
    "measures": trends,
    "standing": standing,
    "overdue": owners,
    "deciles": deciles,
    "lands": lands,
    "catchments": catchments,
    "concentration": concentration.curve,
    "concentration-years": concentration.indices,
    "most-deprived": concentration.deprived,
    "parity": concentration.parity,
    "cold-spots": concentration.cold,
    "reach-change": concentration.changes,
    "areas-by-district": districts.people,
    "areas-by-district-money": districts.money,
    "equality-workforce": dots,
    "equality-target": dots,
    "equality-recruitment": likelihoods,
    "equality-pay-returns": pay.returns,
    "equality-pay-groups": pay.gaps,
    "equality-pay-split": pay.split,
    "equality-owners": dots,
    "equality-owners-answers": unknown.answers,
    "equality-services": gradient.reached,
    "equality-gradient": gradient.gradient,
    "economy-places": economy.bars,
    "economy-retained": economy.years,
    "economy-kinds": economy.parts,
    "economy-concentration": economy.bars,
    "economy-contracts": dots,
    "economy-standards": dots,
    "economy-unreached": economy.bars,
    "data-gaps": unknown.gaps,
    "data-gaps-share": trends,
}
