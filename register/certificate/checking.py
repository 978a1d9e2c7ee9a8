"""Is a certificate still true? What it said when it was issued, held against the register today."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from register.certificate.certificate import Certificate
from register.certificate.record import Record
from register.entry import EntryProjection
from register.kit.errors import Gone, MovedTo, NotFound
from register.person import Person, survivor
from register.published import fresh


class Verdict(StrEnum):
    VALID = "valid"
    """The register says today what the certificate says."""
    CHANGED = "changed"
    SUPERSEDED = "superseded"
    """Replaced by a newer one; the register may have changed too."""


@dataclass(frozen=True)
class Check:
    certificate: Certificate
    today: Record

    @property
    def changes(self) -> tuple[str, ...]:
        """The names of what has changed. What it was is not told: it may not be public any more."""
        return self.certificate.record.differences(self.today)

    @property
    def verdict(self) -> Verdict:
        if self.certificate.superseded_at:
            return Verdict.SUPERSEDED
        return Verdict.CHANGED if self.changes else Verdict.VALID


async def check(session: AsyncSession, typed: str, *, now: datetime) -> Check:
    """Raises NotFound for a serial never issued and for somebody withheld, who must look the same; MovedTo where the
    person has another number by now; Gone where the entry is not shown any more.
    """
    certificate = await Certificate.find(session, typed)
    kept = await session.get_one(EntryProjection, certificate.entry_id)
    (row,) = await fresh(session, [kept], now=now)
    if row.published:
        return Check(certificate, Record.of(row))
    person = await session.get_one(Person, row.person_id)
    heir = await session.get_one(Person, await survivor(session, person.id))
    if person.withheld or heir.withheld:
        raise NotFound
    if heir is not person:
        raise MovedTo(f"/register/{heir.number}")
    raise Gone
