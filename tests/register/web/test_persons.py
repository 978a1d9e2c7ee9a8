"""Persons for staff, and the words of every timeline."""

from enum import StrEnum
from uuid import uuid4

import pytest

import fees
import register
from register.account import StaffRole
from register.application import ApplicationState, SectionName
from register.assessment import AssessmentAct, Outcome, Reason, ask_for_more
from register.entry import EntryEvent, OrderKind
from register.kit.modules import import_all
from register.kit.notify import Channel
from register.kit.pages import environment
from register.kit.post import Message, MessageState
from register.matching import look_for_matches
from register.part import Part
from register.proposal import ProposalKind
from register.rule_set import Verdict
from tests.applications import make_application
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.reading import Page
from tests.register.assessing import act, check, make_caseworker, make_office, make_sent


@pytest.fixture
async def reader(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    return browser


async def test_persons_are_found_by_the_beginning_of_a_name(reader, session):
    await make_entry(session, given_names="Mary Ann", family_name="van Dyke")
    await make_entry(session, given_names="Zoë", family_name="O’Connor")

    for typed in ("van d", "Mary Ann van Dyke", "MARY ANN", "dyke"):
        page = Page(await reader.get("/staff/persons", params={"q": typed}))
        assert "Mary Ann van Dyke" in page.text, typed
        assert "O’Connor" not in page.text
    assert (
        "O’Connor"
        in Page(await reader.get("/staff/persons", params={"q": "oconnor zoe"})).text
    )


async def test_an_applicant_is_found_by_the_beginning_of_a_name(reader, session):
    person = await make_person(session, given_names="Ada", family_name="Byron")
    await make_sent(session, person=person)

    assert "Ada Byron" in Page(await reader.get("/staff/persons?q=byr")).text


async def test_a_person_is_found_by_number(reader, session):
    entry = await make_entry(session)

    page = Page(
        await reader.get(
            "/staff/persons",
            params={"q": entry.person.number.replace("-", " ").lower()},
        )
    )

    assert entry.person.name in page.text


async def test_nobody_is_found(reader):
    assert "Nobody was found" in Page(await reader.get("/staff/persons?q=xyz")).text


async def test_a_name_with_hidden_characters_is_a_fault(reader):
    assert (
        await reader.get("/staff/persons", params={"q": "a" * 300})
    ).status_code == 422


async def test_a_page_after_nobody_is_not_there(reader):
    assert (await reader.get("/staff/persons?after=rubbish")).status_code == 404


async def test_somebody_with_a_draft_alone_is_not_there(reader, session):
    person = await make_person(session, family_name="Drafter")

    assert "Drafter" not in Page(await reader.get("/staff/persons?q=drafter")).text
    assert (await reader.get(f"/staff/persons/{person.id}")).status_code == 404


async def test_oneself_is_not_there(browser, session):
    entry = await make_entry(session)
    await browser.sign_in(
        await make_account(session, StaffRole.REGISTRAR, person=entry.person)
    )

    assert entry.person.name not in Page(await browser.get("/staff/persons")).text
    assert (await browser.get(f"/staff/persons/{entry.person_id}")).status_code == 404


@pytest.mark.parametrize("role", [StaffRole.FINANCE_OFFICER, StaffRole.ADMIN])
async def test_persons_are_not_shown_to_other_staff(browser, session, role):
    await browser.sign_in(await make_account(session, role))

    assert (await browser.get("/staff/persons")).status_code == 403
    assert (await browser.get(f"/staff/persons/{uuid4()}")).status_code == 403


async def test_a_person_is_shown_with_entries_applications_and_timeline(
    reader, session
):
    office = await make_office(session)
    entry = await make_entry(session)
    application = await make_sent(
        session, officer=office.caseworker, person=entry.person
    )

    page = Page(await reader.get(f"/staff/persons/{entry.person_id}"))

    assert entry.person.number in page.html
    assert "Manager Status Registered" in page.text
    assert application.reference in page.text
    assert "Entered in the register" in page.text
    assert "Assessment begun" in page.text


async def test_a_person_is_shown_with_what_we_wait_for_and_what_was_written(
    reader, session
):
    office = await make_office(session)
    entry = await make_entry(session)
    account = await make_account(session, person=entry.person)
    application = await make_sent(
        session, officer=office.caseworker, person=entry.person, account=account
    )
    other = await resemble(session, entry.person)
    await check(
        session,
        application,
        SectionName.DBS,
        Outcome.ASK,
        officer=office.caseworker,
    )
    by = act(session, AssessmentAct.ASK, office.caseworker)
    await ask_for_more(session, application, officer=office.caseworker, by=by)
    draft = await make_application(session)
    await write(session, entry.person, "Of a draft", application_id=draft.id)

    page = Page(await reader.get(f"/staff/persons/{entry.person_id}"))
    sent = Page(await reader.get(page.link("Read the messages sent to them")))

    asked = f"More information for {application.reference} , asked 10 March 2027"
    assert asked in page.text
    assert page.link(other.name).startswith("/staff/matches/")
    assert application.reference in sent.text
    assert "Of a draft" not in sent.text


async def resemble(session, person):
    """Somebody else of the same name and birth date."""
    other = await make_person(session)
    for one in (other, person):
        await look_for_matches(session, one, by=make_process(session))
    await session.flush()
    return other


async def write(session, person, subject, **more):
    message = Message(
        id=uuid4(),
        key=str(uuid4()),
        channel=Channel.EMAIL,
        to_address="ada@example.org",
        letter="application_started",
        letter_version=1,
        subject=subject,
        body="Open it with secret-link",
        fleeting=more.pop("fleeting", False),
        person_id=person.id,
        created_at=NOW,
        state=MessageState.QUEUED,
        **more,
    )
    session.add(message)
    await session.flush()


async def test_messages_go_on_and_hide_links(reader, session):
    entry = await make_entry(session)
    for n in range(50):
        await write(session, entry.person, f"Letter {n}.", fleeting=n % 2 == 0)
    await write(session, await make_person(session), "Of somebody else")
    at = f"/staff/persons/{entry.person_id}/messages"

    one_page = Page(await reader.get(at))
    await write(session, entry.person, "The last.")
    first = Page(await reader.get(at))
    second = Page(await reader.get(first.link("Next page")))

    assert "Next page" not in one_page.links
    assert len({*first.headings, *second.headings}) == 51 + 1
    assert one_page.text.count("secret-link") == 25
    assert "Of somebody else" not in first.text + second.text
    assert (await reader.get(f"{at}?after=rubbish")).status_code == 404


async def test_the_timeline_of_a_person_tells_what_was_ordered_and_goes_on(
    reader, session
):
    entry = await make_entry(session)
    by = make_process(session)
    for _ in range(100):
        by.tell(
            EntryEvent.ORDERED,
            person_id=entry.person_id,
            of=OrderKind.CONDITIONS_ORDER,
        )
    await session.flush()

    first = Page(await reader.get(f"/staff/persons/{entry.person_id}"))
    second = Page(await reader.get(first.soup.select_one("[rel=next]")["href"]))

    assert "Order recorded" in first.text
    assert "Conditions of practice order" in first.text
    assert "Registration number given" not in first.text
    assert "Registration number given" in second.text


async def test_the_timeline_of_a_person_keeps_restricted_lines_from_caseworkers(
    browser, session
):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    await check(session, application, SectionName.HEALTH, officer=office.caseworker)
    await browser.sign_in(await make_caseworker(session))

    assert (
        "Health"
        not in Page(await browser.get(f"/staff/persons/{application.person_id}")).text
    )


async def test_persons_are_paged(reader, session):
    for n in range(51):
        await make_entry(session, family_name=f"Page{n:02d}")

    page = Page(await reader.get("/staff/persons?q=page"))
    onward = page.soup.select_one("[rel=next]")["href"]

    assert "Page49" in page.text
    assert "Page50" not in page.text
    assert "Page50" in Page(await reader.get(onward)).text


# Words


@pytest.fixture(scope="module")
def words():
    env = environment("register", "fees")

    def of(template, name):
        return getattr(env.get_template(template).module, name)

    return of


@pytest.mark.parametrize("package", [register, fees])
def test_every_kind_of_event_has_words(words, package):
    """Whichever StrEnum a module calls …Event."""
    import_all(package)
    home = f"{package.__name__}."
    found = [
        kind
        for kind in StrEnum.__subclasses__()
        if kind.__name__.endswith("Event") and kind.__module__.startswith(home)
    ]
    kinds = {member for kind in found for member in kind}

    assert kinds == set(
        words(f"{package.__name__}/timelines/words.html", "event_words")
    )


@pytest.mark.parametrize("name", ["label", "ask", "refusal"])
def test_every_reason_is_worded(words, name):
    assert set(words("register/applications/reasons.html", name)) == set(Reason)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("section_title", SectionName),
        ("part_title", Part),
        ("state_words", ApplicationState),
        ("state_colours", ApplicationState),
        ("outcome_words", Outcome),
        ("outcome_colours", Outcome),
        ("verdict_words", Verdict),
        ("proposal_words", ProposalKind),
    ],
)
def test_every_code_is_worded(words, name, codes):
    assert set(words("register/applications/words.html", name)) == set(codes)
