"""Inviting somebody to act for an organisation: a signed link that expires, and lets one account in once."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account, folded_email
from register.kit.clock import day_of, end_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.post import post
from register.kit.security import links
from register.organisation.acts import OrganisationEvent
from register.organisation.organisation import (
    NotOpen,
    Organisation,
    OrganisationState,
    StaffOfRegulator,
)
from register.organisation.user import OrganisationUser, user_of, users_of
from register.process import Process
from register.proposal import Proposal, ProposalKind, carries_out

PURPOSE = "organisation"
LETTER = "organisation_invited"
DAYS_GOOD_FOR = 7
"""As a link to set a password: the way in of somebody whom another has vouched for, no period of the register."""


class InvitationOutcome(StrEnum):
    JOINED = "joined"
    TAKEN_BACK = "taken_back"
    REPLACED = "replaced"
    """By a later one to the same address."""


class InvitationClosed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This invitation was used, was taken back or has expired. Ask whoever invited you for another."
        )


class AlreadyActing(Refused):
    def __init__(self) -> None:
        super().__init__("Your account acts for a provider already.")


class AlreadyAUser(Refused):
    def __init__(self) -> None:
        super().__init__("Somebody with this email address is a user already.")


class Asked(StrEnum):
    """As which kind of user somebody is invited."""

    LEAD = "lead"
    ADDITIONAL = "additional"


class UserInvitation(Base):
    __tablename__ = "organisation_invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    name: Mapped[str]
    email: Mapped[str]
    email_folded: Mapped[str]
    asked_as: Mapped[Asked] = mapped_column(code(Asked))
    sent_at: Mapped[datetime]
    due_on: Mapped[date]
    """The last day on which its link works."""
    ended_at: Mapped[datetime | None]
    outcome: Mapped[InvitationOutcome | None] = mapped_column(
        code(InvitationOutcome, "outcome")
    )
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(ended_at is null) = (outcome is null)", name="ended"),
        Index(
            "organisation_invitation_one_open",
            "organisation_id",
            "email_folded",
            unique=True,
            postgresql_where="ended_at is null",
        ),
    )

    @classmethod
    async def send(
        cls,
        session: AsyncSession,
        organisation: Organisation,
        *,
        name: str,
        email: str,
        asked_as: Asked = Asked.ADDITIONAL,
        by: Process,
    ) -> Self:
        """An earlier one to the same address ends. Raises NotOpen or AlreadyAUser."""
        organisation.must_be_open()
        users = await users_of(session, organisation.id)
        if folded_email(email) in {user.account.email_folded for user in users}:
            raise AlreadyAUser
        earlier = await session.scalar(
            select(cls).where(
                cls.organisation_id == organisation.id,
                cls.email_folded == folded_email(email),
                cls.open,
            )
        )
        if earlier:
            earlier._end(InvitationOutcome.REPLACED, by)  # noqa: SLF001 - one of its own kind
            await session.flush()
        invitation = cls(
            id=uuid4(),
            organisation=organisation,
            organisation_id=organisation.id,
            name=name,
            email=email,
            email_folded=folded_email(email),
            asked_as=asked_as,
            sent_at=by.at,
            due_on=day_of(by.at) + timedelta(days=DAYS_GOOD_FOR),
        )
        session.add(invitation)
        organisation.tell(
            OrganisationEvent.INVITED,
            by,
            invitation=invitation.id,
            lead=asked_as is Asked.LEAD,
        )
        await session.flush()
        await post(
            session,
            to=email,
            letter=LETTER,
            context={
                "token": token_of(invitation),
                "provider": organisation.provider.name,
                "due_on": invitation.due_on,
                "lead": asked_as is Asked.LEAD,
            },
            key=f"{LETTER}:{invitation.id}",
            now=by.at,
        )
        return invitation

    @hybrid_property
    def open(self) -> bool:
        return self.ended_at is None

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.ended_at.is_(None)

    async def accept(
        self, session: AsyncSession, account: Account, *, by: Process
    ) -> OrganisationUser:
        """Raises StaffOfRegulator, AlreadyActing or InvitationClosed."""
        if account.is_staff:
            raise StaffOfRegulator
        if await user_of(session, account):
            raise AlreadyActing
        self._end(InvitationOutcome.JOINED, by)
        user = OrganisationUser(
            id=uuid4(),
            organisation_id=self.organisation_id,
            account_id=account.id,
            name=self.name,
            lead=self.asked_as is Asked.LEAD,
            joined_at=by.at,
        )
        session.add(user)
        self.organisation.tell(
            OrganisationEvent.JOINED, by, user=user.id, lead=user.lead
        )
        return user

    def take_back(self, *, by: Process) -> None:
        """Its link lets nobody in any more; raises InvitationClosed."""
        self._end(InvitationOutcome.TAKEN_BACK, by)
        self.organisation.tell(OrganisationEvent.TAKEN_BACK, by, invitation=self.id)

    def _end(self, outcome: InvitationOutcome, by: Process) -> None:
        if not self.open:
            raise InvitationClosed
        self.ended_at, self.outcome = by.at, outcome


def token_of(invitation: UserInvitation) -> str:
    return links.sign(PURPOSE, str(invitation.id), until=end_of(invitation.due_on))


async def invitation_by(
    session: AsyncSession, token: str, *, now: datetime, lock: bool = False
) -> UserInvitation:
    """What a link is for; raises NotFound for what we never signed, InvitationClosed for what lets nobody in any more.

    `lock`: of two who follow one link, one gets in.
    """
    try:
        key = UUID(links.read(PURPOSE, token, now=now))
    except links.LinkExpired:
        raise InvitationClosed from None
    found = (
        select(UserInvitation)
        .where(UserInvitation.id == key)
        .options(
            joinedload(UserInvitation.organisation).joinedload(Organisation.provider)
        )
    )
    if lock:
        found = found.with_for_update(of=UserInvitation)
    invitation = await session.scalar(found.execution_options(populate_existing=True))
    if invitation is None:
        raise NotFound
    if not invitation.open or not invitation.organisation.open:
        raise InvitationClosed
    return invitation


async def invitations_of(
    session: AsyncSession, organisation: Organisation, *, now: datetime
) -> list[UserInvitation]:
    """Those whose links still let somebody in."""
    found = await session.scalars(
        select(UserInvitation)
        .where(
            UserInvitation.organisation_id == organisation.id,
            UserInvitation.open,
            UserInvitation.due_on >= day_of(now),
        )
        .options(joinedload(UserInvitation.organisation))
        .order_by(UserInvitation.sent_at, UserInvitation.id)
    )
    return list(found)


async def invite_lead(
    session: AsyncSession, organisation: Organisation, *, by: Process
) -> None:
    """Whom two members of staff agreed on, again where the first link was not followed; raises AlreadyAUser or NotOpen."""
    await UserInvitation.send(
        session,
        organisation,
        name=organisation.lead_name,
        email=organisation.lead_email,
        asked_as=Asked.LEAD,
        by=by,
    )


@carries_out(ProposalKind.OPEN_ORGANISATION)
async def open_organisation(
    session: AsyncSession, proposal: Proposal, by: Process
) -> None:
    organisation = await session.get_one(
        Organisation,
        UUID(proposal.data["organisation"]),
        options=[joinedload(Organisation.provider)],
        populate_existing=True,
    )
    if organisation.state is not OrganisationState.PROPOSED:
        raise NotOpen
    organisation.begin(by=by)
    await session.flush()
    await invite_lead(session, organisation, by=by)


async def end_organisation(
    session: AsyncSession, organisation: Organisation, *, because: str, by: Process
) -> None:
    """Its users lose their access, and whoever was invited is not let in; raises NotOpen."""
    organisation.end(because=because, by=by)
    for user in await users_of(session, organisation.id):
        user.ended_at = by.at
    for invitation in await invitations_of(session, organisation, now=by.at):
        invitation.take_back(by=by)
