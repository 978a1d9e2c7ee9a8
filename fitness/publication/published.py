"""What the public reads, in a table of its own: no case, no draft, no reason, nobody who works on it.

The public pages are in no capacity of the fence and need no hole in it. A row is written in the transaction of an approval, and
the database takes one only where a second person has approved the very words; after its time, or as it is withdrawn, nothing is
left of it but that there was something under the address.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column

from fitness.blocks import Block, blocks
from fitness.order import Decided
from fitness.publication.matter import HearingKind, Kind, Matter
from register.kit.clock import day_of
from register.kit.db import Base, code

A_MOMENT = timedelta(microseconds=1)


class Standing(StrEnum):
    """How it is with what was decided, in the order in which one hides the other."""

    APPEALED = "appealed"
    NOT_YET = "not_yet"
    """In force: the time to appeal runs."""
    IN_FORCE = "in_force"
    ENDED = "ended"


class Published(Base):
    __tablename__ = "published"

    slug: Mapped[str] = mapped_column(primary_key=True)
    """Drawn, so that nobody finds what is not listed yet, and says nothing of anybody."""
    kind: Mapped[Kind] = mapped_column(code(Kind, "kind"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    """Named as the register names them whenever somebody looks."""
    version: Mapped[int]
    shown_from: Mapped[datetime]
    shown_until: Mapped[datetime]
    approved_at: Mapped[datetime]
    words: Mapped[str | None]
    """None where health alone was the ground, and once its time is over."""
    health: Mapped[bool]

    matter: Mapped[Matter | None] = mapped_column(code(Matter, "matter"))
    decided_by: Mapped[Decided | None] = mapped_column(code(Decided, "decided_by"))
    decided_on: Mapped[date | None]
    appeal_by: Mapped[date | None]
    appealed: Mapped[bool] = mapped_column(default=False)
    """An appeal is open."""
    begins_at: Mapped[datetime | None]
    """When an order takes effect; None while nobody knows, and of what is no order."""
    ends_at: Mapped[datetime | None]

    hearing_kind: Mapped[HearingKind | None] = mapped_column(
        code(HearingKind, "hearing_kind")
    )
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    place: Mapped[str | None]
    """None of what is heard by video."""

    __table_args__ = (
        CheckConstraint(
            "(kind = 'decision') = (matter is not null) and (matter is null) = (decided_on is null)",
            name="decision",
        ),
        CheckConstraint(
            "(kind = 'hearing') = (hearing_kind is not null) and (hearing_kind is null) = (first_day is null) "
            "and (first_day is null) = (last_day is null) and first_day <= last_day",
            name="hearing",
        ),
        Index("published_listed", "kind", "shown_from", "slug"),
    )

    @property
    def address(self) -> str:
        return f"{self.kind.path}/{self.slug}"

    @hybrid_method
    def shown(self, now: datetime) -> bool:
        """In SQL too, so without chained comparisons."""
        return (self.shown_from <= now) & (self.shown_until > now)

    @property
    def until_on(self) -> date | None:
        """The last day of an order."""
        return day_of(self.ends_at - A_MOMENT) if self.ends_at else None

    @property
    def shown_to(self) -> date:
        """The last day on which anybody sees it."""
        return day_of(self.shown_until - A_MOMENT)

    def forget(self) -> None:
        """The words and the place: all that says more than that there was something."""
        self.words = self.place = None

    @property
    def blocks(self) -> list[Block]:
        return blocks(self.words or "")

    def heard_by(self, today: date) -> bool:
        """Whether the last day of a hearing is past."""
        return self.last_day is not None and self.last_day < today

    def standing(self, now: datetime) -> Standing | None:
        """None of what is no order."""
        if self.ends_at and self.ends_at <= now:
            return Standing.ENDED
        if self.appealed:
            return Standing.APPEALED
        if self.begins_at is None:
            return None
        return Standing.IN_FORCE if self.begins_at <= now else Standing.NOT_YET

    def in_force(self, now: datetime) -> bool:
        """Also while an appeal is open against what had taken effect before."""
        return (
            self.begins_at is not None
            and self.begins_at <= now
            and not (self.ends_at and self.ends_at <= now)
        )
