"""Evidence that the applicant has sent: listed beside its section, and given out once it is scanned clean."""

from dataclasses import dataclass
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Stream
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application import Application, SectionName
from register.application.evidence import Evidence
from register.application.section import SentSection
from register.assessment import read_restricted
from register.kit.errors import NotFound
from register.kit.files import StoredFile, download
from register.web.applications.record import open_application
from register.web.casework import READERS
from register.web.needs import Act, Session


@dataclass(frozen=True)
class Filed:
    evidence: Evidence
    file: StoredFile


async def files_of(
    session: AsyncSession, application: Application, section: SectionName
) -> list[Filed]:
    """What was sent with the section; not what the applicant has added since and may still take back."""
    sent_at = (
        select(func.max(SentSection.sent_at))
        .where(
            SentSection.application_id == Evidence.application_id,
            SentSection.name == Evidence.section,
        )
        .scalar_subquery()
    )
    found = await session.execute(
        select(Evidence, StoredFile)
        .join(StoredFile, Evidence.file_id == StoredFile.id)
        .where(
            Evidence.application_id == application.id,
            Evidence.section == section,
            Evidence.added_at <= sent_at,
        )
        .order_by(Evidence.added_at, Evidence.id)
    )
    return [Filed(*row) for row in found]


@get("/{reference:str}/evidence/{evidence_id:uuid}", access=READERS)
async def evidence(
    session: Session, act: Act, reference: FromPath[str], evidence_id: FromPath[UUID]
) -> Stream:
    """Refused until the file is known to be harmless."""
    opened = await open_application(session, act, reference)
    application = opened.application
    of = await session.get(Evidence, evidence_id)
    if not of or of.application_id != application.id:
        raise NotFound
    filed = await files_of(session, application, of.section)
    found = next((f.file for f in filed if f.evidence.id == of.id), None)
    if not found:
        raise NotFound
    if of.section.restricted:
        await read_restricted(
            session, application, of.section, reader=act.account, now=act.now
        )
    return download(found)


pages = [evidence]
