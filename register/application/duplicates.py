"""Whether we know the person already: for staff to look into, and never told to the applicant."""

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.person import Person


async def possible_duplicates(session: AsyncSession, person: Person) -> list[Person]:
    """Persons with the same National Insurance number, or the same name and date of birth."""
    same = []
    if person.ni_number_index:
        same.append(Person.ni_number_index == person.ni_number_index)
    if person.name_key and person.birth_date:
        same.append(
            and_(
                Person.name_key == person.name_key,
                Person.birth_date == person.birth_date,
            )
        )
    if not same:
        return []
    found = await session.scalars(
        select(Person)
        .where(or_(*same), Person.id != person.id, Person.merged_into.is_(None))
        .order_by(Person.created_at)
    )
    return list(found)
