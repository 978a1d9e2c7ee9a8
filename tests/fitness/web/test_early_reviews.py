"""A registrant asks for an early review of their order, and is answered: brought forward or not, with reasons, by a notice."""

import pytest
from sqlalchemy import update

from fitness.case import Stage
from fitness.due import DueKind, due
from fitness.fence import Capacity, look_as
from fitness.investigation.served import ServiceKind, services_of
from fitness.monitoring import (
    AnsweredAlready,
    AskedAlready,
    EarlyReview,
    NotEarlier,
    NotReviewed,
)
from fitness.order import Decided, Ended, Measure, NotInForce, OrderEnded, end
from register.account import Account
from register.kit.clock import day_of
from tests.fitness.finding import make_told
from tests.fitness.investigating import act, make_investigator
from tests.fitness.ordering import DAY, make_order, seat, served
from tests.fitness.serving import SERVE, post_and_serve
from tests.make import NOW
from tests.reading import Page

TODAY = day_of(NOW)
WORDS = "I have finished the course."


@pytest.fixture
async def investigator(session):
    return await make_investigator(session, name="Inez Vance")


@pytest.fixture
async def told(session, investigator):
    case, account = await make_told(session, taker=investigator, now=NOW - 2 * DAY)
    for stage in (Stage.EXAMINATION, Stage.HEARING):
        case.move(session, stage, by=act(session))
    await seat(session, case, Decided.PANEL)
    return case, account


@pytest.fixture
async def case(told):
    return told[0]


@pytest.fixture
async def order(session, case):
    return await make_order(session, case, Measure.CONDITIONS)


async def ask(session, case, order, *, now=NOW):
    return await EarlyReview.ask(session, case, order, WORDS, by=act(session, now=now))


async def answer(session, asked, case, order, until=None, *, now=NOW):
    await asked.answer(
        session,
        case,
        order,
        "We have read it.",
        until=until,
        by=act(session, now=now),
    )


def staff(case, page="/early-review"):
    return f"/staff/cases/{case.reference}/orders/1{page}"


def yours(case, page="/early-review"):
    return f"/your-case/{case.reference}/orders/1{page}"


def on(day):
    return {
        "until-day": str(day.day),
        "until-month": str(day.month),
        "until-year": str(day.year),
    }


async def get(browser, address):
    return Page(await browser.get(address))


# The rules


async def test_one_waits_at_a_time_and_after_the_answer_it_may_be_asked_again(
    session, case, order
):
    asked = await ask(session, case, order)
    with pytest.raises(AskedAlready):
        await ask(session, case, order)

    await answer(session, asked, case, order)

    assert (await ask(session, case, order)).waits
    with pytest.raises(AnsweredAlready):
        await answer(session, asked, case, order)


async def test_it_is_asked_only_while_an_order_is_in_force_that_somebody_reviews(
    session, case
):
    warning = await make_order(session, case, Measure.WARNING)
    later = await make_order(session, case, served_on=served())
    ended = await make_order(session, case, Measure.CONDITIONS)
    await end(session, case, ended, on=NOW, because=Ended.REVOKED, by=act(session))

    for one, refusal in (
        (warning, NotReviewed),
        (later, NotInForce),
        (ended, OrderEnded),
    ):
        with pytest.raises(refusal):
            await ask(session, case, one)


async def test_it_is_to_be_answered_within_the_days_of_the_rules(
    session, case, order, investigator
):
    asked = await ask(session, case, order)
    last = asked.answer_by
    assert last == TODAY + 14 * DAY

    for day, late in ((last, False), (last + DAY, True)):
        (found,) = [
            one
            for one in await due(session, investigator, today=day)
            if one.kind is DueKind.EARLY_REVIEW
        ]
        assert found.late(day) is late

    await answer(session, asked, case, order)
    assert not [
        one
        for one in await due(session, investigator, today=last)
        if one.kind is DueKind.EARLY_REVIEW
    ]


async def test_brought_forward_it_is_reviewed_by_that_day(session, case, order):
    asked = await ask(session, case, order)
    planned = order.review_by
    for wrong in (TODAY, planned):
        with pytest.raises(NotEarlier):
            await answer(session, asked, case, order, wrong)

    await answer(session, asked, case, order, planned - DAY)

    assert asked.granted
    assert order.review_by == planned - DAY


async def test_declined_it_is_reviewed_as_planned(session, case, order):
    asked = await ask(session, case, order)
    planned = order.review_by

    await answer(session, asked, case, order)

    assert asked.granted is False
    assert order.review_by == planned


# On the pages


async def test_the_registrant_asks_and_is_answered(
    session, told, order, investigator, browser
):
    case, account = told
    await browser.sign_in(account)
    page = await get(browser, yours(case, ""))
    assert "Ask for an early review" in page.text
    wrong = Page(await browser.post(yours(case), data={"words": ""}))
    assert wrong.errors == ["Enter what is otherwise"]
    page = Page(await browser.post(yours(case), data={"words": WORDS}))
    assert page.status == 303
    page = await get(browser, yours(case, ""))
    assert page.fact("Why") == WORDS
    assert page.fact("Answer") == "By 24 March 2027"
    again = await browser.post(yours(case), data={"words": WORDS})
    assert again.status_code == 409

    await browser.sign_in(investigator)
    page = await get(browser, staff(case, ""))
    assert page.fact("Why") == WORDS
    sent = {"answer": "forward", "words": "The course counts."} | on(TODAY + 40 * DAY)
    page = await post_and_serve(browser, staff(case), sent)
    assert page.status == 303

    await browser.sign_in(account)
    page = await get(browser, yours(case, ""))
    assert page.fact("Why so") == "The course counts."
    assert page.fact("To be reviewed by") == "19 April 2027"
    await look_as(session, Capacity.SERVICE)
    (notice,) = await services_of(session, case.id, kind=ServiceKind.EARLY_REVIEW)
    assert "We review your order by 19 April 2027." in notice.filled.words
    assert "# Why\nThe course counts." in notice.filled.words


async def test_the_answer_is_seen_before_it_is_served(
    session, case, order, investigator, browser
):
    asked = await ask(session, case, order)
    await browser.sign_in(investigator)
    sent = {"answer": "declined", "words": "Nothing is new."}

    page = Page(await browser.post(staff(case), data=sent))

    assert "Our answer to your request for an early review" in page.headings
    assert "We do not review your order earlier than planned." in page.text
    printed = await browser.post(f"{staff(case)}/preview.pdf", data=sent)
    assert printed.headers["content-type"] == "application/pdf"
    kept = Page(
        await browser.post(page.action("Change it"), data=page.form("Change it"))
    )
    assert kept.field("Why?").value == "Nothing is new."
    await look_as(session, Capacity.SERVICE)
    await session.refresh(asked)
    assert asked.waits
    page = Page(await browser.post(page.action(SERVE), data=page.form(SERVE)))
    assert page.status == 303


async def test_a_wrong_answer_says_how_to_put_it_right_and_loses_nothing(
    session, case, order, investigator, browser
):
    await ask(session, case, order)
    planned = order.review_by
    await browser.sign_in(investigator)

    page = Page(await browser.post(staff(case), data={}))
    assert page.errors == ["Select what you answer", "Enter why"]
    sent = {"answer": "forward", "words": "So it is."}
    page = Page(await browser.post(staff(case), data=sent))
    assert page.errors == ["Enter the day by which it is to be reviewed"]
    page = Page(await browser.post(staff(case), data=sent | on(planned)))
    assert page.errors == [
        "The day must be after today, and before the one planned now."
    ]
    assert page.field("Why?").value == "So it is."
    wrong = await browser.post(f"{staff(case)}/preview.pdf", data={})
    assert wrong.status_code == 422


@pytest.mark.parametrize("over", ["reviewed", "ended"])
async def test_what_was_reviewed_or_ended_meanwhile_is_answered_and_not_brought_forward(
    session, case, order, investigator, browser, over
):
    await ask(session, case, order)
    if over == "reviewed":
        order.review_by = None
    else:
        await end(session, case, order, on=NOW, because=Ended.REVOKED, by=act(session))
    await session.flush()
    assert [
        one.kind
        for one in await due(session, investigator, today=TODAY + 14 * DAY)
        if one.kind is DueKind.EARLY_REVIEW
    ] == [DueKind.EARLY_REVIEW]
    await browser.sign_in(investigator)

    page = await get(browser, staff(case))
    assert "There is no review to bring forward" in page.text
    assert "The review is brought forward" not in page.text
    sent = {"answer": "forward", "words": "So it is."} | on(TODAY + 40 * DAY)
    assert Page(await browser.post(staff(case), data=sent)).status == 422
    sent = {"answer": "declined", "words": "A panel has just looked at it."}
    assert (await post_and_serve(browser, staff(case), sent)).status == 303


async def test_an_answer_that_cannot_be_sent_says_so(
    session, case, order, investigator, browser
):
    await ask(session, case, order)
    await session.execute(
        update(Account)
        .where(Account.person_id == case.person_id)
        .values(disabled_at=NOW)
    )
    await browser.sign_in(investigator)

    sent = {"answer": "declined", "words": "Nothing is new."}
    await post_and_serve(browser, staff(case), sent)

    page = await get(browser, staff(case, ""))
    assert "There is no address to which the answer could be sent" in page.text


async def test_where_nothing_was_asked_there_is_nothing_to_answer(
    case, order, investigator, browser
):
    await browser.sign_in(investigator)

    assert (await browser.get(staff(case))).status_code == 409


async def test_of_an_order_that_nobody_reviews_nothing_is_asked(session, told, browser):
    case, account = told
    await make_order(session, case, Measure.WARNING)
    await browser.sign_in(account)

    page = await get(browser, yours(case, ""))

    assert "Ask for an early review" not in page.text
    assert (await browser.get(yours(case))).status_code == 409
