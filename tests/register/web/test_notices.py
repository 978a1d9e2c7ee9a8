"""Notices and removals on the pages of those on whom they are served, and of staff."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from register.account import Account, StaffRole
from register.application import ApplicationState, SectionName
from register.assessment import Outcome
from register.entry import ConditionKind, NewCondition
from register.kit.clock import end_of
from register.kit.files import FileState, StoredFile
from register.notice import (
    Notice,
    NoticeDocument,
    NoticeOutcome,
    expire_notices,
    open_notice,
)
from register.proposal import Proposal, ProposalKind
from tests.make import NOW, make_account, make_entry
from tests.reading import Page
from tests.register.assessing import (
    check_all,
    make_caseworker,
    make_office,
    make_sent,
    notice_given,
)
from tests.uploading import CONTENT_TYPE, body, pdf

OVERDUE = NOW.date() - timedelta(days=1)


# An application


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def application(session, office):
    """It is wanting in health and in the DBS check."""
    application = await make_sent(session, officer=office.caseworker)
    but = {SectionName.DBS: Outcome.NOT_MET, SectionName.HEALTH: Outcome.NOT_MET}
    await check_all(session, application, officer=office.caseworker, but=but)
    await session.commit()
    return application


@pytest.fixture
async def applicant(session, application):
    return await session.get_one(Account, application.account_id)


@pytest.fixture
async def notice(session, application, office):
    given = await notice_given(session, application, office.caseworker)
    await session.commit()
    return given


async def decided(browser, approver, session, application):
    proposal = await session.scalar(
        select(Proposal).where(
            Proposal.application_id == application.id, Proposal.waiting
        )
    )
    at = f"/staff/proposals/{proposal.id}"
    await browser.sign_in(approver)
    shown = Page(await browser.get(at))
    done = await browser.post(f"{at}/approval", data=shown.form("Approve"))
    assert done.status_code == 303
    await session.refresh(application)
    return shown


async def proposed(browser, officer, application, **answers):
    at = f"/staff/applications/{application.reference}/proposal"
    await browser.sign_in(officer)
    page = Page(await browser.get(at))
    return Page(await browser.post(at, data=page.form("Propose") | answers))


async def test_an_application_is_refused_only_after_notice_and_an_answer(
    browser, session, office, application, applicant
):
    await proposed(browser, office.caseworker, application, decision="refuse")
    given = await decided(browser, office.manager, session, application)
    minded = application.state
    await browser.sign_in(applicant)
    told = Page(await browser.get(f"/apply/{application.reference}"))
    read = Page(await browser.get(told.link("Read the notice")))
    await browser.post(
        told.link("Read the notice"), data=read.form("Send my answer") | ANSWER
    )
    await proposed(browser, office.caseworker, application, decision="refuse")
    considered = await decided(browser, office.registrar, session, application)

    assert "Give notice that we are minded to refuse" in given.h1
    assert minded is ApplicationState.MINDED_TO
    assert "We are minded to refuse your application." in told.text
    assert "until the end of 8 April 2027" in read.text
    assert "details that we need about your health" in read.text
    assert ANSWER["words"] in considered.text
    assert application.state is ApplicationState.REFUSED


ANSWER = {"words": "My doctor wrote to you in May."}


async def test_a_condition_is_told_with_why_and_comes_back_as_it_was_told(
    browser, session, office
):
    application = await make_sent(session, officer=office.caseworker)
    await check_all(session, application, officer=office.caseworker)
    await session.commit()
    wanted = {
        "decision": "grant",
        "condition": "yes",
        "public": "Is supervised monthly.",
        "internal": "First post.",
    }

    unsaid = await proposed(browser, office.caseworker, application, **wanted)
    why = {"explained": "You have not managed before."}
    await proposed(browser, office.caseworker, application, **wanted, **why)
    await decided(browser, office.manager, session, application)
    notice = await open_notice(session, application_id=application.id)
    await browser.sign_in(await session.get_one(Account, application.account_id))
    read = Page(await browser.get(f"/notices/{notice.id}"))
    await browser.post(f"/notices/{notice.id}/nothing")
    await browser.sign_in(office.caseworker)
    at = f"/staff/applications/{application.reference}/proposal"
    again = Page(await browser.get(at)).form("Propose")

    assert unsaid.errors == [
        "Enter why the condition is needed, as the applicant will read it"
    ]
    assert "Is supervised monthly." in read.text
    assert "You have not managed before." in read.text
    assert "First post." not in read.text
    assert again["public"] == wanted["public"]
    assert again["internal"] == wanted["internal"]


async def test_staff_see_that_a_notice_was_served_and_how_long_there_is(
    browser, office, application, notice
):
    await browser.sign_in(office.caseworker)

    listed = Page(await browser.get("/staff/notices"))
    page = Page(await browser.get(f"/staff/notices/{notice.id}"))
    summary = Page(await browser.get(f"/staff/applications/{application.reference}"))

    (row,) = listed.rows()
    assert (row["Days left"], row["Answer"]) == ("29", "Waiting for an answer")
    assert page.fact("Delivery") == "Not sent yet"
    assert page.fact("Counts as served on") == "11 March 2027"
    assert page.fact("Last day to answer") == "8 April 2027, 29 days left"
    assert "29 days left" in summary.text
    assert "/staff/notices" in Page(await browser.get("/staff")).links.values()


async def test_what_applicants_say_is_read_by_those_who_may_read_of_health(
    browser, session, office, applicant, notice
):
    await browser.sign_in(applicant)
    await browser.post(f"/notices/{notice.id}", data=ANSWER)
    texts = {}
    for reader in (office.caseworker, await make_caseworker(session)):
        await browser.sign_in(reader)
        texts[reader.id] = Page(await browser.get(f"/staff/notices/{notice.id}")).text

    mine, other = texts.values()
    assert ANSWER["words"] in mine
    assert "about your health" in mine
    assert ANSWER["words"] not in other
    assert "about your health" not in other


async def test_an_answer_needs_words_and_may_be_added_to(
    browser, session, application, applicant, notice
):
    at = f"/notices/{notice.id}"
    await browser.sign_in(applicant)

    wrong = Page(await browser.post(at, data={"words": " "}))
    long = Page(await browser.post(at, data={"words": "a" * 10_001}))
    await browser.post(at, data=ANSWER)
    twice = await browser.post(f"{at}/nothing")
    await browser.post(at, data={"words": "And one thing more."})
    page = Page(await browser.get(at))

    assert wrong.errors == ["Enter your answer"]
    assert long.status == 422
    assert twice.status_code == 409
    assert ANSWER["words"] in page.text
    assert "And one thing more." in page.text
    assert "I do not want to say anything" not in page.text


async def test_documents_are_sent_with_an_answer(browser, session, applicant, notice):
    at = f"/notices/{notice.id}/documents"
    await browser.sign_in(applicant)

    missing = Page(await sent(browser, at, b""))
    await sent(browser, at, pdf())
    page = Page(await browser.get(f"/notices/{notice.id}"))

    assert missing.status == 422
    assert "scan.pdf" in page.text
    assert (await session.scalars(select(NoticeDocument))).one()


async def sent(browser, at, content):
    fields = ("csrf_token", browser.csrf_token), ("file", "scan.pdf", content)
    headers = {"content-type": CONTENT_TYPE}
    return await browser.post(at, content=body(*fields), headers=headers)


async def test_who_withdraws_reads_that_nothing_more_is_wanted(
    browser, application, applicant, notice
):
    await browser.sign_in(applicant)
    await browser.post(f"/apply/{application.reference}/withdraw")

    page = Page(await browser.get(f"/notices/{notice.id}"))
    late = await browser.post(f"/notices/{notice.id}", data=ANSWER)

    assert "Send my answer" not in page.buttons
    assert late.status_code == 409


# An entry


@pytest.fixture
async def entry(session):
    wanted = [NewCondition(ConditionKind.QUALIFICATION, "", OVERDUE)]
    return await make_entry(session, family_name="Adébáyò", conditions=wanted)


@pytest.fixture
async def registrant(session, entry):
    return await make_account(session, person=entry.person)


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def registrars(session):
    return [await make_account(session, StaffRole.REGISTRAR) for _ in range(2)]


def removal(entry):
    return f"/staff/removals/{entry.id}"


async def noticed(browser, session, entry, officer, registrar):
    await browser.sign_in(officer)
    ground = str(entry.conditions[0].id)
    given = {"ground": ground, "words": "We have no certificate of yours."}
    await browser.post(f"{removal(entry)}/notice", data=given)
    await browser.sign_in(registrar)
    await browser.post(f"{removal(entry)}/approval")
    return await session.scalar(select(Notice))


async def test_an_entry_is_removed_from_its_condition_to_the_end(
    browser, session, clock, entry, registrant, officer, registrars
):
    first, second = registrars
    await browser.sign_in(officer)
    at = f"/staff/conditions/{entry.conditions[0].id}"
    way = Page(await browser.get(at)).links
    notice = await noticed(browser, session, entry, officer, first)
    await browser.sign_in(registrant)
    own = Page(await browser.get("/notices"))
    read = Page(await browser.get(f"/notices/{notice.id}"))
    await browser.post(f"/notices/{notice.id}", data=ANSWER)
    await browser.sign_in(officer)
    page = Page(await browser.get(f"/staff/notices/{notice.id}"))
    await browser.post(
        f"/staff/notices/{notice.id}/removal", data={"words": "No answer helps."}
    )
    await browser.sign_in(first)
    same = await browser.post(f"{removal(entry)}/approval")
    await browser.sign_in(second)
    asked = Page(await browser.get(removal(entry)))
    await browser.post(f"{removal(entry)}/approval")

    assert removal(entry) in way.values()
    assert "We are minded to remove your entry from the register" in own.headings
    assert "We have no certificate of yours." in read.text
    assert ANSWER["words"] in page.text
    assert same.status_code == 409
    assert "No answer helps." in asked.text
    public = Page(await browser.get(f"/register/{entry.person.number}"))
    assert "Removed" in public.text
    await session.refresh(notice)
    assert notice.outcome is NoticeOutcome.CARRIED_OUT


async def test_nothing_is_decided_before_the_last_day(
    browser, session, entry, registrant, officer, registrars
):
    notice = await noticed(browser, session, entry, officer, registrars[0])
    at = f"/staff/notices/{notice.id}"
    await browser.sign_in(officer)

    early = Page(await browser.get(at))
    refused = await browser.post(f"{at}/removal", data={"words": "Now."})
    await expire_notices(session, end_of(date(2027, 4, 8)))
    await session.commit()
    late = Page(await browser.get(at))
    empty = Page(await browser.post(f"{at}/removal", data={"words": ""}))

    assert "Nothing can be decided while there is time to answer." in early.text
    assert refused.status_code == 409
    assert late.fact("Answer") == "Time over, no answer"
    assert empty.errors == ["Enter why the entry should go"]


async def test_a_notice_is_dropped_with_words(
    browser, session, entry, registrant, officer, registrars
):
    notice = await noticed(browser, session, entry, officer, registrars[0])
    at = f"/staff/notices/{notice.id}/end"
    await browser.sign_in(registrars[0])

    empty = Page(await browser.post(at, data={"why": ""}))
    await browser.post(at, data={"why": "The certificate came."})
    twice = await browser.post(at, data={"why": "The certificate came."})

    await session.refresh(notice)
    assert empty.errors == ["Enter why the entry stays"]
    assert notice.outcome is NoticeOutcome.DROPPED
    assert twice.status_code == 409


async def test_what_is_wrong_in_a_notice_is_told(browser, entry, officer):
    at = f"{removal(entry)}/notice"
    await browser.sign_in(officer)

    empty = Page(await browser.post(at, data={}))
    made_up = Page(await browser.post(at, data={"ground": "age", "words": "Old"}))

    assert empty.errors == [
        "Select why the entry should go",
        "Enter the reasons, as the registrant will read them",
    ]
    assert made_up.errors == ["Select why the entry should go from the list"]


async def test_a_condition_that_is_not_overdue_is_no_ground(browser, session, officer):
    wanted = [NewCondition(ConditionKind.QUALIFICATION, "", NOW.date())]
    entry = await make_entry(session, conditions=wanted)
    await browser.sign_in(officer)

    page = Page(await browser.get(removal(entry)))

    assert page.fact("Overdue conditions") == "None"
    assert str(entry.conditions[0].id) not in page.html


async def test_a_conviction_removes_at_once_what_is_returned_is_not(
    browser, session, entry, registrant, officer, registrars
):
    at = removal(entry)
    await browser.sign_in(officer)
    empty = Page(await browser.post(f"{at}/conviction", data={}))
    await browser.post(f"{at}/conviction", data={"evidence": "Seen at court."})
    again = await browser.post(f"{at}/conviction", data={"evidence": "Seen."})
    await browser.sign_in(registrars[0])
    await browser.post(f"{at}/return", data={"words": "Which court?"})
    await browser.sign_in(officer)
    back = Page(await browser.get(at))
    await browser.post(f"{at}/conviction", data={"evidence": "Leeds Crown Court."})
    await browser.sign_in(registrars[0])
    listed = Page(await browser.get("/staff/proposals"))
    await browser.post(f"{at}/approval")

    public = Page(await browser.get(f"/register/{entry.person.number}"))
    assert empty.errors == [
        "Enter the offence, and what you have seen of the conviction"
    ]
    assert again.status_code == 409
    assert "Which court?" in back.text
    assert at in listed.links.values()
    assert "Removed by order" in public.text
    proposal = select(Proposal).where(Proposal.kind == ProposalKind.REMOVE)
    assert len((await session.scalars(proposal)).all()) == 2


async def test_a_document_is_given_out_once_it_is_found_clean(
    browser, session, entry, registrant, officer, registrars
):
    notice = await noticed(browser, session, entry, officer, registrars[0])
    await browser.sign_in(registrant)
    await sent(browser, f"/notices/{notice.id}/documents", pdf())
    stored = await session.scalar(select(StoredFile))
    document = await session.scalar(select(NoticeDocument))
    await browser.sign_in(officer)
    at = f"/staff/notices/{notice.id}/documents/{document.id}"

    answer = await browser.get(at)
    page = Page(await browser.get(f"/staff/notices/{notice.id}"))

    assert stored.state is FileState.QUARANTINED
    assert answer.status_code == 409
    assert "scan.pdf (being checked)" in page.text
    assert at not in page.links.values()
