"""A draft of the next version of a part's rules: one a part, changed by whoever may, until it is proposed."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.part import Part
from register.process import Process
from register.proposal import Proposal
from register.rule_set import LISTS, RuleSet, Terms


class RulesAct(StrEnum):
    DRAFT = "draft_rules"
    DISCARD = "discard_rules"
    PROPOSE = "propose_rules"
    APPROVE = "approve_rules"
    RETURN = "return_rules"


class RulesEvent(StrEnum):
    DRAFTED = "rules:drafted"
    DISCARDED = "rules:discarded"
    PUBLISHED = "rules:published"


class WaitsForSecondPerson(Refused):
    def __init__(self, draft: "RuleDraft") -> None:
        self.draft = draft
        super().__init__(
            "This draft waits for a second person, so it cannot be changed. They can return it to you."
        )


class DraftChanged(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Somebody has changed this draft since you opened the page. Look at it again before you go on."
        )


class NothingChanged(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This draft says the same as the rules that it would replace, so there is nothing to propose."
        )


class RuleDraft(Base):
    """`touched` holds every account that wrote on it: none of them may approve it."""

    __tablename__ = "rule_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    part: Mapped[Part] = mapped_column(code(Part))
    base_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"))
    kept: Mapped[dict[str, Any]] = mapped_column("terms")
    begins_on: Mapped[date | None]
    touched: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    begun_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("part"),)

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return f"rules:{self.part}"

    @property
    def terms(self) -> Terms:
        return msgspec.convert(self.kept, Terms)

    async def change(
        self,
        session: AsyncSession,
        *,
        account: Account,
        seen: int,
        terms: Terms | None = None,
        begins_on: date | None = None,
    ) -> None:
        """Write what is given; raises WaitsForSecondPerson, or DraftChanged where `seen` is not its version."""
        await self.must_be_open(session)
        if seen != self.version:
            raise DraftChanged
        if terms is not None:
            self.kept = msgspec.to_builtins(terms)
        if begins_on is not None:
            self.begins_on = begins_on
        self.touched = sorted({*self.touched, account.id})

    async def must_be_open(self, session: AsyncSession) -> None:
        waiting = await session.scalar(
            select(Proposal.id).where(Proposal.about == self.about, Proposal.waiting)
        )
        if waiting:
            raise WaitsForSecondPerson(self)


@dataclass(frozen=True)
class Drafted:
    """A draft with the version that it would follow."""

    draft: RuleDraft
    base: RuleSet

    @classmethod
    async def load(cls, session: AsyncSession, draft: RuleDraft) -> Self:
        base = await session.get_one(RuleSet, draft.base_id)
        await session.refresh(base, LISTS)
        return cls(draft, base)


async def draft_of(
    session: AsyncSession, part: Part, *, lock: bool = False
) -> Drafted | None:
    found = select(RuleDraft).where(RuleDraft.part == part)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    draft = await session.scalar(found)
    return await Drafted.load(session, draft) if draft else None


async def begin(
    session: AsyncSession, part: Part, *, account: Account, by: Process
) -> Drafted:
    """The draft of the part; where there is none, one that says what the newest version says."""
    if existing := await draft_of(session, part):
        return existing
    newest = (await RuleSet.versions(session, part))[0]
    draft = RuleDraft(
        id=uuid4(),
        part=part,
        base_id=newest.id,
        kept=msgspec.to_builtins(newest.terms),
        begins_on=None,
        touched=[account.id],
        begun_at=by.at,
    )
    session.add(draft)
    by.tell(RulesEvent.DRAFTED, part=part, follows=newest.version)
    await session.flush()
    return Drafted(draft, newest)


async def discard(session: AsyncSession, draft: RuleDraft, *, by: Process) -> None:
    """Throw the draft away; raises WaitsForSecondPerson."""
    await draft.must_be_open(session)
    await session.delete(draft)
    by.tell(RulesEvent.DISCARDED, part=draft.part)
