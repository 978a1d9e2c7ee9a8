"""Appeals as staff work on them: let in late, acknowledged, listed for a hearing, reconsidered or decided by two adjudicators."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import StaffRole
from register.appeal import (
    RECONSIDERERS,
    Appeal,
    AppealAct,
    AppealKind,
    AppealState,
    Outcome,
    appeal_for,
    documents_of,
    open_appeals,
    propose_outcome,
    reasons_of,
    reconsider,
    why_not_propose,
    why_not_reconsider,
)
from register.assessment import (
    Asked,
    read_restricted_for,
    refused_because,
    said_in,
)
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.files import download
from register.kit.pages import page
from register.kit.security.input import FormData
from register.process import ProcessText
from register.proposal import Proposal, waiting_on, why_returned
from register.web.guards import roles
from register.web.needs import Act, Acting, Form, Session, Visit
from register.web.paging import after_of
from register.web.returning import ReturnForm

APPEAL_READERS = roles(
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
    StaffRole.AUDITOR,
    StaffRole.ADJUDICATOR,
)
CLERKS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)
REGISTRARS = roles(StaffRole.REGISTRAR)
ADJUDICATORS = roles(StaffRole.ADJUDICATOR)


class StaffForm(forms.Form):
    """One of several on a page: what they send is told apart by a prefix."""

    PREFIX = ""

    @classmethod
    def sent_by(cls, form: FormData, today: date) -> Self:
        return cls(form, prefix=cls.PREFIX, today=today)


class AcceptForm(StaffForm):
    PREFIX = "accept"

    words = forms.LongText(
        "Why it is let in though it came late",
        what="why it is let in though it came late",
        hint="Only staff read this.",
        longest=2000,
    )


class TurnAwayForm(StaffForm):
    PREFIX = "away"

    words = forms.LongText(
        "Why it is not let in",
        what="why it is not let in",
        hint="The appellant reads this.",
        longest=2000,
    )


class HearingForm(StaffForm):
    PREFIX = "hearing"

    on = forms.Date(
        "On which day is the hearing?",
        what="the day of the hearing",
        earliest=forms.days_after(0),
    )


class OutcomeForm(StaffForm):
    PREFIX = "outcome"

    outcome = forms.Radios("What does it come to?", what="what it comes to")
    words = forms.LongText("Reasons", hint="The appellant reads this.", longest=10_000)
    condition = forms.LongText(
        "A condition, as the public will read it",
        hint="Only if there shall be one.",
        longest=1000,
        optional=True,
        only_if=("outcome", Outcome.ALLOWED),
    )

    def offering(self, appeal: Appeal) -> Self:
        self.outcome.choices = [(outcome, outcome) for outcome in appeal.outcomes]
        return self


KINDS: tuple[type[StaffForm], ...] = (
    AcceptForm,
    TurnAwayForm,
    HearingForm,
    OutcomeForm,
)


@get("/staff/appeals", access=APPEAL_READERS)
async def queue(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template:
    after = after_of(request)
    found = await open_appeals(session, act.account, after=after)
    return page(
        "register/appeals/list.html",
        rows=found.rows,
        first="/staff/appeals" if after else "",
        onward=f"/staff/appeals?after={found.next}" if found.next else "",
    )


@get("/staff/appeals/{appeal_id:uuid}", access=APPEAL_READERS)
async def one(act: Act, appeal_id: FromPath[UUID]) -> Template:
    return await _page(act, await appeal_for(act.session, act.account, appeal_id))


async def _page(
    act: Acting, appeal: Appeal, form: StaffForm | ReturnForm | None = None
) -> Template:
    today = day_of(act.now)
    waiting = await waiting_on(act.session, appeal.about)
    shown = {kind: kind(prefix=kind.PREFIX, today=today) for kind in KINDS}
    if isinstance(form, StaffForm):
        shown[type(form)] = form
    shown[OutcomeForm].offering(appeal)  # type: ignore[attr-defined]  # it is one
    return page(
        "register/appeals/appeal.html",
        form=form,
        appeal=appeal,
        grounds=(await said_in(act.session, appeal.lodged_in)).words,
        refused=await _refused(act, appeal),
        documents=await documents_of(act.session, appeal.id),
        reasons=await reasons_of(act.session, appeal),
        waiting=waiting,
        proposed=await _proposed(act.session, waiting) if waiting else None,
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, appeal.about),
        clerk=act.viewer.has(*CLERKS.roles),
        registrar=act.viewer.has(*REGISTRARS.roles),
        decides=await _decides(act, appeal),
        accept_form=shown[AcceptForm],
        away_form=shown[TurnAwayForm],
        hearing_form=shown[HearingForm],
        outcome_form=shown[OutcomeForm],
        return_form=form if isinstance(form, ReturnForm) else ReturnForm(),
    )


async def _refused(act: Acting, appeal: Appeal) -> list[Asked]:
    """The reasons of the refusal; that somebody read those of health or crime is written down."""
    if appeal.application is None:
        return []
    found = await refused_because(act.session, appeal.application)
    for item in found:
        if item.section.restricted:
            await read_restricted_for(
                act.session,
                appeal.application,
                item.section,
                reader=act.account,
                now=act.now,
            )
    return found


async def _proposed(
    session: AsyncSession, proposal: Proposal
) -> tuple[Outcome, str, str]:
    """The outcome, its reasons and its condition."""
    texts = [
        await session.get(ProcessText, UUID(found)) if found else None
        for found in (proposal.data["words"], proposal.data.get("condition"))
    ]
    words, condition = (text.words if text else "" for text in texts)
    return Outcome(proposal.data["outcome"]), words, condition


async def _decides(act: Acting, appeal: Appeal) -> bool:
    """Whether the reader may say now what it comes to."""
    if appeal.state is not AppealState.OPEN:
        return False
    if appeal.kind is AppealKind.RECONSIDERATION:
        return bool(
            act.viewer.has(*RECONSIDERERS)
            and not await why_not_reconsider(act.session, appeal, act.account)
        )
    return bool(
        act.viewer.has(StaffRole.ADJUDICATOR)
        and not await why_not_propose(act.session, appeal, act.account)
    )


@get(
    "/staff/appeals/{appeal_id:uuid}/documents/{document_id:uuid}",
    access=APPEAL_READERS,
)
async def document(
    act: Act, appeal_id: FromPath[UUID], document_id: FromPath[UUID]
) -> Stream:
    appeal = await appeal_for(act.session, act.account, appeal_id)
    for sent in await documents_of(act.session, appeal.id):
        if sent.id == document_id:
            return download(sent.file)
    raise NotFound


@post("/staff/appeals/{appeal_id:uuid}/acceptance", access=REGISTRARS)
async def accept(
    act: Act, form: Form, visit: Visit, appeal_id: FromPath[UUID]
) -> Redirect | Template:
    appeal = await _locked(act, appeal_id)
    answers = AcceptForm.sent_by(form, day_of(act.now))
    if not answers.validate():
        return await _page(act, appeal, answers)
    by = act.process(AppealAct.ACCEPT_LATE)
    await appeal.accept_late(act.session, words=answers.words.data, by=by)
    visit.flash("The appeal is let in, and the appellant is told")
    return _back(appeal)


@post("/staff/appeals/{appeal_id:uuid}/refusal", access=REGISTRARS)
async def turn_away(
    act: Act, form: Form, visit: Visit, appeal_id: FromPath[UUID]
) -> Redirect | Template:
    appeal = await _locked(act, appeal_id)
    answers = TurnAwayForm.sent_by(form, day_of(act.now))
    if not answers.validate():
        return await _page(act, appeal, answers)
    by = act.process(AppealAct.TURN_AWAY)
    await appeal.turn_away(act.session, words=answers.words.data, by=by)
    visit.flash("The appeal is turned away, and the appellant is told")
    return _back(appeal)


@post("/staff/appeals/{appeal_id:uuid}/acknowledgement", access=CLERKS)
async def acknowledge(act: Act, visit: Visit, appeal_id: FromPath[UUID]) -> Redirect:
    appeal = await _locked(act, appeal_id)
    await appeal.acknowledge(act.session, by=act.process(AppealAct.ACKNOWLEDGE))
    visit.flash("The appellant is told what comes next")
    return _back(appeal)


@post("/staff/appeals/{appeal_id:uuid}/hearing", access=CLERKS)
async def hearing(
    act: Act, form: Form, visit: Visit, appeal_id: FromPath[UUID]
) -> Redirect | Template:
    appeal = await _locked(act, appeal_id)
    answers = HearingForm.sent_by(form, day_of(act.now))
    if not answers.validate():
        return await _page(act, appeal, answers)
    by = act.process(AppealAct.LIST)
    await appeal.list(act.session, on=answers.on.data, by=by)
    visit.flash("The day of the hearing is set, and the appellant is told")
    return _back(appeal)


@post("/staff/appeals/{appeal_id:uuid}/reconsideration", access=CLERKS)
async def look_again(
    act: Act, form: Form, visit: Visit, appeal_id: FromPath[UUID]
) -> Redirect | Template:
    appeal = await _locked(act, appeal_id)
    answers = OutcomeForm.sent_by(form, day_of(act.now)).offering(appeal)
    if not answers.validate():
        return await _page(act, appeal, answers)
    await reconsider(
        act.session,
        appeal,
        Outcome(answers.outcome.data),
        words=answers.words.data,
        decider=act.account,
        by=act.process(AppealAct.RECONSIDER),
    )
    visit.flash("The decision is reconsidered, and the applicant is told")
    return _back(appeal)


@post("/staff/appeals/{appeal_id:uuid}/proposal", access=ADJUDICATORS)
async def propose(
    act: Act, form: Form, visit: Visit, appeal_id: FromPath[UUID]
) -> Redirect | Template:
    appeal = await _locked(act, appeal_id)
    answers = OutcomeForm.sent_by(form, day_of(act.now)).offering(appeal)
    if not answers.validate():
        return await _page(act, appeal, answers)
    await propose_outcome(
        act.session,
        appeal,
        Outcome(answers.outcome.data),
        words=answers.words.data,
        condition=answers.condition.data or "",
        proposer=act.account,
        by=act.process(AppealAct.PROPOSE),
    )
    visit.flash("The outcome waits for a second adjudicator")
    return _back(appeal)


@post("/staff/appeals/{appeal_id:uuid}/approval", access=ADJUDICATORS)
async def approve(act: Act, visit: Visit, appeal_id: FromPath[UUID]) -> Redirect:
    appeal, waiting = await _waiting(act, appeal_id)
    by = act.process(AppealAct.DECIDE)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The appeal is decided, and the appellant is told")
    return _back(appeal)


@post("/staff/appeals/{appeal_id:uuid}/return", access=ADJUDICATORS)
async def send_back(
    act: Act, form: Form, visit: Visit, appeal_id: FromPath[UUID]
) -> Redirect | Template:
    appeal, waiting = await _waiting(act, appeal_id)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, appeal, answers)
    by = act.process(AppealAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The outcome is back with who proposed it")
    return _back(appeal)


async def _locked(act: Acting, appeal_id: UUID) -> Appeal:
    return await appeal_for(act.session, act.account, appeal_id, lock=True)


async def _waiting(act: Acting, appeal_id: UUID) -> tuple[Appeal, Proposal]:
    appeal = await _locked(act, appeal_id)
    waiting = await waiting_on(act.session, appeal.about)
    if waiting is None:
        raise NotFound
    return appeal, waiting


def _back(appeal: Appeal) -> Redirect:
    return Redirect(f"/staff/appeals/{appeal.id}", status_code=303)


pages: Sequence[Any] = [
    queue,
    one,
    document,
    accept,
    turn_away,
    acknowledge,
    hearing,
    look_again,
    propose,
    approve,
    send_back,
]
