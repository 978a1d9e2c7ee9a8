"""Persons for staff, and the words of every timeline."""

from enum import StrEnum
from uuid import uuid4

import pytest

import fees
import register
from register.account import StaffRole
from register.application import ApplicationState, SectionName
from register.assessment import Outcome, Reason
from register.entry import EntryEvent, OrderKind
from register.kit.modules import import_all
from register.kit.pages import environment
from register.part import Part
from register.proposal import ProposalKind
from register.rule_set import Verdict
from tests.make import make_account, make_entry, make_person, make_process
from tests.reading import Page
from tests.register.assessing import check, make_caseworker, make_office, make_sent


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
