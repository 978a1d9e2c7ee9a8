"""An order that is not kept, or of which something new is known, is reviewed earlier than was planned."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseEventKind, say
from fitness.order import CaseOrder
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.process import Process


class Because(StrEnum):
    BREACH = "breach"
    NEW_EVIDENCE = "new_evidence"
    REQUEST = "request"
    """Of the registrant."""


class NotReviewed(Refused):
    def __init__(self) -> None:
        super().__init__("Nobody reviews an order of this kind.")


class NotEarlier(Refused):
    def __init__(self, review_by: date) -> None:
        self.review_by = review_by
        super().__init__("The day must be after today, and before the one planned now.")


def must_be_reviewed(order: CaseOrder, now: datetime) -> date:
    """The last day of the review that is planned. Raises OrderEnded, NotInForce or NotReviewed."""
    order.must_be_in_force(now)
    if order.review_by is None:
        raise NotReviewed
    return order.review_by


def bring_forward(
    session: AsyncSession,
    case: Case,
    order: CaseOrder,
    because: Because,
    words: str,
    *,
    until: date,
    by: Process,
) -> None:
    """To a day by which it must be reviewed. Raises OrderEnded, NotInForce, NotReviewed or NotEarlier."""
    planned = must_be_reviewed(order, by.at)
    if not day_of(by.at) < until < planned:
        raise NotEarlier(planned)
    order.review_by = until
    case.tell(
        session,
        CaseEventKind.REVIEW_BROUGHT_FORWARD,
        by=by,
        order=order.number,
        because=because,
        until=until,
        text=say(session, case.id, words, by=by).id,
    )
