"""The demo's cases: at every stage there is, of people of the demo, with an investigator of its office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseAct, CaseLink, CaseRisk, join
from fitness.demo_decided import OUTCOMES, publish_decisions
from fitness.fence import Capacity, look_as
from fitness.triage import (
    Factor,
    PassedTo,
    TriageDecision,
    TriageFactor,
    TriageOutcome,
    Weight,
)
from register.account import Account
from register.application.answers import PostalAddress
from register.demo import Draw, Office
from register.entry import EntryProjection, Status
from register.kit.clock import day_of
from register.particulars import ParticularsAct, contact_of, know_address
from register.person import Person
from register.process import Process

A_DAY = timedelta(days=1)
LONG = 240
"""Days that somebody was registered: nothing here began earlier."""
WHY = {
    Factor.SERIOUSNESS: "A child could have come to harm, and did not.",
    Factor.EVIDENCE: "The daily log, and what two colleagues wrote on the same night.",
    Factor.PATTERN: "Nothing of the kind is known from before.",
    Factor.STANDARDS: "R1, to put children’s safety first, and R4, on honest records.",
    Factor.PUBLIC_CONFIDENCE: "People would expect us to ask.",
    Factor.AGE: "Some weeks ago.",
}
REASONS = {
    TriageOutcome.OPENED: "If it is true, it is serious, and there is evidence of it.",
    TriageOutcome.CLOSED: "The employer has looked into it and found that it did not happen.",
    TriageOutcome.ADVICE: "It was a mistake, put right on the same day. We advise on how records are kept.",
    TriageOutcome.PASSED_ON: "It is about how the home is run, which others look into.",
    TriageOutcome.ENQUIRIES: "We wait for what the employer writes.",
}


@dataclass(frozen=True)
class Plot:
    """How a case went until the demo's day."""

    opened_ago: int
    """Days."""
    note: str
    speaks_for: tuple[Factor, ...] = (Factor.SERIOUSNESS,)
    weighed: bool = True
    outcome: TriageOutcome | None = None
    decided_after: int = 10
    risk: tuple[int, int] | None = None
    restricted: bool = False


PLOTS = (
    Plot(3, "A call from the placing authority.", weighed=False),
    Plot(40, "A letter without a name.", speaks_for=(), risk=(2, 3)),
    Plot(9, "The employer wrote.", outcome=TriageOutcome.ENQUIRIES, decided_after=4),
    Plot(
        120,
        "Medicines were not written down.",
        outcome=TriageOutcome.OPENED,
        risk=(3, 4),
    ),
    Plot(
        210,
        "A restraint of which there is no record.",
        speaks_for=(Factor.SERIOUSNESS, Factor.EVIDENCE, Factor.STANDARDS),
        outcome=TriageOutcome.OPENED,
        risk=(4, 5),
    ),
    Plot(
        60,
        "A relative of somebody at the regulator.",
        outcome=TriageOutcome.OPENED,
        restricted=True,
    ),
    Plot(
        90, "A quarrel among colleagues.", speaks_for=(), outcome=TriageOutcome.CLOSED
    ),
    Plot(150, "A log filled in late.", speaks_for=(), outcome=TriageOutcome.ADVICE),
    Plot(75, "Too few staff at night.", outcome=TriageOutcome.PASSED_ON),
)


async def open_cases(session: AsyncSession, draw: Draw, office: Office) -> None:
    """About people who were registered before any of it, by number, so that the same demo has the same."""
    await look_as(session, Capacity.SERVICE)
    people = await session.scalars(
        select(Person)
        .join(EntryProjection, EntryProjection.person_id == Person.id)
        .where(
            EntryProjection.status == Status.REGISTERED,
            EntryProjection.registered_from < draw.on - LONG * A_DAY,
            Person.merged_into.is_(None),
        )
        .order_by(Person.number)
        .limit(len(PLOTS) + len(OUTCOMES) + 1)
    )
    known = people.all()
    teller = Teller(session, draw, office)
    made = [
        await teller.tell(person, plot, office.investigators[n % 2])
        for n, (person, plot) in enumerate(zip(known, PLOTS, strict=False))
    ]
    if len(made) == len(PLOTS):
        await teller.belong_together(made)
    await publish_decisions(session, draw, office, known[len(PLOTS) :])


@dataclass(frozen=True)
class Teller:
    session: AsyncSession
    draw: Draw
    office: Office

    async def tell(self, person: Person, plot: Plot, worker: Account) -> Case:
        opened_at = self.draw.moment(self.draw.on - plot.opened_ago * A_DAY)
        await self._can_be_reached(person, at=opened_at - A_DAY)
        by = self._act(CaseAct.OPEN, worker, at=opened_at)
        case = await Case.open(self.session, person, taker=worker, by=by)
        case.reference = "F-" + self.draw.reference().removeprefix("A-")
        case.note(self.session, plot.note, by=by)
        if plot.risk:
            likelihood, harm = plot.risk
            CaseRisk.rate(
                self.session,
                case,
                likelihood=likelihood,
                harm=harm,
                words="As far as we know so far.",
                by=by,
            )
        if plot.weighed:
            self._weigh(case, worker, plot, at=opened_at + timedelta(hours=1))
        await self.session.flush()
        if plot.outcome:
            await self._decide(case, worker, plot)
        if plot.restricted:
            manager = self.office.team_manager
            await case.restrict(
                self.session,
                manager,
                words="One of us knows the person.",
                by=self._act(CaseAct.RESTRICT, manager, at=opened_at + A_DAY),
            )
        await self.session.flush()
        return case

    async def _can_be_reached(self, person: Person, *, at: datetime) -> None:
        """Most are known from a list without addresses, and what is served on somebody needs one."""
        if await contact_of(self.session, person.id):
            return
        address = PostalAddress(
            line_1=f"{self.draw.between(1, 180)} Quarry Lane",
            town="Otley",
            postcode=f"LS{self.draw.between(1, 20)} {self.draw.between(1, 9)}ZZ",
        )
        caseworker = self.office.caseworkers[0]
        by = self._act(ParticularsAct.RECORD_ADDRESS, caseworker, at=at)
        await know_address(self.session, person, address, by=by)

    def _act(self, kind: StrEnum, actor: Account, *, at: datetime) -> Process:
        return Process.begin(self.session, kind, now=at, actor=actor)

    def _weigh(self, case: Case, worker: Account, plot: Plot, *, at: datetime) -> None:
        by = self._act(CaseAct.TRIAGE, worker, at=at)
        for factor in Factor:
            TriageFactor.weigh(
                self.session,
                case,
                factor,
                Weight.FOR if factor in plot.speaks_for else Weight.AGAINST,
                words=WHY[factor],
                happened_on=day_of(at) - 20 * A_DAY if factor is Factor.AGE else None,
                by=by,
            )

    async def _decide(self, case: Case, worker: Account, plot: Plot) -> None:
        assert plot.outcome  # noqa: S101 - asked by the caller
        day = self.draw.on - (plot.opened_ago - plot.decided_after) * A_DAY
        passed = plot.outcome is TriageOutcome.PASSED_ON
        waits = plot.outcome is TriageOutcome.ENQUIRIES
        await TriageDecision.decide(
            self.session,
            case,
            plot.outcome,
            words=REASONS[plot.outcome],
            passed_to=[PassedTo.OFSTED, PassedTo.LADO] if passed else [],
            until=self.draw.on + 5 * A_DAY if waits else None,
            by=self._act(CaseAct.TRIAGE, worker, at=self.draw.moment(day)),
        )

    async def belong_together(self, made: Sequence[Case]) -> None:
        """Two about the same night are linked, and a second one about the same person goes on in the first."""
        worker = self.office.investigators[0]
        at = self.draw.moment(self.draw.on - 2 * A_DAY)
        by = self._act(CaseAct.LINK, worker, at=at)
        await CaseLink.make(
            self.session, made[0], made[3], words="The same night.", by=by
        )
        plot = Plot(20, "The same as before, from somebody else.", weighed=False)
        again = await self.tell(made[4].person, plot, worker)
        by = self._act(CaseAct.JOIN, worker, at=at)
        await join(self.session, again, made[4], words="One story.", by=by)
