"""Applications as staff work on them, page by page."""

from datetime import date, timedelta
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.application import ApplicationKind, ApplicationState, SectionName
from register.application.answers import (
    Body,
    Dbs,
    Eligibility,
    OtherRegistration,
    OtherRegistrations,
)
from register.application.evidence import Evidence, EvidenceKind
from register.assessment import (
    AssessmentAct,
    AssessmentEvent,
    Outcome,
    ask_for_more,
    note,
    propose_grant,
)
from register.kit.cleaning import MediaType
from register.kit.files import FileState, StoredFile
from register.kit.post import Message
from register.part import Part
from register.process import Event
from register.proposal import Proposal
from register.qualification import Qualification
from register.request import Request
from register.rule_set import RuleSet
from tests.counting import counted
from tests.make import NOW, make_account, make_home, make_person
from tests.reading import Page
from tests.register.assessing import (
    CONVICTED,
    SECRET,
    act,
    answers,
    check,
    check_all,
    make_caseworker,
    make_office,
    make_sent,
    proposed_grant,
    send,
    weighed,
)

READERS = [
    StaffRole.CASEWORKER,
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
    StaffRole.AUDITOR,
]
OTHERS = [StaffRole.FINANCE_OFFICER, StaffRole.ADMIN]
PATHS = ["", "/sections", "/sections/dbs", "/notes", "/timeline", "/messages"]


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def application(session, office):
    return await make_sent(session, officer=office.caseworker)


@pytest.fixture
def at(application):
    return f"/staff/applications/{application.reference}"


@pytest.fixture
async def caseworker(browser, office, application):
    await browser.sign_in(office.caseworker)
    return browser


async def stamp(browser, address):
    """The hidden fields of a page's form: what it showed."""
    page = Page(await browser.get(address))
    return {
        name: page.soup.select_one(f"[name={name}]")["value"]
        for name in ("version", "latest")
    }


# Who may come in


@pytest.mark.parametrize(
    "path", ["/staff/applications", "/staff/proposals", "/staff/persons", "/staff"]
)
async def test_nobody_is_let_in_without_signing_in(browser, path):
    assert (await browser.get(path)).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("path", PATHS)
async def test_every_page_is_shown_to_readers(browser, session, at, role, path):
    await browser.sign_in(await make_account(session, role))

    assert (await browser.get(at + path)).status_code == 200


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("path", [*PATHS, "/request", "/proposal"])
async def test_no_page_is_shown_to_other_staff(browser, session, at, role, path):
    await browser.sign_in(await make_account(session, role))

    assert (await browser.get(at + path)).status_code == 403


@pytest.mark.parametrize("path", PATHS)
async def test_ones_own_application_is_not_there(browser, session, path):
    person = await make_person(session)
    reader = await make_caseworker(session, person=person)
    own = await make_sent(session, person=person, account=await make_account(session))
    await browser.sign_in(reader)

    assert (
        await browser.get(f"/staff/applications/{own.reference}{path}")
    ).status_code == 404


@pytest.mark.parametrize("path", ["", "/sections", "/sections/dbs"])
async def test_an_application_that_nobody_sent_is_not_there(browser, session, path):
    await browser.sign_in(await make_caseworker(session))

    assert (
        await browser.get(f"/staff/applications/A-00000000{path}")
    ).status_code == 404


async def test_a_section_that_there_is_not_is_not_there(caseworker, at):
    assert (await caseworker.get(f"{at}/sections/shoe-size")).status_code == 404
    assert (await caseworker.get(f"{at}/sections/equality")).status_code == 404


# The queue


async def test_the_queue_lists_applications(caseworker, application):
    page = Page(await caseworker.get("/staff/applications"))

    assert page.h1 == "Applications"
    assert application.reference in page.text
    assert "Casey Worker" in page.text


async def test_the_queue_is_filtered(caseworker, session, application):
    free = await make_sent(session)

    page = Page(
        await caseworker.get(
            "/staff/applications?holder=nobody&state=submitted&part=manager"
        )
    )

    assert free.reference in page.text
    assert application.reference not in page.text


async def test_a_filter_that_there_is_not_is_a_fault_on_the_page(caseworker):
    page = Page(await caseworker.get("/staff/applications?state=eaten"))

    assert page.status == 422
    assert page.errors


async def test_the_queue_goes_on_after_nothing(caseworker):
    assert (
        await caseworker.get("/staff/applications?after=rubbish")
    ).status_code == 200


@pytest.mark.parametrize(
    "path", ["/staff/applications", "/staff/proposals", "/staff/persons", "/staff"]
)
async def test_a_list_asks_the_database_as_often_however_long_it_is(
    caseworker, session, office, engine, path
):
    await caseworker.get(path)
    with counted(engine) as few:
        await caseworker.get(path)
    for _ in range(4):
        more = await make_sent(session, officer=office.caseworker)
        await proposed_grant(session, more, office.caseworker)
    with counted(engine) as many:
        await caseworker.get(path)

    assert len(many) == len(few)


# Taking and giving


async def test_a_caseworker_takes_an_application(browser, session, office):
    application = await make_sent(session)
    at = f"/staff/applications/{application.reference}"
    await browser.sign_in(office.caseworker)

    answer = await browser.post(
        f"{at}/assignment",
        data={**await stamp(browser, at), "to": str(office.caseworker.id)},
    )

    assert answer.status_code == 303
    assert "is with Casey Worker now" in Page(await browser.get(at)).flashes[0]
    await session.refresh(application)
    assert application.state is ApplicationState.UNDER_ASSESSMENT


async def test_a_team_manager_gives_an_application(
    browser, session, office, application, at
):
    other = await make_caseworker(session, name="Other Worker")
    await browser.sign_in(office.manager)

    await browser.post(
        f"{at}/assignment", data={**await stamp(browser, at), "to": str(other.id)}
    )

    await session.refresh(application)
    assert application.assigned_to_id == other.id


async def test_it_cannot_be_given_to_somebody_who_is_not_listed(browser, office, at):
    await browser.sign_in(office.manager)

    answer = await browser.post(
        f"{at}/assignment", data={**await stamp(browser, at), "to": str(uuid4())}
    )

    assert answer.status_code == 422


async def test_who_takes_it_second_is_told(browser, session, office):
    application = await make_sent(session)
    at = f"/staff/applications/{application.reference}"
    await browser.sign_in(office.caseworker)
    shown = await stamp(browser, at)
    await browser.post(
        f"{at}/assignment", data={**shown, "to": str(office.caseworker.id)}
    )
    second = await make_caseworker(session)
    await browser.sign_in(second)

    page = Page(
        await browser.post(f"{at}/assignment", data={**shown, "to": str(second.id)})
    )

    assert page.status == 409
    assert "Assessment begun" in page.text
    assert "Casey Worker" in page.text


# Sections


async def test_a_section_is_shown_beside_its_check(caseworker, at):
    page = Page(await caseworker.get(f"{at}/sections/dbs"))

    assert "001234567890" in page.text
    assert "The DBS certificate is too old" in page.text


@pytest.mark.parametrize(
    "name", [name for name in ApplicationKind.FIRST.sections if name.assessed]
)
async def test_every_section_is_shown(caseworker, at, name):
    assert (await caseworker.get(f"{at}/sections/{name}")).status_code == 200


async def test_a_home_that_was_looked_up_is_shown_as_ofsted_lists_it(
    caseworker, session, application, at
):
    home = await make_home(session, name="Harbour View", provider="Harbour Care Ltd")
    home.registration_status = "Resigned"
    told = Eligibility(
        in_role=True,
        urn=home.urn,
        home_id=home.id,
        registered_before=False,
        regulated_elsewhere=False,
    )
    later = NOW + timedelta(hours=1)
    await send(session, application, {SectionName.ELIGIBILITY: told}, now=later)

    page = Page(await caseworker.get(f"{at}/sections/eligibility"))

    assert "Harbour View, Harbour Care Ltd, Leeds, resigned" in page.text


async def test_a_check_is_kept_and_leads_on(caseworker, session, at, application):
    answer = await caseworker.post(
        f"{at}/sections/eligibility", data={"outcome": "met"}
    )

    assert answer.headers["location"] == f"{at}/sections/identity"
    assert "Met" in Page(await caseworker.get(f"{at}/sections")).text


async def test_asking_needs_a_reason(caseworker, at):
    page = Page(
        await caseworker.post(
            f"{at}/sections/dbs", data={"outcome": "ask", "ask_words": "Please"}
        )
    )

    assert page.status == 422
    assert page.errors == ["Select at least one reason to ask for more"]
    assert "Please" in page.html


async def test_a_reason_of_another_section_is_a_fault(caseworker, at):
    page = Page(
        await caseworker.post(
            f"{at}/sections/dbs", data={"outcome": "ask", "ask_reasons": "address_gap"}
        )
    )

    assert page.status == 422


async def test_an_outcome_that_there_is_not_is_a_fault(caseworker, at):
    assert (
        await caseworker.post(f"{at}/sections/dbs", data={"outcome": "perhaps"})
    ).status_code == 422


async def test_the_second_of_two_checks_keeps_its_words(
    caseworker, session, application, office, at
):
    await check(session, application, SectionName.DBS, officer=office.caseworker)

    page = Page(
        await caseworker.post(
            f"{at}/sections/dbs",
            data={
                "outcome": "ask",
                "ask_reasons": "dbs_certificate_old",
                "ask_words": "My own words",
                "seen": "",
            },
        )
    )

    assert page.status == 409
    assert "My own words" in page.html
    assert "Section checked" in page.text


async def test_who_does_not_have_it_is_refused(browser, session, at):
    await browser.sign_in(await make_caseworker(session))

    page = Page(await browser.post(f"{at}/sections/dbs", data={"outcome": "met"}))

    assert page.status == 409
    assert "is not assigned to you" in page.text


async def test_what_has_changed_is_marked(caseworker, session, application, at):
    before = answers()[SectionName.DBS]
    newer = Dbs(
        certificate_number="009999999999",
        issued_on=before.issued_on,
        enhanced=True,
        child_workforce=True,
        children_barred_list=True,
        update_service=False,
    )
    await send(
        session, application, {SectionName.DBS: newer}, now=NOW + timedelta(hours=1)
    )

    page = Page(await caseworker.get(f"{at}/sections/dbs"))

    assert "009999999999 Changed Was: 001234567890" in page.text


async def test_a_qualification_is_judged(caseworker, session, application, at):
    held = await session.scalar(
        select(Qualification).where(Qualification.person_id == application.person_id)
    )

    answer = await caseworker.post(
        f"{at}/qualifications/{held.id}", data={"verdict": "partial"}
    )

    assert answer.status_code == 303
    await session.refresh(held)
    assert held.verdict == "partial"


async def test_nobody_is_found_registered_elsewhere_before_the_other_register_is_asked(
    caseworker, session, application, at
):
    listed = OtherRegistration(body=Body.SWE, number="SW12", current=True)
    left = OtherRegistration(body=Body.SSSC, number="X", current=False)
    elsewhere = OtherRegistrations(
        registered=True, acted_against=False, items=[listed, left]
    )
    said = {SectionName.REGISTRATIONS: elsewhere}
    await send(session, application, said, now=NOW + timedelta(hours=1))
    section = f"{at}/sections/registrations"
    prefix = f"r{listed.id.hex}"
    status = {f"{prefix}-certified": "restricted", f"{prefix}-seen_as": "certificate"}

    early = await caseworker.post(section, data={"outcome": "met"})
    old = Page(
        await caseworker.post(
            f"{at}/registrations/{listed.id}",
            data=status | of_day(f"{prefix}-status_on", date(2026, 12, 9)),
        )
    )
    kept = await caseworker.post(
        f"{at}/registrations/{listed.id}",
        data=status | of_day(f"{prefix}-status_on", date(2026, 12, 10)),
    )
    page = Page(await caseworker.get(section))
    met = await caseworker.post(section, data={"outcome": "met"})

    assert early.status_code == 409
    assert "Record the current status on each other register" in Page(early).text
    assert old.errors == ["The day of which this is must be 10 December 2026 or later"]
    assert kept.status_code == 303
    assert "Registered, with restrictions or a warning" in page.text
    assert "Says they have left The number is unusual" in page.text
    assert met.status_code == 303


async def test_the_status_elsewhere_is_of_a_register_that_the_applicant_listed(
    caseworker, at
):
    other = uuid4()
    said = {f"r{other.hex}-certified": "good_standing"}
    said |= {f"r{other.hex}-seen_as": "certificate"}

    answer = await caseworker.post(
        f"{at}/registrations/{other}",
        data=said | of_day(f"r{other.hex}-status_on", date(2027, 3, 10)),
    )

    assert answer.status_code == 404


def of_day(name, day):
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2019, 6, 30), "our list says: meets the requirement"),
        (date(2019, 6, 29), "our list says: does not count"),
    ],
)
async def test_the_officer_reads_what_the_list_says_of_an_award_of_that_day(
    caseworker, session, application, at, until, said
):
    first = (await RuleSet.versions(session, Part.MANAGER))[0]
    accepted = msgspec.structs.replace(first.terms.accepted[0], awarded_until=until)
    terms = msgspec.structs.replace(first.terms, accepted=(accepted,))
    listed = await RuleSet.publish(session, Part.MANAGER, terms, on=date(2028, 1, 1))
    held = (await session.scalars(select(Qualification))).one()
    held.accepted_id, held.awarded_on = listed.accepted[0].id, date(2019, 6, 30)
    await session.flush()

    page = Page(await caseworker.get(f"{at}/sections/qualifications"))

    assert said in page.text


async def test_a_decision_shows_the_version_of_the_rules_that_it_is_made_under(
    caseworker, at
):
    page = Page(await caseworker.get(at))

    link = page.soup.select_one("[href='/staff/rules/manager/versions/1']")
    assert "Rules, version 1" in page.text
    assert link


async def test_a_verdict_that_there_is_not_is_a_fault(
    caseworker, session, application, at
):
    held = await session.scalar(
        select(Qualification).where(Qualification.person_id == application.person_id)
    )

    assert (
        await caseworker.post(f"{at}/qualifications/{held.id}", data={"verdict": "x"})
    ).status_code == 422


# Restricted sections


@pytest.mark.parametrize(
    ("section", "canary"), [("health", SECRET), ("criminal", CONVICTED)]
)
async def test_a_restricted_section_is_shown_to_the_officer_and_that_is_written_down(
    caseworker, session, at, section, canary
):
    page = Page(await caseworker.get(f"{at}/sections/{section}"))

    assert canary in page.text
    events = await session.scalars(
        select(Event).where(Event.kind == AssessmentEvent.RESTRICTED_READ)
    )
    assert [event.data["section"] for event in events] == [section]


@pytest.mark.parametrize("section", ["health", "criminal"])
async def test_a_restricted_section_is_not_there_for_other_caseworkers(
    browser, session, at, section
):
    await browser.sign_in(await make_caseworker(session))

    assert (await browser.get(f"{at}/sections/{section}")).status_code == 404
    listed = Page(await browser.get(f"{at}/sections")).text
    assert "Health" not in listed
    assert "Criminal" not in listed


async def test_the_timeline_says_nothing_of_restricted_sections_to_others(
    browser, session, office, application, at
):
    await check(
        session, application, SectionName.HEALTH, Outcome.ASK, officer=office.caseworker
    )
    await browser.sign_in(await make_caseworker(session))

    assert "Health" not in Page(await browser.get(f"{at}/timeline")).text


async def test_the_timeline_tells_the_officer(
    caseworker, session, office, application, at
):
    await check(
        session, application, SectionName.HEALTH, Outcome.ASK, officer=office.caseworker
    )

    page = Page(await caseworker.get(f"{at}/timeline"))

    assert "Section checked" in page.text
    assert "Health declaration. Ask for more" in page.text
    assert "by Casey Worker" in page.text


async def test_the_timeline_tells_to_whom_an_application_was_given(caseworker, at):
    page = Page(await caseworker.get(f"{at}/timeline"))

    assert "To Casey Worker" in page.text


async def test_a_long_timeline_is_told_to_its_first_line(
    caseworker, session, office, application, at
):
    for n in range(101):
        note(
            application,
            f"Note {n}.",
            by=act(session, AssessmentAct.NOTE, office.caseworker),
        )
    await session.flush()

    first = Page(await caseworker.get(f"{at}/timeline"))
    onward = first.soup.select_one("[rel=next]")["href"]
    second = Page(await caseworker.get(onward))

    assert "Assessment begun" not in first.text
    assert "Assessment begun" in second.text
    assert second.soup.select_one("[rel=next]") is None
    assert second.soup.select_one("[rel=prev]")["href"] == f"{at}/timeline"


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "٣"])
async def test_a_place_in_the_timeline_that_is_none_is_not_there(
    caseworker, at, before
):
    answer = await caseworker.get(f"{at}/timeline", params={"before": before})

    assert answer.status_code == 404


# Evidence


async def filed(
    session, application, state=FileState.CLEAN, section=SectionName.DBS, added_at=NOW
):
    file = StoredFile(
        id=uuid4(),
        owner_id=application.account_id,
        name="certificate.pdf",
        media_type=MediaType.PDF,
        size=3,
        sha256=b"x" * 32,
        state=state,
        stored_as=uuid4().hex,
        cleaned_as=uuid4().hex if state is FileState.CLEAN else None,
        created_at=added_at,
        settled_at=None if state is FileState.QUARANTINED else added_at,
    )
    session.add(file)
    await session.flush()
    evidence = Evidence(
        id=uuid4(),
        application_id=application.id,
        section=section,
        kind=EvidenceKind.LETTER,
        file_id=file.id,
        added_at=added_at,
    )
    session.add(evidence)
    await session.flush()
    return evidence


async def test_a_clean_file_is_offered(caseworker, session, application, at):
    evidence = await filed(session, application)

    page = Page(await caseworker.get(f"{at}/sections/dbs"))

    assert f"{at}/evidence/{evidence.id}" in page.html


@pytest.mark.parametrize(
    "state", [FileState.QUARANTINED, FileState.INFECTED, FileState.UNREADABLE]
)
async def test_a_file_that_is_not_clean_is_not_given_out(
    caseworker, session, application, at, state
):
    evidence = await filed(session, application, state)

    assert (
        f"{at}/evidence/{evidence.id}"
        not in Page(await caseworker.get(f"{at}/sections/dbs")).html
    )
    assert (await caseworker.get(f"{at}/evidence/{evidence.id}")).status_code == 409


async def test_a_file_that_is_not_sent_yet_is_not_there(
    caseworker, session, application, at
):
    evidence = await filed(session, application, added_at=NOW + timedelta(hours=1))

    assert (await caseworker.get(f"{at}/evidence/{evidence.id}")).status_code == 404


async def test_a_file_of_another_application_is_not_there(caseworker, session, at):
    evidence = await filed(session, await make_sent(session))

    assert (await caseworker.get(f"{at}/evidence/{evidence.id}")).status_code == 404


async def test_a_file_of_a_restricted_section_is_not_there_for_others(
    browser, session, application, at
):
    evidence = await filed(session, application, section=SectionName.HEALTH)
    await browser.sign_in(await make_caseworker(session))

    assert (await browser.get(f"{at}/evidence/{evidence.id}")).status_code == 404


# Notes and messages


async def test_a_note_is_kept(caseworker, at):
    await caseworker.post(f"{at}/notes", data={"words": "Rang <b>them</b>."})

    page = Page(await caseworker.get(f"{at}/notes"))

    assert "Rang <b>them</b>." in page.text


async def test_an_empty_note_is_a_fault(caseworker, at):
    assert Page(await caseworker.post(f"{at}/notes", data={"words": " "})).errors == [
        "Enter a note"
    ]


async def test_an_auditor_reads_notes_and_writes_none(
    browser, session, office, application, at
):
    note(
        application,
        "Seen the passport.",
        by=act(session, AssessmentAct.NOTE, office.caseworker),
    )
    await session.flush()
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    page = Page(await browser.get(f"{at}/notes"))

    assert "Seen the passport." in page.text
    assert not page.soup.select("textarea")
    assert (await browser.post(f"{at}/notes", data={"words": "x"})).status_code == 403


# Asking for more


async def test_the_preview_is_exactly_what_is_sent(
    caseworker, session, office, application, at
):
    await check(
        session,
        application,
        SectionName.DBS,
        Outcome.ASK,
        officer=office.caseworker,
        words="The one of 2024.",
    )

    page = Page(await caseworker.get(f"{at}/request"))
    await caseworker.post(
        f"{at}/request", data=await stamp(caseworker, f"{at}/request")
    )

    letter = await session.scalar(
        select(Message).where(Message.letter == "application_more_information")
    )
    assert letter.subject in page.text
    assert " ".join(letter.body.split()) in page.text
    await session.refresh(application)
    assert application.state is ApplicationState.INFORMATION_REQUESTED
    assert "The one of 2024." in Page(await caseworker.get(f"{at}/messages")).text


async def test_a_request_is_sent_once(caseworker, session, office, application, at):
    await check(
        session, application, SectionName.DBS, Outcome.ASK, officer=office.caseworker
    )
    shown = await stamp(caseworker, f"{at}/request")

    await caseworker.post(f"{at}/request", data=shown)
    second = await caseworker.post(f"{at}/request", data=shown)

    assert second.status_code == 409
    assert len(list(await session.scalars(select(Request)))) == 1


async def test_we_go_on_without_an_answer_when_it_is_late(
    caseworker, session, office, application, at, clock
):
    await check(
        session, application, SectionName.DBS, Outcome.ASK, officer=office.caseworker
    )
    await ask_for_more(
        session,
        application,
        officer=office.caseworker,
        by=act(session, AssessmentAct.ASK, office.caseworker),
    )
    await session.commit()

    early = await caseworker.post(f"{at}/request/expiry")
    clock.now += timedelta(days=22)
    await caseworker.sign_in(office.caseworker)
    late = await caseworker.post(f"{at}/request/expiry")

    assert (early.status_code, late.status_code) == (409, 303)


# Proposing


async def test_a_grant_is_proposed(caseworker, session, office, application, at):
    await check_all(session, application, officer=office.caseworker)
    await weighed(session, application, office.caseworker)

    answer = await caseworker.post(
        f"{at}/proposal",
        data={
            **await stamp(caseworker, f"{at}/proposal"),
            "decision": "grant",
            "condition": "no",
        },
    )

    assert answer.status_code == 303
    proposal = await session.scalar(select(Proposal))
    assert proposal.kind == "grant"


async def test_a_grant_is_not_proposed_while_a_section_is_open(
    caseworker, session, office, application, at
):
    await check_all(
        session,
        application,
        officer=office.caseworker,
        but={SectionName.DBS: Outcome.NOT_MET},
    )

    page = Page(
        await caseworker.post(
            f"{at}/proposal",
            data={
                **await stamp(caseworker, f"{at}/proposal"),
                "decision": "grant",
                "condition": "no",
            },
        )
    )

    assert page.status == 409
    assert "Every section must be met" in page.text


async def test_a_condition_needs_both_texts(
    caseworker, session, office, application, at
):
    await check_all(session, application, officer=office.caseworker)
    await weighed(session, application, office.caseworker)

    page = Page(
        await caseworker.post(
            f"{at}/proposal",
            data={
                **await stamp(caseworker, f"{at}/proposal"),
                "decision": "grant",
                "condition": "yes",
            },
        )
    )

    assert len(page.errors) == 2


async def test_the_qualification_condition_is_filled_in(browser, session, office):
    application = await make_sent(session, officer=office.caseworker, qualified=False)
    await check_all(session, application, officer=office.caseworker)
    await weighed(session, application, office.caseworker)
    await browser.sign_in(office.caseworker)

    page = Page(
        await browser.get(f"/staff/applications/{application.reference}/proposal")
    )

    assert "By the rule it is due by 1 September 2029" in page.text
    assert page.soup.select_one("#due_on-year")["value"] == "2029"


async def test_another_day_for_the_qualification_asks_why(browser, session, office):
    application = await make_sent(session, officer=office.caseworker, qualified=False)
    at = f"/staff/applications/{application.reference}/proposal"
    await check_all(session, application, officer=office.caseworker)
    await weighed(session, application, office.caseworker)
    await browser.sign_in(office.caseworker)
    day = {"due_on-day": "1", "due_on-month": "3", "due_on-year": "2030"}

    page = Page(
        await browser.post(
            at,
            data={
                **await stamp(browser, at),
                "decision": "grant",
                "condition": "no",
                **day,
            },
        )
    )

    assert page.errors == ["Enter why the qualification may come on another day"]


async def test_a_refusal_is_proposed(caseworker, session, office, application, at):
    await check_all(
        session,
        application,
        officer=office.caseworker,
        but={SectionName.DBS: Outcome.NOT_MET},
    )

    answer = await caseworker.post(
        f"{at}/proposal",
        data={**await stamp(caseworker, f"{at}/proposal"), "decision": "refuse"},
    )

    assert answer.status_code == 303
    assert "waits for a second person" in Page(await caseworker.get(at)).flashes[0]


async def test_who_proposes_second_keeps_their_words(
    caseworker, session, office, application, at
):
    await check_all(session, application, officer=office.caseworker)
    await weighed(session, application, office.caseworker)
    shown = await stamp(caseworker, f"{at}/proposal")
    await proposed_again(session, application, office)

    page = Page(
        await caseworker.post(
            f"{at}/proposal",
            data={
                **shown,
                "decision": "grant",
                "condition": "yes",
                "public": "Seen monthly",
                "internal": "My long reasons",
            },
        )
    )

    assert page.status == 409


async def proposed_again(session, application, office):
    await propose_grant(
        session,
        application,
        proposer=office.caseworker,
        by=act(session, AssessmentAct.PROPOSE, office.caseworker),
    )
    await session.commit()


# The first page


async def test_the_first_page_shows_what_waits(caseworker, application):
    page = Page(await caseworker.get("/staff"))

    assert page.h1 == "Casework"
    assert application.reference in page.text


@pytest.mark.parametrize("role", StaffRole)
async def test_the_first_page_is_there_for_all_staff(browser, session, role):
    await browser.sign_in(await make_account(session, role))

    assert (await browser.get("/staff")).status_code == 200


async def test_the_first_page_is_not_there_for_applicants(browser, session):
    await browser.sign_in(await make_account(session))

    assert (await browser.get("/staff")).status_code == 403


async def test_a_proposal_to_decide_is_on_the_first_page(
    browser, session, office, application
):
    await proposed_grant(session, application, office.caseworker)
    await browser.sign_in(office.manager)

    assert "Proposals for you to decide" in Page(await browser.get("/staff")).text
