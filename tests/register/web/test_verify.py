"""Whoever is shown a certificate can check it, and learns no more than the register shows."""

from datetime import timedelta

import pytest

from register.certificate import Certificate, CertificateAct, grouped
from register.entry import LapseReason, OrderKind
from register.process import Process
from tests.make import NOW, make_entry, make_person, make_process
from tests.reading import Page

DAY = timedelta(days=1)


async def issued(session, entry, *, now=NOW):
    by = Process.begin(session, CertificateAct.ISSUE, now=now)
    certificate = await Certificate.issue(session, entry, by=by)
    await session.commit()
    return certificate


@pytest.fixture
async def entry(session):
    return await make_entry(session, given_names="Ngozi", family_name="Adébáyò")


async def verified(browser, certificate):
    return Page(await browser.get(f"/verify/{grouped(certificate.serial)}"))


async def test_a_valid_certificate_is_shown_beside_what_the_register_says(
    browser, session, entry
):
    certificate = await issued(session, entry)

    page = await verified(browser, certificate)

    assert page.status == 200
    assert page.h1 == "This certificate is valid"
    assert (
        "Valid when issued on 10 March 2027 at 10:00am; today: Registered." in page.text
    )
    assert page.fact("Registered name") == "Ngozi Adébáyò"
    assert page.fact("Registration number") == entry.person.number
    assert page.fact("Registered until") == "30 November 2027"
    assert page.link("See the whole entry in the register").endswith(
        entry.person.number
    )


async def test_a_suspension_is_told_the_moment_it_is_made(browser, session, entry):
    certificate = await issued(session, entry)
    await entry.order(
        session,
        OrderKind.INTERIM_SUSPENSION,
        on=NOW,
        until=NOW + 90 * DAY,
        wording=None,
        by=make_process(session),
    )
    await session.commit()

    page = await verified(browser, certificate)

    assert page.h1 == "The register has changed since this certificate was issued"
    assert "today: Suspended." in page.text
    assert "the status" in page.text
    assert "Interim suspension" in page.headings


async def test_what_the_register_said_before_is_not_told(browser, session, entry):
    certificate = await issued(session, entry)
    entry.person.call("Ngozi", "Smith")
    await entry.project(session, now=NOW)
    await session.commit()

    page = await verified(browser, certificate)

    assert "the registered name" in page.text
    assert "Ngozi Smith" in page.text
    assert "Adébáyò" not in page.html


async def test_a_lapse_is_told(browser, session, entry, clock):
    certificate = await issued(session, entry)
    clock.now = NOW + DAY
    by = make_process(session, now=clock.now)
    await entry.lapse(session, on=clock.now, because=LapseReason.NOT_RENEWED, by=by)
    await session.commit()

    page = await verified(browser, certificate)

    assert "today: No longer registered: did not renew." in page.text


async def test_a_replaced_certificate_says_that_there_is_a_newer_one(
    browser, session, entry, clock
):
    certificate = await issued(session, entry)
    await issued(session, entry, now=NOW + DAY)
    clock.now = NOW + 2 * DAY

    page = await verified(browser, certificate)

    assert page.h1 == "A newer certificate has replaced this one"
    assert "replaced on 11 March 2027" in page.text


@pytest.mark.parametrize(
    "serial", ["0" * 16, "nonsense", "4F7K-2M9Q-X3ZB-8R0U", "٤" * 16, "a" * 100]
)
async def test_an_unknown_serial_is_one_calm_page(browser, serial):
    page = Page(await browser.get(f"/verify/{serial}"))

    assert page.status == 404
    assert page.h1 == "We do not know this certificate"
    assert "Search the register" in page.links


async def test_a_withheld_person_s_certificate_looks_never_issued(
    browser, session, entry
):
    certificate = await issued(session, entry)
    entry.person.withheld = True
    await entry.project(session, now=NOW)
    await session.commit()

    withheld = await browser.get(f"/verify/{certificate.serial}")
    unknown = await browser.get(f"/verify/{'0' * 16}")

    assert withheld.status_code == unknown.status_code == 404
    assert withheld.text == unknown.text


@pytest.mark.parametrize(("withheld", "status"), [(False, 308), (True, 404)])
async def test_a_certificate_of_a_merged_number_leads_to_the_survivor(
    browser, session, entry, withheld, status
):
    certificate = await issued(session, entry)
    kept = await make_entry(
        session, person=await make_person(session, withheld=withheld)
    )
    entry.person.merged_into = kept.person_id
    await entry.project(session, now=NOW)

    answer = await browser.get(f"/verify/{certificate.serial}")

    assert answer.status_code == status
    assert (answer.headers.get("location") == f"/register/{kept.person.number}") is (
        not withheld
    )


async def test_of_a_person_who_died_nothing_is_told(browser, session, entry):
    certificate = await issued(session, entry)
    entry.person.deceased_on = NOW.date()
    await entry.project(session, now=NOW)
    await session.commit()

    page = await verified(browser, certificate)

    assert page.status == 410
    assert "Ngozi" not in page.html


async def test_search_engines_are_asked_not_to_keep_it(browser, session, entry):
    certificate = await issued(session, entry)

    answer = await browser.get(f"/verify/{certificate.serial}")

    assert answer.headers["x-robots-tag"] == "noindex"


async def test_a_serial_can_be_typed(browser):
    page = Page(await browser.get("/verify"))
    answer = await browser.get(
        "/verify", params={"serial": "4f7k 2m9q x3zb 8ro1"}, follow_redirects=False
    )

    assert page.h1 == "Check a certificate"
    assert page.field("Certificate serial").value == ""
    assert answer.status_code == 303
    assert answer.headers["location"] == "/verify/4F7K-2M9Q-X3ZB-8R01"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "Enter the serial that is printed on the certificate"),
        (
            "CH-0000123-J",
            "Certificate serial must be 16 letters and numbers, without the letter U",
        ),
        ("x" * 61, "Certificate serial must be 60 characters or fewer"),
    ],
)
async def test_what_cannot_be_a_serial_is_said_at_the_field(browser, typed, fault):
    page = Page(await browser.get("/verify", params={"serial": typed}))

    assert page.status == 422
    assert page.errors == [fault]
    assert page.field("Certificate serial").value == typed
