"""What may be done to an entry, what it leaves behind, and what the database will not have."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError, IntegrityError

from register.entry import (
    AlreadyEntered,
    ConditionKind,
    EndedAlready,
    EndsAsItBegins,
    Entry,
    EntryHeld,
    EntryProjection,
    LapseReason,
    NewCondition,
    NotPossible,
    OrderKind,
    RemovalReason,
    Status,
)
from register.entry.facts import HoldSuperseded, Registration, RegistrationSuperseded
from register.kit.clock import start_of
from register.part import Part
from register.process import Event
from register.rule_set import RuleSet
from tests.make import (
    NOW,
    make_employment,
    make_entry,
    make_home,
    make_person,
    make_process,
)

START = start_of(date(2027, 2, 1))
END = start_of(date(2027, 12, 1))
DAY = timedelta(days=1)
QUALIFICATION = NewCondition(
    ConditionKind.QUALIFICATION, "Gain the Level 5 diploma.", date(2029, 1, 8)
)


async def projected(session, entry):
    found = select(EntryProjection).where(EntryProjection.entry_id == entry.id)
    return await session.scalar(found.execution_options(populate_existing=True))


async def test_a_grant_gives_a_number_an_entry_and_a_public_row(session):
    entry = await make_entry(session, given_names="Ngozi", family_name="Adébáyò")

    row = await projected(session, entry)
    assert row.number == entry.person.number
    assert (row.status, row.may_practise, row.published) == (
        Status.REGISTERED,
        True,
        True,
    )
    assert (row.registered_from, row.registered_until) == (
        date(2027, 2, 1),
        date(2027, 11, 30),
    )
    assert row.tokens == ["adebayo", "ngozi"]


async def test_nobody_is_entered_twice_in_one_part(session):
    entry = await make_entry(session)

    with pytest.raises(AlreadyEntered):
        await make_entry(session, person=entry.person)


async def test_a_condition_shows_with_its_words_and_day(session):
    entry = await make_entry(session, conditions=[QUALIFICATION])

    [condition] = (await projected(session, entry)).restrictions
    assert condition == {
        "kind": "qual_condition",
        "text": "Gain the Level 5 diploma.\nDue by January 2029.",
        "from": "2027-02-01",
        "until": None,
        "decision": None,
    }


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (
            NewCondition(ConditionKind.QUALIFICATION, "", date(2029, 1, 8)),
            "Due by January 2029.",
        ),
        (
            NewCondition(ConditionKind.REGISTRATION, "Is mentored.", date(2027, 8, 31)),
            "Is mentored.\nTo be met by 31 August 2027.",
        ),
        (NewCondition(ConditionKind.REGISTRATION, "Is mentored."), "Is mentored."),
    ],
)
async def test_the_public_reads_by_when_a_condition_is_to_be_met(
    session, condition, text
):
    entry = await make_entry(session, conditions=[condition])

    [shown] = (await projected(session, entry)).restrictions
    assert shown["text"] == text


async def test_a_lapse_ends_the_registration_and_its_conditions(session):
    entry = await make_entry(session, conditions=[QUALIFICATION])

    await entry.lapse(
        session,
        on=END,
        because=LapseReason.NOT_RENEWED,
        by=make_process(session, now=END + DAY),
    )

    row = await projected(session, entry)
    assert (row.status, row.registered_until, row.restrictions) == (
        Status.LAPSED,
        date(2027, 11, 30),
        [],
    )


async def test_a_held_entry_cannot_lapse(session):
    entry = await make_entry(session)
    await entry.hold(session, on=START + DAY, by=make_process(session))

    with pytest.raises(EntryHeld):
        await entry.lapse(
            session,
            on=END,
            because=LapseReason.NOT_RENEWED,
            by=make_process(session, now=END),
        )


async def test_the_period_of_a_held_entry_ends_without_telling_why(session):
    entry = await make_entry(session)
    await entry.hold(session, on=START + DAY, by=make_process(session))

    await entry.end_period(session, on=END, by=make_process(session, now=END))

    assert (await projected(session, entry)).status is Status.HELD


async def test_somebody_removed_cannot_be_removed_again(session):
    entry = await make_entry(session)
    await entry.remove(
        session, on=NOW, because=RemovalReason.VOLUNTARY, by=make_process(session)
    )

    with pytest.raises(NotPossible):
        await entry.remove(
            session,
            on=NOW + DAY,
            because=RemovalReason.ORDER,
            by=make_process(session, now=NOW + DAY),
        )


async def restored(session, entry, *, on, conditions=()):
    rule_set = await RuleSet.on(session, Part.MANAGER, date(2027, 3, 10))
    await entry.restore(
        session,
        on=on,
        rule_set=rule_set,
        until=date(2028, 11, 30),
        conditions=conditions,
        by=make_process(session, now=on),
    )


async def test_a_restoration_begins_a_new_period_and_leaves_the_time_away_as_it_was(
    session,
):
    entry = await make_entry(session)
    number = entry.person.number
    by = make_process(session, now=END)
    await entry.lapse(session, on=END, because=LapseReason.NOT_RENEWED, by=by)
    back = END + 60 * DAY

    await restored(session, entry, on=back, conditions=[QUALIFICATION])

    row = await projected(session, entry)
    statuses = [entry.status_at(at) for at in (END - DAY, END, back - DAY, back)]
    assert statuses == [
        Status.REGISTERED,
        Status.LAPSED,
        Status.LAPSED,
        Status.REGISTERED,
    ]
    assert (row.number, row.registered_from) == (number, date(2028, 1, 30))
    assert row.registered_until == date(2028, 11, 30)
    assert row.previous_periods == [{"from": "2027-02-01", "until": "2027-11-30"}]
    assert [restriction["kind"] for restriction in row.restrictions] == [
        "qual_condition"
    ]


@pytest.mark.parametrize("because", RemovalReason)
async def test_each_kind_of_removal_ends_when_the_entry_is_restored(session, because):
    entry = await make_entry(session)
    await entry.remove(session, on=NOW, because=because, by=make_process(session))

    await restored(session, entry, on=NOW + DAY)

    assert entry.status_at(NOW + DAY) is Status.REGISTERED
    assert not entry.status_at(NOW).current


async def test_who_stands_in_the_register_is_not_restored(session):
    registered = await make_entry(session)
    held = await make_entry(session)
    await held.hold(session, on=START + DAY, by=make_process(session))
    await held.end_period(session, on=END, by=make_process(session, now=END))

    with pytest.raises(NotPossible):
        await restored(session, registered, on=NOW)
    with pytest.raises(NotPossible):
        await restored(session, held, on=END + DAY)


async def test_the_public_row_says_until_when_it_is_good(session):
    entry = await make_entry(session)
    await entry.order(
        session,
        OrderKind.INTERIM_SUSPENSION,
        on=NOW,
        until=NOW + 30 * DAY,
        wording=None,
        by=make_process(session),
    )

    row = await projected(session, entry)
    assert (row.status, row.good_until) == (Status.SUSPENDED, NOW + 30 * DAY)
    assert not row.stale(NOW + 30 * DAY - DAY)
    assert row.stale(NOW + 30 * DAY)


async def test_somebody_who_left_is_shown_for_a_year(session):
    entry = await make_entry(session)
    by = make_process(session, now=END)

    await entry.lapse(session, on=END, because=LapseReason.NOT_RENEWED, by=by)

    assert (await projected(session, entry)).good_until == start_of(date(2028, 12, 1))
    await entry.project(session, now=start_of(date(2028, 12, 1)))
    assert not (await projected(session, entry)).published


async def test_a_withheld_person_is_not_published(session):
    person = await make_person(session, withheld=True)

    entry = await make_entry(session, person=person)

    assert not (await projected(session, entry)).published


async def test_a_town_with_three_homes_is_named_and_one_with_two_is_not(session):
    person = await make_person(session)
    home = await make_home(
        session, urn="1000001", town="Otley", region="Yorkshire and The Humber"
    )
    await make_home(session, urn="1000002", town="Otley")
    await make_employment(session, person, home)
    entry = await make_entry(session, person=person)

    assert (await projected(session, entry)).town == "Yorkshire and The Humber"
    await make_home(session, urn="1000003", town="Otley")
    await entry.project(session, now=NOW)
    assert (await projected(session, entry)).town == "Otley"


async def test_a_correction_keeps_what_the_register_said_before(session):
    entry = await make_entry(session)
    [registration] = entry.registrations

    await entry.correct(
        session,
        registration,
        valid=Range(START + DAY, None, bounds="[)"),
        by=make_process(session),
    )

    [before] = await session.scalars(
        select(RegistrationSuperseded).where(
            RegistrationSuperseded.entry_id == entry.id
        )
    )
    assert (before.valid.lower, before.recorded) == (
        START,
        Range(START, NOW, bounds="[)"),
    )
    assert (await projected(session, entry)).registered_from == date(2027, 2, 2)


@pytest.mark.parametrize(
    ("on", "refused"),
    [
        (NOW - DAY, EndsAsItBegins),
        (NOW, EndsAsItBegins),
        (NOW + timedelta(microseconds=1), None),
        (NOW + 30 * DAY, None),
        (NOW + 30 * DAY + timedelta(microseconds=1), EndedAlready),
    ],
)
async def test_a_fact_is_ended_within_its_time_and_never_made_longer(
    session, on, refused
):
    entry = await make_entry(session)
    until = NOW + 30 * DAY
    order = await entry.order(
        session,
        OrderKind.CONDITIONS_ORDER,
        on=NOW,
        until=until,
        wording=None,
        by=make_process(session),
    )
    by = make_process(session, now=NOW + DAY)

    if refused:
        with pytest.raises(refused):
            await entry.end(session, order, on=on, by=by)
    else:
        await entry.end(session, order, on=on, by=by)
    assert order.valid.upper == (until if refused else on)


async def test_a_fact_taken_back_stays_on_record(session):
    entry = await make_entry(session)
    hold = await entry.hold(session, on=NOW, by=make_process(session))

    await entry.withdraw(session, hold, by=make_process(session, now=NOW + DAY))

    kept = await session.scalar(
        select(HoldSuperseded.recorded).where(HoldSuperseded.id == hold.id)
    )
    assert kept == Range(NOW, NOW + DAY, bounds="[)")
    assert not entry.held_at(NOW + DAY)


async def test_the_database_refuses_two_registrations_at_once(session):
    entry = await make_entry(session)
    by, [first] = make_process(session), entry.registrations

    session.add(
        Registration(
            entry_id=entry.id,
            valid=Range(NOW, None),
            recorded_at=NOW,
            process_id=by.id,
            until_on=date(2027, 11, 30),
            rule_set_id=first.rule_set_id,
        )
    )
    with pytest.raises(IntegrityError, match="registration_entry_id_valid_key"):
        await session.flush()


async def test_the_database_refuses_a_condition_beyond_the_registration(session):
    entry = await make_entry(session, conditions=[QUALIFICATION])
    [registration] = entry.registrations

    registration.valid, registration.recorded_at = Range(START, NOW), NOW
    await session.flush()
    with pytest.raises(IntegrityError, match="condition_registration_fk"):
        await session.execute(text("set constraints all immediate"))


@pytest.mark.parametrize(
    "change", [update(Event).values(kind="entry:other"), delete(Event)]
)
async def test_the_database_refuses_to_change_or_delete_an_event(session, change):
    await make_entry(session)
    await session.flush()

    with pytest.raises(DBAPIError, match="permission denied for table event"):
        await session.execute(change)


async def test_the_database_refuses_a_fact_deleted_outside_an_act(session):
    entry = await make_entry(session)
    hold = await entry.hold(session, on=NOW, by=make_process(session))

    with pytest.raises(DBAPIError, match="changed only by an act of its own"):
        await session.execute(text("delete from hold where id = :id"), {"id": hold.id})


async def test_two_who_act_on_one_entry_do_not_overwrite_each_other(session):
    entry = await make_entry(session)

    again = await Entry.load(session, entry.id, lock=True)

    assert again is entry
