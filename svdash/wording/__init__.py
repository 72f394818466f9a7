"""One voice for every number, date, list and verdict that a person reads.

Everything that is written for people goes through here, so that the same figure reads the same on every page, in every
message and in every report. Machine formats (CSV, JSON, addresses) are written where they are made. The sentence of an
assessment stands in :mod:`svdash.wording.assessments`, which knows the facts that measures return.
"""

from svdash.wording.dates import day, days, moment, month
from svdash.wording.formats import FORMATS, of_people
from svdash.wording.lists import choices, count, counted, every, listing, sentence, singular, within
from svdash.wording.many import FULL_COUNT, many_tests
from svdash.wording.money import exact_money, money, pounds_and_pence
from svdash.wording.numbers import (
    MINUS,
    NOT_AVAILABLE,
    about,
    halves_up,
    index,
    number,
    one_in,
    per_thousand,
    percent,
    plain,
    points,
    rounded,
    share,
    signed,
    span,
    times,
    trimmed,
    two_figures,
)
from svdash.wording.spreadsheet_cells import defused
from svdash.wording.units import change, file_size, size, value
from svdash.wording.verdicts import CONFIDENCE, DELIVERY, EFFECT, KIND, MARKERS, MEANING, STATE, VERDICT

__all__ = [
    "CONFIDENCE",
    "DELIVERY",
    "EFFECT",
    "FORMATS",
    "FULL_COUNT",
    "KIND",
    "MARKERS",
    "MEANING",
    "MINUS",
    "NOT_AVAILABLE",
    "STATE",
    "VERDICT",
    "about",
    "change",
    "choices",
    "count",
    "counted",
    "day",
    "days",
    "defused",
    "every",
    "exact_money",
    "file_size",
    "halves_up",
    "index",
    "listing",
    "many_tests",
    "moment",
    "money",
    "month",
    "number",
    "of_people",
    "one_in",
    "per_thousand",
    "percent",
    "plain",
    "points",
    "pounds_and_pence",
    "rounded",
    "sentence",
    "share",
    "signed",
    "singular",
    "size",
    "span",
    "times",
    "trimmed",
    "two_figures",
    "value",
    "within",
]
