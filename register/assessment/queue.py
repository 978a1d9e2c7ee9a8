"""The queue: applications that wait for a decision, oldest first, each with its target clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.application import Application, ApplicationState
from register.assessment.assigning import IN_HAND
from register.assessment.holding import ApplicationHold
from register.assessment.readers import visible_to
from register.assessment.target import (
    Clock,
    clock,
    pauses_of,
    target,
    waiting_age,
    waiting_age_at_most,
)
from register.kit.clock import day_of
from register.part import Part
from register.request import Request, RequestKind
from register.rule_set import RuleSet

PAGE = 50
COUNTED = 1000
"""Past this many the page says "1,000+": counting all would cost more the larger the queue."""
SOON_WORKING_DAYS = 5
SOON = timedelta(days=7)
"""What falls due within a week is worth knowing today."""


class Holder(StrEnum):
    """Whose applications a reader wants to see, where it is not one colleague's."""

    ME = "me"
    NOBODY = "nobody"
    ANYONE = "anyone"


class Turn(StrEnum):
    """For whom an application waits. While referees and employers write, all else is assessed."""

    US = "us"
    APPLICANT = "applicant"
    REFEREES = "referees"
    SECOND_PERSON = "second_person"
    OUTSIDE = "outside"
    """It is on hold."""


class Due(StrEnum):
    """What is over its time, or soon will be."""

    OVER = "over"
    TODAY = "today"
    WEEK = "week"
    UNANSWERED = "unanswered"
    """The applicant did not answer in time."""
    ANSWER = "answer"
    """The applicant's time to answer ends within a week."""
    REFERENCE = "reference"
    """That of a referee does."""


@dataclass(frozen=True)
class Filter:
    holder: Holder | UUID = Holder.ANYONE
    state: ApplicationState | None = None
    part: Part | None = None
    turn: Turn | None = None
    due: Due | None = None

    @classmethod
    def of(cls, codes: Mapping[str, str]) -> Self:
        """As an address or a saved filter says it; raises ValueError for what is no code."""
        holder = codes.get("holder") or Holder.ANYONE
        return cls(
            holder=Holder(holder) if holder in set(Holder) else UUID(holder),
            state=ApplicationState(codes["state"]) if codes.get("state") else None,
            part=Part(codes["part"]) if codes.get("part") else None,
            turn=Turn(codes["turn"]) if codes.get("turn") else None,
            due=Due(codes["due"]) if codes.get("due") else None,
        )

    @property
    def codes(self) -> dict[str, str]:
        """What narrows the list, as an address says it."""
        said = {name: getattr(self, name) for name in NARROWING}
        return {n: str(v) for n, v in said.items() if v and v is not Holder.ANYONE}


NARROWING = ("holder", "state", "part", "turn", "due")


@dataclass(frozen=True)
class Waiting:
    application: Application
    clock: Clock
    held: bool


@dataclass(frozen=True)
class QueuePage:
    rows: Sequence[Waiting]
    count: int
    """As many as there are, or one more than COUNTED."""
    next: str | None
    """The reference after which the next page begins."""


async def queue(
    session: AsyncSession,
    reader: Account,
    wanted: Filter,
    *,
    now: datetime,
    after: str | None = None,
) -> QueuePage:
    """One page in three queries, however long the queue is."""
    chosen = _chosen(wanted, reader, now)
    lines = (
        select(Application, waiting_age(now), target(), _held())
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .options(joinedload(Application.person), joinedload(Application.assigned_to))
        .where(*chosen)
        .order_by(Application.submitted_at, Application.id)
        .limit(PAGE + 1)
    )
    if after:
        lines = lines.where(_behind(after))
    rows = (await session.execute(lines)).all()
    pauses = await pauses_of(session, [application.id for application, *_ in rows])
    return QueuePage(
        [
            Waiting(one, clock(one, used, allowed, pauses.get(one.id, [])), held)
            for one, used, allowed, held in rows[:PAGE]
        ],
        await session.scalar(select(count_of(reader, wanted, now=now))) or 0,
        rows[PAGE - 1][0].reference if len(rows) > PAGE else None,
    )


def count_of(reader: Account, wanted: Filter, *, now: datetime) -> ColumnElement[int]:
    """As many as there are, or one more than COUNTED: to be asked alone, or many at once."""
    some: Select[int] = (
        select(literal(1))
        .select_from(Application)
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(*_chosen(wanted, reader, now))
        .limit(COUNTED + 1)
    )
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _chosen(
    wanted: Filter, reader: Account, now: datetime
) -> list[ColumnElement[bool]]:
    states = {wanted.state} if wanted.state else IN_HAND
    chosen = [visible_to(reader), Application.state.in_(states)]
    if wanted.holder is Holder.ME:
        chosen.append(Application.assigned_to_id == reader.id)
    elif wanted.holder is Holder.NOBODY:
        chosen.append(Application.assigned_to_id.is_(None))
    elif wanted.holder is not Holder.ANYONE:
        chosen.append(Application.assigned_to_id == wanted.holder)
    if wanted.part:
        chosen.append(Application.part == wanted.part)
    if wanted.turn:
        chosen.append(_turn(wanted.turn))
    if wanted.due:
        chosen.append(_due(wanted.due, now))
    return chosen


TURNS = {
    Turn.US: {
        ApplicationState.SUBMITTED,
        ApplicationState.UNDER_ASSESSMENT,
        ApplicationState.PAID,
    },
    Turn.APPLICANT: {
        ApplicationState.INFORMATION_REQUESTED,
        ApplicationState.MINDED_TO,
    },
    Turn.SECOND_PERSON: {
        ApplicationState.PROPOSED,
        ApplicationState.SUITABILITY_REVIEW,
    },
}


def _turn(turn: Turn) -> ColumnElement[bool]:
    if turn is Turn.REFEREES:
        return or_(_awaits(RequestKind.REFERENCE), _awaits(RequestKind.ENDORSEMENT))
    if turn is Turn.OUTSIDE:
        return _held()
    return Application.state.in_(TURNS[turn])


def _due(due: Due, now: datetime) -> ColumnElement[bool]:
    today, left = day_of(now), target() - waiting_age(now)
    least = target() - waiting_age_at_most(now)
    soon = Request.due_on.between(today, today + SOON)
    running = and_(Application.state.not_in(TURNS[Turn.APPLICANT]), ~_held())
    return {
        Due.OVER: and_(least < 0, left < 0),
        Due.TODAY: and_(running, least <= 0, left == 0),
        Due.WEEK: and_(
            running, least <= SOON_WORKING_DAYS, left.between(0, SOON_WORKING_DAYS)
        ),
        Due.UNANSWERED: _awaits(
            RequestKind.FURTHER_INFORMATION, Request.due_on < today
        ),
        Due.ANSWER: _awaits(RequestKind.FURTHER_INFORMATION, soon),
        Due.REFERENCE: _awaits(RequestKind.REFERENCE, soon),
    }[due]


def _awaits(kind: RequestKind, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(Request.id)
        .where(
            Request.application_id == Application.id,
            Request.kind == kind,
            Request.ended_at.is_(None),
            *more,
        )
        .exists()
    )


def _held() -> ColumnElement[bool]:
    return exists().where(
        ApplicationHold.application_id == Application.id,
        ApplicationHold.released_at.is_(None),
    )


def _behind(reference: str) -> ColumnElement[bool]:
    last = (
        select(Application.submitted_at, Application.id)
        .where(Application.reference == reference)
        .scalar_subquery()
    )
    return tuple_(Application.submitted_at, Application.id) > last
