"""Matches: two persons who may be one, from the moment that is seen until somebody says what they are."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    case,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.exc import StaleDataError

from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.jobs import every
from register.matching.known import Traits, likeness
from register.matching.record import MatchRecord, candidates, remember
from register.matching.scoring import Score, Verdict, compare
from register.matching.watch_list import check_watch_list
from register.person import Person
from register.process import Process, TextKind
from register.proposal import AlreadyProposed, waiting_on


class MatchAct(StrEnum):
    LOOK_AGAIN = "match:look_again"
    TELL_APART = "match:tell_apart"


class MatchEvent(StrEnum):
    FOUND = "match:found"
    TOLD_APART = "match:told_apart"


class MatchState(StrEnum):
    OPEN = "open"
    TOLD_APART = "told_apart"
    """Somebody has said that they are two people."""
    MERGED = "merged"
    GONE = "gone"
    """A name or a birth date was put right, and they are alike no more."""


class SettledAlready(Refused):
    def __init__(self, match: "Match") -> None:
        self.match = match
        super().__init__("This match has been settled already.")


class Match(Base):
    """Of two persons there is one open match at most; the settled ones stay."""

    __tablename__ = "match"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    one_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    verdict: Mapped[Verdict] = mapped_column(code(Verdict))
    points: Mapped[int]
    agreements: Mapped[dict[str, Any]]
    """How far each field agreed, as codes."""
    exchanged: Mapped[bool]
    likeness: Mapped[int]
    """A mark of both persons' names and birth dates: the question is asked again when one of them changes."""
    found_at: Mapped[datetime]
    found_in: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    state: Mapped[MatchState] = mapped_column(
        code(MatchState, "state"), default=MatchState.OPEN
    )
    settled_at: Mapped[datetime | None]
    settled_in: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))
    version: Mapped[int] = mapped_column(default=1)

    one: Mapped[Person] = relationship(lazy="raise", foreign_keys=one_id)
    other: Mapped[Person] = relationship(lazy="raise", foreign_keys=other_id)
    settlement: Mapped[Process | None] = relationship(
        lazy="raise", foreign_keys=settled_in
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("one_id < other_id", name="in_order"),
        CheckConstraint("verdict <> 'none'", name="some_verdict"),
        CheckConstraint(
            "(state = 'open') = (settled_at is null) and (settled_at is null) = (settled_in is null)",
            name="settled",
        ),
        Index(
            "match_one_open",
            "one_id",
            "other_id",
            unique=True,
            postgresql_where="state = 'open'",
        ),
    )

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return f"match:{self.id}"

    @property
    def score(self) -> Score:
        return Score.from_codes(self.agreements, exchanged=self.exchanged)

    @score.setter
    def score(self, score: Score) -> None:
        self.verdict, self.points = score.verdict, score.points
        self.agreements, self.exchanged = score.codes, score.exchanged

    @hybrid_property
    def open(self) -> bool:
        return self.state is MatchState.OPEN

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.state == MatchState.OPEN

    async def lock(self, session: AsyncSession, *, version: int) -> None:
        """Keep others from settling it too; raises SettledAlready, or StaleDataError where it is not as it was shown."""
        await session.refresh(self, ["state", "version"], with_for_update=True)
        if not self.open:
            raise SettledAlready(self)
        if self.version != version:
            raise StaleDataError("The match has changed since it was shown")

    async def tell_apart(
        self, session: AsyncSession, *, because: str, by: Process
    ) -> None:
        """They are two people: not asked again until a name or birth date changes; raises AlreadyProposed to merge them."""
        if waiting := await waiting_on(session, self.about):
            raise AlreadyProposed(waiting)
        self.settle(MatchState.TOLD_APART, by=by)
        by.say(TextKind.INTERNAL, because)
        for person_id in (self.one_id, self.other_id):
            by.tell(MatchEvent.TOLD_APART, person_id=person_id, match=self.id)

    def settle(self, state: MatchState, *, by: Process) -> None:
        if not self.open:
            raise SettledAlready(self)
        self.state, self.settled_at, self.settlement = state, by.at, by

    def seen_from(self, person_id: UUID) -> Person:
        """The other of the two."""
        return self.other if self.one_id == person_id else self.one


BY_LIKELIHOOD = (
    case((Match.verdict == Verdict.DEFINITE, 0), else_=1),
    -Match.points,
    Match.found_at,
    Match.id,
)
"""The one order of matches: definite first, then by points; of those that are level the one found first."""


async def look_for_matches(
    session: AsyncSession, person: Person, traits: Traits | None = None, *, by: Process
) -> list[Match]:
    """Compare the person with everybody, and with the watch list.

    Called whenever a name, a birth date or something else to know them by is new.
    Gives the open matches, likeliest first.
    """
    known = await remember(session, person, traits)
    before = await _matches_of(session, person)
    alike: dict[UUID, Score] = {}
    for other, theirs in await candidates(session, known, but=person.id):
        score = compare(known, theirs)
        if score.verdict is Verdict.NONE:
            continue
        alike[other.id] = score
        how = likeness(known, theirs)
        if not _seen_before(before.get(other.id, ()), score, how):
            await _find(session, person, other, score, how, by=by)
    for other_id, matches in before.items():
        if other_id not in alike:
            await _let_go(session, matches, by=by)
    await check_watch_list(session, person, known, alike, by=by)
    await session.flush()
    return await open_matches(session, person)


async def _let_go(
    session: AsyncSession, matches: Iterable[Match], *, by: Process
) -> None:
    """They are alike no more; but where a merge is proposed, a second person says what that means."""
    for match in matches:
        if match.open and not await waiting_on(session, match.about):
            match.settle(MatchState.GONE, by=by)


def _seen_before(before: Iterable[Match], score: Score, likeness: int) -> bool:
    """An open match is brought up to what is known now; what somebody has told apart stays so while the names are the same."""
    for match in before:
        if match.open:
            match.score, match.likeness = score, likeness
            return True
        if match.state is MatchState.TOLD_APART and match.likeness == likeness:
            return True
    return False


async def _find(
    session: AsyncSession,
    person: Person,
    other: Person,
    score: Score,
    likeness: int,
    *,
    by: Process,
) -> None:
    await session.flush()
    one, two = sorted((person.id, other.id))
    new = insert(Match).values(
        id=uuid4(),
        one_id=one,
        other_id=two,
        verdict=score.verdict,
        points=score.points,
        agreements=score.codes,
        exchanged=score.exchanged,
        likeness=likeness,
        found_at=by.at,
        found_in=by.id,
    )
    # The other may be looking at the same moment, and has found it first.
    match_id = await session.scalar(
        new.on_conflict_do_nothing(
            index_elements=["one_id", "other_id"],
            index_where=text("state = 'open'"),
        ).returning(Match.id)
    )
    if match_id:
        for found in (one, two):
            by.tell(
                MatchEvent.FOUND,
                person_id=found,
                match=match_id,
                found_as=score.verdict,
                points=score.points,
            )


async def _matches_of(session: AsyncSession, person: Person) -> dict[UUID, list[Match]]:
    """All matches of the person, by the other of the two."""
    found: dict[UUID, list[Match]] = {}
    matches = await session.scalars(
        select(Match).where(_of(person.id)).order_by(Match.found_at.desc())
    )
    for match in matches:
        other_id = match.other_id if match.one_id == person.id else match.one_id
        found.setdefault(other_id, []).append(match)
    return found


def _of(person_id: UUID) -> ColumnElement[bool]:
    return or_(Match.one_id == person_id, Match.other_id == person_id)


async def open_matches(session: AsyncSession, person: Person) -> list[Match]:
    found = await session.scalars(
        select(Match)
        .options(joinedload(Match.one), joinedload(Match.other))
        .where(_of(person.id), Match.open)
        .order_by(*BY_LIKELIHOOD)
        .execution_options(populate_existing=True)
    )
    return list(found)


@every(minutes=5)
async def look_again(session: AsyncSession, now: datetime) -> None:
    """Two who came at the same moment did not see each other, and whole lists are not compared as they are written."""
    fresh = await session.scalars(
        select(MatchRecord)
        .where(MatchRecord.fresh)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    records = fresh.all()
    if not records:
        return
    by = Process.begin(session, MatchAct.LOOK_AGAIN, now=now)
    for record in records:
        person = await session.get_one(Person, record.person_id)
        if person.merged_into is None:
            await look_for_matches(session, person, by=by)
        record.fresh = False


AT_ONCE = 500
