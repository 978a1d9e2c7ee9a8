"""Audits page by page: as the public, the registrant, who leads one and who assesses have them."""

import hashlib
import re
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.cpd.audit import AuditCase, CaseState, Finding, request_of, work_on
from register.cpd.audit.reminding import end_waiting_for_audits
from register.entry.facts import Condition
from register.kit.clock import day_of, end_of
from tests.make import make_account, make_entry, make_process
from tests.reading import Page
from tests.register.auditing import (
    AUDITED,
    DAY,
    announced,
    assessed,
    draw_audit,
    failed,
    make_renewed,
)
from tests.register.learning import make_record

HOME = "/staff/audits"
OWN = "/account/learning/audits"
DUE = day_of(AUDITED) + 60 * DAY
CONDITION = {
    "wording": "Records two pieces of learning.",
    "due_on-day": str(DUE.day),
    "due_on-month": str(DUE.month),
    "due_on-year": str(DUE.year),
    "words": "See both findings.",
}


@pytest.fixture
def now():
    return AUDITED


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER, name="Mina Manager")


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR, name="Rita Registrar")


@pytest.fixture
async def assessor(session):
    return await make_account(session, StaffRole.CASEWORKER, name="Asa Assessor")


@pytest.fixture
async def second(session):
    return await make_account(session, StaffRole.CASEWORKER, name="Sol Second")


@pytest.fixture
async def entry(session):
    return await make_renewed(session, family_name="Adébáyò")


@pytest.fixture
async def holder(session, entry):
    return await make_account(session, person=entry.person)


@pytest.fixture
async def audit(session, entry, holder):
    audit = await draw_audit(session, await announced(session))
    await session.commit()
    return audit


@pytest.fixture
async def case(session, audit):
    return (await session.scalars(select(AuditCase))).one()


@pytest.fixture
def at(case):
    return f"{HOME}/cases/{case.id}"


async def give(browser, leader, at, assessor):
    await browser.sign_in(leader)
    return await browser.post(f"{at}/assignment", data={"assessor": str(assessor.id)})


# The public


async def test_the_public_reads_how_people_are_drawn(browser):
    page = Page(await browser.get("/audits"))

    assert page.h1 == "Audits of learning"
    assert "No audit has been announced yet." in page.text


async def test_before_the_draw_the_hash_of_the_seed_is_published_and_no_seed(
    browser, session
):
    audit = await announced(session)
    await session.commit()

    page = Page(await browser.get("/audits/2027"))

    assert page.fact("Hash of the seed") == audit.commitment
    assert "Seed" not in page.facts
    assert audit.open_seed() not in page.html


async def test_after_the_draw_all_that_is_needed_to_repeat_it_is_published(
    browser, entry, audit
):
    page = Page(await browser.get("/audits/2027"))

    seed, number = page.fact("Seed"), entry.person.number
    sha = lambda text: hashlib.sha256(text.encode()).hexdigest()  # noqa: E731
    assert sha(seed) == page.fact("Hash of the seed")
    assert sha(number) == page.fact("Hash of their numbers")
    assert sha(seed + number) == page.fact("Largest hash drawn")
    assert page.fact("Drawn by lot") == "1"
    assert number not in page.html


async def test_the_recipe_on_the_page_runs_with_what_is_downloaded_from_it(
    browser, audit, entry, tmp_path
):
    page = Page(await browser.get("/audits/2027"))
    recipe = page.soup.select("pre")[2].get_text()
    (link,) = page.soup.select("a[download]")
    answer = await browser.get(link["href"])
    (tmp_path / "numbers.txt").write_bytes(answer.content)
    said = []

    exec(  # noqa: S102 - what everybody is asked to run
        recipe.replace('"numbers.txt"', repr(str(tmp_path / "numbers.txt"))),
        {"SEED": audit.seed, "SIZE": audit.size, "print": said.append},
    )

    assert said == [audit.population_hash, [entry.person.number]]


async def test_fewer_than_five_are_not_told(browser, session, case):
    await assessed(session, case.id, Finding.ADVISE)
    await session.commit()

    page = Page(await browser.get("/audits/2027"))

    assert page.fact("Accepted with advice so far") == "Fewer than 5"
    assert page.fact("Accepted so far") == "0"


async def test_a_year_without_an_audit_is_not_there(browser):
    assert (await browser.get("/audits/2031")).status_code == 404
    assert (await browser.get("/audits/x")).status_code == 404
    assert (await browser.get("/audits/0")).status_code == 404


async def test_before_the_draw_no_numbers_are_published(browser, session):
    await announced(session)
    await session.commit()

    for part in ("manager", "deputy", "x"):
        answer = await browser.get(f"/audits/2027/{part}/numbers.txt")
        assert answer.status_code == 404
    assert (await browser.get("/audits/0/manager/numbers.txt")).status_code == 404


# Leading


async def test_an_audit_is_announced_proposed_and_drawn(
    browser, session, entry, holder, manager, registrar
):
    await browser.sign_in(manager)
    wrong = Page(await browser.post(HOME, data={"part": "manager"}))
    done = await browser.post(HOME, data={"part": "manager", "year": "2027-11-30"})
    at = done.headers["location"]
    twice = await browser.post(HOME, data={"part": "manager", "year": "2027-11-30"})
    empty = Page(await browser.post(f"{at}/draw", data={"words": ""}))
    await browser.post(f"{at}/draw", data={"words": "The renewals are done."})
    own = Page(await browser.get(at))
    alone = await browser.post(f"{at}/approval")
    await browser.sign_in(registrar)
    asked = Page(await browser.get(at))
    waiting = Page(await browser.get("/staff/proposals"))

    drawn = await browser.post(f"{at}/approval")

    page = Page(await browser.get(drawn.headers["location"]))
    assert wrong.errors == ["Select the registration year"]
    assert twice.status_code == 409
    assert empty.errors == ["Enter why it can be drawn now"]
    assert "You took an earlier step" in own.text or "Your role" in own.text
    assert alone.status_code == 403
    assert "The renewals are done." in asked.text
    assert waiting.link("Learning") == at
    assert page.fact("Drawn by lot") == "1"
    assert "Ngozi Adébáyò" in page.links
    assert (
        await browser.post(f"{at}/draw", data={"words": "Again."})
    ).status_code == 409


async def test_a_proposal_to_draw_comes_back(
    browser, session, entry, manager, registrar
):
    audit = await announced(session)
    await session.commit()
    at = f"{HOME}/{audit.id}"
    await browser.sign_in(manager)
    await browser.post(f"{at}/draw", data={"words": "Now."})
    await browser.sign_in(registrar)
    wrong = Page(await browser.post(f"{at}/return", data={"words": ""}))

    await browser.post(f"{at}/return", data={"words": "Wait for January."})

    await browser.sign_in(manager)
    assert wrong.status == 422
    assert "Wait for January." in Page(await browser.get(at)).text


async def test_a_year_that_is_not_over_is_not_offered(browser, manager):
    await browser.sign_in(manager)

    page = Page(
        await browser.post(HOME, data={"part": "manager", "year": "2028-11-30"})
    )

    assert page.errors == ["Select the registration year from the list"]


async def test_a_caseworker_sees_no_names_on_the_pages_of_an_audit(
    browser, audit, case, at, assessor
):
    await browser.sign_in(assessor)

    page = Page(await browser.get(HOME))

    assert "Nothing waits for you." in page.text
    for path in (f"{HOME}/{audit.id}", at):
        assert (await browser.get(path)).status_code == 403
    for path in ("assignment", "assignment/back", "end", "condition", "approval"):
        assert (await browser.post(f"{at}/{path}")).status_code == 403


async def test_an_auditor_reads_and_does_nothing(browser, session, audit, at):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    assert "Ngozi Adébáyò" in Page(await browser.get(f"{HOME}/{audit.id}")).links
    assert not Page(await browser.get(at)).buttons
    assert (await browser.post(f"{at}/assignment")).status_code == 403
    assert (await browser.post(HOME)).status_code == 403


async def test_who_leads_an_audit_does_not_see_their_own(browser, session, entry):
    own = await make_account(session, StaffRole.TEAM_MANAGER, person=entry.person)
    audit = await draw_audit(session, await announced(session))
    case_id = (await session.scalars(select(AuditCase.id))).one()
    await session.commit()
    await browser.sign_in(own)

    assert "Ngozi Adébáyò" not in Page(await browser.get(f"{HOME}/{audit.id}")).text
    assert (await browser.get(f"{HOME}/cases/{case_id}")).status_code == 404


async def test_registrants_have_no_business_there(browser, audit, at, holder):
    await browser.sign_in(holder)

    for path in (HOME, f"{HOME}/{audit.id}", at):
        assert (await browser.get(path)).status_code == 403


# Assessing


async def test_it_is_given_to_somebody_and_assessed_without_a_name(
    browser, session, case, at, manager, assessor, entry
):
    done = await give(browser, manager, at, assessor)
    nobody = Page(await browser.get(at))
    await browser.sign_in(assessor)
    mine = Page(await browser.get(HOME))
    page = Page(await browser.get(mine.link(case.reference)))

    kept = await browser.post(
        f"{HOME}/assessments/{case.id}", data={"finding": "accept"}
    )

    await session.refresh(case)
    assert done.headers["location"] == f"{HOME}/{case.audit_id}"
    assert nobody.fact("With") == "Asa Assessor"
    for telling in ("Ngozi", "Adébáyò", entry.person.number, str(entry.person_id)):
        assert telling not in page.html
    assert kept.headers["location"] == HOME
    assert case.state is CaseState.ACCEPTED
    assert (await browser.get(f"{HOME}/assessments/{case.id}")).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Select what you find"),
        ({"finding": "advise"}, "Enter what the registrant shall be told"),
        (
            {"finding": "not_met", "words": ""},
            "Enter what the registrant shall be told",
        ),
    ],
)
async def test_a_finding_has_reasons_unless_it_accepts(
    browser, case, at, manager, assessor, sent, said
):
    await give(browser, manager, at, assessor)
    await browser.sign_in(assessor)

    page = Page(await browser.post(f"{HOME}/assessments/{case.id}", data=sent))

    assert page.status == 422
    assert page.errors == [said]


async def test_a_second_assessor_does_not_see_what_the_first_found(
    browser, session, case, at, manager, assessor, second
):
    await give(browser, manager, at, assessor)
    await browser.sign_in(assessor)
    await browser.post(
        f"{HOME}/assessments/{case.id}",
        data={"finding": "not_met", "words": "Nothing on safety."},
    )
    await browser.sign_in(manager)
    offered = Page(await browser.get(at)).field("Who shall assess it?").options
    again = await browser.post(f"{at}/assignment", data={"assessor": str(assessor.id)})
    await give(browser, manager, at, second)
    await browser.sign_in(second)

    page = Page(await browser.get(f"{HOME}/assessments/{case.id}"))

    assert "Asa Assessor" not in offered
    assert "Sol Second" in offered
    assert again.status_code == 422
    assert "Nothing on safety." not in page.html
    assert "not enough" not in page.text.replace("It is not enough", "")


async def test_an_assessor_who_can_tell_whose_it_is_gives_it_back(
    browser, session, case, at, manager, assessor, second
):
    await give(browser, manager, at, assessor)
    path = f"{HOME}/assessments/{case.id}"
    await browser.sign_in(second)
    not_theirs = await browser.post(f"{path}/back")
    await browser.sign_in(assessor)

    done = await browser.post(f"{path}/back")

    assert not_theirs.status_code == 404
    assert done.headers["location"] == HOME
    assert (await browser.get(path)).status_code == 404
    assert (await browser.post(f"{path}/back")).status_code == 404
    await browser.sign_in(manager)
    page = Page(await browser.get(at))
    assert page.fact("With") == "Nobody now"
    assert "Asa Assessor" not in page.field("Who shall assess it?").options


async def test_a_leader_takes_back_what_somebody_does_not_assess(
    browser, case, at, manager, assessor
):
    await give(browser, manager, at, assessor)
    page = Page(await browser.get(at))

    done = await browser.post(f"{at}/assignment/back")

    assert page.buttons == ["Take it back from Asa Assessor"]
    assert done.headers["location"] == at
    assert Page(await browser.get(at)).buttons == ["Give it to them"]
    assert (await browser.post(f"{at}/assignment/back")).status_code == 409


async def test_what_is_held_is_given_to_nobody_and_its_registrant_is_told_nothing(
    browser, session, entry, case, at, manager, assessor, holder
):
    await entry.hold(session, on=AUDITED - DAY, by=make_process(session))
    await session.commit()
    await browser.sign_in(manager)

    page = Page(await browser.get(at))
    refused = await browser.post(
        f"{at}/assignment", data={"assessor": str(assessor.id)}
    )

    assert "something else is looked at first" in page.text
    assert page.buttons == []
    assert refused.status_code == 409
    await browser.sign_in(holder)
    assert Page(await browser.get(OWN)).fact("State") == "We are looking at it"


async def test_of_whom_is_not_registered_any_more_it_is_set_aside(
    browser, session, entry, case, at, manager, holder
):
    await browser.sign_in(manager)
    before = Page(await browser.get(at))
    early = await browser.post(f"{at}/end")
    await entry.lapse(
        session, on=AUDITED - DAY, because="not_renewed", by=make_process(session)
    )
    await session.commit()
    page = Page(await browser.get(at))

    done = await browser.post(f"{at}/end")

    assert "Set it aside" not in before.buttons
    assert early.status_code == 409
    assert "Set it aside" in page.buttons
    assert done.headers["location"] == f"{HOME}/{case.audit_id}"
    assert Page(await browser.get(at)).fact("State") == "Set aside"
    await browser.sign_in(holder)
    assert Page(await browser.get(OWN)).fact("State").startswith("Not looked at")


async def test_the_timeline_of_a_person_tells_no_caseworker_of_an_audit(
    browser, entry, case, at, manager, assessor
):
    await give(browser, manager, at, assessor)
    path, line = f"/staff/persons/{entry.person_id}", "Learning given to an assessor"

    assert line in Page(await browser.get(path)).text
    await browser.sign_in(assessor)
    page = Page(await browser.get(path))
    assert line not in page.text
    assert "Learning drawn for an audit" not in page.text


async def test_nobody_opens_what_they_were_not_given(
    browser, case, at, manager, assessor, second
):
    await give(browser, manager, at, assessor)
    await browser.sign_in(second)

    for case_id in (case.id, uuid4()):
        path = f"{HOME}/assessments/{case_id}"
        assert (await browser.get(path)).status_code == 404
        answer = await browser.post(path, data={"finding": "accept"})
        assert answer.status_code == 404


# The registrant


async def test_the_registrant_reads_that_they_were_drawn(browser, case, holder):
    await browser.sign_in(holder)

    page = Page(await browser.get(OWN))

    assert page.fact("State") == "We are looking at it"
    assert page.fact("Why yours") == "Drawn by lot"
    assert (
        "Your learning is in an audit."
        in Page(await browser.get("/account/learning")).text
    )


async def test_what_one_found_is_not_told_until_the_second_has(
    browser, session, case, holder
):
    await assessed(session, case.id, Finding.NOT_MET, "Nothing on safety.")
    await session.commit()
    await browser.sign_in(holder)

    assert "Nothing on safety." not in Page(await browser.get(OWN)).html


async def test_more_is_sent_once_there_is_something(
    browser, session, case, holder, entry
):
    await failed(session, case.id)
    await session.commit()
    await browser.sign_in(holder)
    page = Page(await browser.get(OWN))
    early = await browser.post(f"{OWN}/{case.id}")
    await make_record(session, entry.person, now=AUDITED)
    await session.commit()

    done = await browser.post(f"{OWN}/{case.id}")

    assert "Nothing on safety." in page.text
    assert page.buttons == ["Send what I have added"]
    assert early.status_code == 409
    assert done.headers["location"] == OWN
    assert Page(await browser.get(OWN)).fact("State") == "We are looking at it again"
    assert (await browser.post(f"{OWN}/{case.id}")).status_code == 409


@pytest.mark.parametrize(
    ("first", "status"), [(date(2026, 12, 1), 303), (date(2026, 11, 30), 422)]
)
async def test_while_more_of_an_older_year_is_awaited_records_of_it_are_taken(
    browser, session, case, holder, clock, first, status
):
    clock.now = end_of(date(2029, 11, 30)) + DAY
    await failed(session, case.id, now=clock.now)
    await session.commit()
    await browser.sign_in(holder)
    told = {
        "title": "Sleep",
        "first_on-day": str(first.day),
        "first_on-month": str(first.month),
        "first_on-year": str(first.year),
    }

    answer = await browser.post("/account/learning/new", data=told)

    assert answer.status_code == status


async def test_nobody_sends_for_somebody_else(browser, session, case):
    await failed(session, case.id)
    other = await make_entry(session, given_names="Sam")
    await browser.sign_in(await make_account(session, person=other.person))

    assert (await browser.post(f"{OWN}/{case.id}")).status_code == 404
    assert (await browser.post(f"{OWN}/{uuid4()}")).status_code == 404
    assert "not in an audit" in Page(await browser.get(OWN)).text


async def test_somebody_who_has_never_applied_has_no_audits(browser, session):
    await browser.sign_in(await make_account(session))

    assert "not in an audit" in Page(await browser.get(OWN)).text


# The condition


async def wanting(session, case, clock):
    await failed(session, case.id)
    work = await work_on(session, case.id)
    request = await request_of(session, work.case)
    await end_waiting_for_audits(session, end_of(request.due_on))
    await session.flush()
    await failed(session, case.id)
    await session.commit()


async def test_a_condition_is_proposed_and_approved_and_leads_to_a_notice(
    browser, session, case, at, entry, holder, manager, registrar, clock
):
    await wanting(session, case, clock)
    await browser.sign_in(manager)
    wrong = Page(
        await browser.post(f"{at}/condition", data=CONDITION | {"due_on-year": "2020"})
    )
    await browser.post(f"{at}/condition", data=CONDITION)
    await browser.sign_in(registrar)
    asked = Page(await browser.get(at))
    done = await browser.post(f"{at}/approval")
    condition = (await session.scalars(select(Condition))).one()
    clock.now = end_of(DUE)
    await browser.sign_in(registrar)
    page = Page(
        await browser.get(
            Page(await browser.get(at)).link(
                "Give notice of removal, once it is overdue"
            )
        )
    )

    noticed = await browser.post(
        f"/staff/removals/{entry.id}/notice",
        data=page.form("Propose to give notice")
        | {"ground": str(condition.id), "words": "Nothing was added."},
    )

    assert len(wrong.errors) == 1
    assert wrong.field("What must they do?").value == CONDITION["wording"]
    assert "Records two pieces of learning." in asked.text
    assert done.headers["location"] == f"{HOME}/{case.audit_id}"
    assert condition.due_on == DUE
    assert "Learning was not enough" in page.text
    assert noticed.status_code == 303
    waiting = Page(await browser.get(f"/staff/removals/{entry.id}"))
    assert "Learning was not enough, and the condition" in waiting.text
    await browser.sign_in(holder)
    assert (
        Page(await browser.get(OWN)).fact("State")
        == "Your registration has a condition"
    )


async def test_a_proposed_condition_comes_back(
    browser, session, case, at, manager, registrar, clock
):
    await wanting(session, case, clock)
    await browser.sign_in(manager)
    await browser.post(f"{at}/condition", data=CONDITION)
    await browser.sign_in(registrar)

    await browser.post(f"{at}/return", data={"words": "Give them longer."})

    await browser.sign_in(manager)
    assert "Give them longer." in Page(await browser.get(at)).text
    assert (await browser.post(f"{at}/return")).status_code == 403


async def test_where_nothing_waits_nothing_is_approved(browser, case, at, registrar):
    await browser.sign_in(registrar)

    assert (await browser.post(f"{at}/approval")).status_code == 404
    assert (await browser.post(f"{HOME}/{case.audit_id}/approval")).status_code == 404
    assert (await browser.get(f"{HOME}/{uuid4()}")).status_code == 404
    assert (await browser.get(f"{HOME}/cases/{uuid4()}")).status_code == 404


def test_a_reference_says_nothing_of_whose_it_is(case):
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", case.reference)
