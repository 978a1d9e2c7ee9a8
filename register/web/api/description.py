"""What the public API promises, in OpenAPI 3.1: written by hand, and held against real answers by its tests."""

from http import HTTPStatus
from typing import Any

from register.entry import Status
from register.part import Part
from register.search import FEWEST_LETTERS, PAGE
from register.web.api.people import CHECK_RATE, LONGEST, SEARCH_RATE
from register.web.api.shapes import NUMBER_FIELD, SCHEMAS, Json, ref
from register.web.days import AS_AT, AS_KNOWN

# How a piece of the description is written


def in_query(
    name: str, description: str, example: str, *, required: bool = False, **content: Any
) -> Json:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "required": required,
        "schema": {"type": "string", **content},
        "example": example,
    }


def answer(description: str, schema: Json, example: Json, /, **more: Any) -> Json:
    """What an operation answers with 200."""
    return {
        "description": description,
        "headers": {
            "ETag": ref("headers", "ETag"),
            "Cache-Control": ref("headers", "Cache-Control"),
        },
        "content": {"application/json": {"schema": schema, "example": example}},
        **more,
    }


def refusal(
    status: HTTPStatus, description: str, *headers: str, **said: str | list[str]
) -> Json:
    """A problem document; `said` is what the example has beside what all have."""
    example = {"type": "about:blank", "title": status.phrase, "status": int(status)}
    return {
        "description": description,
        "headers": {name: ref("headers", name) for name in headers},
        "content": {
            "application/problem+json": {
                "schema": ref("schemas", "Problem"),
                "example": {**example, **said},
            }
        },
    }


def operation(
    name: str,
    summary: str,
    description: str,
    parameters: list[Json],
    found: Json,
    *refusals: HTTPStatus,
) -> Json:
    """`refusals` are those that it has beside what every operation may answer."""
    others = sorted({*EVERY_ANSWER, *refusals})
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "description": description,
            "parameters": [*parameters, ref("parameters", "If-None-Match")],
            "responses": {
                "200": found,
                **{str(int(s)): ref("responses", REFUSALS[s]) for s in others},
            },
        }
    }


# Examples

NUMBER = "CH-0000123-J"

RESTRICTION = {
    "kind": "conditions_order",
    "text": "You must not work as the only manager on shift.",
    "from": "2027-03-01",
    "until": "2028-02-29",
    "decision": "/decisions/7K2M9QXD4F3ZB8RT",
}
SHOWN = {
    "status": "registered",
    "may_practise": True,
    "registered_from": "2027-02-01",
    "registered_until": "2027-11-30",
    "qualifications": ["Level 5 Diploma in Leadership and Management"],
    "restrictions": [RESTRICTION],
}
PERSON = {
    "number": NUMBER,
    "name": "Ngozi Adébáyò",
    "town": "Leeds",
    "parts": ["manager"],
    **SHOWN,
    "entries": [{"part": "manager", **SHOWN, "decision": None, "previous_periods": []}],
    "as_at": "2027-03-12T10:30:00Z",
}
PERSON_THEN = {
    **PERSON,
    "as_at": "2027-03-01T23:59:59Z",
    "changes": [
        {
            "part": "manager",
            "at": "2027-03-01T00:00:00Z",
            "what": "restriction",
            "from": None,
            "to": "conditions_order",
        }
    ],
}
PEOPLE = {
    "items": [PERSON],
    "next": f"/api/v1/register?q=adebayo&page={NUMBER}",
}

# What all operations share

REFUSALS = {
    HTTPStatus.NOT_MODIFIED: "Unchanged",
    HTTPStatus.PERMANENT_REDIRECT: "Merged",
    HTTPStatus.BAD_REQUEST: "Unreadable",
    HTTPStatus.NOT_FOUND: "NotFound",
    HTTPStatus.GONE: "Gone",
    HTTPStatus.REQUEST_URI_TOO_LONG: "TooLong",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unfit",
    HTTPStatus.TOO_MANY_REQUESTS: "TooMany",
    HTTPStatus.SERVICE_UNAVAILABLE: "Unavailable",
}
EVERY_ANSWER = (
    HTTPStatus.NOT_MODIFIED,
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

RESPONSES = {
    "Unchanged": {
        "description": "What you hold is what we would send: the tag in If-None-Match is still the right one.",
        "headers": {"ETag": ref("headers", "ETag")},
    },
    "Merged": {
        "description": "The number was merged with another of the same person. Ask again there, and keep the new number.",
        "headers": {"Location": ref("headers", "Location")},
    },
    "Unreadable": refusal(
        HTTPStatus.BAD_REQUEST, "The address is not clean UTF-8 text."
    ),
    "NotFound": refusal(
        HTTPStatus.NOT_FOUND,
        "There is no such number, or nothing may be shown of the person: we do not say which.",
    ),
    "Gone": refusal(
        HTTPStatus.GONE,
        "The number was on the register, and its entry is shown no longer.",
    ),
    "TooLong": refusal(
        HTTPStatus.REQUEST_URI_TOO_LONG, "The address is longer than any of ours."
    ),
    "Unfit": refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "A parameter is missing, unknown, given twice, or has a value that it cannot have.",
        detail="There is no parameter called colour.",
        invalid=["colour"],
    ),
    "TooMany": refusal(
        HTTPStatus.TOO_MANY_REQUESTS,
        "You have reached the limit. Wait as long as Retry-After says.",
        "Retry-After",
        detail="Too many tries. Wait a while, then try again.",
    ),
    "Unavailable": refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "We cannot answer at this moment. Try again after as long as Retry-After says.",
        "Retry-After",
    ),
}
HEADERS = {
    "ETag": {
        "description": "Stands for all of the answer but as_at and as_known. Send it as If-None-Match when you ask again.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'},
    },
    "Cache-Control": {
        "description": "You may keep the answer, and must ask whether it still holds before you rely on it.",
        "required": True,
        "schema": {"type": "string", "const": "no-cache"},
    },
    "Location": {
        "description": "The address of the same person under the number that is theirs now.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
}
PARAMETERS = {
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of the answer that you hold. While it has not changed, you get 304 without a body.",
        "required": False,
        "schema": {"type": "string"},
    },
}

CHECK = operation(
    "checkNumber",
    "Check a number",
    "What the register says of the person with that number at this moment; or, of a day gone by, what was in force at its"
    " end in London and what changed on it. Nobody is shown of a day gone by who is not shown today.",
    [
        {
            "name": "number",
            "in": "path",
            "description": "The registration number, with or without dashes, spaces and capitals.",
            "required": True,
            "schema": {"type": "string"},
            "example": NUMBER,
        },
        in_query(
            AS_AT,
            "A day up to today: what was in force at its end, as we know it now. You get PersonThen.",
            "2027-03-12",
            format="date",
        ),
        in_query(
            AS_KNOWN,
            "A day up to today, and not before as_at: what the register said on that day, before anything was put right"
            " since; of that day, unless you send as_at too. You get PersonThen.",
            "2027-03-12",
            format="date",
        ),
    ],
    answer(
        "The person is shown in the register.",
        {"anyOf": [ref("schemas", "Person"), ref("schemas", "PersonThen")]},
        PERSON,
    ),
    HTTPStatus.PERMANENT_REDIRECT,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.GONE,
)
FIND = operation(
    "findPeople",
    "Find people by name",
    f"The people whose names hold every word that you send, {PAGE} at a time. Accents, capitals, apostrophes and hyphens do"
    " not matter, and the beginning of a word is enough. Former names count too.",
    [
        in_query(
            "q",
            f"At least {FEWEST_LETTERS} letters of a name, or a registration number.",
            "adebayo",
            required=True,
            minLength=FEWEST_LETTERS,
            maxLength=LONGEST,
        ),
        in_query(
            "part",
            "Only people with an entry in this part.",
            "manager",
            enum=list(Part),
        ),
        in_query(
            "town",
            "Only people who work there, written as the register shows it.",
            "Leeds",
            minLength=1,
        ),
        in_query(
            "status",
            "Only people with an entry of this status.",
            "registered",
            enum=list(Status),
        ),
        in_query(
            "page",
            "Where the page begins. Do not make it up: follow next.",
            NUMBER,
            pattern=NUMBER_FIELD["pattern"],
        ),
    ],
    answer(
        "Whoever matches, which may be nobody.",
        ref("schemas", "People"),
        PEOPLE,
        links={
            "person": {
                "operationId": "checkNumber",
                "description": "The first of them alone.",
                "parameters": {"number": "$response.body#/items/0/number"},
            }
        },
    ),
)

DESCRIPTION: Json = {
    "openapi": "3.1.1",
    "info": {
        "title": "Children’s Homes Workforce Register",
        "summary": "Who may manage and work in children’s homes in England.",
        "description": "What the public pages show, for programs. It is open to everybody and needs no key. From one network we"
        f" answer {CHECK_RATE.count} checks and {SEARCH_RATE.count} searches a minute.",
        "version": "1",
    },
    "servers": [{"url": "/"}],
    "paths": {
        "/api/v1/register/{number}": CHECK,
        "/api/v1/register": FIND,
    },
    "components": {
        "schemas": SCHEMAS
        | {"PersonThen": SCHEMAS["PersonThen"] | {"examples": [PERSON_THEN]}},
        "responses": RESPONSES,
        "headers": HEADERS,
        "parameters": PARAMETERS,
    },
}
