"""The worker's part: it prints a certificate that was issued, and keeps the file."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.certificate.certificate import Certificate
from register.certificate.printing import print_certificate
from register.kit import store
from register.kit.clock import day_of
from register.kit.jobs import every, job
from register.kit.pdf import CannotPrint
from register.kit.settings import settings

FOLDER = "certificates"


@job("make_certificate")
async def make_certificate(
    session: AsyncSession, now: datetime, certificate: UUID
) -> None:
    issued = await session.get_one(Certificate, certificate, with_for_update=True)
    if issued.printed_at or issued.unprintable:
        return
    try:
        printed = await asyncio.to_thread(
            print_certificate,
            issued.record,
            serial=issued.serial,
            as_at=issued.as_at,
            issued_at=issued.issued_at,
            public_url=settings().public_url,
            registrar=settings().registrar_name,
        )
    except CannotPrint as refusal:
        issued.unprintable = "".join(refusal.characters)
        return
    name = f"{FOLDER}/{store.new_name(day_of(now))}"
    await store.put(name, _whole(printed))
    issued.printed_at, issued.kept_as = now, name


async def _whole(printed: bytes) -> AsyncIterator[bytes]:
    yield printed


@every(hours=24)
async def sweep_certificates(session: AsyncSession, now: datetime) -> None:
    """Remove the files of a worker that was stopped after it had put one, before it could say so; the next made its own."""
    async for names in store.left_before(day_of(now - timedelta(days=1)), FOLDER):
        known = await session.scalars(
            select(Certificate.kept_as).where(Certificate.kept_as.in_(names))
        )
        for name in set(names) - set(known):
            await store.remove(name)
