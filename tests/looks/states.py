"""What the world of the leak matrix does not hold: each state is made, shown to whom it concerns, and undone."""

from contextlib import asynccontextmanager
from datetime import timedelta
from errno import ECONNREFUSED
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.orm.exc import StaleDataError

from fees.payment import OverpaidBecause, Overpayment, Payment, PaymentState
from register.account import Account
from register.application import (
    Application,
    ApplicationState,
    SectionName,
    submit,
)
from register.application.evidence import EvidenceKind
from register.application.outside import token_of
from register.assessment import AssessmentAct, propose_reopening
from register.certificate import Certificate, grouped
from register.certificate.serial import draw_serial
from register.entry import Entry, LapseReason, RemovalReason
from register.kit.files import FileState
from register.kit.security import csrf
from register.kit.security.input import BODY_LIMIT
from register.proposal import Proposal
from register.request import Request
from register.self_check import SelfCheck, Surface
from register.self_check.nightly import SelfCheckDifference
from tests.applications import fill, make_application, make_document, make_form
from tests.browser import Browser
from tests.leaks.cases import PASSWORD
from tests.leaks.places import LISTED
from tests.leaks.roles import Role
from tests.leaks.table import ANSWERED, TAMPERED
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.reading import Page
from tests.register.assessing import act, notice_given
from tests.register.referring import SAYING, asked_of
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
    coming_back,
    applications_on_their_way,
    applications_that_ended,
    refused,
    notice_to_an_applicant,
    removal_of_an_entry,
    withdrawn,
    referees,
    endorsers,
    fee_to_pay,
    paid_and_not_entered_yet,
    payments_in_every_state,
    certificates,
    certificate_out_of_date,
    signing_in,
    signing_up,
    one_s_own_account,
    empty_lists,
    the_register_differs_from_itself,
    overtaken_by_a_colleague,
    sent_wrongly,
    trouble,
]
