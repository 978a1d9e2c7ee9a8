"""Accounts of providers: who opens and ends them, who acts for them, and what they know of their own staff."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from register.account import StaffRole
from register.entry import NewCondition, RemovalReason
from register.entry.facts import ConditionKind
from register.kit.clock import end_of
from register.kit.errors import NotFound
from register.kit.post import Message
from register.kit.security import links
from register.organisation import (
    AlreadyActing,
    AlreadyOpened,
    InvitationClosed,
    LastLead,
    NotOpen,
    OrganisationEvent,
    OrganisationState,
    Sought,
    StaffOfRegulator,
    Told,
    end_organisation,
    invitation_by,
    open_organisation_of_home,
    posts_to_confirm,
    roster,
    tell_of_post,
    token_of,
    user_of,
    users_of,
)
from register.organisation.acts import PostEvent
from register.organisation.invitation import AlreadyAUser
from register.organisation.organisation import Organisation
from register.organisation.user import NotALead
from register.process import Event
from register.proposal import NeedsAnotherPerson, NotYours, waiting_on
from tests.make import (
    NOW,
    make_account,
    make_employment,
    make_entry,
    make_home,
    make_person,
    make_process,
)
from tests.register.employing import (
    invite,
    make_organisation,
    make_user,
    propose_organisation,
)


@pytest.fixture
async def home(session):
    return await make_home(session, name="Harbour View")


@pytest.fixture
async def organisation(session, home):
    return await make_organisation(session, home)


async def kinds(session, *, person_id=None):
    found = select(Event.kind).order_by(Event.id)
    if person_id:
        found = found.where(Event.person_id == person_id)
    return list(await session.scalars(found))


# Opened by two, ended by one


async def test_an_account_is_opened_by_two_and_its_first_lead_is_invited(session, home):
    officer = await make_account(session, StaffRole.CASEWORKER, StaffRole.TEAM_MANAGER)
    caseworker = await make_account(session, StaffRole.CASEWORKER)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    organisation = await propose_organisation(session, home, officer=officer)
    waiting = await waiting_on(session, organisation.about)
    by = make_process(session, actor=manager)

    with pytest.raises(NeedsAnotherPerson):
        await waiting.approve(session, approver=officer, by=by)
    with pytest.raises(NotYours):
        await waiting.approve(session, approver=caseworker, by=by)
    assert await open_organisation_of_home(session, home.id) is None
    await waiting.approve(session, approver=manager, by=by)
    await session.flush()

    letter = await session.scalar(
        select(Message).where(Message.to_address == "lea@example.org")
    )
    assert await open_organisation_of_home(session, home.id) is organisation
    assert "/employer/join/" in letter.body
    assert (await kinds(session))[-2:] == [
        OrganisationEvent.OPENED,
        OrganisationEvent.INVITED,
    ]


async def test_a_provider_has_one_account_at_a_time(session, home, organisation):
    with pytest.raises(AlreadyOpened):
        await propose_organisation(session, home)

    by = make_process(session)
    await end_organisation(session, organisation, because="Sold", by=by)
    await session.flush()

    assert (await propose_organisation(session, home)).stands


async def test_the_database_refuses_a_second_account_too(session, organisation):
    second = Organisation(
        provider_id=organisation.provider_id,
        state=OrganisationState.PROPOSED,
        lead_name="A",
        lead_email="a@example.org",
        proposed_at=NOW,
    )
    session.add(second)

    with pytest.raises(IntegrityError, match="organisation_one_a_provider"):
        await session.flush()


async def test_a_proposal_that_came_back_makes_room_for_another(session, home):
    organisation = await propose_organisation(session, home)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    waiting = await waiting_on(session, organisation.about)
    by = make_process(session, actor=manager)

    organisation.send_back(waiting, words="Ring them.", approver=manager, by=by)
    await session.flush()

    assert organisation.state is OrganisationState.RETURNED
    assert (await propose_organisation(session, home)).stands


async def test_whose_account_is_ended_acts_for_nobody(session, organisation):
    lead = await make_user(session, organisation, lead=True)
    sent = await invite(session, organisation, email="late@example.org")

    await end_organisation(
        session, organisation, because="Closed", by=make_process(session)
    )
    await session.flush()

    assert await user_of(session, lead.account) is None
    with pytest.raises(InvitationClosed):
        await invitation_by(session, token_of(sent), now=NOW)
    with pytest.raises(NotOpen):
        await end_organisation(
            session, organisation, because="Again", by=make_process(session)
        )
    with pytest.raises(NotOpen):
        await invite(session, organisation)


# Invitations


async def test_a_link_lets_one_account_in_once(session, organisation):
    sent = await invite(session, organisation)
    account, another = await make_account(session), await make_account(session)

    user = await sent.accept(session, account, by=make_process(session))
    await session.flush()

    assert (user.lead, user.name) == (False, "Una User")
    assert (await user_of(session, account)).organisation is organisation
    with pytest.raises(InvitationClosed):
        await invitation_by(session, token_of(sent), now=NOW)
    with pytest.raises(InvitationClosed):
        await sent.accept(session, another, by=make_process(session))


async def test_a_link_works_to_the_last_instant_of_its_last_day(session, organisation):
    sent = await invite(session, organisation)
    ends = end_of(sent.due_on)

    on_time = await invitation_by(
        session, token_of(sent), now=ends - timedelta(seconds=1)
    )

    assert on_time is sent
    assert sent.due_on == date(2027, 3, 17)
    with pytest.raises(InvitationClosed):
        await invitation_by(session, token_of(sent), now=ends)


async def test_a_link_for_something_else_is_none(session, organisation):
    sent = await invite(session, organisation)
    other = links.sign("reference", str(sent.id), until=end_of(sent.due_on))

    with pytest.raises(NotFound):
        await invitation_by(session, other, now=NOW)


async def test_a_second_invitation_to_an_address_ends_the_first(session, organisation):
    first = await invite(session, organisation)

    second = await invite(session, organisation, email="UNA@example.org")

    assert not first.open
    assert await invitation_by(session, token_of(second), now=NOW) is second


async def test_who_is_a_user_already_is_not_invited_again(session, organisation):
    user = await make_user(session, organisation)

    with pytest.raises(AlreadyAUser):
        await invite(session, organisation, email=user.account.email.upper())


async def test_nobody_acts_for_two_and_staff_for_none(session, organisation):
    user = await make_user(session, organisation)
    elsewhere = await make_organisation(session, await make_home(session, urn="1234"))
    staff = await make_account(session, StaffRole.ADMIN)
    sent = await invite(session, elsewhere)

    with pytest.raises(AlreadyActing):
        await sent.accept(session, user.account, by=make_process(session))
    with pytest.raises(StaffOfRegulator):
        await sent.accept(session, staff, by=make_process(session))
    assert sent.open


# Users


async def test_there_is_always_a_lead(session, organisation):
    lead = await make_user(session, organisation, lead=True)
    user = await make_user(session, organisation)

    with pytest.raises(LastLead):
        await lead.end(session, by=make_process(session))
    with pytest.raises(NotALead):
        await user.pass_lead(session, lead, by=make_process(session))
    await lead.pass_lead(session, user, by=make_process(session))
    await lead.end(session, by=make_process(session))
    await session.flush()

    assert await users_of(session, organisation.id) == [user]
    assert user.lead
    with pytest.raises(NotFound):
        await lead.end(session, by=make_process(session))


async def test_who_has_left_may_be_invited_again(session, organisation):
    await make_user(session, organisation, lead=True)
    user = await make_user(session, organisation)
    await user.end(session, by=make_process(session))
    await session.flush()

    again = await make_user(session, organisation, account=user.account)

    assert again.current


# The roster


async def worker(session, home, *, family_name, start=date(2024, 1, 8), **more):
    entry = await make_entry(session, family_name=family_name)
    post = await make_employment(session, entry.person, home, start=start, **more)
    return entry, post


async def names(session, organisation, **sought):
    found = await roster(session, organisation, Sought(**sought), now=NOW)
    return [w.person.name.split()[-1] for w in found.workers]


async def test_the_roster_has_own_staff_alone_and_only_while_they_work_there(
    session, home, organisation
):
    elsewhere = await make_home(session, urn="SC000001")
    await worker(session, home, family_name="Zander")
    await worker(session, home, family_name="Adams")
    await worker(session, home, family_name="Left", until=date(2027, 3, 9))
    await worker(session, home, family_name="Leaving", until=date(2027, 3, 10))
    await worker(session, home, family_name="Later", start=date(2027, 3, 11))
    await worker(session, elsewhere, family_name="Other")
    await make_employment(session, await make_person(session), home)

    found = await names(session, organisation)

    assert found == ["Adams", "Leaving", "Zander"]


@pytest.mark.parametrize(
    "hidden",
    [{"withheld": True}, {"deceased_on": date(2027, 3, 1)}],
    ids=["withheld", "dead"],
)
async def test_whom_the_public_does_not_see_the_employer_does_not_either(
    session, home, organisation, hidden
):
    entry, post = await worker(session, home, family_name="Hidden")
    for name, value in hidden.items():
        setattr(entry.person, name, value)
    await entry.project(session, now=NOW)
    await session.flush()

    assert await names(session, organisation) == []
    assert await names(session, organisation, after=post.id) == []
    assert await posts_to_confirm(session, organisation, now=NOW) == []


async def test_who_needs_attention_may_not_practise_or_is_restricted(
    session, home, organisation
):
    await worker(session, home, family_name="Well")
    removed, _ = await worker(session, home, family_name="Removed")
    await removed.remove(
        session, on=NOW, because=RemovalReason.CPD, by=make_process(session)
    )
    wanted = NewCondition(ConditionKind.REGISTRATION, "Supervised", None)
    bound = await make_entry(session, family_name="Bound", conditions=[wanted])
    await make_employment(session, bound.person, home)
    await session.flush()

    found = await roster(session, organisation, Sought(attention=True), now=NOW)

    assert [
        (w.person.name.split()[-1], w.removed, w.may_practise) for w in found.workers
    ] == [("Bound", False, True), ("Removed", True, False)]


async def test_the_roster_goes_on_where_the_page_before_ended(
    session, home, organisation
):
    second = await make_home(session, urn="SC000002")
    second.provider_id = home.provider_id
    for name in ("Abel", "Baker", "Clark"):
        await worker(session, home, family_name=name)
    await worker(session, second, family_name="Davis")

    first = await roster(session, organisation, Sought(), now=NOW, size=3)
    rest = await roster(
        session, organisation, Sought(after=first.next), now=NOW, size=3
    )

    assert [len(first.workers), len(rest.workers), rest.next] == [3, 1, None]
    assert await names(session, organisation, home_id=second.id) == ["Davis"]


async def test_another_providers_post_tells_nothing_of_where_its_page_ends(
    session, organisation
):
    elsewhere = await make_home(session, urn="SC000001")
    _, post = await worker(session, elsewhere, family_name="Aaron")
    home = await open_home(session, organisation)
    await worker(session, home, family_name="Zander")

    assert await names(session, organisation, after=post.id) == []


async def open_home(session, organisation):
    home = await make_home(session, urn="SC000003")
    home.provider_id = organisation.provider_id
    await session.flush()
    return home


# What the provider says of a post


async def test_a_post_is_confirmed_or_denied_once_and_stays_as_it_was_told(
    session, home, organisation
):
    entry, post = await worker(session, home, family_name="Known")
    other, unknown = await worker(session, home, family_name="Unknown")
    before = len(await posts_to_confirm(session, organisation, now=NOW))

    for about, told in ((post, Told.WORKS_HERE), (unknown, Told.DOES_NOT)):
        by = make_process(session)
        await tell_of_post(session, organisation, about.id, told, by=by)
    await session.flush()

    found = await roster(session, organisation, Sought(), now=NOW)
    assert before == 2
    assert [(w.person.number, w.confirmed) for w in found.workers] == [
        (entry.person.number, True)
    ]
    assert PostEvent.DENIED in await kinds(session, person_id=other.person_id)
    with pytest.raises(NotFound):
        await tell_of_post(
            session, organisation, post.id, Told.DOES_NOT, by=make_process(session)
        )


async def test_what_was_said_does_not_hold_for_another_home(
    session, home, organisation
):
    _, post = await worker(session, home, family_name="Known")
    by = make_process(session)
    await tell_of_post(session, organisation, post.id, Told.DOES_NOT, by=by)
    await session.flush()

    post.home_id = (await open_home(session, organisation)).id
    await session.flush()

    assert await names(session, organisation) == ["Known"]
    assert len(await posts_to_confirm(session, organisation, now=NOW)) == 1


async def test_nobody_speaks_of_another_providers_staff(session, organisation):
    elsewhere = await make_home(session, urn="SC000001")
    _, post = await worker(session, elsewhere, family_name="Other")

    with pytest.raises(NotFound):
        await tell_of_post(
            session, organisation, post.id, Told.DOES_NOT, by=make_process(session)
        )
