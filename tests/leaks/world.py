"""A small register in which every word is a canary: somebody in each situation, and somebody for each role."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

import msgspec
from sqlalchemy import select, text

from fees.invoice import Invoice
from register.account import Account, StaffRole
from register.application import Application, SectionName, keep
from register.application.evidence import Evidence, EvidenceKind
from register.application.references import token_of
from register.assessment import (
    AssessmentAct,
    Filter,
    Holder,
    Outcome,
    Quota,
    ReadingEvent,
    ReadingLock,
    SavedFilter,
    return_to_officer,
)
from register.certificate import Certificate
from register.condition import (
    ConditionEvidence,
    PauseReason,
    Standing,
    propose_discharge,
    propose_pause,
)
from register.entry import ConditionKind, Entry, NewCondition
from register.entry.facts import Condition
from register.hiding import propose_showing
from register.kit import store
from register.kit.cleaning import MediaType
from register.kit.files import FileState, StoredFile
from register.kit.jobs import enqueue
from register.kit.post import Failure, Message
from register.kit.security import links
from register.leaving import Leaving, LeavingReason
from register.matching import (
    Match,
    MatchAct,
    Traits,
    WatchAct,
    WatchHit,
    WatchItem,
    WatchKind,
    look_for_matches,
    open_hits,
)
from register.merging import Choice, MergeAct, propose_merge
from register.part import Part
from register.person import Person
from register.proposal import Proposal
from register.rule_change import RuleDraft, begin, propose
from register.web.reset import PURPOSE
from tests.applications import make_health
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
    READERS_OF_THE_WATCH_LIST,
    STAFF_ROLES,
    TREASURY,
    Role,
)
from tests.leaks.table import ANSWERED, TAMPERED
from tests.leaks.telling import PEOPLE, birth_date
from tests.make import (
    NOW,
    NUMBERS,
    make_account,
    make_entry,
    make_person,
    make_process,
)
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
    asking: Leaving = None
    """The registrant's wish to leave one of their parts; from the other they have not asked to go."""
    leaving: Leaving = None
    """Somebody else's, that it is proposed to agree to."""
    owned: Condition = None
    """The registrant's."""
    undecided: Condition = None
    decided: Condition = None
    """On which it is proposed to do something."""
    paused: Condition = None
    proof: ConditionEvidence = None
    """Sent for the one that is decided."""
    match: Match = None
    """An applicant, and somebody in the register who may be they."""
    told_apart: Match = None
    merging: Match = None
    """To be merged, if a second person agrees."""
    their_match: Match = None
    """A member of staff, and somebody who may be they."""
    watched: WatchItem = None
    """Somebody who may not join."""
    hit: WatchHit = None
    their_hit: WatchHit = None
    """About a member of staff."""
    message: Message = None
    job: int = 0
    reset: str = ""
    links: dict[str, str] = field(default_factory=dict)
    """Of referees, by what became of them."""
    locked: ReadingLock = None
    """Somebody who opened too many restricted sections."""
    rules: dict[Part, RuleDraft] = field(default_factory=dict)
    filters: dict[Role, SavedFilter] = field(default_factory=dict)

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
    await leaving(world, session)
    await conditions(world, session)
    await alike(world, session)
    await to_be_merged(world, session)
    await watch_list(world, session)
    await outbox(world, session)
    await rules(world, session)
    await filters(world, session)
    await many_read(world, session)
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
    health = make_health(
        affects_practice=True, details=of.private("health.details changed")
    )
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
    by = make_process(session, actor=world.accounts[Role.CASEWORKER])
    await propose_showing(
        session,
        world.withheld.entry.person,
        because=world.subject("withheld").office("shown again because"),
        proposer=world.accounts[Role.CASEWORKER],
        by=by,
    )
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


async def leaving(world, session):
    await make_entry(session, person=world.listed.entry.person, part=Part.DEPUTY)
    world.asking = await ask_to_leave(session, world.listed.entry)
    of = world.subject("leaving", entered=True)
    name = of.public("given name"), of.public("family name")
    person = await make_person(session, *name, birth_date(of, next(PEOPLE)))
    world.leaving = await ask_to_leave(
        session, await make_entry(session, person=person)
    )
    officer = world.accounts[Role.CASEWORKER]
    by = make_process(session, actor=officer)
    await world.leaving.propose(session, proposer=officer, by=by)


async def ask_to_leave(session, entry):
    return await Leaving.ask(
        session,
        entry,
        because=LeavingReason.RETIRED,
        last_day=date(2027, 4, 1),
        by=make_process(session),
    )


async def conditions(world, session):
    world.owned = world.listed.entry.conditions[0]
    standings = []
    for name in ("undecided", "decided", "paused"):
        of = world.subject(name, entered=True)
        called = of.public("given name"), of.public("family name")
        person = await make_person(session, *called, birth_date(of, next(PEOPLE)))
        wanted = NewCondition(
            ConditionKind.QUALIFICATION, of.public("condition"), date(2029, 6, 30)
        )
        entry = await make_entry(session, person=person, conditions=[wanted])
        setattr(world, name, entry.conditions[0])
        standings.append(await Standing.of(session, entry, entry.conditions[0]))
    _, decided, paused = standings
    officer, registrar = (
        world.accounts[Role.CASEWORKER],
        world.accounts[Role.REGISTRAR],
    )
    by = make_process(session, actor=officer)
    words = world.subject("decided").office("discharged because")
    await propose_discharge(session, decided, words=words, proposer=officer, by=by)
    stop = await propose_pause(
        session,
        paused,
        because=PauseReason.SICKNESS,
        from_on=date(2027, 3, 1),
        words=world.subject("paused").office("paused because"),
        proposer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()
    by = make_process(session, actor=registrar)
    await stop.approve(session, approver=registrar, by=by)
    world.proof = await proof_of(world, session, decided)


async def proof_of(world, session, standing):
    """A document that has been found clean."""
    of = world.subject("proof")
    stored = StoredFile(
        id=uuid4(),
        owner_account_id=world.accounts[Role.REGISTRANT].id,
        name=f"{of.told('file name')}.pdf",
        media_type=MediaType.PDF,
        size=1,
        sha256=bytes(32),
        state=FileState.QUARANTINED,
        stored_as=f"2027-03-10/{uuid4().hex}",
        created_at=NOW,
    )
    stored.settle(FileState.CLEAN, now=NOW, cleaned_as=f"2027-03-10/{uuid4().hex}")
    session.add(stored)
    await session.flush()
    await store.put(stored.cleaned_as, pieces(of.told("file")))
    proof = ConditionEvidence(
        id=uuid4(),
        condition_id=standing.condition.id,
        file_id=stored.id,
        added_at=NOW,
    )
    session.add(proof)
    await session.flush()
    return proof


async def alike(world, session):
    """Somebody in the register who shares a National Insurance number with each of three others."""
    of = world.subject("alike")
    world.match = await matched(session, of, world.free.person_id)
    of = world.subject("alike to staff")
    account = world.accounts[Role.INTERESTED]
    world.their_match = await matched(session, of, account.person_id)
    of = world.subject("told apart")
    world.told_apart = await matched(session, of, world.owed.person_id)
    officer = world.accounts[Role.CASEWORKER]
    by = act(session, MatchAct.TELL_APART, officer)
    words = of.office("told apart because")
    await world.told_apart.tell_apart(session, because=words, by=by)


async def to_be_merged(world, session):
    of = world.subject("merging")
    world.merging = await matched(session, of, world.assessed.person_id)
    officer = world.accounts[Role.CASEWORKER]
    numbered = next(p for p in (world.merging.one, world.merging.other) if p.number)
    await propose_merge(
        session,
        world.merging,
        Choice(*[numbered.id] * 5),
        because=of.office("merge because"),
        proposer=officer,
        by=act(session, MergeAct.PROPOSE, officer),
    )


async def watch_list(world, session):
    """Somebody on it who shares a number with an applicant, and somebody who shares one with a member of staff."""
    world.watched, world.hit = await listed(world, session, world.free.person_id)
    account = world.accounts[Role.INTERESTED]
    _, world.their_hit = await listed(world, session, account.person_id)


async def listed(world, session, person_id):
    of = world.subject("watched")
    number = draw_ni_number()
    person = await session.get(Person, person_id)
    known = Traits.of(ni_number=number)
    await look_for_matches(session, person, known, by=make_process(session))
    item = await WatchItem.add(
        session,
        WatchKind.BARRED,
        given_names=of.watched("given names"),
        family_name=of.watched("family name"),
        other_names=[of.watched("other name")],
        birth_date=None,
        ni_number=of.secret("NI number", number),
        source=of.watched("source"),
        because=of.watched("reason"),
        by=act(session, WatchAct.ADD, world.accounts[Role.REGISTRAR]),
    )
    hits = await open_hits(session, person_id)
    return item, next(hit for hit in hits if hit.item_id == item.id)


async def matched(session, of, person_id):
    number = Traits.of(ni_number=of.secret("NI number", draw_ni_number()))
    name = of.told("given name"), of.told("family name")
    person = await make_person(session, *name, birth_date(of, next(PEOPLE)))
    await person.take_number(session)
    other = await session.get(Person, person_id)
    for one in (other, person):
        found = await look_for_matches(session, one, number, by=make_process(session))
    return next(match for match in found if match.seen_from(person.id) is other)


def draw_ni_number():
    return f"AB{next(NUMBERS):06}C"


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


async def filters(world, session):
    """One each, of whoever has a queue to look at."""
    for role in READERS:
        of = world.subject(f"filter of {role}", role)
        wanted = Filter(holder=Holder.NOBODY)
        account = world.accounts[role]
        world.filters[role] = await SavedFilter.save(
            session, account, of.private("filter"), wanted
        )


async def many_read(world, session):
    """By a caseworker who has left since."""
    of = world.subject("reader", staff=READERS_OF_THE_WATCH_LIST)
    reader = await make_account(
        session, StaffRole.CASEWORKER, name=of.told("name"), disabled_at=NOW
    )
    by = act(session, AssessmentAct.READ, reader)
    by.tell(ReadingEvent.WARNED, account=reader.id, sections=40)
    world.locked = ReadingLock.of(reader, Quota(80, warn=40, lock=80), by=by)
    session.add(world.locked)
