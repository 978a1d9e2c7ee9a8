"""What a panel finds: of each particular whether it happened, and of each allegation which ground that makes.

A panel may find anew until it has signed; what it wrote before stays among the words of the case.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import Kind
from fitness.hearing.member import panel_of, unsign
from fitness.investigation.allegation import (
    GROUNDS,
    Allegation,
    Ground,
    Particular,
    allegations_of,
)
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.process import Process


class Found(StrEnum):
    ADMITTED = "admitted"
    PROVED = "proved"
    NOT_PROVED = "not_proved"
    NO_CASE = "no_case"
    """There is nothing that could prove it."""

    @property
    def stands(self) -> bool:
        return self in {Found.ADMITTED, Found.PROVED}


class NotAlleged(Refused):
    def __init__(self, grounds: Collection[Ground]) -> None:
        self.grounds = grounds
        super().__init__("A panel finds no ground that was not alleged.")


class FactsFirst(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Find on every particular of this allegation first. A ground needs one that was admitted or proved."
        )


class NoFindings(Refused):
    def __init__(self) -> None:
        super().__init__("Facts are found at a final hearing only.")


class Finding(Base):
    """Of one particular."""

    __tablename__ = "hearing_finding"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearing.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    particular_id: Mapped[UUID] = mapped_column(ForeignKey("particular.id"))
    found: Mapped[Found] = mapped_column(code(Found, "found"))
    found_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("hearing_id", "particular_id"),)


class GroundFound(Base):
    """Of one allegation; none of its grounds where the facts make none."""

    __tablename__ = "hearing_ground"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearing.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    allegation_id: Mapped[UUID] = mapped_column(ForeignKey("allegation.id"))
    grounds: Mapped[list[Any]]
    """Codes of Ground."""
    found_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("hearing_id", "allegation_id"),
        CheckConstraint(f"grounds <@ '{GROUNDS}'", name="grounds"),
    )


@dataclass(frozen=True)
class Facts:
    """All that is found at a hearing, beside all that is alleged."""

    allegations: Sequence[Allegation]
    """That stand."""
    findings: dict[UUID, Finding]
    """By the particular."""
    grounds: dict[UUID, GroundFound]
    """By the allegation."""

    @classmethod
    async def of(cls, session: AsyncSession, hearing: Hearing) -> Self:
        findings = await session.scalars(
            select(Finding)
            .where(Finding.hearing_id == hearing.id)
            .options(joinedload(Finding.text))
        )
        grounds = await session.scalars(
            select(GroundFound)
            .where(GroundFound.hearing_id == hearing.id)
            .options(joinedload(GroundFound.text))
        )
        return cls(
            [
                one
                for one in await allegations_of(session, hearing.case_id)
                if one.withdrawn_at is None
            ],
            {one.particular_id: one for one in findings},
            {one.allegation_id: one for one in grounds},
        )

    def finding(self, particular: Particular) -> Finding | None:
        return self.findings.get(particular.id)

    def ground(self, allegation: Allegation) -> GroundFound | None:
        return self.grounds.get(allegation.id)

    def complete(self, allegation: Allegation) -> bool:
        """Every particular of it has its finding."""
        return all(self.finding(one) for one in allegation.current.particulars)

    def proved(self, allegation: Allegation) -> bool:
        """Some of it."""
        found = [self.finding(one) for one in allegation.current.particulars]
        return any(one.found.stands for one in found if one)

    @property
    def all_found(self) -> bool:
        """On every particular, and the ground of whatever stands."""
        return bool(self.allegations) and all(
            self.complete(one) and (not self.proved(one) or self.ground(one))
            for one in self.allegations
        )

    @property
    def any_proved(self) -> bool:
        return any(self.proved(one) for one in self.allegations)

    @property
    def any_ground(self) -> bool:
        return any(
            self.proved(one) and found.grounds
            for one in self.allegations
            if (found := self.ground(one))
        )

    def allegation(self, number: int) -> Allegation:
        """Raises NotFound."""
        for one in self.allegations:
            if one.number == number:
                return one
        raise NotFound

    def particular(self, allegation: int, number: int) -> Particular:
        """Raises NotFound."""
        for one in self.allegation(allegation).current.particulars:
            if one.number == number:
                return one
        raise NotFound


async def find(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    particular: Particular,
    *,
    found: Found,
    words: str,
    by: Process,
) -> Finding:
    """In place of what was found before; raises HearingOver, NotBegun or NoFindings."""
    _must_find(hearing)
    finding = (await Facts.of(session, hearing)).finding(particular)
    if finding is None:
        finding = Finding(
            id=uuid4(),
            hearing_id=hearing.id,
            case_id=case.id,
            particular_id=particular.id,
        )
        session.add(finding)
    finding.found, finding.found_at, finding.process = found, by.at, by
    finding.text = say(session, case.id, words, by=by)
    hearing.tell(
        session,
        case,
        CaseEventKind.FOUND,
        by=by,
        particular=particular.id,
        found=found,
        text=finding.text.id,
    )
    unsign(await panel_of(session, hearing))
    await session.flush()
    return finding


async def find_ground(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    allegation: Allegation,
    *,
    grounds: Collection[Ground],
    words: str,
    by: Process,
) -> GroundFound:
    """In place of what was found before; raises HearingOver, NotBegun, NoFindings, FactsFirst or NotAlleged."""
    _must_find(hearing)
    facts = await Facts.of(session, hearing)
    if not (facts.complete(allegation) and facts.proved(allegation)):
        raise FactsFirst
    if unalleged := set(grounds) - set(allegation.current.grounds):
        raise NotAlleged(unalleged)
    row = facts.ground(allegation)
    if row is None:
        row = GroundFound(
            id=uuid4(),
            hearing_id=hearing.id,
            case_id=case.id,
            allegation_id=allegation.id,
        )
        session.add(row)
    row.grounds = [one for one in Ground if one in grounds]
    row.found_at, row.process = by.at, by
    row.text = say(session, case.id, words, by=by)
    hearing.tell(
        session,
        case,
        CaseEventKind.GROUND_FOUND,
        by=by,
        allegation=allegation.number,
        text=row.text.id,
    )
    unsign(await panel_of(session, hearing))
    await session.flush()
    return row


def _must_find(hearing: Hearing) -> None:
    hearing.must_have_begun()
    if hearing.kind is not Kind.FINAL:
        raise NoFindings
