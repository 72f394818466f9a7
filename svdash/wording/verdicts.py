"""What the codes of a pack and of a verdict are called."""

from __future__ import annotations

from typing import Final

# The five steps of the Open Government Partnership's scale: a shape and a word, never a colour alone.
DELIVERY: Final[dict[str, str]] = {
    "complete": "\N{BLACK CIRCLE} Complete",
    "substantial": "\N{CIRCLE WITH LEFT HALF BLACK} Substantial",
    "limited": "\N{CIRCLE WITH UPPER RIGHT QUADRANT BLACK} Limited",
    "not-started": "\N{WHITE CIRCLE} Not started",
    "no-evidence": "\N{EN DASH} No evidence",
}
CONFIDENCE: Final[dict[str, str]] = {
    "green": "Green: likely",
    "amber": "Amber: feasible, with significant issues",
    "red": "Red: not achievable without re-scoping",
}
# The Maryland Scientific Methods Scale, with 0 for what is claimed without evidence: how sure an effect is, not how large.
EFFECT: Final[dict[int, str]] = {
    0: "0: no evidence of an effect yet",
    1: "1: before and after, or with and without",
    2: "2: compared, other causes allowed for",
    3: "3: before and after, against a comparison group",
    4: "4: compared as if by chance",
    5: "5: compared by chance (a randomised trial)",
}
VERDICT: Final[dict[str, str]] = {
    "improving": "Improving",
    "worsening": "Worsening",
    "rising": "Rising",
    "falling": "Falling",
    "better-than-baseline": "Better than the baseline, beyond chance",
    "worse-than-baseline": "Worse than the baseline, beyond chance",
    "above-baseline": "Above the baseline, beyond chance",
    "below-baseline": "Below the baseline, beyond chance",
    "practically-even": "Practically even",
    "no-clear-change": "No clear change",
    "too-early": "Too early for a trend",
    "no-test": "Described, not tested",
    "no-data": "No data",
    "no-agreed-measure": "No agreed measure",
}
# What each verdict rests on, for whoever meets it for the first time.
MEANING: Final[dict[str, str]] = {
    "improving": "a trend the right way, beyond chance",
    "worsening": "a trend the wrong way, beyond chance",
    "rising": "a trend beyond chance; neither way is better",
    "falling": "a trend beyond chance; neither way is better",
    "better-than-baseline": "the newest figure against the first; not yet a trend",
    "worse-than-baseline": "the newest figure against the first; not yet a trend",
    "above-baseline": "the newest figure against the first; neither way is better",
    "below-baseline": "the newest figure against the first; neither way is better",
    "practically-even": "what changed is too small to matter",
    "no-clear-change": "enough points for a trend, and none beyond chance",
    "too-early": "too few points for a trend, and what changed could be chance",
    "no-test": "the change is shown as it is: no test for chance is possible",
    "no-data": "agreed, and no figure so far",
    "no-agreed-measure": "what to count is not agreed",
}
STATE: Final[dict[str, str]] = {"in-place": "In place", "changed": "Changed", "lapsed": "Lapsed"}
# Where the vocabulary of a pack names the kinds of rows in its register, those names are used.
KIND: Final[dict[str, str]] = {
    "day-one": "Commitment from day one",
    "aspiration": "Aspiration",
    "practice": "Existing practice",
    "whole-authority": "Whole-authority commitment",
}
MARKERS: Final[dict[str, str]] = {
    "[c]": "confidential: a count of people that is small, or would give a small one away",
    "[k]": "too small a base to be reliable",
    "[x]": "not available",
    "[z]": "not applicable",
}
