"""The commands about those who own commitments: ``people`` and ``remind``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

from svdash import settings, wording
from svdash.cli.records_commands import faults_said, present, who
from svdash.cli.signals import ended_in_order

if TYPE_CHECKING:
    from svdash.findings.progress.changed_indicators import ChangeNotice
    from svdash.findings.progress.reminders import Reminder
    from svdash.records.reminder_log import Moment, ReminderLog

T = TypeVar("T")


class _Mail(NamedTuple):
    """A mail to one person: of which moments, about which identifiers, and ``contents``, what is in it, for the terminal."""

    person: str
    name: str
    email: str
    moments: tuple[Moment, ...]
    about: tuple[str, ...]
    subject: str
    text: str
    contents: str


class _FileOrCommand(click.Group):
    """A group that enters a file where its first argument is none of its commands."""

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command and its arguments, with ``enter`` where only a file was named."""
        named = arguments[0] in self.commands
        return super().resolve_command(context, arguments if named else ["enter", *arguments])


@click.group(cls=_FileOrCommand, invoke_without_command=True, subcommand_metavar="[FILE | COMMAND [ARGS]...]")
@click.pass_context
def people(context: click.Context) -> None:
    """List the people who hold the posts that own commitments; with FILE, enter them.

    Exit status: 0 done, 2 the file or the database can't be used, or rows have faults.
    """
    if context.invoked_subcommand is not None:
        return
    from svdash.records import History
    from svdash.records.people import People

    with faults_said():
        known = People(History(present())).known()
        if not known:
            click.echo("Nobody was entered yet: python -m svdash people FILE enters the people of a CSV.")
        for each in known:
            left = f", left on {wording.day(each.left_on)}" if each.left_on else ""
            click.echo(f"{each.post}: {each.name or 'name erased'} <{each.email or 'address erased'}>{left}")


@people.command()
@click.argument("file", type=click.Path(path_type=Path))
def enter(file: Path) -> None:
    """Enter people from FILE; the word enter may be left out.

    FILE is a CSV in UTF-8 with the columns name, post, directorate, email and left_on, a row for each post of a person.
    The post is written as the register names owners; left_on is the last day in it. Whoever is not in the file stays as
    they were. All rows are checked before any is kept.

    Exit status: 0 done, 2 the file or the database can't be used, or rows have faults.
    """
    from svdash import editions
    from svdash.findings.progress import updates_owed
    from svdash.records import History, connect
    from svdash.records.people import People, read_people
    from svdash.tables import PackError

    with faults_said():
        rows = read_people(file)
        entered = People(History(connect())).enter(rows, by=who(), view="people")
        click.echo(f"{entered.added} added, {entered.changed} changed, {entered.same} as they were.")
        with suppress(PackError):  # the list is kept whatever state the pack is in
            posts = updates_owed.owners(editions.current())
            unknown = sorted({row.post for row in rows} - set(posts))
            if unknown:
                click.echo(f"No commitment is owned by: {wording.listing(unknown, len(unknown))}.")


@people.command()
@click.argument("email")
@click.option(
    "--why", required=True, help="The reason, which stays in the history. Leave the person's name out of it."
)
def erase(email: str, why: str) -> None:
    """Erase the name and address of whoever has or had the address EMAIL, in all revisions, for good.

    The posts, and the day on which they left them, stay. Backups made before still hold the words, and a file that names
    the person enters them again.

    Exit status: 0 done, 2 nobody has or had the address, or the database can't be used.
    """
    from svdash.records import History
    from svdash.records.people import People

    with faults_said():
        many = People(History(present())).erase(email, why, by=who(), view="people erase")
        click.echo(
            f"Name and address are erased in {wording.counted(many, 'revision')}. Backups made before still hold them."
        )


@click.command()
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send and record nothing.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day to take for today, such as 2026-10-07.",
)
def remind(*, dry_run: bool, on: datetime | None) -> None:
    """Send each owner and their deputy one mail with the quarterly updates and answers to the Board still owed.

    Whoever agreed an indicator, or looked at it, gets a mail when a change of it is proposed, and one when it is a prototype.

    Run it every morning: a person hears of a quarter or a question two weeks before its day, on the day, and once a week
    after it, and of nothing that is saved, submitted or answered. What was sent stands in the records, so a second run sends nothing twice, and a
    run that broke off goes on where it stopped. The settings that begin with SVDASH_SMTP_ name the server.

    Exit status: 0 all was sent, 1 some mail could not be sent, 2 the settings, the pack or the database can't be used.
    """
    from svdash import editions
    from svdash.findings.progress import changed_indicators, reminders
    from svdash.records import History, RecordsError
    from svdash.records.deputies import Deputies
    from svdash.records.indicator_versions import IndicatorLog
    from svdash.records.people import People
    from svdash.records.quarterly_updates import QuarterlyUpdates
    from svdash.records.reminder_log import ReminderLog
    from svdash.tables import PackError

    today = on.date() if on else datetime.now(UTC).date()
    with faults_said(PackError), ended_in_order():
        address = _set(settings.public_url)
        server = None if dry_run else _set(settings.mail_server)
        history = History(present())
        known = People(history).known()
        changed = changed_indicators.notices(IndicatorLog(history).every())
        if not known and not changed:
            raise RecordsError(
                "No address is known to send mail to. Enter people with python -m svdash people FILE."
            )
        submitted = QuarterlyUpdates(history).submitted()
        edition = editions.drafting()
        deputies, lost = reminders.reachable(known, Deputies(history).everyone(today), today)
        log = ReminderLog(history)
        owed = reminders.reminders(edition, known, today, submitted, deputies)
        mails = [_reminder(each, today, address) for each in owed] + [
            _notice(each, address) for each in changed
        ]
        due = _unsent(mails, log)
        nobody = reminders.nobody_known(edition, (*known, *deputies), today, submitted)
        failed = _send(due, log, today, server) if server else _print(due)
    for one in lost:
        click.echo(
            f"{one.deputy} stands in for {one.owner}, and has no known address: they are not reminded. Name them by their address."
        )
    for post, what in nobody.items():
        click.echo(f"Nobody in the list of people holds the post {post}: {what} not asked for.")
    for title in reminders.of_nobody(edition, today):
        click.echo(f"{title}: the Board waits for an answer, and no post answers for it. Nobody is reminded.")
    sys.exit(1 if failed else 0)


def _unsent(mails: Iterable[_Mail], log: ReminderLog) -> list[_Mail]:
    """Return the mails of which something was not sent before."""
    reminded = log.reminded()
    return [each for each in mails if not set(each.moments) <= reminded.get(each.person, frozenset())]


def _reminder(each: Reminder, today: date, address: str) -> _Mail:
    from svdash.findings.progress import reminders

    subject, text = reminders.subject(each, today), reminders.message(each, today, address)
    contents = reminders.owed_in_words(each)
    about = tuple(one.id for one in each.updates)
    return _Mail(each.person, each.name, each.email, each.moments, about, subject, text, contents)


def _notice(each: ChangeNotice, address: str) -> _Mail:
    from svdash.findings.progress import changed_indicators

    subject, text = changed_indicators.subject(each), changed_indicators.message(each, address)
    contents = wording.counted(len(each.changed), "changed indicator")
    about = tuple(one.newest.version.code for one in each.changed)
    return _Mail(each.person, "", each.email, each.moments, about, subject, text, contents)


def _print(due: Iterable[_Mail]) -> int:
    many = 0
    for each in due:
        many += 1
        click.echo(f"To: {each.name} <{each.email}>\nSubject: {each.subject}\n")
        click.echo(each.text)
    click.echo(f"{wording.counted(many, 'mail')} would be sent. Nothing was sent or recorded.")
    return 0


def _send(due: list[_Mail], log: ReminderLog, today: date, server: settings.MailServer) -> int:
    """Send mails one by one, each recorded before and after; return how many were not sent."""
    from svdash.cli.outgoing_mail import MailServerError, NotTakenError, connected, hand_over, written

    if not due:
        click.echo("Nobody has to be reminded of anything.")
        return 0
    sent, failed, begun = 0, 0, None
    try:
        with connected(server) as connection:
            for each in due:
                begun = log.begin(each.person, today, each.moments, each.about, by="remind")
                if begun is None:
                    click.echo(
                        f"{each.email}: sent today, or another run is sending it. Nothing is sent twice."
                    )
                    continue
                mail = written(server.sender, each.name, each.email, each.subject, each.text)
                try:
                    hand_over(connection, mail)
                except NotTakenError as error:
                    log.end(begun, error.recorded)
                    click.echo(f"{each.email}: not sent: {error}.", err=True)
                    failed += 1
                else:
                    log.end(begun)
                    click.echo(f"{each.email}: sent, {each.contents}.")
                    sent += 1
                begun = None
    except MailServerError as error:
        if begun is not None:
            log.end(begun, error.recorded)
        click.echo(
            f"{error}\nIt stopped there. Run the command again: it goes on where it stopped.", err=True
        )
        failed = len(due) - sent
    click.echo(f"{sent} of {wording.counted(len(due), 'mail')} sent.")
    return failed


def _set(setting: Callable[[], T]) -> T:
    """Return what a setting holds; end with status 2 and a sentence where it can't be."""
    try:
        return setting()
    except ValueError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
