"""Whose money it is: nobody at the desk acts on their own, alone or as one of two."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from fees.invoice import Invoice
from register.account import Account
from register.person import survivor, with_merged
from register.proposal import AboutYourself


async def must_not_be_own(
    session: AsyncSession, invoice_ids: Collection[UUID], officer_id: UUID | None
) -> None:
    """Raises AboutYourself; a job is nobody."""
    if await is_own(session, invoice_ids, officer_id):
        raise AboutYourself


async def is_own(
    session: AsyncSession, invoice_ids: Collection[UUID], officer_id: UUID | None
) -> bool:
    """Whether the officer is asked to pay one of them, or it is their fee, whoever pays."""
    if officer_id is None or not invoice_ids:
        return False
    officer = await session.get_one(Account, officer_id)
    themselves = (
        await with_merged(session, await survivor(session, officer.person_id))
        if officer.person_id
        else []
    )
    theirs = exists().where(
        Invoice.id.in_(invoice_ids),
        (Invoice.account_id == officer.id) | Invoice.person_id.in_(themselves),
    )
    return bool(await session.scalar(select(theirs)))
