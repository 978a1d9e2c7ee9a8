"""What people outside are asked by a link of their own: whether it still leads somewhere, and what they sealed."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

import msgspec
from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.kit.clock import end_of
from register.kit.db import Base
from register.kit.errors import NotFound, Refused
from register.kit.security import links
from register.kit.security.sealing import seal, unseal
from register.process import Process
from register.request import Outcome, Request, RequestKind


class Closed(StrEnum):
    """Why a link that is ours leads nowhere."""

    ANSWERED = "answered"
    EXPIRED = "expired"
    NOT_NEEDED = "not_needed"


class LinkClosed(Refused):
    """The link was ours, and its request has ended."""

    def __init__(self, why: Closed) -> None:
        self.why = why
        super().__init__("This link is no longer in use.")


WHY = {
    Outcome.RECEIVED: Closed.ANSWERED,
    Outcome.DECLINED: Closed.ANSWERED,
    Outcome.EXPIRED: Closed.EXPIRED,
    Outcome.REPLACED: Closed.NOT_NEEDED,
    Outcome.WAIVED: Closed.NOT_NEEDED,
}


class Answer(Base):
    """One a request: whoever has answered cannot answer again. Sealed, and only added."""

    __abstract__ = True

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id"), primary_key=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    sealed: Mapped[bytes]
    received_at: Mapped[datetime]

    @classmethod
    def of(cls, request: Request, said: msgspec.Struct, *, by: Process) -> Self:
        return cls(
            request_id=request.id,
            process_id=by.id,
            sealed=seal(
                msgspec.json.encode(said),
                table=cls.__tablename__,
                column="sealed",
                row=str(request.id),
            ),
            received_at=by.at,
        )

    def _said(self, kind: Any) -> Any:
        plain = unseal(
            self.sealed,
            table=self.__tablename__,
            column="sealed",
            row=str(self.request_id),
        )
        return msgspec.json.decode(plain, type=kind)


def token_of(request: Request) -> str:
    return links.sign(request.kind, str(request.id), until=end_of(request.due_on))


def request_in(kind: RequestKind, token: str, *, now: datetime) -> UUID:
    """Raises NotFound for what we never signed, LinkClosed where its time has passed."""
    try:
        return UUID(links.read(kind, token, now=now))
    except links.LinkExpired:
        raise LinkClosed(Closed.EXPIRED) from None


async def was_answered(
    session: AsyncSession, kind: RequestKind, token: str, *, now: datetime
) -> bool:
    """Whether the holder of the link has sent something by it; raises as `request_in` does for what is not a link."""
    request = await session.get(Request, request_in(kind, token, now=now))
    if request is None or request.kind is not kind:
        raise NotFound
    return request.outcome in {Outcome.RECEIVED, Outcome.DECLINED}
