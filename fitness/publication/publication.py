"""Publications: what one of us writes for the public to read and a second person approves, version by version.

The words of a version stand in the case like all words of a case; what is approved is copied out of it (published.py).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from fitness.case import Case, CaseEventKind, say
from fitness.numbers import next_number
from fitness.order import CaseOrder, Ended
from fitness.publication.matter import Kind, Matter
from fitness.publication.state import (
    APPROVERS,
    Because,
    NothingToPublish,
    NothingWritten,
    NotPublished,
    NotToDecide,
    NotWaiting,
    PublishedAlready,
    State,
    Waits,
    WasQuashed,
    WroteIt,
)
from fitness.publication.version import Heard, HearingNotice, PublicationVersion
from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.security import codes
from register.process import Process

SLUG = 16
"""Characters, of 5 bits each."""


class Publication(Base):
    """About one order, another decision or one hearing. What the latest approved version says is published."""

    __tablename__ = "publication"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    kind: Mapped[Kind] = mapped_column(code(Kind, "kind"))
    slug: Mapped[str] = mapped_column(unique=True)
    matter: Mapped[Matter | None] = mapped_column(code(Matter, "matter"))
    order_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_order.id"), unique=True
    )
    decided_on: Mapped[date | None]
    """Of a decision that is no order."""
    hearing: Mapped[int | None]
    """Its number in the case."""
    followed: Mapped[int | None]
    """The version of the order by which the dates of what is published were last set."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    process: Mapped[Process] = relationship(lazy="raise")
    order: Mapped[CaseOrder | None] = relationship(lazy="raise")
    versions: Mapped[list[PublicationVersion]] = relationship(
        lazy="raise", order_by=PublicationVersion.number
    )

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        UniqueConstraint("case_id", "hearing"),
        CheckConstraint(
            "(kind = 'decision') = (matter is not null) and (kind = 'hearing') = (hearing is not null)",
            name="about",
        ),
        CheckConstraint(
            "(matter in ('restored', 'restoration_refused')) is true = (decided_on is not null) "
            "and (matter not in ('restored', 'restoration_refused')) is true = (order_id is not null)",
            name="decision",
        ),
    )

    @classmethod
    async def of_order(
        cls, session: AsyncSession, case: Case, order: CaseOrder, *, by: Process
    ) -> Self:
        """Raises NothingToPublish, WasQuashed or PublishedAlready."""
        if order.measure.interim:
            raise NothingToPublish
        if order.because is Ended.QUASHED:
            raise WasQuashed
        if await session.scalar(select(cls.id).where(cls.order_id == order.id)):
            raise PublishedAlready
        matter = Matter(order.measure)
        return await cls._begin(
            session,
            case,
            Kind.DECISION,
            by=by,
            matter=matter,
            order_id=order.id,
            order=order,
        )

    @classmethod
    async def of_restoration(
        cls,
        session: AsyncSession,
        case: Case,
        matter: Matter,
        *,
        decided_on: date,
        by: Process,
    ) -> Self:
        return await cls._begin(
            session, case, Kind.DECISION, by=by, matter=matter, decided_on=decided_on
        )

    @classmethod
    async def of_hearing(
        cls, session: AsyncSession, case: Case, hearing: int, *, by: Process
    ) -> Self:
        """`hearing`: its number in the case. Raises PublishedAlready."""
        if await session.scalar(
            select(cls.id).where(cls.case_id == case.id, cls.hearing == hearing)
        ):
            raise PublishedAlready
        return await cls._begin(session, case, Kind.HEARING, by=by, hearing=hearing)

    @classmethod
    async def _begin(
        cls, session: AsyncSession, case: Case, kind: Kind, *, by: Process, **about: Any
    ) -> Self:
        publication = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            kind=kind,
            slug=codes.draw(SLUG),
            process=by,
            versions=[],
            **{"order": None, **about},
        )
        session.add(publication)
        return publication

    @property
    def address(self) -> str:
        return f"{self.kind.path}/{self.slug}"

    @property
    def latest(self) -> PublicationVersion:
        return self.versions[-1]

    @property
    def approved(self) -> PublicationVersion | None:
        """What the public reads, or read until its time was over."""
        standing = [one for one in self.versions if one.state is State.APPROVED]
        return standing[-1] if standing else None

    async def write(
        self,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        author: Account,
        health: bool = False,
        heard: Heard | None = None,
        not_before: date | None = None,
        by: Process,
    ) -> PublicationVersion:
        """The draft anew, or the next version; raises Waits. `health`: it was the only ground, and there are no words."""
        draft = self._draft(case)
        draft.process = by
        draft.text = say(session, case.id, words, by=by) if words else None
        draft.author_id, draft.written_at = author.id, by.at
        draft.touch(author.id)
        draft.health, draft.not_before = health, not_before
        if heard:
            draft.hear(session, case.id, heard, by=by)
        self._tell(session, case, CaseEventKind.PUBLICATION_WRITTEN, by=by)
        await session.flush()
        return draft

    def _draft(self, case: Case) -> PublicationVersion:
        last = self.versions[-1] if self.versions else None
        if last and last.state is State.PROPOSED:
            raise Waits
        if last and last.state is State.DRAFTED:
            return last
        draft = PublicationVersion(
            id=uuid4(),
            case_id=case.id,
            number=len(self.versions) + 1,
            state=State.DRAFTED,
            touched=[],
            notice=None,
        )
        self.versions.append(draft)
        return draft

    def propose(
        self, session: AsyncSession, case: Case, *, proposer: Account, by: Process
    ) -> None:
        """Raises NothingWritten."""
        if not self.versions or self.latest.state is not State.DRAFTED:
            raise NothingWritten
        self.latest.state, self.latest.proposed_at = State.PROPOSED, by.at
        self.latest.touch(proposer.id)
        self._tell(session, case, CaseEventKind.PUBLICATION_PROPOSED, by=by)

    def why_not(self, account: Account) -> Refused | None:
        """What keeps this account from deciding, for the page that would offer it."""
        if not self.versions or self.latest.state is not State.PROPOSED:
            return NotWaiting()
        if not account.roles & APPROVERS:
            return NotToDecide()
        if account.id in self.latest.touched:
            return WroteIt()
        return None

    def approve(
        self, session: AsyncSession, case: Case, *, approver: Account, by: Process
    ) -> None:
        """Raises NotWaiting, NotToDecide or WroteIt. `publishing.publish` brings it before the public."""
        self._decide(State.APPROVED, approver, by)
        self._tell(session, case, CaseEventKind.PUBLICATION_APPROVED, by=by)

    def return_(
        self,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        approver: Account,
        by: Process,
    ) -> None:
        """`words`: what is still to be done. Raises what `approve` does."""
        self._decide(State.RETURNED, approver, by)
        self.latest.remark = text = say(session, case.id, words, by=by)
        self._tell(
            session, case, CaseEventKind.PUBLICATION_RETURNED, by=by, text=text.id
        )

    def _decide(self, state: State, approver: Account, by: Process) -> None:
        if refusal := self.why_not(approver):
            raise refusal
        self.latest.state, self.latest.approver_id = state, approver.id
        self.latest.decided_at = by.at

    def end(
        self,
        session: AsyncSession,
        case: Case,
        because: Because,
        *,
        words: str = "",
        by: Process,
    ) -> None:
        """Raises NotPublished. `publishing.withdraw` takes it from before the public."""
        if self.approved is None:
            raise NotPublished
        text = say(session, case.id, words, by=by) if words else None
        for version in self.versions:
            if version.state is State.APPROVED:
                version.state, version.withdrawn_at = State.WITHDRAWN, by.at
                version.because, version.remark = because, text
        said = {"text": text.id} if text else {}
        case.tell(
            session,
            CaseEventKind.PUBLICATION_WITHDRAWN,
            by=by,
            publication=self.number,
            because=because,
            **said,
        )

    def _tell(
        self,
        session: AsyncSession,
        case: Case,
        kind: CaseEventKind,
        *,
        by: Process,
        **said: UUID,
    ) -> None:
        case.tell(
            session,
            kind,
            by=by,
            publication=self.number,
            version=self.latest.number,
            **said,
        )


WHOLE = (
    joinedload(Publication.order),
    *(
        selectinload(Publication.versions).options(joinedload(what))
        for what in (PublicationVersion.text, PublicationVersion.remark)
    ),
    selectinload(Publication.versions).options(
        joinedload(PublicationVersion.notice).joinedload(HearingNotice.place)
    ),
)


async def publications_of(
    session: AsyncSession, case_id: UUID
) -> Sequence[Publication]:
    """The latest first."""
    found = await session.scalars(
        select(Publication)
        .where(Publication.case_id == case_id)
        .options(*WHOLE)
        .order_by(Publication.number.desc())
    )
    return found.all()


async def publication_in(
    session: AsyncSession, case_id: UUID, number: int
) -> Publication:
    """Raises NotFound."""
    found = await session.scalar(
        select(Publication)
        .where(Publication.case_id == case_id, Publication.number == number)
        .options(*WHOLE)
    )
    if found is None:
        raise NotFound
    return found
