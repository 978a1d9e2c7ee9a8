"""Answers to the equality questions, in a store that leads back to nobody: a part, a month, and the answers."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Text,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.kit.clock import day_of
from register.kit.db import Base, code
from register.part import Part


class AgeBand(StrEnum):
    TO_24 = "to_24"
    TO_34 = "to_34"
    TO_44 = "to_44"
    TO_54 = "to_54"
    TO_64 = "to_64"
    OVER_64 = "over_64"
    NOT_SAID = "not_said"


class Ethnicity(StrEnum):
    ASIAN = "asian"
    BLACK = "black"
    MIXED = "mixed"
    WHITE = "white"
    OTHER = "other"
    NOT_SAID = "not_said"


class Disabled(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_SAID = "not_said"


class Gender(StrEnum):
    WOMAN = "woman"
    MAN = "man"
    ANOTHER = "another"
    NOT_SAID = "not_said"


class Religion(StrEnum):
    NONE = "none"
    BUDDHIST = "buddhist"
    CHRISTIAN = "christian"
    HINDU = "hindu"
    JEWISH = "jewish"
    MUSLIM = "muslim"
    SIKH = "sikh"
    OTHER = "other"
    NOT_SAID = "not_said"


class Orientation(StrEnum):
    HETEROSEXUAL = "heterosexual"
    GAY = "gay"
    BISEXUAL = "bisexual"
    OTHER = "other"
    NOT_SAID = "not_said"


class EqualityAnswer(Base):
    """One person's answers. No key, no day and no order of arrival that would say whose."""

    __tablename__ = "equality_answer"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    part: Mapped[Part] = mapped_column(code(Part))
    month: Mapped[date]
    age: Mapped[AgeBand | None] = mapped_column(code(AgeBand, "age"))
    ethnicity: Mapped[Ethnicity | None] = mapped_column(code(Ethnicity, "ethnicity"))
    disabled: Mapped[Disabled | None] = mapped_column(code(Disabled, "disabled"))
    gender: Mapped[Gender | None] = mapped_column(code(Gender, "gender"))
    religion: Mapped[Religion | None] = mapped_column(code(Religion, "religion"))
    orientation: Mapped[Orientation | None] = mapped_column(
        code(Orientation, "orientation")
    )

    __table_args__ = (
        CheckConstraint("extract(day from month) = 1", name="first_of_month"),
    )


QUESTIONS: dict[str, type[StrEnum]] = {
    "age": AgeBand,
    "ethnicity": Ethnicity,
    "disabled": Disabled,
    "gender": Gender,
    "religion": Religion,
    "orientation": Orientation,
}


def keep_answers(
    session: AsyncSession, part: Part, given: dict[str, str], *, now: datetime
) -> bool:
    """Keep the questions that were answered, if any were; says whether there were some."""
    answers = {
        question: codes(given[question])
        for question, codes in QUESTIONS.items()
        if given.get(question)
    }
    if answers:
        month = day_of(now).replace(day=1)
        session.add(EqualityAnswer(id=uuid4(), part=part, month=month, **answers))
    return bool(answers)


class EqualityCount(Base):
    """How many gave an answer in a year: what is left of the answers once they have had their time."""

    __tablename__ = "equality_count"

    part: Mapped[Part] = mapped_column(code(Part), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int]


async def count_answers(session: AsyncSession, part: Part, *, before: date) -> None:
    """Turn the answers of the months before that day into counts, and delete them. `before` begins a year."""
    old = (EqualityAnswer.part == part, EqualityAnswer.month < before)
    year = func.extract("year", EqualityAnswer.month).cast(BigInteger)
    for question in QUESTIONS:
        answer = getattr(EqualityAnswer, question)
        counted = (
            select(
                literal(part.value),
                year,
                literal(question),
                answer.cast(Text),
                func.count(),
            )
            .where(*old, answer.is_not(None))
            .group_by(year, answer)
        )
        added = insert(EqualityCount).from_select(
            ["part", "year", "question", "answer", "people"], counted
        )
        await session.execute(
            added.on_conflict_do_update(
                index_elements=["part", "year", "question", "answer"],
                set_={"people": EqualityCount.people + added.excluded.people},
            )
        )
    await session.execute(delete(EqualityAnswer).where(*old))
