"""An organisation: the account of a provider, opened when two members of staff agree and ended by one."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.employment import Provider
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.organisation.acts import OrganisationEvent
from register.process import Process, TextKind
from register.proposal import Proposal, ProposalKind


class OrganisationState(StrEnum):
    PROPOSED = "proposed"
    RETURNED = "returned"
    """The second person did not agree; what they want done is proposed as another."""
    OPEN = "open"
    ENDED = "ended"


class AlreadyOpened(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This provider has an account already, or one waits for a second person."
        )


class NotOpen(Refused):
    def __init__(self) -> None:
        super().__init__("The account of this provider is not open.")


class StaffOfRegulator(Refused):
    def __init__(self) -> None:
        super().__init__("Staff of the register cannot act for a provider.")


class Organisation(Base):
    """One provider has one at a time."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    state: Mapped[OrganisationState] = mapped_column(code(OrganisationState, "state"))
    lead_name: Mapped[str]
    """The first lead, as two members of staff agreed."""
    lead_email: Mapped[str]
    proposed_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    provider: Mapped[Provider] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(
            "(state in ('open', 'ended')) = (opened_at is not null)", name="opened"
        ),
        CheckConstraint(
            "(state in ('returned', 'ended')) = (ended_at is not null)", name="ended"
        ),
        Index(
            "organisation_one_a_provider",
            "provider_id",
            unique=True,
            postgresql_where="state in ('proposed', 'open')",
        ),
    )

    @classmethod
    async def propose(
        cls,
        session: AsyncSession,
        provider: Provider,
        *,
        lead_name: str,
        lead_email: str,
        proposer: Account,
        by: Process,
    ) -> Self:
        """Raises AlreadyOpened."""
        there = await session.scalar(
            select(cls.id).where(cls.provider_id == provider.id, cls.stands)
        )
        if there:
            raise AlreadyOpened
        organisation = cls(
            id=uuid4(),
            provider_id=provider.id,
            provider=provider,
            state=OrganisationState.PROPOSED,
            lead_name=lead_name,
            lead_email=lead_email,
            proposed_at=by.at,
        )
        session.add(organisation)
        await session.flush()
        await Proposal.make(
            session,
            ProposalKind.OPEN_ORGANISATION,
            about=organisation.about,
            data={"organisation": str(organisation.id)},
            touched=[],
            proposer=proposer,
            by=by,
        )
        return organisation

    @hybrid_property
    def open(self) -> bool:
        return self.state is OrganisationState.OPEN

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.state == OrganisationState.OPEN

    @hybrid_property
    def stands(self) -> bool:
        """Whether it is open, or may yet be."""
        return self.state in STANDING

    @stands.inplace.expression
    @classmethod
    def _stands_in_sql(cls) -> ColumnElement[bool]:
        return cls.state.in_(STANDING)

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return f"organisation:{self.id}"

    def must_be_open(self) -> None:
        if not self.open:
            raise NotOpen

    def begin(self, *, by: Process) -> None:
        self.state, self.opened_at = OrganisationState.OPEN, by.at
        self.tell(OrganisationEvent.OPENED, by)

    def send_back(
        self, proposal: Proposal, *, words: str, approver: Account, by: Process
    ) -> None:
        proposal.return_(words=words, approver=approver, by=by)
        self.state, self.ended_at = OrganisationState.RETURNED, by.at
        self.tell(OrganisationEvent.RETURNED, by)

    def end(self, *, because: str, by: Process) -> None:
        """Nobody acts for it any more; raises NotOpen. `because` is for staff alone."""
        self.must_be_open()
        self.state, self.ended_at = OrganisationState.ENDED, by.at
        self.tell(OrganisationEvent.ENDED, by)
        by.say(TextKind.INTERNAL, because)

    def tell(self, event: OrganisationEvent, by: Process, **facts: Any) -> None:
        by.tell(event, organisation=self.id, **facts)


STANDING = frozenset({OrganisationState.PROPOSED, OrganisationState.OPEN})
