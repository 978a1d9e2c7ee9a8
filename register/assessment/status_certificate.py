"""What other registers certify of an applicant who is on them: without it nobody is found to be registered there."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.application import Application, SectionName
from register.application.answers import (
    Body,
    OtherRegistration,
    OtherRegistrations,
)
from register.application.section import sendings_of
from register.kit.db import Base, code
from register.kit.errors import Refused


class Certified(StrEnum):
    """The current status there."""

    GOOD_STANDING = "good_standing"
    RESTRICTED = "restricted"
    NOT_REGISTERED = "not_registered"


class SeenAs(StrEnum):
    CERTIFICATE = "certificate"
    """Sent to us by the other register."""
    PUBLIC_REGISTER = "public_register"


class NotCertified(Refused):
    def __init__(self, missing: list[OtherRegistration]) -> None:
        self.missing = missing
        super().__init__(
            "Record the current status on each other register before you find this section met."
        )


class StatusCertificate(Base):
    """Rows are only added; the last one of a registration counts."""

    __tablename__ = "status_certificate"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    registration_id: Mapped[UUID]
    """The registration, as the applicant listed it."""
    body: Mapped[Body] = mapped_column(code(Body))
    certified: Mapped[Certified] = mapped_column(code(Certified, "certified"))
    seen_as: Mapped[SeenAs] = mapped_column(code(SeenAs, "seen_as"))
    status_on: Mapped[date]
    """The day of which it speaks."""
    recorded_at: Mapped[datetime]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    __table_args__ = (
        Index(
            "status_certificate_latest_ix",
            "application_id",
            "registration_id",
            "recorded_at",
        ),
    )


async def registrations_of(
    session: AsyncSession, application: Application
) -> list[OtherRegistration]:
    """The other registers that the applicant says they are or were on, as last sent."""
    sent = await sendings_of(session, application.id, SectionName.REGISTRATIONS)
    answers = sent[0].answers if sent else None
    return answers.items if isinstance(answers, OtherRegistrations) else []


async def certificates_of(
    session: AsyncSession, application: Application
) -> dict[UUID, StatusCertificate]:
    """The last of each registration."""
    found = await session.scalars(
        select(StatusCertificate)
        .ext(distinct_on(StatusCertificate.registration_id))
        .where(StatusCertificate.application_id == application.id)
        .order_by(
            StatusCertificate.registration_id, StatusCertificate.recorded_at.desc()
        )
    )
    return {row.registration_id: row for row in found}


async def must_be_certified(session: AsyncSession, application: Application) -> None:
    """Raises NotCertified where the applicant says that they are on a register now, and nobody has asked it."""
    certificates = await certificates_of(session, application)
    missing = [
        one
        for one in await registrations_of(session, application)
        if one.current and one.id not in certificates
    ]
    if missing:
        raise NotCertified(missing)
