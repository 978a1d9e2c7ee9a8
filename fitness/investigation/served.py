"""What was served on the registrant in a case: how, when it counts as having come, and whether it did.

An e-mail says no more than that there is something to read. A letter tells that there is a case, and nothing of what it is
about; no page of ours keeps what it said. None is listed with what else was written to the person, where others would find it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.post import Message, MessageState, post, silenced
from register.kit.settings import settings
from register.notice import CannotBeServed, ServiceMethod, deemed_on, left_on
from register.person import survivor
from register.process import Process
from register.reaching import way_to

ASTRAY = (MessageState.FAILED, MessageState.STOPPED)


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
    DECISION = "decision"
    """Of a panel."""


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
    """Of a notice or a decision: what the registrant reads."""
    method: Mapped[ServiceMethod] = mapped_column(code(ServiceMethod, "method"))
    message_id: Mapped[UUID]
    """What was sent, and where to: the outbox keeps it, and knows whether it came."""
    handed_over_at: Mapped[datetime]
    deemed_on: Mapped[date]
    """The day on which it counts as served."""

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")
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
        case.must_be(Stage.INVESTIGATION)
        earlier = await services_of(session, case.id, kind=ServiceKind.NOTICE)
        if earlier and not earlier[0].astray:
            raise ToldAlready
        service = await cls.serve(
            session,
            case,
            ServiceKind.NOTICE,
            text=say(session, case.id, words, by=by),
            by_post=by_post,
            by=by,
        )
        case.told_at = case.told_at or by.at
        return service

    @classmethod
    async def serve(
        cls,
        session: AsyncSession,
        case: Case,
        kind: ServiceKind,
        *,
        text: CaseText | None = None,
        disclosure_id: UUID | None = None,
        by_post: bool = False,
        by: Process,
        **facts: Any,
    ) -> Self:
        """Hand over what says that there is something to read; raises CannotBeServed. `facts`: what a letter says besides."""
        person_id = await survivor(session, case.person_id)
        way = await way_to(session, person_id, by_post=by_post)
        if way is None or await silenced(session, person_id):
            raise CannotBeServed
        method, service_id = ServiceMethod.by(way.channel), uuid4()
        message_id = await post(
            session,
            to=way.to,
            channel=way.channel,
            letter=LETTERS[kind, method],
            context={
                "reference": case.reference,
                "account": way.account,
                "contact": settings().contact_email,
                **facts,
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
            method=method,
            message_id=message_id,
            handed_over_at=by.at,
            deemed_on=deemed_on(left_on(by.at, method), method),
        )
        session.add(service)
        case.tell(
            session,
            CaseEventKind.SERVED,
            by=by,
            of=kind,
            service=service.id,
            method=method,
            deemed_on=service.deemed_on,
        )
        return service


LETTERS = {
    **{(kind, ServiceMethod.EMAIL): "something_to_read" for kind in ServiceKind},
    (ServiceKind.NOTICE, ServiceMethod.POST): "fitness/notice_of_investigation",
    (ServiceKind.DISCLOSURE, ServiceMethod.POST): "fitness/disclosure",
    (ServiceKind.EXAMINATION, ServiceMethod.POST): "fitness/examination",
    (ServiceKind.PROPOSAL, ServiceMethod.POST): "fitness/proposal",
    (ServiceKind.HEARING, ServiceMethod.POST): "fitness/hearing",
    (ServiceKind.PANEL, ServiceMethod.POST): "fitness/panel",
    (ServiceKind.DECISION, ServiceMethod.POST): "fitness/decision",
}


def told_late(case: Case, today: date) -> bool:
    """Told after the last day, or not yet although it is over."""
    if case.tell_by is None:
        return False
    return (day_of(case.told_at) if case.told_at else today) > case.tell_by


async def services_of(
    session: AsyncSession, case_id: UUID, *, kind: ServiceKind | None = None
) -> Sequence[CaseService]:
    """The latest first, with what was sent and what it says."""
    found = (
        select(CaseService)
        .where(CaseService.case_id == case_id)
        .options(joinedload(CaseService.text), joinedload(CaseService.message))
        .order_by(CaseService.handed_over_at.desc(), CaseService.id)
    )
    if kind:
        found = found.where(CaseService.kind == kind)
    return (await session.scalars(found)).all()
