"""What the world of the leak matrix does not hold: each state is made, shown to whom it concerns, and undone."""

from contextlib import asynccontextmanager
from datetime import date, timedelta
from errno import ECONNREFUSED
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.orm.exc import StaleDataError

from fees.invoice import bill_next_renewals, bill_reinstatements, bill_scrutiny
from fees.payment import OverpaidBecause, Overpayment, Payment, PaymentState
from fitness.case import CaseLink, CaseRisk, join
from fitness.concern import Referrer
from fitness.concern.told import ASKED
from fitness.escalation import escalate_old_cases
from fitness.notice_template import NoticeKind
from fitness.triage import Factor
from register.account import Account
from register.application import (
    Application,
    ApplicationState,
    SectionName,
    submit,
)
from register.application.evidence import EvidenceKind
from register.assessment import AssessmentAct, propose_reopening, qualifications_of
from register.by_link import token_of
from register.certificate import Certificate, grouped
from register.certificate.serial import draw_serial
from register.cpd import freeze
from register.cpd.audit import AuditCase, CaseState
from register.entry import Entry, LapseReason, RemovalReason
from register.kit.clock import end_of, start_of
from register.kit.files import FileState
from register.kit.post import Failure, Message
from register.kit.security import csrf
from register.kit.security.input import BODY_LIMIT
from register.notice import drop, notice_by_code
from register.part import Part
from register.proposal import Proposal, ProposalKind
from register.renewal import (
    Count,
    Fate,
    ReminderChannel,
    ReminderCount,
    RenewalStep,
    open_renewals,
)
from register.request import Request
from register.self_check import SelfCheck, Surface
from register.self_check.nightly import SelfCheckDifference
from tests.applications import (
    claim_by_portfolio,
    fill,
    make_application,
    make_document,
    make_form,
    map_portfolio,
)
from tests.browser import Browser
from tests.fees.owing import make_abroad, make_approved
from tests.fitness.investigating import close as close_case
from tests.fitness.investigating import (
    make_case,
    make_investigated,
    make_investigator,
)
from tests.fitness.raising import ANONYMOUS, BY_TELEPHONE, answered, make_concern
from tests.leaks.filed import LISTED
from tests.leaks.people import PASSWORD
from tests.leaks.roles import Role
from tests.leaks.rows import ANSWERED, TAMPERED
from tests.looks.docketed import dockets_in_every_state
from tests.looks.examined import examinations_in_every_state
from tests.looks.going_on import concerns_as_they_go_on
from tests.looks.heard import hearings_in_every_state
from tests.looks.investigated import (
    investigations_in_every_state,
    own_cases_in_every_state,
)
from tests.looks.noticed import notices_in_every_state
from tests.looks.ordered import orders_in_every_state
from tests.looks.published import (
    publications_in_every_state,
    published_in_every_state,
)
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.reading import Page
from tests.register.assessing import act, give, notice_given
from tests.register.learning import YEAR_END, make_record
from tests.register.referring import SAYING, asked_of
from tests.register.renewing import (
    CURED_UNTIL,
    ENDS,
    MIDNIGHT,
    OPENS,
    STEPS,
    do,
    opened,
)
from tests.register.standing import EVERYBODY as STANDING

HOUR = timedelta(hours=1)
DOCUMENTED = [SectionName.IDENTITY, SectionName.QUALIFICATIONS, SectionName.ENGLISH]


class Stage:
    """On which one state stands: `show` brings somebody to a page and keeps what they see."""

    def __init__(self, driver, database, album, session, state):
        self.driver, self.database = driver, database
        self.album, self.session, self.state = album, session, state
        self.world = driver.world

    @asynccontextmanager
    async def visitor(self, account=None, *, proved=False):
        await self.session.commit()
        app, sessions, clock = (
            self.driver.app,
            self.driver.sessions,
            self.driver.clock,
        )
        async with Browser(app, sessions, clock) as browser:
            if account:
                await browser.sign_in(account, proved=proved)
            yield browser

    @asynccontextmanager
    async def undone(self):
        """What is made in here is gone after it. The session's savepoints must not straddle ours."""
        await self.session.commit()
        async with self.driver.undone():
            try:
                yield
            finally:
                await self.session.rollback()

    async def show(self, browser, path, data=None, **options):
        """Goes there, or sends a form there and goes where that leads."""
        method = "GET"
        if data is not None:
            token = {csrf.FIELD: browser.csrf_token} if browser.token else {}
            method, options["data"] = "POST", token | data
        answer = await browser.request(method, path, follow_redirects=True, **options)
        self.album.add(f"{self.state}: {method} {path}", answer)
        return answer

    async def see(self, account, *paths, proved=False):
        async with self.visitor(account, proved=proved) as browser:
            for path in paths:
                await self.show(browser, path)


async def play(driver, database, album):
    """One state after another."""
    at = driver.clock.now
    for state in STATES:
        async with driver.undone(), driver.sessions() as session:
            await state(Stage(driver, database, album, session, state.__name__))
        driver.clock.now = at


async def everybody_in_the_register(stage):
    numbers = [await make(stage.session) for make in STANDING]
    addresses = [f"/register/{number}" for number in numbers]
    found = ("/search?q=Adebayo", "/search?q=Adebayo&status=suspended")
    days = [
        f"{address}?as_at={day}{known}"
        for address in addresses
        for day in ("2027-03-09", "2026-01-01")
        for known in ("", "&as_known=2027-03-10")
    ]
    await stage.see(None, *addresses, *found, *days, f"{addresses[0]}?as_at=2099-01-01")
    persons = await stage.session.scalars(text("select id from person"))
    registrar = stage.world.accounts[Role.REGISTRAR]
    histories = [f"/staff/persons/{person}" for person in persons]
    await stage.see(registrar, *histories, proved=True)


async def many_found(stage):
    for n in range(30):
        await make_entry(stage.session, family_name=f"Adébáyò{n * 'o'}")
    await stage.see(None, "/search?q=Adebayo")


async def nobody_found(stage):
    await stage.see(
        None,
        "/search?q=nobody+of+this+name",
        "/search?q=x",
        "/search?part=nonsense",
        f"/verify/{grouped(draw_serial())}",
        "/verify?serial=nonsense",
    )


async def long_names(stage):
    """As long as a form takes them, with nowhere to break."""
    person = await make_person(stage.session, "Wolfeschlegel" * 7, "Ó" * 100)
    entry = await make_entry(stage.session, person=person)
    account = await make_account(stage.session, person=person)
    await stage.see(
        None, f"/register/{person.number}", f"/search?q={person.family_name}"
    )
    await stage.see(
        account, "/certificates", "/account", "/apply", "/your-registration"
    )
    await stage.see(
        stage.world.accounts[Role.REGISTRAR],
        f"/staff/persons?q={person.family_name}",
        f"/staff/persons/{person.id}",
        f"/staff/certificates/{entry.person.number}",
        proved=True,
    )


async def draft_just_begun(stage):
    account = await make_account(stage.session)
    await stage.see(account, "/apply", "/apply/begin", "/account/payments", "/pay")
    await stage.see(account, "/your-registration", "/messages", "/messages/letters")
    application = await make_application(stage.session, account=account)
    await stage.see(account, "/your-registration")
    await through(stage, account, application)


async def draft_filled_in(stage):
    owner = stage.world.accounts[Role.OTHER_APPLICANT]
    for state in FileState:
        for section in DOCUMENTED:
            await make_document(
                stage.session,
                stage.world.draft,
                EvidenceKind.LETTER,
                section=section,
                state=state,
            )
    await through(stage, owner, stage.world.draft)


async def through(stage, account, application):
    """Every page of an application, each form sent empty too, and not sent by a stranger."""
    at = f"/apply/{application.reference}"
    async with stage.visitor(account) as browser:
        for path in ("", "/check", "/register-by", "/employment-gaps", "/withdraw"):
            await stage.show(browser, at + path)
        for section in application.kind.sections:
            await stage.show(browser, f"{at}/{section}")
            await stage.show(browser, f"{at}/{section}", {})
            await stage.show(browser, f"{at}/evidence/{section}")
        for section in LISTED:
            await stage.show(browser, f"{at}/{section}/items/new")
            await stage.show(browser, f"{at}/{section}/items/new", {})
        await stage.show(browser, f"{at}/send")
        await stage.show(browser, f"{at}/send", {})


async def by_a_portfolio(stage):
    """Nothing mapped, some of it, all of it; sent, and beside the place where an assessor signs."""
    account = await make_account(stage.session)
    application = await make_application(stage.session, account=account)
    await fill(stage.session, application, make_form())
    claimed = await claim_by_portfolio(stage.session, application)
    at = f"/apply/{application.reference}"
    async with stage.visitor(account) as browser:
        await stage.show(browser, f"{at}/qualifications")
        await stage.show(browser, f"{at}/portfolio", {})
        await stage.show(browser, f"{at}/portfolio/P1")
        await stage.show(browser, f"{at}/portfolio/P1", {"words": ""})
        await stage.show(browser, f"{at}/portfolio/P1/document")
        await stage.show(browser, f"{at}/portfolio/P1/document", {})
        await map_portfolio(stage.session, application, but=["P4"])
        await stage.show(browser, f"{at}/portfolio")
        await stage.show(browser, f"{at}/portfolio/P2")
        await stage.show(browser, f"{at}/evidence/portfolio")
        await map_portfolio(stage.session, application)
        await stage.show(browser, f"{at}/check")
        await stage.show(browser, at)
    await submit(stage.session, application, by=make_process(stage.session))
    await stage.see(account, f"{at}/check")
    case = f"/staff/applications/{application.reference}"
    await stage.see(
        stage.world.accounts[Role.CASEWORKER],
        f"{case}/qualifications/{claimed.id}/portfolio",
        f"{case}/sections/portfolio",
        proved=True,
    )
    # Signing is for those who assess what was taken up.
    officer = stage.world.accounts[Role.CASEWORKER]
    await give(stage.session, application, to=officer, giver=officer)
    await stage.see(
        officer, f"{case}/qualifications/{claimed.id}/portfolio", proved=True
    )


async def coming_back(stage):
    """Who did not renew, who has to wait, and who never can; a restoration as its applicant and staff see it."""
    for because in (RemovalReason.ORDER, RemovalReason.AUTOMATIC, None):
        person = await make_person(stage.session)
        account = await make_account(stage.session, person=person)
        entry = await make_entry(stage.session, person=person)
        by, on = make_process(stage.session), NOW - timedelta(days=9)
        if because:
            await entry.remove(stage.session, on=on, because=because, by=by)
        else:
            reason = LapseReason.NOT_RENEWED
            await entry.lapse(stage.session, on=on, because=reason, by=by)
        await stage.see(account, "/apply", "/account", "/your-registration")
    application = await make_application(stage.session, account=account)
    await through(stage, account, application)
    await fill(stage.session, application, make_form())
    await stage.see(
        account,
        f"/apply/{application.reference}",
        f"/apply/{application.reference}/employment",
        f"/apply/{application.reference}/check",
    )
    await submit(stage.session, application, by=make_process(stage.session))
    await stage.see(account, f"/apply/{application.reference}")
    casework = f"/staff/applications/{application.reference}"
    await stage.see(
        stage.world.accounts[Role.CASEWORKER],
        "/staff/applications",
        casework,
        f"{casework}/sections/skills",
        proved=True,
    )


async def applications_on_their_way(stage):
    """As their applicants see them."""
    world = stage.world
    decided = (world.refusing, world.granting, world.owed)
    known = (world.free, world.assessed, world.overdue, world.registered)
    ids = [one.id for one in known] + [one.application_id for one in decided]
    for known_by in ids:
        application = await stage.session.get_one(Application, known_by)
        owner = await owner_of(stage, application)
        await stage.see(owner, f"/apply/{application.reference}", "/apply")


async def applications_that_ended(stage):
    """In each way, as applicants and staff see them."""
    application = stage.world.free
    at = f"/staff/applications/{application.reference}"
    officer = stage.world.accounts[Role.CASEWORKER]
    for state in (
        ApplicationState.REFUSED,
        ApplicationState.WITHDRAWN,
        ApplicationState.CLOSED_UNPAID,
    ):
        async with stage.undone():
            known = {"state": state, "at": NOW, "day": NOW.date(), "id": application.id}
            await stage.session.execute(ENDED, known)
            owner = await owner_of(stage, application)
            await stage.see(owner, f"/apply/{application.reference}", "/apply")
            await stage.see(officer, at, f"{at}/sections", proved=True)


ENDED = text("""
update application set state = :state, closed_at = :at, decided_at = :at, approved_at = :at, pay_by = :day where id = :id
""")


async def refused(stage):
    """With the reasons, as the applicant is told them."""
    proposal = await stage.session.get_one(Proposal, stage.world.refusing.id)
    application = await stage.session.get_one(Application, proposal.application_id)
    registrar = stage.world.accounts[Role.REGISTRAR]
    by = act(stage.session, AssessmentAct.APPROVE, registrar)
    await proposal.approve(stage.session, approver=registrar, by=by)
    await stage.see(
        await owner_of(stage, application), f"/apply/{application.reference}", "/apply"
    )
    at = f"/staff/applications/{application.reference}"
    await stage.see(
        registrar, at, f"{at}/timeline", f"/staff/proposals/{proposal.id}", proved=True
    )


async def notice_to_an_applicant(stage):
    """Given, answered, and empty or wrong where something was to be written."""
    application = await stage.session.get_one(Application, stage.world.assessed.id)
    officer = stage.world.accounts[Role.CASEWORKER]
    notice = await notice_given(stage.session, application, officer)
    owner = await owner_of(stage, application)
    at = f"/notices/{notice.id}"
    await stage.see(owner, f"/apply/{application.reference}", "/apply", at)
    async with stage.visitor(owner) as browser:
        await stage.show(browser, at, {})
        await stage.show(browser, at, {"words": "I disagree with each of them."})
    case = f"/staff/applications/{application.reference}"
    await stage.see(
        officer, f"/staff/notices/{notice.id}", case, f"{case}/proposal", proved=True
    )


async def notices_by_post(stage):
    """As whoever has the letter sees it, with a wrong code too; the record of service, and what staff record; not served."""
    world = stage.world
    at, by_code = f"/staff/notices/{world.posted.id}", f"/notices/by-post/{world.code}"
    async with stage.visitor() as browser:
        await stage.show(browser, "/notices/by-post")
        await stage.show(browser, "/notices/by-post?code=")
        await stage.show(browser, "/notices/by-post/4F7K-2M9Q-X3ZB")
        await stage.show(browser, by_code)
        await stage.show(browser, by_code, {})
        await stage.show(browser, by_code, {"words": "I disagree with each of them."})
    person = f"/staff/persons/{world.posted.person_id}"
    message = await stage.session.get_one(Message, world.posted.message_id)
    message.fail(now=NOW, because=Failure.UNDELIVERABLE)
    await stage.session.flush()
    officer = world.accounts[Role.CASEWORKER]
    await stage.see(
        officer,
        at,
        "/staff/notices",
        "/staff/outgoing",
        f"{person}/contact",
        proved=True,
    )
    async with stage.visitor(officer, proved=True) as browser:
        for page in (f"{at}/service", f"{at}/received", f"{person}/address"):
            await stage.show(browser, page)
            await stage.show(browser, page, {})
    by = make_process(stage.session)
    notice = await notice_by_code(stage.session, world.code)
    await drop(stage.session, notice, words="It is met.", by=by)
    await stage.session.flush()
    async with stage.visitor() as browser:
        await stage.show(browser, by_code)


async def removal_of_an_entry(stage):
    """With a condition that is overdue, and what is missing in the forms."""
    entry_id = stage.world.undecided.entry_id
    stage.driver.clock.now = NOW + timedelta(days=1000)
    at = f"/staff/removals/{entry_id}"
    async with stage.visitor(
        stage.world.accounts[Role.CASEWORKER], proved=True
    ) as browser:
        await stage.show(browser, f"/staff/conditions/{stage.world.undecided.id}")
        await stage.show(browser, at)
        await stage.show(browser, f"{at}/notice", {})
        await stage.show(browser, f"{at}/conviction", {})
    stage.driver.clock.now = NOW


async def learning_in_every_state(stage):
    """A draft, records that are finished and renewed with, two that are alike, and what was answered to asking for less."""
    session, world = stage.session, stage.world
    person = world.listed.entry.person
    by = make_process(session)
    draft = await make_record(
        session, person, learnt="", reflection="", standards=(), kinds=()
    )
    twin = await make_record(session, person, **told_alike(world.learnt))
    world.less.person_id = person.id
    await world.less.grant(
        session, records=1, officer=world.accounts[Role.CASEWORKER], by=by
    )
    at = "/account/learning"
    registrant = world.accounts[Role.REGISTRANT]
    async with stage.visitor(registrant) as browser:
        await stage.show(browser, f"{at}/new", {"talked": "peer"})
        await stage.show(browser, f"{at}/{draft.id}")
        await stage.show(browser, f"{at}/{twin.id}")
        await stage.show(browser, f"{at}/less", {})
    await stage.see(
        world.accounts[Role.CASEWORKER],
        f"/staff/learning/less/{world.less.id}",
        proved=True,
    )
    await freeze(session, person.id, year_end=YEAR_END, by=by)
    await stage.see(registrant, at, f"{at}/{twin.id}", f"{at}/{twin.id}/change")


def told_alike(record):
    words = record.words
    return {name: getattr(words, name) for name in ("learnt", "impact", "reflection")}


async def audits_in_every_state(stage):
    """As the registrant reads of each, and whoever leads it."""
    session, world = stage.session, stage.world
    case = await session.get_one(AuditCase, world.own_audit.id)
    manager = world.accounts[Role.TEAM_MANAGER]
    for state in CaseState:
        case.state, case.ended_at = state, NOW if state.over else None
        case.condition_id = world.owned.id if state is CaseState.CONDITIONAL else None
        await session.flush()
        await stage.see(world.accounts[Role.REGISTRANT], "/account/learning/audits")
        await stage.see(manager, f"/staff/audits/cases/{case.id}", proved=True)
    async with stage.visitor(manager, proved=True) as browser:
        for case in (world.wanting, world.assessing, world.left_learning):
            await stage.show(browser, f"/staff/audits/cases/{case.id}")
        await stage.show(browser, f"/staff/audits/{world.announced.id}")


async def withdrawn(stage):
    application = stage.world.free
    async with stage.visitor(await owner_of(stage, application)) as browser:
        at = f"/apply/{application.reference}/withdraw"
        await stage.show(browser, at)
        await stage.show(browser, at, {})


async def referees(stage):
    """As those who hold a link see it, wrong and too late too, and as the applicant who has to name another."""
    world = stage.world
    at = f"/references/{world.links['']}"
    async with stage.visitor() as browser:
        await stage.show(browser, at, SAYING | {"again": "no"})
        await stage.show(browser, f"{at}/decline", {})
        await stage.show(browser, f"/references/{world.links[TAMPERED]}")
        await stage.show(browser, f"/references/{world.links[ANSWERED]}/sent")
        stage.driver.clock.now = NOW + timedelta(days=60)
        await stage.show(browser, at)
    stage.driver.clock.now = NOW
    application = await stage.session.get_one(Application, world.free.id)
    _, declined = await asked_of(stage.session, application)
    another = f"/apply/{application.reference}/referees/{declined.about_id}"
    async with stage.visitor(await owner_of(stage, application)) as browser:
        await stage.show(browser, another)
        await stage.show(browser, another, {})
    officer = world.accounts[Role.TEAM_MANAGER]
    section = f"/staff/applications/{application.reference}/sections/references"
    await stage.see(officer, section, proved=True)


async def endorsers(stage):
    """As the applicant has to name another, once the employer has said no by a link, and as the officer reads it."""
    request = await stage.session.get_one(Request, stage.world.vouching.id)
    application = await stage.session.get_one(Application, request.application_id)
    async with stage.visitor() as browser:
        at = f"/endorsements/{token_of(request)}"
        await stage.show(browser, f"{at}/decline", {"because": "concerns"})
    another = f"/apply/{application.reference}/endorser"
    async with stage.visitor(await owner_of(stage, application)) as browser:
        await stage.show(browser, f"/apply/{application.reference}")
        await stage.show(browser, another)
        await stage.show(browser, another, {})
    officer = stage.world.accounts[Role.TEAM_MANAGER]
    section = f"/staff/applications/{application.reference}/sections/endorsement"
    await stage.see(officer, section, proved=True)


async def owner_of(stage, application):
    return await stage.session.get_one(Account, application.account_id)


async def fee_to_pay(stage):
    application = await stage.session.get_one(
        Application, stage.world.owed.application_id
    )
    owner = await owner_of(stage, application)
    await stage.see(
        owner, "/pay", "/account/payments", f"/apply/{application.reference}"
    )
    stage.driver.clock.now = NOW + timedelta(days=60)
    await stage.see(owner, "/pay")


async def part_beside_another(stage):
    """As who pays only what it costs more reads it, and who has nothing to pay."""
    for held, asked in ((Part.DEPUTY, Part.MANAGER), (Part.MANAGER, Part.DEPUTY)):
        entry = await make_entry(stage.session, part=held)
        application = await make_approved(
            stage.session, person=entry.person, part=asked
        )
        owner = await owner_of(stage, application)
        await stage.see(owner, "/pay", "/apply", f"/apply/{application.reference}")


async def scrutiny_to_pay(stage):
    """As the applicant and the caseworker read that it waits."""
    session, officer = stage.session, stage.world.accounts[Role.CASEWORKER]
    application = await make_abroad(session)
    owner, at = await owner_of(stage, application), f"/apply/{application.reference}"
    invoice = await bill_scrutiny(session, application, now=NOW)
    await give(session, application, to=officer, giver=officer)
    (held,) = await qualifications_of(session, application)
    await stage.see(
        owner, "/pay", "/account/payments", "/your-registration", at, f"{at}/sent"
    )
    case = f"/staff/applications/{application.reference}"
    scrutiny = f"{case}/qualifications/{held.id}/scrutiny"
    pages = (case, f"{case}/sections/qualifications", scrutiny)
    await stage.see(officer, *pages, proved=True)
    treasurer = stage.world.accounts[Role.FINANCE_OFFICER]
    await stage.see(treasurer, f"/staff/payments/{invoice.reference}", proved=True)
    stage.driver.clock.now = NOW + timedelta(days=60)
    await stage.see(owner, "/pay")


async def money_of_others(stage):
    """As the employer, whoever has a link, the registrant and the finance officer see it."""
    world = stage.world
    collective, money = world.collective.reference, world.money.reference
    lead = world.accounts[Role.EMPLOYER_LEAD]
    await stage.see(lead, "/employer/fees", f"/employer/fees/{collective}", proved=True)
    treasurer = world.accounts[Role.FINANCE_OFFICER]
    other = "/staff/payments/other"
    await stage.see(
        treasurer,
        "/staff/payments/collective",
        f"/staff/payments/{collective}",
        other,
        f"{other}/record",
        f"{other}/{money}",
        f"{other}/{money}/refund",
        f"{other}/{money}/reversal",
        f"/staff/payments/{world.owed.reference}",
        proved=True,
    )
    async with stage.visitor(treasurer, proved=True) as browser:
        await stage.show(browser, f"{other}/record", {})
        await stage.show(browser, f"{other}/{money}/reversal", {})
        await stage.show(browser, f"{other}/{money}/refund", {})
        await stage.show(browser, f"{other}/{money}/refund", {"amount": "1"})
    registrant = world.accounts[Role.REGISTRANT]
    await stage.see(registrant, "/account/payments/agreement")
    async with stage.visitor() as browser:
        at = f"/pay/link/{world.paying['']}"
        await stage.show(browser, at)
        stage.driver.clock.now = NOW + timedelta(days=60)
        await stage.show(browser, at)
    stage.driver.clock.now = NOW


async def paid_and_not_entered_yet(stage):
    """While somebody looks, and after the approval was taken back."""
    application = await stage.session.get_one(Application, stage.world.held_back.id)
    owner = await owner_of(stage, application)
    own = ["/apply", f"/apply/{application.reference}", "/pay/result"]
    own += await links_on(stage, owner, "/account/payments")
    await stage.see(owner, *own)
    manager, registrar = (
        stage.world.accounts[Role.TEAM_MANAGER],
        stage.world.accounts[Role.REGISTRAR],
    )
    proposal = await propose_reopening(
        stage.session,
        application,
        words="Look again",
        proposer=manager,
        by=act(stage.session, AssessmentAct.PROPOSE_REOPENING, manager),
    )
    await stage.see(registrar, f"/staff/proposals/{proposal.id}", proved=True)
    by = act(stage.session, AssessmentAct.APPROVE, registrar)
    await proposal.approve(stage.session, approver=registrar, by=by)
    await stage.see(owner, *own)
    casework = f"/staff/applications/{application.reference}"
    await stage.see(manager, casework, proved=True)
    treasurer = stage.world.accounts[Role.FINANCE_OFFICER]
    await stage.see(treasurer, "/staff/payments?show=give_back", proved=True)


async def what_finance_takes_in_and_closes(stage):
    """Settlement files good and bad, money without an invoice asked about once more, and months in every state."""
    treasurer = stage.world.accounts[Role.FINANCE_OFFICER]
    at = "/staff/finance"
    left = f"{at}/unallocated/payments/{stage.world.credited.reference}-1"
    receipt = f"{at}/unallocated/receipts/unknown0receipt"
    owed = stage.world.owed.reference
    paid_on = {"paid_on-day": "9", "paid_on-month": "3", "paid_on-year": "2027"}
    async with stage.visitor(treasurer, proved=True) as browser:
        for rows in ("", "new1,INV-9999998-1,five,0,5,9 March\n"):
            file = f"Provider ID,Reference,Gross,Fee,Net,Settled on\n{rows}"
            sent = {"file": ("settlement.csv", file.encode(), "text/csv")}
            await stage.show(browser, f"{at}/settlements", {}, files=sent)
        for path, more in ((left, {"amount": "1"}), (receipt, paid_on)):
            await stage.show(browser, path, {"invoice": "tea"} | more)
            await stage.show(browser, path, {"invoice": owed} | more)
        await stage.show(browser, f"{at}/periods/2027-03/return", {"words": ""})
        await stage.show(browser, f"{at}/periods/2010-01")
        await stage.show(browser, f"{at}/periods/2027-02")
        stage.driver.clock.now = start_of(date(2027, 6, 30))
    await stage.see(treasurer, f"{at}/debt", f"{at}/periods/2027-05", proved=True)


async def money_that_two_agree_on(stage):
    """Fees, credit notes and refunds: as they are proposed, decided on, filled in wrongly and asked about once more."""
    treasurer = stage.world.accounts[Role.FINANCE_OFFICER]
    at = f"/staff/payments/{stage.world.credited.reference}"
    fee = "/staff/fees/renewal/manager"
    pages = (at, f"{at}/credit", f"{at}/refund", "/staff/fees", fee, f"{fee}/change")
    await stage.see(treasurer, *pages, "/staff/fees/renewal/deputy", proved=True)
    change = {
        "amount": "125",
        "pro_rata": "none",
        "each_part": "no",
        "first_year": "50%",
        "instalments": "30 September, 31 October",
        "begins_on-day": "1",
        "begins_on-month": "12",
        "begins_on-year": "2027",
    }
    back = {"payment": f"{stage.world.credited.reference}-1", "amount": "5"}
    waiting = await stage.session.scalars(select(Proposal).where(Proposal.waiting))
    for proposal in waiting.all():
        if proposal.kind in {ProposalKind.CREDIT, ProposalKind.REFUND}:
            proposal.withdraw(by=make_process(stage.session))
    await stage.session.flush()
    async with stage.visitor(treasurer, proved=True) as browser:
        await stage.show(browser, at)
        for form, answers in (
            (f"{fee}/change", change),
            (f"{fee}/change", {}),
            (f"{at}/credit", {}),
            (f"{at}/refund", back),
            (f"{at}/refund", {}),
        ):
            await stage.show(browser, form)
            await stage.show(browser, form, answers)


async def renewal_to_pay(stage):
    """Before all else is done, and when it was finished late."""
    opens = start_of(date(2027, 9, 1))
    entry = await make_entry(stage.session)
    owner = await make_account(stage.session, person=entry.person)
    await open_renewals(stage.session, opens)
    await bill_next_renewals(stage.session, now=opens)
    stage.driver.clock.now = opens
    await stage.see(owner, "/pay", "/account/payments")
    stage.driver.clock.now = start_of(date(2028, 1, 1))
    await stage.see(owner, "/pay")


async def renewals_in_every_state(stage):
    """As who renews reads it, before the last day and after it, and as staff read of all of them."""
    session, clock = stage.session, stage.driver.clock
    done = {
        "nothing": [],
        "paid": [RenewalStep.PAYMENT],
        "unpaid": STEPS,
        "all": [*STEPS, RenewalStep.PAYMENT],
        "overlooked": [],
    }
    renewals, owners = {}, {}
    for name, steps in done.items():
        entry, renewals[name] = await opened(session)
        owners[name] = await make_account(session, person=entry.person)
        await do(session, renewals[name], *steps)
    pages = "/renew", "/your-registration", "/renew/check", "/account/learning"
    clock.now = OPENS + HOUR
    for owner in owners.values():
        await stage.see(owner, *pages)
    await stage.see(
        stage.world.accounts[Role.CASEWORKER], "/staff/renewals", proved=True
    )

    renewals["paid"].extended_until = ENDS + timedelta(days=28)
    clock.now = MIDNIGHT + HOUR
    await bill_next_renewals(session, now=clock.now)
    for name in ("nothing", "paid", "unpaid"):
        await stage.see(owners[name], *pages, "/pay")
    await do(session, renewals["nothing"], *done["all"], at=clock.now)
    await bill_reinstatements(session, clock.now)
    await stage.see(owners["nothing"], "/renew", "/pay")
    await end(session, renewals["unpaid"])
    await stage.see(owners["unpaid"], *pages, "/pay")
    clock.now = end_of(CURED_UNTIL)
    for name in ("unpaid", "overlooked"):
        await stage.see(owners[name], *pages, "/pay")
    await stage.see(owners["overlooked"], "/renew/more-time")
    await stage.see(
        stage.world.accounts[Role.CASEWORKER],
        "/staff",
        "/staff/renewals?state=overlooked",
        f"/staff/renewals/{renewals['overlooked'].id}/more-time",
        proved=True,
    )


async def end(session, renewal):
    entry_id = await session.scalar(
        select(Entry.id).where(Entry.person_id == renewal.person_id)
    )
    entry = await Entry.load(session, entry_id, lock=True)
    by = make_process(session, now=MIDNIGHT)
    await entry.lapse(session, on=MIDNIGHT, because=LapseReason.NON_PAYMENT, by=by)
    await session.flush()


async def cases_in_every_state(stage):
    """As their investigator works on them, and as those who answer for them give and restrict them."""
    session = stage.session
    worker = await make_investigator(session, name="Inez Vance")
    case = await make_case(session, taker=worker)
    risen = await make_investigated(session, taker=worker)
    closed = await make_case(session, taker=worker, person=risen.person)
    joined = await make_case(session, taker=worker, person=risen.person)
    act = make_process(session, actor=worker)
    await close_case(session, closed)
    await join(session, joined, risen, words="One story", by=act)
    await CaseLink.make(session, case, risen, words="The same night", by=act)
    risen.note(session, "She called back.", by=act)
    for likelihood, harm in ((1, 2), (3, 3), (5, 5)):
        CaseRisk.rate(
            session,
            risen,
            likelihood=likelihood,
            harm=harm,
            words="As far as we know",
            by=act,
        )
    await session.flush()
    pages = "", "/triage", "/risk", "/links", "/people", "/history", "/reading"
    for one in (case, risen, closed, joined):
        at = f"/staff/cases/{one.reference}"
        await stage.see(worker, *(f"{at}{page}" for page in pages[:-1]), proved=True)
        manager = stage.world.accounts[Role.TEAM_MANAGER]
        await stage.see(manager, *(f"{at}{page}" for page in pages), proved=True)
    factors = (f"/staff/cases/{case.reference}/triage/{one}" for one in Factor)
    lists = ("/staff/cases", "/staff/cases?stage=closed", "/staff/cases/open")
    await stage.see(worker, *factors, *lists, proved=True)
    async with stage.visitor(worker, proved=True) as browser:
        again = {"number": case.person.number, "words": "A call"}
        await stage.show(browser, "/staff/cases/open", again)
        notice = {"words": "A concern", "way": "post"}
        await stage.show(browser, f"/staff/cases/{risen.reference}/notice", notice)
    nobody = await make_investigator(session, name="Ned Newcomer")
    await stage.see(nobody, "/staff/cases", proved=True)
    later = stage.driver.clock.now = NOW + timedelta(days=400)
    await escalate_old_cases(session, later)
    at = f"/staff/cases/{case.reference}"
    await stage.see(worker, "/staff/cases", at, f"{at}/history", proved=True)
    await stage.see(manager, "/staff/cases/figures", proved=True)


async def concerns_as_they_are_told(stage):
    """By each who may tell of one: every question, asked, answered and wrongly answered, and what follows."""
    for referrer in Referrer:
        async with stage.visitor() as browser:
            begun = await stage.show(browser, "/concerns/start", {"referrer": referrer})
            at = f"/concerns/{Page(begun).facts['Reference']}"
            await stage.show(browser, at)
            await stage.show(browser, f"{at}/check")
            for section in ASKED[referrer]:
                await stage.show(browser, f"{at}/{section}")
                await stage.show(browser, f"{at}/{section}", {"last_on-day": "x"})
                await stage.show(
                    browser, f"{at}/{section}", answered(referrer, section)
                )
                await stage.show(browser, f"{at}/{section}")
            for page in ("duties", "documents", "delete", "check", ""):
                await stage.show(browser, f"{at}/{page}".rstrip("/"))
            if referrer is Referrer.EMPLOYER:
                await refer(stage, browser, at)
            await stage.show(browser, f"{at}/check", {})
            await stage.show(browser, f"{at}/check", {"true": "yes"})
            await stage.show(browser, f"{at}/leave", {})
    await stage.see(None, "/concerns/start", "/concerns/return", f"{at}/what")
    async with stage.visitor() as browser:
        await stage.show(browser, "/concerns/start", {})
        await stage.show(browser, "/concerns/return", {})
        await stage.show(browser, f"{at}/what", {"words": "Typed"})


async def refer(stage, browser, at):
    """What only an employer meets."""
    for because in ("none", "suspended"):
        answer = {"because": because, "grounds": "none"}
        await stage.show(browser, f"{at}/trigger", answer)
    await stage.show(browser, f"{at}/trigger", {"because": "dismissed"})
    await stage.show(browser, f"{at}/duties", {"dbs_whom": "Ada"})
    await stage.show(browser, f"{at}/harm", {"harm": "none"})
    await stage.show(browser, f"{at}/duties")
    for page, answer in {
        "harm": {"harm": ["harm_test", "relevant_conduct"]},
        "allegation": {"allegation": ["risk", "offence"]},
        "incident": {"incident": "abuse"},
        "crime": {"crime": "yes"},
        "teacher": {"teacher": "yes"},
    }.items():
        await stage.show(browser, f"{at}/{page}", answer)
    told = {"dbs_on-day": "1", "dbs_on-month": "3", "dbs_on-year": "2027"}
    await stage.show(browser, f"{at}/duties", told)


async def concerns_as_staff_have_them(stage):
    """Those of an employer, of somebody unknown and of somebody with a telephone: new, late, screened and settled."""
    session, officer = stage.session, stage.world.accounts[Role.INVESTIGATOR]
    employer = await make_concern(session, Referrer.EMPLOYER)
    unknown = await make_concern(session, said=ANONYMOUS)
    ringing = await make_concern(session, Referrer.CHILD, said=BY_TELEPHONE)
    lost = await make_concern(session)
    letter = await session.scalar(
        select(Message).where(
            Message.key == lost.key_of(NoticeKind.CONCERN_ACKNOWLEDGED)
        )
    )
    letter.fail(now=NOW, because=Failure.UNDELIVERABLE)
    person = (await make_entry(session, family_name="Marsh")).person
    await session.flush()
    async with stage.visitor(officer, proved=True) as browser:
        for concern in (employer, unknown, ringing, lost):
            at = f"/staff/concerns/{concern.reference}"
            await stage.show(browser, at)
            for q in ("Marsh", "Nobody", ""):
                await stage.show(browser, f"{at}/search", {"q": q})
            for step in ("person", "screen", "acknowledgement"):
                await stage.show(browser, f"{at}/{step}")
                await stage.show(browser, f"{at}/{step}", {})
            await stage.show(browser, f"{at}/person", {"person": person.number})
            looked = {"at_risk": "yes", "words": "A child lives there"}
            await stage.show(browser, f"{at}/screen", looked)
            for step in ("signpost", "passing-on"):
                await stage.show(browser, f"{at}/{step}")
                await stage.show(browser, f"{at}/{step}", {})
        seen = {"because": "not_about_fitness", "towards": "ofsted", "words": "A leak"}
        at = f"/staff/concerns/{ringing.reference}/signpost"
        await stage.show(browser, at.replace(ringing.reference, lost.reference), seen)
        await stage.show(browser, at, seen)
        at = f"/staff/concerns/{employer.reference}"
        await stage.show(browser, f"{at}/case")
        await stage.show(browser, f"{at}/case", {})
        await stage.show(browser, f"{at}/case", {"into": "new"})
        await stage.show(browser, at)
        at = f"/staff/concerns/{unknown.reference}"
        await stage.show(browser, f"{at}/case")
        police = {"towards": "police", "words": "By telephone"}
        await stage.show(browser, f"{at}/passing-on", police)
        await stage.show(browser, "/staff/concerns")
        await stage.show(browser, "/staff/concerns?show=settled")
    stage.driver.clock.now += 30 * 24 * HOUR
    await stage.see(officer, "/staff/concerns", at, proved=True)


async def links_on(stage, account, path):
    """The page, and those of the payments that it leads to."""
    async with stage.visitor(account) as browser:
        page = Page(await browser.get(path))
    return [
        path,
        *(link for link in page.links.values() if link.startswith(f"{path}/")),
    ]


async def payments_in_every_state(stage):
    """And their invoice as finance sees it."""
    owed = stage.world.owed
    application = await stage.session.get_one(Application, owed.application_id)
    owner = await owner_of(stage, application)
    for state in PaymentState:
        for because in (None, *(OverpaidBecause if state.paid else ())):
            async with stage.undone():
                await paid_into(stage, state, because)
                await stage.see(owner, "/pay/result", "/account/payments")
                await stage.see(
                    stage.world.accounts[Role.FINANCE_OFFICER],
                    "/staff/payments",
                    f"/staff/payments/{owed.reference}",
                    proved=True,
                )


async def paid_into(stage, state, because):
    owed = stage.world.owed
    payment = Payment(
        id=uuid4(),
        invoice_id=owed.id,
        attempt=1,
        reference=f"{owed.reference}-1",
        amount_pence=owed.amount_pence,
        state=state,
        provider_id=uuid4().hex,
        asked_at=NOW,
        ended_at=None if state.unsettled else NOW,
        succeeded_at=NOW if state.paid else None,
    )
    stage.session.add(payment)
    await stage.session.flush()
    if because:
        stage.session.add(
            Overpayment(
                payment_id=payment.id,
                invoice_id=owed.id,
                amount_pence=owed.amount_pence,
                because=because,
                found_at=NOW,
                process_id=make_process(stage.session).id,
            )
        )


async def certificates(stage):
    """Being made, taking too long, not to be printed, and replaced by a newer one; as their owner, staff and others see them."""
    world = stage.world
    entry = await Entry.load(stage.session, world.listed.entry.id)
    before, owner = world.listed.certificate, world.accounts[Role.REGISTRANT]
    made = await Certificate.issue(stage.session, entry, by=make_process(stage.session))
    pages = [f"/certificates/{grouped(one.serial)}" for one in (before, made)]
    checks = [f"/verify/{grouped(one.serial)}" for one in (before, made)]
    office = f"/staff/certificates/{entry.person.number}"
    await stage.see(owner, "/certificates", *pages)
    await stage.see(None, *checks)
    officer = world.accounts[Role.CASEWORKER]
    await stage.see(officer, office, *pages, proved=True)
    stage.driver.clock.now = NOW + timedelta(hours=1)
    await stage.see(owner, pages[1])
    stage.driver.clock.now = NOW
    made.unprintable = "ↁ"
    await stage.see(owner, "/certificates", pages[1])


async def certificate_out_of_date(stage):
    """What it says is no longer what the register says."""
    known = stage.world.listed
    at = f"/verify/{grouped(known.certificate.serial)}"
    entry = await Entry.load(stage.session, known.entry.id)
    entry.person.family_name = "Newlywed"
    await entry.project(stage.session, now=NOW)
    await stage.see(None, at)
    stage.driver.clock.now = later = NOW + timedelta(days=1)
    by = make_process(stage.session, now=later)
    await entry.remove(stage.session, on=later, because=RemovalReason.ORDER, by=by)
    await stage.see(None, at)
    await stage.see(stage.world.accounts[Role.REGISTRANT], "/certificates")


async def signing_in(stage):
    """With a second factor, by a recovery code, and wrong until the door is locked."""
    account = stage.world.accounts[Role.REGISTRANT]
    right = {"email": account.email, "password": PASSWORD}
    async with stage.visitor() as browser:
        await stage.show(browser, "/sign-in", right | {"password": "wrong"})
        await stage.show(browser, "/sign-in", right)
        await stage.show(browser, "/sign-in/code", {"code": ""})
        await stage.show(browser, "/sign-in/code", {"code": "000000"})
        await stage.show(browser, "/sign-in/recovery")
        await stage.show(browser, "/sign-in/recovery", {"code": "wrong"})
        for _ in range(30):
            await stage.show(browser, "/sign-in", right | {"password": "wrong"})


async def signing_up(stage):
    async with stage.visitor() as browser:
        wish = {"email": "new@example.org", "password": PASSWORD}
        await stage.show(browser, "/sign-up", wish | {"password": "short"})
        await stage.show(browser, "/sign-up", wish | {"password": "password1234"})
        await stage.show(browser, "/sign-up", wish)
        await stage.show(browser, "/sign-up/confirm", {"code": "000000"})
        await stage.show(browser, "/sign-up/code", {})


async def one_s_own_account(stage):
    account = stage.world.accounts[Role.APPLICANT]
    async with stage.visitor(account) as browser:
        wish = {"email": "new@example.org", "password": PASSWORD}
        await stage.show(browser, "/account/email", wish)
        await stage.show(browser, "/account/email/confirm", {"code": "000000"})
        await stage.show(
            browser,
            "/account/password",
            {"password": PASSWORD, "new_password": "amber kettle harbour spoke"},
        )
        await stage.show(browser, "/sign-out", {})


async def empty_lists(stage):
    """Of an office that nothing waits for."""
    await stage.session.execute(
        text("update message set state = 'queued', failed_because = null")
    )
    await stage.session.execute(text("delete from pgqueuer"))
    for role, *paths in (
        (Role.ADMIN, "/staff/jobs", "/staff/self-check", "/staff"),
        (Role.REGISTRAR, "/staff/outgoing", "/staff"),
        (Role.FINANCE_OFFICER, "/staff/payments?show=nonsense"),
        (
            Role.CASEWORKER,
            "/staff/applications?state=nonsense",
            "/staff/applications?holder=me&due=over",
            "/staff/persons?q=nobody",
        ),
    ):
        await stage.see(stage.world.accounts[role], *paths, proved=True)


async def the_register_differs_from_itself(stage):
    check = SelfCheck(id=uuid4(), begun_at=NOW - 9 * HOUR, people=3)
    stage.session.add(check)
    await stage.session.flush()
    number = stage.world.listed.entry.person.number
    for surface in Surface:
        found = {"surface": surface, "number": number, "field": "registered_until"}
        stage.session.add(SelfCheckDifference(check_id=check.id, **found))
    admin = stage.world.accounts[Role.ADMIN]
    await stage.see(admin, "/staff/self-check", "/staff", proved=True)


async def reminders_are_missing(stage):
    figures = {"expected": 3, "sent": 1, "not_sent": 1, "undelivered": 1}
    rung = {"last_day": date(2027, 11, 30), "rung": 7, "channel": ReminderChannel.EMAIL}
    stage.session.add(ReminderCount(day=NOW.date(), counted_at=NOW, **rung, **figures))
    await stage.session.flush()
    admin = stage.world.accounts[Role.ADMIN]
    await stage.see(admin, "/staff/renewals/reminders", "/staff", proved=True)


async def a_period_has_ended(stage):
    """Every way in which it goes on for somebody; a night that stopped; a run that is released, and one that came back."""
    counts = [Count(fate, (RenewalStep.PAYMENT,), 1200) for fate in Fate]
    run = stage.world.run
    run.counts = [one.as_json() for one in counts]
    run.counted_at = NOW - HOUR
    stage.session.add(run)
    proposer, manager = (
        stage.world.accounts[Role.REGISTRAR],
        stage.world.accounts[Role.TEAM_MANAGER],
    )
    at = f"/staff/renewals/run/{run.last_day}"
    await stage.see(manager, at, "/staff", f"{at}/entries?fate=lapse", proved=True)
    released = stage.world.proposed_run
    here = f"/staff/renewals/run/{released.last_day}"
    async with stage.visitor(proposer, proved=True) as browser:
        await stage.show(browser, here)
        await stage.show(browser, f"{here}/release", {})
    await stage.see(manager, here, "/staff", proved=True)


async def overtaken_by_a_colleague(stage):
    world = stage.world
    async with stage.visitor(world.accounts[Role.REGISTRAR], proved=True) as browser:
        at = f"/staff/proposals/{world.refusing.id}"
        await stage.show(browser, f"{at}/approval", {"version": "1", "latest": "1"})


async def sent_wrongly(stage):
    """By another site, too much at once, and what is no form."""
    async with stage.visitor() as browser:
        elsewhere = {"sec-fetch-site": "cross-site"}
        await stage.show(browser, "/sign-in", {}, headers=elsewhere)
        await stage.show(browser, "/sign-in", {"email": "x" * (BODY_LIMIT + 1)})
        await stage.show(browser, "/search?q=%ff")


async def trouble(stage):
    """When two are faster than one, when the database is away, and when something of ours is broken."""
    errors = (
        StaleDataError("overtaken"),
        OSError(ECONNREFUSED, "refused"),
        RuntimeError("broken"),
    )
    async with stage.visitor() as browser:
        lender = stage.database.lender
        for error in errors:
            stage.database.lender = Broken(error)
            await stage.show(browser, "/fees")
        stage.database.lender = lender


class Broken:
    """A database of which nothing comes but this."""

    def __init__(self, error):
        self.error = error

    def __call__(self):
        raise self.error

    def begin(self):
        raise self.error


STATES = [
    everybody_in_the_register,
    many_found,
    nobody_found,
    long_names,
    draft_just_begun,
    draft_filled_in,
    by_a_portfolio,
    coming_back,
    applications_on_their_way,
    applications_that_ended,
    refused,
    notice_to_an_applicant,
    notices_by_post,
    removal_of_an_entry,
    learning_in_every_state,
    audits_in_every_state,
    withdrawn,
    referees,
    endorsers,
    fee_to_pay,
    part_beside_another,
    scrutiny_to_pay,
    renewal_to_pay,
    renewals_in_every_state,
    cases_in_every_state,
    concerns_as_they_are_told,
    concerns_as_they_go_on,
    concerns_as_staff_have_them,
    investigations_in_every_state,
    orders_in_every_state,
    dockets_in_every_state,
    examinations_in_every_state,
    own_cases_in_every_state,
    notices_in_every_state,
    publications_in_every_state,
    hearings_in_every_state,
    published_in_every_state,
    money_that_two_agree_on,
    what_finance_takes_in_and_closes,
    money_of_others,
    paid_and_not_entered_yet,
    payments_in_every_state,
    certificates,
    certificate_out_of_date,
    signing_in,
    signing_up,
    one_s_own_account,
    empty_lists,
    the_register_differs_from_itself,
    reminders_are_missing,
    a_period_has_ended,
    overtaken_by_a_colleague,
    sent_wrongly,
    trouble,
]
