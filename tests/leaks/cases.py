"""How an application comes to each of its stages, with a canary in all that somebody writes on the way."""

from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import select

from fees import ledger
from fees.invoice import bill
from fees.payment import Payment, PaymentState, Receipt
from register.application import SectionName, keep, submit
from register.application.answers import PortfolioMap, ShownOutcome
from register.application.endorsement import endorsers_asked
from register.application.evidence import EvidenceKind
from register.assessment import (
    AssessmentAct,
    Outcome,
    Wanted,
    ask_for_more,
    note,
    propose_grant,
    propose_refusal,
)
from register.kit import store
from register.kit.files import StoredFile
from register.qualification import Qualification
from register.rule_set import Verdict
from tests.applications import OUTCOMES, fill, make_document
from tests.applications import make_application as begin
from tests.leaks.people import pieces, somebody
from tests.leaks.roles import READERS, READERS_OF_RESTRICTED, Role
from tests.leaks.telling import told_by
from tests.make import NOW, make_process
from tests.register.assessing import act, check, check_all, heard, weighed
from tests.register.assessing import give as hand_over
from tests.register.endorsing import endorse, make_endorsed
from tests.register.referring import asked_of, decline, give, make_given

SENT_AT = NOW - timedelta(days=20)
LONG_AGO = NOW - timedelta(days=60)
"""The time to answer what was asked then is over."""
EVIDENCE = {
    SectionName.IDENTITY: (
        EvidenceKind.PASSPORT,
        EvidenceKind.UTILITY_BILL,
        EvidenceKind.PHOTOGRAPH,
    ),
    SectionName.ENGLISH: (EvidenceKind.ENGLISH_TEST,),
    SectionName.HEALTH: (EvidenceKind.LETTER,),
}


async def drafted(session, of, account, name, *, at=NOW):
    """Complete, with a document to each section that wants one."""
    application = await begin(session, account=account, now=at)
    await fill(session, application, told_by(of, name), evidence=(), now=at)
    for section, kinds in EVIDENCE.items():
        for kind in kinds:
            word = of.restricted if section.restricted else of.told
            await uploaded(session, word, application, section, kind, now=at)
    return application


async def uploaded(session, word, application, section, kind, *, now=NOW):
    evidence = await make_document(session, application, kind, section=section, now=now)
    file = await session.get_one(StoredFile, evidence.file_id)
    file.name = f"{word(f'file name {kind}')}.pdf"
    await store.put(file.cleaned_as, pieces(word(f"file {kind}")))
    return evidence


async def mapped(session, word, application):
    """Every outcome, in words and by a document."""
    section, kind = SectionName.PORTFOLIO, EvidenceKind.WORK_RECORD
    document = await uploaded(session, word, application, section, kind)
    words = word("portfolio.words")
    portfolio = PortfolioMap(
        outcomes=[
            ShownOutcome(code=code, words=words, evidence=[document.id])
            for code in OUTCOMES
        ]
    )
    await keep(session, application, section, portfolio, now=NOW)
    return document


async def submitted(session, of, account, name, *, at):
    """Nobody has answered yet."""
    application = await drafted(session, of, account, name, at=at)
    by = make_process(session, now=at, actor=account)
    await submit(session, application, by=by)
    await application.clear_scrutiny(session, by=by)
    await session.flush()
    return application


HEARD = 2
"""As many referees have written."""


async def referred(session, of, application, *, at):
    """By one who has much to say against them, and by one who does not want to."""
    one, another = await asked_of(session, application)
    given = make_given(
        known_as=of.office("reference.known_as"),
        role=of.office("reference.role"),
        known_until=date(2024, 8, 31),
        reason_for_leaving=of.office("reference.reason_for_leaving"),
        unsuitable=True,
        unsuitable_details=of.office("reference.unsuitable_details"),
        concerns=True,
        concerns_details=of.office("reference.concerns_details"),
        again=False,
        again_details=of.office("reference.again_details"),
        more=of.office("reference.more"),
        name=of.office("reference.name"),
        job=of.office("reference.job"),
    )
    await give(session, one, given, now=at)
    details = of.office("reference.declined_details")
    await decline(session, another, details=details, now=at)


HEARD_IN = {SectionName.REFERENCES: HEARD, SectionName.ENDORSEMENT: 1}


async def endorsed(session, of, application, *, at):
    ((request, _),) = await endorsers_asked(session, application)
    said = make_endorsed(
        more=of.office("endorsement.more"),
        name=of.office("endorsement.name"),
        job=of.office("endorsement.job"),
    )
    await endorse(session, request, said, now=at)


async def sent(session, of, account, name, *, at):
    """In nobody's hands yet."""
    application = await submitted(session, of, account, name, at=at)
    await referred(session, of, application, at=at)
    await endorsed(session, of, application, at=at)
    held = Qualification.person_id == application.person_id
    for qualification in await session.scalars(select(Qualification).where(held)):
        qualification.verify(Verdict.FULL, now=NOW)
    await session.flush()
    return application


async def in_hand(world, session, of, account, name, *, at=SENT_AT):
    """Sent by the account, and with the caseworker."""
    application = await sent(session, of, account, name, at=at)
    officer = world.accounts[Role.CASEWORKER]
    await hand_over(session, application, to=officer, giver=officer, now=at)
    await noted(session, of, application, officer=officer)
    return application


async def noted(session, of, application, *, officer):
    by = act(session, AssessmentAct.NOTE, officer)
    note(application, of.office("note"), by=by)
    await session.flush()


async def asked(session, of, application, *, officer, now=NOW):
    """Every section is asked about, so that all may be changed."""
    for section in application.kind.sections:
        if section.assessed:
            word = of.restricted if section.restricted else of.asked
            words = word(f"asked in {section}")
            await check(
                session,
                application,
                section,
                Outcome.ASK,
                officer=officer,
                words=words,
                heard=HEARD_IN.get(section, 0),
                now=now,
            )
    by = act(session, AssessmentAct.ASK, officer, now=now)
    await ask_for_more(session, application, officer=officer, by=by)


async def refusal_proposed(session, of, application, *, officer):
    """For reasons of which one is restricted."""
    for section, word in (
        (SectionName.DBS, of.found),
        (SectionName.HEALTH, of.found_of_restricted),
    ):
        words = word(f"not met in {section}")
        await check(
            session, application, section, Outcome.NOT_MET, officer=officer, words=words
        )
    await heard(session, application, officer)
    by = act(session, AssessmentAct.PROPOSE, officer)
    return await propose_refusal(session, application, proposer=officer, by=by)


async def refused(world, session, name, *, decided_at=NOW):
    """For reasons of which one is restricted, and which an adjudicator may read too."""
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


async def grant_proposed(session, of, application, *, officer, plainly=False):
    """With a condition, unless plainly."""
    await check_all(session, application, officer=officer, heard=HEARD, endorsed=True)
    words = of.found_of_restricted("weighed because")
    await weighed(session, application, officer, words=words)
    word = of.public if of.entered else of.found
    wanted = Wanted(word("condition public"), of.office("condition internal"))
    if not plainly:
        noticed_at = NOW - timedelta(hours=1)
        await heard(session, application, officer, conditions=[wanted], now=noticed_at)
    by = act(session, AssessmentAct.PROPOSE, officer)
    proposal = await propose_grant(
        session,
        application,
        conditions=[] if plainly else [wanted],
        proposer=officer,
        by=by,
    )
    await session.flush()
    return proposal


async def granted(world, session, of, application):
    """To be paid for."""
    officer, registrar = (
        world.accounts[Role.CASEWORKER],
        world.accounts[Role.REGISTRAR],
    )
    proposal = await grant_proposed(session, of, application, officer=officer)
    by = act(session, AssessmentAct.APPROVE, registrar)
    await proposal.approve(session, approver=registrar, by=by)
    invoice = await bill(session, application, now=NOW)
    await session.flush()
    return invoice


async def paid(session, application, invoice, *, provider_id):
    by = make_process(session)
    payment = Payment(
        id=uuid4(),
        invoice_id=invoice.id,
        attempt=1,
        reference=f"{invoice.reference}-1",
        amount_pence=invoice.amount_pence,
        state=PaymentState.PAID,
        provider_id=provider_id,
        asked_at=NOW,
        ended_at=NOW,
        succeeded_at=NOW,
    )
    session.add(payment)
    await session.flush()
    pence = payment.amount_pence
    await ledger.receive(session, payment.id, pence, by=by)
    await ledger.allocate(session, invoice.id, payment.id, pence, by=by)
    session.add(
        Receipt(
            invoice_id=invoice.id,
            application_id=application.id,
            payment_id=payment.id,
            paid_at=NOW,
            process_id=by.id,
        )
    )
    await application.paid(session, at=NOW, by=by)
    await session.flush()
    return payment
