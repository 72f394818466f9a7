"""A prototype is seen on the workbench alone; once agreed it is an indicator like any other, and retired it keeps its past.

One search looks for a planted identifier and planted words in everything that is shown and served: it finds nothing of the
prototype, and finds the same indicator once it is agreed.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from svdash import editions
from svdash.access import identity
from svdash.editions.agreed_indicators import packed, unpacked
from svdash.editions.agreed_row_check import row_faults
from svdash.editions.prototypes import PrototypeRows
from svdash.findings.indicators import gated_observations, indicator_trends
from svdash.records import History, connect, copies, history
from svdash.records.evidence_files import EvidenceFolder
from svdash.records.indicator_versions import IndicatorLog
from svdash.register import Framework, View
from svdash.tables import Fault, Pack, open_pack
from svdash.workbench import indicator_checks, prototype_findings
from svdash.workbench.agreement_check import in_the_way
from svdash.workbench.definition import DefinitionError, read
from svdash.workbench.examined_indicator import IndicatorCheck
from tests.copies import SMALL
from tests.integration.pages.test_pages import everything
from tests.integration.workbench import planted_indicator as planted
from tests.opened_pages import opened

ANALYST = identity.Person("ann@a.example", frozenset({identity.ANALYST}))


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    """The settings name the small pack and a database that is not there yet."""
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    return open_pack()


def log() -> IndicatorLog:
    return IndicatorLog(History(connect()))


def test_a_prototype_changes_no_edition_and_an_agreed_indicator_stands_in_its_tables(pack: Pack) -> None:
    planted.prototype()
    assert editions.current() is pack
    planted.agreed(planted.rows(pack))
    edition = editions.current()
    assert edition.fingerprint != pack.fingerprint
    assert planted.CODE in Framework.of(edition).indicators.index
    mine = gated_observations.gated(edition).query("indicator == @planted.CODE")
    theirs = gated_observations.gated(edition).query("indicator == @planted.LIKE")
    assert mine["value"].tolist() == theirs["value"].tolist()
    assert edition.table("indicators").dtypes.equals(pack.table("indicators").dtypes)


@pytest.mark.exhaustive
def test_the_search_finds_nothing_of_a_prototype_and_the_same_indicator_once_it_is_agreed(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = identity.Person("lea@a.example", frozenset({identity.BOARD, identity.OFFICER}))
    monkeypatch.setattr(identity, "person", lambda: leader)
    planted.prototype()
    # What is kept of it in this process must not be served either: it is worked out and shown first.
    worked = prototype_findings.findings(pack, read(planted.TEXT))
    assert planted.TITLE in worked.trend.headline
    with monkeypatch.context() as context:
        context.setattr(identity, "person", lambda: ANALYST)
        panel = " ".join(everything(opened("workbench", indicator=planted.DRAFT)))
    assert "A prototype, not agreed" in panel
    assert planted.TITLE in panel
    pages = (
        "overview",
        "exceptions",
        "commitments",
        "indicators",
        "equality-gaps",
        "local-economy",
        "data-and-methods",
    )
    for found in (planted.shown(), planted.served(), planted.snapped(*pages)):
        assert planted.places(found) == set()
    planted.agreed(planted.rows(pack))
    assert "indicators" in planted.places(planted.shown())
    addresses = planted.places(planted.served())
    assert {"/api/v1/openapi.json", "indicators {}", "pack-indicators {}"} <= addresses
    assert any(key.startswith("indicators") for key in planted.places(planted.snapped(*pages)))


def test_rows_that_are_kept_and_read_again_are_the_same(pack: Pack) -> None:
    rows = planted.rows(pack)
    again = unpacked(packed(rows))
    assert packed(again) == packed(rows)
    assert again.indicator == planted.CODE


def test_a_retired_indicator_keeps_its_figures_says_when_and_why_and_is_due_no_more(pack: Pack) -> None:
    planted.prototype()
    rows = planted.rows(pack)
    rows.tables["indicators"]["target"] = 10.0
    kept = planted.agreed(rows)
    before = gated_observations.gated(editions.current()).query("indicator == @planted.CODE")
    log().step(kept, "retired", by="ed", view="", reason="Nobody plants any more")
    edition = editions.current()
    after = gated_observations.gated(edition).query("indicator == @planted.CODE")
    assert after["value"].tolist() == before["value"].tolist()
    about = Framework.of(edition).indicator(planted.CODE)
    assert about["title"] == f"{planted.TITLE} (retired)"
    assert "Nobody plants any more." in about["caveat"]
    assert pd.isna(about["target"])
    shown = indicator_trends.one(edition, View(), planted.CODE)
    assert shown.subtitle.startswith("Retired on ")
    assert "Nobody plants any more." in shown.subtitle
    told = indicator_trends.about(edition, planted.CODE)[0]
    assert (told[0], "Nobody plants any more." in told[1]) == ("Retired", True)
    (line,) = indicator_trends.board(edition, View()).frame.query("indicator == @planted.CODE")["said"]
    assert line.startswith("Retired on ")
    view = Framework.of(edition).filters.default_view()
    assert planted.CODE not in {each.indicator["id"] for each in indicator_trends.worse(edition, view)}


def test_a_change_leaves_what_was_agreed_in_every_table_until_it_is_agreed_too(pack: Pack) -> None:
    planted.prototype()
    planted.agreed(planted.rows(pack))
    before = editions.current()
    planted.prototype(text=planted.TEXT + "# changed\n", digest="b" * 64)
    assert editions.current() is before
    planted.agreed(planted.rows(pack, title="Planted quince trees"))
    assert Framework.of(editions.current()).indicator(planted.CODE)["title"] == "Planted quince trees"
    assert (editions.current().table("indicators")["id"] == planted.CODE).sum() == 1


def test_a_file_of_figures_that_was_changed_is_not_shown_and_said_until_it_is_restored(pack: Pack) -> None:
    planted.prototype()
    kept = planted.agreed(planted.rows(pack))
    assert kept.version.file is not None
    file = EvidenceFolder().folder / kept.version.file.sha256
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"quince", b"apples"))
    edition = editions.current()
    assert planted.CODE not in set(edition.table("indicators")["id"])
    assert f"{planted.CODE} is left out" in edition.notice
    file.write_bytes(whole)
    assert planted.CODE in set(editions.current().table("indicators")["id"])


def test_what_was_agreed_is_backed_up_and_restored_with_the_history(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted.prototype()
    planted.agreed(planted.rows(pack))
    copies.backup(connect(), tmp_path / "backup.zip")
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere' / 'records.sqlite3'}")
    (tmp_path / "elsewhere").mkdir()
    copies.restore(connect(), tmp_path / "backup.zip")
    assert planted.CODE in set(editions.current().table("indicators")["id"])
    assert history.History(connect()).faults() == ()


def test_rows_are_refused_that_the_check_of_a_pack_would_refuse(pack: Pack) -> None:
    assert in_the_way(pack, planted.rows(pack)) == ()
    rows = planted.rows(pack)
    rows.tables["indicators"]["level"] = "guess"
    rows.tables["indicators"]["measure"] = "COM-S99"
    found = " ".join(in_the_way(pack, rows))
    assert "level: “guess” is not one of the values allowed" in found
    assert "measure: “COM-S99”" in found
    assert "withheld" not in found
    (taken,) = in_the_way(pack, planted.rows(pack, code="COM-I7"))
    assert taken == "There is an indicator COM-I7 already. Choose an identifier that is free."
    (other,) = in_the_way(pack, planted.rows(pack), agreed_as="COM-I96")
    assert other.startswith("It was agreed as COM-I96 and keeps that identifier")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("indicators", "role"),
        ("indicators", "unit"),
        ("observations_illustrative", "organisation"),
        ("observations_illustrative", "characteristic"),
    ],
)
def test_an_indicator_whose_rows_name_what_the_pack_has_no_longer_is_left_out_and_that_is_said(
    pack: Pack, table: str, column: str
) -> None:
    planted.prototype()
    rows = planted.rows(pack)
    rows.tables[table][column] = "gone-since"
    planted.agreed(rows)
    edition = editions.current()
    assert planted.CODE not in set(edition.table("indicators")["id"])
    assert "gone-since" in edition.notice


def test_groups_that_the_register_has_no_characteristic_for_are_refused_with_how_it_writes_them(
    pack: Pack,
) -> None:
    rows = planted.rows(pack)
    for name in ("Sex", "Job"):
        rows.tables["observations_illustrative"]["characteristic"] = name
        (said,) = in_the_way(pack, rows)
        assert f"group: most groups of the column {name} are none that the data pack knows." in said
        assert ("Write the groups as Sex has them: " in said) == (name == "Sex")


def test_the_check_of_a_definition_says_what_agreeing_would_refuse(pack: Pack) -> None:
    def fits(text: str, agreed_as: str | None = None) -> IndicatorCheck:
        (found,) = [
            each
            for each in indicator_checks.checked(pack, read(text), None, agreed_as)
            if each.code == "register"
        ]
        return found

    unnamed = fits(planted.TEXT)
    assert unnamed.verdict == "warn"
    assert "it would belong to COM-S" in unnamed.words
    named = f"measure: COM-S2\n{planted.TEXT}"
    assert (fits(named).verdict, "COM-S2, “" in fits(named).words) == ("pass", True)
    for wrong, said in (
        (named.replace(planted.TITLE, "Quinces " * 12), "title: “Quinces"),
        (named.replace("level: output", "level: input"), "level: “input”"),
        (named.replace(planted.CODE, "QXZ-I1"), "id: “QXZ-I1”"),
        (named.replace(planted.CODE, "COM-I7"), "There is an indicator COM-I7 already"),
    ):
        assert (fits(wrong).verdict, said in fits(wrong).words) == ("fail", True), fits(wrong).words
    assert "It was agreed as COM-I96" in fits(named, "COM-I96").words
    with pytest.raises(
        DefinitionError, match=r"measure: commissioner has no success measure EMP-S1. There are COM-S"
    ):
        indicator_checks.checked(pack, read(f"measure: EMP-S1\n{planted.TEXT}"))


def test_what_was_agreed_is_a_version_of_itself_for_the_command_too(pack: Pack) -> None:
    planted.prototype()
    planted.agreed(planted.rows(pack))
    checks = indicator_checks.checked(editions.current(), read(planted.TEXT))
    assert {each.verdict for each in checks if each.code == "register"} == {"warn"}


def test_a_contradiction_of_a_whole_table_that_new_rows_cause_is_in_the_way(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = planted.rows(pack)

    def contradictions(checked: Pack) -> tuple[Fault, ...]:
        many = (checked.table("indicators")["role"] == rows.tables["indicators"]["role"].iloc[0]).sum()
        return (Fault("indicators", None, None, None, f"One role has {many} indicators", "Look at it."),)

    monkeypatch.setattr(Pack, "contradictions", property(contradictions))
    (found,) = row_faults(rows)
    assert found.row is None
    assert row_faults(PrototypeRows(planted.CODE, {})) == []
