"""The part of the page on data and methods that imports a file."""

from __future__ import annotations

import html
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as papq
import pytest
import streamlit as st
import vl_convert
from streamlit.testing.v1 import AppTest

from svdash.access import identity, write_access
from svdash.importing import import_jobs
from svdash.importing.files.source_files import open_source
from svdash.importing.format_guess import guess, proposal
from svdash.importing.reconciliation import Options
from svdash.jobs import runner
from svdash.show.kit import page as shown
from svdash.show.panels import bring_file
from svdash.tables import open_pack
from tests.conftest import here
from tests.copies import ROOT, CopiedPack
from tests.integration.importing import tasks
from tests.integration.importing.made import Imports, table
from tests.integration.importing.workbooks import misnamed, sheet, workbook
from tests.opened_pages import opened

SPEND = table("01/04/2024,Foo Ltd,1000.00,Chairs", "soon,Bar,-30.00,Desks")
GAPS = (
    "EmployerName,DueDate,DiffMeanHourlyPercent,DiffMedianHourlyPercent,FemaleLowerQuartile,FemaleLowerMiddleQuartile,"
    "FemaleUpperMiddleQuartile,FemaleTopQuartile\nFoo,2026/03/31,1,2,3,4,5,6\n"
)


@pytest.fixture
def mine(copied_pack: CopiedPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CopiedPack:
    """A pack of one's own that the server shows."""
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    return copied_pack


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever draws the page sits at the machine that serves it."""
    monkeypatch.setattr(identity, "why_not_look", lambda: "")


@pytest.fixture(autouse=True)
def _here(request: pytest.FixtureRequest) -> None:
    """Do in this process what is done in others, unless the test looks at what they do; that one does so for the rest."""
    if "drawn" not in request.fixturenames:
        request.getfixturevalue("in_this_process")


def page() -> AppTest:
    return opened("data_and_methods", part="bring")


def bands(at: AppTest) -> str:
    return "\n".join(block.proto.body for block in at.get("html") if "sv-band" in block.proto.body)


def brought(at: AppTest, name: str, data: str | bytes) -> AppTest:
    content = data.encode() if isinstance(data, str) else data
    at.file_uploader[0].set_value((name, content, "application/octet-stream"))
    at.run()
    assert [error.value for error in at.exception] == []
    return at


def boxes(at: AppTest) -> dict[str, Any]:
    return {box.label: box for box in at.selectbox}


def payments(folder: Path) -> Any:
    return papq.read_table(open_pack(folder).file("payments")).to_pandas()


def test_a_file_is_recognised_its_columns_proposed_and_its_rows_accounted_for(mine: CopiedPack) -> None:
    before = {path: path.read_bytes() for path in mine.folder.iterdir()}
    at = brought(page(), "april.csv", SPEND)
    found = boxes(at)
    assert found["Format, as guessed"].value == "spend"
    assert found["amount (needed)"].value == 2
    assert found["department"].value == -1
    assert _sums(at) == ["£970.00", "£1,000.00", "−£30.00"]
    (reasons,) = [each.value for each in at.table if "Refused because" in each.value]
    assert reasons["Refused because"].tolist() == ["the date can't be read"]
    assert "is illustrative" in bands(at)
    assert not [button for button in at.button if button.key == "bring-import"]
    assert {path: path.read_bytes() for path in mine.folder.iterdir()} == before


def test_pounds_and_lines_of_each_month_are_drawn_as_bars(mine: CopiedPack) -> None:
    at = brought(
        page(),
        "spring.csv",
        table("01/04/2024,Foo,1000.00,x", "03/04/2024,Foo,500.00,x", "02/06/2024,Bar,3000.00,x"),
    )
    charts = [each.proto for each in at.get("vega_lite_chart")]
    assert [each.alt.partition(" ")[0] for each in charts] == ["Pounds", "Lines"]
    assert [_bars(each) for each in charts] == [
        {"Apr 24": 1500.0, "Jun 24": 3000.0},
        {"Apr 24": 2.0, "Jun 24": 1.0},
    ]


def _bars(chart: Any) -> dict[str, float]:
    """Draw a chart, and return month → what its bar says, of those that are as high as they should be."""
    (rows,) = [each.data.data for each in chart.datasets] or [chart.data.data]
    values = pa.ipc.open_stream(rows).read_pandas().to_dict("records")
    spec = {**json.loads(chart.spec), "data": {"values": values}, "width": 400, "height": 220}
    # The names of bars are read here; where a theme leaves them out, people have those of the chart.
    spec["config"] = spec.get("config", {}) | {"mark": {"aria": True}}
    drawn = vl_convert.vegalite_to_svg(spec)
    bars = re.findall(r'aria-label="Month: ([^;]*); \w+: ([^"]*)"[^>]*"bar" d="M[^"]*?v([\d.]+)h', drawn)
    told = {month: (float(value.replace(",", "")), float(high)) for month, value, high in bars}
    most, highest = (max(numbers) for numbers in zip(*told.values(), strict=True))
    assert highest > 100
    return {m: value for m, (value, high) in told.items() if high / highest == pytest.approx(value / most)}


def test_a_column_can_be_changed_and_the_accounts_follow(mine: CopiedPack) -> None:
    at = brought(page(), "april.csv", table("1/4/2024,Foo,1,2.00", header="Date,Supplier,Amount,Really paid"))
    boxes(at)["amount (needed)"].set_value(3)
    at.run()
    assert "£2.00" in _sums(at)


def test_what_a_file_leaves_open_is_asked_and_answered_on_the_page(mine: CopiedPack) -> None:
    rows = ("05/03/2024,Foo,1,a", "05/09/2024,Bar,2,b", "17/05/2024,Foo,3,c", "23/05/2024,Bar,4,d")
    at = brought(page(), "may.csv", "figures in £1000s\n" + table(*rows))
    boxes(at)["Amounts are in"].set_value("thousands")
    at.run()
    assert _sums(at) == ["£10,000.00", "£10,000.00", "£0.00"]
    assert "fall outside May 2024" in _listed(at)
    boxes(at)["Dates such as 04/03/2024"].set_value("mixed")
    at.run()
    shown = "\n".join(each.value for each in at.markdown)
    assert "Days: 3 May 2024 to 23 May 2024." in shown
    assert "fall outside" not in _listed(at)
    assert boxes(at)["Amounts are in"].value == "thousands"
    (largest,) = [each.value for each in at.table if "Largest suppliers" in each.value]
    assert largest["Amount"].tolist() == ["£6,000.00", "£4,000.00"]


def _listed(at: AppTest) -> str:
    return "\n".join(each.proto.body for each in at.get("html"))


def _sums(at: AppTest) -> list[str]:
    return next(
        list(each.value["Amount"]) for each in at.table if "Amount" in each.value and len(each.value) == 3
    )


def test_earlier_years_can_be_asked_for(mine: CopiedPack) -> None:
    at = brought(page(), "a.csv", table("01/04/2013,Foo,5.00,x"))
    assert "--since 2013-01-01" in bands(at)
    at.date_input[0].set_value(date(2013, 1, 1))
    at.run()
    assert _sums(at) == ["£5.00", "£5.00", "£0.00"]


def test_who_may_write_imports_and_the_page_says_so(
    mine: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_access, "why_not", lambda _: "")
    at = brought(page(), "april.csv", SPEND)
    next(box for box in at.checkbox if box.label.startswith("Replace")).check()
    at.run()
    next(button for button in at.button if button.key == "bring-import").click()
    at.run()
    assert [error.value for error in at.exception] == []
    assert list(payments(mine.folder)["supplier"]) == ["Foo Ltd"]
    assert open_pack(mine.folder).resource("payments")["sources"] == [{"title": "april.csv"}]
    assert [each.value for each in at.success] == ["april.csv: 1 row imported into payments."]


def test_who_may_not_look_is_told_why_and_can_bring_no_file(
    mine: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "why_not_look", lambda: "Files can't be uploaded to this server.")
    at = page()
    assert "be uploaded to this server." in bands(at)
    assert len(at.file_uploader) == 0


def test_who_may_not_write_is_told_why_and_has_no_button(mine: CopiedPack) -> None:
    at = brought(page(), "april.csv", SPEND)
    next(box for box in at.checkbox if box.label.startswith("Replace")).check()
    at.run()
    assert "Nobody may change the pack from here" in bands(at)
    assert not [button for button in at.button if button.key == "bring-import"]
    assert [each for each in at.get("download_button") if "Refused lines" in each.proto.label]


def test_a_file_that_can_not_be_read_is_told_without_the_servers_folders(mine: CopiedPack) -> None:
    at = brought(page(), "april.csv", "<html>")
    assert "april.csv: this is a web page" in bands(at)
    assert "/svdash-" not in bands(at)


@pytest.mark.parametrize(
    ("name", "inside"), [("april.ods", "mimetype"), ("april.xlsb", "xl/workbook.bin"), ("april.xls", "")]
)
def test_a_spreadsheet_of_another_kind_is_taken_and_told_how_to_save_it_anew(
    mine: CopiedPack, name: str, inside: str
) -> None:
    data = io.BytesIO(b"\xd0\xcf\x11\xe0" * 100)
    if inside:
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr(inside, "application/vnd.oasis.opendocument.spreadsheet")
    at = page()
    assert Path(name).suffix in at.file_uploader[0].proto.type
    told = bands(brought(at, name, data.getvalue()))
    assert name in told
    assert re.search(r"[Ss]ave it as \.xlsx or CSV", told)
    assert "/svdash-" not in told


def test_the_sheet_of_a_workbook_of_several_is_asked_for(mine: CopiedPack) -> None:
    rows = sheet([["Date", "Supplier", "Amount"], ["1/4/2024", "Foo", 1]])
    at = brought(page(), "a.xlsx", workbook({"April": rows, "May": rows}))
    assert "2 sheets have headings of spend" in bands(at)
    boxes(at)["Sheet"].set_value("May")
    at.run()
    assert "£1.00" in _sums(at)


def test_the_row_of_the_headings_is_asked_for_where_none_looks_like_them(mine: CopiedPack) -> None:
    at = page()
    at = brought(at, "a.csv", "Spending\n\nWhen,Whom,How much\nApril,Foo,1.00\n")
    boxes(at)["Format"].set_value("spend")
    at.run()
    assert "which row holds them" in bands(at)
    at.number_input[0].set_value(3)
    at.run()
    assert "which row holds them" not in bands(at)
    assert "How much" in boxes(at)["amount (needed)"].options


def test_a_zip_with_a_name_that_is_not_in_its_encoding_is_told_as_damaged(mine: CopiedPack) -> None:
    at = brought(page(), "a.zip", misnamed())
    assert "a.zip: the file is damaged" in bands(at)


def retitled(pack: CopiedPack) -> None:
    """Change the pack as another person would."""
    path = pack.folder / "datapackage.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(found | {"title": "Another"}), encoding="utf-8")


def test_looking_goes_on_after_the_pack_was_changed(
    mine: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = page()
    # As where only this part is drawn anew: what the page stands on stays that of the time before.
    monkeypatch.setattr(shown, "set_here", lambda _: None)
    retitled(mine)
    for _ in range(2):
        brought(at, "april.csv", SPEND)
        assert _sums(at) == ["£970.00", "£1,000.00", "−£30.00"]
        assert "changed meanwhile" not in bands(at)


@pytest.mark.parametrize("when", ["before the click", "while it is read"])
def test_an_import_into_a_pack_that_was_changed_is_told_once_and_can_be_tried_again(
    mine: CopiedPack, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(write_access, "why_not", lambda _: "")
    at = brought(page(), "april.csv", SPEND)
    next(box for box in at.checkbox if box.label.startswith("Replace")).check()
    at.run()
    read_in = import_jobs.import_into
    todo = [retitled]

    def changed_first(*args: Any) -> Any:
        if todo and not args[-1].dry_run:
            todo.pop()(mine)
        return read_in(*args)

    if when == "before the click":
        retitled(mine)
    else:
        monkeypatch.setattr(import_jobs, "import_into", changed_first)
    before = (mine.folder / "payments.parquet").read_bytes()
    next(button for button in at.button if button.key == "bring-import").click()
    at.run()
    assert bands(at).count("The pack was changed meanwhile. Nothing was written.") == 1
    assert "the pack: the pack" not in bands(at)
    assert (mine.folder / "payments.parquet").read_bytes() == before
    next(button for button in at.button if button.key == "bring-import").click()
    at.run()
    assert [each.value for each in at.success] == ["april.csv: 1 row imported into payments."]
    assert list(payments(mine.folder)["supplier"]) == ["Foo Ltd"]


def test_an_error_that_was_corrected_elsewhere_is_gone_the_next_time(
    mine: CopiedPack, tmp_path: Path
) -> None:
    kept = tmp_path / "var" / "imports" / "mappings.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("nothing of the kind")
    at = brought(page(), "april.csv", SPEND)
    assert "the mappings that are remembered there" in bands(at)
    kept.unlink()
    at.run()
    assert _sums(at) == ["£970.00", "£1,000.00", "−£30.00"]


def test_the_page_loads_nothing_that_reads_files_before_one_is_brought() -> None:
    program = (
        "import sys, svdash.show.panels.bring_file\n"
        "print(sorted(name for name in sys.modules if 'importers' in name or name in ('geopandas', 'pyogrio')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


# -- heavy files --------------------------------------------------------------------------------------


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files are read in processes of their own; what the bar said meanwhile, in its order."""
    said: list[str] = []
    draw = bring_file._draw

    def also_kept(spot: Any, percent: int, words: str) -> None:
        said.append(f"{words}: {percent}%")
        draw(spot, percent, words)

    monkeypatch.setattr(bring_file, "_draw", also_kept)
    return said


# At a desk, test_import_apart.py asks how far a process of its own is.
@pytest.mark.exhaustive
def test_a_heavy_file_shows_how_far_it_is_and_the_same_accounts(
    mine: CopiedPack, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_access, "why_not", lambda _: "")
    lines = [f"01/04/2024,Foo {number},1.00,x" for number in range(1, 10_501)]
    with monkeypatch.context() as patch:
        patch.setattr(runner, "run", here)
        at = brought(page(), "april.csv", table(*lines, "soon,Bar,-30.00,Desks"))
    drawn.clear()
    next(box for box in at.checkbox if box.label.startswith("Replace")).check()
    at.run()
    assert _sums(at) == ["£10,470.00", "£10,500.00", "−£30.00"]
    assert [each for each in at.get("download_button") if "Refused lines" in each.proto.label]
    next(button for button in at.button if button.key == "bring-import").click()
    at.run()
    assert [each.value for each in at.success] == ["april.csv: 10,500 rows imported into payments."]
    assert len(payments(mine.folder)) == 10_500
    heard = [each for each in dict.fromkeys(drawn) if not each.endswith(" 0%")]
    assert heard == ["Reading the file: 95%", "Importing: 95%"]


@pytest.fixture
def asked_apart(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the functions that processes of their own were started for."""
    names: list[str] = []
    own = runner.run

    def noted(function: Any, *args: Any, **how: Any) -> Any:
        names.append(function.__name__)
        return own(function, *args, **how)

    monkeypatch.setattr(runner, "run", noted)
    return names


def test_a_heavy_workbook_is_looked_at_once_for_each_question(
    mine: CopiedPack, in_this_process: None, asked_apart: list[str]
) -> None:
    rows = sheet([["Date", "Supplier", "Amount"], ["1/4/2024", "Foo", 1]])
    at = brought(page(), "a.xlsx", workbook({"April": rows}))
    assert asked_apart == ["guess", "proposal", "import_into"]
    next(box for box in at.checkbox if box.label.startswith("Replace")).check()
    at.run()
    assert _sums(at) == ["£1.00", "£1.00", "£0.00"]
    assert asked_apart == ["guess", "proposal", "import_into", "import_into"]


def test_a_heavy_workbook_of_several_sheets_is_looked_at_once_for_each_question(
    mine: CopiedPack, drawn: list[str], asked_apart: list[str]
) -> None:
    rows = sheet([["Date", "Supplier", "Amount"], ["1/4/2024", "Foo", 1]])
    at = brought(page(), "a.xlsx", workbook({"April": rows, "May": rows}))
    assert asked_apart == ["guess", "proposal", "sheets"]
    boxes(at)["Sheet"].set_value("May")
    at.run()
    assert asked_apart == ["guess", "proposal", "sheets", "proposal", "import_into"]


def test_a_format_that_could_not_be_guessed_can_be_chosen_and_is_guessed_the_next_time(
    mine: CopiedPack, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    book = workbook({"April": sheet([["Date", "Supplier", "Amount"], ["1/4/2024", "Foo", 1]])})
    with monkeypatch.context() as patch:
        patch.setattr("svdash.importing.format_guess.guess", tasks.killed_while_looking)
        at = brought(page(), "a.xlsx", book)
        assert "a.xlsx: the process that worked on it ended before it was done (killed, SIGKILL)" in bands(at)
        assert "Choose its format above" in bands(at)
        assert "/svdash-" not in bands(at)
        boxes(at)["Format"].set_value("spend")
        at.run()
        assert _sums(at) == ["£1.00", "£1.00", "£0.00"]
        assert "SIGKILL" not in bands(at)
    monkeypatch.setattr(runner, "run", here)
    at.file_uploader[0].set_value(None)
    at.run()
    brought(at, "a.xlsx", book)
    assert boxes(at)["Format, as guessed"].value == "spend"


def test_who_waits_for_other_files_is_told_so(drawn: list[str]) -> None:
    at = AppTest.from_function(_waits).run()
    assert [each.proto.text for each in at.get("progress")] == [
        "Reading: waits until another file is read",
        "Reading",
        "Reading: 7%",
    ]


def _waits() -> None:
    import streamlit

    from svdash.jobs import runner
    from svdash.show.panels import bring_file

    for percent in (runner.WAITS, 0, 7):
        bring_file._draw(streamlit.empty(), percent, "Reading")


def test_a_process_that_is_killed_is_told_without_the_servers_folders(
    mine: CopiedPack, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(import_jobs, "import_into", tasks.killed_while_reading)
        at = brought(page(), "april.csv", table(*["01/04/2024,Foo,1.00,x"] * 10_500))
    assert "april.csv: the process that worked on it ended before it was done (killed, SIGKILL)" in bands(at)
    assert "The pack is as it was" in bands(at)
    assert "/svdash-" not in bands(at)
    monkeypatch.setattr(runner, "run", here)
    at.run()
    assert _sums(at) == ["£10,500.00", "£10,500.00", "£0.00"]


@pytest.mark.parametrize("good", [True, False], ids=["imported", "killed"])
def test_what_came_of_an_import_is_told_to_a_reader_who_turned_the_page_and_comes_back(
    mine: CopiedPack,
    drawn: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    good: bool,
) -> None:
    monkeypatch.setattr(write_access, "why_not", lambda _: "")
    with monkeypatch.context() as patch:
        patch.setattr(runner, "run", here)
        at = brought(page(), "april.csv", SPEND)
        next(box for box in at.checkbox if box.label.startswith("Replace")).check()
        at.run()
    with monkeypatch.context() as patch:
        patch.setattr(runner, "PULSE_SECONDS", 0.01)
        patch.setattr(bring_file, "_draw", lambda *_: st.stop())
        if not good:
            patch.setattr(import_jobs, "import_into", tasks.killed_while_looking)
        next(button for button in at.button if button.key == "bring-import").click()
        at.run()
    monkeypatch.setattr(runner, "run", here)
    assert not at.success
    words = "april.csv: 1 row imported into payments." if good else "killed, SIGKILL"
    assert words in caplog.text
    assert "after its reader had left the page" in caplog.text
    at.run()
    assert [each.value for each in at.success] == ([words] if good else [])
    assert (words in bands(at)) is not good
    assert (list(payments(mine.folder)["supplier"]) == ["Foo Ltd"]) is good


def test_a_script_that_is_stopped_while_a_file_is_read_leaves_no_process(
    mine: CopiedPack, drawn: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path))
    monkeypatch.setattr(import_jobs, "import_into", tasks.goes_on_reading)
    # As Streamlit does it where the next thing is drawn after the reader has gone.
    monkeypatch.setattr(bring_file, "_draw", lambda *_: st.stop() if note.is_file() else None)
    at = brought(page(), "april.csv", SPEND)
    assert not at.table
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


# -- files as they are published ----------------------------------------------------------------------


def _zipped(*rows: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Data/CSV/l.csv", "\n".join(rows) + "\n")
    return out.getvalue()


def _shape(ring: list[list[float]], **more: object) -> str:
    outline = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"LSOA11CD": "E01006474"}, "geometry": outline}
    return json.dumps({"type": "FeatureCollection", "features": [feature], **more})


def _contract(number: int, currency: str = "GBP") -> str:
    award = {"id": "1", "status": "active", "value": {"amount": 700, "currency": currency}}
    award |= {"suppliers": [{"id": "GB-COH-7", "name": "Ash Ltd"}]}
    award |= {"contractPeriod": {"startDate": "2024-05-01T00:00:00Z"}}
    return json.dumps({"ocid": f"ocds-x-{number}", "id": "1", "tag": ["award"], "awards": [award]})


def _lines(*rows: str, header: str = "Date,Supplier,Amount") -> str:
    return table(*rows, header=header)


IN_LIVERPOOL = "E92000001,,,,E08000012,"
RING = [[-2.7, 53.3], [-2.6, 53.4], [-2.6, 53.3]]
# What a file is, and what the page says of it.
PUBLISHED: dict[str, tuple[str, str | bytes, tuple[str, ...]]] = {
    "an amount without a heading": (
        "a.csv", _lines("2/4/2024,Ash,x,5.50", "3/4/2024,Elm,y,4.50", header="Date,Supplier,Purpose,"), ("£10.00",),
    ),
    "amounts in thousands": (
        "a.csv", _lines("13/4/2024,Ash,5.5", header="Date,Supplier,Spend (£ths)"),
        ("thousands, millions or pence", "Answer below: “Amounts are in”.", "[Amounts are in]"),
    ),
    "a card statement that is settled": (
        "a.csv", _lines("13/4/2024,Ash,75", "14/4/2024,Elm,25", "16/4/2024,,-100"),
        ("pays the card statement itself", "If it is a credit, answer below.", "[Negative lines without a supplier]"),
    ),
    "contracts, one a line": ("a.json", f"{_contract(1)}\n{_contract(2)}\n", ("£1,400.00",)),
    "contracts in another currency": (
        "a.json", f"{_contract(1)}\n{_contract(2, 'CLP')}\n", ("the amount is not in pounds", "£700.00"),
    ),
    "day and month turned in a workbook": (
        "a.xlsx",
        workbook({"A": sheet([
            ["Date", "Supplier", "Amount"], [date(2024, 1, 6), "Ash", 1], [date(2024, 3, 6), "Elm", 2],
            *([f"{day}/06/2024", "Oak", 3] for day in (15, 17, 18, 19)),
        ])}),
        ("all are in June 2024", "[Dates such as 04/03/2024]"),
    ),
    "day and month turned": (
        "a.csv", _lines("05/03/2024,Ash,1", "05/09/2024,Elm,2", "17/05/2024,Oak,3", "23/05/2024,Fir,4"),
        ("all are in May 2024", "[Dates such as 04/03/2024]"),
    ),
    "the sign of another currency": (
        "a.csv", _lines("13/4/2024,Ash,$5.50"), ("all amounts are pounds, answer below.", "[Signs of another currency]"),
    ),
    "an empty twin": (
        "a.csv", _lines("13/4/2024,Ash,,5.50", header="Date,Supplier,Net,Net"), ("is read from #4: the others are empty", "£5.50"),
    ),
    "a year that is no month": (
        "a.csv", _lines("2011/12,Ash,5.50", header="Financial Year,Supplier,Amount"), ("no column is known to be the date",),
    ),
    "an outline whose coordinates are told by a link": (
        "a.geojson", _shape([*RING, RING[0]], crs={"type": "link", "properties": {"href": "http://127.0.0.1:1/"}}),
        ("given by a link, which is not followed",),
    ),
    "a hidden sheet": (
        "a.xlsx",
        workbook({name: sheet([["Date", "Supplier", "Amount"], ["13/4/2024", "Ash", 9]]) for name in "AB"}, hidden=["B"]),
        ("1 hidden sheet with headings of spend was not read: B", "£9.00"),
    ),
    "a lookup with overlaps": (
        "a.csv", "LSOA11CD,LSOA21CD,share\nE01006474,E01006474,0.99\nE01006474,E01006475,0.01\n", ("this is not a lookup of the ONS",),
    ),
    "parts of a penny": (
        "a.csv", _lines("13/4/2024,Ash,1.234", "14/4/2024,Elm,1"), ("parts of a penny", "£2.23", "[Parts of a penny]"),
    ),
    "a postcode without a district": (
        "a.zip", _zipped("L1 1AA,10,343688,390930,E92000001,,,,,", f"L1 1AB,90,0,0,{IN_LIVERPOOL}"), ("placed by position alone", "no position yet"),
    ),
    "postcodes of one district": (
        "a.zip", _zipped("L1 1AA,10,343688,390930,E92000001,,,,E08000011,"), ("The file has no postcode of Halton, Liverpool",),
    ),
    "a quotation mark that is never closed": (
        "a.csv", _lines('2/4/2024,Ash,1,"Paper', "3/4/2024,Elm,2,Pens", '4/4/2024,Oak,3,"Ink"', header="Date,Supplier,Amount,Purpose"),
        ("a quotation mark that is never closed", "£6.00"),
    ),
    "a ring that is not closed": ("a.geojson", _shape(RING), ("Shape 1 (E01006474): the outline is not closed",)),
    "a second recipient by number": (
        "a.csv",
        _lines("360G-y-1,Fair,50,2024-04-13,Ash,GB-CHC-6",
               header="Identifier,Title,Amount Awarded,Award Date,Recipient Org:0:Name,Recipient Org:1:Identifier"),
        ("the grant has several recipients",),
    ),
    "a placeholder for a number": (
        "a.csv", _lines(*(f"13/4/2024,{name},5,N/A" for name in ("Ash", "Elm", "Oak")), header="Date,Supplier,Amount,Supplier ID"),
        ("have no supplier number but 'N/A'",),
    ),
    "a total that was rounded": (
        "a.csv", _lines("13/4/2024,Ash,100.02", "14/4/2024,Elm,200.05", ",,300.1"), ("It may have been rounded", "£300.07"),
    ),
    "a trace of reckoning": (
        "a.csv", _lines("13/4/2024,Ash,-5.68E-14", "14/4/2024,Elm,1.2E+06", "15/4/2024,Oak,3"), ("a spreadsheet has rounded it", "£3.00"),
    ),
}  # fmt: skip


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_file_as_it_is_published_is_read_right_on_the_page_or_asked_about(
    mine: CopiedPack, name: str
) -> None:
    file, content, wanted = PUBLISHED[name]
    before = {path: path.read_bytes() for path in mine.folder.iterdir()}
    at = brought(page(), file, content)
    for box in at.checkbox:
        if box.label.startswith("Replace"):
            box.check()
    at.run()
    assert [error.value for error in at.exception] == []
    tables = [" ".join(each.value.astype("str").to_numpy().ravel()) for each in at.table]
    told = html.unescape(
        "\n".join([bands(at), _listed(at), *(each.value for each in at.markdown), *tables]).replace("\\", "")
    )
    told += "".join(f"[{label}]" for label in boxes(at))
    assert [words for words in wanted if words not in told] == []
    assert "--answer" not in told
    assert {path: path.read_bytes() for path in mine.folder.iterdir()} == before


# -- the guess ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.csv", SPEND, "spend"),
        ("a.csv", GAPS, "pay-gap"),
        (
            "a.csv",
            "Identifier,Title,Amount Awarded,Award Date,Recipient Org:Name\n1,x,5,2024-04-01,Foo\n",
            "360giving",
        ),
        ("a.json", '{"grants": []}', "360giving"),
        ("a.geojson", '{"type": "FeatureCollection", "features": []}', "boundaries"),
        ("a.csv", "a,b\n1,2\n", None),
        ("a.json", '{"a": 1}', None),
    ],
)
def test_the_format_of_a_file_is_guessed_from_what_it_says(
    imports: Imports, name: str, content: str, wanted: str | None
) -> None:
    assert guess(open_source(imports.file(content, name))) == wanted


def test_a_mapping_is_proposed_where_an_import_would_have_to_ask(imports: Imports) -> None:
    path = imports.file("Date,Supplier,Amount,Amount\n1/4/2024,Foo,1,2\n")
    found = proposal("spend", open_source(path), Options())
    assert found is not None
    assert found.columns == {"date": 0, "supplier": 1, "amount": 2}
