"""Escalation: once a case is older than it should be, those who answer for it are told, rung by rung."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import (
    Case,
    CaseAct,
    CaseEvent,
    CaseEventKind,
    Place,
    Stage,
    members,
    visible_to,
)
from fitness.fence import Capacity, look_as
from register.account import Account, RoleGrant, StaffRole
from register.assessment.target import day_in_london
from register.kit.clock import day_of
from register.kit.jobs import every
from register.kit.post import Outgoing, post_many
from register.process import Process
from register.rule_set import RuleSet

UNDECIDED = [stage for stage in Stage if not stage.decided]


@every(hours=24)
async def escalate_old_cases(session: AsyncSession, now: datetime) -> None:
    """Once for each rung. Where several were reached since the last time, one letter tells of the highest."""
    await look_as(session, Capacity.SERVICE)
    reached: dict[Case, list[int]] = defaultdict(list)
    for case, months in await session.execute(_due(day_of(now))):
        reached[case].append(months)
    for case, rungs in reached.items():
        by = Process.begin(session, CaseAct.ESCALATE, now=now)
        for months in rungs:
            case.tell(session, CaseEventKind.ESCALATED, by=by, months=months)
        await _tell(session, case, max(rungs), now=now)


def _due(today: date) -> Select[Case, int]:
    """As `Case.rungs` says, and not told yet."""
    ladder = func.jsonb_array_elements(RuleSet.data["case_escalation_months"])
    rung = ladder.table_valued("months", name="rung").render_derived()
    months = cast(rung.c.months, Integer)
    return (
        select(Case, months)
        .join(RuleSet, RuleSet.id == Case.rule_set_id)
        .join(rung, true())
        .where(
            Case.stage.in_(UNDECIDED),
            day_in_london(Case.opened_at) + func.make_interval(0, months)
            <= literal(today, Date),
            ~_told_of(months),
        )
        .order_by(Case.opened_at, Case.id, months)
        .with_for_update(of=Case, skip_locked=True)
    )


def _told_of(months: ColumnElement[int]) -> ColumnElement[bool]:
    return (
        select(CaseEvent.id)
        .where(
            CaseEvent.case_id == Case.id,
            CaseEvent.kind == CaseEventKind.ESCALATED,
            CaseEvent.data["months"].as_integer() == months,
        )
        .exists()
    )


async def _tell(
    session: AsyncSession, case: Case, months: int, *, now: datetime
) -> None:
    """The letter gives the reference and the age, and nothing else."""
    await post_many(
        session,
        [
            Outgoing(
                to=account.email,
                letter="fitness/case_escalated",
                context={"reference": case.reference, "months": months},
                key=f"case_escalated:{case.id}:{months}:{account.id}",
            )
            for account in await _who_answers(session, case)
        ],
        now=now,
    )


async def _who_answers(session: AsyncSession, case: Case) -> Sequence[Account]:
    """Those who have that place in it; else whoever works on it where it is restricted, and every team manager where not."""
    working = await members(session, case.id)
    answering = [one.account_id for one in working if one.place is Place.MANAGER]
    if told := await _who_may_know(session, case, answering):
        return told
    if case.restricted:
        others = [one.account_id for one in working if not one.place.apart]
        return await _who_may_know(session, case, others)
    managers = await session.scalars(
        select(RoleGrant.account_id).where(RoleGrant.role == StaffRole.TEAM_MANAGER)
    )
    return await _who_may_know(session, case, managers.all())


async def _who_may_know(
    session: AsyncSession, case: Case, ids: Iterable[UUID]
) -> list[Account]:
    accounts = await session.scalars(
        Account.usable().where(Account.id.in_(ids)).order_by(Account.id)
    )
    return [
        account
        for account in accounts
        if await session.scalar(
            select(Case.id).where(Case.id == case.id, visible_to(account))
        )
    ]
