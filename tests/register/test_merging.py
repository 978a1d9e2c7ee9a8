"""Two records of one person become one: what is kept, what moves, and what stands in the way."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.application import ApplicationState
from register.application.answers import Contact
from register.employment import Employment
from register.enquiry import Enquiry, EnquirySubject
from register.entry import EntryProjection
from register.kit.post import Message
from register.kit.security.sessions import StoredSession
from register.matching import (
    Match,
    MatchState,
    Traits,
    look_for_matches,
)
from register.matching.record import MatchRecord
from register.merging import (
    BothApply,
    BothEntered,
    ChangedSince,
    Choice,
    FeeAwaited,
    MergeAct,
    NumberStays,
    StaffAccount,
    propose_merge,
)
from register.part import Part
from register.particulars import (
    ChangeState,
    change_contact,
    changes_of,
    contact_of,
)
from register.person import PersonName, survivor, with_merged
from register.process import Event, timeline
from register.proposal import (
    AlreadyProposed,
    NeedsAnotherPerson,
    NotYours,
    ProposalState,
)
from tests.make import (
    NOW,
    make_account,
    make_employment,
    make_entry,
    make_person,
    make_process,
)
from tests.register.assessing import act, make_caseworker, make_office, make_sent
from tests.register.changing import ask_name

NI = Traits.of(ni_number="AB123456C")
BORN = date(1985, 5, 17)


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def kept(session):
    entry = await make_entry(session, given_names="Elizabeth", family_name="Smith")
    return entry.person


@pytest.fixture
async def lost(session):
    return await make_person(session, "Liz", "Jones", date(1985, 5, 18))


async def match_of(session, one, other):
    for person in (one, other):
        by = make_process(session)
        found = await look_for_matches(session, person, NI, by=by)
    return next(match for match in found if match.seen_from(other.id) is one)


@pytest.fixture
async def match(session, kept, lost):
    return await match_of(session, kept, lost)


@pytest.fixture
def choice(kept, lost):
    return Choice(kept.id, kept.id, lost.id, lost.id, kept.id)


@pytest.fixture
def propose(session, office, match, choice):
    async def propose(**other):
        by = act(session, MergeAct.PROPOSE, office.caseworker)
        wanted = replace(choice, **other)
        return await propose_merge(
            session,
            match,
            wanted,
            because="Both passports seen",
            proposer=office.caseworker,
            by=by,
        )

    return propose


@pytest.fixture
def approve(session, office):
    async def approve(proposal, approver=None, *, at=NOW):
        who = approver or office.registrar
        by = act(session, MergeAct.APPROVE, who, now=at)
        await proposal.approve(session, approver=who, by=by)
        await session.flush()

    return approve


async def test_each_field_is_taken_from_whom_it_was_chosen(
    propose, approve, kept, lost, session
):
    await approve(await propose())

    names = await session.scalars(
        select(PersonName.name).where(PersonName.person_id == kept.id)
    )
    assert kept.name == "Elizabeth Jones"
    assert kept.birth_date == date(1985, 5, 18)
    assert sorted(names) == ["Elizabeth Smith", "Liz Jones"]
    assert lost.merged_into == kept.id
    assert await survivor(session, lost.id) == kept.id


async def test_nothing_is_merged_until_a_second_person_agrees(propose, kept, lost):
    proposal = await propose()

    assert proposal.waiting
    assert kept.name == "Elizabeth Smith"
    assert lost.merged_into is None


async def test_the_registrar_alone_agrees(propose, approve, office, session):
    both = await make_account(session, StaffRole.CASEWORKER, StaffRole.REGISTRAR)
    proposal = await propose()

    with pytest.raises(NotYours):
        await approve(proposal, office.manager)
    proposal.touched = sorted({*proposal.touched, both.id})
    with pytest.raises(NeedsAnotherPerson):
        await approve(proposal, both)


async def test_posts_and_applications_are_the_kept_ones(
    propose, approve, kept, lost, session
):
    application = await make_sent(session, person=lost)
    post = await make_employment(session, lost)

    await approve(await propose())

    await session.refresh(application)
    await session.refresh(post)
    assert application.person_id == post.person_id == kept.id
    left = select(Employment.id).where(Employment.person_id == lost.id)
    assert (await session.scalars(left)).all() == []


async def test_what_the_lost_one_asked_to_change_is_taken_back_and_their_address_stays(
    propose, approve, kept, lost, session
):
    by, there = make_process(session), Contact(line_1="1 Road", town="Hull", mobile="1")
    await change_contact(session, lost, there, by=by)
    asked = await ask_name(session, lost)
    of_kept = await ask_name(session, kept)

    await approve(await propose(), at=NOW)

    assert (asked.state, of_kept.open) == (ChangeState.WITHDRAWN, True)
    assert {c.id for c in await changes_of(session, kept.id)} == {asked.id, of_kept.id}
    assert await contact_of(session, kept.id) == there


async def test_an_entry_in_another_part_shows_under_the_number_that_is_kept(
    propose, approve, kept, lost, session
):
    number = kept.number
    entry = await make_entry(session, person=lost, part=Part.RESPONSIBLE_INDIVIDUAL)

    await approve(await propose())

    row = await session.get(EntryProjection, entry.id, populate_existing=True)
    assert (row.person_id, row.number, row.name) == (kept.id, number, "Elizabeth Jones")
    assert lost.number != number


async def test_two_entries_in_one_part_are_not_merged(propose, lost, session):
    await make_entry(session, person=lost)

    with pytest.raises(BothEntered):
        await propose()


async def test_two_applications_open_for_one_part_are_not_merged(
    propose, kept, lost, session
):
    for person in (kept, lost):
        await make_sent(session, person=person)

    with pytest.raises(BothApply):
        await propose()


async def test_an_application_that_is_over_does_not_stand_in_the_way(
    propose, kept, lost, session
):
    over = await make_sent(session, person=kept)
    over.state, over.closed_at = ApplicationState.REFUSED, NOW
    await make_sent(session, person=lost)

    assert (await propose()).waiting


async def test_the_record_with_the_number_is_the_one_to_keep(propose, lost):
    with pytest.raises(NumberStays):
        await propose(keep=lost.id)


async def test_what_changed_since_it_was_proposed_is_looked_at_again(
    propose, approve, lost, session
):
    proposal = await propose()
    lost.birth_date = date(1985, 5, 19)
    await session.flush()

    with pytest.raises(ChangedSince):
        await approve(proposal)


async def test_an_entry_made_since_it_was_proposed_stops_the_merge(
    propose, approve, lost, session, office
):
    proposal = await propose()
    await make_entry(session, person=lost)
    proposal.data = proposal.data | {
        "versions": proposal.data["versions"] | {str(lost.id): lost.version}
    }

    with pytest.raises(BothEntered):
        await approve(proposal)


async def test_of_two_accounts_one_stays_and_has_all(
    propose, approve, kept, lost, session
):
    old = await make_account(session, person=kept)
    new = await make_account(session, person=lost)
    application = await make_sent(session, person=lost, account=new)
    session.add(stored_session(old))
    by, subject = make_process(session, actor=old), EnquirySubject.OTHER
    enquiry = await Enquiry.begin(session, old, subject, "Hello", file=None, by=by)

    await approve(await propose(account=lost.id))

    for row in (old, new, application, enquiry):
        await session.refresh(row)
    assert (new.person_id, new.disabled_at) == (kept.id, None)
    assert (old.person_id, old.disabled_at) == (None, NOW)
    assert {application.account_id, enquiry.account_id} == {new.id}
    assert (await session.scalars(select(StoredSession.token_hash))).all() == []
    told = await session.scalars(
        select(Message.to_address).where(Message.letter == "account_closed")
    )
    assert told.all() == [old.email]


def stored_session(account):
    return StoredSession(
        token_hash=b"0" * 32,
        account_id=account.id,
        data={},
        created_at=NOW,
        seen_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )


async def test_a_staff_account_is_not_closed(propose, kept, lost, session):
    await make_caseworker(session, person=lost)
    await make_account(session, person=kept)

    with pytest.raises(StaffAccount):
        await propose(account=kept.id)


async def test_an_account_with_a_fee_to_pay_is_not_closed(propose, kept, lost, session):
    await make_account(session, person=kept)
    account = await make_account(session, person=lost)
    application = await make_sent(session, person=lost, account=account)
    application.state = ApplicationState.APPROVED
    application.approved_at, application.pay_by = NOW, date(2027, 3, 24)
    await session.flush()

    with pytest.raises(FeeAwaited):
        await propose(account=kept.id)


async def test_what_the_lost_one_was_known_by_finds_the_kept_one(
    propose, approve, kept, lost, session
):
    await look_for_matches(
        session, lost, Traits.of(emails=["liz@example.org"]), by=make_process(session)
    )
    await approve(await propose())
    new = await make_person(session, "Lizzie", "Jones", date(1985, 5, 18))

    (found,) = await look_for_matches(
        session, new, Traits.of(emails=["liz@example.org"]), by=make_process(session)
    )

    assert found.seen_from(new.id).id == kept.id
    assert found.score.agreements["email"] == "same"
    assert await session.get(MatchRecord, lost.id) is None


async def test_other_matches_of_the_lost_one_become_the_kept_ones(
    propose, approve, kept, lost, match, session
):
    third = await make_person(session, "Liz", "Jones", date(1985, 5, 18))
    await look_for_matches(session, third, by=make_process(session))

    await approve(await propose())

    open_ones = (await session.scalars(select(Match).where(Match.open))).all()
    assert [{m.one_id, m.other_id} for m in open_ones] == [{kept.id, third.id}]
    assert match.state is MatchState.MERGED


async def test_who_is_proposed_to_be_one_is_not_told_apart(propose, match, session):
    await propose()

    with pytest.raises(AlreadyProposed):
        await match.tell_apart(session, because="No", by=make_process(session))


async def test_a_merge_is_proposed_once(propose):
    await propose()

    with pytest.raises(AlreadyProposed):
        await propose()


async def test_both_have_the_line_and_the_timeline_has_both(
    propose, approve, kept, lost, session
):
    await approve(await propose())

    told = await session.scalars(
        select(Event.person_id).where(Event.kind == "person:merged")
    )
    lines = await timeline(session, persons=await with_merged(session, kept.id))
    assert set(told) == {kept.id, lost.id}
    assert {event.person_id for event, _, _ in lines} == {kept.id, lost.id}


async def test_whoever_is_withheld_stays_withheld(
    propose, approve, kept, lost, session
):
    lost.withheld = True
    await session.flush()

    await approve(await propose())

    published = await session.scalars(
        select(EntryProjection.published).where(EntryProjection.person_id == kept.id)
    )
    assert kept.withheld
    assert published.all() == [False]


async def test_a_returned_proposal_may_be_made_again(propose, office, session):
    proposal = await propose()
    by = act(session, MergeAct.RETURN, office.registrar)
    proposal.return_(words="Look again.", approver=office.registrar, by=by)

    again = await propose()

    assert proposal.state is ProposalState.RETURNED
    assert again.waiting
