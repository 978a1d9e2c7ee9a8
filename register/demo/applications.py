"""The demo's applications: brought as far as they have come, step by step, by the verbs that pages call."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application import (
    Application,
    ApplicationAct,
    EvidenceKind,
    SectionName,
    answer,
    evidence_of,
    keep,
    start,
    submit,
    withdraw,
)
from register.application.answers import Answers, ApplicationForm, Referee
from register.application.endorsement import Invitation as Endorsing
from register.application.endorsement import endorsers_asked
from register.application.equality import QUESTIONS, keep_answers
from register.application.references import (
    CannotBecause,
    Declined,
    expire_references,
    invitation,
    name_another,
    referees_asked,
    remind_referees,
)
from register.application.state import EndorsementAct, ReferenceAct
from register.assessment import (
    REASONS,
    AssessmentAct,
    Certified,
    Conclusion,
    HoldReason,
    Outcome,
    SectionCheck,
    SeenAs,
    Shown,
    SuitabilityReview,
    Translation,
    Wanted,
    Weighed,
    Weight,
    answer_notice,
    ask_for_more,
    ask_referee_again,
    assign,
    go_on_without_reference,
    heard_in,
    hold,
    judge,
    matters_of,
    note,
    notice_of,
    portfolio_of,
    propose_grant,
    propose_notice_of_conditions,
    propose_notice_of_refusal,
    propose_refusal,
    qualifications_of,
    record_status,
    registrations_of,
    return_to_officer,
    scrutinise,
    send_to_review,
    sign_off,
)
from register.by_link import token_of
from register.demo.answers import Applicant, answered, mapped
from register.demo.documents import add_document
from register.demo.draw import Draw
from register.demo.entries import Terms
from register.demo.former import former_registrant
from register.demo.homes import Homes
from register.demo.referees import another_referee, endorsement_by, reference_by
from register.demo.staff import Office
from register.demo.wordings import (
    ASKED,
    DECLINED,
    EXPLAINED,
    HELD,
    NOTES,
    REPRESENTED,
    RETURNED,
    SCRUTINISED,
    SIGNED,
    WEIGHED,
)
from register.entry import EntryEvent
from register.kit.clock import day_of, end_of, start_of
from register.kit.files import FileState
from register.notice import NoticeAct
from register.part import Part
from register.person import Person
from register.process import Process
from register.proposal import Proposal
from register.request import Request
from register.rule_set import AcceptedQualification, Verdict

AN_HOUR = timedelta(hours=1)
MORNING = timedelta(hours=6)
IDENTITY_PROOFS = (
    EvidenceKind.PASSPORT,
    EvidenceKind.UTILITY_BILL,
    EvidenceKind.PHOTOGRAPH,
)


PORTFOLIO_PROOFS = (
    EvidenceKind.OBSERVATION,
    EvidenceKind.TESTIMONY,
    EvidenceKind.WORK_RECORD,
    EvidenceKind.REFLECTION,
)


class Fee(StrEnum):
    """What becomes of the fee of an application that was approved."""

    PAID = "paid"
    WAITED_FOR = "waited_for"
    NOT_TRIED = "not_tried"
    """Waited for too; nobody has tried to pay it yet."""
    NOT_PAID = "not_paid"
    HELD_BACK = "held_back"
    """Paid, and a last check comes before the entry."""
    SCRUTINY = "scrutiny"
    """Paid before anything was approved, for the scrutiny of what comes from abroad."""


@dataclass(frozen=True)
class Approved:
    """An application that waits for a fee, for the package of fees to take."""

    application: Application
    account: Account
    fee: Fee
    draw: Draw

    async def give_number(self, session: AsyncSession, *, now: datetime) -> None:
        """The number that the entry will have: drawn, where the register draws one nobody can foresee."""
        person = await session.get_one(Person, self.application.person_id)
        if person.number:
            return
        by = Process.begin(session, ApplicationAct.GRANT, now=now)
        number = await person.take_number(session, self.draw.number())
        by.tell(EntryEvent.NUMBERED, person_id=person.id, number=number)


TakeFees = Callable[[AsyncSession, Sequence[Approved]], Awaitable[None]]
"""What fees do with the applications that wait for one: it stands on this package, so it is handed in."""


@dataclass
class Journey:
    """One application on its way. `at` is the moment it has come to; each step is taken at a later one, before the demo's day."""

    session: AsyncSession
    draw: Draw
    office: Office
    homes: Homes
    terms: Terms
    take_fees: TakeFees
    account: Account
    who: Applicant
    days_ago: int
    """Working days before the demo's day."""
    at: datetime
    application: Application = field(init=False)
    officer: Account = field(init=False)
    proposal: Proposal = field(init=False)

    def by(self, kind: StrEnum, actor: Account | None = None) -> Process:
        return Process.begin(self.session, kind, now=self.at, actor=actor)

    def later(self, working_days: int = 0) -> None:
        """Go on so many working days later, as far as there are any; at least some minutes."""
        if self.days_ago and working_days:
            self.days_ago = max(0, self.days_ago - working_days)
            day = self.draw.working_day(self.days_ago)
            if day > day_of(self.at):
                self.at = self.draw.moment(day)
                return
        soon = self.at + timedelta(seconds=self.draw.between(40, 420))
        self.at = min(soon, self.draw.now - timedelta(seconds=1))

    async def was_registered(self) -> None:
        """They were in the register, and did not renew two years before the period of the demo's day ends."""
        self.account.person_id = await former_registrant(
            self.session, self.draw, self.office, self.terms, self.who.somebody
        )
        await self.session.flush()

    async def begin(self) -> None:
        by = self.by(ApplicationAct.START, self.account)
        self.application = await start(
            self.session,
            self.account,
            Part.MANAGER,
            by=by,
            reference=self.draw.reference(),
        )

    def form(self, on: date) -> ApplicationForm:
        rules = self.terms.rules[Part.MANAGER]
        return answered(self.draw, self.homes, self.who, rules=rules, at=self.at, on=on)

    async def fill(
        self, on: date | None = None, *, but: Collection[SectionName] = ()
    ) -> None:
        """Answer every section but some, with what is to be sent along."""
        form = self.form(on or day_of(self.at))
        for name in self.application.kind.sections:
            answers = form.of(name)
            if name not in but and answers is not None:
                await self.save(name, answers)

    @property
    def assessed(self) -> list[SectionName]:
        return [name for name in self.application.kind.sections if name.assessed]

    async def save(self, name: SectionName, answers: Answers) -> None:
        self.later()
        await keep(self.session, self.application, name, answers, now=self.at)
        if name is SectionName.IDENTITY:
            for kind in IDENTITY_PROOFS:
                await self.upload(name, kind)
        if name is SectionName.QUALIFICATIONS:
            for item_id in self.who.proofs():
                await add_document(
                    self.session,
                    self.draw,
                    self.application,
                    name,
                    EvidenceKind.CERTIFICATE,
                    item_id=item_id,
                    at=self.at,
                )
        if name is SectionName.ENGLISH and self.who.english.needs_evidence:
            await self.upload(name, EvidenceKind.ENGLISH_TEST)
        if name is SectionName.EQUALITY:
            given = {q: str(self.draw.one(list(c))) for q, c in QUESTIONS.items()}
            keep_answers(self.session, Part.MANAGER, given, now=self.at)

    async def upload(
        self,
        section: SectionName,
        kind: EvidenceKind,
        *,
        state: FileState = FileState.CLEAN,
    ) -> None:
        await add_document(
            self.session,
            self.draw,
            self.application,
            section,
            kind,
            state=state,
            at=self.at,
        )

    async def map_portfolio(self) -> None:
        """Each outcome of the rules, with what the home has of the work."""
        self.later()
        for kind in PORTFOLIO_PROOFS:
            await self.upload(SectionName.PORTFOLIO, kind)
        rule_set = self.terms.of_part[Part.MANAGER]
        await self.session.refresh(rule_set, ["outcomes"])
        sent = await evidence_of(
            self.session, self.application.id, SectionName.PORTFOLIO
        )
        shown = mapped(
            self.draw,
            [outcome.terms for outcome in rule_set.outcomes],
            sorted(one.id for one in sent),
        )
        await self.save(SectionName.PORTFOLIO, shown)

    async def send(self) -> None:
        self.later()
        by = self.by(ApplicationAct.SUBMIT, self.account)
        await submit(self.session, self.application, by=by)

    async def asked_of(self) -> list[tuple[Request, Referee]]:
        """The referees who have not answered."""
        asked = await referees_asked(self.session, self.application)
        return [(request, referee) for request, referee in asked if request.open]

    async def hear(self, *, adverse: bool = False) -> None:
        """All who have not answered give their references; the first may speak against the applicant."""
        for request, referee in await self.asked_of():
            await self.give(request, referee, adverse=adverse)
            adverse = False
        await self.endorse()

    async def endorse(self) -> None:
        """By the employer, where they have not answered yet."""
        for request, named in await endorsers_asked(self.session, self.application):
            if request.open:
                self.later()
                waiting = Endorsing(request, self.application)
                said = endorsement_by(self.draw, named, on=day_of(self.at))
                by = self.by(EndorsementAct.ENDORSE)
                await waiting.endorse(self.session, said, by=by)
        await self.session.flush()

    async def give(
        self, request: Request, referee: Referee, *, adverse: bool = False
    ) -> None:
        self.later()
        token = token_of(request)
        invited = await invitation(self.session, token, now=self.at, lock=True)
        given = reference_by(self.draw, referee, on=day_of(self.at), adverse=adverse)
        by = self.by(ReferenceAct.GIVE)
        await invited.give(self.session, given, by=by)
        await self.session.flush()

    async def decline(self) -> Referee:
        """The first referee cannot give one; gives who that is."""
        (request, referee), *_ = await self.asked_of()
        self.later(1)
        token = token_of(request)
        invited = await invitation(self.session, token, now=self.at, lock=True)
        because, details = self.draw.one(DECLINED)
        said = Declined(because=CannotBecause(because), details=details)
        by = self.by(ReferenceAct.DECLINE)
        await invited.decline(self.session, said, by=by)
        await self.session.flush()
        return referee

    async def name_another(self, former: Referee) -> None:
        self.later(1)
        await name_another(
            self.session,
            self.application,
            former.id,
            another_referee(self.draw, former),
            by=self.by(ApplicationAct.NAME_REFEREE, self.account),
        )
        await self.session.flush()

    async def ask_again(self) -> None:
        """The last of the referees gets a new link."""
        asked = await referees_asked(self.session, self.application)
        self.later()
        by = self.by(AssessmentAct.ASK_REFEREE_AGAIN, self.officer)
        await ask_referee_again(
            self.session,
            self.application,
            asked[-1][0].id,
            officer=self.officer,
            by=by,
        )
        await self.session.flush()

    async def go_on_without_reference(self) -> None:
        """Of the last who has not answered."""
        *_, (request, _) = await self.asked_of()
        self.later(1)
        by = self.by(AssessmentAct.GO_ON_WITHOUT_REFERENCE, self.officer)
        await go_on_without_reference(
            self.session, self.application, request.id, officer=self.officer, by=by
        )
        await self.session.flush()

    async def wait_for_referees(self) -> None:
        """Until the demo's day, or until the time to answer is over."""
        for request, _ in await self.asked_of():
            for job, at in (
                (remind_referees, start_of(request.due_on) + MORNING),
                (expire_references, end_of(request.due_on) + MORNING),
            ):
                if self.at < at < self.draw.now:
                    self.at = at
                    await job(self.session, at)

    async def take(self, *, after: int = 1) -> None:
        """A caseworker takes it, or the team manager gives it to one."""
        self.later(after)
        self.officer = self.draw.one(self.office.caseworkers)
        giver = self.draw.one((self.officer, self.office.team_manager))
        await assign(
            self.session,
            self.application,
            to=self.officer,
            giver=giver,
            by=self.by(AssessmentAct.ASSIGN, giver),
        )

    async def check(
        self,
        sections: Sequence[SectionName] | None = None,
        outcome: Outcome = Outcome.MET,
        *,
        words: str = "",
        again: bool = False,
    ) -> None:
        for section in self.assessed if sections is None else sections:
            self.later()
            seen = await self._last_check(section) if again else None
            met = outcome is Outcome.MET
            if met and section is SectionName.REGISTRATIONS:
                await self._ask_elsewhere()
            await SectionCheck.record(
                self.session,
                self.application,
                section,
                outcome,
                because=() if met else self.draw.some(REASONS[section], 1),
                words=words,
                seen=seen,
                heard=await self._heard(section),
                officer=self.officer,
                by=self.by(AssessmentAct.CHECK, self.officer),
            )
        await self.session.flush()

    async def _ask_elsewhere(self) -> None:
        """Each register that they say they are on certifies it."""
        for listed in await registrations_of(self.session, self.application):
            if listed.current:
                self.later()
                await record_status(
                    self.session,
                    self.application,
                    listed.id,
                    certified=Certified.GOOD_STANDING,
                    seen_as=self.draw.one(list(SeenAs)),
                    status_on=day_of(self.at),
                    officer=self.officer,
                    by=self.by(AssessmentAct.CERTIFY, self.officer),
                )
        await self.session.flush()

    async def _heard(self, section: SectionName) -> int:
        return await heard_in(self.session, self.application.id, section)

    async def _last_check(self, section: SectionName) -> int | None:
        last = select(SectionCheck.id).where(
            SectionCheck.application_id == self.application.id,
            SectionCheck.section == section,
        )
        found: int | None = await self.session.scalar(
            last.order_by(SectionCheck.id.desc()).limit(1)
        )
        return found

    async def write_note(self) -> None:
        self.later()
        by = self.by(AssessmentAct.NOTE, self.officer)
        note(self.application, self.draw.one(NOTES), by=by)

    async def ask(self, *sections: SectionName) -> None:
        """Check all, and ask about these."""
        others = [name for name in self.assessed if name not in sections]
        await self.check(others[: self.draw.between(5, len(others))])
        await self.check(sections, Outcome.ASK, words=self.draw.one(ASKED))
        self.later()
        by = self.by(AssessmentAct.ASK, self.officer)
        await ask_for_more(self.session, self.application, officer=self.officer, by=by)
        await self.session.flush()

    async def answer(self, section: SectionName, *, after: int) -> None:
        self.later(after)
        await self.upload(section, EvidenceKind.LETTER)
        self.later()
        by = self.by(ApplicationAct.ANSWER, self.account)
        await answer(self.session, self.application, by=by)

    async def judge(self) -> None:
        """Say of every award what the rules say of it."""
        for held in await qualifications_of(self.session, self.application):
            accepted = await self.session.get_one(
                AcceptedQualification, held.accepted_id
            )
            if held.awarded_on and held.verdict is None:
                self.later()
                by = self.by(AssessmentAct.JUDGE, self.officer)
                await judge(
                    self.session,
                    self.application,
                    held.id,
                    accepted.verdict,
                    officer=self.officer,
                    by=by,
                )
        await self.session.flush()

    async def sign_portfolio(self) -> None:
        """By the officer, with every outcome met."""
        (held,) = await qualifications_of(self.session, self.application)
        self.later()
        portfolio = await portfolio_of(self.session, self.application, held.id)
        await sign_off(
            self.session,
            self.application,
            held.id,
            met=[outcome.code for outcome in portfolio.outcomes],
            not_met=[],
            because=self.draw.one(SIGNED),
            assessor=self.officer,
            by=self.by(AssessmentAct.SIGN_PORTFOLIO, self.officer),
        )
        await self.session.flush()

    async def pay_for_scrutiny(self) -> None:
        draw = self.draw.about(f"scrutiny {self.application.reference}")
        waits = Approved(self.application, self.account, Fee.SCRUTINY, draw)
        await self.take_fees(self.session, [waits])

    async def scrutinise(self) -> None:
        """What comes from abroad counts once a second person agrees."""
        (held,) = await qualifications_of(self.session, self.application)
        self.later(1)
        today = day_of(self.at)
        await scrutinise(
            self.session,
            self.application,
            held.id,
            Shown(
                statement_reference=f"ENIC-{self.draw.digits(7)}",
                statement_on=today - timedelta(days=self.draw.between(40, 300)),
                statement_level=6,
                practice_from="The registered manager of the home",
                practice_on=today - timedelta(days=self.draw.between(5, 30)),
                translation=Translation.SEEN,
            ),
            Verdict.FULL,
            because=self.draw.one(SCRUTINISED),
            officer=self.officer,
            by=self.by(AssessmentAct.SCRUTINISE, self.officer),
        )
        await self.session.flush()

    async def send_to_review(self) -> None:
        self.later()
        by = self.by(AssessmentAct.SEND_TO_REVIEW, self.officer)
        await send_to_review(
            self.session, self.application, officer=self.officer, by=by
        )
        await self.session.flush()

    async def review(self) -> None:
        """The team manager finds that nothing stands in the way."""
        self.later(1)
        reviewer = self.office.team_manager
        words = self.draw.one(WEIGHED)
        matters = await matters_of(self.session, self.application)
        await SuitabilityReview.record(
            self.session,
            self.application,
            {matter.key: Weighed(Weight.ACCEPTABLE, words) for matter in matters},
            Conclusion.SUITABLE,
            words=words,
            reviewer=reviewer,
            by=self.by(AssessmentAct.REVIEW, reviewer),
        )
        await self.session.flush()

    async def hold(self, because: HoldReason) -> None:
        self.later()
        await hold(
            self.session,
            self.application,
            because=because,
            words=HELD[because],
            officer=self.officer,
            by=self.by(AssessmentAct.HOLD, self.officer),
        )
        await self.session.flush()

    async def propose(self, *wanted: Wanted) -> None:
        self.later()
        self.proposal = await propose_grant(
            self.session,
            self.application,
            conditions=wanted,
            proposer=self.officer,
            by=self.by(AssessmentAct.PROPOSE, self.officer),
        )
        await self.session.flush()

    async def propose_refusal(self) -> None:
        self.later()
        self.proposal = await propose_refusal(
            self.session,
            self.application,
            proposer=self.officer,
            by=self.by(AssessmentAct.PROPOSE, self.officer),
        )
        await self.session.flush()

    async def be_given_notice(self, *wanted: Wanted) -> None:
        """Of these conditions, or else of a refusal."""
        self.later()
        by = self.by(AssessmentAct.PROPOSE, self.officer)
        if wanted:
            self.proposal = await propose_notice_of_conditions(
                self.session,
                self.application,
                conditions=wanted,
                words=self.draw.one(EXPLAINED),
                proposer=self.officer,
                by=by,
            )
        else:
            self.proposal = await propose_notice_of_refusal(
                self.session, self.application, proposer=self.officer, by=by
            )
        await self.session.flush()
        self.later(1)
        approver = self.office.team_manager
        by = self.by(AssessmentAct.APPROVE, approver)
        await self.proposal.approve(self.session, approver=approver, by=by)
        await self.session.flush()

    async def answer_notice(self, *, after: int) -> None:
        self.later(after)
        notice = await notice_of(self.session, self.application)
        assert notice is not None  # noqa: S101 - it was just served
        by = self.by(NoticeAct.ANSWER, self.account)
        words = self.draw.one(REPRESENTED)
        await answer_notice(self.session, notice, words, by=by)
        await self.session.flush()

    async def approve(self, *, after: int = 1) -> None:
        """The second person says yes."""
        self.later(after)
        approver = self.office.registrar
        by = Process.begin(
            self.session, AssessmentAct.APPROVE, now=self.at, actor=approver
        )
        await self.proposal.approve(self.session, approver=approver, by=by)

    async def send_back(self) -> None:
        self.later(1)
        await return_to_officer(
            self.session,
            self.proposal,
            words=self.draw.one(RETURNED),
            approver=self.office.team_manager,
            by=self.by(AssessmentAct.RETURN, self.office.team_manager),
        )
        await self.session.flush()

    async def give_up(self) -> None:
        self.later(1)
        by = self.by(ApplicationAct.WITHDRAW, self.account)
        await withdraw(self.session, self.application, by=by)
        await self.session.flush()
