"""Conditions on the pages of the holder and of staff."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.condition import ConditionEvidence
from register.entry import ConditionKind, NewCondition
from register.kit.files import FileState, StoredFile
from register.qualification import Qualification
from tests.make import NOW, make_account, make_entry
from tests.reading import Page
from tests.uploading import pdf

DUE = date(2029, 6, 30)
PAUSE = {
    "pause-because": "sickness",
    "pause-from_on-day": "1",
    "pause-from_on-month": "3",
    "pause-from_on-year": "2027",
    "pause-words": "She is in hospital.",
}
RESUME = {
    "resume-until_on-day": "10",
    "resume-until_on-month": "3",
    "resume-until_on-year": "2027",
}
EXTEND = {
    "extend-due_on-day": "31",
    "extend-due_on-month": "12",
    "extend-due_on-year": "2029",
    "extend-enrolled": "yes",
    "extend-forecast": "yes",
    "extend-words": "The college says so.",
}
AWARD = {
    "discharge-awarded_on-day": "1",
    "discharge-awarded_on-month": "3",
    "discharge-awarded_on-year": "2027",
    "discharge-words": "The awarding body has confirmed it.",
}


@pytest.fixture
async def entry(session):
    wanted = [
        NewCondition(ConditionKind.QUALIFICATION, "", DUE),
        NewCondition(ConditionKind.REGISTRATION, "Is supervised monthly."),
    ]
    return await make_entry(session, family_name="Adébáyò", conditions=wanted)


@pytest.fixture
async def holder(session, entry):
    return await make_account(session, person=entry.person)


@pytest.fixture
def condition(entry):
    return next(c for c in entry.conditions if c.due_on)


@pytest.fixture
def at(condition):
    return f"/staff/conditions/{condition.id}"


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


async def approved(browser, registrar, at):
    await browser.sign_in(registrar, proved=True)
    return await browser.post(f"{at}/approval")


# The holder


async def test_the_holder_sees_what_is_asked_and_by_when(browser, holder):
    await browser.sign_in(holder)

    page = Page(await browser.get("/conditions"))

    assert "Finish the required qualification" in page.text
    assert "Due by 30 June 2029" in page.text
    assert "Is supervised monthly." in page.text


async def test_who_has_no_conditions_reads_so(browser, session):
    await browser.sign_in(await make_account(session))

    assert "has no conditions" in Page(await browser.get("/conditions")).text


async def test_the_holder_sends_a_document(browser, session, holder, condition):
    await browser.sign_in(holder)

    done = await browser.post(f"/conditions/{condition.id}", files={"file": pdf()})

    page = Page(await browser.get("/conditions"))
    sent = (await session.scalars(select(ConditionEvidence))).one()
    assert done.headers["location"] == "/conditions"
    assert sent.condition_id == condition.id
    assert "being checked" in page.text


async def test_a_document_is_needed(browser, holder, condition):
    await browser.sign_in(holder)

    answer = await browser.post(
        f"/conditions/{condition.id}", files={"file": ("", b"", "application/pdf")}
    )

    assert answer.status_code == 422
    assert "Select a file" in Page(answer).text


async def test_nobody_sends_a_document_for_somebody_else(browser, session, condition):
    other = (await make_entry(session, given_names="Sam")).person
    await browser.sign_in(await make_account(session, person=other))

    for condition_id in (condition.id, uuid4()):
        at = f"/conditions/{condition_id}"
        assert (await browser.get(at)).status_code == 404
        answer = await browser.post(at, files={"file": pdf()})
        assert answer.status_code == 404


# Staff


async def test_staff_come_to_a_condition_from_the_person(browser, officer, entry, at):
    await browser.sign_in(officer, proved=True)

    person = Page(await browser.get(f"/staff/persons/{entry.person_id}"))

    assert person.soup.select_one(f"[href='{at}']")
    assert "Running" in Page(await browser.get(at)).text


async def test_staff_open_what_was_sent_once_it_is_clean(
    browser, session, holder, condition, officer, at
):
    await browser.sign_in(holder)
    await browser.post(f"/conditions/{condition.id}", files={"file": pdf()})
    sent = (await session.scalars(select(ConditionEvidence))).one()
    await browser.sign_in(officer, proved=True)
    early = await browser.get(f"{at}/evidence/{sent.id}")
    stored = await session.get_one(StoredFile, sent.file_id)
    stored.settle(FileState.CLEAN, now=NOW, cleaned_as=stored.stored_as)
    await session.flush()

    late = await browser.get(f"{at}/evidence/{sent.id}")
    unknown = await browser.get(f"{at}/evidence/{uuid4()}")

    assert (early.status_code, late.status_code, unknown.status_code) == (409, 200, 404)


async def test_the_clock_is_stopped_and_set_going(
    browser, session, officer, registrar, condition, at, clock
):
    await browser.sign_in(officer, proved=True)
    await browser.post(f"{at}/pause", data=PAUSE)
    proposal = Page(await browser.get(at))
    await approved(browser, registrar, at)
    await browser.sign_in(officer, proved=True)
    stopped = Page(await browser.get(at))

    done = await browser.post(f"{at}/resumption", data=RESUME)

    page = Page(await browser.get(at))
    assert "She is in hospital." in proposal.text
    assert "Stands still" in stopped.text
    assert done.status_code == 303
    assert "10 July 2029" in page.text
    assert "She is in hospital." in page.text
    await session.refresh(condition)
    assert condition.due_on == date(2029, 7, 10)


async def test_more_time_is_given(browser, session, officer, registrar, condition, at):
    await browser.sign_in(officer, proved=True)
    await browser.post(f"{at}/extension", data=EXTEND)

    done = await approved(browser, registrar, at)

    await session.refresh(condition)
    assert done.headers["location"] == "/staff/proposals"
    assert condition.due_on == date(2029, 12, 31)


async def test_a_condition_that_is_met_is_ended(browser, officer, registrar, entry, at):
    await browser.sign_in(officer, proved=True)
    before = Page(await browser.get(f"/register/{entry.person.number}"))
    await browser.post(f"{at}/discharge", data={"discharge-words": "It is here."})

    await approved(browser, registrar, at)

    after = Page(await browser.get(f"/register/{entry.person.number}"))
    assert "Due by June 2029" in before.text
    assert "Due by June 2029" not in after.text
    assert (await browser.get(at)).status_code == 404


async def test_a_qualification_that_has_come_is_shown_once_two_people_say_so(
    browser, session, officer, registrar, entry, at
):
    studied = make_studied(entry.person)
    session.add(studied)
    await session.flush()
    award = AWARD | {"discharge-qualification": str(studied.id)}
    await browser.sign_in(officer, proved=True)
    unsaid = await browser.post(f"{at}/discharge", data={"discharge-words": "Done."})
    await browser.post(f"{at}/discharge", data=award)
    waiting = Page(await browser.get(at))
    before = Page(await browser.get(f"/register/{entry.person.number}"))

    await approved(browser, registrar, at)

    after = Page(await browser.get(f"/register/{entry.person.number}"))
    assert unsaid.status_code == 422
    assert "Select which qualification they have been awarded" in Page(unsaid).text
    assert "Level 5 Diploma, awarded 1 March 2027." in waiting.text
    assert "Level 5 Diploma" not in before.text
    assert "Level 5 Diploma" in after.text


async def test_no_qualification_is_asked_for_where_another_condition_ends(
    browser, session, officer, entry
):
    session.add(make_studied(entry.person))
    other = next(c for c in entry.conditions if not c.due_on)
    await browser.sign_in(officer, proved=True)

    page = Page(await browser.get(f"/staff/conditions/{other.id}"))

    assert "End it: the condition is met" in page.text
    assert "Which qualification" not in page.text


def make_studied(person):
    return Qualification(
        id=uuid4(),
        person_id=person.id,
        title="Level 5 Diploma",
        awarding_body="City & Guilds",
        country="England",
        enrolled_on=date(2026, 9, 1),
    )


@pytest.mark.parametrize(
    ("what", "sent", "said"),
    [
        ("pause", PAUSE | {"pause-because": "luck"}, "from the list"),
        ("pause", PAUSE | {"pause-words": ""}, "Enter why"),
        ("pause", PAUSE | {"pause-from_on-day": "32"}, "must be a real date"),
        ("extension", EXTEND | {"extend-forecast": ""}, "assessor’s forecast"),
        ("extension", EXTEND | {"extend-due_on-year": "2020"}, "must be on or after"),
        ("discharge", {}, "Enter why"),
        ("resumption", {}, "Enter the last day that does not count"),
    ],
)
async def test_what_is_wrong_is_told_in_its_own_form(
    browser, officer, at, what, sent, said
):
    await browser.sign_in(officer, proved=True)

    answer = await browser.post(f"{at}/{what}", data=sent)

    assert answer.status_code == 422
    assert said in Page(answer).text


@pytest.mark.parametrize(
    ("what", "sent", "said"),
    [
        ("pause", PAUSE | {"pause-from_on-year": "2030"}, "on or before the day"),
        (
            "extension",
            EXTEND | {"extend-due_on-month": "6", "extend-due_on-day": "30"},
            "More time means a later day",
        ),
        ("resumption", RESUME, "is running"),
    ],
)
async def test_what_the_rules_do_not_allow_is_told(
    browser, officer, at, what, sent, said
):
    await browser.sign_in(officer, proved=True)

    answer = await browser.post(f"{at}/{what}", data=sent)

    assert answer.status_code == 409
    assert said in Page(answer).text


async def test_a_proposal_comes_back_with_words(browser, officer, registrar, at):
    await browser.sign_in(officer, proved=True)
    await browser.post(f"{at}/pause", data=PAUSE)
    await browser.sign_in(registrar, proved=True)
    empty = await browser.post(f"{at}/return", data={"words": ""})
    await browser.post(f"{at}/return", data={"words": "Since when?"})
    await browser.sign_in(officer, proved=True)

    page = Page(await browser.get(at))

    assert empty.status_code == 422
    assert "Since when?" in page.text


async def test_staff_do_not_act_on_their_own_condition(browser, session, entry, at):
    themself = await make_account(session, StaffRole.REGISTRAR, person=entry.person)
    await browser.sign_in(themself, proved=True)

    assert (await browser.get(at)).status_code == 404
    assert (await browser.post(f"{at}/pause", data=PAUSE)).status_code == 404
