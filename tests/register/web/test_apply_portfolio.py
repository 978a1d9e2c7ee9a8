"""The portfolio on the applicant's pages, outcome by outcome, and beside the place where assessors sign."""

import pytest

from register.application import SectionName, evidence_of, form_of, submit
from register.rule_set import AcceptedQualification, Route
from tests.applications import (
    claim_by_portfolio,
    fill,
    make_application,
    make_form,
    map_portfolio,
)
from tests.make import make_account, make_process
from tests.reading import Page
from tests.register.assessing import give, make_caseworker, make_office
from tests.register.web.test_apply_evidence import SCAN


@pytest.fixture
async def account(session):
    return await make_account(session, email="alice@example.org")


@pytest.fixture
async def draft(session, account):
    application = await make_application(session, account=account)
    await fill(session, application, make_form())
    await session.commit()
    return application


@pytest.fixture
async def claimed(session, draft):
    held = await claim_by_portfolio(session, draft)
    await session.commit()
    return held


@pytest.fixture
async def alice(browser, draft, account):
    await browser.sign_in(account)
    return browser


@pytest.fixture
def at(draft):
    return f"/apply/{draft.reference}/portfolio"


async def follow(browser, place, **sent):
    answer = await browser.post(place, **sent)
    if answer.status_code == 303:
        return Page(await browser.get(answer.headers["location"]))
    return Page(answer)


async def test_choosing_it_asks_nothing_of_an_award_and_leads_to_the_map(
    alice, session, draft
):
    tasks = f"/apply/{draft.reference}"
    assert "Portfolio" not in Page(await alice.get(tasks)).tasks
    place = f"{tasks}/qualifications/items/new"
    listed = Page(await alice.get(place)).soup.select("#accepted option")
    (option,) = [o["value"] for o in listed if "Portfolio" in o.text]

    page = await follow(alice, place, data={"accepted": option})

    assert page.h1 == "Portfolio"
    assert "P7: Recruit, supervise and develop a team" in page.text
    assert "24 months in residential care in the 60 months" in page.text
    held = (await form_of(session, draft.id)).qualifications.items[-1]
    row = await session.get_one(AcceptedQualification, held.accepted_id)
    assert row.route is Route.PORTFOLIO
    assert Page(await alice.get(tasks)).tasks["Portfolio"] == "Not started"
    again = f"{tasks}/qualifications/items/{held.id}"
    assert Page(await alice.get(again)).status == 200


async def test_an_outcome_is_mapped_to_words_and_a_document_that_shows_another_too(
    alice, session, draft, claimed, at
):
    upload = await follow(
        alice, f"{at}/P1", data={"words": "I led a home", "then": "document"}
    )
    assert upload.h1 == "Upload a document that shows this"
    page = await follow(
        alice,
        f"{at}/P1/document",
        data={"kind": "work_record"},
        files={"file": SCAN},
    )
    assert page.field("How do you meet this?").value == "I led a home"
    (document,) = await evidence_of(session, draft.id, SectionName.PORTFOLIO)

    page = await follow(
        alice, f"{at}/P2", data={"words": "I know it", "evidence": str(document.id)}
    )

    said = (await form_of(session, draft.id)).portfolio
    assert [(one.code, one.words, one.evidence) for one in said.outcomes] == [
        ("P1", "I led a home", [document.id]),
        ("P2", "I know it", [document.id]),
    ]
    assert page.h1 == "Portfolio"
    assert page.text.count("Nothing mapped yet") == 7
    tasks = Page(await alice.get(f"/apply/{draft.reference}"))
    assert tasks.tasks["Portfolio"] == "In progress"
    assert tasks.tasks["Check your answers and send"] == "Cannot be sent yet"


async def test_going_on_says_which_outcomes_are_missing(
    alice, session, draft, claimed, at
):
    await map_portfolio(session, draft, but=["P3", "P9"])
    await session.commit()

    page = await follow(alice, at)

    assert page.status == 422
    assert page.errors == [
        "Say how you meet P3: Lead practice that helps children to form lasting relationships",
        "Say how you meet P9: Use records, inspection and complaints to make the home better",
    ]
    check = Page(await alice.get(f"/apply/{draft.reference}/check"))
    assert "Portfolio" in check.links
    assert "How I meet P1" in check.text


async def test_a_whole_map_goes_on_and_can_be_sent(alice, session, draft, claimed, at):
    await map_portfolio(session, draft)
    await session.commit()

    page = await follow(alice, at)

    assert page.tasks["Portfolio"] == "Completed"
    assert page.tasks["Check your answers and send"] == "Ready to send"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"words": " "}, "Enter how you meet this"),
        ({"words": "x" * 4001}, "How you meet this must be 4,000 characters or fewer"),
        (
            {"words": "I led", "evidence": "0" * 32},
            "Select documents from the list",
        ),
    ],
)
async def test_what_is_wrong_of_an_outcome_is_told(
    alice, session, draft, claimed, at, sent, error
):
    await map_portfolio(session, draft)
    await session.commit()

    page = await follow(alice, f"{at}/P1", data=sent)

    assert page.status == 422
    assert page.errors == [error]


async def test_a_file_that_is_none_is_told_and_the_words_are_kept(
    alice, session, draft, claimed, at
):
    await alice.post(f"{at}/P1", data={"words": "I led", "then": "document"})

    page = await follow(
        alice,
        f"{at}/P1/document",
        data={"kind": "work_record"},
        files={"file": ("a.exe", b"MZ" * 500, "application/pdf")},
    )

    assert page.status == 422
    assert (await form_of(session, draft.id)).portfolio.of("P1").words == "I led"


async def test_two_windows_lose_nothing(alice, session, draft, claimed, at):
    first = Page(await alice.get(f"{at}/P1")).form("Save and continue")
    await alice.post(f"{at}/P1", data=first | {"words": "From one window"})

    page = Page(await alice.post(f"{at}/P1", data=first | {"words": "From another"}))

    assert page.status == 409
    assert "From one window" in page.text
    assert "From another" in page.text
    assert (await form_of(session, draft.id)).portfolio.of("P1").words == (
        "From one window"
    )


async def test_who_claims_by_none_and_outcomes_that_are_none_are_not_found(
    alice, session, draft, at
):
    for path in ("", "/P1", "/P1/document"):
        assert (await alice.get(at + path)).status_code == 404
        assert (await alice.post(at + path)).status_code == 404
    await claim_by_portfolio(session, draft)
    await session.commit()

    assert (await alice.get(at)).status_code == 200
    for path in ("/P77", "/P77/document"):
        assert (await alice.get(at + path)).status_code == 404
        assert (await alice.post(at + path)).status_code == 404


async def test_it_is_the_applicants_own(browser, session, claimed, at):
    signed_out = await browser.get(at)
    await browser.sign_in(await make_account(session, email="charlie@example.org"))

    assert signed_out.status_code == 303
    for path in ("", "/P1", "/P1/document"):
        assert (await browser.get(at + path)).status_code == 404
        assert (await browser.post(at + path)).status_code == 404


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def sent(session, draft, claimed, office):
    await map_portfolio(session, draft, but=())
    await submit(session, draft, by=make_process(session))
    await give(session, draft, to=office.caseworker, giver=office.caseworker)
    await session.commit()
    return draft


async def test_what_was_sent_can_be_read_and_not_changed(alice, sent, at):
    shown = await alice.get(at)
    outcome = await alice.get(f"{at}/P1")
    kept = await alice.post(f"{at}/P1", data={"words": "Other words"})

    assert shown.headers["location"] == f"/apply/{sent.reference}/check"
    assert [outcome.status_code, kept.status_code] == [404, 409]
    check = Page(await alice.get(f"/apply/{sent.reference}/check"))
    assert "How I meet P1" in check.text


async def test_assessors_read_the_map_beside_the_place_where_each_signs(
    browser, session, sent, claimed, office
):
    other = await make_caseworker(session, name="Olga Other")
    case = f"/staff/applications/{sent.reference}"
    (document,) = await evidence_of(session, sent.id, SectionName.PORTFOLIO)
    for reader, signs in ((office.caseworker, 1), (other, 1), (office.registrar, 0)):
        await browser.sign_in(reader)

        page = Page(await browser.get(f"{case}/qualifications/{claimed.id}/portfolio"))

        assert page.text.count("How I meet P4") == 1
        assert f"{case}/evidence/{document.id}" in page.links.values()
        assert page.text.count("Does it show P4?") == signs
    section = Page(await browser.get(f"{case}/sections/portfolio"))
    assert "How I meet P4" in section.text
