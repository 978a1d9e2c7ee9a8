"""Disclosure: what the registrant was given to read on a day, until when they may comment, and what they said.

It holds versions of allegations, not allegations: what changed since is not what they answered.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Table,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from fitness.case import Case, CaseEventKind, Stage, say
from fitness.investigation.allegation import (
    Allegation,
    AllegationVersion,
    particulars_whole,
)
from fitness.investigation.drawn import Drawn, draw
from fitness.investigation.evidence import CaseEvidence, Level
from fitness.investigation.served import CaseService, NotToldYet, ServiceKind
from fitness.notice_template import NoticeKind
from fitness.numbers import next_number
from register.kit import files
from register.kit.clock import day_of, last_second_of
from register.kit.db import Base
from register.kit.errors import NotFound, Refused
from register.kit.files import StoredFile
from register.kit.security.sealing import seal, unseal
from register.kit.uploads import Received
from register.notice import last_day
from register.process import Process

TABLE, COLUMN = "case_comment", "sealed"


disclosed_versions = Table(
    "disclosure_allegation",
    Base.metadata,
    Column("disclosure_id", Uuid, ForeignKey("disclosure.id"), primary_key=True),
    Column("case_id", Uuid, ForeignKey("fitness_case.id"), nullable=False),
    Column(
        "version_id",
        Uuid,
        ForeignKey("allegation_version.id"),
        primary_key=True,
        index=True,
    ),
)
disclosed_evidence = Table(
    "disclosure_evidence",
    Base.metadata,
    Column("disclosure_id", Uuid, ForeignKey("disclosure.id"), primary_key=True),
    Column("case_id", Uuid, ForeignKey("fitness_case.id"), nullable=False),
    Column(
        "evidence_id",
        Uuid,
        ForeignKey("case_evidence.id"),
        primary_key=True,
        index=True,
    ),
)


class NothingToDisclose(Refused):
    def __init__(self) -> None:
        super().__init__("Choose at least one allegation to disclose.")


class KeptFromThem(Refused):
    def __init__(self, labels: Collection[str]) -> None:
        self.labels = labels
        super().__init__(
            f"{', '.join(labels)} cannot be disclosed: it is kept from the registrant."
        )


class NotReadableYet(Refused):
    def __init__(self, labels: Collection[str]) -> None:
        self.labels = labels
        super().__init__(
            f"{', '.join(labels)} cannot be disclosed: its file is still being checked, or cannot be read."
        )


class NoMoreTime(Refused):
    def __init__(self, comment_by: date) -> None:
        self.comment_by = comment_by
        super().__init__("More time must end after the last day that there is now.")


class Disclosure(Base):
    __tablename__ = "disclosure"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    disclosed_at: Mapped[datetime]
    comment_by: Mapped[date]
    """The last day: the time ends at 23:59:59 Europe/London."""

    process: Mapped[Process] = relationship(lazy="raise")
    versions: Mapped[list[AllegationVersion]] = relationship(
        lazy="raise", secondary=disclosed_versions, viewonly=True
    )
    evidence: Mapped[list[CaseEvidence]] = relationship(
        lazy="raise",
        secondary=disclosed_evidence,
        order_by=CaseEvidence.number,
        viewonly=True,
    )
    services: Mapped[list[CaseService]] = relationship(
        lazy="raise", order_by=CaseService.handed_over_at.desc()
    )
    """The latest first."""
    comments: Mapped[list["CaseComment"]] = relationship(
        lazy="raise", order_by="CaseComment.sent_at", viewonly=True
    )

    __table_args__ = (UniqueConstraint("case_id", "number"),)

    @classmethod
    async def draw(
        cls,
        session: AsyncSession,
        case: Case,
        allegations: Sequence[Allegation],
        evidence: Sequence[CaseEvidence],
        *,
        by_post: bool = False,
        now: datetime,
    ) -> Drawn:
        """The notice with which it would be served.

        Raises NotNow, NotToldYet, NothingToDisclose, KeptFromThem, NotReadableYet or CannotBeServed.
        """
        case.must_be(Stage.INVESTIGATION)
        if case.told_at is None:
            raise NotToldYet
        if not allegations:
            raise NothingToDisclose
        _must_be_open_to_them(evidence)
        return await _draw(session, case, by_post=by_post, now=now)

    @classmethod
    async def disclose(
        cls,
        session: AsyncSession,
        case: Case,
        allegations: Sequence[Allegation],
        evidence: Sequence[CaseEvidence],
        *,
        by_post: bool = False,
        by: Process,
    ) -> Self:
        """What the allegations are now; raises what `draw` does."""
        drawn = await cls.draw(
            session, case, allegations, evidence, by_post=by_post, now=by.at
        )
        disclosure = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            process=by,
            disclosed_at=by.at,
        )
        service = await CaseService.serve(
            session,
            case,
            ServiceKind.DISCLOSURE,
            drawn,
            disclosure_id=disclosure.id,
            by=by,
        )
        days = case.rule_set.rules.investigation_comment_days
        disclosure.comment_by = last_day(service.deemed_on, days)
        session.add(disclosure)
        await session.flush()
        await disclosure._hold(session, allegations, evidence)
        case.tell(
            session,
            CaseEventKind.DISCLOSED,
            by=by,
            disclosure=disclosure.number,
            until=disclosure.comment_by,
        )
        return disclosure

    async def _hold(
        self,
        session: AsyncSession,
        allegations: Sequence[Allegation],
        evidence: Sequence[CaseEvidence],
    ) -> None:
        same = {"disclosure_id": self.id, "case_id": self.case_id}
        await session.execute(
            disclosed_versions.insert(),
            [{**same, "version_id": one.current.id} for one in allegations],
        )
        if evidence:
            await session.execute(
                disclosed_evidence.insert(),
                [{**same, "evidence_id": one.id} for one in evidence],
            )

    async def draw_by_post(
        self, session: AsyncSession, case: Case, *, now: datetime
    ) -> Drawn:
        """As `serve_by_post` would serve it; raises NotNow or CannotBeServed."""
        case.must_be(Stage.INVESTIGATION)
        return await _draw(session, case, by_post=True, now=now)

    async def serve_by_post(
        self, session: AsyncSession, case: Case, *, by: Process
    ) -> CaseService:
        """Once more, after what did not do: the time to comment runs anew, and is never shorter than it was."""
        drawn = await self.draw_by_post(session, case, now=by.at)
        service = await CaseService.serve(
            session,
            case,
            ServiceKind.DISCLOSURE,
            drawn,
            disclosure_id=self.id,
            by=by,
        )
        days = case.rule_set.rules.investigation_comment_days
        self.comment_by = max(self.comment_by, last_day(service.deemed_on, days))
        return service

    def give_time(
        self,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        until: date,
        by: Process,
    ) -> None:
        """Raises NotNow or NoMoreTime."""
        case.must_be(Stage.INVESTIGATION)
        if until <= max(self.comment_by, day_of(by.at)):
            raise NoMoreTime(self.comment_by)
        self.comment_by = until
        case.tell(
            session,
            CaseEventKind.TIME_GIVEN,
            by=by,
            disclosure=self.number,
            until=until,
            text=say(session, case.id, words, by=by).id,
        )

    @property
    def alleged(self) -> list[AllegationVersion]:
        """By the numbers of their allegations."""
        return sorted(self.versions, key=lambda one: one.allegation.number)

    @property
    def comment_until(self) -> datetime:
        """The last second."""
        return last_second_of(self.comment_by)

    def late(self, day: date) -> bool:
        return day > self.comment_by

    async def comment(
        self,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        file: Received | None = None,
        came_on: date | None = None,
        by: Process,
    ) -> "CaseComment":
        """Late ones are taken, and marked, as long as the case is investigated. Raises NotNow.

        A file counts towards what we keep for the case. Of what came by post one of us writes it down.
        """
        case.must_be(Stage.INVESTIGATION)
        stored = (
            await files.keep(session, file, owner=case.id, now=by.at) if file else None
        )
        comment = CaseComment(
            id=uuid4(),
            case_id=case.id,
            disclosure_id=self.id,
            process=by,
            sent_at=by.at,
            came_on=came_on,
            late=self.late(came_on or day_of(by.at)),
            file=stored,
        )
        comment.sealed = seal(
            words.encode(), table=TABLE, column=COLUMN, row=str(comment.id)
        )
        session.add(comment)
        case.tell(
            session,
            CaseEventKind.COMMENTED,
            by=by,
            disclosure=self.number,
            comment=comment.id,
            late=comment.late,
        )
        return comment


class CaseComment(Base):
    """As it was sent: sealed, and only added. What comes after the first adds to it."""

    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    disclosure_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    sent_at: Mapped[datetime]
    """When we had it here; what came by post was recorded then."""
    came_on: Mapped[date | None]
    """The day on which it came by post."""
    late: Mapped[bool] = mapped_column(Boolean)
    sealed: Mapped[bytes]
    file_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("stored_file.id"), unique=True
    )

    process: Mapped[Process] = relationship(lazy="raise")
    file: Mapped[StoredFile | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint(
            "came_on <= (sent_at at time zone 'Europe/London')::date", name="came"
        ),
    )

    @property
    def words(self) -> str:
        return unseal(
            self.sealed, table=TABLE, column=COLUMN, row=str(self.id)
        ).decode()


def _must_be_open_to_them(evidence: Sequence[CaseEvidence]) -> None:
    """Raises KeptFromThem or NotReadableYet."""
    if kept := [one.label for one in evidence if one.level is not Level.OPEN]:
        raise KeptFromThem(kept)
    if shut := [one.label for one in evidence if one.file and not one.file.readable]:
        raise NotReadableYet(shut)


async def _draw(
    session: AsyncSession, case: Case, *, by_post: bool, now: datetime
) -> Drawn:
    days = case.rule_set.rules.investigation_comment_days
    return await draw(
        session, case, NoticeKind.DISCLOSURE, {}, days=days, by_post=by_post, now=now
    )


async def disclosures_of(session: AsyncSession, case_id: UUID) -> Sequence[Disclosure]:
    """The latest first, with what was disclosed and what was said to it."""
    found = await session.scalars(
        select(Disclosure)
        .where(Disclosure.case_id == case_id)
        .options(
            selectinload(Disclosure.versions).options(
                joinedload(AllegationVersion.allegation), particulars_whole()
            ),
            selectinload(Disclosure.evidence).options(
                joinedload(CaseEvidence.text), joinedload(CaseEvidence.file)
            ),
            selectinload(Disclosure.services).options(joinedload(CaseService.message)),
            selectinload(Disclosure.comments).options(joinedload(CaseComment.file)),
        )
        .order_by(Disclosure.number.desc())
    )
    return found.all()


async def disclosure_in(
    session: AsyncSession, case_id: UUID, number: int
) -> Disclosure:
    """Raises NotFound."""
    for disclosure in await disclosures_of(session, case_id):
        if disclosure.number == number:
            return disclosure
    raise NotFound


async def was_disclosed(session: AsyncSession, evidence_id: UUID) -> bool:
    found = select(disclosed_evidence.c.disclosure_id).where(
        disclosed_evidence.c.evidence_id == evidence_id
    )
    return await session.scalar(found.limit(1)) is not None
