"""What ties somebody to homes and employers: the posts that we know of, for the conflict radar."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from fitness.panel.conflict import Tie
from register.employment import Employment, Home


async def worked(session: AsyncSession, people: Collection[UUID]) -> list[Tie]:
    posts = await session.scalars(
        select(Employment)
        .where(Employment.person_id.in_(people))
        .options(joinedload(Employment.home).joinedload(Home.provider))
        .order_by(Employment.id)
    )
    return [
        tie_to(post.home, post.started_on, post.last_day, employer=post.employer)
        for post in posts
    ]


def tie_to(
    home: Home | None,
    from_on: date,
    until_on: date | None = None,
    *,
    employer: str = "",
) -> Tie:
    """The home is given with its provider."""
    if home is None:
        return Tie(from_on, until_on, employer=employer)
    return Tie(
        from_on,
        until_on,
        home=home.id,
        provider=home.provider_id,
        group=home.provider.group_id,
        area=home.local_authority,
        employer=employer,
    )
