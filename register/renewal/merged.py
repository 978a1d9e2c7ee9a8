"""The renewals of a record that is merged into another."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from register.renewal.declaring import RenewalDeclaration
from register.renewal.extension import RenewalExtension
from register.renewal.renewal import Renewal


async def take_renewals(session: AsyncSession, *, kept: UUID, lost: UUID) -> None:
    """Of a period that both have, the one of the record that stays is theirs; the other stays where it is, for the record."""
    both = select(Renewal.ends_on).where(Renewal.person_id == kept)
    await session.execute(
        update(Renewal)
        .where(Renewal.person_id == lost, Renewal.ends_on.not_in(both))
        .values(person_id=kept, version=Renewal.version + 1)
    )
    for rows in (RenewalDeclaration, RenewalExtension):
        await session.execute(
            update(rows).where(rows.person_id == lost).values(person_id=kept)
        )
