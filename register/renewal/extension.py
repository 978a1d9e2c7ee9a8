"""More time to renew, in exceptional circumstances: asked for by the registrant, and agreed to or refused by two people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.account import Account
from register.kit.clock import day_of, end_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.post import Letter, letter_of
from register.kit.security.sealing import seal, unseal
from register.particulars.writing import write
from register.person import Person
from register.process import Process, ProcessText, TextKind
from register.proposal import (
    NeedsAnotherPerson,
    Proposal,
    ProposalKind,
    ProposalState,
    carries_out,
    waiting_on,
)
from register.renewal.acts import RenewalEvent
from register.renewal.renewal import Renewal, RenewedAlready
from register.rule_set import Rules, RuleSet


class ExtensionReason(StrEnum):
    ILLNESS = "illness"
    BEREAVEMENT = "bereavement"
    CARING = "caring"
    EMERGENCY = "emergency"
    OUR_FAULT = "our_fault"
    OTHER = "other"


class ExtensionState(StrEnum):
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    AGREED = "agreed"
    REFUSED = "refused"


class AskedAlready(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You have asked for more time already. We will write to you as soon as we have decided."
        )


class LookedAtAgain(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Somebody else has looked at your request again already, so it cannot be asked for once more."
        )


class ExtensionEnded(Refused):
    def __init__(self) -> None:
        super().__init__("This request for more time has ended already.")


class NothingAsked(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This registrant has not asked for more time, so there is nothing to refuse."
        )


class NothingStands(Refused):
    def __init__(self) -> None:
        super().__init__(
            "No registration stands that could be renewed, so the last day cannot be moved."
        )


class DayNotPossible(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The new last day must be later than the one that stands, today or later, and within what the rules allow."
        )


class RenewalExtension(Base):
    """A registrant's wish for a later last day, or ours for them; asked again after a refusal, it is a row of its own."""

    __tablename__ = "renewal_extension"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    renewal_id: Mapped[UUID] = mapped_column(ForeignKey("renewal.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    because: Mapped[ExtensionReason] = mapped_column(code(ExtensionReason))
    sealed: Mapped[bytes]
    """What they say of it, which may be of their health; nothing where it is our wish."""
    asked_at: Mapped[datetime]
    state: Mapped[ExtensionState] = mapped_column(
        code(ExtensionState, "state"), default=ExtensionState.ASKED
    )
    ended_at: Mapped[datetime | None]
    until_on: Mapped[date | None]
    """The last day that was agreed to."""
    ended_in: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))
    again_of: Mapped[UUID | None] = mapped_column(
        ForeignKey("renewal_extension.id", ondelete="SET NULL")
    )
    """The refusal that somebody else is to look at."""
    version: Mapped[int] = mapped_column(default=1)

    renewal: Mapped[Renewal] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")
    ending: Mapped[Process | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(state = 'asked') = (ended_at is null)", name="ended"),
        CheckConstraint("(state = 'agreed') = (until_on is not null)", name="until"),
        Index(
            "renewal_extension_one_open",
            "renewal_id",
            unique=True,
            postgresql_where="state = 'asked'",
        ),
        Index(
            "renewal_extension_open",
            "asked_at",
            "id",
            postgresql_where="state = 'asked'",
        ),
    )

    @classmethod
    async def ask(
        cls,
        session: AsyncSession,
        renewal: Renewal,
        *,
        because: ExtensionReason,
        words: str,
        by: Process,
    ) -> Self:
        """As long as a registration stands; raises RenewedAlready, NothingStands, AskedAlready or LookedAtAgain."""
        before = await cls._before(session, renewal, at=by.at)
        refusals = [one for one in before if one.refused]
        if any(one.again_of for one in refusals):
            raise LookedAtAgain
        extension = cls(
            **cls._terms(renewal, because, by),
            again_of=refusals[0].id if refusals else None,
        )
        extension.write(words)
        session.add(extension)
        extension._tell(RenewalEvent.TIME_ASKED, by)
        await session.flush()
        await extension._write(session, "renewal_time_asked", by=by)
        return extension

    @classmethod
    async def give(
        cls,
        session: AsyncSession,
        renewal: Renewal,
        *,
        until: date,
        words: str,
        proposer: Account,
        by: Process,
    ) -> Self:
        """Propose it of somebody who has not asked, as they could not be given notice or were forgotten.

        Raises RenewedAlready, NothingStands, AskedAlready and what `propose` raises.
        """
        await cls._before(session, renewal, at=by.at)
        extension = cls(**cls._terms(renewal, ExtensionReason.OUR_FAULT, by))
        extension.write("")
        session.add(extension)
        await session.flush()
        await extension.propose(
            session, until=until, words=words, proposer=proposer, by=by
        )
        return extension

    @classmethod
    async def _before(
        cls, session: AsyncSession, renewal: Renewal, *, at: datetime
    ) -> "Sequence[RenewalExtension]":
        """What was asked of it so far, where another may be."""
        if (await renewal.lock(session)).finished_at:
            raise RenewedAlready(renewal)
        if not await renewal.entries(session, now=at):
            raise NothingStands
        before = await extensions_of(session, renewal.id)
        if any(one.open for one in before):
            raise AskedAlready
        return before

    @staticmethod
    def _terms(
        renewal: Renewal, because: ExtensionReason, by: Process
    ) -> dict[str, Any]:
        return {
            "id": uuid4(),
            "renewal_id": renewal.id,
            "person_id": renewal.person_id,
            "because": because,
            "asked_at": by.at,
            "state": ExtensionState.ASKED,
        }

    def write(self, words: str) -> None:
        self.sealed = seal(words.encode(), **self._place())

    @property
    def words(self) -> str:
        return unseal(self.sealed, **self._place()).decode()

    @property
    def ours(self) -> bool:
        """Whether staff began it: whoever asks says why."""
        return not self.words

    def _place(self) -> dict[str, str]:
        return {
            "table": "renewal_extension",
            "column": "sealed",
            "row": str(self.id),
        }

    @hybrid_property
    def open(self) -> bool:
        return self.state is ExtensionState.ASKED

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.state == ExtensionState.ASKED

    @property
    def refused(self) -> bool:
        return self.state is ExtensionState.REFUSED

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return f"extension:{self.id}"

    async def withdraw(self, session: AsyncSession, *, by: Process) -> None:
        """Raises ExtensionEnded."""
        waiting = await waiting_on(session, self.about)
        self._end(ExtensionState.WITHDRAWN, RenewalEvent.TIME_WITHDRAWN, by)
        if waiting:
            waiting.withdraw(by=by)

    async def propose(
        self,
        session: AsyncSession,
        *,
        until: date,
        words: str,
        proposer: Account,
        by: Process,
    ) -> Proposal:
        """To agree, with the new last day, however long it took us; raises DayNotPossible, NothingStands, RenewedAlready and
        what a proposal raises.
        """
        await self._must_be_possible(session, until, at=by.at)
        by.say(TextKind.INTERNAL, words)
        return await self._propose(
            session,
            ProposalKind.EXTEND_RENEWAL,
            {"until": until.isoformat()},
            proposer,
            by,
        )

    async def propose_refusal(
        self, session: AsyncSession, *, words: str, proposer: Account, by: Process
    ) -> Proposal:
        """With the words that the registrant will read; raises NothingAsked and what a proposal raises."""
        if self.ours:
            raise NothingAsked
        by.say(TextKind.PUBLIC, words)
        return await self._propose(
            session, ProposalKind.REFUSE_EXTENSION, {}, proposer, by
        )

    async def _propose(
        self,
        session: AsyncSession,
        kind: ProposalKind,
        data: dict[str, Any],
        proposer: Account,
        by: Process,
    ) -> Proposal:
        self._must_be_open()
        decided = await self._who_refused_before(session)
        if proposer.id in decided:
            raise NeedsAnotherPerson
        return await Proposal.make(
            session,
            kind,
            about=self.about,
            person_id=self.person_id,
            data=data,
            touched=decided,
            proposer=proposer,
            by=by,
        )

    async def _who_refused_before(self, session: AsyncSession) -> set[UUID]:
        """Whoever looks again is neither of those two."""
        if self.again_of is None:
            return set()
        rows = await session.execute(
            select(Proposal.proposer_id, Proposal.approver_id).where(
                Proposal.about == f"extension:{self.again_of}",
                Proposal.state == ProposalState.APPROVED,
            )
        )
        return {one for row in rows for one in row if one}

    async def _must_be_possible(
        self, session: AsyncSession, until: date, *, at: datetime
    ) -> None:
        renewal = await session.get_one(Renewal, self.renewal_id)
        if (await renewal.lock(session)).in_time:
            raise RenewedAlready(renewal)
        if not await renewal.entries(session, now=at):
            raise NothingStands
        rule_set = await session.get_one(RuleSet, renewal.rule_set_id)
        longest = latest_for(renewal, rule_set.rules, now=at)
        if not (renewal.last_day < until <= longest) or until < day_of(at):
            raise DayNotPossible

    async def agree(self, session: AsyncSession, *, until: date, by: Process) -> None:
        """Move the last day; raises DayNotPossible, NothingStands or RenewedAlready where too much has happened since."""
        await self._must_be_possible(session, until, at=by.at)
        renewal = await session.get_one(Renewal, self.renewal_id)
        self.until_on = until
        self._end(ExtensionState.AGREED, RenewalEvent.EXTENDED, by, until=until)
        await renewal.move_last_day(session, until=until, by=by)
        await self._write(session, "renewal_extended", by=by, until=until)

    async def refuse(self, session: AsyncSession, *, words: str, by: Process) -> None:
        self._end(ExtensionState.REFUSED, RenewalEvent.TIME_REFUSED, by)
        await self._write(
            session, "renewal_time_refused", by=by, **self._refusal(words)
        )

    def _refusal(self, words: str) -> dict[str, Any]:
        return {"words": words, "again": self.again_of is None}

    def letter_before(self, proposal: Proposal, words: str) -> Letter:
        """What the registrant will read if the proposal is approved."""
        if proposal.kind is ProposalKind.REFUSE_EXTENSION:
            return letter_of("renewal_time_refused", self._refusal(words))
        return letter_of("renewal_extended", {"until": day_in(proposal)})

    def _must_be_open(self) -> None:
        if not self.open:
            raise ExtensionEnded

    def _end(
        self, state: ExtensionState, event: RenewalEvent, by: Process, **facts: Any
    ) -> None:
        self._must_be_open()
        self.state, self.ended_at, self.ending = state, by.at, by
        self._tell(event, by, **facts)

    def _tell(self, event: RenewalEvent, by: Process, **facts: Any) -> None:
        by.tell(event, person_id=self.person_id, renewal=self.renewal_id, **facts)

    async def _write(
        self, session: AsyncSession, letter: str, *, by: Process, **context: object
    ) -> None:
        await write(session, self.person_id, letter, key=str(self.id), by=by, **context)


def latest_for(renewal: Renewal, rules: Rules, *, now: datetime) -> date:
    """The latest day that can be agreed to. Whoever stands still when the time to finish is over was overlooked: they have as
    long as a notice takes, whatever the day.
    """
    longest = rules.longest_extension(renewal.ends_on)
    if now < end_of(rules.cure_ends(renewal.last_day)):
        return longest
    return max(longest, day_of(now) + timedelta(days=rules.renewal_notice_days))


def day_in(proposal: Proposal) -> date | None:
    """The last day that it would give."""
    until = proposal.data.get("until")
    return date.fromisoformat(until) if until else None


@carries_out(ProposalKind.EXTEND_RENEWAL)
async def extend(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    extension = await _of(session, proposal)
    await extension.agree(
        session, until=date.fromisoformat(proposal.data["until"]), by=by
    )


@carries_out(ProposalKind.REFUSE_EXTENSION)
async def refuse(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    extension = await _of(session, proposal)
    words = await words_of(session, proposal)
    await extension.refuse(session, words=words, by=by)


async def _of(session: AsyncSession, proposal: Proposal) -> RenewalExtension:
    return await session.get_one(
        RenewalExtension, UUID(proposal.key), with_for_update=True
    )


async def words_of(session: AsyncSession, proposal: Proposal) -> str:
    """Why it was proposed: of a refusal, what the registrant will read."""
    found = await session.scalar(
        select(ProcessText.words).where(ProcessText.process_id == proposal.process_id)
    )
    return found or ""


async def extensions_of(
    session: AsyncSession, renewal_id: UUID
) -> Sequence[RenewalExtension]:
    """The newest first."""
    found = await session.scalars(
        select(RenewalExtension)
        .where(RenewalExtension.renewal_id == renewal_id)
        .order_by(RenewalExtension.asked_at.desc(), RenewalExtension.id)
    )
    return found.all()


async def own_extensions(
    session: AsyncSession, person_id: UUID
) -> Sequence[RenewalExtension]:
    """Of every renewal of somebody."""
    found = await session.scalars(
        select(RenewalExtension)
        .where(RenewalExtension.person_id == person_id)
        .order_by(RenewalExtension.asked_at.desc(), RenewalExtension.id)
    )
    return found.all()


PAGE = 50


@dataclass(frozen=True)
class ExtensionsPage:
    rows: Sequence[RenewalExtension]
    next: UUID | None


async def extensions_asked(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> ExtensionsPage:
    """What waits for a decision, the oldest first; nobody reads of their own here."""
    asked_at, id_ = RenewalExtension.asked_at, RenewalExtension.id
    found = _shown_to(reader).where(RenewalExtension.open)
    if after:
        last = select(asked_at, id_).where(id_ == after)
        found = found.where(tuple_(asked_at, id_) > last.scalar_subquery())
    rows = list(await session.scalars(found.order_by(asked_at, id_).limit(PAGE + 1)))
    return ExtensionsPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def extension_for(
    session: AsyncSession, reader: Account, extension_id: UUID, *, lock: bool = False
) -> RenewalExtension:
    """Raises NotFound."""
    found = _shown_to(reader).where(RenewalExtension.id == extension_id)
    if lock:
        found = found.with_for_update(of=RenewalExtension)
    extension = await session.scalar(found)
    if extension is None:
        raise NotFound
    return extension


def _shown_to(reader: Account) -> Select[RenewalExtension]:
    return (
        select(RenewalExtension)
        .options(
            joinedload(RenewalExtension.person), joinedload(RenewalExtension.renewal)
        )
        .where(extensions_of_others(reader))
    )


def extensions_of_others(reader: Account) -> ColumnElement[bool]:
    if reader.person_id is None:
        return true()
    return RenewalExtension.person_id != reader.person_id
