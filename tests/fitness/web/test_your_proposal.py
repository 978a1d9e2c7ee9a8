"""A proposal on the pages of the registrant, and on those of the staff who record what came on paper."""

import asyncio

import pytest
from sqlalchemy import func, select

from fitness.case import Case, Place, Stage
from fitness.examination.disposal import Answer, Disposal, disposal_of
from fitness.examination.due import let_proposals_expire
from fitness.fence import Capacity, look_as
from fitness.order import CaseOrder, Measure
from register.account import Account, RecoveryCode, StaffRole
from register.kit.db import connect, sessions_of
from register.kit.security import totp
from tests.browser import Browser
from tests.fitness.examining import (
    CONDITIONS,
    PUBLIC,
    answer_with,
    both_view,
    draft,
    make_examined,
    propose,
    record,
)
from tests.fitness.examining import decide as decide_on
from tests.fitness.finding import DAY, TODAY, went_astray
from tests.fitness.investigating import act, make_investigator
from tests.fitness.serving import SERVE
from tests.fitness.test_disposal import AT_LAST
from tests.make import NOW, make_account, make_address
from tests.reading import Page

SECRET = totp.new_secret()


async def with_app(session, account):
    """They have an authenticator app."""
    before = NOW - DAY
    own = await session.get_one(Account, account.id)
    step = totp.accepted_step(
        SECRET, totp.code_at(SECRET, before), now=before, last_step=None
    )
    await own.set_factor(session, SECRET, step=step, by=act(session, now=before))
    await session.flush()


@pytest.fixture
async def found(session):
    """Conditions are proposed to somebody who has an app."""
    found = await make_examined(session)
    await propose(session, found)
    await with_app(session, found.owner)
    return found


@pytest.fixture
async def own(browser, found):
    await browser.sign_in(found.owner, proved=False)
    return browser


def at(found, page=""):
    return f"/your-case/{found.case.reference}{page}"


def of_staff(found, page=""):
    return f"/staff/cases/{found.case.reference}/examination/proposal{page}"


def agreed(now=NOW):
    return {"agreed": "yes", "code": totp.code_at(SECRET, now)}


async def get(browser, url):
    return Page(await browser.get(url))


async def send(browser, url, data=None):
    return Page(await browser.post(url, data=data or {}))


async def answer_of(session, found):
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()
    return (await disposal_of(session, found.case.id)).answer


# What they read


async def test_they_are_led_to_it(own, found):
    page = await get(own, at(found))

    assert page.fact("Who must act") == "You"
    assert page.fact("Next date") == "8 April 2027"
    assert "Accepted disposal: conditions of practice, 12 months" in page.text


async def test_they_read_wording_effect_and_what_will_be_published(own, found):
    page = await get(own, at(found, "/proposal"))

    assert page.status == 200
    for words in (
        CONDITIONS,
        PUBLIC,
        "You may practise only as the conditions below say.",
        "May practise, with the restrictions below",
        "From 10 March 2027 until 9 March 2028",
        "Two case examiners, agreed with the person",
        "This one is shown until 9 March 2029.",
    ):
        assert words in page.text


async def test_what_they_are_shown_is_what_the_register_then_shows(own, found):
    page = await get(own, at(found, "/proposal"))
    shown = page.soup.select_one(".govuk-summary-card .govuk-inset-text")

    await send(own, at(found, "/proposal"), agreed())

    public = await get(own, f"/register/{found.case.person.number}")
    there = public.soup.select_one(".govuk-inset-text")
    assert " ".join(shown.text.split()) == " ".join(there.text.split())


@pytest.mark.parametrize("page", ["/proposal", "/proposal/paper.pdf"])
async def test_nobody_else_finds_it(browser, session, found, page):
    assert (await browser.get(at(found, page))).status_code == 303
    other = await make_examined(session)
    await browser.sign_in(other.owner)

    assert (await browser.get(at(found, page))).status_code == 404
    assert (await browser.get(at(other, page))).status_code == 404


# Agreeing


async def test_agreeing_takes_a_second_factor_shown_in_the_very_form(
    session, own, found
):
    sent = await send(own, at(found, "/proposal"), agreed())

    assert sent.response.headers["location"] == at(found)
    page = await get(own, at(found))
    assert page.flashes == ["You have agreed. It is in force from now on"]
    assert "You agreed on 10 March 2027." in page.text
    assert await answer_of(session, found) is Answer.AGREED


@pytest.mark.parametrize("proved", [True, False])
async def test_a_factor_shown_at_sign_in_does_not_do(browser, session, found, proved):
    await browser.sign_in(found.owner, proved=proved)

    page = await send(browser, at(found, "/proposal"), {"agreed": "yes"})

    assert page.status == 422
    assert page.errors == ["Enter the code that your app shows now, or a recovery code"]
    assert await answer_of(session, found) is None


@pytest.mark.parametrize(
    "code",
    ["000000", totp.code_at(SECRET, NOW - DAY), "abcd-efgh-jkmn"],
    ids=["made up", "of yesterday", "of no recovery"],
)
async def test_a_wrong_code_agrees_to_nothing(session, own, found, code):
    page = await send(own, at(found, "/proposal"), {"agreed": "yes", "code": code})

    assert page.status == 422
    assert "Each works once" in page.errors[0]
    assert await answer_of(session, found) is None


async def test_a_recovery_code_does_and_is_used_up(session, own, found):
    account = await session.get_one(Account, found.owner.id)
    code, *_ = await RecoveryCode.renew(session, account, by=act(session))
    await session.flush()

    await send(own, at(found, "/proposal"), {"agreed": "yes", "code": code})

    assert await answer_of(session, found) is Answer.AGREED
    assert not await RecoveryCode.take(session, account, code)


async def test_they_must_say_that_they_agree(session, own, found):
    page = await send(own, at(found, "/proposal"), {"code": agreed()["code"]})

    assert page.status == 422
    assert page.errors == ["Confirm that you have read it and agree to it"]
    assert await answer_of(session, found) is None


async def test_whoever_has_no_app_is_led_to_set_one_up_or_to_paper(browser, session):
    found = await make_examined(session)
    await propose(session, found)
    await browser.sign_in(found.owner, proved=False)

    page = await get(browser, at(found, "/proposal"))

    assert page.soup.select_one("main a[href='/account/second-factor']")
    assert page.soup.select_one(f"main a[href='{at(found, '/proposal/paper.pdf')}']")
    assert not page.soup.select("[name=code]")
    assert (await send(browser, at(found, "/proposal"), agreed())).status == 409


async def test_guesses_are_counted(session, own, found):
    for _ in range(5):
        await send(own, at(found, "/proposal"), agreed() | {"code": "000000"})

    page = await send(own, at(found, "/proposal"), agreed())

    assert page.status == 429
    assert await answer_of(session, found) is None


async def test_clicked_twice_the_second_is_told(own, found):
    await send(own, at(found, "/proposal"), agreed())

    page = await send(own, at(found, "/proposal"), agreed())

    assert page.status == 409
    assert "This proposal has been answered already." in page.text


async def test_after_the_last_day_nothing_can_be_agreed(browser, session, clock, found):
    clock.now = AT_LAST + DAY
    await browser.sign_in(found.owner)
    page = await get(browser, at(found, "/proposal"))
    assert "The time to answer was over on 8 April 2027." in page.text
    assert not page.soup.select("main form")

    page = await send(browser, at(found, "/proposal"), agreed(clock.now))

    assert page.status == 409
    assert await answer_of(session, found) is None


# Not agreeing


async def test_they_may_ask_for_other_terms(session, own, found):
    page = await send(own, at(found, "/proposal/variation"))
    assert page.errors == ["Enter what you would agree to instead"]

    await send(own, at(found, "/proposal/variation"), {"words": "Six months."})

    page = await get(own, at(found, "/proposal"))
    assert "Six months." in page.text
    assert await answer_of(session, found) is Answer.VARIED


async def test_they_may_refuse(session, own, found):
    page = await send(own, at(found, "/proposal/refusal"))
    assert page.status == 422

    await send(own, at(found, "/proposal/refusal"), {"refused": "yes"})

    page = await get(own, at(found))
    assert "A panel will hear it" in page.text
    assert await answer_of(session, found) is Answer.REFUSED


async def test_what_was_decided_without_them_is_read_on_the_page_of_the_case(
    browser, session
):
    found = await make_examined(session)
    await decide_on(session, found)
    await browser.sign_in(found.owner)

    page = await get(browser, at(found))

    assert "The reasons." in page.text
    assert "Because of the logs." not in page.text


async def test_nothing_of_it_is_shown_before_both_have_signed(browser, session):
    found = await make_examined(session)
    await both_view(session, found)
    await draft(session, found)
    await browser.sign_in(found.owner)

    page = await get(browser, at(found))

    assert page.fact("Next date") == "2 June 2027"
    assert "The reasons." not in page.text


# On paper


async def test_the_proposal_can_be_printed(own, found):
    answer = await own.get(at(found, "/proposal/paper.pdf"))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"%PDF")


@pytest.fixture
async def office(session, found):
    return [
        await make_account(session, StaffRole.TEAM_MANAGER, name="Mo Manager"),
        await make_account(session, StaffRole.REGISTRAR, name="Ro Registrar"),
    ]


def came(day=TODAY):
    return {
        "answer": "agreed",
        "came_on-day": str(day.day),
        "came_on-month": str(day.month),
        "came_on-year": str(day.year),
    }


async def test_one_records_the_signed_paper_and_another_checks_it(
    browser, session, found, office
):
    first, second = office
    await browser.sign_in(first)
    assert (await browser.get(of_staff(found, "/paper.pdf"))).status_code == 200
    assert (await send(browser, of_staff(found, "/papers"), came())).status == 303
    page = await get(browser, of_staff(found))
    assert "Somebody else has to check the paper." in page.text

    await browser.sign_in(second)
    page = await get(browser, of_staff(found))
    form = page.soup.select_one("main form[action*='/papers/']")
    page = await send(browser, form["action"])
    assert page.errors == ["Select what you find"]
    await send(browser, form["action"], {"found": "confirmed"})

    assert await answer_of(session, found) is Answer.AGREED


async def test_whoever_recorded_it_cannot_check_it(browser, session, found, office):
    paper = await record(session, found, office[0])
    await browser.sign_in(office[0])

    page = await send(
        browser, of_staff(found, f"/papers/{paper.id}"), {"found": "confirmed"}
    )

    assert page.status == 409
    assert "You recorded this answer." in page.text
    assert await answer_of(session, found) is None


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        (
            {},
            ["Select what the signed paper says", "Enter the day on which it came"],
        ),
        (came() | {"answer": "varied"}, ["Enter what they would agree to instead"]),
        (
            came(TODAY - DAY),
            ["It cannot have come before the proposal was made."],
        ),
    ],
)
async def test_what_came_is_recorded_wholly(browser, found, office, said, errors):
    await browser.sign_in(office[0])

    page = await send(browser, of_staff(found, "/papers"), said)

    assert page.status == 422
    assert page.errors == errors


async def test_what_did_not_arrive_is_served_again(browser, session, found, office):
    await make_address(session, found.case.person)
    await went_astray(session, (await disposal_of(session, found.case.id)).service)
    await browser.sign_in(office[0])
    assert "Did not arrive" in (await get(browser, of_staff(found))).text

    shown = await send(browser, of_staff(found, "/service"))
    assert shown.status == 200
    await send(browser, of_staff(found, "/service"), shown.form(SERVE))

    page = await get(browser, of_staff(found))
    assert page.fact("Served").startswith("By post")
    assert page.fact("To be answered by") == "12 April 2027"


async def test_another_investigator_has_no_such_proposal(browser, session, found):
    await browser.sign_in(await make_investigator(session))

    assert (await browser.get(of_staff(found))).status_code == 404
    sent = await browser.post(of_staff(found, "/papers"), data=came())
    assert sent.status_code == 404


async def test_an_auditor_reads_it_and_records_nothing(browser, session, found):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    page = await get(browser, of_staff(found))
    assert page.status == 200
    assert not page.soup.select("main form")
    assert (await send(browser, of_staff(found, "/papers"), came())).status == 403


# At the same moment


@pytest.fixture
async def committed(clone):
    """Transactions that really commit, on a database of their own."""
    engine = connect(await clone())
    yield sessions_of(engine)
    await engine.dispose()


async def begun(sessions, make):
    async with sessions.begin() as session:
        return await make(session)


async def proposed(session):
    found = await make_examined(session)
    await propose(session, found, Measure.SUSPENSION, 6)
    await with_app(session, found.owner)
    return found


async def came_of(sessions, found):
    async with sessions() as session:
        await look_as(session, Capacity.SERVICE)
        disposal = await session.scalar(select(Disposal))
        case = await session.get_one(Case, found.case.id)
        orders = await session.scalar(select(func.count()).select_from(CaseOrder))
        return disposal.answer, case.stage, orders


async def test_clicked_twice_at_once_one_order_comes_of_it(committed, clock, app_on):
    found = await begun(committed, proposed)
    app = app_on(committed, clock)

    async with Browser(app, committed, clock) as first:
        await first.sign_in(found.owner)
        told = await asyncio.gather(
            *(first.post(at(found, "/proposal"), data=agreed()) for _ in range(3))
        )

    assert sorted(one.status_code for one in told) == [303, 409, 409]
    assert await came_of(committed, found) == (Answer.AGREED, Stage.MONITORING, 1)


async def test_agreed_and_refused_at_once_one_of_them_holds(committed, clock, app_on):
    found = await begun(committed, proposed)
    app = app_on(committed, clock)

    async with Browser(app, committed, clock) as first:
        await first.sign_in(found.owner)
        told = await asyncio.gather(
            first.post(at(found, "/proposal"), data=agreed()),
            first.post(at(found, "/proposal/refusal"), data={"refused": "yes"}),
        )

    assert sorted(one.status_code for one in told) == [303, 409]
    won = told[0].status_code == 303
    expected = (
        (Answer.AGREED, Stage.MONITORING, 1)
        if won
        else (Answer.REFUSED, Stage.HEARING, 0)
    )
    assert await came_of(committed, found) == expected


async def test_agreed_in_the_last_second_while_it_expires_one_of_them_holds(
    committed, clock, app_on
):
    """The job of the next second comes while the answer is still on its way."""
    found = await begun(committed, proposed)
    clock.now = AT_LAST
    app = app_on(committed, clock)

    async def expire():
        async with committed.begin() as session:
            await let_proposals_expire(session, AT_LAST + DAY)

    async with Browser(app, committed, clock) as first:
        await first.sign_in(found.owner)
        told, _ = await asyncio.gather(
            first.post(at(found, "/proposal"), data=agreed(AT_LAST)), expire()
        )

    answer, stage, orders = await came_of(committed, found)
    if told.status_code == 303:
        assert (answer, stage, orders) == (Answer.AGREED, Stage.MONITORING, 1)
    else:
        assert told.status_code == 409
        assert "so a panel will hear the case" in told.text
        assert (answer, stage, orders) == (Answer.EXPIRED, Stage.HEARING, 0)


async def test_of_two_examiners_who_sign_at_once_the_second_is_told(
    committed, clock, app_on
):
    async def agreeing(session):
        found = await make_examined(session)
        await both_view(session, found)
        return found

    found = await begun(committed, agreeing)
    here = f"/staff/examinations/{found.case.reference}/decision"
    app = app_on(committed, clock)

    async with (
        Browser(app, committed, clock) as first,
        Browser(app, committed, clock) as second,
    ):
        await first.sign_in(found.lay)
        await second.sign_in(found.registrant)
        written = {"words": "So", "read": "0"}
        told = await asyncio.gather(
            *(one.post(here, data=written) for one in (first, second))
        )
        assert sorted(one.status_code for one in told) == [303, 422]
        other = second if told[0].status_code == 303 else first
        signing = {"read": "1"}
        told = await asyncio.gather(
            *(other.post(f"{here}/confirmation", data=signing) for _ in range(2))
        )

    assert sorted(one.status_code for one in told) == [303, 409]
    async with committed() as session:
        await look_as(session, Capacity.SERVICE)
        case = await session.get_one(Case, found.case.id)
    assert case.stage is Stage.CLOSED


# Afterwards


@pytest.mark.parametrize("how", [Answer.AGREED, Answer.VARIED, Answer.REFUSED])
async def test_everybody_finds_afterwards_what_was_answered(browser, session, how):
    found = await make_examined(session)
    await propose(session, found)
    await answer_with(session, found, how, words="Six months")
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    for account, page in (
        (found.owner, at(found)),
        (found.owner, at(found, "/proposal")),
        (manager, of_staff(found)),
        (found.lay, f"/staff/examinations/{found.case.reference}"),
    ):
        await browser.sign_in(account)
        assert (await browser.get(page)).status_code == 200


async def test_the_examiners_read_what_is_asked_for(browser, session, found):
    await answer_with(session, found, Answer.VARIED, words="Six months would do.")
    await browser.sign_in(found.registrant)

    page = await get(browser, f"/staff/examinations/{found.case.reference}")

    assert "Six months would do." in page.text
    assert "write the decision" in page.text


async def test_what_is_answered_is_not_printed_to_be_signed(own, session, found):
    await answer_with(session, found, Answer.REFUSED)

    assert (await own.get(at(found, "/proposal/paper.pdf"))).status_code == 409


async def test_what_was_agreed_stands_ready_to_be_published(browser, session, found):
    officer = await make_account(session, StaffRole.HEARINGS_OFFICER)
    await found.case.take_on(session, officer, Place.HEARINGS_OFFICER, by=act(session))
    await answer_with(session, found, Answer.AGREED)
    await browser.sign_in(officer)

    page = await get(
        browser, f"/staff/cases/{found.case.reference}/publications/decision"
    )

    assert page.field("What does the public read? (optional)").value == PUBLIC
    assert "the words that the registrant was shown when they agreed" in page.text
