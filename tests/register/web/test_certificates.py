"""A registrant asks for a certificate, waits without a script, and downloads it; nobody else can."""

from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import func, select

from register.account import StaffRole
from register.certificate import Certificate, grouped, make_certificate
from register.entry import LapseReason
from register.kit import store
from register.kit.settings import settings
from register.process import Process
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.reading import Page

READY = "The certificate is ready"


@pytest.fixture(autouse=True)
def kept_apart(tmp_path, monkeypatch):
    """Files of a test stay out of the data folder."""
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    store.place.cache_clear()
    yield
    store.place.cache_clear()


@pytest.fixture
async def entry(session):
    return await make_entry(session, given_names="Ngozi", family_name="Adébáyò")


@pytest.fixture
async def registrant(browser, session, entry):
    account = await make_account(session, person=entry.person)
    await session.commit()
    await browser.sign_in(account)
    return browser


async def ask(browser, address="/certificates", part="manager"):
    return await browser.post(address, data={"part": part})


async def asked(browser, session, *, made=True):
    """The certificate that the browser asked for, and (if made) the worker printed."""
    answer = await ask(browser)
    assert answer.status_code == 303
    serial = answer.headers["location"].rpartition("/")[2]
    certificate = await Certificate.find(session, serial)
    if made:
        await make_certificate(session, NOW, certificate.id)
        await session.commit()
    return certificate


def address_of(certificate):
    return f"/certificates/{grouped(certificate.serial)}"


async def test_somebody_without_an_entry_is_told_how_to_get_one(browser, session):
    account = await make_account(session)
    await session.commit()
    await browser.sign_in(account)

    page = Page(await browser.get("/certificates"))

    assert "You have no entry in the register yet" in page.text
    assert page.link("Apply to register") == "/apply"
    assert (await ask(browser)).status_code == 404


async def test_a_registrant_asks_with_one_button(registrant, session, entry):
    page = Page(await registrant.get("/certificates"))

    assert page.fact("Registration number") == entry.person.number
    sent = page.form("Get a certificate as manager")
    assert sent["part"] == "manager"


async def test_while_it_is_made_the_page_says_so_and_needs_no_script(
    registrant, session
):
    certificate = await asked(registrant, session, made=False)

    page = Page(await registrant.get(address_of(certificate)))

    assert page.h1 == "The certificate is being made"
    assert page.link("Check whether it is ready") == address_of(certificate)
    assert "http-equiv" not in page.html


async def test_once_it_is_made_it_can_be_downloaded(registrant, session, entry):
    certificate = await asked(registrant, session)

    page = Page(await registrant.get(address_of(certificate)))
    file = await registrant.get(page.link("Download the certificate (PDF)"))

    assert page.h1 == READY
    assert file.headers["content-type"] == "application/pdf"
    name = f'attachment; filename="certificate-{grouped(certificate.serial)}.pdf"'
    assert file.headers["content-disposition"] == name
    assert file.headers["cache-control"] == "no-store"
    said = pypdfium2.PdfDocument(file.content)[0].get_textpage().get_text_bounded()
    assert entry.person.number in said


async def test_a_file_that_is_not_made_yet_leads_back_to_the_page(registrant, session):
    certificate = await asked(registrant, session, made=False)

    answer = await registrant.get(f"{address_of(certificate)}/file")

    assert answer.status_code == 303
    assert answer.headers["location"] == address_of(certificate)


async def test_a_second_click_makes_no_second_certificate(registrant, session):
    first = await ask(registrant)
    second = await ask(registrant)

    assert first.headers["location"] == second.headers["location"]
    assert await session.scalar(select(func.count()).select_from(Certificate)) == 1
    acts = select(func.count()).where(Process.kind == "certificate:issue")
    assert await session.scalar(acts) == 1


async def test_a_new_certificate_replaces_the_one_before(registrant, session, clock):
    first = await asked(registrant, session)
    clock.now += timedelta(minutes=20)
    second = await asked(registrant, session)

    page = Page(await registrant.get(address_of(first)))
    overview = Page(await registrant.get("/certificates"))

    assert second.serial != first.serial
    assert page.h1 == "A newer certificate has replaced this one"
    assert (await registrant.get(f"{address_of(first)}/file")).status_code == 303
    states = [row["State"] for row in overview.rows("Certificates issued")]
    assert states == ["Current", "Replaced on 10 March 2027"]


async def test_one_that_is_not_made_in_time_can_be_asked_for_again(
    registrant, session, clock
):
    certificate = await asked(registrant, session, made=False)
    clock.now += timedelta(minutes=10)

    page = Page(await registrant.get(address_of(certificate)))
    again = await ask(registrant)

    assert "longer than it should" in page.text
    assert again.headers["location"] != address_of(certificate)


async def test_characters_that_cannot_be_printed_are_named(browser, session):
    entry = await make_entry(session, given_names="小明", family_name="Wong")
    account = await make_account(session, person=entry.person)
    await session.commit()
    await browser.sign_in(account)
    certificate = await asked(browser, session)

    page = Page(await browser.get(address_of(certificate)))

    assert page.h1 == "This certificate cannot be printed"
    assert "小" in page.text


async def test_an_entry_that_has_ended_offers_none_and_refuses(
    registrant, session, entry
):
    by = make_process(session)
    await entry.lapse(session, on=NOW, because=LapseReason.NOT_RENEWED, by=by)
    await session.commit()

    page = Page(await registrant.get("/certificates"))
    answer = Page(await ask(registrant))

    assert page.buttons == []
    assert answer.status == 409
    assert "only for an entry that stands in the register" in answer.text


@pytest.mark.parametrize("part", ["deputy", "nonsense", ""])
async def test_a_part_that_is_not_theirs_is_not_found(registrant, part):
    assert (await ask(registrant, part=part)).status_code == 404


async def test_a_withheld_registrant_is_told_that_nobody_can_check_it(
    registrant, session, entry
):
    entry.person.withheld = True
    await entry.project(session, now=NOW)
    await session.commit()
    certificate = await asked(registrant, session)

    page = Page(await registrant.get(address_of(certificate)))

    assert page.h1 == READY
    assert "nobody else can check this certificate online" in page.text


async def test_nobody_else_finds_it(registrant, session):
    certificate = await asked(registrant, session)
    other = await make_entry(session, person=await make_person(session))
    stranger = await make_account(session, person=other.person)
    await session.commit()

    await registrant.sign_in(stranger)

    for address in (address_of(certificate), f"{address_of(certificate)}/file"):
        assert (await registrant.get(address)).status_code == 404


async def test_who_is_not_signed_in_is_asked_to(registrant, session):
    certificate = await asked(registrant, session)
    registrant.cookies.clear()

    for address in ("/certificates", f"{address_of(certificate)}/file"):
        answer = await registrant.get(address)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


async def test_downloads_are_limited(registrant, session):
    certificate = await asked(registrant, session)

    answers = [
        (await registrant.get(f"{address_of(certificate)}/file")).status_code
        for _ in range(21)
    ]

    assert answers[0] == 200
    assert answers[-1] == 429


async def test_staff_ask_for_a_registrant_and_download(browser, session, entry):
    officer = await make_account(session, StaffRole.CASEWORKER)
    await session.commit()
    await browser.sign_in(officer)
    address = f"/staff/certificates/{entry.person.number}"

    page = Page(await browser.get(address))
    answer = await ask(browser, address)
    certificate = await Certificate.find(
        session, answer.headers["location"].rpartition("/")[2]
    )
    await make_certificate(session, NOW, certificate.id)
    await session.commit()

    assert page.h1 == "Certificates of Ngozi Adébáyò"
    ready = Page(await browser.get(address_of(certificate)))
    assert ready.h1 == READY
    assert ready.link("Back to all certificates") == address
    assert (await browser.get(f"{address_of(certificate)}/file")).status_code == 200


@pytest.mark.parametrize("role", [StaffRole.FINANCE_OFFICER, StaffRole.ADMIN])
async def test_staff_without_business_there_are_kept_out(browser, session, entry, role):
    await browser.sign_in(await make_account(session, role))

    answer = await browser.get(f"/staff/certificates/{entry.person.number}")

    assert answer.status_code == 403


async def test_an_auditor_reads_and_asks_for_nothing(browser, session, entry):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    address = f"/staff/certificates/{entry.person.number}"

    assert (await browser.get(address)).status_code == 200
    assert (await ask(browser, address)).status_code == 403


@pytest.mark.parametrize("number", ["CH-9999999-X", "nonsense"])
async def test_a_number_that_was_never_given_is_not_found(browser, session, number):
    await browser.sign_in(await make_account(session, StaffRole.CASEWORKER))

    assert (await browser.get(f"/staff/certificates/{number}")).status_code == 404
