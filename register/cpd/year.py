"""A registration year's learning: what the parts that somebody holds ask of it, what is met, and what a renewal cites."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Uuid, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from register.cpd.acts import LearningEvent
from register.cpd.less import LearningLess, less_of
from register.cpd.peers import ask_no_more, reflected_on
from register.cpd.record import LearningRecord
from register.entry import Entry, parts_of
from register.entry.facts import Registration
from register.kit.clock import day_of, last_second_of, months_after, start_of
from register.kit.db import Base
from register.kit.errors import NotFound
from register.part import Part
from register.process import Process
from register.rule_set import Rules, RuleSet, Standard

DAY = timedelta(days=1)


class LearningNeed(StrEnum):
    """What a year asks for: so many records of each."""

    IMPACT = "impact"
    """That say what children have of it."""
    REFLECTION = "reflection"
    """On which a peer or supervisor reflected, or with whom it was talked over."""
    SAFEGUARDING = "safeguarding"
    LEADERSHIP = "leadership"


@dataclass(frozen=True)
class Counted:
    """A finished record, and for what it counts."""

    record: LearningRecord
    serves: frozenset[LearningNeed]
    carried: bool = False
    """From the year before."""


@dataclass(frozen=True)
class Need:
    code: LearningNeed
    wanted: int
    have: int

    @property
    def met(self) -> bool:
        return self.have >= self.wanted


@dataclass(frozen=True)
class LearningStanding:
    """How it stands with one year."""

    year_end: date
    needs: Sequence[Need]
    """Empty where nothing is asked."""
    counted: Sequence[Counted]
    less: LearningLess | None
    """That was granted."""
    submitted: "LearningYear | None"
    joined_late: bool

    @property
    def missing(self) -> list[LearningNeed]:
        return [need.code for need in self.needs if not need.met]


class LearningYear(Base):
    """A year with which somebody has renewed."""

    __tablename__ = "learning_year"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    year_end: Mapped[date] = mapped_column(primary_key=True)
    submitted_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    cited: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """The records that were finished then, and those of the year before that count."""
    spent: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """Those without which it would not have been met: they are not carried into the next."""

    process: Mapped[Process] = relationship(lazy="raise")


async def missing(
    session: AsyncSession, person_id: UUID, *, year_end: date, now: datetime
) -> list[LearningNeed]:
    """What the year that ends on that day still lacks; a renewal is not finished while there is something."""
    return (await standing(session, person_id, year_end=year_end, now=now)).missing


async def standing(
    session: AsyncSession, person_id: UUID, *, year_end: date, now: datetime
) -> LearningStanding:
    """By the rules of every part that is held: each is to be met, and one record may serve several."""
    at = min(now, last_second_of(year_end))
    rule_sets = await rule_sets_of(session, person_id, at=at)
    rules = [one.rules for one in rule_sets]
    less = await less_of(session, person_id, year_end=year_end)
    late = bool(rules) and await _joined_late(session, person_id, year_end, rules)
    counted = await _counted(session, person_id, year_end, rules)
    wanted = {} if late else wanted_by(rules, at_most=less.records if less else None)
    have = {need: sum(need in one.serves for one in counted) for need in LearningNeed}
    return LearningStanding(
        year_end=year_end,
        needs=[Need(need, count, have[need]) for need, count in wanted.items()],
        counted=counted,
        less=less,
        submitted=await session.get(LearningYear, (person_id, year_end)),
        joined_late=late,
    )


def wanted_by(
    rules: Iterable[Rules], *, at_most: int | None = None
) -> dict[LearningNeed, int]:
    """The most that any of them asks; `at_most`: of each, where less was granted."""
    asked: dict[LearningNeed, int] = {}
    for one in rules:
        for need, count in _asked_by(one).items():
            asked[need] = max(asked.get(need, 0), count)
    if at_most is not None:
        asked = {need: min(count, at_most) for need, count in asked.items()}
    return {need: count for need, count in asked.items() if count}


def _asked_by(rules: Rules) -> dict[LearningNeed, int]:
    return {
        LearningNeed.IMPACT: rules.cpd_records,
        LearningNeed.REFLECTION: rules.cpd_reflections,
        LearningNeed.SAFEGUARDING: rules.cpd_safeguarding,
        LearningNeed.LEADERSHIP: rules.cpd_leadership,
    }


def spent_on(
    counted: Iterable[Counted], wanted: Mapping[LearningNeed, int]
) -> list[UUID]:
    """The records that are needed for what is wanted: always one that serves most of what is still open, the oldest first."""
    left, open_ = list(counted), dict(wanted)
    left.sort(key=lambda one: (one.record.last_on or date.min, one.record.id))
    spent: list[UUID] = []
    while True:
        best = max(left, key=lambda one: _serving(one, open_), default=None)
        if best is None or not _serving(best, open_):
            return spent
        left.remove(best)
        spent.append(best.record.id)
        for need in best.serves & open_.keys():
            open_[need] -= 1


def _serving(one: Counted, open_: Mapping[LearningNeed, int]) -> int:
    return sum(open_.get(need, 0) > 0 for need in one.serves)


async def freeze(
    session: AsyncSession, person_id: UUID, *, year_end: date, by: Process
) -> LearningYear:
    """A renewal for the time after that year is finished: what it cites is not changed any more. Twice is once."""
    now = by.at
    await session.execute(
        select(LearningRecord.id)
        .where(LearningRecord.person_id == person_id)
        .order_by(LearningRecord.id)
        .with_for_update()
    )
    found = await standing(session, person_id, year_end=year_end, now=now)
    if found.submitted:
        return found.submitted
    wanted = {need.code: need.wanted for need in found.needs}
    for one in found.counted:
        one.record.freeze(by=by)
    year = LearningYear(
        person_id=person_id,
        year_end=year_end,
        submitted_at=now,
        process=by,
        cited=[one.record.id for one in found.counted],
        spent=spent_on(found.counted, wanted),
    )
    session.add(year)
    await ask_no_more(session, year.cited, by=by)
    by.tell(
        LearningEvent.SUBMITTED,
        person_id=person_id,
        until=year_end,
        records=len(year.cited),
    )
    await session.flush()
    return year


async def cite_more(
    session: AsyncSession, year: LearningYear, *, by: Process
) -> list[UUID]:
    """What was finished since the year was submitted counts for it too from now on, and for no other: the year lacked it."""
    found = await session.scalars(
        select(LearningRecord)
        .where(
            LearningRecord.person_id == year.person_id,
            LearningRecord.year_end == year.year_end,
            LearningRecord.complete,
            ~LearningRecord.frozen,
        )
        .order_by(LearningRecord.last_on, LearningRecord.id)
        .with_for_update()
    )
    more = found.all()
    for record in more:
        record.freeze(by=by)
    added = [record.id for record in more]
    year.cited, year.spent = [*year.cited, *added], [*year.spent, *added]
    await ask_no_more(session, added, by=by)
    await session.flush()
    return added


async def _counted(
    session: AsyncSession, person_id: UUID, year_end: date, rules: Sequence[Rules]
) -> list[Counted]:
    """What is finished of the year, and what the rules let count of the year before."""
    year = await session.get(LearningYear, (person_id, year_end))
    before = months_after(year_end, -12)
    found = await session.scalars(
        select(LearningRecord)
        .where(
            LearningRecord.person_id == person_id,
            LearningRecord.year_end.in_([year_end, before]),
            LearningRecord.complete,
        )
        .order_by(LearningRecord.last_on, LearningRecord.id)
    )
    records = found.all()
    carried = await _carried(session, person_id, before, rules)
    shown = [
        (record, record.year_end == before)
        for record in records
        if record.year_end == year_end or carried(record)
    ]
    if year:
        shown = [(r, r.year_end == before) for r in records if r.id in year.cited]
    reflected = await reflected_on(session, [record.id for record, _ in shown])
    return [
        Counted(record, _serves(record, reflected), carried=is_carried)
        for record, is_carried in shown
    ]


async def _carried(
    session: AsyncSession, person_id: UUID, before: date, rules: Sequence[Rules]
) -> "Carried":
    """The shortest time that any part lets count, as each is to be met."""
    months = min((one.cpd_carry_over_months for one in rules), default=0)
    earlier = await session.get(LearningYear, (person_id, before))
    spent = frozenset(earlier.spent) if earlier else frozenset()
    return Carried(months_after(before + DAY, -months), spent)


@dataclass(frozen=True)
class Carried:
    """Which records of the year before count: from that day on, and not spent on that year."""

    since: date
    spent: frozenset[UUID]

    def __call__(self, record: LearningRecord) -> bool:
        return (
            record.last_on is not None
            and record.last_on >= self.since
            and record.id not in self.spent
        )


def _serves(record: LearningRecord, reflected: set[UUID]) -> frozenset[LearningNeed]:
    there = {
        LearningNeed.IMPACT: bool(record.words.impact),
        LearningNeed.REFLECTION: record.discussed_with is not None
        or record.id in reflected,
        LearningNeed.SAFEGUARDING: record.safeguarding,
        LearningNeed.LEADERSHIP: record.leadership,
    }
    return frozenset(need for need, is_there in there.items() if is_there)


async def _joined_late(
    session: AsyncSession, person_id: UUID, year_end: date, rules: Sequence[Rules]
) -> bool:
    """Whether somebody came, or came back, so late in the year that nothing is asked of it."""
    months = min(one.cpd_joined_months for one in rules)
    boundary = start_of(months_after(year_end + DAY, -months))
    begins = start_of(months_after(year_end, -12) + DAY)
    earlier = (
        select(func.count())
        .select_from(Registration)
        .join(Entry, Registration.entry_id == Entry.id)
        .where(
            Entry.person_id == person_id,
            Registration.valid.overlaps(Range(begins, boundary, bounds="[)")),
        )
    )
    return not await session.scalar(earlier)


async def rule_sets_of(
    session: AsyncSession, person_id: UUID, *, at: datetime
) -> list[RuleSet]:
    """Of the parts in which somebody is registered then, in the order of the parts."""
    return await _in_force(session, await parts_of(session, person_id, at=at), at)


async def _held_or_once(
    session: AsyncSession, person_id: UUID, *, at: datetime
) -> list[RuleSet]:
    """As `rule_sets_of`; of whoever holds none then, those of the parts in which they have an entry: they may come back."""
    if held := await rule_sets_of(session, person_id, at=at):
        return held
    parts = await session.scalars(
        select(Entry.part).where(Entry.person_id == person_id)
    )
    in_order = sorted(set(parts), key=lambda part: part.position)
    return await _in_force(session, in_order, at)


async def _in_force(
    session: AsyncSession, parts: Iterable[Part], at: datetime
) -> list[RuleSet]:
    return [await RuleSet.on(session, part, day_of(at)) for part in parts]


async def rules_of(session: AsyncSession, person_id: UUID, *, now: datetime) -> Rules:
    """By which days and deadlines are counted: of the first part that is held, or was; raises NotFound."""
    found = await _held_or_once(session, person_id, at=now)
    if not found:
        raise NotFound
    return found[0].rules


async def standards_for(
    session: AsyncSession, person_id: UUID, *, now: datetime
) -> dict[str, str]:
    """The standards of all parts that are held, or were, by code."""
    found = await _held_or_once(session, person_id, at=now)
    rows = await session.execute(
        select(Standard.code, Standard.title)
        .where(Standard.rule_set_id.in_([one.id for one in found]))
        .order_by(Standard.position, Standard.code)
    )
    return {code: title for code, title in rows}  # noqa: C416 - a row is not a pair


async def take_learning(session: AsyncSession, *, kept: UUID, lost: UUID) -> None:
    """Two persons are one: of a year with which both have renewed, what the kept one did stands."""
    await session.execute(
        update(LearningRecord)
        .where(LearningRecord.person_id == lost)
        .values(person_id=kept, version=LearningRecord.version + 1)
    )
    for kind in (LearningLess, LearningYear):
        ours = select(kind.year_end).where(kind.person_id == kept)
        await session.execute(
            update(kind)
            .where(kind.person_id == lost, kind.year_end.not_in(ours))
            .values(person_id=kept)
        )
