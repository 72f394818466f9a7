"""Who signed in, what they may do, and what is answered to people who did not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import auth_util
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from svdash.access import identity, sign_in, tickets
from svdash.access.identity import LOCAL_USER, Person
from svdash.access.sign_in import SignedIn
from svdash.records import Draft, History, connect
from svdash.records.evidence_files import EvidenceFolder, examined
from svdash.records.role_grants import RoleGrants
from svdash.show.kit import account
from svdash.show.panels import evidence_field
from svdash.web import private_routes
from svdash.web.readers import SignedInReaders
from svdash.web.sign_in_return import SignInReturn, address_of, is_ours

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ORIGIN = "https://dashboard.example"
SECRET = "a secret of these tests alone"  # noqa: S105


def claims(**changed: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "is_logged_in": True,
        "email": "ann@authority.example",
        "email_verified": True,
        "name": "Ann",
        "exp": (NOW + timedelta(hours=1)).timestamp(),
        "roles": ["officer"],
        "origin": ORIGIN,
    }
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", address)
    return address


def test_claims_say_who_it_is_until_when_and_with_which_roles() -> None:
    found = sign_in.read(claims(roles=["officer", "chairs", "editor"]), NOW)
    assert found == SignedIn(
        "ann@authority.example",
        "Ann",
        frozenset({"officer", "editor"}),
        NOW + timedelta(hours=1),
        "ann@authority.example",
    )


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"exp": NOW.timestamp()}, "Your sign-in ended at 12:00 UTC on 29 November 2026"),
        ({"exp": None}, "does not say when your sign-in ends"),
        ({"exp": "2030"}, "does not say when your sign-in ends"),
        ({"email": None}, "the claim “email” is missing"),
        ({"email": " "}, "the claim “email” is missing"),
        ({"email": "Local user"}, "can't be used"),
        ({"email": "command of root"}, "can't be used"),
        ({"email": "Remind"}, "can't be used"),
        ({"exp": 1_800_000_000_000}, "does not say when your sign-in ends"),
        ({"exp": float("nan")}, "does not say when your sign-in ends"),
        ({"email": f"{'a' * 200}@b.example"}, "can't be used"),
        ({"email_verified": False}, "does not say that it has checked your e-mail address"),
        ({"email_verified": "false"}, "does not say that it has checked your e-mail address"),
        ({"email_verified": None}, "does not say that it has checked your e-mail address"),
    ],
)
def test_who_can_not_be_accepted_is_nobody_and_is_told_why(changed: Mapping[str, object], why: str) -> None:
    found = sign_in.read(claims(**changed), NOW)
    assert isinstance(found, str)
    assert why in found


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"email_verified": True}, "ann@authority.example"),
        ({"xms_edov": True}, "ann@authority.example"),
        ({"xms_edov": "1"}, "ann@authority.example"),
        ({}, ""),
        ({"email_verified": False}, ""),
        ({"email_verified": "yes"}, ""),
        ({"xms_edov": "0"}, ""),
        ({"email_verified": True, "email": None}, ""),
    ],
)
def test_an_address_is_known_beside_the_identity_if_the_provider_checked_it(
    changed: Mapping[str, object], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_IDENTITY_CLAIM", "oid")
    found = sign_in.read(claims(**{"oid": "00aa", "email_verified": None, **changed}), NOW)
    assert isinstance(found, SignedIn)
    assert (found.identity, found.email) == ("00aa", expected)


def test_an_address_that_nobody_checked_is_believed_only_where_the_settings_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert isinstance(sign_in.read(claims(email_verified="true"), NOW), SignedIn)
    monkeypatch.setenv("SVDASH_EMAIL_TRUSTED", "1")
    assert isinstance(sign_in.read(claims(email_verified=None), NOW), SignedIn)
    monkeypatch.delenv("SVDASH_EMAIL_TRUSTED")
    monkeypatch.setenv("SVDASH_IDENTITY_CLAIM", "oid")
    assert isinstance(sign_in.read(claims(email_verified=None, oid="f3a1"), NOW), SignedIn)


@pytest.mark.parametrize("logged_in", [None, False, "true", 1])
def test_nobody_is_signed_in_without_streamlits_own_word(logged_in: object) -> None:
    assert sign_in.read(claims(is_logged_in=logged_in), NOW) == ""


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        ("officer editor", {"officer", "editor"}),
        ("officer,board", {"officer", "board"}),
        ("Social value officers", {"officer"}),
        (["Social value officers", "Board"], {"officer", "board"}),
        (["admin"], set()),
        ({"officer": True}, set()),
        (None, set()),
    ],
)
def test_groups_of_the_provider_become_roles_by_the_settings(
    claimed: object, expected: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_ROLES_CLAIM", "groups")
    monkeypatch.setenv("SVDASH_ROLE_NAMES", "Social value officers = officer; Board=board")
    found = sign_in.read(claims(groups=claimed, roles=["editor"]), NOW)
    assert isinstance(found, SignedIn)
    assert found.roles == expected


def test_a_part_of_the_names_of_roles_that_is_no_pair_stops_with_the_name_of_the_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SVDASH_ROLE_NAMES", "officers")
    with pytest.raises(ValueError, match="SVDASH_ROLE_NAMES: 'officers' is not a pair"):
        sign_in.read(claims(), NOW)


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, object]], dict[str, str]]:
    """Sign claims as the server does."""
    monkeypatch.setattr(sign_in, "provider", lambda: True)
    monkeypatch.setattr(auth_util, "get_signing_secret", lambda: SECRET)
    monkeypatch.setattr(auth_util, "get_origin_from_redirect_uri", lambda: ORIGIN)

    def sign(given: Mapping[str, object], secret: str = SECRET) -> dict[str, str]:
        value = create_signed_value(secret, USER_COOKIE_NAME, json.dumps(given))
        return {USER_COOKIE_NAME: value.decode() if isinstance(value, bytes) else value}

    return sign


def later(**changed: object) -> dict[str, object]:
    return claims(exp=(datetime.now(UTC) + timedelta(hours=1)).timestamp(), **changed)


def test_a_cookie_is_believed_if_this_server_signed_it_for_its_own_address(
    signed: Callable[..., dict[str, str]],
) -> None:
    found = sign_in.from_cookies(signed(later()))
    assert isinstance(found, SignedIn)
    assert found.identity == "ann@authority.example"
    assert sign_in.from_cookies(signed(later(), "another secret of some length")) == ""
    assert sign_in.from_cookies(signed(later(origin="https://elsewhere.example"))) == ""
    assert sign_in.from_cookies({}) == ""
    forged = signed(later())
    forged[USER_COOKIE_NAME] = forged[USER_COOKIE_NAME][:-3] + "abc"
    assert sign_in.from_cookies(forged) == ""


def test_a_role_on_record_stands_in_place_of_the_providers_and_can_be_taken_away(database: str) -> None:
    grants = RoleGrants(History(connect(database)))
    officer = frozenset({"officer"})
    assert identity.with_roles("ann@authority.example", officer).roles == officer
    grants.decide("Ann@authority.example", ["editor"], reason="new post", by="x", view="")
    assert identity.with_roles("ann@authority.example", officer).roles == {"editor"}
    grants.decide("ann@authority.example", [], reason="left", by="x", view="")
    assert identity.with_roles("ann@authority.example", officer).roles == frozenset()
    grants.decide("ann@authority.example", None, reason="back", by="x", view="")
    assert identity.with_roles("ann@authority.example", officer).roles == officer
    assert grants.all() == {}


def test_nobody_has_a_role_while_the_records_can_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVDASH_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    found = identity.with_roles("ann@authority.example", frozenset({"officer"}))
    assert found.roles == frozenset()
    assert "SVDASH_DATABASE_URL" in found.trouble


@pytest.mark.parametrize(
    ("who", "role", "why"),
    [
        (None, "officer", "Updates are written by the people who own commitments. Sign in first."),
        (
            Person("bob@authority.example", frozenset({"board"})),
            "officer",
            "You are signed in as bob@authority.example; your roles: board. Ask an editor for the role officer.",
        ),
        (Person("eve@authority.example", frozenset()), "editor", "your roles: none."),
        (
            Person("ann@authority.example", frozenset(), trouble="The database does not answer."),
            "officer",
            "Your roles can't be read, so nothing can be written. The database does not answer.",
        ),
        (Person("ann@authority.example", frozenset({"officer"})), "officer", ""),
    ],
)
def test_who_lacks_a_role_is_told_why_and_what_to_do(
    who: Person | None, role: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "person", lambda: who)
    monkeypatch.setattr(sign_in, "provider", lambda: True)
    found = identity.why_not(role)
    assert why in found
    assert bool(why) == bool(found)


@pytest.mark.parametrize(
    ("readers", "who", "tried", "provider", "expected"),
    [
        ("everyone", None, "", False, ""),
        ("signed-in", Person("ann@authority.example", frozenset()), "", True, ""),
        ("signed-in", None, "Your sign-in ended.", True, "Your sign-in ended."),
        ("signed-in", None, "", True, "Only people who are signed in may read this dashboard."),
        ("signed-in", None, "", False, "no sign-in provider is configured"),
    ],
)
def test_a_reader_is_refused_with_the_reason_that_is_theirs(
    readers: str,
    who: Person | None,
    tried: str,
    provider: bool,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SVDASH_READERS", readers)
    monkeypatch.setattr(identity, "person", lambda: who)
    monkeypatch.setattr(sign_in, "at_browser", lambda: tried)
    monkeypatch.setattr(sign_in, "provider", lambda: provider)
    found = account.refusal()
    assert expected in found
    assert bool(expected) == bool(found)


def test_analysts_and_editors_may_have_files_looked_at_and_others_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for roles, may in (({"analyst"}, True), ({"editor"}, True), ({"officer", "board"}, False), ((), False)):
        who = Person("ann@authority.example", frozenset(roles))
        monkeypatch.setattr(identity, "person", lambda who=who: who)
        assert (identity.why_not_look() == "") is may


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (None, False),
        (Person("eve@authority.example", frozenset()), False),
        (Person("ann@authority.example", frozenset({"board"})), True),
        (LOCAL_USER, True),
    ],
)
def test_evidence_is_opened_by_people_with_a_role_alone_also_when_the_button_was_drawn_before(
    who: Person | None, may: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"%PDF-1.7 minutes"
    folder = EvidenceFolder(tmp_path)
    file = examined("minutes.pdf", content)
    folder.keep(file, content)
    monkeypatch.setattr(identity, "person", lambda: who)
    assert evidence_field.may_open() is may
    assert evidence_field.opened(folder, file) == (content if may else b"")


def test_a_ticket_lets_in_for_one_purpose_and_only_with_the_role_of_now(database: str) -> None:
    ann = Person("ann@authority.example", frozenset({"editor"}), claimed=frozenset({"editor"}))
    token = tickets.mint("audit", ann)
    assert tickets.holder(token, "audit", "editor").identity == ann.identity
    for wrong, purpose in ((token, "evidence"), (token[:-2], "audit"), ("", "audit")):
        with pytest.raises(tickets.TicketError, match="works only from a link on a page"):
            tickets.holder(wrong, purpose, "editor")
    grants = RoleGrants(History(connect(database)))
    grants.decide(ann.identity, [], reason="left", by="x", view="")
    with pytest.raises(tickets.TicketError, match="does not have the role editor"):
        tickets.holder(token, "audit", "editor")


def test_a_ticket_ends(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    del database
    token = tickets.mint("audit", LOCAL_USER)
    monkeypatch.setattr(tickets, "SECONDS", -1)
    with pytest.raises(tickets.TicketError, match="works for five minutes"):
        tickets.holder(token, "audit", "editor")


def test_a_ticket_of_the_local_user_is_worth_nothing_without_the_setting(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del database
    token = tickets.mint("audit", LOCAL_USER)
    monkeypatch.delenv("SVDASH_LOCAL_USER", raising=False)
    with pytest.raises(tickets.TicketError):
        tickets.holder(token, "audit", "editor")
    monkeypatch.setenv("SVDASH_LOCAL_USER", "1")
    assert tickets.holder(token, "audit", "editor") == LOCAL_USER


def test_the_history_is_taken_away_as_csv_with_a_ticket_alone(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(connect(database))
    history.add(
        [Draft("update:A-1", "update", {"note": '=HYPERLINK("x")'}, words="said in confidence")],
        by="ann@authority.example",
        view="?role=all",
    )
    history.add([Draft("update:A-2", "update", {"note": "fine"})], by="=bob", view="")
    monkeypatch.setenv("SVDASH_LOCAL_USER", "1")
    client = TestClient(Starlette(routes=private_routes.routes()))
    refused = client.get("/private/audit.csv")
    assert (refused.status_code, refused.headers["cache-control"]) == (403, "no-store")
    token = tickets.mint("audit", LOCAL_USER)
    found = client.get("/private/audit.csv", params={"token": token})
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-store"
    first, *rows = found.text.splitlines()
    assert first == "\ufeffnumber,at,by,kind,item,follows,view,content,words,hash"
    assert [row.split(",")[0] for row in rows] == ["2", "1"]
    assert ",'=bob," in rows[0]
    assert "said in confidence" not in found.text
    assert ",kept," in rows[1]
    only = client.get("/private/audit.csv", params={"token": token, "words": "a-1"})
    assert len(only.text.splitlines()) == 2
    wrong = client.get("/private/audit.csv", params={"token": token, "since": "yesterday"})
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("/commitments?role=employer&year=2024%2F25", True),
        ("/", True),
        ("//evil.example/x", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("/a b", False),
        ("/a\r\nSet-Cookie: x=y", False),
        ("", False),
        (f"/{'a' * 2001}", False),
    ],
)
def test_people_are_led_back_to_addresses_of_this_server_alone(address: str, ours: bool) -> None:
    assert is_ours(address) is ours


def test_the_page_that_people_came_from_is_of_the_same_server() -> None:
    here = {"host": "dashboard.example", "referer": "https://dashboard.example/equality-gaps?role=all"}
    assert address_of(Headers(here)) == "/equality-gaps?role=all"
    assert address_of(Headers({**here, "referer": "https://evil.example/equality-gaps"})) == ""
    assert address_of(Headers({"host": "dashboard.example"})) == ""


def test_after_sign_in_the_address_is_the_one_from_before_and_is_used_once() -> None:
    async def login(_: Request) -> Response:
        return RedirectResponse("https://provider.example/authorize", status_code=302)

    async def back(_: Request) -> Response:
        return RedirectResponse("/", status_code=302)

    app = Starlette(
        routes=[Route("/auth/login", login), Route("/oauth2callback", back)],
        middleware=[Middleware(SignInReturn)],
    )
    client = TestClient(app, base_url="https://dashboard.example", follow_redirects=False)
    address = "/commitments?role=employer&year=2024%2F25"
    client.get("/auth/login", headers={"referer": f"https://dashboard.example{address}"})
    assert client.get("/oauth2callback").headers["location"] == address
    assert client.get("/oauth2callback").headers["location"] == "/"


@pytest.fixture
def restricted(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("SVDASH_READERS", "signed-in")

    async def answer(_: Request) -> Response:
        return PlainTextResponse("figures", headers={"Cache-Control": "public"})

    app = Starlette(
        routes=[Route("/{path:path}", answer)],
        middleware=[Middleware(SignedInReaders, pages=frozenset({"/", "/commitments"}))],
    )
    return TestClient(app, base_url="https://dashboard.example")


@pytest.mark.parametrize(
    "path",
    ["/api/v1/tables", "/media/abc.csv", "/app/static/x", "/private/audit.csv", "/unknown", "/commitments/x"],
)
def test_where_readers_sign_in_routes_and_files_are_refused_to_others_and_kept_by_no_cache(
    restricted: TestClient, signed: Callable[..., dict[str, str]], path: str, database: str
) -> None:
    del database
    refused = restricted.get(path)
    assert refused.status_code == 403
    assert "figures" not in refused.text
    ended = signed(claims(exp=datetime.now(UTC).timestamp() - 1))
    assert restricted.get(path, cookies=ended).status_code == 403
    let_in = restricted.get(path, cookies=signed(later()))
    assert (let_in.status_code, let_in.text) == (200, "figures")
    assert let_in.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/commitments",
        "/static/js/x.js",
        "/_stcore/health",
        "/auth/login",
        "/healthz",
        "/api/v1/calendars/x.ics",
    ],
)
def test_the_way_in_and_health_stay_open(restricted: TestClient, path: str) -> None:
    assert restricted.get(path).status_code == 200


def test_reading_asks_no_database_so_that_one_that_hangs_stops_nobody(
    restricted: TestClient, signed: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object, **__: object) -> Person:
        raise AssertionError("the roles were asked for")

    monkeypatch.setattr(identity, "with_roles", asked)
    assert restricted.get("/api/v1/tables", cookies=signed(later())).status_code == 200


def test_a_wrong_word_for_who_may_read_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVDASH_READERS", "staff")
    with pytest.raises(ValueError, match="SVDASH_READERS: 'staff' is not known"):
        SignedInReaders(PlainTextResponse("x"), frozenset())
