"""A case: opened by whoever takes it, held apart from who may not know of it, and heavier on the register than it shows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from fitness.case import (
    AboutAnother,
    AboutThem,
    AnotherPlace,
    CaseEvent,
    CaseEventKind,
    CaseLink,
    CaseMember,
    CaseRisk,
    ClosedBecause,
    Level,
    LinkedAlready,
    MustStay,
    NotBothWays,
    NotNow,
    NotTheirPlace,
    NotWithItself,
    Place,
    Stage,
    history,
    join,
    level_of,
    linked_with,
    members,
    risks_of,
)
from register.account import RoleGrant, StaffRole
from register.entry import Entry
from register.kit.clock import day_of
from register.part import Part
from register.process import Event
from tests.fitness.investigating import (
    act,
    close,
    make_case,
    make_investigated,
    make_investigator,
)
from tests.make import NOW, make_account, make_entry, make_person

DAY = timedelta(days=1)


async def manager(session, **more):
    return await make_account(session, StaffRole.TEAM_MANAGER, **more)


# Opening


async def test_a_case_begins_at_triage_with_its_taker_as_investigator(session):
    taker = await make_investigator(session)

    case = await make_case(session, taker=taker)

    assert case.stage is Stage.TRIAGE
    assert case.reference.startswith("F-")
    (member,) = await members(session, case.id)
    assert (member.account_id, member.place) == (taker.id, Place.INVESTIGATOR)
    assert case.triage_due == day_of(NOW) + timedelta(days=28)


async def test_nobody_takes_a_case_about_themselves(session):
    entry = await make_entry(session)
    taker = await make_investigator(session, person=entry.person)

    with pytest.raises(AboutThem):
        await make_case(session, taker=taker, person=entry.person)


async def test_nobody_takes_a_case_about_somebody_who_became_them(session):
    once = await make_person(session)
    now = await make_person(session, family_name="Evans")
    once.merged_into = now.id
    await session.flush()
    taker = await make_investigator(session, person=now)

    with pytest.raises(AboutThem):
        await make_case(session, taker=taker, person=once)


async def test_only_investigators_take_cases(session):
    with pytest.raises(NotTheirPlace):
        await make_case(session, taker=await manager(session))


# Who works on it


async def test_nobody_holds_two_places_in_one_case_even_one_after_the_other(session):
    both = await make_account(session, StaffRole.INVESTIGATOR, StaffRole.TEAM_MANAGER)
    case = await make_case(session, taker=both)
    (member,) = await members(session, case.id)
    await case.release(session, member, by=act(session))
    await session.flush()

    with pytest.raises(AnotherPlace):
        await case.take_on(session, both, Place.MANAGER, by=act(session))


async def test_the_database_refuses_a_second_place_too(session):
    both = await make_account(session, StaffRole.INVESTIGATOR, StaffRole.TEAM_MANAGER)
    case = await make_case(session, taker=both)

    with pytest.raises(IntegrityError, match="case_member_one_place_ex"):
        await added(session, case, both, Place.MANAGER)


async def test_the_database_refuses_a_place_without_its_role(session):
    case = await make_case(session)

    with pytest.raises(DBAPIError, match="does not hold the role"):
        await added(session, case, await manager(session), Place.INVESTIGATOR)


async def test_the_database_refuses_whom_the_case_is_about(session):
    case = await make_case(session)
    theirs = await make_investigator(session)
    theirs.person_id = case.person_id
    await session.flush()

    with pytest.raises(DBAPIError, match="about its own member"):
        await added(session, case, theirs, Place.INVESTIGATOR)


async def added(session, case, account, place):
    by = act(session)
    await session.flush()
    session.add(
        CaseMember(
            id=uuid4(),
            case_id=case.id,
            account_id=account.id,
            place=place,
            joined_at=NOW,
            process=by,
        )
    )
    await session.flush()


async def test_whoever_left_may_come_back_to_the_same_place(session):
    case = await make_case(session)
    (member,) = await members(session, case.id)
    await case.release(session, member, by=act(session, now=NOW + DAY))
    await session.flush()
    account = member.account
    await session.refresh(account, ["grants"])

    await case.take_on(
        session, account, Place.INVESTIGATOR, by=act(session, now=NOW + 2 * DAY)
    )

    assert len(await members(session, case.id)) == 1


async def test_whoever_loses_the_role_may_not_be_given_its_place(session):
    case = await make_case(session)
    account = await make_account(session)
    account.grants = [RoleGrant(role=StaffRole.CASEWORKER)]

    with pytest.raises(NotTheirPlace):
        await case.take_on(session, account, Place.INVESTIGATOR, by=act(session))


# What the register knows


async def test_no_part_lapses_while_somebody_is_investigated(session):
    person = (await make_entry(session)).person
    deputy = await make_entry(session, person=person, part=Part.DEPUTY)

    await make_investigated(session, person=person)

    for entry in await entries(session, person):
        assert entry.held_at(NOW)
    assert deputy.part is Part.DEPUTY


async def test_triage_alone_holds_nothing(session):
    case = await make_case(session)

    assert not any(e.held_at(NOW) for e in await entries(session, case.person))


async def test_the_end_of_a_case_ends_its_hold_and_no_other(session):
    person = (await make_entry(session)).person
    first = await make_investigated(session, person=person)
    second = await make_investigated(session, person=person)

    await close(session, first, now=NOW + DAY)
    assert all(e.held_at(NOW + DAY) for e in await entries(session, person))

    await close(session, second, now=NOW + 2 * DAY)
    assert not any(e.held_at(NOW + 2 * DAY) for e in await entries(session, person))


async def test_no_timeline_of_the_person_tells_that_there_is_a_case(session):
    case = await make_investigated(session)
    before = await told_of(session, case.person)

    await close(session, case, now=NOW + DAY)

    assert {kind.partition(":")[0] for kind in before} == {"entry"}
    assert "entry:held" not in before
    assert await told_of(session, case.person) == before


async def entries(session, person):
    ids = await session.scalars(select(Entry.id).where(Entry.person_id == person.id))
    return [await Entry.load(session, one, lock=True) for one in ids.all()]


async def told_of(session, person):
    found = await session.scalars(
        select(Event.kind).where(Event.person_id == person.id).order_by(Event.id)
    )
    return found.all()


# Moves


async def test_a_closed_case_moves_no_more(session):
    case = await make_case(session)
    await close(session, case)

    with pytest.raises(NotNow):
        await case.investigate(session, by=act(session))
    with pytest.raises(NotNow):
        await close(session, case)
    with pytest.raises(NotNow):
        CaseRisk.rate(
            session, case, likelihood=1, harm=1, words="None", by=act(session)
        )


async def test_the_registrant_is_to_be_told_within_the_days_of_the_rules(session):
    case = await make_investigated(session)

    assert case.tell_by == day_of(NOW) + timedelta(days=14)
    assert case.told_at is None


async def test_history_is_never_changed(session):
    case = await make_case(session)
    (event, *_), *_ = await history(session, case.id)

    event.kind = CaseEventKind.NOTED
    with pytest.raises(DBAPIError, match="permission denied"):
        await session.flush()


async def test_history_keeps_no_words(session):
    case = await make_case(session)
    by = act(session)
    await session.flush()

    session.add(
        CaseEvent(
            case_id=case.id,
            process=by,
            kind=CaseEventKind.NOTED,
            at=NOW,
            data={"what": "some words"},
        )
    )
    with pytest.raises(IntegrityError, match="no_words"):
        await session.flush()


# Risk


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (1, Level.LOW),
        (5, Level.LOW),
        (6, Level.MEDIUM),
        (10, Level.MEDIUM),
        (12, Level.HIGH),
    ],
)
def test_the_level_of_a_risk_follows_its_score(score, level):
    assert level_of(score) is level


async def test_every_rating_is_kept_beside_the_one_before(session):
    case = await make_case(session)
    for n, (likelihood, harm) in enumerate([(2, 2), (4, 5)]):
        CaseRisk.rate(
            session,
            case,
            likelihood=likelihood,
            harm=harm,
            words=f"Rating {n}",
            by=act(session, now=NOW + n * DAY),
        )
    await session.flush()

    latest, first = await risks_of(session, case.id)

    assert (latest.score, latest.level, latest.text.words) == (
        20,
        Level.HIGH,
        "Rating 1",
    )
    assert (first.score, first.level) == (4, Level.LOW)


# Links and joins


async def test_cases_about_two_people_are_linked_and_not_joined(session):
    one, other = await make_case(session), await make_case(session)

    await CaseLink.make(session, one, other, words="The same night", by=act(session))
    await session.flush()

    assert [c.id for c in await linked_with(session, one)] == [other.id]
    assert [c.id for c in await linked_with(session, other)] == [one.id]
    with pytest.raises(LinkedAlready):
        await CaseLink.make(session, other, one, words="Again", by=act(session))
    with pytest.raises(AboutAnother):
        await join(session, one, other, words="Both", by=act(session))


async def test_a_case_is_not_linked_or_joined_with_itself(session):
    case = await make_case(session)

    with pytest.raises(NotWithItself):
        await CaseLink.make(session, case, case, words="Itself", by=act(session))
    with pytest.raises(NotWithItself):
        await join(session, case, case, words="Itself", by=act(session))


async def test_of_two_cases_about_one_person_one_goes_on_for_both(session):
    person = (await make_entry(session)).person
    case = await make_case(session, person=person)
    into = await make_investigated(session, person=person)

    await join(session, case, into, words="One story", by=act(session))
    await session.flush()

    assert case.because is ClosedBecause.JOINED
    assert case.joined_to == into.id
    assert into.stage is Stage.INVESTIGATION


async def test_nothing_is_joined_to_a_case_that_is_over(session):
    person = (await make_entry(session)).person
    case, over = [await make_case(session, person=person) for _ in range(2)]
    await close(session, over)

    with pytest.raises(NotNow):
        await join(session, case, over, words="Late", by=act(session))


# Restriction


async def test_whoever_restricts_a_case_answers_for_it(session):
    case, answering = await make_case(session), await manager(session)

    await case.restrict(session, answering, words="A colleague", by=act(session))
    await session.flush()

    assert case.restricted
    assert answering.id in {m.account_id for m in await members(session, case.id)}
    with pytest.raises(NotBothWays):
        await case.restrict(session, answering, words="Again", by=act(session))
    with pytest.raises(MustStay):
        await case.release(
            session, await place_of(session, case, answering), by=act(session)
        )
    case.lift_restriction(session, words="Over", by=act(session))
    await case.release(
        session, await place_of(session, case, answering), by=act(session)
    )
    with pytest.raises(NotBothWays):
        case.lift_restriction(session, words="Again", by=act(session))


async def place_of(session, case, account):
    return next(
        member
        for member in await members(session, case.id)
        if member.account_id == account.id
    )
