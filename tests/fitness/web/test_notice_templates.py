"""Templates of notices on staff pages: read, written on in a draft, tried with values that are nobody's, and published."""

import pypdfium2
import pytest

from fitness.notice_template import NoticeKind, current, draft_of
from register.account import StaffRole
from tests.make import make_account
from tests.reading import Page
from tests.verapdf import faults

AT = "/staff/notice-templates"
ONE = f"{AT}/final_hearing"
DRAFT = f"{ONE}/draft"
KIND = NoticeKind.FINAL_HEARING


@pytest.fixture
async def writer(session):
    return await make_account(session, StaffRole.TEAM_MANAGER, name="Mo Manager")


@pytest.fixture
async def second(session):
    return await make_account(session, StaffRole.REGISTRAR, name="Rae Registrar")


@pytest.fixture
async def desk(browser, writer):
    await browser.sign_in(writer, proved=True)
    return browser


async def get(browser, address):
    return Page(await browser.get(address))


async def send(browser, address, button="", **changed):
    """As the page at the address would send it."""
    page = await get(browser, address)
    to = page.action(button) or address
    return Page(await browser.post(to, data=page.form(button) | changed))


async def waits(browser, title="You will be heard"):
    await send(browser, f"{DRAFT}/words", title=title)
    return await send(browser, DRAFT, "Propose")


async def test_the_catalogue_names_every_notice_and_who_approves_what_it_tells(desk):
    page = await get(desk, AT)

    rows = page.rows("Notices")
    assert len(rows) == len(NoticeKind)
    decided = next(
        one for one in rows if one["Notice"] == "Decision of a final hearing"
    )
    assert decided["Who approves what it tells"].startswith("The whole panel")


async def test_a_template_is_shown_as_a_registrant_would_read_it(desk):
    page = await get(desk, ONE)

    assert page.status == 200
    assert "To Alex Example, registration number CH-0000000-A." in page.text
    assert "It begins on 12 April 2027 at 10:00am." in page.text
    assert "rule 14, notice of a hearing" in page.text


async def test_the_example_is_printed_so_that_everybody_can_read_it(desk):
    answer = await desk.get(f"{ONE}/versions/1/example.pdf")

    paper = pypdfium2.PdfDocument(answer.content)
    assert "Notice of a final hearing" in paper[0].get_textpage().get_text_bounded()


@pytest.mark.long
async def test_the_example_keeps_the_standards(desk, tmp_path):
    file = tmp_path / "example.pdf"
    file.write_bytes((await desk.get(f"{ONE}/versions/1/example.pdf")).content)

    assert faults([file]) == {file: []}


async def test_a_draft_is_written_and_another_publishes_it(
    session, desk, writer, second
):
    page = await waits(desk)
    assert page.status == 303
    page = await get(desk, DRAFT)
    assert "You took an earlier step of this" in page.text
    assert "Approve" not in page.buttons

    await desk.sign_in(second, proved=True)
    assert (await get(desk, "/staff/proposals")).links["Notices"] == DRAFT
    page = await send(desk, DRAFT, "Approve")

    assert page.response.headers["location"] == ONE
    assert (await current(session, KIND)).title == "You will be heard"
    page = await get(desk, ONE)
    assert page.h1 == "Version 2"
    assert "You will be heard" in page.headings
    page = await get(desk, f"{ONE}/versions/1")
    assert "Notice of a final hearing" in page.headings


async def test_a_draft_comes_back_with_what_is_still_to_be_done(desk, second, writer):
    await waits(desk)
    await desk.sign_in(second, proved=True)
    page = await send(desk, DRAFT, "Return to those who wrote it", words="")
    assert page.status == 422
    await send(desk, DRAFT, "Return to those who wrote it", words="Name the rule.")

    await desk.sign_in(writer, proved=True)
    page = await get(desk, DRAFT)

    assert "Name the rule." in page.text
    assert "Propose" in page.buttons


async def test_a_gap_that_may_not_stand_there_is_told(session, desk):
    page = await send(desk, f"{DRAFT}/words", email_words="You are {person}")

    assert page.status == 422
    assert page.errors == ["There is {person}, where no gap may stand"]
    assert await draft_of(session, KIND) is None


async def test_a_draft_that_was_written_on_meanwhile_is_not_overwritten(desk):
    await send(desk, f"{DRAFT}/words", title="One")

    page = await send(desk, f"{DRAFT}/words", title="Two", version="0")

    assert page.status == 422
    assert page.errors[0].startswith("Somebody has changed this draft")


async def test_what_was_proposed_anew_is_not_approved_unseen(desk, second):
    await waits(desk)
    await desk.sign_in(second, proved=True)

    page = await send(desk, DRAFT, "Approve", version="7")

    assert page.status == 409


async def test_a_draft_is_deleted(session, desk):
    await send(desk, f"{DRAFT}/words", title="One")

    page = await send(desk, DRAFT, "Delete the draft")

    assert page.status == 303
    assert await draft_of(session, KIND) is None


@pytest.mark.parametrize(
    "address", [f"{AT}/nothing", f"{ONE}/versions/2", DRAFT, f"{DRAFT}/example.pdf"]
)
async def test_what_is_not_there_is_not_found(desk, address):
    assert (await get(desk, address)).status == 404


async def test_an_investigator_reads_and_does_not_write(browser, session):
    reader = await make_account(session, StaffRole.INVESTIGATOR)
    await browser.sign_in(reader, proved=True)

    page = await get(browser, ONE)

    assert page.status == 200
    assert "Write the next version" not in page.text
    assert (await get(browser, f"{DRAFT}/words")).status == 403


async def test_what_others_are_told_is_an_email_and_nothing_besides(session, desk):
    decided = f"{AT}/concern_decided"
    page = await get(desk, decided)
    assert page.fact("Who reads it") == "Whoever raised the concern"
    assert page.fact("Subject of the email").endswith("{reference}")
    assert "What the letter says" not in page.facts
    assert "Counts as served" not in page.text
    assert "Here stands what was decided." in page.text
    answer = await desk.get(f"{decided}/versions/1/example.pdf")
    paper = pypdfium2.PdfDocument(answer.content)
    assert "C-00000000" in paper[0].get_textpage().get_text_bounded()
    page = await get(desk, f"{decided}/draft/words")
    assert "What the letter says" not in page.labels

    wrong = await send(desk, f"{decided}/draft/words", body="{person}: {outcome}")
    page = await send(desk, f"{decided}/draft/words", title="Decided on")

    assert "There is {person}, where only" in wrong.errors[0]
    assert page.status == 303
    page = await get(desk, f"{decided}/draft")
    assert "Below is what the email would say" in page.text
    kept = await draft_of(session, NoticeKind.CONCERN_DECIDED)
    assert (kept.wording.title, kept.wording.letter_words) == ("Decided on", "")
