"""Each section as an applicant fills it in, in one tab and in two, and as somebody posts to it by hand."""

from datetime import date

import pytest
from sqlalchemy import select

from register.application import ApplicationKind, SectionName, form_of
from register.application.equality import EqualityAnswer
from register.web.apply.sections import SECTIONS
from tests.applications import make_application
from tests.make import make_account, make_home
from tests.reading import Page


@pytest.fixture
async def account(session):
    return await make_account(session, email="alice@example.org")


@pytest.fixture
async def draft(session, account):
    application = await make_application(session, account=account)
    await session.commit()
    return application


@pytest.fixture
async def alice(browser, draft, account):
    await browser.sign_in(account)
    return Applicant(browser, draft)


class Applicant:
    """Somebody with a draft, who opens its pages and sends what stands on them."""

    def __init__(self, browser, draft):
        self.browser, self.draft = browser, draft

    def place(self, page):
        return f"/apply/{self.draft.reference}/{page}"

    async def open(self, page):
        return Page(await self.browser.get(self.place(page)))

    async def send(self, page, **answers):
        """Open the page, change what is given, send it, and follow where it leads."""
        form = (await self.open(page)).form("Save and continue") | answers
        return await self.post(page, form)

    async def post(self, page, data):
        answer = await self.browser.post(self.place(page), data=data)
        if answer.status_code == 303:
            return Page(await self.browser.get(answer.headers["location"]))
        return Page(answer)


def day(name, value):
    return {
        f"{name}-day": str(value.day),
        f"{name}-month": str(value.month),
        f"{name}-year": str(value.year),
    }


ELIGIBILITY = {
    "in_role": "yes",
    "managing_as": "registered",
    "home_name": "Harbour View",
    "registered_before": "no",
    "regulated_elsewhere": "no",
} | day("started_on", date(2027, 1, 4))

IDENTITY = {
    "given_names": "Zoë",
    "family_name": "O'Connor-Łuczak",
    "has_former_names": "yes",
    "former_names": "Zoë Smith\r\nZoë Ó Súilleabháin",
    "has_aliases": "no",
    "sex": "female",
    "nationality": "British",
    "has_ni_number": "yes",
    "ni_number": "ab 12 34 56 c",
} | day("birth_date", date(1985, 2, 28))

ADDRESS = {
    "line_1": "1 High Street",
    "town": "Leeds",
    "in_uk": "yes",
    "postcode": "ls11aa",
}

HOME = ADDRESS | {"here_now": "yes"} | day("since", date(2010, 5, 1))

QUALIFICATION = {
    "accepted": "other",
    "title": "Diploma in Care",
    "awarding_body": "Pearson",
    "country": "England",
    "awarded": "yes",
    "proof": "awarding_body",
} | day("awarded_on", date(2019, 6, 30))

POST = {
    "employer": "Harbour Care Ltd",
    "role": "Manager",
    "part": "manager",
    "fte_percent": "100",
    "care": "yes",
    "supervisory": "yes",
    "manages": "yes",
    "there_now": "yes",
} | day("since", date(2006, 7, 1))

REFEREE = {
    "knows_from": "latest_employer",
    "name": "Sam Okafor",
    "job": "Director",
    "organisation": "Harbour Care Ltd",
    "email": "sam@example.org",
    "phone": "01632 960 001",
}

DBS = {
    "certificate_number": "0012 3456 7890",
    "enhanced": "yes",
    "child_workforce": "yes",
    "children_barred_list": "yes",
    "update_service": "no",
} | day("issued_on", date(2026, 2, 1))


async def saved(session, draft):
    return await form_of(session, draft.id)


# Section by section


async def test_eligibility_says_by_when_to_register(alice):
    page = await alice.send("eligibility", **ELIGIBILITY)

    assert page.h1 == "You can apply"
    assert "Register by 4 July 2027" in page.text


async def test_somebody_without_a_post_may_apply(alice):
    page = await alice.send(
        "eligibility", in_role="no", registered_before="no", regulated_elsewhere="no"
    )

    assert page.h1 == "You can apply"
    assert "Register by" not in page.text


async def test_what_another_section_excludes_is_kept_told_and_stays_unfinished(
    alice, session
):
    await alice.send("registrations", registered="no", acted_against="no")

    told = await alice.send(
        "eligibility", **ELIGIBILITY | {"regulated_elsewhere": "yes"}
    )
    later = await alice.open("eligibility")
    tasks = await alice.open("")
    corrected = await alice.send("eligibility", **ELIGIBILITY)

    said = (
        "You said here that you are or were on another register, but in “Other registrations” that you are on no other"
        " register and never were: change one of the two answers"
    )
    assert (told.status, told.errors, later.errors) == (422, [said], [said])
    assert (await saved(session, alice.draft)).eligibility.regulated_elsewhere is False
    assert tasks.tasks["Eligibility"] == "In progress"
    assert tasks.tasks["Other registrations"] == "In progress"
    assert corrected.h1 == "You can apply"


async def test_a_home_is_found_by_its_ofsted_number(alice, session):
    home = await make_home(session, urn="SC123456", name="Rose House")
    await session.commit()

    page = await alice.send(
        "eligibility", **ELIGIBILITY | {"urn": "sc 123 456", "home_name": ""}
    )

    assert "We found the home SC123456, Rose House" in page.text
    assert (await saved(session, alice.draft)).eligibility.home_id == home.id


async def test_a_home_that_we_do_not_have_is_asked_about_and_may_be_confirmed(
    alice, session
):
    unknown = ELIGIBILITY | {"urn": "2700001"}

    asked = await alice.send("eligibility", **unknown)
    confirmed = await alice.send("eligibility", **unknown | {"unlisted": "yes"})

    assert asked.status == 422
    assert asked.errors == [
        "We do not have a home with this number. Check it, or confirm that it is right"
    ]
    assert "We do not have a home with the number 2700001" in confirmed.text
    assert (await saved(session, alice.draft)).eligibility.home_id is None


async def test_identity_is_saved_in_every_script(alice, session):
    page = await alice.send("identity", **IDENTITY)

    identity = (await saved(session, alice.draft)).identity
    assert page.h1 == "Documents: Identity"
    assert identity.family_name == "O'Connor-Łuczak"
    assert identity.former_names == ["Zoë Smith", "Zoë Ó Súilleabháin"]
    assert identity.ni_number == "AB123456C"


@pytest.mark.parametrize(
    "name",
    [
        "O’Brien",
        "D'Arcy-Ngũgĩ",
        "محمد",
        "שׁרה",
        "李小龍",
        "Ж" * 200,
        "A" * 200,
        "Nguyễn",
    ],
)
async def test_a_name_is_shown_as_it_was_given(alice, name):
    await alice.send("identity", **IDENTITY | {"family_name": name})

    again = await alice.open("identity")
    check = await alice.open("check")

    assert again.field("Family name").value == name
    assert check.fact("Family name") == name


async def test_markup_in_an_answer_is_text(alice):
    await alice.send(
        "identity", **IDENTITY | {"nationality": "<script>alert(1)</script>"}
    )

    check = await alice.open("check")

    assert check.fact("Nationality") == "<script>alert(1)</script>"
    assert "<script>alert" not in check.html


async def test_who_is_too_young_for_the_part_is_told_on_the_day_before(alice):
    too_young = IDENTITY | day("birth_date", date(2008, 3, 11))
    old_enough = IDENTITY | day("birth_date", date(2008, 3, 10))

    refused = await alice.send("identity", **too_young)
    taken = await alice.send("identity", **old_enough)

    assert refused.errors == ["You must be 19 or older to apply"]
    assert taken.h1 == "Documents: Identity"


async def test_all_faults_of_a_page_are_told_at_once(alice):
    page = await alice.post("identity", {})

    assert page.status == 422
    assert page.title == "Error: Identity"
    assert len(page.errors) == 7


async def test_days_that_do_not_exist_are_told(alice):
    page = await alice.send(
        "identity", **IDENTITY | {"birth_date-day": "31", "birth_date-month": "2"}
    )

    assert page.errors == ["Date of birth must be a real date"]


async def test_contact_at_home_and_abroad(alice, session):
    await alice.send("contact", **ADDRESS, mobile="07700 900123")
    at_home = (await saved(session, alice.draft)).contact
    await alice.send(
        "contact",
        line_1="1 Rue X",
        town="Lyon",
        in_uk="no",
        country="France",
        mobile="+33 6 12 34 56 78",
    )
    abroad = (await saved(session, alice.draft)).contact

    assert (at_home.postcode, at_home.mobile) == ("LS1 1AA", "+447700900123")
    assert (abroad.postcode, abroad.country) == ("", "France")


async def test_addresses_are_added_changed_and_removed(alice, session):
    await alice.send("addresses/items/new", **HOME)
    await alice.send("addresses/items/new", **HOME | {"town": "York"})
    first, second = (await saved(session, alice.draft)).addresses.items

    await alice.send(f"addresses/items/{first.id}", town="Hull")
    asked = await alice.open(f"addresses/items/{second.id}/remove")
    await alice.post(f"addresses/items/{second.id}/remove", asked.form())

    (left,) = (await saved(session, alice.draft)).addresses.items
    assert asked.h1 == "Do you want to remove this address?"
    assert (left.id, left.town) == (first.id, "Hull")


async def test_an_address_sent_twice_is_listed_once(alice, session):
    form = (await alice.open("addresses/items/new")).form() | HOME

    for _ in range(2):
        await alice.post("addresses/items/new", form)

    assert len((await saved(session, alice.draft)).addresses.items) == 1


async def test_a_gap_between_addresses_is_named_and_nothing_is_lost(alice, session):
    await alice.send("addresses/items/new", **HOME | day("since", date(2024, 5, 4)))

    page = await alice.send("addresses")

    assert page.status == 422
    assert page.errors == [
        "Add where you lived from 10 March 2022 to 3 May 2024: there is a gap"
    ]
    assert len((await saved(session, alice.draft)).addresses.items) == 1


async def test_addresses_without_a_gap_complete_the_section(alice):
    await alice.send("addresses/items/new", **HOME)

    tasks = await alice.send("addresses")

    assert tasks.tasks["Address history"] == "Completed"


async def test_one_moves_out_after_moving_in(alice):
    wrong = (
        HOME
        | {"here_now": "no"}
        | day("since", date(2020, 5, 2))
        | day("until", date(2020, 5, 1))
    )

    page = await alice.send("addresses/items/new", **wrong)

    assert page.status == 422
    assert "must be on or after 2 May 2020" in page.errors[0]


async def test_a_qualification_from_the_list_or_another(alice, session):
    listed = await alice.open("qualifications/items/new")
    option = listed.soup.select("#accepted option")[1]
    await alice.send(
        "qualifications/items/new", **QUALIFICATION | {"accepted": option["value"]}
    )
    await alice.send("qualifications/items/new", **QUALIFICATION)

    first, second = (await saved(session, alice.draft)).qualifications.items
    assert first.title == option.text.strip()
    assert str(first.accepted_id) == option["value"]
    assert (second.title, second.accepted_id) == ("Diploma in Care", None)


async def test_having_none_is_an_answer(alice):
    tasks = await alice.send("qualifications", none="yes")

    assert tasks.tasks["Qualifications"] == "Completed"


async def test_a_certificate_is_asked_for(alice, session):
    page = await alice.send(
        "qualifications/items/new", **QUALIFICATION | {"proof": "certificate"}
    )
    tasks = await alice.send("qualifications")

    assert page.h1 == "Documents: Qualifications"
    assert page.field("Which qualification is it for?").options[1] == "Diploma in Care"
    assert tasks.errors == ["Upload the certificate for Diploma in Care"]


async def test_jobs_and_the_gap_between_them(alice, session):
    await alice.send("employment/items/new", **POST | day("since", date(2020, 1, 1)))
    gaps = await alice.send("employment", **day("left_education_on", date(2006, 6, 30)))
    (name,) = [name for name in gaps.form() if name.startswith("gap_")]
    empty = await alice.post("employment-gaps", {})
    tasks = await alice.post("employment-gaps", {name: "I lived abroad"})

    assert gaps.h1 == "Times without a job"
    assert "What did you do from 30 June 2006 to 31 December 2019?" in gaps.labels
    assert empty.status == 422
    assert tasks.tasks["Employment history"] == "Completed"
    assert (await saved(session, alice.draft)).employment.gaps[
        0
    ].explanation == "I lived abroad"


async def test_a_job_in_a_home_of_the_list(alice, session):
    home = await make_home(session, urn="SC123456", name="Rose House")
    await session.commit()

    page = await alice.send("employment/items/new", **POST | {"urn": "SC123456"})

    assert "Rose House (SC123456)" in page.text
    assert (await saved(session, alice.draft)).employment.items[0].home_id == home.id


async def test_a_number_that_looks_odd_is_a_warning_only(alice):
    page = await alice.send(
        "registrations/items/new", body="swe", number="12345", current="yes"
    )
    tasks = await alice.send("registrations", registered="yes", acted_against="no")

    assert "Check the number: it usually has SW and up to 7 digits" in page.text
    assert tasks.tasks["Other registrations"] == "Completed"


async def test_the_dbs_certificate(alice, session):
    tasks = await alice.send("dbs", **DBS)
    wrong = await alice.send("dbs", **DBS | {"certificate_number": "12345678901"})

    assert tasks.tasks["DBS check"] == "Completed"
    assert (await saved(session, alice.draft)).dbs.child_workforce
    assert wrong.errors == ["DBS certificate number must be 12 numbers"]


async def test_a_yes_needs_its_details_and_a_no_forgets_them(alice, session):
    no = dict.fromkeys(
        ("convictions", "cautions", "charges", "investigations", "overseas"), "no"
    )

    asked = await alice.send("criminal", **no | {"cautions": "yes"})
    await alice.send("criminal", **no | {"cautions_details": "Never mind"})

    assert asked.errors == ["Enter what happened, when, and how it ended"]
    assert (await saved(session, alice.draft)).criminal.cautions_details == ""


async def test_two_answers_to_one_question_are_asked_again(alice):
    page = await alice.send("health", affects_practice=["yes", "no"])

    assert page.status == 422


async def test_english_shown_by_a_test_leads_to_its_document(alice):
    page = await alice.send("english", shown_by="test", details="IELTS")

    assert page.h1 == "Documents: English language"


async def test_two_referees_complete_the_section(alice):
    await alice.send("references/items/new", **REFEREE)
    early = await alice.send("references")
    await alice.send(
        "references/items/new",
        **REFEREE | {"knows_from": "child_care", "email": "kim@example.org"},
    )
    tasks = await alice.send("references")

    assert early.errors == ["Add a referee who knows your work with children"]
    assert tasks.tasks["Referees"] == "Completed"


async def test_a_referee_is_somebody_else_with_an_address_of_their_own(alice):
    await alice.send("references/items/new", **REFEREE)

    own = await alice.send(
        "references/items/new", **REFEREE | {"email": "Alice@example.org"}
    )
    shared = await alice.send(
        "references/items/new", **REFEREE | {"knows_from": "child_care"}
    )

    assert own.errors == ["A referee’s email address must not be your own"]
    assert shared.errors == ["Your referees must have different email addresses"]


async def test_the_standards_are_declared_with_their_version(alice, session, now):
    page = await alice.open("standards")
    refused = await alice.post("standards", page.form())
    tasks = await alice.send("standards", agreed="yes")

    declared = (await saved(session, alice.draft)).standards
    assert refused.errors == ["Confirm that you have read and will meet the standards"]
    assert tasks.tasks["Professional standards"] == "Completed"
    assert (declared.version, declared.declared_at) == ("2026-1", now)


# Equality


async def test_equality_answers_lead_back_to_nobody(alice, session):
    tasks = await alice.post(
        "equality", {"answer": "save", "age": "to_34", "ethnicity": "not_said"}
    )

    kept = (await session.scalars(select(EqualityAnswer))).one()
    columns = set(EqualityAnswer.__table__.columns.keys())
    assert tasks.tasks["Equality monitoring"] == "Completed"
    assert (kept.month, kept.age, kept.disabled) == (date(2027, 3, 1), "to_34", None)
    assert columns == {
        "id",
        "part",
        "month",
        "age",
        "ethnicity",
        "disabled",
        "gender",
        "religion",
        "orientation",
    }


async def test_equality_questions_may_be_skipped(alice, session):
    tasks = await alice.post("equality", {"answer": "skip", "age": "to_34"})

    assert tasks.tasks["Equality monitoring"] == "Completed"
    assert (await session.scalars(select(EqualityAnswer))).all() == []


async def test_equality_answers_are_taken_once(alice, session):
    for _ in range(2):
        await alice.post("equality", {"answer": "save", "age": "to_34"})

    assert len((await session.scalars(select(EqualityAnswer))).all()) == 1
    assert "kept apart" in (await alice.open("equality")).text


# Two tabs


async def test_two_tabs_show_both_versions_and_lose_neither(alice, session):
    one = (await alice.open("dbs")).form() | DBS
    other = (
        (await alice.open("dbs")).form() | DBS | {"certificate_number": "999999999999"}
    )
    await alice.post("dbs", one)

    both = await alice.post("dbs", other)
    chosen = await alice.post("dbs", both.form("Save what I have just sent"))

    assert both.status == 409
    assert both.h1 == "This was changed in another window"
    assert "001234567890" in both.text
    assert "999999999999" in both.text
    assert chosen.h1 == "Your application"
    assert (await saved(session, alice.draft)).dbs.certificate_number == "999999999999"


async def test_the_same_answer_from_two_tabs_is_no_conflict(alice):
    form = (await alice.open("dbs")).form() | DBS

    pages = [await alice.post("dbs", form) for _ in range(2)]

    assert [page.status for page in pages] == [200, 200]


async def test_an_item_removed_in_another_tab_can_be_added_again(alice, session):
    await alice.send("addresses/items/new", **HOME)
    (item,) = (await saved(session, alice.draft)).addresses.items
    form = (await alice.open(f"addresses/items/{item.id}")).form() | {"town": "Hull"}
    await alice.post(f"addresses/items/{item.id}/remove", {})

    both = await alice.post(f"addresses/items/{item.id}", form)
    answer = await alice.browser.post(
        both.action("Save what I have just sent"),
        data=both.form("Save what I have just sent"),
    )

    assert "It has been removed." in both.text
    assert answer.status_code == 303
    assert [a.town for a in (await saved(session, alice.draft)).addresses.items] == [
        "Hull"
    ]


async def test_the_questions_of_a_list_are_guarded_too(alice, session):
    stale = (await alice.open("registrations")).form()
    await alice.send(
        "registrations",
        registered="no",
        acted_against="yes",
        acted_against_details="Warned in 2012",
    )

    both = await alice.post(
        "registrations", stale | {"registered": "no", "acted_against": "no"}
    )

    assert both.status == 409
    assert "Warned in 2012" in both.text
    assert (await saved(session, alice.draft)).registrations.acted_against


# Posted by hand

NONSENSE = (
    {},
    {"opened_on": "zzz"},
    {
        "in_role": "perhaps",
        "sex": "wizard",
        "shown_by": "magic",
        "body": "mi5",
        "accepted": "x",
        "knows_from": "?",
    },
    {
        "birth_date-day": "٣",
        "birth_date-month": "13",
        "birth_date-year": "20000",
        "since-day": "-1",
        "issued_on-year": "0",
    },
    {
        "family_name": "A" * 5000,
        "line_1": "B" * 5000,
        "employer": "C" * 5000,
        "name": "D" * 5000,
    },
    {
        "family_name": ["A", "B"],
        "in_role": ["yes", "no"],
        "none": ["yes", "yes"],
        "answer": ["skip", "save"],
    },
    {
        "fte_percent": "101",
        "level": "-1",
        "credits": "1e9",
        "certificate_number": "१२३",
    },
    {
        "former_names": "\n".join("abcdefghijklmnopqrstuvwxyz"),
        "has_former_names": "yes",
    },
)


async def test_whatever_is_posted_is_answered(alice):
    for section in ApplicationKind.FIRST.sections:
        for sent in NONSENSE:
            answer = await alice.browser.post(alice.place(section), data=sent)

            assert answer.status_code in {303, 409, 422}, (section, sent)


async def test_whatever_is_posted_for_an_item_is_answered(alice):
    for section in LISTED:
        for sent in NONSENSE:
            place = alice.place(f"{section}/items/new")

            answer = await alice.browser.post(place, data=sent)

            assert answer.status_code == 422, (section, sent)


LISTED = ("addresses", "qualifications", "employment", "registrations", "references")


def test_every_section_has_its_page():
    assert set(SECTIONS) == set(SectionName) - {SectionName.PORTFOLIO}
