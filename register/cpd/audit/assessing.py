"""Assessing: given to somebody who does not know whose learning it is, and says apart what they find of it."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from register.account import Account, RoleGrant, StaffRole
from register.cpd.audit.acts import AuditEvent
from register.cpd.audit.case import (
    Assessment,
    Assignment,
    AuditCase,
    CaseState,
    Finding,
    NotWithAssessors,
    Work,
    work_on,
)
from register.employment import Employment, Home
from register.kit.errors import NotFound, Refused
from register.process import Process, TextKind

ASSESSOR = StaffRole.CASEWORKER
TOLD_WHOSE = frozenset({StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR})
"""Follow audits, and so read whose learning is in them and what was found: none of them assesses, whatever else they are."""


class GivenAlready(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Somebody has been given this already, and has not assessed it."
        )


class NothingGiven(Refused):
    def __init__(self) -> None:
        super().__init__("Nobody has this to assess now.")


class KnowsThem(Refused):
    """Their own learning, or somebody with whom they work or worked: nobody is told which."""

    def __init__(self) -> None:
        super().__init__("This person cannot assess it. Give it to somebody else.")


class SomethingElseFirst(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This cannot be given to anybody now: something else is looked at first."
        )


async def assign(
    session: AsyncSession, work: Work, assessor: Account, *, by: Process
) -> None:
    """Raises NotWithAssessors, GivenAlready, SomethingElseFirst or KnowsThem."""
    if not work.case.state.with_assessors:
        raise NotWithAssessors
    if work.waiting:
        raise GivenAlready
    if await work.case.is_held(session, at=by.at):
        raise SomethingElseFirst
    if not await may_assess(session, work, assessor):
        raise KnowsThem
    session.add(
        Assignment(
            id=uuid4(),
            case_id=work.case.id,
            turn=work.case.turn,
            account_id=assessor.id,
            assigned_at=by.at,
            process=by,
        )
    )
    work.case.tell(AuditEvent.ASSIGNED, by, assigned_to=assessor.id)
    await session.flush()


def give_back(work: Work, *, by: Process) -> None:
    """Whoever has it cannot assess it, or can tell whose it is: it waits for another. Raises NothingGiven."""
    if work.waiting is None:
        raise NothingGiven
    work.waiting.ended_at = by.at
    work.case.tell(AuditEvent.GIVEN_BACK, by)


async def may_assess(session: AsyncSession, work: Work, assessor: Account) -> bool:
    """An assessor, who has not assessed it in this turn or given it back, and is not told or knows from work whose it is."""
    if ASSESSOR not in assessor.roles or assessor.roles & TOLD_WHOSE:
        return False
    gave_back = {one.account_id for one in work.assignments if one.ended_at}
    if assessor.id in gave_back | {one.account_id for one in work.in_turn()}:
        return False
    return not await knows(session, assessor, work.case.person_id)


async def knows(session: AsyncSession, assessor: Account, person_id: UUID) -> bool:
    """Where the assessor is known to the register: themselves, or both at one provider's homes at one time."""
    if assessor.person_id is None:
        return False
    if assessor.person_id == person_id:
        return True
    ours, theirs = aliased(Employment), aliased(Employment)
    our_home, their_home = aliased(Home), aliased(Home)
    together = exists().where(
        ours.person_id == assessor.person_id,
        theirs.person_id == person_id,
        our_home.id == ours.home_id,
        their_home.id == theirs.home_id,
        our_home.provider_id == their_home.provider_id,
        ours.valid.overlaps(theirs.valid),
    )
    return bool(await session.scalar(select(together)))


async def assessors_for(session: AsyncSession, work: Work) -> list[Account]:
    """To whom it may be given, by name."""
    found = await session.scalars(
        Account.usable()
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.role == ASSESSOR)
        .order_by(Account.name, Account.id)
    )
    return [one for one in found.all() if await may_assess(session, work, one)]


async def assess(
    session: AsyncSession,
    work: Work,
    assessor: Account,
    finding: Finding,
    words: str,
    *,
    by: Process,
) -> None:
    """Raises NotFound for what is not theirs to assess. The words are for the registrant."""
    if work.waiting is None or work.waiting.account_id != assessor.id:
        raise NotFound
    assessment = Assessment(
        id=uuid4(),
        case_id=work.case.id,
        turn=work.case.turn,
        account_id=assessor.id,
        finding=finding,
        words_id=by.say(TextKind.PUBLIC, words).id if words else None,
        found_at=by.at,
        process=by,
    )
    session.add(assessment)
    work.case.tell(AuditEvent.FOUND, by, finding=finding)
    await session.flush()
    told = [*work.in_turn(), assessment]
    await work.case.found(session, told, by=by)


async def to_assess(session: AsyncSession, assessor: Account) -> Sequence[AuditCase]:
    """What somebody has been given and has not assessed, the oldest first."""
    done = exists().where(
        Assessment.case_id == AuditCase.id,
        Assessment.turn == AuditCase.turn,
        Assessment.account_id == assessor.id,
    )
    found = await session.scalars(
        select(AuditCase)
        .join(
            Assignment,
            (Assignment.case_id == AuditCase.id) & (Assignment.turn == AuditCase.turn),
        )
        .where(
            Assignment.account_id == assessor.id,
            Assignment.ended_at.is_(None),
            AuditCase.state.in_([CaseState.ASSESSED, CaseState.AGAIN]),
            ~done,
        )
        .options(joinedload(AuditCase.audit))
        .order_by(Assignment.assigned_at, AuditCase.id)
    )
    return found.all()


async def given_to(
    session: AsyncSession, assessor: Account, case_id: UUID, *, lock: bool = False
) -> Work:
    """Raises NotFound for what somebody has not been given, or has assessed."""
    work = await work_on(session, case_id, lock=lock)
    if work.waiting is None or work.waiting.account_id != assessor.id:
        raise NotFound
    return work
