"""What the leads of a provider's organisation are told of those who work at its homes: that, and nothing more."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.employment import Employment, Home
from register.kit.jobs import enqueue, every, job
from register.kit.post import Outgoing, post_many
from register.organisation import Organisation, OrganisationUser, Told, said_of
from register.person import Person
from register.renewal.noticed import EmployerNews, News
from register.renewal.renewal import Renewal

BATCH = 1_000


@dataclass(frozen=True, order=True)
class Named:
    name: str
    number: str


@every(hours=1)
async def begin_to_tell_employers(session: AsyncSession, now: datetime) -> None:  # noqa: ARG001 - each job is handed the moment
    await enqueue(session, "tell_some_employers", key="tell_some_employers")


@job("tell_some_employers")
async def tell_some_employers(session: AsyncSession, now: datetime) -> None:
    if await tell_employers(session, now):
        await enqueue(session, "tell_some_employers")


async def tell_employers(
    session: AsyncSession, now: datetime, batch: int = BATCH
) -> int:
    """The next news, one letter a lead and kind; how many are told. News of who works nowhere we know is told nobody."""
    untold = (
        select(EmployerNews.renewal_id, EmployerNews.of)
        .where(EmployerNews.told_at.is_(None))
        .order_by(EmployerNews.at, EmployerNews.renewal_id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    keys = [(renewal_id, of) for renewal_id, of in await session.execute(untold)]
    if not keys:
        return 0
    these = tuple_(EmployerNews.renewal_id, EmployerNews.of).in_(keys)
    letters: dict[tuple[UUID, str, News], set[Named]] = defaultdict(set)
    rows = await session.execute(
        select(Account.id, Account.email, EmployerNews.of, Person)
        .join(Renewal, Renewal.id == EmployerNews.renewal_id)
        .join(Person, Person.id == Renewal.person_id)
        .join(Employment, Employment.person_id == Person.id)
        .join(Home, Home.id == Employment.home_id)
        .join(Organisation, Organisation.provider_id == Home.provider_id)
        .join(OrganisationUser, OrganisationUser.organisation_id == Organisation.id)
        .join(Account, Account.id == OrganisationUser.account_id)
        .where(
            these,
            # Whoever has finished since is no news any more.
            (EmployerNews.of != News.NOT_FINISHED) | Renewal.finished_at.is_(None),
            Employment.valid.contains(now),
            ~said_of(Told.DOES_NOT),
            ~Person.withheld,
            Person.deceased_on.is_(None),
            Person.merged_into.is_(None),
            Organisation.open,
            OrganisationUser.current,
            OrganisationUser.lead,
        )
    )
    for account_id, email, of, person in rows:
        letters[account_id, email, of].add(Named(person.name, person.number or ""))
    told = uuid4()
    await post_many(
        session,
        [
            Outgoing(
                to=email,
                letter="employer_news",
                context={"news": of, "people": tuple(sorted(people))},
                key=f"employer_news:{of}:{told}:{account_id}",
            )
            for (account_id, email, of), people in letters.items()
        ],
        now=now,
    )
    await session.execute(update(EmployerNews).where(these).values(told_at=now))
    return len(keys)
