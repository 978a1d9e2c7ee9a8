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
from tests.leaks.roles import READERS_OF_CASES, Role
from tests.leaks.subjects import (
    cases,
    examination,
    hearings,
    investigation,
    publications,
    your_case,
)
from tests.leaks.test_matrix import lines, told_in

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
SIGNED_IN = [role for role in Role if role is not Role.ANONYMOUS]


@pytest.fixture
def guards_off(monkeypatch):
    monkeypatch.setattr(Access, "admit", lambda *_: None)
    for module in (
        asked_in_case,
        asked_in_lists,
        asked_in_links,
        asked_in_due,
        asked_in_hearings,
        asked_in_publications,
        asked_in_taking,
    ):
        monkeypatch.setattr(module, "visible_to", lambda _: true())
    monkeypatch.setattr(asked_in_own, "_theirs", of_anybody)


async def of_anybody(*_):
    return true()


async def answers(driver, role):
    return [
        await driver.call(role, row, place)
        for row in (
            *cases.ROWS,
            *investigation.ROWS,
            *examination.ROWS,
            *hearings.ROWS,
            *publications.ROWS,
            *your_case.ROWS,
        )
        for place in driver.atlas.places(row, role)
    ]


@pytest.mark.parametrize("role", SIGNED_IN, ids=str)
async def test_nobody_reads_of_a_case_what_is_not_theirs(driver, guards_off, role):
    told = [
        f"{answer}: {canary}"
        for answer in await answers(driver, role)
        for canary in told_in(driver, answer)
        if role not in canary.known_to
    ]

    assert not told, lines(told)


@pytest.mark.parametrize(
    "role", [role for role in SIGNED_IN if role not in READERS_OF_CASES], ids=str
)
async def test_nobody_writes_in_a_case_that_is_not_theirs(driver, guards_off, role):
    wrote = [
        f"{answer}: {sorted(answer.wrote)}"
        for answer in await answers(driver, role)
        if answer.wrote & OF_CASES
        and answer.row.path != "/staff/cases/open"
        and not (role is Role.REGISTRANT and answer.row in your_case.ROWS)
        and not (role is Role.HEARINGS_OFFICER and answer.row in publications.ROWS)
        and not (role is Role.CASE_EXAMINER and answer.row in examination.ROWS)
        and not (role in answer.row.allowed and answer.row in hearings.ROWS)
    ]

    assert not wrote, lines(wrote)


async def test_an_auditor_writes_nothing_but_what_they_read(driver, guards_off):
    wrote = [
        f"{answer}: {sorted(answer.wrote)}"
        for answer in await answers(driver, Role.AUDITOR)
        if answer.wrote & (OF_CASES - {"case_read"})
    ]

    assert not wrote, lines(wrote)
