"""The commands for who may do what: ``roles list``, ``roles give`` and ``roles leave``."""

from __future__ import annotations

import click

from svdash import wording
from svdash.cli.records_commands import faults_said, who


@click.group()
def roles() -> None:
    """Decide who may write: roles on record stand in place of those that the sign-in provider gives.

    PERSON is the claim that SVDASH_IDENTITY_CLAIM names, an e-mail address by default.
    """


@roles.command(name="list")
def list_() -> None:
    """List everybody whose roles are on record.

    Exit status: 0 done, 2 the database can't be used.
    """
    from svdash.records import History, connect, is_there
    from svdash.records.role_grants import RoleGrants

    with faults_said():
        found = RoleGrants(History(connect())).all() if is_there() else {}
        for person, given in sorted(found.items()):
            click.echo(f"{person}: {_written(given)}")
        if not found:
            click.echo("No roles are on record: the sign-in provider decides for everybody.")


@roles.command()
@click.argument("person")
@click.argument("role", nargs=-1)
@click.option("--why", required=True, help="The reason, which stays in the history.")
def give(person: str, role: tuple[str, ...], why: str) -> None:
    """Give PERSON these roles and no other: officer, board, analyst, editor. Without a role they may only read.

    Exit status: 0 done, 2 a role is not known, or the database can't be used.
    """
    _decide(person, role, why)
    click.echo(f"{person}: {_written(frozenset(role))}")


@roles.command()
@click.argument("person")
@click.option("--why", required=True, help="The reason, which stays in the history.")
def leave(person: str, why: str) -> None:
    """Leave the roles of PERSON to the sign-in provider again.

    Exit status: 0 done, 2 the database can't be used.
    """
    _decide(person, None, why)
    click.echo(f"{person}: as the sign-in provider says")


def _decide(person: str, role: tuple[str, ...] | None, why: str) -> None:
    from svdash.records import History, connect
    from svdash.records.role_grants import RoleGrants

    with faults_said():
        grants = RoleGrants(History(connect()))
        grants.decide(person, role, reason=why, by=who(), view="")


def _written(given: frozenset[str]) -> str:
    return wording.listing(sorted(given)) if given else "no role"
