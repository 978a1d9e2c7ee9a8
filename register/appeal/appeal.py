"""Appeals: somebody disagrees with a decision about them, asks us to reconsider it, or appeals to adjudicators."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.appeal.acts import AppealEvent
from register.appeal.decision import Against, Decision, taken_by_a_panel
from register.application import Application
from register.assessment import last_day_to_appeal
from register.entry import Entry
from register.kit import files
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.files import StoredFile
from register.kit.post import post
from register.kit.uploads import Received
from register.part import Part
from register.person import Person
from register.process import Fact, Process, TextKind
from register.proposal import withdraw_waiting
from register.rule_set import Rules, RuleSet


class AppealKind(StrEnum):
    RECONSIDERATION = "reconsideration"
    """We look at it again ourselves."""
    APPEAL = "appeal"
    """Adjudicators decide."""


class AppealState(StrEnum):
    LATE = "late"
    """Lodged after the last day: a registrar lets it in or turns it away."""
    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    TURNED_AWAY = "turned_away"


class Outcome(StrEnum):
    STANDS = "stands"
    CHANGED = "changed"
    ALLOWED = "allowed"
    DISMISSED = "dismissed"
    REMITTED = "remitted"

    @property
    def leaves_it(self) -> bool:
        """Whether the decision stays as it was."""
        return self in {Outcome.STANDS, Outcome.DISMISSED}


class NotToBeAppealed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You have an appeal against this decision already, or have had one."
        )


class NotOpen(Refused):
    def __init__(self) -> None:
        super().__init__("This appeal is not open, so this cannot be done now.")


class NotLate(Refused):
    def __init__(self) -> None:
        super().__init__("This appeal was not lodged late, or that is settled already.")


class AlreadyAcknowledged(Refused):
    def __init__(self) -> None:
        super().__init__("The appellant has been told already that we have the appeal.")


class NoHearing(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A hearing is held for an appeal to adjudicators only, today or later."
        )


class Appeal(Base):
    __tablename__ = "appeal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[AppealKind] = mapped_column(code(AppealKind))
    against: Mapped[Against] = mapped_column(code(Against, "against"))
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    about_id: Mapped[UUID]
    """The application, the condition or the removal."""
    part: Mapped[Part] = mapped_column(code(Part, "part"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entry.id"))
    last_day: Mapped[date]
    """On which it could be lodged."""
    lodged_at: Mapped[datetime]
    lodged_in: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    """Its words are the grounds."""
    state: Mapped[AppealState] = mapped_column(code(AppealState, "state"))
    acknowledged_at: Mapped[datetime | None]
    hearing_on: Mapped[date | None]
    outcome: Mapped[Outcome | None] = mapped_column(code(Outcome, "outcome"))
    reasons_id: Mapped[UUID | None]
    """The words of why it was decided or turned away so, for the appellant."""
    ended_at: Mapped[datetime | None]
    ended_in: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")
    application: Mapped[Application | None] = relationship(lazy="raise")
    lodging: Mapped[Process] = relationship(lazy="raise", foreign_keys=[lodged_in])
    ending: Mapped[Process | None] = relationship(lazy="raise", foreign_keys=[ended_in])
    entry: Mapped[Entry | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(
            "(state in ('late', 'open')) = (ended_at is null) and (ended_at is null) = (ended_in is null)",
            name="ended",
        ),
        CheckConstraint("(state = 'decided') = (outcome is not null)", name="decided"),
        CheckConstraint(
            "(against = 'refusal') = (application_id is not null) and (application_id is null) = (entry_id is not null)",
            name="about",
        ),
        CheckConstraint(
            "kind = 'appeal' or (against = 'refusal' and hearing_on is null)",
            name="reconsidered",
        ),
        Index(
            "appeal_one_open",
            "about_id",
            unique=True,
            postgresql_where="state in ('late', 'open')",
        ),
        Index(
            "appeal_open",
            "lodged_at",
            "id",
            postgresql_where="state in ('late', 'open')",
        ),
    )

    @classmethod
    async def lodge(
        cls,
        session: AsyncSession,
        decision: Decision,
        kind: AppealKind,
        *,
        grounds: str,
        account: Account,
        by: Process,
    ) -> Self:
        """Received today; after the last day it waits for a registrar. Raises NotToBeAppealed."""
        # Two clicks would each find that nothing is lodged yet.
        await session.get_one(Person, decision.person_id, with_for_update=True)
        if kind not in await kinds_open(session, decision):
            raise NotToBeAppealed
        last_day = await last_day_of(session, decision)
        late = day_of(by.at) > last_day
        appeal = cls(
            id=uuid4(),
            kind=kind,
            against=decision.against,
            decision_id=decision.id,
            about_id=decision.about_id,
            part=decision.part,
            person_id=decision.person_id,
            account_id=account.id,
            application_id=decision.application.id if decision.application else None,
            entry_id=decision.entry.id if decision.entry else None,
            last_day=last_day,
            lodged_at=by.at,
            lodging=by,
            state=AppealState.LATE if late else AppealState.OPEN,
        )
        session.add(appeal)
        by.say(TextKind.REASON, grounds)
        appeal.tell(AppealEvent.LODGED, by, against=decision.against, of=kind)
        await session.flush()
        await appeal.write(session, "appeal_lodged", by=by)
        return appeal

    @hybrid_property
    def waiting(self) -> bool:
        return self.state in {AppealState.LATE, AppealState.OPEN}

    @waiting.inplace.expression
    @classmethod
    def _waiting_in_sql(cls) -> ColumnElement[bool]:
        return cls.state.in_([AppealState.LATE, AppealState.OPEN])

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return f"appeal:{self.id}"

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What it may come to: only a refusal can be sent back to be decided again."""
        if self.kind is AppealKind.RECONSIDERATION:
            return (Outcome.STANDS, Outcome.CHANGED)
        if self.against is Against.REFUSAL:
            return (Outcome.ALLOWED, Outcome.DISMISSED, Outcome.REMITTED)
        return (Outcome.ALLOWED, Outcome.DISMISSED)

    async def accept_late(
        self, session: AsyncSession, *, words: str, by: Process
    ) -> None:
        """With the reason for which it is let in; raises NotLate."""
        if self.state is not AppealState.LATE:
            raise NotLate
        self.state = AppealState.OPEN
        by.say(TextKind.INTERNAL, words)
        self.tell(AppealEvent.ACCEPTED_LATE, by)
        await self.write(session, "appeal_accepted_late", by=by)

    async def turn_away(
        self, session: AsyncSession, *, words: str, by: Process
    ) -> None:
        """It came too late, for the reason that the appellant reads; raises NotLate."""
        if self.state is not AppealState.LATE:
            raise NotLate
        self.reasons_id = by.say(TextKind.PUBLIC, words).id
        self._end(AppealState.TURNED_AWAY, AppealEvent.TURNED_AWAY, by)
        await self.write(session, "appeal_turned_away", by=by, words=words)

    async def withdraw(self, session: AsyncSession, *, by: Process) -> None:
        """The appellant takes it back, and with it what waits for a second person; raises NotOpen."""
        self._end(AppealState.WITHDRAWN, AppealEvent.WITHDRAWN, by)
        await withdraw_waiting(session, self.about, by=by)

    async def acknowledge(self, session: AsyncSession, *, by: Process) -> None:
        """Tell the appellant who decides and what comes next."""
        self.must_be_open()
        if self.acknowledged_at:
            raise AlreadyAcknowledged
        self.acknowledged_at = by.at
        self.tell(AppealEvent.ACKNOWLEDGED, by)
        await self.write(session, "appeal_acknowledged", by=by)

    async def list(self, session: AsyncSession, *, on: date, by: Process) -> None:
        """Set the day of the hearing, or another one; raises NoHearing."""
        self.must_be_open()
        if self.kind is not AppealKind.APPEAL or on < day_of(by.at):
            raise NoHearing
        self.hearing_on = on
        self.tell(AppealEvent.LISTED, by, on=on)
        await self.write(session, "appeal_listed", by=by)

    def decide(self, outcome: Outcome, *, reasons_id: UUID, by: Process) -> None:
        self.must_be_open()
        self.outcome, self.reasons_id = outcome, reasons_id
        self._end(AppealState.DECIDED, AppealEvent.DECIDED, by, ended=outcome)

    def must_be_open(self) -> None:
        if self.state is not AppealState.OPEN:
            raise NotOpen

    def _end(
        self, state: AppealState, event: AppealEvent, by: Process, **facts: Fact
    ) -> None:
        if not self.waiting:
            raise NotOpen
        self.state, self.ended_at, self.ending = state, by.at, by
        self.tell(event, by, **facts)

    def tell(self, event: AppealEvent, by: Process, **facts: Fact) -> None:
        by.tell(
            event,
            person_id=self.person_id,
            application_id=self.application_id,
            appeal=self.id,
            **facts,
        )

    async def write(
        self, session: AsyncSession, letter: str, *, by: Process, **context: object
    ) -> None:
        account = await session.get_one(Account, self.account_id)
        await post(
            session,
            to=account.email,
            letter=letter,
            context={"appeal": self, **context},
            key=f"{letter}:{by.id}",
            person_id=self.person_id,
            application_id=self.application_id,
            now=by.at,
        )

    async def rules(self, session: AsyncSession, *, now: datetime) -> Rules:
        return (await RuleSet.on(session, self.part, day_of(now))).rules


class AppealDocument(Base):
    """What the appellant sends to show that they are right."""

    __tablename__ = "appeal_document"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("appeal.id"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    added_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(lazy="raise")


async def add_document(
    session: AsyncSession,
    appeal: Appeal,
    received: Received,
    *,
    owner: UUID,
    by: Process,
) -> None:
    if not appeal.waiting:
        raise NotOpen
    stored = await files.keep(session, received, owner=owner, now=by.at)
    sent = AppealDocument(
        id=uuid4(), appeal_id=appeal.id, file_id=stored.id, added_at=by.at
    )
    session.add(sent)
    appeal.tell(AppealEvent.DOCUMENT_SENT, by, document=sent.id)


async def documents_of(
    session: AsyncSession, appeal_id: UUID
) -> Sequence[AppealDocument]:
    """The newest first."""
    found = await session.scalars(
        select(AppealDocument)
        .where(AppealDocument.appeal_id == appeal_id)
        .options(joinedload(AppealDocument.file))
        .order_by(AppealDocument.added_at.desc(), AppealDocument.id)
    )
    return found.all()


async def appeals_against(
    session: AsyncSession, decision_id: UUID, about_id: UUID
) -> Sequence[Appeal]:
    found = await session.scalars(
        select(Appeal)
        .where(Appeal.decision_id == decision_id, Appeal.about_id == about_id)
        .order_by(Appeal.lodged_at)
    )
    return found.all()


async def kinds_open(
    session: AsyncSession, decision: Decision
) -> tuple[AppealKind, ...]:
    """How the decision may still be challenged: reconsidered once and first, appealed against once."""
    before = await appeals_against(session, decision.id, decision.about_id)
    if any(a.waiting or a.kind is AppealKind.APPEAL for a in before):
        return ()
    if before or decision.against is not Against.REFUSAL:
        return (AppealKind.APPEAL,)
    if await taken_by_a_panel(session, decision.id):
        return (AppealKind.APPEAL,)
    return (AppealKind.RECONSIDERATION, AppealKind.APPEAL)


async def last_day_of(session: AsyncSession, decision: Decision) -> date:
    """Where we reconsidered it and it stands, the days count from that letter."""
    before = await appeals_against(session, decision.id, decision.about_id)
    told = [a.ended_at for a in before if a.outcome is Outcome.STANDS and a.ended_at]
    latest = max([decision.told_at, *told])
    return last_day_to_appeal(day_of(latest), decision.appeal_days)
