"""A new password for who has forgotten theirs: by a link to the address, and never past the second factor."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account, AccountAct, folded_email
from register.kit import forms
from register.kit.errors import TooMany
from register.kit.pages import page
from register.kit.post import post as post_letter
from register.kit.security import limits as tries
from register.kit.security import links, passwords, sessions
from register.process import Process
from register.web.guards import PUBLIC
from register.web.needs import Form, Limits, Moment, Session, Visit
from register.web.sign_in import see
from register.web.sign_up import refuse_weak

PURPOSE = "reset password"
GOOD_FOR = timedelta(hours=1)


class LinkUsed(links.LinkExpired):
    """The password was changed since the link was sent."""


class ResetForm(forms.Form):
    email = forms.Email()


class NewPasswordForm(forms.Form):
    password = forms.Password(
        "New password", what="a new password", shortest=passwords.SHORTEST
    )


@get("/sign-in/reset", access=PUBLIC)
async def ask() -> Template:
    return page("register/sign_in/reset.html", form=ResetForm())


@post("/sign-in/reset", access=PUBLIC, limit=tries.RESET_NETWORK)
async def send_link(
    session: Session, form: Form, limits: Limits, now: Moment
) -> Template | Redirect:
    sent = ResetForm(form)
    if not sent.validate():
        return page("register/sign_in/reset.html", form=sent)
    try:
        await limits.hit(tries.RESET, folded_email(sent.email.data))
    except TooMany:
        return see(
            "/sign-in/reset/sent"
        )  # silent: the address has its letters, and its owner is not told who asks
    await _send_link(session, sent.email.data, now=now)
    return see("/sign-in/reset/sent")


@get("/sign-in/reset/sent", access=PUBLIC)
async def link_sent() -> Template:
    return page("register/sign_in/reset_sent.html")


@get("/sign-in/reset/{token:str}", access=PUBLIC)
async def ask_password(session: Session, token: FromPath[str], now: Moment) -> Template:
    await _account_of(session, token, now=now)
    return page("register/sign_in/new_password.html", form=NewPasswordForm())


@post("/sign-in/reset/{token:str}", access=PUBLIC)
async def set_password(
    session: Session, visit: Visit, form: Form, token: FromPath[str], now: Moment
) -> Template | Redirect:
    account = await _account_of(session, token, now=now)
    sent = NewPasswordForm(form)
    if not sent.validate() or not refuse_weak(
        sent, "password", about=account.guessable, staff=account.is_staff
    ):
        return page("register/sign_in/new_password.html", form=sent)
    by = Process.begin(session, AccountAct.RESET_PASSWORD, now=now, actor=account)
    await account.change_password(
        session, await passwords.hashed(sent.password.data), by=by
    )
    await sessions.end_all(session, account.id)
    visit.flash("Your password has been changed. Sign in with it.")
    return see("/sign-in")


async def _account_of(session: AsyncSession, token: str, *, now: datetime) -> Account:
    """Whose link it is; once the password has changed, it is nobody's."""
    account_id, _, mark = links.read(PURPOSE, token, now=now).partition(" ")
    account = await session.scalar(
        Account.usable().where(Account.id == UUID(account_id))
    )
    if account is None or account.mark != mark:
        raise LinkUsed
    return account


async def _send_link(session: AsyncSession, email: str, *, now: datetime) -> None:
    """An address without an account gets a letter too: neither answer nor time tells which it was.

    The account comes without its roles, since asking for those takes longer than finding nobody.
    """
    of_address = Account.email_folded == folded_email(email)
    account = await session.scalar(
        select(Account).where(of_address, Account.may_be_used())
    )
    subject = f"{account.id} {account.mark}" if account else secrets.token_hex(16)
    await post_letter(
        session,
        to=account.email if account else email,
        letter="account_reset_link" if account else "account_reset_unknown",
        context={
            "token": links.sign(PURPOSE, subject, until=now + GOOD_FOR),
            "minutes": int(GOOD_FOR.total_seconds() // 60),
        },
        key=f"account_reset:{secrets.token_hex(16)}",
        now=now,
    )


pages = [ask, send_link, link_sent, ask_password, set_password]
