"""What whoever decides reads of the letter is what is sent, word for word."""

from datetime import date

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.assessment import Wanted
from register.condition import (
    PauseReason,
    propose_discharge,
    propose_extension,
    propose_pause,
    standing_of,
)
from register.entry import ConditionKind, NewCondition
from register.kit.post import Message
from register.leaving import Leaving, LeavingReason
from tests.make import NOW, make_account, make_entry, make_process
from tests.reading import Page
from tests.register.assessing import (
    make_office,
    make_sent,
    proposed_grant,
    proposed_refusal,
)


@pytest.fixture
async def registrar(browser, session):
    account = await make_account(session, StaffRole.REGISTRAR, name="Rory Registrar")
    await browser.sign_in(account)
    return account


def says(page, message):
    """Whether the page shows the subject and every line of the letter."""
    lines = [message.subject, *message.body.splitlines()]
    return all(" ".join(line.split()) in page.text for line in lines if line.strip())


async def sent(session, letter):
    return await session.scalar(select(Message).where(Message.letter == letter))


async def stamp(page):
    return {
        name: page.soup.select_one(f"[name={name}]")["value"]
        for name in ("version", "latest")
    }


@pytest.mark.parametrize("letter", ["application_approved", "application_refused"])
async def test_of_an_application(browser, session, registrar, letter):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    if letter == "application_refused":
        proposal = await proposed_refusal(session, application, office.caseworker)
    else:
        wanted = [Wanted("Is supervised monthly.", "First post.")]
        proposal = await proposed_grant(
            session, application, office.caseworker, conditions=wanted
        )
    at = f"/staff/proposals/{proposal.id}"

    page = Page(await browser.get(at))
    await browser.post(f"{at}/approval", data=await stamp(page))
    decided = Page(await browser.get(at))

    assert "This is what the applicant will read" in page.headings
    assert says(page, await sent(session, letter))
    assert "First post." not in (await sent(session, letter)).body
    assert "This is what the applicant will read" not in decided.headings


async def test_of_leaving(browser, session, registrar):
    entry = await make_entry(session)
    await make_account(session, person=entry.person)
    officer = await make_account(session, StaffRole.CASEWORKER)
    leaving = await Leaving.ask(
        session,
        entry,
        because=LeavingReason.RETIRED,
        last_day=date(2027, 3, 30),
        by=make_process(session),
    )
    by = make_process(session, actor=officer)
    await leaving.propose(session, proposer=officer, by=by)
    await session.flush()
    at = f"/staff/leaving/{leaving.id}"

    page = Page(await browser.get(at))
    await browser.post(f"{at}/approval")

    assert says(page, await sent(session, "leaving_agreed"))


@pytest.mark.parametrize(
    "letter", ["condition_paused", "condition_extended", "condition_discharged"]
)
async def test_of_a_condition(browser, session, registrar, letter):
    due_on = date(2028, 9, 1)
    wanted = NewCondition(ConditionKind.QUALIFICATION, "", due_on)
    entry = await make_entry(session, conditions=[wanted])
    await make_account(session, person=entry.person)
    officer = await make_account(session, StaffRole.CASEWORKER)
    standing = await standing_of(session, entry.conditions[0].id, now=NOW)
    known = {
        "words": "So it is",
        "proposer": officer,
        "by": make_process(session, actor=officer),
    }
    if letter == "condition_paused":
        break_ = {"because": PauseReason.BREAK, "from_on": date(2027, 3, 1)}
        await propose_pause(session, standing, **break_, **known)
    elif letter == "condition_extended":
        later = date(2029, 9, 1)
        await propose_extension(session, standing, due_on=later, **known)
    else:
        await propose_discharge(session, standing, **known)
    await session.flush()
    at = f"/staff/conditions/{standing.condition.id}"

    page = Page(await browser.get(at))
    await browser.post(f"{at}/approval")

    assert says(page, await sent(session, letter))
