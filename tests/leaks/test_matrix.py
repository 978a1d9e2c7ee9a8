"""Every address as every role: who may call it, what they get to know, and what it writes."""

import re
from http import HTTPStatus

import pytest

from register.web.guards import handlers
from tests.leaks.roles import Role
from tests.leaks.table import TABLE, Meets

DONE = {200, 204, 303, 400, 409, 422}
"""What was sent may be turned down for what it says; the door was open."""
AT_THE_DOOR = re.compile("/(sign-in|sign-up|sign-out)")
READING_IS_WRITTEN_DOWN = {"process", "event"}
"""Whoever of the staff reads of health or crime leaves a line of history: reading that writes."""
LINKS = re.compile(
    r"""\s(?:href|src|action|formaction)="([^"]*)"|^location: (.*)$""", re.MULTILINE
)


def addresses(app):
    """Each method and path of the app, as the table writes them."""
    for path, methods, _ in handlers(app):
        known = re.sub("^/static/[0-9a-f]+/", "/static/{version}/", path)
        yield from ((method, known) for method in methods)


def test_every_address_has_a_row_and_every_row_an_address(app):
    rows = {(row.method, row.path) for row in TABLE}

    assert rows == set(addresses(app))


def test_every_row_says_why():
    assert [row for row in TABLE if not row.because or not row.allowed] == []


@pytest.fixture(scope="module", params=Role, ids=str)
def role(request):
    return request.param


@pytest.fixture
async def answers(driver, role):
    return await driver.drive(role, TABLE)


def test_a_role_meets_what_the_table_says(answers):
    wrong = [answer for answer in answers if not is_as_said(answer)]

    assert not wrong, lines(wrong)


def test_a_role_gets_to_know_nothing_but_its_own(answers, driver):
    told = [
        f"{answer}: {canary.place}"
        for answer in answers
        for canary in canaries(driver, answer.told, but_of=answer)
        if answer.role not in canary.known_to
    ]

    assert not told, lines(told)


def test_no_address_holds_what_somebody_told_us(answers, driver):
    held = [
        f"{answer}: {canary.place} in {link}"
        for answer in answers
        for found in LINKS.findall(answer.told)
        for link in found
        for canary in canaries(driver, link, but_of=answer)
    ]

    assert not held, lines(held)


def test_the_log_holds_nothing_that_somebody_told_us(answers, driver):
    logged = [
        f"{answer}: {canary.place}"
        for answer in answers
        for _, canary in driver.world.aviary.sung_in(str(answer.logged))
    ]

    assert not logged, lines(logged)


def test_reading_writes_nothing_but_who_read_of_health_and_crime(answers):
    wrote = [
        f"{answer}: {sorted(answer.wrote)}"
        for answer in answers
        if answer.row.method != "POST"
        and answer.wrote - (READING_IS_WRITTEN_DOWN if is_casework(answer) else set())
    ]

    assert not wrote, lines(wrote)


def test_what_is_turned_away_has_written_nothing(answers):
    wrote = [
        f"{answer}: {sorted(answer.wrote)}"
        for answer in answers
        if answer.meets is not Meets.ALLOW and answer.wrote
    ]

    assert not wrote, lines(wrote)


async def test_what_is_hidden_looks_like_what_is_not_there(answers, driver):
    hidden = [
        answer
        for answer in answers
        if answer.meets is Meets.HIDE and answer.place.names_something
    ]

    different = [
        answer for answer in hidden if answer.plain != await missing(driver, answer)
    ]

    assert not different, lines(different)


def is_as_said(answer):
    status = answer.response.status_code
    to_the_door = (
        answer.location.startswith("/sign-in") and answer.location != "/sign-in/out"
    )
    match answer.meets:
        case Meets.SIGN_IN:
            return status == HTTPStatus.SEE_OTHER and to_the_door
        case Meets.FORBID:
            return status == HTTPStatus.FORBIDDEN
        case Meets.HIDE:
            return status == HTTPStatus.NOT_FOUND
        case Meets.ALLOW:
            may_lead_there = AT_THE_DOOR.match(answer.row.path)
            return status in DONE and (may_lead_there or not to_the_door)


def canaries(driver, text, *, but_of):
    """What sings in a text, but for what the request itself brought along."""
    brought = f"{but_of.place.url} {but_of.sent}".casefold()
    for form, canary in driver.world.aviary.sung_in(text):
        if form.casefold() not in brought:
            yield canary


def is_casework(answer):
    return answer.row.path.startswith(("/staff/applications/", "/staff/proposals/"))


async def missing(driver, answer):
    """What is answered for the same address of a thing that never was."""
    there = await driver.call(
        answer.role, answer.row, answer.place.missing(), answer.sent
    )
    return there.plain


def lines(found):
    return "\n".join(map(str, found))
