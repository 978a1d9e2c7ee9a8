"""Hearings on pages: applied for, listed, empanelled, told of, begun, decided and served, each by whoever may."""

from datetime import date

import pytest

from fitness.fence import Capacity, look_as
from fitness.hearing.hearing import hearings_of
from fitness.hearing.kind import HearingState, Seat
from fitness.hearing.member import panel_of
from fitness.hearing.notice import services_for
from fitness.hearing.sitting import empanel
from fitness.order import Measure
from fitness.panel import Side
from register.account import Account, StaffRole
from tests.fitness.finding import (
    comment,
    disclose,
    draw,
    log,
    make_told,
    went_astray,
)
from tests.fitness.investigating import act, make_investigator
from tests.fitness.serving import post_and_serve
from tests.fitness.sitting import (
    DAY,
    HOUR,
    IN_TIME,
    TODAY,
    apply,
    draw_up,
    make_adviser,
    make_decider,
    make_hearing,
    make_listed,
    make_officer,
    make_panel,
    orders_in,
    start,
    tell,
)
from tests.make import (
    make_account,
    make_address,
    make_employment,
    make_home,
    make_person,
)
from tests.reading import Page

HEARD_ON = date(2027, 4, 14)


@pytest.fixture
async def investigator(session):
    return await make_investigator(session, name="Inez Vance")


@pytest.fixture
async def told(session, investigator):
    return await make_told(session, taker=investigator)


@pytest.fixture
def case(told):
    return told[0]


@pytest.fixture
async def officer(session, case):
    return await make_officer(session, case)


@pytest.fixture
async def desk(browser, officer):
    """Where the hearings officer sits."""
    await browser.sign_in(officer)
    return browser


def at(case, page=""):
    return f"/staff/cases/{case.reference}/hearings{page}"


def sitting(case, page=""):
    return f"/staff/sittings/{case.reference}/1{page}"


def on(day, name):
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


LISTED = {
    "kind": "interim_order",
    "at": "10:00",
    "how": "remote",
    "place": "By video: we send you a link",
    "privacy": "private",
    "private_because": "interim",
} | on(HEARD_ON, "day")


async def get(browser, address):
    return Page(await browser.get(address))


async def send(browser, address, **data):
    return await post_and_serve(browser, address, data)


async def work(session):
    """Tests look at all of it, pages as whoever is signed in."""
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()


async def hearing_of(session, case):
    await work(session)
    hearing, *_ = await hearings_of(session, case.id)
    return hearing


# From the application to the order


async def test_an_interim_order_from_its_application_to_the_register(
    session, browser, clock, told, investigator, officer
):
    case, registrant = told
    panel = [
        (await make_decider(session, Side.LAY, name="Ada Chair"), Seat.CHAIR),
        (await make_decider(session, Side.REGISTRANT, name="Rex Peer"), Seat.MEMBER),
        (await make_adviser(session), Seat.ADVISER),
    ]

    await browser.sign_in(investigator)
    page = await send(
        browser,
        f"/staff/cases/{case.reference}/interim-application",
        words="He is alone with children.",
    )
    assert page.status == 303
    await browser.sign_in(officer)
    page = await send(browser, at(case, "/new"), **LISTED)
    assert page.response.headers["location"] == at(case, "/1")
    for account, seat in panel:
        page = await send(
            browser, at(case, "/1/panel"), account=str(account.id), seat=seat
        )
        assert page.status == 303
    page = await send(
        browser, at(case, "/1/notice"), words="You may come.", way="email"
    )
    assert page.status == 303

    await browser.sign_in(registrant)
    page = await get(browser, f"/your-case/{case.reference}")
    assert "Whether an interim order is needed Listed" in page.headings
    assert "Ada Chair (chair)" in page.text
    assert "You may come." in page.text

    clock.now = IN_TIME
    await browser.sign_in(officer)
    page = await send(browser, at(case, "/1/opening"), attendance="absent")
    assert page.status == 303
    clock.now = IN_TIME + HOUR
    await decide(browser, case, [account for account, _ in panel[:2]])

    (order,) = await orders_in(session, case)
    assert order.measure is Measure.INTERIM_SUSPENSION
    assert order.in_force_at == clock.now
    await browser.sign_in(registrant)
    page = await get(browser, f"/your-case/{case.reference}")
    assert "What was decided on 14 April 2027" in page.headings
    assert "A child could come to harm." in page.text
    await browser.sign_in(panel[0][0])
    assert (await get(browser, sitting(case))).status == 404
    assert (await get(browser, "/staff/sittings")).status == 200


async def decide(browser, case, members):
    await browser.sign_in(members[0])
    page = await send(
        browser,
        sitting(case, "/decision"),
        outcome="order",
        reasons="A child could come to harm.",
        necessary="public",
        measure="interim_suspension",
        months="18",
    )
    assert page.status == 303
    for member in members:
        await browser.sign_in(member)
        page = await get(browser, sitting(case, "/signature"))
        assert "A child could come to harm." in page.text
        page = await send(browser, sitting(case, "/signature"), **page.form("Sign it"))
        assert page.status == 303


# Applying


async def test_only_whoever_investigates_applies(session, browser, case):
    other = await make_investigator(session)
    await browser.sign_in(other)

    page = await get(browser, f"/staff/cases/{case.reference}/interim-application")

    assert page.status == 404


async def test_an_application_names_evidence_of_the_log(
    session, browser, case, investigator
):
    await log(session, case)
    await browser.sign_in(investigator)
    address = f"/staff/cases/{case.reference}/interim-application"

    page = await get(browser, address)
    page = await send(browser, address, words="He is alone.", evidence="E1")

    assert page.status == 303
    page = await get(browser, at(case))
    assert "with E1" in page.text


async def test_an_application_without_words_is_shown_again(browser, case, investigator):
    await browser.sign_in(investigator)

    page = await send(
        browser, f"/staff/cases/{case.reference}/interim-application", words=""
    )

    assert page.status == 422
    assert page.errors == ["Enter why it cannot wait"]


async def test_a_second_application_is_refused_and_loses_nothing(
    session, browser, case, investigator
):
    await apply(session, case)
    await browser.sign_in(investigator)

    page = await send(
        browser, f"/staff/cases/{case.reference}/interim-application", words="Again"
    )

    assert page.status == 422
    assert page.errors == ["An application waits to be heard already."]
    assert page.field("Why can it not wait until the case is decided?").value == "Again"


# Listing


async def test_a_hearing_needs_something_to_hear(desk, case):
    page = await send(desk, at(case, "/new"), **LISTED)

    assert page.status == 422
    assert page.errors[0].startswith("There is nothing for such a hearing to decide")
    assert page.field("At what time?").value == "10:00"


async def test_a_private_hearing_says_why(session, desk, case):
    await apply(session, case)

    page = await send(desk, at(case, "/new"), **(LISTED | {"private_because": ""}))

    assert page.errors == ["Select why it is heard in private"]


@pytest.mark.parametrize("written", ["25:00", "ten", "9"])
async def test_a_time_is_one_of_the_clock(session, desk, case, written):
    await apply(session, case)

    page = await send(desk, at(case, "/new"), **(LISTED | {"at": written}))

    assert page.errors == ["Enter the time, like 09:30 or 14:00"]


async def test_a_time_is_that_of_london(session, desk, case):
    await apply(session, case)

    await send(desk, at(case, "/new"), **LISTED)

    hearing = await hearing_of(session, case)
    assert hearing.starts_at == IN_TIME - HOUR
    assert (hearing.first_on, hearing.last_on) == (HEARD_ON, HEARD_ON)


async def test_whoever_investigates_reads_hearings_and_lists_none(
    session, browser, case, investigator
):
    hearing = await make_hearing(session, case)
    await browser.sign_in(investigator)

    assert "List a hearing" not in (await get(browser, at(case))).buttons
    page = await get(browser, at(case, f"/{hearing.number}"))
    assert "Adjourn it" not in page.buttons
    assert (await get(browser, at(case, "/new"))).status == 403


async def test_a_hearing_that_is_not_there_is_not_found(desk, case):
    assert (await get(desk, at(case, "/7"))).status == 404


# The panel


async def test_the_radar_shows_who_cannot_sit_and_offers_them_not(session, desk, case):
    home = await make_home(session)
    await make_employment(session, case.person, home)
    colleague = await make_decider(session, name="Col League")
    await make_employed(session, colleague, home)
    await make_decider(session, Side.REGISTRANT, name="Rex Peer")
    await make_hearing(session, case)

    page = await get(desk, at(case, "/1/panel"))

    said = {row["Name"]: row["Radar"] for row in page.rows()}
    assert said["Col League"] == (
        "Worked for the same provider or its group Lives or worked in the same area"
    )
    assert said["Rex Peer"] == "Nothing"
    assert page.field("Who sits on it?").options == ["Choose one", "Rex Peer"]


async def make_employed(session, account, home):
    person = await make_person(session)
    account.person_id = person.id
    await make_employment(session, person, home)


async def test_a_warning_is_answered_in_words(session, desk, case):
    away = await make_decider(session, free=False, name="Fay Away")
    await make_hearing(session, case)
    chosen = {"account": str(away.id), "seat": "chair"}

    page = await send(desk, at(case, "/1/panel"), **chosen)
    assert page.status == 422
    assert page.errors == [
        "There may be a conflict of interest. Say why they can sit all the same."
    ]

    page = await send(desk, at(case, "/1/panel"), **chosen, words="They rang us")
    assert page.status == 303
    page = await get(desk, at(case, "/1"))
    assert "They rang us" in page.text


async def test_somebody_of_whom_nothing_is_known_is_described_first(
    session, desk, case
):
    unknown = await make_decider(session, described=False)
    await make_hearing(session, case)

    page = await send(
        desk, at(case, "/1/panel"), account=str(unknown.id), seat="member"
    )

    assert page.status == 422
    assert "describe them" in page.errors[0]


async def test_a_seat_is_given_once(session, desk, case):
    hearing = await make_hearing(session, case)
    await make_panel(session, case, hearing)
    other = await make_decider(session)

    page = await send(desk, at(case, "/1/panel"), account=str(other.id), seat="chair")

    assert page.errors == ["Somebody has this seat already, or the panel is complete."]


async def test_a_member_is_released_with_a_reason_and_another_told_to_the_registrant(
    session, desk, case
):
    await make_listed(session, case=case)
    hearing = await hearing_of(session, case)
    (_, member, _) = await panel_of(session, hearing)
    address = at(case, f"/1/panel/{member.id}/release")

    assert (await get(desk, address)).h1.startswith("Release")
    assert (await send(desk, address)).status == 422
    page = await send(desk, address, because="conflict", words="They know a witness")
    assert page.status == 303
    assert (await get(desk, address)).status == 404

    await work(session)
    new = await make_decider(session, Side.REGISTRANT, name="New Comer")
    await send(desk, at(case, "/1/panel"), account=str(new.id), seat="member")
    page = await get(desk, at(case, "/1"))
    assert "Who sits on the panel" in page.headings
    assert "The notice stands" in page.text


async def test_a_conflict_found_out_later_shows_on_the_hearing(session, desk, case):
    await make_listed(session, case=case)
    home = await make_home(session)
    hearing = await hearing_of(session, case)
    chair, *_ = await panel_of(session, hearing)
    await send(
        desk,
        f"/staff/panel/{chair.account_id}/interests",
        words="A cousin runs it",
        urn=home.urn,
        **on(TODAY, "from_on"),
    )
    await work(session)
    await make_employment(session, case.person, home)

    page = await get(desk, at(case, "/1"))

    assert "Worked for the same provider or its group" in page.tags


# Notice


async def test_notice_that_would_come_too_late_is_not_given(
    session, desk, clock, case, officer
):
    hearing = await make_hearing(session, case)
    await make_panel(session, case, hearing)
    clock.now = IN_TIME - 3 * DAY
    await desk.sign_in(officer)

    page = await send(desk, at(case, "/1/notice"), words="Come", way="email")

    assert page.status == 422
    assert page.errors[0].startswith("The registrant has not had notice")
    assert page.field("What does the registrant have to know?").value == "Come"
    await work(session)
    assert not await services_for(session, await hearing_of(session, case))


async def test_notice_by_post_needs_an_address(session, desk, case):
    hearing = await make_hearing(session, case)
    await make_panel(session, case, hearing)

    page = await send(desk, at(case, "/1/notice"), words="Come", way="post")
    assert page.status == 422

    await work(session)
    await make_address(session, case.person)
    page = await send(desk, at(case, "/1/notice"), words="Come", way="post")
    assert page.status == 303


async def test_a_notice_that_came_back_is_shown_and_served_again(session, desk, case):
    await make_listed(session, case=case)
    hearing = await hearing_of(session, case)
    (service,) = await services_for(session, hearing)
    await went_astray(session, service.service)
    await make_address(session, case.person)

    page = await get(desk, at(case, "/1"))
    assert "The notice did not arrive" in page.text
    page = await send(desk, at(case, "/1/notice"), words="Come", way="post")

    assert page.status == 303


async def test_the_registrant_does_not_see_a_hearing_before_notice(
    session, browser, told
):
    case, registrant = told
    hearing = await make_hearing(session, case)
    await make_panel(session, case, hearing)
    await browser.sign_in(registrant)

    page = await get(browser, f"/your-case/{case.reference}")

    assert "Listed" not in page.tags
    assert "Ada Judge" not in page.text


async def test_the_day_of_the_hearing_is_the_next_date_for_the_registrant(
    session, browser, told
):
    case, registrant = told
    _, hearing = await make_listed(session, case=case)
    await browser.sign_in(registrant)

    page = await get(browser, f"/your-case/{case.reference}")

    assert page.fact("Next date") == f"{hearing.first_on.day} {hearing.first_on:%B %Y}"
    assert page.fact("What for") == "A hearing, of which you read below"


# Directions, other days, and none


async def test_directions_are_given_and_met(session, desk, case):
    await make_listed(session, case=case)

    page = await send(
        desk,
        at(case, "/1/directions/new"),
        words="Send your statement",
        directed="registrant",
        **on(TODAY + 7 * DAY, "due_on"),
    )
    assert page.status == 303
    page = await send(desk, at(case, "/1/directions/1/met"))

    assert page.status == 303
    (row,) = (await get(desk, at(case, "/1"))).rows("Directions")
    assert row["State"] == "Met"


async def test_a_direction_is_not_due_in_the_past(session, desk, case):
    await make_listed(session, case=case)

    page = await send(
        desk,
        at(case, "/1/directions/new"),
        words="Send it",
        directed="us",
        **on(TODAY - DAY, "due_on"),
    )

    assert page.errors == ["Last day must be today or in the future"]


async def test_a_hearing_is_adjourned_with_its_panel(session, desk, case):
    await make_listed(session, case=case)

    page = await send(
        desk,
        at(case, "/1/adjournment"),
        at="14:00",
        words="A witness is ill",
        **on(HEARD_ON + 14 * DAY, "day"),
    )

    assert page.status == 303
    page = await get(desk, at(case, "/1"))
    assert page.fact("State") == "Adjourned"
    assert "The registrant has had no notice of this day." in page.text


async def test_a_hearing_is_not_moved_to_where_its_panel_sits_elsewhere(
    session, desk, case
):
    await make_listed(session, case=case)
    hearing = await hearing_of(session, case)
    chair, *_ = await panel_of(session, hearing)
    other, _ = await make_told(session)
    later = await make_hearing(session, other, starts_at=IN_TIME + 7 * DAY)
    account = await account_with(session, chair.account_id)
    await empanel(session, other, later, account, Seat.CHAIR, by=act(session))

    page = await send(
        desk,
        at(case, "/1/adjournment"),
        at="14:00",
        words="A witness is ill",
        **on(HEARD_ON + 7 * DAY, "day"),
    )

    assert page.status == 422
    assert page.errors[0].startswith("Somebody on the panel sits elsewhere")


async def account_with(session, account_id):
    found = await session.scalars(Account.usable().where(Account.id == account_id))
    return found.one()


async def test_a_hearing_that_is_not_held_lets_its_panel_go(session, desk, case):
    await make_listed(session, case=case)

    assert (await send(desk, at(case, "/1/vacating"))).status == 422
    page = await send(desk, at(case, "/1/vacating"), words="It is not needed")

    assert page.status == 303
    hearing = await hearing_of(session, case)
    assert hearing.state is HearingState.VACATED
    assert (await get(desk, at(case, "/1/adjournment"))).status == 409


# When it begins


async def test_it_does_not_begin_before_its_time(session, desk, case):
    await make_listed(session, case=case)

    page = await send(desk, at(case, "/1/opening"), attendance="present")

    assert page.status == 422
    assert page.errors[0].startswith("A hearing begins at its time")


async def test_it_does_not_begin_without_notice_unless_they_attend(
    session, desk, clock, case, officer
):
    hearing = await make_hearing(session, case)
    await make_panel(session, case, hearing)
    clock.now = IN_TIME
    await desk.sign_in(officer)

    page = await send(desk, at(case, "/1/opening"), attendance="absent")
    assert page.status == 422
    page = await send(desk, at(case, "/1/opening"), attendance="present")

    assert page.status == 303


# Those who sit on it


@pytest.fixture
async def begun(session, case):
    """With an allegation that was disclosed and answered; and who chairs it."""
    allegation = await draw(session, case)
    disclosure = await disclose(session, case, [allegation])
    await comment(session, case, disclosure, "I was not there that night.")
    hearing = await make_hearing(session, case)
    await make_panel(session, case, hearing, adviser=True)
    await tell(session, case, hearing)
    await start(session, case, hearing)
    return hearing


async def seated(session, hearing, seat):
    for member in await panel_of(session, hearing):
        if member.seat is seat:
            return await account_with(session, member.account_id)
    raise AssertionError


async def test_who_sits_on_it_reads_what_is_alleged_and_what_was_said_to_it(
    session, browser, case, begun
):
    adviser = await seated(session, begun, Seat.ADVISER)
    await browser.sign_in(adviser)

    assert sitting(case) in (await get(browser, "/staff/sittings")).links.values()
    page = await get(browser, sitting(case))

    assert "You struck a child." in page.text
    assert "I was not there that night." in page.text
    assert "He is alone with children." in page.text
    assert "Draw up the decision" not in page.buttons


async def test_who_advises_neither_draws_up_nor_signs(session, browser, case, begun):
    await browser.sign_in(await seated(session, begun, Seat.ADVISER))

    for page in ("/decision", "/signature"):
        assert (await get(browser, sitting(case, page))).status == 403


async def test_who_does_not_sit_on_it_finds_nothing(session, browser, case, begun):
    await browser.sign_in(await make_decider(session))

    assert (await get(browser, sitting(case))).status == 404
    assert (await send(browser, sitting(case, "/signature"))).status == 404


async def test_who_sits_on_it_opens_no_page_of_the_case(session, browser, case, begun):
    await browser.sign_in(await seated(session, begun, Seat.CHAIR))

    assert (await get(browser, f"/staff/cases/{case.reference}")).status == 403


async def test_a_decision_that_cannot_be_is_shown_again_and_loses_nothing(
    session, browser, case, begun
):
    await browser.sign_in(await seated(session, begun, Seat.CHAIR))
    drawn = {"outcome": "order", "reasons": "A risk", "measure": "interim_suspension"}

    page = await send(browser, sitting(case, "/decision"), **drawn, months="18")
    assert page.status == 422
    assert page.errors[0].startswith("An interim order is made, or goes on, only")
    assert page.field("Why?").value == "A risk"
    page = await send(
        browser, sitting(case, "/decision"), **drawn, months="30", necessary="public"
    )

    assert page.errors == ["It can be made for 1 to 18 months."]


async def test_what_was_changed_since_it_was_read_is_not_signed(
    session, browser, clock, case, begun
):
    await draw_up(session, case, begun)
    clock.now = IN_TIME + 2 * HOUR
    await browser.sign_in(await seated(session, begun, Seat.CHAIR))
    page = await get(browser, sitting(case, "/signature"))
    read = page.form("Sign it")
    await work(session)
    await draw_up(
        session, case, await hearing_of(session, case), now=IN_TIME + 2 * HOUR
    )

    page = await send(browser, sitting(case, "/signature"), **read)

    assert page.response.headers["location"] == sitting(case, "/signature")
    hearing = await hearing_of(session, case)
    assert not any(one.signed_at for one in await panel_of(session, hearing))


# The office's list


async def test_who_may_decide_is_described(session, desk):
    unknown = await make_decider(session, described=False, name="Una Known")
    await make_home(session)
    address = f"/staff/panel/{unknown.id}"

    assert "Una Known" in (await get(desk, "/staff/panel")).links
    assert (await send(desk, address)).status == 422
    page = await send(desk, address, side="lay", may_chair="yes", areas="Leeds")

    assert page.status == 303
    page = await get(desk, address)
    assert page.form("Save")["areas"] == "Leeds"
    (row,) = [
        row
        for row in (await get(desk, "/staff/panel")).rows()
        if row["Name"] == "Una Known"
    ]
    assert (row["From which side"], row["May chair"]) == ("Lay", "Yes")


async def test_what_they_declare_is_kept_and_taken_back(session, desk, case):
    somebody = await make_decider(session)
    address = f"/staff/panel/{somebody.id}"
    declared = {"words": "We went to school"} | on(TODAY, "from_on")

    page = await send(desk, f"{address}/interests", **declared, number="CH-1")
    assert page.errors == ["No person in the register has this number"]
    page = await send(desk, f"{address}/interests", **declared, urn="SC999999")
    assert page.errors == ["We know no home with this URN. Check it"]
    page = await send(
        desk, f"{address}/interests", **declared, number=case.person.number
    )
    assert page.status == 303
    page = await get(desk, address)
    (row,) = page.rows("What they have declared, the latest first")
    assert row["What"] == "We went to school"
    end = next(a for a in actions(page) if "/interests/" in a and a.endswith("/end"))

    assert (await send(desk, end)).status == 303
    assert (await send(desk, end)).status == 404
    assert "They have declared nothing." in (await get(desk, address)).text


def actions(page):
    return [str(form["action"]) for form in page.soup.select("main form[action]")]


async def test_when_they_can_come_is_kept_and_taken_back(session, desk):
    somebody = await make_decider(session, free=False)
    address = f"/staff/panel/{somebody.id}"

    backwards = on(TODAY + DAY, "first") | on(TODAY, "last")
    page = await send(desk, f"{address}/days", **backwards)
    assert page.errors == ["The last day must not come before the first."]
    page = await send(
        desk, f"{address}/days", **on(TODAY, "first"), **on(TODAY + DAY, "last")
    )
    assert page.status == 303
    page = await get(desk, address)
    end = next(a for a in actions(page) if "/days/" in a)

    assert (await send(desk, end)).status == 303
    assert "They have not said" in (await get(desk, address)).text


@pytest.mark.parametrize(
    "role",
    [
        StaffRole.INVESTIGATOR,
        StaffRole.REGISTRAR,
        StaffRole.AUDITOR,
        StaffRole.ADJUDICATOR,
    ],
)
async def test_nobody_else_opens_the_list_of_those_who_may_decide(
    session, browser, role
):
    await browser.sign_in(await make_account(session, role))

    assert (await get(browser, "/staff/panel")).status == 403


async def test_a_page_of_somebody_who_decides_nothing_is_not_found(session, desk):
    other = await make_account(session, StaffRole.CASEWORKER)

    assert (await get(desk, f"/staff/panel/{other.id}")).status == 404
