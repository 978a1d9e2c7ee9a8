"""Concerns taken into a case: a new one, or one about the same person that goes on already."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case.acts import CaseEventKind
from fitness.case.case import Case, visible_to
from fitness.case.state import Stage
from fitness.concern import Concern, NotMatched
from fitness.notice_template import Outside
from register.account import Account
from register.kit.errors import Refused
from register.person import Person, survivor, with_merged
from register.process import Process


class AboutSomebodyElse(Refused):
    def __init__(self) -> None:
        super().__init__("This concern is not about the person of that case.")


async def take(
    session: AsyncSession,
    concern: Concern,
    *,
    into: Case | None = None,
    taker: Account,
    by: Process,
) -> Case:
    """A new case where none is named.

    Raises what `taken_into` and `Case.open` do, NotNow, OnlyRestoration and AboutSomebodyElse.
    """
    if concern.person_id is None:
        raise NotMatched(concern)
    person_id = await survivor(session, concern.person_id)
    if into is None:
        person = await session.get_one(Person, person_id)
        into = await Case.open(session, person, taker=taker, by=by)
    elif await survivor(session, into.person_id) != person_id:
        raise AboutSomebodyElse
    into.must_be(*(stage for stage in Stage if stage is not Stage.CLOSED))
    into.must_not_restore()
    await concern.taken_into(session, into.id, by=by)
    into.tell(session, CaseEventKind.CONCERN_TAKEN, by=by, concern=concern.reference)
    await session.flush()
    return into


async def open_about(
    session: AsyncSession, person_id: UUID, reader: Account
) -> Sequence[Case]:
    """Cases about the person's fitness that go on, of those of which the reader may know."""
    persons = await with_merged(session, await survivor(session, person_id))
    found = await session.scalars(
        select(Case)
        .where(
            Case.person_id.in_(persons),
            Case.stage != Stage.CLOSED,
            Case.proposal_id.is_(None),
            visible_to(reader),
        )
        .order_by(Case.opened_at, Case.id)
    )
    return found.all()


async def concerns_of(session: AsyncSession, case: Case) -> Sequence[Concern]:
    found = await session.scalars(
        select(Concern)
        .where(Concern.case_id == case.id)
        .order_by(Concern.sent_at, Concern.id)
    )
    return found.all()


async def draw_referrers(
    session: AsyncSession, case: Case, outcome: str, words: str, *, now: datetime
) -> list[Outside]:
    """As `tell_referrers` would tell it, to each who left an address."""
    drawn = [
        await concern.draw_outcome(session, outcome, words, now=now)
        for concern in await concerns_of(session, case)
    ]
    return [one for one in drawn if one]


async def tell_referrers(
    session: AsyncSession, case: Case, outcome: str, *, words: str, by: Process
) -> None:
    """What was decided, to whoever left an address; `words`: what they are told besides."""
    for concern in await concerns_of(session, case):
        await concern.tell_outcome(session, outcome, words=words, by=by)
