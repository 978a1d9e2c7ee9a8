"""The documents of a docket: numbered in their case, each made from what the case holds, each at a level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Select, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.docket.level import Audience, Level, may_have, may_stand_at
from fitness.docket.paper import Paper, allegations_now, chronology_at, disclosed
from fitness.docket.redaction import Redaction
from fitness.investigation.disclosure import CaseComment, Disclosure
from fitness.investigation.evidence import CaseEvidence, Kept
from fitness.numbers import next_number
from register.account import Account
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.files import StoredFile
from register.kit.security.sealing import seal, unseal
from register.process import Process

TABLE, COLUMN = "docket_document", "sealed"
OVER = (Stage.TRIAGE, Stage.CLOSED)
"""There is no docket before a case is investigated, and none is worked on when it is over."""


class MadeFrom(StrEnum):
    EVIDENCE = "evidence"
    """A file of the evidence log."""
    COMMENT = "comment"
    """A file of the registrant."""
    ALLEGATIONS = "allegations"
    DISCLOSURE = "disclosure"
    CHRONOLOGY = "chronology"

    @property
    def ours(self) -> bool:
        return self not in {MadeFrom.EVIDENCE, MadeFrom.COMMENT}


class NothingToShow(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This has no file that can be read, so it cannot be a document of the docket."
        )


class MoreOpenThanKept(Refused):
    def __init__(self, level: Level, kept: Kept | None) -> None:
        self.level, self.kept = level, kept
        super().__init__(
            "What it is made from is kept for a reason that allows no level as open as this."
        )


class DrawnUpForFewer(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The chronology was drawn up for this level and holds what others may not have. Add another one instead."
        )


class NothingWithheld(Refused):
    def __init__(self) -> None:
        super().__init__("These words do not stand in the document.")


class TakenOut(Refused):
    def __init__(self) -> None:
        super().__init__("This document has been taken out of the docket.")


@dataclass(frozen=True)
class Matter:
    """What a document is to be made from."""

    of: MadeFrom
    evidence: CaseEvidence | None = None
    comment: CaseComment | None = None
    disclosure: Disclosure | None = None

    @property
    def file(self) -> StoredFile | None:
        held = self.evidence or self.comment
        return held.file if held else None

    @property
    def kept(self) -> Kept | None:
        return self.evidence.kept if self.evidence else None


class DocketDocument(Base):
    """What it is made from never changes, nor what we wrote in it; who may have it may."""

    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    made_from: Mapped[MadeFrom] = mapped_column(code(MadeFrom, "made_from"))
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_evidence.id"))
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_comment.id"))
    disclosure_id: Mapped[UUID | None] = mapped_column(ForeignKey("disclosure.id"))
    level: Mapped[Level] = mapped_column(code(Level, "level"))
    dated_on: Mapped[date | None]
    """None where nobody knows."""
    sealed: Mapped[bytes | None]
    """Of our own: what it says."""
    added_at: Mapped[datetime]
    taken_out_at: Mapped[datetime | None]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    title_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    evidence: Mapped[CaseEvidence | None] = relationship(lazy="raise")
    comment: Mapped[CaseComment | None] = relationship(lazy="raise")
    disclosure: Mapped[Disclosure | None] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")
    words: Mapped[CaseText | None] = relationship(lazy="raise")
    redactions: Mapped[list[Redaction]] = relationship(
        lazy="raise", order_by=Redaction.number, viewonly=True
    )

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint(
            "(made_from = 'evidence') = (evidence_id is not null) and (made_from = 'comment') = (comment_id is not null) "
            "and (made_from = 'disclosure') = (disclosure_id is not null)",
            name="source",
        ),
        CheckConstraint(
            "(made_from in ('evidence', 'comment')) = (sealed is null)", name="ours"
        ),
        CheckConstraint("taken_out_at >= added_at", name="order"),
    )

    @classmethod
    async def add(
        cls,
        session: AsyncSession,
        case: Case,
        matter: Matter,
        *,
        title: str,
        level: Level,
        by: Process,
    ) -> Self:
        """Raises NotNow, NothingToShow or MoreOpenThanKept."""
        must_be_open(case)
        if not matter.of.ours and (matter.file is None or not matter.file.readable):
            raise NothingToShow
        if not may_stand_at(level, matter.kept):
            raise MoreOpenThanKept(level, matter.kept)
        document = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            made_from=matter.of,
            evidence_id=matter.evidence.id if matter.evidence else None,
            comment_id=matter.comment.id if matter.comment else None,
            disclosure_id=matter.disclosure.id if matter.disclosure else None,
            level=level,
            dated_on=_day_of(matter, by),
            added_at=by.at,
            process=by,
            words=say(session, case.id, title, by=by),
        )
        if matter.of.ours:
            paper = await _paper_of(session, case, matter, level)
            document.sealed = seal(
                paper.packed(), table=TABLE, column=COLUMN, row=str(document.id)
            )
        session.add(document)
        case.tell(
            session,
            CaseEventKind.DOCUMENT_ADDED,
            by=by,
            document=document.number,
            docket_level=level,
        )
        return document

    @property
    def title(self) -> str:
        return self.words.words if self.words else "Untitled"

    @property
    def file(self) -> StoredFile | None:
        held = self.evidence or self.comment
        return held.file if held else None

    @property
    def kept(self) -> Kept | None:
        """As it is now: evidence may be kept from the registrant after it came into the docket."""
        return self.evidence.kept if self.evidence else None

    @property
    def paper(self) -> Paper:
        """Of our own."""
        if self.sealed is None:
            raise NotFound
        return Paper.unpacked(
            unseal(self.sealed, table=TABLE, column=COLUMN, row=str(self.id))
        )

    @property
    def waiting(self) -> list[Redaction]:
        return [one for one in self.redactions if one.waits]

    @property
    def withheld(self) -> list[Redaction]:
        return [one for one in self.redactions if one.holds]

    @property
    def audiences(self) -> list[Audience]:
        return [one for one in Audience if self.goes_to(one)]

    def goes_to(self, audience: Audience) -> bool:
        return may_have(audience, self.level, self.kept)

    def must_be_in(self) -> None:
        if self.taken_out_at:
            raise TakenOut

    def set_level(
        self,
        session: AsyncSession,
        case: Case,
        level: Level,
        *,
        words: str,
        by: Process,
    ) -> None:
        """Raises NotNow, TakenOut, MoreOpenThanKept or DrawnUpForFewer."""
        must_be_open(case)
        self.must_be_in()
        if not may_stand_at(level, self.kept):
            raise MoreOpenThanKept(level, self.kept)
        if (
            self.made_from is MadeFrom.CHRONOLOGY
            and not level.audiences <= self.level.audiences
        ):
            raise DrawnUpForFewer
        self.level = level
        case.tell(
            session,
            CaseEventKind.DOCUMENT_LEVEL_SET,
            by=by,
            document=self.number,
            docket_level=level,
            text=say(session, case.id, words, by=by).id,
        )

    def take_out(
        self, session: AsyncSession, case: Case, *, words: str, by: Process
    ) -> None:
        """Bundles that were made keep it, and its number is given to no other; raises NotNow or TakenOut."""
        must_be_open(case)
        self.must_be_in()
        self.taken_out_at = by.at
        case.tell(
            session,
            CaseEventKind.DOCUMENT_TAKEN_OUT,
            by=by,
            document=self.number,
            text=say(session, case.id, words, by=by).id,
        )

    async def withhold(
        self,
        session: AsyncSession,
        case: Case,
        places: Sequence[Sequence[int]],
        *,
        page: int | None = None,
        because: Kept,
        author: Account,
        by: Process,
    ) -> Redaction:
        """For somebody else to acknowledge; raises NotNow, TakenOut or NothingWithheld."""
        must_be_open(case)
        self.must_be_in()
        if page is None and not places:
            raise NothingWithheld
        redaction = Redaction(
            id=uuid4(),
            case_id=case.id,
            document_id=self.id,
            number=await next_number(
                session, Redaction.number, Redaction.document_id, self.id
            ),
            page=page,
            places=[list(place) for place in places],
            because=because,
            author_id=author.id,
            proposed_at=by.at,
            process=by,
        )
        session.add(redaction)
        case.tell(
            session,
            CaseEventKind.REDACTION_PROPOSED,
            by=by,
            document=self.number,
            redaction=redaction.id,
        )
        await session.flush()
        return redaction


def must_be_open(case: Case) -> None:
    """Raises NotNow."""
    case.must_be(*(stage for stage in Stage if stage not in OVER))


def _day_of(matter: Matter, by: Process) -> date | None:
    if matter.evidence:
        return matter.evidence.dated_on
    if matter.comment:
        return matter.comment.came_on or day_of(matter.comment.sent_at)
    return day_of(matter.disclosure.disclosed_at if matter.disclosure else by.at)


async def _paper_of(
    session: AsyncSession, case: Case, matter: Matter, level: Level
) -> Paper:
    if matter.disclosure:
        return await disclosed(session, case, matter.disclosure)
    if matter.of is MadeFrom.CHRONOLOGY:
        return await chronology_at(session, case, level)
    return await allegations_now(session, case)


async def docket_of(
    session: AsyncSession,
    case_id: UUID,
    *,
    all_of_it: bool = False,
    anew: bool = False,
) -> Sequence[DocketDocument]:
    """What stands in it, in the order of the numbers; `all_of_it`: with what was taken out; `anew`: whatever is known already."""
    found = _of_case(case_id).execution_options(populate_existing=anew)
    if not all_of_it:
        found = found.where(DocketDocument.taken_out_at.is_(None))
    return (await session.scalars(found)).all()


async def document_in(
    session: AsyncSession, case_id: UUID, number: int
) -> DocketDocument:
    """With who proposed what is withheld of it; raises NotFound."""
    authors = selectinload(DocketDocument.redactions).joinedload(Redaction.author)
    document = await session.scalar(
        _of_case(case_id).where(DocketDocument.number == number).options(authors)
    )
    if document is None:
        raise NotFound
    return document


def _of_case(case_id: UUID) -> Select[DocketDocument]:
    return (
        select(DocketDocument)
        .where(DocketDocument.case_id == case_id)
        .options(
            joinedload(DocketDocument.words),
            joinedload(DocketDocument.disclosure),
            joinedload(DocketDocument.evidence).joinedload(CaseEvidence.file),
            joinedload(DocketDocument.comment).joinedload(CaseComment.file),
            selectinload(DocketDocument.redactions),
        )
        .order_by(DocketDocument.number)
    )
