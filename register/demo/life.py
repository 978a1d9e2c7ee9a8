"""One registrant's life, told by the register's own verbs, act by act."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from register.demo.draw import Draw
from register.demo.entries import Terms
from register.demo.staff import Office
from register.demo.wordings import CONDITIONS_OF_PRACTICE
from register.entry import (
    Entry,
    LapseReason,
    OrderKind,
    RemovalReason,
)
from register.kit.clock import day_of, months_after, start_of
from register.person import Person
from register.process import Process


class LifeAct(StrEnum):
    """What happened outside of applications and lists, in the demo's past."""

    RECORD = "demo:record"


@dataclass
class Life:
    """One registrant, and the means to tell what became of them."""

    session: AsyncSession
    draw: Draw
    office: Office
    terms: Terms
    entry: Entry
    before: Person | None = None
    """Whose life was told before this one."""

    @property
    def registered_on(self) -> date:
        first = self.entry.registrations[0].valid.lower
        assert first  # noqa: S101 - the tables' CHECK
        return day_of(first)

    def ago(self, least: int, most: int) -> date:
        return self.draw.on - timedelta(days=self.draw.between(least, most))

    def by(self, day: date) -> Process:
        """An act of that morning, by the registrar with a second person; of what begins with the demo's day, just before."""
        morning = start_of(day) + timedelta(hours=9, minutes=self.draw.between(0, 59))
        return Process.begin(
            self.session,
            LifeAct.RECORD,
            now=min(morning, self.draw.now - timedelta(minutes=1)),
            actor=self.office.registrar,
            approver=self.office.team_manager,
        )

    async def order(
        self, kind: OrderKind, day: date, *, lasts: int, told: date | None = None
    ) -> None:
        """For so many months; `told` where it was recorded before it begins."""
        wording = None if kind.suspends else self.draw.one(CONDITIONS_OF_PRACTICE)
        await self.entry.order(
            self.session,
            kind,
            on=start_of(day),
            until=start_of(months_after(day, lasts)),
            wording=wording,
            by=self.by(told or day),
        )

    async def lapse(self, day: date, because: LapseReason) -> None:
        """Not by the run of the demo's own day, which nobody has released when that day begins."""
        if day < self.draw.on:
            await self.entry.lapse(
                self.session, on=start_of(day), because=because, by=self.by(day)
            )

    async def remove(self, day: date, because: RemovalReason) -> None:
        await self.entry.remove(
            self.session, on=start_of(day), because=because, by=self.by(day)
        )
