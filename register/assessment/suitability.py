"""Suitability reviews: somebody senior weighs each thing that was declared or that a referee said, before a grant is proposed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.account import Account, StaffRole
from register.application import Application, Move, SectionName
from register.application.answers import Conduct, Criminal
from register.application.faults import questions
from register.application.references import Given
from register.application.section import latest_sent
from register.assessment.check import must_be_assessing
from register.assessment.references import references_told
from register.assessment.steps import CHECKING, took_a_step
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process, ProcessText, TextKind

REVIEWERS = frozenset({StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR})
DECLARED = (
    SectionName.REGISTRATIONS,
    SectionName.CRIMINAL,
    SectionName.CONDUCT,
    SectionName.HEALTH,
)


class Weight(StrEnum):
    """How a matter weighs, from the lightest to the heaviest."""

    NOT_RELEVANT = "not_relevant"
    ACCEPTABLE = "acceptable"
    NEEDS_CONDITION = "needs_condition"
    NOT_ACCEPTABLE = "not_acceptable"

    @property
    def least(self) -> "Conclusion":
        """The mildest conclusion that it allows."""
        return {
            Weight.NEEDS_CONDITION: Conclusion.WITH_CONDITION,
            Weight.NOT_ACCEPTABLE: Conclusion.NOT_SUITABLE,
        }.get(self, Conclusion.SUITABLE)


class Conclusion(StrEnum):
    """What it comes to, from the mildest to the hardest."""

    SUITABLE = "suitable"
    WITH_CONDITION = "with_condition"
    NOT_SUITABLE = "not_suitable"

    @property
    def severity(self) -> int:
        return list(Conclusion).index(self)


class NothingDeclared(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(
            f"Nothing in application {application.reference} needs a suitability review."
        )


class NotInReview(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(
            f"Application {application.reference} is not waiting for a suitability review."
        )


class NotYourReview(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You assess this application, or took a step of the assessment, so somebody else must review suitability."
        )


class MattersDiffer(Refused):
    def __init__(self) -> None:
        super().__init__(
            "What is to be weighed has changed since you opened the page. Nothing that you sent has been kept."
        )


class TooMild(Refused):
    def __init__(self) -> None:
        super().__init__("The conclusion is milder than how one of the matters weighs.")


class NotReviewed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A suitability review of all that was declared must be recorded before you propose to grant."
        )


class FoundUnsuitable(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The suitability review found the applicant not suitable, so you cannot propose to grant."
        )


class ConditionWanted(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The suitability review found that a condition is needed. Add it to your proposal to grant."
        )


@dataclass(frozen=True)
class Matter:
    """One thing to weigh: a question that was answered yes, or a reference that speaks against the applicant."""

    section: SectionName
    question: str
    source: UUID
    """The section as it was sent, or the request to the referee: sent again, it is another matter."""
    details: str

    @property
    def key(self) -> str:
        """Tells the matters of one application apart."""
        return (
            f"{self.question}_{self.source.hex}"
            if self.section is SectionName.REFERENCES
            else f"{self.section}_{self.question}"
        )

    @property
    def of(self) -> tuple[SectionName, str, UUID]:
        return self.section, self.question, self.source


@dataclass(frozen=True)
class Weighed:
    """What a reviewer finds of a matter."""

    weight: Weight
    words: str


class SuitabilityReview(Base):
    """Rows are only added; the last one of an application counts, for what it weighed."""

    __tablename__ = "suitability_review"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    conclusion: Mapped[Conclusion] = mapped_column(code(Conclusion))
    matters: Mapped[list[Any]]
    """Each matter as codes and ids, with its weight and the id of its words."""
    text_id: Mapped[UUID]
    """The words of the conclusion."""
    at: Mapped[datetime]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"), unique=True)

    account: Mapped[Account] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (Index("suitability_review_latest_ix", "application_id", "id"),)

    @classmethod
    async def record(
        cls,
        session: AsyncSession,
        application: Application,
        weighed: Mapping[str, Weighed],
        conclusion: Conclusion,
        *,
        words: str,
        reviewer: Account,
        by: Process,
    ) -> Self:
        """`weighed` by the keys of all matters; raises NotInReview, NotYourReview, MattersDiffer or TooMild."""
        await application.lock(session)
        await must_review(session, application, reviewer)
        matters = await matters_of(session, application)
        if {matter.key for matter in matters} != set(weighed):
            raise MattersDiffer
        if any(
            found.weight.least.severity > conclusion.severity
            for found in weighed.values()
        ):
            raise TooMild
        review = cls(
            application_id=application.id,
            conclusion=conclusion,
            matters=[_item(matter, weighed[matter.key], by) for matter in matters],
            text_id=by.say(TextKind.INTERNAL, words).id,
            at=by.at,
            account_id=reviewer.id,
            process=by,
        )
        session.add(review)
        application.go(Move.REVIEW, by=by)
        return review

    def covers(self, matters: Iterable[Matter]) -> bool:
        """Whether all of it was weighed: what was sent or said since then was not."""
        weighed = {
            (item["section"], item["question"], item["source"]) for item in self.matters
        }
        return all(
            (section, question, str(source)) in weighed
            for section, question, source in (matter.of for matter in matters)
        )

    @property
    def sections(self) -> list[SectionName]:
        return list(
            dict.fromkeys(SectionName(item["section"]) for item in self.matters)
        )


def _item(matter: Matter, found: Weighed, by: Process) -> dict[str, Any]:
    return {
        "section": matter.section,
        "question": matter.question,
        "source": str(matter.source),
        "weight": found.weight,
        "text": str(by.say(TextKind.INTERNAL, found.words).id),
    }


async def send_to_review(
    session: AsyncSession, application: Application, *, officer: Account, by: Process
) -> None:
    """The caseworker wants it weighed; raises NothingDeclared."""
    await application.lock(session)
    must_be_assessing(application, officer)
    if not await matters_of(session, application):
        raise NothingDeclared(application)
    application.go(Move.SEND_TO_REVIEW, by=by)


async def must_review(
    session: AsyncSession, application: Application, reviewer: Account
) -> None:
    """Raises NotInReview or NotYourReview."""
    if not application.allows(Move.REVIEW):
        raise NotInReview(application)
    if not await may_review(session, application, reviewer):
        raise NotYourReview


async def may_review(
    session: AsyncSession, application: Application, account: Account
) -> bool:
    """Somebody senior who does not assess it and took no step of the assessment."""
    return (
        bool(account.roles & REVIEWERS)
        and account.id != application.assigned_to_id
        and account.id not in application.excluded
        and account.id not in await took_a_step(session, application, CHECKING)
    )


async def matters_of(session: AsyncSession, application: Application) -> list[Matter]:
    """All that is to be weighed, as it was last sent, in the order of the form."""
    return [
        *await _declared(session, application),
        *await _said_by_referees(session, application),
    ]


async def _declared(session: AsyncSession, application: Application) -> list[Matter]:
    sent = await latest_sent(session, application.id, DECLARED)
    return [
        Matter(row.name, question, row.id, details)
        for row in sorted(sent, key=lambda row: DECLARED.index(row.name))
        for question, details in answered_yes(row.name, row.answers)
    ]


def answered_yes(section: SectionName, answers: Any) -> list[tuple[str, str]]:
    """The questions of a section that somebody must weigh, each with what was said of it."""
    if section is SectionName.REGISTRATIONS:
        asked = {"acted_against": answers.acted_against_details}
    elif section is SectionName.HEALTH:
        asked = {"affects_practice": answers.details}
    else:
        kind = Criminal if section is SectionName.CRIMINAL else Conduct
        asked = {name: getattr(answers, f"{name}_details") for name in questions(kind)}
    return [(name, said) for name, said in asked.items() if getattr(answers, name)]


async def _said_by_referees(
    session: AsyncSession, application: Application
) -> list[Matter]:
    return [
        Matter(
            SectionName.REFERENCES,
            "adverse",
            told.request.id,
            "\n\n".join(
                filter(
                    None,
                    (
                        told.said.unsuitable_details,
                        told.said.concerns_details,
                        told.said.again_details,
                    ),
                )
            ),
        )
        for told in await references_told(session, application)
        if isinstance(told.said, Given) and told.said.adverse
    ]


async def reviews_of(
    session: AsyncSession, application: Application
) -> Sequence[SuitabilityReview]:
    """The newest first."""
    found = await session.scalars(
        select(SuitabilityReview)
        .options(joinedload(SuitabilityReview.account))
        .where(SuitabilityReview.application_id == application.id)
        .order_by(SuitabilityReview.id.desc())
    )
    return found.all()


@dataclass(frozen=True)
class Suitability:
    """What is to be weighed, and the review of it that stands."""

    matters: Sequence[Matter]
    review: SuitabilityReview | None

    @property
    def wanted(self) -> bool:
        return bool(self.matters) and self.review is None

    def must_allow_grant(self, *, conditions: bool) -> None:
        """Raises NotReviewed, FoundUnsuitable or ConditionWanted."""
        if self.wanted:
            raise NotReviewed
        if self.review is None:
            return
        if self.review.conclusion is Conclusion.NOT_SUITABLE:
            raise FoundUnsuitable
        if self.review.conclusion is Conclusion.WITH_CONDITION and not conditions:
            raise ConditionWanted


async def suitability_of(
    session: AsyncSession, application: Application
) -> Suitability:
    matters = await matters_of(session, application)
    latest = next(iter(await reviews_of(session, application)), None)
    since = application.sent_back_at
    if latest and since and latest.at < since:
        latest = None
    return Suitability(matters, latest if latest and latest.covers(matters) else None)


@dataclass(frozen=True)
class Found:
    """A matter of a review with how it weighed, and why."""

    section: SectionName
    question: str
    weight: Weight
    words: str


@dataclass(frozen=True)
class Reviewed:
    review: SuitabilityReview
    found: Sequence[Found]
    words: str


async def told_of(session: AsyncSession, review: SuitabilityReview) -> Reviewed:
    """A review with its words."""
    texts = await session.execute(
        select(ProcessText.id, ProcessText.words).where(
            ProcessText.process_id == review.process_id
        )
    )
    words = {str(id_): said for id_, said in texts}
    found = [
        Found(
            SectionName(item["section"]),
            item["question"],
            Weight(item["weight"]),
            words.get(item["text"], ""),
        )
        for item in review.matters
    ]
    return Reviewed(review, found, words.get(str(review.text_id), ""))
