"""What is due in cases, and what is late: of investigations and of orders, in one list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    SQLColumnExpression,
    Subquery,
    Text,
    Uuid,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from fitness.case import Case, Stage, visible_to
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import OPEN
from fitness.investigation.disclosure import CaseComment, Disclosure
from fitness.investigation.hold import InvestigationHold
from fitness.investigation.information import InformationRequest
from fitness.investigation.owed import OwedNotice
from fitness.investigation.plan import PlanStep
from fitness.investigation.proceeding import Proceeding
from fitness.investigation.served import CaseService, ServiceKind
from fitness.monitoring import CheckIn, EarlyReview
from fitness.order import CaseOrder
from fitness.undelivered import came_back, owed
from register.account import Account
from register.kit.clock import LONDON
from register.rule_set import RuleSet

AHEAD = timedelta(days=7)
MOST = 200
OURS = (
    ServiceKind.NOTICE,
    ServiceKind.DISCLOSURE,
)
"""What whoever investigates serves from pages of its own."""


class DueKind(StrEnum):
    NOTICE = "notice"
    """The registrant is to be told that we investigate."""
    ASTRAY = "astray"
    """What was served did not arrive: it is to be served again."""
    UNDELIVERED = "undelivered"
    """As `ASTRAY`, from the record of notices; and what could not be sent when it was due."""
    ANSWER = "answer"
    CHECK = "check"
    REVIEW = "review"
    """Of a hold."""
    STEP = "step"
    COMMENTS = "comments"
    """The registrant may comment until then, and has not."""
    ORDER_REVIEW = "order_review"
    CHECK_IN = "check_in"
    """How an order is kept is to be shown, and judged."""
    EARLY_REVIEW = "early_review"
    """The registrant asks for one, and is to be answered."""
    RESTORATION = "restoration"
    """Somebody asks to be restored after a removal by order, and no hearing is listed."""

    @property
    def of_an_order(self) -> bool:
        return self in {
            DueKind.ORDER_REVIEW,
            DueKind.CHECK_IN,
            DueKind.EARLY_REVIEW,
        }


AT_ONCE = frozenset({DueKind.ASTRAY, DueKind.UNDELIVERED})
"""What did not reach its registrant is late at once."""


@dataclass(frozen=True)
class Due:
    kind: DueKind
    reference: str
    number: int | None
    """Of what in the case it is, where there are several."""
    on: date
    """The last day."""

    def late(self, today: date) -> bool:
        return self.kind in AT_ONCE or self.on < today


async def due(session: AsyncSession, reader: Account, *, today: date) -> Sequence[Due]:
    """In the cases that the reader may know of: what is late, and what is due within a week, the earliest first."""
    each = things_due().subquery()
    rows = await session.execute(
        select(each, Case.reference)
        .join(Case, is_due_in(each))
        .where(visible_to(reader), each.c.last_day <= today + AHEAD)
        .order_by(each.c.last_day, Case.reference, each.c.kind, each.c.number)
        .limit(MOST)
    )
    return [
        Due(DueKind(row.kind), row.reference, row.number, row.last_day) for row in rows
    ]


def things_due() -> CompoundSelect[Any]:
    """Each with its kind, its case, its last day, its number, and whose it is alone, where that is known."""
    return union_all(
        _each(DueKind.NOTICE, Case.id, Case.tell_by).where(Case.told_at.is_(None)),
        _each(
            DueKind.ASTRAY, CaseService.case_id, _day(CaseService.handed_over_at)
        ).where(CaseService.astray, CaseService.kind.in_(OURS), ~_served_since()),
        _each(
            DueKind.UNDELIVERED, CaseService.case_id, _day(CaseService.handed_over_at)
        ).where(came_back()),
        _each(DueKind.UNDELIVERED, OwedNotice.case_id, _day(OwedNotice.due_at)).where(
            owed()
        ),
        _each(
            DueKind.ANSWER,
            InformationRequest.case_id,
            InformationRequest.due_on,
            InformationRequest.number,
        ).where(InformationRequest.open),
        _each(
            DueKind.CHECK, Proceeding.case_id, Proceeding.check_on, Proceeding.number
        ),
        _each(
            DueKind.REVIEW, InvestigationHold.case_id, InvestigationHold.review_on
        ).where(InvestigationHold.until_on.is_(None)),
        _each(
            DueKind.STEP,
            PlanStep.case_id,
            PlanStep.due_on,
            PlanStep.number,
            of=PlanStep.account_id,
        ).where(PlanStep.ended_at.is_(None)),
        _each(
            DueKind.COMMENTS,
            Disclosure.case_id,
            Disclosure.comment_by,
            Disclosure.number,
        ).where(~_commented()),
        _each(
            DueKind.ORDER_REVIEW,
            CaseOrder.case_id,
            CaseOrder.review_by,
            CaseOrder.number,
        ).where(CaseOrder.standing),
        _each(DueKind.CHECK_IN, CheckIn.case_id, CheckIn.due_on, CheckIn.number).where(
            CheckIn.judged.is_(None), _of_a_standing_order(CheckIn.order_id)
        ),
        _each(DueKind.EARLY_REVIEW, EarlyReview.case_id, EarlyReview.answer_by).where(
            EarlyReview.answered_at.is_(None)
        ),
        _each(
            DueKind.RESTORATION,
            Case.id,
            cast(
                _day(Case.opened_at)
                + RuleSet.data["restoration_decide_days"].as_integer(),
                Date,
            ),
        ).where(
            RuleSet.id == Case.rule_set_id,
            Case.proposal_id.is_not(None),
            Case.stage == Stage.HEARING,
            ~exists().where(Hearing.case_id == Case.id, Hearing.state.in_(OPEN)),
        ),
    )


def is_due_in(each: Subquery) -> ColumnElement[bool]:
    """Of orders as long as they stand, of a restoration until it is heard, of a notice until it is served, whatever the stage.

    All else ends with the investigation.
    """
    whenever = [
        DueKind.UNDELIVERED,
        DueKind.RESTORATION,
        *(kind for kind in DueKind if kind.of_an_order),
    ]
    return (Case.id == each.c.case_id) & (
        each.c.kind.in_(whenever) | (Case.stage == Stage.INVESTIGATION)
    )


def _each(
    kind: DueKind,
    case_id: SQLColumnExpression[Any],
    last_day: SQLColumnExpression[Any],
    number: SQLColumnExpression[Any] | None = None,
    *,
    of: SQLColumnExpression[Any] | None = None,
) -> Select[Any]:
    counted = cast(null(), BigInteger) if number is None else number
    whose = cast(null(), Uuid) if of is None else of
    return select(
        literal(kind.value, Text).label("kind"),
        case_id.label("case_id"),
        last_day.label("last_day"),
        counted.label("number"),
        whose.label("account_id"),
    )


def _day(moment: SQLColumnExpression[Any]) -> ColumnElement[date]:
    return cast(func.timezone(LONDON.key, moment), Date)


def _served_since() -> ColumnElement[bool]:
    """The same again, after what went astray."""
    later = aliased(CaseService)
    return (
        select(later.id)
        .where(
            later.case_id == CaseService.case_id,
            later.kind == CaseService.kind,
            later.disclosure_id.is_not_distinct_from(CaseService.disclosure_id),
            later.handed_over_at > CaseService.handed_over_at,
        )
        .exists()
    )


def _commented() -> ColumnElement[bool]:
    return (
        select(CaseComment.id)
        .where(CaseComment.disclosure_id == Disclosure.id)
        .exists()
    )


def _of_a_standing_order(order_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    return order_id.in_(select(CaseOrder.id).where(CaseOrder.standing))
