"""Decisions that somebody disagrees with, and the people who decide what becomes of them."""

from dataclasses import dataclass

from register.account import Account, StaffRole
from register.appeal import (
    Appeal,
    AppealAct,
    AppealKind,
    decisions_on,
    propose_outcome,
)
from register.assessment import AssessmentAct
from tests.make import NOW, make_account
from tests.register.assessing import act, make_office, make_sent, proposed_refusal


@dataclass
class Refused:
    office: object
    application: object
    account: Account

    @property
    def officer(self):
        return self.office.caseworker


async def make_refused(session, *, now=NOW, **more):
    """Proposed by the caseworker, approved by the registrar."""
    office = await make_office(session)
    application = await make_sent(
        session, officer=office.caseworker, sent_at=now, **more
    )
    proposal = await proposed_refusal(session, application, office.caseworker)
    by = act(session, AssessmentAct.APPROVE, office.registrar, now=now)
    await proposal.approve(session, approver=office.registrar, by=by)
    await session.flush()
    account = await session.get(Account, application.account_id)
    return Refused(office, application, account)


async def make_adjudicator(session, *more, **names):
    return await make_account(session, StaffRole.ADJUDICATOR, *more, **names)


async def lodged(
    session, account, *, kind=AppealKind.APPEAL, grounds="It is not so", now=NOW
):
    """Against the newest decision about the account's person."""
    decision, *_ = await decisions_on(session, account.person_id)
    appeal = await Appeal.lodge(
        session,
        decision,
        kind,
        grounds=grounds,
        account=account,
        by=act(session, AppealAct.LODGE, account, now=now),
    )
    await session.flush()
    return appeal


async def proposed(session, appeal, adjudicator, outcome, *, words="Because", **more):
    proposal = await propose_outcome(
        session,
        appeal,
        outcome,
        words=words,
        proposer=adjudicator,
        by=act(session, AppealAct.PROPOSE, adjudicator),
        **more,
    )
    await session.flush()
    return proposal


async def decided(session, appeal, outcome, *, now=NOW, **more):
    """By two adjudicators."""
    one, another = await make_adjudicator(session), await make_adjudicator(session)
    proposal = await proposed(session, appeal, one, outcome, **more)
    by = act(session, AppealAct.DECIDE, another, now=now)
    await proposal.approve(session, approver=another, by=by)
    await session.flush()
