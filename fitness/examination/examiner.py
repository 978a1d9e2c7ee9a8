"""Case examiners: one lay, one a registrant; appointed to a case with which nothing else connects them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from fitness.case import Case, CaseMember, Place, Stage, members
from fitness.examination.examination import Examination
from fitness.investigation.allegation import Particular
from fitness.panel import (
    Candidate,
    Decider,
    Matter,
    Side,
    Tie,
    clashes,
    interests_of,
    tie_to,
    worked,
)
from register.account import Account
from register.employment import Home
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.person import survivor, with_merged
from register.process import Process


class NotDescribed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "It is not recorded whether this examiner is a lay person or a registrant."
        )


class SeatTaken(Refused):
    def __init__(self, side: Side) -> None:
        self.side = side
        super().__init__(
            "This case has a lay examiner already."
            if side is Side.LAY
            else "This case has an examiner who is a registrant already."
        )


class Conflicted(Refused):
    """It does not say how: that there is another case may be nothing for whoever appoints to know."""

    def __init__(self) -> None:
        super().__init__(
            "This examiner has a conflict of interest in this case. Choose another."
        )


async def examiners_in(session: AsyncSession, case_id: UUID) -> dict[UUID, Side | None]:
    """The side of those who examine the case now, by their account."""
    now = [m for m in await members(session, case_id) if m.place is Place.EXAMINER]
    rows = await session.execute(
        select(Decider.account_id, Decider.side).where(
            Decider.account_id.in_([one.account_id for one in now])
        )
    )
    known = {row.account_id: row.side for row in rows}
    return {one.account_id: known.get(one.account_id) for one in now}


async def appoint(
    session: AsyncSession,
    case: Case,
    examination: Examination,
    account: Account,
    *,
    by: Process,
) -> CaseMember:
    """As the service, which knows of all cases; raises NotNow, NotDescribed, SeatTaken, Conflicted and what `take_on` does."""
    case.must_be(Stage.EXAMINATION)
    examination.must_go_on()
    side = await session.scalar(
        select(Decider.side).where(Decider.account_id == account.id)
    )
    if side is None:
        raise NotDescribed
    seated = await examiners_in(session, case.id)
    if account.id not in seated and side in seated.values():
        raise SeatTaken(side)
    if await conflicted(session, case, account, now=by.at):
        raise Conflicted
    return await case.take_on(session, account, Place.EXAMINER, by=by)


async def conflicted(
    session: AsyncSession, case: Case, account: Account, *, now: datetime
) -> bool:
    """By what blocks on the conflict radar (domain.md 7.3): examiners sit nowhere, so no day and no warning counts."""
    persons = await with_merged(session, await survivor(session, case.person_id))
    return any(
        clash.blocks
        for clash in clashes(
            await _candidate(session, case, account, persons),
            await _matter(session, case, persons, on=day_of(now)),
        )
    )


async def _candidate(
    session: AsyncSession, case: Case, account: Account, persons: Sequence[UUID]
) -> Candidate:
    other = select(CaseMember.id).where(
        CaseMember.account_id == account.id,
        CaseMember.case_id.in_(
            select(Case.id).where(Case.person_id.in_(persons), Case.id != case.id)
        ),
    )
    interests = await interests_of(session, [account.id])
    homes = [
        tie_to(one.home, one.from_on, one.until_on) for one in interests if one.home
    ]
    return Candidate(
        decided_before=await session.scalar(other.limit(1)) is not None,
        knows_them=any(one.person_id in persons for one in interests),
        ties=(*await _own_posts(session, account), *homes),
    )


async def _own_posts(session: AsyncSession, account: Account) -> Sequence[Tie]:
    if account.person_id is None:
        return []
    own = await survivor(session, account.person_id)
    return await worked(session, await with_merged(session, own))


async def _matter(
    session: AsyncSession, case: Case, persons: Sequence[UUID], *, on: date
) -> Matter:
    """Where the person worked or works, and the homes in which it is said to have been."""
    homes = await session.scalars(
        select(Home)
        .join(Particular, Particular.home_id == Home.id)
        .where(Particular.case_id == case.id)
        .options(joinedload(Home.provider))
    )
    rules = case.rule_set.rules
    return Matter(
        first=on,
        last=on,
        ties=(
            *await worked(session, persons),
            *(tie_to(home, on) for home in homes.all()),
        ),
        employer_months=rules.conflict_employer_months,
        area_months=rules.conflict_area_months,
    )
