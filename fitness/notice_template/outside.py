"""What was told to whoever raised a concern, or employs the registrant: by which version, to whom, and whether it came."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, foreign, joinedload, mapped_column, relationship

from fitness.notice_template.kind import Gap, NoticeKind
from fitness.notice_template.reading import Outside
from fitness.notice_template.template import NoticeTemplate, current
from register.kit.db import Base
from register.kit.post import ASTRAY, Message, Ours, post
from register.process import Process

BY_EMAIL = {
    NoticeKind.REGISTER_CHANGED: "fitness/register_changed",
}
ABOUT_A_CONCERN = "fitness/about_a_concern"


class OutsideNotice(Base):
    """One row each time; the database refuses to change one."""

    __tablename__ = "outside_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    concern_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("concern.id"), index=True
    )
    case_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("fitness_case.id"), index=True
    )
    template_id: Mapped[UUID] = mapped_column(ForeignKey("notice_template.id"))
    message_id: Mapped[UUID] = mapped_column(unique=True)
    """What was sent, and where to: the outbox keeps it, and knows whether it came."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    sent_at: Mapped[datetime]

    process: Mapped[Process] = relationship(lazy="raise")
    template: Mapped[NoticeTemplate] = relationship(lazy="raise")
    message: Mapped[Message | None] = relationship(
        lazy="raise",
        viewonly=True,
        primaryjoin=lambda: foreign(OutsideNotice.message_id) == Message.id,
    )
    """None once it is not kept any more."""

    __table_args__ = (
        CheckConstraint("num_nonnulls(concern_id, case_id) = 1", name="about"),
    )

    @property
    def astray(self) -> bool:
        """It did not arrive."""
        return self.message is not None and self.message.state in ASTRAY


async def tell_outside(
    session: AsyncSession,
    kind: NoticeKind,
    said: Mapping[Gap, str],
    *,
    to: str,
    key: str,
    concern_id: UUID | None = None,
    case_id: UUID | None = None,
    by: Process,
) -> None:
    """By e-mail, once for each key; of one concern, or of one case."""
    template = await current(session, kind)
    told = Outside(template.wording, said)
    message_id = await post(
        session,
        to=to,
        letter=BY_EMAIL.get(kind, ABOUT_A_CONCERN),
        context={
            "subject": told.subject,
            "words": Ours(told.words),
        },
        key=key,
        now=by.at,
    )
    if message_id:
        session.add(
            OutsideNotice(
                concern_id=concern_id,
                case_id=case_id,
                template=template,
                message_id=message_id,
                process=by,
                sent_at=by.at,
            )
        )


async def draw_outside(
    session: AsyncSession, kind: NoticeKind, said: Mapping[Gap, str]
) -> Outside:
    """As `tell_outside` would tell it."""
    return Outside((await current(session, kind)).wording, said)


async def told_outside(
    session: AsyncSession, about: ColumnElement[bool]
) -> Sequence[OutsideNotice]:
    """Those of which that is true, the latest first, with what was sent."""
    found = await session.scalars(
        select(OutsideNotice)
        .where(about)
        .options(joinedload(OutsideNotice.template), joinedload(OutsideNotice.message))
        .order_by(OutsideNotice.sent_at.desc(), OutsideNotice.id)
    )
    return found.all()
