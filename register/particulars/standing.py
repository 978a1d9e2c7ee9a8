"""Who changes what the register knows of them here, rather than in an application."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application import Application
from register.kit.errors import Refused
from register.person import Person


class InApplication(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Change this in your application. Once that is decided, you can change it here."
        )


async def may_change(session: AsyncSession, person: Person) -> bool:
    """Somebody who has a number, or has applied and waits for nothing."""
    if person.number:
        return True
    of_person = select(Application.id).where(Application.person_id == person.id)
    sent = of_person.where(Application.submitted_at.is_not(None)).limit(1)
    begun = of_person.where(~Application.over).limit(1)
    return bool(await session.scalar(sent)) and not await session.scalar(begun)


async def own_person(
    session: AsyncSession, person_id: UUID, *, lock: bool = False
) -> Person:
    """Locked, two who ask at once meet here. Raises InApplication."""
    person = await session.get_one(Person, person_id, with_for_update=lock or None)
    if not await may_change(session, person):
        raise InApplication
    return person
