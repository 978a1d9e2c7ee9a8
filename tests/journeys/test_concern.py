"""A concern of somebody's mother: told with a code, taken in, weighed factor by factor, and closed at triage with a letter."""

import pytest

from tests.journeys.cases import (
    NAME,
    REFERRER,
    begins,
    decides_and_sends,
    is_taken_in,
    is_weighed,
    make_registrant,
    tells,
)
from tests.journeys.steps import ago, look_up, mailed, sign_in_as_staff


@pytest.fixture
async def registrant(service):
    await make_registrant(service, since=ago(years=1))


async def begins_and_comes_back(mother):
    """By what was shown once, after she has left."""
    reference, code = await begins(mother)
    await mother.open(f"/concerns/{reference}")
    await mother.press("Leave and come back later")

    await mother.open("/concerns/return")
    await mother.fill({"Your reference": reference, "Your secret code": code})
    await mother.press("Continue")
    return reference


async def is_weighed_and_closed(investigator):
    await is_weighed(
        investigator, "It speaks against", "The log and two colleagues say otherwise."
    )
    await investigator.fill(
        {
            "What do you decide?": "Close it: there are no reasonable grounds",
            "Reasons": "Nothing bears it out.",
            "What do we tell whoever raised a concern? (optional)": "We have asked those who were there.",
        }
    )
    await decides_and_sends(investigator, "We have asked those who were there.")
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
    case = await is_taken_in(investigator, reference)
    await is_weighed_and_closed(investigator)

    letter = await mailed(service, REFERRER, "We have decided not to look into it")
    assert "We have asked those who were there." in letter
    assert NAME not in letter

    await sign_in_as_staff(other, "Noor Vail")
    answer = await other.page.goto(f"{service.url}/staff/cases/{case}")
    assert answer.status == 404
    await look_up(other, NAME)
    assert "case" not in (await other.text).casefold()
