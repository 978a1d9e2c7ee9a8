"""Makes the demo: homes, an office, applications, lives and lists, in one transaction of the caller."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import case, exists, func, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from register.account import Account
from register.certificate import Certificate, CertificateAct, grouped
from register.demo.accounts import DemoAccount, Doors
from register.demo.applications import Approved, TakeFees
from register.demo.careers import Awards
from register.demo.cases import Applications, cases_for
from register.demo.doubles import compare, doubles_of, fill_watch_list
from register.demo.draw import Draw
from register.demo.employers import open_organisations
from register.demo.entries import Registrants, Terms
from register.demo.homes import Homes, make_homes
from register.demo.learning import ask_for_less, record_learning
from register.demo.lives import Lives
from register.demo.messages import write_to_us
from register.demo.notices import give_notice_of_removal
from register.demo.people import people
from register.demo.plots import plots_for
from register.demo.renewals import make_renewals
from register.demo.runs import tell_runs
from register.demo.staff import KNOWN_BY, Office, open_office
from register.employment import Home
from register.entry import Entry, project_many
from register.imports.homes import HomesEvent, ImportAct
from register.kit.clock import bank_holidays
from register.kit.db import Base
from register.kit.errors import Refused
from register.kit.post import Failure, Message, MessageState
from register.part import Part
from register.person import Person
from register.process import Process
from register.rule_set import RuleSet

OpenCases = Callable[[AsyncSession, Draw, Office], Awaitable[None]]
"""What fitness to practise does with whoever is registered by then: it stands on this package, so it is handed in."""

EARLIEST = date(2026, 1, 1)
"""Two registration periods after the first rules began: so long ago something has happened."""
HOMES_EACH = 0.6
FEWEST_HOMES = 56
LIVES_EACH = 0.06
RECENT = timedelta(days=3)
FAILED_LETTERS = 2


class NotEmpty(Refused):
    def __init__(self) -> None:
        super().__init__(
            "There are people in this register already: the demo is made in an empty one only."
        )


class NotOnThatDay(Refused):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"The demo can be made for a day from {first} until {last}.")


async def make_demo(
    session: AsyncSession,
    *,
    registrants: int,
    seed: int,
    on: date,
    step: Callable[[int], None],
    take_fees: TakeFees,
    open_cases: OpenCases,
) -> list[DemoAccount]:
    """Everything that had happened when the day `on` began; gives the accounts that can be signed in to."""
    _must_be_possible(on)
    if await is_used(session):
        raise NotEmpty
    draw = Draw(seed, on)
    terms = await Terms.on(session, on)
    doors = await Doors.make(draw)
    office = await open_office(session, draw, doors)
    homes = await _homes(session, draw, registrants)
    awards = await _awards(session, draw, terms)
    await open_organisations(session, doors, office, homes)
    await _take_stock(session)
    newcomer = await doors.open_told(
        session,
        "new@example.org",
        good_for="Somebody with a new account, who has not applied yet but has written to us",
        at=draw.moment(draw.working_day(1)),
    )
    await write_to_us(session, newcomer, office)
    applications = Applications(
        session,
        draw,
        doors,
        office,
        homes,
        terms,
        awards,
        people(draw.about("applicants")),
        take_fees,
    )
    for story in cases_for(registrants):
        await applications.tell(story)
        step(1)
    await take_fees(session, sorted(applications.approved, key=_when_approved))
    for approved in applications.certified:
        await _certify(session, approved, doors)
        await record_learning(
            session,
            approved.account,
            approved.application.person_id,
            draw.about("learning"),
        )
    if applications.certified:
        last = applications.certified[-1]
        await ask_for_less(
            session,
            last.account,
            last.application.person_id,
            draw.about("less learning"),
        )
    for approved in applications.to_be_removed:
        await give_notice_of_removal(session, approved, office)
    await _take_stock(session)
    lists = Registrants(draw.about("lists"), homes, terms, awards)
    doubles = await doubles_of(session, draw.about("doubles"))
    await lists.enter(session, doubles, len(doubles), step=step)
    await compare(session, draw.about("comparing"), office, doubles)
    known = people(draw.about("registrants"))
    lives = Lives(session, draw.about("lives"), office, homes, terms, awards)
    plots = plots_for(draw.about("plots"), round(registrants * LIVES_EACH))
    for plot in plots:
        await lives.tell(next(known), plot)
        step(1)
    await tell_runs(session, draw.about("runs"), office)
    await _take_stock(session)
    await open_cases(session, draw.about("cases"), office)
    await _project_again(session, draw)
    rest = max(0, registrants - await _registered(session))
    await lists.enter(session, known, rest, step=step)
    await make_renewals(session, draw.about("renewals"), doors, office, terms)
    await fill_watch_list(session, draw.about("watch list"), office)
    await _settle_letters(session, draw)
    return doors.told


def steps_of(registrants: int) -> int:
    """About how many steps will be told."""
    return len(cases_for(registrants)) + registrants


async def is_used(session: AsyncSession) -> bool:
    """Whether anybody or any home is in the database."""
    found = [
        await session.scalar(select(exists(select(kind.id))))
        for kind in (Account, Person, Home)
    ]
    return any(found)


async def is_demo(session: AsyncSession) -> bool:
    """Whether the demo filled this database."""
    return await Account.has_address(session, KNOWN_BY)


def _must_be_possible(on: date) -> None:
    last = max(bank_holidays()).replace(month=11, day=30)
    if not EARLIEST <= on <= last:
        raise NotOnThatDay(EARLIEST, last)


async def _homes(session: AsyncSession, draw: Draw, registrants: int) -> Homes:
    count = max(FEWEST_HOMES, round(registrants * HOMES_EACH))
    homes = await make_homes(session, draw.about("homes"), count)
    at = draw.moment(draw.working_day(500))
    by = Process.begin(session, ImportAct.HOMES, now=at)
    by.tell(HomesEvent.IMPORTED, new=count, changed=0, same=0)
    return homes


async def _take_stock(session: AsyncSession) -> None:
    """Tell the planner what is there by now: where an attempt was rolled back before, it believes that there is nothing."""
    await session.flush()
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    await session.execute(text(f"analyze {names}"))


async def _awards(session: AsyncSession, draw: Draw, terms: Terms) -> Awards:
    rule_set = await session.get_one(
        RuleSet,
        terms.of_part[Part.MANAGER].id,
        options=[selectinload(RuleSet.accepted)],
        populate_existing=True,
    )
    return Awards(draw.about("awards"), rule_set.accepted)


def _when_approved(approved: Approved) -> float:
    at = approved.application.approved_at
    return at.timestamp() if at else 0


async def _certify(session: AsyncSession, approved: Approved, doors: Doors) -> None:
    """The worker prints it, as it does for everybody."""
    application = approved.application
    assert application.closed_at  # noqa: S101 - granted
    entry_id = await session.scalar(
        select(Entry.id).where(Entry.person_id == application.person_id)
    )
    assert entry_id  # noqa: S101 - granted
    entry = await Entry.load(session, entry_id, lock=True)
    at = min(application.closed_at + timedelta(minutes=40), approved.draw.now)
    by = Process.begin(session, CertificateAct.ISSUE, now=at, actor=approved.account)
    certificate = await Certificate.issue(
        session, entry, by=by, serial=approved.draw.serial()
    )
    doors.told = [
        replace(
            account,
            good_for=f"{account.good_for}: {entry.person.number}, {grouped(certificate.serial)}",
        )
        if account.email == approved.account.email
        else account
        for account in doors.told
    ]


async def _registered(session: AsyncSession) -> int:
    """How many people have a number by now."""
    found = await session.scalar(select(func.count()).where(Person.number.is_not(None)))
    return found or 0


async def _project_again(session: AsyncSession, draw: Draw) -> None:
    """The rows of those to whom something happened, as they are when the day begins rather than when it happened."""
    ids = (await session.scalars(select(Entry.id))).all()
    await session.flush()
    await project_many(session, await Entry.load_many(session, ids), now=draw.now)


async def _settle_letters(session: AsyncSession, draw: Draw) -> None:
    """What was written in the demo's past arrived there, so that only the latest letters are sent when the worker begins.

    Their jobs are left in the queue: the worker finds that there is nothing more to do.
    """
    past = Message.created_at < draw.now - RECENT
    await session.execute(
        update(Message)
        .where(past)
        .values(
            state=MessageState.DELIVERED,
            body=case((Message.fleeting, ""), else_=Message.body),
            attempts=1,
            provider_id=func.concat("demo-", Message.reference),
            sent_at=Message.created_at + timedelta(seconds=4),
            asked_at=Message.created_at + timedelta(seconds=64),
            settled_at=Message.created_at + timedelta(seconds=64),
        )
    )
    lost = select(Message.id).where(past).order_by(Message.created_at.desc())
    await session.execute(
        update(Message)
        .where(Message.id.in_(lost.limit(FAILED_LETTERS)))
        .values(
            state=MessageState.FAILED, failed_because=literal(Failure.UNDELIVERABLE)
        )
    )
