"""The demo's decisions: cases that a panel decided, with what the public reads of each, and one that it hears next week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseAct, Place, Stage
from fitness.hearing.acts import HearingAct
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import Kind
from fitness.listing import heard_as
from fitness.order import CaseOrder, Decided, Measure, OrderAct, take_effect
from fitness.publication import (
    Heard,
    Publication,
    PublicationAct,
    approve,
)
from register.account import Account, RoleGrant, StaffRole
from register.demo import Draw, Office
from register.kit.clock import start_of
from register.person import Person
from register.process import Process

A_DAY = timedelta(days=1)
NEXT_WEEK = 5 * A_DAY
OPENED_AGO = 230
"""Days."""


@dataclass(frozen=True)
class Outcome:
    """What a panel decided, and what the public reads of it."""

    ago: int
    """Days."""
    measure: Measure
    months: int
    register_says: str
    public_reads: str


OUTCOMES = (
    Outcome(
        90,
        Measure.WARNING,
        36,
        "You must write down each use of restraint on the day on which it happens.",
        "# What was found\nTwice in one month a restraint was not written into the record of the home until days later.\n\n"
        "# Why this was decided\nNobody was hurt, and it was told openly when it was asked about. "
        "It could have hidden harm, so a warning is needed.",
    ),
    Outcome(
        45,
        Measure.CONDITIONS,
        12,
        "You must not give out medicines unless another member of staff is with you.",
        "# What was found\nMedicines were given without the second signature that the home asks for.\n\n"
        "# Why this was decided\nThe panel heard that training had been missed and has begun. "
        "With the conditions the public is protected while it goes on.",
    ),
    Outcome(
        20,
        Measure.ADVICE,
        12,
        "Keep work and private telephones apart.",
        "# What was found\nMessages about shifts were sent from a private telephone.\n\n"
        "# Why this was decided\nIt was a single lapse, and it has been put right.",
    ),
)
ALLEGED = "That records of the night were written before the night was over."


async def publish_decisions(
    session: AsyncSession, draw: Draw, office: Office, people: Sequence[Person]
) -> None:
    """About the first of the people, by number; one more than there are outcomes is heard next week."""
    decider = Decider(
        session,
        draw,
        office,
        (await _of_role(session, StaffRole.HEARINGS_OFFICER))[0],
        await _of_role(session, StaffRole.ADJUDICATOR),
    )
    for person, outcome in zip(people, OUTCOMES, strict=False):
        await decider.decide(await decider.hear(person), outcome)
    for person in people[len(OUTCOMES) : len(OUTCOMES) + 1]:
        await decider.announce(await decider.hear(person))


async def _of_role(session: AsyncSession, role: StaffRole) -> Sequence[Account]:
    found = await session.scalars(
        Account.usable()
        .where(
            Account.id.in_(select(RoleGrant.account_id).where(RoleGrant.role == role))
        )
        .order_by(Account.email)
    )
    return found.all()


@dataclass(frozen=True)
class Decider:
    session: AsyncSession
    draw: Draw
    office: Office
    officer: Account
    panel: Sequence[Account]

    async def hear(self, person: Person) -> Case:
        """A case that has come before a panel."""
        worker = self.office.investigators[0]
        by = self._act(CaseAct.OPEN, worker, ago=OPENED_AGO)
        case = await Case.open(self.session, person, taker=worker, by=by)
        case.reference = "F-" + self.draw.reference().removeprefix("A-")
        case.note(self.session, "The employer wrote.", by=by)
        by = self._act(CaseAct.INVESTIGATE, worker, ago=OPENED_AGO - 20)
        await case.investigate(self.session, by=by)
        case.told_at = by.at
        for stage in (Stage.EXAMINATION, Stage.HEARING):
            case.move(self.session, stage, by=by)
        await case.take_on(self.session, self.officer, Place.HEARINGS_OFFICER, by=by)
        for member in self.panel:
            await case.take_on(self.session, member, Place.PANEL, by=by)
        await self.session.flush()
        return case

    async def decide(self, case: Case, outcome: Outcome) -> None:
        by = self._act(OrderAct.MAKE, self.officer, ago=outcome.ago)
        order = await CaseOrder.make(
            self.session,
            case,
            outcome.measure,
            months=outcome.months,
            words=outcome.register_says,
            decided=Decided.PANEL,
            by=by,
        )
        case.move(self.session, Stage.MONITORING, by=by)
        await take_effect(self.session, case, order, by=by)
        by = self._act(PublicationAct.WRITE, self.officer, ago=outcome.ago - 3)
        publication = await Publication.of_order(self.session, case, order, by=by)
        await self._publish(case, publication, outcome.public_reads, by=by)

    async def announce(self, case: Case) -> None:
        by = self._act(HearingAct.LIST, self.officer, ago=40)
        day = self.draw.on + NEXT_WEEK
        hearing = await Hearing.list_one(
            self.session,
            case,
            Kind.FINAL,
            starts_at=start_of(day) + timedelta(hours=10),
            last_on=day + A_DAY,
            remote=True,
            place="By a link that each of them is sent",
            by=by,
        )
        by = self._act(PublicationAct.WRITE, self.officer, ago=5)
        publication = await Publication.of_hearing(
            self.session, case, hearing.number, by=by
        )
        heard = heard_as(hearing, "")
        await self._publish(case, publication, ALLEGED, heard=heard, by=by)

    async def _publish(
        self,
        case: Case,
        publication: Publication,
        words: str,
        *,
        heard: Heard | None = None,
        by: Process,
    ) -> None:
        publication.slug = self.draw.serial()
        await publication.write(
            self.session, case, words, author=self.officer, heard=heard, by=by
        )
        publication.propose(self.session, case, proposer=self.officer, by=by)
        await self.session.flush()
        approver = self.office.team_manager
        approved = Process.begin(
            self.session, PublicationAct.APPROVE, now=by.at + A_DAY, actor=approver
        )
        await approve(self.session, case, publication, approver=approver, by=approved)

    def _act(self, kind: StrEnum, actor: Account, *, ago: int) -> Process:
        at: datetime = self.draw.moment(self.draw.on - ago * A_DAY)
        return Process.begin(self.session, kind, now=at, actor=actor)
