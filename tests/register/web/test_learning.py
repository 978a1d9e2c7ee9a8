"""Learning page by page: as the registrant, whoever reflects, and staff have it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.by_link import token_of
from register.cpd import (
    LearningDocument,
    LearningLess,
    LearningRecord,
    LessReason,
    freeze,
    peers_of,
)
from register.kit.clock import end_of, start_of
from register.kit.files import FileState, StoredFile
from register.renewal import open_renewals
from tests.make import NOW, make_account, make_entry, make_process
from tests.reading import Page
from tests.register.learning import YEAR_END, make_asked, make_enough, make_record
from tests.uploading import pdf

HOME = "/account/learning"
DAY = timedelta(days=1)
ASKED = "What the year that ends on 30 November 2027 asks for"
WHOLE = {
    "title": "Sleep and screens",
    "kinds": ["course", "reading"],
    "first_on-day": "1",
    "first_on-month": "3",
    "first_on-year": "2027",
    "learnt": "Light keeps children awake.\nSo do fears.",
    "impact": "Two children sleep through.",
    "reflection": "I had taken it for defiance.",
    "about": ["safeguarding"],
    "talked": "supervisor",
    "discussed_on-day": "5",
    "discussed_on-month": "3",
    "discussed_on-year": "2027",
    "discussed": "We agreed on what to try.",
}
PEER = {"name": "Priya Peer", "email": "peer@example.org", "role": "peer"}
SAYING = {
    "words": "She did it well.",
    "name": "Priya Peer",
    "job": "Deputy manager",
    "true": "yes",
}
LESS = {
    "year": "2027-11-30",
    "because": "sickness",
    "from_on-day": "4",
    "from_on-month": "1",
    "from_on-year": "2027",
    "until_on-day": "1",
    "until_on-month": "6",
    "until_on-year": "2027",
    "words": "I was in hospital.",
}


@pytest.fixture
async def entry(session):
    return await make_entry(
        session, family_name="Adébáyò", on=start_of(date(2026, 6, 1))
    )


@pytest.fixture
async def holder(session, entry):
    return await make_account(session, person=entry.person)


@pytest.fixture
async def record(session, entry, holder):
    record = await make_record(session, entry.person, title="Sleep")
    await session.commit()
    return record


@pytest.fixture
async def stranger(session):
    other = await make_entry(session, given_names="Sam")
    return await make_account(session, person=other.person)


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


async def records(session):
    session.expire_all()
    return (await session.scalars(select(LearningRecord))).all()


# The registrant


async def test_the_year_says_what_it_asks_for_and_what_is_missing(browser, holder):
    await browser.sign_in(holder)

    page = Page(await browser.get(HOME))

    assert "This year, ending on 30 November 2027" in page.headings
    assert [row["State"] for row in page.rows(ASKED)] == ["Missing"] * 4


async def test_what_is_met_is_said_too(browser, session, entry, holder):
    await make_enough(session, entry.person)
    await browser.sign_in(holder)

    page = Page(await browser.get(HOME))

    assert {row["State"] for row in page.rows(ASKED)} == {"Met"}


async def test_a_year_that_is_over_is_asked_for_while_they_may_still_renew_with_it(
    browser, session, holder, clock
):
    await open_renewals(session, start_of(date(2027, 9, 1)))
    await session.commit()
    clock.now = end_of(YEAR_END) + 13 * DAY
    await browser.sign_in(holder)
    before = Page(await browser.get(HOME))
    clock.now += DAY
    await browser.sign_in(holder)
    after = Page(await browser.get(HOME))

    assert "The year, ending on 30 November 2027" in before.headings
    assert before.text.count("What the year that ends on ") == 2
    assert "The year, ending on 30 November 2027" not in after.headings


async def test_somebody_without_an_entry_has_no_learning_here(browser, session):
    await browser.sign_in(await make_account(session))

    assert (await browser.get(HOME)).status_code == 404
    assert (await browser.get(f"{HOME}/new")).status_code == 404


async def test_who_is_not_signed_in_is_asked_to(browser):
    answer = await browser.get(HOME)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_a_whole_record_is_added(browser, session, holder):
    await browser.sign_in(holder)
    form = Page(await browser.get(f"{HOME}/new"))
    standard = form.soup.select_one("input[name=standards]")["value"]

    done = await browser.post(f"{HOME}/new", data=WHOLE | {"standards": standard})

    page = Page(await browser.get(done.headers["location"]))
    (record,) = await records(session)
    assert record.complete
    assert record.year_end == YEAR_END
    assert page.h1 == "Sleep and screens"
    assert "Finished" in page.tags
    assert "Light keeps children awake." in page.text
    assert "We agreed on what to try." in page.text
    assert page.fact("When") == "1 March 2027"


async def test_who_has_lapsed_finishes_a_record_of_the_year_that_is_over(
    browser, session, entry, holder, clock
):
    await entry.lapse(
        session,
        on=end_of(YEAR_END),
        because="not_renewed",
        by=make_process(session),
    )
    await session.commit()
    clock.now = end_of(YEAR_END) + DAY
    await browser.sign_in(holder)
    form = Page(await browser.get(f"{HOME}/new"))
    standard = form.soup.select_one("input[name=standards]")["value"]

    await browser.post(f"{HOME}/new", data=WHOLE | {"standards": standard})

    (record,) = await records(session)
    assert record.complete
    assert record.year_end == YEAR_END


async def test_a_title_alone_is_kept_as_a_draft(browser, session, holder):
    await browser.sign_in(holder)

    done = await browser.post(f"{HOME}/new", data={"title": "Sleep"})

    page = Page(await browser.get(done.headers["location"]))
    assert "Draft" in page.tags
    assert "when it was" in page.text


async def test_without_a_title_nothing_is_lost(browser, session, holder):
    await browser.sign_in(holder)

    page = Page(await browser.post(f"{HOME}/new", data=WHOLE | {"title": ""}))

    assert page.status == 422
    assert page.errors == ["Enter what it was"]
    assert page.field("What did you learn?").value == WHOLE["learnt"].replace(
        "\n", "\n"
    )
    assert await records(session) == []


async def test_sent_twice_it_is_added_once(browser, session, holder):
    await browser.sign_in(holder)

    first = await browser.post(f"{HOME}/new", data=WHOLE)
    second = await browser.post(f"{HOME}/new", data=WHOLE)

    assert first.headers["location"] == second.headers["location"]
    assert len(await records(session)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"first_on-year": "2028"},
            "Day on which it was or began must be today or in the past",
        ),
        (
            {"last_on-day": "1", "last_on-month": "2", "last_on-year": "2027"},
            "The day on which it ended must be on or after 1 March 2027",
        ),
        (
            {"first_on-day": "30", "first_on-month": "11", "first_on-year": "2025"},
            "It must have ended on or after 1 December 2025: earlier years are closed",
        ),
        ({"discussed": ""}, "Enter what came of it"),
        (
            {"discussed_on-day": "", "discussed_on-month": "", "discussed_on-year": ""},
            "Enter the day on which you talked it over",
        ),
        (
            {"standards": "nothing"},
            "Select which of the standards it is about from the list",
        ),
    ],
)
async def test_what_cannot_be_is_said(browser, session, holder, wrong, said):
    await browser.sign_in(holder)

    page = Page(await browser.post(f"{HOME}/new", data=WHOLE | wrong))

    assert page.status == 422
    assert page.errors == [said]
    assert await records(session) == []


async def test_the_first_day_of_the_year_before_is_not_too_early(
    browser, session, holder
):
    await browser.sign_in(holder)
    early = {"first_on-day": "1", "first_on-month": "12", "first_on-year": "2025"}

    done = await browser.post(f"{HOME}/new", data=WHOLE | early)

    assert done.status_code == 303
    (record,) = await records(session)
    assert record.year_end == date(2026, 11, 30)


async def test_a_record_is_changed(browser, session, holder, record):
    await browser.sign_in(holder)
    at = f"{HOME}/{record.id}/change"
    form = Page(await browser.get(at))

    done = await browser.post(at, data=form.form("Save") | {"title": "Sleep well"})

    (changed,) = await records(session)
    assert done.headers["location"] == f"{HOME}/{record.id}"
    assert changed.words.title == "Sleep well"
    assert changed.complete


async def test_a_record_with_which_they_renewed_is_not(
    browser, session, entry, holder, record
):
    await freeze(session, entry.person_id, year_end=YEAR_END, by=make_process(session))
    await session.commit()
    await browser.sign_in(holder)
    at = f"{HOME}/{record.id}"

    page = Page(await browser.get(at))

    assert "Renewed with" in page.tags
    assert not page.buttons
    for path in ("/change", "/remove", "/peers", "/documents"):
        assert (await browser.get(f"{at}{path}")).status_code == 409
    assert (await browser.post(f"{at}/change", data=WHOLE)).status_code == 409
    assert (await browser.post(f"{at}/remove")).status_code == 409


async def test_a_record_is_removed(browser, session, holder, record):
    await browser.sign_in(holder)
    asked = Page(await browser.get(f"{HOME}/{record.id}/remove"))

    done = await browser.post(f"{HOME}/{record.id}/remove")

    assert asked.buttons == ["Remove the record"]
    assert done.headers["location"] == HOME
    assert await records(session) == []


async def test_one_of_their_own_that_says_the_same_is_warned_of(
    browser, session, entry, holder, record
):
    copy = await make_record(
        session,
        entry.person,
        title="Again",
        learnt=record.words.learnt,
        impact=record.words.impact,
        reflection=record.words.reflection,
    )
    await browser.sign_in(holder)

    page = Page(await browser.get(f"{HOME}/{copy.id}"))

    assert page.links["Sleep"] == f"{HOME}/{record.id}"


async def test_that_somebody_else_wrote_the_same_is_not_told_them(
    browser, session, stranger, record
):
    other = await session.get_one(type(record.person), stranger.person_id)
    copy = await make_record(
        session,
        other,
        learnt=record.words.learnt,
        impact=record.words.impact,
        reflection=record.words.reflection,
    )
    await browser.sign_in(stranger)

    page = Page(await browser.get(f"{HOME}/{copy.id}"))

    assert "nearly the same" not in page.text


async def test_nobody_reaches_what_is_somebody_elses(
    browser, session, stranger, record
):
    await browser.sign_in(stranger)
    for id_ in (record.id, uuid4()):
        at = f"{HOME}/{id_}"
        for path in ("", "/change", "/remove", "/peers", "/documents"):
            assert (await browser.get(f"{at}{path}")).status_code == 404
        assert (await browser.post(f"{at}/change", data=WHOLE)).status_code == 404
        assert (await browser.post(f"{at}/remove")).status_code == 404
        assert (await browser.post(f"{at}/peers", data=PEER)).status_code == 404
        answer = await browser.post(f"{at}/documents", files={"file": pdf()})
        assert answer.status_code == 404


# Documents


async def test_a_document_is_uploaded_read_and_removed(
    browser, session, holder, record
):
    await browser.sign_in(holder)
    at = f"{HOME}/{record.id}/documents"

    done = await browser.post(at, files={"file": pdf()})

    (paper,) = (await session.scalars(select(LearningDocument))).all()
    early = await browser.get(f"{at}/{paper.id}")
    stored = await session.get_one(StoredFile, paper.file_id)
    stored.settle(FileState.CLEAN, now=NOW, cleaned_as=stored.stored_as)
    await session.commit()
    late = await browser.get(f"{at}/{paper.id}")
    gone = await browser.post(f"{at}/{paper.id}/removal")
    assert done.headers["location"] == f"{HOME}/{record.id}"
    assert (early.status_code, late.status_code) == (409, 200)
    assert gone.status_code == 303
    assert not (await session.scalars(select(LearningDocument))).all()
    assert (await browser.get(f"{at}/{paper.id}")).status_code == 404


async def test_a_document_is_needed(browser, holder, record):
    await browser.sign_in(holder)

    page = Page(
        await browser.post(
            f"{HOME}/{record.id}/documents",
            files={"file": ("", b"", "application/pdf")},
        )
    )

    assert page.errors == ["Select a file"]


# Peers


async def test_a_peer_is_asked_and_asked_no_more(browser, session, holder, record):
    await browser.sign_in(holder)
    at = f"{HOME}/{record.id}"

    done = await browser.post(f"{at}/peers", data=PEER)

    page = Page(await browser.get(done.headers["location"]))
    assert "Priya Peer" in page.text
    assert page.fact("State") == "Asked, has until the end of 7 April 2027"
    (asked,) = await peers_of(session, record.id)
    ended = await browser.post(f"{at}/peers/{asked.peer.id}/end")
    assert ended.status_code == 303
    again = await browser.post(f"{at}/peers/{asked.peer.id}/end")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Enter their full name"),
        ({"role": ""}, "Select who they are to you"),
        (
            {"email": "nobody"},
            "Enter their email address in the correct format, like name@example.com",
        ),
    ],
)
async def test_a_peer_is_named_with_an_address(browser, holder, record, wrong, said):
    await browser.sign_in(holder)

    page = Page(await browser.post(f"{HOME}/{record.id}/peers", data=PEER | wrong))

    assert page.status == 422
    assert page.errors == [said]


async def test_nobody_asks_themselves(browser, holder, record):
    await browser.sign_in(holder)

    page = Page(
        await browser.post(
            f"{HOME}/{record.id}/peers", data=PEER | {"email": holder.email.upper()}
        )
    )

    assert page.errors == ["Enter the email address of somebody else than yourself"]


# Whoever holds the link


@pytest.fixture
async def link(session, record):
    request = await make_asked(session, record)
    await session.commit()
    return f"/learning/reflect/{token_of(request)}"


async def test_the_link_shows_the_record_and_who_it_is_of(browser, link):
    page = Page(await browser.get(link))

    assert "Ngozi Adébáyò" in page.text
    assert "Sleep" in page.headings
    assert "CH-" not in page.text


async def test_a_reflection_is_sent_once(browser, session, record, holder, link):
    done = await browser.post(link, data=SAYING)
    thanks = Page(await browser.get(done.headers["location"]))
    again = await browser.get(link)
    await browser.sign_in(holder)

    page = Page(await browser.get(f"{HOME}/{record.id}"))

    assert thanks.h1 == "Thank you"
    assert again.status_code == 410
    assert "She did it well." in page.text
    assert "Deputy manager" in page.text


async def test_what_was_typed_stays_where_something_is_missing(browser, link):
    page = Page(await browser.post(link, data=SAYING | {"job": ""}))

    assert page.errors == ["Enter your job title"]
    assert "She did it well." in page.html


async def test_whoever_cannot_says_why(browser, session, record, holder, link):
    asked = Page(await browser.get(f"{link}/decline"))
    wrong = Page(await browser.post(f"{link}/decline", data={}))
    await browser.post(f"{link}/decline", data={"because": "no_time"})
    await browser.sign_in(holder)

    page = Page(await browser.get(f"{HOME}/{record.id}"))

    assert asked.h1 == "You cannot reflect on this"
    assert wrong.errors == ["Select why you cannot say what you think"]
    assert "I have no time before the last day" in page.text


async def test_a_link_that_was_changed_is_unknown(browser, link):
    assert (await browser.get(f"{link[:-2]}AA")).status_code == 404
    assert (await browser.get(f"{link}/sent")).status_code == 303


# Asking for less


async def test_less_is_asked_for_and_granted(browser, session, holder, officer, entry):
    await browser.sign_in(holder)
    done = await browser.post(f"{HOME}/less", data=LESS)
    (less,) = (await session.scalars(select(LearningLess))).all()
    twice = await browser.post(f"{HOME}/less", data=LESS)
    await browser.sign_in(officer)
    waiting = Page(await browser.get("/staff/learning"))
    at = f"/staff/learning/less/{less.id}"
    asked = Page(await browser.get(at))

    granted = await browser.post(f"{at}/grant", data={"records": "0"})

    assert done.headers["location"] == HOME
    assert twice.status_code == 409
    assert waiting.links["Ngozi Adébáyò"] == at
    assert "I was in hospital." in asked.text
    assert granted.headers["location"] == "/staff/learning"
    assert "Agreed" in Page(await browser.get(at)).tags
    assert (await browser.post(f"{at}/grant", data={"records": "1"})).status_code == 409
    await browser.sign_in(holder)
    assert "Nothing is asked for in this year" in Page(await browser.get(HOME)).text


async def test_less_is_turned_down_with_a_reason_that_they_read(
    browser, session, entry, officer
):
    less = await asked_for_less(session, entry)
    await browser.sign_in(officer)
    at = f"/staff/learning/less/{less.id}"

    wrong = Page(await browser.post(f"{at}/refusal", data={"words": ""}))
    done = await browser.post(f"{at}/refusal", data={"words": "It was one week."})

    assert wrong.errors == ["Enter why we do not agree"]
    assert done.status_code == 303
    assert "It was one week." in Page(await browser.get(at)).text


async def asked_for_less(session, entry):
    less = await LearningLess.ask(
        session,
        entry.person_id,
        year_end=YEAR_END,
        because=LessReason.SICKNESS,
        from_on=date(2027, 1, 4),
        until_on=date(2027, 6, 1),
        words="",
        by=make_process(session),
    )
    await session.commit()
    return less


async def test_days_away_are_in_order(browser, holder):
    await browser.sign_in(holder)

    page = Page(
        await browser.post(f"{HOME}/less", data=LESS | {"until_on-year": "2026"})
    )

    assert page.errors == [
        "The day until which you are away must be on or after 4 January 2027"
    ]


async def test_nobody_of_staff_sees_their_own_request(browser, session, entry):
    less = await asked_for_less(session, entry)
    own = await make_account(session, StaffRole.CASEWORKER, person=entry.person)
    await browser.sign_in(own)

    at = f"/staff/learning/less/{less.id}"

    assert (await browser.get(at)).status_code == 404
    assert (await browser.post(f"{at}/grant", data={"records": "0"})).status_code == 404
    assert "Nobody waits" in Page(await browser.get("/staff/learning")).text


async def test_an_auditor_reads_and_does_not_decide(browser, session, entry):
    less = await asked_for_less(session, entry)
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    at = f"/staff/learning/less/{less.id}"

    page = Page(await browser.get(at))

    assert not page.buttons
    assert (await browser.post(f"{at}/grant", data={"records": "0"})).status_code == 403


# Staff


async def test_staff_read_what_somebody_has_learnt(browser, officer, entry, record):
    await browser.sign_in(officer)
    person = Page(await browser.get(f"/staff/persons/{entry.person_id}"))

    page = Page(await browser.get(person.link("See what they have learnt")))

    one = Page(await browser.get(page.link("Sleep")))
    assert "This" not in page.h1
    assert one.h1 == "Sleep"


async def test_staff_see_whose_records_say_nearly_the_same(
    browser, session, stranger, officer, record
):
    other = await session.get_one(type(record.person), stranger.person_id)
    copy = await make_record(
        session,
        other,
        title="Copied",
        learnt=record.words.learnt,
        impact=record.words.impact,
        reflection=record.words.reflection,
    )
    await session.commit()
    await browser.sign_in(officer)

    page = Page(await browser.get("/staff/learning/alike"))

    (row,) = page.rows()
    assert row["Most in common"] == "100 %"
    one = Page(await browser.get(f"/staff/learning/{copy.id}"))
    assert one.links["Sleep"] == f"/staff/learning/{record.id}"


async def test_registrants_have_no_business_on_the_pages_of_staff(
    browser, holder, record
):
    await browser.sign_in(holder)

    for path in (
        "/staff/learning",
        "/staff/learning/alike",
        f"/staff/learning/{record.id}",
        f"/staff/persons/{record.person_id}/learning",
    ):
        assert (await browser.get(path)).status_code == 403


async def test_who_of_staff_is_registered_does_not_read_their_own_as_staff(
    browser, session, entry
):
    record = await make_record(session, entry.person)
    own = await make_account(session, StaffRole.CASEWORKER, person=entry.person)
    await browser.sign_in(own)

    assert (await browser.get(f"/staff/learning/{record.id}")).status_code == 404
    at = f"/staff/persons/{entry.person_id}/learning"
    assert (await browser.get(at)).status_code == 404
