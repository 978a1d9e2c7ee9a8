"""Whose application it is: a caseworker takes one that nobody has; a team manager gives it to whom they choose."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from register.account import Account, RoleGrant, StaffRole
from register.application import Application, ApplicationState, Move, NotNow
from register.assessment.acts import AssessmentEvent
from register.assessment.readers import visible_to
from register.kit.errors import Refused
from register.process import Process

IN_HAND = frozenset(
    {
        ApplicationState.SUBMITTED,
        ApplicationState.UNDER_ASSESSMENT,
        ApplicationState.INFORMATION_REQUESTED,
        ApplicationState.SUITABILITY_REVIEW,
        ApplicationState.PROPOSED,
        ApplicationState.PAID,
        ApplicationState.MINDED_TO,
    }
)
"""Sent and not decided, or waiting for a last check: what the queue holds."""


class TakenAlready(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(
            f"Application {application.reference} is with somebody already. A team manager can give it to you."
        )


class ChangedSince(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(
            f"Application {application.reference} has changed since you opened the list."
        )


class NotForThem(Refused):
    def __init__(self, account: Account) -> None:
        super().__init__(f"{account.name} cannot work on this application.")


async def assign(
    session: AsyncSession,
    application: Application,
    *,
    to: Account,
    giver: Account,
    by: Process,
) -> None:
    """Give the application to a caseworker; what changes nothing writes nothing."""
    await application.lock(session)
    if application.assigned_to_id == to.id:
        return
    if StaffRole.TEAM_MANAGER not in giver.roles and (
        application.assigned_to_id or to.id != giver.id
    ):
        raise TakenAlready(application)
    if not may_assess(application, to):
        raise NotForThem(to)
    if application.allows(Move.TAKE_UP):
        application.take_up(to, by=by)
    elif application.state in IN_HAND:
        application.assigned_to_id = to.id
        application.tell(AssessmentEvent.ASSIGNED, by=by, assigned_to=to.id)
    else:
        raise NotNow(application, Move.TAKE_UP)


@dataclass(frozen=True)
class NotGiven:
    reference: str
    why: str


async def assign_all(
    session: AsyncSession,
    chosen: Mapping[str, int],
    *,
    to: Account,
    giver: Account,
    by: Process,
) -> list[NotGiven]:
    """Give each application, by reference and the version that the giver saw; tells of those it could not give why not."""
    found = await session.scalars(
        select(Application)
        .where(Application.reference.in_(chosen), visible_to(giver))
        # In one order, so that two who give at once do not wait for each other.
        .order_by(Application.id)
    )
    not_given = []
    for application in found.all():
        try:
            await application.lock(session)
            if application.version != chosen[application.reference]:
                raise ChangedSince(application)
            await assign(session, application, to=to, giver=giver, by=by)
        except Refused as refusal:
            not_given.append(NotGiven(application.reference, str(refusal)))
    return not_given


def may_assess(application: Application, account: Account) -> bool:
    """Whether this member of staff may work on it: a caseworker at work whom it is not about, with fresh eyes."""
    return (
        StaffRole.CASEWORKER in account.roles
        and not account.disabled_at
        and account.id != application.account_id
        and account.person_id != application.person_id
        and account.id not in application.excluded
    )


async def caseworkers(session: AsyncSession) -> list[Account]:
    """Who may be given applications, by name."""
    found = await session.scalars(
        select(Account)
        .join(RoleGrant)
        .where(RoleGrant.role == StaffRole.CASEWORKER, Account.disabled_at.is_(None))
        .options(selectinload(Account.grants))
        .order_by(Account.name, Account.id)
    )
    return list(found)
