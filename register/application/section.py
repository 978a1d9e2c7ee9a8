"""One section of an application: its answers, sealed, and what was sent of it at which moment."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.application.answers import HOLDS, Answers, ApplicationForm
from register.application.state import SectionName
from register.kit.db import Base, code
from register.kit.security.sealing import seal, unseal


class ApplicationSection(Base):
    """As the applicant last saved it."""

    __tablename__ = "application_section"

    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("application.id"), primary_key=True
    )
    name: Mapped[SectionName] = mapped_column(code(SectionName), primary_key=True)
    sealed: Mapped[bytes]
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def answers(self) -> Answers:
        plain = unseal(
            self.sealed, table="application_section", column="sealed", row=self._row
        )
        return msgspec.json.decode(plain, type=HOLDS[self.name])

    def write(self, answers: Answers, *, now: datetime) -> None:
        self.sealed = seal(
            msgspec.json.encode(answers),
            table="application_section",
            column="sealed",
            row=self._row,
        )
        self.saved_at = now

    @property
    def _row(self) -> str:
        return f"{self.application_id}/{self.name}"


class SentSection(Base):
    """As it was sent. Rows are only added: what somebody declared stays what they declared, whatever they change later."""

    __tablename__ = "sent_section"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("application.id"), index=True
    )
    name: Mapped[SectionName] = mapped_column(code(SectionName))
    sealed: Mapped[bytes]
    sent_at: Mapped[datetime]

    @classmethod
    def of(cls, section: ApplicationSection, *, now: datetime) -> "SentSection":
        sent = cls(
            id=uuid4(),
            application_id=section.application_id,
            name=section.name,
            sent_at=now,
        )
        sent.sealed = seal(
            msgspec.json.encode(section.answers),
            table="sent_section",
            column="sealed",
            row=str(sent.id),
        )
        return sent

    @property
    def answers(self) -> Answers:
        plain = unseal(
            self.sealed, table="sent_section", column="sealed", row=str(self.id)
        )
        return msgspec.json.decode(plain, type=HOLDS[self.name])


async def section_of(
    session: AsyncSession, application_id: UUID, name: SectionName
) -> ApplicationSection | None:
    """The saved section as it is now, not as this transaction may have read it before."""
    return await session.get(
        ApplicationSection, (application_id, name), populate_existing=True
    )


async def sections_of(
    session: AsyncSession, application_id: UUID, names: Collection[SectionName]
) -> list[ApplicationSection]:
    """Those of them that are saved, as they are now."""
    saved = select(ApplicationSection).where(
        ApplicationSection.application_id == application_id,
        ApplicationSection.name.in_(names),
    )
    rows = await session.scalars(saved.execution_options(populate_existing=True))
    return list(rows)


async def form_of(session: AsyncSession, application_id: UUID) -> ApplicationForm:
    """All that the applicant has saved so far: for the applicant."""
    return (await forms_of(session, [application_id]))[application_id]


async def forms_of(
    session: AsyncSession, application_ids: Collection[UUID]
) -> dict[UUID, ApplicationForm]:
    """The same of several applications, in one query."""
    rows = await session.scalars(
        select(ApplicationSection).where(
            ApplicationSection.application_id.in_(application_ids)
        )
    )
    saved: dict[UUID, list[ApplicationSection]] = {id_: [] for id_ in application_ids}
    for row in rows:
        saved[row.application_id].append(row)
    return {id_: _filled(sections) for id_, sections in saved.items()}


async def sent_form_of(session: AsyncSession, application_id: UUID) -> ApplicationForm:
    """All that the applicant has sent, each section as last sent: for staff, who do not see what is still being changed."""
    latest = (
        select(SentSection)
        .where(SentSection.application_id == application_id)
        .ext(distinct_on(SentSection.name))
        .order_by(SentSection.name, SentSection.sent_at.desc())
    )
    rows = await session.scalars(latest)
    return _filled(rows)


async def latest_sent(
    session: AsyncSession, application_id: UUID, names: Collection[SectionName]
) -> list[SentSection]:
    """Those of the sections that were sent, each as last sent."""
    rows = await session.scalars(
        select(SentSection)
        .where(
            SentSection.application_id == application_id, SentSection.name.in_(names)
        )
        .ext(distinct_on(SentSection.name))
        .order_by(SentSection.name, SentSection.sent_at.desc())
    )
    return list(rows)


async def sendings_of(
    session: AsyncSession, application_id: UUID, name: SectionName
) -> list[SentSection]:
    """Every form in which the section was sent, newest first."""
    rows = await session.scalars(
        select(SentSection)
        .where(SentSection.application_id == application_id, SentSection.name == name)
        .order_by(SentSection.sent_at.desc())
    )
    return list(rows)


def _filled(
    rows: Iterable[ApplicationSection] | Iterable[SentSection],
) -> ApplicationForm:
    form = ApplicationForm()
    for row in rows:
        setattr(form, row.name, row.answers)
    return form


def stamp(answers: msgspec.Struct | dict[str, Any] | None) -> str:
    """What a form carries to tell whether the answers it was opened on are still those that are saved."""
    if answers is None:
        return "new"
    return hashlib.sha256(msgspec.json.encode(answers)).hexdigest()[:16]
