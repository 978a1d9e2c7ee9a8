"""The worker's part: gathers, writes both files, tells the person, and deletes what has had its time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.data_copy.copy import KEPT_FOR, SOON, DataCopy
from register.data_copy.gathering import Shelf, gathered
from register.data_copy.printing import printed
from register.kit import store
from register.kit.clock import day_of
from register.kit.jobs import every, job
from register.kit.post import post

FOLDER = "data-copies"


@job("make_data_copy")
async def make_data_copy(session: AsyncSession, now: datetime, data_copy: UUID) -> None:
    copy = await session.get(DataCopy, data_copy, with_for_update=True)
    if copy is None or copy.made_at:
        return
    account = await session.get_one(Account, copy.account_id)
    shelves = await gathered(session, account, now=now)
    pdf = await asyncio.to_thread(printed, shelves, made_at=now)
    copy.json_kept_as = await _kept(as_json(shelves, now), now)
    copy.pdf_kept_as = await _kept(pdf, now)
    copy.made_at = now
    await post(
        session,
        to=account.email,
        letter="data_copy_ready",
        context={"until": copy.until},
        key=f"data_copy_ready:{copy.id}",
        person_id=account.person_id,
        now=now,
    )


def as_json(shelves: list[Shelf], made_at: datetime) -> bytes:
    told = {shelf.name: list(shelf.records) for shelf in shelves}
    return msgspec.json.format(
        msgspec.json.encode({"made_at": made_at, "held": told}), indent=2
    )


async def _kept(content: bytes, now: datetime) -> str:
    name = f"{FOLDER}/{store.new_name(day_of(now))}"
    await store.put(name, _whole(content))
    return name


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


@every(hours=1)
async def sweep_data_copies(session: AsyncSession, now: datetime) -> None:
    """Delete what has had its week, what was never made, and the files of a worker that was stopped in the midst."""
    over = await session.scalars(
        select(DataCopy).where(
            (DataCopy.made_at <= now - KEPT_FOR)
            | (
                DataCopy.made_at.is_(None)
                & (DataCopy.asked_at <= now - KEPT_FOR - SOON)
            )
        )
    )
    for copy in over:
        for name in filter(None, (copy.json_kept_as, copy.pdf_kept_as)):
            await store.remove(name)
        await session.delete(copy)
    await session.flush()
    async for names in store.left_before(day_of(now - timedelta(days=1)), FOLDER):
        known = {
            name
            for row in await session.execute(
                select(DataCopy.json_kept_as, DataCopy.pdf_kept_as)
            )
            for name in row
        }
        for name in set(names) - known:
            await store.remove(name)
