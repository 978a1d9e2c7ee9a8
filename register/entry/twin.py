"""The same status rules in SQL, written by hand: their agreement proves something because neither is made from the other."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, literal, null

from register.entry.entry import Entry
from register.entry.facts import Current, Hold, Lapse, Order, Registration, Removal
from register.entry.status import Status


def status_in_sql(
    at: datetime | ColumnElement[datetime],
) -> ColumnElement[Status | None]:
    """The status of each `Entry` of a query at an instant: null before it was first made."""
    started = exists().where(
        Registration.entry_id == Entry.id, func.lower(Registration.valid) <= at
    )
    return case(
        (~started, null()),
        (
            _now(Removal, at, Removal.because.in_(["order", "automatic"])),
            literal("removed_by_order"),
        ),
        (
            _now(Removal, at, Removal.because.in_(["condition", "cpd", "error"])),
            literal("removed"),
        ),
        (_now(Removal, at), literal("removed_voluntary")),
        (_now(Lapse, at), literal("lapsed")),
        (
            _now(Registration, at)
            & _now(
                Order, at, Order.kind.in_(["interim_suspension", "suspension_order"])
            ),
            literal("suspended"),
        ),
        (_now(Registration, at), literal("registered")),
        (_now(Hold, at), literal("held")),
        else_=literal("lapsed"),
    )


def _now(
    kind: type[Current],
    at: datetime | ColumnElement[datetime],
    *more: ColumnElement[bool],
) -> ColumnElement[bool]:
    return exists().where(kind.entry_id == Entry.id, kind.valid.contains(at), *more)
