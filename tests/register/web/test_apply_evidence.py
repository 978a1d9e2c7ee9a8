"""Documents as an applicant uploads, reads and takes them back, and as nobody else may."""

from datetime import timedelta
from io import BytesIO

import pytest
from pikepdf import Pdf

from register.application import (
    EvidenceKind,
    SectionName,
    evidence_of,
    filled,
    keep,
    section_of,
    submit,
)
from register.kit.files import FileState
from register.web.apply.evidence import MOST_FILES
from tests.applications import fill, make_application, make_document, make_form
from tests.make import make_account, make_process
from tests.reading import Page


@pytest.fixture
async def account(session):
    return await make_account(session, email="alice@example.org")


@pytest.fixture
async def draft(session, account):
    application = await make_application(session, account=account)
    await session.commit()
    return application


@pytest.fixture
async def alice(browser, draft, account):
    await browser.sign_in(account)
    return browser


def a_pdf():
    kept = BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(kept)
    return kept.getvalue()


SCAN = ("scan.pdf", a_pdf(), "application/pdf")


async def upload(browser, application, section="identity", *, file=SCAN, **fields):
    place = f"/apply/{application.reference}/evidence/{section}"
    answer = await browser.post(place, data=fields, files={"file": file})
    if answer.status_code == 303:
        return Page(await browser.get(answer.headers["location"]))
    return Page(answer)


async def test_a_document_is_uploaded_and_checked(alice, session, draft):
    page = await upload(alice, draft, kind="passport")

    (evidence,) = await evidence_of(session, draft.id)
    assert page.flashes[0].endswith("Your document has been uploaded")
    assert "Being checked for viruses" in page.tags
    assert evidence.kind is EvidenceKind.PASSPORT
    assert evidence.file.name == "scan.pdf"


async def test_a_certificate_belongs_to_its_qualification(alice, session, draft):
    held = make_form().qualifications
    await keep(session, draft, SectionName.QUALIFICATIONS, held, now=draft.created_at)
    await session.commit()
    item = str(held.items[0].id)

    await upload(alice, draft, "qualifications", kind="certificate", item=item)
    wrong = await upload(
        alice, draft, "qualifications", kind="certificate", item=draft.reference
    )

    (evidence,) = await evidence_of(session, draft.id)
    assert evidence.item_id == held.items[0].id
    assert wrong.status == 422


async def test_a_change_of_the_documents_is_a_change_of_the_section(
    alice, session, draft, clock
):
    identity = make_form().identity
    await keep(session, draft, SectionName.IDENTITY, identity, now=draft.created_at)
    await session.commit()
    clock.now += timedelta(minutes=5)

    await upload(alice, draft, kind="passport")

    row = await section_of(session, draft.id, SectionName.IDENTITY)
    assert row.version == 2


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("scan.pdf", b"", "application/pdf"), "The selected file is empty"),
        (("scan.pdf", b"%PDF-1.7 cut", "application/pdf"), "is not complete"),
        (("scan.pdf", b"MZ" * 500, "application/pdf"), "must be a PDF, JPG or PNG"),
        (("a.exe", b"<script>" * 50, "image/png"), "must be a PDF, JPG or PNG"),
        (
            ("big.pdf", b"%PDF-1.7" + bytes(11 * 1024**2), "application/pdf"),
            "must be smaller than 10MB",
        ),
    ],
)
async def test_what_is_no_document_is_told_on_the_page(alice, draft, file, words):
    page = await upload(alice, draft, file=file, kind="passport")

    assert page.status == 422
    assert any(words in error for error in page.errors)


async def test_a_file_is_asked_for(alice, draft):
    place = f"/apply/{draft.reference}/evidence/identity"

    page = Page(await alice.post(place, data={"kind": "passport"}))

    assert page.errors == ["Select a file"]


@pytest.mark.parametrize("kind", ["", "wizard", "english_test"])
async def test_what_the_document_is_must_be_said(alice, draft, kind):
    page = await upload(alice, draft, kind=kind)

    assert page.status == 422


async def test_too_many_documents_for_a_section_are_refused(alice, session, draft):
    for _ in range(MOST_FILES):
        await make_document(session, draft)
    await session.commit()

    page = await upload(alice, draft, kind="passport")

    assert page.errors == ["You can upload 20 documents to a section"]


async def test_uploads_are_limited(alice, draft):
    place = f"/apply/{draft.reference}/evidence/identity"

    statuses = [(await alice.post(place)).status_code for _ in range(31)]

    assert statuses == [422] * 30 + [429]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (FileState.QUARANTINED, "Being checked for viruses"),
        (FileState.INFECTED, "A virus was found: not kept"),
        (FileState.UNREADABLE, "Could not be read"),
    ],
)
async def test_what_is_not_known_to_be_harmless_is_not_given(
    alice, session, draft, state, words
):
    evidence = await make_document(session, draft, state=state)
    await session.commit()

    page = Page(await alice.get(f"/apply/{draft.reference}/evidence/identity"))
    answer = await alice.get(f"/apply/{draft.reference}/documents/{evidence.id}")

    assert words in page.tags
    assert "scan.pdf" not in page.links
    assert answer.status_code == 409


async def test_what_is_infected_does_not_complete_a_section(session, draft):
    await fill(session, draft, make_form())
    (passport, *_) = await evidence_of(session, draft.id)
    passport.file.state, passport.file.cleaned_as = FileState.INFECTED, None

    state = await filled(session, draft, now=draft.created_at)

    assert state.unfinished() == [SectionName.IDENTITY]


async def test_a_document_is_taken_back(alice, session, draft):
    evidence = await make_document(session, draft)
    await session.commit()
    place = f"/apply/{draft.reference}/documents/{evidence.id}/remove"

    page = Page(await alice.get(place))
    answer = await alice.post(place, data=page.form())

    assert page.h1 == "Do you want to remove this document?"
    assert answer.status_code == 303
    assert await evidence_of(session, draft.id) == []


async def test_what_was_sent_stays(alice, session, draft):
    await fill(session, draft, make_form())
    await submit(session, draft, by=make_process(session))
    (evidence, *_) = await evidence_of(session, draft.id)
    await session.commit()
    place = f"/apply/{draft.reference}/documents/{evidence.id}/remove"

    asked = await alice.get(place)
    answer = await alice.post(place, data={})

    assert asked.status_code == 404
    assert answer.status_code == 409


async def test_somebody_else_s_document_is_not_there(browser, session, draft):
    evidence = await make_document(session, draft)
    other = await make_account(session, email="charlie@example.org")
    own = await make_application(session, account=other)
    await session.commit()
    await browser.sign_in(other)

    for reference in (draft.reference, own.reference):
        for place in ("", "/remove"):
            answer = await browser.get(
                f"/apply/{reference}/documents/{evidence.id}{place}"
            )

            assert answer.status_code == 404


async def test_an_upload_without_our_token_is_refused(alice, draft):
    place = f"/apply/{draft.reference}/evidence/identity"

    answer = await alice.post(place, data={"csrf_token": "guess"}, files={"file": SCAN})

    assert answer.status_code == 403
