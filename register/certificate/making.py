"""The worker's part: it prints a certificate that was issued, and keeps the file."""

import asyncio
import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.certificate.certificate import Certificate
from register.certificate.printing import print_certificate
from register.kit.jobs import job
from register.kit.pdf import CannotPrint
from register.kit.settings import settings
from register.kit.store import keep


@job("make_certificate")
async def make_certificate(
    session: AsyncSession, now: datetime, certificate: UUID
) -> None:
    issued = await session.get_one(Certificate, certificate, with_for_update=True)
    if issued.printed_at or issued.unprintable:
        return
    try:
        printed = await asyncio.to_thread(_print, issued)
    except CannotPrint as refusal:
        issued.unprintable = "".join(refusal.characters)
        return
    await keep(issued.file, printed)
    issued.printed_at, issued.sha256 = now, hashlib.sha256(printed).digest()


def _print(issued: Certificate) -> bytes:
    return print_certificate(
        issued.record,
        serial=issued.serial,
        as_at=issued.as_at,
        issued_at=issued.issued_at,
        public_url=settings().public_url,
        registrar=settings().registrar_name,
    )
