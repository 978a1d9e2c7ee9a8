"""The decision of two examiners who agree: written by one of them, and confirmed by the other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.examination.examination import Examination, examined_versions
from fitness.examination.outcome import FOR_MONTHS, ON_TERMS, Outcome, Terms
from fitness.examination.view import Given
from fitness.investigation.allegation import AllegationVersion, Ground
from fitness.numbers import next_number
from fitness.order import Measure, WordsNeeded
from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.process import Process


class NotAgreed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The two examiners have not agreed on this, or one of them has changed their view since."
        )


class DraftedMeanwhile(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The decision has been written anew since you read it. Read it before you go on."
        )


class OwnDraft(Refused):
    def __init__(self) -> None:
        super().__init__("You wrote this decision. The other examiner confirms it.")


class NothingToPublish(Refused):
    def __init__(self) -> None:
        super().__init__("Write what the public will read of the decision.")


class ExaminationDecision(Base):
    """The last one that was written counts; once confirmed it is never changed."""

    __tablename__ = "examination_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    examination_id: Mapped[UUID] = mapped_column(ForeignKey("examination.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    number: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(code(Outcome, "outcome"))
    measure: Mapped[Measure | None] = mapped_column(code(Measure, "measure"))
    months: Mapped[int | None]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    """Who wrote it."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    drafted_at: Mapped[datetime]
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """The reasons; where more is to be found out, what."""
    wording_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """Of the order: what the register says."""
    public_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What the public reads of the decision, if the registrant accepts it."""
    health: Mapped[bool]
    """Health is the only ground of what is alleged: then the public reads no words (domain.md 8)."""
    confirmer_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=text_id)
    wording: Mapped[CaseText | None] = relationship(
        lazy="raise", foreign_keys=wording_id
    )
    public: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=public_id)

    __table_args__ = (
        UniqueConstraint("examination_id", "number"),
        CheckConstraint(
            "(confirmer_id is null) = (confirmed_at is null) and confirmer_id <> account_id and confirmed_at >= drafted_at",
            name="confirmed",
        ),
        CheckConstraint(ON_TERMS, name="terms"),
        CheckConstraint(FOR_MONTHS, name="months"),
    )

    @classmethod
    async def draft(
        cls,
        session: AsyncSession,
        case: Case,
        examination: Examination,
        account: Account,
        *,
        words: str,
        wording: str = "",
        public: str = "",
        read: int,
        by: Process,
    ) -> Self:
        """`read`: the number of the last one that they know of, or 0. As the service, with the case locked.

        Raises NotNow, ExaminationOver, WaitsForTheRegistrant, NotFound, NotAgreed, DraftedMeanwhile, WordsNeeded or
        NothingToPublish.
        """
        case.must_be(Stage.EXAMINATION)
        terms = await _agreed(session, examination, account)
        latest = await decision_of(session, examination)
        if (latest.number if latest else 0) != read:
            raise DraftedMeanwhile
        worded = terms.measure if terms.measure and terms.measure.worded else None
        if worded and not wording:
            raise WordsNeeded(worded)
        proposed = terms.outcome is Outcome.DISPOSAL
        health = await only_health(session, examination)
        if proposed and not public and not health:
            raise NothingToPublish

        def said(text: str) -> CaseText | None:
            return say(session, case.id, text, by=by) if text else None

        decision = cls(
            id=uuid4(),
            examination_id=examination.id,
            case_id=case.id,
            number=await next_number(
                session, cls.number, cls.examination_id, examination.id
            ),
            outcome=terms.outcome,
            measure=terms.measure,
            months=terms.months,
            account_id=account.id,
            process=by,
            drafted_at=by.at,
            text=said(words),
            wording=said(wording) if worded else None,
            public=said(public) if proposed and not health else None,
            health=health,
        )
        session.add(decision)
        case.tell(session, CaseEventKind.DECISION_DRAFTED, by=by, account=account.id)
        await session.flush()
        return decision

    async def confirm(
        self,
        session: AsyncSession,
        case: Case,
        examination: Examination,
        account: Account,
        *,
        by: Process,
    ) -> None:
        """Raises what `draft` does, and OwnDraft. What follows from it is carried out apart."""
        case.must_be(Stage.EXAMINATION)
        terms = await _agreed(session, examination, account)
        latest = await decision_of(session, examination)
        if latest is None or latest.id != self.id or self.confirmed_at:
            raise DraftedMeanwhile
        if self.account_id == account.id:
            raise OwnDraft
        if self.terms != terms:
            raise NotAgreed
        self.confirmer_id, self.confirmed_at = account.id, by.at
        await session.flush()

    @property
    def terms(self) -> Terms:
        return Terms(self.outcome, self.measure, self.months)


async def only_health(session: AsyncSession, examination: Examination) -> bool:
    grounds = await session.scalars(
        select(AllegationVersion.grounds)
        .join(examined_versions, examined_versions.c.version_id == AllegationVersion.id)
        .where(examined_versions.c.examination_id == examination.id)
    )
    return {ground for each in grounds for ground in each} == {Ground.HEALTH}


async def _agreed(
    session: AsyncSession, examination: Examination, account: Account
) -> Terms:
    """Between those who examine the case now, of whom the account is one."""
    examination.must_be_theirs()
    given = await Given.of(session, examination)
    if account.id not in given.views:
        raise NotFound
    if given.agreed is None:
        raise NotAgreed
    return given.agreed


async def decisions_of(
    session: AsyncSession, examination: Examination
) -> Sequence[ExaminationDecision]:
    """The latest first."""
    found = await session.scalars(
        select(ExaminationDecision)
        .where(ExaminationDecision.examination_id == examination.id)
        .options(
            joinedload(ExaminationDecision.text),
            joinedload(ExaminationDecision.wording),
            joinedload(ExaminationDecision.public),
        )
        .order_by(ExaminationDecision.number.desc())
        .execution_options(populate_existing=True)
    )
    return found.all()


async def decision_of(
    session: AsyncSession, examination: Examination
) -> ExaminationDecision | None:
    """The latest, confirmed or not."""
    found = await decisions_of(session, examination)
    return found[0] if found else None
