"""What we hold of each person to recognise them by, and finding who may be somebody among a million."""

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Select, cast, delete, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from register.kit.db import Base
from register.matching.blocking import keys_of, name_keys
from register.matching.known import Known, Traits, names_of
from register.matching.marks import Marks
from register.person import Person, PersonName


def marks_column() -> MappedColumn[list[int]]:
    return mapped_column(ARRAY(BigInteger))


class Marked:
    """Columns of what somebody is recognised by, and of the keys under which they are found."""

    ni_numbers: Mapped[list[int]] = marks_column()
    ni_slips: Mapped[list[int]] = marks_column()
    addresses: Mapped[list[int]] = marks_column()
    postcodes: Mapped[list[int]] = marks_column()
    emails: Mapped[list[int]] = marks_column()
    learner_numbers: Mapped[list[int]] = marks_column()
    keys: Mapped[list[int]] = marks_column()

    @property
    def traits(self) -> Traits:
        return Traits(*(frozenset(getattr(self, f.name)) for f in fields(Traits)))

    def mark(self, known: Known) -> None:
        for name, marks in marks_of(known).items():
            setattr(self, name, marks)


def marks_of(known: Known) -> dict[str, list[int]]:
    """The columns for what is known, as a row has them."""
    traits = {f.name: sorted(getattr(known.traits, f.name)) for f in fields(Traits)}
    return traits | {"keys": sorted(keys_of(known) | name_keys(known))}


class MatchRecord(Marked, Base):
    """Of everybody who has a number or has sent an application; somebody's draft is nobody's business."""

    __tablename__ = "match_record"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)

    fresh: Mapped[bool] = mapped_column(default=True)
    """Not compared with the others since it was last committed."""

    __table_args__ = (
        Index("match_record_fresh", "person_id", postgresql_where="fresh"),
        Index(
            "match_record_keys",
            "keys",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )


async def remember(
    session: AsyncSession, person: Person, traits: Traits | None = None
) -> Known:
    """Bring the record up to the person's names and birth date, with what else they have told now; gives all that is known."""
    await session.flush()
    record = await session.get(MatchRecord, person.id, with_for_update=True)
    if record is None:
        record = MatchRecord(person_id=person.id)
        record.mark(Known(frozenset()))
        session.add(record)
    told = record.traits | (traits or Traits())
    (known,) = await _known(session, [(person, told)])
    if {name: getattr(record, name) for name in marks_of(known)} != marks_of(known):
        record.mark(known)
        record.fresh = True
    await session.flush()
    return known


async def known_of(session: AsyncSession, person: Person) -> Known:
    record = await session.get(MatchRecord, person.id)
    (known,) = await _known(session, [(person, record.traits if record else Traits())])
    return known


async def candidates(
    session: AsyncSession, known: Known, *, but: UUID | None = None
) -> list[tuple[Person, Known]]:
    """Everybody who has a key in common with what is known; nobody else scores as possible."""
    return await with_keys(session, keys_of(known), but=but)


async def with_keys(
    session: AsyncSession, keys: Marks, *, but: UUID | None = None
) -> list[tuple[Person, Known]]:
    # In two steps: joined, the planner would read all persons for the few that it expects.
    traits = {
        record.person_id: record.traits
        for record in await session.scalars(with_a_key(keys))
        if record.person_id != but
    }
    people = await session.scalars(
        select(Person).where(Person.id.in_(traits), Person.merged_into.is_(None))
    )
    found = [(person, traits[person.id]) for person in people]
    of = await _known(session, found)
    return [(person, theirs) for (person, _), theirs in zip(found, of, strict=True)]


def with_a_key(keys: Marks) -> Select[MatchRecord]:
    wanted = cast(sorted(keys), ARRAY(BigInteger))
    return select(MatchRecord).where(MatchRecord.keys.overlap(wanted))


async def _known(
    session: AsyncSession, people: Sequence[tuple[Person, Traits]]
) -> list[Known]:
    others: dict[UUID, list[str]] = {}
    rows = await session.execute(
        select(PersonName.person_id, PersonName.name).where(
            PersonName.person_id.in_([person.id for person, _ in people])
        )
    )
    for person_id, name in rows:
        others.setdefault(person_id, []).append(name)
    return [
        Known(
            names_of(p.given_names, p.family_name, others.get(p.id, [])),
            p.birth_date,
            traits,
        )
        for p, traits in people
    ]


async def forget_traits(session: AsyncSession, person: Person) -> None:
    """Keep nothing by which the person could be recognised."""
    await session.execute(delete(MatchRecord).where(MatchRecord.person_id == person.id))
