"""Who acts for an organisation: leads, of whom there is always one, and additional users."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Mapped,
    joinedload,
    mapped_column,
    relationship,
)
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.kit.db import Base
from register.kit.errors import NotFound, Refused
from register.organisation.acts import OrganisationEvent
from register.organisation.organisation import Organisation
from register.process import Process


class LastLead(Refused):
    def __init__(self) -> None:
        super().__init__(
            "An organisation always has a lead user. Pass the lead to somebody else first."
        )


class NotALead(Refused):
    def __init__(self) -> None:
        super().__init__("Only a lead user can do this.")


class OrganisationUser(Base):
    """An account acts for one organisation at a time."""

    __tablename__ = "organisation_user"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    """As whoever invited them wrote it."""
    lead: Mapped[bool]
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("ended_at >= joined_at", name="order"),
        Index(
            "organisation_user_one_an_account",
            "account_id",
            unique=True,
            postgresql_where="ended_at is null",
        ),
    )

    @hybrid_property
    def current(self) -> bool:
        return self.ended_at is None

    @current.inplace.expression
    @classmethod
    def _current_in_sql(cls) -> ColumnElement[bool]:
        return cls.ended_at.is_(None)

    async def end(self, session: AsyncSession, *, by: Process) -> None:
        """Raises LastLead. Two leads who end each other at once meet at the organisation's row."""
        await lock(session, self)
        if not self.current:
            raise NotFound
        if self.lead and len(await leads_of(session, self.organisation_id)) == 1:
            raise LastLead
        self.ended_at = by.at
        self.organisation.tell(OrganisationEvent.USER_ENDED, by, user=self.id)

    async def pass_lead(
        self, session: AsyncSession, to: "OrganisationUser", *, by: Process
    ) -> None:
        """They are an additional user from now on; raises NotALead for whoever is none."""
        await lock(session, self, to)
        if not to.current:
            raise NotFound
        if not self.lead or to.lead:
            raise NotALead
        self.lead, to.lead = False, True
        self.organisation.tell(
            OrganisationEvent.LEAD_PASSED, by, user=self.id, to=to.id
        )


async def lock(session: AsyncSession, *users: OrganisationUser) -> None:
    """Read them again while nobody else changes who acts for their organisation."""
    await session.flush()
    await session.execute(
        select(Organisation.id)
        .where(Organisation.id == users[0].organisation_id)
        .with_for_update()
    )
    for user in users:
        await session.refresh(user, ["lead", "ended_at", "version"])


async def user_of(session: AsyncSession, account: Account) -> OrganisationUser | None:
    """For which organisation an account acts now."""
    found: OrganisationUser | None = await session.scalar(
        select(OrganisationUser)
        .where(OrganisationUser.account_id == account.id, OrganisationUser.current)
        .options(
            joinedload(OrganisationUser.organisation).joinedload(Organisation.provider),
            joinedload(OrganisationUser.account),
        )
    )
    return found


def acts_for_one(
    account_id: InstrumentedAttribute[UUID],
) -> ColumnElement[bool]:
    """For each account of a query: whether it acts for an organisation."""
    return exists().where(
        OrganisationUser.account_id == account_id, OrganisationUser.current
    )


async def users_of(
    session: AsyncSession, organisation_id: UUID
) -> list[OrganisationUser]:
    """Leads first, then by name."""
    found = await session.scalars(
        select(OrganisationUser)
        .where(
            OrganisationUser.organisation_id == organisation_id,
            OrganisationUser.current,
        )
        .options(
            joinedload(OrganisationUser.account),
            joinedload(OrganisationUser.organisation),
        )
        .order_by(
            OrganisationUser.lead.desc(), OrganisationUser.name, OrganisationUser.id
        )
    )
    return list(found)


async def leads_of(
    session: AsyncSession, organisation_id: UUID
) -> list[OrganisationUser]:
    return [user for user in await users_of(session, organisation_id) if user.lead]
