"""One's own account: what one signs in with, and where one did."""

import secrets
from datetime import timedelta
from typing import Any

import segno
from litestar import get, post
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import (
    Account,
    AccountAct,
    AccountEvent,
    CodePurpose,
    EmailedCode,
    RecoveryCode,
    SignIn,
    folded_email,
)
from register.account.emailed_code import GOOD_FOR
from register.kit import forms
from register.kit.errors import NotFound, Refused
from register.kit.pages import page
from register.kit.post import post as post_letter
from register.kit.security import limits as tries
from register.kit.security import links, passwords, sessions, totp
from register.kit.security.sessions import WebSession
from register.particulars import may_change
from register.person import Person
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Limits, Session, Visit
from register.web.sign_in import password_fits, see
from register.web.sign_up import WRONG_CODE, ConfirmForm, refuse_weak

ISSUER = "Children's Homes Workforce Register"
SET_UP_WITHIN = timedelta(minutes=30)
FRESH_FOR = timedelta(minutes=15)
"""After this a session may be somebody else's by now, who must not lock the owner out with an app of their own."""
SECRET_LINK = "new factor"  # noqa: S105 - a purpose, not a password
WRONG_PASSWORD = "Enter the password that you sign in with"  # noqa: S105 - a sentence


class NoFactor(Refused):
    def __init__(self) -> None:
        super().__init__("Set up an authenticator app first.")


class PasswordForm(forms.Form):
    password = forms.Password("Your password now", what="your password")
    new_password = forms.Password(
        "New password", what="a new password", shortest=passwords.SHORTEST
    )


class EmailForm(forms.Form):
    email = forms.Email(
        "New email address",
        what="the new email address",
        hint="We will send a code to it",
    )
    password = forms.Password("Your password", what="your password")


class FactorForm(forms.Form):
    code = forms.Text(
        "Code from the app", what="the code that the app shows", longest=20
    )


class FactorAndPasswordForm(FactorForm):
    password = forms.Password("Your password", what="your password")


class OwnPasswordForm(forms.Form):
    password = forms.Password("Your password", what="your password")


@get("/account", access=SIGNED_IN)
async def account(session: Session, act: Act) -> Template:
    own = await own_account(session, act)
    person = await session.get(Person, own.person_id) if own.person_id else None
    return page(
        "register/account/account.html",
        account=own,
        employer=act.viewer.employer,
        codes_left=await RecoveryCode.left(session, own),
        person=person,
        may_change=bool(person and await may_change(session, person)),
    )


# Password


@get("/account/password", access=SIGNED_IN)
async def ask_password() -> Template:
    return page("register/account/password.html", form=PasswordForm())


@post("/account/password", access=SIGNED_IN)
async def change_password(
    session: Session, act: Act, visit: Visit, form: Form, limits: Limits
) -> Template | Redirect:
    sent = PasswordForm(form)
    about = act.account.guessable
    valid = sent.validate() and refuse_weak(
        sent, "new_password", about=about, staff=act.viewer.staff
    )
    if not valid or not await knows_password(sent, act, limits):
        return page("register/account/password.html", form=sent)
    own = await own_account(session, act)
    new = await passwords.hashed(sent.new_password.data)
    await own.change_password(session, new, by=act.process(AccountAct.CHANGE_PASSWORD))
    await sessions.end_all(session, own.id, but=visit)
    visit.flash("Your password has been changed.")
    return see("/account")


# Email address


@get("/account/email", access=SIGNED_IN)
async def ask_email() -> Template:
    return page("register/account/email.html", form=EmailForm())


@post("/account/email", access=SIGNED_IN)
async def send_code(
    session: Session, act: Act, visit: Visit, form: Form, limits: Limits
) -> Template | Redirect:
    sent = EmailForm(form)
    if not sent.validate() or not await knows_password(sent, act, limits):
        return page("register/account/email.html", form=sent)
    email = sent.email.data
    await limits.hit(tries.SEND_CODE, folded_email(email))
    purpose, asked_by = CodePurpose.CHANGE_EMAIL, str(act.account.id)
    code = await EmailedCode.make(
        session, purpose, address=email, asked_by=asked_by, now=act.now
    )
    known = await Account.has_address(session, email)
    await post_letter(
        session,
        to=email,
        letter="account_email_known" if known else "account_email_code",
        context={"code": code, "minutes": int(GOOD_FOR.total_seconds() // 60)},
        key=f"account_email:{secrets.token_hex(16)}",
        now=act.now,
    )
    visit.put("new_email", email)
    return see("/account/email/confirm")


@get("/account/email/confirm", access=SIGNED_IN)
async def ask_code(visit: Visit) -> Template | Redirect:
    email = visit.get("new_email")
    if not email:
        return see("/account/email")
    return page(
        "register/account/confirm_email.html", form=ConfirmForm(), email_address=email
    )


@post("/account/email/confirm", access=SIGNED_IN)
async def change_email(
    session: Session, act: Act, visit: Visit, form: Form, limits: Limits
) -> Template | Redirect:
    email = visit.get("new_email")
    if not email:
        return see("/account/email")
    sent = ConfirmForm(form)
    if not sent.validate():
        return page(
            "register/account/confirm_email.html", form=sent, email_address=email
        )
    await limits.hit(tries.CODE, f"email {act.account.id}")
    purpose, asked_by = CodePurpose.CHANGE_EMAIL, str(act.account.id)
    right = await EmailedCode.accept(
        session, purpose, sent.code.data, address=email, asked_by=asked_by, now=act.now
    )
    if not right or await Account.has_address(session, email):
        sent.add_error("code", WRONG_CODE)
        return page(
            "register/account/confirm_email.html", form=sent, email_address=email
        )
    own = await own_account(session, act)
    await own.change_email(session, email, by=act.process(AccountAct.CHANGE_EMAIL))
    visit.put("new_email", None)
    visit.flash("Your email address has been changed.")
    return see("/account")


# Second factor


@get("/account/second-factor", access=SIGNED_IN)
async def second_factor(session: Session, act: Act, visit: Visit) -> Template:
    own = await own_account(session, act)
    if not own.has_factor:
        return _set_up_page(act, _factor_form(act, visit), totp.new_secret())
    return page(
        "register/account/second_factor.html",
        account=own,
        codes_left=await RecoveryCode.left(session, own),
    )


@get("/account/second-factor/replace", access=SIGNED_IN)
async def ask_replacement(act: Act, visit: Visit) -> Template:
    return _set_up_page(act, _factor_form(act, visit), totp.new_secret())


@post("/account/second-factor", access=SIGNED_IN)
async def set_factor(
    session: Session, act: Act, visit: Visit, form: Form, limits: Limits
) -> Template:
    """Answers with the page itself: the recovery codes are kept nowhere that another page could read them from."""
    own = await own_account(session, act)
    sent = _factor_form(act, visit, form)
    secret = _secret_of(act, form.get("secret"))
    if not sent.validate() or (
        "password" in sent and not await knows_password(sent, act, limits)
    ):
        return _set_up_page(act, sent, secret)
    await limits.hit(tries.CODE, f"new factor {own.id}")
    step = totp.accepted_step(secret, sent.code.data, now=act.now, last_step=None)
    if step is None:
        sent.add_error("code", "Enter the code that the app shows now")
        return _set_up_page(act, sent, secret)
    by = act.process(AccountAct.SET_FACTOR)
    await own.set_factor(session, secret, step=step, by=by)
    codes = await RecoveryCode.renew(session, own, by=by)
    await sessions.end_all(session, own.id, but=visit)
    visit.prove(now=act.now)
    return page("register/account/recovery_codes.html", codes=codes, is_new=True)


@get("/account/second-factor/remove", access=SIGNED_IN)
async def ask_removal() -> Template:
    return page("register/account/remove_factor.html", form=OwnPasswordForm())


@post("/account/second-factor/remove", access=SIGNED_IN)
async def remove_factor(
    session: Session, act: Act, visit: Visit, form: Form, limits: Limits
) -> Template | Redirect:
    sent = OwnPasswordForm(form)
    if not sent.validate() or not await knows_password(sent, act, limits):
        return page("register/account/remove_factor.html", form=sent)
    own = await own_account(session, act)
    await own.remove_factor(session, by=act.process(AccountAct.REMOVE_FACTOR))
    await RecoveryCode.drop(session, own)
    visit.flash("The authenticator app has been removed.")
    return see("/account")


@get("/account/recovery-codes", access=SIGNED_IN)
async def ask_recovery_codes() -> Template:
    return page("register/account/ask_recovery_codes.html", form=OwnPasswordForm())


@post("/account/recovery-codes", access=SIGNED_IN)
async def make_recovery_codes(
    session: Session, act: Act, form: Form, limits: Limits
) -> Template:
    """Answers with the page itself, as above."""
    own = await own_account(session, act)
    if not own.has_factor:
        raise NoFactor
    sent = OwnPasswordForm(form)
    if not sent.validate() or not await knows_password(sent, act, limits):
        return page("register/account/ask_recovery_codes.html", form=sent)
    by = act.process(AccountAct.MAKE_RECOVERY_CODES)
    codes = await RecoveryCode.renew(session, own, by=by)
    await RecoveryCode.tell_made(session, own, by=by)
    return page("register/account/recovery_codes.html", codes=codes, is_new=False)


# Where one is signed in


@get("/account/sign-ins", access=SIGNED_IN)
async def sign_ins(session: Session, act: Act) -> Template:
    return page(
        "register/account/sign_ins.html",
        sign_ins=await SignIn.of_account(session, act.account),
        live=await sessions.live(session, act.account.id, act.now),
    )


@post("/account/sign-out-everywhere", access=SIGNED_IN)
async def sign_out_everywhere(session: Session, act: Act, visit: Visit) -> Redirect:
    by = act.process(AccountAct.SIGN_OUT_EVERYWHERE)
    ended = await sessions.end_all(session, act.account.id)
    by.tell(AccountEvent.SIGNED_OUT_EVERYWHERE, account=act.account.id, sessions=ended)
    visit.sign_out()
    return see("/sign-in/out")


async def own_account(session: AsyncSession, act: Acting) -> Account:
    """The viewer's account as it stands in this transaction: changes to it are kept."""
    own = await session.scalar(Account.usable().where(Account.id == act.account.id))
    if own is None:
        raise NotFound
    return own


async def knows_password(sent: forms.Form, act: Acting, limits: tries.Limits) -> bool:
    """Asked again before what a stolen session must not do; guesses count as those on the sign-in page."""
    await limits.hit(tries.SIGN_IN, f"own {act.account.id}")
    knows = await password_fits(limits, act.account.email, sent["password"].data)
    if not knows:
        sent.add_error("password", WRONG_PASSWORD)
    return knows


def _factor_form(act: Acting, visit: WebSession, form: Any = None) -> FactorForm:
    since = visit.created_at
    is_fresh = since is not None and act.now < since + FRESH_FOR
    if is_fresh and not act.account.has_factor:
        return FactorForm(form)
    return FactorAndPasswordForm(form)


def _set_up_page(act: Acting, form: FactorForm, secret: str) -> Template:
    """The secret travels in the form, signed for this account: nothing is stored until a code proves that an app holds it."""
    signed = links.sign(
        SECRET_LINK, f"{act.account.id} {secret}", until=act.now + SET_UP_WITHIN
    )
    address = totp.address(secret, name=act.account.email, issuer=ISSUER)
    return page(
        "register/account/set_up_factor.html",
        form=form,
        secret=signed,
        key=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        picture=segno.make(address, error="m").png_data_uri(scale=5, border=4),
        address=address,
    )


def _secret_of(act: Acting, signed: str) -> str:
    account_id, _, secret = links.read(SECRET_LINK, signed, now=act.now).partition(" ")
    if account_id != str(act.account.id):
        raise NotFound
    return secret


pages = [
    account,
    ask_password,
    change_password,
    ask_email,
    send_code,
    ask_code,
    change_email,
    second_factor,
    ask_replacement,
    set_factor,
    ask_removal,
    remove_factor,
    ask_recovery_codes,
    make_recovery_codes,
    sign_ins,
    sign_out_everywhere,
]
