"""A manager's way into the register, by hand: from an account to a certificate whose code somebody follows."""

import asyncio

import pypdfium2
import pytest
import zxingcpp

from tests.journeys.steps import (
    EMAIL,
    SECTIONS,
    answer,
    approve,
    ask_for_more,
    begin,
    check,
    decline,
    endorse,
    fill_in,
    judge,
    mailed,
    name_another,
    open_an_account,
    pay,
    propose_grant,
    refer,
    send,
    sign_in_as_staff,
    take,
    to_account,
    to_application,
    to_person,
)
from tests.journeys.walker import Walker


async def certificate(walker, folder):
    await to_account(walker, "Your certificates")
    await walker.press("Get a certificate…")
    link = walker.page.get_by_role("button", name="Download the certificate (PDF)")
    for _ in range(240):
        if await link.count():
            break
        await asyncio.sleep(0.25)
        await walker.open(walker.page.url)
    async with walker.page.expect_download() as download:
        await link.click()
    file = folder / "certificate.pdf"
    await (await download.value).save_as(file)
    return file


def code_on(file):
    """The address that a telephone reads from the printed certificate."""
    picture = pypdfium2.PdfDocument(file)[0].render(scale=2).to_pil()
    return zxingcpp.read_barcode(picture).text


async def walk(visitors, service, papers, *, scripts=True):
    """The journey; gives how many kinds of page were looked at."""
    seen = set()

    async def somebody():
        page = await visitors(java_script_enabled=scripts)
        return Walker(page, service, seen=seen, scripts=scripts)

    applicant, caseworker, manager = [await somebody() for _ in range(3)]
    await open_an_account(applicant)
    await begin(applicant)
    await fill_in(applicant, papers)
    reference = await send(applicant)

    referee = await somebody()
    await refer(referee, "referee0@example.org")
    await decline(referee, "referee1@example.org")
    await mailed(service, EMAIL, "another")
    await name_another(applicant, reference, "referee2@example.org")
    await refer(referee, "referee2@example.org")

    await endorse(referee, "endorser@example.org")

    await sign_in_as_staff(caseworker, "Casey Worker")
    await take(caseworker, reference)
    await check(
        caseworker,
        reference,
        "DBS check",
        "Ask for more",
        reasons=["The DBS certificate is too old"],
    )
    await ask_for_more(caseworker, reference)
    await mailed(service, EMAIL, "more")
    await answer(applicant, reference)
    for title in ("Eligibility", *SECTIONS):
        await check(caseworker, reference, title)
    await judge(caseworker, reference)
    await propose_grant(caseworker, reference)

    await sign_in_as_staff(manager, "Tam Leader")
    await approve(manager, reference)

    await mailed(service, EMAIL, "pay")
    await pay(applicant, reference)
    assert "Payment received" in await applicant.heading

    public = await somebody()
    await public.open("/")
    await public.fill({"Name or registration number": "obrien"})
    await public.press("Search")
    await public.follow("Siân O’Brien-Jones")
    assert "May practise" in await public.text
    assert await public.page.locator("main", has_text="Featherstonehaugh").count() == 0

    file = await certificate(applicant, papers)
    await public.open(code_on(file))
    assert await public.heading == "This certificate is valid"
    await to_application(applicant, reference)
    await to_account(applicant, "Your payments")
    await to_person(caseworker, "Siân O’Brien-Jones")
    await caseworker.follow(reference)
    await caseworker.follow("Timeline")
    return len(seen)


async def test_a_manager_comes_into_the_register(visitors, service, office, papers):
    assert await walk(visitors, service, papers) > 50


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_manager_comes_into_the_register_without_javascript(
    visitors, service, office, papers
):
    assert await walk(visitors, service, papers, scripts=False) > 50
