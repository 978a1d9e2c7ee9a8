"""Templates of notices: a version each time, that nobody alters. The newest of its kind is the one by which is served."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, Uuid, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from fitness.notice_template.kind import NoticeKind
from fitness.notice_template.wording import Wording, must_be_whole
from register.kit.db import Base, code
from register.kit.errors import NotFound


class NoticeTemplate(Base):
    """The first of each came with the service; of any other the database refuses an approver who wrote it."""

    __tablename__ = "notice_template"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[NoticeKind] = mapped_column(code(NoticeKind, "kind"))
    number: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    deadline: Mapped[str]
    basis: Mapped[str]
    email_subject: Mapped[str]
    email_words: Mapped[str]
    letter_words: Mapped[str]
    published_at: Mapped[datetime]
    touched: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """Everybody who wrote on it."""
    approver_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        UniqueConstraint("kind", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("approver_id <> all (touched)", name="two_people"),
        CheckConstraint(
            "(number = 1) = (approver_id is null) and (number = 1) = (cardinality(touched) = 0)",
            name="approved",
        ),
    )

    @property
    def wording(self) -> Wording:
        return Wording(
            **{name: getattr(self, name) for name in Wording.__struct_fields__}
        )

    @classmethod
    async def publish(
        cls,
        session: AsyncSession,
        kind: NoticeKind,
        wording: Wording,
        *,
        touched: Collection[UUID],
        approver_id: UUID | None,
        now: datetime,
    ) -> Self:
        """Raises WrongGaps."""
        must_be_whole(kind, wording)
        before = await current(session, kind)
        template = cls(
            id=uuid4(),
            kind=kind,
            number=before.number + 1,
            published_at=now,
            touched=sorted(touched),
            approver_id=approver_id,
            **{name: getattr(wording, name) for name in Wording.__struct_fields__},
        )
        session.add(template)
        await session.flush()
        return template


async def versions(session: AsyncSession, kind: NoticeKind) -> Sequence[NoticeTemplate]:
    """The latest first."""
    found = await session.scalars(
        select(NoticeTemplate)
        .where(NoticeTemplate.kind == kind)
        .order_by(NoticeTemplate.number.desc())
    )
    return found.all()


async def current(session: AsyncSession, kind: NoticeKind) -> NoticeTemplate:
    found = await session.scalar(
        select(NoticeTemplate)
        .where(NoticeTemplate.kind == kind)
        .order_by(NoticeTemplate.number.desc())
        .limit(1)
    )
    assert found is not None  # noqa: S101 - the first came with the service
    return found


async def version(
    session: AsyncSession, kind: NoticeKind, number: int
) -> NoticeTemplate:
    """Raises NotFound."""
    found = await session.scalar(
        select(NoticeTemplate).where(
            NoticeTemplate.kind == kind, NoticeTemplate.number == number
        )
    )
    if found is None:
        raise NotFound
    return found


async def catalogue(session: AsyncSession) -> dict[NoticeKind, NoticeTemplate]:
    """The current of each kind, in the order of the kinds."""
    found = await session.scalars(
        select(NoticeTemplate).order_by(NoticeTemplate.number)
    )
    by_kind = {one.kind: one for one in found}
    return {kind: by_kind[kind] for kind in NoticeKind}
