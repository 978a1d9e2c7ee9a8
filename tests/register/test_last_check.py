"""Between approval and entry somebody may turn out to be listed: the fee is kept, and nobody is entered before it is settled."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from register.application import ApplicationState, NotNow
from register.application.entering import enter_cleared
from register.assessment import (
    AssessmentAct,
    Filter,
    propose_grant,
    propose_reopening,
    queue,
    return_to_officer,
    why_returned,
)
from register.entry import Entry
from register.kit.clock import start_of
from register.kit.post import Message
from register.matching import WatchItem, WatchKind, look_for_matches, open_hits
from register.person import Person
from register.proposal import NeedsAnotherPerson, NotYours
from register.rule_set import RuleSet
from tests.make import NOW, make_person, make_process
from tests.register.assessing import act, make_office, make_sent, proposed_grant

BORN = date(1985, 5, 17)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def approved(session, office):
    person = await make_person(session, "Liz", "Smith", BORN)
    await look_for_matches(session, person, by=make_process(session))
    application = await make_sent(session, person=person, officer=office.caseworker)
    proposal = await proposed_grant(session, application, office.caseworker)
    await approve(session, proposal, office.registrar)
    return application


async def approve(session, proposal, approver, *, now=NOW):
    by = act(session, AssessmentAct.APPROVE, approver, now=now)
    await proposal.approve(session, approver=approver, by=by)
    await session.flush()


async def listed(session, birth_date=BORN):
    return await WatchItem.add(
        session,
        WatchKind.BARRED,
        given_names="Liz",
        family_name="Smith",
        birth_date=birth_date,
        source="DBS, ref 1",
        because="Told by letter",
        by=make_process(session),
    )


async def pays(session, application, *, at=NOW):
    await application.paid(session, at=at, by=make_process(session, now=at))
    await session.flush()


async def settled(session, application, *, now):
    for hit in await open_hits(session, application.person_id):
        hit.dismiss(because="Somebody else", by=make_process(session, now=now))
    await session.flush()


async def entry_of(session, application):
    found = select(Entry.id).where(Entry.person_id == application.person_id)
    entry_id = await session.scalar(found)
    return await Entry.load(session, entry_id) if entry_id else None


async def letters(session, application):
    found = select(Message.letter).where(Message.application_id == application.id)
    return list(await session.scalars(found))


async def proposed_reopening(session, application, office):
    proposal = await propose_reopening(
        session,
        application,
        words="Look at the DBS certificate again",
        proposer=office.manager,
        by=act(
            session,
            AssessmentAct.PROPOSE_REOPENING,
            office.manager,
            now=NOW + MINUTE,
        ),
    )
    await session.flush()
    return proposal


async def test_who_is_listed_after_approval_pays_and_is_not_entered(session, approved):
    await listed(session)

    await pays(session, approved)

    assert approved.state is ApplicationState.PAID
    assert approved.paid_at == NOW
    assert await entry_of(session, approved) is None
    assert "application_paid" in await letters(session, approved)
    assert "application_granted" not in await letters(session, approved)


async def test_the_news_of_that_fee_may_come_again_and_again(session, approved):
    await listed(session)
    await pays(session, approved)

    await pays(session, approved, at=NOW + MINUTE)

    assert approved.paid_at == NOW
    assert (await letters(session, approved)).count("application_paid") == 1


async def test_what_is_settled_before_the_fee_comes_holds_nothing_up(session, approved):
    await listed(session)
    await settled(session, approved, now=NOW)

    await pays(session, approved)

    assert approved.state is ApplicationState.GRANTED


async def test_somebody_else_who_is_listed_holds_nothing_up(session, approved):
    await listed(session, birth_date=date(1950, 1, 1))

    await pays(session, approved)

    assert approved.state is ApplicationState.GRANTED


async def test_once_it_is_settled_the_entry_begins_that_day_and_not_before(
    session, approved
):
    await listed(session)
    await pays(session, approved)
    later = start_of(date(2027, 12, 2)) + timedelta(hours=9)
    await enter_cleared(session, later - MINUTE)
    before = await entry_of(session, approved)

    await settled(session, approved, now=later)
    await enter_cleared(session, later)
    await enter_cleared(session, later + MINUTE)

    entry = await entry_of(session, approved)
    (period,) = entry.registrations
    assert before is None
    assert approved.state is ApplicationState.GRANTED
    assert period.starts == start_of(date(2027, 12, 2))
    assert period.until_on == date(2028, 11, 30)
    assert (await letters(session, approved)).count("application_granted") == 1


async def test_nobody_is_entered_while_it_is_proposed_to_take_the_approval_back(
    session, approved, office
):
    await listed(session)
    await pays(session, approved)
    proposal = await proposed_reopening(session, approved, office)
    await settled(session, approved, now=NOW)
    await enter_cleared(session, NOW)
    meanwhile = approved.state

    by = act(session, AssessmentAct.RETURN, office.registrar)
    await return_to_officer(
        session, proposal, words="Not they", approver=office.registrar, by=by
    )
    await session.flush()
    await enter_cleared(session, NOW)

    assert meanwhile is ApplicationState.PAID
    assert approved.state is ApplicationState.GRANTED


async def test_the_approval_is_taken_back_by_two_of_whom_one_is_the_registrar(
    session, approved, office
):
    await listed(session)
    await pays(session, approved)
    proposal = await proposed_reopening(session, approved, office)

    with pytest.raises(NotYours):
        await approve(session, proposal, office.manager)
    with pytest.raises(NotYours):
        await approve(session, proposal, office.caseworker)
    await approve(session, proposal, office.registrar)

    told = await why_returned(session, approved)
    assert approved.state is ApplicationState.UNDER_ASSESSMENT
    assert approved.decided_at is None
    assert approved.paid_at == NOW
    assert (told.by, told.words, told.reopened) == (
        "Tess Manager",
        "Look at the DBS certificate again",
        True,
    )
    assert "application_reopened" in await letters(session, approved)


async def test_who_proposed_it_does_not_carry_it_out(session, approved, office):
    await listed(session)
    await pays(session, approved)
    proposal = await propose_reopening(
        session,
        approved,
        words="Look again",
        proposer=office.registrar,
        by=act(session, AssessmentAct.PROPOSE_REOPENING, office.registrar),
    )

    with pytest.raises(NeedsAnotherPerson):
        await approve(session, proposal, office.registrar)


async def test_approved_again_it_is_not_paid_for_again(session, approved, office):
    await listed(session)
    await pays(session, approved)
    await approve(
        session, await proposed_reopening(session, approved, office), office.registrar
    )
    await settled(session, approved, now=NOW)
    officer = office.caseworker
    by = act(session, AssessmentAct.PROPOSE, officer)
    proposal = await propose_grant(session, approved, proposer=officer, by=by)
    await session.flush()
    before = (await letters(session, approved)).count("application_approved")

    await approve(session, proposal, office.registrar, now=NOW + MINUTE)

    entry = await entry_of(session, approved)
    assert approved.state is ApplicationState.GRANTED
    assert entry.registrations[0].starts == start_of(date(2027, 3, 10))
    assert (await letters(session, approved)).count("application_approved") == before


async def test_what_is_not_paid_for_is_not_taken_back(session, approved, office):
    with pytest.raises(NotNow):
        await proposed_reopening(session, approved, office)


async def test_it_waits_in_the_queue_without_the_days_in_which_the_fee_was_awaited(
    session, approved, office
):
    await listed(session)
    await pays(session, approved, at=NOW + timedelta(days=7))

    found = await queue(session, office.manager, Filter(), now=NOW + timedelta(days=9))

    (row,) = found.rows
    assert row.application.id == approved.id
    assert row.clock.used == 2


async def test_the_others_are_entered_though_one_cannot_be(session, approved, office):
    await listed(session)
    await pays(session, approved)
    person = await make_person(session, "Liz", "Smith", BORN)
    await look_for_matches(session, person, by=make_process(session))
    other = await make_sent(session, person=person, officer=office.caseworker)
    other.state, other.approved_at, other.paid_at = ApplicationState.PAID, NOW, NOW
    other.pay_by = date(2027, 3, 24)
    await session.flush()
    for one in (approved, other):
        await settled(session, one, now=NOW)
    await Entry.grant(
        session,
        person=await session.get_one(Person, approved.person_id),
        part=approved.part,
        on=NOW,
        rule_set=await session.get_one(RuleSet, approved.rule_set_id),
        until=date(2027, 11, 30),
        by=make_process(session),
    )

    await enter_cleared(session, NOW)

    await session.refresh(approved)
    states = {approved.state, other.state}
    assert states == {ApplicationState.PAID, ApplicationState.GRANTED}
    assert await session.scalar(select(func.count()).select_from(Entry)) == 2
