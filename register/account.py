"""Accounts: who may sign in, and which staff roles they hold."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from register.kit.db import Base, code


class StaffRole(StrEnum):
    """What a member of staff may do (domain.md 11, least privilege)."""

    CASEWORKER = "caseworker"
    TEAM_MANAGER = "team_manager"
    REGISTRAR = "registrar"
    FINANCE_OFFICER = "finance_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"


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
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), unique=True)
    """The human behind the account; for staff too where they are in the register, so that nobody decides on themselves."""
    version: Mapped[int] = mapped_column(default=1)

    grants: Mapped[list["RoleGrant"]] = relationship(
        lazy="raise", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def roles(self) -> frozenset[StaffRole]:
        return frozenset(grant.role for grant in self.grants)


class RoleGrant(Base):
    __tablename__ = "role_grant"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[StaffRole] = mapped_column(code(StaffRole), primary_key=True)


def folded_email(email: str) -> str:
    """The form in which two spellings of one address are equal."""
    return email.strip().casefold()
