"""Drawing: two people fix who may be drawn, open the seed that was committed to, and open a case for each who is drawn."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.cpd.audit.acts import AuditEvent
from register.cpd.audit.audit import LearningAudit, audit_of
from register.cpd.audit.case import AuditCase
from register.cpd.audit.draw import drawn, population_hash, rank, size_of
from register.cpd.year import LearningYear
from register.entry import Entry
from register.entry.facts import Order, Registration
from register.kit.clock import day_of, end_of, months_after
from register.kit.errors import Refused
from register.part import Part
from register.person import Person
from register.process import Process, TextKind
from register.proposal import Proposal, ProposalKind, carries_out
from register.rule_set import RuleSet


class NobodyToDraw(Refused):
    def __init__(self) -> None:
        super().__init__("Nobody has renewed with the learning of this year.")


async def propose_draw(
    session: AsyncSession,
    audit: LearningAudit,
    *,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Raises DrawnAlready."""
    audit.must_not_be_drawn()
    by.say(TextKind.INTERNAL, words)
    return await Proposal.make(
        session,
        ProposalKind.DRAW_AUDIT,
        about=audit.about,
        data={},
        touched=[],
        proposer=proposer,
        by=by,
    )


@carries_out(ProposalKind.DRAW_AUDIT)
async def draw_approved(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    audit = await audit_of(session, UUID(proposal.key), lock=True)
    await draw(session, audit, by=by)


async def draw(session: AsyncSession, audit: LearningAudit, *, by: Process) -> None:
    """Fix who may be drawn, open the seed and draw. Raises DrawnAlready or NobodyToDraw."""
    audit.must_not_be_drawn()
    rule_set = await RuleSet.on(session, audit.part, day_of(by.at))
    found = await population_of(session, audit.part, audit.year_end, now=by.at)
    if not found.people:
        raise NobodyToDraw
    again = await failed_last_year(session, audit.part, audit.year_end)
    seed, per_mille = audit.open_seed(), rule_set.rules.cpd_sample_per_mille
    size = size_of(len(found.people), per_mille)
    chosen = drawn(seed, found.people, size)
    by_chance = set(chosen)
    repeated = {n for n, person_id in found.people.items() if person_id in again}
    audit.seed, audit.drawn_at, audit.rule_set_id = seed, by.at, rule_set.id
    audit.per_mille, audit.size = per_mille, size
    audit.numbers, audit.population = sorted(found.people), len(found.people)
    audit.population_hash = population_hash(found.people)
    audit.newly_joined, audit.under_order = found.newly_joined, found.under_order
    audit.repeated = len(repeated - by_chance)
    audit.last_rank = rank(seed, chosen[-1]) if chosen else ""
    await session.flush()
    by.tell(AuditEvent.DRAWN, audit=audit.id, part=audit.part, until=audit.year_end)
    for number in sorted(by_chance | repeated):
        await AuditCase.open_for(
            session,
            audit,
            found.people[number],
            by_chance=number in by_chance,
            by=by,
        )


class Population:
    """Who may be drawn, by number, and how many were left out and why."""

    def __init__(self) -> None:
        self.people: dict[str, UUID] = {}
        self.newly_joined = 0
        self.under_order = 0


async def population_of(
    session: AsyncSession, part: Part, year_end: date, *, now: datetime
) -> Population:
    """Who is registered in the part, and renewed with the learning of that year.

    Whoever the public register does not show is not counted at all, and a hold, of which it says nothing, leaves nobody out:
    either could be read off the hash by whoever tries all that is possible.
    """
    begins = end_of(months_after(year_end, -12))
    earlier = exists().where(
        Registration.entry_id == Entry.id, func.lower(Registration.valid) < begins
    )
    theirs = select(Entry.id).where(Entry.person_id == Person.id).correlate(Person)
    ordered = exists().where(Order.entry_id.in_(theirs), Order.valid.contains(now))
    rows = await session.execute(
        select(Person.number, Person.id, earlier, ordered)
        .join(Entry, Entry.person_id == Person.id)
        .join(
            LearningYear,
            (LearningYear.person_id == Person.id) & (LearningYear.year_end == year_end),
        )
        .where(
            Entry.part == part,
            exists().where(
                Registration.entry_id == Entry.id, Registration.valid.contains(now)
            ),
            Person.number.is_not(None),
            ~Person.withheld,
            Person.deceased_on.is_(None),
            Person.merged_into.is_(None),
        )
    )
    found = Population()
    for number, person_id, was_in, is_ordered in rows:
        assert number is not None  # noqa: S101 - asked for above
        if is_ordered:
            found.under_order += 1
        elif not was_in:
            found.newly_joined += 1
        else:
            found.people[number] = person_id
    return found


async def failed_last_year(
    session: AsyncSession, part: Part, year_end: date
) -> set[UUID]:
    """Whose learning two people did not find enough in the audit of the year before."""
    found = await session.scalars(
        select(AuditCase.person_id)
        .join(LearningAudit, AuditCase.audit_id == LearningAudit.id)
        .where(
            LearningAudit.part == part,
            LearningAudit.year_end == months_after(year_end, -12),
            AuditCase.failed_at.is_not(None),
        )
    )
    return set(found)
