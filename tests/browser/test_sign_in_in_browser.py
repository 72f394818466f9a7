"""Signing in at a real provider and out again, as each of the people who may write, and where only they may read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tenacity import Retrying, retry_if_exception_type, stop_after_delay

from benchmarks.servers import ROOT, serving
from svdash.records import History, connect
from svdash.records.champions_forum import ForumLog
from svdash.records.deputies import Deputies
from svdash.records.role_grants import ROLES, RoleGrants
from tests.browser.dashboard import PATIENCE, Dashboard
from tests.sign_in_provider import provider, secrets_file

pytestmark = pytest.mark.browser
PEOPLE = {
    role: {
        "email": f"{role}@authority.example",
        "email_verified": True,
        "name": role.title(),
        "roles": [role],
    }
    for role in ROLES
}
# Drawn as HTML: the address is copied as it is.
OWNER = "Chief Executive"
OFFICER = re.compile("You write as officer@authority\\.example")


@dataclass(frozen=True)
class Signing:
    """A server with a provider."""

    address: str
    provider: str
    database: str


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory, _settings: None) -> Iterator[Signing]:
    """A server that people sign in to, and that only they may read."""
    folder = tmp_path_factory.mktemp("signing")
    database = f"sqlite:///{folder / 'records.sqlite3'}"
    with pytest.MonkeyPatch.context() as patch, provider(PEOPLE) as theirs:
        patch.setenv("SVDASH_DATABASE_URL", database)
        patch.setenv("SVDASH_READERS", "signed-in")
        options = [f"--secrets.files={secrets_file(folder, theirs)}"]
        with serving(ROOT / "app.py", folder / "log.txt", options) as address:
            yield Signing(address, theirs, database)


@pytest.fixture
def visitor(page: Page, signing: Signing) -> Dashboard:
    # The provider's form asks for a style from the internet, which nobody can reach here.
    page.route(re.compile(r"^https://"), lambda route: route.abort())
    return Dashboard(page, signing.address)


def sign_in(visitor: Dashboard, who: str, path: str = "/my-updates") -> None:
    visitor.page.goto(f"{visitor.base}{path}")
    visitor.page.get_by_role("button", name="Sign in").click()
    visitor.page.get_by_role("button", name=who, exact=True).click()
    expect(visitor.page).to_have_url(re.compile(re.escape(visitor.base)))


def test_nobody_reads_without_signing_in(visitor: Dashboard) -> None:
    visitor.page.goto(f"{visitor.base}/equality-gaps")
    expect(visitor.main).to_contain_text("Only people who are signed in may read this dashboard.")
    expect(visitor.headlines).to_have_text(["Sign in to read"])
    assert httpx.get(f"{visitor.base}/api/v1/tables", timeout=PATIENCE / 1000).status_code == 403
    assert httpx.get(f"{visitor.base}/healthz", timeout=PATIENCE / 1000).status_code == 200


def test_people_come_back_to_the_address_that_they_left_and_read_its_data(
    visitor: Dashboard, context: BrowserContext
) -> None:
    sign_in(visitor, "board", "/commitments?role=employer&year=2024%2F25")
    expect(visitor.page).to_have_url(f"{visitor.base}/commitments?role=employer&year=2024%2F25")
    expect(visitor.main).to_contain_text("in the register")
    visitor.page.get_by_role("button", name="Account").click()
    expect(visitor.popover).to_contain_text("Roles: board.")
    found = context.request.get(f"{visitor.base}/api/v1/tables")
    assert found.status == 200
    assert found.headers["cache-control"] == "no-store"
    cookie = next(each for each in context.cookies() if each.get("name") == "_streamlit_user")
    forged = f"_streamlit_user={cookie.get('value', '')[:-4]}AAAA"
    refused = httpx.get(f"{visitor.base}/api/v1/tables", headers={"Cookie": forged}, timeout=PATIENCE / 1000)
    assert refused.status_code == 403


def test_an_editor_sees_who_changed_what_and_is_told_what_else_needs(
    visitor: Dashboard, signing: Signing
) -> None:
    grants = RoleGrants(History(connect(signing.database)))
    grants.decide("eve@authority.example", ["analyst"], reason="a new post", by="test", view="")
    sign_in(visitor, "editor", "/audit")
    expect(visitor.headlines.first).to_contain_text("under 1 name")
    with visitor.page.expect_download() as download:
        visitor.main.get_by_role("link", name="Download these revisions (CSV)").click()
    assert "a new post" in download.value.path().read_text(encoding="utf-8-sig")
    visitor.page.goto(f"{visitor.base}/my-updates")
    expect(visitor.main).to_contain_text("your roles: editor. Ask an editor for the role officer.")


def test_a_role_that_is_taken_away_is_gone_before_the_next_write(
    visitor: Dashboard, signing: Signing
) -> None:
    sign_in(visitor, "officer")
    expect(visitor.main).to_contain_text(OFFICER)
    grants = RoleGrants(History(connect(signing.database)))
    grants.decide("officer@authority.example", [], reason="left", by="test", view="")
    try:
        visitor.page.get_by_role("button", name="Save").first.click()
        expect(visitor.main).to_contain_text("your roles: none. Ask an editor for the role officer.")
    finally:
        grants.decide("officer@authority.example", None, reason="back", by="test", view="")


def test_a_deputy_saves_an_update_and_logs_an_entry_under_the_address_of_the_provider(
    visitor: Dashboard, signing: Signing
) -> None:
    # After the test above: what is saved here is folded up from then on, and its button with it.
    history, today = History(connect(signing.database)), datetime.now(UTC).date()
    given = {
        "owner": OWNER,
        "deputy": "officer@authority.example",
        "since": today,
        "until": today + timedelta(1),
    }
    Deputies(history).appoint(given, by="test", view="")
    sign_in(visitor, "officer", f"/my-updates?{urlencode({'owner': OWNER})}")
    expect(visitor.main).to_contain_text(f"Written by officer@authority.example for {OWNER}")
    visitor.main.get_by_label("What happened").first.fill("Said by the deputy.")
    visitor.main.get_by_label("What happened").first.press("Tab")
    expect(visitor.main).to_contain_text("Typed and not saved yet.")
    visitor.main.get_by_role("button", name="Save", exact=True).first.click()
    expect(visitor.main).to_contain_text("saved as a draft of")
    (update,) = history.newest("update")
    assert (update.by, update.content["note"]) == ("officer@authority.example", "Said by the deputy.")
    assert (update.content["deputy"], update.content["on_behalf_of"]) == ("officer@authority.example", OWNER)

    visitor.page.goto(f"{visitor.base}/forum")
    visitor.main.get_by_text("Log a challenge, a decision or good practice").click()
    visitor.main.get_by_role("textbox", name="From which team or role", exact=True).fill("People services")
    visitor.main.get_by_role("textbox", name="Title", exact=True).fill("Lifts in stations")
    visitor.main.get_by_role("textbox", name="Text", exact=True).fill("When will they work?")
    visitor.main.get_by_role("button", name="Save as a draft").click()
    expect(visitor.main).to_contain_text("Lifts in stations: saved as a draft.")
    (entry,) = ForumLog(history).newest()
    assert (entry.revision.by, entry.entry.raised_by, entry.entry.state) == (
        "officer@authority.example",
        "People services",
        "draft",
    )


def test_a_sign_in_that_ended_ends_the_right(visitor: Dashboard, signing: Signing, tmp_path: Path) -> None:
    with provider(PEOPLE, seconds=6) as short, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SVDASH_DATABASE_URL", signing.database)
        options = [f"--secrets.files={secrets_file(tmp_path, short)}"]
        with serving(ROOT / "app.py", tmp_path / "log.txt", options) as address:
            visitor = Dashboard(visitor.page, address)
            sign_in(visitor, "officer")
            expect(visitor.main).to_contain_text(re.compile(r"You write as|Your sign-in ended"))
            # A page asks when it is drawn, so it is drawn again until the six seconds are over.
            for attempt in Retrying(
                stop=stop_after_delay(PATIENCE / 1000), retry=retry_if_exception_type(AssertionError)
            ):
                with attempt:
                    visitor.page.reload()
                    expect(visitor.main).to_contain_text("Your sign-in ended at", timeout=8_000)


def test_signing_out_ends_it_here_and_at_the_provider(visitor: Dashboard, signing: Signing) -> None:
    sign_in(visitor, "analyst", "/data-and-methods?part=bring")
    expect(visitor.main).to_contain_text("Nothing is kept or changed by looking.")
    visitor.page.get_by_role("button", name="Account").click()
    visitor.popover.get_by_role("button", name="Sign out").click()
    expect(visitor.page).to_have_url(re.compile(re.escape(f"{signing.provider}/oauth2/end_session")))
    assert "id_token_hint=" in visitor.page.url
    visitor.page.get_by_role("button", name="End session").click()
    expect(visitor.main).to_contain_text("Only people who are signed in may read this dashboard.")
