"""Cases that belong together: linked while both go on, or joined so that one goes on for both."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fitness.case.acts import CaseEventKind
from fitness.case.case import Case
from fitness.case.history import say
from fitness.case.state import ClosedBecause, Stage
from fitness.case.taking import concerns_of
from register.kit.db import Base
from register.kit.errors import Refused
from register.person import survivor
from register.process import Process

OPEN = tuple(stage for stage in Stage if stage is not Stage.CLOSED)


class NotWithItself(Refused):
    def __init__(self) -> None:
        super().__init__("A case cannot be linked or joined with itself.")


class LinkedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("These two cases are linked already.")


class AboutAnother(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Only cases about one person can be joined. Link those about different people."
        )


class CaseLink(Base):
    """Of two cases, the one with the lower id first. Seen by whoever may know of both."""

    __tablename__ = "case_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    linked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("case_id < other_id", name="order"),
        CheckConstraint("ended_at >= linked_at", name="ended"),
        Index(
            "case_link_once",
            "case_id",
            "other_id",
            unique=True,
            postgresql_where="ended_at is null",
        ),
    )

    @classmethod
    async def make(
        cls, session: AsyncSession, case: Case, other: Case, *, words: str, by: Process
    ) -> Self:
        """Raises NotWithItself or LinkedAlready."""
        if case.id == other.id:
            raise NotWithItself
        first, second = sorted((case, other), key=lambda one: one.id)
        if await link_between(session, first, second):
            raise LinkedAlready
        link = cls(
            id=uuid4(),
            case_id=first.id,
            other_id=second.id,
            process=by,
            linked_at=by.at,
        )
        session.add(link)
        for one in (first, second):
            text = say(session, one.id, words, by=by)
            one.tell(session, CaseEventKind.LINKED, by=by, link=link.id, text=text.id)
        return link

    def end(self, session: AsyncSession, cases: Sequence[Case], *, by: Process) -> None:
        self.ended_at = by.at
        for one in cases:
            one.tell(session, CaseEventKind.UNLINKED, by=by, link=self.id)


async def link_between(
    session: AsyncSession, case: Case, other: Case
) -> CaseLink | None:
    first, second = sorted((case.id, other.id))
    found: CaseLink | None = await session.scalar(
        select(CaseLink).where(
            CaseLink.case_id == first,
            CaseLink.other_id == second,
            CaseLink.ended_at.is_(None),
        )
    )
    return found


async def linked_with(session: AsyncSession, case: Case) -> Sequence[Case]:
    """Those of which the reader may know, by reference."""
    found = await session.scalars(
        select(Case)
        .join(CaseLink, or_(CaseLink.case_id == Case.id, CaseLink.other_id == Case.id))
        .where(
            or_(CaseLink.case_id == case.id, CaseLink.other_id == case.id),
            CaseLink.ended_at.is_(None),
            Case.id != case.id,
        )
        .order_by(Case.reference)
    )
    return found.all()


async def join(
    session: AsyncSession, case: Case, into: Case, *, words: str, by: Process
) -> None:
    """End one case in another about the same person, which takes its concerns.

    Raises NotWithItself, AboutAnother, NotNow or OnlyRestoration.
    """
    if case.id == into.id:
        raise NotWithItself
    if await survivor(session, case.person_id) != await survivor(
        session, into.person_id
    ):
        raise AboutAnother
    into.must_be(*OPEN)
    for one in (case, into):
        one.must_not_restore()
    text = say(session, case.id, words, by=by)
    case.tell(session, CaseEventKind.JOINED, by=by, to=into.reference, text=text.id)
    into.tell(session, CaseEventKind.JOINED, by=by, came=case.reference)
    for concern in await concerns_of(session, case):
        concern.case_id = into.id
    await case.close(session, ClosedBecause.JOINED, by=by, joined_to=into.id)
