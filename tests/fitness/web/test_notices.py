"""Notices on pages: seen before they are served, on record for staff, and read by their registrant, all from one source."""

import pypdfium2
import pytest
from sqlalchemy import func, select, update

from fitness.case import Case
from fitness.fence import Capacity, look_as
from fitness.hearing.hearing import hearings_of
from fitness.hearing.kind import Kind
from fitness.hearing.member import ReleasedFor, panel_of
from fitness.hearing.sitting import release
from fitness.investigation.served import CaseService, ServiceKind, services_of
from fitness.leaving import open_leaving
from fitness.panel import Side
from register.account import Account, StaffRole
from tests.fitness.examining import make_examined, propose
from tests.fitness.finding import DAY, draw, make_told, went_astray
from tests.fitness.investigating import act, make_investigated, make_investigator
from tests.fitness.ordering import leaving_proposed
from tests.fitness.serving import SERVE
from tests.fitness.sitting import (
    decide,
    make_begun,
    make_decider,
    make_hearing,
    make_listed,
    make_officer,
    make_panel,
    refer,
)
from tests.make import NOW, make_account, make_address
from tests.reading import Page
from tests.verapdf import faults

WORDS = "What happened at Mill House in March."
SENT = {"words": WORDS, "way": "email"}


@pytest.fixture
async def investigator(session):
    return await make_investigator(session, name="Inez Vance")


@pytest.fixture
async def case(session, investigator):
    case = await make_investigated(session, taker=investigator)
    await make_account(session, person=case.person, email="me@example.org")
    return case


@pytest.fixture
async def desk(browser, investigator):
    await browser.sign_in(investigator)
    return browser


def at(case, page):
    return f"/staff/cases/{case.reference}/{page}"


async def post(browser, address, data):
    return Page(await browser.post(address, data=data))


async def served(session):
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()
    return await session.scalar(select(func.count()).select_from(CaseService))


def printed(answer):
    pages = pypdfium2.PdfDocument(answer.content)
    return " ".join(
        " ".join(one.get_textpage().get_text_bounded() for one in pages).split()
    )


# Before it is served


async def test_what_the_registrant_would_read_is_shown_and_nothing_is_served(
    session, desk, case
):
    page = await post(desk, at(case, "notice"), SENT)

    assert page.status == 200
    assert page.h1 == "Check it before it is served"
    assert page.fact("Where to") == "The email address of their account"
    assert "me@example.org" not in page.text
    assert "There is something for you to read" in page.fact("What is sent")
    assert "Notice of an investigation" in page.headings
    assert WORDS in page.text
    assert await served(session) == 0


async def test_what_was_seen_is_served(session, desk, case):
    page = await post(desk, at(case, "notice"), SENT)
    seen = page.text.partition("The PDF says the same.")[2]

    page = await post(desk, page.action(SERVE), page.form(SERVE))

    assert page.status == 303
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()
    (service,) = await services_of(session, case.id)
    for block in service.reading(case).blocks:
        assert " ".join(block.text.split()) in seen


async def test_what_is_another_than_was_seen_is_shown_again(session, desk, case):
    page = await post(desk, at(case, "notice"), SENT)

    other = page.form(SERVE) | {"words": "Something else."}
    page = await post(desk, at(case, "notice"), other)

    assert page.status == 200
    assert "It is not as you saw it" in page.text
    assert "Something else." in page.text
    assert await served(session) == 0


async def test_what_was_written_can_be_changed(desk, case):
    page = await post(desk, at(case, "notice"), SENT)

    page = await post(desk, page.action("Change it"), page.form("Change it"))

    assert page.field("What do we look into?").value == WORDS


async def test_the_preview_is_printed_too(session, desk, case):
    page = await post(desk, at(case, "notice"), SENT)
    button = "See it as a PDF"

    answer = await desk.post(page.action(button), data=page.form(button))

    assert answer.headers["content-type"] == "application/pdf"
    assert WORDS in printed(answer)
    assert await served(session) == 0
    wrong = await post(desk, at(case, "notice/preview.pdf"), {"way": "email"})
    assert wrong.status == 422


async def test_notice_of_a_hearing_is_seen_with_its_panel_before_it_is_served(
    session, browser
):
    case, _ = await make_told(session)
    refer(session, case)
    officer = await make_officer(session, case)
    hearing = await make_hearing(session, case, Kind.FINAL)
    await make_panel(session, case, hearing)
    await browser.sign_in(officer)
    before = await served(session)

    sent = {"words": "You may come.", "way": "email"}
    page = await post(browser, at(case, "hearings/1/notice"), sent)

    assert "Notice of a final hearing" in page.headings
    assert "You may come." in page.text
    button = "See it as a PDF"
    answer = await browser.post(page.action(button), data=page.form(button))
    assert "You may come." in printed(answer)
    assert await served(session) == before
    page = await post(browser, page.action(SERVE), page.form(SERVE))
    assert page.status == 303


async def test_a_disclosure_is_seen_before_it_is_served_and_served_again(
    session, desk, told
):
    case, _, _ = told
    await draw(session, case)
    await make_address(session, case.person)
    before = await served(session)
    sent = {"allegations": "1", "way": "email"}
    page = await post(desk, at(case, "disclosure/new"), sent)
    assert "What we found, for you to comment on" in page.headings
    button = "See it as a PDF"
    answer = await desk.post(page.action(button), data=page.form(button))
    assert "Comment by the end of 8 April 2027." in printed(answer)
    assert await served(session) == before
    page = await post(desk, page.action(SERVE), page.form(SERVE))
    assert page.status == 303

    page = await post(desk, at(case, "disclosure/1/service"), {})
    assert page.fact("How it is sent") == "By post"
    answer = await desk.post(page.action(button), data=page.form(button))
    assert "What we found" in printed(answer)
    kept = await post(desk, page.action("Change it"), page.form("Change it"))
    assert kept.status == 303
    assert await served(session) == before + 1
    page = await post(desk, page.action(SERVE), page.form(SERVE))

    assert page.status == 303
    assert await served(session) == before + 2


async def seen_and_served(session, browser, address, sent, title):
    """By page and by PDF before anything is served."""
    before = await served(session)
    page = await post(browser, address, sent)
    assert title in page.headings
    button = "See it as a PDF"
    answer = await browser.post(page.action(button), data=page.form(button))
    assert title in printed(answer)
    assert await served(session) == before
    changed = await post(browser, page.action("Change it"), page.form("Change it"))
    assert changed.status in (200, 303)
    page = await post(browser, page.action(SERVE), page.form(SERVE))
    assert page.status == 303
    assert await served(session) == before + 1


async def make_seat_free(session):
    """After notice was given; the case, the officer, and who sits still."""
    case, hearing = await make_listed(session)
    officer = await make_officer(session, case)
    chair, member, other = await panel_of(session, hearing)
    await release(
        session,
        case,
        hearing,
        member,
        because=ReleasedFor.CANNOT_COME,
        words="In hospital.",
        by=act(session),
    )
    return case, officer, (chair.account.name, other.account.name)


async def test_who_joins_a_panel_after_notice_is_seen_before_it_is_served(
    session, browser
):
    case, officer, _ = await make_seat_free(session)
    new = await make_decider(session, Side.REGISTRANT, name="New Comer")
    await browser.sign_in(officer)

    sent = {"account": str(new.id), "seat": "member"}
    address = at(case, "hearings/1/panel")
    await seen_and_served(session, browser, address, sent, "Change of the panel")


async def test_a_panel_that_changed_since_it_was_seen_is_shown_again(session, browser):
    case, officer, (chair, other) = await make_seat_free(session)
    reference = at(case, "hearings/1/panel")
    new = await make_decider(session, Side.REGISTRANT, name="New Comer")
    await browser.sign_in(officer)
    sent = {"account": str(new.id), "seat": "member"}
    page = await post(browser, reference, sent)
    assert f"{chair} (chair), {other} (member), New Comer (member)" in page.text

    await served(session)
    case = await session.get_one(Case, case.id)
    hearing, *_ = await hearings_of(session, case.id)
    _, member = await panel_of(session, hearing)
    await release(
        session,
        case,
        hearing,
        member,
        because=ReleasedFor.CONFLICT,
        words="They know a witness.",
        by=act(session),
    )
    await session.flush()
    before = await served(session)
    page = await post(browser, page.action(SERVE), page.form(SERVE))

    assert page.status == 200
    assert "It is not as you saw it" in page.text
    assert f"{chair} (chair), New Comer (member)" in page.text
    assert await served(session) == before


async def test_a_proposal_that_came_back_is_seen_before_it_is_served_again(
    session, browser
):
    found = await make_examined(session)
    disposal = await propose(session, found)
    await went_astray(session, disposal.service)
    await make_address(session, found.case.person)
    await browser.sign_in(await make_account(session, StaffRole.TEAM_MANAGER))

    await seen_and_served(
        session,
        browser,
        at(found.case, "examination/proposal/service"),
        {},
        "Proposal of the case examiners",
    )


async def test_a_decision_that_came_back_is_seen_before_it_is_served_again(
    session, browser, clock
):
    case, hearing = await make_begun(session)
    officer = await make_officer(session, case)
    await decide(session, case, hearing)
    (service,) = await services_of(session, case.id, kind=ServiceKind.DECISION)
    await went_astray(session, service)
    clock.now = hearing.starts_at + DAY
    await browser.sign_in(officer)
    address = at(case, "hearings/1/decision")
    wrong = await post(browser, f"{address}/preview.pdf", {})
    assert wrong.status == 422

    await seen_and_served(
        session, browser, address, {"way": "email"}, "Decision on an interim order"
    )


DIRECTED = {
    "words": "Send your statement.",
    "directed": "registrant",
    "due_on-day": "15",
    "due_on-month": "3",
    "due_on-year": "2027",
}


async def test_a_direction_to_the_registrant_is_seen_before_it_is_served(
    session, browser
):
    case, officer = await listed_hearing(session)
    await browser.sign_in(officer)
    address = at(case, "hearings/1/directions/new")
    wrong = await post(browser, f"{address}/preview.pdf", {})
    assert wrong.status == 422

    await seen_and_served(
        session, browser, address, DIRECTED, "Directions before a hearing"
    )


async def test_a_direction_to_us_is_given_at_once(session, browser):
    case, officer = await listed_hearing(session)
    await browser.sign_in(officer)
    address = at(case, "hearings/1/directions/new")
    before = await served(session)

    page = await post(browser, address, DIRECTED | {"directed": "us"})

    assert page.status == 303
    assert await served(session) == before


async def test_a_direction_that_cannot_be_sent_says_how_to_put_it_right(
    session, browser
):
    case, officer = await listed_hearing(session)
    await session.execute(
        update(Account)
        .where(Account.person_id == case.person_id)
        .values(disabled_at=NOW)
    )
    await browser.sign_in(officer)

    page = await post(browser, at(case, "hearings/1/directions/new"), DIRECTED)

    (error,) = page.errors
    assert "Ask a caseworker to record one" in error
    assert page.field("What is to be done?").value == "Send your statement."


async def listed_hearing(session):
    case, _ = await make_told(session)
    officer = await make_officer(session, case)
    await make_listed(session, case=case)
    return case, officer


async def test_a_decision_on_leaving_is_seen_before_it_is_served(session, browser):
    case, _ = await make_told(session)
    await leaving_proposed(session, case)
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR))
    address = at(case, "leaving/decision")
    wrong = await post(browser, f"{address}/preview.pdf", {})
    assert wrong.status == 422

    await seen_and_served(
        session,
        browser,
        address,
        {"decision": "declined", "words": "It must be decided."},
        "Decision on your wish to leave the register",
    )


async def test_whoever_may_not_decide_on_leaving_is_told_so_before_a_preview(
    session, browser
):
    case, _ = await make_told(session)
    await leaving_proposed(session, case)
    leaving = await open_leaving(session, case)
    proposer = await session.get_one(Account, leaving.proposed_by)
    await browser.sign_in(proposer)
    sent = {"decision": "declined", "words": "It must be decided."}

    page = await post(browser, at(case, "leaving/decision"), sent)

    (error,) = page.errors
    assert error.startswith("Whoever proposed it")
    taken_back = sent | {"decision": "withdrawn"}
    page = await post(browser, at(case, "leaving/decision"), taken_back)
    assert page.status == 303


# Afterwards


@pytest.fixture
async def told(session, investigator):
    """The case, its registrant's account, and what was served on them."""
    case, account = await make_told(session, taker=investigator)
    (service,) = await services_of(session, case.id)
    return case, account, service


async def test_the_record_shows_how_where_when_and_whether_it_came(session, desk, told):
    case, account, service = told
    page = Page(await desk.get(at(case, "notices")))
    assert [one["Standing"] for one in page.rows()] == ["Sent"]

    page = Page(await desk.get(at(case, f"notices/{service.id}")))

    assert page.fact("Served") == "By email"
    assert page.fact("Address") == account.email
    assert page.fact("Counts as served") == "11 March 2027"
    assert page.fact("Standing") == "Sent"
    assert page.fact("Template").startswith("Version 1")
    await look_as(session, Capacity.SERVICE)
    await went_astray(session, service)
    page = Page(await desk.get(at(case, f"notices/{service.id}")))
    assert page.fact("Standing") == "Did not arrive"


async def test_staff_and_registrant_have_the_same_on_paper_and_on_the_page(
    session, desk, told
):
    case, account, service = told
    reading = service.reading(case)
    papers = [printed(await desk.get(at(case, f"notices/{service.id}/notice.pdf")))]
    pages = [Page(await desk.get(at(case, f"notices/{service.id}"))).text]

    await desk.sign_in(account)
    yours = f"/your-case/{case.reference}/notices/{service.id}"
    papers.append(printed(await desk.get(f"{yours}/notice.pdf")))
    pages.append(Page(await desk.get(yours)).text)
    listed = Page(await desk.get(f"/your-case/{case.reference}"))

    assert papers[0] == papers[1]
    for block in reading.blocks:
        words = " ".join(block.text.split())
        assert all(words in page for page in pages)
        assert words in papers[0]
    rows = listed.rows("Notices that we served on you")
    assert rows[0]["Notice"].startswith("Notice of an investigation")


async def test_a_registrant_is_not_shown_where_it_went(desk, told):
    case, account, service = told
    await desk.sign_in(account)

    page = Page(await desk.get(f"/your-case/{case.reference}/notices/{service.id}"))

    assert page.status == 200
    assert account.email not in page.text


async def test_nobody_else_reads_it(session, desk, told):
    case, _, service = told
    _, other = await make_told(session)
    yours = f"/your-case/{case.reference}/notices/{service.id}"

    for who in (other, await make_account(session, StaffRole.CASEWORKER)):
        await desk.sign_in(who)
        assert (await desk.get(yours)).status_code == 404
        assert (await desk.get(f"{yours}/notice.pdf")).status_code == 404


async def test_a_notice_of_another_case_is_not_there(session, desk, told):
    _, _, service = told
    another = await make_investigated(
        session, taker=await make_investigator(session, name="Ned")
    )

    page = await desk.get(at(another, f"notices/{service.id}"))

    assert page.status_code == 404


@pytest.mark.long
async def test_a_notice_keeps_the_rules_of_archives_and_screen_readers(
    desk, told, tmp_path
):
    case, _, service = told
    file = tmp_path / "notice.pdf"
    answer = await desk.get(at(case, f"notices/{service.id}/notice.pdf"))
    file.write_bytes(answer.content)

    assert faults([file]) == {file: []}


async def test_served_by_post_the_preview_shows_the_letter(session, desk, told):
    case, _, service = told
    await went_astray(session, service)
    await make_address(session, case.person)

    page = await post(desk, at(case, "notice"), SENT | {"way": "post"})

    assert "we are looking into a concern" in page.fact("What is sent")
    assert WORDS not in page.fact("What is sent")
