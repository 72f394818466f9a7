"""The Framework as the pack describes it: vocabulary, register, years with data, and filters."""

from svdash.register.calendar import OBSERVATIONS, RECRUITMENT, figure_tables
from svdash.register.filters import Filters, Ignored
from svdash.register.framework import PLANS, Framework, Grouping
from svdash.register.place import place
from svdash.register.view import ALL, FILTERS, NONE, View, narrowed
from svdash.register.vocabulary import DELIVERY_ORDER, NOT_STATED, districts

__all__ = [
    "ALL",
    "DELIVERY_ORDER",
    "FILTERS",
    "NONE",
    "NOT_STATED",
    "OBSERVATIONS",
    "PLANS",
    "RECRUITMENT",
    "Filters",
    "Framework",
    "Grouping",
    "Ignored",
    "View",
    "districts",
    "figure_tables",
    "narrowed",
    "place",
]
