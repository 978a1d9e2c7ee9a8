"""Scrutiny of a qualification from abroad: what was seen of it, what the assessor finds, and who else must agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.account import Account
from register.application import Application
from register.assessment.acts import AssessmentEvent
from register.assessment.check import must_be_assessing
from register.assessment.qualifications import put_to_second, qualification_in
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process, ProcessText, TextKind
from register.proposal import Proposal
from register.qualification import Qualification
from register.rule_set import Route, Verdict


class Translation(StrEnum):
    SEEN = "seen"
    NOT_NEEDED = "not_needed"


class NotFromAbroad(Refused):
    def __init__(self, qualification: Qualification) -> None:
        self.qualification = qualification
        super().__init__(
            "This qualification is from the United Kingdom, so it needs no scrutiny."
        )


class NotAwarded(Refused):
    def __init__(self, qualification: Qualification) -> None:
        self.qualification = qualification
        super().__init__(
            "This qualification has not been awarded yet, so there is nothing to scrutinise."
        )


class FeeFirst(Refused):
    def __init__(self, application: Application) -> None:
        self.application = application
        super().__init__(
            "The applicant has not paid the fee for the scrutiny of a qualification from abroad. Wait until it is paid or waived."
        )


class GapsUnsaid(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Say what is still to be learnt where a qualification meets part of the requirement."
        )


@dataclass(frozen=True)
class Shown:
    """What the applicant has shown of it."""

    statement_reference: str
    """Of UK ENIC's statement of comparability."""
    statement_on: date
    statement_level: int
    """To which the statement compares it."""
    practice_from: str
    """Whose words there are for their practice."""
    practice_on: date
    """Of which day those words are."""
    translation: Translation


class Scrutiny(Base):
    """Rows are only added; the last one of a qualification counts."""

    __tablename__ = "scrutiny"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    qualification_id: Mapped[UUID]
    """No key: an applicant may take a qualification back."""
    statement_reference: Mapped[str]
    statement_on: Mapped[date]
    statement_level: Mapped[int]
    practice_on: Mapped[date]
    translation: Mapped[Translation] = mapped_column(code(Translation, "translation"))
    verdict: Mapped[Verdict] = mapped_column(code(Verdict))
    practice_from_id: Mapped[UUID]
    because_id: Mapped[UUID]
    gaps_id: Mapped[UUID | None]
    """These three stand in the texts of the process."""
    scrutinised_at: Mapped[datetime]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    account: Mapped[Account] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("statement_level between 1 and 12", name="level"),
        CheckConstraint("(verdict = 'partial') = (gaps_id is not null)", name="gaps"),
        Index("scrutiny_latest_ix", "application_id", "qualification_id"),
    )


async def scrutinise(
    session: AsyncSession,
    application: Application,
    qualification_id: UUID,
    shown: Shown,
    verdict: Verdict,
    *,
    because: str,
    gaps: str = "",
    officer: Account,
    by: Process,
) -> Proposal:
    """Keep what was seen and found; the verdict waits for a second person.

    Raises NotFromAbroad, NotAwarded, FeeFirst, GapsUnsaid, or AlreadyProposed.
    """
    await application.lock(session)
    must_be_assessing(application, officer)
    qualification = await qualification_in(session, application, qualification_id)
    if not qualification.from_abroad:
        raise NotFromAbroad(qualification)
    if qualification.awarded_on is None:
        raise NotAwarded(qualification)
    if application.scrutiny_waits:
        raise FeeFirst(application)
    partial = verdict is Verdict.PARTIAL
    if partial and not gaps:
        raise GapsUnsaid
    scrutiny = Scrutiny(
        id=uuid4(),
        application_id=application.id,
        qualification_id=qualification.id,
        statement_reference=shown.statement_reference,
        statement_on=shown.statement_on,
        statement_level=shown.statement_level,
        practice_on=shown.practice_on,
        translation=shown.translation,
        verdict=verdict,
        practice_from_id=by.say(TextKind.INTERNAL, shown.practice_from).id,
        because_id=by.say(TextKind.INTERNAL, because).id,
        gaps_id=by.say(TextKind.INTERNAL, gaps).id if partial else None,
        scrutinised_at=by.at,
        account_id=officer.id,
        process=by,
    )
    session.add(scrutiny)
    application.tell(
        AssessmentEvent.QUALIFICATION_SCRUTINISED,
        by=by,
        qualification=qualification.id,
        verdict=verdict,
    )
    return await put_to_second(
        session,
        application,
        qualification,
        verdict,
        Route.OVERSEAS,
        proposer=officer,
        by=by,
    )


@dataclass(frozen=True)
class Scrutinised:
    """A scrutiny with its words."""

    scrutiny: Scrutiny
    practice_from: str
    because: str
    gaps: str


async def scrutinies_of(
    session: AsyncSession, application: Application, qualification_id: UUID
) -> Sequence[Scrutinised]:
    """The newest first."""
    found = await session.scalars(
        select(Scrutiny)
        .where(
            Scrutiny.application_id == application.id,
            Scrutiny.qualification_id == qualification_id,
        )
        .options(
            joinedload(Scrutiny.account),
            joinedload(Scrutiny.process).selectinload(Process.texts),
        )
        .order_by(Scrutiny.scrutinised_at.desc(), Scrutiny.id)
    )
    return [_with_words(one, one.process.texts) for one in found]


def _with_words(scrutiny: Scrutiny, texts: Sequence[ProcessText]) -> Scrutinised:
    """What was erased since is empty."""
    words = {text.id: text.words for text in texts}
    return Scrutinised(
        scrutiny,
        words.get(scrutiny.practice_from_id, ""),
        words.get(scrutiny.because_id, ""),
        words.get(scrutiny.gaps_id, "") if scrutiny.gaps_id else "",
    )
