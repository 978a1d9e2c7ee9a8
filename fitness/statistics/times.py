"""How long cases stayed at each stage, beside the target of their rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseEvent, CaseEventKind, Stage, visible_to
from fitness.investigation.hold import InvestigationHold
from register.account import Account
from register.assessment.target import day_in_london, days_between
from register.kit.clock import months_after, start_of
from register.rule_set import RuleSet

MONTHS = 12
TARGETS = {
    Stage.TRIAGE: "triage_target_days",
    Stage.INVESTIGATION: "investigation_target_days",
    Stage.EXAMINATION: "examination_target_days",
}
"""Figures of the rules; the other stages have none."""


@dataclass(frozen=True)
class Stay:
    """In days, without those on hold, since they do not count against the target either."""

    stage: Stage
    left: int
    """How many left the stage in the time that is looked at."""
    median: float
    ninetieth: float
    least_target: int | None
    most_target: int | None
    """Not the same where rules were changed between those cases."""
    within: int
    """How many stayed no longer than their own target."""


async def stays(
    session: AsyncSession, reader: Account, *, today: date
) -> Sequence[Stay]:
    """Of stages that were left in the last twelve months, in the order of the stages."""
    one = _left(reader, months_after(today, -MONTHS)).c
    rows = await session.execute(
        select(
            one.stage,
            func.count(),
            func.percentile_cont(0.5).within_group(one.days),
            func.percentile_cont(0.9).within_group(one.days),
            func.min(one.target),
            func.max(one.target),
            func.count(case((one.days <= one.target, 1))),
        ).group_by(one.stage)
    )
    found = [Stay(Stage(stage), *figures) for stage, *figures in rows]
    return sorted(found, key=lambda stay: list(Stage).index(stay.stage))


def _left(reader: Account, since: date) -> Subquery:
    """Each leaving of a stage: which it was, how many days it had taken, and the target of the rules of its case."""
    stay, held = _every_stay(reader).c, _on_hold()
    left_on = day_in_london(stay.left_at)
    # A line may be recorded after what followed it: then the stay took no day, and no range turns round.
    entered_on = func.least(day_in_london(stay.entered_at), left_on)
    between = func.datemultirange(func.daterange(entered_on, left_on))
    waited = _days_in(held.c.spans.op("*")(between))
    return (
        select(
            stay.stage,
            (days_between(entered_on, left_on) - waited).label("days"),
            case(
                *(
                    (stay.stage == stage.value, RuleSet.data[figure].as_integer())
                    for stage, figure in TARGETS.items()
                )
            ).label("target"),
        )
        .join(RuleSet, RuleSet.id == stay.rule_set_id)
        .outerjoin(
            held,
            and_(
                held.c.case_id == stay.case_id,
                stay.stage == Stage.INVESTIGATION.value,
            ),
        )
        .where(stay.left_at >= start_of(since))
        .subquery()
    )


def _every_stay(reader: Account) -> Subquery:
    """A case enters its first stage as it is opened, and every other as it leaves the one before."""
    before = func.lag(CaseEvent.at).over(
        partition_by=CaseEvent.case_id, order_by=CaseEvent.id
    )
    return (
        select(
            CaseEvent.case_id,
            Case.rule_set_id,
            CaseEvent.data["was"].astext.label("stage"),
            func.coalesce(before, Case.opened_at).label("entered_at"),
            CaseEvent.at.label("left_at"),
        )
        .join(Case, Case.id == CaseEvent.case_id)
        .where(CaseEvent.kind == CaseEventKind.MOVED, visible_to(reader))
        .subquery()
    )


def _on_hold() -> Subquery:
    """Of each case, so that a day on which two holds lasted counts once."""
    hold = InvestigationHold
    spans = func.range_agg(func.daterange(hold.from_on, hold.until_on, "[]"))
    return select(hold.case_id, spans.label("spans")).group_by(hold.case_id).subquery()


def _days_in(spans: ColumnElement[Any]) -> ColumnElement[int]:
    span = func.unnest(spans).column_valued("span")
    days = select(func.sum(func.upper(span) - func.lower(span))).scalar_subquery()
    return cast(func.coalesce(days, 0), Integer)
