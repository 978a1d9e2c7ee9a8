"""Recovery codes: the way in for who has lost the authenticator app; each counts once."""

import secrets
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.account.account import Account, AccountEvent, Telling
from register.kit.db import Base
from register.kit.post import post
from register.kit.security.keys import keyed_hash, lasting_key

HOW_MANY = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without what is mistaken for something else when it is read from paper."""
LENGTH = 12


class RecoveryCode(Base):
    """A code that was not used yet, known by its hash: 59 bits from the system's generator need no slow one."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)

    @classmethod
    async def renew(
        cls, session: AsyncSession, account: Account, *, by: Telling
    ) -> list[str]:
        """Make new ones; the old count no more. They are kept nowhere as they are: who calls shows them once."""
        await cls.drop(session, account)
        codes = [_drawn() for _ in range(HOW_MANY)]
        session.add_all(
            cls(account_id=account.id, code_hash=_hash(account, code)) for code in codes
        )
        by.tell(AccountEvent.RECOVERY_CODES_MADE, account=account.id, count=HOW_MANY)
        return codes

    @classmethod
    async def take(cls, session: AsyncSession, account: Account, typed: str) -> bool:
        """Whether the code is right and was not used before; from now on it is."""
        used = delete(cls).where(
            cls.account_id == account.id, cls.code_hash == _hash(account, typed)
        )
        return await session.scalar(used.returning(cls.id)) is not None

    @classmethod
    async def tell_used(
        cls, session: AsyncSession, account: Account, *, by: Telling
    ) -> None:
        """The owner hears of it, and how many are left."""
        left = await cls.left(session, account)
        by.tell(AccountEvent.RECOVERY_CODE_USED, account=account.id, left=left)
        await post(
            session,
            to=account.email,
            letter="account_recovery_code_used",
            context={"at": by.at, "left": left},
            key=f"account_recovery_code_used:{by.id}",
            now=by.at,
        )

    @classmethod
    async def tell_made(
        cls, session: AsyncSession, account: Account, *, by: Telling
    ) -> None:
        """The owner hears of it, in case it was somebody else at their screen."""
        await post(
            session,
            to=account.email,
            letter="account_recovery_codes_made",
            context={"at": by.at},
            key=f"account_recovery_codes_made:{by.id}",
            now=by.at,
        )

    @classmethod
    async def left(cls, session: AsyncSession, account: Account) -> int:
        of_account = select(func.count()).where(cls.account_id == account.id)
        return await session.scalar(of_account) or 0

    @classmethod
    async def drop(cls, session: AsyncSession, account: Account) -> None:
        await session.execute(delete(cls).where(cls.account_id == account.id))


def _drawn() -> str:
    """In three groups, as it is easier to read."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def _hash(account: Account, typed: str) -> bytes:
    plain = "".join(c for c in typed.lower() if c.isalnum())
    return keyed_hash(lasting_key("recovery codes"), str(account.id), plain)
