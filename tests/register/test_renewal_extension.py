"""More time to renew: asked for, agreed to or refused by two people, looked at again by two others, and what it moves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.entry import Entry, LapseReason
from register.kit.clock import day_of, end_of, start_of
from register.kit.errors import NotFound
from register.kit.post import Message
from register.proposal import NeedsAnotherPerson, NotYours, ProposalState
from register.renewal import (
    CureOver,
    ExtensionReason,
    ExtensionState,
    RenewalExtension,
    RenewalStep,
    extension_for,
    extensions_asked,
)
from register.renewal.extension import (
    AskedAlready,
    DayNotPossible,
    ExtensionEnded,
    LookedAtAgain,
    NothingStands,
)
from tests.make import make_account, make_process
from tests.register.renewing import (
    CURED_UNTIL,
    DAY,
    ENDS,
    INSTANT,
    MIDNIGHT,
    NEXT,
    OPENS,
    STEPS,
    do,
    notice,
    opened,
)

LONGEST = ENDS + timedelta(days=56)
WORDS = "I am in hospital until the middle of December."


@pytest.fixture
async def renewal(session):
    entry, renewal = await opened(session)
    await make_account(session, person=entry.person, email="asker@example.org")
    return renewal


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


async def ask(session, renewal, at=OPENS):
    return await RenewalExtension.ask(
        session,
        renewal,
        because=ExtensionReason.ILLNESS,
        words=WORDS,
        by=make_process(session, now=at),
    )


async def propose(session, extension, officer, until=LONGEST, at=OPENS):
    by = make_process(session, actor=officer, now=at)
    proposal = await extension.propose(
        session, until=until, words="A letter shows it.", proposer=officer, by=by
    )
    await session.flush()
    return proposal


async def propose_refusal(session, extension, officer):
    by = make_process(session, actor=officer, now=OPENS)
    proposal = await extension.propose_refusal(
        session, words="You have three months.", proposer=officer, by=by
    )
    await session.flush()
    return proposal


async def approve(session, proposal, approver, at=OPENS):
    by = make_process(session, actor=approver, now=at)
    await proposal.approve(session, approver=approver, by=by)
    await session.flush()


async def letters(session):
    found = await session.scalars(
        select(Message.letter).where(Message.to_address == "asker@example.org")
    )
    return found.all()


async def until_on(session, renewal):
    found = await session.scalars(
        select(Entry.id).where(Entry.person_id == renewal.person_id)
    )
    entry = await Entry.load(session, found.one(), lock=True)
    return entry.registrations[0].until_on


async def test_what_they_say_is_sealed(session, renewal):
    extension = await ask(session, renewal)

    assert extension.words == WORDS
    assert WORDS.encode() not in extension.sealed
    assert await letters(session) == ["renewal_time_asked"]


async def test_two_people_move_the_last_day(session, renewal, officer, manager):
    extension = await ask(session, renewal)

    await approve(session, await propose(session, extension, officer), manager)

    assert extension.state is ExtensionState.AGREED
    assert renewal.last_day == renewal.extended_until == LONGEST
    assert "renewal_extended" in await letters(session)


async def test_one_person_does_not(session, renewal, manager):
    proposal = await propose(session, await ask(session, renewal), manager)

    with pytest.raises(NeedsAnotherPerson):
        await approve(session, proposal, manager)


async def test_a_caseworker_does_not_approve_it(session, renewal, officer):
    proposal = await propose(session, await ask(session, renewal), officer)
    other = await make_account(session, StaffRole.CASEWORKER)

    with pytest.raises(NotYours):
        await approve(session, proposal, other)


@pytest.mark.parametrize("until", [ENDS, LONGEST + DAY])
async def test_the_day_is_later_and_within_the_rules(session, renewal, officer, until):
    extension = await ask(session, renewal)

    with pytest.raises(DayNotPossible):
        await propose(session, extension, officer, until=until)


@pytest.mark.parametrize("until", [ENDS + DAY, LONGEST])
async def test_the_first_and_the_last_day_within_the_rules_are_possible(
    session, renewal, officer, until
):
    assert await propose(session, await ask(session, renewal), officer, until=until)


async def test_a_day_that_has_gone_by_is_not_agreed_to(
    session, renewal, officer, manager
):
    extension = await ask(session, renewal)
    proposal = await propose(session, extension, officer, until=ENDS + DAY)

    with pytest.raises(DayNotPossible):
        await approve(session, proposal, manager, at=end_of(ENDS + DAY))


# What a later last day does


async def extended(session, renewal, officer, manager, until=LONGEST):
    extension = await ask(session, renewal)
    proposal = await propose(session, extension, officer, until=until)
    await approve(session, proposal, manager)


async def test_who_finishes_by_the_later_day_is_renewed_without_a_gap(
    session, renewal, officer, manager
):
    await extended(session, renewal, officer, manager)
    await do(session, renewal, *STEPS)

    last = end_of(LONGEST) - INSTANT
    await do(session, renewal, RenewalStep.PAYMENT, at=last)

    assert renewal.in_time
    assert await until_on(session, renewal) == NEXT


async def test_who_finishes_after_the_later_day_is_late(
    session, renewal, officer, manager
):
    await extended(session, renewal, officer, manager)
    await do(session, renewal, *STEPS)
    await notice(session, renewal, at=start_of(LONGEST - 20 * DAY))

    await do(session, renewal, RenewalStep.PAYMENT, at=end_of(LONGEST))

    assert not renewal.in_time
    assert await until_on(session, renewal) == ENDS


async def test_the_time_to_cure_a_lapse_begins_after_the_later_day(
    session, renewal, officer, manager
):
    await extended(session, renewal, officer, manager)
    cured_until = CURED_UNTIL + (LONGEST - ENDS)

    await do(session, renewal, RenewalStep.DETAILS, at=end_of(cured_until) - INSTANT)
    with pytest.raises(CureOver):
        await do(session, renewal, RenewalStep.DETAILS, at=end_of(cured_until))


# Who may ask


async def test_it_is_asked_once_at_a_time(session, renewal):
    await ask(session, renewal)

    with pytest.raises(AskedAlready):
        await ask(session, renewal)


async def test_who_takes_it_back_may_ask_again(session, renewal, officer):
    extension = await ask(session, renewal)
    proposal = await propose(session, extension, officer)

    await extension.withdraw(session, by=make_process(session, now=OPENS))
    await session.flush()

    assert proposal.state is ProposalState.WITHDRAWN
    assert (await ask(session, renewal)).again_of is None
    with pytest.raises(ExtensionEnded):
        await extension.withdraw(session, by=make_process(session, now=OPENS))


async def test_between_the_last_day_and_a_lapse_it_may_still_be_asked(session, renewal):
    assert await ask(session, renewal, at=MIDNIGHT)


async def test_who_stands_still_after_the_cure_may_be_given_as_long_as_notice_takes(
    session, renewal, officer, manager
):
    at = end_of(LONGEST + 30 * DAY)
    extension = await ask(session, renewal, at=at)
    until = day_of(at) + 21 * DAY

    with pytest.raises(DayNotPossible):
        await propose(session, extension, officer, until=until + DAY, at=at)
    proposal = await propose(session, extension, officer, until=until, at=at)
    await approve(session, proposal, manager, at=at)
    await do(session, renewal, *STEPS, at=at)
    await do(session, renewal, RenewalStep.PAYMENT, at=end_of(until) - INSTANT)

    assert renewal.in_time
    assert await until_on(session, renewal) == NEXT


async def test_nobody_is_given_so_long_before_the_cure_is_over(
    session, renewal, officer
):
    at = end_of(CURED_UNTIL) - INSTANT
    extension = await ask(session, renewal, at=at)

    with pytest.raises(DayNotPossible):
        await propose(session, extension, officer, until=LONGEST + DAY, at=at)


async def test_after_a_lapse_there_is_nothing_to_move(session, renewal, officer):
    extension = await ask(session, renewal)
    proposal_day = ENDS + 20 * DAY
    entry_id = await session.scalar(
        select(Entry.id).where(Entry.person_id == renewal.person_id)
    )
    entry = await Entry.load(session, entry_id, lock=True)
    by = make_process(session, now=MIDNIGHT)
    await entry.lapse(session, on=MIDNIGHT, because=LapseReason.NOT_RENEWED, by=by)
    await session.flush()

    with pytest.raises(NothingStands):
        await propose(session, extension, officer, until=proposal_day, at=MIDNIGHT)


# Refused, and looked at again


async def refused(session, renewal, officer, manager):
    extension = await ask(session, renewal)
    await approve(session, await propose_refusal(session, extension, officer), manager)
    return extension


async def test_who_is_refused_reads_why_and_that_others_may_look_again(
    session, renewal, officer, manager
):
    extension = await refused(session, renewal, officer, manager)

    body = await session.scalar(
        select(Message.body).where(Message.letter == "renewal_time_refused")
    )
    assert extension.state is ExtensionState.REFUSED
    assert "You have three months." in body
    assert "two others of us" in body
    assert renewal.last_day == ENDS


async def test_neither_of_the_first_two_looks_again(session, renewal, officer, manager):
    first = await refused(session, renewal, officer, manager)

    again = await ask(session, renewal)

    assert again.again_of == first.id
    with pytest.raises(NeedsAnotherPerson):
        await propose(session, again, officer)
    other = await make_account(session, StaffRole.CASEWORKER)
    proposal = await propose(session, again, other)
    with pytest.raises(NeedsAnotherPerson):
        await approve(session, proposal, manager)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await approve(session, proposal, registrar)
    assert renewal.last_day == LONGEST


async def test_it_is_looked_at_again_once(session, renewal, officer, manager):
    await refused(session, renewal, officer, manager)
    others = [
        await make_account(session, role)
        for role in (StaffRole.CASEWORKER, StaffRole.REGISTRAR)
    ]
    await refused(session, renewal, *others)

    with pytest.raises(LookedAtAgain):
        await ask(session, renewal)
    assert (
        "it is final"
        in (
            await session.scalars(
                select(Message.body)
                .where(Message.letter == "renewal_time_refused")
                .order_by(Message.body.contains("final").desc())
            )
        ).first()
    )


async def test_staff_do_not_read_their_own_request(session, renewal, officer):
    extension = await ask(session, renewal)
    officer.person_id = None
    themself = await make_account(session, StaffRole.TEAM_MANAGER)
    themself.person_id = renewal.person_id

    with session.no_autoflush:
        assert (await extensions_asked(session, themself)).rows == []
        with pytest.raises(NotFound):
            await extension_for(session, themself, extension.id)
    session.expunge(themself)
