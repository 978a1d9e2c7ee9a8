"""The addresses of a world: what stands for each parameter of a path, and what is sent there."""

import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from uuid import uuid4

import msgspec
from sqlalchemy import func, select

from register.application import ApplicationKind
from register.application.application import draw_reference
from register.application.evidence import Evidence
from register.application.section import form_of
from register.assessment import SectionCheck
from register.certificate import grouped
from register.certificate.serial import draw_serial
from register.kit.pages import release
from register.kit.security import links, totp
from register.notice import open_notice
from register.particulars import ChangeKind
from register.person import number_of
from register.process import Event
from register.qualification import Qualification
from register.web.account import SECRET_LINK
from tests.leaks.cases import HEARD_IN, PASSWORD
from tests.leaks.roles import Role
from tests.leaks.table import (
    APPEAL,
    ASSESSORS,
    CASE,
    CONDITIONAL,
    DEAD,
    ELSEWHERE,
    ENTRY,
    FILTER,
    FREE,
    GRANT,
    HIDDEN,
    HIDDEN_STILL,
    JOIN,
    LATE,
    MERGED,
    OF_APPLICANT,
    PAUSED,
    PORTFOLIO,
    PROPOSED_ONE,
    PROPOSED_OUTCOME,
    RECONSIDERED,
    REFUSAL,
    RESTRICTED,
    RULES,
    SCRUTINY,
    TABLE,
    UNDECIDED,
    UNJOINED,
    UNSENT,
    VERDICT,
    WITHHELD,
)
from tests.make import NOW
from tests.register.endorsing import SAYING as ENDORSING
from tests.register.referring import SAYING, asked_of
from tests.uploading import pdf

PARAMETER = re.compile(r"\{(\w+)\}")
PROPOSED = ("refusing", "granting", "plain", "theirs")
LISTED = ("addresses", "qualifications", "employment", "registrations", "references")
NEVER_ISSUED = number_of(9_999_999)
TOMORROW = NOW + timedelta(days=1)
NEW_PASSWORD = "amber kettle harbour spoke"


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
    "registration_id": lambda _: str(uuid4()),
    "copy_id": lambda _: str(uuid4()),
    "request_id": lambda _: str(uuid4()),
    "referee": lambda _: str(uuid4()),
    "token": lambda _: links.sign("reference", str(uuid4()), until=TOMORROW),
    "proposal_id": lambda _: str(uuid4()),
    "person_id": lambda _: str(uuid4()),
    "match_id": lambda _: str(uuid4()),
    "item_id": lambda _: str(uuid4()),
    "hit_id": lambda _: str(uuid4()),
    "message_id": lambda _: str(uuid4()),
    "serial": lambda _: grouped(draw_serial()),
    "number": lambda _: NEVER_ISSUED,
    "job_id": lambda _: "999999999",
    "condition_id": lambda _: str(uuid4()),
    "appeal_id": lambda _: str(uuid4()),
    "document_id": lambda _: str(uuid4()),
    "about_id": lambda _: str(uuid4()),
    "leaving_id": lambda _: str(uuid4()),
    "lock_id": lambda _: str(uuid4()),
    "filter_id": lambda _: str(uuid4()),
    "organisation_id": lambda _: str(uuid4()),
    "user_id": lambda _: str(uuid4()),
    "invitation_id": lambda _: str(uuid4()),
    "employment_id": lambda _: str(uuid4()),
    "change_id": lambda _: str(uuid4()),
    "enquiry_id": lambda _: str(uuid4()),
    "entry_id": lambda _: str(uuid4()),
    "fact_id": lambda _: str(uuid4()),
    "post_id": lambda _: str(uuid4()),
    "kind": lambda _: "nothing",
    "notice_id": lambda _: str(uuid4()),
    "part": lambda _: "gardener",
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
            if row.method == "GET" and row.path in FORM_PAGES and not row.of:
                for place in self.places(row, Role.APPLICANT):
                    self.known.forms[form_at(place)] = await read(row, place)

    def places(self, row, role):
        """For a member of staff, what is about themselves where there is such a thing."""
        about_self = role is Role.INTERESTED
        queries = QUERIES.get((row.method, row.path), ("",))
        number = self.world.withheld.entry.person.number
        return [
            Place(row.path, at, query.format(withheld=number))
            for at in self._at_for(row, role, about_self=about_self)
            for query in queries
        ]

    def _at_for(self, row, role, *, about_self):
        if "{filter_id}" not in row.path:
            return self._at(row, about_self=about_self)
        filters = self.world.filters
        other = Role.REGISTRAR if role is not Role.REGISTRAR else Role.AUDITOR
        whose = other if row.of == ELSEWHERE or role not in filters else role
        return [{"filter_id": str(filters[whose].id)}]

    def _at(self, row, *, about_self):
        names = set(PARAMETER.findall(row.path))
        if not names:
            return [{}]
        if names == {"version", "file_path"}:
            return [{"version": release(), "file_path": "app.css"}]
        if row.path.startswith("/apply/"):
            return list(self._own(row, names))
        if row.path.startswith(CASE):
            return list(self._case(row, names, about_self=about_self))
        several = {
            "enquiry_id": partial(self._enquiries, about_self=about_self),
            "appeal_id": self._appeals,
            "condition_id": self._conditions,
            "document_id": self._documents,
            "fact_id": self._facts,
            "part": self._rules,
        }
        for name, named in several.items():
            if name in names:
                return named(row, names)
        (name,) = names
        return [{name: found} for found in self._things(row, name, about_self)]

    def _own(self, row, names):
        asked, draft = self.known.filed["asked"], self.known.filed["draft"]
        at = {"reference": asked.reference}
        other = row.of == ELSEWHERE
        if "document" in names:
            unsent = str(self.world.unsent.id)
            yield at | {"document": draft.documents[False][0] if other else unsent}
        elif "referee" in names:
            yield at | {"referee": (draft if other else asked).items["references"]}
        elif "item" in names:
            items = (draft if other else asked).items
            yield from (at | {"section": name, "item": items[name]} for name in LISTED)
        elif "section" in names:
            documented = "/evidence/" in row.path
            yield from (
                at | {"section": section}
                for section in ApplicationKind.FIRST.sections
                if section.assessed or not documented
            )
        else:
            yield at

    def _case(self, row, names, *, about_self):
        filed = self.known.filed[case_of(row, about_self=about_self)]
        other = self.known.filed["asked"] if row.of == ELSEWHERE else filed
        at = {"reference": filed.reference}
        if "evidence_id" in names:
            for document in other.documents[row.of == RESTRICTED]:
                yield at | {"evidence_id": document}
        elif part := next((name for name in names if name in WITHIN), None):
            yield at | {part: WITHIN[part](other)}
        elif "section" in names:
            for section in ApplicationKind.FIRST.sections:
                if section.assessed and section.restricted is (row.of == RESTRICTED):
                    yield at | {"section": section}
        else:
            yield at
            if row.method == "GET" and not row.of and not about_self:
                for name in ("asked", "refusing", "registered"):
                    yield {"reference": self.known.filed[name].reference}

    def _conditions(self, row, names):
        world = self.world
        known = {UNDECIDED: [world.undecided], PAUSED: [world.paused]}
        found = known.get(row.of, [world.decided])
        if row.path.startswith("/conditions"):
            found = [world.owned]
        elif row.method == "GET" and "evidence_id" not in names:
            found = [world.decided, world.paused]
        return [
            {"condition_id": str(of.id)}
            | ({"evidence_id": str(world.proof.id)} if "evidence_id" in names else {})
            for of in found
        ]

    def _appeals(self, row, names):
        world = self.world
        known = {
            LATE: [world.late_appeal],
            RECONSIDERED: [world.reconsidered],
            PROPOSED_OUTCOME: [world.proposed_appeal],
        }
        found = known.get(row.of, [world.appeal])
        if row.path == APPEAL and row.method == "GET":
            found = [world.appeal, *(of for one in known.values() for of in one)]
        return [
            {"appeal_id": str(of.id)}
            | (
                {"document_id": str(world.document.id)}
                if "document_id" in names
                else {}
            )
            for of in found
        ]

    def _enquiries(self, row, names, *, about_self):
        world, of_staff = self.world, row.path.startswith("/staff")
        enquiry = world.their_enquiry if about_self and of_staff else world.enquiry
        at = {"enquiry_id": enquiry.id, "document_id": world.enclosed.id}
        return [{name: str(at[name]) for name in names}]

    def _documents(self, _row, _names):
        world = self.world
        at = {"notice_id": world.spoken.id, "document_id": world.sent_with.id}
        return [{name: str(value) for name, value in at.items()}]

    def _rules(self, row, names):
        """The manager part has a draft that is being written, the deputy part one that was proposed."""
        proposed = row.path.startswith(f"{RULES}/proposal")
        at = {"part": "deputy" if proposed else "manager", "version": "1"}
        codes = {"standards": "R1", "statements": "D1", "outcomes": "P1"}
        at["code"] = next(
            (code for name, code in codes.items() if f"/{name}/" in row.path),
            "scotland-scqf9",
        )
        return [{name: at[name] for name in names}]

    def _things(self, row, name, about_self):
        world, invoices = self.world, [self.world.invoice.reference]
        if row.path.startswith("/staff/payments"):
            invoices.append(world.owed.reference)
        elif row.path.startswith("/staff/retention"):
            invoices = [world.old.reference]
        unlisted = {WITHHELD: world.withheld, DEAD: world.dead, MERGED: world.merged}
        known = unlisted.get(row.of, world.listed)
        return {
            "number": [known.entry.person.number],
            "copy_id": [str(world.copy.id)],
            "serial": [grouped(known.certificate.serial)],
            "token": [self._token(row)],
            "reference": invoices,
            "proposal_id": [
                str(p.id) for p in self._proposals(row, about_self=about_self)
            ],
            "person_id": self._persons(row, about_self=about_self),
            "about_id": [str(world.owned.id)],
            "leaving_id": [str((world.asking if row.of else world.leaving).id)],
            "request_id": [str(world.queued.id)],
            "organisation_id": [str(self._organisation(row).id)],
            "user_id": [str(world.user.id)],
            "invitation_id": [str(world.invited.id)],
            "employment_id": [str(world.claim.id)],
            "change_id": self._changes(row),
            "kind": list(ChangeKind),
            "post_id": [str(world.post.id)],
            "notice_id": self._notices(row, about_self=about_self),
            "entry_id": [self._entry(row)],
            "item_id": [str(world.watched.id)],
            "lock_id": [str(world.locked.id)],
            "hit_id": [str((world.their_hit if about_self else world.hit).id)],
            "match_id": self._matches(row, about_self=about_self),
            "message_id": [str(world.message.id)],
            "job_id": [str(world.job)],
        }[name]

    def _organisation(self, row):
        world = self.world
        known = {PROPOSED_ONE: world.proposed_one, UNJOINED: world.unjoined}
        return known.get(row.of, world.organisation)

    def _entry(self, row):
        world = self.world
        if row.path.startswith(ENTRY):
            return str(world.corrected.entry_id)
        return str(world.undecided.entry_id if row.of else world.removing.id)

    def _facts(self, row, _names):
        wrong = self.world.wrong if row.of else self.world.corrected
        return [{"entry_id": str(wrong.entry_id), "fact_id": str(wrong.id)}]

    def _changes(self, row):
        world = self.world
        if row.method == "POST":
            return [str((world.undecided_change if row.of else world.change).id)]
        every = (world.change, world.undecided_change, world.asking_change)
        return [str(change.id) for change in every]

    def _notices(self, row, *, about_self):
        world = self.world
        if row.of == OF_APPLICANT:
            return [self.known.notices["theirs" if about_self else "refusing"]]
        return [
            str((world.spoken if row.path.startswith("/staff") else world.served).id)
        ]

    def _token(self, row):
        if row.path.startswith("/endorsements"):
            return self.world.endorsing[row.of]
        if row.path == JOIN:
            return self.world.invitations[row.of]
        of_referee = row.path.startswith("/references")
        return self.world.links[row.of] if of_referee else self.world.reset

    def _proposals(self, row, *, about_self):
        world = self.world
        if about_self:
            return [world.theirs]
        known = {
            GRANT: [world.plain],
            CONDITIONAL: [world.granting],
            REFUSAL: [world.refusing],
        }
        return known.get(row.of, [world.refusing, world.granting])

    def _matches(self, row, *, about_self):
        world = self.world
        if about_self:
            return [str(world.their_match.id)]
        if "/merge/" in row.path:
            return [str(world.merging.id)]
        if row.method == "GET":
            return [str(m.id) for m in (world.match, world.told_apart, world.merging)]
        return [str(world.match.id)]

    def _persons(self, row, *, about_self):
        world = self.world
        known = {
            UNSENT: world.draft,
            HIDDEN: world.dead.entry,
            HIDDEN_STILL: world.withheld.entry,
            MERGED: world.merged.entry,
        }
        if about_self and row.of != UNSENT:
            return [str(world.theirs.person_id)]
        if row.of in known:
            return [str(known[row.of].person_id)]
        if row.method == "POST":
            return [str(world.listed.entry.person_id)]
        everybody = (world.asked, world.listed.entry, world.withheld.entry)
        return [str(of.person_id) for of in everybody]

    def sent(self, row, place, role):
        """What is posted there: where the role may act, it is done."""
        ready = BODIES.get(row.path, {})
        return ready(self.known, place, role) if callable(ready) else dict(ready)


def case_of(row, *, about_self):
    """Which of the applications a row of casework is about."""
    if row.of == UNSENT:
        return "draft"
    if about_self:
        return "theirs"
    if row.of == FREE:
        return "free"
    if "/evidence/" in row.path and row.of != ELSEWHERE:
        return "asked"
    return STANDING.get((row.method, row.path), "assessed")


STANDING = {
    ("POST", f"{CASE}/request/expiry"): "overdue",
    ("GET", f"{CASE}/approval"): "held_back",
    ("POST", f"{CASE}/approval"): "held_back",
    ("GET", f"{CASE}/hold"): "overdue",
    ("POST", f"{CASE}/hold/release"): "overdue",
    ("GET", SCRUTINY): "abroad",
    ("POST", f"{VERDICT}/approval"): "abroad",
    ("POST", f"{VERDICT}/return"): "abroad",
    ("GET", PORTFOLIO): "signed",
    ("POST", PORTFOLIO): "unsigned",
    ("POST", f"{PORTFOLIO}/recommendation"): "signed",
    ("GET", f"{CASE}/suitability"): "reviewing",
    ("POST", f"{CASE}/suitability"): "reviewing",
    ("GET", f"{CASE}/reversal"): "reversing",
    ("POST", f"{CASE}/reversal"): "owing",
    ("POST", f"{CASE}/reversal/approval"): "reversing",
    ("POST", f"{CASE}/reversal/return"): "reversing",
}
"""What may be done only to an application that stands so."""


@dataclass
class Known:
    """What the pages of a world hold."""

    world: object
    filed: dict
    checks: dict
    """The last of each section, of the application that is being assessed."""
    notices: dict
    """Of the applications on which a decision is proposed, by their names."""
    forms: dict = field(default_factory=dict)

    @classmethod
    async def of(cls, world, session):
        applications = {
            name: getattr(world, name)
            for name in (
                "asked",
                "overdue",
                "free",
                "assessed",
                "abroad",
                "signed",
                "unsigned",
                "reviewing",
                "reversing",
                "owing",
                "draft",
                "draft",
                "held_back",
                "registered",
            )
        }
        for name in PROPOSED:
            of = getattr(world, name).application_id
            applications[name] = await session.get_one(type(world.asked), of)
        checks = await session.execute(
            select(SectionCheck.section, func.max(SectionCheck.id))
            .where(SectionCheck.application_id == world.assessed.id)
            .group_by(SectionCheck.section)
        )
        return cls(
            world=world,
            filed={
                name: await Filed.of(session, application, unsent=world.unsent)
                for name, application in applications.items()
            },
            checks={str(section): str(last) for section, last in checks},
            notices={
                name: str(notice.id)
                for name in PROPOSED
                for notice in [
                    await open_notice(session, application_id=applications[name].id)
                ]
                if notice
            },
        )

    def stamp(self, place):
        """Of the application that the place is about."""
        proposals = {
            str(proposal.id): name
            for name in PROPOSED
            for proposal in [getattr(self.world, name)]
        }
        if "proposal_id" in place.at:
            filed = self.filed.get(proposals.get(place.at["proposal_id"]))
        else:
            filed = next(
                (
                    f
                    for f in self.filed.values()
                    if f.reference == place.at["reference"]
                ),
                None,
            )
        return dict(filed.stamp) if filed else {"version": "1", "latest": "1"}


@dataclass
class Filed:
    """What the addresses of an application name."""

    reference: str
    documents: dict
    """Those of restricted sections, and the others."""
    items: dict
    qualification: str
    request: str
    """To a referee, the last."""
    stamp: dict
    """What its pages carry, so that nobody decides on what they have not seen."""

    @classmethod
    async def of(cls, session, application, *, unsent):
        form = await form_of(session, application.id)
        documents = await session.scalars(
            select(Evidence)
            .where(Evidence.application_id == application.id, Evidence.id != unsent.id)
            .order_by(Evidence.added_at, Evidence.id)
        )
        held = Qualification.person_id == application.person_id
        referees = await asked_of(session, application)
        latest = await session.scalar(
            select(func.max(Event.id)).where(Event.application_id == application.id)
        )
        await session.refresh(application)
        filed = {True: [], False: []}
        for document in documents:
            filed[document.section.restricted].append(str(document.id))
        return cls(
            reference=application.reference,
            documents=filed,
            items={name: str(getattr(form, name).items[0].id) for name in LISTED},
            qualification=str(
                await session.scalar(select(Qualification.id).where(held))
            ),
            request=str(next((one.id for one in reversed(referees)), None)),
            stamp={"version": str(application.version), "latest": str(latest)},
        )


WITHIN = {
    "qualification_id": lambda filed: filed.qualification,
    "registration_id": lambda filed: filed.items["registrations"],
    "request_id": lambda filed: filed.request,
}
"""What else the address of an application may name."""


def stamped(**more):
    def made(known, place, _role):
        return known.stamp(place) | more

    return made


def from_the_page(known, place, _role):
    """What a browser of the applicant would send from the page as it stands."""
    return known.forms[form_at(place)]


def form_at(place):
    """The same for whichever item of a section."""
    return place.path, place.at.get("section")


def given_to(known, place, role):
    """A caseworker takes it, if it is free; anybody else gives it to one."""
    free = known.filed["free"].reference == place.at["reference"]
    to = role if free and role in ASSESSORS else Role.OTHER_CASEWORKER
    return known.stamp(place) | {"to": str(known.world.accounts[to].id)}


def given_at_once(known, _place, _role):
    """One that is free, and one that is nobody's to give any more."""
    found = [known.filed[name] for name in ("free", "registered")]
    chosen = [f"{one.reference}.{one.stamp['version']}" for one in found]
    to = known.world.accounts[Role.OTHER_CASEWORKER]
    return {"chosen": chosen, "to": str(to.id)}


def of_match(**more):
    """With what the page of the match carries."""

    def made(known, place, _role):
        world = known.world
        known_ones = {str(m.id): m for m in (world.match, world.merging)}
        found = known_ones.get(place.at["match_id"])
        if not found:
            return {"version": "1"} | more
        return {
            "version": str(found.version),
            "given_names": str(found.one_id),
            "family_name": str(found.one_id),
            "birth_date": str(found.one_id),
        } | more

    return made


def checked(known, place, _role):
    section = place.at["section"]
    heard = HEARD_IN.get(section, 0)
    seen = known.checks.get(section, "")
    return {"outcome": "met", "seen": seen, "heard": str(heard)}


def factor(known, _place, role):
    """As if the page had drawn the secret for whoever sends it."""
    account, secret = known.world.accounts.get(role), totp.new_secret()
    subject = f"{account.id if account else uuid4()} {secret}"
    until = NOW + timedelta(minutes=5)
    return {
        "code": totp.code_at(secret, NOW),
        "secret": links.sign(SECRET_LINK, subject, until=until),
        "password": PASSWORD,
    }


def signing_in(known, _place, role):
    account = known.world.accounts.get(role, known.world.accounts[Role.APPLICANT])
    return {"email": account.email, "password": PASSWORD}


def weighed(known, place, _role):
    """Every matter found acceptable."""
    said = {"conclusion": "suitable", "words": "In all"}
    for key in known.world.matters:
        said |= {f"weight_{key}": "acceptable", f"words_{key}": "Long ago"}
    return known.stamp(place) | said


def uploaded(_known, _place, _role):
    return {"kind": "letter", "file": pdf()}


def drafted(known, place, _role):
    """What the pages of a draft carry."""
    draft = known.world.rules[place.at["part"]]
    return {"version": str(draft.version)}


def to_user(known, _place, _role):
    return {"to": str(known.world.user.id)}


def of_provider(known, _place, _role):
    """One that has no account."""
    urn = known.world.homes["nobody's"].urn
    return {"urn": urn, "lead_name": "Lea Lead", "lead_email": "lea@example.org"}


def leaving(known, _place, _role):
    return {"leaving": str(known.world.asking.id)}


def particulars(_known, place, _role):
    """A file comes with the name; of the birth date the document is missing."""
    if place.at["kind"] != ChangeKind.NAME:
        return {"birth_date-day": "1"}
    return {
        "family_name": "Newname",
        "because": "deed_poll",
        "since-day": "1",
        "since-month": "3",
        "since-year": "2027",
        "file": pdf(),
    }


def change(known, _place, _role):
    return {"change": str(known.world.asking_change.id)}


def returned(known, place, role):
    return drafted(known, place, role) | {"words": "Look again"}


def figures(known, place, role):
    rules = msgspec.structs.asdict(known.world.rules[place.at["part"]].terms.rules)
    said = {
        name: ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in rules.items()
    }
    return said | drafted(known, place, role) | {"open": "yes"}


def beginning(known, place, role):
    day = {"begins_on-day": "1", "begins_on-month": "5", "begins_on-year": "2027"}
    return drafted(known, place, role) | day


def accepted(known, place, role):
    row = {"title": "A degree", "route": "degree", "country": "Wales"}
    return drafted(known, place, role) | row | {"verdict": "full"}


def standard(known, place, role):
    row = {"code": place.at["code"], "title": "Keep time", "meaning": "Be there"}
    return drafted(known, place, role) | row


def statement(known, place, role):
    row = {"code": place.at["code"], "words": "I will be there in time."}
    return drafted(known, place, role) | row


def outcome(known, place, role):
    row = {"code": place.at["code"], "title": "Lead a team"}
    return drafted(known, place, role) | row


def certified(_known, place, _role):
    at = f"r{place.at['registration_id'].replace('-', '')}"
    said = {"certified": "good_standing", "seen_as": "certificate"}
    day = {"status_on-day": "9", "status_on-month": "3", "status_on-year": "2027"}
    return {f"{at}-{name}": value for name, value in (said | day).items()}


def discharged(known, _place, _role):
    award = {"discharge-qualification": str(known.world.studied.id)}
    day = {"day": "1", "month": "3", "year": "2027"}
    award |= {f"discharge-awarded_on-{part}": value for part, value in day.items()}
    return award | {"discharge-words": "Met"}


def file_alone(_known, _place, _role):
    return {"file": pdf()}


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


SCRUTINISED = {
    "statement_reference": "0123-4567",
    "statement_on-day": "9",
    "statement_on-month": "3",
    "statement_on-year": "2027",
    "statement_level": "5",
    "practice_from": "A home manager",
    "practice_on-day": "9",
    "practice_on-month": "3",
    "practice_on-year": "2027",
    "translation": "not_needed",
    "verdict": "full",
    "because": "It compares",
}
FORM_PAGES = {
    "/apply/{reference}/{section}",
    "/apply/{reference}/{section}/items/{item}",
    "/apply/{reference}/employment-gaps",
}
BODIES = {
    "/webhooks/pay": signed,
    "/sign-in": signing_in,
    "/sign-in/code": {"code": "123456"},
    "/sign-in/recovery": {"code": "abcd-efgh-jkmn"},
    "/sign-in/reset": {"email": "nobody@example.org"},
    "/sign-in/reset/{token}": {"password": PASSWORD},
    "/sign-up": {"email": "nobody@example.org", "password": PASSWORD},
    "/sign-up/confirm": {"code": "123456"},
    "/account/data": {"password": PASSWORD},
    "/account/email": {"email": "nobody@example.org", "password": PASSWORD},
    "/account/email/confirm": {"code": "123456"},
    "/account/password": {"password": PASSWORD, "new_password": NEW_PASSWORD},
    "/account/recovery-codes": {"password": PASSWORD},
    "/account/second-factor": factor,
    "/account/second-factor/remove": {"password": PASSWORD},
    "/references/{token}": SAYING,
    "/references/{token}/decline": {"because": "other"},
    "/endorsements/{token}": ENDORSING,
    "/endorsements/{token}/decline": {"because": "other"},
    "/employer/endorsements/{request_id}": ENDORSING,
    "/employer/endorsements/{request_id}/decline": {"because": "concerns"},
    "/employer/endorsements/{request_id}/assignment": to_user,
    "/staff/applications/{reference}/endorsement/waiver": {
        "because": "agency",
        "words": "An agency",
    },
    "/employer/posts/{employment_id}": {"told": "does_not"},
    "/employer/users": {"name": "Una User", "email": "una@example.org"},
    "/staff/organisations/add": of_provider,
    "/staff/organisations/{organisation_id}/return": {"words": "Look again"},
    "/staff/organisations/{organisation_id}/end": {"words": "Sold"},
    "/certificates": {"part": "manager"},
    "/staff/certificates/{number}": {"part": "manager"},
    "/apply/begin": {"part": "manager"},
    "/apply/{reference}/send": {
        "version": "1",
        "privacy": "y",
        "true": "y",
        "signature": "A B",
    },
    "/apply/{reference}/evidence/{section}": uploaded,
    **dict.fromkeys(FORM_PAGES, from_the_page),
    "/staff/applications/{reference}/approval": stamped(words="Look again"),
    "/staff/applications/{reference}/assignment": given_to,
    "/staff/applications/assignment": given_at_once,
    "/staff/filters": {"name": "Late", "holder": "me", "due": "over"},
    "/staff/reading/{lock_id}/release": {"words": "They stood in for two others"},
    FILTER: {"name": "Nobody's", "opens_first": "no"},
    "/staff/applications/{reference}/notes": {"words": "A note"},
    "/staff/applications/{reference}/proposal": stamped(decision="refuse"),
    "/staff/applications/{reference}/qualifications/{qualification_id}": {
        "verdict": "no"
    },
    "/staff/applications/{reference}/qualifications/{qualification_id}/scrutiny": SCRUTINISED,
    "/staff/applications/{reference}/qualifications/{qualification_id}/verdict/return": {
        "words": "Look again"
    },
    "/staff/applications/{reference}/qualifications/{qualification_id}/portfolio": {
        "because": "The documents",
        **{f"outcome_{n}": "met" for n in range(1, 10)},
    },
    "/staff/applications/{reference}/qualifications/{qualification_id}/portfolio/recommendation": {
        "verdict": "no",
        "because": "Too little",
    },
    "/staff/applications/{reference}/hold": {"because": "police", "words": "A call"},
    "/staff/applications/{reference}/hold/release": {"words": "No further action"},
    "/staff/applications/{reference}/suitability": weighed,
    "/appeals/against/{about_id}": {"kind": "appeal", "grounds": "It is not so"},
    "/appeals/{appeal_id}/documents": file_alone,
    "/staff/appeals/{appeal_id}/acceptance": {"accept-words": "Was ill"},
    "/staff/appeals/{appeal_id}/refusal": {"away-words": "No reason"},
    "/staff/appeals/{appeal_id}/hearing": {
        "hearing-on-day": "1",
        "hearing-on-month": "5",
        "hearing-on-year": "2027",
    },
    "/staff/appeals/{appeal_id}/reconsideration": {
        "outcome-outcome": "stands",
        "outcome-words": "The rule is clear",
    },
    "/staff/appeals/{appeal_id}/proposal": {
        "outcome-outcome": "allowed",
        "outcome-words": "They are right",
    },
    "/staff/appeals/{appeal_id}/return": {"words": "Look again"},
    "/staff/applications/{reference}/reversal": {
        "because": "error_of_fact",
        "words": "Wrong",
    },
    "/staff/applications/{reference}/reversal/return": {"words": "Look again"},
    "/staff/applications/{reference}/registrations/{registration_id}": certified,
    "/staff/applications/{reference}/request": stamped(),
    "/staff/applications/{reference}/sections/{section}": checked,
    "/conditions/{condition_id}": file_alone,
    "/staff/conditions/{condition_id}/pause": {
        "pause-because": "break",
        "pause-from_on-day": "1",
        "pause-from_on-month": "3",
        "pause-from_on-year": "2027",
        "pause-words": "A break",
    },
    "/staff/conditions/{condition_id}/extension": {
        "extend-due_on-day": "1",
        "extend-due_on-month": "3",
        "extend-due_on-year": "2030",
        "extend-enrolled": "yes",
        "extend-forecast": "yes",
        "extend-words": "The college",
    },
    "/staff/conditions/{condition_id}/discharge": discharged,
    "/staff/conditions/{condition_id}/resumption": {
        "resume-until_on-day": "9",
        "resume-until_on-month": "3",
        "resume-until_on-year": "2027",
    },
    "/staff/conditions/{condition_id}/return": {"words": "Look again"},
    "/notices/{notice_id}": {"words": "I disagree"},
    "/notices/{notice_id}/documents": file_alone,
    "/staff/notices/{notice_id}/removal": {"words": "It should go"},
    "/staff/notices/{notice_id}/end": {"why": "It stays"},
    "/staff/removals/{entry_id}/notice": {"ground": "error", "words": "A mistake"},
    "/staff/removals/{entry_id}/conviction": {"evidence": "The court said so"},
    "/staff/removals/{entry_id}/return": {"words": "Look again"},
    "/messages/new": {"subject": "other", "words": "A question"},
    "/messages/{enquiry_id}": {"words": "One thing more"},
    "/staff/messages/{enquiry_id}": {"words": "An answer"},
    "/leaving": {
        "entry": "deputy",
        "because": "retired",
        "last_day-day": "30",
        "last_day-month": "3",
        "last_day-year": "2027",
        "understood": "yes",
    },
    "/leaving/withdrawal": leaving,
    "/particulars/{kind}": particulars,
    "/particulars/withdrawal": change,
    "/particulars/contact": {
        "mobile": "07700 900 999",
        "line_1": "1 New Road",
        "town": "Leeds",
        "in_uk": "yes",
        "postcode": "LS1 1AA",
    },
    "/particulars/employment": {
        "employer": "A provider",
        "role": "Manager",
        "part": "manager",
        "fte_percent": "100",
        "care": "yes",
        "supervisory": "yes",
        "manages": "yes",
        "since-day": "1",
        "since-month": "3",
        "since-year": "2027",
    },
    "/particulars/employment/{post_id}": {
        "last_day-day": "1",
        "last_day-month": "4",
        "last_day-year": "2027",
        "because": "Another post",
    },
    "/staff/entries/{entry_id}/facts/{fact_id}": {
        "true": "never",
        "because": "clerical_error",
        "words": "The fee was paid",
        "do": "propose",
    },
    "/staff/entries/{entry_id}/correction/return": {"words": "Look again"},
    "/staff/particulars/{change_id}/refusal": {"words": "Not shown"},
    "/staff/particulars/{change_id}/return": {"words": "Look again"},
    "/staff/leaving/{leaving_id}/refusal": {"words": "Not now"},
    "/staff/leaving/{leaving_id}/return": {"words": "Look again"},
    "/staff/persons/{person_id}/death": {
        "died_on-day": "1",
        "died_on-month": "3",
        "died_on-year": "2027",
        "told_by": "family",
    },
    "/staff/persons/{person_id}/withholding": {"because": "Danger"},
    "/staff/persons/{person_id}/showing": {"because": "No danger"},
    "/staff/persons/{person_id}/proposal/return": {"words": "Look again"},
    "/staff/rules/{part}/draft/figures": figures,
    "/staff/rules/{part}/draft/start": beginning,
    "/staff/rules/{part}/draft/qualifications/{code}": accepted,
    "/staff/rules/{part}/draft/qualifications/{code}/removal": drafted,
    "/staff/rules/{part}/draft/standards/{code}": standard,
    "/staff/rules/{part}/draft/standards/{code}/removal": drafted,
    "/staff/rules/{part}/draft/statements/{code}": statement,
    "/staff/rules/{part}/draft/statements/{code}/removal": drafted,
    "/staff/rules/{part}/draft/outcomes/{code}": outcome,
    "/staff/rules/{part}/draft/outcomes/{code}/removal": drafted,
    "/staff/rules/{part}/draft/proposal": drafted,
    "/staff/rules/{part}/proposal/approval": drafted,
    "/staff/rules/{part}/proposal/return": returned,
    "/staff/retention/{reference}": {
        "until_on-day": "9",
        "until_on-month": "3",
        "until_on-year": "2028",
        "words": "A court",
    },
    "/staff/watch-list/add": {
        "kind": "barred",
        "family_name": "Somebody",
        "source": "A body",
        "because": "A bar",
    },
    "/staff/watch-list/items/{item_id}/end": {"words": "The bar was lifted"},
    "/staff/watch-list/hits/{hit_id}/dismissal": {"words": "Somebody else"},
    "/staff/matches/{match_id}/difference": of_match(words="Two people"),
    "/staff/matches/{match_id}/merge": of_match(because="One person"),
    "/staff/matches/{match_id}/merge/approval": of_match(),
    "/staff/matches/{match_id}/merge/return": of_match(words="Look again"),
    "/staff/proposals/{proposal_id}/approval": stamped(),
    "/staff/proposals/{proposal_id}/return": stamped(words="Look again"),
}

DAYS_GONE_BY = (
    "?as_at=2027-03-09",
    "?as_at=2027-02-02&as_known=2027-03-09",
    "?as_known=2026-12-31",
)
QUERIES = {
    ("GET", "/search"): ("", "?q=Zqx", "?q=adebayo&part=manager", "?q={withheld}"),
    ("GET", "/register/{number}"): ("", *DAYS_GONE_BY),
    ("GET", "/api/v1/register/{number}"): ("", *DAYS_GONE_BY),
    ("GET", "/api/v1/register"): (
        "?q=Zqx",
        "?q=adebayo&status=registered",
        "?q={withheld}",
    ),
    ("GET", "/employer/staff"): ("", "?attention=yes"),
    ("GET", "/verify"): ("", "?serial=4F7K-2M9Q-X3ZB-8RTW"),
    ("GET", "/staff/persons"): ("", "?q=Zqx", "?q={withheld}"),
    ("GET", "/staff/applications"): ("", "?holder=me", "?state=proposed", "?due=over"),
    ("GET", "/staff/proposals"): ("", "?show=yours"),
    ("GET", "/staff/conditions"): ("", "?due=soon"),
    ("GET", "/staff/payments"): ("", "?show=due", "?show=paid"),
}
