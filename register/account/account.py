"""An account: one person's way in, and what changes it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, Self
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.post import post
from register.kit.security import totp
from register.kit.security.keys import keyed_hash, signing_key
from register.kit.security.sealing import seal, unseal
from register.kit.security.sessions import end_all
from register.kit.settings import settings


class StaffRole(StrEnum):
    """What a member of staff may do (domain.md 11, least privilege)."""

    CASEWORKER = "caseworker"
    TEAM_MANAGER = "team_manager"
    REGISTRAR = "registrar"
    ADJUDICATOR = "adjudicator"
    """Decides appeals and sits on panels, and sees nothing else."""
    INVESTIGATOR = "investigator"
    """Takes concerns in, and looks into the cases that are theirs."""
    CASE_EXAMINER = "case_examiner"
    """Decides with another what becomes of a case that was looked into."""
    HEARINGS_OFFICER = "hearings_officer"
    """Brings hearings about, and has no say in them."""
    LEGAL_ADVISER = "legal_adviser"
    """Advises a panel, and does not vote."""
    FINANCE_OFFICER = "finance_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"


class AccountAct(StrEnum):
    OPEN = "account:open"
    CHANGE_PASSWORD = "account:change_password"  # noqa: S105 - an act
    RESET_PASSWORD = "account:reset_password"  # noqa: S105 - an act
    CHANGE_EMAIL = "account:change_email"
    SET_FACTOR = "account:set_factor"
    REMOVE_FACTOR = "account:remove_factor"
    MAKE_RECOVERY_CODES = "account:make_recovery_codes"
    USE_RECOVERY_CODE = "account:use_recovery_code"
    SIGN_OUT_EVERYWHERE = "account:sign_out_everywhere"


class AccountEvent(StrEnum):
    OPENED = "account:opened"
    PASSWORD_CHANGED = "account:password_changed"  # noqa: S105 - an event
    EMAIL_CHANGED = "account:email_changed"
    FACTOR_SET = "account:factor_set"
    FACTOR_REMOVED = "account:factor_removed"
    RECOVERY_CODES_MADE = "account:recovery_codes_made"
    RECOVERY_CODE_USED = "account:recovery_code_used"
    SIGNED_OUT_EVERYWHERE = "account:signed_out_everywhere"
    CLOSED = "account:closed"


class Telling(Protocol):
    """The process in which an account is changed; processes stand above accounts, so only its shape is known here."""

    @property
    def id(self) -> UUID: ...

    @property
    def at(self) -> datetime: ...

    def tell(self, kind: StrEnum, **facts: Any) -> None: ...


class StaffNeedFactor(Refused):
    """Staff may change their second factor, never be without one."""

    def __init__(self) -> None:
        super().__init__(
            "Staff accounts need a second factor, so yours cannot be removed."
        )


class Account(Base):
    """One person's way in. What they may do follows from their roles and from whose record it is."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str]
    email_folded: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    """What staff call each other by; empty for everybody else."""
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    totp_sealed: Mapped[bytes | None]
    totp_last_step: Mapped[int | None]
    """The time step of the last code that was accepted: none at or before it counts again."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), unique=True)
    """The human behind the account; for staff too where they are in the register, so that nobody decides on themselves."""
    version: Mapped[int] = mapped_column(default=1)

    grants: Mapped[list["RoleGrant"]] = relationship(
        lazy="raise", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def open(
        cls, session: AsyncSession, *, email: str, password_hash: str, now: datetime
    ) -> Self:
        """An account whose owner has shown that the address is theirs."""
        account = cls(
            id=uuid4(),
            email=email,
            email_folded=folded_email(email),
            password_hash=password_hash,
            created_at=now,
            confirmed_at=now,
            grants=[],
        )
        session.add(account)
        return account

    @classmethod
    def may_be_used(cls) -> ColumnElement[bool]:
        return cls.disabled_at.is_(None) & cls.confirmed_at.is_not(None)

    @classmethod
    def usable(cls) -> Select[Self]:
        """Accounts that may be signed in to, with their roles."""
        return select(cls).where(cls.may_be_used()).options(selectinload(cls.grants))

    @classmethod
    async def of_email(cls, session: AsyncSession, email: str) -> Self | None:
        """The account that may be signed in to by that address."""
        return await session.scalar(
            cls.usable().where(cls.email_folded == folded_email(email))
        )

    @classmethod
    async def has_address(cls, session: AsyncSession, email: str) -> bool:
        """Whether any account has the address, usable or not."""
        found = select(cls.id).where(cls.email_folded == folded_email(email))
        return await session.scalar(found) is not None

    @property
    def roles(self) -> frozenset[StaffRole]:
        return frozenset(grant.role for grant in self.grants)

    @property
    def is_staff(self) -> bool:
        return bool(self.grants)

    @property
    def has_factor(self) -> bool:
        return self.totp_sealed is not None

    @property
    def mark(self) -> str:
        """Changes with the password: what carries it is worth nothing afterwards."""
        return keyed_hash(signing_key("account mark"), self.password_hash).hex()[:16]

    @property
    def guessable(self) -> list[str]:
        """What others know of the owner, which a password must not hold."""
        return [self.email.partition("@")[0], *self.name.split()]

    def accept_code(self, typed: str, *, now: datetime) -> bool:
        """Whether the code of the authenticator app is right; a right one counts once."""
        if self.totp_sealed is None:
            return False
        secret = unseal(self.totp_sealed, **self._place_of_secret()).decode()
        step = totp.accepted_step(secret, typed, now=now, last_step=self.totp_last_step)
        if step is not None:
            self.totp_last_step = step
        return step is not None

    async def set_factor(
        self, session: AsyncSession, secret: str, *, step: int, by: Telling
    ) -> None:
        """`step` is that of the code by which the owner showed that their app holds the secret."""
        self.totp_sealed = seal(secret.encode(), **self._place_of_secret())
        self.totp_last_step = step
        by.tell(AccountEvent.FACTOR_SET, account=self.id)
        await self._write(session, "account_factor_set", by)

    async def remove_factor(self, session: AsyncSession, *, by: Telling) -> None:
        if self.is_staff:
            raise StaffNeedFactor
        self.totp_sealed = self.totp_last_step = None
        by.tell(AccountEvent.FACTOR_REMOVED, account=self.id)
        await self._write(session, "account_factor_removed", by)

    async def change_password(
        self, session: AsyncSession, password_hash: str, *, by: Telling
    ) -> None:
        self.password_hash = password_hash
        by.tell(AccountEvent.PASSWORD_CHANGED, account=self.id)
        await self._write(session, "account_password_changed", by)

    async def change_email(
        self, session: AsyncSession, email: str, *, by: Telling
    ) -> None:
        """The old address is told, in case it was not its owner who asked."""
        await self._write(session, "account_email_changed", by)
        self.email, self.email_folded = email, folded_email(email)
        by.tell(AccountEvent.EMAIL_CHANGED, account=self.id)

    async def close(self, session: AsyncSession, *, by: Telling) -> None:
        """Nobody signs in with it any more: its owner has another."""
        self.disabled_at = by.at
        await end_all(session, self.id)
        by.tell(AccountEvent.CLOSED, account=self.id)
        await self._write(session, "account_closed", by)

    async def _write(self, session: AsyncSession, letter: str, by: Telling) -> None:
        await post(
            session,
            to=self.email,
            letter=letter,
            context={"at": by.at, "contact": settings().contact_email},
            key=f"{letter}:{by.id}",
            now=by.at,
        )

    def _place_of_secret(self) -> dict[str, str]:
        return {"table": "account", "column": "totp_sealed", "row": str(self.id)}


class RoleGrant(Base):
    __tablename__ = "role_grant"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[StaffRole] = mapped_column(code(StaffRole), primary_key=True)


def folded_email(email: str) -> str:
    """The form in which two spellings of one address are equal."""
    return email.strip().casefold()
