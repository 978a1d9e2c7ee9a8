"""The one thing that somebody should do next: of all that waits for them the gravest, and of its like what is due first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.appeal import Decision, decisions_on, kinds_open, last_day_of
from register.application import (
    Application,
    ApplicationState,
    WayBack,
    applications_of,
    open_request,
    ways_back,
)
from register.application.endorsement import Named as NamedEndorser
from register.application.endorsement import endorser_of
from register.application.references import Named as NamedReferee
from register.application.references import referees_of
from register.assessment import HoldReason, decide_by, hold_on
from register.condition import Standing, standings_of
from register.entry import Entry
from register.kit.clock import day_of
from register.notice import Notice, own_notices
from register.renewal import Standing as RenewalStanding
from register.renewal import standing as standing_of_renewal
from register.request import Request


class Step(StrEnum):
    """The gravest first."""

    ANSWER_NOTICE = "answer_notice"
    RENEW = "renew"
    SEND_INFORMATION = "send_information"
    NAME_REFEREE = "name_referee"
    NAME_ENDORSER = "name_endorser"
    PAY = "pay"
    PAY_SCRUTINY = "pay_scrutiny"
    FINISH = "finish"
    MEET_CONDITION = "meet_condition"
    CHALLENGE = "challenge"
    COME_BACK = "come_back"
    ACT_FOR_PROVIDER = "act_for_provider"
    APPLY = "apply"
    NOTHING = "nothing"

    @property
    def position(self) -> int:
        return list(Step).index(self)


@dataclass(frozen=True)
class NextStep:
    step: Step
    about: str = ""
    """By which its page is found: a reference or an id."""
    by: date | None = None
    """The last day."""


@dataclass(frozen=True)
class Underway:
    """An application that is not over, and all that it waits for, as far as the applicant may know."""

    application: Application
    asked: Request | None = None
    """For more from the applicant."""
    referees: Sequence[NamedReferee] = ()
    endorser: NamedEndorser | None = None
    held_for: HoldReason | None = None
    decide_by: date | None = None
    """When we aim to decide; None where that is not for us now, or has gone by."""

    @classmethod
    async def of(
        cls, session: AsyncSession, application: Application, *, now: datetime
    ) -> Self:
        hold = await hold_on(session, application)
        waits_for_us = application.state.with_the_regulator
        return cls(
            application,
            await open_request(session, application),
            await referees_of(session, application),
            await endorser_of(session, application),
            hold.because if hold and not hold.because.secret else None,
            await decide_by(session, application, now=now) if waits_for_us else None,
        )

    @property
    def unendorsed(self) -> bool:
        """Somebody was asked and has not endorsed it."""
        named = self.endorser
        return bool(named and named.request and named.replaceable)

    def steps(self) -> Iterator[NextStep]:
        at = self.application.reference
        if self.asked:
            yield NextStep(Step.SEND_INFORMATION, at, self.asked.due_on)
        if any(named.replaceable for named in self.referees):
            yield NextStep(Step.NAME_REFEREE, at)
        if self.unendorsed:
            yield NextStep(Step.NAME_ENDORSER, at)
        if self.application.state is ApplicationState.APPROVED:
            yield NextStep(Step.PAY, at, self.application.pay_by)
        if self.application.scrutiny_waits:
            yield NextStep(Step.PAY_SCRUTINY, at)
        if self.application.state is ApplicationState.DRAFT:
            yield NextStep(Step.FINISH, at, self.application.draft_until)


@dataclass(frozen=True)
class Circumstances:
    """How it stands with somebody."""

    today: date
    underway: Sequence[Underway] = ()
    notices: Sequence[Notice] = ()
    conditions: Sequence[Standing] = ()
    decisions: Sequence[tuple[Decision, date]] = ()
    """That may still be challenged, each with the last day."""
    ways: Sequence[WayBack] = ()
    renewal: RenewalStanding | None = None
    entered: bool = False
    """In some part of the register."""
    acts_for_provider: bool = False

    def steps(self) -> Iterator[NextStep]:
        for notice in self.notices:
            if notice.open and not notice.heard:
                yield NextStep(Step.ANSWER_NOTICE, str(notice.id), notice.respond_by)
        if self.renewal and self.renewal.state.may_act:
            yield NextStep(Step.RENEW, by=self.renewal.day)
        for one in self.underway:
            yield from one.steps()
        for standing in self.conditions:
            if standing.condition.due_on and not standing.paused:
                condition = standing.condition
                yield NextStep(Step.MEET_CONDITION, str(condition.id), condition.due_on)
        for decision, last_day in self.decisions:
            if self.today <= last_day:
                yield NextStep(Step.CHALLENGE, str(decision.about_id), last_day)
        if not self.entered and not self.underway:
            yield from self._ways_in()

    def _ways_in(self) -> Iterator[NextStep]:
        if any(way.open(self.today) for way in self.ways):
            yield NextStep(Step.COME_BACK)
        elif self.acts_for_provider:
            yield NextStep(Step.ACT_FOR_PROVIDER)
        elif not self.ways:
            yield NextStep(Step.APPLY)


def first_of(steps: Iterable[NextStep]) -> NextStep:
    def grave_and_soon(one: NextStep) -> tuple[int, date]:
        return one.step.position, one.by or date.max

    return min(steps, key=grave_and_soon, default=NextStep(Step.NOTHING))


async def circumstances_of(
    session: AsyncSession, account: Account, *, acts_for_provider: bool, now: datetime
) -> Circumstances:
    underway = [
        await Underway.of(session, application, now=now)
        for application in await applications_of(session, account)
        if not application.over
    ]
    person_id = account.person_id
    if person_id is None:
        return Circumstances(day_of(now), underway, acts_for_provider=acts_for_provider)
    ids = await session.scalars(select(Entry.id).where(Entry.person_id == person_id))
    statuses = [
        entry.status_at(now) for entry in await Entry.load_many(session, list(ids))
    ]
    return Circumstances(
        day_of(now),
        underway,
        await own_notices(session, person_id),
        await standings_of(session, person_id, now=now),
        [
            (decision, await last_day_of(session, decision))
            for decision in await decisions_on(session, person_id)
            if await kinds_open(session, decision)
        ],
        await ways_back(session, account, now=now),
        await standing_of_renewal(session, person_id, now=now),
        entered=any(status and status.current for status in statuses),
        acts_for_provider=acts_for_provider,
    )
