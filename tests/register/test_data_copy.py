"""The copy of what is held about somebody: what is in it, what is not, and how long it is kept."""

from datetime import timedelta
from io import BytesIO

import msgspec
import page as validator
import pypdfium2
import pytest
from sqlalchemy import select

from register.application import SectionName
from register.data_copy import (
    DataCopy,
    Form,
    make_data_copy,
    sweep_data_copies,
)
from register.data_copy.gathering import Shelf
from register.data_copy.printing import printed
from register.enquiry import Enquiry, EnquirySubject
from register.kit import store
from register.kit.post import Message
from register.kit.security import passwords
from register.kit.settings import settings
from register.process import TextKind
from tests.applications import make_sent_application
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.reading import Page
from tests.register.assessing import check, make_caseworker

WEEK = timedelta(days=7)
PASSWORD = "a fine long passphrase"


@pytest.fixture(autouse=True)
def kept_apart(tmp_path, monkeypatch):
    """Files of a test stay out of the data folder."""
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    store.place.cache_clear()
    yield
    store.place.cache_clear()


@pytest.fixture
async def account(session):
    entry = await make_entry(session, given_names="Ngozi", family_name="Adébáyò")
    return await make_account(
        session,
        person=entry.person,
        email="ngozi@example.org",
        password_hash=await passwords.hashed(PASSWORD),
    )


async def made(session, account):
    by = make_process(session)
    copy = await DataCopy.ask(session, account, by=by)
    await make_data_copy(session, NOW, copy.id)
    return copy


async def content(copy, form):
    pieces = [piece async for piece in store.content(copy.kept_as(form))]
    return b"".join(pieces)


async def held(session, account):
    copy = await made(session, account)
    return msgspec.json.decode(await content(copy, Form.JSON))["held"]


def words(pdf):
    leaves = pypdfium2.PdfDocument(pdf)
    return " ".join(leaf.get_textpage().get_text_bounded() for leaf in leaves)


async def test_it_holds_the_person_their_entry_and_their_account(session, account):
    told = await held(session, account)

    assert told["account"] == [{"email": "ngozi@example.org", "name": ""}]
    assert told["person"][0]["family name"] == "Adébáyò"
    (registration,) = told["entries"]
    assert (registration["part"], registration["what"]) == ("manager", "registration")


async def test_it_holds_every_answer_of_an_application(session):
    account = await make_account(session, person=await make_person(session))
    application = await make_sent_application(session, account=account)

    told = await held(session, account)

    answers = told[f"application {application.reference}: answers"]
    assert {one["section"] for one in answers} == set(application.kind.sections)
    assert told[f"application {application.reference}"][0]["state"] == "submitted"


async def test_it_holds_what_was_written_both_ways(session, account):
    by = make_process(session, actor=account)
    subject, words = EnquirySubject.FEES, "I paid twice"
    enquiry = await Enquiry.begin(session, account, subject, words, file=None, by=by)
    by = make_process(session, actor=await make_caseworker(session))
    await enquiry.answer(session, "One goes back", by=by)

    told = (await held(session, account))["messages to us and our answers"]

    said = [("you", "I paid twice"), ("us", "One goes back")]
    assert sorted((one["from"], one["words"]) for one in told) == sorted(said)


async def test_it_leaves_out_what_staff_and_others_wrote_in_confidence(session):
    account = await make_account(session, person=await make_person(session))
    officer = await make_caseworker(session)
    application = await make_sent_application(session, account=account)
    by = make_process(session, actor=officer)
    application.take_up(officer, by=by)
    by.say(TextKind.INTERNAL, "A note in confidence")
    await check(session, application, SectionName.DBS, officer=officer)

    copy = await made(session, account)

    assert b"in confidence" not in await content(copy, Form.JSON)
    assert b"section_checked" not in await content(copy, Form.JSON)


async def test_the_pdf_says_the_same_in_words_and_is_fit_for_screen_readers(
    session, account
):
    pdf = await content(await made(session, account), Form.PDF)

    assert "What the register holds about you" in words(pdf)
    assert "Adébáyò" in words(pdf)
    profiles = validator.ValidationProfile
    for profile in (profiles.PDF_A_3A, profiles.PDF_UA_1):
        assert validator.validate_pdf_bytes(pdf, profile=profile).failures == []


def test_characters_without_a_letter_of_ours_stand_as_their_code_points():
    pdf = printed(
        [Shelf("answers", [{"details": "Fine \N{ROLLING ON THE FLOOR LAUGHING}"}])],
        made_at=NOW,
    )

    assert "Fine [U+1F923]" in words(pdf)


async def test_who_asks_twice_gets_one_copy_and_one_letter(session, account):
    by = make_process(session)
    first = await DataCopy.ask(session, account, by=by)
    second = await DataCopy.ask(session, account, by=by)
    for _ in range(2):
        await make_data_copy(session, NOW, first.id)

    letters = await session.scalars(
        select(Message.letter).where(Message.to_address == account.email)
    )
    assert second.id == first.id
    assert letters.all() == ["data_copy_ready"]


@pytest.mark.parametrize(
    ("after", "kept"), [(WEEK - timedelta(seconds=1), 1), (WEEK, 0)]
)
async def test_it_is_deleted_after_a_week(session, account, after, kept):
    copy = await made(session, account)
    name = copy.json_kept_as

    await sweep_data_copies(session, NOW + after)

    left = await session.scalars(select(DataCopy.id))
    assert len(left.all()) == kept
    if not kept:
        with pytest.raises(FileNotFoundError):
            [piece async for piece in store.content(name)]


# The pages


async def test_a_copy_is_asked_for_with_the_password_and_downloaded(
    browser, session, account
):
    await browser.sign_in(account)

    wrong = Page(await browser.post("/account/data", data={"password": "not mine"}))
    asked = await browser.post("/account/data", data={"password": PASSWORD})
    waiting = Page(await browser.get("/account/data"))
    copy = (await session.scalars(select(DataCopy))).one()
    early = await browser.get(f"/account/data/{copy.id}/pdf")
    await make_data_copy(session, NOW, copy.id)
    await session.commit()
    page = Page(await browser.get("/account/data"))
    pdf = await browser.get(page.link("Download the copy to read (PDF)"))
    data = await browser.get(page.link("Download the copy for another service (JSON)"))

    assert wrong.errors == ["Enter the password that you sign in with"]
    assert asked.status_code == 303
    assert "It is being made" in waiting.text
    assert early.status_code == 404
    assert pypdfium2.PdfDocument(BytesIO(pdf.content))
    assert data.json()["held"]["account"]
    assert 'filename="your-data.json"' in data.headers["content-disposition"]
