"""How somebody is reached beside their e-mail: told in an application, and changed by themselves afterwards."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.application import Application, SectionName
from register.application.answers import Contact, PostalAddress
from register.application.section import SentSection
from register.kit.db import Base, among
from register.kit.security.sealing import seal, unseal
from register.matching import Traits, look_for_matches
from register.particulars.acts import ParticularsEvent
from register.particulars.writing import write
from register.person import Person
from register.process import Process, TextKind
from register.reaching import knows_address


class ContactDetails(Base):
    """As the person last changed them here, or one of us was told."""

    __tablename__ = "contact_details"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed: Mapped[bytes]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def told(self) -> Contact:
        return msgspec.json.decode(unseal(self.sealed, **self._place()), type=Contact)

    @told.setter
    def told(self, contact: Contact) -> None:
        self.sealed = seal(msgspec.json.encode(contact), **self._place())

    def _place(self) -> dict[str, str]:
        return {
            "table": "contact_details",
            "column": "sealed",
            "row": str(self.person_id),
        }


async def contact_of(session: AsyncSession, person_id: UUID) -> Contact | None:
    """What they have told us last, here or in an application that they sent."""
    return (await contacts_of(session, [person_id])).get(person_id)


async def contacts_of(
    session: AsyncSession, persons: Collection[UUID]
) -> dict[UUID, Contact]:
    """The same of many, in two queries."""
    changed = await session.scalars(
        select(ContactDetails).where(among(ContactDetails.person_id, persons))
    )
    sent = await session.execute(
        select(Application.person_id, SentSection)
        .join(SentSection, Application.id == SentSection.application_id)
        .where(
            among(Application.person_id, persons),
            SentSection.name == SectionName.CONTACT,
        )
        .order_by(Application.person_id, SentSection.sent_at.desc())
        .ext(distinct_on(Application.person_id))
    )
    told = {
        person_id: (section.sent_at, section.answers)
        for person_id, section in sent
        if isinstance(section.answers, Contact)
    }
    for details in changed:
        known = told.get(details.person_id)
        if known is None or known[0] <= details.changed_at:
            told[details.person_id] = (details.changed_at, details.told)
    return {person_id: contact for person_id, (_, contact) in told.items()}


@knows_address
async def address_of(session: AsyncSession, person_id: UUID) -> list[str]:
    contact = await contact_of(session, person_id)
    return contact.lines if contact else []


async def record_address(
    session: AsyncSession,
    person: Person,
    address: PostalAddress,
    *,
    evidence: str,
    by: Process,
) -> None:
    """One of us was told of it; the words say how. The person is told where we reached them before."""
    await write(session, person.id, "address_recorded", key=str(by.id), by=by, at=by.at)
    by.say(TextKind.INTERNAL, evidence)
    await know_address(session, person, address, by=by)


async def know_address(
    session: AsyncSession, person: Person, address: PostalAddress, *, by: Process
) -> None:
    known = await contact_of(session, person.id)
    mobile = known.mobile if known else ""
    told = Contact(mobile=mobile, **msgspec.structs.asdict(address))
    await _keep(session, person, told, by=by)


async def change_contact(
    session: AsyncSession, person: Person, contact: Contact, *, by: Process
) -> None:
    """At once. They are told, in case it was somebody else who asked."""
    await _keep(session, person, contact, by=by)
    await write(session, person.id, "contact_changed", key=str(by.id), by=by, at=by.at)


async def _keep(
    session: AsyncSession, person: Person, contact: Contact, *, by: Process
) -> None:
    details = await session.get(ContactDetails, person.id)
    if details is None:
        details = ContactDetails(person_id=person.id)
        session.add(details)
    details.told, details.changed_at = contact, by.at
    by.tell(ParticularsEvent.CONTACT_CHANGED, person_id=person.id)
    home = (contact.line_1, contact.town, contact.postcode)
    await look_for_matches(session, person, Traits.of(homes=[home]), by=by)


async def take_contact(session: AsyncSession, *, kept: UUID, lost: UUID) -> None:
    """What was told of a record that is merged is told of the one that stays, unless that was told later."""
    told = await session.get(ContactDetails, lost)
    known = await session.get(ContactDetails, kept)
    if told is None or (known and known.changed_at > told.changed_at):
        return
    if known is None:
        known = ContactDetails(person_id=kept)
        session.add(known)
    known.told, known.changed_at = told.told, told.changed_at
    await session.delete(told)
