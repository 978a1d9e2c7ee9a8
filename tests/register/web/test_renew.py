"""The registrant's renewal, page by page: nothing is lost, money alone renews nobody, and one receipt comes at the end."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from register.account import RoleGrant, StaffRole
from register.application import SectionName
from register.application.answers import Contact
from register.assessment import ReadingLock
from register.employment import Employment
from register.entry import Entry
from register.kit.clock import end_of
from register.kit.post import Message
from register.particulars import change_contact
from register.process import Event
from register.renewal import (
    RenewalDeclaration,
    RenewalEvent,
    RenewalStep,
    declared_of,
    standing,
)
from tests.make import (
    make_account,
    make_employment,
    make_entry,
    make_home,
    make_process,
)
from tests.reading import Page
from tests.register.renewing import (
    CURED_UNTIL,
    ENDS,
    HOUR,
    MIDNIGHT,
    OPENS,
    STEPS,
    do,
    notice,
    opened,
)

NO = {
    "criminal": [
        "convictions",
        "cautions",
        "charges",
        "investigations",
        "overseas",
    ],
    "conduct": [
        "disciplinary",
        "dismissed",
        "resigned",
        "safeguarding",
        "civil",
        "prohibited",
        "disqualified",
        "ofsted",
    ],
    "health": ["affects_practice"],
    "registrations": ["acted_against"],
}
SECRET = "A speeding course, taken twice in one year"


@pytest.fixture
async def renewal(session, clock):
    clock.now = OPENS + HOUR
    entry, renewal = await opened(session, family_name="Adébáyò")
    contact = Contact(
        line_1="1 High Street", town="Leeds", postcode="LS1 1AA", mobile="07700900123"
    )
    by = make_process(session, now=OPENS)
    await change_contact(session, entry.person, contact, by=by)
    await session.flush()
    return renewal


@pytest.fixture
async def registrant(session, renewal):
    entry = await session.scalar(
        select(Entry).where(Entry.person_id == renewal.person_id)
    )
    entry = await Entry.load(session, entry.id)
    return await make_account(session, person=entry.person, email="renews@example.org")


@pytest.fixture
async def signed_in(browser, registrant):
    await browser.sign_in(registrant)
    return browser


async def fresh(session, renewal):
    await session.refresh(renewal)
    return renewal


def answers(section, **yes):
    return dict.fromkeys(NO[section], "no") | yes


async def answer_all(browser):
    for section in NO:
        await browser.post(f"/renew/declarations/{section}", data=answers(section))


async def answer(browser, section, **yes):
    page = Page(await browser.get(f"/renew/declarations/{section}"))
    stamp = page.soup.select_one("input[name=opened_on]")["value"]
    sent = answers(section, **yes) | {"opened_on": stamp}
    return await browser.post(f"/renew/declarations/{section}", data=sent)


async def accept(browser):
    page = Page(await browser.get("/renew/standards"))
    version = page.soup.select_one("input[name=version]")["value"]
    sent = {"version": version, "standards": "yes", "true": "yes"}
    return await browser.post("/renew/standards", data=sent)


async def tasks(browser):
    return Page(await browser.get("/renew"))


# The journey as a whole


async def test_who_renews_reads_what_is_left_and_until_when(signed_in):
    page = await tasks(signed_in)

    assert page.h1 == "Renew your registration"
    assert "Not renewed: 5 things left" in page.headings
    assert "You have until the end of 30 November 2027" in page.text
    assert page.tasks["Your details"] == "Not done yet"
    assert page.tasks["Payment"] == "Not done yet"
    assert page.links["Payment"] == "/pay"
    assert "You can pay at any time, but paying alone does not renew you" in page.text


async def test_the_whole_way(signed_in, session, renewal):
    await signed_in.post("/renew/details", data={"right": "yes"})
    await signed_in.post("/renew/employment", data={"all": "yes"})
    await answer_all(signed_in)
    await accept(signed_in)
    await signed_in.post("/renew/learning", data={"done": "yes"})
    page = await tasks(signed_in)
    check = Page(await signed_in.get("/renew/check"))
    assert "Not renewed: only the payment is left" in page.headings
    assert page.link("Check your answers") == "/renew/check"
    assert check.fact("Convictions") == "No"
    assert check.link("Continue to the payment") == "/pay"

    by = make_process(session, now=OPENS + HOUR)
    await renewal.paid(session, at=OPENS + HOUR, by=by)
    await session.flush()

    done = await tasks(signed_in)
    assert done.h1 == "You are renewed"
    assert "30 November 2028" in done.text


async def test_who_has_paid_first_reads_that_this_is_not_enough(
    signed_in, session, renewal
):
    await do(session, renewal, RenewalStep.PAYMENT, *STEPS[:2], at=OPENS + HOUR)

    renew, home = (
        await tasks(signed_in),
        Page(await signed_in.get("/your-registration")),
    )

    for page in (renew, home):
        assert "Paid, not renewed: 2 things left" in page.headings
        assert "It does not renew you by itself" in page.text
    assert "With the last of these you are renewed at once" in renew.text
    assert home.link("Go on with your renewal") == "/renew"


async def test_one_receipt_comes_and_only_when_all_is_done(signed_in, session, renewal):
    await do(session, renewal, RenewalStep.PAYMENT, *STEPS[:3], at=OPENS + HOUR)
    receipts = select(Message).where(Message.letter == "renewal_finished")
    assert (await session.scalars(receipts)).all() == []

    await signed_in.post("/renew/learning", data={"done": "yes"})

    (receipt,) = (await session.scalars(receipts)).all()
    assert receipt.subject == "You are renewed until 30 November 2028"
    assert (await tasks(signed_in)).h1 == "You are renewed"


async def test_who_finishes_late_has_no_receipt_and_reads_why(
    browser, registrant, session, renewal, clock
):
    await do(session, renewal, *STEPS)
    await notice(session, renewal)
    await do(session, renewal, RenewalStep.PAYMENT, at=MIDNIGHT)
    clock.now = MIDNIGHT + HOUR
    await browser.sign_in(registrant)

    page = await tasks(browser)

    receipts = select(Message).where(Message.letter == "renewal_finished")
    assert (await session.scalars(receipts)).all() == []
    assert "Finished late" in page.text


async def test_after_the_last_day_one_can_still_finish(browser, registrant, clock):
    clock.now = MIDNIGHT + HOUR
    await browser.sign_in(registrant)

    page = await tasks(browser)

    assert "the last day has gone by, 5 things left" in page.text
    assert "14 December 2027" in page.text


async def test_who_stands_still_when_the_time_is_over_is_led_to_more_time(
    browser, registrant, clock
):
    clock.now = end_of(CURED_UNTIL)
    await browser.sign_in(registrant)

    page = await tasks(browser)
    asking = Page(await browser.get(page.links["Ask us for more time"]))

    assert "you are still in the register" in page.text
    assert "Ask for more time" in asking.buttons


async def test_who_only_pays_reads_why(browser, session, clock):
    clock.now = OPENS + 3 * HOUR
    entry, renewal = await opened(session, on=OPENS + HOUR, now=OPENS + 2 * HOUR)
    await browser.sign_in(await make_account(session, person=entry.person))

    page = await tasks(browser)

    assert renewal.only_pays
    assert "So only the payment is asked of you" in page.text
    assert page.link("Pay the fee") == "/pay"
    moved = await browser.get("/renew/details")
    assert moved.headers["location"] == "/renew"


async def test_before_the_window_one_reads_when_it_opens(browser, session):
    entry = await make_entry(session)
    await browser.sign_in(await make_account(session, person=entry.person))

    page = await tasks(browser)

    assert "You can renew from 1 September 2027" in page.text


async def test_who_is_not_in_the_register_has_nothing_to_renew(browser, session):
    await browser.sign_in(await make_account(session))

    page = await tasks(browser)

    assert "You have no registration that could be renewed" in page.text


PAGES = [
    "/renew/details",
    "/renew/employment",
    "/renew/declarations",
    "/renew/declarations/health",
    "/renew/standards",
    "/renew/learning",
    "/renew/check",
    "/renew/more-time",
]


@pytest.mark.parametrize("path", ["/renew", *PAGES])
async def test_who_is_not_signed_in_is_asked_to(browser, path):
    answer = await browser.get(path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("path", PAGES)
async def test_who_has_nothing_to_renew_finds_nothing(browser, session, path):
    await browser.sign_in(await make_account(session))

    assert (await browser.get(path)).status_code == 404


@pytest.mark.parametrize("path", PAGES[:-1])
async def test_who_is_renewed_is_led_back(signed_in, session, renewal, path):
    await do(session, renewal, *RenewalStep, at=OPENS + HOUR)

    answer = await signed_in.get(path)

    assert answer.headers["location"] == "/renew"


async def test_there_is_no_other_declaration(signed_in):
    assert (await signed_in.get("/renew/declarations/dbs")).status_code == 404


# Details


async def test_details_are_shown_and_confirmed(signed_in, session, renewal):
    page = Page(await signed_in.get("/renew/details"))
    empty = await signed_in.post("/renew/details", data={})

    done = await signed_in.post("/renew/details", data={"right": "yes"})

    assert page.fact("Address for letters").startswith("1 High Street")
    assert page.change_link("Name") == "/particulars/name"
    assert empty.status_code == 422
    assert done.headers["location"] == "/renew"
    assert (await fresh(session, renewal)).details_at == OPENS + HOUR


async def test_whom_we_cannot_reach_tells_us_how_first(browser, session, clock):
    clock.now = OPENS + HOUR
    entry, _ = await opened(session)
    await browser.sign_in(await make_account(session, person=entry.person))

    answer = await browser.post("/renew/details", data={"right": "yes"})

    page = Page(answer)
    assert page.status == 422
    assert page.errors == ["Tell us how we can reach you"]
    assert page.field("My name is right, and you can reach me in this way").checked


async def test_from_their_details_they_find_back(signed_in):
    page = Page(await signed_in.get("/particulars"))

    assert page.link("Back to your renewal") == "/renew"


# Employment


@pytest.fixture
async def post(session, renewal):
    home = await make_home(session, urn="SC462450", name="Holly House")
    entry = await session.scalar(
        select(Entry).where(Entry.person_id == renewal.person_id)
    )
    return await make_employment(
        session, (await Entry.load(session, entry.id)).person, home
    )


async def test_a_post_is_confirmed_as_still_held(signed_in, session, renewal, post):
    page = Page(await signed_in.get("/renew/employment"))

    await signed_in.post(
        "/renew/employment", data={f"held_{post.id.hex}": "yes", "all": "yes"}
    )

    told = await session.scalar(
        select(Event).where(Event.kind == RenewalEvent.POST_CONFIRMED)
    )
    assert page.fact("Ofsted number (URN)") == "SC462450"
    assert told.data["employment"] == str(post.id)
    assert (await fresh(session, renewal)).employment_at


async def test_a_post_that_ended_is_ended(signed_in, session, renewal, post):
    last = ENDS - timedelta(days=120)
    sent = {
        f"held_{post.id.hex}": "no",
        f"last_day_{post.id.hex}-day": str(last.day),
        f"last_day_{post.id.hex}-month": str(last.month),
        f"last_day_{post.id.hex}-year": str(last.year),
        f"because_{post.id.hex}": "A new job",
        "all": "yes",
    }

    await signed_in.post("/renew/employment", data=sent)

    await session.refresh(post)
    assert post.last_day == last
    assert (await fresh(session, renewal)).employment_at


async def test_what_is_missing_of_a_post_is_told_and_nothing_is_lost(
    signed_in, session, renewal, post
):
    sent = {
        f"held_{post.id.hex}": "no",
        f"because_{post.id.hex}": "A new job",
        "all": "yes",
    }

    page = Page(await signed_in.post("/renew/employment", data=sent))

    assert page.status == 422
    assert "Enter your last day in the post" in page.errors[0]
    assert "A new job" in page.html
    assert await session.scalar(select(Employment.valid)) == post.valid
    assert (await fresh(session, renewal)).employment_at is None


async def test_nobody_goes_on_without_a_word_on_each_post(signed_in, post):
    page = Page(await signed_in.post("/renew/employment", data={}))

    assert len(page.errors) == 2


# Declarations


async def test_who_has_never_told_us_is_asked_of_everything(signed_in):
    page = Page(await signed_in.get("/renew/declarations/criminal"))

    assert "tell us of everything, whenever it happened" in page.text


async def test_all_no_and_the_standards_make_the_step(signed_in, session, renewal):
    early = await signed_in.get("/renew/standards")
    await answer_all(signed_in)
    overview = Page(await signed_in.get("/renew/declarations"))

    done = await accept(signed_in)

    assert early.headers["location"] == "/renew/declarations"
    assert overview.tasks["Criminal record"] == "Completed"
    assert done.headers["location"] == "/renew"
    assert (await fresh(session, renewal)).declaration_version
    declared = await declared_of(session, renewal.id)
    assert {one.section for one in declared} == set(map(SectionName, NO))
    assert not any(one.says_yes for one in declared)


async def test_a_yes_needs_words_and_what_was_answered_is_not_lost(signed_in):
    sent = answers("criminal", convictions="yes", cautions="yes") | {
        "cautions_details": SECRET
    }

    page = Page(await signed_in.post("/renew/declarations/criminal", data=sent))

    assert page.status == 422
    assert SECRET in page.html
    assert len(page.errors) == 1


async def test_a_yes_is_sealed_and_stops_nobody(signed_in, session, renewal):
    await answer_all(signed_in)
    await answer(signed_in, "criminal", cautions="yes", cautions_details=SECRET)
    await accept(signed_in)

    row = await session.scalar(
        select(RenewalDeclaration).where(RenewalDeclaration.says_yes)
    )
    assert row.section is SectionName.CRIMINAL
    assert SECRET.encode() not in row.sealed
    assert row.answers.cautions_details == SECRET
    assert (await fresh(session, renewal)).declared_at


async def test_answers_that_exclude_each_other_are_not_declared(
    signed_in, session, renewal
):
    await answer_all(signed_in)

    page = Page(
        await answer(signed_in, "conduct", ofsted="yes", ofsted_details="In 2027")
    )
    refused = await signed_in.post("/renew/standards", data={})

    assert "change one of the two answers" in page.errors[0]
    assert refused.status_code == 422
    assert (await fresh(session, renewal)).declared_at is None


async def test_what_is_changed_afterwards_is_declared_anew(signed_in, session, renewal):
    await answer_all(signed_in)
    await accept(signed_in)

    await answer(signed_in, "health", affects_practice="yes", details="My back")

    assert (await fresh(session, renewal)).declared_at is None
    await accept(signed_in)
    found = await session.scalars(
        select(RenewalDeclaration.says_yes).where(
            RenewalDeclaration.section == SectionName.HEALTH
        )
    )
    assert sorted(found) == [False, True]


async def test_words_that_changed_meanwhile_are_read_again(signed_in):
    await answer_all(signed_in)

    page = Page(
        await signed_in.post(
            "/renew/standards",
            data={"version": "an older one", "standards": "yes", "true": "yes"},
        )
    )

    assert page.errors == [
        "The declaration has changed since you opened this page: read it again"
    ]


async def test_of_two_tabs_neither_is_lost(signed_in):
    open_tab = Page(await signed_in.get("/renew/declarations/criminal"))
    stamp = open_tab.soup.select_one("input[name=opened_on]")["value"]
    other = answers("criminal", charges="yes") | {"charges_details": "In May"}
    await signed_in.post(
        "/renew/declarations/criminal", data=other | {"opened_on": stamp}
    )
    mine = answers("criminal", cautions="yes") | {"cautions_details": SECRET}

    both = await signed_in.post(
        "/renew/declarations/criminal", data=mine | {"opened_on": stamp}
    )

    assert both.status_code == 409
    assert "In May" in both.text
    assert SECRET in both.text
    again = Page(both).soup.select_one("input[name=opened_on]")["value"]
    saved = await signed_in.post(
        "/renew/declarations/criminal", data=mine | {"opened_on": again}
    )
    assert saved.headers["location"] == "/renew/declarations"


# Learning


async def test_what_is_missing_of_the_learning_is_told_first(browser, session, clock):
    clock.now = OPENS + HOUR
    entry, renewal = await opened(session, learnt=False)
    await browser.sign_in(await make_account(session, person=entry.person))
    page = Page(await browser.get("/renew/learning"))

    refused = Page(await browser.post("/renew/learning", data={"done": "yes"}))

    assert page.link("Record your learning") == "/account/learning"
    assert refused.status == 422
    assert refused.errors == ["Record the learning that is still missing first"]
    assert (await fresh(session, renewal)).learning_at is None


async def test_learning_is_confirmed(signed_in, session, renewal):
    empty = await signed_in.post("/renew/learning", data={})

    await signed_in.post("/renew/learning", data={"done": "yes"})

    assert empty.status_code == 422
    assert (await fresh(session, renewal)).learning_at


# More time

ASKING = {"because": "illness", "words": SECRET}


async def test_more_time_is_asked_for_once_and_taken_back(signed_in):
    empty = Page(await signed_in.post("/renew/more-time", data={"words": SECRET}))
    await signed_in.post("/renew/more-time", data=ASKING)
    twice = await signed_in.post("/renew/more-time", data=ASKING)
    page = Page(await signed_in.get("/renew/more-time"))
    extension = page.soup.select_one("input[name=extension]")["value"]

    gone = await signed_in.post(
        "/renew/more-time/withdrawal", data={"extension": extension}
    )

    assert empty.status == 422
    assert SECRET in empty.html
    assert twice.status_code == 409
    assert page.fact("State") == "Waiting for our decision"
    assert gone.status_code == 303
    assert (
        await signed_in.post("/renew/more-time/withdrawal", data={"extension": "x"})
    ).status_code == 404


async def test_two_members_of_staff_give_more_time(
    browser, session, renewal, registrant
):
    await browser.sign_in(registrant)
    await browser.post("/renew/more-time", data=ASKING)
    await browser.sign_in(
        await make_account(session, StaffRole.CASEWORKER), proved=True
    )
    queue = Page(await browser.get("/staff/renewals/more-time"))
    at = queue.link("Ngozi Adébáyò")
    page = Page(await browser.get(at))
    wrong = await browser.post(f"{at}/proposal", data={"words": "Seen a letter"})
    day = {"until-day": "14", "until-month": "12", "until-year": "2027"}
    await browser.post(f"{at}/proposal", data={"words": "Seen a letter"} | day)
    await browser.sign_in(
        await make_account(session, StaffRole.TEAM_MANAGER), proved=True
    )
    waiting = Page(await browser.get(at))
    returned = await browser.post(f"{at}/return", data={"words": ""})

    done = await browser.post(f"{at}/approval")

    assert SECRET in page.text
    assert (wrong.status_code, returned.status_code) == (422, 422)
    assert "Seen a letter" in wrong.text
    assert "You have until 14 December 2027 to renew" in waiting.text
    assert done.headers["location"] == "/staff/renewals/more-time"
    assert (await fresh(session, renewal)).extended_until.day == 14
    await browser.sign_in(registrant)
    assert "Not renewed: 5 things left, with more time" in (await tasks(browser)).text


async def test_a_refusal_is_read_and_may_be_looked_at_again(
    browser, session, renewal, registrant
):
    await browser.sign_in(registrant)
    await browser.post("/renew/more-time", data=ASKING)
    officer = await make_account(session, StaffRole.CASEWORKER)
    await browser.sign_in(officer, proved=True)
    at = Page(await browser.get("/staff/renewals/more-time")).link("Ngozi Adébáyò")
    empty = await browser.post(f"{at}/refusal", data={})
    await browser.post(f"{at}/refusal", data={"refuse-words": "Not exceptional."})
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR), proved=True)
    page = Page(await browser.get(at))
    await browser.post(f"{at}/approval")
    await browser.sign_in(registrant)

    again = Page(await browser.get("/renew/more-time"))
    await browser.post("/renew/more-time", data=ASKING)

    assert empty.status_code == 422
    assert "Not exceptional." in page.text
    assert "two people who had no part in it look at it again" in again.text
    await browser.sign_in(officer, proved=True)
    at = Page(await browser.get("/staff/renewals/more-time")).link("Ngozi Adébáyò")
    refused = await browser.post(f"{at}/refusal", data={"refuse-words": "No."})
    assert refused.status_code == 409


# The one truth, on every page


async def test_everybody_reads_the_same(browser, session, renewal, registrant, post):
    await do(session, renewal, RenewalStep.PAYMENT, *STEPS[:2], at=OPENS + HOUR)
    found = await standing(session, renewal.person_id, now=OPENS + HOUR)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await browser.sign_in(registrar, proved=True)

    person = Page(await browser.get(f"/staff/persons/{renewal.person_id}"))
    listed = Page(await browser.get("/staff/renewals"))
    narrowed = Page(await browser.get("/staff/renewals?state=paid_not_renewed"))
    none = Page(await browser.get("/staff/renewals?state=late"))

    assert list(found.left) == STEPS[2:]
    for page in (person, listed, narrowed):
        assert "Paid, not renewed: 2 things left" in page.text
    assert "Left: declarations, learning" in person.text
    assert "There is none." in none.text


async def declared(browser, session, registrant):
    """With a yes on health; gives the declaration."""
    await browser.sign_in(registrant)
    await answer_all(browser)
    await answer(browser, "health", affects_practice="yes", details=SECRET)
    await accept(browser)
    return await session.scalar(
        select(RenewalDeclaration).where(RenewalDeclaration.says_yes)
    )


# Looking at what was declared


async def test_somebody_senior_settles_it_and_the_reading_is_written_down(
    browser, session, renewal, registrant
):
    row = await declared(browser, session, registrant)
    await browser.sign_in(
        await make_account(session, StaffRole.TEAM_MANAGER), proved=True
    )
    at = Page(await browser.get("/staff/renewals/declared")).link("Ngozi Adébáyò")
    page = Page(await browser.get(at))
    wrong = await browser.post(at, data={"words": "Known to us"})

    settled = {"outcome": "nothing_further", "words": "Known to us"}
    done = await browser.post(at, data=settled)
    twice = await browser.post(at, data=settled)

    read = await session.scalars(
        select(Event.data).where(Event.kind == "restricted_section_read")
    )
    assert at.endswith(str(row.id))
    assert SECRET in page.text
    assert wrong.status_code == 422
    assert "Known to us" in wrong.text
    assert done.headers["location"] == "/staff/renewals/declared"
    assert twice.status_code == 409
    assert {one["section"] for one in read} == {"health"}
    assert "Known to us" in Page(await browser.get(at)).text


async def test_reading_declarations_counts_to_the_quota(
    browser, session, renewal, registrant
):
    row = await declared(browser, session, registrant)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    session.add(
        ReadingLock(
            id=uuid4(), account_id=manager.id, locked_at=OPENS + HOUR, sections=40
        )
    )
    await session.flush()
    await browser.sign_in(manager, proved=True)

    answer = await browser.get(f"/staff/renewals/declared/{row.id}")

    assert answer.status_code == 403
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (StaffRole.CASEWORKER, 403),
        (StaffRole.FINANCE_OFFICER, 403),
        (StaffRole.ADJUDICATOR, 403),
        (StaffRole.AUDITOR, 200),
    ],
)
async def test_nobody_else_knows_that_something_was_declared(
    browser, session, renewal, registrant, role, status
):
    row = await declared(browser, session, registrant)
    by = make_process(session, now=OPENS + HOUR)
    by.tell(
        RenewalEvent.DECLARATION_SETTLED,
        person_id=renewal.person_id,
        section="conduct",
        settled="concern",
    )
    await session.flush()
    await browser.sign_in(await make_account(session, role), proved=True)

    queue = await browser.get("/staff/renewals/declared")
    one = await browser.get(f"/staff/renewals/declared/{row.id}")
    person = await browser.get(f"/staff/persons/{renewal.person_id}")

    assert (queue.status_code, one.status_code) == (status, status)
    assert ("settled" in person.text) is (role is StaffRole.AUDITOR)


async def test_nobody_reads_what_they_declared_themself_as_staff(
    browser, session, renewal, registrant
):
    row = await declared(browser, session, registrant)
    session.add(RoleGrant(account_id=registrant.id, role=StaffRole.REGISTRAR))
    await session.flush()
    session.expire(registrant)
    await session.refresh(registrant, ["grants"])
    await browser.sign_in(registrant, proved=True)

    assert "There is none" in (await browser.get("/staff/renewals/declared")).text
    one = await browser.get(f"/staff/renewals/declared/{row.id}")
    assert one.status_code == 404


async def test_what_was_declared_is_never_changed(session, browser, registrant):
    row = await declared(browser, session, registrant)

    with pytest.raises(DBAPIError, match="stays as it was"):
        async with session.begin_nested():
            await session.execute(
                update(RenewalDeclaration)
                .where(RenewalDeclaration.id == row.id)
                .values(says_yes=False)
            )
