"""A concern of somebody's mother: told with a code, taken in, weighed factor by factor, and closed at triage with a letter."""

import re

import pytest

from register.kit.db import Role, connect, sessions_of
from tests.journeys.steps import (
    ago,
    look_up,
    mailed,
    sign_in_as_staff,
    to_casework,
)
from tests.make import make_entry

NAME = "Rowan Ashdown"
EMAIL = "mother@example.org"
TOLD = "He told my son that nobody would come if he called."
FACTORS = (
    "How serious it is",
    "What evidence there is, or is likely to be",
    "Whether it happened once or again and again",
    "Whether it breaks the professional standards",
    "What the public would think of the profession",
    "How long ago it happened",
)


@pytest.fixture
async def registrant(service):
    engine = connect(service.environment["DATABASE_URL"], Role.APP)
    given, _, family = NAME.partition(" ")
    async with sessions_of(engine).begin() as session:
        await make_entry(session, given_names=given, family_name=family)
    await engine.dispose()


async def answer(walker, title, answers):
    await walker.follow(title)
    await walker.fill(answers)
    await walker.press("Save and continue")


async def begins_and_comes_back(mother):
    """By what was shown once, after she has left."""
    await mother.open("/concerns/start")
    await mother.fill({"Who are you?": "I am a parent, a carer or family"})
    await mother.press("Begin")
    reference, code = await mother.page.locator("dd strong").all_inner_texts()
    await mother.press("Continue")
    await answer(mother, "Whom it is about", {"Their name (optional)": NAME})
    await mother.open(f"/concerns/{reference}")
    await mother.press("Leave and come back later")

    await mother.open("/concerns/return")
    await mother.fill({"Your reference": reference, "Your secret code": code})
    await mother.press("Continue")
    return reference


async def tells(mother, reference):
    await mother.open(f"/concerns/{reference}")
    await answer(mother, "What happened", {"What happened?": TOLD})
    await mother.open(f"/concerns/{reference}")
    await answer(mother, "When it happened", {"When did it happen?": "Last week"})
    await mother.open(f"/concerns/{reference}")
    await answer(mother, "Danger to children", {"Is a child in danger now": "No"})
    await mother.open(f"/concerns/{reference}")
    await mother.follow("Who else knows")
    await mother.press("Save and continue")
    await mother.open(f"/concerns/{reference}")
    await mother.follow("Whom else you have told")
    await mother.tick("Nobody")
    await mother.press("Save and continue")
    await mother.open(f"/concerns/{reference}")
    await answer(
        mother,
        "About you",
        {
            "Will you tell us who you are?": True,
            "Your name": "Pat Reed",
            "Your email address": EMAIL,
        },
    )
    await mother.open(f"/concerns/{reference}")
    await answer(
        mother,
        "Whether you may be named",
        {"May we tell the person": "No"},
    )
    await mother.open(f"/concerns/{reference}/check")
    await mother.page.get_by_role("checkbox").check()
    await mother.press("Send")
    assert reference in await mother.text
    await mailed(mother.service, EMAIL, reference)


async def is_taken_in(investigator, reference):
    await to_casework(investigator, "Concerns", reference)
    assert TOLD in await investigator.text
    await investigator.follow("Look for immediate risk")
    await investigator.fill(
        {
            "Does it tell of an immediate risk to children?": False,
            "Why do you think so?": "He does not work at the moment.",
        }
    )
    await investigator.press("Record")
    await investigator.follow("Find whom it is about")
    await investigator.fill({"Name or registration number": NAME})
    await investigator.press("Search")
    await investigator.page.get_by_role("radio", name=re.compile(NAME)).check()
    await investigator.press("Save")
    await investigator.follow("Take it into a case")
    await investigator.fill({"Into which case?": "A new one, which you investigate"})
    await investigator.press("Take it in")


async def is_weighed_and_closed(investigator):
    for factor in FACTORS:
        await investigator.follow("Triage")
        row = investigator.page.locator(".govuk-summary-list__row", has_text=factor)
        await row.get_by_role("link").click()
        if factor == FACTORS[-1]:
            await investigator.fill({"When is something last said": ago(days=9)})
        await investigator.fill(
            {
                "Does it speak for looking into this?": "It speaks against",
                "Why?": "The log and two colleagues say otherwise.",
            }
        )
        await investigator.press("Save")
    await investigator.fill(
        {
            "What do you decide?": "Close it: there are no reasonable grounds",
            "Reasons": "Nothing bears it out.",
            "What do we tell whoever raised a concern? (optional)": "We have asked those who were there.",
        }
    )
    await investigator.press("Decide")
    assert "No reasonable grounds to look into it" in await investigator.text


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_concern_is_told_taken_in_and_closed_at_triage(
    service, office, registrant, somebody
):
    mother, investigator, other = [await somebody() for _ in range(3)]
    reference = await begins_and_comes_back(mother)
    await tells(mother, reference)

    await sign_in_as_staff(investigator, "Inez Vance")
    await is_taken_in(investigator, reference)
    case = (await investigator.heading).removeprefix("Case ")
    await is_weighed_and_closed(investigator)

    letter = await mailed(service, EMAIL, "We have decided not to look into it")
    assert "We have asked those who were there." in letter
    assert NAME not in letter

    await sign_in_as_staff(other, "Noor Vail")
    answer = await other.page.goto(f"{service.url}/staff/cases/{case}")
    assert answer.status == 404
    await look_up(other, NAME)
    assert "case" not in (await other.text).casefold()
