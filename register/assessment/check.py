"""Checks: what an officer found of each section. Rows are only added; the last one of a section counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Select,
    Text,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, defer, joinedload, mapped_column, relationship

from register.account import Account
from register.application import (
    Application,
    ApplicationState,
    SectionName,
)
from register.application.endorsement import Endorsement
from register.application.outside import heard_of
from register.application.references import Reference
from register.application.section import SentSection
from register.assessment.acts import AssessmentEvent
from register.assessment.reasons import REASONS, Reason
from register.assessment.status_certificate import must_be_certified
from register.assessment.unchanged import Change, Overtaken
from register.by_link import Answer
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Event, Process, ProcessText, TextKind
from register.request import RequestEvent, RequestKind

ASSESSED = tuple(name for name in SectionName if name.assessed)


class Outcome(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    ASK = "ask"


class NotUnderAssessment(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(
            f"Application {application.reference} is not being assessed now, so its sections cannot be checked."
        )


class NotYourApplication(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(
            f"Application {application.reference} is not assigned to you. Take it first."
        )


class NothingSent(Refused):
    def __init__(self) -> None:
        super().__init__("The applicant has sent no answers in this section.")


class SectionCheck(Base):
    __tablename__ = "section_check"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    section: Mapped[SectionName] = mapped_column(code(SectionName))
    outcome: Mapped[Outcome] = mapped_column(code(Outcome, "outcome"))
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sent_id: Mapped[UUID]
    """The answers that were looked at: a check does not stand for what was sent after it. No key: they are not kept for good."""
    heard: Mapped[int] = mapped_column(default=0)
    """How many others had written of it by then: nor does it stand for what another wrote after it."""
    at: Mapped[datetime]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"), unique=True)
    """Its public words are those to the applicant."""

    account: Mapped[Account] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("(outcome = 'met') = (reasons = '{}')", name="reasons"),
        Index("section_check_latest_ix", "application_id", "section", "id"),
    )

    @classmethod
    async def record(
        cls,
        session: AsyncSession,
        application: Application,
        section: SectionName,
        outcome: Outcome,
        *,
        because: Sequence[Reason] = (),
        words: str = "",
        seen: int | None,
        heard: int = 0,
        officer: Account,
        by: Process,
    ) -> Self:
        """Say what was found. `seen` is the check the officer had before them, `heard` how many others' words; raises
        Overtaken if it is not the last, or another has written, and NotCertified.
        """
        await application.lock(session)
        must_be_assessing(application, officer)
        _must_fit(section, outcome, because)
        last = await last_check(session, application, section)
        if last and last.id != seen:
            raise Overtaken(application, [_change(last)], words)
        if heard != await heard_in(session, application.id, section):
            news = await _news(session, application, section)
            raise Overtaken(application, news, words)
        if outcome is Outcome.MET and section is SectionName.REGISTRATIONS:
            await must_be_certified(session, application)
        check = cls(
            application_id=application.id,
            section=section,
            outcome=outcome,
            reasons=[*because],
            sent_id=await last_sent(session, application, section),
            heard=heard,
            at=by.at,
            account_id=officer.id,
            process_id=by.id,
        )
        session.add(check)
        if words:
            by.say(TextKind.PUBLIC, words)
        application.tell(
            AssessmentEvent.SECTION_CHECKED, by=by, section=section, outcome=outcome
        )
        return check


def must_be_assessing(application: Application, officer: Account) -> None:
    if application.state is not ApplicationState.UNDER_ASSESSMENT:
        raise NotUnderAssessment(application)
    if application.assigned_to_id != officer.id:
        raise NotYourApplication(application)


def _must_fit(
    section: SectionName, outcome: Outcome, because: Sequence[Reason]
) -> None:
    if outcome is Outcome.MET and because:
        raise Refused("A section that is met needs no reasons.")
    if outcome is not Outcome.MET and not because:
        raise Refused("Select at least one reason.")
    if not set(because) <= set(REASONS[section]):
        raise Refused("A reason that was selected belongs to another section.")


HEARD_IN: dict[SectionName, tuple[RequestKind, type[Answer]]] = {
    SectionName.REFERENCES: (RequestKind.REFERENCE, Reference),
    SectionName.ENDORSEMENT: (RequestKind.ENDORSEMENT, Endorsement),
}
"""The sections to which others than the applicant write."""


async def heard_in(
    session: AsyncSession, application_id: UUID, section: SectionName
) -> int:
    """How many others have written to it so far."""
    if section not in HEARD_IN:
        return 0
    return await heard_of(session, application_id, HEARD_IN[section][1])


async def _news(
    session: AsyncSession, application: Application, section: SectionName
) -> list[Change]:
    """The last that was heard of a referee or an employer."""
    found = await session.scalar(
        select(Event)
        .where(
            Event.application_id == application.id,
            Event.kind.in_([RequestEvent.RECEIVED, RequestEvent.DECLINED]),
            Event.data["of"].astext == HEARD_IN[section][0],
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    return [Change(found.kind, found.at, None, dict(found.data))] if found else []


async def last_check(
    session: AsyncSession, application: Application, section: SectionName
) -> SectionCheck | None:
    found: SectionCheck | None = await session.scalar(
        select(SectionCheck)
        .options(joinedload(SectionCheck.account))
        .where(
            SectionCheck.application_id == application.id,
            SectionCheck.section == section,
        )
        .order_by(SectionCheck.id.desc())
        .limit(1)
    )
    return found


def _change(check: SectionCheck) -> Change:
    return Change(
        AssessmentEvent.SECTION_CHECKED,
        check.at,
        check.account.name,
        {"section": check.section, "outcome": check.outcome},
    )


async def last_sent(
    session: AsyncSession, application: Application, section: SectionName
) -> UUID:
    found = await session.scalar(
        _latest_sent(application).where(SentSection.name == section)
    )
    if found is None:
        raise NothingSent
    return found.id


def _latest_sent(application: Application) -> Select[SentSection]:
    return (
        select(SentSection)
        .options(defer(SentSection.sealed, raiseload=True))
        .ext(distinct_on(SentSection.name))
        .where(SentSection.application_id == application.id)
        .order_by(SentSection.name, SentSection.sent_at.desc())
    )


@dataclass(frozen=True)
class Checked:
    """A section with what was last found of it."""

    section: SectionName
    sent_id: UUID
    sent_at: datetime
    check: SectionCheck | None
    words: str
    heard: int = 0
    since: datetime | None = None
    """When an appeal sent the application back, to be assessed by others: nothing found before counts."""

    @property
    def changed(self) -> bool:
        """Whether other answers were sent, another has written, or an appeal was decided, since these were checked."""
        return self.check is not None and (
            self.sent_back
            or (self.check.sent_id, self.check.heard) != (self.sent_id, self.heard)
        )

    @property
    def sent_back(self) -> bool:
        return bool(self.check and self.since and self.check.at < self.since)

    @property
    def outcome(self) -> Outcome | None:
        """What stands; None where nobody has looked at these answers yet."""
        return None if self.check is None or self.changed else self.check.outcome

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(Reason(r) for r in self.check.reasons) if self.check else ()


Checks = dict[SectionName, Checked]


async def checks_of(session: AsyncSession, application: Application) -> Checks:
    """Every assessed section in the order of the task list, in a fixed number of queries."""
    sent = {row.name: row for row in await session.scalars(_latest_sent(application))}
    latest = await session.scalars(
        select(SectionCheck)
        .ext(distinct_on(SectionCheck.section))
        .where(SectionCheck.application_id == application.id)
        .order_by(SectionCheck.section, SectionCheck.id.desc())
    )
    checks = {check.section: check for check in latest}
    words = await words_of(session, checks.values())
    heard = {name: await heard_in(session, application.id, name) for name in HEARD_IN}
    return {
        name: Checked(
            name,
            sent[name].id,
            sent[name].sent_at,
            checks.get(name),
            words.get(checks[name].id, "") if name in checks else "",
            heard.get(name, 0),
            application.sent_back_at,
        )
        for name in ASSESSED
        if name in sent
    }


async def words_of(
    session: AsyncSession, checks: Iterable[SectionCheck]
) -> dict[int, str]:
    """What each check says to the applicant, by its id."""
    check_of = {check.process_id: check.id for check in checks}
    rows = await session.execute(
        select(ProcessText.process_id, ProcessText.words).where(
            ProcessText.process_id.in_(check_of), ProcessText.kind == TextKind.PUBLIC
        )
    )
    return {check_of[process_id]: words for process_id, words in rows}


async def history_of(
    session: AsyncSession, application: Application, section: SectionName
) -> list[tuple[SectionCheck, str, str]]:
    """All that was found of a section, the latest first: the check, who made it, and the words."""
    rows = await session.execute(
        select(SectionCheck, Account.name)
        .join(Account, SectionCheck.account_id == Account.id)
        .where(
            SectionCheck.application_id == application.id,
            SectionCheck.section == section,
        )
        .order_by(SectionCheck.id.desc())
    )
    found = [(check, name) for check, name in rows]
    words = await words_of(session, (check for check, _ in found))
    return [(check, name, words.get(check.id, "")) for check, name in found]
