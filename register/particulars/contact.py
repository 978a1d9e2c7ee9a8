"""How somebody is reached beside their e-mail: told in an application, and changed by themselves afterwards."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.application import Application, SectionName
from register.application.answers import Contact
from register.application.section import SentSection
from register.kit.db import Base
from register.kit.security.sealing import seal, unseal
from register.matching import Traits, look_for_matches
from register.particulars.acts import ParticularsEvent
from register.particulars.writing import write
from register.person import Person
from register.process import Process


class ContactDetails(Base):
    """As the person last changed them here."""

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
    changed = await session.get(ContactDetails, person_id)
    sent = await session.scalar(
        select(SentSection)
        .join(Application, Application.id == SentSection.application_id)
        .where(
            Application.person_id == person_id, SentSection.name == SectionName.CONTACT
        )
        .order_by(SentSection.sent_at.desc())
        .limit(1)
    )
    if changed and not (sent and sent.sent_at > changed.changed_at):
        return changed.told
    return sent.answers if sent and isinstance(sent.answers, Contact) else None


async def change_contact(
    session: AsyncSession, person: Person, contact: Contact, *, by: Process
) -> None:
    """At once. They are told by e-mail, in case it was somebody else who asked."""
    details = await session.get(ContactDetails, person.id)
    if details is None:
        details = ContactDetails(person_id=person.id)
        session.add(details)
    details.told, details.changed_at = contact, by.at
    by.tell(ParticularsEvent.CONTACT_CHANGED, person_id=person.id)
    home = (contact.line_1, contact.town, contact.postcode)
    await look_for_matches(session, person, Traits.of(homes=[home]), by=by)
    await write(session, person.id, "contact_changed", key=str(by.id), by=by, at=by.at)


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
