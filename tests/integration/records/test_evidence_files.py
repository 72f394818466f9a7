"""Evidence that is a file: what is kept under which name, what is refused, and that a file that is gone or changed shows."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from svdash import settings
from svdash.cli.commands import main
from svdash.records import History, RecordsError, connect
from svdash.records.deputies import Deputies
from svdash.records.evidence_files import (
    MOST_BYTES,
    EvidenceFile,
    EvidenceFolder,
    evidence_text,
    examined,
    safe_name,
)
from svdash.records.quarterly_updates import QuarterlyUpdates, checked

PDF = b"%PDF-1.7\nattendance"


def packed(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ann\\Lists.CSV", "Lists.csv"),
        ("invoice\u202efdp.exe.pdf", "invoicefdp_exe.pdf"),
        ("a\0b\r\nSet-Cookie: x.pdf", "abSet-Cookie_ x.pdf"),
        ('"><script>.pdf', "script.pdf"),
        ("con.txt", "_con.txt"),
        (".pdf", "evidence.pdf"),
        ("", "evidence"),
        ("تقرير.pdf", "تقرير.pdf"),
        (f"{'x' * 500}.pdf", f"{'x' * 80}.pdf"),
    ],
)
def test_a_name_loses_its_path_unseen_marks_and_endings_before_the_last(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", PDF),
        ("picture.PNG", b"\x89PNG\r\n\x1a\nrest"),
        ("list.csv", "a,£\n1,2\n".encode()),
        ("plan.docx", packed("[Content_Types].xml", "word/document.xml")),
        ("plan.odt", packed("mimetype", "content.xml")),
    ],
)
def test_papers_tables_and_pictures_are_kept_with_type_and_size(name: str, content: bytes) -> None:
    file = examined(name, content)
    assert (file.size, file.name.casefold()) == (len(content), name.casefold())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("run.exe", b"MZ", "can't be kept as evidence"),
        ("page.html", b"<script>", "can't be kept as evidence"),
        ("picture.svg", b"<svg onload=x>", "can't be kept as evidence"),
        ("report.pdf", b"MZ\x90\0", "does not match its file extension"),
        ("list.csv", b"MZ\x90\0", "does not match its file extension"),
        ("plan.docx", b"PK\x03\x04", "does not match its file extension"),
        ("plan.docx", packed("[Content_Types].xml", "word/vbaProject.bin"), "has macros"),
        ("plan.docx", packed("readme"), "does not match its file extension"),
        ("report.pdf", b"", "empty"),
        ("report.pdf", b"%PDF-" + bytes(MOST_BYTES), "10 MB is the most"),
        ("report", PDF, "can't be kept as evidence"),
    ],
)
def test_what_runs_or_is_too_large_or_not_what_it_says_is_refused_with_a_sentence(
    name: str, content: bytes, said: str
) -> None:
    with pytest.raises(RecordsError, match=said):
        examined(name, content)


def test_a_file_is_kept_once_under_its_hash_and_one_that_is_gone_or_changed_shows(tmp_path: Path) -> None:
    folder, file = EvidenceFolder(tmp_path / "evidence"), examined("report.pdf", PDF)
    folder.keep(file, PDF)
    folder.keep(file, PDF)
    (path,) = folder.folder.iterdir()
    assert (path.name, path.read_bytes()) == (file.sha256, PDF)
    assert not path.stat().st_mode & 0o111  # nothing that could be run
    assert (folder.is_there(file), folder.trouble(file)) == (True, "")
    path.write_bytes(PDF.replace(b"a", b"b"))
    assert "was changed after it was given" in folder.trouble(file)
    path.unlink()
    assert not folder.is_there(file)
    assert "is not there any more" in folder.trouble(file)
    folder.keep(file, PDF)
    assert folder.content(file) == PDF


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")
    with pytest.raises(RecordsError, match="SVDASH_EVIDENCE"):
        EvidenceFolder(tmp_path / "evidence").keep(examined("report.pdf", PDF), PDF)


def test_files_stand_beside_the_database_unless_a_setting_says_where(tmp_path: Path) -> None:
    beside = settings.evidence_folder({"SVDASH_DATABASE_URL": f"sqlite:///{tmp_path / 'r.sqlite3'}"})
    assert beside == tmp_path / "evidence"
    server = {"SVDASH_DATABASE_URL": "postgresql://a@b/c", "SVDASH_VAR": str(tmp_path)}
    assert settings.evidence_folder(server) == tmp_path / "evidence"
    assert settings.evidence_folder({**server, "SVDASH_EVIDENCE": str(tmp_path / "e")}) == tmp_path / "e"


def test_readers_are_told_the_name_and_size_of_a_file(tmp_path: Path) -> None:
    file = examined("report.pdf", PDF).model_dump()
    assert evidence_text({"evidence": "Lists", "file": file}) == "Lists · file: report.pdf (19 bytes)"
    assert evidence_text({"evidence": None, "file": file}) == "file: report.pdf (19 bytes)"
    assert evidence_text({"evidence": None}) is None


def given(url: str, folder: EvidenceFolder) -> EvidenceFile:
    """Save an update with a file."""
    file = examined("report.pdf", PDF)
    folder.keep(file, PDF)
    update = checked(
        {
            "commitment": "A-1", "period": "2026/27 Q1", "due_on": "2026-07-21", "reported_on": "2026-07-10",
            "delivery": "complete", "note": "Done.", "file": file.model_dump(),
        }
    )  # fmt: skip
    QuarterlyUpdates(History(connect(url))).save([(update, None)], by="ann", view="/")
    return file


def test_a_backup_takes_files_along_and_doctor_says_which_are_gone(
    new_url: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(url: str, folder: str, *arguments: str) -> tuple[int, str]:
        monkeypatch.setenv("SVDASH_DATABASE_URL", url)
        monkeypatch.setenv("SVDASH_EVIDENCE", str(tmp_path / folder))
        found = CliRunner().invoke(main, arguments)
        return found.exit_code, found.output

    source, target, backup = new_url("sqlite"), new_url("sqlite"), tmp_path / "records.zip"
    file = given(source, EvidenceFolder(tmp_path / "here"))
    assert asked(source, "here", "doctor")[0] == asked(source, "here", "backup", str(backup))[0] == 0
    assert asked(target, "there", "restore", str(backup))[0] == 0
    assert (tmp_path / "there" / file.sha256).read_bytes() == PDF
    assert asked(target, "there", "doctor")[0] == 0
    (tmp_path / "there" / ("0" * 64)).write_bytes(b"kept, and then never saved")
    status, said = asked(target, "there", "doctor")
    assert (status, f"{'0' * 64} in the folder of evidence belongs to no record" in said) == (0, True)
    (tmp_path / "there" / file.sha256).unlink()
    status, said = asked(target, "there", "doctor")
    assert (status, "report.pdf is not there any more" in said, file.sha256 in said) == (1, True, True)
    status, said = asked(target, "there", "backup", str(tmp_path / "second.zip"))
    assert (status, "Not in it: report.pdf" in said) == (0, True)


def test_a_backup_whose_evidence_was_changed_is_not_restored(
    new_url: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from svdash.records import copies

    source, target = new_url("sqlite"), new_url("sqlite")
    folder, sound, changed = EvidenceFolder(tmp_path / "here"), tmp_path / "a.zip", tmp_path / "b.zip"
    given(source, folder)
    copies.backup(connect(source), sound, folder)
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(
                entry.filename, content + b"!" if entry.filename.startswith("evidence/") else content
            )
    with pytest.raises(RecordsError, match="evidence in it was changed"):
        copies.restore(connect(target), changed, EvidenceFolder(tmp_path / "there"))
    assert History(connect(target)).last()[0] == 0


def test_a_deputy_stands_in_from_the_first_day_to_the_last_and_every_change_stays(history: History) -> None:
    deputies = Deputies(history)
    appointed = {"owner": "Head", "deputy": "ann@a.example", "since": "2026-07-01", "until": "2026-07-14"}
    deputies.appoint(appointed, by="bob", view="/")
    acting = {day: bool(deputies.acting("Head", date(2026, 7, day))) for day in (1, 14, 15)}
    assert acting == {1: True, 14: True, 15: False}
    assert deputies.acting("Another", date(2026, 7, 1)) == ()
    (standing,) = deputies.of("Head")
    deputies.end(standing.deputy, date(2026, 7, 3), by="bob", view="/")
    assert not deputies.acting("Head", date(2026, 7, 4))
    assert [each.by for each in history.of_kind("deputy")] == ["bob", "bob"]


def test_a_deputy_whose_appointment_is_called_off_before_it_begins_never_acts(history: History) -> None:
    deputies = Deputies(history)
    appointed = {"owner": "Head", "deputy": "ann@a.example", "since": "2026-07-10", "until": "2026-07-14"}
    ended = deputies.end(
        deputies.appoint(appointed, by="bob", view="/"), date(2026, 7, 3), by="bob", view="/"
    )
    assert [day for day in range(1, 32) if deputies.acting("Head", date(2026, 7, day))] == []
    assert ended.is_over(date(2026, 7, 3))
    deputies.appoint(appointed, by="bob", view="/")
    assert deputies.acting("Head", date(2026, 7, 10))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"until": "2026-06-30"}, "before the first"),
        ({"deputy": "HEAD"}, "their own deputy"),
        ({"deputy": " "}, "Who stands in: say something here"),
        ({"deputy": "x" * 91}, "Who stands in: it has more than 90 characters"),
        ({"until": "soon"}, "Until: 'soon' is not allowed there"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused_with_a_sentence(
    history: History, changed: dict[str, str], said: str
) -> None:
    usual = {"owner": "Head", "deputy": "ann", "since": "2026-07-01", "until": "2026-07-14"}
    with pytest.raises(RecordsError, match=said):
        Deputies(history).appoint({**usual, **changed}, by="bob", view="/")
