"""The last day to renew: who pays first finishes a minute before midnight; who does not lapses by the run, and is cured."""

import asyncio
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from register.application.answers import Contact
from register.entry.facts import Lapse
from register.kit.clock import end_of
from register.kit.db import Role, connect, sessions_of
from register.kit.security import passwords
from register.particulars import change_contact
from tests.journeys.service import serving
from tests.journeys.steps import (
    PASSWORD,
    look_up,
    mailed,
    pay_what_is_due,
    shown,
    sign_in,
    sign_in_as_staff,
    sign_in_with_key,
    to_casework,
)
from tests.journeys.walker import Walker
from tests.make import make_account, make_employment, make_entry, make_process
from tests.register.learning import make_enough
from tests.register.renewing import (
    CURED_UNTIL,
    ENDS,
    HOUR,
    MIDNIGHT,
    NEXT,
    NOTICED,
    OPENS,
)

MORNING = timedelta(hours=10)
MINUTE = timedelta(minutes=1)
RELEASED = MIDNIGHT + 3 * HOUR
CURED_ON = date(2027, 12, 3)
PAID_FIRST, LAPSES = "Ngozi Adébáyò", "Tomos Rhys"
EMAILS = {PAID_FIRST: "ngozi@example.org", LAPSES: "tomos@example.org"}
REGISTERED = date(2027, 2, 1)
STAFF = {"manager": "Tam Leader", "registrar": "Reggie Starr"}


@pytest.fixture
async def service(clone, tmp_path):
    """It stands still until there is somebody to renew, on the morning on which that begins."""
    with serving(await clone(), tmp_path, now=OPENS + MORNING) as service:
        yield service


@pytest.fixture
async def sessions(service):
    engine = connect(service.environment["DATABASE_URL"], Role.APP)
    yield sessions_of(engine)
    await engine.dispose()


@pytest.fixture
async def registrants(sessions):
    """Two who have learnt what the year asks for."""
    password_hash = await passwords.hashed(PASSWORD)
    contact = Contact(
        line_1="1 Quarry Lane", town="Otley", postcode="LS21 3AB", mobile="07700900123"
    )
    async with sessions.begin() as session:
        for name, email in EMAILS.items():
            given, _, family = name.partition(" ")
            entry = await make_entry(session, given_names=given, family_name=family)
            await make_account(
                session, person=entry.person, email=email, password_hash=password_hash
            )
            await make_employment(session, entry.person)
            await make_enough(session, entry.person)
            by = make_process(session)
            await change_contact(session, entry.person, contact, by=by)


@pytest.fixture
def visitor(visitors, service):
    """`await visitor(scripts=False)`: somebody with or without JavaScript."""

    async def visitor(*, scripts):
        page = await visitors(java_script_enabled=scripts)
        return Walker(page, service)

    return visitor


async def to_renewal(walker):
    await walker.follow("Your registration", within="nav")
    await walker.press("Go on with your renewal")


async def check_details(walker):
    await walker.follow("Your details")
    await walker.tick("My name is right, and you can reach me in this way")
    await walker.press("Continue")


async def confirm_post(walker):
    await walker.follow("Where you work")
    await walker.fill({"Do you still hold this post?": True})
    await walker.tick("There is no other post of mine that you do not know of")
    await walker.press("Continue")


async def declare(walker):
    await walker.follow("Declarations")
    for title in (
        "Criminal record",
        "Conduct",
        "Health",
        "Other registers and regulators",
    ):
        await walker.follow(title)
        for no in await walker.page.get_by_label("No", exact=True).all():
            await no.check()
        await walker.press("Save and continue")
    await walker.press("Continue")
    await walker.tick(
        "I have read and understood the professional standards, and I meet them",
        "I declare all of this",
    )
    await walker.press("Declare")


async def confirm_learning(walker):
    await walker.follow("Learning")
    await walker.tick(
        "My records are true, and I have finished those that count for this year"
    )
    await walker.press("Continue")


async def pays_first_and_stops(walker):
    """Whatever page or letter she reads afterwards, none says that she is renewed."""
    email = EMAILS[PAID_FIRST]
    await sign_in(walker, email)
    await pay_what_is_due(walker)
    assert "not renewed yet" in await walker.heading
    assert "Paid, not renewed yet: 4 things left" in await walker.text
    receipt = await mailed(walker.service, email, "paid but not renewed yet")
    assert "Paid, not renewed yet: 4 things left" in receipt

    await walker.follow("Your registration", within="nav")
    assert "Paid, not renewed: 4 things left" in await walker.text
    await to_renewal(walker)
    assert "Paid, not renewed: 4 things left" in await walker.text
    assert f"You have until the end of {shown(ENDS)}" in await walker.text
    assert "You are renewed until" not in await walker.text


async def begins_and_stops(walker):
    await sign_in(walker, EMAILS[LAPSES])
    await to_renewal(walker)
    await check_details(walker)
    await confirm_post(walker)
    await declare(walker)
    assert "Not renewed: 2 things left" in await walker.text


async def are_noticed(service):
    """Payment alone keeps nobody from that."""
    for email in EMAILS.values():
        notice = await mailed(service, email, "Notice: your registration will lapse")
        assert f"ends on {shown(ENDS)}" in notice


async def to_run(walker):
    await to_casework(walker, "Who would lapse", shown(ENDS))


async def are_in_the_preview(manager):
    await to_casework(manager, "Renewals")
    assert "Paid, not renewed: 4 things left" in await manager.text
    assert "Not renewed: 2 things left" in await manager.text
    await to_run(manager)
    await manager.follow("See all entries")
    assert await manager.page.locator("tbody tr").count() == len(EMAILS)


async def comes_back_at_the_last_minute(walker):
    await sign_in(walker, EMAILS[PAID_FIRST])
    await to_renewal(walker)
    await check_details(walker)
    await confirm_post(walker)
    await declare(walker)
    assert "Paid, not renewed: 1 thing left" in await walker.text

    walker.service.pass_until(MIDNIGHT - MINUTE)
    await walker.open("/renew")
    await confirm_learning(walker)
    assert f"Registered until {shown(NEXT)}" in await walker.text
    assert f"complete on {shown(ENDS)} at 11:59pm" in await walker.text


async def cannot_be_released_yet(manager, registrar):
    """Neither by the page nor by what is sent in spite of it."""
    await to_run(manager)
    await manager.press("Propose to release these lapses")
    await to_run(registrar)
    early = f"This can be released from {shown(CURED_ON - timedelta(days=2))} at 3:00am"
    assert early in await registrar.text
    release = registrar.page.get_by_role("button", name="Release these lapses")
    assert await release.count() == 0
    await registrar.page.locator("form[action$='/return']").evaluate(
        "form => { form.action = form.action.replace('/return', '/release') }"
    )
    await registrar.press("Return")
    assert "These lapses cannot be released before" in await registrar.text


async def is_released(registrar):
    await to_run(registrar)
    await registrar.press("Release these lapses")
    for _ in range(240):
        await registrar.open(registrar.page.url)
        if "1 lapsed" in await registrar.text:
            return
        await asyncio.sleep(0.25)
    raise AssertionError(f"The run was not written: {await registrar.text}")


async def lapsed_at(sessions):
    async with sessions.begin() as session:
        return [one.starts for one in await session.scalars(select(Lapse))]


async def is_cured(walker):
    email = EMAILS[LAPSES]
    await sign_in(walker, email)
    await to_renewal(walker)
    assert "Not renewed: lapsed, 2 things left" in await walker.text
    assert f"until the end of {shown(CURED_UNTIL)}" in await walker.text
    await confirm_learning(walker)
    await pay_what_is_due(walker)
    assert "after its last day" in await walker.text
    await mailed(walker.service, email, "You are registered again")
    await walker.open("/renew")
    assert f"Registered until {shown(NEXT)}" in await walker.text


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_who_finishes_before_midnight_is_renewed_and_who_does_not_lapses_and_is_cured(
    service, office, registrants, sessions, visitor, scripts
):
    first, second, manager, registrar, public = [
        await visitor(scripts=scripts) for _ in range(5)
    ]
    service.start("sandbox", "web", "worker")
    for email in EMAILS.values():
        await mailed(service, email, f"Renew your registration by {shown(ENDS)}")
    await pays_first_and_stops(first)
    await begins_and_stops(second)

    service.pass_until(NOTICED + MORNING)
    await are_noticed(service)
    key_of_manager = await sign_in_as_staff(manager, STAFF["manager"])
    await are_in_the_preview(manager)

    service.pass_until(MIDNIGHT - 2 * MINUTE)
    await comes_back_at_the_last_minute(first)

    service.pass_until(MIDNIGHT + 10 * MINUTE)
    await look_up(public, LAPSES)
    assert f"{shown(ENDS)}. Renewal being processed" in await public.text
    await look_up(public, PAID_FIRST)
    assert "Renewal being processed" not in await public.text
    await sign_in_with_key(manager, STAFF["manager"], key_of_manager)
    key_of_registrar = await sign_in_as_staff(registrar, STAFF["registrar"])
    await cannot_be_released_yet(manager, registrar)

    service.pass_until(RELEASED)
    await sign_in_with_key(registrar, STAFF["registrar"], key_of_registrar)
    await is_released(registrar)
    assert await lapsed_at(sessions) == [end_of(ENDS)]
    await mailed(service, EMAILS[LAPSES], "Your registration has lapsed")
    await look_up(public, LAPSES)
    assert "No longer registered: did not renew" in await public.text
    assert "May not practise" in await public.text
    await look_up(public, PAID_FIRST)
    assert "May practise" in await public.text

    service.pass_until(end_of(CURED_ON - relativedelta(days=1)) + MORNING)
    await is_cured(second)
    await look_up(public, LAPSES)
    assert "May practise" in await public.text
    assert f"Registered from {shown(CURED_ON)}" in await public.text
    assert f"Earlier registration {shown(REGISTERED)} to {shown(ENDS)}" in (
        await public.text
    )
    await look_up(public, PAID_FIRST)
    assert f"Registered from {shown(REGISTERED)}" in await public.text
    assert f"Registered until {shown(NEXT)}" in await public.text
    assert "Earlier registration" not in await public.text
