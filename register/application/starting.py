"""Beginning an application, and leaving one: withdrawn, or forgotten until the draft expires."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application.application import Application, draw_reference
from register.application.keeping import forget_draft
from register.application.returning import (
    Ended,
    Way,
    first_day,
    how_it_ended,
    must_be_open,
    way_of,
)
from register.application.state import (
    ApplicationAct,
    ApplicationEvent,
    ApplicationKind,
    ApplicationState,
    Move,
)
from register.entry import AlreadyEntered, Entry
from register.kit.clock import day_of
from register.kit.jobs import every
from register.notice import NoticeOutcome, open_notice
from register.part import Part
from register.person import Person
from register.process import Process
from register.proposal import Proposal
from register.request import Request
from register.rule_set import RuleSet

AT_ONCE = 200


async def start(
    session: AsyncSession,
    account: Account,
    part: Part,
    *,
    by: Process,
    reference: str | None = None,
) -> Application:
    """Begin an application, or go on with the open one; of who was in the part before, one to restore their entry.

    Raises PartNotOpen, AlreadyEntered, NeverAgain or NotBefore. `reference`: else one is drawn.
    """
    # Two clicks would each find no open application and begin one. The process is written only after that, since its actor
    # holds on to the account too, and then neither of the two could have it for itself.
    with session.no_autoflush:
        known = await session.scalar(
            select(Account.person_id).where(Account.id == account.id).with_for_update()
        )
    rule_set = await RuleSet.open_on(session, part, day_of(by.at))
    person = await _person_of(session, account, known, now=by.at)
    if begun := await _open_application(session, person, part):
        return begun
    ended = await _former(session, person.id, rule_set, now=by.at)
    kind = ended.kind if ended else ApplicationKind.FIRST
    application = Application(
        id=uuid4(),
        reference=reference or draw_reference(),
        account_id=account.id,
        person_id=person.id,
        part=part,
        kind=kind,
        left_on=ended.left_on
        if ended and kind is ApplicationKind.RESTORATION
        else None,
        rule_set_id=rule_set.id,
        created_at=by.at,
        draft_until=day_of(by.at) + timedelta(days=rule_set.rules.draft_kept_days),
    )
    session.add(application)
    await session.flush()  # the reference is drawn
    application.tell(ApplicationEvent.STARTED, by=by, part=part, of=kind)
    await application.write_to_applicant(session, "application_started", now=by.at)
    return application


async def _former(
    session: AsyncSession, person_id: UUID, rule_set: RuleSet, *, now: datetime
) -> Ended | None:
    """How the person's entry in the part ended, if they had one and may ask to come back.

    Whoever was removed by order, or for good, was removed from the register and not from a part: another is no way around it.
    """
    ids = await session.scalars(select(Entry.id).where(Entry.person_id == person_id))
    theirs = None
    for entry in await Entry.load_many(session, ids.all()):
        ended = how_it_ended(entry, now)
        own = entry.part is rule_set.part
        if own and ended is None:
            raise AlreadyEntered(entry)
        if ended and (own or ended.of_the_register):
            refused = await _refused(session, entry)
            must_be_open(ended, rule_set.rules, on=day_of(now), refused=refused)
        theirs = ended if own else theirs
    return theirs


async def _refused(session: AsyncSession, entry: Entry) -> datetime | None:
    """When we last refused to restore the entry."""
    refused: datetime | None = await session.scalar(
        select(func.max(Application.decided_at)).where(
            Application.person_id == entry.person_id,
            Application.part == entry.part,
            Application.kind == ApplicationKind.RESTORATION,
            Application.state == ApplicationState.REFUSED,
        )
    )
    return refused


@dataclass(frozen=True)
class WayBack:
    """An entry of somebody's that has ended, and the first day on which they may ask to come back; None for never."""

    part: Part
    ended: Ended
    first_day: date | None
    way: Way

    def open(self, today: date) -> bool:
        if self.way is Way.FINISH_RENEWAL:
            return False
        return self.first_day is not None and self.first_day <= today


async def ways_back(
    session: AsyncSession, account: Account, *, now: datetime
) -> list[WayBack]:
    """Of the parts that take applications, those that the account's person has left."""
    if account.person_id is None:
        return []
    ids = await session.scalars(
        select(Entry.id).where(Entry.person_id == account.person_id)
    )
    found = []
    for entry in await Entry.load_many(session, ids.all()):
        ended = how_it_ended(entry, now)
        rules = (await RuleSet.on(session, entry.part, day_of(now))).rules
        if ended is None or not rules.open:
            continue
        refused = await _refused(session, entry)
        day = None if ended.never else first_day(ended, rules, refused=refused)
        way = way_of(ended, rules, day_of(now))
        found.append(WayBack(entry.part, ended, day, way))
    return sorted(found, key=lambda one: one.part.position)


async def withdraw(
    session: AsyncSession, application: Application, *, by: Process
) -> None:
    """Take the application back, and with it what waits for the applicant or for a second person."""
    await application.lock(session)
    application.go(Move.WITHDRAW, by=by)
    requests = select(Request).where(
        Request.application_id == application.id, Request.open
    )
    for request in await session.scalars(requests):
        request.expire(by=by)
    if notice := await open_notice(session, application_id=application.id):
        notice.end(NoticeOutcome.DROPPED, by=by)
    proposals = select(Proposal).where(
        Proposal.application_id == application.id, Proposal.waiting
    )
    for proposal in await session.scalars(proposals):
        proposal.withdraw(by=by)
    if application.submitted_at is None:
        await forget_draft(session, application)
    else:
        await application.write_to_applicant(
            session, "application_withdrawn", now=by.at
        )


@every(hours=6)
async def expire_drafts(session: AsyncSession, now: datetime) -> None:
    """Let the drafts go that nobody has sent in time."""
    late = (
        select(Application)
        .where(
            Application.state == ApplicationState.DRAFT,
            Application.draft_until < day_of(now),
        )
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for application in (await session.scalars(late)).all():
        by = Process.begin(session, ApplicationAct.EXPIRE, now=now)
        application.go(Move.EXPIRE, by=by)
        await forget_draft(session, application)


@every(hours=6)
async def warn_of_expiry(session: AsyncSession, now: datetime) -> None:
    """Tell applicants, some days before, that their draft will go."""
    drafts = (
        select(Application, RuleSet)
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(
            Application.state == ApplicationState.DRAFT,
            Application.warned_at.is_(None),
            Application.draft_until >= day_of(now),
            Application.draft_until - day_of(now)
            <= RuleSet.data["draft_reminder_days"].as_integer(),
        )
        .limit(AT_ONCE)
        .with_for_update(of=Application, skip_locked=True)
    )
    for application in (await session.scalars(drafts)).all():
        application.warned_at = now
        await application.write_to_applicant(
            session, "application_draft_expires", now=now
        )


async def _person_of(
    session: AsyncSession, account: Account, known: UUID | None, *, now: datetime
) -> Person:
    if known:
        return await session.get_one(Person, known)
    person = Person.of(given_names="", family_name="", birth_date=None, now=now)
    session.add(person)
    await session.flush()
    await session.execute(
        update(Account)
        .where(Account.id == account.id)
        .values(person_id=person.id, version=Account.version + 1)
    )
    return person


async def _open_application(
    session: AsyncSession, person: Person, part: Part
) -> Application | None:
    found: Application | None = await session.scalar(
        select(Application).where(
            Application.person_id == person.id,
            Application.part == part,
            ~Application.over,
        )
    )
    return found
