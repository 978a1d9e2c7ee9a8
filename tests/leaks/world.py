"""A small register in which every word is a canary: somebody in each situation, and somebody for each role."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

import msgspec
from sqlalchemy import select, text

from fees.invoice import Invoice
from register.account import Account
from register.application import Application, SectionName, keep
from register.application.answers import Health
from register.application.evidence import Evidence, EvidenceKind
from register.application.references import token_of
from register.assessment import AssessmentAct, Outcome, return_to_officer
from register.certificate import Certificate
from register.entry import Entry
from register.kit import store
from register.kit.jobs import enqueue
from register.kit.post import Failure, Message
from register.kit.security import links
from register.part import Part
from register.proposal import Proposal
from register.rule_change import RuleDraft, begin, propose
from register.web.reset import PURPOSE
from tests.leaks.canaries import Aviary, Canary, Subject
from tests.leaks.cases import (
    asked,
    billed,
    checked_again,
    drafted,
    grant_proposed,
    hash_of_password,
    named_another,
    noted,
    paid,
    pieces,
    refusal_proposed,
    sent,
    somebody,
    submitted,
    uploaded,
    with_factor,
)
from tests.leaks.roles import (
    READERS,
    READERS_OF_RESTRICTED,
    STAFF_ROLES,
    TREASURY,
    Role,
)
from tests.leaks.table import ANSWERED, TAMPERED
from tests.leaks.telling import PEOPLE, birth_date
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.register.assessing import act, give
from tests.register.referring import asked_of
from tests.register.referring import give as answered

SENT_AT = NOW - timedelta(days=20)
LONG_AGO = NOW - timedelta(days=60)
"""The time to answer what was asked then is over."""


@dataclass(frozen=True)
class Certified:
    """An entry and its certificate."""

    entry: Entry
    certificate: Certificate


@dataclass
class World:
    aviary: Aviary = field(default_factory=Aviary)
    accounts: dict[Role, Account] = field(default_factory=dict)

    asked: Application = None
    """The applicant's: every section is asked about, so that all may be changed."""
    unsent: Evidence = None
    """A document that the applicant has added since, and may take back."""
    overdue: Application = None
    """Asked about everything, and not answered in time."""
    free: Application = None
    """Assigned to nobody."""
    assessed: Application = None
    """Being checked, after a proposal came back; another referee has been asked since."""
    refusing: Proposal = None
    granting: Proposal = None
    """With a condition."""
    plain: Proposal = None
    """Without one."""
    theirs: Proposal = None
    """About a member of staff."""
    draft: Application = None
    """The other applicant's, which nobody else knows of."""
    owed: Invoice = None
    registered: Application = None
    invoice: Invoice = None
    listed: Certified = None
    """The registrant's."""
    withheld: Certified = None
    dead: Certified = None
    merged: Certified = None
    """Into somebody withheld."""
    message: Message = None
    job: int = 0
    reset: str = ""
    links: dict[str, str] = field(default_factory=dict)
    """Of referees, by what became of them."""
    rules: dict[Part, RuleDraft] = field(default_factory=dict)

    def subject(self, name, *own, **more):
        return Subject(self.aviary, name, frozenset(own), **more)


async def make_world(session):
    world = World()
    for role, roles in STAFF_ROLES.items():
        await staff(world, session, role, roles)
    await applicant(world, session)
    await late(world, session)
    await free(world, session)
    await being_assessed(world, session)
    await vouched(world, session)
    await refusal(world, session)
    await grant(world, session)
    await about_staff(world, session)
    await draft(world, session)
    await owing(world, session)
    await registrant(world, session)
    await not_public(world, session)
    await outbox(world, session)
    await rules(world, session)
    await session.commit()
    return world


async def staff(world, session, role, roles):
    of = world.subject(role, role)
    account = await make_account(
        session,
        *roles,
        name=of.told("name"),
        email=f"{of.private('email')}@example.org".lower(),
        password_hash=await hash_of_password(of),
    )
    await with_factor(session, of, account)
    world.accounts[role] = account


async def in_hand(world, session, of, account, name, *, at=SENT_AT):
    """Sent by the account, and with the caseworker."""
    application = await sent(session, of, account, name, at=at)
    officer = world.accounts[Role.CASEWORKER]
    await give(session, application, to=officer, giver=officer, now=at)
    await noted(session, of, application, officer=officer)
    return application


async def applicant(world, session):
    of = world.subject(Role.APPLICANT, Role.APPLICANT)
    account, name = await somebody(session, of)
    application = await in_hand(world, session, of, account, name)
    officer = world.accounts[Role.CASEWORKER]
    await asked(session, of, application, officer=officer)
    world.accounts[Role.APPLICANT], world.asked = account, application
    await changed(world, session, of)


async def changed(world, session, of):
    """What the applicant has put right so far, and not sent yet."""
    health = Health(affects_practice=True, details=of.private("health.details changed"))
    await keep(session, world.asked, SectionName.HEALTH, health, now=NOW)
    section, kind = SectionName.IDENTITY, EvidenceKind.NAME_CHANGE
    world.unsent = await uploaded(session, of.private, world.asked, section, kind)


async def late(world, session):
    of = world.subject("overdue")
    application = await in_hand(
        world, session, of, *await somebody(session, of), at=LONG_AGO
    )
    officer = world.accounts[Role.CASEWORKER]
    await asked(session, of, application, officer=officer, now=LONG_AGO)
    world.overdue = application


async def free(world, session):
    of = world.subject(
        "free", staff_of_restricted=READERS_OF_RESTRICTED - {Role.CASEWORKER}
    )
    world.free = await sent(session, of, *await somebody(session, of), at=SENT_AT)


async def being_assessed(world, session):
    """A grant was proposed and came back; now there is something to ask and something wanting."""
    of = world.subject("assessed")
    application = await in_hand(world, session, of, *await somebody(session, of))
    officer, registrar = (
        world.accounts[Role.CASEWORKER],
        world.accounts[Role.REGISTRAR],
    )
    proposal = await grant_proposed(session, of, application, officer=officer)
    by = act(session, AssessmentAct.RETURN, registrar)
    words = of.office("returned because")
    await return_to_officer(session, proposal, words=words, approver=registrar, by=by)
    for section, outcome in (
        (SectionName.CONTACT, Outcome.ASK),
        (SectionName.CRIMINAL, Outcome.ASK),
        (SectionName.DBS, Outcome.NOT_MET),
        (SectionName.HEALTH, Outcome.NOT_MET),
    ):
        word = of.found_of_restricted if section.restricted else of.found
        words = word(f"{outcome} in {section}")
        await checked_again(
            session, application, section, outcome, officer=officer, words=words
        )
    await named_another(session, of, application)
    world.assessed = application


async def vouched(world, session):
    """Whoever holds a referee's link reads of whom it speaks; one referee has answered by theirs."""
    of = world.subject("vouched")
    name = of.public("given name"), of.public("family name")
    account, _ = await somebody(session, of, name=name)
    application = await submitted(session, of, account, name, at=NOW)
    one, another = await asked_of(session, application)
    await answered(session, another)
    token = token_of(one)
    world.links = {
        "": token,
        ANSWERED: token_of(another),
        TAMPERED: token.swapcase(),
    }


async def refusal(world, session):
    of = world.subject("refusing")
    application = await in_hand(world, session, of, *await somebody(session, of))
    officer = world.accounts[Role.CASEWORKER]
    world.refusing = await refusal_proposed(session, of, application, officer=officer)


async def grant(world, session):
    of = world.subject("granting")
    application = await in_hand(world, session, of, *await somebody(session, of))
    officer = world.accounts[Role.CASEWORKER]
    world.granting = await grant_proposed(session, of, application, officer=officer)
    of = world.subject("plain")
    application = await in_hand(world, session, of, *await somebody(session, of))
    world.plain = await grant_proposed(
        session, of, application, officer=officer, plainly=True
    )


async def about_staff(world, session):
    """Colleagues read it, as they read any other; whom it is about does not, though they have the roles."""
    of = world.subject(
        "theirs",
        staff=READERS - {Role.INTERESTED},
        staff_of_restricted=READERS_OF_RESTRICTED - {Role.INTERESTED},
    )
    account = world.accounts[Role.INTERESTED]
    name = of.told("given name"), of.told("family name")
    account.person_id = (await make_person(session, *name)).id
    application = await in_hand(world, session, of, account, name)
    officer = world.accounts[Role.CASEWORKER]
    world.theirs = await refusal_proposed(session, of, application, officer=officer)


async def draft(world, session):
    """Nobody's business but the applicant's."""
    nobody = frozenset()
    of = world.subject(
        Role.OTHER_APPLICANT,
        Role.OTHER_APPLICANT,
        staff=nobody,
        staff_of_restricted=nobody,
    )
    account, name = await somebody(session, of)
    world.draft = await drafted(session, of, account, name)
    world.accounts[Role.OTHER_APPLICANT] = account


async def owing(world, session):
    """Approved, billed, and not paid yet."""
    of = world.subject("owing")
    name = of.billed("given name"), of.billed("family name")
    account, _ = await somebody(session, of, name=name)
    application = await in_hand(world, session, of, account, name)
    world.owed = await granted(world, session, of, application)


async def granted(world, session, of, application):
    officer, registrar = (
        world.accounts[Role.CASEWORKER],
        world.accounts[Role.REGISTRAR],
    )
    return await billed(session, of, application, officer=officer, registrar=registrar)


async def registrant(world, session):
    """Has paid, is in the register, and holds a certificate."""
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    name = of.public("given name"), of.public("family name")
    account, _ = await somebody(session, of, name=name)
    await with_factor(session, of, account)
    world.accounts[Role.REGISTRANT] = account
    world.registered = await in_hand(world, session, of, account, name)
    world.invoice = await granted(world, session, of, world.registered)
    provider_id = world.aviary.word(
        Canary(Role.REGISTRANT, "payment.provider_id", TREASURY)
    )
    await paid(session, world.registered, world.invoice, provider_id=provider_id)
    entry = await entry_of(session, account)
    world.listed = await certified(session, of, entry)
    subject = f"{account.id} {account.mark}"
    world.reset = links.sign(PURPOSE, subject, until=NOW + timedelta(hours=1))


async def entry_of(session, account):
    entry_id = await session.scalar(
        select(Entry.id).where(Entry.person_id == account.person_id)
    )
    return await Entry.load(session, entry_id)


async def certified(session, of, entry):
    by = make_process(session)
    certificate = await Certificate.issue(session, entry, by=by)
    certificate.kept_as, certificate.printed_at = f"certificates/{uuid4().hex}", NOW
    await store.put(certificate.kept_as, pieces(of.told("certificate file")))
    return Certified(entry, certificate)


async def not_public(world, session):
    """In the register, and not to be found there."""
    world.withheld = await entered(world, session, "withheld", withheld=True)
    died_on = date(2027, 3, 1)
    world.dead = await entered(world, session, "dead", deceased_on=died_on)
    into = world.withheld.entry.person_id
    world.merged = await entered(world, session, "merged", merged_into=into)


async def entered(world, session, name, **since):
    """Registered first; what became of them since then hides them."""
    of = world.subject(name)
    name = of.told("given name"), of.told("family name")
    person = await make_person(session, *name, birth_date(of, next(PEOPLE)))
    entry = await make_entry(session, person=person)
    known = await certified(session, of, entry)
    for what, value in since.items():
        setattr(person, what, value)
    await entry.project(session, now=NOW)
    return known


async def outbox(world, session):
    """A letter that did not arrive, and work that stopped."""
    await session.flush()
    letter = Message.application_id == world.asked.id
    world.message = await session.scalar(
        select(Message).where(letter, Message.letter == "application_more_information")
    )
    world.message.fail(now=NOW, because=Failure.UNDELIVERABLE)
    await enqueue(session, "send_message", {"message_id": uuid4()})
    stop = text(
        "update pgqueuer set status = 'failed' where id = (select max(id) from pgqueuer) returning id"
    )
    world.job = await session.scalar(stop)


async def rules(world, session):
    """A draft that somebody writes, and one that waits for a second person."""
    writer = world.accounts[Role.TEAM_MANAGER]
    for part in (Part.MANAGER, Part.DEPUTY):
        by = make_process(session, actor=writer)
        drafted = await begin(session, part, account=writer, by=by)
        terms = drafted.draft.terms
        shorter = msgspec.structs.replace(terms.rules, appeal_days=14)
        await drafted.draft.change(
            session,
            account=writer,
            seen=drafted.draft.version,
            terms=msgspec.structs.replace(terms, rules=shorter),
            begins_on=date(2027, 4, 1),
        )
        await session.flush()
        world.rules[part] = drafted.draft
    seen = drafted.draft.version
    by = make_process(session, actor=writer)
    await propose(session, drafted, seen=seen, proposer=writer, by=by)
    await session.flush()
