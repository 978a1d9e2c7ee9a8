"""Reaching: whoever has an account is written to by e-mail, everybody else by post, where an address of theirs is known."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.kit.notify import Channel
from register.kit.post import letter_of, post
from register.kit.settings import settings
from register.person import Person

Source = Callable[[AsyncSession, UUID], Awaitable[Sequence[str]]]
SOURCES: list[Source] = []


def knows_address(source: Source) -> Source:
    """Mark the function that tells the lines of a person's last known address for letters; none where we know none."""
    SOURCES.append(source)
    return source


@dataclass(frozen=True)
class Way:
    """How a person is reached now, and where."""

    channel: Channel
    to: str
    account: bool
    """Whether they can sign in."""


async def way_to(
    session: AsyncSession, person_id: UUID, *, by_post: bool = False
) -> Way | None:
    """None where they cannot be reached, or not by post where that is asked for."""
    email = await session.scalar(
        select(Account.email).where(
            Account.person_id == person_id, Account.disabled_at.is_(None)
        )
    )
    if email and not by_post:
        return Way(Channel.EMAIL, email, account=True)
    for source in SOURCES:
        if lines := await source(session, person_id):
            person = await session.get_one(Person, person_id)
            to = "\n".join([person.name, *lines])
            return Way(Channel.LETTER, to, account=email is not None)
    return None


async def write_to(
    session: AsyncSession,
    person_id: UUID,
    letter: str,
    *,
    context: dict[str, Any],
    key: str,
    now: datetime,
    way: Way | None = None,
    secret: str | None = None,
    application_id: UUID | None = None,
) -> UUID | None:
    """Post the letter to the person, once for each key; None where they cannot be reached, or are not to be written to."""
    way = way or await way_to(session, person_id)
    if way is None:
        return None
    return await post(
        session,
        to=way.to,
        channel=way.channel,
        letter=letter,
        context=context,
        ending="" if way.account else _without_account(),
        secret=secret,
        key=key,
        person_id=person_id,
        application_id=application_id,
        now=now,
    )


def _without_account() -> str:
    """What a letter adds for somebody who cannot sign in where it says so."""
    return letter_of("by_post", {"contact": settings().contact_email}).body
