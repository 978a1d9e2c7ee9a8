"""What waits for a second person, in the cases of which somebody may know."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from fitness.case import Case, visible_to
from fitness.publication.publication import Publication
from fitness.publication.state import State
from fitness.publication.version import PublicationVersion
from register.account import Account

MOST = 100


@dataclass(frozen=True)
class Waiting:
    case: Case
    publication: Publication
    version: PublicationVersion
    author: str


async def waiting(session: AsyncSession, reader: Account) -> Sequence[Waiting]:
    """The longest first."""
    rows = await session.execute(
        select(Case, Publication, PublicationVersion, Account.name)
        .join(Publication, Publication.case_id == Case.id)
        .join(PublicationVersion, PublicationVersion.publication_id == Publication.id)
        .join(Account, Account.id == PublicationVersion.author_id)
        .where(PublicationVersion.state == State.PROPOSED, visible_to(reader))
        .options(joinedload(Case.person))
        .order_by(PublicationVersion.proposed_at, PublicationVersion.id)
        .limit(MOST)
    )
    return [Waiting(*row) for row in rows]
