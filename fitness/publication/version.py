"""A version of a publication: what it says, who wrote it, and what a second person said to it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fitness.case import CaseText, say
from fitness.publication.matter import HearingKind
from fitness.publication.state import Because, State
from register.kit.db import Base, code
from register.process import Process


@dataclass(frozen=True)
class Heard:
    """When and where somebody will be heard; without a place by video."""

    kind: HearingKind
    first: date
    last: date
    place: str = ""


class PublicationVersion(Base):
    """Its words are never changed once it has gone to a second person."""

    __tablename__ = "publication_version"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"))
    number: Mapped[int]
    state: Mapped[State] = mapped_column(code(State, "state"))
    health: Mapped[bool]
    """Health alone was the ground: that there is a restriction is published, and no word of why."""
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    not_before: Mapped[date | None]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    touched: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """Everybody who wrote any of it or sent it on; the database refuses each of them as the second person."""
    written_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    proposed_at: Mapped[datetime | None]
    approver_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    remark_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What the second person wants done, or why it was taken down."""
    withdrawn_at: Mapped[datetime | None]
    because: Mapped[Because | None] = mapped_column(code(Because, "because"))

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=text_id)
    remark: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=remark_id)
    notice: Mapped["HearingNotice | None"] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("publication_id", "number"),
        CheckConstraint(
            "approver_id <> author_id and approver_id <> all (touched)",
            name="two_people",
        ),
        CheckConstraint("author_id = any (touched)", name="author"),
        CheckConstraint(
            "(state in ('drafted', 'proposed')) = (approver_id is null) and (approver_id is null) = (decided_at is null)",
            name="decided",
        ),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at is not null) and (withdrawn_at is null) = (because is null)",
            name="withdrawn",
        ),
        CheckConstraint("not health or text_id is null", name="health"),
        Index(
            "publication_version_open",
            "publication_id",
            unique=True,
            postgresql_where="state in ('drafted', 'proposed')",
        ),
        Index(
            "publication_version_waiting",
            "proposed_at",
            "id",
            postgresql_where="state = 'proposed'",
        ),
    )

    @property
    def words(self) -> str:
        return self.text.words if self.text else ""

    @property
    def heard(self) -> Heard | None:
        return self.notice.heard if self.notice else None

    def touch(self, account_id: UUID) -> None:
        self.touched = sorted({*self.touched, account_id})

    def hear(
        self, session: AsyncSession, case_id: UUID, heard: Heard, *, by: Process
    ) -> None:
        notice = self.notice or HearingNotice(version_id=self.id, case_id=case_id)
        notice.kind, notice.first_day, notice.last_day = (
            heard.kind,
            heard.first,
            heard.last,
        )
        notice.by_video = not heard.place
        notice.place = (
            say(session, case_id, heard.place, by=by) if heard.place else None
        )
        self.notice = notice


class HearingNotice(Base):
    """What the public may know of a hearing beforehand; the words of its version are the allegation."""

    __tablename__ = "hearing_notice"

    version_id: Mapped[UUID] = mapped_column(
        ForeignKey("publication_version.id"), primary_key=True
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    kind: Mapped[HearingKind] = mapped_column(code(HearingKind, "kind"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    by_video: Mapped[bool]
    place_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    place: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("not by_video or place_id is null", name="place"),
    )

    @property
    def heard(self) -> Heard:
        place = self.place.words if self.place else ""
        return Heard(self.kind, self.first_day, self.last_day, place)
