"""Months of the ledger: their trial balances, how two officers close one, and what then goes to the general ledger."""

from datetime import date

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select

from fees.acts import FeesAct
from fees.period import (
    AccountingPeriod,
    about,
    general_ledger,
    key_of,
    months,
    must_be_possible,
    propose,
    read_month,
    trial_balance,
)
from fees.web.csv_files import csv_file
from fees.web.staff import OFFICERS, READERS
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.kit.pages import page
from register.proposal import Proposal, ProposalKind, waiting_on, why_returned
from register.web.needs import Act, Acting, Form, Visit
from register.web.returning import ReturnForm

AT = "/staff/finance/periods"
ONE = f"{AT}/{{month:str}}"


@get(AT, access=READERS)
async def all_months(act: Act) -> Template:
    today = day_of(act.now)
    waiting = await act.session.scalars(
        select(Proposal.about).where(
            Proposal.kind == ProposalKind.CLOSE_PERIOD, Proposal.waiting
        )
    )
    return page(
        "fees/finance/periods.html",
        months=await months(act.session, today=today),
        now=today.replace(day=1),
        waiting=set(waiting),
        about=about,
        key_of=key_of,
    )


@get(ONE, access=READERS)
async def one(act: Act, month: FromPath[str]) -> Template:
    return await _page(act, _read(act, month), ReturnForm())


def _read(act: Acting, text: str) -> date:
    """Raises NotFound for no month, and for one that is to come."""
    month = read_month(text)
    if month > day_of(act.now):
        raise NotFound
    return month


async def _page(act: Acting, month: date, form: ReturnForm) -> Template:
    waiting = await waiting_on(act.session, about(month))
    closed = await act.session.get(AccountingPeriod, month)
    return page(
        "fees/finance/period.html",
        month=month,
        at=f"{AT}/{key_of(month)}",
        found=await trial_balance(act.session, month),
        closed=closed,
        waiting=waiting,
        why_not=waiting.why_not(act.account) if waiting else None,
        why_not_yet=await _why_not_yet(act, month) if not (closed or waiting) else None,
        returned=await why_returned(act.session, about(month)),
        may_propose=act.viewer.has(*OFFICERS.roles),
        form=form,
    )


async def _why_not_yet(act: Acting, month: date) -> Refused | None:
    try:
        await must_be_possible(act.session, month, now=act.now)
    except Refused as refused:
        return refused
    except NotFound:
        return Refused("Nothing has been posted in this month, or before it.")
    return None


@post(f"{ONE}/closing", access=OFFICERS)
async def close(act: Act, visit: Visit, month: FromPath[str]) -> Redirect:
    found = _read(act, month)
    by = act.process(FeesAct.PROPOSE_CLOSING)
    await propose(act.session, found, proposer=act.account, by=by)
    visit.flash("Closing the month waits for a second finance officer")
    return _back(found)


@post(f"{ONE}/approval", access=OFFICERS)
async def approve(act: Act, visit: Visit, month: FromPath[str]) -> Redirect:
    found = _read(act, month)
    waiting = await _waiting(act, found)
    by = act.process(FeesAct.APPROVE_CLOSING)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The month is closed")
    return _back(found)


@post(f"{ONE}/return", access=OFFICERS)
async def send_back(
    act: Act, form: Form, visit: Visit, month: FromPath[str]
) -> Redirect | Template:
    found = _read(act, month)
    waiting = await _waiting(act, found)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, found, answers)
    by = act.process(FeesAct.RETURN_CLOSING)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("Closing the month is back with whoever proposed it")
    return _back(found)


async def _waiting(act: Acting, month: date) -> Proposal:
    waiting = await waiting_on(act.session, about(month))
    if waiting is None:
        raise NotFound
    return waiting


@get(f"{ONE}/general-ledger.csv", access=READERS)
async def export(act: Act, month: FromPath[str]) -> Response[str]:
    found = _read(act, month)
    lines = [line async for line in general_ledger(act.session, found)]
    return csv_file("".join(lines), f"general-ledger-{key_of(found)}.csv")


def _back(month: date) -> Redirect:
    return Redirect(f"{AT}/{key_of(month)}", status_code=303)


pages = [all_months, one, close, approve, send_back, export]
