"""The matrix of cases with the guards switched off: whoever comes by a door that should be shut finds nothing behind it.

Then neither the door asks for a role nor does a query ask who may know of a case; the database alone does.
"""

import pytest
from sqlalchemy import true

from fitness import due as asked_in_due
from fitness.case import case as asked_in_case
from fitness.case import listing as asked_in_lists
from fitness.case import taking as asked_in_taking
from fitness.hearing import due as asked_in_hearings
from fitness.investigation import own as asked_in_own
from fitness.publication import queue as asked_in_publications
from fitness.web.cases import together as asked_in_links
from register.web.guards import Access
from tests.fitness.hearing.test_hearing_fence import OF_A_HEARING
from tests.fitness.test_examination_fence import OF_AN_EXAMINATION
from tests.fitness.test_fence import OF_AN_INVESTIGATION
from tests.leaks.conftest import lend
from tests.leaks.roles import READERS_OF_CASES, Role
from tests.leaks.subjects import (
    cases,
    docket,
    examination,
    hearings,
    investigation,
    leaving,
    orders,
    publications,
    your_case,
)
from tests.leaks.test_matrix import lines, told_in

pytestmark = pytest.mark.timeout(900)  # the first of a role asks every row
OF_CASES = {
    "fitness_case",
    "case_member",
    "case_event",
    "case_text",
    "case_read",
    "case_risk",
    "case_link",
    "triage_factor",
    "triage_decision",
    *OF_AN_INVESTIGATION,
    *OF_AN_EXAMINATION,
    *OF_A_HEARING,
}
DECIDING = hearings.SIT | {Role.CASE_EXAMINER}
READING = DECIDING | {Role.HEARINGS_OFFICER}
"""In their own case they read nothing new by other doors, but that they looked is written down."""
SIGNED_IN = [role for role in Role if role is not Role.ANONYMOUS]


ROWS = [
    *cases.ROWS,
    *investigation.ROWS,
    *examination.ROWS,
    *hearings.ROWS,
    *publications.ROWS,
    *orders.ROWS,
    *leaving.ROWS,
    *docket.ROWS,
    *your_case.ROWS,
]


@pytest.fixture(scope="module")
def guards_off():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Access, "admit", lambda *_: None)
        for module in (
            asked_in_case,
            asked_in_lists,
            asked_in_links,
            asked_in_due,
            asked_in_hearings,
            asked_in_publications,
            asked_in_taking,
        ):
            patch.setattr(module, "visible_to", lambda _: true())
        patch.setattr(asked_in_own, "_theirs", of_anybody)
        yield


async def of_anybody(*_):
    return true()


@pytest.fixture(scope="module", params=SIGNED_IN, ids=str)
def role(request):
    return request.param


@pytest.fixture(scope="module")
async def answers(service, made, guards_off, role):
    lend(service, made)
    return [
        await made.call(role, row, place)
        for row in ROWS
        for place in made.atlas.places(row, role)
    ]


def test_nobody_reads_of_a_case_what_is_not_theirs(driver, answers, role):
    told = [
        f"{answer}: {canary}"
        for answer in answers
        for canary in told_in(driver, answer)
        if role not in canary.known_to
    ]

    assert not told, lines(told)


def test_nobody_writes_in_a_case_that_is_not_theirs(answers, role):
    """Who reads cases is watched by the rules of cases themselves."""
    wrote = [
        f"{answer}: {sorted(answer.wrote)}"
        for answer in answers
        if role not in READERS_OF_CASES
        and answer.wrote & OF_CASES
        and role not in answer.row.allowed
        and not (role in READING and answer.wrote == {"case_read"})
    ]

    assert not wrote, lines(wrote)


def test_an_auditor_writes_nothing_but_what_they_read(answers, role):
    wrote = [
        f"{answer}: {sorted(answer.wrote)}"
        for answer in answers
        if role is Role.AUDITOR and answer.wrote & (OF_CASES - {"case_read"})
    ]

    assert not wrote, lines(wrote)
