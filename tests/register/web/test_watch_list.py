"""The watch list, for those who may see it."""

from datetime import date

import pytest
from sqlalchemy import func, select

from register.account import StaffRole
from register.application import ApplicationState
from register.matching import WatchItem, WatchKind, look_for_matches, open_hits
from register.process import Event
from tests.make import make_account, make_person, make_process
from tests.reading import Page
from tests.register.assessing import (
    make_caseworker,
    make_office,
    make_sent,
    proposed_grant,
)

KEEPERS = [StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR]
LIST = "/staff/watch-list"


@pytest.fixture
async def item(session):
    return await WatchItem.add(
        session,
        WatchKind.PROHIBITED,
        given_names="Elizabeth",
        family_name="Smith",
        other_names=["Elizabeth Price"],
        birth_date=date(1985, 5, 17),
        source="TRA, ref 77",
        because="Prohibited in 2024",
        by=make_process(session),
    )


@pytest.fixture
async def person(session, item):
    person = await make_person(session, "Liz", "Smith", date(1985, 5, 17))
    await look_for_matches(session, person, by=make_process(session))
    return person


@pytest.fixture
async def hit(session, person):
    (hit,) = await open_hits(session, person.id)
    return hit


async def readings(session):
    read = select(func.count()).where(Event.kind == "watch:was_read")
    return await session.scalar(read)


@pytest.mark.parametrize("role", [*KEEPERS, StaffRole.AUDITOR])
async def test_it_is_shown_to_those_who_may_and_the_reading_is_written_down(
    browser, session, item, role
):
    await browser.sign_in(await make_account(session, role))

    (row,) = Page(await browser.get(LIST)).rows()

    assert row["Name"] == "Elizabeth Smith"
    assert row["Why"] == "Prohibited from teaching or managing"
    assert row["Source"] == "TRA, ref 77"
    assert await readings(session) == 1


@pytest.mark.parametrize(
    "role", [StaffRole.CASEWORKER, StaffRole.FINANCE_OFFICER, StaffRole.ADMIN]
)
async def test_it_is_not_shown_to_others(browser, session, item, hit, role):
    await browser.sign_in(await make_account(session, role))

    for address in (
        LIST,
        f"{LIST}/items/{item.id}",
        f"{LIST}/hits/{hit.id}",
        f"{LIST}/add",
    ):
        assert (await browser.get(address)).status_code == 403
    assert "Watch list" not in Page(await browser.get("/staff")).links
    assert await readings(session) == 0


async def test_somebody_is_put_on_it(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR))
    form = Page(await browser.get(f"{LIST}/add")).form("Add to the watch list")

    answer = await browser.post(
        f"{LIST}/add",
        data=form
        | {
            "kind": "barred",
            "given_names": "Ada",
            "family_name": "Price",
            "other_names": "Ada Jones\r\n\r\n Ada  Brown ",
            "birth_date-day": "1",
            "birth_date-month": "2",
            "birth_date-year": "1980",
            "ni_number": "AB 12 34 56 C",
            "source": "DBS",
            "because": "Barred",
        },
    )

    item = await session.scalar(select(WatchItem))
    assert answer.headers["location"] == LIST
    assert (item.name, item.birth_date) == ("Ada Price", date(1980, 2, 1))
    assert item.other_names == ["Ada Jones", "Ada Brown"]
    assert item.ni_numbers


async def test_nobody_is_put_on_it_without_a_name_a_source_and_a_reason(
    browser, session
):
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR))

    page = Page(await browser.post(f"{LIST}/add", data={}))

    assert page.status == 422
    assert page.errors == [
        "Select why they may not join",
        "Enter the family name",
        "Enter who told us",
        "Enter the reason",
    ]


async def test_somebody_is_taken_off_it_with_a_reason(browser, session, item):
    await browser.sign_in(await make_account(session, StaffRole.TEAM_MANAGER))
    at = f"{LIST}/items/{item.id}"
    page = Page(await browser.get(at))
    wrong = await browser.post(f"{at}/end", data=page.form("Take off the watch list"))

    await browser.post(f"{at}/end", data={"words": "Set aside on appeal"})

    assert Page(wrong).errors == ["Enter why they are taken off the list"]
    told = Page(await browser.get(at))
    assert told.fact("Reason") == "Prohibited in 2024"
    assert told.fact("Reason for that") == "Set aside on appeal"
    assert told.buttons == []
    assert "Nobody is on the list." in Page(await browser.get(LIST)).text


async def test_who_may_be_on_it_is_looked_into_and_settled(browser, session, hit):
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR, name="Rory"))
    at = f"{LIST}/hits/{hit.id}"
    assert "Liz Smith" in Page(await browser.get(LIST)).links
    rows = {row["What"]: row for row in Page(await browser.get(at)).rows()}

    await browser.post(f"{at}/dismissal", data={"words": "Another Liz"})
    again = await browser.post(f"{at}/dismissal", data={"words": "Another Liz"})

    assert rows["Given names"]["On the watch list"] == "Elizabeth"
    assert rows["Given names"]["Comparison"] == "The same in another form"
    told = Page(await browser.get(at)).text
    assert "Rory" in told
    assert "Another Liz" in told
    assert again.status_code == 409


@pytest.mark.parametrize("path", ["items", "hits"])
async def test_what_is_not_there_is_not_there(browser, session, person, path):
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR))

    assert (await browser.get(f"{LIST}/{path}/{person.id}")).status_code == 404


async def test_nobody_reads_of_themselves(browser, session, person, hit):
    await browser.sign_in(await make_account(session, *KEEPERS, person=person))

    assert (await browser.get(f"{LIST}/hits/{hit.id}")).status_code == 404
    assert "Liz Smith" not in Page(await browser.get(LIST)).text


async def test_an_auditor_only_reads(browser, session, item, hit):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    for address in (LIST, f"{LIST}/items/{item.id}", f"{LIST}/hits/{hit.id}"):
        assert Page(await browser.get(address)).buttons == []
    posted = await browser.post(f"{LIST}/hits/{hit.id}/dismissal", data={"words": "No"})
    assert posted.status_code == 403


# On the application


@pytest.mark.parametrize(
    ("role", "told"),
    [
        (StaffRole.CASEWORKER, False),
        (StaffRole.TEAM_MANAGER, True),
        (StaffRole.REGISTRAR, True),
    ],
)
async def test_an_application_says_it_to_those_alone_who_may_see_the_list(
    browser, session, person, hit, role, told
):
    application = await make_sent(session, person=person)
    await browser.sign_in(await make_account(session, role))

    page = Page(await browser.get(f"/staff/applications/{application.reference}"))

    assert (f"{LIST}/hits/{hit.id}" in page.links.values()) is told
    assert ("may not join" in page.text) is told
    assert await readings(session) == told


async def test_nobody_is_granted_until_it_is_settled(browser, session, person, hit):
    office = await make_office(session)
    application = await make_sent(session, person=person, officer=office.caseworker)
    proposal = await proposed_grant(session, application, office.caseworker)
    await browser.sign_in(office.registrar)
    at = f"/staff/proposals/{proposal.id}"
    page = Page(await browser.get(at))

    stopped = await browser.post(page.action("Approve"), data=page.form("Approve"))
    await browser.post(f"{LIST}/hits/{hit.id}/dismissal", data={"words": "Another"})
    page = Page(await browser.get(at))
    done = await browser.post(page.action("Approve"), data=page.form("Approve"))

    assert stopped.status_code == 409
    assert "may be somebody on the watch list" in Page(stopped).text
    assert done.status_code == 303
    await session.refresh(application)
    assert application.state is ApplicationState.APPROVED


async def test_the_caseworker_proposes_without_knowing(session, person, hit):
    officer = await make_caseworker(session)
    application = await make_sent(session, person=person, officer=officer)

    proposal = await proposed_grant(session, application, officer)

    assert proposal.waiting
