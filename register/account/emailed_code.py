"""Six-digit codes sent by e-mail, by which somebody shows that an address is theirs."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.account.account import folded_email
from register.kit.db import Base, code
from register.kit.security.keys import keyed_hash, signing_key

GOOD_FOR = timedelta(minutes=15)
TRIES = 5
DIGITS = 6


class CodePurpose(StrEnum):
    SIGN_UP = "sign_up"
    CHANGE_EMAIL = "change_email"


class EmailedCode(Base):
    """One code for each purpose and address; a new one takes the place of the old."""

    __tablename__ = "emailed_code"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """A keyed hash of purpose, who asked and address."""
    purpose: Mapped[CodePurpose] = mapped_column(code(CodePurpose))
    code_hash: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    tries_left: Mapped[int]

    __table_args__ = (CheckConstraint("tries_left > 0", name="tries_left"),)

    @classmethod
    async def make(
        cls,
        session: AsyncSession,
        purpose: CodePurpose,
        *,
        address: str,
        asked_by: str,
        now: datetime,
    ) -> str:
        """A code for the letter. `asked_by` is the browser or account that alone may type it in."""
        drawn = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        key = _key(purpose, address, asked_by)
        row = {
            "purpose": purpose,
            "code_hash": _hash(key, drawn),
            "expires_at": now + GOOD_FOR,
            "tries_left": TRIES,
        }
        made = insert(cls).values(key=key, **row)
        await session.execute(
            made.on_conflict_do_update(index_elements=["key"], set_=row)
        )
        return drawn

    @classmethod
    async def accept(
        cls,
        session: AsyncSession,
        purpose: CodePurpose,
        typed: str,
        *,
        address: str,
        asked_by: str,
        now: datetime,
    ) -> bool:
        """Whether it is the code. A right one counts once, also when it comes twice at the same time; five wrong ones end it."""
        key = _key(purpose, address, asked_by)
        right = delete(cls).where(
            cls.key == key,
            cls.code_hash == _hash(key, "".join(typed.split())),
            cls.expires_at > now,
        )
        if await session.scalar(right.returning(cls.key)):
            return True
        await session.execute(delete(cls).where(cls.key == key, cls.tries_left == 1))
        await session.execute(
            update(cls).where(cls.key == key).values(tries_left=cls.tries_left - 1)
        )
        return False

    @classmethod
    async def sweep(cls, session: AsyncSession, now: datetime) -> None:
        await session.execute(delete(cls).where(cls.expires_at <= now))


def _key(purpose: CodePurpose, address: str, asked_by: str) -> bytes:
    return keyed_hash(
        signing_key("emailed codes"), purpose, folded_email(address), asked_by
    )


def _hash(key: bytes, typed: str) -> bytes:
    return keyed_hash(signing_key("emailed code"), key, typed)
