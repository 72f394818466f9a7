"""Every page in every kind of view, run without a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from svdash.findings.progress import commitment_register
from svdash.register import ALL, NONE, Framework
from svdash.show.kit import addresses, page
from svdash.show.panels import area_map, commitment_list
from svdash.tables import Pack
from tests.copies import CopiedPack
from tests.opened_pages import ADDRESS, opened

FILES = [file for file, *_ in addresses.PAGES]
VIEWS: dict[str, dict[str, str]] = {
    "default": {},
    "a commitment of its role": {"role": "employer", "commitment": "EMP-D1"},
    "a role over all years": {"role": "commissioner", "year": ALL},
    "the Chief Executive's under a role": {"role": "investor", "commitment": "CEX-D1"},
    "a role without comparison": {"role": "service-provider", "compare": NONE},
    "a role in a part year": {"role": "civic-leader", "year": "2026/27"},
    "a commitment with updates": {"commitment": "COM-D3"},
    "a practice": {"commitment": "EMP-P3"},
    "an aspiration beside the oldest of its years": {
        "commitment": "EMP-A6",
        "year": "2023/24",
        "compare": "2022/23",
    },
    "the oldest year": {"year": "oldest"},
}
# Parameters of single pages: one known value each, and words that match nothing.
OWN = [
    ("commitments", {"words": "zzzz"}),
    ("commitments", {"words": "<b>_*[x](y)$"}),
    ("commitments", {"delivery": "overdue"}),
    ("commitments", {"delivery": "overdue", "layout": "grid"}),
    ("commitments", {"layout": "owners"}),
    ("commitments", {"delivery": "unverified", "group": "marmot_2022"}),
    ("commitments", {"delivery": "complete", "kind": "practice"}),
    ("commitments", {"group": "marmot_2010", "kind": "aspiration", "role": "investor"}),
    ("indicators", {"indicator": "EMP-I5"}),
    ("indicators", {"indicator": "EMP-I5", "by": "gender-reassignment"}),
    ("indicators", {"indicator": "SER-I1", "by": "ethnic-group", "year": "2026/27"}),
    ("indicators", {"indicator": "EMP-I7", "role": "employer", "year": "oldest"}),
    ("indicators", {"indicator": "CIV-I5", "year": "2023/24"}),
    ("data_and_methods", {"table": "observations_illustrative"}),
    *[("data_and_methods", {"part": part}) for part in ("tables", "methods", "downloads", "bring", "marks")],
]


def concrete(pack: Pack, params: dict[str, str]) -> dict[str, str]:
    """Put the pack's oldest year in its place."""
    return {
        name: Framework.of(pack).calendar.years[0] if value == "oldest" else value
        for name, value in params.items()
    }


def bands(at: AppTest) -> list[str]:
    """What stands in the grey bands: reasons why something is empty, and what of the address was ignored."""
    found = []
    for block in at.get("html"):
        found += re.findall(r'<div class="sv-band"[^>]*>(.*?)</div>', block.proto.body, re.DOTALL)
    return [unescape(re.sub("<[^>]+>", "", text)) for text in found]


def html(at: AppTest | Block) -> str:
    return "\n".join(block.proto.body for block in at.get("html"))


def everything(at: AppTest) -> Iterator[str]:
    """All text of a run, wherever it stands."""
    for kind in ("title", "header", "subheader", "caption", "markdown", "metric"):
        for element in at.get(kind):
            yield f"{element.value} {getattr(element, 'label', '')}"
    yield html(at)


def filters_told(at: AppTest) -> str:
    """The filters in words, which a page says for those who hear or print it."""
    (told,) = re.findall(r'<p class="sv-view" role="status">(.*?)</p>', html(at))
    return unescape(told)


def opens_and_repeats_its_filters(pack: Pack, file: str, view: str) -> None:
    params = concrete(pack, VIEWS[view])
    framework = Framework.of(pack)
    at = opened(file, **params)
    assert [error.value for error in at.exception] == []
    assert not [band for band in bands(at) if "gnored" in band]
    assert not re.search(r"\b(nan|NaT|<NA>|NoneType|Traceback)\b", "\n".join(everything(at)))
    told = filters_told(at)
    used = addresses.USED_FILTERS[ADDRESS[file]]
    assert used or told == page.UNFILTERED
    wanted, _ = addresses.filters_of(framework, ADDRESS[file]).read(params)
    words = wanted.params() | {"role": framework.vocabulary.labels("role").get(wanted.role, ALL)}
    # A filter that the page can't use changes nothing on it, so it is not said to be chosen.
    for name in ("role", "commitment", "year", "compare"):
        assert words[name] in (ALL, NONE) or (words[name] in told) == (name in used)


# Every page in every kind of year; of the other kinds of view, which differ by commitment or comparison, each page
# opens two, and each of them is opened on two pages at least. The whole product stands in the lane `exhaustive`.
YEARS = ("default", "a role over all years", "a role in a part year", "the oldest year")
OTHERS = [view for view in VIEWS if view not in YEARS]
COVERING = [
    (file, view)
    for place, file in enumerate(FILES)
    for view in (*YEARS, *(OTHERS[(place + step) % len(OTHERS)] for step in (0, len(OTHERS) // 2)))
]


def test_every_view_is_opened_on_two_pages_at_least() -> None:
    assert {view for view in VIEWS if sum(view == other for _, other in COVERING) >= 2} == set(VIEWS)


@pytest.mark.parametrize(("file", "view"), COVERING)
def test_every_page_opens_in_every_kind_of_view_and_repeats_its_filters(
    pack: Pack, file: str, view: str
) -> None:
    opens_and_repeats_its_filters(pack, file, view)


@pytest.mark.exhaustive
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("file", FILES)
def test_every_page_opens_in_every_view_and_repeats_its_filters(pack: Pack, file: str, view: str) -> None:
    opens_and_repeats_its_filters(pack, file, view)


@pytest.mark.parametrize(
    ("file", "params"), OWN, ids=lambda value: value if isinstance(value, str) else str(value)
)
def test_a_pages_own_settings_are_read_from_the_address(
    pack: Pack, file: str, params: dict[str, str]
) -> None:
    at = opened(file, **concrete(pack, params))
    assert [error.value for error in at.exception] == []
    assert not [band for band in bands(at) if "gnored" in band]
    for name in set(params) - {"words", "role", "year"}:
        assert at.session_state[name] == params[name]


@pytest.mark.parametrize("file", FILES)
def test_the_filters_show_what_the_address_holds(pack: Pack, file: str) -> None:
    at = opened(file, role="investor", commitment="INV-D1", year="2024/25", compare="2022/23")
    shown = {
        box.key: box.value for box in at.selectbox if box.key in {"role", "commitment", "year", "compare"}
    }
    every = {"role": "investor", "commitment": "INV-D1", "year": "2024/25", "compare": "2022/23"}
    assert shown == {
        name: value for name, value in every.items() if name in addresses.USED_FILTERS[ADDRESS[file]]
    }
    assert {name: at.session_state["_here"].every_filter.params()[name] for name in every} == every


def test_the_filters_offer_only_what_fits_and_how_much_stands_behind_it(pack: Pack) -> None:
    at = opened("overview", role="civic-leader", year="2024/25")
    box = {box.key: box for box in at.selectbox}
    framework = Framework.of(pack)
    assert len(box["commitment"].options) == len(framework.filters.commitments_of("civic-leader"))
    # No comparison, and the years before: a later one would make time run backwards.
    assert len(box["compare"].options) == 1 + sum(year < "2024/25" for year in framework.calendar.years)
    for name in ("role", "commitment", "year"):
        assert all(re.search(r"\d", option) for option in box[name].options)


DISTRICTED = [file for file, _, address, _ in addresses.PAGES if address in addresses.DISTRICTED]


@pytest.mark.parametrize("file", FILES)
def test_a_page_without_use_for_a_district_does_not_show_it_and_keeps_it(file: str) -> None:
    at = opened(file, district="E08000011")
    assert [error.value for error in at.exception] == []
    shown = [box.value for box in at.selectbox if box.key == "district"]
    assert shown == (["E08000011"] if file in DISTRICTED else [])
    assert at.query_params["district"] in ("E08000011", ["E08000011"])
    assert ("Knowsley" in filters_told(at)) == (file in DISTRICTED)


def test_a_district_is_kept_in_links_of_pages_that_have_no_use_for_it() -> None:
    at = opened("overview", district="E08000011")
    here = at.session_state["_here"]
    assert (here.view.district, here.every_filter.district) == (ALL, "E08000011")


def test_one_page_is_looked_at_district_by_district() -> None:
    assert DISTRICTED == ["reach_and_spend"]
    box = next(box for box in opened("reach_and_spend").selectbox if box.key == "district")
    assert box.options[0] == "All · 989"
    assert len(box.options) == 7


def test_a_district_that_is_not_known_is_ignored_and_the_known_ones_are_listed() -> None:
    at = opened("reach_and_spend", district="E09000001")
    assert [band for band in bands(at) if "E09000001" in band and "E08000011 (Knowsley)" in band]


# -- what an address holds that cannot be used -----------------------------------------------------------


STRANGE = {
    "role": "landlord",
    "commitment": "EMP-D99",
    "year": "2031/32",
    "compare": "never",
    "colour": "red",
}


@pytest.mark.parametrize("file", FILES)
def test_what_is_not_known_in_an_address_is_ignored_and_said(pack: Pack, file: str) -> None:
    at = opened(file, **STRANGE)
    assert [error.value for error in at.exception] == []
    for name, value in STRANGE.items():
        assert [band for band in bands(at) if name in band and value in band], name
    default = addresses.filters_of(Framework.of(pack), ADDRESS[file]).default_view()
    for name in {"year", "compare"} & set(addresses.USED_FILTERS[ADDRESS[file]]):
        assert default.params()[name] in filters_told(at)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("commitments", "delivery"),
        ("commitments", "group"),
        ("commitments", "kind"),
        ("indicators", "indicator"),
        ("data_and_methods", "table"),
    ],
)
def test_an_unknown_value_of_a_pages_own_setting_is_ignored_and_said(file: str, name: str) -> None:
    at = opened(file, **{name: "nonsense"})
    assert [error.value for error in at.exception] == []
    assert [band for band in bands(at) if name in band and "nonsense" in band]


def test_a_commitment_outside_the_chosen_role_is_said_to_be_ignored() -> None:
    at = opened("commitments", role="investor", commitment="EMP-D1")
    assert "EMP-D1" not in filters_told(at)
    assert [band for band in bands(at) if "EMP-D1" in band]


def test_markup_in_an_address_is_shown_as_text(pack: Pack) -> None:
    at = opened("commitments", role="<img src=x onerror=alert(1)>", words="<script>alert(1)</script>")
    assert [error.value for error in at.exception] == []
    assert "<img src=x" not in html(at)
    assert "<script>" not in html(at)
    assert [band for band in bands(at) if "<script>alert(1)</script>" in band]


# -- empty states ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "params", "said"),
    [
        ("commitments", {"words": "zzzz"}, "zzzz"),
        ("commitments", {"delivery": "complete", "kind": "practice"}, "complete"),
        ("overview", {"commitment": "EMP-P3"}, "EMP-P3"),
        ("overview", {"compare": NONE, "part": "changes"}, "Compare"),
        ("indicators", {"commitment": "EMP-P3"}, "EMP-P3"),
        ("indicators", {"indicator": "COM-I1", "year": "oldest"}, "Owner"),
        ("data_and_methods", {"part": "methods", "commitment": "EMP-P3"}, "commitment"),
        ("commitments", {"commitment": "COM-D3", "year": "oldest"}, "COM-D3"),
        # Before the Framework nothing can have failed: there is no report yet, which is not "no evidence".
        ("overview", {"year": "oldest"}, "No commitment was reported on in"),
        (
            "overview",
            {"year": "2022/23", "compare": "oldest", "part": "changes"},
            "Nothing was reported on in",
        ),
    ],
)
def test_where_there_is_nothing_to_show_the_page_says_why(
    pack: Pack, file: str, params: dict[str, str], said: str
) -> None:
    at = opened(file, **concrete(pack, params))
    assert [error.value for error in at.exception] == []
    assert [band for band in bands(at) if said in band], bands(at)


def test_an_empty_finding_draws_no_chart() -> None:
    at = opened("indicators", commitment="EMP-P3")
    assert not at.get("vega_lite_chart")


# -- status ----------------------------------------------------------------------------------------------


def test_the_word_illustrative_stands_on_every_page_and_below_every_finding_that_rests_on_made_up_figures() -> (
    None
):
    for file, own in (
        ("overview", {}),
        ("commitments", {}),
        ("commitments", {"commitment": "COM-D3"}),
        ("indicators", {}),
    ):
        told = html(opened(file, **own))
        assert len(re.findall(r'<p class="sv-ribbon" role="note">Illustrative', told)) == 1
        lines = re.findall(r'<div class="sv-meta">(.*?)(?=<div class="sv-meta">|$)', told, re.DOTALL)
        rest_on = [
            line
            for line in lines
            if re.search(
                r"tables/(commitments|updates|promises|standing|attention|changes|overdue|measures|indicators)\.",
                line,
            )
        ]
        assert rest_on
        for line in rest_on:
            assert "illustrative" in line.partition("</span>")[0]


def test_a_pack_without_made_up_figures_has_no_ribbon(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = copied_pack.folder / "datapackage.json"
    descriptor = json.loads(place.read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        resource["status"] = "published"
    place.write_text(json.dumps(descriptor), encoding="utf-8")
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    assert 'class="sv-ribbon"' not in html(opened("commitments"))


def test_where_a_finding_rests_on_figures_of_several_statuses_each_says_what_it_is_the_status_of() -> None:
    told = html(opened("reach_and_spend", show="spend"))
    assert '<span class="sv-status official">official: deprivation and residents</span>' in told
    assert '<span class="sv-status illustrative">illustrative: payments</span>' in told
    assert '<span class="sv-status official">official</span>' in html(opened("reach_and_spend"))


def test_a_number_of_the_overview_that_rests_on_more_than_made_up_figures_says_so() -> None:
    tiles = re.findall(r'<div class="sv-tile">(.*?)</div>', html(opened("overview", part="changes")))
    assert len(tiles) == 5
    # The register itself is published; what is counted out of updates is told by the page, and figures are of both.
    assert [tile for tile in tiles if "published and illustrative" in tile]
    assert not [tile for tile in tiles if "\u00b7 illustrative" in tile]


def test_the_statuses_of_a_commitment_are_marked_illustrative() -> None:
    at = opened("commitments", commitment="COM-D3")
    names = re.findall(r'<th scope="row">(.*?)</th>', html(at))
    made_up = [name for name in names if name.startswith(("Delivery", "Owner", "Social Value Champion"))]
    assert len(made_up) >= 3
    assert all("illustrative" in name for name in made_up)


def test_published_and_made_up_figures_are_told_apart_row_by_row() -> None:
    for indicator, told in (("EMP-I7", {"published"}), ("COM-I6", {"published", "illustrative"})):
        table = re.findall(r"<table>.*?</table>", html(opened("indicators", indicator=indicator)))[0]
        assert ">Status</th>" in table
        assert set(re.findall(r">(official|published|illustrative)</td>", table)) == told


# -- packs that are not as they should be ----------------------------------------------------------------


@pytest.fixture
def faulty(copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch) -> CopiedPack:
    """A pack in which all updates on one commitment carry a status that nobody knows."""

    def edit(rows):
        rows.loc[rows["commitment"] == "COM-D3", "delivery"] = "nearly*done"
        return rows

    copied_pack.change("updates", edit)
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    return copied_pack


def test_faults_of_a_pack_are_shown_on_every_page_and_what_is_sound_is_served(faulty: CopiedPack) -> None:
    faults = faulty.open().faults
    assert faults
    for file in FILES:
        at = opened(file)
        assert [error.value for error in at.exception] == []
        (shown,) = [e for e in at.expander if "fault" in e.label]
        assert str(len(faults)) in shown.label
        assert "updates" in shown.label
        told = html(shown)
        assert f"row {faults[0].row}" in told
        assert "delivery" in told
        assert [title.value for title in at.title]


def test_rows_with_faults_are_not_shown_and_the_others_are(faulty: CopiedPack) -> None:
    at = opened("commitments", commitment="COM-D3")
    assert [band for band in bands(at) if "COM-D3" in band]
    (named,) = [each for each in at.expander if "fault" in each.label]
    assert html(at).count("nearly") == html(named).count("nearly")
    other = opened("commitments", commitment="COM-D1")
    assert "sv-time" in html(other)


def test_a_sound_pack_is_not_said_to_have_faults() -> None:
    said = [e.label for e in opened("overview").expander]
    assert not [label for label in said if "fault" in label or "contradiction" in label]


def test_figures_that_can_not_be_are_named_on_every_page_and_by_no_number(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(rows):
        rows.loc[rows["stage"] == "appointed", "people"] = "98765"
        return rows

    copied_pack.change("recruitment", edit)
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    found = copied_pack.open().contradictions
    assert found
    for file in ("overview", "equality_gaps"):
        (shown,) = [e for e in opened(file).expander if "contradiction" in e.label]
        assert "recruitment" in shown.label
        told = html(shown)
        assert f"row {found[0].row}" in told
        assert "98765" not in told


@pytest.mark.parametrize("file", FILES)
def test_a_pack_that_is_not_there_is_told_on_every_page_and_not_where_it_was_looked_for(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(tmp_path / "nowhere"))
    at = opened(file)
    assert [error.value for error in at.exception] == []
    assert [title.value for title in at.title] == ["The data pack cannot be opened"]
    assert [band for band in bands(at) if "SVDASH_PACK: there is no such folder" in band]
    assert str(tmp_path) not in "\n".join(everything(at))
    assert 'class="sv-tile"' not in html(at)
    assert "Traceback" not in "\n".join(everything(at))


def test_a_descriptor_that_is_no_json_is_told_without_a_traceback(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copied_pack.folder / "datapackage.json").write_text('{"resources": [', encoding="utf-8")
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    at = opened("overview")
    assert [error.value for error in at.exception] == []
    assert [band for band in bands(at) if "datapackage.json" in band]


@pytest.mark.parametrize("table", ["vocabulary", "commitments", "updates", "observations_illustrative"])
def test_without_one_table_the_pages_still_open(
    table: str, copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied_pack.remove(table)
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    failed = {file: [error.value for error in opened(file).exception] for file in FILES}
    assert failed == {file: [] for file in FILES}


def test_another_authoritys_pack_shows_that_authority(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = copied_pack.folder / "datapackage.json"
    descriptor = json.loads(place.read_text(encoding="utf-8"))
    descriptor["authority"]["name"] = "Borough of Elsewhere"
    place.write_text(json.dumps(descriptor), encoding="utf-8")
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    at = opened("overview")
    assert "Borough of Elsewhere" in "\n".join(str(c.value) for c in at.caption)
    assert "Liverpool" not in str(at.caption[-1].value)


# -- what is done on a page ------------------------------------------------------------------------------


def test_another_role_chosen_on_the_page_redraws_it() -> None:
    at = opened("overview")
    box = next(box for box in at.selectbox if box.key == "role")
    box.set_value("investor").run()
    assert "Investor" in filters_told(at)
    assert at.query_params["role"] in ("investor", ["investor"])


def test_a_role_that_the_chosen_commitment_is_not_of_lets_go_of_the_commitment() -> None:
    at = opened("commitments", commitment="EMP-D1")
    next(box for box in at.selectbox if box.key == "role").set_value("investor").run()
    assert [error.value for error in at.exception] == []
    assert "EMP-D1" not in filters_told(at)
    assert "Investor" in filters_told(at)


def test_filters_stay_when_the_page_changes() -> None:
    at = opened("overview", role="investor", year="2024/25")
    told, _, compared = filters_told(at).rpartition(" · ")
    assert compared.startswith("compared with")
    at.switch_page("../pages/commitments.py")
    at.query_params.clear()
    at.run()
    assert filters_told(at) == told


# -- what leads where ------------------------------------------------------------------------------------


def links_in_tables(at: AppTest) -> list[str]:
    """Addresses that cells of the page's tables lead to."""
    tables = re.findall(r"<table>.*?</table>", html(at), re.DOTALL)
    return [unescape(address) for table in tables for address in re.findall(r'<a href="([^"]+)"', table)]


def test_every_commitment_that_needs_a_decision_leads_to_its_page_with_the_readers_years() -> None:
    at = opened("overview", part="decisions", year="2024/25", compare="2022/23")
    links = links_in_tables(at)
    assert len(links) >= 8
    for address in links:
        assert address.startswith("commitments?year=2024%2F25&compare=2022%2F23&commitment=")
    identifier = links[0].rpartition("=")[2]
    assert identifier in filters_told(opened("commitments", commitment=identifier))


def test_choices_of_a_year_do_not_change_with_the_role() -> None:
    # A list that a quick reader has just opened would close.
    def years(role: str) -> list[str]:
        return list(opened("overview", role=role).selectbox(key="year").options)

    assert years("all") == years("investor")


@pytest.mark.parametrize("background", ["none", "streets"])
def test_streets_under_the_map_say_where_they_come_from_and_what_is_seen_without_a_network(
    background: str,
) -> None:
    at = opened("reach_and_spend", background=background)
    assert (area_map.STREETS in html(at)) == (background == "streets")


def test_the_map_is_all_that_needs_a_script_on_its_page_and_its_table_leads_to_areas_in_the_same_view() -> (
    None
):
    asked = {"show": "spend", "programme": "all", "kind": "supplier", "year": "2023/24"}
    at = opened("reach_and_spend", **asked)
    assert not at.get("vega_lite_chart")
    assert not at.dataframe
    links = [address for address in links_in_tables(at) if "area=" in address]
    assert len(links) == area_map.ROWS
    for address in links:
        kept = dict(parse_qsl(urlsplit(address).query))
        assert kept.pop("area").startswith("E")
        assert kept.items() <= asked.items()
        assert {"show", "kind", "year"} <= set(kept)


# -- the register as a list ------------------------------------------------------------------------------


def promises(at) -> list[str]:
    return re.findall(r"<li>(<span class=\"sv-state\">.*?)</li>", html(at))


def test_the_register_is_a_list_of_promises_with_state_owner_lateness_and_the_last_word(pack: Pack) -> None:
    view = Framework.of(pack).filters.at_latest.default_view()
    rows = commitment_register.register(pack, view).frame.set_index("id")
    found = promises(opened("commitments"))
    assert len(found) == len(rows)
    shown = dict(zip(rows.index, found, strict=True))
    late = rows[rows["overdue"]].iloc[0]
    told = shown[late.name]
    for said in (late["title"], late["lead"], f"overdue {late['overdue_label']}", late["period"]):
        assert escape(str(said)) in told
    assert str(late["delivery_label"]).partition(" ")[2] in told
    assert f"commitment={late.name}" in told


def test_each_group_of_the_list_says_how_many_are_in_it_and_how_many_are_late(pack: Pack) -> None:
    view = Framework.of(pack).filters.at_latest.default_view()
    rows = commitment_register.register(pack, view).frame
    heads = re.findall(
        r"<summary><strong>([^<]+)</strong> <span>(\d+) rows?(?:, (\d+) overdue)?",
        html(opened("commitments")),
    )
    told = {label: (int(number), int(late or 0)) for label, number, late in heads}
    wanted = rows.groupby("group_label")["overdue"].agg(["size", "sum"])
    assert told == {label: (int(row["size"]), int(row["sum"])) for label, row in wanted.iterrows()}


def test_a_list_keeps_what_was_asked_of_it_in_its_links() -> None:
    found = promises(opened("commitments", delivery="overdue", role="employer"))
    assert found
    kept = ("role=employer", "delivery=overdue", "commitment=")
    assert all(part in each for each in found for part in kept)


def test_a_promise_leads_to_the_one_before_and_the_one_after_as_they_are_listed(pack: Pack) -> None:
    found = commitment_register.register(pack, Framework.of(pack).filters.default_view(), delivery="overdue")
    ids = list(found.frame["id"].drop_duplicates())
    before, after = commitment_list.beside(found, ids[1])
    assert before is not None
    assert after is not None
    assert (before["id"], after["id"]) == (ids[0], ids[2])
    assert commitment_list.beside(found, ids[0])[0] is None
    assert commitment_list.beside(found, ids[-1])[1] is None
    assert commitment_list.beside(found, "none of them") == (None, None)
