"""The watch list: people who may not join, and who of those we know may be one of them. Seen only by those who may."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    cast,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from register.entry import Entry, Status, status_in_sql
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.matching.blocking import keys_of, name_keys
from register.matching.known import Known, Traits, likeness, names_of
from register.matching.record import Marked, with_keys
from register.matching.scoring import UNKNOWN, Field, Score, Verdict, compare
from register.person import Person, fold
from register.process import Process, TextKind

NAME_ALONE = 13
"""Points at which a name is looked into where the list has no birth date: the same, or with one of the two in another form."""


class WatchAct(StrEnum):
    ADD = "watch:add"
    END = "watch:end"
    READ = "watch:read"
    DISMISS = "watch:dismiss"


class WatchEvent(StrEnum):
    """None names a person: whoever reads a timeline does not learn that somebody is on the list."""

    ADDED = "watch:added"
    ENDED = "watch:ended"
    WAS_READ = "watch:was_read"
    HIT = "watch:hit"
    DISMISSED = "watch:dismissed"


class WatchKind(StrEnum):
    REMOVED_BY_ORDER = "removed_by_order"
    BARRED = "barred"
    PROHIBITED = "prohibited"


class EndedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This has been taken off the watch list already.")


class DismissedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("Somebody has looked into this already.")


class WatchItem(Marked, Base):
    """Somebody who may not join, as another body told us. Who was removed by order here is on the list without an item."""

    __tablename__ = "watch_item"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[WatchKind] = mapped_column(code(WatchKind))
    given_names: Mapped[str]
    family_name: Mapped[str]
    other_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    name_key: Mapped[str] = mapped_column(index=True)
    birth_date: Mapped[date | None]
    source: Mapped[str]
    """Who told us, and under which reference."""
    added_at: Mapped[datetime]
    added_in: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    ended_at: Mapped[datetime | None]
    ended_in: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))
    version: Mapped[int] = mapped_column(default=1)

    addition: Mapped[Process] = relationship(lazy="raise", foreign_keys=added_in)
    ending: Mapped[Process | None] = relationship(lazy="raise", foreign_keys=ended_in)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(ended_at is null) = (ended_in is null)", name="ended"),
        Index(
            "watch_item_keys",
            "keys",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    @classmethod
    async def add(
        cls,
        session: AsyncSession,
        kind: WatchKind,
        *,
        given_names: str,
        family_name: str,
        other_names: Iterable[str] = (),
        birth_date: date | None,
        ni_number: str = "",
        source: str,
        because: str,
        by: Process,
    ) -> "WatchItem":
        """Put somebody on the list, and look for them among those whom we know."""
        item = cls(
            id=uuid4(),
            kind=kind,
            given_names=given_names,
            family_name=family_name,
            other_names=list(other_names),
            name_key=fold(f"{family_name} {given_names}"),
            birth_date=birth_date,
            source=source,
            added_at=by.at,
            addition=by,
        )
        known = Known(
            names_of(given_names, family_name, item.other_names),
            birth_date,
            Traits.of(ni_number=ni_number),
        )
        item.mark(known)
        session.add(item)
        by.say(TextKind.INTERNAL, because)
        by.tell(WatchEvent.ADDED, item=item.id, of=kind)
        await session.flush()
        await item._look(session, by=by)
        return item

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def known(self) -> Known:
        names = names_of(self.given_names, self.family_name, self.other_names)
        return Known(names, self.birth_date, self.traits)

    @hybrid_property
    def current(self) -> bool:
        return self.ended_at is None

    @current.inplace.expression
    @classmethod
    def _current_in_sql(cls) -> ColumnElement[bool]:
        return cls.ended_at.is_(None)

    def end(self, *, because: str, by: Process) -> None:
        """Who is on it may join again, or never belonged there."""
        if not self.current:
            raise EndedAlready
        self.ended_at, self.ending = by.at, by
        by.say(TextKind.INTERNAL, because)
        by.tell(WatchEvent.ENDED, item=self.id, of=self.kind)

    async def _look(self, session: AsyncSession, *, by: Process) -> None:
        known = self.known
        keys = keys_of(known) if self.birth_date else keys_of(known) | name_keys(known)
        for person, theirs in await with_keys(session, keys):
            score = compare(known, theirs)
            if is_hit(score):
                how = likeness(known, theirs)
                await _hit(session, person, score, how, item_id=self.id, by=by)


class WatchHit(Base):
    """Somebody who has applied or is registered, and may be one of those who may not join."""

    __tablename__ = "watch_hit"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    item_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("watch_item.id"), index=True
    )
    removed_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who was removed by order from this register; perhaps the person themself."""
    points: Mapped[int]
    agreements: Mapped[dict[str, Any]]
    exchanged: Mapped[bool]
    likeness: Mapped[int]
    found_at: Mapped[datetime]
    found_in: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    dismissed_at: Mapped[datetime | None]
    dismissed_in: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)
    item: Mapped[WatchItem | None] = relationship(lazy="raise")
    removed: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=removed_id)
    finding: Mapped[Process] = relationship(lazy="raise", foreign_keys=found_in)
    dismissal: Mapped[Process | None] = relationship(
        lazy="raise", foreign_keys=dismissed_in
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(item_id is null) <> (removed_id is null)", name="one_reason"),
        CheckConstraint(
            "(dismissed_at is null) = (dismissed_in is null)", name="dismissed"
        ),
        Index(
            "watch_hit_open",
            "person_id",
            "item_id",
            "removed_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where="dismissed_at is null",
        ),
    )

    @property
    def score(self) -> Score:
        return Score.from_codes(self.agreements, exchanged=self.exchanged)

    @hybrid_property
    def open(self) -> bool:
        return self.dismissed_at is None

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.dismissed_at.is_(None)

    def dismiss(self, *, because: str, by: Process) -> None:
        """Not the same person, or no reason to keep them out; asked again once a name or birth date changes."""
        if not self.open:
            raise DismissedAlready
        by.say(TextKind.INTERNAL, because)
        self.let_go(by=by)

    def let_go(self, *, by: Process) -> None:
        """The person has become somebody else's record, with which the list is compared anew."""
        self.dismissed_at, self.dismissal = by.at, by
        by.tell(WatchEvent.DISMISSED, hit=self.id)


def is_hit(score: Score) -> bool:
    if score.agreements[Field.BIRTH_DATE] is UNKNOWN:
        return score.points >= NAME_ALONE
    return score.verdict is not Verdict.NONE


async def check_watch_list(
    session: AsyncSession,
    person: Person,
    known: Known,
    alike: Mapping[UUID, Score],
    *,
    by: Process,
) -> None:
    """`alike` are the others who may be the person: of those too some may have been removed by order."""
    for item in await _with_a_key(session, known):
        score = compare(known, item.known)
        if is_hit(score):
            how = likeness(known, item.known)
            await _hit(session, person, score, how, item_id=item.id, by=by)
    scores = {**alike, person.id: compare(known, known)}
    for removed_id in await _removed_among(session, scores, at=by.at):
        score = scores[removed_id]
        await _hit(session, person, score, 0, removed_id=removed_id, by=by)


async def _with_a_key(session: AsyncSession, known: Known) -> Iterable[WatchItem]:
    keys = sorted(keys_of(known) | name_keys(known))
    return await session.scalars(
        select(WatchItem).where(
            WatchItem.current, WatchItem.keys.overlap(cast(keys, ARRAY(BigInteger)))
        )
    )


async def _removed_among(
    session: AsyncSession, ids: Iterable[UUID], *, at: datetime
) -> Iterable[UUID]:
    return await session.scalars(
        select(Entry.person_id)
        .where(
            Entry.person_id.in_(list(ids)),
            status_in_sql(at) == Status.REMOVED_BY_ORDER,
        )
        .distinct()
    )


async def _hit(
    session: AsyncSession,
    person: Person,
    score: Score,
    how: int,
    *,
    item_id: UUID | None = None,
    removed_id: UUID | None = None,
    by: Process,
) -> None:
    """Once for the two, while their names and birth dates stay as they are."""
    before = await session.scalars(
        select(WatchHit).where(
            WatchHit.person_id == person.id,
            WatchHit.item_id.is_not_distinct_from(item_id),
            WatchHit.removed_id.is_not_distinct_from(removed_id),
        )
    )
    for hit in before:
        if hit.open:
            hit.points, hit.agreements = score.points, score.codes
            hit.exchanged, hit.likeness = score.exchanged, how
        if hit.open or hit.likeness == how:
            return
    hit = WatchHit(
        id=uuid4(),
        person_id=person.id,
        item_id=item_id,
        removed_id=removed_id,
        points=score.points,
        agreements=score.codes,
        exchanged=score.exchanged,
        likeness=how,
        found_at=by.at,
        finding=by,
    )
    session.add(hit)
    by.tell(WatchEvent.HIT, hit=hit.id)
    await session.flush()


async def open_hits(session: AsyncSession, person_id: UUID) -> list[WatchHit]:
    found = await session.scalars(
        select(WatchHit)
        .where(WatchHit.person_id == person_id, WatchHit.open)
        .order_by(WatchHit.points.desc(), WatchHit.found_at, WatchHit.id)
    )
    return list(found)
