"""Where somebody works, as they tell it while they are in the register. The town of their entries follows."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.application.answers import Post
from register.employment import Employment, Source
from register.kit.clock import days, end_of
from register.kit.errors import NotFound, Refused
from register.particulars.acts import ParticularsEvent
from register.particulars.writing import project
from register.person import Person
from register.process import Process


class PostEnded(Refused):
    def __init__(self) -> None:
        super().__init__("This post has ended already.")


class EndsBeforeItBegan(Refused):
    def __init__(self) -> None:
        super().__init__("A post cannot end before it began.")


async def posts_of(session: AsyncSession, person_id: UUID) -> Sequence[Employment]:
    """The one that began last first."""
    found = await session.scalars(
        select(Employment)
        .where(Employment.person_id == person_id)
        .options(joinedload(Employment.home))
        .order_by(func.lower(Employment.valid).desc(), Employment.id)
    )
    return found.all()


async def post_of(session: AsyncSession, person: Person, post_id: UUID) -> Employment:
    """Raises NotFound."""
    for post in await posts_of(session, person.id):
        if post.id == post_id:
            return post
    raise NotFound


async def begin_post(
    session: AsyncSession, person: Person, post: Post, *, by: Process
) -> Employment:
    """The same told twice is one post."""
    begun = Employment(
        id=post.id,
        person_id=person.id,
        home_id=post.home_id,
        employer=post.employer,
        home_named=post.home_name,
        urn_typed=post.urn or None,
        role=post.role,
        part=post.part,
        fte_percent=post.fte_percent,
        care=post.care,
        supervisory=post.supervisory,
        manages=post.manages,
        valid=days(post.since),
        source=Source.REGISTRANT,
        recorded_at=by.at,
    )
    for known in await posts_of(session, person.id):
        if all(getattr(known, name) == getattr(begun, name) for name in TOLD):
            return known
    session.add(begun)
    _tell(begun, ParticularsEvent.POST_BEGUN, by)
    await project(session, person.id, by=by)
    return begun


TOLD = (
    "home_id",
    "employer",
    "home_named",
    "urn_typed",
    "role",
    "part",
    "fte_percent",
    "care",
    "supervisory",
    "manages",
    "valid",
)


async def end_post(
    session: AsyncSession,
    post: Employment,
    *,
    on: date,
    because: str,
    by: Process,
) -> None:
    """`on` is the last day. That we held it without an end stays on record. Raises PostEnded or EndsBeforeItBegan."""
    if post.valid.upper:
        raise PostEnded
    if on < post.started_on:
        raise EndsBeforeItBegan
    post.valid = Range(post.valid.lower, end_of(on), bounds="[)")
    post.reason_for_leaving, post.recorded_at = because or None, by.at
    _tell(post, ParticularsEvent.POST_ENDED, by)
    await project(session, post.person_id, by=by)


def _tell(post: Employment, event: ParticularsEvent, by: Process) -> None:
    by.tell(
        event,
        person_id=post.person_id,
        employment=post.id,
        home=post.home_id,
        until=post.last_day,
    )
