"""Erasing: what has had its time goes each night, and what went is written down, how much of each and nothing of what it said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    delete,
    func,
    select,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from register.appeal import Appeal, AppealDocument
from register.application import Application, SectionName
from register.application.endorsement import Endorsement
from register.application.equality import count_answers
from register.application.evidence import evidence_of, forget_evidence
from register.application.references import Reference
from register.application.section import ApplicationSection, SentSection
from register.assessment import Scrutiny
from register.employment import Employment, EmploymentGap
from register.entry import Entry
from register.entry.facts import Condition, Order, WarningFact
from register.kit.clock import day_of, months_after
from register.kit.db import Base, Role, acting_as
from register.kit.files import forget
from register.kit.jobs import enqueue, every, job
from register.kit.post import Message
from register.matching import forget_traits
from register.notice import Notice, NoticeDocument, Representation
from register.part import Part
from register.person import Person, PersonName
from register.process import Event, Process, ProcessText
from register.qualification import Qualification
from register.request import Request
from register.retention.due import Due, Kind, due_by
from register.retention.keeping import RetentionAct, RetentionEvent
from register.rule_set import RuleSet

A_NIGHT = 200
"""So many applications a night at most: whoever set a figure wrong loses no more than that before somebody sees it."""


Paper = TypeVar("Paper", AppealDocument, NoticeDocument)


class Erasure(Base):
    """Rows are only added."""

    __tablename__ = "erasure"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str]
    """Kind, or one of the records that belong to no application."""
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    erased_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    counts: Mapped[dict[str, Any]]
    """How many of each kind of row went."""

    __table_args__ = (
        CheckConstraint("jsonb_typeof(counts) = 'object'", name="counts"),
        Index("erasure_latest_ix", "erased_at", "id"),
        Index(None, "application_id"),
    )

    @classmethod
    def of(
        cls,
        kind: str,
        counts: dict[str, int],
        *,
        application_id: UUID | None = None,
        by: Process,
    ) -> Self:
        return cls(
            id=uuid4(),
            kind=kind,
            application_id=application_id,
            erased_at=by.at,
            process_id=by.id,
            counts={name: count for name, count in counts.items() if count},
        )


@every(hours=24)
async def erase_what_is_due(session: AsyncSession, now: datetime) -> None:
    """One job each, so that a fault with one keeps nothing of the others."""
    for due in await due_by(session, day_of(now), now=now, limit=A_NIGHT):
        await enqueue(
            session, "erase_one", {"kind": due.kind, "application": due.application_id}
        )


@job("erase_one")
async def erase_one(
    session: AsyncSession, now: datetime, kind: str, application: UUID
) -> None:
    """Looked at once more, as it may have been kept longer since."""
    locked = await session.get_one(Application, application, with_for_update=True)
    due = await due_by(session, day_of(now), now=now, only=locked.id)
    found = next((one for one in due if one.kind == kind), None)
    if found:
        await erase(session, locked, found, now=now)


async def erase(
    session: AsyncSession, application: Application, due: Due, *, now: datetime
) -> Erasure:
    """Delete it, and write down how much there was."""
    by = Process.begin(session, RetentionAct.ERASE, now=now, reason=due.kind)
    counts = (
        await _health(session, application)
        if due.kind is Kind.HEALTH
        else await _all(session, application, now=now)
    )
    erasure = Erasure.of(due.kind, counts, application_id=application.id, by=by)
    session.add(erasure)
    application.tell(RetentionEvent.ERASED, by=by, of=due.kind, due=due.on)
    await session.flush()
    return erasure


async def erasures(
    session: AsyncSession, *, application_id: UUID | None = None, limit: int = 100
) -> Sequence[tuple[Erasure, str | None]]:
    """The latest first, each with the reference of the application, where it was of one."""
    lines = select(Erasure, Application.reference).outerjoin(
        Application, Erasure.application_id == Application.id
    )
    if application_id:
        lines = lines.where(Erasure.application_id == application_id)
    rows = await session.execute(
        lines.order_by(Erasure.erased_at.desc(), Erasure.id).limit(limit)
    )
    return [(erasure, reference) for erasure, reference in rows]


async def _health(session: AsyncSession, application: Application) -> dict[str, int]:
    return {
        "documents": await _documents(session, application, SectionName.HEALTH),
        "answers": await _answers(session, application, SectionName.HEALTH),
    }


async def _all(
    session: AsyncSession, application: Application, *, now: datetime
) -> dict[str, int]:
    requests = select(Request.id).where(Request.application_id == application.id)
    notices = select(Notice.id).where(Notice.application_id == application.id)
    appeals = select(Appeal.id).where(Appeal.application_id == application.id)
    counts = {
        "documents": await _documents(session, application),
        "answers": await _answers(session, application),
        "appeal documents": await _papers(
            session, AppealDocument, AppealDocument.appeal_id.in_(appeals)
        ),
        "notice documents": await _papers(
            session, NoticeDocument, NoticeDocument.notice_id.in_(notices)
        ),
        "representations": await _gone(
            session, Representation, Representation.notice_id.in_(notices)
        ),
        "endorsements": await _gone(
            session, Endorsement, Endorsement.request_id.in_(requests)
        ),
        "references": await _gone(
            session, Reference, Reference.request_id.in_(requests)
        ),
        "scrutinies": await _gone(
            session, Scrutiny, Scrutiny.application_id == application.id
        ),
        "messages": await _gone(
            session, Message, Message.application_id == application.id
        ),
        "words": await _words(session, application, now=now),
    }
    return counts | await _person(session, application)


async def _documents(
    session: AsyncSession, application: Application, section: SectionName | None = None
) -> int:
    found = await evidence_of(session, application.id, section)
    for evidence in found:
        await forget_evidence(session, evidence)
    return len(found)


async def _papers(
    session: AsyncSession, kind: type[Paper], which: ColumnElement[bool]
) -> int:
    found = await session.scalars(
        select(kind).where(which).options(joinedload(kind.file))
    )
    papers = found.all()
    for paper in papers:
        await session.delete(paper)
    await session.flush()
    for paper in papers:
        await forget(session, paper.file)
    return len(papers)


async def _answers(
    session: AsyncSession, application: Application, section: SectionName | None = None
) -> int:
    count = 0
    for kind in (ApplicationSection, SentSection):
        which = [kind.application_id == application.id]
        if section:
            which.append(kind.name == section)
        count += await _gone(session, kind, *which)
    return count


async def _gone(session: AsyncSession, kind: type[Base], *which: Any) -> int:
    rows = await session.execute(delete(kind).where(*which))
    return int(rows.rowcount)  # type: ignore[attr-defined]  # a delete has one


async def _words(
    session: AsyncSession, application: Application, *, now: datetime
) -> int:
    """What was written in its acts, but not the public wordings that the register keeps."""
    shown = union(
        *(
            select(kind.text_id).where(kind.text_id.is_not(None))
            for kind in (Condition, Order, WarningFact)
        )
    )
    acts = select(Event.process_id).where(Event.application_id == application.id)
    texts = await session.scalars(
        select(ProcessText.id).where(
            ProcessText.process_id.in_(acts), ProcessText.id.not_in(shown)
        )
    )
    ids = texts.all()
    async with acting_as(session, Role.ERASER):
        for text_id in ids:
            await session.execute(select(func.erase_words(text_id, now)))
    return len(ids)


async def _person(session: AsyncSession, application: Application) -> dict[str, int]:
    """Of somebody who was never registered and of whom nothing else is kept, their name goes too."""
    person = await session.get_one(Person, application.person_id, with_for_update=True)
    if person.number or await _known_otherwise(session, application):
        return {}
    person.call("", "")
    person.birth_date = None
    await forget_traits(session, person)
    return {
        kind.__tablename__: await _gone(session, kind, kind.person_id == person.id)
        for kind in (PersonName, Employment, EmploymentGap, Qualification)
    }


async def _known_otherwise(session: AsyncSession, application: Application) -> bool:
    """By another application whose answers are kept, or an entry."""
    others = select(ApplicationSection.application_id).join(
        Application, ApplicationSection.application_id == Application.id
    )
    others = others.where(
        Application.person_id == application.person_id,
        Application.id != application.id,
    )
    entries = select(Entry.id).where(Entry.person_id == application.person_id)
    return bool(
        await session.scalar(others.limit(1)) or await session.scalar(entries.limit(1))
    )


@every(hours=24)
async def count_old_answers(session: AsyncSession, now: datetime) -> None:
    """Answers to the equality questions become counts of a year once they have had their time."""
    for part in Part:
        rules = (await RuleSet.on(session, part, day_of(now))).rules
        before = months_after(day_of(now), -rules.retention_equality_months)
        await count_answers(session, part, before=before.replace(month=1, day=1))
