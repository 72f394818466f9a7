"""What a snapshot holds of a page is what the page shows: each part is opened, and its findings are compared."""

from __future__ import annotations

from typing import Any

import pytest

from svdash.caching import memory
from svdash.findings import Finding
from svdash.findings.page_contents import DISTRICTED, PAGES, view_of
from svdash.findings.snapshots.page_entries import of_page
from svdash.show.kit import addresses, finding_html
from svdash.show.panels import equality_look
from svdash.tables import Pack
from tests.copies import SMALL
from tests.opened_pages import opened

# What pages tell in words of their own, not as a finding.
IN_WORDS = {"forum"}
# Pages with forms, with what only some people may see, and with what a snapshot holds already.
NOT_KEPT = {"my-updates", "audit", "meeting", "workbench"}


def test_every_page_is_either_kept_or_said_not_to_be() -> None:
    pages = {file.replace("_", "-") for file, *_ in addresses.PAGES}
    assert {page.replace("who-changed-what", "audit") for page in pages} == {*PAGES, *NOT_KEPT}


def test_pages_that_can_be_of_one_district_are_those_of_the_filter() -> None:
    assert frozenset(DISTRICTED) == addresses.DISTRICTED


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """The findings that pages draw from here on: each ends with a line of what can be asked of it, or is told in words."""
    found: list[Finding] = []
    for module, name in ((finding_html, "line"), (finding_html, "below"), (equality_look, "not_known")):
        draw = getattr(module, name)

        def seen(*args: Any, draw: Any = draw, **more: Any) -> Any:
            found.extend(one for one in args if isinstance(one, Finding))
            return draw(*args, **more)

        monkeypatch.setattr(module, name, seen)
    return found


def _of(found: Finding) -> tuple[Any, ...]:
    params = tuple(sorted(found.params.items()))
    return found.name, params, found.headline, tuple(found.view.params().items()), len(found.frame)


GROUPED = ("workforce", "recruitment", "pay", "owners", "services", "time")
LANDED = ("map", "concentration", "districts", "parity", "cold-spots", "catchments", "change")
CASES: list[tuple[str, dict[str, str]]] = [
    *(("overview", {"part": part}) for part in ("decisions", "changes", "measures")),
    ("overview", {}),
    ("exceptions", {}),
    *(
        ("commitments", asked)
        for asked in (
            {},
            {"layout": "owners"},
            {"layout": "care"},
            {"layout": "board"},
            {"layout": "audit"},
            {"commitment": "COM-D3"},
        )
    ),
    *(("indicators", asked) for asked in ({}, {"indicator": "EMP-I5"}, {"layout": "frameworks"})),
    *(("equality-gaps", {"part": part}) for part in ("look", *GROUPED, "unknown")),
    *(("equality-gaps", {"part": part, "characteristic": "disability"}) for part in GROUPED),
    *(("reach-and-spend", {"part": part}) for part in LANDED),
    *(("reach-and-spend", {"part": part, "show": "spend"}) for part in LANDED),
    *(
        ("local-economy", {"part": part})
        for part in ("places", "kinds", "suppliers", "contracts", "standards", "unreached")
    ),
    *(("data-and-methods", {"part": part}) for part in ("tables", "dictionary", "methods")),
]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("which", "asked"), CASES)
def test_a_part_shows_what_is_said_of_it(
    small_pack: Pack, drawn: list[Finding], monkeypatch: pytest.MonkeyPatch, which: str, asked: dict[str, str]
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    given = {"commitment": asked["commitment"]} if "commitment" in asked else {}
    plans = list(PAGES[which](small_pack, view_of(small_pack, which, given)))
    found = of_page(plans, asked)
    expected = {_of(plan.build()) for plan in found.shown}
    assert expected
    assert found.refused == ()
    memory.shared.clear()
    drawn.clear()
    at = opened(which.replace("-", "_"), **asked)
    assert not at.exception
    assert {_of(each) for each in drawn} == expected


def test_every_part_of_a_page_is_opened_here(small_pack: Pack) -> None:
    for page in set(PAGES) - IN_WORDS:
        plans = PAGES[page](small_pack, view_of(small_pack, page, {}))
        opened_here = {asked.get("part", "") for which, asked in CASES if which == page}
        assert {plan.part for plan in plans} == opened_here


def test_a_part_or_a_choice_that_is_not_kept_is_named_with_those_that_are(small_pack: Pack) -> None:
    plans = list(PAGES["equality-gaps"](small_pack, view_of(small_pack, "equality-gaps", {})))
    found = of_page(plans, {"part": "workforce", "characteristic": "shoe-size"})
    assert [each.startswith("characteristic=shoe-size: the snapshot has sex") for each in found.refused] == [
        True
    ]
    assert not any(plan.controls for plan in found.shown)
    elsewhere = of_page(plans, {"part": "nothing"})
    assert (elsewhere.part, elsewhere.refused[0][:12]) == ("look", "part=nothing")
