"""The addresses of a world: what stands for each parameter of a path, and what is sent there."""

import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import func, select

from register.application import SectionName
from register.application.application import draw_reference
from register.application.evidence import Evidence
from register.application.section import form_of
from register.assessment import SectionCheck
from register.certificate import grouped
from register.certificate.serial import draw_serial
from register.kit.pages import release
from register.kit.security import links, totp
from register.person import number_of
from register.process import Event
from register.qualification import Qualification
from register.web.account import SECRET_LINK
from tests.leaks.roles import Role
from tests.leaks.table import TABLE
from tests.make import NOW
from tests.uploading import pdf

PARAMETER = re.compile(r"\{(\w+)\}")
LISTED = ("addresses", "qualifications", "employment", "registrations", "references")
RESTRICTED = "a restricted section"
NEVER_ISSUED = number_of(9_999_999)
PASSWORD = "otters ledger velvet brisk"


@dataclass(frozen=True)
class Place:
    """One address: its path filled in, perhaps with a query."""

    path: str
    at: dict[str, str] = field(default_factory=dict)
    query: str = ""

    @property
    def url(self) -> str:
        return PARAMETER.sub(lambda name: self.at[name[1]], self.path) + self.query

    @property
    def names_something(self) -> bool:
        return bool(self.at.keys() & MISSING.keys())

    def missing(self) -> "Place":
        """The same for a thing that never was."""
        return Place(
            self.path,
            {
                name: MISSING[name](kept) if name in MISSING else kept
                for name, kept in self.at.items()
            },
            self.query,
        )


MISSING = {
    "reference": lambda kept: (
        "INV-9999999" if kept.startswith("INV") else draw_reference()
    ),
    "document": lambda _: str(uuid4()),
    "item": lambda _: str(uuid4()),
    "evidence_id": lambda _: str(uuid4()),
    "qualification_id": lambda _: str(uuid4()),
    "proposal_id": lambda _: str(uuid4()),
    "person_id": lambda _: str(uuid4()),
    "message_id": lambda _: str(uuid4()),
    "serial": lambda _: grouped(draw_serial()),
    "number": lambda _: NEVER_ISSUED,
    "job_id": lambda _: "999999999",
}


class Atlas:
    """Every place of a world that a row of the table speaks of."""

    def __init__(self, world, known):
        self.world = world
        self.known = known

    @classmethod
    async def of(cls, world, session):
        return cls(world, await Known.of(world, session))

    async def read_forms(self, read):
        """What a browser of the applicant would send from each page that may be changed."""
        for row in TABLE:
            if row.method == "GET" and row.path in FORM_PAGES:
                for place in self.places(row, Role.APPLICANT):
                    self.known.forms[place.url] = await read(row, place)

    def places(self, row, role):
        """For a member of staff, what is about themselves where there is such a thing."""
        about_self = role is Role.INTERESTED
        return [
            Place(row.path, at, query)
            for at in self._at(row, about_self=about_self)
            for query in QUERIES.get((row.method, row.path), ("",))
        ]

    def _at(self, row, *, about_self):
        names = set(PARAMETER.findall(row.path))
        if not names:
            return [{}]
        if names == {"version", "file_path"}:
            return [{"version": release(), "file_path": "app.css"}]
        if row.path.startswith("/apply/"):
            return list(self._own(row, names))
        if row.path.startswith("/staff/applications/"):
            return list(self._case(row, names, about_self=about_self))
        (name,) = names
        if about_self and name in {"proposal_id", "person_id"}:
            about = self.world.theirs
            return [{name: str(about.id if name == "proposal_id" else about.person_id)}]
        return [{name: found} for found in self._things(row, name)]

    def _own(self, row, names):
        at = {"reference": self.world.asked.reference}
        if "document" in names:
            yield at | {"document": str(self.world.unsent.id)}
        elif "item" in names:
            for section in LISTED:
                yield at | {"section": section, "item": self.known.items[section]}
        elif "section" in names:
            documented = "/evidence/" in row.path
            yield from (
                at | {"section": section}
                for section in SectionName
                if section.assessed or not documented
            )
        else:
            yield at

    def _case(self, row, names, *, about_self):
        world, sealed = self.world, row.of == RESTRICTED
        at = {"reference": self.known.reference(row, about_self=about_self)}
        if "evidence_id" in names:
            reference = self.known.theirs if about_self else world.asked.reference
            documents = (
                self.known.their_documents if about_self else self.known.documents
            )
            yield {"reference": reference, "evidence_id": documents[sealed]}
        elif "qualification_id" in names:
            yield at | {"qualification_id": self.known.qualification}
        elif "section" in names:
            for section in SectionName:
                if section.assessed and section.restricted is sealed:
                    yield at | {"section": section}
        else:
            yield at
            if row.method == "GET" and not about_self:
                yield {"reference": world.asked.reference}
                yield from ({"reference": other} for other in self.known.others)

    def _things(self, row, name):
        world, invoices = self.world, [self.world.invoice.reference]
        if row.path.startswith("/staff/payments"):
            invoices.append(world.owed.reference)
        return {
            "number": [world.entry.person.number],
            "serial": [grouped(world.certificate.serial)],
            "token": [world.reset],
            "reference": invoices,
            "proposal_id": [str(world.refusing.id), str(world.granting.id)],
            "person_id": [
                str(person)
                for person in (
                    world.asked.person_id,
                    world.entry.person_id,
                    world.withheld.id,
                )
            ],
            "message_id": [str(world.message.id)],
            "job_id": [str(world.job)],
        }[name]

    def sent(self, row, place, role):
        """What is posted there: where the role may act, it is done."""
        ready = BODIES.get(row.path, {})
        return ready(self.known, place, role) if callable(ready) else dict(ready)


@dataclass
class Known:
    """What the forms and addresses of a world hold."""

    world: object
    theirs: str
    others: list
    documents: dict
    their_documents: dict
    items: dict
    qualification: str
    stamps: dict
    checks: dict
    forms: dict = field(default_factory=dict)

    @classmethod
    async def of(cls, world, session):
        theirs, refusing, granting = [
            await session.get_one(type(world.asked), proposal.application_id)
            for proposal in (world.theirs, world.refusing, world.granting)
        ]
        form = await form_of(session, world.asked.id)
        held = Qualification.person_id == world.assessed.person_id
        checks = await session.execute(
            select(SectionCheck.section, func.max(SectionCheck.id))
            .where(SectionCheck.application_id == world.assessed.id)
            .group_by(SectionCheck.section)
        )
        return cls(
            world=world,
            theirs=theirs.reference,
            others=[refusing.reference, granting.reference],
            documents=await documents_of(session, world.asked),
            their_documents=await documents_of(session, theirs),
            items={name: str(getattr(form, name).items[0].id) for name in LISTED},
            qualification=str(
                await session.scalar(select(Qualification.id).where(held))
            ),
            stamps={
                key: await stamp(session, application)
                for application, *keys in (
                    (world.asked, world.asked.reference),
                    (world.assessed, world.assessed.reference),
                    (theirs, theirs.reference, str(world.theirs.id)),
                    (refusing, refusing.reference, str(world.refusing.id)),
                    (granting, granting.reference, str(world.granting.id)),
                )
                for key in keys
            },
            checks={str(section): str(last) for section, last in checks},
        )

    def reference(self, row, *, about_self):
        if about_self:
            return self.theirs
        asked = row.path.endswith("/request/expiry")
        return self.world.asked.reference if asked else self.world.assessed.reference


async def documents_of(session, application):
    """One that anybody of casework may open, and one of a restricted section."""
    found = await session.scalars(
        select(Evidence).where(
            Evidence.application_id == application.id,
            Evidence.added_at <= application.submitted_at,
        )
    )
    return {evidence.section.restricted: str(evidence.id) for evidence in found}


async def stamp(session, application):
    """What a page of the application carries, so that nobody decides on what they have not seen."""
    latest = await session.scalar(
        select(func.max(Event.id)).where(Event.application_id == application.id)
    )
    await session.refresh(application)
    return {"version": str(application.version), "latest": str(latest)}


def stamped(**more):
    def made(known, place, _role):
        about = place.at.get("reference") or place.at["proposal_id"]
        return known.stamps.get(about, {"version": "1", "latest": "1"}) | more

    return made


def from_the_page(known, place, _role):
    """What a browser of the applicant would send from the page as it stands."""
    return known.forms.get(place.url, {})


def given_to(known, place, role):
    to = known.world.accounts[Role.OTHER_CASEWORKER].id
    return stamped(to=str(to))(known, place, role)


def checked(known, place, _role):
    seen = known.checks.get(place.at["section"], "")
    return {"outcome": "met", "seen": seen}


def factor(known, _place, role):
    """As if the page had drawn the secret for whoever sends it."""
    account = known.world.accounts.get(role)
    subject = f"{account.id if account else uuid4()} {totp.new_secret()}"
    until = NOW + timedelta(minutes=5)
    return {"code": "123456", "secret": links.sign(SECRET_LINK, subject, until=until)}


def uploaded(_known, _place, _role):
    return {"kind": "letter", "file": pdf()}


def signed(_known, _place, _role):
    """As GOV.UK Pay sends it: of a payment that we do not have."""
    notice = {
        "webhook_message_id": "unknown",
        "resource_id": "unknown",
        "event_type": "card_payment_succeeded",
        "resource_type": "payment",
        "resource": {"payment_id": "unknown", "reference": "INV-9999999-1"},
    }
    return {"signed": json.dumps(notice).encode()}


def signature_of(content):
    return hmac.new(b"webhook_test_secret", content, sha256).hexdigest()


FORM_PAGES = {
    "/apply/{reference}/{section}",
    "/apply/{reference}/{section}/items/{item}",
    "/apply/{reference}/employment-gaps",
}
BODIES = {
    "/webhooks/pay": signed,
    "/sign-in": {"email": "nobody@example.org", "password": PASSWORD},
    "/sign-in/code": {"code": "123456"},
    "/sign-in/recovery": {"code": "abcd-efgh-jkmn"},
    "/sign-in/reset": {"email": "nobody@example.org"},
    "/sign-in/reset/{token}": {"password": PASSWORD},
    "/sign-up": {"email": "nobody@example.org", "password": PASSWORD},
    "/sign-up/confirm": {"code": "123456"},
    "/account/email": {"email": "nobody@example.org", "password": PASSWORD},
    "/account/email/confirm": {"code": "123456"},
    "/account/password": {"password": PASSWORD, "new_password": PASSWORD},
    "/account/recovery-codes": {"password": PASSWORD},
    "/account/second-factor": factor,
    "/account/second-factor/remove": {"password": PASSWORD},
    "/certificates": {"part": "manager"},
    "/staff/certificates/{number}": {"part": "manager"},
    "/apply/begin": {"part": "manager"},
    "/apply/{reference}/send": {"privacy": "y", "true": "y", "signature": "A B"},
    "/apply/{reference}/evidence/{section}": uploaded,
    **dict.fromkeys(FORM_PAGES, from_the_page),
    "/staff/applications/{reference}/assignment": given_to,
    "/staff/applications/{reference}/notes": {"words": "A note"},
    "/staff/applications/{reference}/proposal": stamped(decision="refuse"),
    "/staff/applications/{reference}/qualifications/{qualification_id}": {
        "verdict": "partial"
    },
    "/staff/applications/{reference}/request": stamped(),
    "/staff/applications/{reference}/sections/{section}": checked,
    "/staff/proposals/{proposal_id}/approval": stamped(),
    "/staff/proposals/{proposal_id}/return": stamped(words="Look again"),
}

QUERIES = {
    ("GET", "/search"): ("", "?q=Zqx", "?q=adebayo&part=manager", "?status=registered"),
    ("GET", "/api/v1/register"): ("?q=Zqx", "?q=adebayo&status=registered"),
    ("GET", "/verify"): ("", "?serial=4F7K-2M9Q-X3ZB-8RTW"),
    ("GET", "/staff/persons"): ("", "?q=Zqx"),
    ("GET", "/staff/applications"): ("", "?holder=me", "?state=proposed"),
    ("GET", "/staff/payments"): ("", "?show=due", "?show=paid"),
}
