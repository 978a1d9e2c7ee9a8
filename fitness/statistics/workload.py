"""What each member of staff who works on cases has to see to: how much of it is late, and how much is due within a week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseMember, Place, Stage, visible_to
from fitness.due import AHEAD, AT_ONCE, is_due_in, things_due
from register.account import Account

PLACES = [place for place in Place if not place.apart]
"""Whoever decides sees to nothing that is due."""


@dataclass(frozen=True)
class Load:
    name: str
    cases: int
    """In which they have a place."""
    late: int
    due: int


async def workload(
    session: AsyncSession, reader: Account, *, today: date
) -> Sequence[Load]:
    """Of everybody with a place in an open case that the reader may know of, by name. What two see to counts for both."""
    each = things_due().subquery()
    late = or_(each.c.last_day < today, each.c.kind.in_(AT_ONCE))
    rows = await session.execute(
        select(
            Account.name,
            func.count(Case.id.distinct()),
            func.count(case((late, 1))),
            func.count(case((~late, 1))),
        )
        .select_from(CaseMember)
        .join(Account, Account.id == CaseMember.account_id)
        .join(Case, Case.id == CaseMember.case_id)
        .outerjoin(
            each,
            and_(
                is_due_in(each),
                each.c.last_day <= today + AHEAD,
                func.coalesce(each.c.account_id, Account.id) == Account.id,
            ),
        )
        .where(
            visible_to(reader),
            Case.stage != Stage.CLOSED,
            CaseMember.left_at.is_(None),
            CaseMember.place.in_(PLACES),
        )
        .group_by(Account.id)
        .order_by(Account.name, Account.id)
    )
    return [Load(*row) for row in rows]
