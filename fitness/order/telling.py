"""Who is told that an order took effect, or that it ended: the registrant, and whoever employs them in a home."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.order.order import CaseOrder
from register.account import Account
from register.employment import Employment, Home
from register.kit.post import Outgoing, post_many
from register.kit.settings import settings
from register.organisation import Organisation, OrganisationUser, Told, said_of
from register.person import Person, survivor
from register.reaching import write_to

IN_FORCE, ENDED = "in_force", "ended"


async def tell_of(
    session: AsyncSession, case: Case, order: CaseOrder, what: str, *, now: datetime
) -> None:
    """Once each. Nobody is told of what the public may not read: employers are sent to the live register."""
    person_id = await survivor(session, case.person_id)
    await write_to(
        session,
        person_id,
        "something_to_read",
        context={"account": True, "contact": settings().contact_email},
        key=f"case_order:{order.id}:{what}",
        now=now,
    )
    person = await session.get_one(Person, person_id)
    await post_many(
        session,
        [
            Outgoing(
                to=email,
                letter="fitness/restriction_changed",
                context={"name": person.name, "number": person.number},
                key=f"case_order:{order.id}:{what}:{account_id}",
            )
            for account_id, email in await _leads(session, person_id, now)
        ],
        now=now,
    )


async def _leads(
    session: AsyncSession, person_id: UUID, now: datetime
) -> list[tuple[UUID, str]]:
    """Of each provider at whose homes the person works, as far as the provider has not said that they do not."""
    rows = await session.execute(
        select(Account.id, Account.email)
        .join(OrganisationUser, OrganisationUser.account_id == Account.id)
        .join(Organisation, Organisation.id == OrganisationUser.organisation_id)
        .join(Home, Home.provider_id == Organisation.provider_id)
        .join(Employment, Employment.home_id == Home.id)
        .where(
            Employment.person_id == person_id,
            Employment.valid.contains(now),
            ~said_of(Told.DOES_NOT),
            Organisation.open,
            OrganisationUser.current,
            OrganisationUser.lead,
        )
        .distinct()
    )
    return [(row.id, row.email) for row in rows]
