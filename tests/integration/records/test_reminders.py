"""Reminders: who hears of what and when, sent to a real mail server, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from click.testing import CliRunner, Result

from svdash import editions
from svdash.cli.commands import main
from svdash.findings.progress import reminders, updates_owed
from svdash.records import History, connect
from svdash.records.board_views import BoardLog
from svdash.records.deputies import Deputies
from svdash.records.evidence_files import EvidenceFile
from svdash.records.indicator_versions import IndicatorLog, new_id
from svdash.records.people import People, PersonRow
from svdash.records.quarterly_updates import Quarter, QuarterlyUpdates, checked
from svdash.records.reminder_log import ReminderLog
from tests.copies import ROOT

DUE, PERIOD = date(2027, 10, 21), "2027/28 Q2"
FIRST, SECOND = "Social Value Lead", "Head of People Services"
LISTED = [("Ann Bell", FIRST, "ann@authority.example"), ("Rāna O'Dea", SECOND, "rana@authority.example")]


class Inbox:
    """What a mail server was handed; it refuses some addresses, and leaves after some mails."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused = ""
        self.last = 1000

    async def handle_RCPT(  # noqa: N802  as aiosmtpd names it
        self, _server: Any, _session: Any, envelope: Any, address: str, _: Any
    ) -> str:
        if address == self.refused:
            return f"550 5.1.1 <{address}>: no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  as aiosmtpd names it
        self, server: Any, _session: Any, envelope: Any
    ) -> str:
        if len(self.mails) >= self.last:
            server.transport.abort()
            return "421 leaving"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    @property
    def to(self) -> list[str]:
        return [str(mail["To"].addresses[0].addr_spec) for mail in self.mails]


class AnyPort(Controller):
    """A mail server in a thread, on a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def listening(inbox: Inbox, **options: Any) -> Iterator[int]:
    controller = AnyPort(inbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def smtp(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with listening(inbox) as port:
        for name, value in {
            "SVDASH_SMTP_HOST": "127.0.0.1",
            "SVDASH_SMTP_PORT": str(port),
            "SVDASH_SMTP_TLS": "none",
            "SVDASH_SMTP_FROM": "Social value <value@authority.example>",
            "SVDASH_PUBLIC_URL": "https://value.authority.example/",
        }.items():
            monkeypatch.setenv(name, value)
        yield port


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    """The records of the settings, in which the owners of LISTED are known."""
    url = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", url)
    monkeypatch.setenv("SVDASH_PACK", str(ROOT / "data"))
    found = History(connect(url))
    rows = [PersonRow(name=name, post=post, email=email) for name, post, email in LISTED]
    People(found).enter(rows, by="ann", view="people")
    return found


def remind(day: date = DUE, *more: str) -> Result:
    return CliRunner().invoke(main, ["remind", "--on", day.isoformat(), *more])


def save(history: History, post: str, period: str = PERIOD) -> list[Any]:
    """Write everything that a post owes."""
    written = [
        checked({
            "commitment": each.id, "directorate": each.directorate, "period": period, "due_on": DUE.isoformat(),
            "reported_on": "2027-10-10", "delivery": "limited", "note": "Done.",
        })
        for each in updates_owed.owed(editions.drafting(), post, period)
    ]  # fmt: skip
    return list(QuarterlyUpdates(history).save([(each, None) for each in written], by="ann", view="/"))


def test_each_owner_gets_one_mail_with_what_they_owe_and_a_link(
    history: History, inbox: Inbox, smtp: int
) -> None:
    result = remind(date(2027, 10, 8))
    assert result.exit_code == 0, result.output
    assert sorted(inbox.to) == ["ann@authority.example", "rana@authority.example"]
    mail = next(each for each in inbox.mails if each["To"].addresses[0].username == "ann")
    owed = updates_owed.owed(editions.drafting(), FIRST, PERIOD)
    body = mail.get_content()
    assert mail["Subject"] == f"{len(owed)} quarterly updates are due by 21 October 2027"
    assert f"Due by 21 October 2027, for {PERIOD} ({FIRST}):" in body
    assert all(f"{each.id} {each.title}" in body for each in owed)
    assert "https://value.authority.example/my-updates?owner=Social+Value+Lead&quarter=2027%2F28+Q2" in body
    assert {"From", "Date", "Auto-Submitted"} <= set(mail)
    assert "Nobody in the list of people holds the post" in result.output


def test_who_owes_the_board_an_answer_hears_of_it_in_the_same_mail_until_it_is_given(
    history: History, inbox: Inbox, smtp: int
) -> None:
    asked = updates_owed.owed(editions.drafting(), FIRST, PERIOD)[0]
    question: dict[str, Any] = {
        "form": "question", "about": "commitment", "key": asked.id, "period": "2026/27 Q1", "on": "2026-07-20",
        "text": "Who is\nasked?", "reply_by": DUE.isoformat(),
    }  # fmt: skip
    log = BoardLog(history)
    kept = log.save(question, None, by="bo", view="/")
    lost = log.save({**question, "about": "gap", "key": "elsewhere/sex"}, None, by="bo", view="/")
    result = remind()
    assert "elsewhere/sex: the Board waits for an answer, and no post answers for it" in result.output
    mail = next(each for each in inbox.mails if each["To"].addresses[0].username == "ann")
    many = len(updates_owed.owed(editions.drafting(), FIRST, PERIOD))
    assert mail["Subject"] == f"{many} updates and 1 answer to the Board are due by 21 October 2027"
    body = mail.get_content().replace("\r\n", "\n")
    assert f"an answer to the Board ({FIRST}):\n  * {asked.id} {asked.title}: Who is asked?" in body
    assert "Who is asked?" not in next(each for each in inbox.mails if each != mail).get_content()
    save(history, FIRST)
    later = date(2027, 10, 28)
    first = len(inbox.mails)
    assert remind(later).exit_code == 0
    (mail,) = (each for each in inbox.mails[first:] if each["To"].addresses[0].username == "ann")
    assert mail["Subject"] == "An answer to the Board was due by 21 October 2027"
    assert "nothing changed" not in mail.get_content()
    reply = {"reply": "Everybody.", "replied_by": "People Services", "replied_on": date(2026, 11, 2)}
    log.change(kept, by="ann", view="/", **reply)
    log.change(lost, by="ann", view="/", **reply)
    before = len(inbox.mails)
    assert "no post answers" not in remind(date(2027, 11, 4)).output
    assert "ann@authority.example" not in inbox.to[before:]


def test_a_second_run_sends_nothing_and_a_later_one_only_at_the_next_moment(
    history: History, inbox: Inbox, smtp: int
) -> None:
    days = [date(2027, 10, 6), date(2027, 10, 7), date(2027, 10, 7), date(2027, 10, 22), date(2027, 10, 28)]
    counts = []
    for day in days:
        assert remind(day).exit_code == 0
        counts.append(len(inbox.mails))
    assert counts == [0, 2, 2, 4, 6]
    assert inbox.mails[-1].get_content().count("Overdue since 21 October 2027") == 1


def test_nobody_is_reminded_of_what_is_saved_or_submitted(history: History, inbox: Inbox, smtp: int) -> None:
    saved = save(history, FIRST)
    mine = updates_owed.owed(editions.drafting(), SECOND, PERIOD)
    for directorate in {each.directorate for each in mine}:
        QuarterlyUpdates(history).step(
            Quarter(PERIOD, directorate), "submitted", updates={saved[0].content["commitment"]: saved[0]}, on=date(2027, 10, 1), by="ann", view="/"
        )  # fmt: skip
    assert "Nobody has to be reminded of anything." in remind().output
    assert inbox.mails == []


def test_deputies_are_reminded_too_and_those_without_an_address_are_named(
    history: History, inbox: Inbox, smtp: int
) -> None:
    days = {"since": date(2027, 10, 1), "until": date(2027, 10, 31)}
    for owner, deputy in (
        (FIRST, "cy@authority.example"),
        (FIRST, "Rana@Authority.example"),
        (SECOND, "Dee"),
    ):
        Deputies(history).appoint({"owner": owner, "deputy": deputy, **days}, by="ann", view="/")
    result = remind()
    assert sorted(inbox.to) == [
        "ann@authority.example",
        "cy@authority.example",
        "rana@authority.example",
    ]
    told = {each["To"].addresses[0].username: each.get_content() for each in inbox.mails}
    assert f"({FIRST}, for whom you stand in):" in told["cy"]
    assert SECOND not in told["cy"]
    assert f"({FIRST}, for whom you stand in):" in told["rana"]
    assert f"({SECOND}):" in told["rana"]
    assert "stand in" not in told["ann"]
    assert f"Dee stands in for {SECOND}, and has no known address" in result.output
    assert not [each for each in history.all() if each.kind == "reminder" and "cy@" in str(each.content)]
    assert remind(date(2027, 11, 4)).exit_code == 0
    assert inbox.to.count("cy@authority.example") == 1


def test_who_left_is_not_written_to_and_their_post_is_named(
    history: History, inbox: Inbox, smtp: int
) -> None:
    left = PersonRow(name=LISTED[0][0], post=FIRST, email="ANN@authority.example", left_on=date(2027, 9, 30))
    assert People(history).enter([left], by="ann", view="people") == (0, 1, 0)
    result = remind()
    assert inbox.to == ["rana@authority.example"]
    assert f"Nobody in the list of people holds the post {FIRST}" in result.output


def test_a_refused_address_is_recorded_and_the_others_are_written_to(
    history: History, inbox: Inbox, smtp: int
) -> None:
    inbox.refused = "ann@authority.example"
    result = remind()
    assert result.exit_code == 1
    assert inbox.to == ["rana@authority.example"]
    person = next(each.person for each in People(history).known() if each.post == FIRST)
    logged = ReminderLog(history).on(person, DUE)
    assert logged is not None
    assert (logged.content["state"], logged.content["why"]) == ("failed", "The mail server answered 550.")
    assert "<ann@authority.example>: no such user" in result.output
    assert "@" not in "".join(str(each.content) for each in history.newest("reminder"))
    inbox.refused = ""
    assert remind().exit_code == 0
    assert inbox.to == ["rana@authority.example", "ann@authority.example"]


def test_a_run_that_broke_off_goes_on_where_it_stopped(history: History, inbox: Inbox, smtp: int) -> None:
    inbox.last = 1
    result = remind()
    assert result.exit_code == 1
    assert "It stopped there" in result.output
    assert len(inbox.mails) == 1
    inbox.last = 1000
    assert remind().exit_code == 0
    assert sorted(inbox.to) == ["ann@authority.example", "rana@authority.example"]
    assert history.faults() == ()


def test_what_another_run_is_sending_is_not_sent_beside_it(history: History, inbox: Inbox, smtp: int) -> None:
    for each in People(history).known():
        assert ReminderLog(history).begin(each.person, DUE, [(PERIOD, "due")], [], by="another")
    assert "Nothing is sent twice" in remind().output
    assert inbox.mails == []


def test_a_dry_run_prints_the_mail_and_records_nothing(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SVDASH_SMTP_HOST", raising=False)
    before = history.last()
    result = remind(DUE, "--dry-run")
    assert result.exit_code == 0
    assert "To: Ann Bell <ann@authority.example>" in result.output
    assert "2 mails would be sent. Nothing was sent or recorded." in result.output
    assert history.last() == before


def test_a_server_that_asks_for_a_name_gets_it(
    history: History, inbox: Inbox, smtp: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def known(_server: Any, _session: Any, _envelope: Any, _kind: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (b"svdash", b"right"), handled=False)

    secret = tmp_path / "password"
    secret.write_text("right\n")
    monkeypatch.setenv("SVDASH_SMTP_USER", "svdash")
    monkeypatch.setenv("SVDASH_SMTP_PASSWORD", "wrong")
    with listening(inbox, authenticator=known, auth_require_tls=False) as port:
        monkeypatch.setenv("SVDASH_SMTP_PORT", str(port))
        refused = remind()
        assert refused.exit_code == 1
        assert "does not take SVDASH_SMTP_USER" in refused.output
        assert "wrong" not in refused.output
        monkeypatch.setenv("SVDASH_SMTP_PASSWORD_FILE", str(secret))
        assert remind().exit_code == 0
    assert len(inbox.mails) == 2


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SVDASH_SMTP_HOST", "", "SVDASH_SMTP_HOST names no server"),
        ("SVDASH_SMTP_FROM", "nobody", "SVDASH_SMTP_FROM is not an e-mail address"),
        ("SVDASH_SMTP_PORT", "70000", "SVDASH_SMTP_PORT: '70000' is not a port"),
        ("SVDASH_SMTP_TLS", "yes", "SVDASH_SMTP_TLS: 'yes' is none of starttls, tls and none"),
        ("SVDASH_SMTP_PASSWORD_FILE", "/nowhere/secret", "SVDASH_SMTP_PASSWORD_FILE: /nowhere/secret can't be read"),
        ("SVDASH_PUBLIC_URL", "value", "SVDASH_PUBLIC_URL: 'value' is not an address"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(
    history: History, smtp: int, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, said: str
) -> None:
    monkeypatch.setenv(setting, value)
    result = remind()
    assert (result.exit_code, said in result.output) == (2, True), result.output


def test_a_server_that_does_not_encrypt_is_refused_where_that_is_asked_for(
    history: History, inbox: Inbox, smtp: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_SMTP_TLS", "starttls")
    result = remind()
    assert result.exit_code == 1
    assert "STARTTLS extension not supported" in result.output
    assert inbox.mails == []


@pytest.mark.parametrize(
    ("days", "expected"),
    [(15, ""), (14, "approaching"), (1, "approaching"), (0, "due"), (-6, "due"), (-7, "overdue 1"), (-14, "overdue 2")],
)  # fmt: skip
def test_how_near_a_day_is(days: int, expected: str) -> None:
    assert reminders.stage(date.fromordinal(DUE.toordinal() + days), DUE) == expected


def test_who_agreed_an_indicator_and_who_looked_at_it_are_told_once_that_it_is_being_changed(
    history: History, inbox: Inbox, smtp: int
) -> None:
    log, draft = IndicatorLog(history), new_id()
    editor, reviewer, author = (f"{name}@authority.example" for name in ("ed", "bob", "cat"))
    given = {"text": "one", "title": "Hours given", "code": "ABC-I1", "digest": "a" * 64}
    kept = log.step(log.save(draft, given, None, by=author, view=""), "prototype", by=author, view="")
    seen = log.review(kept, "c" * 64, by=reviewer, view="", reason="Right")
    file = EvidenceFile(sha256="c" * 64, name="a.json", media="", size=1)
    agreed = log.step(seen, "agreed", by=editor, view="", reason="Asked for", file=file)
    quiet = date(2027, 8, 2)
    remind(quiet)
    inbox.mails.clear()
    log.save(draft, given | {"text": "two", "digest": "b" * 64}, agreed.revision.number, by=author, view="")
    remind(quiet)
    remind(date(2027, 8, 3))
    assert sorted(inbox.to) == [reviewer, editor]
    mail = inbox.mails[0]
    assert mail["Subject"] == "ABC-I1 Hours given is being changed"
    assert f"https://value.authority.example/workbench?indicator={draft}" in mail.get_content()
    assert f"changed by {author}" in mail.get_content()
