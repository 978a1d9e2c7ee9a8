"""A draft of the next version: one a kind, changed by whoever may, until it is proposed; a second person publishes it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import UniqueConstraint, Uuid, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from fitness.notice_template.acts import TemplateEvent
from fitness.notice_template.kind import NoticeKind
from fitness.notice_template.template import NoticeTemplate, current
from fitness.notice_template.wording import Wording, must_be_whole
from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process
from register.proposal import Proposal, ProposalKind, carries_out, waiting_on


class TemplateWaits(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This draft waits for a second person, so it cannot be changed. They can return it to you."
        )


class TemplateChanged(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Somebody has changed this draft since you opened the page. Look at it again before you go on."
        )


class SameWording(Refused):
    def __init__(self) -> None:
        super().__init__("This draft says the same as the template that is in use.")


class NoticeDraft(Base):
    """`touched` holds every account that wrote on it: none of them may approve it."""

    __tablename__ = "notice_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[NoticeKind] = mapped_column(code(NoticeKind, "kind"))
    kept: Mapped[dict[str, Any]] = mapped_column("wording")
    touched: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    begun_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (UniqueConstraint("kind"),)

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return about(self.kind)

    @property
    def wording(self) -> Wording:
        return msgspec.convert(self.kept, Wording)

    async def must_be_open(self, session: AsyncSession) -> None:
        """Raises TemplateWaits."""
        if await waiting_on(session, self.about):
            raise TemplateWaits

    async def discard(self, session: AsyncSession, *, by: Process) -> None:
        """Raises TemplateWaits."""
        await self.must_be_open(session)
        await session.delete(self)
        by.tell(TemplateEvent.DISCARDED, notice=self.kind)

    async def propose(
        self, session: AsyncSession, *, seen: int, proposer: Account, by: Process
    ) -> Proposal:
        """Raises TemplateChanged, SameWording or AlreadyProposed."""
        if seen != self.version:
            raise TemplateChanged
        if self.wording == (await current(session, self.kind)).wording:
            raise SameWording
        return await Proposal.make(
            session,
            ProposalKind.CHANGE_NOTICE,
            about=self.about,
            data={"draft": str(self.id), "version": self.version},
            touched=self.touched,
            proposer=proposer,
            by=by,
        )


def about(kind: NoticeKind) -> str:
    return f"notice_template:{kind}"


async def write(
    session: AsyncSession,
    kind: NoticeKind,
    wording: Wording,
    *,
    seen: int,
    account: Account,
    by: Process,
) -> NoticeDraft:
    """`seen`: the version of the draft that the page showed, 0 for none. Raises WrongGaps, TemplateWaits or TemplateChanged."""
    must_be_whole(kind, wording)
    draft = await draft_of(session, kind, lock=True)
    if seen != (draft.version if draft else 0):
        raise TemplateChanged
    if draft is None:
        draft = NoticeDraft(
            id=uuid4(), kind=kind, touched=[], begun_at=by.at, version=1
        )
        session.add(draft)
        by.tell(TemplateEvent.DRAFTED, notice=kind)
    else:
        await draft.must_be_open(session)
    draft.kept = msgspec.to_builtins(wording)
    draft.touched = sorted({*draft.touched, account.id})
    await session.flush()
    return draft


async def draft_of(
    session: AsyncSession, kind: NoticeKind, *, lock: bool = False
) -> NoticeDraft | None:
    found = select(NoticeDraft).where(NoticeDraft.kind == kind)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    draft: NoticeDraft | None = await session.scalar(found)
    return draft


async def drafted(session: AsyncSession) -> Collection[NoticeKind]:
    """Of which a draft is being written."""
    return set(await session.scalars(select(NoticeDraft.kind)))


@carries_out(ProposalKind.CHANGE_NOTICE)
async def publish(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    """What is served from now on is served by it."""
    draft = await session.get_one(NoticeDraft, UUID(proposal.data["draft"]))
    template = await NoticeTemplate.publish(
        session,
        draft.kind,
        draft.wording,
        touched={*draft.touched, *proposal.touched},
        approver_id=proposal.approver_id,
        now=by.at,
    )
    by.tell(TemplateEvent.PUBLISHED, notice=draft.kind, version=template.number)
    await session.delete(draft)
