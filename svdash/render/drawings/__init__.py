"""Structures of charts, one a finding, built and checked by Altair once.

Altair takes long to import: nothing outside imports this package before the first chart is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from svdash.render.drawings import (
    concentration_charts,
    district_charts,
    economy_charts,
    gradient_charts,
    pay_charts,
    unknown_charts,
)
from svdash.render.drawings.chart_theme import Spec
from svdash.render.drawings.funnel_charts import likelihoods
from svdash.render.drawings.gap_charts import dots
from svdash.render.drawings.place_charts import catchments, deciles, lands
from svdash.render.drawings.progress_charts import delivery_bars, owners
from svdash.render.drawings.trend_charts import trend

__all__ = ["BUILDERS", "Spec"]

# By the drawing that a finding's spec names, else by the finding's own name.
BUILDERS: dict[str, Callable[[int], Spec]] = {
    "bars": economy_charts.bars,
    "dots": dots,
    "parts": economy_charts.parts,
    "shares_by_year": economy_charts.years,
    "indicator": trend,
    "standing": delivery_bars,
    "overdue": owners,
    "deciles": deciles,
    "lands": lands,
    "catchments": catchments,
    "concentration": concentration_charts.curve,
    "concentration-years": concentration_charts.indices,
    "most-deprived": concentration_charts.deprived,
    "parity": concentration_charts.parity,
    "cold-spots": concentration_charts.cold,
    "reach-change": concentration_charts.changes,
    "areas-by-district": district_charts.people,
    "areas-by-district-money": district_charts.money,
    "equality-workforce": dots,
    "equality-target": dots,
    "equality-recruitment": likelihoods,
    "equality-pay-returns": pay_charts.returns,
    "equality-pay-groups": pay_charts.gaps,
    "equality-pay-split": pay_charts.split,
    "equality-owners": dots,
    "equality-owners-answers": unknown_charts.answers,
    "equality-services": gradient_charts.reached,
    "equality-gradient": gradient_charts.gradient,
    "data-gaps": unknown_charts.gaps,
    "data-gaps-share": trend,
    "prototype-deciles": dots,
    "prototype-gaps": dots,
    "prototype-deciles-rate": partial(dots, counted="Per 1,000 residents"),
    "prototype-deciles-value": partial(dots, counted="As the line above says"),
}
