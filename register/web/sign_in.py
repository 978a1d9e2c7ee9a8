"""Signing in: a password, then the code of an app where the account has one; and out again."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import (
    Account,
    AccountAct,
    RecoveryCode,
    SignIn,
    SignInWay,
    folded_email,
)
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security import limits as tries
from register.kit.security import links, passwords
from register.kit.security.keys import keyed_hash, signing_key
from register.kit.security.lock_outs import LockOuts
from register.kit.security.sessions import WebSession
from register.process import Process
from register.web.guards import PUBLIC, path_within
from register.web.needs import Form, Limits, Moment, Network, Session, Viewer, Visit

HOME = "/your-registration"
DEVICE_COOKIE = "__Host-d"
DEVICE_KNOWN_FOR = timedelta(days=365)
SECOND_STEP_WITHIN = timedelta(minutes=10)
WRONG = "Enter the email address and password of your account"

Wanted = Annotated[str, QueryParameter(name="next")]
"""`wanted`: the page that somebody was on the way to."""


class SignInForm(forms.Form):
    email = forms.Email()
    password = forms.Password()


class CodeForm(forms.Form):
    code = forms.Text(
        "Code from your authenticator app",
        what="the code from your authenticator app",
        longest=20,
    )


class RecoveryForm(forms.Form):
    code = forms.Text("Recovery code", what="one of your recovery codes", longest=40)


@dataclass(frozen=True)
class Arrival:
    """Somebody at the door: from which browser and network, and when. Every way of signing in ends in `let_in`."""

    request: Request[Any, Any, Any]
    session: AsyncSession
    visit: WebSession
    limits: tries.Limits
    network: str
    now: datetime

    def device(self, email: str) -> str:
        """This browser's name if the address was signed in with from here before: others' failures do not lock it out."""
        try:
            said = links.read(
                "known device",
                self.request.cookies.get(DEVICE_COOKIE, ""),
                now=self.now,
            )
        except (links.LinkExpired, NotFound):
            return ""
        name, _, known_to = said.partition(" ")
        return name if known_to == _trace_of(email) else ""

    async def fits(self, email: str, password: str) -> bool:
        """Whether the password is the account's; tries are counted, and who fails too often has to wait."""
        who, device = folded_email(email), self.device(email)
        locks, where = (
            LockOuts(self.limits.sessions),
            f"device {device}" if device else self.network,
        )
        await self.limits.hit(tries.SIGN_IN_ALL, tries.EVERYBODY)
        await self.limits.hit(tries.SIGN_IN, f"{who} {device}")
        await locks.refuse_locked(who, where, now=self.now)
        right = await password_fits(self.limits, email, password)
        await (
            locks.passed(who, where)
            if right
            else locks.failed(who, where, now=self.now)
        )
        return right

    async def half_way(self) -> "HalfWay":
        """Who has shown a password and owes the second step; raises NotHalfWay."""
        kept = self.visit.get("half_way")
        if not kept or self.now >= datetime.fromisoformat(kept["until"]):
            raise NotHalfWay
        account = await self.session.scalar(
            Account.usable().where(Account.id == UUID(kept["account"]))
        )
        if account is None or account.mark != kept["mark"]:
            raise NotHalfWay
        # A stranger's guesses must not use up those of the owner's own device.
        return HalfWay(
            account,
            kept["wanted"],
            counted_as=f"{account.id} {self.device(account.email)}",
        )

    def owes_second_step(self, account: Account, wanted: str) -> Redirect:
        until = (self.now + SECOND_STEP_WITHIN).isoformat()
        kept = {
            "account": str(account.id),
            "mark": account.mark,
            "until": until,
            "wanted": wanted,
        }
        self.visit.put("half_way", kept)
        return see("/sign-in/code")

    def let_in(self, account: Account, way: SignInWay, wanted: str) -> Redirect:
        """A new session token, a line for the owner to see, and on to where they were going."""
        browser = browser_of(self.request.headers.get("user-agent", ""))
        self.session.add(
            SignIn(
                account_id=account.id,
                at=self.now,
                way=way,
                network=self.network,
                browser=browser,
            )
        )
        self.visit.sign_in(account.id, now=self.now, proved=way.shows_factor)
        answer = see(_first_page(account, wanted))
        answer.cookies.append(_device_cookie(account, self.now))
        return answer


class NotHalfWay(Exception):
    """No password was shown lately in this session, or it was changed since."""


@dataclass(frozen=True)
class HalfWay:
    account: Account
    wanted: str
    counted_as: str
    """Whose guesses of codes are counted together."""


def _arrival(
    *,
    request: Request[Any, Any, Any],
    session: Session,
    visit: Visit,
    limits: Limits,
    network: Network,
    now: Moment,
) -> Arrival:
    return Arrival(request, session, visit, limits, network, now)


Door = NamedDependency[Arrival]
"""`door`: who stands at the door."""
DOOR = {"door": Provide(_arrival, sync_to_thread=False)}


def _begin_again(_: Request[Any, Any, Any], __: NotHalfWay) -> Redirect:
    return see("/sign-in")


BEGIN_AGAIN: Any = {NotHalfWay: _begin_again}


@get("/sign-in", access=PUBLIC)
async def ask(viewer: Viewer, wanted: Wanted = "") -> Template | Redirect:
    if viewer.signed_in:
        first = "/account" if viewer.staff else HOME
        return see(path_within(wanted, otherwise=first))
    return page("register/sign_in/sign_in.html", form=SignInForm(), wanted=wanted)


@post("/sign-in", access=PUBLIC, limit=tries.SIGN_IN_NETWORK, dependencies=DOOR)
async def sign_in(session: Session, door: Door, form: Form) -> Template | Redirect:
    sent, wanted = SignInForm(form), form.get("next")
    if not sent.validate():
        return page("register/sign_in/sign_in.html", form=sent, wanted=wanted)
    fits = await door.fits(sent.email.data, sent.password.data)
    account = await Account.of_email(session, sent.email.data) if fits else None
    if account is None:
        sent.add_error("email", WRONG)
        return page("register/sign_in/sign_in.html", form=sent, wanted=wanted)
    if passwords.needs_rehash(account.password_hash):
        account.password_hash = await passwords.hashed(sent.password.data)
    if account.has_factor:
        return door.owes_second_step(account, wanted)
    return door.let_in(account, SignInWay.PASSWORD, wanted)


@get("/sign-in/code", access=PUBLIC, dependencies=DOOR, exception_handlers=BEGIN_AGAIN)
async def ask_code(door: Door) -> Template:
    await door.half_way()
    return page("register/sign_in/code.html", form=CodeForm())


@post("/sign-in/code", access=PUBLIC, dependencies=DOOR, exception_handlers=BEGIN_AGAIN)
async def sign_in_by_code(
    session: Session, door: Door, form: Form
) -> Template | Redirect:
    half_way = await door.half_way()
    sent = CodeForm(form)
    if not sent.validate():
        return page("register/sign_in/code.html", form=sent)
    await door.limits.hit(tries.CODE, half_way.counted_as)
    if not half_way.account.accept_code(sent.code.data, now=door.now):
        sent.add_error(
            "code", "Enter the code that your app shows now. A code works once"
        )
        return page("register/sign_in/code.html", form=sent)
    await (
        session.flush()
    )  # of the same code sent twice at once, the second is stopped here
    await door.limits.give_back(tries.CODE, half_way.counted_as)
    return door.let_in(half_way.account, SignInWay.APP, half_way.wanted)


@get(
    "/sign-in/recovery",
    access=PUBLIC,
    dependencies=DOOR,
    exception_handlers=BEGIN_AGAIN,
)
async def ask_recovery(door: Door) -> Template:
    await door.half_way()
    return page("register/sign_in/recovery.html", form=RecoveryForm())


@post(
    "/sign-in/recovery",
    access=PUBLIC,
    dependencies=DOOR,
    exception_handlers=BEGIN_AGAIN,
)
async def sign_in_by_recovery(
    session: Session, door: Door, form: Form
) -> Template | Redirect:
    half_way = await door.half_way()
    sent, account = RecoveryForm(form), half_way.account
    if not sent.validate():
        return page("register/sign_in/recovery.html", form=sent)
    await door.limits.hit(tries.CODE, half_way.counted_as)
    if not await RecoveryCode.take(session, account, sent.code.data):
        sent.add_error("code", "Enter a recovery code that you have not used yet")
        return page("register/sign_in/recovery.html", form=sent)
    by = Process.begin(
        session, AccountAct.USE_RECOVERY_CODE, now=door.now, actor=account
    )
    await RecoveryCode.tell_used(session, account, by=by)
    return door.let_in(account, SignInWay.RECOVERY_CODE, half_way.wanted)


@post("/sign-out", access=PUBLIC)
async def sign_out(visit: Visit) -> Redirect:
    if visit.exists:
        visit.sign_out()
    return see("/sign-in/out")


@get("/sign-in/out", access=PUBLIC)
async def signed_out() -> Template:
    return page("register/sign_in/out.html")


def see(path: str) -> Redirect:
    """Go on to another page."""
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)


async def password_fits(limits: tries.Limits, email: str, password: str) -> bool:
    """The hash is read in a short transaction of its own: hashing takes long, and no connection should wait for it."""
    own = select(Account.password_hash).where(
        Account.email_folded == folded_email(email), Account.may_be_used()
    )
    async with limits.sessions() as reading:
        stored = await reading.scalar(own)
    return await passwords.matches(stored, password)


def browser_of(user_agent: str) -> str:
    """Which browser on what, in words of ours only: the header may hold anything."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    system = next(
        (name for mark, name in SYSTEMS if re.search(mark, user_agent)),
        "an unknown system",
    )
    return f"{browser} on {system}"


BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone|iPad", "an iPhone or iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X|Macintosh", "a Mac"),
    ("CrOS", "a Chromebook"),
    ("Linux", "Linux"),
)


def _first_page(account: Account, wanted: str) -> str:
    if account.is_staff and not account.has_factor:
        return "/account/second-factor"
    return path_within(wanted, otherwise="/staff" if account.is_staff else HOME)


def _trace_of(email: str) -> str:
    """What a device remembers of an address: enough to know it again, too little to read it."""
    return keyed_hash(signing_key("known devices"), folded_email(email)).hex()[:32]


def _device_cookie(account: Account, now: datetime) -> Cookie:
    device = f"{secrets.token_urlsafe(12)} {_trace_of(account.email)}"
    return Cookie(
        key=DEVICE_COOKIE,
        value=links.sign("known device", device, until=now + DEVICE_KNOWN_FOR),
        path="/",
        max_age=int(DEVICE_KNOWN_FOR.total_seconds()),
        secure=True,
        httponly=True,
        samesite="lax",
    )


pages = [
    ask,
    sign_in,
    ask_code,
    sign_in_by_code,
    ask_recovery,
    sign_in_by_recovery,
    sign_out,
    signed_out,
]
