"""Examinations: a case with its investigator's report, laid before two case examiners, until something is decided.

What is examined are versions of allegations, as they were when the report was written, each disclosed to the registrant before.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.examination.outcome import Outcome
from fitness.investigation.allegation import (
    AllegationVersion,
    allegations_of,
    particulars_whole,
)
from fitness.investigation.disclosure import disclosures_of
from fitness.investigation.hold import hold_of
from fitness.numbers import next_number
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.process import Process

examined_versions = Table(
    "examination_allegation",
    Base.metadata,
    Column("examination_id", Uuid, ForeignKey("examination.id"), primary_key=True),
    Column("case_id", Uuid, ForeignKey("fitness_case.id"), nullable=False),
    Column(
        "version_id",
        Uuid,
        ForeignKey("allegation_version.id"),
        primary_key=True,
        index=True,
    ),
)


class NothingToExamine(Refused):
    def __init__(self) -> None:
        super().__init__(
            "There is no allegation for the case examiners to decide on. Draw one up and disclose it first."
        )


class NotDisclosed(Refused):
    def __init__(self, numbers: Collection[int]) -> None:
        self.numbers = numbers
        each = " and ".join(map(str, numbers))
        super().__init__(
            f"Allegation {each} has not been disclosed to the registrant as it is now."
        )


class MayStillComment(Refused):
    def __init__(self, comment_by: date) -> None:
        self.comment_by = comment_by
        super().__init__(
            "The registrant has not commented on all that was disclosed, and may still do so in time."
        )


class OnHold(Refused):
    def __init__(self) -> None:
        super().__init__("The investigation is on hold. End the hold first.")


class ExaminationOver(Refused):
    def __init__(self) -> None:
        super().__init__("The case examiners have decided on this case already.")


class WaitsForTheRegistrant(Refused):
    def __init__(self) -> None:
        super().__init__("The registrant has not answered the proposal yet.")


class Examination(Base):
    __tablename__ = "examination"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """The report of the investigator."""
    began_at: Mapped[datetime]
    target_on: Mapped[date]
    """The day by which we mean to have decided."""
    views_since: Mapped[datetime]
    """A view given before is nobody's last word: the registrant has asked for something else since."""
    waiting_since: Mapped[datetime | None]
    """For what the registrant says to a proposal."""
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(code(Outcome, "outcome"))

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")
    versions: Mapped[list[AllegationVersion]] = relationship(
        lazy="raise", secondary=examined_versions, viewonly=True
    )

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(ended_at is null) = (outcome is null)", name="ended"),
        CheckConstraint(
            "ended_at >= began_at and views_since >= began_at and waiting_since >= began_at",
            name="order",
        ),
        Index(
            "examination_one_open",
            "case_id",
            unique=True,
            postgresql_where="ended_at is null",
        ),
    )

    @classmethod
    async def begin(
        cls, session: AsyncSession, case: Case, report: str, *, by: Process
    ) -> Self:
        """Close the investigation with its report; raises NotNow, OnHold, NothingToExamine, NotDisclosed or MayStillComment."""
        case.must_be(Stage.INVESTIGATION)
        if await hold_of(session, case.id):
            raise OnHold
        versions = await _disclosed(session, case, on=day_of(by.at))
        days = case.rule_set.rules.examination_target_days
        examination = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            process=by,
            text=say(session, case.id, report, by=by),
            began_at=by.at,
            target_on=day_of(by.at) + timedelta(days=days),
            views_since=by.at,
        )
        session.add(examination)
        await session.flush()
        same = {"examination_id": examination.id, "case_id": case.id}
        await session.execute(
            examined_versions.insert(),
            [{**same, "version_id": one.id} for one in versions],
        )
        case.move(session, Stage.EXAMINATION, by=by)
        case.tell(session, CaseEventKind.REPORTED, by=by, until=examination.target_on)
        await session.flush()
        return examination

    @property
    def alleged(self) -> list[AllegationVersion]:
        """By the numbers of their allegations."""
        return sorted(self.versions, key=lambda one: one.allegation.number)

    def must_go_on(self) -> None:
        if self.ended_at:
            raise ExaminationOver

    def must_be_theirs(self) -> None:
        """For the examiners to decide; raises ExaminationOver or WaitsForTheRegistrant."""
        self.must_go_on()
        if self.waiting_since:
            raise WaitsForTheRegistrant

    def end(self, outcome: Outcome, *, by: Process) -> None:
        self.must_go_on()
        self.ended_at, self.outcome, self.waiting_since = by.at, outcome, None

    def late(self, today: date) -> bool:
        return self.ended_at is None and today > self.target_on


async def _disclosed(
    session: AsyncSession, case: Case, *, on: date
) -> Sequence[AllegationVersion]:
    """What is alleged now, if the registrant has had all of it to comment on."""
    alleged = [
        one
        for one in await allegations_of(session, case.id)
        if one.withdrawn_at is None
    ]
    if not alleged:
        raise NothingToExamine
    disclosures = await disclosures_of(session, case.id)
    known = {version.id for one in disclosures for version in one.versions}
    if unknown := [one.number for one in alleged if one.current.id not in known]:
        raise NotDisclosed(unknown)
    for one in disclosures:
        if not one.comments and not one.late(on):
            raise MayStillComment(one.comment_by)
    return [one.current for one in alleged]


async def examinations_of(
    session: AsyncSession, case_id: UUID
) -> Sequence[Examination]:
    """The latest first: there are several where more had to be found out."""
    found = await session.scalars(
        select(Examination)
        .where(Examination.case_id == case_id)
        .options(
            joinedload(Examination.text),
            selectinload(Examination.versions).options(
                joinedload(AllegationVersion.allegation), particulars_whole()
            ),
        )
        .order_by(Examination.number.desc())
        .execution_options(populate_existing=True)
    )
    return found.all()


async def examination_of(session: AsyncSession, case_id: UUID) -> Examination:
    """The latest; raises NotFound where there has been none."""
    for examination in await examinations_of(session, case_id):
        return examination
    raise NotFound
