"""Concerns page by page as whoever holds the code has them."""

from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from fitness.case import take
from fitness.concern import (
    Body,
    Concern,
    ConcernFile,
    ConcernState,
    Referrer,
    Unfit,
)
from fitness.concern.told import ASKED, Section
from fitness.fence import Capacity, look_as
from register.kit.files import StoredFile
from register.kit.post import Message
from register.kit.security import csrf
from register.kit.uploads import Problem
from tests.browser import Browser
from tests.fitness.investigating import make_case, make_investigator
from tests.fitness.raising import SENT, answered, look_as_nobody
from tests.make import NOW, make_process
from tests.reading import Page
from tests.uploading import CONTENT_TYPE, body, pdf
from tests.verapdf import faults

DAY = timedelta(days=1)


def on(name, day, month, year):
    """A day in its boxes."""
    return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}


class Walk:
    """Of one referrer, with their reference and code."""

    def __init__(self, browser, page):
        self.browser = browser
        self.reference, self.code = page.facts["Reference"], page.facts["Secret code"]
        self.address = f"/concerns/{self.reference}"

    @classmethod
    async def begin(cls, browser, referrer=Referrer.FAMILY):
        return cls(
            browser,
            Page(await browser.post("/concerns/start", data={"referrer": referrer})),
        )

    async def get(self, page="", *, by=None):
        return Page(await (by or self.browser).get(f"{self.address}{page}"))

    async def post(self, page, data, *, by=None):
        return Page(await (by or self.browser).post(f"{self.address}{page}", data=data))

    async def answer(self, referrer=Referrer.FAMILY, *, but=()):
        for section in ASKED[referrer]:
            if section not in but:
                await self.post(f"/{section}", answered(referrer, section))

    async def send(self):
        return await self.post("/check", {"true": "yes"})

    async def back(self, browser, code=None):
        sent = {"reference": self.reference, "code": code or self.code}
        return Page(await browser.post("/concerns/return", data=sent))


@pytest.fixture
async def walk(browser):
    return await Walk.begin(browser)


@pytest.fixture
async def other(app, sessions, clock):
    """Somebody else, at another browser."""
    async with Browser(app, sessions, clock) as browser:
        yield browser


@pytest.fixture(autouse=True)
async def unseen(session):
    """Whatever a page leaves the transaction looking as is not what the next begins with."""
    await look_as_nobody(session)


async def concern_in(session):
    session.expire_all()
    await look_as(session, Capacity.SERVICE)
    return await session.scalar(select(Concern))


def where(page):
    return page.response.headers.get("location", "")


# Beginning


async def test_the_first_page_says_who_comes_at_once_and_that_others_must_be_told(
    browser,
):
    page = Page(await browser.get("/concerns/start"))

    assert page.status == 200
    assert "call 999" in page.text
    assert "the designated officer (LADO)" in page.text
    assert page.link("Go on with a concern that you have begun") == "/concerns/return"


async def test_somebody_says_who_they_are_first(browser):
    page = Page(await browser.post("/concerns/start", data={}))

    assert (page.status, page.errors) == (422, ["Select who you are"])


async def test_the_code_is_shown_once(browser, walk):
    again = await walk.get()

    assert len(walk.code.replace("-", "")) == 12
    assert again.h1 == "Your concern"
    assert walk.code not in again.html


@pytest.mark.parametrize("referrer", Referrer)
async def test_everybody_walks_from_question_to_question_and_sends(
    browser, session, referrer
):
    walk = await Walk.begin(browser, referrer)
    page = walk.address + f"/{ASKED[referrer][0]}"

    for _ in ASKED[referrer]:
        section = Section(page.rpartition("/")[2])
        asked = Page(await browser.get(page))
        assert asked.status == 200
        assert asked.h1
        page = where(await walk.post(f"/{section}", answered(referrer, section)))
    if referrer is Referrer.EMPLOYER:
        assert page == f"{walk.address}/duties"
        page = where(await walk.post("/duties", {}))
    assert page == f"{walk.address}/check"
    sent = await walk.send()

    assert where(sent) == f"{walk.address}/sent"
    confirmation = await walk.get("/sent")
    assert walk.reference in confirmation.h1 + confirmation.text
    concern = await concern_in(session)
    assert (concern.state, concern.referrer) == (ConcernState.RECEIVED, referrer)


# The questions


async def test_the_task_list_says_what_is_to_be_answered(walk):
    await walk.post("/what", SENT[Section.WHAT])

    page = await walk.get()

    assert page.tasks["What happened"] == "Answered"
    assert page.tasks["When it happened"] == "To be answered"
    assert page.tasks["Check your answers and send"] == "Cannot be sent yet"


async def test_a_child_is_asked_in_plain_words_and_may_have_an_advocate(browser):
    walk = await Walk.begin(browser, Referrer.CHILD)

    what = await walk.get("/what")
    advocate = await walk.get("/advocate")

    assert what.h1 == "What do you want to tell us?"
    assert "Childline" in (await walk.get()).text
    assert advocate.h1 == "Do you want somebody to speak for you?"
    assert where(await walk.post("/advocate", {"speaker": "want"}))


async def test_an_advocate_who_is_there_has_a_name(browser):
    walk = await Walk.begin(browser, Referrer.CHILD)

    page = await walk.post("/advocate", {"speaker": "have"})

    assert page.errors == [
        "Enter your advocate’s name",
        "Enter how we can reach your advocate",
    ]


async def test_what_was_typed_is_shown_again_beside_what_is_wrong(walk):
    page = await walk.post("/subject", {"number": "CH-12", "home": "Mill House"})

    assert page.status == 422
    assert page.errors == [
        "Enter a registration number like CH-0000123-J, or leave it empty"
    ]
    assert (
        page.field("The children’s home where they work or worked (optional)").value
        == "Mill House"
    )


async def test_somebody_is_named_or_described(walk):
    nobody = await walk.post("/subject", {"home": "Mill House"})
    described = await walk.post("/subject", {"more": "Tall, with a beard"})

    assert nobody.errors == [
        "Enter a name, or say something else by which we can find them"
    ]
    assert described.status == 303


async def test_an_answer_is_there_when_its_page_is_opened_again(walk):
    await walk.post("/when", {"words": "In May", **on("last_on", 3, 5, 2026)})

    page = await walk.get("/when")

    assert page.form("Save and continue")["words"] == "In May"
    assert page.form("Save and continue")["last_on-year"] == "2026"


async def test_a_day_to_come_is_no_day_on_which_it_happened(walk):
    page = await walk.post("/when", {"words": "Soon", **on("last_on", 11, 3, 2027)})

    assert page.errors == ["Last day must be today or in the past"]


async def test_whoever_gives_a_name_can_be_reached(walk):
    page = await walk.post("/you", {"given": "yes", "name": "Pat"})

    assert page.errors == ["Enter an email address or a telephone number"]


async def test_staying_unknown_is_told_what_it_costs_and_is_not_asked_more(walk):
    page = await walk.get("/you")
    await walk.post("/you", {"given": "no"})

    assert "If you stay unknown, we cannot tell you that we have your concern" in page.text  # fmt: skip
    assert "Whether you may be named" not in (await walk.get()).tasks


@pytest.mark.parametrize("section", ["trigger", "advocate", "nothing"])
async def test_what_is_not_asked_is_not_there(walk, section):
    assert (await walk.get(f"/{section}")).status == 404
    assert (await walk.post(f"/{section}", {})).status == 404


# What an employer refers, and whom else they tell


@pytest.fixture
async def employer(browser):
    return await Walk.begin(browser, Referrer.EMPLOYER)


async def test_lateness_is_not_taken_and_told_kindly(employer):
    answer = await employer.post("/trigger", {"because": "none"})

    assert where(answer) == f"{employer.address}/not-taken"
    page = await employer.get("/not-taken")
    assert page.h1 == "You need not refer this to us"
    assert "Thank you for asking" in page.text


async def test_a_suspension_needs_a_ground(employer):
    without = await employer.post(
        "/trigger", {"because": "suspended", "grounds": "none"}
    )
    page = await employer.get("/not-taken")
    ground = await employer.post(
        "/trigger", {"because": "suspended", "grounds": "inquiry"}
    )

    assert where(without) == f"{employer.address}/not-taken"
    assert page.h1 == "You need not refer this suspension to us yet"
    assert where(ground) == f"{employer.address}/subject"


async def test_what_is_not_taken_is_not_sent(employer, session):
    await employer.answer(Referrer.EMPLOYER)
    await employer.post("/duties", {})
    await employer.post("/trigger", {"because": "none"})

    page = await employer.send()

    assert page.status == 200
    assert "This is still to be done before you can send it" in page.text
    assert (await concern_in(session)).state is ConcernState.DRAFT


async def test_an_employer_sees_whom_else_to_tell_and_why(employer):
    await employer.answer(Referrer.EMPLOYER)

    page = await employer.get("/duties")

    assert page.headings[1:] == ["Ofsted", "The Disclosure and Barring Service (DBS)"]
    assert "Safeguarding Vulnerable Groups Act 2006" in page.text


async def test_nobody_else_is_told_where_no_test_is_met(employer):
    await employer.answer(Referrer.EMPLOYER)
    await employer.post("/harm", {"harm": "none"})

    assert (
        "Your answers do not oblige you to tell anybody else"
        in (await employer.get("/duties")).text
    )


async def test_whom_to_tell_follows_the_answers_once_they_are_all_there(employer):
    answer = await employer.get("/duties")

    assert where(answer) == f"{employer.address}/removal"


async def test_an_answer_changed_has_the_duties_looked_at_again(employer):
    await employer.answer(Referrer.EMPLOYER)
    await employer.post("/duties", {})
    await employer.post("/crime", {"crime": "yes"})

    assert (await employer.get()).tasks["Whom else you must tell"] == "To be looked at"


async def test_a_day_that_has_not_come_is_no_day_on_which_somebody_was_told(employer):
    await employer.answer(Referrer.EMPLOYER)

    future = await employer.post("/duties", {**on("dbs_on", 11, 3, 2027)})
    dateless = await employer.post("/duties", {"dbs_whom": "Case 12"})

    assert future.errors == [
        "Day on which you told the DBS must be today or in the past"
    ]
    assert dateless.errors == ["Enter the day on which you told the DBS"]


async def test_only_employers_have_duties(walk):
    assert (await walk.get("/duties")).status == 404
    assert (await walk.get("/sheet.pdf")).status == 404


def printed(answer):
    leaves = pypdfium2.PdfDocument(answer.content)
    return " ".join(
        " ".join(leaf.get_textpage().get_text_bounded().split()) for leaf in leaves
    )


async def test_the_sheet_says_who_was_told_when_and_nothing_of_what_happened(
    employer, tmp_path
):
    await employer.answer(Referrer.EMPLOYER)
    await employer.post("/duties", {**on("dbs_on", 9, 3, 2027), "dbs_whom": "Case 12"})

    sheet = (await employer.get("/sheet.pdf")).response
    await employer.send()
    after = (await employer.get("/sheet.pdf")).response

    for answer in (sheet, after):
        assert answer.headers["content-type"] == "application/pdf"
        said = printed(answer)
        assert "10 March 2027" in said
        assert "Told on 9 March 2027" in said
        assert "Case 12" in said
        assert "Not told yet" in said
        assert "Marsh" not in said
    assert employer.reference in sheet.headers["content-disposition"]


@pytest.mark.long
async def test_the_sheet_keeps_the_rules_of_archives_and_screen_readers(
    employer, tmp_path
):
    await employer.answer(Referrer.EMPLOYER)
    await employer.post("/duties", {})
    file = tmp_path / "sheet.pdf"
    file.write_bytes((await employer.get("/sheet.pdf")).response.content)

    assert faults([file]) == {file: []}


# Documents


async def upload(walk, content, name="Photograph of Jo Marsh.pdf", **options):
    token = (csrf.FIELD, walk.browser.csrf_token)
    return Page(
        await walk.browser.post(
            f"{walk.address}/documents",
            content=body(token, ("file", name, content)),
            headers={"content-type": CONTENT_TYPE},
            **options,
        )
    )


async def test_a_document_is_sent_without_an_account(walk, session):
    answer = await upload(walk, pdf())

    assert where(answer) == f"{walk.address}/documents"
    page = await walk.get("/documents")
    assert page.facts == {"Photograph of Jo Marsh.pdf": "Being checked for viruses"}
    concern = await concern_in(session)
    stored = await session.scalar(select(StoredFile))
    assert (stored.owner_id, stored.name) == (concern.id, f"{concern.reference}.pdf")


async def test_a_wrong_document_is_told_on_the_page(walk):
    page = await upload(walk, b"no picture")

    assert page.errors == [Problem.WRONG_TYPE]


async def test_a_concern_has_less_room_than_an_account(walk, monkeypatch):
    monkeypatch.setattr("fitness.web.concerns.documents.ROOM", 100)

    page = await upload(walk, pdf())

    assert page.errors == [Problem.NO_ROOM]


async def test_one_document_too_many_is_told_on_the_page(walk, monkeypatch):
    monkeypatch.setattr("fitness.concern.evidence.MOST_FILES", 1)
    await upload(walk, pdf())

    page = await upload(walk, pdf())

    assert page.errors == ["You can upload 1 documents to a concern"]


async def test_a_document_can_be_deleted_and_only_one_s_own(walk, session, other):
    await upload(walk, pdf())
    await look_as(session, Capacity.SERVICE)
    document = await session.scalar(select(ConcernFile.id))
    theirs = await Walk.begin(other)
    page = f"/documents/{document}/remove"

    assert (await theirs.post(page, {})).status == 404
    assert "Photograph of Jo Marsh" in (await walk.get(page)).text
    assert where(await walk.post(page, {})) == f"{walk.address}/documents"
    assert (await walk.get("/documents")).facts == {}
    assert (await walk.get(page)).status == 404


# Checking and sending


async def test_all_that_was_told_is_there_to_be_checked(walk):
    await walk.answer()

    page = await walk.get("/check")

    assert page.fact("Their name") == "Jo Marsh"
    assert page.fact("What happened?") == "They hit a child"
    assert page.fact("Whom else have you told?") == "Nobody"
    assert page.change_link("What happened?") == f"{walk.address}/what"
    assert "Send" in page.buttons


async def test_it_is_sent_only_as_true(walk, session):
    await walk.answer()

    page = await walk.post("/check", {})

    assert page.errors == [
        "Confirm that what you have said is true, as far as you know"
    ]
    assert (await concern_in(session)).state is ConcernState.DRAFT


async def test_it_is_not_sent_with_a_question_open(walk, session):
    await walk.answer(but=[Section.WHAT])

    page = await walk.send()

    assert page.links["What happened"] == f"{walk.address}/what"
    assert (await concern_in(session)).state is ConcernState.DRAFT


async def test_a_second_click_sends_nothing_twice(walk, session):
    await walk.answer()
    await walk.send()

    again = await walk.send()

    assert where(again) == f"{walk.address}/sent"
    letters = (await session.scalars(select(Message))).all()
    assert len(letters) == 1


@pytest.mark.parametrize("page", ["", "/what", "/check", "/documents", "/delete"])
async def test_what_is_sent_can_no_longer_be_read_or_changed(walk, page):
    await walk.answer()
    await walk.send()

    assert where(await walk.get(page)) == f"{walk.address}/sent"
    if page:
        assert where(await walk.post(page, {"words": "Other"})) == f"{walk.address}/sent"  # fmt: skip


async def test_the_confirmation_says_what_happens_next(walk):
    await walk.answer()
    await walk.send()

    page = await walk.get("/sent")

    assert "by the end of the next working day" in page.text
    assert "We have sent you an email that says so" in page.text
    assert "Marsh" not in page.text


async def test_whoever_is_unknown_is_told_that_nobody_writes_to_them(walk):
    await walk.answer(but=[Section.YOU])
    await walk.post("/you", {"given": "no"})
    await walk.send()

    assert "we cannot write to you" in (await walk.get("/sent")).text


async def test_nothing_is_sent_yet_has_no_confirmation(walk):
    assert where(await walk.get("/sent")) == walk.address


async def test_a_draft_can_be_deleted(walk, session):
    await walk.answer()

    assert (await walk.get("/delete")).h1 == "Delete what you have written?"
    assert where(await walk.post("/delete", {})) == "/concerns/start"
    assert await concern_in(session) is None
    assert (await walk.get()).status == 404


# Coming back


async def test_the_code_leads_back_to_what_was_written(walk, other):
    await walk.post("/what", SENT[Section.WHAT])

    assert where(await walk.back(other)) == walk.address
    page = await walk.get("/what", by=other)
    assert "They hit a child" in page.html


async def test_who_comes_back_reads_where_it_stands_and_nothing_of_the_case(
    walk, other, session, clock
):
    await walk.answer()
    await walk.send()
    case = await taken(session, walk, now=NOW + DAY)
    clock.now = NOW + 2 * DAY

    await walk.back(other)
    page = await walk.get("/sent", by=other)

    assert page.h1 == "Your concern"
    assert page.facts == {
        "Your reference": walk.reference,
        "We received it": "10 March 2027 at 10:00am",
        "Where it stands": "We are deciding whether to look into it",
        "Since": "11 March 2027",
    }
    assert "We weigh how serious it is" in page.text
    for secret in (case.reference, case.person.number, case.person.family_name):
        assert secret not in page.html


async def taken(session, walk, *, now):
    """What was sent, into a case of its own."""
    concern = await concern_in(session)
    taker = await make_investigator(session)
    case = await make_case(session, taker=taker, now=now)
    by = make_process(session, now=now)
    await concern.match(session, case.person, by=by)
    await concern.screen(session, at_risk=False, words="Looked", by=by)
    await take(session, concern, into=case, taker=taker, by=by)
    await look_as_nobody(session)
    return case


async def test_of_what_is_not_ours_it_says_why_and_where_to_turn(walk, session):
    await walk.answer()
    await walk.send()
    concern, by = await concern_in(session), make_process(session)
    await concern.screen(session, at_risk=False, words="Looked", by=by)
    why, where_to = Unfit.FOR_THE_EMPLOYER, Body.OFSTED
    await concern.signpost(session, why, towards=where_to, words="A leak", by=by)
    await look_as_nobody(session)

    page = await walk.get("/sent")

    assert page.fact("Where it stands") == "It is not something that we can look into"
    assert "It is for the employer to put right first." in page.text
    assert "You can take it to Ofsted" in page.text


async def test_the_code_leads_to_the_confirmation_of_what_was_sent(walk, other):
    await walk.answer()
    await walk.send()

    assert where(await walk.back(other)) == f"{walk.address}/sent"


async def test_without_the_code_somebody_s_concern_looks_like_none(walk, other):
    for page in ("", "/what", "/check", "/sent", "/documents", "/delete", "/sheet.pdf"):
        theirs = await walk.get(page, by=other)
        none = Page(await other.get(f"/concerns/C-00000000{page}"))

        assert (theirs.status, theirs.h1) == (404, "Go on with your concern")
        assert theirs.text == none.text


@pytest.mark.parametrize(
    ("reference", "code", "error"),
    [
        ("C-123", "4TQ8-HW2K-9MZC", "Enter your reference, like C-7K2M9QXD"),
        (
            "C-00000000",
            "4TQ8-HW2K-9MZC",
            "There is no concern with this reference and this code",
        ),
    ],
)
async def test_what_opens_nothing_is_told(browser, reference, code, error):
    page = Page(
        await browser.post(
            "/concerns/return", data={"reference": reference, "code": code}
        )
    )

    assert (page.status, page.errors) == (422, [error])
    assert page.field("Your reference").value == reference


async def test_a_wrong_code_and_another_s_are_answered_alike(walk, other):
    theirs = await Walk.begin(other)

    wrong = await walk.back(other, "4TQ8-HW2K-9MZC")
    another = await walk.back(other, theirs.code)

    assert wrong.errors == another.errors
    assert (await walk.get(by=other)).status == 404


async def test_guessing_ends_after_five_wrong_codes_and_right_ones_do_not_count(
    walk, other
):
    for _ in range(6):
        assert (await walk.back(other)).status == 303
    for _ in range(5):
        assert (await walk.back(other, "4TQ8-HW2K-9MZC")).status == 422

    assert (await walk.back(other, "4TQ8-HW2K-9MZC")).status == 429
    assert (await walk.back(other)).status == 429


async def test_a_draft_that_is_too_old_is_there_no_more(walk, other, clock):
    clock.now = NOW + 29 * DAY

    assert (await walk.back(other)).status == 422
    clock.now = NOW + 28 * DAY
    assert (await walk.back(other)).status == 303


async def test_nothing_typed_is_lost_where_the_session_was_over(walk, other):
    typed = {"words": "They hit a child\nand then another"}

    asked = await walk.post("/what", typed, by=other)
    sent = asked.form("Continue") | {"reference": walk.reference, "code": walk.code}
    answer = Page(await other.post("/concerns/return", data=sent))

    assert asked.status == 404
    assert "What you have just typed is still here" in asked.text
    assert where(answer) == f"{walk.address}/when"
    assert "and then another" in (await walk.get("/what", by=other)).html


async def test_nothing_typed_is_lost_where_the_code_was_wrong_besides(walk, other):
    asked = await walk.post("/what", {"words": "They hit a child"}, by=other)
    wrong = {"reference": walk.reference, "code": "4TQ8-HW2K-9MZC"}

    again = Page(
        await other.post("/concerns/return", data=asked.form("Continue") | wrong)
    )

    assert again.errors
    assert again.form("Continue")["kept-words"] == "They hit a child"


async def test_what_was_typed_and_is_wrong_is_told_once_the_code_is_right(walk, other):
    asked = await walk.post("/what", {"words": ""}, by=other)
    sent = asked.form("Continue") | {"reference": walk.reference, "code": walk.code}

    page = Page(await other.post("/concerns/return", data=sent))

    assert page.errors == ["Enter what happened"]
    assert page.action("Save and continue") == f"{walk.address}/what"


async def test_leaving_asks_the_next_at_the_same_browser_for_the_code(walk):
    assert where(await walk.post("/leave", {})) == "/concerns/return"

    assert (await walk.get()).status == 404


async def test_two_concerns_at_one_browser_are_kept_apart(browser, walk):
    second = await Walk.begin(browser)

    await second.post("/what", {"words": "Of the second"})

    assert "Of the second" not in (await walk.get("/what")).html
    assert "Of the second" in (await second.get("/what")).html


async def test_no_page_is_kept_by_a_browser_that_others_use(walk):
    await walk.answer()

    for page in ("", "/what", "/check"):
        kept = (await walk.get(page)).response.headers["cache-control"]
        assert kept == "no-store"
