"""Publications on pages: written, previewed, approved by another, read by anybody, and gone when their time is over."""

from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from sqlalchemy import func, select

from fitness.case import CaseRead, Place
from fitness.fence import Capacity, look_as
from fitness.hearing.kind import Kind
from fitness.order import Measure, orders_of
from fitness.publication import (
    Publication,
    State,
    publications_of,
)
from register.account import StaffRole
from register.kit.clock import day_of, start_of
from tests.fitness.investigating import act, make_case
from tests.fitness.ordering import make_heard, make_order, served
from tests.fitness.publishing import (
    HEARD,
    WORDS,
    list_hearing,
    make_hearings_officer,
    make_published,
    pass_it,
    propose,
    write,
)
from tests.fitness.sitting import list_one
from tests.make import NOW, make_account
from tests.reading import Page
from tests.verapdf import faults

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
MAY = datetime(2027, 5, 3, 9, tzinfo=UTC)
DECISION = {"health": "no", "words": WORDS}
HEARING = {
    "hearing": "1",
    "place": "12 Park Row, Leeds",
    "words": "That he left the home at night.",
}


@pytest.fixture
async def officer(session):
    return await make_hearings_officer(session, name="Hana Okoro")


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER, name="Mo Manager")


@pytest.fixture
async def case(session, officer):
    case = await make_heard(session)
    await case.take_on(session, officer, Place.HEARINGS_OFFICER, by=act(session))
    await make_order(session, case)
    return case


async def drafted(session, case, *, author, **more):
    order = await make_order(session, case, Measure.WARNING)
    return await write(session, case, order, author=author, **more)


async def waits(session, case, author):
    publication = await drafted(session, case, author=author)
    await propose(session, case, publication, proposer=author)
    return publication


def at(case, page=""):
    return f"/staff/cases/{case.reference}/publications{page}"


async def get(browser, url):
    return Page(await browser.get(url))


async def one_of(session, case):
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()
    (found,) = await publications_of(session, case.id)
    return found


# Written


async def test_a_decision_is_written_previewed_and_sent_on(
    browser, session, officer, case
):
    await browser.sign_in(officer)
    asked = await get(browser, at(case, "/decision"))
    assert "What is it about?: Suspension order of 10 March 2027" in asked.labels

    done = await browser.post(at(case, "/decision"), data=DECISION | {"about": "1"})

    page = await get(browser, done.headers["location"])
    assert page.h1 == "P1: Suspension order"
    assert page.fact("What the public reads") == "Nothing"
    preview = await get(browser, at(case, "/1/preview"))
    assert preview.h1 == "Ngozi Adébáyò"
    assert "Nobody was hurt." in preview.text
    assert "until the end of 9 March 2029" in preview.text
    paper = await browser.get(at(case, "/1/preview/decision.pdf"))
    assert paper.content.startswith(b"%PDF")
    await browser.post(at(case, "/1/proposal"))
    assert (await one_of(session, case)).latest.state is State.PROPOSED


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Select what it is about"),
        ({"about": "1", "health": "no"}, "Enter what the public reads"),
        (
            {"about": "1", "health": "yes", "words": "He is ill"},
            "Where health was the only ground, the public reads no words: take them out",
        ),
        (
            {"about": "restored", **DECISION},
            "Enter the day on which it was decided",
        ),
        ({"about": "2", **DECISION}, "Select what it is about from the list"),
    ],
)
async def test_a_draft_that_is_wrong_is_shown_again(
    browser, session, officer, case, sent, says
):
    await browser.sign_in(officer)

    page = Page(await browser.post(at(case, "/decision"), data=sent))

    assert page.status == 422
    assert says in page.errors
    assert (
        sent.get("words", "")
        in page.field("What does the public read? (optional)").value
    )
    await look_as(session, Capacity.SERVICE)
    assert await session.scalar(select(func.count()).select_from(Publication)) == 0


@pytest.fixture
async def hearing(session, case):
    """Of the order, which is to be reviewed."""
    (order,) = await orders_of(session, case.id)
    return await list_one(session, case, Kind.ORDER_REVIEW, starts_at=MAY, order=order)


async def test_a_hearing_is_written_of_on_the_days_that_it_has(
    browser, session, officer, case, hearing
):
    await browser.sign_in(officer)
    asked = await get(browser, at(case, "/hearing"))
    assert "Which hearing?: Review of an order, 3 May 2027" in asked.labels

    done = await browser.post(at(case, "/hearing"), data=HEARING)

    page = await get(browser, done.headers["location"])
    assert page.h1 == "P1: Hearing 1"
    preview = await get(browser, at(case, "/1/preview"))
    assert preview.fact("When") == "3 May 2027"
    assert preview.fact("Where") == "12 Park Row, Leeds"
    assert (await browser.get(at(case, "/1/preview/decision.pdf"))).status_code == 404


async def test_the_next_version_has_the_days_that_the_hearing_has_by_then(
    browser, session, officer, case, hearing
):
    await browser.sign_in(officer)
    await browser.post(at(case, "/hearing"), data=HEARING)
    hearing.move(
        session,
        case,
        "He is ill",
        starts_at=MAY + DAY,
        last_on=day_of(MAY + 2 * DAY),
        by=act(session),
    )
    await session.flush()

    draft = await get(browser, at(case, "/1/draft"))
    await browser.post(
        at(case, "/1/draft"), data=draft.form("Keep the draft") | {"place": ""}
    )

    preview = await get(browser, at(case, "/1/preview"))
    assert preview.fact("When") == "4 May 2027 to 5 May 2027"
    assert preview.fact("Where") == "By video"


async def test_a_hearing_that_is_written_of_wrongly_is_shown_again(
    browser, officer, case, hearing
):
    await browser.sign_in(officer)

    page = Page(await browser.post(at(case, "/hearing"), data={"hearing": "2"}))

    assert page.status == 422
    assert page.errors == [
        "Select which hearing from the list",
        "Enter what is alleged",
    ]


async def test_a_draft_without_words_is_shown_again(browser, officer, case, hearing):
    await browser.sign_in(officer)
    await browser.post(at(case, "/hearing"), data=HEARING)

    page = Page(await browser.post(at(case, "/1/draft"), data={"words": ""}))

    assert page.status == 422
    assert page.errors == ["Enter what is alleged"]


async def test_a_hearing_is_listed_once(browser, officer, case, hearing):
    await browser.sign_in(officer)
    await browser.post(at(case, "/hearing"), data=HEARING)

    assert (
        "No hearing of this case can be listed"
        in (await get(browser, at(case, "/hearing"))).text
    )
    again = await browser.post(at(case, "/hearing"), data=HEARING)
    assert again.status_code == 409


async def test_a_draft_starts_from_what_was_said_before(
    browser, session, officer, case
):
    await drafted(session, case, author=officer)
    await browser.sign_in(officer)

    page = await get(browser, at(case, "/1/draft"))

    assert page.field("What does the public read? (optional)").value == WORDS


@pytest.mark.parametrize("page", ["/decision", "/hearing", "/1/draft"])
async def test_who_has_no_part_in_the_case_writes_nothing(
    browser, session, officer, case, page
):
    await drafted(session, case, author=officer)
    other = await make_hearings_officer(session)
    await browser.sign_in(other)

    assert (await browser.get(at(case, page))).status_code == 404
    assert (await browser.post(at(case, page), data=DECISION)).status_code == 404


# Approved


async def approve(browser, case, **change):
    sent = {"version": "1", "no_child": "yes", "nothing_private": "yes"}
    return Page(await browser.post(at(case, "/1/approval"), data=sent | change))


async def test_a_second_person_approves_it_and_the_public_reads_it(
    browser, session, officer, manager, case
):
    publication = await waits(session, case, officer)
    await browser.sign_in(manager)
    queue = await get(browser, "/staff/publications")
    assert f"{case.reference}, P1" in queue.links

    done = await approve(browser, case)

    assert done.status == 303
    page = await get(browser, publication.address)
    assert page.h1 == "Ngozi Adébáyò"
    assert "Nobody was hurt." in page.text
    assert "nothing waits" in (await get(browser, "/staff/publications")).text.lower()


@pytest.mark.parametrize("missing", ["no_child", "nothing_private"])
async def test_it_is_not_approved_unread(
    browser, session, officer, manager, case, missing
):
    await waits(session, case, officer)
    await browser.sign_in(manager)

    page = await approve(browser, case, **{missing: ""})

    assert page.status == 422
    assert len(page.errors) == 1
    assert (await one_of(session, case)).approved is None


async def test_another_version_than_the_one_on_the_page_is_not_approved(
    browser, session, officer, manager, case
):
    await waits(session, case, officer)
    await browser.sign_in(manager)

    assert (await approve(browser, case, version="2")).status == 409
    assert (await one_of(session, case)).approved is None


async def test_the_author_is_offered_nothing_to_approve_and_refused_if_they_try(
    browser, session, officer, case
):
    await waits(session, case, officer)
    await browser.sign_in(officer)
    assert "Approve it" not in (await get(browser, at(case, "/1"))).buttons

    page = await approve(browser, case)

    assert page.status == 409
    assert "You had a part in writing this" in page.text


async def test_what_is_returned_says_why(browser, session, officer, manager, case):
    await waits(session, case, officer)
    await browser.sign_in(manager)

    await browser.post(
        at(case, "/1/return"), data={"version": "1", "words": "Take out the town"}
    )

    page = await get(browser, at(case, "/1"))
    assert page.fact("Still to be done") == "Take out the town"
    assert page.tags[-1] == "Returned"


async def test_a_return_without_words_is_shown_again(
    browser, session, officer, manager, case
):
    await waits(session, case, officer)
    await browser.sign_in(manager)

    page = Page(await browser.post(at(case, "/1/return"), data={"version": "1"}))

    assert page.status == 422
    assert page.errors == ["Enter what is still to be done"]


async def test_nothing_is_approved_once_its_time_is_over(
    browser, session, clock, officer, manager, case
):
    await waits(session, case, officer)
    await browser.sign_in(manager)
    clock.now = NOW + 800 * DAY
    await browser.sign_in(manager)

    page = await approve(browser, case)

    assert page.status == 422
    assert page.errors == ["The time for which this may be published is over."]


async def test_anybody_of_them_takes_it_down_at_once(
    browser, session, officer, manager, case
):
    publication = await drafted(session, case, author=officer)
    await pass_it(session, case, publication)
    await browser.sign_in(manager)
    address = publication.address
    assert (await browser.get(address)).status_code == 200

    await browser.post(
        at(case, "/1/withdrawal"),
        data={"because": "safety", "reasons": "Her address follows from it"},
    )

    page = await get(browser, at(case, "/1"))
    assert page.tags[-1] == "Taken down"
    gone = await get(browser, address)
    assert gone.status == 410
    assert "Adébáyò" not in gone.html


async def test_taking_down_says_why(browser, session, officer, manager, case):
    publication = await drafted(session, case, author=officer)
    await pass_it(session, case, publication)
    await browser.sign_in(manager)

    page = Page(await browser.post(at(case, "/1/withdrawal"), data={}))

    assert page.status == 422
    assert page.errors == ["Select why it is taken down", "Enter what happened"]


async def test_whoever_reads_is_written_down(browser, session, manager, case):
    await browser.sign_in(manager)

    await browser.get(at(case))

    await look_as(session, Capacity.SERVICE)
    (read,) = await session.scalars(select(CaseRead))
    assert (read.what, read.account_id) == ("publications", manager.id)


@pytest.mark.parametrize("page", ["", "/decision", "/1", "/1/preview", "/1/draft"])
async def test_the_public_finds_none_of_these_pages(browser, case, page):
    answer = await browser.get(at(case, page))

    assert answer.status_code == 303


async def test_there_is_nothing_of_a_case_without_publications(
    browser, session, manager
):
    case = await make_case(session)
    await browser.sign_in(manager)

    assert "Nothing has been written" in (await get(browser, at(case))).text
    assert (await browser.get(at(case, "/1"))).status_code == 404


# Read by anybody


async def test_a_decision_is_read_to_the_last_second_and_then_it_is_gone(
    browser, session, clock
):
    *_, public = await make_published(session)
    pages = [public.address, f"{public.address}/decision.pdf"]

    clock.now = public.shown_until - SECOND
    assert [(await browser.get(page)).status_code for page in pages] == [200, 200]
    assert "Adébáyò" in (await browser.get("/decisions")).text
    clock.now = public.shown_until

    for page in pages:
        gone = await browser.get(page)
        assert gone.status_code == 410
        assert gone.headers["x-robots-tag"] == "noindex"
        assert "Adébáyò" not in gone.text
    assert "Adébáyò" not in (await browser.get("/decisions")).text


async def test_a_search_engine_is_told_when_to_forget_it(browser, session):
    *_, public = await make_published(session)

    answer = await browser.get(public.address)

    assert answer.headers["x-robots-tag"] == (
        "noarchive, unavailable_after: 2029-03-10T00:00:00+00:00"
    )


async def test_a_decision_on_paper_says_what_its_page_says(browser, session):
    *_, public = await make_published(session)

    answer = await browser.get(f"{public.address}/decision.pdf")

    leaves = pypdfium2.PdfDocument(answer.content)
    said = " ".join(leaf.get_textpage().get_text_bounded() for leaf in leaves)
    assert "Ngozi Adébáyò" in said
    assert "Nobody was hurt." in said


@pytest.mark.long
async def test_a_decision_keeps_the_rules_of_archives_and_screen_readers(
    browser, session, tmp_path
):
    files = [tmp_path / f"{n}.pdf" for n in range(2)]
    for file, more in zip(files, ({}, {"words": "", "health": True}), strict=True):
        *_, public = await make_published(session, **more)
        file.write_bytes((await browser.get(f"{public.address}/decision.pdf")).content)

    assert faults(files) == {file: [] for file in files}


async def test_of_health_only_that_there_is_a_restriction(browser, session):
    *_, public = await make_published(session, words="", health=True)

    page = await get(browser, public.address)

    assert "The reasons are about health, so they are not published." in page.text
    assert "or until the restriction ends" in page.text


async def test_a_draft_and_what_never_was_look_the_same(browser, session):
    case = await make_heard(session)
    publication = await write(session, case, await make_order(session, case))
    never = await browser.get("/decisions/0000000000000000")

    answer = await browser.get(publication.address)

    assert answer.status_code == never.status_code == 404
    assert Page(answer).text == Page(never).text


async def test_decisions_are_narrowed(browser, session):
    await make_published(session)

    page = await get(
        browser, "/decisions?q=adebayo&matter=suspension_order&month=2027-03"
    )
    other = await get(browser, "/decisions?matter=warning")
    wrong = await get(browser, "/decisions?month=1999-01")

    assert "Ngozi Adébáyò" in page.links
    assert "No decision like that is published." in other.text
    assert wrong.status == 422


async def test_many_decisions_are_paged(browser, session, monkeypatch):
    monkeypatch.setattr("fitness.publication.public.PAGE", 1)
    for measure in (Measure.WARNING, Measure.SUSPENSION):
        await make_published(session, measure)

    first = await get(browser, "/decisions?q=ngozi")
    second = await get(browser, first.link("Next page"))

    assert second.link("Previous page") == "/decisions?q=ngozi"
    assert first.links.values() != second.links.values()


async def test_without_decisions_or_hearings_the_lists_say_so(browser):
    assert "No decision is published" in (await get(browser, "/decisions")).text
    assert "No hearing is listed" in (await get(browser, "/hearings")).text


async def test_hearings_come_and_go_by_day(browser, session, clock):
    case = await make_heard(session)
    public = await pass_it(session, case, await list_hearing(session, case))
    assert (await browser.get(public.address)).status_code == 404

    clock.now = public.shown_from
    coming = await get(browser, "/hearings")
    assert "Recent" not in coming.headings
    assert "12 Park Row, Leeds" in coming.text
    assert "What is alleged" in (await get(browser, public.address)).headings
    clock.now = start_of(HEARD.last + DAY)
    assert "Recent" in (await get(browser, "/hearings")).headings
    clock.now = public.shown_until

    assert "Adébáyò" not in (await browser.get("/hearings")).text
    assert (await browser.get(public.address)).status_code == 410


async def test_the_home_page_and_every_footer_lead_to_both(browser):
    page = await get(browser, "/privacy")

    assert page.link("Decisions") == "/decisions"
    assert page.link("Hearings") == "/hearings"
    assert "/decisions" in (await get(browser, "/")).links.values()


# What becomes of its order


@pytest.mark.parametrize(
    ("outcome", "status"), [("dismissed", 200), ("allowed", 410), ("remitted", 410)]
)
async def test_an_appeal_is_told_with_its_decision_as_it_is_recorded(
    browser, session, officer, case, outcome, status
):
    order = await make_order(session, case, Measure.WARNING, served_on=served())
    publication = await write(session, case, order)
    address = (await pass_it(session, case, publication)).address
    await browser.sign_in(officer)
    orders = f"/staff/cases/{case.reference}/orders/{order.number}"
    today = {"on-day": "10", "on-month": "3", "on-year": "2027"}

    await browser.post(f"{orders}/appeal", data=today | {"words": "CO/1"})
    page = await get(browser, address)
    assert page.fact("How it stands") == (
        "Under appeal. It has no effect until the court has decided."
    )

    await browser.post(f"{orders}/appeal/outcome", data=today | {"outcome": outcome})
    ended = await get(browser, address)
    assert ended.status == status
    assert "Under appeal" not in ended.text


# By what the pages offer


async def follow(browser, page, text):
    return await get(browser, page.link(text))


async def press(browser, page, button, **changed):
    """Sends the form of the button, and goes where that leads."""
    sent = page.form(button) | changed
    answer = await browser.post(
        page.action(button) or page.response.url.path, data=sent
    )
    assert answer.status_code == 303, Page(answer).text
    return await get(browser, answer.headers["location"])


async def test_two_people_publish_a_decision_and_take_it_down_by_what_pages_offer(
    session, browser, officer, manager, case
):
    await browser.sign_in(officer)
    page = await get(browser, f"/staff/cases/{case.reference}")
    page = await follow(browser, page, "Publications")
    page = await follow(browser, page, "Publish a decision")
    page = await press(browser, page, "Keep the draft", **DECISION, about="1")
    preview = await follow(browser, page, "See version 1 as the public would")
    assert "Nobody was hurt." in preview.text
    draft = await follow(browser, page, "Change the draft")
    page = await press(browser, draft, "Keep the draft", words="# Found\nHe slept.")
    await press(browser, page, "Send it to a second person")

    await browser.sign_in(manager)
    page = await get(browser, at(case))
    page = await follow(browser, page, "P1")
    returned = {"words": "Say that nobody was hurt."}
    page = await press(browser, page, "Return it", **returned)
    assert "Say that nobody was hurt." in page.text

    await browser.sign_in(officer)
    page = await get(browser, at(case, "/1"))
    page = await follow(browser, page, "Write the next version")
    said = {"words": "# Found\nHe slept. Nobody was hurt."}
    page = await press(browser, page, "Keep the draft", **said)
    await press(browser, page, "Send it to a second person")
    await browser.sign_in(manager)
    page = await get(browser, at(case, "/1"))
    read = {"no_child": "yes", "nothing_private": "yes"}
    page = await press(browser, page, "Approve it", **read)
    public = await get(browser, "/decisions")
    assert case.person.name in public.links

    taken_down = {"because": "mistake", "reasons": "It names a home."}
    await press(browser, page, "Take it down", **taken_down)
    assert case.person.name not in (await get(browser, "/decisions")).links
