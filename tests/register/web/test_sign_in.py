"""Creating an account, signing in and out, and the way back in."""

import asyncio
import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.event import listen, remove

from register.account import (
    Account,
    AccountEvent,
    RecoveryCode,
    SignIn,
    SignInWay,
    StaffRole,
)
from register.kit.db import connect, sessions_of
from register.kit.post import Message
from register.kit.security import passwords, totp
from register.kit.security.sealing import seal
from register.kit.security.sessions import StoredSession
from register.process import Event, Process
from register.web.sign_in import browser_of
from tests.browser import Browser
from tests.make import make_account
from tests.reading import Page

PASSWORD = "kettle rain under glass"
EMAIL = "alice@example.org"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36"


async def account_of(session, *roles, email=EMAIL, secret=None):
    account = await make_account(
        session, *roles, email=email, password_hash=await passwords.hashed(PASSWORD)
    )
    if secret:
        account.totp_sealed = seal(
            secret.encode(), table="account", column="totp_sealed", row=str(account.id)
        )
    await session.commit()
    return account


async def letters_to(session, address):
    of_address = (
        select(Message)
        .where(Message.to_address == address)
        .order_by(Message.created_at)
    )
    return (await session.scalars(of_address)).all()


async def code_in_letter(session, address):
    letters = await session.scalars(
        select(Message.body).where(
            Message.to_address == address, Message.letter.contains("code")
        )
    )
    return re.search(r"code is (\d{6})", letters.all()[-1])[1]


async def sign_in(browser, password=PASSWORD, email=EMAIL, **more):
    return await browser.post(
        "/sign-in", data={"email": email, "password": password, **more}
    )


async def events(session):
    return (await session.scalars(select(Event.kind).order_by(Event.id))).all()


# Signing in


async def test_the_sign_in_page_asks_for_address_and_password(browser):
    page = Page(await browser.get("/sign-in"))

    assert page.status == 200
    assert page.labels == ["Email address", "Password"]
    assert page.link("Create an account") == "/sign-up"


async def test_the_right_password_lets_in(browser, session):
    account = await account_of(session)

    answer = await sign_in(browser)
    page = Page(await browser.get("/account"))

    assert answer.status_code == 303
    assert answer.headers["location"] == "/your-registration"
    assert page.fact("Email address") == account.email


async def test_somebody_goes_on_to_where_they_were_going(browser, session):
    await account_of(session)
    page = Page(await browser.get("/sign-in?next=/apply%3Fpage%3D2"))

    answer = await browser.post(
        "/sign-in", data=page.form() | {"email": EMAIL, "password": PASSWORD}
    )

    assert answer.headers["location"] == "/apply?page=2"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ],
)
async def test_nobody_is_led_elsewhere_after_signing_in(browser, session, elsewhere):
    await account_of(session)

    answer = await sign_in(browser, next=elsewhere)

    assert answer.headers["location"] == "/your-registration"


async def test_who_is_signed_in_is_not_asked_again(browser, session):
    await browser.sign_in(await account_of(session))

    answer = await browser.get("/sign-in?next=/apply")

    assert answer.headers["location"] == "/apply"


async def test_staff_start_at_their_work(browser, session):
    await account_of(session, StaffRole.CASEWORKER, secret=SECRET)
    await sign_in(browser)

    answer = await browser.post(
        "/sign-in/code", data={"code": totp.code_at(SECRET, browser.now())}
    )

    assert answer.headers["location"] == "/staff"


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    browser, session, monkeypatch
):
    await account_of(session)
    looked_at = []
    monkeypatch.setattr(
        passwords,
        "_verify",
        lambda stored, _: looked_at.append(stored) is not None,
    )

    wrong = await sign_in(browser, "not the password")
    unknown = await sign_in(browser, "not the password", email="nobody@example.org")

    assert wrong.status_code == unknown.status_code == 422
    assert Page(wrong).errors == [
        "Enter the email address and password of your account"
    ]
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace(
        "nobody@example.org", ""
    )
    assert wrong.headers.keys() == unknown.headers.keys()
    assert len(looked_at) == 2


@contextmanager
def asked_of(engine):
    """What the database is asked meanwhile, but for where a savepoint begins and ends."""
    asked = []

    def note(_, __, statement, *___):
        if "SAVEPOINT" not in statement:
            asked.append(statement)

    listen(engine.sync_engine, "before_cursor_execute", note)
    yield asked
    remove(engine.sync_engine, "before_cursor_execute", note)


@pytest.mark.parametrize("address", ["/sign-in", "/sign-up", "/sign-in/reset"])
async def test_the_work_is_the_same_for_a_known_and_an_unknown_address(
    app, sessions, session, clock, engine, address
):
    await account_of(session, StaffRole.CASEWORKER)
    work = []

    for email in (EMAIL, "nobody@example.org"):
        async with Browser(app, sessions, clock) as browser:
            with asked_of(engine) as asked:
                await browser.post(
                    address,
                    data={"email": email, "password": "cold tea in the morning"},
                )
        work.append(asked)

    assert work[0] == work[1]
    assert work[0]


@pytest.mark.parametrize("change", ["disabled", "unconfirmed"])
async def test_an_account_that_may_not_be_used_answers_like_none(
    browser, session, change
):
    account = await account_of(session)
    if change == "disabled":
        account.disabled_at = account.created_at
    else:
        account.confirmed_at = None
    await session.commit()

    answer = await sign_in(browser)

    assert Page(answer).errors == [
        "Enter the email address and password of your account"
    ]


async def test_what_was_not_filled_in_is_told_together(browser):
    page = Page(await browser.post("/sign-in", data={}))

    assert page.status == 422
    assert page.title == "Error: Sign in"
    assert page.errors == ["Enter an email address", "Enter your password"]


async def test_the_password_is_never_shown_again(browser):
    page = await browser.post(
        "/sign-in", data={"email": "not an address", "password": "kettle rain"}
    )

    assert "kettle rain" not in page.text


async def test_signing_in_again_ends_the_session_that_was_there(browser, session):
    account = await account_of(session)
    token = await browser.sign_in(account)

    await sign_in(browser)

    assert browser.token != token
    assert await session.scalar(select(func.count()).select_from(StoredSession)) == 1


async def test_a_password_hashed_in_an_older_way_is_hashed_anew(browser, session):
    account = await account_of(session)
    account.password_hash = passwords.PasswordHasher(1, 16, 1).hash(PASSWORD)
    await session.commit()

    await sign_in(browser)
    await session.refresh(account)

    assert "m=8," in account.password_hash


# Too many tries


async def test_after_five_wrong_passwords_one_has_to_wait(browser, session, clock):
    await account_of(session)
    for _ in range(5):
        await sign_in(browser, "not the password")

    locked = await sign_in(browser)
    clock.now += timedelta(minutes=1)
    later = await sign_in(browser)

    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) == 60
    assert later.status_code == 303


async def test_an_unknown_address_is_locked_alike(browser):
    answers = [
        await sign_in(browser, "not the password", email="nobody@example.org")
        for _ in range(6)
    ]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


async def test_strangers_do_not_lock_the_owner_out_of_a_known_device(
    browser, app, sessions, session, clock
):
    await account_of(session)
    await sign_in(browser)
    await browser.post("/sign-out")
    async with Browser(app, sessions, clock, address=browser.address) as stranger:
        answers = [await sign_in(stranger, "guess") for _ in range(6)]

    mine = await sign_in(browser)

    assert answers[-1].status_code == 429
    assert mine.status_code == 303


async def test_a_known_device_is_known_for_its_own_address_only(
    browser, app, sessions, session, clock
):
    await account_of(session)
    await account_of(session, email="bob@example.org")
    await sign_in(browser, email="bob@example.org")
    await browser.post("/sign-out")
    async with Browser(app, sessions, clock, address=browser.address) as stranger:
        for _ in range(6):
            await sign_in(stranger, "guess")

    assert (await sign_in(browser)).status_code == 429


async def test_twenty_tries_in_a_row_are_all_that_a_network_has(browser):
    answers = [
        await sign_in(browser, "guess", email=f"somebody{n}@example.org")
        for n in range(21)
    ]

    assert [answer.status_code for answer in answers] == [422] * 20 + [429]


# The second step


async def test_an_account_with_an_app_asks_for_its_code(browser, session, clock):
    await account_of(session, secret=SECRET)

    first = await sign_in(browser, next="/apply")
    not_yet = await browser.get("/account")
    page = Page(await browser.get("/sign-in/code"))
    second = await browser.post(
        "/sign-in/code", data={"code": totp.code_at(SECRET, clock())}
    )

    assert first.headers["location"] == "/sign-in/code"
    assert not_yet.status_code == 303
    assert page.h1 == "Enter a code"
    assert second.headers["location"] == "/apply"
    assert (await browser.get("/account")).status_code == 200


@pytest.mark.parametrize("address", ["/sign-in/code", "/sign-in/recovery"])
async def test_the_second_step_needs_the_first(browser, session, clock, address):
    await account_of(session, secret=SECRET)

    asked = await browser.get(address)
    sent = await browser.post(address, data={"code": totp.code_at(SECRET, clock())})

    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in")


async def test_a_wrong_code_is_told(browser, session):
    await account_of(session, secret=SECRET)
    await sign_in(browser)

    wrong = Page(await browser.post("/sign-in/code", data={"code": "000000"}))
    empty = Page(await browser.post("/sign-in/code", data={}))

    assert wrong.errors == ["Enter the code that your app shows now. A code works once"]
    assert empty.errors == ["Enter the code from your authenticator app"]


async def test_a_code_works_once(browser, app, sessions, session, clock):
    await account_of(session, secret=SECRET)
    code = totp.code_at(SECRET, clock())
    await sign_in(browser)
    await browser.post("/sign-in/code", data={"code": code})

    async with Browser(app, sessions, clock) as other:
        await sign_in(other)
        again = await other.post(
            "/sign-in/code", data={"code": f"{code[:3]} {code[3:]}"}
        )

    assert again.status_code == 422


async def test_codes_cannot_be_guessed_for_long(browser, session):
    await account_of(session, secret=SECRET)
    await sign_in(browser)

    answers = [
        await browser.post("/sign-in/code", data={"code": "000000"}) for _ in range(6)
    ]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


async def test_right_codes_do_not_count(browser, session, clock):
    await account_of(session, secret=SECRET)
    for _ in range(8):
        clock.now += timedelta(minutes=1)
        await sign_in(browser)
        answer = await browser.post(
            "/sign-in/code", data={"code": totp.code_at(SECRET, clock())}
        )
        assert answer.status_code == 303


async def test_the_second_step_has_ten_minutes(browser, session, clock):
    await account_of(session, secret=SECRET)
    await sign_in(browser)

    clock.now += timedelta(minutes=10)
    answer = await browser.post(
        "/sign-in/code", data={"code": totp.code_at(SECRET, clock())}
    )

    assert answer.headers["location"] == "/sign-in"


async def test_a_changed_password_ends_what_was_half_way(browser, session, clock):
    account = await account_of(session, secret=SECRET)
    await sign_in(browser)

    account.password_hash = await passwords.hashed("another fine passphrase")
    await session.commit()
    answer = await browser.post(
        "/sign-in/code", data={"code": totp.code_at(SECRET, clock())}
    )

    assert answer.headers["location"] == "/sign-in"


async def test_a_recovery_code_stands_in_for_the_app_once(browser, session):
    account = await account_of(session, secret=SECRET)
    process = Process.begin(
        session, AccountEvent.RECOVERY_CODES_MADE, now=account.created_at, actor=account
    )
    code, *others = await RecoveryCode.renew(session, account, by=process)
    await session.commit()
    await sign_in(browser)

    answer = await browser.post(
        "/sign-in/recovery", data={"code": f" {code.upper().replace('-', ' ')} "}
    )
    await browser.post("/sign-out")
    await sign_in(browser)
    again = await browser.post("/sign-in/recovery", data={"code": code})

    assert answer.status_code == 303
    assert Page(again).errors == ["Enter a recovery code that you have not used yet"]
    assert len(others) == 9
    (letter,) = await letters_to(session, EMAIL)
    assert "9 recovery codes left" in letter.body
    assert (
        await session.scalars(
            select(Event.data).where(Event.kind == AccountEvent.RECOVERY_CODE_USED)
        )
    ).one()["left"] == 9


async def test_staff_without_an_app_have_to_set_one_up(browser, session):
    await account_of(session, StaffRole.REGISTRAR)

    answer = await sign_in(browser, next="/staff")
    staff = await browser.get("/staff")

    assert answer.headers["location"] == "/account/second-factor"
    assert staff.headers["location"] == "/account/second-factor"


# What is kept of it


async def test_the_owner_can_see_when_and_how_it_was_signed_in_to(
    browser, session, clock
):
    account = await account_of(session, secret=SECRET)
    browser.headers["user-agent"] = CHROME
    await sign_in(browser)
    await browser.post("/sign-in/code", data={"code": totp.code_at(SECRET, clock())})

    kept = (await session.scalars(select(SignIn))).one()
    page = Page(await browser.get("/account/sign-ins"))

    assert (kept.account_id, kept.way, kept.browser) == (
        account.id,
        SignInWay.APP,
        "Chrome on Linux",
    )
    assert page.rows() == [
        {
            "When": "10 March 2027 at 10:00am",
            "How": "Password and app",
            "With": "Chrome on Linux",
            "From": browser.address,
        }
    ]


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0",
            "Firefox on Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari on an iPhone or iPad",
        ),
        ("<script>alert(1)</script>", "A browser on an unknown system"),
        ("", "A browser on an unknown system"),
    ],
)
def test_a_browser_is_named_in_our_words(header, shown):
    assert browser_of(header) == shown


# Signing out


async def test_signing_out_ends_the_session(browser, session):
    await browser.sign_in(await account_of(session))

    answer = await browser.post("/sign-out")

    assert answer.headers["location"] == "/sign-in/out"
    assert answer.headers["clear-site-data"]
    assert (await browser.get("/account")).status_code == 303
    assert Page(await browser.get("/sign-in/out")).h1 == "You have signed out"


async def test_signing_out_twice_does_no_harm(browser):
    answer = await browser.post("/sign-out")

    assert answer.headers["location"] == "/sign-in/out"


# Creating an account


async def sign_up(browser, email=EMAIL, password=PASSWORD, **more):
    return await browser.post(
        "/sign-up", data={"email": email, "password": password, **more}
    )


async def test_an_account_is_created_once_the_address_has_answered(
    browser, session, now
):
    asked = await sign_up(browser, next="/apply")
    before = await session.scalar(select(func.count()).select_from(Account))
    page = Page(await browser.get("/sign-up/confirm"))
    code = await code_in_letter(session, EMAIL)
    answer = await browser.post(
        "/sign-up/confirm", data={"code": f"{code[:3]} {code[3:]}"}
    )

    account = (await session.scalars(select(Account))).one()
    assert asked.headers["location"] == "/sign-up/confirm"
    assert before == 0
    assert EMAIL in page.text
    assert answer.headers["location"] == "/apply"
    assert (account.email, account.confirmed_at) == (EMAIL, now)
    assert await passwords.matches(account.password_hash, PASSWORD)
    assert await events(session) == [AccountEvent.OPENED]
    assert Page(await browser.get("/account")).flashes == [
        "Your account has been created."
    ]


async def test_an_address_with_an_account_gets_another_letter_and_the_same_page(
    browser, session
):
    await account_of(session)

    known = await sign_up(browser)
    known_page = await browser.get("/sign-up/confirm")
    new = await sign_up(browser, email="bobby@example.org")
    new_page = await browser.get("/sign-up/confirm")

    assert known.headers["location"] == new.headers["location"]
    assert Page(known_page).text.replace(EMAIL, "") == Page(new_page).text.replace(
        "bobby@example.org", ""
    )
    assert [letter.letter for letter in await letters_to(session, EMAIL)] == [
        "account_sign_up_known"
    ]


async def test_a_code_is_good_in_the_browser_that_asked_for_it_only(
    browser, app, sessions, session, clock
):
    """Otherwise somebody could have the owner confirm an account with a password that is not the owner's."""
    async with Browser(app, sessions, clock) as attacker:
        await sign_up(attacker, password="the attacker knows this")
        code = await code_in_letter(session, EMAIL)
        await sign_up(browser)

        answer = await browser.post("/sign-up/confirm", data={"code": code})

    assert answer.status_code == 422


async def test_a_wrong_code_five_times_ends_the_code(browser, session):
    await sign_up(browser)
    code = await code_in_letter(session, EMAIL)
    wrong = "000000" if code != "000000" else "000001"
    first = Page(await browser.post("/sign-up/confirm", data={"code": wrong}))
    for _ in range(4):
        await browser.post("/sign-up/confirm", data={"code": wrong})

    last = await browser.post("/sign-up/confirm", data={"code": code})

    assert first.errors == [
        "Enter the code from the latest email. It works for 15 minutes"
    ]
    assert last.status_code == 429


async def test_a_code_expires(browser, session, clock):
    await sign_up(browser)
    code = await code_in_letter(session, EMAIL)

    clock.now += timedelta(minutes=15)

    assert (
        await browser.post("/sign-up/confirm", data={"code": code})
    ).status_code == 422


async def test_another_code_takes_the_place_of_the_first(browser, session):
    await sign_up(browser)
    first = await code_in_letter(session, EMAIL)

    again = await browser.post("/sign-up/code")
    letters = await letters_to(session, EMAIL)
    codes = {re.search(r"\d{6}", letter.body)[0] for letter in letters} - {first}

    assert again.headers["location"] == "/sign-up/confirm"
    assert (
        await browser.post("/sign-up/confirm", data={"code": first})
    ).status_code == 422
    assert (
        await browser.post("/sign-up/confirm", data={"code": codes.pop()})
    ).status_code == 303


@pytest.mark.parametrize("address", ["/sign-up/confirm", "/sign-up/code"])
async def test_a_code_needs_somebody_who_asked_for_it(browser, address):
    answer = await browser.post(address, data={"code": "123456"})

    assert answer.headers["location"] == "/sign-up"


async def test_no_more_than_three_letters_go_to_an_address_at_once(browser, session):
    answers = [await sign_up(browser) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [303] * 3 + [429]


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", "Password must be 12 characters or more"),
        ("a" * 129, "Password must be 128 characters or fewer"),
        (
            "password2027",
            "Choose a password that is harder to guess, such as three words that do not belong together",
        ),
        (
            "alice likes tea",
            "Choose a password without your name or email address in it",
        ),
        ("", "Enter a password"),
    ],
)
async def test_a_password_that_will_not_do_is_told_why(browser, password, fault):
    page = Page(await sign_up(browser, password=password))

    assert page.status == 422
    assert page.errors == [fault]


async def test_a_code_sent_twice_at_once_opens_one_account(clone, clock, app_on):
    """On a real database: the row of the code goes to one of the two."""
    engine = connect(await clone())
    sessions = sessions_of(engine)
    app = app_on(sessions, clock)
    async with Browser(app, sessions, clock) as browser:
        await sign_up(browser)
        async with sessions() as session:
            code = await code_in_letter(session, EMAIL)
        answers = await asyncio.gather(
            *(browser.post("/sign-up/confirm", data={"code": code}) for _ in range(4))
        )
        async with sessions() as session:
            accounts = (await session.scalars(select(Account))).all()
    await engine.dispose()

    assert len(accounts) == 1
    assert min(answer.status_code for answer in answers) == 303
    assert {answer.status_code for answer in answers} <= {303, 403, 422}


# A new password


async def link_in_letter(session, address=EMAIL):
    letters = await letters_to(session, address)
    return re.search(r"/sign-in/reset/\S+", letters[-1].body)[0]


async def test_a_link_to_the_address_sets_a_new_password(browser, session):
    account = await account_of(session)
    await browser.sign_in(account)

    asked = await browser.post("/sign-in/reset", data={"email": EMAIL})
    link = await link_in_letter(session)
    page = Page(await browser.get(link))
    done = await browser.post(link, data={"password": "another fine passphrase"})

    assert asked.headers["location"] == "/sign-in/reset/sent"
    assert page.h1 == "Choose a new password"
    assert done.headers["location"] == "/sign-in"
    assert (
        await session.scalar(
            select(func.count())
            .select_from(StoredSession)
            .where(StoredSession.account_id.is_not(None))
        )
        == 0
    )
    assert (await sign_in(browser, "another fine passphrase")).status_code == 303
    assert await events(session) == [AccountEvent.PASSWORD_CHANGED]
    assert {letter.letter for letter in await letters_to(session, EMAIL)} == {
        "account_reset_link",
        "account_password_changed",
    }


async def test_a_reset_does_not_skip_the_second_factor(browser, session):
    await account_of(session, secret=SECRET)
    await browser.post("/sign-in/reset", data={"email": EMAIL})
    await browser.post(
        await link_in_letter(session), data={"password": "another fine passphrase"}
    )

    answer = await sign_in(browser, "another fine passphrase")

    assert answer.headers["location"] == "/sign-in/code"


async def test_a_reset_link_works_once(browser, session):
    await account_of(session)
    await browser.post("/sign-in/reset", data={"email": EMAIL})
    link = await link_in_letter(session)
    await browser.post(link, data={"password": "another fine passphrase"})

    again = await browser.post(link, data={"password": "yet another passphrase"})

    assert again.status_code == 409
    assert "This link has expired. Ask for a new one." in again.text


async def test_a_reset_link_expires(browser, session, clock):
    await account_of(session)
    await browser.post("/sign-in/reset", data={"email": EMAIL})

    clock.now += timedelta(hours=1)

    assert (await browser.get(await link_in_letter(session))).status_code == 409


async def test_a_made_up_link_is_not_found(browser):
    assert (await browser.get("/sign-in/reset/made-up")).status_code == 404
    assert (
        await browser.post("/sign-in/reset/made-up", data={"password": "x"})
    ).status_code == 404


async def test_an_unknown_address_gets_the_same_answer_and_a_letter(browser, session):
    answer = await browser.post("/sign-in/reset", data={"email": "nobody@example.org"})

    (letter,) = await letters_to(session, "nobody@example.org")
    assert answer.headers["location"] == "/sign-in/reset/sent"
    assert letter.letter == "account_reset_unknown"


async def test_more_letters_than_the_limit_are_silently_not_sent(browser, session):
    await account_of(session)

    answers = [
        await browser.post("/sign-in/reset", data={"email": EMAIL}) for _ in range(5)
    ]

    assert {answer.headers["location"] for answer in answers} == {"/sign-in/reset/sent"}
    assert len(await letters_to(session, EMAIL)) == 3


async def test_a_reset_link_never_takes_its_host_from_the_request(browser, session):
    await account_of(session)

    await browser.post(
        "/sign-in/reset",
        data={"email": EMAIL},
        headers={"host": "evil.example", "x-forwarded-host": "evil.example"},
    )
    (letter,) = await letters_to(session, EMAIL)

    assert "http://127.0.0.1:8000/sign-in/reset/" in letter.body
    assert "evil" not in letter.body


async def test_staff_choose_longer_passwords(browser, session):
    await account_of(session, StaffRole.CASEWORKER)
    await browser.post("/sign-in/reset", data={"email": EMAIL})

    page = Page(
        await browser.post(
            await link_in_letter(session), data={"password": "kettle rain 17"}
        )
    )

    assert page.errors == ["Password must be between 15 and 128 characters"]
