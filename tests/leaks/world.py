"""A small register in which every word is a canary: somebody in each situation, and somebody for each role."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

import msgspec
from sqlalchemy import select, text

from fees.invoice import Invoice
from register.account import Account, StaffRole
from register.appeal import (
    Appeal,
    AppealAct,
    AppealDocument,
    AppealKind,
    Outcome,
    ReversalAct,
    ReversalReason,
    decisions_on,
    propose_outcome,
    propose_reversal,
    refusal_of,
)
from register.application import Application, ApplicationState, SectionName, keep
from register.application.endorsement import (
    QueuedEndorsement,
    ask_again,
    endorsers_asked,
)
from register.application.evidence import Evidence, EvidenceKind
from register.application.outside import token_of
from register.assessment import (
    AssessmentAct,
    Filter,
    Holder,
    HoldReason,
    Quota,
    ReadingEvent,
    ReadingLock,
    SavedFilter,
    hold,
    matters_of,
    return_to_officer,
    send_to_review,
)
from register.assessment import Outcome as Found
from register.certificate import Certificate
from register.condition import (
    ConditionEvidence,
    PauseReason,
    Standing,
    propose_discharge,
    propose_pause,
)
from register.correction import Correction, CorrectionReason, propose_correction
from register.data_copy import DataCopy
from register.employment import Employment, Home
from register.enquiry import Enquiry, EnquiryMessage, EnquirySubject, messages_of
from register.entry import (
    ConditionKind,
    Entry,
    LapseReason,
    NewCondition,
    RemovalReason,
)
from register.entry.facts import Condition, Lapse
from register.hiding import propose_showing
from register.kit import store
from register.kit.cleaning import MediaType
from register.kit.clock import day_of
from register.kit.files import FileState, StoredFile
from register.kit.jobs import enqueue
from register.kit.post import Failure, Message
from register.kit.security import links
from register.kit.uploads import Received
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
from register.notice import (
    Notice,
    NoticeDocument,
    open_notice,
    propose_notice_of_removal,
    represent,
)
from register.organisation import Organisation, OrganisationUser, UserInvitation
from register.organisation import token_of as token_of_invitation
from register.part import Part
from register.particulars import ChangeReason, NewName, ParticularsChange, posts_of
from register.person import Person
from register.proposal import Proposal
from register.qualification import Qualification
from register.request import Request
from register.retention import keep_longer
from register.rule_change import RuleDraft, begin, propose
from register.web.reset import PURPOSE
from tests.applications import make_health, make_sent_application
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
    scrutinised,
    sent,
    somebody,
    submitted,
    uploaded,
    with_factor,
)
from tests.leaks.roles import (
    OWN_EMPLOYERS,
    READERS,
    READERS_OF_APPEALS,
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
    make_employment,
    make_entry,
    make_home,
    make_person,
    make_process,
)
from tests.register.assessing import (
    act,
    claimed_by_portfolio,
    give,
    signed_off,
    weighed,
)
from tests.register.employing import (
    invite,
    make_organisation,
    make_user,
    propose_organisation,
)
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
    abroad: Application = None
    """With a scrutiny that waits for a second person."""
    signed: Application = None
    """A portfolio that two assessors have signed."""
    unsigned: Application = None
    reviewing: Application = None
    """Its suitability is to be reviewed once more."""
    matters: tuple[str, ...] = ()
    """What is to be weighed of it."""
    refusing: Proposal = None
    granting: Proposal = None
    """With a condition."""
    plain: Proposal = None
    """Without one."""
    theirs: Proposal = None
    """About a member of staff."""
    old: Application = None
    """Has had its time, but for what a court needs of it."""
    draft: Application = None
    """The other applicant's, which nobody else knows of."""
    reversing: Application = None
    """Refused, and it is proposed to reverse that."""
    appeal: Appeal = None
    """The registrant's, against a condition; with a document."""
    document: AppealDocument = None
    late_appeal: Appeal = None
    reconsidered: Appeal = None
    proposed_appeal: Appeal = None
    """On which an outcome is proposed."""
    owing: Application = None
    """Approved, and not paid for."""
    owed: Invoice = None
    held_back: Application = None
    """Paid for; somebody on the watch list may be the applicant."""
    registered: Application = None
    invoice: Invoice = None
    copy: DataCopy = None
    """Of the registrant's data."""
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
    enquiry: Enquiry = None
    """The registrant's, answered once and waiting again, with a document."""
    enclosed: EnquiryMessage = None
    """The message that the document came with."""
    their_enquiry: Enquiry = None
    """A member of staff's."""
    asking_change: ParticularsChange = None
    """The registrant's."""
    change: ParticularsChange = None
    """Somebody else's, that it is proposed to make."""
    undecided_change: ParticularsChange = None
    post: Employment = None
    """Where the registrant works."""
    wrong: Lapse = None
    """That should not have been recorded, though nobody has said so yet."""
    corrected: Lapse = None
    """That it is proposed to take back."""
    undecided: Condition = None
    decided: Condition = None
    """On which it is proposed to do something."""
    paused: Condition = None
    proof: ConditionEvidence = None
    """Sent for the one that is decided."""
    homes: dict[str, Home] = field(default_factory=dict)
    """One of each provider: the own, the other, and those whose accounts are not open or not joined."""
    organisation: Organisation = None
    """For which the registrant works, and somebody withheld."""
    proposed_one: Organisation = None
    unjoined: Organisation = None
    user: OrganisationUser = None
    """The additional user."""
    invited: UserInvitation = None
    invitations: dict[str, str] = field(default_factory=dict)
    """Links to act for a provider, by what became of them."""
    queued: Request = None
    """For an endorsement, given to the additional user of the same provider."""
    vouching: Request = None
    """For an endorsement by a link, which nobody has answered."""
    endorsing: dict[str, str] = field(default_factory=dict)
    """Links to endorse by, by what became of them."""
    claim: Employment = None
    """A post that the provider has not confirmed yet."""
    served: Notice = None
    """On the registrant, who has not answered."""
    spoken: Notice = None
    """Answered, and not decided."""
    sent_with: NoticeDocument = None
    removing: Entry = None
    """Of which it is proposed to give notice."""
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
    await from_abroad(world, session)
    await portfolios(world, session)
    await vouched(world, session)
    await in_review(world, session)
    await refusal(world, session)
    await grant(world, session)
    await about_staff(world, session)
    await draft(world, session)
    await owing(world, session)
    await registrant(world, session)
    await held_back(world, session)
    await old(world, session)
    await not_public(world, session)
    await leaving(world, session)
    await conditions(world, session)
    await employers(world, session)
    await particulars(world, session)
    await enquiries(world, session)
    await corrections(world, session)
    await notices(world, session)
    await alike(world, session)
    await to_be_merged(world, session)
    await watch_list(world, session)
    await appeals(world, session)
    await reversal(world, session)
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
    await hold(
        session,
        application,
        because=HoldReason.REGULATOR,
        words=of.office("held because"),
        officer=officer,
        by=act(session, AssessmentAct.HOLD, officer),
    )
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
        (SectionName.CONTACT, Found.ASK),
        (SectionName.CRIMINAL, Found.ASK),
        (SectionName.DBS, Found.NOT_MET),
        (SectionName.HEALTH, Found.NOT_MET),
    ):
        word = of.found_of_restricted if section.restricted else of.found
        words = word(f"{outcome} in {section}")
        await checked_again(
            session, application, section, outcome, officer=officer, words=words
        )
    await named_another(session, of, application)
    await ask_again(session, application, by=make_process(session))
    world.assessed = application


async def from_abroad(world, session):
    of = world.subject("abroad")
    application = await in_hand(world, session, of, *await somebody(session, of))
    officer = world.accounts[Role.CASEWORKER]
    await scrutinised(session, of, application, officer=officer)
    world.abroad = application


async def portfolios(world, session):
    """Two of somebody who is not named in them: one signed by two assessors, one by nobody."""
    officer, other = (
        world.accounts[Role.CASEWORKER],
        world.accounts[Role.OTHER_CASEWORKER],
    )
    for name in ("unsigned", "signed"):
        of = world.subject(name)
        application = await in_hand(world, session, of, *await somebody(session, of))
        await claimed_by_portfolio(session, application)
        setattr(world, name, application)
    for assessor in (officer, other):
        words = of.office(f"portfolio.because {assessor.id.hex[:6]}")
        await signed_off(session, application, assessor, because=words)


async def vouched(world, session):
    """Whoever holds a referee's link reads of whom it speaks; one referee has answered by theirs."""
    of = world.subject("vouched")
    name = of.public("given name"), of.public("family name")
    account, _ = await somebody(session, of, name=name)
    application = await submitted(session, of, account, name, at=NOW)
    one, another = await asked_of(session, application)
    await answered(session, another)
    ((world.vouching, _),) = await endorsers_asked(session, application)
    world.endorsing = {
        "": token_of(world.vouching),
        TAMPERED: token_of(world.vouching).swapcase(),
    }
    ((endorsed, _),) = await endorsers_asked(session, world.asked)
    world.endorsing[ANSWERED] = token_of(endorsed)
    token = token_of(one)
    world.links = {
        "": token,
        ANSWERED: token_of(another),
        TAMPERED: token.swapcase(),
    }


async def in_review(world, session):
    of = world.subject("reviewing")
    application = await in_hand(world, session, of, *await somebody(session, of))
    officer = world.accounts[Role.CASEWORKER]
    words = of.found_of_restricted("weighed because")
    await weighed(session, application, officer, words=words)
    by = act(session, AssessmentAct.SEND_TO_REVIEW, officer)
    await send_to_review(session, application, officer=officer, by=by)
    matters = await matters_of(session, application)
    world.matters = tuple(matter.key for matter in matters)
    world.reviewing = application


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
    world.owing = application
    world.owed = await granted(world, session, of, application)


async def granted(world, session, of, application):
    officer, registrar = (
        world.accounts[Role.CASEWORKER],
        world.accounts[Role.REGISTRAR],
    )
    return await billed(session, of, application, officer=officer, registrar=registrar)


async def old(world, session):
    """Refused long ago: one that goes tonight, and one that is kept longer."""
    for kept in (False, True):
        application = await make_sent_application(session)
        application.state = ApplicationState.REFUSED
        application.closed_at = application.decided_at = NOW - timedelta(days=3700)
        if kept:
            world.old = application
            await keep_longer(
                session,
                application,
                until_on=day_of(NOW) + timedelta(days=90),
                words="A court",
                by=make_process(session),
            )


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
    world.copy = await copied(session, of, account)
    subject = f"{account.id} {account.mark}"
    world.reset = links.sign(PURPOSE, subject, until=NOW + timedelta(hours=1))


async def held_back(world, session):
    """Listed between the approval and the fee."""
    of = world.subject("held back")
    name = of.billed("given name"), of.billed("family name")
    account, _ = await somebody(session, of, name=name)
    world.held_back = await in_hand(world, session, of, account, name)
    invoice = await granted(world, session, of, world.held_back)
    await listed(world, session, account.person_id)
    provider_id = world.aviary.word(
        Canary("held back", "payment.provider_id", TREASURY)
    )
    await paid(session, world.held_back, invoice, provider_id=provider_id)


async def entry_of(session, account):
    entry_id = await session.scalar(
        select(Entry.id).where(Entry.person_id == account.person_id)
    )
    return await Entry.load(session, entry_id)


async def copied(session, of, account):
    copy = await DataCopy.ask(session, account, by=make_process(session))
    copy.json_kept_as = f"data-copies/{uuid4().hex}"
    copy.pdf_kept_as = f"data-copies/{uuid4().hex}"
    copy.made_at = NOW
    for name in (copy.json_kept_as, copy.pdf_kept_as):
        await store.put(name, pieces(of.private("copy of their data")))
    return copy


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
    of = world.subject("second entry", entered=True)
    wanted = NewCondition(ConditionKind.REGISTRATION, of.public("condition"))
    person = world.listed.entry.person
    on, part = NOW - timedelta(days=5), Part.DEPUTY
    await make_entry(session, person=person, part=part, on=on, conditions=[wanted])
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


async def particulars(world, session):
    """Each with a document that has been found clean."""
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    person = world.listed.entry.person
    world.asking_change = await ParticularsChange.ask_birth_date(
        session,
        person,
        date(1971, 12, 31),
        by=make_process(session),
        **evidence(of, "birth date"),
    )
    await cleaned(of, world.asking_change.file)
    world.post = next(
        post for post in await posts_of(session, person.id) if not post.last_day
    )
    for name in ("change", "undecided_change"):
        of = world.subject(name, entered=True)
        called = of.public("given name"), of.public("family name")
        person = await make_person(session, *called, birth_date(of, next(PEOPLE)))
        await make_entry(session, person=person)
        wanted = of.told("given name asked for"), of.told("family name asked for")
        found = await ParticularsChange.ask_name(
            session,
            person,
            NewName(*wanted, date(2027, 2, 1)),
            because=ChangeReason.MARRIAGE,
            by=make_process(session),
            **evidence(of, "name"),
        )
        await cleaned(of, found.file)
        setattr(world, name, found)
    officer = world.accounts[Role.CASEWORKER]
    by = make_process(session, actor=officer)
    await world.change.propose(session, proposer=officer, by=by)


async def enquiries(world, session):
    of, account = world.subject(Role.REGISTRANT, Role.REGISTRANT), world.accounts
    own, officer = account[Role.REGISTRANT], account[Role.CASEWORKER]
    world.enquiry = await ask(session, own, of.told("question"))
    answer = of.asked("answer to the question")
    by = make_process(session, actor=officer)
    await world.enquiry.answer(session, answer, by=by)
    file = evidence(of, "enclosed")["evidence"]
    words, by = of.told("second question"), make_process(session, actor=own)
    await world.enquiry.add(session, own, words, file=file, by=by)
    *_, world.enclosed = sorted(
        await messages_of(session, world.enquiry.id),
        key=lambda m: m.file_id is not None,
    )
    await cleaned(of, world.enclosed.file)
    world.their_enquiry = await ask(
        session,
        account[Role.INTERESTED],
        world.subject("theirs", Role.INTERESTED).told("question"),
    )


async def ask(session, account, words):
    return await Enquiry.begin(
        session,
        account,
        EnquirySubject.OTHER,
        words,
        file=None,
        by=make_process(session, actor=account),
    )


async def corrections(world, session):
    for name in ("wrong", "corrected"):
        of = world.subject(name, entered=True)
        called = of.public("given name"), of.public("family name")
        person = await make_person(session, *called, birth_date(of, next(PEOPLE)))
        entry = await make_entry(session, person=person)
        by, because = make_process(session), LapseReason.NON_PAYMENT
        on = NOW - timedelta(days=2)
        await entry.lapse(session, on=on, because=because, by=by)
        setattr(world, name, entry.lapses[0])
    officer = world.accounts[Role.CASEWORKER]
    await propose_correction(
        session,
        Correction(entry, world.corrected, None),
        because=CorrectionReason.CLERICAL_ERROR,
        words=of.office("corrected because"),
        proposer=officer,
        by=make_process(session, actor=officer),
    )


def evidence(of, what):
    received = Received(
        f"{of.told(f'{what} file name')}.pdf",
        MediaType.PDF,
        1,
        bytes(32),
        f"2027-03-10/{uuid4().hex}",
    )
    return {"evidence": received, "owner": uuid4()}


async def cleaned(of, stored):
    stored.settle(FileState.CLEAN, now=NOW, cleaned_as=f"2027-03-10/{uuid4().hex}")
    await store.put(stored.cleaned_as, pieces(of.told("file")))


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
    undecided, decided, paused = standings
    world.studied = Qualification(
        id=uuid4(),
        person_id=undecided.entry.person_id,
        title="Level 5 Diploma",
        awarding_body="City & Guilds",
        country="England",
        enrolled_on=date(2026, 9, 1),
    )
    session.add(world.studied)
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


async def notices(world, session):
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    own = await session.get_one(Entry, world.asking.entry_id)
    world.served = await notice_of_error(world, session, of, own)
    for name in ("spoken", "removing"):
        of = world.subject(name, entered=True)
        called = of.public("given name"), of.public("family name")
        account, _ = await somebody(session, of, name=called)
        entry = await make_entry(
            session, person=await session.get_one(Person, account.person_id)
        )
        if name == "removing":
            world.removing = entry
            await notice_proposed(world, session, of, entry)
            continue
        world.spoken = await notice_of_error(world, session, of, entry)
        by = make_process(session, actor=account)
        await represent(session, world.spoken, of.told("representations"), by=by)
        stored = await clean_file(world, session, of)
        world.sent_with = NoticeDocument(
            id=uuid4(), notice_id=world.spoken.id, file_id=stored.id, added_at=NOW
        )
        session.add(world.sent_with)
    await session.flush()


async def notice_of_error(world, session, of, entry):
    proposal = await notice_proposed(world, session, of, entry)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    by = make_process(session, actor=registrar)
    await proposal.approve(session, approver=registrar, by=by)
    await session.flush()
    return await open_notice(session, entry_id=entry.id)


async def notice_proposed(world, session, of, entry):
    officer = await make_account(session, StaffRole.CASEWORKER)
    proposal = await propose_notice_of_removal(
        session,
        await Entry.load(session, entry.id),
        because=RemovalReason.ERROR,
        words=of.asked("reasons of the notice"),
        proposer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()
    return proposal


async def proof_of(world, session, standing):
    of = world.subject("proof")
    stored = await clean_file(world, session, of)
    proof = ConditionEvidence(
        id=uuid4(),
        condition_id=standing.condition.id,
        file_id=stored.id,
        added_at=NOW,
    )
    session.add(proof)
    await session.flush()
    return proof


async def clean_file(world, session, of):
    """A document that has been found clean."""
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
    await cleaned(of, stored)
    session.add(stored)
    await session.flush()
    return stored


async def appeals(world, session):
    of = world.subject("appeal", Role.REGISTRANT, staff=READERS_OF_APPEALS)
    account = world.accounts[Role.REGISTRANT]
    found = await decisions_on(session, account.person_id)
    (decision,) = [d for d in found if d.about_id != world.owned.id]
    world.appeal = await lodge(
        session, account, decision, AppealKind.APPEAL, of.told("grounds")
    )
    stored = await clean_file(world, session, of)
    world.document = AppealDocument(
        id=uuid4(), appeal_id=world.appeal.id, file_id=stored.id, added_at=NOW
    )
    session.add(world.document)
    world.late_appeal = await appealed(
        world, session, "late appeal", decided_at=LONG_AGO
    )
    kind = AppealKind.RECONSIDERATION
    world.reconsidered = await appealed(world, session, "reconsidered", kind=kind)
    world.proposed_appeal = await appealed(world, session, "appeal proposed")
    adjudicator = await make_account(session, StaffRole.ADJUDICATOR)
    await propose_outcome(
        session,
        world.proposed_appeal,
        Outcome.DISMISSED,
        words=in_appeals(world, "appeal proposed").found("outcome because"),
        proposer=adjudicator,
        by=act(session, AppealAct.PROPOSE, adjudicator),
    )
    await session.flush()


def in_appeals(world, name):
    return world.subject(name, staff=READERS_OF_APPEALS)


async def appealed(world, session, name, *, kind=AppealKind.APPEAL, decided_at=NOW):
    """Against a refusal, of which one reason is restricted."""
    application, account = await refused(world, session, name, decided_at=decided_at)
    decision = await refusal_of(session, application)
    grounds = in_appeals(world, name).told("grounds")
    return await lodge(session, account, decision, kind, grounds)


async def lodge(session, account, decision, kind, grounds):
    by = act(session, AppealAct.LODGE, account)
    return await Appeal.lodge(
        session, decision, kind, grounds=grounds, account=account, by=by
    )


async def refused(world, session, name, *, decided_at=NOW):
    of = world.subject(
        name,
        staff=READERS | {Role.ADJUDICATOR},
        staff_of_restricted=READERS_OF_RESTRICTED | {Role.ADJUDICATOR},
    )
    account, called = await somebody(session, of)
    application = await in_hand(world, session, of, account, called)
    officer = world.accounts[Role.CASEWORKER]
    proposal = await refusal_proposed(session, of, application, officer=officer)
    await session.flush()
    registrar = world.accounts[Role.REGISTRAR]
    by = act(session, AssessmentAct.APPROVE, registrar, now=decided_at)
    await proposal.approve(session, approver=registrar, by=by)
    await session.flush()
    return application, account


async def reversal(world, session):
    world.reversing, _ = await refused(world, session, "reversing")
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await propose_reversal(
        session,
        world.reversing,
        because=ReversalReason.ERROR_OF_FACT,
        words=world.subject("reversing").office("reversed because"),
        proposer=registrar,
        by=act(session, ReversalAct.PROPOSE, registrar),
    )
    await session.flush()


async def employers(world, session):
    """A provider with a lead and an additional user, one with a lead, one that nobody has joined, and one proposed."""
    for n, name in enumerate(("own", "other", "unjoined", "proposed", "nobody's")):
        known_to = {"own": OWN_EMPLOYERS, "other": frozenset({Role.OTHER_EMPLOYER})}
        of_home = Canary(name, "home name", known_to.get(name, frozenset()))
        called = world.aviary.word(of_home)
        world.homes[name] = await make_home(
            session, urn=f"SC77{n:04}", name=called, town=None
        )
    own = await make_organisation(session, world.homes["own"])
    other = await make_organisation(session, world.homes["other"])
    world.organisation = own
    world.unjoined = await make_organisation(session, world.homes["unjoined"])
    world.proposed_one = await propose_organisation(
        session, world.homes["proposed"], officer=world.accounts[Role.CASEWORKER]
    )
    await employer(world, session, Role.EMPLOYER_LEAD, own, lead=True)
    world.user = await employer(world, session, Role.EMPLOYER_USER, own)
    await employer(world, session, Role.OTHER_EMPLOYER, other, lead=True)
    world.invited = await invite(session, own)
    used = await session.scalar(
        select(UserInvitation)
        .where(UserInvitation.organisation_id == own.id, ~UserInvitation.open)
        .limit(1)
    )
    token = token_of_invitation(world.invited)
    world.invitations = {
        "": token,
        ANSWERED: token_of_invitation(used),
        TAMPERED: token.swapcase(),
    }
    await at_work(world, session)
    await waiting(world, session)


async def waiting(world, session):
    """For the endorsement of the own provider; nothing else of the application is the provider's to know."""
    of = world.subject("waiting")
    name = of.employed("given name"), of.employed("family name")
    account, _ = await somebody(session, of, name=name)
    application = await submitted(session, of, account, name, at=NOW)
    ((world.queued, _),) = await endorsers_asked(session, application)
    queued = QueuedEndorsement(
        request_id=world.queued.id,
        organisation_id=world.organisation.id,
        user_id=world.user.id,
    )
    session.add(queued)
    await session.flush()


async def employer(world, session, role, organisation, *, lead=False):
    own = {role} if role is Role.OTHER_EMPLOYER else OWN_EMPLOYERS
    of = world.subject(role, *own)
    email = f"{of.asked('user email')}@example.org".lower()
    account = await make_account(
        session, email=email, password_hash=await hash_of_password(of)
    )
    await with_factor(session, of, account)
    world.accounts[role] = account
    return await make_user(
        session, organisation, lead=lead, account=account, name=of.asked("user name")
    )


async def at_work(world, session):
    """Those of whom the register holds most, and somebody whom it does not know yet."""
    home, other = world.homes["own"], world.homes["other"]
    hidden = (world.withheld.entry.person, world.dead.entry.person)
    for person in (world.listed.entry.person, *hidden):
        await make_employment(session, person, home, role="Manager")
    theirs = await session.get_one(Person, world.leaving.person_id)
    await make_employment(session, theirs, other, role="Manager")
    of = world.subject("claiming")
    name = of.employed("given name"), of.employed("family name")
    person = await make_person(session, *name, birth_date(of, next(PEOPLE)))
    world.claim = await make_employment(
        session, person, home, role=of.employed("post.role"), employer="Us"
    )


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
