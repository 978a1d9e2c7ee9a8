"""Somebody of the demo who was in the register before, and has an account with which to come back."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.demo.draw import Draw
from register.demo.entries import Terms
from register.demo.life import Life, LifeAct
from register.demo.people import Somebody
from register.demo.staff import Office
from register.entry import Entry, EntryEvent, LapseReason
from register.kit.clock import months_after, start_of
from register.matching.record import remember
from register.part import Part
from register.person import Person
from register.process import Process

REGISTERED_FOR = timedelta(days=200)


async def former_registrant(
    session: AsyncSession, draw: Draw, office: Office, terms: Terms, somebody: Somebody
) -> UUID:
    """Entered, and lapsed with the period that ended before the last one."""
    rule_set = terms.of_part[Part.MANAGER]
    until = months_after(rule_set.rules.period_end(draw.on), -24)
    day = until - REGISTERED_FOR
    by = Process.begin(session, LifeAct.RECORD, now=start_of(day) + timedelta(hours=9))
    person = Person.of(
        given_names=somebody.given_names,
        family_name=somebody.family_name,
        birth_date=somebody.birth_date,
        now=by.at,
    )
    session.add(person)
    await session.flush()
    number = await person.take_number(session, draw.number())
    by.tell(EntryEvent.NUMBERED, person_id=person.id, number=number)
    await remember(session, person)
    entry = await Entry.grant(
        session,
        person=person,
        part=Part.MANAGER,
        on=start_of(day),
        until=until,
        rule_set=rule_set,
        by=by,
    )
    life = Life(session, draw, office, terms, entry)
    await life.lapse(until + timedelta(days=1), LapseReason.NOT_RENEWED)
    return person.id
