"""Bundles: what of a docket goes to an audience, as one PDF; once it is made it stays as it is."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from fitness.case import Case, CaseEventKind
from fitness.docket.document import DocketDocument, docket_of, must_be_open
from fitness.docket.level import Audience
from fitness.numbers import next_number
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.jobs import enqueue
from register.process import Process

MOST_PAGES = 2000


class BundleState(StrEnum):
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


class Fault(StrEnum):
    CHANGED = "changed"
    """The docket changed while it was being built."""
    UNREADABLE = "unreadable"
    """A document cannot be read."""
    TOO_LONG = "too_long"


class NothingForThem(Refused):
    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        super().__init__("The docket holds no document for this audience.")


class RedactionWaits(Refused):
    def __init__(self, numbers: Sequence[int]) -> None:
        self.numbers = numbers
        super().__init__(
            f"Somebody must first acknowledge or return what is to be withheld of document {', '.join(map(str, numbers))}."
        )


class FileNotReadable(Refused):
    def __init__(self, numbers: Sequence[int]) -> None:
        self.numbers = numbers
        super().__init__(
            f"The file of document {', '.join(map(str, numbers))} cannot be read any more. Take it out of the docket first."
        )


class Bundle(Base):
    __tablename__ = "docket_bundle"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    audience: Mapped[Audience] = mapped_column(code(Audience, "audience"))
    state: Mapped[BundleState] = mapped_column(code(BundleState, "state"))
    asked_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    inputs: Mapped[bytes]
    """A hash over all that it is made of: another one says that the docket has changed."""
    files: Mapped[int]
    """How many of its documents are files; our own are printed when it is bound."""
    done: Mapped[int]
    """How many of the files are prepared."""
    fault: Mapped[Fault | None] = mapped_column(code(Fault, "fault"))
    fault_in: Mapped[int | None]
    """The number of the document that was at fault."""
    settled_at: Mapped[datetime | None]
    kept_as: Mapped[str | None] = mapped_column(unique=True)
    """The name of its file in the store."""
    sha256: Mapped[bytes | None]
    size: Mapped[int | None]
    pages: Mapped[int | None]

    process: Mapped[Process] = relationship(lazy="raise")
    documents: Mapped[list["BundleDocument"]] = relationship(
        lazy="raise", order_by="BundleDocument.position"
    )

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(state = 'building') = (settled_at is null)", name="settled"),
        CheckConstraint("(state = 'failed') = (fault is not null)", name="failed"),
        CheckConstraint(
            "(state = 'ready') = (kept_as is not null) and num_nulls(kept_as, sha256, size, pages) in (0, 4)",
            name="ready",
        ),
        CheckConstraint("length(sha256) = 32 and length(inputs) = 32", name="hashes"),
        CheckConstraint(f"pages between 1 and {MOST_PAGES}", name="pages"),
        Index(
            "docket_bundle_one_building",
            "case_id",
            "audience",
            unique=True,
            postgresql_where="state = 'building'",
        ),
    )

    @classmethod
    async def ask(
        cls, session: AsyncSession, case: Case, audience: Audience, *, by: Process
    ) -> "Bundle":
        """The one that is made of the same already, where there is one; the caller has locked the case.

        Raises NotNow, NothingForThem, RedactionWaits or FileNotReadable. The worker builds it.
        """
        must_be_open(case)
        documents = for_audience(await docket_of(session, case.id), audience)
        _must_be_ready(documents, audience)
        inputs = made_of(case.reference, audience, documents)
        for known in await _of_the_same_audience(session, case.id, audience):
            if known.inputs == inputs:
                return known
            if known.state is BundleState.BUILDING:
                known.fail(Fault.CHANGED, now=by.at)
        await session.flush()
        bundle = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            audience=audience,
            state=BundleState.BUILDING,
            asked_at=by.at,
            process=by,
            inputs=inputs,
            files=sum(not one.made_from.ours for one in documents),
            done=0,
            documents=[
                BundleDocument(case_id=case.id, document_id=one.id, position=position)
                for position, one in enumerate(documents, start=1)
            ],
        )
        session.add(bundle)
        case.tell(
            session,
            CaseEventKind.BUNDLE_ASKED,
            by=by,
            bundle=bundle.number,
            audience=audience,
        )
        await session.flush()
        await enqueue(session, "build_bundle", {"bundle": bundle.id})
        return bundle

    def fail(self, fault: Fault, *, now: datetime, document: int | None = None) -> None:
        self.state, self.settled_at = BundleState.FAILED, now
        self.fault, self.fault_in = fault, document

    def bound(
        self, *, now: datetime, kept_as: str, sha256: bytes, size: int, pages: int
    ) -> None:
        self.state, self.settled_at, self.kept_as = BundleState.READY, now, kept_as
        self.sha256, self.size, self.pages = sha256, size, pages


class BundleDocument(Base):
    """A document as it stands in one bundle."""

    __tablename__ = "docket_bundle_document"

    bundle_id: Mapped[UUID] = mapped_column(
        ForeignKey("docket_bundle.id"), primary_key=True
    )
    document_id: Mapped[UUID] = mapped_column(
        ForeignKey("docket_document.id"), primary_key=True
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    position: Mapped[int]
    pages: Mapped[int | None]
    """Once it is prepared."""
    part_as: Mapped[str | None]
    """Of an upload, while the bundle is being built: its pages, made anew, in the store."""

    __table_args__ = (UniqueConstraint("bundle_id", "position"),)


def for_audience(
    documents: Iterable[DocketDocument], audience: Audience
) -> list[DocketDocument]:
    return [one for one in documents if one.goes_to(audience)]


def made_of(
    reference: str, audience: Audience, documents: Sequence[DocketDocument]
) -> bytes:
    """Whatever changes what a bundle of these would say, or whether it may be made, changes this."""
    digest = hashlib.sha256(f"{reference} {audience}".encode())
    for one in documents:
        said = [one.id, one.title, one.dated_on]
        said += [(redaction.id, redaction.verdict) for redaction in one.redactions]
        digest.update(f"\n{said!r}".encode())
    return digest.digest()


def changed_last(documents: Iterable[DocketDocument]) -> datetime:
    """When the docket came to be what these are: the date that a bundle of them bears."""
    return max(
        moment
        for one in documents
        for moment in (
            one.added_at,
            *(held.settled_at for held in one.withheld if held.settled_at),
        )
    )


def _must_be_ready(documents: Sequence[DocketDocument], audience: Audience) -> None:
    if not documents:
        raise NothingForThem(audience)
    if waiting := [one.number for one in documents if one.waiting]:
        raise RedactionWaits(waiting)
    if shut := [one.number for one in documents if one.file and not one.file.readable]:
        raise FileNotReadable(shut)


async def _of_the_same_audience(
    session: AsyncSession, case_id: UUID, audience: Audience
) -> Sequence[Bundle]:
    found = await session.scalars(
        select(Bundle)
        .where(
            Bundle.case_id == case_id,
            Bundle.audience == audience,
            Bundle.state != BundleState.FAILED,
        )
        .options(selectinload(Bundle.documents))
        .with_for_update(of=Bundle)
    )
    return found.all()


async def bundles_of(session: AsyncSession, case_id: UUID) -> Sequence[Bundle]:
    """The latest first."""
    found = await session.scalars(
        select(Bundle)
        .where(Bundle.case_id == case_id)
        .options(selectinload(Bundle.documents))
        .order_by(Bundle.number.desc())
    )
    return found.all()


async def bundle_in(session: AsyncSession, case_id: UUID, number: int) -> Bundle:
    """Raises NotFound."""
    bundle = await session.scalar(
        select(Bundle)
        .where(Bundle.case_id == case_id, Bundle.number == number)
        .options(selectinload(Bundle.documents))
    )
    if bundle is None:
        raise NotFound
    return bundle
