"""Reversing a decision: two registrars agree, and the applicant is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fees.invoice import Invoice, bill
from fees.payment import OverpaidBecause
from fees.payment.purposes import BUYING
from register.account import StaffRole
from register.appeal import (
    ReversalAct,
    ReversalReason,
    UnderAppeal,
    propose_reversal,
)
from register.application import AnotherBegun, ApplicationState, NotNow
from register.assessment import AssessmentAct, propose_grant, propose_refusal
from register.kit.post import Message
from register.person import Person
from register.proposal import NeedsAnotherPerson
from tests.make import NOW, make_account, make_process
from tests.register.appealing import lodged, make_refused
from tests.register.assessing import (
    act,
    heard,
    make_office,
    make_sent,
    proposed_grant,
    proposed_refusal,
)


@pytest.fixture
async def refused(session):
    return await make_refused(session)


@pytest.fixture
async def second(session):
    return await make_account(session, StaffRole.REGISTRAR)


async def proposed(session, application, registrar):
    proposal = await propose_reversal(
        session,
        application,
        because=ReversalReason.ERROR_OF_FACT,
        words="We read the wrong certificate",
        proposer=registrar,
        by=act(session, ReversalAct.PROPOSE, registrar),
    )
    await session.flush()
    return proposal


async def reversed_(session, application, registrar, second, now=NOW):
    proposal = await proposed(session, application, registrar)
    by = act(session, ReversalAct.APPROVE, second, now=now)
    await proposal.approve(session, approver=second, by=by)
    await session.flush()


async def approved(session, now=NOW):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    proposal = await proposed_grant(session, application, office.caseworker)
    by = act(session, AssessmentAct.APPROVE, office.registrar, now=now)
    await proposal.approve(session, approver=office.registrar, by=by)
    await session.flush()
    return office, application


async def test_a_refusal_is_taken_back_and_assessed_again(session, refused, second):
    await reversed_(session, refused.application, refused.office.registrar, second)

    application = refused.application
    assert application.state is ApplicationState.UNDER_ASSESSMENT
    assert (application.decided_at, application.closed_at) == (None, None)
    assert application.assigned_to_id == refused.officer.id
    letter = await session.scalar(
        select(Message.body).where(Message.letter == "application_reversed")
    )
    assert "we were wrong about a fact" in letter


async def test_it_is_decided_afresh_and_the_applicant_reads_the_new_letter(
    session, refused, second
):
    await reversed_(session, refused.application, refused.office.registrar, second)
    proposal = await proposed_refusal_again(session, refused)
    by = act(session, AssessmentAct.APPROVE, second, now=NOW + timedelta(days=1))
    await proposal.approve(session, approver=second, by=by)
    await session.flush()

    sent = await session.scalars(
        select(Message.id).where(Message.letter == "application_refused")
    )
    assert len(sent.all()) == 2


async def proposed_refusal_again(session, refused):
    await heard(session, refused.application, refused.officer)
    return await propose_refusal(
        session,
        refused.application,
        proposer=refused.officer,
        by=act(session, AssessmentAct.PROPOSE, refused.officer),
    )


async def test_one_registrar_does_not_reverse_alone(session, refused):
    registrar = refused.office.registrar

    with pytest.raises(NeedsAnotherPerson):
        await reversed_(session, refused.application, registrar, registrar)
    assert refused.application.state is ApplicationState.REFUSED


async def test_what_is_not_decided_is_not_reversed(session):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    await proposed_refusal(session, application, office.caseworker)

    with pytest.raises(NotNow):
        await proposed(session, application, office.registrar)


async def test_what_has_been_entered_is_not_reversed(session, second):
    office, application = await approved(session)
    await application.paid(session, at=NOW, by=make_process(session))

    with pytest.raises(NotNow):
        await proposed(session, application, office.registrar)


async def test_nothing_is_reversed_while_an_appeal_is_open(session, refused):
    await lodged(session, refused.account)

    with pytest.raises(UnderAppeal):
        await proposed(session, refused.application, refused.office.registrar)


async def test_nothing_is_reversed_beside_another_application(session, refused):
    person = await session.get(Person, refused.application.person_id)
    await make_sent(session, person=person, account=refused.account)

    with pytest.raises(AnotherBegun):
        await proposed(session, refused.application, refused.office.registrar)


async def objection(session, invoice, at):
    return await BUYING[invoice.purpose].objection(session, invoice, at, now=at)


@pytest.mark.parametrize("closed", [False, True])
async def test_what_is_approved_again_is_billed_again(session, second, closed):
    office, application = await approved(session)
    first = await bill(session, application, now=NOW)
    if closed:
        application.close_unpaid(by=make_process(session))
    await reversed_(session, application, office.registrar, second)
    assert await objection(session, first, NOW) is OverpaidBecause.CLOSED

    later = NOW + timedelta(days=5)
    again = await proposed_grant_again(session, application, office)
    by = act(session, AssessmentAct.APPROVE, second, now=later)
    await again.approve(session, approver=second, by=by)
    second_bill = await bill(session, application, now=later)

    assert second_bill.id != first.id
    assert (first.pay_by, second_bill.pay_by) == (date(2027, 3, 24), date(2027, 3, 31))
    assert await objection(session, first, later) is OverpaidBecause.CLOSED
    assert await objection(session, second_bill, later) is None
    found = await session.scalars(
        select(Invoice).where(Invoice.application_id == application.id)
    )
    assert len(found.all()) == 2


async def proposed_grant_again(session, application, office):
    proposal = await propose_grant(
        session,
        application,
        proposer=office.caseworker,
        by=act(session, AssessmentAct.PROPOSE, office.caseworker),
    )
    await session.flush()
    return proposal
