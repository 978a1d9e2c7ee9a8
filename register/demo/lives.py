"""Registrants to whom something has happened: entered, and then each with a story of their own."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from register.demo.careers import Awards, earliest_managing, managing_post
from register.demo.draw import Draw
from register.demo.entries import (
    Terms,
    award_row,
    employment_row,
    names_of,
    registered_until,
)
from register.demo.homes import Homes
from register.demo.life import Life, LifeAct
from register.demo.people import Somebody
from register.demo.plots import Plot
from register.demo.staff import Office
from register.employment import Employment
from register.entry import (
    Entry,
    EntryEvent,
)
from register.kit.clock import months_after, start_of
from register.matching.record import remember
from register.part import Part
from register.person import Person, PersonName
from register.process import Process
from register.qualification import Qualification

YEAR = 365


@dataclass
class Lives:
    """Tells lives, one after the other."""

    session: AsyncSession
    draw: Draw
    office: Office
    homes: Homes
    terms: Terms
    awards: Awards
    before: Person | None = None

    async def tell(self, somebody: Somebody, plot: Plot) -> None:
        entry = await self._enter(somebody, plot)
        await plot.tell(
            Life(
                self.session,
                self.draw,
                self.office,
                self.terms,
                entry,
                self.before,
            )
        )
        await self.session.flush()
        self.before = entry.person

    async def _enter(self, somebody: Somebody, plot: Plot) -> Entry:
        day, until = self._period(plot.ended)
        at = start_of(day) + timedelta(hours=8, minutes=self.draw.between(0, 50))
        by = Process.begin(self.session, LifeAct.RECORD, now=at)
        person = Person.of(
            given_names=somebody.given_names,
            family_name=somebody.family_name,
            birth_date=somebody.birth_date,
            now=at,
        )
        self.session.add(person)
        await self.session.flush()
        by.tell(
            EntryEvent.NUMBERED,
            person_id=person.id,
            number=await person.take_number(self.session, self.draw.number()),
        )
        await self._past(somebody, person, day, by, qualified=plot.qualified)
        await remember(self.session, person)
        return await Entry.grant(
            self.session,
            person=person,
            part=Part.MANAGER,
            on=start_of(day),
            until=until,
            rule_set=self.terms.of_part[Part.MANAGER],
            by=by,
        )

    def _period(self, ended: int) -> tuple[date, date]:
        """The day of entry, and the last day of the period as it was printed."""
        rules = self.terms.rules[Part.MANAGER]
        if not ended:
            day = self.draw.on - timedelta(days=self.draw.between(430, 800))
            return day, registered_until(self.draw, rules)
        end = months_after(rules.period_end(self.draw.on), -12 * ended)
        return end - timedelta(days=self.draw.between(40, 150)), end

    async def _past(
        self,
        somebody: Somebody,
        person: Person,
        day: date,
        by: Process,
        *,
        qualified: bool,
    ) -> None:
        for kind, name in names_of(somebody):
            self.session.add(
                PersonName(
                    id=self.draw.uuid(), person_id=person.id, kind=kind, name=name
                )
            )
        if home := self.homes.to_manage():
            began = max(
                earliest_managing(somebody.birth_date),
                day - timedelta(days=self.draw.between(30, 5 * YEAR)),
            )
            post = managing_post(self.draw, self.homes, home, min(began, day))
            row = employment_row(self.draw, post, person.id, by.at)
            await self.session.execute(insert(Employment), [row])
        awards = self.awards.of(somebody.birth_date, before=day, qualified=qualified)
        rows = [award_row(award, person.id, by.at) for award in awards]
        await self.session.execute(insert(Qualification), rows)
