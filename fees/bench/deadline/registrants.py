"""Whoever renews on the last day: signed in, with a renewal that is open and more or less of it done."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fees.bench.registrants import Year
from register.account import Account
from register.application.answers import Contact
from register.cpd import (
    LearningKind,
    LearningRecord,
    Told,
    With,
    Words,
    missing,
    standards_for,
)
from register.kit.db import Sessions
from register.kit.security.sessions import (
    FOR_THE_PUBLIC,
    StoredSession,
    hash_of,
)
from register.particulars.contact import ContactDetails
from register.process import Process
from register.renewal import Renewal, RenewalStep

DAY = timedelta(days=1)
EARLIER = (
    (),
    (RenewalStep.DETAILS, RenewalStep.EMPLOYMENT, RenewalStep.LEARNING),
    tuple(step for step in RenewalStep if step is not RenewalStep.PAYMENT),
)
"""What each third did on an earlier day."""


class BenchAct(StrEnum):
    PREPARE = "bench:prepare"


class NotReady(Exception):
    """The learning that was made up is not what the rules ask for."""


@dataclass(frozen=True)
class Registrant:
    number: int
    person_id: UUID
    renewal_id: UUID
    token: str
    """Of the session."""
    done: frozenset[RenewalStep]

    @property
    def address(self) -> str:
        """Their own, of the network that every machine has to itself."""
        return f"127.{self.number // 62_500 + 1}.{self.number // 250 % 250}.{self.number % 250 + 2}"

    @property
    def words(self) -> str:
        """What they type, and nobody else does."""
        return (
            f"Since March my back hurts when I lift, case {self.number}: I ask a colleague to help.\r\n\r\n"
            f"“Nothing” keeps me from the night shift; réf. {self.person_id.hex}."
        )


async def prepare(sessions: Sessions, year: Year, *, now: datetime) -> list[Registrant]:
    """Everybody in the register, twenty at a time."""
    async with sessions() as session:
        rows = await session.execute(
            select(Renewal.person_id, Renewal.id).order_by(Renewal.id)
        )
        people = list(enumerate(rows.all()))
    registrants = []
    for first in range(0, len(people), 20):
        async with sessions.begin() as session:
            for number, (person_id, renewal_id) in people[first : first + 20]:
                one = Registrant(
                    number,
                    person_id,
                    renewal_id,
                    secrets.token_urlsafe(32),
                    frozenset(EARLIER[number % len(EARLIER)]),
                )
                await _prepare(session, one, year, now=now)
                registrants.append(one)
    return registrants


async def _prepare(
    session: AsyncSession, one: Registrant, year: Year, *, now: datetime
) -> None:
    by = Process.begin(session, BenchAct.PREPARE, now=now - DAY)
    contact = Contact(
        line_1=f"{one.number} Mill Lane",
        town="Leeds",
        postcode="LS1 4AP",
        mobile="+447700900123",
    )
    # Not by the verb, which looks for whoever else lives there: among so many it takes minutes.
    details = ContactDetails(person_id=one.person_id)
    details.told, details.changed_at = contact, by.at
    session.add(details)
    await _learn(session, one, year, by=by)
    renewal = await session.get_one(Renewal, one.renewal_id)
    for step in EARLIER[one.number % len(EARLIER)]:
        version = "1" if step is RenewalStep.DECLARATIONS else None
        await renewal.confirm(session, step, declaration_version=version, by=by)
    account_id = await session.scalar(
        select(Account.id).where(Account.person_id == one.person_id)
    )
    session.add(
        StoredSession(
            token_hash=hash_of(one.token),
            account_id=account_id,
            data={},
            created_at=now,
            seen_at=now,
            expires_at=now + FOR_THE_PUBLIC.absolute,
            proved_at=now,
        )
    )


async def _learn(
    session: AsyncSession, one: Registrant, year: Year, *, by: Process
) -> None:
    """By two records what a manager's year asks for."""
    day = year.ends_on - timedelta(days=90)
    codes = list(await standards_for(session, one.person_id, now=by.at))
    for safeguarding in (True, False):
        told = Told(
            words=Words(
                title=f"What {one.number} homes do differently",
                learnt=f"How matter {one.number} shows {safeguarding}, and why a calm adult matters more.",
                impact=f"Child {one.number} has a word for it now.",
                reflection=f"I had taken {one.number} signs for defiance.",
                discussed="We agreed on what to try." if safeguarding else "",
            ),
            kinds=(LearningKind.COURSE,),
            first_on=day,
            last_on=day,
            standards=tuple(codes[:1]),
            safeguarding=safeguarding,
            leadership=not safeguarding,
            discussed_with=With.SUPERVISOR if safeguarding else None,
            discussed_on=day + DAY if safeguarding else None,
        )
        await LearningRecord.begin(
            session, one.person_id, told, year_end=year.ends_on, by=by
        )
    await session.flush()
    if await missing(session, one.person_id, year_end=year.ends_on, now=by.at):
        raise NotReady
