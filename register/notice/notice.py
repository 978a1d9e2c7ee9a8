"""A notice: what we are minded to decide and why, how it was served, until when it may be answered, and what became of it."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from register.entry import Entry, RemovalReason
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.post import ASTRAY, Message
from register.kit.security import codes
from register.kit.security.keys import keyed_hash, signing_key
from register.notice.acts import NoticeEvent
from register.notice.service import ServiceMethod, deemed_on, last_day, left_on
from register.person import Person
from register.process import Fact, Process, ProcessText
from register.proposal import Proposal
from register.reaching import Way, way_to, write_to
from register.request import Request, RequestKind
from register.rule_set import RuleSet


class NoticeKind(StrEnum):
    """Called as the proposals to give them are."""

    MINDED_TO_REFUSE = "minded_to_refuse"
    MINDED_TO_CONDITION = "minded_to_condition"
    MINDED_TO_REMOVE = "minded_to_remove"


class NoticeOutcome(StrEnum):
    CARRIED_OUT = "carried_out"
    CHANGED = "changed"
    """Something else was decided, or another notice took its place."""
    DROPPED = "dropped"


class CannotBeServed(Refused):
    """Nobody can be reached: there is no account and no address, or nothing may be written to them."""

    def __init__(self) -> None:
        super().__init__(
            "There is no address to which this notice can be sent, so it cannot be served. "
            "Record an address for letters on the page of the person first."
        )


class NoticeEnded(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A decision has been made, so this notice cannot be answered any more."
        )


class StillTime(Refused):
    def __init__(self, notice: "Notice") -> None:
        self.notice = notice
        super().__init__(
            "There is still time to answer the notice, so nothing can be decided yet."
        )


class Notice(Base):
    """Of a decision on an application, or on an entry."""

    __tablename__ = "notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[NoticeKind] = mapped_column(code(NoticeKind))
    application_id: Mapped[UUID | None] = mapped_column(index=True)
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    because: Mapped[RemovalReason | None] = mapped_column(
        code(RemovalReason, "because")
    )
    """Of a removal."""
    condition_id: Mapped[UUID | None]
    """That was not met."""
    grounds: Mapped[list[Any]]
    """Of a decision on an application, as codes and dates: the reasons to refuse, or the conditions."""
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("process_text.id", ondelete="SET NULL")
    )
    """Why, in words that the person reads."""
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id"), unique=True)
    """For representations, until the last day to send them."""
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"))
    method: Mapped[ServiceMethod] = mapped_column(code(ServiceMethod, "method"))
    message_id: Mapped[UUID]
    """What was sent, and where to: the outbox keeps it, and knows whether it came."""
    sent_at: Mapped[datetime]
    deemed_on: Mapped[date]
    """The day on which it counts as served."""
    code_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """Of the code in a letter, by which it is answered without an account."""
    outcome: Mapped[NoticeOutcome | None] = mapped_column(
        code(NoticeOutcome, "outcome")
    )
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")
    entry: Mapped[Entry | None] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    request: Mapped[Request] = relationship(lazy="raise")
    text: Mapped[ProcessText | None] = relationship(lazy="raise")
    message: Mapped[Message | None] = relationship(
        lazy="raise",
        viewonly=True,
        primaryjoin=lambda: foreign(Notice.message_id) == Message.id,
    )
    """None once it is not kept any more."""

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("num_nonnulls(application_id, entry_id) = 1", name="about"),
        CheckConstraint(
            "(kind = 'minded_to_remove') = (entry_id is not null) and (entry_id is null) = (because is null)",
            name="removal",
        ),
        CheckConstraint("(ended_at is null) = (outcome is null)", name="ended"),
        CheckConstraint("code_hash is null or method = 'post'", name="code_hash"),
        CheckConstraint(
            "deemed_on > (sent_at at time zone 'Europe/London')::date", name="served"
        ),
        Index(
            "notice_one_open",
            "application_id",
            "entry_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where="ended_at is null",
        ),
        Index("notice_open", "deemed_on", "id", postgresql_where="ended_at is null"),
    )

    @classmethod
    async def serve(
        cls,
        session: AsyncSession,
        proposal: Proposal,
        *,
        rule_set: RuleSet,
        entry: Entry | None = None,
        because: RemovalReason | None = None,
        condition_id: UUID | None = None,
        grounds: Sequence[Any] = (),
        text_id: UUID | None = None,
        letter: dict[str, Any],
        by: Process,
    ) -> Self:
        """Send it, and let the time to answer run from the day of service; one that was open before has changed.

        Raises CannotBeServed.
        """
        kind, notice_id = NoticeKind(proposal.kind), uuid4()
        assert proposal.person_id is not None  # noqa: S101 - each is about somebody
        way = await way_to(session, proposal.person_id)
        if way is None:
            raise CannotBeServed
        entry_id = entry.id if entry else None
        if earlier := await open_notice(
            session, application_id=proposal.application_id, entry_id=entry_id
        ):
            earlier.end(NoticeOutcome.CHANGED, by=by)
            await session.flush()
        due_on = last_day(_served_on(way, by.at), rule_set.rules.representations_days)
        request = await Request.ask(
            session,
            RequestKind.REPRESENTATIONS,
            application_id=proposal.application_id,
            entry_id=entry_id,
            person_id=proposal.person_id,
            items=[],
            due_on=due_on,
            by=by,
        )
        notice = cls(
            id=notice_id,
            kind=kind,
            application_id=proposal.application_id,
            entry=entry,
            person_id=proposal.person_id,
            because=because,
            condition_id=condition_id,
            grounds=list(grounds),
            text_id=text_id,
            proposal=proposal,
            request=request,
            rule_set_id=rule_set.id,
        )
        await notice._send(session, way, letter, by=by)
        session.add(notice)
        await session.flush()
        return notice

    async def serve_by_post(
        self, session: AsyncSession, *, letter: dict[str, Any], by: Process
    ) -> None:
        """Once more, after an e-mail or a letter that did not do: the time to answer runs anew from when this one counts.

        Raises NoticeEnded, AlreadyEnded or CannotBeServed.
        """
        self.must_be_open()
        way = await way_to(session, self.person_id, by_post=True)
        if way is None:
            raise CannotBeServed
        rules = (await session.get_one(RuleSet, self.rule_set_id)).rules
        due_on = last_day(_served_on(way, by.at), rules.representations_days)
        self.request.move(due_on, by=by)
        await self._send(session, way, letter, by=by)
        await session.flush()
        await session.refresh(self, ["message"])

    async def _send(
        self, session: AsyncSession, way: Way, letter: dict[str, Any], *, by: Process
    ) -> None:
        method = ServiceMethod.by(way.channel)
        code = codes.draw(CODE_LENGTH) if method is ServiceMethod.POST else None
        message_id = await write_to(
            session,
            self.person_id,
            f"notice_{self.kind}",
            context={"notice_id": self.id, "due_on": self.respond_by, **letter},
            key=f"notice_{self.kind}:{self.id}:{by.id}",
            way=way,
            secret=codes.grouped(code) if code else None,
            application_id=self.application_id,
            now=by.at,
        )
        if message_id is None:
            raise CannotBeServed
        self.method, self.message_id, self.sent_at = method, message_id, by.at
        self.code_hash = hash_of(code) if code else None
        self.deemed_on = _served_on(way, by.at)
        self.tell(
            NoticeEvent.SERVED,
            by=by,
            of=self.kind,
            method=method,
            message=message_id,
            deemed_on=self.deemed_on,
        )

    @hybrid_property
    def open(self) -> bool:
        return self.ended_at is None

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.ended_at.is_(None)

    @hybrid_property
    def not_served(self) -> bool:
        """What was sent did not arrive, and nobody has answered it: no time to answer has begun."""
        astray = self.message is not None and self.message.state in ASTRAY
        return astray and not self.heard

    @not_served.inplace.expression
    @classmethod
    def _not_served_in_sql(cls) -> ColumnElement[bool]:
        return exists().where(
            Message.id == cls.message_id,
            Message.state.in_(ASTRAY),
            Request.id == cls.request_id,
            Request.open,
        )

    @property
    def left_on(self) -> date:
        """The day on which it was posted, or the e-mail sent."""
        return left_on(self.sent_at, self.method)

    @property
    def respond_by(self) -> date:
        """The last day; what comes later counts too as long as nothing is decided."""
        return self.request.due_on

    @property
    def heard(self) -> bool:
        """Answered, or the time to do so is over."""
        return not self.request.open

    @property
    def took_a_step(self) -> set[UUID]:
        """Who proposed the notice and who approved it: neither decides what comes of it."""
        approver = self.proposal.approver_id
        return {*self.proposal.touched, *([approver] if approver else [])}

    def days_left(self, today: date) -> int:
        return max(0, (self.respond_by - today).days)

    def must_be_open(self) -> None:
        if not self.open:
            raise NoticeEnded

    def must_be_heard(self) -> None:
        self.must_be_open()
        if not self.heard:
            raise StillTime(self)

    def end(self, outcome: NoticeOutcome, *, by: Process) -> None:
        """What was decided in the end; what is still awaited is awaited no longer."""
        self.must_be_open()
        self.outcome, self.ended_at = outcome, by.at
        if self.request.open:
            self.request.replace(by=by)
        self.tell(NoticeEvent.ENDED, by=by, outcome=outcome)

    def tell(self, event: NoticeEvent, *, by: Process, **facts: Fact) -> None:
        by.tell(
            event,
            person_id=self.person_id,
            application_id=self.application_id,
            notice=self.id,
            **facts,
        )

    async def write(
        self,
        session: AsyncSession,
        letter: str,
        *,
        of: UUID,
        now: datetime,
        **more: Any,
    ) -> None:
        """Post a letter about it, once for each `of`."""
        await write_to(
            session,
            self.person_id,
            letter,
            context={"notice_id": self.id, "due_on": self.respond_by, **more},
            key=f"{letter}:{of}",
            application_id=self.application_id,
            now=now,
        )


CODE_LENGTH = 12
"""Sixty bits, and few tries: nobody finds one by guessing."""


def _served_on(way: Way, sent_at: datetime) -> date:
    method = ServiceMethod.by(way.channel)
    return deemed_on(left_on(sent_at, method), method)


def hash_of(code: str) -> bytes:
    return keyed_hash(signing_key("notice-code"), code)


async def open_notice(
    session: AsyncSession,
    *,
    application_id: UUID | None = None,
    entry_id: UUID | None = None,
) -> Notice | None:
    """On which nothing is decided yet, answered or not."""
    found: Notice | None = await session.scalar(
        select(Notice)
        .options(*WHOLE)
        .where(
            Notice.application_id.is_not_distinct_from(application_id),
            Notice.entry_id.is_not_distinct_from(entry_id),
            Notice.open,
        )
    )
    return found


WHOLE = (
    joinedload(Notice.person),
    joinedload(Notice.entry),
    joinedload(Notice.proposal),
    joinedload(Notice.request),
    joinedload(Notice.text),
    joinedload(Notice.message),
)
