"""The public API: every answer is as its description promises, and the page for people is drawn from the same."""

from datetime import date, timedelta

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from register.entry import OrderKind
from register.kit.clock import since, start_of
from register.kit.db import connect, sessions_of
from register.person import number_of
from register.web.api.description import DESCRIPTION, PEOPLE, PERSON, PERSON_THEN
from register.web.api.people import CHECK_RATE, CHECKS, SEARCH_RATE, SEARCHES
from register.web.guards import handlers
from tests.browser import Browser
from tests.make import (
    NOW,
    make_employment,
    make_entry,
    make_home,
    make_person,
    make_process,
)
from tests.promises import Promises
from tests.reading import Page
from tests.register.standing import (
    DAY,
    EVERYBODY,
    QUALIFICATION,
    merged,
    restricted,
    suspended,
)

CHECK, FIND = "/api/v1/register/{number}", "/api/v1/register"
PROMISES = Promises(DESCRIPTION)


NOBODY = [
    (number_of(1), 404),
    ("CH-0000001-Z", 404),
    ("CH-1", 404),
    ("%ff", 400),
    ("9" * 300, 414),
]
"""Numbers that nobody has, and how they are answered."""
QUESTIONS = [
    ("q=ngozi", 200),
    ("q=nobody", 200),
    ("q=ngozi&part=manager&status=registered", 200),
    ("q=ngozi&town=Leeds", 200),
    ("q=%ff", 400),
    ("q=" + "a" * 3000, 414),
    ("", 422),
    ("q=", 422),
    ("q=a", 422),
    ("q=" + "a" * 201, 422),
    ("q=ngozi&status=frozen", 422),
    ("q=ngozi&status=", 422),
    ("q=ngozi&part=x", 422),
    ("q=ngozi&town=", 422),
    ("q=ngozi&page=2", 422),
    ("q=ngozi&q=adebayo", 422),
    ("q=ngozi&colour=red", 422),
    ("q=ngozi&as_at=2027-01-01", 422),
]


# Answers


@pytest.mark.parametrize(("make", "status"), EVERYBODY.items())
async def test_a_check_of_somebody_is_answered_as_described(
    browser, session, make, status
):
    answer = await browser.get(f"/api/v1/register/{await make(session)}")

    assert answer.status_code == status
    assert PROMISES.broken_by(answer, CHECK) == []


@pytest.mark.parametrize(("number", "status"), NOBODY, ids=lambda x: str(x)[:20])
async def test_a_check_of_nobody_is_answered_as_described(browser, number, status):
    answer = await browser.get(f"/api/v1/register/{number}")

    assert answer.status_code == status
    assert PROMISES.broken_by(answer, CHECK) == []


@pytest.mark.parametrize(("query", "status"), QUESTIONS, ids=lambda x: str(x)[:40])
async def test_a_search_is_answered_as_described(browser, session, query, status):
    await restricted(session)

    answer = await browser.get(f"/api/v1/register?{query}")

    assert answer.status_code == status
    assert PROMISES.broken_by(answer, FIND) == []


@pytest.mark.parametrize(
    ("path", "address"), [(CHECK, f"/{number_of(1)}"), (FIND, "?q=ngozi")]
)
async def test_without_a_database_the_answer_is_as_described(
    service, clock, path, address
):
    app, database, now = service
    engine = connect("postgresql://127.0.0.1:1/nowhere")
    database.lender, now.lender = sessions_of(engine), clock

    async with Browser(app, database, clock) as browser:
        answer = await browser.get(f"/api/v1/register{address}")

    await engine.dispose()
    assert answer.status_code == 503
    assert PROMISES.broken_by(answer, path) == []


@pytest.mark.parametrize(
    ("path", "address", "limit", "rate"),
    [
        (CHECK, f"/{number_of(1)}", CHECKS, CHECK_RATE),
        (FIND, "?q=ngozi", SEARCHES, SEARCH_RATE),
    ],
)
async def test_one_time_too_many_is_answered_as_described(
    browser, path, address, limit, rate
):
    for _ in range(rate.count - 1):
        limit.hit(browser.address)

    last = await browser.get(f"/api/v1/register{address}")
    too_many = await browser.get(f"/api/v1/register{address}")

    assert (last.status_code, too_many.status_code) == (
        404 if path == CHECK else 200,
        429,
    )
    assert PROMISES.broken_by(too_many, path) == []


@pytest.mark.parametrize(
    ("path", "address"),
    [(CHECK, "/api/v1/register/{}"), (FIND, "/api/v1/register?q={}")],
)
async def test_what_is_held_already_is_answered_as_described(
    browser, session, path, address
):
    asked = address.format(await restricted(session))
    tag = (await browser.get(asked)).headers["etag"]

    again = await browser.get(asked, headers={"if-none-match": tag})

    assert again.status_code == 304
    assert PROMISES.broken_by(again, path) == []


def test_every_answer_that_is_described_was_seen():
    checked = {422, *EVERYBODY.values(), *(status for _, status in NOBODY)}
    found = {status for _, status in QUESTIONS}
    both = {304, 429, 503}

    assert PROMISES.answers == {
        *((CHECK, status) for status in checked | both),
        *((FIND, status) for status in found | both),
    }


@pytest.mark.parametrize(
    ("query", "sentence", "invalid"),
    [
        ("as_of=2026-01-01", "There is no parameter called as_of.", ["as_of"]),
        (
            "as_at=2027-02-29",
            "as_at must be a real day, written like 2027-03-12.",
            ["as_at"],
        ),
        ("as_at=", "as_at must be a real day, written like 2027-03-12.", ["as_at"]),
        (
            "as_known=20270301",
            "as_known must be a real day, written like 2027-03-12.",
            ["as_known"],
        ),
        ("as_at=2027-03-11", "as_at must be today or in the past.", ["as_at"]),
        ("as_known=9999-12-31", "as_known must be today or in the past.", ["as_known"]),
        (
            "as_at=2027-03-01&as_at=2027-03-02",
            "as_at is given more than once.",
            ["as_at"],
        ),
        (
            "as_at=2027-03-02&as_known=2027-03-01",
            "as_known must be the day of as_at, or a later one.",
            ["as_known"],
        ),
    ],
)
async def test_a_check_that_cannot_be_answered_as_it_was_asked_says_why(
    browser, session, query, sentence, invalid
):
    number = await restricted(session)

    answer = await browser.get(f"/api/v1/register/{number}?{query}")

    assert answer.status_code == 422
    assert answer.json()["detail"] == sentence
    assert answer.json()["invalid"] == invalid
    assert PROMISES.broken_by(answer, CHECK) == []


@pytest.mark.parametrize("query", ["as_at=2027-03-09", "as_known=2027-03-10"])
@pytest.mark.parametrize(("make", "status"), EVERYBODY.items())
async def test_a_check_of_somebody_on_a_day_gone_by_is_answered_as_described(
    browser, session, make, status, query
):
    answer = await browser.get(f"/api/v1/register/{await make(session)}?{query}")

    assert answer.status_code == status
    assert PROMISES.broken_by(answer, CHECK) == []


@pytest.mark.parametrize("day", ["1900-01-01", "2027-01-31"])
async def test_of_a_day_before_the_first_entry_there_is_nothing_to_say(
    browser, session, day
):
    entry = await make_entry(session)

    answer = await browser.get(f"/api/v1/register/{entry.person.number}?as_at={day}")

    told = answer.json()
    assert (told["status"], told["may_practise"]) == (None, False)
    assert told["entries"] == told["parts"] == told["changes"] == []
    assert told["as_at"] == f"{day}T23:59:59Z"
    assert PROMISES.broken_by(answer, CHECK) == []


async def test_the_earliest_day_that_can_be_written_is_answered(browser, session):
    entry = await make_entry(session)

    answer = await browser.get(
        f"/api/v1/register/{entry.person.number}?as_at=0001-01-01"
    )

    assert answer.status_code == 200
    assert PROMISES.broken_by(answer, CHECK) == []


async def test_the_answer_for_a_day_gone_by_is_what_the_interface_says(
    browser, session
):
    entry = await make_entry(session)
    by = make_process(session, now=NOW - 5 * DAY)
    day = (NOW - 5 * DAY).date()
    await entry.order(
        session,
        OrderKind.SUSPENSION_ORDER,
        on=NOW - 5 * DAY,
        until=NOW,
        wording=None,
        by=by,
    )

    answer = await browser.get(
        f"/api/v1/register/{entry.person.number}?as_at={day}&as_known={day}"
    )

    changed = {"part": "manager", "at": "2027-03-05T10:00:00Z"}
    shown = {
        "status": "suspended",
        "may_practise": False,
        "registered_from": "2027-02-01",
        "registered_until": "2027-11-30",
        "qualifications": [],
        "restrictions": [
            {
                "kind": "suspension_order",
                "text": None,
                "from": "2027-03-05",
                "until": "2027-03-10",
                "decision": None,
            }
        ],
    }
    assert answer.json() == {
        "number": entry.person.number,
        "name": "Ngozi Adébáyò",
        "town": None,
        "parts": ["manager"],
        **shown,
        "entries": [
            {"part": "manager", **shown, "decision": None, "previous_periods": []}
        ],
        "as_at": "2027-03-05T23:59:59Z",
        "as_known": "2027-03-05T23:59:59Z",
        "changes": [
            changed | {"what": "status", "from": "registered", "to": "suspended"},
            changed | {"what": "restriction", "from": None, "to": "suspension_order"},
        ],
    }


async def test_as_at_today_is_as_at_this_moment(browser, session):
    entry = await make_entry(session)

    answer = await browser.get(
        f"/api/v1/register/{entry.person.number}?as_at={NOW.date()}"
    )

    assert answer.json()["as_at"] == "2027-03-10T10:00:00Z"


@pytest.mark.parametrize("query", ["as_at={}", "as_known={}", "as_at={0}&as_known={0}"])
async def test_the_tag_does_not_change_with_the_moment_alone(
    browser, clock, session, query
):
    entry = await make_entry(session)
    address = f"/api/v1/register/{entry.person.number}?{query.format(NOW.date())}"
    tag = (await browser.get(address)).headers["etag"]

    clock.now += timedelta(hours=1)
    again = await browser.get(address, headers={"if-none-match": tag})

    assert again.status_code == 304


async def test_the_tag_of_a_day_changes_once_it_is_put_right(browser, session):
    entry = await make_entry(session)
    address = f"/api/v1/register/{entry.person.number}?as_at=2027-02-01"
    before = await browser.get(address)

    await entry.correct(
        session,
        entry.registrations[0],
        valid=since(start_of(date(2027, 2, 2))),
        by=make_process(session),
    )
    after = await browser.get(
        address, headers={"if-none-match": before.headers["etag"]}
    )

    assert before.json()["status"] == "registered"
    assert (after.status_code, after.json()["status"]) == (200, None)


async def test_a_merged_number_leads_to_the_same_day_of_the_survivor(browser, session):
    number = await merged(session)

    answer = await browser.get(f"/api/v1/register/{number}?as_at=2027-03-09")

    assert answer.headers["location"].endswith("?as_at=2027-03-09")


async def test_all_that_is_wrong_with_a_question_is_told_at_once(browser):
    answer = await browser.get("/api/v1/register?status=frozen&colour=red")

    assert answer.json()["invalid"] == ["colour", "q", "status"]
    assert "status is one of: registered, suspended" in answer.json()["detail"]


async def test_the_answer_is_what_the_interface_says(browser, session):
    person = await make_person(session)
    home = await make_home(session)
    await make_employment(session, person, home)
    entry = await make_entry(session, person=person, conditions=[QUALIFICATION])

    answer = await browser.get(f"/api/v1/register/{entry.person.number}")

    restriction = {
        "kind": "qual_condition",
        "text": "Gain the Level 5 diploma.\nDue by January 2029.",
        "from": "2027-02-01",
        "until": None,
        "decision": None,
    }
    shown = {
        "status": "registered",
        "may_practise": True,
        "registered_from": "2027-02-01",
        "registered_until": "2027-11-30",
        "qualifications": [],
        "restrictions": [restriction],
    }
    assert answer.json() == {
        "number": person.number,
        "name": "Ngozi Adébáyò",
        "town": "Yorkshire and The Humber",
        "parts": ["manager"],
        **shown,
        "entries": [
            {"part": "manager", **shown, "decision": None, "previous_periods": []}
        ],
        "as_at": "2027-03-10T10:00:00Z",
    }


async def test_people_are_listed_page_by_page(browser, session):
    for n in range(21):
        await make_entry(session, given_names=f"Ann{n:02}", family_name="Walker")

    first = await browser.get("/api/v1/register", params={"q": "walker"})
    second = await browser.get(first.json()["next"])

    items = first.json()["items"] + second.json()["items"]
    assert [item["name"] for item in items] == [f"Ann{n:02} Walker" for n in range(21)]
    assert second.json()["next"] is None
    assert PROMISES.broken_by(first, FIND) == PROMISES.broken_by(second, FIND) == []


# What need not be sent again


@pytest.fixture
async def held(browser, session):
    """An address, and the tag of what it said."""
    address = f"/api/v1/register/{await suspended(session)}"
    return address, (await browser.get(address)).headers["etag"]


@pytest.mark.parametrize(
    "sent", ["{}", "W/{}", '"other", {}', '"other",W/{}', "*", " {} "]
)
async def test_what_has_not_changed_is_not_sent_again(browser, clock, held, sent):
    address, tag = held

    clock.now += timedelta(minutes=1)
    again = await browser.get(address, headers={"if-none-match": sent.format(tag)})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert again.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("sent", ['"other"', "", "etag", '"{}'])
async def test_whoever_holds_something_else_is_sent_it(browser, held, sent):
    address, tag = held
    other = sent.format(tag.strip('"')[:-1])

    again = await browser.get(address, headers={"if-none-match": other})

    assert again.status_code == 200


async def test_what_time_alone_has_changed_is_sent(browser, clock, held):
    address, tag = held

    clock.now += DAY
    again = await browser.get(address, headers={"if-none-match": tag})

    assert again.status_code == 200
    assert again.json()["status"] == "registered"


async def test_the_order_of_the_parameters_does_not_change_the_tag(browser, session):
    for n in range(21):
        await make_entry(session, given_names=f"Ann{n:02}", family_name="Walker")

    one = await browser.get("/api/v1/register?q=walker&part=manager&status=registered")
    other = await browser.get(
        "/api/v1/register?status=registered&part=manager&q=walker"
    )

    assert one.json()["next"].startswith(
        "/api/v1/register?q=walker&part=manager&status="
    )
    assert one.headers["etag"] == other.headers["etag"]


# The description


def test_the_description_is_openapi():
    OpenAPIV31SpecValidator(DESCRIPTION).validate()


async def test_the_description_is_served(browser):
    answer = await browser.get("/api/openapi.json")

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == DESCRIPTION


def test_it_describes_every_address_of_the_api_and_no_other(app):
    served = {
        (path, method.lower())
        for path, methods, _ in handlers(app)
        for method in methods
        if path.startswith("/api/v1/")
    }

    described = {
        (path, method)
        for path, methods in DESCRIPTION["paths"].items()
        for method in methods
    }
    assert served == described


@pytest.mark.parametrize(
    ("name", "example"),
    [("Person", PERSON), ("PersonThen", PERSON_THEN), ("People", PEOPLE)],
)
def test_its_examples_are_answers_that_could_be_given(name, example):
    ref = {"$ref": f"#/components/schemas/{name}"}

    assert PROMISES.faults(example, ref) == []


@pytest.mark.parametrize("name", DESCRIPTION["components"]["responses"])
def test_its_examples_of_problems_are_problem_documents(name):
    contents = DESCRIPTION["components"]["responses"][name].get("content", {})

    for kind, content in contents.items():
        assert kind == "application/problem+json"
        assert PROMISES.faults(content["example"], content["schema"]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"birth_date": "1985-05-17"},
        {"status": "frozen"},
        {"registered_from": "1 February 2027"},
        {"entries": [{"part": "manager"}]},
        {"number": "CH-123"},
        {"town": 1},
    ],
)
def test_what_is_not_as_described_is_found_out(change):
    ref = {"$ref": "#/components/schemas/Person"}

    assert PROMISES.faults(PERSON | change, ref) != []


# The page for people


async def test_the_page_tells_all_that_the_description_does(browser):
    page = Page(await browser.get("/api"))

    assert page.h1 == "Check the register by program"
    operations = [methods["get"] for methods in DESCRIPTION["paths"].values()]
    parts = DESCRIPTION["components"]
    told = [
        *DESCRIPTION["paths"],
        *(operation["description"] for operation in operations),
        *(status for operation in operations for status in operation["responses"]),
        *(r["description"] for r in parts["responses"].values()),
        *(h["description"] for h in parts["headers"].values()),
        *(p["description"] for p in operations[1]["parameters"][:-1]),
        *parts["schemas"],
        *(f for s in parts["schemas"].values() for f in s["properties"]),
        *(f["description"] for s in parts["schemas"].values() for f in s["properties"].values()),
        *(status for status in parts["schemas"]["Person"]["properties"]["status"]["enum"]),
        "/api/v1/register?q=adebayo&page=CH-0000123-J",
    ]  # fmt: skip
    assert [words for words in told if words not in page.text] == []


async def test_every_page_leads_to_it(browser):
    footer = Page(await browser.get("/")).soup.select_one("footer")

    assert footer.find("a", string="API")["href"] == "/api"


async def test_its_links_lead_somewhere(browser):
    page = Page(await browser.get("/api"))

    ids = {f"#{tag['id']}" for tag in page.soup.select("[id]")}
    assert {href for href in page.links.values() if href.startswith("#")} <= ids
    assert page.links["description in OpenAPI 3.1"] == "/api/openapi.json"


async def test_it_is_a_page_also_where_it_refuses(browser):
    page = Page(await browser.get("/api?q=%ff"))

    assert page.status == 400
    assert page.h1
