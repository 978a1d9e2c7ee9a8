"""Evidence: the files that an applicant sends with a section, and who may read them."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.application.state import SectionName
from register.kit.db import Base, code
from register.kit.files import FileState, StoredFile, forget


class EvidenceKind(StrEnum):
    PASSPORT = "passport"
    DRIVING_LICENCE = "driving_licence"
    RESIDENCE_PERMIT = "residence_permit"
    PROOF_OF_AGE = "proof_of_age"
    BIRTH_CERTIFICATE = "birth_certificate"
    NAME_CHANGE = "name_change"
    BANK_STATEMENT = "bank_statement"
    UTILITY_BILL = "utility_bill"
    PHOTOGRAPH = "photograph"
    CERTIFICATE = "certificate"
    TRANSLATION = "translation"
    ENGLISH_TEST = "english_test"
    OBSERVATION = "observation"
    TESTIMONY = "testimony"
    WORK_RECORD = "work_record"
    REFLECTION = "reflection"
    LETTER = "letter"
    OTHER = "other"

    @property
    def has_photograph(self) -> bool:
        return self in {
            EvidenceKind.PASSPORT,
            EvidenceKind.DRIVING_LICENCE,
            EvidenceKind.RESIDENCE_PERMIT,
            EvidenceKind.PROOF_OF_AGE,
        }

    @property
    def shows_who(self) -> bool:
        """Whether it counts as one of the documents that prove identity."""
        return self.has_photograph or self in {
            EvidenceKind.BIRTH_CERTIFICATE,
            EvidenceKind.NAME_CHANGE,
            EvidenceKind.BANK_STATEMENT,
            EvidenceKind.UTILITY_BILL,
        }


KINDS: dict[SectionName, tuple[EvidenceKind, ...]] = {
    SectionName.IDENTITY: (
        EvidenceKind.PASSPORT,
        EvidenceKind.DRIVING_LICENCE,
        EvidenceKind.RESIDENCE_PERMIT,
        EvidenceKind.PROOF_OF_AGE,
        EvidenceKind.BIRTH_CERTIFICATE,
        EvidenceKind.NAME_CHANGE,
        EvidenceKind.BANK_STATEMENT,
        EvidenceKind.UTILITY_BILL,
        EvidenceKind.PHOTOGRAPH,
    ),
    SectionName.QUALIFICATIONS: (
        EvidenceKind.CERTIFICATE,
        EvidenceKind.TRANSLATION,
        EvidenceKind.LETTER,
        EvidenceKind.OTHER,
    ),
    SectionName.PORTFOLIO: (
        EvidenceKind.OBSERVATION,
        EvidenceKind.TESTIMONY,
        EvidenceKind.WORK_RECORD,
        EvidenceKind.REFLECTION,
        EvidenceKind.CERTIFICATE,
        EvidenceKind.OTHER,
    ),
    SectionName.ENGLISH: (
        EvidenceKind.ENGLISH_TEST,
        EvidenceKind.LETTER,
        EvidenceKind.OTHER,
    ),
}
"""What is worth sending, by section; elsewhere a letter or another document."""

GENERAL = (EvidenceKind.LETTER, EvidenceKind.OTHER)


class Evidence(Base):
    """One file and what it is said to show."""

    __tablename__ = "evidence"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("application.id"), index=True
    )
    section: Mapped[SectionName] = mapped_column(code(SectionName, "section"))
    item_id: Mapped[UUID | None]
    """The one of the section's list that it belongs to: a qualification's certificate."""
    kind: Mapped[EvidenceKind] = mapped_column(code(EvidenceKind, "kind"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    added_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(lazy="raise")

    @property
    def usable(self) -> bool:
        """Not found infected or unreadable; what is still being checked counts."""
        return self.file.state in (FileState.QUARANTINED, FileState.CLEAN)


def kinds_for(section: SectionName) -> tuple[EvidenceKind, ...]:
    return KINDS.get(section, GENERAL)


async def evidence_of(
    session: AsyncSession, application_id: UUID, section: SectionName | None = None
) -> list[Evidence]:
    """What has been uploaded, with its files, in the order of arrival."""
    found = select(Evidence).where(Evidence.application_id == application_id)
    if section:
        found = found.where(Evidence.section == section)
    rows = await session.scalars(
        found.options(joinedload(Evidence.file)).order_by(
            Evidence.added_at, Evidence.id
        )
    )
    return list(rows)


async def evidence_by_application(
    session: AsyncSession, application_ids: Collection[UUID]
) -> dict[UUID, list[Evidence]]:
    """The same of several applications; of each there is a list, if an empty one."""
    rows = await session.scalars(
        select(Evidence)
        .where(Evidence.application_id.in_(application_ids))
        .options(joinedload(Evidence.file))
        .order_by(Evidence.added_at, Evidence.id)
    )
    found: dict[UUID, list[Evidence]] = {id_: [] for id_ in application_ids}
    for row in rows:
        found[row.application_id].append(row)
    return found


async def forget_evidence(session: AsyncSession, evidence: Evidence) -> None:
    await session.delete(evidence)
    await session.flush()
    await forget(session, evidence.file)


async def forget_item(
    session: AsyncSession, application_id: UUID, item_id: UUID
) -> None:
    """What was sent for something that is no longer listed goes with it."""
    for row in await evidence_of(session, application_id):
        if row.item_id == item_id:
            await forget_evidence(session, row)
