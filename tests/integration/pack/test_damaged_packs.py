"""No damage of a pack ends in a traceback: `check` names it, routes refuse or answer, pages open."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from svdash.cli import commands
from svdash.tables import needs, open_pack
from svdash.tables.needs import REQUIRED
from tests.conftest import IN_CI
from tests.copies import ROOT, SMALL, CopiedPack
from tests.damaged_packs import Damage, chosen_by, every_damage
from tests.trials import checked, served, shown

# In CI the same at every run, so that what is new there is the change; on a desk, each day looks further.
SEED = 20 if IN_CI else date.today().toordinal()  # noqa: DTZ011  the day where the desk is
EVERY = list(every_damage(SMALL, SEED))
# All pages are drawn of each pack in the lane: some seconds each, so that CI tries fewer than a machine left to itself.
AT_THE_DESK, IN_THE_LANE = (chosen_by(SEED).sample(EVERY, most) for most in (2, 40 if IN_CI else 400))
# What pages link to, plan by, count by and draw; test_pages.py takes the files of other tables away.
UNLISTED = ("links", "plans", "observations_published", "boundaries")
FENMARSH = ROOT / "tests" / "packs" / "fenmarsh"
# Seconds in which everything that is asked of one pack is answered, with plenty to spare.
PLENTY = 600


@pytest.fixture(autouse=True)
def _nothing_known(request: pytest.FixtureRequest) -> None:
    """Work all out anew on a machine left to itself; elsewhere what reads none of the damage is found in memory."""
    if request.node.get_closest_marker("exhaustive") and not IN_CI:
        request.getfixturevalue("nothing_kept")


@contextmanager
def that_ends(what: str) -> Iterator[None]:
    """Fail instead of hanging: a pipe that is opened is waited for without any work."""

    def stop(*_: object) -> None:
        raise AssertionError(f"{what}: no end after {PLENTY} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PLENTY)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def breaks(copied: CopiedPack, damage: Damage, *, pages: bool) -> list[str]:
    """Damage a pack, ask everything of it, and return what breaks."""
    damage.do(copied)
    with that_ends(damage.name):
        return [*checked(copied.folder), *served(copied.folder), *(shown(copied.folder) if pages else ())]


@pytest.fixture
def looked_at(copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch) -> CopiedPack:
    """A copy of the small pack that the routes and pages are of."""
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    return copied_pack


@pytest.mark.parametrize("damage", AT_THE_DESK, ids=lambda damage: damage.name)
def test_a_damaged_pack_breaks_neither_check_nor_a_route(looked_at: CopiedPack, damage: Damage) -> None:
    assert breaks(looked_at, damage, pages=False) == []


# One of them a day; the lane asks more of each.
@pytest.mark.parametrize("table", chosen_by(SEED).sample(UNLISTED, 1))
def test_without_a_table_in_the_descriptor_every_page_opens(looked_at: CopiedPack, table: str) -> None:
    looked_at.unlist(table)
    assert list(shown(looked_at.folder)) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("table", [*UNLISTED, "updates"])
def test_without_a_table_in_the_descriptor_nothing_breaks(looked_at: CopiedPack, table: str) -> None:
    assert breaks(looked_at, Damage(table, lambda copied: copied.unlist(table)), pages=True) == []


@pytest.mark.parametrize(
    "table",
    # At a desk the one that most routes read.
    ["areas", *(pytest.param(each, marks=pytest.mark.exhaustive) for each in ("indicators", "payments"))],
)
def test_a_table_without_a_schema_breaks_no_route(looked_at: CopiedPack, table: str) -> None:
    def edit(said: dict[str, list[dict[str, object]]]) -> None:
        next(each for each in said["resources"] if each["name"] == table).pop("schema")

    damage = Damage(table, lambda copied: copied.describe(edit))
    assert breaks(looked_at, damage, pages=False) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("damage", IN_THE_LANE, ids=lambda damage: damage.name)
def test_no_damage_breaks_check_a_route_or_a_page(looked_at: CopiedPack, damage: Damage) -> None:
    assert breaks(looked_at, damage, pages=True) == []


# -- what check names --------------------------------------------------------------------------------------


def told(folder: Path) -> tuple[int, list[str]]:
    """The exit status of a check, and what it prints line by line."""
    result = CliRunner().invoke(commands.main, ["check", str(folder)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output.splitlines()


@pytest.mark.parametrize("pack", [SMALL, FENMARSH], ids=lambda pack: pack.name)
def test_a_pack_that_has_all_that_is_needed_lacks_nothing(pack: Path) -> None:
    assert open_pack(pack).lacking == ()


@pytest.mark.parametrize("tables", [REQUIRED[::2], REQUIRED[1::2]], ids=["every second", "the others"])
def test_a_table_that_must_be_there_is_named_with_its_columns(
    copied_pack: CopiedPack, tables: tuple[str, ...]
) -> None:
    for table in tables:
        copied_pack.unlist(table)
    status, lines = told(copied_pack.folder)
    assert status == 1
    for table in tables:
        (line,) = [line for line in lines if f"'{table}' is a table that a pack must list" in line]
        assert all(each.name in line for each in needs.needed_columns()[table] if each.required)
    assert sum("is a table that a pack must list" in line for line in lines) == len(tables)


def test_a_table_that_may_be_absent_is_no_fault_by_itself(copied_pack: CopiedPack) -> None:
    for table in ("plans", "glossary", "accreditations", "panels", "data_gaps", "facts", "towns"):
        copied_pack.unlist(table)
    assert told(copied_pack.folder)[0] == 0


# What may be said of a table in the place of what should be, each of a table of its own: a check takes half a second.
SAID_OF = {"links": ..., "facts": None, "towns": 7, "glossary": "nonsense"}
KEYS = ("title", "access", "status", "updated")


def test_what_is_said_of_a_table_is_named_where_it_is_missing_or_not_understood(
    copied_pack: CopiedPack,
) -> None:
    def edit(said: dict[str, list[dict[str, object]]]) -> None:
        for own in said["resources"]:
            for key in KEYS:
                value = SAID_OF.get(str(own["name"]), own[key])
                own.pop(key) if value is ... else own.update({key: value})

    copied_pack.describe(edit)
    status, lines = told(copied_pack.folder)
    named = {
        (t, k) for t in SAID_OF for k in KEYS if any(line.startswith(f"{t}, column “{k}”") for line in lines)
    }
    any_text_will_do = {("glossary", "title")}
    assert (status, named) == (1, {(t, k) for t in SAID_OF for k in KEYS} - any_text_will_do)
    # Nothing is named that was left as it is.
    assert {line.partition(", column “")[0] for line in lines if ", column “" in line} == set(SAID_OF)


def test_any_text_will_do_as_a_title(copied_pack: CopiedPack) -> None:
    def edit(said: dict[str, list[dict[str, object]]]) -> None:
        said["resources"][0]["title"] = "nonsense"

    copied_pack.describe(edit)
    assert told(copied_pack.folder)[0] == 0


def test_a_table_of_people_is_never_open_whatever_the_descriptor_says(copied_pack: CopiedPack) -> None:
    def edit(said: dict[str, list[dict[str, object]]]) -> None:
        for each in said["resources"]:
            each["access"] = "open"

    copied_pack.describe(edit)
    pack = copied_pack.open()
    of_people = [name for name in pack.names if name in needs.OF_PEOPLE]
    assert {pack.resource(name)["access"] for name in of_people} == {"gated"}
    assert {fault.table for fault in pack.lacking} == set(of_people)


@pytest.mark.parametrize("access", ["open", "gated"])
def test_a_value_at_fault_of_a_gated_table_is_told_to_nobody(copied_pack: CopiedPack, access: str) -> None:
    def edit(said: dict[str, list[dict[str, object]]]) -> None:
        next(each for each in said["resources"] if each["name"] == "facts")["access"] = access

    copied_pack.describe(edit)
    copied_pack.change("facts", lambda rows: rows.assign(value="secret-7"))
    found = [str(fault) for fault in copied_pack.open().faults if fault.table == "facts"]
    assert found
    assert any("secret-7" in fault for fault in found) == (access == "open")


def test_a_column_that_is_needed_is_named_where_the_schema_lacks_it_or_gives_it_another_type(
    copied_pack: CopiedPack,
) -> None:
    def edit(said: dict[str, list[dict[str, dict[str, list[dict[str, str]]]]]]) -> None:
        fields = next(each for each in said["resources"] if each["name"] == "areas")["schema"]["fields"]
        fields[:] = [each for each in fields if each["name"] != "decile"]
        next(each for each in fields if each["name"] == "population")["type"] = "string"

    copied_pack.describe(edit)
    pack = copied_pack.open()
    assert [(fault.table, fault.column) for fault in pack.lacking] == [
        ("areas", "decile"),
        ("areas", "population"),
    ]
    # What can be read as the type that is needed is read so; without a decile an area is of no use.
    assert pack.table("areas").empty
    assert str(pack.table("areas")["population"].dtype) == "Int64"


def test_a_day_in_the_future_is_named(copied_pack: CopiedPack) -> None:
    def edit(said: dict[str, list[dict[str, object]]]) -> None:
        said["resources"][0]["updated"] = "2999-01-01"

    copied_pack.describe(edit)
    assert any("'2999-01-01' is in the future" in line for line in told(copied_pack.folder)[1])
