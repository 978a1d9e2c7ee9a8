"""What holds for every page, whoever wrote it: headers, input, sessions, tokens, access and refusals."""

import asyncio
import json
import unicodedata
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import unquote

import pytest
from asyncpg import CannotConnectNowError
from litestar import Request, get, post, route
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import func, select, text
from sqlalchemy.orm.exc import StaleDataError
from structlog.testing import capture_logs

import register.web
from app import create_app
from register.account import Account, RoleGrant, StaffRole, folded_email
from register.kit import pages
from register.kit.db import connect, sessions_of
from register.kit.errors import NotFound, Refused, TooMany
from register.kit.security import csrf
from register.kit.security.input import BODY_LIMIT
from register.kit.security.limits import HOUR, Limit, Rate
from register.kit.security.sessions import COOKIE, StoredSession, hash_of
from register.web import guards, health
from register.web.guards import PUBLIC, SIGNED_IN, UndeclaredAccess, path_within, roles
from register.web.needs import Act, Form, Moment, Network, Session, Viewer, Visit
from tests.browser import HOST, Borrowed, BorrowedSessions, Browser

ALWAYS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
}
RIGHT_TO_LEFT = "\u202egnp.exe"
CROSS_SITE = {"sec-fetch-site": "cross-site"}
NO_METADATA = {"sec-fetch-site": ""}


@get("/try/echo", access=PUBLIC)
async def echo(q: FromQuery[str] = "") -> dict[str, str]:
    return {"q": q}


@get("/try/{word:str}/word", access=PUBLIC)
async def word(word: FromPath[str]) -> dict[str, str]:
    return {"word": word}


@post("/try/form", access=PUBLIC, status_code=200)
async def sent(form: Form) -> dict[str, list[str]]:
    return {name: form.getall(name) for name in form}


@post("/try/remember", access=PUBLIC, status_code=200)
async def remember(visit: Visit, form: Form) -> dict[str, str]:
    visit.put("answer", form.get("answer"))
    return {}


@get("/try/remembered", access=PUBLIC)
async def remembered(visit: Visit) -> dict[str, str]:
    return {"answer": visit.get("answer", "")}


@post("/try/upload", access=PUBLIC, status_code=200, body_limit=1024 * 1024)
async def upload(request: Request[Any, Any, Any]) -> dict[str, int]:
    return {"bytes": len(await request.body())}


@post("/try/sign-out", access=PUBLIC, status_code=200)
async def sign_out(visit: Visit) -> dict[str, str]:
    visit.sign_out()
    return {}


@post("/try/prove", access=PUBLIC, status_code=200)
async def prove(visit: Visit, now: Moment) -> dict[str, str]:
    visit.prove(now=now)
    return {}


@post("/try/slow", access=PUBLIC, status_code=200)
async def slow(visit: Visit, session: Session, form: Form) -> dict[str, str]:
    """Remembers something after the session was ended by somebody else."""
    await session.execute(text("delete from web_session"))
    visit.put("answer", "late")
    return {}


@post("/try/wait", access=PUBLIC, status_code=200)
async def waits(visit: Visit) -> dict[str, str]:
    """Answers once it is told to, and has something to remember then."""
    arrived.set()
    await go_on.wait()
    visit.put("answer", "late")
    return {}


arrived, go_on = asyncio.Event(), asyncio.Event()


@post("/try/sign-in", access=PUBLIC, status_code=200)
async def sign_in(
    visit: Visit, session: Session, form: Form, now: Moment
) -> dict[str, str]:
    account = await session.scalar(
        select(Account).where(Account.email_folded == form.get("email"))
    )
    visit.sign_in(account.id, now=now, proved=True)
    return {}


@get("/try/mine", access=SIGNED_IN)
async def mine(viewer: Viewer) -> dict[str, str]:
    return {"email": viewer.account.email}


@get("/try/staff", access=roles(StaffRole.CASEWORKER, StaffRole.REGISTRAR))
async def staff(act: Act) -> dict[str, str]:
    return {"name": act.account.name}


@post("/try/staff", access=roles(StaffRole.CASEWORKER), status_code=200)
async def staff_acts(act: Act) -> dict[str, str]:
    return {"at": act.now.isoformat()}


@get("/try/network", access=PUBLIC)
async def from_where(network: Network) -> dict[str, str]:
    return {"network": network}


SOME = Limit("some", (Rate(5, HOUR),))


@post("/try/limited", access=PUBLIC, limit=SOME, status_code=200)
async def limited() -> dict[str, str]:
    return {}


@post("/api/try", access=PUBLIC, csrf="exempt", status_code=200)
async def api(data: JSONBody[list[str]]) -> list[str]:
    return data


@get("/api/try/refused", access=PUBLIC, csrf="exempt", sync_to_thread=False)
def api_refuses() -> None:
    raise Refused("Entry CH-0000042-W is held and cannot lapse.")


@get("/api/try/count", access=PUBLIC, csrf="exempt", sync_to_thread=False)
def api_count(page: FromQuery[int]) -> int:
    return page


@get("/api/try/mine", access=SIGNED_IN, csrf="exempt", sync_to_thread=False)
def api_mine() -> None:
    return None


RAISED = {
    "refused": Refused("Entry CH-0000042-W is held and cannot lapse."),
    "not-found": NotFound(),
    "too-many": TooMany(90),
    "stale": StaleDataError("UPDATE ... Cordelia Secret"),
    "socket": ConnectionRefusedError(111, "Connection refused"),
    "starting": CannotConnectNowError("the database system is starting up"),
    "pool": TimeoutError(),
    "bug": ValueError("Cordelia Secret, born 1987"),
    "file": FileNotFoundError(2, "No such file", "secret.txt"),
}


@get("/try/raise/{name:str}", access=PUBLIC, sync_to_thread=False)
def raises(name: FromPath[str]) -> None:
    raise RAISED[name]


@get("/try/sql", access=PUBLIC)
async def sql_fails(session: Session) -> None:
    await session.execute(text("select 'Cordelia Secret'::int"))


@get("/try/number/{number:int}", access=PUBLIC)
async def numbered(session: Session, number: FromPath[int]) -> None:
    await session.execute(text("select :n = 1::bigint"), {"n": number})


@get("/try/flash", access=PUBLIC)
async def shows_flash(visit: Visit) -> list[str]:
    return visit.take_flashes()


@post("/try/flash", access=PUBLIC, status_code=200)
async def flashes(visit: Visit, form: Form) -> dict[str, str]:
    visit.flash("Saved.")
    if form.get("then") == "fail":
        raise Refused("No.")
    return {}


TRIALS = [
    echo, word, sent, remember, remembered, upload, sign_out, prove, slow, waits, sign_in, mine, staff, staff_acts,
    from_where, limited, api, api_refuses, api_count, api_mine, raises, sql_fails, numbered, shows_flash, flashes,
]  # fmt: skip


@pytest.fixture(scope="module")
def service():
    """The app with our trial pages in the place of the real ones."""
    now, database = Borrowed(), BorrowedSessions()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(register.web, "pages", [*health.pages, *TRIALS])
        yield create_app(database, now), database, now


async def account_of(session, email="alice@example.org", *, commit=True, **known):
    account = Account(
        email=email,
        email_folded=folded_email(email),
        name="Alice",
        password_hash="",
        created_at=known.pop("created_at"),
    )
    account.confirmed_at = account.created_at
    granted = known.pop("staff", ())
    account.grants = [RoleGrant(role=role) for role in granted]
    for name, value in known.items():
        setattr(account, name, value)
    session.add(account)
    if commit:
        await session.commit()
    return account


@pytest.fixture
async def alice(session, now):
    return await account_of(session, created_at=now)


@pytest.fixture
async def caseworker(session, now):
    return await account_of(
        session, "carol@example.org", created_at=now, staff=[StaffRole.CASEWORKER]
    )


async def stored_sessions(session):
    return await session.scalar(select(func.count()).select_from(StoredSession))


# Headers


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/try/echo", 200),
        ("HEAD", "/try/echo", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/static/nothing.css", 404),
        ("PUT", "/try/echo", 405),
        ("TRACE", "/try/echo", 405),
        ("GET", "/try/%ff/word", 400),
        ("GET", "/try/raise/bug", 500),
        ("GET", "/try/raise/socket", 503),
        ("GET", "/api/try/refused", 409),
        ("POST", "/try/form", 413),
        ("GET", "/try/mine", 303),
    ],
)
async def test_every_answer_has_the_security_headers(browser, method, address, status):
    content = b"a" * (BODY_LIMIT + 1) if method == "POST" else None

    answer = await browser.request(method, address, content=content)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "object-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"]
    assert answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("number", "status"), [(2**63 - 1, 200), (2**63, 404), (10**40, 404)]
)
async def test_by_a_number_that_nothing_can_have_nothing_is_found(
    browser, number, status
):
    answer = await browser.get(f"/try/number/{number}")

    assert answer.status_code == status


async def test_static_files_have_the_headers_and_are_kept_for_ever(browser):
    answer = await browser.get(pages.static_url("app.css"))

    assert answer.status_code == 200
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "immutable" in answer.headers["cache-control"]


async def test_a_static_path_through_a_file_is_not_found(browser):
    answer = await browser.get(pages.static_url("app.css") + "/more")

    assert answer.status_code == 404


async def test_the_policy_lets_forms_lead_to_the_payment_pages(browser):
    answer = await browser.get("/try/echo")

    assert (
        "form-action 'self' http://127.0.0.1:8001;"
        in answer.headers["content-security-policy"]
    )


async def test_head_answers_as_get_without_the_body(browser):
    full, head = await browser.get("/try/echo?q=a"), await browser.head("/try/echo?q=a")

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == full.headers["content-length"]


async def test_a_wrong_method_is_told_which_are_right(browser):
    answer = await browser.put("/try/echo")

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


# Input

BROKEN = ["%ff", "%00", "%1b", "%E2%80%AE", "%EF%BF%BE", "%ED%A0%80", "%0a", "%c0%af"]


@pytest.mark.parametrize("part", BROKEN)
async def test_an_address_that_is_not_clean_text_is_refused(browser, part):
    in_path = await browser.get(f"/try/{part}/word")
    in_query = await browser.get(f"/try/echo?q={part}")
    in_api = await browser.get(f"/api/try/{part}")

    assert in_path.status_code == 400
    assert in_query.status_code == 400
    assert in_api.status_code == 400
    assert "We could not read that" in in_path.text
    assert in_api.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["q=%", "q=%zz", "%=1", "q=%e2%80"])
async def test_a_broken_escape_in_the_query_is_refused(browser, query):
    answer = await browser.get(f"/try/echo?{query}")

    assert answer.status_code == 400


async def test_a_query_is_read_in_its_normal_form(browser):
    answer = await browser.get(
        "/try/echo",
        params={"q": unicodedata.normalize("NFD", "Zoë O'Brien & Söhne=1+1")},
    )

    assert answer.json() == {"q": "Zoë O'Brien & Söhne=1+1"}


async def test_an_endless_address_is_refused(browser):
    answer = await browser.get("/try/echo?q=" + "a" * 5000)

    assert answer.status_code == 414


@pytest.mark.parametrize("part", ["%ff", "%ED%A0%80", "%c0%af", "%", "%zz", "\xff"])
async def test_a_form_that_is_not_text_is_refused(browser, part):
    answer = await browser.post(
        "/try/form", content=f"name={part}".encode("latin-1"), headers=FORM_TYPE
    )

    assert answer.status_code == 400


HIDING = ["%00", "%1b", "%E2%80%AE", "%EF%BF%BE"]


@pytest.mark.parametrize("part", HIDING)
async def test_what_hides_in_a_form_is_for_its_field_to_say(browser, part):
    answer = await browser.post(
        "/try/form", content=f"name=a{part}b", headers=FORM_TYPE
    )

    assert answer.json() == {"name": [unquote(f"a{part}b")]}


@pytest.mark.parametrize("part", HIDING)
async def test_nothing_hides_in_what_our_own_pages_send(browser, part):
    in_value = await browser.post(
        "/try/remember", content=f"answer=a{part}b", headers=FORM_TYPE
    )
    in_name = await browser.post("/try/form", content=f"a{part}=b", headers=FORM_TYPE)

    assert in_value.status_code == 400
    assert in_name.status_code == 400


FORM_TYPE = {"content-type": "application/x-www-form-urlencoded"}


async def test_a_form_keeps_line_ends_repeated_names_and_accents(browser):
    name = unicodedata.normalize("NFD", "Zoë")

    answer = await browser.post(
        "/try/form",
        data={"name": name, "tick": ["a", "b"], "note": "one\r\n\ttwo", "empty": ""},
    )

    assert answer.json() == {
        "name": ["Zoë"],
        "tick": ["a", "b"],
        "note": ["one\r\n\ttwo"],
        "empty": [""],
    }


async def test_a_password_is_read_to_the_byte(browser):
    typed = unicodedata.normalize("NFD", "Zoë loves paste")

    answer = await browser.post("/try/form", data={"password": typed})

    assert answer.json() == {"password": [typed]}


async def test_a_form_of_too_many_fields_is_refused(browser):
    answer = await browser.post("/try/form", content="a=1&" * 1001, headers=FORM_TYPE)

    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
async def test_what_is_no_form_is_refused_by_pages(browser, kind):
    answer = await browser.post(
        "/try/form", content=b"{}", headers={"content-type": kind}
    )

    assert answer.status_code == 415


async def test_a_body_that_says_it_is_too_large_is_not_read(browser):
    async def body():
        raise AssertionError("read")
        yield b""

    answer = await browser.post(
        "/try/form",
        content=body(),
        headers={**FORM_TYPE, "content-length": str(BODY_LIMIT + 1)},
    )

    assert answer.status_code == 413


async def test_a_body_that_grows_too_large_is_cut_off(browser):
    async def body():
        for _ in range(100):
            yield b"a" * 10_000

    answer = await browser.post("/try/form", content=body(), headers=FORM_TYPE)

    assert answer.status_code == 413


async def test_a_route_may_take_more(browser):
    answer = await browser.post("/try/upload", files={"file": b"a" * (BODY_LIMIT + 1)})

    assert answer.status_code == 200


@pytest.mark.parametrize("length", ["-1", "many", "1" * 30, "\xb2"])
async def test_a_length_that_is_none_is_refused(browser, length):
    headers = [
        (b"content-length", length.encode("latin-1")),
        (b"content-type", b"application/x-www-form-urlencoded"),
    ]

    answer = await browser.post("/try/form", content=b"", headers=headers)

    assert answer.status_code == 400


async def test_a_body_that_does_not_come_is_given_up(browser, monkeypatch):
    monkeypatch.setattr(
        "register.kit.security.input.BODY_PATIENCE", timedelta(milliseconds=20)
    )

    async def body():
        yield b"a="
        await asyncio.sleep(5)

    answer = await browser.post("/try/form", content=body(), headers=FORM_TYPE)

    assert answer.status_code == 408


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b'["\xff"]',
        b'["\\u0000"]',
        b'["\\ud800"]',
        b'["\\u202e"]',
        b"[" * 100_000,
        b"[" * 65 + b"]" * 65,
        b"{",
        b"",
        b"[1]",
        b'{"a": 1}',
        b"[" + b"9" * 5000 + b"]",
    ],
)
async def test_json_that_is_not_what_was_asked_for_is_a_problem_document(browser, body):
    answer = await browser.post(
        "/api/try", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 400


async def test_json_that_is_clean_arrives(browser):
    answer = await browser.post(
        "/api/try",
        content=json.dumps(["Zoë"]),
        headers={"content-type": "application/json"},
    )

    assert answer.json() == ["Zoë"]


async def test_the_api_asks_for_no_token_and_sees_no_cookie(browser, alice):
    await browser.sign_in(alice)

    answer = await browser.post(
        "/api/try",
        content=b"[]",
        headers={**CROSS_SITE, "content-type": "application/json"},
    )
    mine = await browser.get("/api/try/mine")

    assert answer.status_code == 200
    assert mine.status_code == 401


# Sessions


async def test_a_public_page_stores_nothing_and_sets_no_cookie(browser, session):
    answer = await browser.get("/try/remembered")

    assert "set-cookie" not in answer.headers
    assert await stored_sessions(session) == 0


async def test_a_cookie_that_we_never_set_is_not_adopted(browser, session):
    browser.cookies.set(COOKIE, "chosen-by-somebody-else", domain=HOST)

    answer = await browser.post("/try/remember", data={"answer": "42"})

    assert answer.status_code == 200
    assert browser.token != "chosen-by-somebody-else"
    assert await stored_sessions(session) == 1


async def test_what_is_remembered_comes_back_under_a_guarded_cookie(browser):
    answer = await browser.post("/try/remember", data={"answer": "42"})
    cookie = answer.headers["set-cookie"]
    later = await browser.get("/try/remembered")

    assert later.json() == {"answer": "42"}
    assert later.headers["cache-control"] == "no-store"
    assert cookie.startswith("__Host-s=")
    assert cookie.endswith("; Path=/; Secure; HttpOnly; SameSite=Lax")
    assert len(browser.token) >= 43


async def test_the_table_holds_no_usable_token(browser, session):
    await browser.post("/try/remember", data={"answer": "42"})

    kept = (await session.scalars(select(StoredSession))).one()

    assert kept.token_hash == hash_of(browser.token)
    assert browser.token.encode() not in kept.token_hash


async def test_signing_in_changes_the_token_and_ends_the_old_one(
    browser, app, sessions, clock, alice
):
    await browser.post("/try/remember", data={"answer": "42"})
    before = browser.token

    await browser.post("/try/sign-in", data={"email": "alice@example.org"})
    mine = await browser.get("/try/mine")
    async with Browser(app, sessions, clock) as thief:
        thief.cookies.set(COOKIE, before, domain=HOST)
        stolen = await thief.get("/try/mine")

    assert browser.token != before
    assert mine.json() == {"email": "alice@example.org"}
    assert stolen.status_code == 303


async def test_showing_a_second_factor_changes_the_token(browser, alice):
    before = await browser.sign_in(alice, proved=False)

    await browser.post("/try/prove")

    assert browser.token != before
    assert (await browser.get("/try/mine")).status_code == 200


async def test_signing_out_ends_the_session_and_clears_the_browser(
    browser, session, alice
):
    token = await browser.sign_in(alice)

    answer = await browser.post("/try/sign-out")
    browser.cookies.set(COOKIE, token, domain=HOST)
    replayed = await browser.get("/try/mine")

    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert answer.headers["cache-control"] == "no-store"
    assert replayed.status_code == 303
    assert await stored_sessions(session) == 0


async def test_a_slow_request_does_not_bring_an_ended_session_back(
    browser, session, alice
):
    await browser.sign_in(alice)

    answer = await browser.post("/try/slow")

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert await stored_sessions(session) == 0


async def test_signing_out_wins_over_a_request_in_flight(
    clone, clock, now, monkeypatch
):
    """On a real database, with a connection for each of the two."""
    monkeypatch.setattr(register.web, "pages", [*health.pages, *TRIALS])
    engine = connect(await clone())
    sessions = sessions_of(engine)
    async with sessions.begin() as session:
        alice = await account_of(session, created_at=now, commit=False)
    async with Browser(create_app(sessions, clock), sessions, clock) as browser:
        token = await browser.sign_in(alice)
        in_flight = asyncio.create_task(browser.post("/try/wait"))
        await asyncio.wait_for(arrived.wait(), 10)
        await browser.post("/try/sign-out")
        go_on.set()
        late = await in_flight
        browser.cookies.set(COOKIE, token, domain=HOST)
        replayed = await browser.get("/try/mine")
    async with sessions() as session:
        left = await stored_sessions(session)
    await engine.dispose()

    assert late.status_code == 200
    assert "set-cookie" not in late.headers
    assert replayed.status_code == 303
    assert left == 0


async def test_a_session_lives_to_the_last_instant_of_its_idle_time(
    browser, clock, alice
):
    await browser.sign_in(alice)

    clock.now += timedelta(minutes=30, microseconds=-1)

    assert (await browser.get("/try/mine")).status_code == 200


async def test_a_session_ends_when_its_idle_time_is_over(
    browser, clock, session, alice
):
    await browser.sign_in(alice)

    clock.now += timedelta(minutes=30)

    assert (await browser.get("/try/mine")).status_code == 303
    assert await stored_sessions(session) == 0


async def test_a_session_ends_after_twelve_hours_however_busy(browser, clock, alice):
    await browser.sign_in(alice)

    for _ in range(36):
        clock.now += timedelta(minutes=20)
        last = await browser.get("/try/mine")

    assert last.status_code == 303


async def test_a_session_of_staff_ends_after_fifteen_idle_minutes(
    browser, clock, caseworker
):
    await browser.sign_in(caseworker)
    clock.now += timedelta(minutes=15, microseconds=-1)
    before = await browser.get("/try/staff")
    clock.now += timedelta(minutes=15)

    after = await browser.get("/try/staff")

    assert before.status_code == 200
    assert after.status_code == 303


async def test_a_session_of_staff_ends_after_eight_hours_however_busy(
    browser, clock, caseworker
):
    await browser.sign_in(caseworker)

    statuses = []
    for _ in range(48):
        clock.now += timedelta(minutes=10)
        statuses.append((await browser.get("/try/staff")).status_code)

    assert statuses == [200] * 47 + [303]


async def test_when_it_was_seen_is_written_once_a_minute(
    browser, clock, session, alice
):
    await browser.sign_in(alice)
    seen = []
    for _ in range(3):
        clock.now += timedelta(seconds=30)
        await browser.get("/try/mine")
        seen.append(await session.scalar(select(StoredSession.seen_at)))

    assert seen[0] == clock.now - timedelta(seconds=90)
    assert seen[1] == seen[2] == clock.now - timedelta(seconds=30)


async def test_a_disabled_account_has_no_sessions_at_once(browser, session, alice):
    await browser.sign_in(alice)

    alice.disabled_at = alice.created_at
    await session.commit()

    assert (await browser.get("/try/mine")).status_code == 303


async def test_a_role_that_was_taken_away_does_not_open_the_next_page(
    browser, session, caseworker
):
    await browser.sign_in(caseworker)

    caseworker.grants.clear()
    await session.commit()

    assert (await browser.get("/try/staff")).status_code == 403


async def test_something_said_once_is_said_once(browser):
    await browser.post("/try/flash")

    assert (await browser.get("/try/flash")).json() == ["Saved."]
    assert (await browser.get("/try/flash")).json() == []


async def test_what_was_undone_is_not_told(browser, session):
    await browser.post("/try/flash", data={"then": "fail"})

    assert await stored_sessions(session) == 0


# Where acts come from


async def test_an_anonymous_form_needs_to_come_from_our_site_only(browser):
    own = await browser.post("/try/form", data={"a": "1"})
    typed = await browser.post(
        "/try/form", data={"a": "1"}, headers={"sec-fetch-site": "none"}
    )

    assert own.status_code == 200
    assert typed.status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "nonsense", "\xff"])
async def test_a_form_from_another_site_is_refused(browser, site):
    answer = await browser.post(
        "/try/form", data={"a": "1"}, headers={"sec-fetch-site": site.encode("latin-1")}
    )

    assert answer.status_code == 403
    assert "We could not accept that form" in answer.text


async def test_without_fetch_metadata_the_origin_decides(app, sessions, clock):
    async with Browser(app, sessions, clock) as old:
        del old.headers["sec-fetch-site"]
        ours = await old.post(
            "/try/form", data={"a": "1"}, headers={"origin": "http://127.0.0.1:8000"}
        )
        theirs = await old.post(
            "/try/form", data={"a": "1"}, headers={"origin": "http://127.0.0.1:8001"}
        )
        nobodys = await old.post(
            "/try/form", data={"a": "1"}, headers={"origin": "null"}
        )
        silent = await old.post("/try/form", data={"a": "1"})

    assert [
        ours.status_code,
        theirs.status_code,
        nobodys.status_code,
        silent.status_code,
    ] == [200, 403, 403, 403]


async def test_with_a_session_the_token_is_asked_for(browser, alice):
    await browser.sign_in(alice)

    right = await browser.post("/try/form", data={"a": "1"})
    answers = [
        await browser.post("/try/form", data={csrf.FIELD: wrong})
        for wrong in (
            "",
            "guess",
            "é",
            "A" * 88,
            browser.csrf_token[:-4] + "AAAA",
            browser.token,
        )
    ]
    empty = await browser.post("/try/form", content=b"")

    assert right.status_code == 200
    assert {answer.status_code for answer in (*answers, empty)} == {403}


async def test_the_token_of_another_session_is_refused(
    browser, app, sessions, clock, alice
):
    await browser.sign_in(alice)
    async with Browser(app, sessions, clock) as other:
        await other.sign_in(alice)
        theirs = other.csrf_token

    answer = await browser.post("/try/form", data={csrf.FIELD: theirs})

    assert answer.status_code == 403


async def test_the_token_is_another_each_time(browser, alice):
    await browser.sign_in(alice)

    assert browser.csrf_token != browser.csrf_token


async def test_an_upload_shows_the_token_in_its_first_part(browser, alice):
    await browser.sign_in(alice)

    first = await browser.post(
        "/try/upload",
        data={csrf.FIELD: browser.csrf_token},
        files={"file": b"a" * 5000},
    )
    chunked = await browser.post(
        "/try/upload", content=slowly(multipart(browser.csrf_token)), headers=MULTIPART
    )

    assert first.status_code == 200
    assert chunked.status_code == 200
    assert chunked.json() == {"bytes": len(multipart(browser.csrf_token))}


MULTIPART = {"content-type": "multipart/form-data; boundary=xyz"}


def multipart(token, name=csrf.FIELD, more=""):
    head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{token}\r\n'
    return f'{head}--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF\r\n--xyz--\r\n'.encode()


async def slowly(body):
    for n in range(0, len(body), 7):
        yield body[n : n + 7]


async def test_an_upload_whose_first_part_is_not_the_token_is_refused(browser, alice):
    await browser.sign_in(alice)
    token = browser.csrf_token
    wrong = {
        "no token": multipart("guess"),
        "another field": multipart(token, name="other"),
        "a file called so": multipart(token, more='; filename="a"'),
        "nothing": b"",
        "no end": b'--xyz\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        + b"a" * 100_000,
        "not utf-8": multipart(
            "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")
        ),
    }

    answers = {
        name: await browser.post("/try/upload", content=body, headers=MULTIPART)
        for name, body in wrong.items()
    }
    unbounded = await browser.post(
        "/try/upload",
        content=multipart(token),
        headers={"content-type": "multipart/form-data"},
    )

    assert {
        name: answer.status_code for name, answer in answers.items()
    } == dict.fromkeys(wrong, 403)
    assert unbounded.status_code == 403


async def test_no_more_of_an_upload_is_read_than_its_refusal_needs(browser, alice):
    await browser.sign_in(alice)
    read = 0

    async def endless():
        nonlocal read
        yield b'--xyz\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\nguess\r\n--xyz\r\n'
        for _ in range(10):
            read += 1
            yield b"a" * 1000

    answer = await browser.post("/try/upload", content=endless(), headers=MULTIPART)

    assert answer.status_code == 403
    assert read == 0


# Access


async def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(browser):
    answer = await browser.get("/try/mine?page=2&q=a b")

    assert answer.status_code == 303
    assert (
        answer.headers["location"] == "/sign-in?next=/try/mine%3Fpage%3D2%26q%3Da%2520b"
    )


async def test_an_act_of_nobody_is_led_to_the_sign_in_page_unread(browser):
    async def body():
        raise AssertionError("read")
        yield b""

    answer = await browser.post("/try/staff", content=body(), headers=FORM_TYPE)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in"


async def test_staff_pages_open_for_their_roles_only(browser, alice, caseworker):
    await browser.sign_in(alice)
    refused = await browser.get("/try/staff")
    await browser.sign_in(caseworker)
    opened = await browser.get("/try/staff")

    assert refused.status_code == 403
    assert "You cannot use this page" in refused.text
    assert opened.json() == {"name": "Alice"}


async def test_staff_without_a_second_factor_are_led_to_set_one_up(browser, caseworker):
    await browser.sign_in(caseworker, proved=False)

    answer = await browser.get("/try/staff")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/account/second-factor"


@pytest.mark.parametrize("kind", ["no access", "a word", "mixed"])
def test_the_service_does_not_start_while_a_handler_is_silent(
    sessions, clock, monkeypatch, kind
):
    @get(
        "/try/silent",
        sync_to_thread=False,
        **({"access": "everybody"} if kind == "a word" else {}),
    )
    def silent() -> None: ...

    @route(
        "/try/mixed", http_method=["GET", "POST"], access=PUBLIC, sync_to_thread=False
    )
    def mixed() -> None: ...

    monkeypatch.setattr(register.web, "pages", [mixed if kind == "mixed" else silent])

    with pytest.raises(UndeclaredAccess, match=r"/try/(silent|mixed)"):
        create_app(sessions, clock)


def test_roles_without_a_role_are_refused():
    with pytest.raises(UndeclaredAccess):
        roles()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "evil",
        "",
        "/a\nb",
        "/a\\b",
    ],
)
def test_nobody_is_led_to_another_site(elsewhere):
    assert path_within(elsewhere, otherwise="/account") == "/account"
    assert path_within("/apply?step=2", otherwise="/account") == "/apply?step=2"


async def test_options_tells_the_methods_and_nothing_else(browser):
    answer = await browser.options("/try/staff")

    assert answer.status_code == 204
    assert answer.content == b""


# Limits and addresses


async def test_a_limit_on_a_handler_counts_by_network(browser):
    answers = [await browser.post("/try/limited") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "You have tried too often" in answers[-1].text


async def test_what_an_account_sends_is_limited_wherever_it_comes_from(
    browser, app, sessions, clock, alice, monkeypatch
):
    monkeypatch.setattr(guards, "FORM", Limit("form", (Rate(2, HOUR),)))
    async with Browser(app, sessions, clock) as elsewhere:
        await browser.sign_in(alice)
        await elsewhere.sign_in(alice)
        sent = [await one.post("/try/form") for one in (browser, elsewhere, browser)]
        read = await browser.get("/try/mine")
    of_nobody = await Browser(app, sessions, clock).post("/try/form")

    assert [answer.status_code for answer in sent] == [200, 200, 429]
    assert read.status_code == 200
    assert of_nobody.status_code == 200


async def test_nobody_chooses_the_address_that_is_counted(browser):
    answer = await browser.get(
        "/try/network", headers={"x-forwarded-for": "203.0.113.9"}
    )

    assert answer.json() == {"network": browser.address}


async def test_a_proxy_of_ours_says_who_asks(sessions, clock, monkeypatch, app):
    monkeypatch.setattr(
        app.asgi_handler,
        "trusted_proxies",
        frozenset({ip_network("127.0.0.1"), ip_network("10.0.0.0/24")}),
    )

    async with Browser(app, sessions, clock, address="127.0.0.1") as browser:
        hops = "6.6.6.6, 203.0.113.9, 10.0.0.1"
        answer = await browser.get("/try/network", headers={"x-forwarded-for": hops})

    assert answer.json() == {"network": "203.0.113.9"}


async def test_no_proxy_is_believed_by_halves(sessions, clock, monkeypatch, app):
    monkeypatch.setattr(
        app.asgi_handler, "trusted_proxies", frozenset({ip_network("10.0.0.0/24")})
    )

    async with Browser(app, sessions, clock, address="10.0.1.1") as browser:
        answer = await browser.get(
            "/try/network", headers={"x-forwarded-for": "203.0.113.9"}
        )

    assert answer.json() == {"network": "10.0.1.1"}


# Refusals


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("refused", 409, "Entry CH-0000042-W is held and cannot lapse."),
        ("not-found", 404, "Page not found"),
        ("too-many", 429, "You have tried too often"),
        ("stale", 409, "Something changed in the meantime"),
        ("socket", 503, "not available right now"),
        ("pool", 503, "not available right now"),
        ("starting", 503, "not available right now"),
        ("bug", 500, "there is a problem with the service"),
        ("file", 500, "there is a problem with the service"),
    ],
)
async def test_whatever_is_raised_is_a_page_that_tells_no_more_than_it_should(
    browser, name, status, words
):
    with capture_logs() as lines:
        answer = await browser.get(f"/try/raise/{name}")

    assert answer.status_code == status
    assert words in answer.text
    assert "Secret" not in answer.text + json.dumps(lines)
    assert "Traceback" not in answer.text + json.dumps(lines)


async def test_a_refusal_that_will_pass_says_when_to_come_back(browser):
    too_many, socket = (
        await browser.get("/try/raise/too-many"),
        await browser.get("/try/raise/socket"),
    )

    assert too_many.headers["retry-after"] == "90"
    assert socket.headers["retry-after"] == "5"


async def test_a_failing_statement_is_told_to_nobody(browser):
    with capture_logs() as lines:
        answer = await browser.get("/try/sql")

    assert answer.status_code == 500
    assert "Cordelia" not in answer.text + json.dumps(lines)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == [
        "broken"
    ]


async def test_the_api_refuses_with_problem_documents(browser):
    refused, absent, malformed = (
        await browser.get("/api/try/refused"),
        await browser.get("/api/nowhere"),
        await browser.get("/api/try/count?page=many"),
    )

    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "Entry CH-0000042-W is held and cannot lapse.",
    }
    assert absent.json()["status"] == 404
    assert malformed.json()["invalid"] == ["page"]


async def test_pages_of_trouble_are_shown_without_a_database(clock, monkeypatch):
    monkeypatch.setattr(register.web, "pages", [*health.pages, *TRIALS])
    nowhere = create_app(sessions=None, now=clock)

    async with Browser(nowhere, None, clock) as browser:
        absent = await browser.get("/nowhere")
        ready = await browser.get("/health/ready")
        live = await browser.get("/health/live")
        browser.cookies.set(COOKIE, "something", domain=HOST)
        known = await browser.get("/try/echo")

    assert absent.status_code == 404
    assert "Page not found" in absent.text
    assert ready.status_code == 503
    assert live.status_code == 200
    assert known.status_code == 503


async def test_the_last_resort_is_a_plain_page(browser, monkeypatch):
    def broken(*_):
        raise RuntimeError("Cordelia Secret")

    monkeypatch.setattr("register.web.refusals.page", broken)

    with capture_logs() as lines:
        answer = await browser.get("/nowhere")

    assert answer.status_code == 500
    assert "Sorry, there is a problem with the service" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Cordelia" not in answer.text + json.dumps(lines)


async def test_the_log_names_the_route_and_nobody(browser, alice):
    await browser.sign_in(alice)

    with capture_logs() as lines:
        await browser.get("/try/cordelia-secret/word?q=cordelia-secret")

    line = next(line for line in lines if line["event"] == "answered")
    assert line["route"] == "/try/{word}/word"
    assert line["status"] == 200
    assert line["account"] == str(alice.id)
    assert "cordelia" not in json.dumps(lines)
    assert "alice@" not in json.dumps(lines)
