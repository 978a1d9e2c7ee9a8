"""Conditions of registration: what the holder sees and sends, and what staff do about the clock."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template
from sqlalchemy import select

from register.account import StaffRole
from register.condition import (
    Award,
    ConditionAct,
    PauseReason,
    Standing,
    evidence_of,
    letter_before,
    propose_discharge,
    propose_extension,
    propose_pause,
    resume,
    send,
    standing_of,
    standings_of,
)
from register.entry import ConditionKind, public_words
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.files import download, receive
from register.kit.pages import page
from register.kit.security.input import FormData
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE
from register.process import ProcessText
from register.proposal import Proposal, waiting_on, why_returned
from register.qualification import Qualification, unfinished
from register.web.casework import OFFICERS, READERS
from register.web.guards import SIGNED_IN, roles
from register.web.needs import Act, Acting, Form, Limits, Visit
from register.web.returning import ReturnForm

APPROVERS = roles(StaffRole.REGISTRAR)
MOST_FILES = 20


class EvidenceForm(forms.Form):
    file = forms.Upload("File", accept=".pdf,.jpg,.jpeg,.png", optional=True)


class StaffForm(forms.Form):
    """One of several on a page: what they send is told apart by a prefix."""

    PREFIX = ""

    @classmethod
    def sent_by(cls, form: FormData, today: date) -> Self:
        return cls(form, prefix=cls.PREFIX, today=today)


class Worded(StaffForm):
    words = forms.LongText(
        "Why", what="why", hint="Only staff read this.", longest=2000
    )


class DischargeForm(Worded):
    PREFIX = "discharge"

    qualification = forms.Radios(
        "Which qualification have they been awarded?",
        what="which qualification they have been awarded",
    )
    awarded_on = forms.Date(
        "When was it awarded?", what="the day it was awarded", past=True
    )

    def offering(self, working_towards: Sequence[Qualification]) -> Self:
        """Nothing is asked of a qualification where we know of none, or the condition asks for none."""
        if working_towards:
            choices = [(str(one.id), one.title) for one in working_towards]
            self.qualification.choices = choices
        elif "qualification" in self:
            del self.qualification, self.awarded_on
        return self

    @property
    def award(self) -> Award | None:
        if "qualification" not in self:
            return None
        return Award(UUID(self.qualification.data), self.awarded_on.data)


class PauseForm(Worded):
    PREFIX = "pause"

    because = forms.Radios(
        "Why can they not go on?",
        what="why they cannot go on",
        choices=[(reason, reason) for reason in PauseReason],
    )
    from_on = forms.Date(
        "From which day does the time not count?",
        what="the day from which the time does not count",
    )


class ResumeForm(StaffForm):
    PREFIX = "resume"

    until_on = forms.Date(
        "Which was the last day that does not count?",
        what="the last day that does not count",
        past=True,
    )


class ExtendForm(Worded):
    PREFIX = "extend"

    due_on = forms.Date(
        "By when shall the condition be met?",
        what="the day by which the condition shall be met",
        earliest=forms.days_after(1),
    )
    enrolled = forms.Confirm(
        "We have evidence that they are enrolled",
        missing="Confirm that we have evidence that they are enrolled",
    )
    forecast = forms.Confirm(
        "We have their assessor’s forecast of the day on which they finish",
        missing="Confirm that we have their assessor’s forecast",
    )


KINDS: tuple[type[StaffForm], ...] = (
    PauseForm,
    ResumeForm,
    ExtendForm,
    DischargeForm,
)


# The holder


@get("/conditions", access=SIGNED_IN)
async def own(act: Act) -> Template:
    standings = await _own(act)
    return page(
        "register/conditions/own.html",
        conditions=[
            (standing, await evidence_of(act.session, standing.condition.id))
            for standing in standings
        ],
        words=await _words(act, *standings),
    )


async def _own(act: Acting) -> list[Standing]:
    person_id = act.account.person_id
    if person_id is None:
        return []
    return await standings_of(act.session, person_id, now=act.now)


async def _words(act: Acting, *standings: Standing) -> dict[UUID, str]:
    """The public wordings, by id."""
    ids = [s.condition.text_id for s in standings if s.condition.text_id]
    texts = [await act.session.get(ProcessText, text_id) for text_id in ids]
    return {text.id: text.words for text in texts if text}


@get("/conditions/{condition_id:uuid}", access=SIGNED_IN)
async def ask(act: Act, condition_id: FromPath[UUID]) -> Template:
    return await _upload_page(act, await _of_own(act, condition_id), EvidenceForm())


async def _of_own(act: Acting, condition_id: UUID) -> Standing:
    for standing in await _own(act):
        if standing.condition.id == condition_id:
            return standing
    raise NotFound


async def _upload_page(act: Acting, standing: Standing, form: EvidenceForm) -> Template:
    return page(
        "register/conditions/upload.html",
        form=form,
        standing=standing,
        words=await _words(act, standing),
    )


@post("/conditions/{condition_id:uuid}", access=SIGNED_IN, body_limit=BODY_LIMIT)
async def upload(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    visit: Visit,
    condition_id: FromPath[UUID],
) -> Redirect | Template:
    standing = await _of_own(act, condition_id)
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request, act.session, owner=act.account.id, now=act.now, fields=()
    )
    form = EvidenceForm(sent.form)
    form.validate()
    if sent.problem:
        form.add_error("file", sent.problem)
    if len(await evidence_of(act.session, condition_id)) >= MOST_FILES:
        form.add_error("file", f"You can send {MOST_FILES} documents for a condition")
    if form.faults or not sent.file:
        return await _upload_page(act, standing, form)
    cost = -(-sent.file.size // MEGABYTE)
    await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    by = act.process(ConditionAct.SEND)
    await send(act.session, standing, sent.file, owner=act.account.id, by=by)
    visit.flash("Your document has been sent")
    return Redirect("/conditions", status_code=303)


# Staff


async def opened(act: Acting, condition_id: UUID, *, lock: bool = False) -> Standing:
    """Raises NotFound for what is over, and for what is the reader's own."""
    found = await standing_of(act.session, condition_id, now=act.now, lock=lock)
    if found.entry.person_id == act.account.person_id:
        raise NotFound
    return found


@get("/staff/conditions/{condition_id:uuid}", access=READERS)
async def one(act: Act, condition_id: FromPath[UUID]) -> Template:
    return await _page(act, await opened(act, condition_id))


async def _page(
    act: Acting, standing: Standing, form: StaffForm | ReturnForm | None = None
) -> Template:
    today = day_of(act.now)
    waiting = await waiting_on(act.session, standing.about)
    shown = {kind: kind(prefix=kind.PREFIX, today=today) for kind in KINDS}
    if isinstance(form, StaffForm):
        shown[type(form)] = form
    cast("DischargeForm", shown[DischargeForm]).offering(await _towards(act, standing))
    award = Award.proposed(waiting) if waiting else None
    return page(
        "register/conditions/one.html",
        form=form,
        standing=standing,
        person=standing.entry.person,
        words=await public_words(act.session, standing.entry.facts),
        evidence=await evidence_of(act.session, standing.condition.id),
        overdue=standing.overdue(today),
        waiting=waiting,
        reasons=await _reasons(act, waiting) if waiting else [],
        proposed_day=_day_in(waiting) if waiting else None,
        award=award,
        awarded=await act.session.get(Qualification, award.qualification_id)
        if award
        else None,
        decided=[
            (proposal, _day_in(proposal), await _reasons(act, proposal))
            for proposal in await _decided(act, standing)
        ],
        letter=letter_before(waiting) if waiting else None,
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, standing.about),
        acts=act.viewer.has(*OFFICERS.roles),
        pause_form=shown[PauseForm],
        resume_form=shown[ResumeForm],
        extend_form=shown[ExtendForm],
        discharge_form=shown[DischargeForm],
        return_form=form if isinstance(form, ReturnForm) else ReturnForm(),
    )


async def _towards(act: Acting, standing: Standing) -> list[Qualification]:
    if standing.condition.kind is not ConditionKind.QUALIFICATION:
        return []
    return await unfinished(act.session, standing.entry.person_id)


async def _decided(act: Acting, standing: Standing) -> Sequence[Proposal]:
    """The newest first."""
    found = await act.session.scalars(
        select(Proposal)
        .where(Proposal.about == standing.about, ~Proposal.waiting)
        .order_by(Proposal.proposed_at.desc(), Proposal.id)
    )
    return found.all()


async def _reasons(act: Acting, proposal: Proposal) -> list[str]:
    """Why it was proposed."""
    await act.session.refresh(proposal, ["process"])
    await act.session.refresh(proposal.process, ["texts"])
    return [text.words for text in proposal.process.texts]


def _day_in(proposal: Proposal) -> date | None:
    day = proposal.data.get("from_on") or proposal.data.get("due_on")
    return date.fromisoformat(day) if day else None


@get(
    "/staff/conditions/{condition_id:uuid}/evidence/{evidence_id:uuid}", access=READERS
)
async def evidence(
    act: Act, condition_id: FromPath[UUID], evidence_id: FromPath[UUID]
) -> Stream:
    standing = await opened(act, condition_id)
    for sent in await evidence_of(act.session, standing.condition.id):
        if sent.id == evidence_id:
            return download(sent.file)
    raise NotFound


@post("/staff/conditions/{condition_id:uuid}/pause", access=OFFICERS)
async def pause(
    act: Act, form: Form, visit: Visit, condition_id: FromPath[UUID]
) -> Redirect | Template:
    standing = await opened(act, condition_id, lock=True)
    answers = PauseForm.sent_by(form, day_of(act.now))
    if not answers.validate():
        return await _page(act, standing, answers)
    await propose_pause(
        act.session,
        standing,
        because=PauseReason(answers.because.data),
        from_on=answers.from_on.data,
        words=answers.words.data,
        **_proposing(act),
    )
    return _proposed(visit, condition_id)


@post("/staff/conditions/{condition_id:uuid}/extension", access=OFFICERS)
async def extension(
    act: Act, form: Form, visit: Visit, condition_id: FromPath[UUID]
) -> Redirect | Template:
    standing = await opened(act, condition_id, lock=True)
    answers = ExtendForm.sent_by(form, day_of(act.now))
    if not answers.validate():
        return await _page(act, standing, answers)
    await propose_extension(
        act.session,
        standing,
        due_on=answers.due_on.data,
        words=answers.words.data,
        **_proposing(act),
    )
    return _proposed(visit, condition_id)


@post("/staff/conditions/{condition_id:uuid}/discharge", access=OFFICERS)
async def discharge(
    act: Act, form: Form, visit: Visit, condition_id: FromPath[UUID]
) -> Redirect | Template:
    standing = await opened(act, condition_id, lock=True)
    answers = DischargeForm.sent_by(form, day_of(act.now))
    answers.offering(await _towards(act, standing))
    if not answers.validate():
        return await _page(act, standing, answers)
    await propose_discharge(
        act.session,
        standing,
        awarded=answers.award,
        words=answers.words.data,
        **_proposing(act),
    )
    return _proposed(visit, condition_id)


def _proposing(act: Acting) -> dict[str, Any]:
    return {"proposer": act.account, "by": act.process(ConditionAct.PROPOSE)}


def _proposed(visit: Visit, condition_id: UUID) -> Redirect:
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"/staff/conditions/{condition_id}", status_code=303)


@post("/staff/conditions/{condition_id:uuid}/resumption", access=OFFICERS)
async def go_on(
    act: Act, form: Form, visit: Visit, condition_id: FromPath[UUID]
) -> Redirect | Template:
    standing = await opened(act, condition_id, lock=True)
    answers = ResumeForm.sent_by(form, day_of(act.now))
    if not answers.validate():
        return await _page(act, standing, answers)
    await resume(
        act.session,
        standing,
        until_on=answers.until_on.data,
        by=act.process(ConditionAct.RESUME),
    )
    visit.flash("The clock runs again")
    return Redirect(f"/staff/conditions/{condition_id}", status_code=303)


@post("/staff/conditions/{condition_id:uuid}/approval", access=APPROVERS)
async def approve(act: Act, visit: Visit, condition_id: FromPath[UUID]) -> Redirect:
    _, waiting = await _waiting(act, condition_id)
    by = act.process(ConditionAct.APPROVE)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("It is done, and the registrant is told")
    return Redirect("/staff/proposals", status_code=303)


@post("/staff/conditions/{condition_id:uuid}/return", access=APPROVERS)
async def send_back(
    act: Act, form: Form, visit: Visit, condition_id: FromPath[UUID]
) -> Redirect | Template:
    standing, waiting = await _waiting(act, condition_id)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, standing, answers)
    by = act.process(ConditionAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return Redirect("/staff/proposals", status_code=303)


async def _waiting(act: Acting, condition_id: UUID) -> tuple[Standing, Proposal]:
    standing = await opened(act, condition_id, lock=True)
    waiting = await waiting_on(act.session, standing.about)
    if waiting is None:
        raise NotFound
    return standing, waiting


pages = [
    own,
    ask,
    upload,
    one,
    evidence,
    pause,
    extension,
    discharge,
    go_on,
    approve,
    send_back,
]
