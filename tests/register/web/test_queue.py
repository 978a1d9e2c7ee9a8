"""The queue of staff, page by page: its clock, its filters, and giving several applications at once."""

from datetime import timedelta

import pytest

from register.account import StaffRole
from register.assessment import Filter, Holder, SavedFilter
from tests.make import NOW, make_account
from tests.reading import Page
from tests.register.assessing import (
    make_caseworker,
    make_office,
    make_sent,
    proposed_grant,
)

DAY = timedelta(days=1)
QUEUE = "/staff/applications"


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def manager(browser, office):
    await browser.sign_in(office.manager)
    return browser


async def test_the_clock_is_shown_in_the_queue_and_on_the_record(manager, session):
    running = await make_sent(session, sent_at=NOW - 7 * DAY)
    late = await make_sent(session, sent_at=NOW - 21 * DAY)

    page = Page(await manager.get(f"{QUEUE}?due=week"))
    queue = Page(await manager.get(QUEUE))
    record = Page(await manager.get(f"{QUEUE}/{late.reference}"))

    assert "5 of 10 working days Due 17 March 2027" in page.text
    assert late.reference not in page.text
    assert running.reference in queue.text
    assert "15 of 10 working days Over" in record.fact("Waiting for us")
    assert "Was due 3 March 2027" in record.fact("Waiting for us")


async def test_a_filter_is_saved_opened_first_renamed_and_deleted(manager, session):
    free = await make_sent(session)
    held = await make_sent(session, officer=await make_caseworker(session))
    chosen = Page(await manager.get(f"{QUEUE}?holder=nobody"))
    saving = chosen.form("Save")

    unnamed = Page(await manager.post("/staff/filters", data=saving))
    await manager.post("/staff/filters", data=saving | {"name": "Free ones"})
    again = Page(
        await manager.post("/staff/filters", data=saving | {"name": "free ONES"})
    )
    at = Page(await manager.get("/staff/filters")).link("Change Free ones")
    home = Page(await manager.get("/staff"))
    unsaid = Page(await manager.post(at, data={"name": ""}))
    await manager.post(at, data={"name": "Nobody’s", "opens_first": "yes"})
    first = await manager.get(QUEUE)
    everything = Page(await manager.get(f"{QUEUE}?holder=anyone"))

    assert unnamed.errors == ["Enter a name for the filter"]
    assert again.errors == ["You have a filter of that name. Enter another name"]
    assert home.link("Free ones") == f"{QUEUE}?holder=nobody"
    assert unsaid.status == 422
    assert first.headers["location"] == f"{QUEUE}?holder=nobody"
    assert free.reference in everything.text
    assert held.reference in everything.text
    assert (await manager.post(f"{at}/removal")).status_code == 303
    assert (await manager.get(at)).status_code == 404
    assert (await manager.get(QUEUE)).status_code == 200


async def test_somebody_elses_filter_is_not_there(manager, session, office):
    wanted = Filter(holder=Holder.ME)
    other = await SavedFilter.save(session, office.registrar, "Mine", wanted)
    await session.flush()

    for answer in (
        await manager.get(f"/staff/filters/{other.id}"),
        await manager.post(f"/staff/filters/{other.id}", data={"name": "Ours"}),
        await manager.post(f"/staff/filters/{other.id}/removal"),
    ):
        assert answer.status_code == 404
    assert "You have saved no filter" in Page(await manager.get("/staff/filters")).text


async def test_several_are_given_at_once(manager, session, office):
    one, two = await make_sent(session), await make_sent(session)
    form = Page(await manager.get(f"{QUEUE}?holder=nobody")).form("Give")
    seen = [f"{a.reference}.{a.version}" for a in (one, two)]

    none = Page(await manager.post(f"{QUEUE}/assignment", data=form))
    odd = await manager.post(
        f"{QUEUE}/assignment",
        data=form | {"chosen": ["A-0.1", seen[0]], "to": str(office.caseworker.id)},
    )
    sent = form | {"chosen": seen, "to": str(office.caseworker.id)}
    done = await manager.post(f"{QUEUE}/assignment", data=sent)
    again = Page(await manager.post(f"{QUEUE}/assignment", data=sent))
    for application in (one, two):
        await session.refresh(application)

    assert none.errors == ["Select one or more applications", "Select a caseworker"]
    assert one.reference in none.text
    assert odd.status_code == 422
    assert done.headers["location"] == f"{QUEUE}?holder=nobody"
    assert {one.assigned_to_id, two.assigned_to_id} == {office.caseworker.id}
    assert again.h1 == "Some applications were not given"
    assert f"Application {one.reference} has changed" in again.text


@pytest.mark.parametrize("role", [StaffRole.CASEWORKER, StaffRole.REGISTRAR])
async def test_only_a_team_manager_gives_several(browser, session, role):
    application = await make_sent(session)
    await browser.sign_in(await make_account(session, role))

    page = Page(await browser.get(QUEUE))
    answer = await browser.post(f"{QUEUE}/assignment", data={})

    assert application.reference in page.text
    assert "Give" not in page.buttons
    assert answer.status_code == 403


async def test_the_first_page_says_what_is_due_and_where(manager, session, office):
    await make_sent(session, sent_at=NOW - 21 * DAY)
    proposed = await make_sent(session, officer=office.caseworker)
    await proposed_grant(session, proposed, office.caseworker)

    page = Page(await manager.get("/staff"))
    yours = Page(await manager.get(page.link("Proposals for you to decide")))
    free = Page(await manager.get(page.link("Applications that nobody has")))

    assert page.tasks["Proposals for you to decide"] == "1"
    assert page.tasks["All applications over the target"] == "1"
    assert "Your applications over the target" not in page.tasks
    assert proposed.reference in yours.text
    assert proposed.reference not in free.text


async def test_nothing_is_due_where_nothing_waits(manager):
    assert "Nothing is due." in Page(await manager.get("/staff")).text
