"""A manager's life in the register: from the qualification that is still to come to the return after a lapse."""

from datetime import UTC, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from register.entry import Entry
from register.entry.facts import LapseReason
from register.kit.clock import start_of
from register.kit.db import Role, connect, sessions_of
from tests.journeys.steps import (
    DEGREE,
    EMAIL,
    ENDORSER,
    IDENTITY,
    REFEREES,
    SECTIONS,
    SECTIONS_OF_A_RETURN,
    TODAY,
    ago,
    approve,
    ask_to_come_back,
    begin,
    check,
    cleared,
    endorse,
    fill_in,
    look_up,
    mailed,
    open_an_account,
    pay,
    propose_grant,
    refer,
    send,
    shown,
    sign_in,
    sign_in_as_staff,
    sign_in_with_key,
    take,
    to_account,
    to_casework,
    to_person,
)
from tests.make import make_process

BEFORE, AFTER = "Siân O’Brien-Jones", "Siân Pryce"
DUE = ago(months=2) + relativedelta(years=3)
PAUSED_ON = ago(days=30)
PAUSED_FOR = timedelta(days=31)
AWAY = timedelta(days=100)
"""Longer than a lapse can be cured by finishing a renewal."""
LEFT = TODAY + timedelta(days=33)
OTHER_REFEREES = "referee2@example.org", "referee3@example.org"


async def comes_in(applicant, caseworker, registrar, others, papers):
    """Without the qualification, so with a condition."""
    await open_an_account(applicant)
    await begin(applicant)
    await fill_in(applicant, papers, studying=True)
    reference = await send(applicant)
    for referee in REFEREES:
        await refer(others, referee)
    await endorse(others, ENDORSER, studying=True)

    await take(caseworker, reference)
    for title in ("Eligibility", *SECTIONS):
        await check(caseworker, reference, title)
    await propose_grant(caseworker, reference)
    await approve(registrar, reference)

    await mailed(applicant.service, EMAIL, "pay")
    await pay(applicant, reference)
    assert "You are now in the register" in await applicant.text


async def to_condition(caseworker, due_on):
    await to_person(caseworker, BEFORE)
    await caseworker.follow(f"Required qualification, due by {shown(due_on)}")


async def clock_stands_still(applicant, caseworker, registrar):
    await to_condition(caseworker, DUE)
    await caseworker.unfold("Stop the clock")
    await caseworker.fill(
        {
            "Why can they not go on?": "Parental leave",
            "From which day does the time not count?": PAUSED_ON,
            "Why": "Her son was born.",
        }
    )
    await caseworker.press("Propose to stop the clock")
    await approve(registrar, "Condition")
    await to_account(applicant, "Your conditions")
    assert f"Stands still since {shown(PAUSED_ON)}" in await applicant.text

    await to_condition(caseworker, DUE)
    await caseworker.unfold("Let the clock run again")
    await caseworker.fill({"Which was the last day that does not count?": TODAY})
    await caseworker.press("Let the clock run")
    await to_account(applicant, "Your conditions")
    assert f"Due by {shown(DUE + PAUSED_FOR)} Clock Running" in await applicant.text


async def qualification_comes(applicant, caseworker, registrar, papers):
    await applicant.follow("Send a document finish the required qualification")
    await applicant.fill({"File": papers / "diploma.pdf"})
    await applicant.press("Send")
    await cleared(applicant, "diploma.pdf")

    await to_condition(caseworker, DUE + PAUSED_FOR)
    await caseworker.unfold("End it: the condition is met")
    await caseworker.fill(
        {
            "Which qualification have they been awarded?": DEGREE,
            "When was it awarded?": ago(days=1),
            "Why": "The diploma is genuine.",
        }
    )
    await caseworker.press("Propose to end it")
    await approve(registrar, "Condition")


async def name_changes(applicant, caseworker, manager, papers):
    await to_account(applicant, "Your details", "Change name")
    await applicant.fill(
        {
            "Given names (optional)": "Siân",
            "Family name": "Pryce",
            "Why does your name change?": "Marriage or civil partnership",
            "Since when is this your legal name?": ago(days=10),
            "File": papers / "passport.pdf",
        }
    )
    await applicant.press("Ask for this change")

    await to_casework(caseworker, "Changes of name or date of birth", BEFORE)
    await caseworker.press("Propose to make this change")
    await approve(manager, "Name or date of birth")


async def lapses(service):
    """By the verb itself, as no run comes by on whatever day of the year this is; test_renewal walks one."""
    engine = connect(service.environment["DATABASE_URL"], Role.APP)
    now = datetime.now(UTC) + AWAY
    async with sessions_of(engine).begin() as session:
        entry_id = await session.scalar(select(Entry.id))
        entry = await Entry.load(session, entry_id, lock=True)
        await entry.lapse(
            session,
            on=start_of(LEFT),
            because=LapseReason.NOT_RENEWED,
            by=make_process(session, now=now),
        )
    await engine.dispose()


async def comes_back(applicant, caseworker, manager, others, papers):
    reference = await ask_to_come_back(
        applicant,
        papers,
        identity=IDENTITY | {"Family name": "Pryce", "Your former names": BEFORE},
        left=LEFT,
        skills={
            "How many hours of work like that of the role have you done since you left?": "0",
            "What else have you done to keep your skills up to date?": "A course on safeguarding.",
        },
        referees=OTHER_REFEREES,
        name=AFTER,
    )
    for referee in OTHER_REFEREES:
        await refer(others, referee)
    await take(caseworker, reference)
    for title in SECTIONS_OF_A_RETURN:
        await check(caseworker, reference, title)
    await propose_grant(caseworker, reference)
    await approve(manager, reference)
    await pay(applicant, reference)
    assert "You are now in the register" in await applicant.text


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_manager_qualifies_changes_her_name_lapses_and_comes_back(
    service, office, papers, somebody
):
    applicant, caseworker, manager, registrar, public = [
        await somebody() for _ in range(5)
    ]
    keys = {
        walker: (name, await sign_in_as_staff(walker, name))
        for walker, name in (
            (caseworker, "Casey Worker"),
            (manager, "Tam Leader"),
            (registrar, "Reggie Starr"),
        )
    }

    await comes_in(applicant, caseworker, registrar, public, papers)
    await look_up(public, BEFORE)
    number = await public.page.locator(".app-number").first.inner_text()
    assert "Working towards the required qualification" in await public.text

    await clock_stands_still(applicant, caseworker, registrar)
    await look_up(public, BEFORE)
    assert f"Due by {DUE + PAUSED_FOR:%B %Y}" in await public.text

    await qualification_comes(applicant, caseworker, registrar, papers)
    await look_up(public, BEFORE)
    assert "Working towards" not in await public.text
    assert DEGREE in await public.text

    await name_changes(applicant, caseworker, manager, papers)
    await look_up(public, AFTER, typed=BEFORE)
    assert BEFORE not in await public.text

    service.pass_time(AWAY.days)
    await lapses(service)
    await look_up(public, AFTER)
    assert "No longer registered: did not renew" in await public.text

    await sign_in(applicant, EMAIL)
    for walker, (name, key) in keys.items():
        await sign_in_with_key(walker, name, key)
    await comes_back(applicant, caseworker, manager, public, papers)
    await look_up(public, AFTER)
    assert number in await public.text
    assert "May practise" in await public.text
    assert "Restrictions" not in await public.text
    assert f"Registered from {shown(TODAY + AWAY)}" in await public.text
    assert f"Earlier registration {shown(TODAY)} to" in await public.text
