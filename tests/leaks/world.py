"""A small register in which every word is a canary: somebody in each situation, and somebody for each role."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import select, text

from fees.invoice import Invoice, bill
from fees.payment import Payment, PaymentState, Receipt
from register.account import Account
from register.application import Application, SectionName, keep, submit
from register.application.answers import Health
from register.application.evidence import Evidence, EvidenceKind
from register.assessment import (
    AssessmentAct,
    Outcome,
    SectionCheck,
    Wanted,
    ask_for_more,
    note,
    propose_grant,
    propose_refusal,
    return_to_officer,
)
from register.certificate import Certificate
from register.entry import ConditionKind, Entry, NewCondition
from register.kit import store
from register.kit.files import StoredFile
from register.kit.jobs import enqueue
from register.kit.post import Failure, Message
from register.kit.security import links
from register.person import Person
from register.proposal import Proposal
from register.qualification import Qualification
from register.rule_set import Verdict
from register.web.reset import PURPOSE
from tests.applications import fill, make_document
from tests.applications import make_application as begin
from tests.leaks.canaries import Aviary, Subject
from tests.leaks.roles import (
    READERS,
    READERS_OF_RESTRICTED,
    STAFF_ROLES,
    TREASURY,
    Role,
)
from tests.leaks.telling import told_by
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.register.assessing import act, check, check_all, give

SENT_AT = NOW - timedelta(days=20)
EVIDENCE = {
    SectionName.IDENTITY: (
        EvidenceKind.PASSPORT,
        EvidenceKind.UTILITY_BILL,
        EvidenceKind.PHOTOGRAPH,
    ),
    SectionName.ENGLISH: (EvidenceKind.ENGLISH_TEST,),
    SectionName.HEALTH: (EvidenceKind.LETTER,),
}


@dataclass
class World:
    aviary: Aviary = field(default_factory=Aviary)
    accounts: dict[Role, Account] = field(default_factory=dict)

    asked: Application = None
    """The applicant's: every section is asked about, so that all may be changed."""
    unsent: Evidence = None
    """A document that the applicant has added since, and may take back."""
    assessed: Application = None
    """Being checked, after a proposal came back."""
    refusing: Proposal = None
    granting: Proposal = None
    theirs: Proposal = None
    """About a member of staff."""
    draft: Application = None
    """The other applicant's, which nobody else knows of."""
    owed: Invoice = None
    entry: Entry = None
    certificate: Certificate = None
    invoice: Invoice = None
    withheld: Person = None
    dead: Person = None
    message: Message = None
    job: int = 0
    reset: str = ""

    def subject(self, name, *own, **more):
        return Subject(self.aviary, name, frozenset(own), **more)


async def make_world(session):
    world = World()
    for role, roles in STAFF_ROLES.items():
        await staff(world, session, role, roles)
    await applicant(world, session)
    await being_assessed(world, session)
    await refusal(world, session)
    await grant(world, session)
    await about_staff(world, session)
    await draft(world, session)
    await owing(world, session)
    await registrant(world, session)
    await not_public(world, session)
    await outbox(world, session)
    await session.commit()
    return world


async def staff(world, session, role, roles):
    of = world.subject(role, role, staff=READERS)
    account = await make_account(
        session,
        *roles,
        name=of.told("name"),
        email=f"{of.private('email')}@example.org".lower(),
        password_hash=of.secret("password"),
    )
    world.accounts[role] = account


async def somebody(session, of, *, email=None, name=None):
    """An account with its person, both called by the same canaries."""
    given_names, family_name = name or (of.told("given name"), of.told("family name"))
    person = await make_person(session, given_names, family_name)
    account = await make_account(
        session,
        email=email or f"{of.told('email')}@example.org".lower(),
        password_hash=of.secret("password"),
        person=person,
    )
    return account, (given_names, family_name)


async def sent(world, session, of, account, name):
    """An application sent by the account, and in the caseworker's hands."""
    application = await begin(session, account=account, now=SENT_AT)
    await fill(session, application, told_by(of, name), evidence=(), now=SENT_AT)
    for section, kinds in EVIDENCE.items():
        for kind in kinds:
            word = of.restricted if section.restricted else of.told
            await uploaded(session, word, application, section, kind)
    by = make_process(session, now=SENT_AT, actor=account)
    await submit(session, application, by=by)
    await judged(session, application)
    officer = world.accounts[Role.CASEWORKER]
    await give(session, application, to=officer, giver=officer)
    await noted(world, session, of, application)
    return application


async def uploaded(session, word, application, section, kind, *, now=SENT_AT):
    evidence = await make_document(session, application, kind, section=section, now=now)
    file = await session.get_one(StoredFile, evidence.file_id)
    file.name = f"{word(f'file name {kind}')}.pdf"
    await store.put(file.cleaned_as, pieces(word(f"file {kind}")))
    return evidence


async def pieces(content):
    yield content.encode()


async def judged(session, application):
    held = Qualification.person_id == application.person_id
    for qualification in await session.scalars(select(Qualification).where(held)):
        qualification.verify(Verdict.FULL, now=NOW)


async def noted(world, session, of, application):
    officer = world.accounts[Role.CASEWORKER]
    by = act(session, AssessmentAct.NOTE, officer)
    note(application, of.office("note"), by=by)
    await session.flush()


async def applicant(world, session):
    """Asked about everything."""
    of = world.subject(Role.APPLICANT, Role.APPLICANT)
    account, name = await somebody(session, of)
    application = await sent(world, session, of, account, name)
    officer = world.accounts[Role.CASEWORKER]
    for section in SectionName:
        if section.assessed:
            word = of.restricted if section.restricted else of.told
            words = word(f"asked in {section}")
            await check(
                session, application, section, Outcome.ASK, officer=officer, words=words
            )
    by = act(session, AssessmentAct.ASK, officer)
    await ask_for_more(session, application, officer=officer, by=by)
    world.accounts[Role.APPLICANT], world.asked = account, application
    await changed(world, session, of)


async def changed(world, session, of):
    """What the applicant has put right so far, and not sent yet."""
    health = Health(affects_practice=True, details=of.private("health.details changed"))
    await keep(session, world.asked, SectionName.HEALTH, health, now=NOW)
    world.unsent = await uploaded(
        session,
        of.private,
        world.asked,
        SectionName.IDENTITY,
        EvidenceKind.NAME_CHANGE,
        now=NOW,
    )


async def being_assessed(world, session):
    """A grant was proposed and came back; now there is something to ask and something wanting."""
    of = world.subject("assessed")
    application = await sent(world, session, of, *await somebody(session, of))
    officer = world.accounts[Role.CASEWORKER]
    proposal = await grant_proposed(world, session, of, application)
    manager = world.accounts[Role.REGISTRAR]
    by = act(session, AssessmentAct.RETURN, manager)
    words = of.office("returned because")
    await return_to_officer(session, proposal, words=words, approver=manager, by=by)
    for section, outcome in (
        (SectionName.CONTACT, Outcome.ASK),
        (SectionName.CRIMINAL, Outcome.ASK),
        (SectionName.DBS, Outcome.NOT_MET),
        (SectionName.HEALTH, Outcome.NOT_MET),
    ):
        word = of.sealed_office if section.restricted else of.office
        words = word(f"{outcome} in {section}")
        await checked_again(
            session, application, section, outcome, officer=officer, words=words
        )
    world.assessed = application


async def checked_again(session, application, section, *args, **more):
    seen = await session.scalar(
        select(SectionCheck.id)
        .where(
            SectionCheck.application_id == application.id,
            SectionCheck.section == section,
        )
        .order_by(SectionCheck.id.desc())
        .limit(1)
    )
    await check(session, application, section, *args, seen=seen, **more)


async def refused(world, session, of, account, name):
    """A refusal that waits, for reasons of which one is restricted."""
    application = await sent(world, session, of, account, name)
    officer = world.accounts[Role.CASEWORKER]
    for section, word in (
        (SectionName.DBS, of.office),
        (SectionName.HEALTH, of.sealed_office),
    ):
        words = word(f"not met in {section}")
        await check(
            session, application, section, Outcome.NOT_MET, officer=officer, words=words
        )
    by = act(session, AssessmentAct.PROPOSE, officer)
    return await propose_refusal(session, application, proposer=officer, by=by)


async def refusal(world, session):
    of = world.subject("refusing")
    world.refusing = await refused(world, session, of, *await somebody(session, of))


async def grant_proposed(world, session, of, application):
    officer = world.accounts[Role.CASEWORKER]
    await check_all(session, application, officer=officer)
    wanted = Wanted(of.office("condition public"), of.office("condition internal"))
    by = act(session, AssessmentAct.PROPOSE, officer)
    proposal = await propose_grant(
        session, application, conditions=[wanted], proposer=officer, by=by
    )
    await session.flush()
    return proposal


async def grant(world, session):
    of = world.subject("granting")
    application = await sent(world, session, of, *await somebody(session, of))
    world.granting = await grant_proposed(world, session, of, application)


async def about_staff(world, session):
    """Colleagues read it, as they read any other; whom it is about does not, though they have the roles."""
    of = world.subject(
        "theirs",
        Role.INTERESTED,
        staff=READERS - {Role.INTERESTED},
        staff_of_restricted=READERS_OF_RESTRICTED - {Role.INTERESTED},
    )
    account = world.accounts[Role.INTERESTED]
    name = of.told("given name"), of.told("family name")
    person = await make_person(session, *name)
    account.person_id = person.id
    world.theirs = await refused(world, session, of, account, name)


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
    world.draft = await begin(session, account=account)
    await fill(session, world.draft, told_by(of, name), evidence=())
    world.accounts[Role.OTHER_APPLICANT] = account


async def owing(world, session):
    """Approved, billed, and not paid yet."""
    of = world.subject("owing")
    name = of.billed("given name"), of.billed("family name")
    account, _ = await somebody(session, of, name=name)
    world.owed = await billed(world, session, of, account, name)


async def billed(world, session, of, account, name):
    application = await sent(world, session, of, account, name)
    proposal = await grant_proposed_plainly(world, session, application)
    manager = world.accounts[Role.TEAM_MANAGER]
    by = act(session, AssessmentAct.APPROVE, manager)
    await proposal.approve(session, approver=manager, by=by)
    invoice = await bill(session, application, now=NOW)
    await session.flush()
    return invoice


async def grant_proposed_plainly(world, session, application):
    officer = world.accounts[Role.CASEWORKER]
    await check_all(session, application, officer=officer)
    by = act(session, AssessmentAct.PROPOSE, officer)
    proposal = await propose_grant(session, application, proposer=officer, by=by)
    await session.flush()
    return proposal


async def registrant(world, session):
    """Has paid, is in the register, and holds a certificate."""
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    name = of.public("given name"), of.public("family name")
    account, _ = await somebody(session, of, name=name)
    world.accounts[Role.REGISTRANT] = account
    world.invoice = await billed(world, session, of, account, name)
    await paid(world, session, of)
    world.entry = await entry_of(session, account)
    by = make_process(session)
    condition = NewCondition(
        ConditionKind.REGISTRATION, of.public("condition"), date(2027, 9, 1)
    )
    await world.entry.set_condition(session, condition, on=NOW, by=by)
    world.certificate = await Certificate.issue(session, world.entry, by=by)
    world.certificate.kept_as, world.certificate.printed_at = (
        f"certificates/{uuid4().hex}",
        NOW,
    )
    await store.put(world.certificate.kept_as, pieces(of.told("certificate file")))
    world.reset = links.sign(
        PURPOSE, f"{account.id} {account.mark}", until=NOW + timedelta(hours=1)
    )


async def paid(world, session, of):
    invoice = world.invoice
    application = await session.get_one(Application, invoice.application_id)
    by = make_process(session)
    payment = Payment(
        id=uuid4(),
        invoice_id=invoice.id,
        attempt=1,
        reference=f"{invoice.reference}-1",
        amount_pence=invoice.amount_pence,
        state=PaymentState.PAID,
        provider_id=world.aviary.word("registrant payment.provider_id", TREASURY),
        asked_at=NOW,
        ended_at=NOW,
        succeeded_at=NOW,
    )
    session.add(payment)
    await session.flush()
    session.add(
        Receipt(
            invoice_id=invoice.id,
            application_id=application.id,
            payment_id=payment.id,
            paid_at=NOW,
            process_id=by.id,
        )
    )
    await application.paid(session, on=NOW, by=by)
    await session.flush()


async def entry_of(session, account):
    entry_id = await session.scalar(
        select(Entry.id).where(Entry.person_id == account.person_id)
    )
    return await Entry.load(session, entry_id)


async def not_public(world, session):
    """In the register, and not to be found there."""
    for name, why in (
        ("withheld", {"withheld": True}),
        ("dead", {"deceased_on": date(2027, 3, 1)}),
    ):
        of = world.subject(name)
        person = await make_person(
            session, of.told("given name"), of.told("family name"), **why
        )
        await make_entry(session, person=person)
        setattr(world, name, person)


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
