"""One's own account: its password, address, app, recovery codes and sign-ins."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from register.account import (
    Account,
    AccountEvent,
    RecoveryCode,
    SignIn,
    SignInWay,
    StaffRole,
)
from register.account.sweeping import sweep_accounts
from register.kit.post import Message
from register.kit.security import passwords, totp
from register.kit.security.sealing import Unsealable, unseal
from register.process import Event
from tests.browser import Browser
from tests.make import make_account
from tests.reading import Page

PASSWORD = "kettle rain under glass"
EMAIL = "alice@example.org"

PAGES = [
    "/account",
    "/account/password",
    "/account/email",
    "/account/email/confirm",
    "/account/second-factor",
    "/account/second-factor/replace",
    "/account/second-factor/remove",
    "/account/recovery-codes",
    "/account/sign-ins",
]
FORMS = {
    "/account/password": {
        "password": "wrong wrong wrong",
        "new_password": "another fine passphrase",
    },
    "/account/email": {"password": "wrong wrong wrong", "email": "new@example.org"},
    "/account/second-factor/remove": {"password": "wrong wrong wrong"},
}


@pytest.fixture
async def alice(session):
    account = await make_account(
        session, email=EMAIL, password_hash=await passwords.hashed(PASSWORD)
    )
    await session.commit()
    return account


@pytest.fixture
async def carol(session):
    """A member of staff who has no app yet."""
    hashed = await passwords.hashed(PASSWORD)
    account = await make_account(
        session, StaffRole.CASEWORKER, email="carol@example.org", password_hash=hashed
    )
    await session.commit()
    return account


async def events(session):
    return (await session.scalars(select(Event.kind).order_by(Event.id))).all()


async def letters(session):
    rows = await session.execute(
        select(Message.to_address, Message.letter).order_by(
            Message.created_at, Message.letter
        )
    )
    return [tuple(row) for row in rows]


async def fresh(session, account):
    return await session.get(Account, account.id, populate_existing=True)


async def set_up(browser, **more):
    """Walk the set-up of an app; gives its secret and the page with the recovery codes."""
    page = Page(await browser.get("/account/second-factor"))
    secret = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.text)[0].replace(" ", "")
    sent = page.form("Continue") | {"code": totp.code_at(secret, browser.now())} | more
    return secret, Page(await browser.post(page.action("Continue"), data=sent))


@pytest.mark.parametrize("address", PAGES)
async def test_pages_of_an_account_are_for_the_signed_in(browser, address):
    answer = await browser.get(address)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/account")


@pytest.mark.parametrize(
    "address", [*FORMS, "/account/sign-out-everywhere", "/account/recovery-codes"]
)
async def test_acts_on_an_account_are_for_the_signed_in(browser, address):
    answer = await browser.post(address, data={})

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_the_account_shows_what_one_signs_in_with(browser, alice):
    await browser.sign_in(alice)

    page = Page(await browser.get("/account"))

    assert page.facts == {
        "Email address": EMAIL,
        "Password": "Set",
        "Authenticator app": "Off",
    }
    assert page.change_link("Password") == "/account/password"


@pytest.mark.parametrize("address", FORMS)
async def test_changes_need_the_password(browser, session, alice, address):
    await browser.sign_in(alice)

    page = Page(await browser.post(address, data=FORMS[address]))

    assert page.status == 422
    assert page.errors == ["Enter the password that you sign in with"]
    assert await events(session) == []


async def test_a_stolen_session_cannot_guess_the_password_for_long(browser, alice):
    await browser.sign_in(alice)

    answers = [
        await browser.post("/account/email", data=FORMS["/account/email"])
        for _ in range(11)
    ]

    assert answers[9].status_code == 422
    assert answers[10].status_code == 429


# Password


async def test_a_new_password_signs_out_everywhere_else(
    browser, app, sessions, clock, session, alice
):
    await browser.sign_in(alice)
    async with Browser(app, sessions, clock) as other:
        await other.sign_in(alice)

        done = await browser.post(
            "/account/password",
            data={"password": PASSWORD, "new_password": "another fine passphrase"},
        )

        assert (await other.get("/account")).status_code == 303
    page = Page(await browser.get("/account"))
    assert done.headers["location"] == "/account"
    assert page.flashes == ["Your password has been changed."]
    assert await passwords.matches(
        (await fresh(session, alice)).password_hash, "another fine passphrase"
    )
    assert await events(session) == [AccountEvent.PASSWORD_CHANGED]
    assert await letters(session) == [(EMAIL, "account_password_changed")]


async def test_a_weak_new_password_is_refused(browser, alice):
    await browser.sign_in(alice)

    page = Page(
        await browser.post(
            "/account/password",
            data={"password": PASSWORD, "new_password": "alice alice alice"},
        )
    )

    assert page.errors == ["Choose a password without your name or email address in it"]


async def test_nothing_filled_in_is_told_together(browser, alice):
    await browser.sign_in(alice)

    page = Page(await browser.post("/account/password", data={}))

    assert page.errors == ["Enter your password", "Enter a new password"]


# Email address


async def code_to(session, address):
    bodies = await session.scalars(
        select(Message.body).where(Message.to_address == address)
    )
    return re.search(r"code is (\d{6})", bodies.one())[1]


async def test_a_new_address_is_used_once_it_has_answered_and_the_old_one_is_told(
    browser, session, alice
):
    await browser.sign_in(alice)

    asked = await browser.post(
        "/account/email", data={"email": "new@example.org", "password": PASSWORD}
    )
    page = Page(await browser.get("/account/email/confirm"))
    before = (await fresh(session, alice)).email
    done = await browser.post(
        "/account/email/confirm",
        data={"code": await code_to(session, "new@example.org")},
    )

    after = await fresh(session, alice)
    assert asked.headers["location"] == "/account/email/confirm"
    assert "new@example.org" in page.text
    assert before == EMAIL
    assert done.headers["location"] == "/account"
    assert (after.email, after.email_folded) == ("new@example.org", "new@example.org")
    assert await events(session) == [AccountEvent.EMAIL_CHANGED]
    assert (EMAIL, "account_email_changed") in await letters(session)


async def test_a_wrong_code_changes_no_address(browser, session, alice):
    await browser.sign_in(alice)
    await browser.post(
        "/account/email", data={"email": "new@example.org", "password": PASSWORD}
    )
    code = await code_to(session, "new@example.org")

    page = Page(
        await browser.post(
            "/account/email/confirm",
            data={"code": "000000" if code != "000000" else "1"},
        )
    )

    assert page.errors == [
        "Enter the code from the latest email. It works for 15 minutes"
    ]


async def test_an_address_of_another_account_is_not_told_and_not_taken(
    browser, session, alice, carol
):
    await browser.sign_in(alice)

    asked = await browser.post(
        "/account/email", data={"email": "Carol@example.org", "password": PASSWORD}
    )

    assert asked.headers["location"] == "/account/email/confirm"
    assert [letter for _, letter in await letters(session)] == ["account_email_known"]


async def test_a_code_needs_an_address_that_was_asked_for(browser, alice):
    await browser.sign_in(alice)

    asked, sent = (
        await browser.get("/account/email/confirm"),
        await browser.post("/account/email/confirm", data={"code": "1"}),
    )

    assert asked.headers["location"] == sent.headers["location"] == "/account/email"


# The app


async def test_an_app_is_set_up_with_the_code_that_it_shows(browser, session, alice):
    token = await browser.sign_in(alice, proved=False)

    secret, page = await set_up(browser)

    account = await fresh(session, alice)
    codes = [code.get_text() for code in page.soup.select("main code")]
    place = {"table": "account", "column": "totp_sealed", "row": str(alice.id)}
    assert page.status == 200
    assert page.h1 == "Keep your recovery codes"
    assert len(set(codes)) == 10
    assert unseal(account.totp_sealed, **place).decode() == secret
    assert browser.token != token
    assert await events(session) == [
        AccountEvent.FACTOR_SET,
        AccountEvent.RECOVERY_CODES_MADE,
    ]
    assert await letters(session) == [(EMAIL, "account_factor_set")]
    assert (
        Page(await browser.get("/account")).fact("Authenticator app")
        == "On. 10 recovery codes left"
    )


async def test_the_set_up_page_shows_a_picture_and_the_key(browser, alice):
    await browser.sign_in(alice)

    page = Page(await browser.get("/account/second-factor"))

    assert page.h1 == "Set up an authenticator app"
    assert page.soup.select_one("main img")["src"].startswith("data:image/png;base64,")


async def test_a_secret_is_sealed_for_its_account(browser, session, alice, carol):
    await browser.sign_in(alice)
    await set_up(browser)
    sealed = (await fresh(session, alice)).totp_sealed

    with pytest.raises(Unsealable):
        unseal(sealed, table="account", column="totp_sealed", row=str(carol.id))


async def test_a_wrong_code_shows_the_same_key_again(browser, session, alice):
    await browser.sign_in(alice)
    page = Page(await browser.get("/account/second-factor"))
    key = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.text)[0]

    again = Page(
        await browser.post(
            "/account/second-factor", data=page.form("Continue") | {"code": "000000"}
        )
    )

    assert again.errors == ["Enter the code that the app shows now"]
    assert key in again.text
    assert (await fresh(session, alice)).totp_sealed is None


@pytest.mark.parametrize("secret", ["", "made-up", None])
async def test_a_secret_that_is_not_ours_is_not_found(browser, alice, secret):
    await browser.sign_in(alice)

    answer = await browser.post(
        "/account/second-factor",
        data={"code": "123456", **({"secret": secret} if secret else {})},
    )

    assert answer.status_code == 404


async def test_a_secret_of_another_account_is_not_found(browser, alice, carol):
    await browser.sign_in(carol)
    theirs = Page(await browser.get("/account/second-factor")).form("Continue")[
        "secret"
    ]
    await browser.sign_in(alice)

    answer = await browser.post(
        "/account/second-factor", data={"code": "123456", "secret": theirs}
    )

    assert answer.status_code == 404


async def test_setting_up_has_half_an_hour(browser, clock, alice):
    await browser.sign_in(alice)
    page = Page(await browser.get("/account/second-factor"))
    clock.now += timedelta(minutes=20)
    await browser.get("/account")
    clock.now += timedelta(minutes=10)

    answer = await browser.post(
        "/account/second-factor", data=page.form("Continue") | {"code": "123456"}
    )

    assert answer.status_code == 409


async def test_staff_reach_their_pages_once_an_app_is_set_up(browser, carol):
    await browser.sign_in(carol, proved=False)
    before = await browser.get("/staff")

    await set_up(browser)
    after = await browser.get("/staff")

    assert before.headers["location"] == "/account/second-factor"
    assert after.status_code in (200, 303)
    assert after.headers.get("location") != "/account/second-factor"


@pytest.mark.parametrize(
    ("after", "asked"), [(-timedelta(microseconds=1), False), (timedelta(0), True)]
)
async def test_a_first_app_needs_the_password_fifteen_minutes_after_signing_in(
    browser, session, clock, alice, after, asked
):
    await browser.sign_in(alice, proved=False)
    clock.now += timedelta(minutes=15) + after

    _, page = await set_up(browser)

    assert page.errors == (["Enter your password"] if asked else [])
    assert (await fresh(session, alice)).has_factor is not asked


async def test_a_first_app_is_set_up_with_the_password_however_late(
    browser, session, clock, alice
):
    await browser.sign_in(alice, proved=False)
    clock.now += timedelta(minutes=15)

    await set_up(browser, password=PASSWORD)

    assert (await fresh(session, alice)).has_factor


async def test_another_app_needs_the_password_too(browser, session, alice):
    await browser.sign_in(alice)
    first, _ = await set_up(browser)
    page = Page(await browser.get("/account/second-factor/replace"))
    second = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.text)[0].replace(" ", "")
    sent = page.form("Continue") | {"code": totp.code_at(second, browser.now())}

    without = Page(await browser.post("/account/second-factor", data=sent))
    done = Page(
        await browser.post("/account/second-factor", data=sent | {"password": PASSWORD})
    )

    assert first != second
    assert without.errors == ["Enter your password"]
    assert done.h1 == "Keep your recovery codes"


async def test_an_app_can_be_given_up(browser, session, alice):
    await browser.sign_in(alice)
    await set_up(browser)

    done = await browser.post(
        "/account/second-factor/remove", data={"password": PASSWORD}
    )

    account = await fresh(session, alice)
    assert done.headers["location"] == "/account"
    assert account.totp_sealed is None
    assert await RecoveryCode.left(session, account) == 0
    assert (EMAIL, "account_factor_removed") in await letters(session)


async def test_staff_cannot_give_up_their_app(browser, session, carol):
    await browser.sign_in(carol)
    await set_up(browser)

    page = Page(
        await browser.post("/account/second-factor/remove", data={"password": PASSWORD})
    )

    assert page.status == 409
    assert (
        "Staff accounts need a second factor, so yours cannot be removed." in page.text
    )
    assert (await fresh(session, carol)).totp_sealed


async def test_new_recovery_codes_end_the_old(browser, session, alice):
    await browser.sign_in(alice)
    _, page = await set_up(browser)
    old = page.soup.select_one("main code").get_text()

    made = Page(
        await browser.post("/account/recovery-codes", data={"password": PASSWORD})
    )

    account = await fresh(session, alice)
    assert made.h1 == "Keep your recovery codes"
    assert old not in made.text
    assert (EMAIL, "account_recovery_codes_made") in await letters(session)
    assert not await RecoveryCode.take(session, account, old)
    assert await RecoveryCode.left(session, account) == 10


async def test_recovery_codes_need_an_app(browser, alice):
    await browser.sign_in(alice)

    page = Page(
        await browser.post("/account/recovery-codes", data={"password": PASSWORD})
    )

    assert page.status == 409
    assert "Set up an authenticator app first." in page.text


async def test_recovery_codes_are_kept_nowhere_as_they_are(browser, session, alice):
    await browser.sign_in(alice)
    _, page = await set_up(browser)
    shown = page.soup.select_one("main code").get_text()

    kept = (await session.scalars(select(RecoveryCode.code_hash))).all()

    assert all(len(code) == 32 for code in kept)
    assert shown.replace("-", "").encode() not in b"".join(kept)


# Sign-ins


async def test_signing_out_everywhere_ends_every_session(
    browser, app, sessions, clock, session, alice
):
    await browser.sign_in(alice)
    async with Browser(app, sessions, clock) as other:
        await other.sign_in(alice)
        page = Page(await browser.get("/account/sign-ins"))

        done = await browser.post("/account/sign-out-everywhere")

        assert (await other.get("/account")).status_code == 303
    assert "You are signed in with 2 browsers now." in page.text
    assert done.headers["location"] == "/sign-in/out"
    assert done.headers["clear-site-data"]
    assert (await browser.get("/account")).status_code == 303
    assert await events(session) == [AccountEvent.SIGNED_OUT_EVERYWHERE]


async def test_sign_ins_are_shown_to_their_owner_only(
    browser, session, now, alice, carol
):
    session.add(
        SignIn(
            account_id=carol.id,
            at=now,
            way=SignInWay.APP,
            network="203.0.113.9",
            browser="Firefox on Windows",
        )
    )
    await session.commit()
    await browser.sign_in(alice)

    page = Page(await browser.get("/account/sign-ins"))

    assert page.rows() == []
    assert "203.0.113.9" not in page.html


async def test_sign_ins_are_kept_for_a_year(session, now, alice):
    for at in (now - timedelta(days=365), now - timedelta(days=365, microseconds=1)):
        session.add(
            SignIn(
                account_id=alice.id, at=at, way=SignInWay.APP, network="", browser=""
            )
        )
    await session.flush()

    await sweep_accounts(session, now)

    assert len(await SignIn.of_account(session, alice)) == 1
