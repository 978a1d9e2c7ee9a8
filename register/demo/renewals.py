"""The renewals of the demo: those of the last period, and on a day in the window those underway, in every state."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application import SectionName
from register.application.answers import Conduct, Criminal, Declared, Health
from register.application.faults import questions
from register.demo.accounts import Doors
from register.demo.draw import Draw
from register.demo.entries import Terms
from register.demo.staff import Office
from register.entry import Entry
from register.entry.facts import Registration
from register.kit.clock import end_of, start_of
from register.part import Part
from register.person import Person
from register.process import Process
from register.renewal import (
    DeclarationOutcome,
    DeclarationReview,
    ExtensionReason,
    Renewal,
    RenewalAct,
    RenewalDeclaration,
    RenewalExtension,
    open_renewals_of,
)
from register.rule_set import Rules

EVERYBODY = 10_000_000
MORNING = timedelta(hours=6)
PAID_FIRST, BEGINS = "paid-first@example.org", "renewing@example.org"
BEGUN = (
    "details_at",
    "employment_at",
    "declared_at",
    "declaration_version",
    "learning_at",
)
A_DAY = timedelta(days=1)

CHANCE = "abs(hashtext((select number from person where person.id = entry.person_id)))"
"""The same for the same person, so that seed and day decide this too; ids are another's each time."""

TOLD = """
    with told as (
      select cast(:ends_on as date) as ends_on, cast(:until_on as date) as until_on, cast(:rule_set as uuid) as rule_set,
        cast(:opens as timestamptz) as opens, cast(:closes as timestamptz) as closes, cast(:now as timestamptz) as now,
        cast(:part as text) as part, cast(:declaration as text) as declaration
    )"""
FINISHED = text(f"""
    insert into renewal (id, person_id, ends_on, until_on, rule_set_id, opened_at, only_pays, details_at, employment_at,
      declared_at, declaration_version, learning_at, paid_at, finished_at, version)
    {TOLD}, renewed as (
      select distinct entry.person_id, told.*, opens + ({CHANCE} % 10000) / 10000.0 * (closes - opens) as at
      from told join entry on entry.part = told.part join registration on registration.entry_id = entry.id
      where registration.valid @> now and lower(registration.valid) < opens and registration.until_on >= told.until_on
    )
    select md5(person_id::text || ends_on)::uuid, person_id, ends_on, until_on, rule_set, opens, false,
      at, at + interval '4 minutes', at + interval '19 minutes', declaration, at + interval '31 minutes',
      at + interval '40 minutes', at + interval '40 minutes', 1
    from renewed
    on conflict (person_id, ends_on) do nothing""")  # noqa: S608 - the expressions are those above

MISSED = text(f"""
    insert into renewal (id, person_id, ends_on, until_on, rule_set_id, opened_at, only_pays, details_at, paid_at, version)
    {TOLD}
    select md5(entry.person_id::text || ends_on)::uuid, entry.person_id, ends_on, until_on, rule_set, opens, false,
      case when {CHANCE} % 2 = 0 then opens + interval '40 days' end,
      case when {CHANCE} % 4 = 0 then opens + interval '41 days' end, 1
    from told join entry on entry.part = told.part
    where exists (select from lapse where lapse.entry_id = entry.id and lapse.because = 'not_renewed'
        and lower(lapse.valid) = closes)
      or exists (select from registration where registration.entry_id = entry.id
        and registration.until_on = told.ends_on and registration.valid @> now)
    on conflict (person_id, ends_on) do nothing""")  # noqa: S608 - the expressions are those above

UNDERWAY = text("""
    update renewal set
      details_at = case when chance >= 25 then at end,
      employment_at = case when chance >= 40 then at + interval '5 minutes' end,
      declared_at = case when chance >= 55 and chance < 85 then at + interval '19 minutes' end,
      declaration_version = case when chance >= 55 and chance < 85 then cast(:declaration as text) end,
      learning_at = case when chance >= 70 and chance < 85 then at + interval '30 minutes' end,
      paid_at = case when chance >= 85 then at + interval '33 minutes' end,
      version = version + 1
    from (
      select renewal.id as of_id, abs(hashtext(number)) % 100 as chance,
        opened_at + (abs(hashtext(number)) % 1000) / 1000.0
          * (cast(:now as timestamptz) - interval '40 minutes' - opened_at) as at
      from renewal join person on person.id = person_id
      where ends_on = cast(:ends_on as date) and finished_at is null and not only_pays
    ) as spread
    where renewal.id = of_id and at > opened_at""")
"""From nothing done to all but the payment, and some who paid first."""


async def make_renewals(
    session: AsyncSession, draw: Draw, doors: Doors, office: Office, terms: Terms
) -> None:
    rules = terms.rules[Part.MANAGER]
    ends_on = rules.period_end(draw.on)
    before = rules.period_end(ends_on.replace(year=ends_on.year - 1))
    await _last_period(session, draw, terms, before, ends_on)
    if draw.on > rules.renewal_opens(ends_on):
        await _this_period(session, draw, terms, ends_on)
    await _let_in(session, draw, doors, ends_on, before)
    if draw.on > rules.renewal_opens(ends_on):
        await _ask_for_time(session, draw, doors, office, ends_on)
    await _declare(session, draw, office, rules)


async def _last_period(
    session: AsyncSession, draw: Draw, terms: Terms, ends_on: date, until_on: date
) -> None:
    for part, rules in _parts(terms):
        opens = start_of(rules.renewal_opens(ends_on)) + MORNING
        told = _told(draw, terms, part, ends_on=ends_on, until_on=until_on, opens=opens)
        await session.execute(FINISHED, told | {"closes": end_of(ends_on) - A_DAY})
        await session.execute(MISSED, told | {"closes": end_of(ends_on)})


async def _this_period(
    session: AsyncSession, draw: Draw, terms: Terms, ends_on: date
) -> None:
    """The days until now are those in which people have renewed."""
    for part, rules in _parts(terms):
        opens = start_of(rules.renewal_opens(ends_on)) + MORNING
        told = _told(
            draw,
            terms,
            part,
            ends_on=ends_on,
            until_on=rules.next_period_end(ends_on),
            opens=opens,
        )
        closes = draw.now - timedelta(hours=1)
        await session.execute(FINISHED, told | {"closes": max(opens, closes)})
        for moment in (opens, draw.now):
            await open_renewals_of(session, part, now=moment, at_once=EVERYBODY)
    version = terms.rules[Part.MANAGER].declaration_version
    await session.execute(
        UNDERWAY, {"ends_on": ends_on, "now": draw.now, "declaration": version}
    )


def _parts(terms: Terms) -> Sequence[tuple[Part, Rules]]:
    """The leading part first."""
    return [
        (part, terms.rules[part]) for part in sorted(Part, key=lambda p: p.position)
    ]


def _told(
    draw: Draw,
    terms: Terms,
    part: Part,
    *,
    ends_on: date,
    until_on: date,
    opens: datetime,
) -> dict[str, object]:
    return {
        "part": part,
        "ends_on": ends_on,
        "until_on": until_on,
        "rule_set": terms.of_part[part].id,
        "opens": opens,
        "now": draw.now,
        "declaration": terms.rules[part].declaration_version,
    }


async def _without_account(
    session: AsyncSession, draw: Draw, ends_on: date, which: Any, *, count: int
) -> Sequence[Renewal]:
    """Renewals of people who are registered and have no account yet, in the order of their numbers."""
    found = await session.scalars(
        select(Renewal)
        .join(Person, Person.id == Renewal.person_id)
        .where(
            Renewal.ends_on == ends_on,
            Person.number.is_not(None),
            Person.merged_into.is_(None),
            Person.deceased_on.is_(None),
            ~Person.withheld,
            ~exists().where(Account.person_id == Person.id),
            exists().where(
                Entry.person_id == Person.id,
                Registration.entry_id == Entry.id,
                Registration.valid.contains(draw.now),
            ),
            which,
        )
        .order_by(Person.number)
        .limit(count)
    )
    return found.all()


async def _let_in(
    session: AsyncSession, draw: Draw, doors: Doors, ends_on: date, before: date
) -> None:
    """Accounts to try it with: in the window somebody who paid first and somebody who begins, else somebody who is renewed."""
    tried = (
        (
            PAID_FIRST,
            "A registrant who paid first and is not renewed: things are left to do",
            ends_on,
            Renewal.declared_at.is_(None)
            & Renewal.finished_at.is_(None)
            & ~Renewal.only_pays,
        ),
        (
            BEGINS,
            "A registrant who can renew now, and has not begun",
            ends_on,
            Renewal.paid_at.is_(None)
            & Renewal.finished_at.is_(None)
            & ~Renewal.only_pays,
        ),
        (
            "renewed@example.org",
            "A registrant who is renewed",
            before,
            Renewal.finished_at.is_not(None),
        ),
    )
    for email, good_for, period, which in tried:
        for renewal in await _without_account(session, draw, period, which, count=1):
            account = await doors.open_told(
                session, email, good_for=good_for, at=draw.now - 20 * A_DAY
            )
            account.person_id = renewal.person_id
            if email == PAID_FIRST and renewal.paid_at is None:
                renewal.paid_at = max(renewal.opened_at, draw.now - A_DAY)
            if email == BEGINS:
                for column in BEGUN:
                    setattr(renewal, column, None)
            await session.flush()


async def _ask_for_time(
    session: AsyncSession, draw: Draw, doors: Doors, office: Office, ends_on: date
) -> None:
    """One request waits, one is agreed to."""
    at = draw.now - timedelta(hours=9)
    open_ = Renewal.finished_at.is_(None) & ~Renewal.only_pays
    asking = await _without_account(session, draw, ends_on, open_, count=2)
    for number, renewal in enumerate(asking):
        account = await doors.open(
            session, f"more-time{number}@example.org", at=at - 30 * A_DAY
        )
        account.person_id = renewal.person_id
        await session.flush()
        extension = await RenewalExtension.ask(
            session,
            renewal,
            because=ExtensionReason.ILLNESS if number else ExtensionReason.CARING,
            words=ASKED[number],
            by=Process.begin(session, RenewalAct.ASK_FOR_TIME, now=at, actor=account),
        )
        if number:
            await _agree(session, extension, office, ends_on + 21 * A_DAY, at=at)


ASKED = (
    "My mother came home from hospital in September and I care for her at night. I need until the middle of December.",
    "I broke my wrist and cannot type. I need three weeks more.",
)


async def _agree(
    session: AsyncSession,
    extension: RenewalExtension,
    office: Office,
    until: date,
    *,
    at: datetime,
) -> None:
    officer = office.caseworkers[0]
    proposal = await extension.propose(
        session,
        until=until,
        words="Seen a letter of the hospital.",
        proposer=officer,
        by=Process.begin(
            session, RenewalAct.PROPOSE_TIME, now=at + A_DAY / 12, actor=officer
        ),
    )
    await session.flush()
    await proposal.approve(
        session,
        approver=office.team_manager,
        by=Process.begin(
            session,
            RenewalAct.DECIDE_TIME,
            now=at + A_DAY / 6,
            actor=office.team_manager,
        ),
    )
    await session.flush()


async def _declare(
    session: AsyncSession, draw: Draw, office: Office, rules: Rules
) -> None:
    """What some said yes to; the first is settled."""
    found = await session.scalars(
        select(Renewal)
        .join(Person, Person.id == Renewal.person_id)
        .where(Renewal.declared_at.is_not(None), Renewal.finished_at.is_not(None))
        .order_by(Renewal.ends_on.desc(), Person.number)
        .limit(len(SectionName))
    )
    said = _said(rules.declaration_version)
    for renewal, (section, answers) in zip(found.all(), said, strict=False):
        assert renewal.declared_at  # noqa: S101 - asked for above
        declared = RenewalDeclaration.of(
            renewal, section, answers, now=renewal.declared_at
        )
        session.add(declared)
        await session.flush()
        if section is SectionName.CONDUCT:
            at = min(renewal.declared_at + 2 * A_DAY, draw.now - A_DAY / 24)
            await DeclarationReview.settle(
                session,
                declared,
                DeclarationOutcome.NOTHING_FURTHER,
                words="The home told us of it in spring, and has dealt with it.",
                officer=office.registrar,
                by=Process.begin(
                    session,
                    RenewalAct.SETTLE_DECLARATION,
                    now=at,
                    actor=office.registrar,
                ),
            )


def _said(version: str) -> list[tuple[SectionName, Declared]]:
    no_crime: dict[str, Any] = dict.fromkeys(questions(Criminal), False)
    no_conduct: dict[str, Any] = dict.fromkeys(questions(Conduct), False)
    return [
        (
            SectionName.CONDUCT,
            Conduct(
                version=version,
                **no_conduct | {"disciplinary": True},
                disciplinary_details="A written warning in May for records that I kept late.",
            ),
        ),
        (
            SectionName.CRIMINAL,
            Criminal(
                version=version,
                **no_crime | {"cautions": True},
                cautions_details="A caution in July after a quarrel with a neighbour.",
            ),
        ),
        (
            SectionName.HEALTH,
            Health(
                version=version,
                affects_practice=True,
                details="Epilepsy since March. I do no sleeping-in shifts until it is settled.",
            ),
        ),
    ]
