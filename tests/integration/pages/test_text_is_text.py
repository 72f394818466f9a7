"""What a pack or a file says is shown as it stands, and taken away as it stands: nothing in it is markup or a formula."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from svdash import wording
from svdash.findings.open_data import open_tables
from svdash.show.kit.plain_text import JOINER, plain
from svdash.tables import open_pack
from svdash.web.routes import routes
from tests.copies import SMALL
from tests.opened_pages import opened
from tests.planted import plant

# Markup that is still markup: an image or a link, colours and icons, a formula, HTML, emphasis, code, an address.
LIVE = re.compile(
    r"(?<!\\)\]\((?!commitments\?|indicators\?|equality-gaps\?)|(?<!\\)\$|(?<!\\)<|(?<!\\)`zq|(?<!\\)\*zq|:(?:red|small|smile|material)"
    r"|https?://|www\.|zq@zq"
)
# Fields of Streamlit's messages that it shows as they are.
AS_IT_IS = {
    "id",
    "raw_value",
    "alt",
    "options",
    "placeholder",
    "url",
    "page",
    "page_script_hash",
    "form_id",
    "spec",
    "json",
    "query_string",
}
VIEWS = [
    ("overview", {}),
    ("commitments", {}),
    ("commitments", {"commitment": "EMP-D1"}),
    ("commitments", {"commitment": "COM-D3"}),
    ("indicators", {}),
    ("indicators", {"indicator": "EMP-I5"}),
    *[
        ("equality_gaps", {"part": each})
        for each in ("look", "workforce", "pay", "owners", "services", "time", "unknown")
    ],
    *[("reach_and_spend", {"part": each, "show": "spend"}) for each in ("map", "districts", "parity", "cold-spots")],
    *[("reach_and_spend", {"part": each}) for each in ("catchments", "change", "concentration")],
    *[("local_economy", {"part": each}) for each in ("places", "kinds", "suppliers", "contracts", "standards", "unreached")],
    *[("data_and_methods", {"part": each}) for each in ("tables", "dictionary", "methods", "downloads", "marks")],
]  # fmt: skip


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The small pack with markup in all its free texts, as the one that is looked at."""
    folder = Path(shutil.copytree(SMALL, tmp_path_factory.mktemp("planted") / "pack"))
    assert plant(folder) > 50
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SVDASH_PACK", str(folder))
        yield folder


def texts(message: Any) -> Iterator[str]:
    """All texts of a message of Streamlit that it reads as Markdown."""
    for field, value in message.ListFields():
        if field.name in AS_IT_IS:
            continue
        for each in value if field.is_repeated else [value]:
            if field.type == field.TYPE_STRING:
                yield each
            elif field.type == field.TYPE_MESSAGE:
                yield from texts(each)


def markdown(at: AppTest) -> Iterator[str]:
    """All texts of a run that are read as Markdown: of elements, and of the cells of tables."""
    for table in at.table:
        yield from map(str, table.value.columns)
        yield from (cell for cell in table.value.to_numpy().ravel() if isinstance(cell, str))
    for node in (at.main, at.sidebar):
        for element in node:
            if (
                element.proto is not None
                and not getattr(element.proto, "allow_html", False)
                and element.type
                not in (
                    "html",
                    "arrow_table",
                    "arrow_data_frame",
                    "deck_gl_json_chart",
                )
            ):
                yield from texts(element.proto)


@pytest.mark.parametrize(
    ("file", "params"), VIEWS, ids=lambda each: each if isinstance(each, str) else "-".join(each.values())
)
def test_markup_in_a_pack_is_shown_as_it_stands(planted: Path, file: str, params: dict[str, str]) -> None:
    at = opened(file, **params)
    assert [error.value for error in at.exception] == []
    said = list(markdown(at))
    assert [text for text in said if LIVE.search(text)] == []
    # HTML within Markdown lasts until the first empty line: it has none.
    within = [str(each.value) for each in at.markdown if each.proto.allow_html]
    assert not [text for text in within if "\n" in text or not text.startswith("<div")]
    drawn = within + [block.proto.body for block in at.get("html")]
    assert any("zq" in text for text in said + drawn)
    assert not any(re.search(r"<(img|b)\b[^>]*>[^<]*zq|<img", text) for text in drawn)


def test_what_is_plain_text_already_is_left_alone() -> None:
    for text in (
        "Foo Ltd",
        "£1,200.50 (2024/25), 12:30",
        "-5",
        "Note: as it was",
        "50% of 3 + 4",
        "a-b",
        "2019 was",
    ):
        assert plain(text) == text


@given(st.text(alphabet=" \n!#$&()*+-.:;<=>@[\\]^_`{|}~a1w/"))
def test_all_of_a_text_is_still_there_but_for_blanks_on_either_side(text: str) -> None:
    shown = re.sub(r"\\([\\`*_\[\]$<>&~#+.)-])", r"\1", plain(text).replace(JOINER, ""))
    assert " ".join(shown.split()) == " ".join(text.split())


@given(
    st.sampled_from(
        [
            "# a",
            "- a",
            "+ a",
            "1. a",
            "2) a",
            "---",
            "* a",
            "> a",
            "    a",
            "\ta",
            "```",
            "~~~",
            "a\n===",
            "![a](b)",
        ]
    )
)
def test_what_would_begin_a_block_of_markdown_is_escaped(text: str) -> None:
    assert re.match(r"\\|-\u2060|a( =|$)|!\\|1\\|2\\", plain(text))


def test_formulas_leave_as_text_and_numbers_as_numbers() -> None:
    for text in (
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "-cmd|' /C calc'!A0",
        "+44 151 000",
        "＝1",
        "\u200b=1",
        "\ufeff=1",
        "\x00=1",
        "\u2060\u00a0\u200e+1+1",
        "\ufe62 1",
    ):
        assert wording.defused(text) == f"'{text}"
    for text in ("-5", "+5", "-1,234.50", "-12.5%", "1.5e-7", "", "a=b", "[c]", "−3", "a@b"):
        assert wording.defused(text) == text


def test_every_table_that_leaves_as_csv_is_safe_to_open_in_a_spreadsheet(planted: Path) -> None:
    with TestClient(Starlette(routes=routes())) as client:
        tables = [each for each in open_tables.every_table(open_pack(planted)) if not each.needs]
        planted_in = 0
        for table in tables:
            answer = client.get(f"/api/v1/tables/{table.name}.csv")
            assert answer.status_code == 200, (table.name, answer.text[:200])
            cells = [
                cell for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))) for cell in row
            ]
            assert [
                cell
                for cell in cells
                if cell[:1] in "=+-@\t\r" and cell and not re.fullmatch(r"[+-][0-9.]+", cell)
            ] == []
            planted_in += any("zq" in cell for cell in cells)
        assert planted_in > 10


def test_negative_numbers_stay_numbers_in_csv(planted: Path) -> None:
    with TestClient(Starlette(routes=routes())) as client:
        answer = client.get("/api/v1/tables/deciles.csv")
    assert re.search(r",-[0-9.]+,", answer.text), answer.text[:500]
