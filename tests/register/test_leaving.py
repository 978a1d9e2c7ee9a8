"""Leaving at one's own request: two people agree, nobody does while the entry is held, and the day is a whole one."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from register.account import Account, StaffRole
from register.entry import Entry, EntryHeld, OrderKind, RemovalReason, Status
from register.kit.clock import end_of
from register.kit.errors import NotFound
from register.kit.post import Message
from register.leaving import (
    AlreadyLeaving,
    DayGone,
    Leaving,
    LeavingEnded,
    LeavingReason,
    LeavingState,
    NotEntered,
    ToBeRemoved,
    asked,
    leaving_for,
)
from register.notice import (
    NoticeOutcome,
    open_notice,
    propose_notice_of_removal,
)
from register.proposal import AlreadyProposed, NeedsAnotherPerson, ProposalState
from tests.make import NOW, make_account, make_entry, make_process

TODAY = NOW.date()
LAST_DAY = TODAY + timedelta(days=20)
A_MOMENT = timedelta(microseconds=1)


@pytest.fixture
async def entry(session):
    entry = await make_entry(session)
    await make_account(session, person=entry.person, email="leaver@example.org")
    return entry


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


async def ask(session, entry, last_day=LAST_DAY):
    by = make_process(session)
    because = LeavingReason.RETIRED
    return await Leaving.ask(session, entry, because=because, last_day=last_day, by=by)


async def propose(session, leaving, officer):
    by = make_process(session, actor=officer)
    proposal = await leaving.propose(session, proposer=officer, by=by)
    await session.flush()
    return proposal


async def approve(session, proposal, registrar, now=NOW):
    by = make_process(session, actor=registrar, now=now)
    await proposal.approve(session, approver=registrar, by=by)


async def hold(session, entry):
    await entry.hold(session, on=NOW, by=make_process(session))
    await session.flush()


async def serve_notice(session, entry, registrar):
    officer = await make_account(session, StaffRole.CASEWORKER)
    proposal = await propose_notice_of_removal(
        session,
        entry,
        because=RemovalReason.ERROR,
        words="The entry should not have been made.",
        proposer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()
    await approve(session, proposal, registrar)
    await session.flush()
    return await open_notice(session, entry_id=entry.id)


async def letters(session):
    found = select(Message.letter).where(Message.to_address == "leaver@example.org")
    return set(await session.scalars(found))


async def test_who_asks_is_registered_until_it_is_agreed(session, entry):
    leaving = await ask(session, entry)

    assert leaving.open
    assert entry.status_at(end_of(LAST_DAY)) is Status.REGISTERED
    assert await letters(session) == {"leaving_asked"}


async def test_the_entry_ends_with_the_last_day(session, entry, officer, registrar):
    leaving = await ask(session, entry)

    await approve(session, await propose(session, leaving, officer), registrar)

    after = end_of(LAST_DAY)
    ended = await Entry.load(session, entry.id)
    assert leaving.state is LeavingState.AGREED
    assert ended.status_at(after - A_MOMENT) is Status.REGISTERED
    assert ended.status_at(after) is Status.REMOVED_VOLUNTARY
    assert await letters(session) == {"leaving_asked", "leaving_agreed"}


async def test_where_the_last_day_has_gone_by_it_ends_with_the_day_of_the_decision(
    session, entry, officer, registrar
):
    leaving = await ask(session, entry, last_day=TODAY)
    proposal = await propose(session, leaving, officer)
    late = NOW + timedelta(days=3)

    await approve(session, proposal, registrar, now=late)

    ended = await Entry.load(session, entry.id)
    assert leaving.last_day == late.date()
    assert ended.status_at(end_of(late.date()) - A_MOMENT) is Status.REGISTERED
    assert ended.status_at(end_of(late.date())) is Status.REMOVED_VOLUNTARY


async def test_nobody_leaves_before_today(session, entry):
    with pytest.raises(DayGone):
        await ask(session, entry, last_day=TODAY - timedelta(days=1))


async def test_a_part_is_asked_to_be_left_once(session, entry):
    await ask(session, entry)

    with pytest.raises(AlreadyLeaving):
        await ask(session, entry)


async def test_who_is_suspended_may_ask(session, entry):
    await entry.order(
        session,
        OrderKind.INTERIM_SUSPENSION,
        on=NOW,
        until=NOW + timedelta(days=90),
        wording=None,
        by=make_process(session),
    )

    assert (await ask(session, entry)).open


async def test_who_has_left_cannot_ask(session, entry, officer, registrar):
    leaving = await ask(session, entry, last_day=TODAY)
    await approve(session, await propose(session, leaving, officer), registrar)
    ended = await Entry.load(session, entry.id)
    by = make_process(session, now=NOW + timedelta(days=1))

    with pytest.raises(NotEntered):
        await Leaving.ask(
            session,
            ended,
            because=LeavingReason.OTHER,
            last_day=LAST_DAY,
            by=by,
        )


# While the entry is held


async def test_who_is_held_asks_as_anybody_does(session, entry):
    await hold(session, entry)

    assert (await ask(session, entry)).open
    assert await letters(session) == {"leaving_asked"}


async def test_nobody_proposes_to_let_go_who_is_held(session, entry, officer):
    leaving = await ask(session, entry)
    await hold(session, entry)

    with pytest.raises(EntryHeld):
        await propose(session, leaving, officer)


async def test_nobody_approves_what_was_proposed_before_the_hold(
    session, entry, officer, registrar
):
    leaving = await ask(session, entry)
    proposal = await propose(session, leaving, officer)
    await hold(session, entry)

    with pytest.raises(EntryHeld):
        await approve(session, proposal, registrar)


# Turned down, or taken back


async def test_who_is_turned_down_reads_why(session, entry):
    leaving = await ask(session, entry)
    by = make_process(session)

    await leaving.turn_down(session, words="You owe us a reply.", by=by)

    body = await session.scalar(
        select(Message.body).where(Message.letter == "leaving_turned_down")
    )
    assert leaving.state is LeavingState.TURNED_DOWN
    assert "You owe us a reply." in body


async def test_what_is_taken_back_waits_for_nobody(session, entry, officer):
    leaving = await ask(session, entry)
    proposal = await propose(session, leaving, officer)

    await leaving.withdraw(session, by=make_process(session))

    assert leaving.state is LeavingState.WITHDRAWN
    assert proposal.state is ProposalState.WITHDRAWN


@pytest.mark.parametrize("again", ["withdraw", "turn_down", "propose"])
async def test_what_has_ended_has_ended(session, entry, officer, again):
    leaving = await ask(session, entry)
    by = make_process(session, actor=officer)
    await leaving.withdraw(session, by=by)
    more = {"turn_down": {"words": "No."}, "propose": {"proposer": officer}}

    with pytest.raises(LeavingEnded):
        await getattr(leaving, again)(session, by=by, **more.get(again, {}))


async def test_who_took_it_back_may_ask_again(session, entry):
    leaving = await ask(session, entry)
    await leaving.withdraw(session, by=make_process(session))
    await session.flush()

    assert (await ask(session, entry)).open is True


# Two people, and not oneself


async def test_it_is_proposed_once(session, entry, officer):
    leaving = await ask(session, entry)
    await propose(session, leaving, officer)

    with pytest.raises(AlreadyProposed):
        await propose(session, leaving, officer)


async def test_who_proposed_it_does_not_approve_it(session, entry, registrar):
    leaving = await ask(session, entry)
    proposal = await propose(session, leaving, registrar)

    with pytest.raises(NeedsAnotherPerson):
        await approve(session, proposal, registrar)


async def test_staff_do_not_read_their_own_request(session, entry):
    leaving = await ask(session, entry)
    themself = await session.scalar(
        select(Account).where(Account.person_id == entry.person_id)
    )

    assert (await asked(session, themself)).rows == []
    with pytest.raises(NotFound):
        await leaving_for(session, themself, leaving.id)


async def test_nobody_leaves_while_a_notice_of_their_removal_is_open(
    session, entry, registrar
):
    notice = await serve_notice(session, entry, registrar)
    with pytest.raises(ToBeRemoved):
        await ask(session, entry)

    notice.end(NoticeOutcome.DROPPED, by=make_process(session))
    await session.flush()

    assert (await ask(session, entry)).open


async def test_a_request_that_was_there_before_the_notice_waits_for_it(
    session, entry, officer, registrar
):
    leaving = await ask(session, entry)
    proposal = await propose(session, leaving, officer)
    await serve_notice(session, entry, registrar)

    with pytest.raises(ToBeRemoved):
        await approve(session, proposal, registrar)
    assert leaving.open


async def test_what_waits_for_a_notice_is_not_proposed(
    session, entry, officer, registrar
):
    leaving = await ask(session, entry)
    await serve_notice(session, entry, registrar)

    with pytest.raises(ToBeRemoved):
        await propose(session, leaving, officer)
