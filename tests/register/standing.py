"""Somebody in each state that the register shows or hides: each maker gives the number by which they are asked for."""

from datetime import date, timedelta

from register.entry import (
    ConditionKind,
    LapseReason,
    NewCondition,
    OrderKind,
    RemovalReason,
    WarningKind,
)
from register.part import Part
from tests.make import (
    NOW,
    make_employment,
    make_entry,
    make_home,
    make_person,
    make_process,
)

DAY = timedelta(days=1)
QUALIFICATION = NewCondition(
    ConditionKind.QUALIFICATION, "Gain the Level 5 diploma.", date(2029, 1, 8)
)


async def restricted(session):
    entry = await make_entry(session, conditions=[QUALIFICATION])
    by = make_process(session)
    orders = {"on": NOW - DAY, "until": NOW + DAY, "by": by}
    await entry.order(
        session, OrderKind.CONDITIONS_ORDER, wording="Not alone.", **orders
    )
    await entry.warn(session, WarningKind.WARNING, wording=None, **orders)
    return entry.person.number


async def suspended(session):
    entry = await make_entry(session)
    await entry.order(
        session,
        OrderKind.INTERIM_SUSPENSION,
        on=NOW - DAY,
        until=NOW + DAY,
        wording=None,
        by=make_process(session),
    )
    return entry.person.number


async def lapsed(session):
    entry = await make_entry(session)
    by = make_process(session)
    await entry.lapse(session, on=NOW - DAY, because=LapseReason.NOT_RENEWED, by=by)
    return entry.person.number


async def removed_by_order(session):
    entry = await make_entry(session)
    by = make_process(session)
    await entry.remove(session, on=NOW - DAY, because=RemovalReason.ORDER, by=by)
    return entry.person.number


async def in_two_parts(session):
    person = await make_person(session)
    await make_employment(session, person, await make_home(session))
    await make_entry(session, person=person)
    await make_entry(session, person=person, part=Part.DEPUTY)
    return person.number


async def merged(session):
    kept, lost = await make_entry(session), await make_entry(session)
    lost.person.merged_into = kept.person.id
    await lost.project(session, now=NOW)
    return lost.person.number


async def withheld(session):
    entry = await make_entry(session, person=await make_person(session, withheld=True))
    return entry.person.number


async def dead(session):
    entry = await make_entry(session)
    entry.person.deceased_on = date(2027, 3, 1)
    await entry.project(session, now=NOW)
    return entry.person.number


EVERYBODY = {
    restricted: 200,
    suspended: 200,
    lapsed: 200,
    removed_by_order: 200,
    in_two_parts: 200,
    merged: 308,
    withheld: 404,
    dead: 410,
}
"""Each with how the API answers for them."""
