"""GOV.UK Notify, pretended: the same paths, tokens, templates, errors and test addresses, and an outbox page to read."""

import json
import re
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from email_validator import EmailNotValidError, validate_email
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from markupsafe import Markup, escape

from register.kit.clock import Now, day_of, start_of, working_days_after
from register.kit.forms.contact import read_postcode
from register.kit.notify import NO_START_OF_A_LINE
from register.kit.pages import moment
from register.kit.sandbox.notify_book import Book, Taken

SKEW_SECONDS = 30
KEY = re.compile(r".+-(?P<service>[0-9a-f-]{36})-(?P<secret>[0-9a-f-]{36})")
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
URL_TEXT = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
PLACE = re.compile(r"\(\((\w+)\)\)")
ON_A_PAGE = 250
SHOWN_ON_A_PAGE = 50
ADDRESS_LINES = range(1, 8)
LEAST_ADDRESS_LINES = 3
POST_DAYS = 2
"""Printed on the next working day, and first class takes one more."""
MOST_FAILURES = 1000
POSTAGE = "first"
FATES = {"permanent-failure", "technical-failure", "validation-failed", "cancelled"}
"""What may become of a message that was taken, where the outbox page orders it."""


@dataclass(frozen=True)
class Template:
    """A generic one: all that it says is filled in."""

    id: str
    kind: str
    subject: str
    body: str = "((body))"

    @property
    def places(self) -> list[str]:
        return PLACE.findall(f"{self.subject} {self.body}")

    def told(self, now: datetime) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": self.kind,
            "name": f"Generic {self.kind}",
            "created_at": now.isoformat(),
            "updated_at": None,
            "created_by": "sandbox@example.org",
            "version": 1,
            "subject": self.subject or None,
            "body": self.body,
            "letter_contact_block": None,
            "postage": POSTAGE if self.kind == "letter" else None,
        }


class Fault(Exception):
    """An answer that says no, in the words of the real service."""

    def __init__(self, status: int, error: str, message: str) -> None:
        self.status, self.error, self.message = status, error, message
        super().__init__(message)


class NotifySandbox:
    """Mount `router()` and `outbox()` in the sandbox application."""

    def __init__(
        self,
        *,
        folder: Path,
        now: Now,
        url: str,
        api_key: str,
        templates: dict[str, str],
    ) -> None:
        key = KEY.fullmatch(api_key)
        if key is None:
            raise ValueError("NOTIFY_API_KEY is not of the form name-serviceid-secret")
        self.service, self.secret = key["service"], key["secret"]
        self.book = Book(folder)
        self.now = now
        self.url = url.rstrip("/")
        self.templates = {
            number: Template(
                number, kind, subject="" if kind == "sms" else "((subject))"
            )
            for kind, number in templates.items()
        }
        self.failures: deque[str] = deque()

    def router(self) -> Router:
        """Everything under the path of `url`."""
        return Router(
            urlsplit(self.url).path or "/",
            route_handlers=[
                send,
                listed,
                one,
                pdf,
                all_templates,
                one_template,
                one_template_version,
                preview,
                texts_received,
            ],
            dependencies={"office": Provide(lambda: self, sync_to_thread=False)},
            before_request=self.admit,
            exception_handlers={Fault: refusal},
        )

    def outbox(self) -> Router:
        return Router(
            "/outbox",
            route_handlers=[outbox, one_shown, order_failures],
            dependencies={"office": Provide(lambda: self, sync_to_thread=False)},
        )

    def admit(self, request: "Ask") -> None:
        """The token is signed with the key's secret by a clock that is right to half a minute."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Fault(
                401, "AuthError", "Unauthorized: authentication token must be provided"
            )
        try:
            claims = jwt.decode(
                token, self.secret, algorithms=["HS256"], options={"verify_iat": False}
            )
            away = abs(time.time() - float(claims["iat"]))
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
            raise Fault(403, "AuthError", "Invalid token: API key not found") from None
        if claims.get("iss") != self.service:
            raise Fault(403, "AuthError", "Invalid token: service not found")
        if away > SKEW_SECONDS:
            raise Fault(
                403,
                "AuthError",
                "Error: Your system clock must be accurate to within 30 seconds",
            )

    def fail_as_ordered(self) -> str:
        """What the outbox page was told to do to the next messages: an error, or losing the answer after taking it."""
        return self.failures.popleft() if self.failures else ""


Office = NamedDependency[NotifySandbox]
Ask = Request[Any, Any, State]
Answer = Response[Any]

REFUSALS = {
    "500": Fault(500, "Exception", "Internal server error"),
    "429": Fault(
        429,
        "RateLimitError",
        "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds",
    ),
}


def refusal(_: Ask, fault: Fault) -> Answer:
    told = {
        "status_code": fault.status,
        "errors": [{"error": fault.error, "message": fault.message}],
    }
    return Response(told, status_code=fault.status, media_type=MediaType.JSON)


@post("/v2/notifications/{kind:str}", status_code=201)
async def send(office: Office, request: Ask, kind: FromPath[str]) -> Answer:
    failure = office.fail_as_ordered()
    if failure in REFUSALS:
        raise REFUSALS[failure]
    wanted = await given(request)
    to, reference = addressed(kind, wanted), wanted.get("reference")
    if not isinstance(reference, str | None):
        raise invalid("reference is not of type string")
    template, filled = merged(office, kind, wanted)
    message = Taken(
        kind,
        to,
        filled["subject"],
        filled["body"],
        template.id,
        reference,
        office.now().isoformat(),
        fate=failure if failure in FATES else "",
    )
    office.book.take(message)
    if failure == "lost":
        raise REFUSALS["500"]
    return Response(
        {
            "id": message.id,
            "reference": reference,
            "content": {"body": message.body} | subject_of(message),
            "uri": f"{office.url}/v2/notifications/{message.id}",
            "template": template_of(office, message),
            "scheduled_for": None,
        },
        status_code=201,
    )


async def given(request: Ask) -> dict[str, Any]:
    try:
        wanted = json.loads(await request.body())
    except ValueError:
        wanted = None
    if not isinstance(wanted, dict):
        raise Fault(400, "BadRequestError", "Invalid JSON supplied in POST data")
    if not isinstance(wanted.setdefault("personalisation", {}), dict):
        raise invalid("personalisation is not of type object")
    return wanted


def invalid(message: str) -> Fault:
    return Fault(400, "ValidationError", message)


def addressed(kind: str, wanted: dict[str, Any]) -> str:
    if kind == "email":
        return email_address(required(wanted, "email_address"))
    if kind == "sms":
        return phone_number(required(wanted, "phone_number"))
    if kind == "letter":
        return postal_address(wanted["personalisation"])
    raise Fault(404, "NotFound", "The requested URL was not found on the server.")


def required(wanted: dict[str, Any], name: str) -> str:
    if name not in wanted:
        raise invalid(f"{name} is a required property")
    return str(wanted[name])


def email_address(given: str) -> str:
    try:
        validate_email(given, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        if given.lower().endswith("@simulator.notify"):
            return given
        raise invalid("email_address Not a valid email address") from None
    return given


def phone_number(given: str) -> str:
    number = re.sub(r"[\s()+-]", "", given)
    if not re.fullmatch(r"(44|0)7\d{9}", number):
        raise invalid("phone_number Not a UK mobile number")
    return f"0{number.removeprefix('44').removeprefix('0')}"


def postal_address(places: dict[str, Any]) -> str:
    lines = [
        str(places[f"address_line_{n}"])
        for n in ADDRESS_LINES
        if places.get(f"address_line_{n}")
    ]
    if len(lines) < LEAST_ADDRESS_LINES:
        raise invalid("Address must be at least 3 lines")
    if any(line.startswith(tuple(NO_START_OF_A_LINE)) for line in lines):
        raise invalid(
            "Address lines must not start with any of the following characters: "
            "@ ( ) = [ ] \N{RIGHT DOUBLE QUOTATION MARK} \\ / , < > ~"
        )
    if any(c.isdigit() for c in lines[-1]) and not read_postcode(lines[-1]):
        raise invalid("Must be a real UK postcode")
    return "\n".join(lines)


def merged(
    office: NotifySandbox, kind: str, wanted: dict[str, Any]
) -> tuple[Template, dict[str, str]]:
    """The template with its places filled."""
    template = template_numbered(office, required(wanted, "template_id"), 400)
    if template.kind != kind:
        raise Fault(
            400,
            "BadRequestError",
            f"{template.kind} template is not suitable for {kind} notification",
        )
    return template, filled(template, wanted["personalisation"])


def filled(template: Template, values: dict[str, Any]) -> dict[str, str]:
    missing = [place for place in template.places if place not in values]
    if missing:
        raise Fault(
            400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}"
        )
    texts = {"subject": template.subject, "body": template.body}
    return {
        name: PLACE.sub(lambda place: str(values[place[1]]), text)
        for name, text in texts.items()
    }


def template_numbered(office: NotifySandbox, number: str, status: int) -> Template:
    if not UUID_TEXT.fullmatch(number):
        raise invalid("template_id is not a valid UUID")
    if number not in office.templates:
        raise Fault(
            status,
            "BadRequestError" if status == HTTPStatus.BAD_REQUEST else "NoResultFound",
            "Template not found",
        )
    return office.templates[number]


def subject_of(message: Taken) -> dict[str, str]:
    """A text message has none; an e-mail says also who it is from."""
    subject = {} if message.kind == "sms" else {"subject": message.subject}
    return subject | (
        {"from_email": "register@sandbox.example.org"}
        if message.kind == "email"
        else {}
    )


def template_of(office: NotifySandbox, message: Taken) -> dict[str, Any]:
    return {
        "id": message.template,
        "version": 1,
        "uri": f"{office.url}/v2/template/{message.template}",
    }


@get("/v2/notifications/{number:str}")
async def one(office: Office, number: FromPath[str]) -> Answer:
    return Response(told(office, message_numbered(office, number)))


@get("/v2/notifications/{number:str}/pdf")
async def pdf(office: Office, number: FromPath[str]) -> Answer:
    if message_numbered(office, number).kind != "letter":
        raise invalid("Notification is not a letter")
    raise Fault(400, "PDFNotReadyError", "PDF not available yet, try again later")


def message_numbered(office: NotifySandbox, number: str) -> Taken:
    if not UUID_TEXT.fullmatch(number):
        raise invalid("notification_id is not a valid UUID")
    found = office.book.find(number)
    if found is None:
        raise Fault(404, "NoResultFound", "No result found")
    return found


def told(office: NotifySandbox, message: Taken) -> dict[str, Any]:
    now, letter = office.now(), message.kind == "letter"
    settled = message.settled_at(now)
    return {
        "id": message.id,
        "reference": message.reference,
        "email_address": message.to if message.kind == "email" else None,
        "phone_number": message.to if message.kind == "sms" else None,
        **lines_of(message),
        "type": message.kind,
        "status": message.status(now),
        "template": template_of(office, message),
        "body": message.body,
        "subject": message.subject or None,
        "created_at": message.created_at,
        "created_by_name": None,
        "sent_at": message.created_at,
        "completed_at": settled,
        "scheduled_for": None,
        "postage": POSTAGE if letter else None,
        **({"estimated_delivery": estimated_delivery(message)} if letter else {}),
    }


def lines_of(message: Taken) -> dict[str, str | None]:
    written = message.to.splitlines() if message.kind == "letter" else []
    known = dict(enumerate(written, start=1))
    return {f"line_{n}": known.get(n) for n in ADDRESS_LINES}


def estimated_delivery(message: Taken) -> str:
    day = day_of(datetime.fromisoformat(message.created_at))
    return start_of(working_days_after(day, POST_DAYS)).isoformat()


@get("/v2/notifications")
async def listed(office: Office, request: Ask) -> Answer:
    asked = request.query_params
    found = [
        message
        for message in office.book.newest_first()
        if asked.get("reference", message.reference) == message.reference
        and asked.get("template_type", message.kind) == message.kind
        and message.status(office.now())
        in (asked.getall("status", []) or [message.status(office.now())])
    ]
    if older_than := asked.get("older_than"):
        numbers = [message.id for message in found]
        found = found[numbers.index(older_than) + 1 :] if older_than in numbers else []
    here, shown = f"{office.url}/v2/notifications", found[:ON_A_PAGE]
    links = {"current": f"{here}?{urlencode(asked)}"}
    if shown:
        links["next"] = (
            f"{here}?{urlencode(dict(asked) | {'older_than': shown[-1].id})}"
        )
    return Response(
        {"notifications": [told(office, message) for message in shown], "links": links}
    )


@get("/v2/templates")
async def all_templates(office: Office, request: Ask) -> Answer:
    kind = request.query_params.get("type")
    known = [
        template.told(office.now())
        for template in office.templates.values()
        if kind in (None, template.kind)
    ]
    return Response({"templates": known})


@get("/v2/template/{number:str}")
async def one_template(office: Office, number: FromPath[str]) -> Answer:
    return Response(template_numbered(office, number, 404).told(office.now()))


@get("/v2/template/{number:str}/version/{version:int}")
async def one_template_version(
    office: Office, number: FromPath[str], version: FromPath[int]
) -> Answer:
    template = template_numbered(office, number, 404)
    if version != 1:
        raise Fault(404, "NoResultFound", "No result found")
    return Response(template.told(office.now()))


@post("/v2/template/{number:str}/preview", status_code=200)
async def preview(office: Office, request: Ask, number: FromPath[str]) -> Answer:
    template = template_numbered(office, number, 404)
    text = filled(template, (await given(request))["personalisation"])
    return Response(
        {
            "id": number,
            "type": template.kind,
            "version": 1,
            "postage": None,
            "html": None,
        }
        | text
    )


@get("/v2/received-text-messages")
async def texts_received(office: Office) -> Answer:
    return Response(
        {
            "received_text_messages": [],
            "links": {"current": f"{office.url}/v2/received-text-messages"},
        }
    )


# The outbox: pages for people, not a part of the API.

pages = Environment(
    loader=PackageLoader("register.kit.sandbox"),
    autoescape=True,
    undefined=StrictUndefined,
)


def linked(text: str) -> Markup:
    """The text with its addresses made links, and nothing else in it taken for HTML."""
    parts, last = [], 0
    for found in URL_TEXT.finditer(text):
        parts += [
            escape(text[last : found.start()]),
            Markup('<a href="{0}">{0}</a>').format(found[0]),
        ]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


pages.filters |= {
    "linked": linked,
    "moment": lambda told: moment(datetime.fromisoformat(told)),
}


@get("/", media_type=MediaType.HTML)
async def outbox(office: Office, request: Ask) -> str:
    to, page = (
        request.query_params.get("to", "").strip(),
        request.query_params.get("page", "1"),
    )
    found = office.book.newest_first(to=to)
    number = int(page) if page.isdecimal() and int(page) else 1
    start = (number - 1) * SHOWN_ON_A_PAGE
    older = (
        urlencode({"to": to, "page": number + 1})
        if len(found) > start + SHOWN_ON_A_PAGE
        else ""
    )
    return pages.get_template("notify/outbox.html").render(
        messages=found[start : start + SHOWN_ON_A_PAGE],
        total=len(found),
        to=to,
        older=older,
        failures=list(office.failures),
        now=office.now(),
    )


@get("/{number:str}", media_type=MediaType.HTML)
async def one_shown(office: Office, number: FromPath[str]) -> Answer:
    found = office.book.find(number)
    page = pages.get_template("notify/message.html").render(
        message=found, now=office.now()
    )
    return Response(page, status_code=200 if found else 404, media_type=MediaType.HTML)


@post("/failures")
async def order_failures(office: Office, request: Ask) -> Answer:
    """The next so many messages fail in this way; none takes back what was ordered."""
    form = await request.form()
    how, count = str(form.get("how", "")), str(form.get("count", ""))
    office.failures.clear()
    if how in {"500", "429", "lost", *FATES} and count.isdecimal():
        office.failures.extend([how] * min(int(count), MOST_FAILURES))
    return Response(None, status_code=303, headers={"Location": "/outbox"})
