"""A directorate's quarter as one workbook: out, filled in, and back; and everything that is refused with a sentence."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from streamlit.testing.v1 import AppTest

from svdash import editions
from svdash.access import identity
from svdash.cli.commands import main
from svdash.findings.progress import updates_owed, workbook_changes
from svdash.findings.progress.workbook_changes import RowChange
from svdash.records import History, RecordsError, connect
from svdash.records.deputies import Deputies
from svdash.records.people import People, PersonRow
from svdash.records.quarterly_updates import QuarterlyUpdates, checked
from svdash.records.workbook_layout import HEADINGS, defused_text, typed_text
from svdash.records.workbook_reading import WorkbookError, read_apart, read_workbook
from svdash.records.workbook_writing import written
from svdash.show.panels import quarter_workbook
from tests.copies import ROOT
from tests.opened_pages import opened

DIRECTORATE = "people"
TODAY = datetime.now(UTC).date()
PERIOD = updates_owed.quarters(TODAY)[1]
AT = {heading: place for place, heading in enumerate(HEADINGS, 1)}
Edit = Callable[[Any], None]


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    url = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", url)
    monkeypatch.setenv("SVDASH_PACK", str(ROOT / "data"))
    return History(connect(url))


def downloaded() -> bytes:
    return written(workbook_changes.quarter_workbook(editions.drafting(), DIRECTORATE, PERIOD), "People")


def filled(tmp_path: Path, edit: Edit, content: bytes | None = None) -> Path:
    """The workbook as a spreadsheet program would save it after an edit."""
    book = load_workbook(io.BytesIO(content or downloaded()))
    edit(book)
    file = tmp_path / "filled.xlsx"
    book.save(file)
    return file


def put(row: int, heading: str, value: object) -> Edit:
    return lambda book: setattr(book["Updates"].cell(row, AT[heading]), "value", value)


def changed(file: Path, period: str = PERIOD) -> tuple[RowChange, ...]:
    return workbook_changes.changes(editions.drafting(), read_workbook(file), DIRECTORATE, period, TODAY)


def save(history: History, commitment: str, note: str, parent: int | None = None, **more: str) -> int:
    update = checked({
        "commitment": commitment, "directorate": DIRECTORATE, "period": PERIOD, "due_on": "2027-01-21",
        "reported_on": TODAY.isoformat(), "delivery": "limited", "note": note, "evidence_date": "2026-10-01", **more,
    })  # fmt: skip
    return QuarterlyUpdates(history).save([(update, parent)], by="bob", view="/")[0].number


def first() -> str:
    return updates_owed.owed_by_directorate(editions.drafting(), DIRECTORATE, PERIOD)[0].id


def test_a_workbook_has_lists_locked_cells_and_says_what_it_is_of(history: History) -> None:
    book = load_workbook(io.BytesIO(downloaded()))
    sheet = book["Updates"]
    assert [cell.value for cell in sheet[1]] == list(HEADINGS)
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert (sheet.cell(2, 1).protection.locked, sheet.cell(2, AT["What happened"]).protection.locked) == (
        True,
        False,
    )
    assert len(sheet.data_validations.dataValidation) == 5
    facts = {row[0].value: row[1].value for row in book["Instructions"].iter_rows(max_row=5) if row[1].value}
    assert (facts["Quarter"], facts["Directorate"], len(str(facts["Fingerprint"]))) == (
        PERIOD,
        DIRECTORATE,
        64,
    )


def test_a_workbook_that_was_left_as_it_is_changes_nothing(history: History, tmp_path: Path) -> None:
    save(history, first(), "=SUM(A1)\r\n'=1 \x0b and -2+3 \N{BLACK CIRCLE}")
    assert changed(filled(tmp_path, lambda _: None)) == ()


@pytest.mark.parametrize(
    "text", ["=1+1", "'=1", "''=1", "'quoted'", "@here", "+44 151", "-", "-5", "plain", "'"]
)
def test_text_that_might_be_run_comes_back_as_it_was(text: str) -> None:
    assert typed_text(defused_text(text)) == text
    assert not defused_text(text).startswith(("=", "@", "+4", "-\n"))


def test_what_was_filled_in_is_shown_and_saved_in_an_update(history: History, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        for heading, value in {
            "Delivery": "\N{BLACK CIRCLE} Complete", "What happened": "We trained ten.", "Evidence": "'=HYPERLINK()",
            "Date of the evidence": date(2026, 10, 2), "Effect": None, "Were people who use the service heard?": "Yes",
            "Minutes it took (optional)": 7,
        }.items():  # fmt: skip
            put(2, heading, value)(book)
        put(3, "Nothing changed since the last quarter", "Yes")(book)
        # How long nothing took is nothing to record.
        put(4, "Minutes it took (optional)", 3)(book)

    one, two = changed(filled(tmp_path, edit))
    assert ("Date of the evidence", "", "2026-10-02") in one.differences
    assert one.faults == two.faults == ()
    assert one.update is not None
    assert two.update is not None
    assert (one.update.delivery, one.update.heard, one.update.unchanged) == ("complete", True, False)
    assert (one.update.minutes, two.update.minutes) == (7, None)
    assert (one.update.evidence, one.update.evidence_date) == ("=HYPERLINK()", date(2026, 10, 2))
    before = updates_owed.owed_by_directorate(editions.drafting(), DIRECTORATE, PERIOD)[1]
    assert (two.update.unchanged, two.update.note) == (True, before.content["note"])


def test_what_showed_a_commitment_complete_is_carried_forward_with_its_own_date_and_the_rest_is_warned_of(
    history: History, tmp_path: Path
) -> None:
    def edit(book: Any) -> None:
        for row in range(2, 2 + len(owed)):
            put(row, "Nothing changed since the last quarter", "Yes")(book)

    owed = updates_owed.owed_by_directorate(editions.drafting(), DIRECTORATE, PERIOD)
    found = {each.id: each for each in changed(filled(tmp_path, edit))}
    shown = [each for each in owed if each.shown_by]
    others = [each for each in owed if each.before and not each.shown_by]
    assert shown
    assert others
    for each in shown:
        update = found[each.id].update
        assert update is not None
        assert update.evidence == each.shown_by["evidence"]
        assert update.evidence_date == each.shown_by["evidence_date"].date() < TODAY
        assert found[each.id].cautions[0].startswith("“Nothing changed” carries forward")
    for each in others:
        update = found[each.id].update
        assert update is not None
        assert update.evidence is None
        assert (
            each.content["delivery"] != "complete"
            or "can't be shown as Complete" in found[each.id].cautions[0]
        )


def test_a_row_that_says_nothing_changed_and_differs_is_refused_and_saved_ones_differ_no_more(
    history: History, tmp_path: Path
) -> None:
    def edit(book: Any) -> None:
        for row in (2, 3):
            put(row, "Nothing changed since the last quarter", "Yes")(book)
        put(3, "What happened", "Something.")(book)

    file = filled(tmp_path, edit)
    one, two = changed(file)
    assert one.update is not None
    assert two.faults == (
        "It says that nothing changed, and other cells differ. Clear that cell, or undo the others.",
    )
    QuarterlyUpdates(history).save([(one.update, one.parent)], by="ann", view="/")
    assert [each.id for each in changed(file)] == [two.id]


def test_what_somebody_else_saved_meanwhile_is_told_and_kept(history: History, tmp_path: Path) -> None:
    content = downloaded()
    save(history, first(), "Theirs.")
    found = changed(filled(tmp_path, put(3, "What happened", "Mine."), content))
    overtaken = next(each for each in found if each.id == first())
    assert overtaken.update is None
    assert overtaken.faults[0].startswith("bob saved it at")
    assert [each.update is not None for each in found] == [False, True]


def added(book: Any) -> None:
    sheet = book["Updates"]
    sheet.cell(sheet.max_row + 3, 1, "NEW-1")


def moved(book: Any) -> None:
    sheet = book["Updates"]
    for heading in HEADINGS:
        one, two = sheet.cell(2, AT[heading]), sheet.cell(3, AT[heading])
        one.value, two.value = two.value, one.value


def of_another_quarter(book: Any) -> None:
    book["Instructions"].cell(3, 2, "2020/21 Q1")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (added, "Rows were added, removed or moved"),
        (lambda book: book["Updates"].delete_rows(3), "Rows were added, removed or moved"),
        (moved, "Rows were added, removed or moved"),
        (of_another_quarter, "the quarter on the sheet of instructions"),
        (put(2, "Revision", 7), "locked cells were changed"),
        (put(1, "Evidence", "Proof"), "'Evidence' is 'Proof' now"),
        (lambda book: book["Updates"].delete_cols(14), "the last 1 column"),
        (lambda book: book["Updates"].cell(2, 16, "more"), "Row 2, column 16: this column was added."),
        (put(2, "What happened", "=1+1"), "Row 2, What happened: there is a formula."),
        (lambda book: book.remove(book["Instructions"]), "The sheet Instructions is missing"),
    ],
)  # fmt: skip
def test_a_workbook_that_was_changed_where_it_may_not_be_is_refused(
    history: History, tmp_path: Path, edit: Edit, said: str
) -> None:
    with pytest.raises(WorkbookError) as refused:
        changed(filled(tmp_path, edit))
    assert said in str(refused.value)


def test_a_workbook_of_another_quarter_is_refused(history: History, tmp_path: Path) -> None:
    other = updates_owed.quarters(TODAY)[0]
    with pytest.raises(WorkbookError, match=f"The workbook is of {PERIOD}"):
        changed(filled(tmp_path, lambda _: None), other)


@pytest.mark.parametrize(
    ("heading", "value", "said"),
    [
        ("What happened", "a" * 4001, "it has more than 4,000 characters"),
        ("What happened", "turned \u202e round", "there is an invisible character in it"),
        ("Delivery", "Nearly", "“Nearly” is not in the list. Choose"),
        ("Date of the evidence", "soon", "“soon” is not a day"),
        ("Date of the evidence", "31/03/2999", "dated after today, the day of the report"),
        ("What happened", None, "What happened: say something here."),
    ],
)
def test_a_row_with_a_fault_is_told_and_not_saved(
    history: History, tmp_path: Path, heading: str, value: object, said: str
) -> None:
    (found,) = changed(filled(tmp_path, put(2, heading, value)))
    assert found.update is None
    assert said in " ".join(found.faults)


@pytest.mark.parametrize("minutes", ["about 5", -1, 1441, 2.5])
def test_minutes_that_are_none_are_told_and_the_row_is_not_saved(
    history: History, tmp_path: Path, minutes: object
) -> None:
    def edit(book: Any) -> None:
        put(2, "What happened", "Something.")(book)
        put(2, "Minutes it took (optional)", minutes)(book)

    (found,) = changed(filled(tmp_path, edit))
    assert found.update is None
    assert f"“{minutes}” is not a number of minutes" in found.faults[0]


def test_hostile_text_is_kept_as_text(history: History, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script> **bold** [x](javascript:1) ]]> &amp;"
    (found,) = changed(filled(tmp_path, put(2, "What happened", hostile)))
    assert found.update is not None
    assert found.update.note == hostile


def test_a_file_that_is_no_workbook_is_read_apart_and_refused(tmp_path: Path) -> None:
    file = tmp_path / "no.xlsx"
    file.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(WorkbookError, match="not a workbook that can be read"):
        read_apart(file)
    Workbook().save(file)
    with pytest.raises(WorkbookError, match="The sheet Updates and Instructions is missing"):
        read_workbook(file)
    file.write_bytes(b"a" * 5_000_001)
    with pytest.raises(WorkbookError, match="more than a workbook of updates can have"):
        read_apart(file)


def test_the_commands_download_show_and_save_what_is_chosen(history: History, tmp_path: Path) -> None:
    runner, file = CliRunner(), tmp_path / "quarter.xlsx"
    asked = ["updates", "download", DIRECTORATE, PERIOD, str(file)]
    assert runner.invoke(main, asked).exit_code == 0
    again = runner.invoke(main, asked)
    assert (again.exit_code, "File exists" in again.output) == (2, True)
    sent = filled(tmp_path, put(2, "What happened", "From a workbook."), file.read_bytes())
    shown = runner.invoke(main, ["updates", "upload", str(sent)])
    assert "→ From a workbook." in shown.output
    assert "0 rows saved" in shown.output
    assert history.last()[0] == 0
    saved = runner.invoke(main, ["updates", "upload", str(sent), "--save", first()])
    assert (saved.exit_code, "1 row saved as drafts." in saved.output) == (0, True), saved.output
    assert history.newest("update")[0].content["note"] == "From a workbook."
    once_more = runner.invoke(main, ["updates", "upload", str(sent), "--save-all"])
    assert "0 rows differ" in once_more.output


def test_on_the_page_the_rows_that_are_chosen_are_saved(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(book: Any) -> None:
        put(2, "What happened", "First row.")(book)
        put(3, "What happened", "Second row.")(book)

    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    at = brought_back(monkeypatch, filled(tmp_path, edit).read_bytes())
    boxes = [each for each in at.checkbox if str(each.key).startswith("workbook-")]
    assert [each.value for each in boxes] == [True, True]
    boxes[1].uncheck()
    save_rows(at.run())
    assert [each.content["note"] for each in history.newest("update")] == ["First row."]


def test_a_deputy_who_signed_in_saves_a_workbook_as_the_owners_deputy(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = identity.Person("Ann@authority.example", frozenset({"officer"}))
    monkeypatch.setattr(identity, "person", lambda: ann)
    named = {"owner": lead(), "deputy": "ann@authority.example", "since": TODAY, "until": TODAY}
    Deputies(history).appoint(named, by="bob", view="/")
    save_rows(brought_back(monkeypatch, filled(tmp_path, put(2, "What happened", "Mine.")).read_bytes()))
    (found,) = history.newest("update")
    assert (found.by, found.content["on_behalf_of"], found.content["deputy"]) == (
        "Ann@authority.example",
        lead(),
        "ann@authority.example",
    )


def test_rows_of_a_post_that_is_not_theirs_are_told_and_refused(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = PersonRow(name="Bob", post="Somebody else", email="bob@authority.example")
    People(history).enter([bob], by="x", view="")
    officer = identity.Person("bob@authority.example", frozenset({"officer"}), email="bob@authority.example")
    monkeypatch.setattr(identity, "person", lambda: officer)
    before, file = history.last(), filled(tmp_path, put(2, "What happened", "Theirs."))
    at = brought_back(monkeypatch, file.read_bytes())
    (box,) = (each for each in at.checkbox if str(each.key).startswith("workbook-"))
    assert (box.value, box.disabled) == (False, True)
    assert f"does not say that you hold the post {lead()}" in " ".join(each.value for each in at.warning)
    # Also where the page was drawn before somebody else took the post.
    with pytest.raises(RecordsError, match=f"does not say that you hold the post {lead()}"):
        quarter_workbook._rows(editions.drafting(), list(changed(file)))
    assert history.last() == before


def test_who_wrote_for_the_owner_is_not_forgotten_when_a_row_is_saved_again(
    history: History, tmp_path: Path
) -> None:
    save(history, first(), "Theirs.", on_behalf_of=lead(), deputy="dee")
    (found,) = changed(filled(tmp_path, put(2, "What happened", "Mended.")))
    assert found.update is not None
    assert (found.update.on_behalf_of, found.update.deputy) == (lead(), "dee")


def lead() -> str:
    """The owner of the first row."""
    return str(editions.current().table("commitments").set_index("id").loc[first(), "lead"])


def brought_back(monkeypatch: pytest.MonkeyPatch, content: bytes) -> AppTest:
    """The page of the first row's owner after a workbook was uploaded."""
    mine = f"workbook-{DIRECTORATE}-{PERIOD}-upload"
    asked = quarter_workbook.st.file_uploader

    def given(*args: Any, key: str, **more: Any) -> Any:
        return io.BytesIO(content) if key == mine else asked(*args, key=key, **more)

    monkeypatch.setattr(quarter_workbook.st, "file_uploader", given)
    return opened("my_updates", owner=lead(), quarter=PERIOD)


def save_rows(at: AppTest) -> None:
    next(each for each in at.button if str(each.key) == f"workbook-{DIRECTORATE}-{PERIOD}-save").click()
    at = at.run()
    assert [error.value for error in at.exception] == []
