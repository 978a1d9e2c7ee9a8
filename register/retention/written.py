"""What was written to people and by them: letters that belong to no application, and threads of messages."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.enquiry import Enquiry, EnquiryMessage
from register.kit.clock import end_of, months_after
from register.kit.files import forget
from register.kit.post import Message, MessageState
from register.notice import Notice
from register.retention.forgetting import forgets, longest


async def old_letters(session: AsyncSession, day: date, now: datetime) -> Select[UUID]:
    """But for what has not left, and the proof that a notice was served which is not decided on."""
    months = await longest(session, "retention_letters_months", now)
    return (
        select(Message.id)
        .where(
            Message.application_id.is_(None),
            Message.created_at < end_of(months_after(day, -months)),
            Message.state != MessageState.QUEUED,
            ~exists().where(Notice.message_id == Message.id, Notice.open),
        )
        .order_by(Message.created_at, Message.id)
    )


@forgets("letters", over=old_letters)
async def forget_letters(session: AsyncSession, ids: Sequence[UUID]) -> dict[str, int]:
    await session.execute(delete(Message).where(Message.id.in_(ids)))
    return {"letters": len(ids)}


async def old_threads(session: AsyncSession, day: date, now: datetime) -> Select[UUID]:
    """In which nothing was said since, and nothing waits for an answer."""
    months = await longest(session, "retention_enquiries_months", now)
    last = func.max(EnquiryMessage.sent_at)
    return (
        select(Enquiry.id)
        .join(EnquiryMessage, EnquiryMessage.enquiry_id == Enquiry.id)
        .where(~Enquiry.waiting)
        .group_by(Enquiry.id)
        .having(last < end_of(months_after(day, -months)))
        .order_by(last, Enquiry.id)
    )


@forgets("enquiries", over=old_threads)
async def forget_threads(session: AsyncSession, ids: Sequence[UUID]) -> dict[str, int]:
    found = await session.scalars(
        select(EnquiryMessage)
        .where(EnquiryMessage.enquiry_id.in_(ids))
        .options(joinedload(EnquiryMessage.file))
    )
    messages = found.all()
    files = [message.file for message in messages if message.file]
    for message in messages:
        await session.delete(message)
    await session.flush()
    for file in files:
        await forget(session, file)
    await session.execute(delete(Enquiry).where(Enquiry.id.in_(ids)))
    return {"threads": len(ids), "messages": len(messages), "documents": len(files)}
