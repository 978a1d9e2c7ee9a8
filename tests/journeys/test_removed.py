"""A case that a panel hears: removed, an appeal that keeps it from taking effect and fails, and no way back after five years."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from fitness.examination.examination import Examination
from fitness.examination.examiner import appoint
from fitness.fence import Capacity, look_as
from fitness.investigation.allegation import Alleged
from fitness.panel import Decider, FreeDays, Side
from register.account import Account
from register.kit.clock import start_of
from register.kit.db import Role, connect, sessions_of
from register.person import Person
from tests.conftest import run_sql
from tests.fitness.finding import comment, disclose, draw, notice
from tests.fitness.investigating import act, make_investigated
from tests.journeys.cases import (
    EMAIL,
    NAME,
    Staff,
    begin,
    begins_at,
    draw_up,
    is_closed,
    is_empanelled,
    is_given_to,
    is_listed,
    is_told_of_it,
    make_registrant,
    shows,
    sign,
    to_case,
    to_own_case,
    to_sitting,
)
from tests.journeys.service import serving
from tests.journeys.steps import (
    IDENTITY,
    REFEREES,
    SECTIONS_OF_A_RETURN,
    TODAY,
    approve,
    ask_to_come_back,
    check,
    look_up,
    propose_refusal,
    refer,
    shown,
    sign_in,
    take,
    to_account,
    to_application,
    to_casework,
    work_email,
)

REMOVED = TODAY - relativedelta(years=5, days=2)
DISMISSED = REMOVED - timedelta(days=1)
HEARD = REMOVED - timedelta(days=61)
LODGED = HEARD + timedelta(days=10)
BEGUN = HEARD - timedelta(days=40)
HEARD_AGAIN = TODAY + timedelta(days=40)
AGAIN = HEARD_AGAIN + relativedelta(months=12)
STRUCK = "You struck a child."
WROTE = "You wrote in the log that the child had fallen."
ALLEGED = [Alleged(words, BEGUN - timedelta(days=30)) for words in (STRUCK, WROTE)]
FINAL = "Final hearing"
REMOVAL = "Removal from the register"
INVESTIGATOR, OFFICER = "Inez Vance", "Hal Usher"
CHAIR, MEMBER, OTHER = PANEL = "Lena Court", "Bela Shore", "Judith Hall"
OTHERS = {"Omar Bench": "Chair", "Priya Nash": "Member", "Gus Holt": "Member"}
"""Whoever removed somebody does not decide whether they come back."""
RESTORATION = "Whether somebody is restored to the register"
EXAMINERS = {"Ivy Locke": Side.LAY, "Sol Penn": Side.REGISTRANT}
SIDES = EXAMINERS | {
    CHAIR: Side.LAY,
    MEMBER: Side.REGISTRANT,
    OTHER: Side.LAY,
    "Omar Bench": Side.LAY,
    "Priya Nash": Side.REGISTRANT,
    "Gus Holt": Side.LAY,
}
SKILLS = {
    "How many hours of work like that of the role have you done since you left?": "0",
    "What else have you done to keep your skills up to date?": "I have read a book on it.",
    "Who can confirm that you are ready to practise again?": "Nia Rees, director, 0113 496 0000",
}
NOT_UP_TO_DATE = "Skills are not shown to be up to date"


@pytest.fixture
async def service(clone, tmp_path):
    """So long ago that five years after all that happens in it are over today."""
    database = await clone()
    await run_sql(
        database,
        "alter table rule_set disable trigger no_update",
        "update rule_set set valid = tstzrange('2015-01-01', upper(valid))",
        "alter table rule_set enable trigger no_update",
    )
    now = start_of(BEGUN) + timedelta(hours=9)
    with serving(database, tmp_path, "sandbox", "web", "worker", now=now) as service:
        yield service


@pytest.fixture
async def case(service, office):
    """As far as another journey goes by hand: told, looked into, disclosed, commented on and before two examiners."""
    await make_registrant(service, since=BEGUN - relativedelta(years=1))
    engine = connect(service.environment["DATABASE_URL"], Role.APP)
    async with sessions_of(engine).begin() as session:
        found = await session.scalars(Account.usable())
        accounts = {one.email: one for one in found.unique()}
        by = act(session, now=service.now)
        case = await make_disclosed(session, accounts, now=service.now)
        examination = await Examination.begin(
            session, case, "Two children and a cook saw it.", by=by
        )
        await describe(session, accounts, by=by)
        await look_as(session, Capacity.SERVICE)
        for name in EXAMINERS:
            account = accounts[work_email(name)]
            await appoint(session, case, examination, account, by=by)
        reference = case.reference
    await engine.dispose()
    return reference


async def make_disclosed(session, accounts, *, now):
    person = await session.get_one(Person, accounts[EMAIL].person_id)
    taker = accounts[work_email(INVESTIGATOR)]
    case = await make_investigated(session, person=person, taker=taker, now=now)
    await notice(session, case, now=now)
    alleged = await draw(session, case, *ALLEGED, now=now)
    disclosure = await disclose(session, case, [alleged], now=now)
    await comment(session, case, disclosure, now=now)
    return case


async def describe(session, accounts, *, by):
    """In the roster: from which side they come, and that they can come to the hearing."""
    for name, side in SIDES.items():
        account, lay = accounts[work_email(name)], side is Side.LAY
        await Decider.describe(session, account, side, may_chair=lay, areas=[], by=by)
        FreeDays.offer(session, account, BEGUN, HEARD_AGAIN, by=by)
    await session.flush()


async def would_have_it_heard(examiner, case):
    await to_casework(examiner, "Cases to examine", case)
    await examiner.follow("say what you make of it")
    await examiner.fill(
        {
            "Is there a realistic prospect": "Yes, there is",
            "Why?": "Three people saw it.",
            "Is a hearing in the public interest?": True,
            "Why is it, or is it not? (optional)": "A child was struck.",
            "What is to become of the case?": "A hearing by a panel",
            "Reasons": "It is denied, so a panel has to hear it.",
            "Should an interim order be applied for": False,
        }
    )
    await examiner.press("Give this view")


async def is_referred(staff, case):
    lay, registered = [await staff(name) for name in EXAMINERS]
    for examiner in (lay, registered):
        await would_have_it_heard(examiner, case)
    await to_casework(registered, "Cases to examine", case)
    await registered.follow("write the decision")
    await registered.fill({"Reasons": "It is for a panel to hear who saw it."})
    await registered.press("Write the decision")
    await to_casework(lay, "Cases to examine", case)
    await lay.follow("read the decision and confirm it")
    await lay.press("Confirm this decision")


async def is_to_be_heard(staff, case):
    manager, officer = await staff("Tam Leader"), await staff(OFFICER)
    await is_given_to(manager, case, OFFICER)
    await is_listed(officer, case, FINAL, HEARD)
    await is_empanelled(officer, {CHAIR: "Chair", MEMBER: "Member", OTHER: "Member"})
    await is_told_of_it(officer, "A panel hears whether you may stay on the register.")


async def find(chair, particular, found, why):
    await chair.follow(f"Find on {particular}")
    await chair.fill({"What do you find?": found, "Why?": why})
    await chair.press("Save")


async def is_found_and_decided(staff, case):
    await begin(await staff(OFFICER), case, f"1. {FINAL}")
    chair = await staff(CHAIR)
    await to_sitting(chair, case)
    await find(chair, "1.1", "Proved", "Two children and a cook saw it.")
    await find(chair, "1.2", "Not proved", "Somebody else may have written it.")
    await chair.follow("Find the ground of allegation 1")
    await chair.tick("Misconduct")
    await chair.fill({"Why?": "Nobody may strike a child."})
    await chair.press("Save")
    await draw_up(
        chair,
        case,
        {
            "What do you decide?": "Fitness to practise is impaired",
            "Why?": "Nothing less than removal is enough: he sees no wrong in it.",
            "Which order? (optional)": REMOVAL,
        },
    )
    await sign(staff, case, PANEL)


async def reads_the_decision(person, case):
    await sign_in(person, EMAIL)
    await to_own_case(person, case)
    for words in ("Proved", "Not proved", "Nobody may strike a child.", REMOVAL):
        assert words in await person.text


async def appeals(officer, case):
    await to_case(officer, case, "Orders", REMOVAL)
    await officer.press("Record an appeal")
    await officer.fill(
        {
            "When was it lodged with the court?": LODGED,
            "The court’s number, and what is appealed": "CO/1234: the whole of it",
        }
    )
    await officer.press("Record the appeal")
    assert "Under appeal" in await officer.text


async def loses_the_appeal(officer, case):
    await to_case(officer, case, "Orders", REMOVAL)
    assert "Under appeal" in await officer.text
    await officer.press("Record how it ended")
    await officer.fill(
        {
            "How did the appeal end?": "Dismissed: the order takes effect",
            "When?": DISMISSED,
        }
    )
    await officer.press("Record it")


async def may_not_come_back_yet(person):
    await sign_in(person, EMAIL)
    await to_account(person, "Come back to the register")
    day = shown(REMOVED + relativedelta(years=5))
    assert f"You can ask to come back from {day}." in await person.text
    assert await person.page.get_by_role("button", name="Ask to come back").count() == 0


async def asks_to_come_back(person, others, papers):
    await sign_in(person, EMAIL)
    given, _, family = NAME.partition(" ")
    reference = await ask_to_come_back(
        person,
        papers,
        identity=IDENTITY
        | {
            "Given names": given,
            "Family name": family,
            "Have you ever had another legal name?": False,
            "Date of birth": date(1985, 5, 17),
        },
        left=REMOVED,
        skills=SKILLS,
        referees=REFEREES,
        name=NAME,
    )
    for referee in REFEREES:
        await refer(others, referee)
    return reference


async def is_proposed_for_refusal(person, staff, reference):
    caseworker, manager = await staff("Casey Worker"), await staff("Tam Leader")
    await take(caseworker, reference)
    for title in SECTIONS_OF_A_RETURN:
        if title == "Keeping your skills up to date":
            await check(
                caseworker, reference, title, "Not met", reasons=[NOT_UP_TO_DATE]
            )
        else:
            await check(caseworker, reference, title)
    await propose_refusal(caseworker, reference)
    await approve(manager, reference)

    await to_application(person, reference)
    await person.press("Read the notice")
    await person.fill(
        {"Why you disagree, or what we should know": "I have changed in five years."}
    )
    await person.press("Send my answer")
    await to_casework(caseworker, "Notices not decided", NAME)
    await propose_refusal(caseworker, reference)
    registrar = await staff("Reggie Starr")
    await to_casework(registrar, "Proposals", reference)
    assert "A panel decides on this, at a hearing." in await registrar.text


async def is_before_a_panel(manager):
    """Once the worker has opened a case for it, which is the only one that is open; gives its reference."""
    await to_casework(manager, "Cases of fitness to practise")
    link = manager.page.get_by_role("link", name=re.compile("^F-"))
    for _ in range(240):
        if await link.count():
            return await link.inner_text()
        await asyncio.sleep(0.5)
        await manager.open(manager.page.url)
    raise AssertionError("No case was opened")


async def is_heard_on_it(service, person, staff):
    manager, officer = await staff("Tam Leader"), await staff(OFFICER)
    case = await is_before_a_panel(manager)
    await is_given_to(manager, case, OFFICER)
    await is_listed(officer, case, RESTORATION, HEARD_AGAIN)
    await is_empanelled(officer, OTHERS)
    await is_told_of_it(officer, "A panel hears whether you may come back.")
    service.pass_until(begins_at(HEARD_AGAIN))
    await begin(await staff(OFFICER), case, f"1. {RESTORATION}")
    await draw_up(
        await staff("Omar Bench"),
        case,
        {
            "What do you decide?": "Not restored to the register",
            "Why?": "One book is not enough to show that they have changed.",
        },
    )
    await sign(staff, case, OTHERS)
    await sign_in(person, EMAIL)
    await to_own_case(person, case)
    for words in ("Not restored to the register", "One book is not enough"):
        assert words in await person.text
    await is_closed(await staff(OFFICER), case, "Restoration refused")


async def may_not_ask_again_for_a_year(person):
    await to_account(person, "Come back to the register")
    assert f"You can ask to come back from {shown(AGAIN)}." in await person.text
    assert await person.page.get_by_role("button", name="Ask to come back").count() == 0


async def may_ask_again(person):
    await sign_in(person, EMAIL)
    await to_account(person, "Come back to the register")
    await person.press("Ask to come back")
    assert "You are asking to come back to the register." in await person.text


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_a_removal_is_appealed_in_vain_and_restoration_refused(
    service, case, papers, somebody
):
    public, person = [await somebody() for _ in range(2)]
    staff = Staff(somebody)
    await is_referred(staff, case)
    await is_to_be_heard(staff, case)

    service.pass_until(begins_at(HEARD))
    await is_found_and_decided(staff, case)
    await reads_the_decision(person, case)
    await look_up(public, NAME)
    assert "May practise" in await public.text

    service.pass_until(begins_at(LODGED))
    await appeals(await staff(OFFICER), case)
    service.pass_until(begins_at(DISMISSED))
    await loses_the_appeal(await staff(OFFICER), case)
    await look_up(public, NAME)
    assert "May practise" in await public.text

    service.pass_until(begins_at(REMOVED))
    await shows(public, "Removed by order", "May not practise")
    await is_closed(await staff(INVESTIGATOR), case, "Removed from the register")
    await may_not_come_back_yet(person)

    service.pass_until(datetime.now(UTC))
    reference = await asks_to_come_back(person, public, papers)
    await is_proposed_for_refusal(person, staff, reference)
    await is_heard_on_it(service, person, staff)
    await may_not_ask_again_for_a_year(person)
    await look_up(public, NAME)
    assert "Removed by order" in await public.text
    service.pass_until(start_of(AGAIN))
    await may_ask_again(person)
