"""Every address as every role: who may call it, what they get to know, and what it writes."""

import re
from http import HTTPStatus

import pytest

from register.account import StaffRole
from register.web.guards import handlers
from tests.leaks.driving import UNSAFE
from tests.leaks.roles import EVERYBODY, STAFF_ROLES, Role
from tests.leaks.rows import Meets
from tests.leaks.table import TABLE

pytestmark = pytest.mark.timeout(900)  # some ask every row as many roles
MET = {
    Meets.ALLOW: {200, 204, 303, 400, 409, 422},
    Meets.SIGN_IN: {303},
    Meets.FORBID: {403},
    Meets.HIDE: {404},
    Meets.REFUSE: {409},
    Meets.MOVE: {308},
    Meets.GONE: {410},
    Meets.IGNORE: {303, 409, 422},
}
AT_THE_DOOR = re.compile("/(sign-in|sign-up|sign-out)")
HISTORY = {"process", "event"}
OF_A_CASE = {"case_read"}
"""Where it is written down who read of a case."""
OF_A_CONCERN = {"concern_read"}
LINKS = re.compile(
    r"""\s(?:href|src|action|formaction)="([^"]*)"|^location: (.*)$""", re.MULTILINE
)
LEADS = re.compile(r"""<(?:a|link|script|img|form)\s[^>]*""")
TO = re.compile(r"""\s(?:href|src|action)="(/[^"?#]*)""")
SIGNED_BY_MACHINES = {"/webhooks/pay"}
ELSEWHERE = "https://elsewhere.example"
FROM_ELSEWHERE = {
    "by today's browsers": {"sec-fetch-site": "cross-site", "origin": ELSEWHERE},
    "by older browsers": {"origin": ELSEWHERE},
}


def addresses(app):
    """Each method and path of the app, as the table writes them."""
    for path, methods, _ in handlers(app):
        known = re.sub("^/static/[0-9a-f]+/", "/static/{version}/", path)
        yield from ((method, known) for method in methods)


def test_every_address_has_a_row_and_every_row_an_address(app):
    rows = {(row.method, row.path) for row in TABLE if row.find is Meets.ALLOW}

    assert rows == set(addresses(app))


def test_every_row_is_about_something_of_its_own():
    about = [(row.method, row.path, row.of) for row in TABLE]

    assert [one for one in about if about.count(one) > 1] == []


def test_every_row_lets_somebody_in_and_says_why():
    assert [row for row in TABLE if not row.allowed] == []


def test_every_role_of_staff_walks():
    walking = {role for roles in STAFF_ROLES.values() for role in roles}

    assert walking == set(StaffRole)


@pytest.fixture(scope="module", params=Role, ids=str)
def role(request):
    return request.param


@pytest.fixture
async def answers(driver, role):
    return await driver.drive(role, TABLE)


def test_a_role_meets_what_the_table_says(answers):
    wrong = [answer for answer in answers if not is_as_said(answer)]

    assert not wrong, lines(wrong)


def test_who_may_do_something_does_it(answers, role):
    """Else the matrix would call doors open that nobody ever went through."""
    done = {
        answer.row
        for answer in answers
        if answer.response.status_code < HTTPStatus.BAD_REQUEST
    }

    undone = [
        row for row in TABLE if row.meets(role) is Meets.ALLOW and row not in done
    ]
    assert not undone, lines(undone)


def test_a_role_gets_to_know_nothing_but_its_own(answers, driver):
    told = [
        f"{answer}: {canary}"
        for answer in answers
        for canary in told_in(driver, answer)
        if answer.role not in canary.known_to and not was_written(answer, canary)
    ]

    assert not told, lines(told)


def test_no_address_holds_what_somebody_told_us(answers, driver):
    held = [
        f"{answer}: {canary} in {link}"
        for answer in answers
        for found in LINKS.findall(answer.told)
        for link in found
        for canary in canaries(driver, link, but_of=answer)
    ]

    assert not held, lines(held)


def test_every_link_and_form_leads_to_an_address_of_ours(answers, app):
    known = {
        method: re.compile(
            "|".join(
                re.sub(r"\{[^}]*\}", ".+" if "/static/" in path else "[^/]+", path)
                for one, path in addresses(app)
                if one == method
            )
        )
        for method in ("GET", "POST")
    }
    lost = {
        f"{answer}: {method} {path}"
        for answer in answers
        for method, path in leads_of(answer.told)
        if not known[method].fullmatch(path)
    }

    assert not lost, lines(sorted(lost))


def leads_of(told):
    for tag in LEADS.findall(told):
        if found := TO.search(tag):
            yield ("POST" if 'method="post"' in tag else "GET"), found[1]


def test_the_log_holds_nothing_that_somebody_told_us(answers, driver):
    logged = [
        f"{answer}: {canary}"
        for answer in answers
        for _, canary in driver.world.aviary.sung_in(str(answer.logged))
    ]

    assert not logged, lines(logged)


def test_a_letter_says_only_what_its_reader_may_know_and_nothing_of_health_and_crime(
    answers, driver
):
    said = [
        f"{answer}: {letter.subject}: {canary}"
        for answer in answers
        for letter in answer.letters
        for canary in unfit(driver, letter)
    ]

    assert not said, lines(said)


def test_reading_writes_nothing_but_who_read_what_is_restricted(answers):
    wrote = [
        f"{answer}: {sorted(answer.wrote)}"
        for answer in answers
        if answer.row.method not in UNSAFE
        and answer.wrote
        - (HISTORY if is_casework(answer) else set())
        - OF_A_CASE
        - OF_A_CONCERN
    ]

    assert not wrote, lines(wrote)


def test_whoever_of_the_staff_reads_what_is_restricted_is_written_down(answers, driver):
    unwritten = [
        f"{answer}: {canary}"
        for answer in answers
        for canary in told_in(driver, answer)
        if canary.sealed
        and answer.role in STAFF_ROLES
        and not answer.wrote >= HISTORY
        and not answer.wrote >= OF_A_CASE
        and not answer.wrote >= OF_A_CONCERN
    ]

    assert not unwritten, lines(unwritten)


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
        answer
        for answer in hidden
        if answer.plain != await driver.missing(answer.role, answer.row)
    ]

    assert not different, lines(different)


async def test_what_may_be_known_is_read_by_somebody(driver):
    """Else a word would be called safe that no page could have shown."""
    read = {
        canary.place
        for role in (
            Role.APPLICANT,
            Role.REGISTRANT,
            Role.CASEWORKER,
            Role.TEAM_MANAGER,
            Role.FINANCE_OFFICER,
            Role.EMPLOYER_LEAD,
            Role.INVESTIGATOR,
            Role.CASE_EXAMINER,
            Role.ADJUDICATOR,
        )
        for answer in await driver.drive(role, open_to(role))
        for _, canary in answer.sung(driver.world.aviary)
        if role in canary.known_to
    }

    kept = {canary.place for canary in driver.world.aviary if canary.known_to}
    unread = sorted(kept - read)
    assert not unread, lines(unread)


def open_to(role):
    return [row for row in TABLE if row.meets(role) is Meets.ALLOW]


async def test_letters_of_the_world_say_only_what_their_readers_may_know(driver):
    letters = await driver.letters(since=frozenset())

    said = [
        f"{letter.subject}: {canary}"
        for letter in letters
        for canary in unfit(driver, letter)
    ]

    assert not said, lines(said)


async def test_staff_who_have_not_shown_a_second_factor_are_led_to_it(driver):
    passed = [
        answer
        for role, row, place in work_of_staff(driver)
        for answer in [await driver.call(role, row, place, proved=False)]
        if not turned_back(answer) or answer.wrote
    ]

    assert not passed, lines(passed)


def work_of_staff(driver):
    """Everything that staff may do and nobody else, each by one of them: who has the role and who is proved is asked apart."""
    for row in TABLE:
        who = row.allowed & STAFF_ROLES.keys()
        public = row.meets(Role.OTHER_APPLICANT) not in {Meets.FORBID, Meets.HIDE}
        if who and row.find is Meets.ALLOW and not public:
            role = first(who)
            place, *_ = driver.atlas.places(row, role)
            yield role, row, place


def first(roles):
    return min(roles, key=list(Role).index)


def turned_back(answer):
    """What the public has too is hidden, as from any other of the public."""
    hides = answer.row.meets(Role.OTHER_APPLICANT) is Meets.HIDE
    missing = answer.response.status_code == HTTPStatus.NOT_FOUND
    return answer.location == "/account/second-factor" or (hides and missing)


def test_only_machines_that_sign_act_without_a_token(app):
    exempt = {
        path
        for path, methods, handler in handlers(app)
        if methods & UNSAFE and handler.opt.get("csrf") == "exempt"
    }

    assert exempt == SIGNED_BY_MACHINES


@pytest.mark.parametrize("sent_from", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
async def test_nothing_is_done_that_was_not_sent_from_our_pages(driver, sent_from):
    acted = [
        answer
        for role, row, place in acts(driver)
        for answer in [await driver.call(role, row, place, sent_from=sent_from)]
        if is_done(answer)
    ]

    assert not acted, lines(acted)


async def test_nothing_is_done_without_the_token_of_the_session(driver):
    token_of = await driver.browser(Role.OTHER_APPLICANT)
    acted = [
        answer
        for role, row, place in acts(driver)
        for answer in [await driver.call(role, row, place, token_of=token_of)]
        if is_done(answer)
    ]

    assert not acted, lines(acted)


def acts(driver):
    """Every act of those that our pages ask for, by somebody who may do it."""
    for row in TABLE:
        if row.method in UNSAFE and row.path not in SIGNED_BY_MACHINES:
            who = row.allowed - {Role.ANONYMOUS, Role.OTHER_APPLICANT}
            role = first(who)
            place, *_ = driver.atlas.places(row, role)
            yield role, row, place


def is_done(answer):
    return answer.response.status_code != HTTPStatus.FORBIDDEN or answer.wrote


def is_as_said(answer):
    if answer.response.status_code not in MET[answer.meets]:
        return False
    at_the_door = (
        answer.location.startswith("/sign-in") and answer.location != "/sign-in/out"
    )
    if answer.meets is Meets.SIGN_IN:
        return at_the_door
    return not at_the_door or AT_THE_DOOR.match(answer.row.path)


def told_in(driver, answer):
    return unbrought(answer.sung(driver.world.aviary), answer)


def canaries(driver, text, *, but_of):
    return unbrought(driver.world.aviary.sung_in(text), but_of)


def unbrought(sung, answer):
    """But for what the request itself brought along."""
    brought = f"{answer.place.url} {answer.sent}".casefold()
    for form, canary in sung:
        if form.casefold() not in brought:
            yield canary


def was_written(answer, canary):
    """What a letter told them once they may read again, with the letter."""
    own = {answer.role, "theirs" if answer.role is Role.INTERESTED else answer.role}
    again = answer.row.path == "/messages/letters"
    return again and canary.written and canary.subject in own


def unfit(driver, letter):
    """What a letter may not say to whoever reads that address."""
    aviary = driver.world.aviary
    readers = {canary.subject for _, canary in aviary.sung_in(letter.to)}
    if Role.INTERESTED in readers:
        readers.add("theirs")
    for _, canary in aviary.sung_in(f"{letter.subject}\n{letter.body}"):
        fit = canary.written and canary.subject in readers
        if not fit and canary.known_to != EVERYBODY:
            yield canary


def is_casework(answer):
    return answer.row.path.startswith(
        (
            "/staff/applications/",
            "/staff/persons/",
            "/staff/proposals/",
            "/staff/renewals/",
            "/staff/watch-list",
            "/staff/appeals/",
            "/staff/notices/",
            "/staff/proposals/",
            "/staff/watch-list",
        )
    )


def lines(found):
    return "\n".join(map(str, found))
