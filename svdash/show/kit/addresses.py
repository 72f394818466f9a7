"""The pages with their public addresses, what each can use of the filters, and where open data of a finding stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from svdash.findings import page_contents
from svdash.findings.finding import ENTRY, SNAPSHOT, Finding
from svdash.findings.open_data import open_tables
from svdash.register import ALL, Filters, Framework, View

# file, title, address, section; the addresses are public names and stay.
PAGES: Final = (
    ("overview", "Overview", "", "Progress"),
    ("commitments", "Commitments", "commitments", "Progress"),
    ("indicators", "Indicators", "indicators", "Progress"),
    ("my_updates", "My updates", "my-updates", "Progress"),
    ("exceptions", "Exceptions", "exceptions", "Progress"),
    ("meeting", "Meeting", "meeting", "Progress"),
    ("forum", "Forum", "forum", "Progress"),
    ("equality_gaps", "Equality gaps", "equality-gaps", "Fairness"),
    ("reach_and_spend", "Reach and spend", "reach-and-spend", "Fairness"),
    ("local_economy", "Local economy", "local-economy", "Fairness"),
    ("workbench", "Workbench", "workbench", "Analysis"),
    ("data_and_methods", "Data and methods", "data-and-methods", "Analysis"),
    ("who_changed_what", "Audit", "audit", "Analysis"),
)
# What each page can use of the filters, by its address; what it can't is not shown there, and kept.
_USUAL: Final = ("role", "commitment", "year", "compare")
USED_FILTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "": _USUAL,
    "commitments": ("role", "commitment", "year"),
    "indicators": _USUAL,
    "my-updates": (),
    "exceptions": ("role", "commitment", "year"),
    "meeting": (),
    "forum": ("role", "commitment"),
    "equality-gaps": ("role", "commitment", "year"),
    "reach-and-spend": (*_USUAL, "district"),
    "local-economy": _USUAL,
    "data-and-methods": _USUAL,
    "workbench": (),
    "audit": (),
}
# Pages that only those find in the navigation who have one of the roles; to others they say why they may not.
FOR_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "my_updates": ("officer",),
    "meeting": ("officer", "board", "analyst", "editor"),
    "workbench": ("analyst", "editor"),
    "who_changed_what": ("editor",),
}
# Addresses of the pages that can fill the screen alone, without navigation, filters and notices, with what asks for it.
ALONE: Final[Mapping[str, str]] = {"meeting": "at"}
# Addresses of the pages that open on the latest position, a part year as well; others on the latest complete year. They
# tell where commitments stand: what was published last must be seen on each.
AT_LATEST: Final = frozenset(
    address for file, _, address, _ in PAGES if file.replace("_", "-") in page_contents.AT_LATEST
)
# Addresses of the pages whose figures can be told for one district.
DISTRICTED: Final = frozenset(address for address, used in USED_FILTERS.items() if "district" in used)


def of_page(file: str) -> str:
    """Return the address of a page by its file."""
    return next(address for f, _, address, _ in PAGES if f == file)


def is_alone(address: str, given: Mapping[str, str]) -> bool:
    """Return whether a page is asked for with nothing around it."""
    return bool(given.get(ALONE.get(address, "")))


def filters_of(framework: Framework, address: str) -> Filters:
    """Return the filters of a page by its address, which decides the year that it opens on."""
    return framework.filters.at_latest if address in AT_LATEST else framework.filters


def left_out(filters: Filters, view: View, given: Mapping[str, str]) -> dict[str, str]:
    """Return the filters that an address need not name, with what each is then.

    Pages open on different years: once a year was chosen, which is when ``given``, the address before, names it, every
    address names it, also where it is usual. Else it would be another year on the next page.
    """
    usual = filters.usual(view)
    return {name: value for name, value in usual.items() if name != "year" or given.get(name) != view.year}


def of_finding(finding: Finding, kind: str) -> str:
    """Return the open-data address of a finding's table or picture, relative to the page."""
    if SNAPSHOT in finding.about:
        return f"api/v1/snapshots/{finding.about[SNAPSHOT]}/{quote(finding.about[ENTRY])}.{kind}"
    room = "charts" if kind in {"png", "svg"} else "tables"
    taken = open_tables.filters_of(finding.name)
    filters = {name: value for name, value in finding.view.params().items() if name in taken}
    # "all" is what leaving a filter out means, so the address can do without it.
    params = {n: value for n, value in {**filters, **finding.params}.items() if value != ALL or n == "year"}
    return f"api/v1/{room}/{finding.name}.{kind}?{urlencode(params)}"
