"""Holds: an application waits for something outside, and nobody decides on it meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from register.account import Account, StaffRole
from register.application import Application
from register.assessment.acts import AssessmentEvent
from register.assessment.assigning import IN_HAND
from register.assessment.check import NotYourApplication
from register.assessment.said import Said, said_in
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process, TextKind


class HoldReason(StrEnum):
    POLICE = "police"
    REGULATOR = "regulator"
    IDENTITY = "identity"
    COURT = "court"
    OTHER = "other"

    @property
    def secret(self) -> bool:
        """Whether the applicant may not know: it could warn somebody whom the police look into."""
        return self is HoldReason.POLICE


class OnHold(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(
            f"Application {application.reference} is on hold. Release it before anybody decides on it."
        )


class NotOnHold(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(f"Application {application.reference} is not on hold.")


class NotToBeHeld(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(
            f"Application {application.reference} waits for no decision, so it cannot be put on hold."
        )


class ApplicationHold(Base):
    __tablename__ = "application_hold"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("application.id"), index=True
    )
    because: Mapped[HoldReason] = mapped_column(code(HoldReason))
    held_at: Mapped[datetime]
    held_in: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    released_at: Mapped[datetime | None]
    released_in: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))

    holding: Mapped[Process] = relationship(lazy="raise", foreign_keys=[held_in])
    releasing: Mapped[Process | None] = relationship(
        lazy="raise", foreign_keys=[released_in]
    )

    __table_args__ = (
        CheckConstraint(
            "(released_at is null) = (released_in is null)", name="released"
        ),
        CheckConstraint("released_at >= held_at", name="order"),
        Index(
            "application_hold_one_open",
            "application_id",
            unique=True,
            postgresql_where="released_at is null",
        ),
    )


async def hold(
    session: AsyncSession,
    application: Application,
    *,
    because: HoldReason,
    words: str,
    officer: Account,
    by: Process,
) -> ApplicationHold:
    """Let no decision be taken until it is released; the applicant is told, unless the reason is secret."""
    await application.lock(session)
    must_answer_for(application, officer)
    if application.state not in IN_HAND:
        raise NotToBeHeld(application)
    await must_not_be_held(session, application)
    held = ApplicationHold(
        id=uuid4(),
        application_id=application.id,
        because=because,
        held_at=by.at,
        holding=by,
    )
    session.add(held)
    by.say(TextKind.INTERNAL, words)
    application.tell(AssessmentEvent.PUT_ON_HOLD, by=by, held_for=because)
    if not because.secret:
        await application.write_to_applicant(
            session, "application_on_hold", now=by.at, of=held.id, because=because
        )
    return held


async def release(
    session: AsyncSession,
    application: Application,
    *,
    words: str,
    officer: Account,
    by: Process,
) -> None:
    """Go on; raises NotOnHold."""
    await application.lock(session)
    must_answer_for(application, officer)
    held = await hold_on(session, application)
    if held is None:
        raise NotOnHold(application)
    held.released_at, held.releasing = by.at, by
    by.say(TextKind.INTERNAL, words)
    application.tell(AssessmentEvent.RELEASED, by=by, held_for=held.because)
    if not held.because.secret:
        await application.write_to_applicant(
            session, "application_released", now=by.at, of=held.id
        )


def must_answer_for(application: Application, officer: Account) -> None:
    """A caseworker holds what is theirs; their managers whatever there is."""
    if officer.roles & {StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR}:
        return
    if application.assigned_to_id != officer.id:
        raise NotYourApplication(application)


async def must_not_be_held(session: AsyncSession, application: Application) -> None:
    if await hold_on(session, application):
        raise OnHold(application)


async def hold_on(
    session: AsyncSession, application: Application
) -> ApplicationHold | None:
    """The hold that stands."""
    found: ApplicationHold | None = await session.scalar(
        select(ApplicationHold).where(
            ApplicationHold.application_id == application.id,
            ApplicationHold.released_at.is_(None),
        )
    )
    return found


@dataclass(frozen=True)
class HoldTold:
    """A hold with who put it there and why, and who released it."""

    hold: ApplicationHold
    held: Said
    released: Said | None


async def holds_of(session: AsyncSession, application: Application) -> list[HoldTold]:
    """All holds there have been, the newest first."""
    found = await session.scalars(
        select(ApplicationHold)
        .where(ApplicationHold.application_id == application.id)
        .order_by(ApplicationHold.held_at.desc(), ApplicationHold.id)
    )
    return [
        HoldTold(
            hold,
            await said_in(session, hold.held_in),
            await said_in(session, hold.released_in) if hold.released_in else None,
        )
        for hold in found
    ]
