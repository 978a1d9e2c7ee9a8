"""The intake of concerns page by page, as staff have it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fitness.concern import (
    ConcernFile,
    ConcernRead,
    ConcernState,
    Referrer,
)
from fitness.concern.told import Naming, Section, When
from fitness.fence import Capacity, look_as
from register.account import StaffRole
from register.kit import store
from register.kit.cleaning import MediaType
from register.kit.clock import day_of
from register.kit.files import FileState
from register.kit.post import Failure, Message
from register.kit.uploads import Received
from register.person import number_of
from register.web.guards import Access
from tests.fitness.raising import (
    ANONYMOUS,
    BY_TELEPHONE,
    look_as_nobody,
    make_concern,
    make_draft,
    sending,
)
from tests.fitness.serving import post_and_serve
from tests.make import NOW, make_account, make_entry
from tests.reading import Page
from tests.uploading import pdf

DAY = timedelta(days=1)
TAKERS = [StaffRole.INVESTIGATOR, StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR]
OTHERS = sorted(set(StaffRole) - {*TAKERS, StaffRole.AUDITOR})
STEPS = ["person", "screen", "acknowledgement", "signpost", "passing-on"]


async def sent(session, referrer=Referrer.FAMILY, said=None, **more):
    concern = await make_concern(session, referrer, said, **more)
    await look_as_nobody(session)
    await session.commit()
    return concern


@pytest.fixture
async def concern(session):
    return await sent(session)


@pytest.fixture
def address(concern):
    return f"/staff/concerns/{concern.reference}"


@pytest.fixture
async def officer(browser, session):
    return await signed_in(browser, session, StaffRole.INVESTIGATOR)


async def signed_in(browser, session, *roles, **more):
    account = await make_account(session, *roles, **more)
    await session.commit()
    await browser.sign_in(account)
    return account


async def now_of(session, concern):
    await look_as(session, Capacity.SERVICE)
    await session.refresh(concern)
    return concern


async def readings(session):
    await look_as(session, Capacity.SERVICE)
    found = await session.scalars(select(ConcernRead).order_by(ConcernRead.id))
    return [(one.account_id, one.what) for one in found]


async def screen(browser, address, answer="no"):
    return await browser.post(
        f"{address}/screen", data={"at_risk": answer, "words": "Read it all"}
    )


# Who may


@pytest.mark.parametrize("role", [*TAKERS, StaffRole.AUDITOR])
async def test_the_queue_and_a_concern_are_for_who_takes_them_and_for_auditors(
    browser, session, address, role
):
    await signed_in(browser, session, role)

    assert (await browser.get("/staff/concerns")).status_code == 200
    assert (await browser.get(address)).status_code == 200


@pytest.mark.parametrize("role", OTHERS)
async def test_all_other_staff_are_turned_away(browser, session, address, role):
    await signed_in(browser, session, role)

    assert (await browser.get("/staff/concerns")).status_code == 403
    assert (await browser.get(address)).status_code == 403


@pytest.mark.parametrize("step", STEPS)
async def test_an_auditor_reads_and_does_nothing(browser, session, address, step):
    await signed_in(browser, session, StaffRole.AUDITOR)

    page = Page(await browser.get(address))

    assert "What to do" not in page.headings
    assert (await browser.get(f"{address}/{step}")).status_code == 403
    assert (await browser.post(f"{address}/{step}")).status_code == 403


async def test_whoever_it_is_about_is_told_that_there_is_no_such_thing(
    browser, session, concern, address, officer
):
    person = (await make_entry(session)).person
    await session.commit()
    await browser.post(f"{address}/person", data={"person": person.number})
    await signed_in(browser, session, *StaffRole, person=person)

    assert (await browser.get(address)).status_code == 404
    assert (await screen(browser, address)).status_code == 404
    assert concern.reference not in (await browser.get("/staff/concerns")).text


async def test_what_is_not_sent_is_nobody_s_to_see(browser, session, officer):
    draft, _ = await make_draft(session)
    await look_as_nobody(session)
    await session.commit()

    assert (await browser.get(f"/staff/concerns/{draft.reference}")).status_code == 404
    assert draft.reference not in (await browser.get("/staff/concerns")).text


@pytest.fixture
def doors_open(monkeypatch):
    """Nobody asks for a role any more: the database alone does."""
    monkeypatch.setattr(Access, "admit", lambda *_: None)


@pytest.mark.parametrize("role", OTHERS)
async def test_behind_an_open_door_the_fence_still_holds(
    browser, session, concern, address, doors_open, role
):
    await signed_in(browser, session, role)

    assert concern.reference not in (await browser.get("/staff/concerns")).text
    assert (await browser.get(address)).status_code == 404
    assert (await screen(browser, address)).status_code == 404
    assert await readings(session) == []


async def test_behind_an_open_door_an_auditor_still_only_reads(
    browser, session, concern, address, doors_open
):
    await signed_in(browser, session, StaffRole.AUDITOR)

    assert (await browser.get(address)).status_code == 200
    assert (await screen(browser, address)).status_code == 404
    assert (await now_of(session, concern)).state is ConcernState.RECEIVED


async def test_somebody_merged_is_shown_as_who_they_became(
    browser, session, concern, address, officer
):
    lost, kept = [(await make_entry(session)).person for _ in range(2)]
    kept.family_name = "Keptwell"
    await session.commit()
    await browser.post(f"{address}/person", data={"person": lost.number})
    lost.merged_into = kept.id
    await session.commit()

    assert "Keptwell" in Page(await browser.get(address)).fact("Whom it is about")


# The queue


async def test_the_queue_says_what_is_due_and_nothing_of_what_was_told(
    browser, session, concern, officer
):
    page = Page(await browser.get("/staff/concerns"))

    (row,) = page.rows()
    assert row["Concern"] == concern.reference
    assert row["Due"] == "11 March 2027: look for immediate risk"
    for word in ("Marsh", "Reed", "Mill House"):
        assert word not in page.html
    assert await readings(session) == []


@pytest.mark.parametrize(("days", "mark"), [(0, []), (1, ["Today"]), (2, ["Late"])])
async def test_what_is_due_today_and_what_is_late_is_marked(
    browser, session, concern, officer, clock, days, mark
):
    clock.now = NOW + days * DAY
    await browser.sign_in(officer)

    page = Page(await browser.get("/staff/concerns"))

    assert page.tags == ["Not looked at yet", *mark]


async def test_an_empty_queue_says_so(browser, officer):
    assert "No concern waits" in Page(await browser.get("/staff/concerns")).text
    settled = Page(await browser.get("/staff/concerns?show=settled"))
    assert "No concern has been dealt with yet." in settled.text


@pytest.mark.parametrize("query", ["?after=x", "?show=nothing&after=x"])
async def test_a_page_that_never_was_is_not_there(browser, officer, query):
    assert (await browser.get(f"/staff/concerns{query}")).status_code == 404


# One concern


async def test_a_concern_is_read_whole_and_the_reading_is_written_down(
    browser, session, address, officer
):
    page = Page(await browser.get(address))

    assert page.fact("Their name") == "Jo Marsh"
    assert page.fact("What happened?") == "They hit a child"
    assert page.fact("Your email address") == "pat@example.org"
    assert page.fact("Look for immediate risk by") == "11 March 2027"
    assert page.rows("Who has read it, the latest first") == [
        {"Who": "Sam Staff", "What": "The concern", "When": "10 March 2027 at 10:00am"}
    ]
    assert await readings(session) == [(officer.id, "concern")]


async def test_a_referrer_who_is_not_to_be_named_stands_out(browser, session, officer):
    concern = await sent(session, said={Section.NAMING: Naming(may_be_named=False)})

    page = Page(await browser.get(f"/staff/concerns/{concern.reference}"))

    assert "asks not to be named to the registrant" in page.text


async def test_what_happened_too_long_ago_is_marked(browser, session, officer):
    today = day_of(NOW)
    old = When(words="Then", last_on=today.replace(year=2022) - DAY)
    concern = await sent(session, said={Section.WHEN: old})

    page = Page(await browser.get(f"/staff/concerns/{concern.reference}"))

    assert "more than 60 months ago" in page.text


async def test_an_employer_s_concern_shows_whom_they_told(browser, session, officer):
    concern = await sent(session, Referrer.EMPLOYER)

    page = Page(await browser.get(f"/staff/concerns/{concern.reference}"))

    assert page.fact("Ofsted") == "Not told yet"
    assert page.fact("Did you end their work with children?").startswith("Yes")


async def test_a_document_is_given_out_and_the_reading_written_down(
    browser, session, officer
):
    draft, _ = await make_draft(session)
    received = stored_upload()
    one = await ConcernFile.add(session, draft, received, now=NOW)
    await draft.send(session, by=sending(session))
    one.file.settle(FileState.CLEAN, now=NOW, cleaned_as="2027-03-10/clean")
    await store.put("2027-03-10/clean", pieces(pdf()))
    await look_as_nobody(session)
    await session.commit()
    address = f"/staff/concerns/{draft.reference}"

    link = Page(await browser.get(address)).link("Photograph of Jo Marsh.pdf")
    answer = await browser.get(link)

    assert answer.content.startswith(b"%PDF")
    assert f"{draft.reference}.pdf" in answer.headers["content-disposition"]
    assert "Marsh" not in str(answer.headers)
    assert await readings(session) == [
        (officer.id, "concern"),
        (officer.id, "document"),
    ]
    other = await sent(session)
    elsewhere = link.replace(draft.reference, other.reference)
    assert (await browser.get(elsewhere)).status_code == 404


def stored_upload():
    return Received(
        "Photograph of Jo Marsh.pdf", MediaType.PDF, 1, bytes(32), "2027-03-10/sent"
    )


async def pieces(content):
    yield content


# Whom it is about


async def test_a_person_is_looked_for_without_a_name_in_the_address(
    browser, session, address, concern, officer
):
    person = (await make_entry(session, family_name="Marsh")).person
    await session.commit()

    page = Page(await browser.post(f"{address}/search", data={"q": "Marsh"}))
    assert f"Whom is it about?: {person.name}, {person.number}" in page.labels
    await browser.post(f"{address}/person", data={"person": person.number})

    assert (await now_of(session, concern)).person_id == person.id
    assert person.name in Page(await browser.get(address)).fact("Whom it is about")


async def test_nobody_of_that_name_is_said(browser, address, officer):
    page = Page(await browser.post(f"{address}/search", data={"q": "Nobody"}))

    assert "Nobody on the register is called so" in page.text


async def test_what_is_searched_for_is_typed(browser, address, officer):
    page = Page(await browser.post(f"{address}/search", data={"q": ""}))

    assert page.errors == ["Enter name or registration number"]


@pytest.mark.parametrize("chosen", ["", "CH-12", "somebody"])
async def test_somebody_or_nobody_is_chosen(browser, address, officer, chosen):
    page = Page(await browser.post(f"{address}/person", data={"person": chosen}))

    assert page.errors == ["Select a person, or that it is none of them"]


async def test_a_number_of_nobody_s_is_not_there(browser, address, officer):
    nobody = {"person": number_of(9_999_999)}

    assert (await browser.post(f"{address}/person", data=nobody)).status_code == 404


async def test_none_of_them_is_an_answer_too(
    browser, session, address, concern, officer
):
    await browser.post(f"{address}/person", data={"person": "nobody"})

    assert (await now_of(session, concern)).looked_up_at == NOW
    assert (
        Page(await browser.get(address))
        .fact("Whom it is about")
        .startswith("Not on the register")
    )


# The steps


async def test_looking_for_danger_has_an_answer_and_a_reason(
    browser, session, address, concern, officer
):
    missing = Page(await browser.post(f"{address}/screen", data={}))
    await screen(browser, address, "yes")

    assert missing.errors == [
        "Select yes if it tells of an immediate risk to children",
        "Enter why",
    ]
    assert (await now_of(session, concern)).at_risk
    page = Page(await browser.get(address))
    assert "Immediate risk" in page.tags
    assert "Looked at for immediate risk" in page.timeline
    assert "Look for immediate risk by" not in page.facts


async def test_a_second_look_is_refused(browser, address, officer):
    await screen(browser, address)

    answer = await screen(browser, address)

    assert answer.status_code == 409
    assert "has been looked at for immediate risk already" in answer.text


async def test_somebody_without_an_address_is_told_by_one_of_us(
    browser, session, officer
):
    concern = await sent(session, said=BY_TELEPHONE)
    address = f"/staff/concerns/{concern.reference}"
    due = Page(await browser.get(address)).fact("Acknowledge by")

    empty = Page(await browser.post(f"{address}/acknowledgement", data={}))
    await browser.post(f"{address}/acknowledgement", data={"words": "Rang her"})

    assert due == "24 March 2027"
    assert empty.errors == ["Enter how and when you told them"]
    assert Page(await browser.get(address)).fact("Acknowledged")


async def test_an_acknowledgement_that_did_not_arrive_is_to_be_made_up_for(
    browser, session, address, officer
):
    letter = await session.scalar(select(Message))
    letter.fail(now=NOW, because=Failure.UNDELIVERABLE)
    await session.commit()

    page = Page(await browser.get(address))

    assert "The acknowledgement did not arrive" in page.text
    assert page.tasks["Record that they know we have it"] == "To do"


async def test_nobody_unknown_is_acknowledged(browser, session, officer):
    concern = await sent(session, said=ANONYMOUS)
    address = f"/staff/concerns/{concern.reference}"

    page = Page(await browser.get(address))
    answer = await browser.post(f"{address}/acknowledgement", data={"words": "Rang"})

    assert "Record that they know we have it" not in page.tasks
    assert answer.status_code == 409


SIGNPOST = {"because": "not_about_fitness", "towards": "ofsted", "words": "A leak"}


async def test_what_is_not_ours_is_signposted_after_a_look(
    browser, session, address, concern, officer
):
    early = await browser.post(f"{address}/signpost", data=SIGNPOST)
    await screen(browser, address)
    wrong = Page(await browser.post(f"{address}/signpost", data={}))
    page = Page(await browser.post(f"{address}/signpost", data=SIGNPOST))
    assert page.h1 == "Check it before it is sent"
    assert "It is not about whether somebody is fit" in page.text
    assert "You can take it to Ofsted" in page.text
    assert "A leak" not in page.text
    assert (await now_of(session, concern)).state is ConcernState.SCREENED
    kept = Page(
        await browser.post(page.action("Change it"), data=page.form("Change it"))
    )
    assert kept.field("What led you to this?").value == "A leak"
    await post_and_serve(browser, f"{address}/signpost", SIGNPOST)

    assert early.status_code == 409
    assert len(wrong.errors) == 3
    assert (await now_of(session, concern)).state is ConcernState.SIGNPOSTED
    page = Page(await browser.get(address))
    assert "What to do" not in page.headings
    told = page.rows("What we told whoever raised it, the latest first")
    assert sorted(row["Email"].partition(" What")[0] for row in told) == [
        "A concern is acknowledged, version 1",
        "A concern is not ours, version 1",
    ]
    assert any("You can take it to Ofsted" in row["Email"] for row in told)
    settled = Page(await browser.get("/staff/concerns?show=settled"))
    assert settled.rows()[0]["Concern"] == concern.reference


async def test_somebody_on_the_register_is_not_said_to_be_missing(
    browser, session, address, officer
):
    person = (await make_entry(session)).person
    await session.commit()
    await screen(browser, address)
    await browser.post(f"{address}/person", data={"person": person.number})

    answer = await browser.post(
        f"{address}/signpost", data=SIGNPOST | {"because": "not_registered"}
    )

    assert answer.status_code == 409


async def test_what_belongs_to_others_is_passed_on(
    browser, session, address, concern, officer
):
    await screen(browser, address)
    wrong = Page(await browser.post(f"{address}/passing-on", data={}))
    await browser.post(
        f"{address}/passing-on", data={"towards": "police", "words": "CAD 12"}
    )

    assert len(wrong.errors) == 2
    assert (await now_of(session, concern)).state is ConcernState.PASSED_ON
    assert "Passed on" in Page(await browser.get(address)).timeline


@pytest.mark.parametrize("step", STEPS)
async def test_each_step_has_its_page_and_none_for_what_is_not_there(
    browser, address, officer, step
):
    page = Page(await browser.get(f"{address}/{step}"))

    assert page.status == 200
    assert page.link(f"Concern {address[-10:]}") == address
    assert (await browser.get(f"/staff/concerns/C-00000000/{step}")).status_code == 404


async def test_nothing_is_done_to_what_is_dealt_with(browser, address, officer):
    await screen(browser, address)
    done = {"towards": "police", "words": "CAD 12"}
    await browser.post(f"{address}/passing-on", data=done)

    answers = [
        await browser.post(f"{address}/passing-on", data=done),
        await browser.post(f"{address}/signpost", data=SIGNPOST),
        await browser.post(f"{address}/person", data={"person": "nobody"}),
        await screen(browser, address),
    ]

    assert [answer.status_code for answer in answers] == [409] * 4
