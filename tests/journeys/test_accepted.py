"""A concern that becomes a case: suspended meanwhile, then conditions that the registrant accepts, reviewed, and over."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta

from register.kit.clock import end_of
from tests.journeys.cases import (
    BY_EMAIL,
    EMAIL,
    NAME,
    REFERRER,
    Staff,
    begin,
    begins,
    begins_at,
    decides_and_sends,
    draw_up,
    examine,
    is_closed,
    is_described,
    is_empanelled,
    is_given_to,
    is_listed,
    is_taken_in,
    is_told_of_it,
    is_weighed,
    make_registrant,
    next_code,
    reads_it_and_serves,
    sign,
    tells,
    to_case,
    to_own_case,
)
from tests.journeys.steps import (
    TODAY,
    ago,
    look_up,
    mailed,
    set_up_an_app,
    show_the_code,
    shown,
    sign_in,
    to_account,
    to_casework,
)

HEARD = TODAY + timedelta(days=14)
REVIEWED = HEARD + timedelta(days=45)
MONTHS = 3
LAST_DAY = HEARD + relativedelta(months=MONTHS) - timedelta(days=1)
ALLEGED = "You told a child that nobody would come if he called at night."
CONDITIONS = "He works only on shifts with another member of staff."
PUBLISHED = "He frightened a child at night, and works under conditions for a time."
COMMENT = "I said it. I was tired, and I am sorry."
INTERIM = "Whether an interim order is needed"
NOT_DECIDED = "Nothing is decided yet, and the public is not to take it for decided"
REVIEW = "Review of an order"
INVESTIGATOR, MANAGER, OFFICER = "Inez Vance", "Tam Leader", "Hal Usher"
FOR_INTERIM = {"Judith Hall": "Chair", "Omar Bench": "Member"}
FOR_REVIEW = {"Lena Court": "Chair", "Bela Shore": "Member"}
EXAMINERS = {"Ivy Locke": "lay", "Sol Penn": "registrant"}


@pytest.fixture
async def registrant(service):
    await make_registrant(service, since=ago(years=1))


async def is_opened_to_investigation(mother, staff):
    reference, _ = await begins(mother)
    await tells(mother, reference)
    investigator = await staff(INVESTIGATOR)
    case = await is_taken_in(investigator, reference)
    await is_weighed(
        investigator, "It speaks for looking into it", "Two boys say the same."
    )
    await investigator.fill(
        {
            "What do you decide?": "Open an investigation",
            "Reasons": "A child was frightened, and may be again.",
        }
    )
    await decides_and_sends(investigator, "We are looking into it further")
    assert "Investigation opened" in await investigator.text
    await mailed(mother.service, REFERRER, "We are looking into it further")
    return case


async def is_given_notice(investigator, case):
    await to_case(investigator, case)
    await investigator.follow("Tell the registrant of the investigation")
    await investigator.fill(
        {
            "What do we look into?": "What is said to have been said to a child at night.",
            "How is it sent?": BY_EMAIL,
        }
    )
    await reads_it_and_serves(investigator)
    await mailed(investigator.service, EMAIL, "something from us that you need to read")


async def is_disclosed(investigator):
    await investigator.follow("Allegations")
    await investigator.press("Draw up an allegation")
    await investigator.fill(
        {"What is said to have happened (optional)": ALLEGED, "From": ago(days=9)}
    )
    await investigator.tick("Misconduct")
    await investigator.press("Save the allegation")
    await investigator.follow("Notice and disclosure")
    await investigator.press("Disclose")
    await investigator.tick(f"1. {ALLEGED}")
    await investigator.fill({"How is it sent?": BY_EMAIL})
    await reads_it_and_serves(investigator)


async def comments(person, case):
    await to_own_case(person, case)
    await person.follow("Read what we disclosed and comment")
    assert ALLEGED in await person.text
    await person.fill({"Your comments": COMMENT})
    await person.press("Send my comments")


async def is_applied_for(investigator, case):
    await to_case(investigator, case, "Hearings")
    await investigator.press("Apply for an interim order")
    await investigator.fill(
        {
            "Why can it not wait until the case is decided?": "He is on nights again from next month."
        }
    )
    await investigator.press("Apply")


async def describes_who_may_decide(officer):
    for panel in (FOR_INTERIM, FOR_REVIEW):
        chair, member = panel
        await is_described(officer, chair, "Lay", chairs=True, free=LAST_DAY)
        await is_described(officer, member, "A registrant", free=LAST_DAY)
    lay, registered = EXAMINERS
    await is_described(officer, lay, "Lay")
    await is_described(officer, registered, "A registrant")


async def is_to_be_heard_meanwhile(staff, case):
    await is_applied_for(await staff(INVESTIGATOR), case)
    await is_given_to(await staff(MANAGER), case, OFFICER)
    officer = await staff(OFFICER)
    await describes_who_may_decide(officer)
    await is_listed(officer, case, INTERIM, HEARD, private=NOT_DECIDED)
    await is_empanelled(officer, FOR_INTERIM)
    await is_told_of_it(officer, "A panel may suspend you until the case is decided.")


async def is_suspended_meanwhile(staff, case):
    await begin(await staff(OFFICER), case, f"1. {INTERIM}")
    chair, _ = FOR_INTERIM
    await draw_up(
        await staff(chair),
        case,
        {
            "What do you decide?": "An interim order",
            "Why?": "Children called at night and nobody came.",
            "Which order? (optional)": "Interim suspension",
            "For how many months? (optional)": "6",
        },
        "It is necessary to protect the public",
    )
    await sign(staff, case, FOR_INTERIM)


async def is_reported(investigator, case):
    await to_case(investigator, case, "Examination")
    await investigator.press("Report to the case examiners")
    await investigator.fill({"Report": "The registrant admits what two boys say."})
    await investigator.press("End the investigation")


async def would_have_conditions(examiner, case):
    await to_casework(examiner, "Cases to examine", case)
    assert COMMENT in await examiner.text
    assert NAME not in await examiner.text
    await examiner.follow("say what you make of it")
    await examiner.fill(
        {
            "Is there a realistic prospect": "Yes, there is",
            "Why?": "He admits it.",
            "Is a hearing in the public interest?": False,
            "Why is it, or is it not? (optional)": "Conditions protect the public.",
            "What is to become of the case?": "Accepted disposal: something is proposed to the registrant in place of a hearing",
            "What is proposed?": "Conditions of practice",
            "For how many months?": str(MONTHS),
            "Reasons": "He has understood what he did.",
            "Should an interim order be applied for": False,
        }
    )
    await examiner.press("Give this view")


async def are_proposed(staff, case):
    lay, registered = [await staff(name) for name in EXAMINERS]
    for examiner in (lay, registered):
        await would_have_conditions(examiner, case)
    await to_casework(lay, "Cases to examine", case)
    await lay.follow("write the decision")
    await lay.fill(
        {
            "Reasons": "He admits it, and has understood what he did.",
            "What the register says (optional)": CONDITIONS,
            "What the public reads of the decision (optional)": PUBLISHED,
        }
    )
    await lay.press("Write the decision")
    await to_casework(registered, "Cases to examine", case)
    await registered.follow("read the decision and confirm it")
    await registered.press("Confirm this decision")


async def accepts(person, case, key):
    await sign_in(person, EMAIL)
    await show_the_code(person, key)
    await to_own_case(person, case)
    await person.follow("Read what the case examiners propose and answer")
    for words in (CONDITIONS, PUBLISHED, "Conditions of practice order"):
        assert words in await person.text
    await person.tick(
        "I have read what is proposed and what will be published, and I agree to it"
    )
    await person.fill(
        {"Code from your authenticator app, or a recovery code": next_code(person, key)}
    )
    await person.press("Agree")
    assert "You have agreed. It is in force from now on" in await person.text


async def is_to_be_reviewed(officer, case):
    await is_listed(officer, case, REVIEW, REVIEWED)
    await is_empanelled(officer, FOR_REVIEW)
    await is_told_of_it(officer, "A panel looks at whether the order is still needed.")


async def is_let_expire(staff, case):
    await begin(await staff(OFFICER), case, f"2. {REVIEW}", "No")
    chair, _ = FOR_REVIEW
    await draw_up(
        await staff(chair),
        case,
        {
            "What do you decide?": "The order ends with its last day",
            "Why?": "He has kept to it, and needs it no longer than that.",
        },
    )
    await sign(staff, case, FOR_REVIEW)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_conditions_are_accepted_in_place_of_a_suspension_and_expire(
    service, office, registrant, somebody
):
    mother, public, person = [await somebody() for _ in range(3)]
    staff = Staff(somebody)
    case = await is_opened_to_investigation(mother, staff)
    await sign_in(person, EMAIL)
    await to_account(person, "Set up authenticator app")
    key = await set_up_an_app(person)
    await is_given_notice(await staff(INVESTIGATOR), case)
    await is_disclosed(await staff(INVESTIGATOR))
    await comments(person, case)
    await is_to_be_heard_meanwhile(staff, case)
    await look_up(public, NAME)
    assert "May practise" in await public.text

    service.pass_until(begins_at(HEARD))
    await is_suspended_meanwhile(staff, case)
    await look_up(public, NAME)
    for words in ("Suspended", "May not practise", "Interim suspension"):
        assert words in await public.text

    await is_reported(await staff(INVESTIGATOR), case)
    await examine(await staff(MANAGER), case, EXAMINERS)
    await are_proposed(staff, case)
    await look_up(public, NAME)
    assert CONDITIONS not in await public.text
    await accepts(person, case, key)
    await mailed(service, REFERRER, "the person has agreed to what two case examiners")
    await look_up(public, NAME)
    assert "May practise, with the restrictions below" in await public.text
    assert f"Conditions of practice order {CONDITIONS}" in await public.text
    assert f"until {shown(LAST_DAY)}" in await public.text
    assert "Interim suspension" not in await public.text

    await is_to_be_reviewed(await staff(OFFICER), case)
    service.pass_until(begins_at(REVIEWED))
    await is_let_expire(staff, case)
    await look_up(public, NAME)
    assert CONDITIONS in await public.text

    service.pass_until(end_of(LAST_DAY))
    await look_up(public, NAME)
    assert "May practise" in await public.text
    assert "Restrictions" not in await public.text
    await is_closed(await staff(INVESTIGATOR), case, "The order ended")
