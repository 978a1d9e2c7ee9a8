"""When and how an account was signed in to, so that its owner can see what was not them."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.account.account import Account
from register.kit.db import Base, code

KEPT_FOR = timedelta(days=365)


class SignInWay(StrEnum):
    PASSWORD = "password"  # noqa: S105 - a way, not a password
    APP = "app"
    RECOVERY_CODE = "recovery_code"

    @property
    def shows_factor(self) -> bool:
        return self is not SignInWay.PASSWORD


class SignIn(Base):
    __tablename__ = "sign_in"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    way: Mapped[SignInWay] = mapped_column(code(SignInWay))
    network: Mapped[str]
    browser: Mapped[str]
    """As "Firefox on Windows": enough to know one's own, too little to follow anybody."""

    __table_args__ = (Index(None, "account_id", "at"),)

    @classmethod
    async def of_account(
        cls, session: AsyncSession, account: Account, *, limit: int = 50
    ) -> list["SignIn"]:
        """The latest first."""
        own = select(cls).where(cls.account_id == account.id)
        return list(await session.scalars(own.order_by(cls.at.desc()).limit(limit)))

    @classmethod
    async def sweep(cls, session: AsyncSession, now: datetime) -> None:
        await session.execute(delete(cls).where(cls.at < now - KEPT_FOR))
