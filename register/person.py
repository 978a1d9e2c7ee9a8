"""Persons: one human for life, with one number that is never used again."""

import secrets
import unicodedata
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from register.kit.db import Base, code
from register.kit.errors import Refused

CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def number_of(digits: int) -> str:
    """`CH-` + seven digits + `-` + check letter: 123 is CH-0000123-J."""
    return f"CH-{digits:07d}-{CHECK_LETTERS[digits % 23]}"


def read_number(typed: str) -> str | None:
    """The number somebody typed, with or without dashes, spaces and capitals; None when it can be none of ours."""
    plain = "".join(c for c in typed.upper() if c.isalnum())
    if (
        len(plain) != 10
        or not plain.startswith("CH")
        or not (plain[2:9].isascii() and plain[2:9].isdigit())
    ):
        return None
    number = number_of(int(plain[2:9]))
    return number if number[-1] == plain[9] else None


def fold(name: str) -> str:
    """The form in which names are ordered and compared: no accents, apostrophes, hyphens or capitals, single spaces."""
    # Before the letters are taken apart: an acute accent on its own would become a space.
    joined = name.translate(LETTERS_WITHOUT_PARTS).translate(WITHOUT_JOINERS)
    plain = unicodedata.normalize("NFKD", joined).casefold()
    letters = (c for c in plain if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def forms(name: str) -> set[str]:
    """The words by which somebody of that name is found: Anne-Marie O'Brien as anne, marie, annemarie, obrien and brien."""
    found: set[str] = set()
    for written in name.split():
        words = fold(written).split()
        parted = fold(written.translate(WITHOUT_APOSTROPHES)).split()
        found |= {*words, "".join(words), *(w for w in parted if len(w) > 1)}
    return found - {""}


LETTERS_WITHOUT_PARTS = str.maketrans(
    {
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "ı": "i",
        "ħ": "h",
        "Ħ": "H",
        "ŧ": "t",
        "Ŧ": "T",
        "ɓ": "b",
        "Ɓ": "B",
        "ɗ": "d",
        "Ɗ": "D",
        "ƙ": "k",
        "Ƙ": "K",
    }
)
"""Letters that Unicode does not take apart, as people without them on the keyboard type them."""
JOINERS = (
    "'`.\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}\N{ACUTE ACCENT}"
    "\N{HEBREW PUNCTUATION GERESH}\N{HEBREW PUNCTUATION GERSHAYIM}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
)
"""O'Brien is ordered as obrien; a hyphen parts two words instead."""
WITHOUT_JOINERS = str.maketrans(dict.fromkeys(JOINERS))
WITHOUT_APOSTROPHES = str.maketrans(dict.fromkeys(JOINERS, " "))


class NumberTaken(Exception):
    """Twenty drawn numbers in a row had been issued: the seven digits are nearly used up."""


class AlreadyNumbered(Refused):
    def __init__(self, person: "Person") -> None:
        super().__init__(
            f"This person already has the number {person.number}, which is for life."
        )


class NameKind(StrEnum):
    FORMER = "former"
    ALIAS = "alias"


class PersonEvent(StrEnum):
    WITHHELD = "person:withheld"
    DIED = "person:died"
    SHOWN_AGAIN = "person:shown_again"
    DEATH_UNDONE = "person:death_undone"


class Person(Base):
    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[str | None] = mapped_column(unique=True)
    """Given with the first entry; public."""
    given_names: Mapped[str]
    family_name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    """Folded family and given names: the order of every list."""
    birth_date: Mapped[date | None]
    deceased_on: Mapped[date | None]
    withheld: Mapped[bool] = mapped_column(default=False)
    """For the person's safety no detail is shown anywhere public."""
    merged_into: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), index=True
    )
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    names: Mapped[list["PersonName"]] = relationship(
        lazy="raise", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("number ~ '^CH-[0-9]{7}-[A-HJ-NP-RT-Z]$'", name="number"),
        CheckConstraint("merged_into <> id", name="not_itself"),
    )

    @classmethod
    def of(
        cls,
        *,
        given_names: str,
        family_name: str,
        birth_date: date | None,
        now: datetime,
    ) -> Self:
        person = cls(
            id=uuid4(), created_at=now, birth_date=birth_date, names=[], withheld=False
        )
        person.call(given_names, family_name)
        return person

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()

    def call(self, given_names: str, family_name: str) -> None:
        self.given_names, self.family_name = given_names.strip(), family_name.strip()
        self.name_key = fold(f"{family_name} {given_names}")

    async def take_number(
        self, session: AsyncSession, number: str | None = None
    ) -> str:
        """Take the number for life: one given before this register, else one drawn unpredictably; raises AlreadyNumbered."""
        if self.number:
            raise AlreadyNumbered(self)
        self.number = number or await _unissued(session)
        session.add(IssuedNumber(number=self.number, person_id=self.id))
        return self.number


async def _unissued(session: AsyncSession) -> str:
    for _ in range(20):
        number = number_of(secrets.randbelow(10_000_000))
        if not await session.scalar(
            select(IssuedNumber.number).where(IssuedNumber.number == number)
        ):
            return number
    raise NumberTaken


class PersonName(Base):
    """A name the person also had or has: searched, never shown to the public."""

    __tablename__ = "person_name"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[NameKind] = mapped_column(code(NameKind))
    name: Mapped[str]
    until_on: Mapped[date | None]
    """The last day on which it was theirs, where we know it."""


class IssuedNumber(Base):
    """Every number ever given out. Rows are only added: a number is never used again, whatever becomes of the person."""

    __tablename__ = "issued_number"

    number: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)


async def names_of(session: AsyncSession, person_id: UUID) -> list[PersonName]:
    """The names they also had or have: the former ones first, the one they had last before the others."""
    found = await session.scalars(
        select(PersonName)
        .where(PersonName.person_id == person_id)
        .order_by(
            PersonName.kind.desc(),
            PersonName.until_on.desc().nulls_last(),
            PersonName.name,
        )
    )
    return list(found)


async def survivor(session: AsyncSession, person_id: UUID) -> UUID:
    """The person that a merged one became, however many merges ago."""
    became = (
        select(Person.id, Person.merged_into)
        .where(Person.id == person_id)
        .cte(recursive=True)
    )
    became = became.union_all(
        select(Person.id, Person.merged_into).join(
            became, Person.id == became.c.merged_into
        )
    )
    found: UUID = (
        await session.execute(select(became.c.id).where(became.c.merged_into.is_(None)))
    ).scalar_one()
    return found


async def with_merged(session: AsyncSession, person_id: UUID) -> list[UUID]:
    """The person, and everybody who became them."""
    those = select(Person.id).where(Person.id == person_id).cte(recursive=True)
    those = those.union_all(
        select(Person.id).join(those, Person.merged_into == those.c.id)
    )
    return list(await session.scalars(select(those.c.id)))
