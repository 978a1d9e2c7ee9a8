"""Creating an account: an address that answers, and a password. Nobody learns here whether an address has an account."""

import secrets
from datetime import datetime

from litestar import get, post
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import (
    Account,
    AccountAct,
    AccountEvent,
    CodePurpose,
    EmailedCode,
    SignInWay,
    folded_email,
)
from register.account.emailed_code import GOOD_FOR
from register.kit import forms
from register.kit.pages import page
from register.kit.post import post as post_letter
from register.kit.security import limits as tries
from register.kit.security import passwords
from register.kit.security.passwords import Weakness
from register.process import Process
from register.web.guards import PUBLIC
from register.web.needs import Form, Limits, Moment, Session, Viewer, Visit
from register.web.sign_in import DOOR, Door, Wanted, see

WEAKNESSES = {
    Weakness.COMMON: "Choose a password that is harder to guess, such as three words that do not belong together",
    Weakness.ABOUT_YOU: "Choose a password without your name or email address in it",
}

WRONG_CODE = "Enter the code from the latest email. It works for 15 minutes"


class SignUpForm(forms.Form):
    email = forms.Email(hint="We will send a code to it")
    password = forms.Password(
        "Create a password",
        what="a password",
        hint="At least 12 characters",
        shortest=passwords.SHORTEST,
    )


class ConfirmForm(forms.Form):
    code = forms.Text("Code from the email", what="the code from the email", longest=20)


def refuse_weak(
    form: forms.Form, name: str, *, about: list[str], staff: bool = False
) -> bool:
    """Say at the field why the password may not be chosen; whether it may."""
    shortest = passwords.SHORTEST_FOR_STAFF if staff else passwords.SHORTEST
    why = passwords.weakness(form[name].data, shortest=shortest, about=about)
    if why:
        sentence = WEAKNESSES.get(
            why,
            f"Password must be between {shortest} and {passwords.LONGEST} characters",
        )
        form.add_error(name, sentence)
    return why is None


@get("/sign-up", access=PUBLIC)
async def ask(viewer: Viewer, wanted: Wanted = "") -> Template | Redirect:
    if viewer.signed_in:
        return see("/account")
    return page("register/sign_in/sign_up.html", form=SignUpForm(), wanted=wanted)


@post("/sign-up", access=PUBLIC, limit=tries.SIGN_UP_NETWORK)
async def sign_up(
    session: Session, visit: Visit, form: Form, limits: Limits, now: Moment
) -> Template | Redirect:
    sent, wanted = SignUpForm(form), form.get("next")
    valid = sent.validate()
    about = [str(sent.email.data or "").partition("@")[0]]
    if not valid or not refuse_weak(sent, "password", about=about):
        return page("register/sign_in/sign_up.html", form=sent, wanted=wanted)
    email = sent.email.data
    await limits.hit(tries.SEND_CODE, folded_email(email))
    asked_by = secrets.token_hex(16)
    # Until the code is typed in there is no account, only this browser's wish for one: whoever else asks with the
    # same address meanwhile cannot put their password in its place.
    password_hash = await passwords.hashed(sent.password.data)
    visit.put(
        "sign_up",
        {
            "email": email,
            "password_hash": password_hash,
            "asked_by": asked_by,
            "wanted": wanted,
        },
    )
    await _send_code(session, email, asked_by, now=now)
    return see("/sign-up/confirm")


@get("/sign-up/confirm", access=PUBLIC)
async def ask_code(visit: Visit) -> Template | Redirect:
    wish = visit.get("sign_up")
    if not wish:
        return see("/sign-up")
    return page(
        "register/sign_in/confirm.html", form=ConfirmForm(), email_address=wish["email"]
    )


@post("/sign-up/confirm", access=PUBLIC, dependencies=DOOR)
async def confirm(
    session: Session, door: Door, visit: Visit, form: Form
) -> Template | Redirect:
    wish = visit.get("sign_up")
    if not wish:
        return see("/sign-up")
    sent, email = ConfirmForm(form), wish["email"]
    if not sent.validate():
        return page("register/sign_in/confirm.html", form=sent, email_address=email)
    await door.limits.hit(tries.CODE, f"sign-up {folded_email(email)}")
    purpose, asked_by = CodePurpose.SIGN_UP, wish["asked_by"]
    right = await EmailedCode.accept(
        session, purpose, sent.code.data, address=email, asked_by=asked_by, now=door.now
    )
    if not right or await Account.has_address(session, email):
        sent.add_error("code", WRONG_CODE)
        return page("register/sign_in/confirm.html", form=sent, email_address=email)
    account = Account.open(
        session, email=email, password_hash=wish["password_hash"], now=door.now
    )
    by = Process.begin(session, AccountAct.OPEN, now=door.now, actor=account)
    by.tell(AccountEvent.OPENED, account=account.id)
    answer = door.let_in(account, SignInWay.PASSWORD, wish["wanted"])
    visit.flash("Your account has been created.")
    return answer


@post("/sign-up/code", access=PUBLIC, limit=tries.SIGN_UP_NETWORK)
async def send_again(
    session: Session, visit: Visit, limits: Limits, now: Moment
) -> Redirect:
    wish = visit.get("sign_up")
    if not wish:
        return see("/sign-up")
    await limits.hit(tries.SEND_CODE, folded_email(wish["email"]))
    await _send_code(session, wish["email"], wish["asked_by"], now=now)
    visit.flash("We have sent another code.")
    return see("/sign-up/confirm")


async def _send_code(
    session: AsyncSession, email: str, asked_by: str, *, now: datetime
) -> None:
    """To an address that has an account goes another letter, by the same steps: neither answer nor time tells which."""
    code = await EmailedCode.make(
        session, CodePurpose.SIGN_UP, address=email, asked_by=asked_by, now=now
    )
    known = await Account.has_address(session, email)
    await post_letter(
        session,
        to=email,
        letter="account_sign_up_known" if known else "account_sign_up_code",
        context={"code": code, "minutes": int(GOOD_FOR.total_seconds() // 60)},
        key=f"account_sign_up:{secrets.token_hex(16)}",
        now=now,
    )


pages = [ask, sign_up, ask_code, confirm, send_again]
