"""An applicant's way from the start page to the confirmation, and the other ways that it may take."""

from datetime import date

import msgspec
import pytest
from sqlalchemy import func, select

from register.application import (
    ApplicationState,
    SectionName,
    form_of,
)
from register.application.answers import ApplicationForm, Conduct, Criminal
from register.kit.clock import day_of
from register.part import Part
from register.process import Event
from register.request import Request, RequestKind
from register.rule_set import RuleSet, StatementTerms
from tests.applications import (
    fill,
    make_application,
    make_declaration,
    make_form,
    make_health,
    make_sent_application,
)
from tests.make import NOW, make_account, make_process
from tests.reading import Page


@pytest.fixture
async def account(session):
    return await make_account(session, email="alice@example.org")


@pytest.fixture
async def alice(browser, account, session):
    """Alice, signed in."""
    await session.commit()
    await browser.sign_in(account)
    return browser


@pytest.fixture
async def draft(session, account):
    application = await make_application(session, account=account)
    await session.commit()
    return application


@pytest.fixture
async def ready(session, draft):
    """A draft in which all is answered."""
    await fill(session, draft, make_form())
    await session.commit()
    return draft


@pytest.fixture
async def sent(session, account):
    application = await make_sent_application(session, account=account)
    await session.commit()
    return application


DECLARED = {
    "version": "2026-1",
    "privacy": "yes",
    "true": "yes",
    "signature": "Zoë O'Connor-Łuczak",
}


async def opened(browser, application, place=""):
    return Page(await browser.get(f"/apply/{application.reference}{place}"))


async def asked(session, application, *sections):
    by = make_process(session)
    application.take_up(await make_account(session), by=by)
    application.ask(by=by)
    request = await Request.ask(
        session,
        RequestKind.FURTHER_INFORMATION,
        application_id=application.id,
        person_id=application.person_id,
        items=[
            {"section": section, "reasons": ["dbs_certificate_old"], "check": 0}
            for section in sections
        ],
        due_on=date(2027, 4, 7),
        by=by,
    )
    await session.commit()
    return request


# Beginning


async def test_anybody_may_read_what_applying_takes(browser):
    page = Page(await browser.get("/apply"))

    assert page.status == 200
    assert page.h1 == "Apply to join the register"
    assert page.link("Start now") == "/apply/begin"
    assert "90 days" in page.text


async def test_beginning_needs_an_account(browser):
    answer = await browser.get("/apply/begin")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_an_application_is_begun_and_gone_on_with(alice, session):
    page = Page(await alice.get("/apply/begin"))

    first = await alice.post("/apply/begin", data=page.form("Continue"))
    second = await alice.post("/apply/begin", data=page.form("Continue"))

    assert first.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    tasks = Page(await alice.get(first.headers["location"]))
    assert tasks.h1 == "Your application"
    assert "You have completed 0 of 16 sections." in tasks.text
    assert set(tasks.tasks.values()) == {"Not started", "Cannot be sent yet"}


@pytest.mark.parametrize("part", ["", "wizard", "trainee"])
async def test_a_part_that_is_not_there_or_not_open_is_refused(alice, part):
    answer = await alice.post("/apply/begin", data={"part": part})

    assert answer.status_code in {409, 422}


async def test_one_s_applications_are_listed_where_one_applies(alice, draft):
    page = Page(await alice.get("/apply"))

    assert page.h1 == "Your application"
    assert (
        page.link(f"Go on with your application {draft.reference}")
        == f"/apply/{draft.reference}"
    )
    assert "Send it by the end of 8 June 2027." in page.text
    assert "Not sent yet" in page.tags
    assert "Start now" not in page.links


# Whose it is

PLACES = [
    "",
    "/check",
    "/send",
    "/sent",
    "/withdraw",
    "/register-by",
    "/identity",
    "/addresses",
    "/addresses/items/new",
    "/evidence/identity",
    "/employment-gaps",
]


async def test_somebody_else_s_application_is_not_there(browser, session, ready):
    await browser.sign_in(await make_account(session, email="charlie@example.org"))

    for place in PLACES:
        page = await opened(browser, ready, place)

        assert page.status == 404, place
        assert ready.reference not in page.html


async def test_nobody_reads_one_without_signing_in(browser, draft):
    for place in PLACES:
        answer = await browser.get(f"/apply/{draft.reference}{place}")

        assert answer.status_code == 303, place
        assert answer.headers["location"].startswith("/sign-in")


async def test_what_is_not_there_is_not_found(alice, draft):
    for place in (
        "/nonsense",
        "/addresses/items/nonsense",
        "/addresses/items/00000000-0000-0000-0000-000000000000",
        "/identity/items/new",
        "/evidence/equality",
        "/documents/nonsense",
    ):
        assert (await opened(alice, draft, place)).status == 404, place


# Checking and sending


async def test_the_task_list_says_how_far_one_is(alice, session, draft):
    await fill(session, draft, make_form(dbs=None, english=None))
    await session.commit()

    page = await opened(alice, draft)

    assert "You have completed 14 of 16 sections." in page.text
    assert page.tasks["Identity"] == "Completed"
    assert page.tasks["DBS check"] == "Not started"


async def test_all_answers_can_be_checked_and_changed(alice, ready):
    page = await opened(alice, ready, "/check")

    assert page.fact("Family name") == "O’Connor-Łuczak"
    assert page.fact("DBS certificate number") == "001234567890"
    assert page.change_link("Family name").endswith("/identity")
    assert page.link("Continue").endswith("/send")


async def test_it_is_declared_signed_and_sent(alice, session, ready):
    page = await opened(alice, ready, "/send")
    answer = await alice.post(
        f"/apply/{ready.reference}/send", data=page.form() | DECLARED
    )
    confirmation = Page(await alice.get(answer.headers["location"]))

    assert answer.status_code == 303
    assert confirmation.h1 == "Application sent"
    assert ready.reference in confirmation.text
    await session.refresh(ready)
    assert ready.state is ApplicationState.SUBMITTED


async def test_a_second_click_and_a_replay_lead_to_the_same_confirmation(
    alice, session, ready
):
    answers = [
        await alice.post(f"/apply/{ready.reference}/send", data=DECLARED)
        for _ in range(3)
    ]

    assert {answer.headers["location"] for answer in answers} == {
        f"/apply/{ready.reference}/sent"
    }
    events = (
        select(func.count())
        .select_from(Event)
        .where(Event.kind == "application_submitted")
    )
    assert await session.scalar(events) == 1


async def test_a_declaration_that_is_not_made_is_asked_for(alice, ready):
    page = Page(await alice.post(f"/apply/{ready.reference}/send", data={}))

    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert page.errors == [
        "Confirm that you have read the privacy notice",
        "Confirm that you declare all of this",
        "Enter your full name to sign",
    ]


async def test_the_signature_is_the_name_that_was_given(alice, ready):
    wrong = Page(
        await alice.post(
            f"/apply/{ready.reference}/send", data=DECLARED | {"signature": "Zoë Smith"}
        )
    )

    assert wrong.status == 422
    assert (
        "The name you sign with must be the name that you gave under “Identity”"
        in wrong.errors
    )


async def test_who_sends_has_answered_and_read_the_declaration_of_the_day(
    alice, session, ready
):
    page = await opened(alice, ready, "/send")
    address = f"/apply/{ready.reference}/send"
    await publish_declaration(session, "2027-1", "Every word is true.")

    unanswered = await alice.post(address, data=page.form() | DECLARED)
    again = {"version": "2027-1"}
    await fill(
        session,
        ready,
        ApplicationForm(
            criminal=make_declaration(Criminal, **again),
            conduct=make_declaration(Conduct, **again),
            health=make_health(**again),
        ),
    )
    unread = Page(await alice.post(address, data=page.form() | DECLARED))
    sent = await alice.post(address, data=page.form() | DECLARED | unread.form())

    assert unanswered.headers["location"] == f"/apply/{ready.reference}/check"
    assert unread.errors == [
        "The declaration has changed since you opened this page: read it again"
    ]
    assert "Every word is true." in unread.text
    assert sent.headers["location"] == f"/apply/{ready.reference}/sent"


async def publish_declaration(session, version, words):
    """From today on a declaration of one sentence."""
    newest = (await RuleSet.versions(session, Part.MANAGER))[0]
    rules = msgspec.structs.replace(newest.rules, declaration_version=version)
    terms = msgspec.structs.replace(
        newest.terms, rules=rules, statements=(StatementTerms("D1", words),)
    )
    await RuleSet.publish(session, Part.MANAGER, terms, on=day_of(NOW))
    await session.commit()


async def test_what_is_not_complete_is_not_sent(alice, draft):
    for answer in (
        await alice.get(f"/apply/{draft.reference}/send"),
        await alice.post(f"/apply/{draft.reference}/send", data=DECLARED),
    ):
        assert answer.headers["location"] == f"/apply/{draft.reference}/check"


async def test_there_is_no_confirmation_before_it_is_sent(alice, draft):
    answer = await alice.get(f"/apply/{draft.reference}/sent")

    assert answer.headers["location"] == f"/apply/{draft.reference}"


# What is happening


async def test_the_applicant_sees_what_is_happening_and_who_acts(alice, sent):
    page = await opened(alice, sent)

    assert page.h1 == "What is happening with your application"
    assert page.fact("State") == "Received"
    assert page.fact("Who acts next") == "We do, and 2 referees"
    assert page.timeline == ["You sent your application", "You began your application"]


async def test_what_staff_propose_is_not_told(alice, session, sent):
    by = make_process(session)
    sent.take_up(await make_account(session), by=by)
    sent.propose(by=by)
    await session.commit()

    page = await opened(alice, sent)

    assert page.fact("State") == "Being assessed"
    assert page.timeline[0] == "A caseworker began to assess it"
    assert "propos" not in page.text.lower()


async def test_who_is_approved_is_led_to_pay(alice, session, sent):
    by = make_process(session)
    sent.take_up(await make_account(session), by=by)
    sent.propose(by=by)
    condition = {"kind": "qual_condition", "due_on": "2030-01-04"}
    sent.approve(pay_by=date(2027, 3, 24), conditions=[condition], by=by)
    await session.commit()

    page = await opened(alice, sent)

    assert "24 March 2027" in page.text
    assert "send us your certificate by 4 January 2030" in page.text
    assert "You can appeal against a condition once you are registered." in page.text
    assert page.fact("Who acts next") == "You"
    assert page.link("Pay the registration fee") == "/pay"


async def test_who_is_registered_sees_their_number(alice, session, sent, now):
    by = make_process(session)
    sent.take_up(await make_account(session), by=by)
    sent.propose(by=by)
    sent.approve(pay_by=date(2027, 3, 24), by=by)
    await sent.paid(session, at=now, by=by)
    await session.commit()

    page = await opened(alice, sent)

    assert "Your registration number is CH-" in page.text
    assert page.timeline[0] == "You were entered in the register"


async def test_each_end_has_its_words(alice, session, sent, now):
    by = make_process(session)
    sent.take_up(await make_account(session), by=by)
    sent.propose(by=by)
    sent.refuse(because="identity_not_shown", by=by)
    await session.commit()

    page = await opened(alice, sent)

    assert "We have refused your application." in page.text
    assert page.fact("Who acts next") == "Nobody: it is finished"
    assert "Our reasons" in page.text


async def test_what_was_sent_can_be_read_and_not_changed(alice, sent):
    page = await opened(alice, sent, "/check")
    section = await alice.get(f"/apply/{sent.reference}/identity")
    saved = await alice.post(f"/apply/{sent.reference}/identity", data={})

    assert page.h1 == "Your answers"
    assert not [link for link in page.links if link.startswith("Change")]
    assert section.headers["location"] == f"/apply/{sent.reference}/check"
    assert saved.status_code == 409


# Answering


async def test_what_is_asked_stands_on_one_page(alice, session, sent):
    await asked(session, sent, SectionName.DBS)

    page = await opened(alice, sent)

    assert page.h1 == "We need more from you"
    assert "7 April 2027" in page.text
    assert "DBS check" in page.headings
    assert (
        page.link("Change your answers of DBS check") == f"/apply/{sent.reference}/dbs"
    )


async def test_only_what_is_asked_can_be_changed(alice, session, sent):
    await asked(session, sent, SectionName.DBS)

    assert (await opened(alice, sent, "/dbs")).h1 == "DBS check"
    assert (await opened(alice, sent, "/health")).status == 303


async def test_the_answer_is_sent_once(alice, session, sent):
    await asked(session, sent, SectionName.DBS)
    answers = [
        await alice.post(f"/apply/{sent.reference}/answer", data={}) for _ in range(2)
    ]

    assert {answer.status_code for answer in answers} == {303}
    page = await opened(alice, sent)
    assert page.fact("State") == "Being assessed"
    assert page.timeline[0] == "You sent us your answer"


async def test_an_answer_with_something_missing_says_what(alice, session, sent):
    await asked(session, sent, SectionName.ADDRESSES)
    form = await form_of(session, sent.id)
    item = form.addresses.items[0]
    await alice.post(
        f"/apply/{sent.reference}/addresses/items/{item.id}/remove", data={}
    )

    page = Page(await alice.post(f"/apply/{sent.reference}/answer", data={}))

    assert page.status == 422
    assert page.errors == ["Complete “Address history”"]


# Leaving


async def test_a_draft_is_deleted_when_one_withdraws_it(alice, session, ready):
    page = await opened(alice, ready, "/withdraw")
    answer = await alice.post(f"/apply/{ready.reference}/withdraw", data=page.form())

    after = Page(await alice.get(answer.headers["location"]))
    assert page.h1 == "Delete your application"
    assert "You withdrew this application" in after.text
    assert (await form_of(session, ready.id)).identity is None


async def test_withdrawing_twice_is_withdrawing_once(alice, sent):
    for _ in range(2):
        answer = await alice.post(f"/apply/{sent.reference}/withdraw", data={})

        assert answer.status_code == 303


async def test_what_is_decided_cannot_be_withdrawn(alice, session, sent):
    by = make_process(session)
    sent.take_up(await make_account(session), by=by)
    sent.propose(by=by)
    sent.approve(pay_by=date(2027, 3, 24), by=by)
    await session.commit()

    asked_for = await alice.get(f"/apply/{sent.reference}/withdraw")
    answer = await alice.post(f"/apply/{sent.reference}/withdraw", data={})

    assert asked_for.status_code == 303
    assert answer.status_code == 409
