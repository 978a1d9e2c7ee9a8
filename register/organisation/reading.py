"""Organisations as staff and the rest of the register find them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.employment import Home, Provider
from register.kit.errors import NotFound
from register.organisation.organisation import Organisation

PAGE = 50


@dataclass(frozen=True)
class OrganisationPage:
    rows: Sequence[Organisation]
    next: UUID | None


async def organisations(
    session: AsyncSession, *, after: UUID | None = None
) -> OrganisationPage:
    """All that were ever proposed, by the names of their providers."""
    found = (
        select(Organisation)
        .join(Provider, Organisation.provider_id == Provider.id)
        .options(joinedload(Organisation.provider))
        .order_by(Provider.name, Organisation.id)
        .limit(PAGE + 1)
    )
    if after:
        last = (
            select(Provider.name, Organisation.id)
            .join(Organisation, Organisation.provider_id == Provider.id)
            .where(Organisation.id == after)
        )
        found = found.where(
            tuple_(Provider.name, Organisation.id) > last.scalar_subquery()
        )
    rows = list(await session.scalars(found))
    return OrganisationPage(
        rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None
    )


async def organisation_for(
    session: AsyncSession, organisation_id: UUID, *, lock: bool = False
) -> Organisation:
    """Raises NotFound."""
    found = (
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .options(joinedload(Organisation.provider))
    )
    if lock:
        found = found.with_for_update(of=Organisation)
    organisation = await session.scalar(found.execution_options(populate_existing=True))
    if organisation is None:
        raise NotFound
    return organisation


async def open_organisation_of_home(
    session: AsyncSession, home_id: UUID
) -> Organisation | None:
    """Of the provider whose home it is."""
    found: Organisation | None = await session.scalar(
        select(Organisation)
        .join(Home, Home.provider_id == Organisation.provider_id)
        .where(Home.id == home_id, Organisation.open)
        .options(joinedload(Organisation.provider))
    )
    return found
