"""The demo's providers with an account: their lead and additional users can be signed in to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.demo.accounts import Doors
from register.demo.homes import Homes
from register.demo.staff import Office
from register.employment import Provider
from register.organisation import (
    Asked,
    Organisation,
    OrganisationAct,
    UserInvitation,
)
from register.process import Process
from register.proposal import waiting_on

OPENED = timedelta(days=200)


@dataclass(frozen=True)
class Acting:
    """Somebody who acts for a provider."""

    name: str
    email: str
    good_for: str
    lead: bool


USERS: tuple[tuple[Acting, ...], ...] = (
    (
        Acting(
            "Maureen Doyle",
            "lead@provider.example.org",
            "Lead user of {}: endorses applications, sees own staff, invites users",
            lead=True,
        ),
        Acting(
            "Kwame Asante",
            "user@provider.example.org",
            "Additional user of {}: sees own staff, and what is given to them",
            lead=False,
        ),
    ),
    (
        Acting(
            "Sioned Parry",
            "lead@another.example.org",
            "Lead user of {}, another provider",
            lead=True,
        ),
    ),
)


async def open_organisations(
    session: AsyncSession, doors: Doors, office: Office, homes: Homes
) -> None:
    """Of the providers whose homes the next applicants are going to manage."""
    wanted = dict.fromkeys(home.provider_id for home in reversed(homes.wanting))
    for provider_id, users in zip(wanted, USERS, strict=False):
        provider = await session.get_one(Provider, provider_id)
        await _open(session, doors, office, provider, users)


async def _open(
    session: AsyncSession,
    doors: Doors,
    office: Office,
    provider: Provider,
    users: tuple[Acting, ...],
) -> None:
    at = doors.draw.now - OPENED + timedelta(hours=10)
    officer, manager = office.caseworkers[0], office.team_manager
    organisation = await Organisation.propose(
        session,
        provider,
        lead_name=users[0].name,
        lead_email=users[0].email,
        proposer=officer,
        by=_by(session, OrganisationAct.PROPOSE, officer, at),
    )
    await session.flush()
    waiting = await waiting_on(session, organisation.about)
    assert waiting  # noqa: S101 - just proposed
    by = _by(session, OrganisationAct.OPEN, manager, at + timedelta(hours=1))
    await waiting.approve(session, approver=manager, by=by)
    for hours, user in enumerate(users, start=2):
        then = at + timedelta(hours=hours)
        account = await doors.open_proved(
            session, user.email, good_for=user.good_for.format(provider.name), at=then
        )
        await session.flush()
        sent = await UserInvitation.send(
            session,
            organisation,
            name=user.name,
            email=user.email,
            asked_as=Asked.LEAD if user.lead else Asked.ADDITIONAL,
            by=_by(session, OrganisationAct.INVITE, account, then),
        )
        by = _by(session, OrganisationAct.JOIN, account, then + timedelta(minutes=9))
        await sent.accept(session, account, by=by)
        await session.flush()


def _by(
    session: AsyncSession, act: OrganisationAct, actor: Account, at: datetime
) -> Process:
    return Process.begin(session, act, now=at, actor=actor)
