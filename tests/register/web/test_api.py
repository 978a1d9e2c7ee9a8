"""The public API: every answer is as its description promises, and the page for people is drawn from the same."""

from datetime import timedelta

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from register.kit.db import connect, sessions_of
from register.person import number_of
from register.web.api.description import DESCRIPTION, PEOPLE, PERSON
from register.web.api.people import CHECK_RATE, CHECKS, SEARCH_RATE, SEARCHES
from register.web.guards import handlers
from tests.browser import Browser
from tests.make import (
    make_employment,
    make_entry,
    make_home,
    make_person,
)
from tests.promises import Promises
from tests.reading import Page
from tests.register.standing import DAY, EVERYBODY, QUALIFICATION, restricted, suspended

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


async def test_a_check_with_a_parameter_is_not_answered_as_if_it_had_none(
    browser, session
):
    number = await restricted(session)

    answer = await browser.get(f"/api/v1/register/{number}?as_at=2026-01-01")

    assert answer.status_code == 422
    assert answer.json()["detail"] == "There is no parameter called as_at."
    assert answer.json()["invalid"] == ["as_at"]
    assert PROMISES.broken_by(answer, CHECK) == []


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
        "entries": [{"part": "manager", **shown, "previous_periods": []}],
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


@pytest.mark.parametrize(("name", "example"), [("Person", PERSON), ("People", PEOPLE)])
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
