"""What was served on the registrant in a case: how, when it counts as having come, and whether it did.

An e-mail says no more than that there is something to read. A letter tells that there is a case, and nothing of what it is
about; no page of ours keeps what it said. None is listed with what else was written to the person, where others would find it.
What is served is kept as it was filled in, with the version of its template.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.investigation.drawn import ERASED, Drawn, draw
from fitness.notice_template import Gap, NoticeKind, NoticeTemplate, Reading
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.post import ASTRAY, Message, post
from register.kit.settings import settings
from register.notice import ServiceMethod, left_on
from register.process import Process


class ServiceKind(StrEnum):
    NOTICE = "notice"
    """Of the investigation."""
    DISCLOSURE = "disclosure"
    EXAMINATION = "examination"
    """What the case examiners decided."""
    PROPOSAL = "proposal"
    """Of theirs, which the registrant may accept."""
    HEARING = "hearing"
    """Notice of a hearing, on the day that it has now."""
    PANEL = "panel"
    """Who sits on it since notice was given."""
    DIRECTIONS = "directions"
    """What is to be done before a hearing."""
    DECISION = "decision"
    """Of a panel."""
    ORDER = "order"
    """That one is in force, or has ended."""
    EARLY_REVIEW = "early_review"
    """What we answer to whoever asked for one."""
    PUBLICATION = "publication"
    """What the public will read."""
    LEAVING = "leaving"
    """What was decided about leaving the register."""


class ToldAlready(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The registrant has been given notice of this investigation, and it has not come back."
        )


class NotToldYet(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The registrant must be given notice of the investigation before anything is disclosed to them."
        )


class CaseService(Base):
    """One row each time; the database refuses to change one."""

    __tablename__ = "case_service"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    kind: Mapped[ServiceKind] = mapped_column(code(ServiceKind, "kind"))
    disclosure_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("disclosure.id"), index=True
    )
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """Of a notice or a decision: what somebody wrote for it alone."""
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice_template.id"))
    """None of what was served before there were templates."""
    filled_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What the registrant reads."""
    letter_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What a letter says of it, if it has to go by post one day."""
    again_of: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_service.id"), unique=True
    )
    """What did not arrive, and is served again by this."""
    about_id: Mapped[UUID | None]
    """The order, the publication or the direction that it tells of. No key: of which it is, the kind says."""
    method: Mapped[ServiceMethod] = mapped_column(code(ServiceMethod, "method"))
    message_id: Mapped[UUID]
    """What was sent, and where to: the outbox keeps it, and knows whether it came."""
    handed_over_at: Mapped[datetime]
    deemed_on: Mapped[date]
    """The day on which it counts as served."""

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=text_id)
    template: Mapped[NoticeTemplate | None] = relationship(lazy="raise")
    filled: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=filled_id)
    letter: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=letter_id)
    message: Mapped[Message | None] = relationship(
        lazy="raise",
        viewonly=True,
        primaryjoin=lambda: foreign(CaseService.message_id) == Message.id,
    )
    """None once it is not kept any more."""

    __table_args__ = (
        CheckConstraint(
            "(kind = 'disclosure') = (disclosure_id is not null)", name="disclosure"
        ),
        CheckConstraint(
            "deemed_on > (handed_over_at at time zone 'Europe/London')::date",
            name="served",
        ),
    )

    @hybrid_property
    def astray(self) -> bool:
        """It did not arrive."""
        return self.message is not None and self.message.state in ASTRAY

    @astray.inplace.expression
    @classmethod
    def _astray_in_sql(cls) -> ColumnElement[bool]:
        return exists().where(Message.id == cls.message_id, Message.state.in_(ASTRAY))

    @property
    def left_on(self) -> date:
        return left_on(self.handed_over_at, self.method)

    def reading(self, case: Case) -> Reading:
        """As the registrant reads it; raises NotFound of what was served before there were templates."""
        if self.template is None:
            raise NotFound
        return Reading(
            self.template.title,
            case.reference,
            self.method,
            day_of(self.handed_over_at),
            self.deemed_on,
            self.filled.words if self.filled else ERASED,
        )

    @classmethod
    async def draw_notice(
        cls,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        by_post: bool = False,
        now: datetime,
    ) -> Drawn:
        """As `give_notice` would serve it; raises what it does."""
        case.must_be(Stage.INVESTIGATION)
        earlier = await services_of(session, case.id, kind=ServiceKind.NOTICE)
        if earlier and not earlier[0].astray:
            raise ToldAlready
        said = {Gap.OUR_WORDS: words}
        return await draw(
            session, case, NoticeKind.INVESTIGATION, said, by_post=by_post, now=now
        )

    @classmethod
    async def give_notice(
        cls,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        by_post: bool = False,
        by: Process,
    ) -> Self:
        """That we investigate, again only where the last one went astray; raises NotNow, ToldAlready or CannotBeServed."""
        drawn = await cls.draw_notice(session, case, words, by_post=by_post, now=by.at)
        text = say(session, case.id, words, by=by)
        service = await cls.serve(
            session, case, ServiceKind.NOTICE, drawn, text=text, by=by
        )
        case.told_at = case.told_at or by.at
        return service

    @classmethod
    async def serve(
        cls,
        session: AsyncSession,
        case: Case,
        kind: ServiceKind,
        drawn: Drawn,
        *,
        text: CaseText | None = None,
        disclosure_id: UUID | None = None,
        again_of: UUID | None = None,
        about_id: UUID | None = None,
        by: Process,
    ) -> Self:
        """Hand over what says that there is something to read, and keep what there is."""
        service_id, wording = uuid4(), drawn.template.wording
        by_email = drawn.method is ServiceMethod.EMAIL
        message_id = await post(
            session,
            to=drawn.way.to,
            channel=drawn.way.channel,
            letter="fitness/something_to_read" if by_email else "fitness/notice",
            context={
                "subject": wording.email_subject,
                "words": wording.email_words if by_email else drawn.worded.letter,
                "reference": case.reference,
                "account": drawn.way.account,
                "contact": settings().contact_email,
            },
            key=f"case_service:{service_id}",
            now=by.at,
        )
        assert message_id is not None  # noqa: S101 - its key is new
        service = cls(
            id=service_id,
            case_id=case.id,
            kind=kind,
            disclosure_id=disclosure_id,
            process=by,
            text=text,
            template=drawn.template,
            filled=say(session, case.id, drawn.words, by=by),
            letter=say(session, case.id, drawn.worded.letter, by=by),
            again_of=again_of,
            about_id=about_id,
            method=drawn.method,
            message_id=message_id,
            handed_over_at=by.at,
            deemed_on=drawn.deemed_on,
        )
        session.add(service)
        case.tell(
            session,
            CaseEventKind.SERVED,
            by=by,
            of=kind,
            service=service.id,
            template=drawn.template.number,
            method=drawn.method,
            deemed_on=service.deemed_on,
        )
        return service


def told_late(case: Case, today: date) -> bool:
    """Told after the last day, or not yet although it is over."""
    if case.tell_by is None:
        return False
    return (day_of(case.told_at) if case.told_at else today) > case.tell_by


AS_READ = (
    joinedload(CaseService.text),
    joinedload(CaseService.template),
    joinedload(CaseService.filled),
    joinedload(CaseService.message),
)
"""All that a page shows of one."""


async def services_of(
    session: AsyncSession, case_id: UUID, *, kind: ServiceKind | None = None
) -> Sequence[CaseService]:
    """The latest first, with what was sent and what it says."""
    found = (
        select(CaseService)
        .where(CaseService.case_id == case_id)
        .options(*AS_READ)
        .order_by(CaseService.handed_over_at.desc(), CaseService.id)
    )
    if kind:
        found = found.where(CaseService.kind == kind)
    return (await session.scalars(found)).all()


async def service_in(
    session: AsyncSession, case_id: UUID, service_id: UUID
) -> CaseService:
    """Raises NotFound."""
    found = await session.scalar(
        select(CaseService)
        .where(CaseService.case_id == case_id, CaseService.id == service_id)
        .options(*AS_READ)
    )
    if found is None:
        raise NotFound
    return found
