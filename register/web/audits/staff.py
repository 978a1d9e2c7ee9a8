"""Leading an audit: announcing it, drawing by two people, and how it goes."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.account import StaffRole
from register.cpd.audit import (
    AuditAct,
    LearningAudit,
    audit_of,
    audits,
    cases_of,
    propose_draw,
    results_of,
    to_assess,
)
from register.kit import forms
from register.kit.clock import day_of, months_after
from register.kit.errors import NotFound
from register.kit.pages import page
from register.part import Part
from register.process import Process
from register.proposal import Proposal, waiting_on, why_returned
from register.rule_set import RuleSet
from register.web.casework import READERS
from register.web.guards import roles
from register.web.needs import Act, Acting, Form, Visit
from register.web.paging import after_of
from register.web.returning import ReturnForm

HOME = "/staff/audits"
AT = f"{HOME}/{{audit_id:uuid}}"
LEADERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)
FOLLOWERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR)
"""Read whose learning is looked at."""
APPROVERS = roles(StaffRole.REGISTRAR)
YEARS = 3


class AnnounceForm(forms.Form):
    part = forms.Radios("Of which part?", what="the part")
    year = forms.Radios("Of which registration year?", what="the registration year")

    def offering(self, years: list[date]) -> "AnnounceForm":
        self.part.choices = [(part, part) for part in Part]
        self.year.choices = [
            (end.isoformat(), f"The year that ended on {forms.written(end)}")
            for end in years
        ]
        return self


class DrawForm(forms.Form):
    words = forms.LongText(
        "Why it can be drawn now",
        what="why it can be drawn now",
        hint="For the second person. Check first that the renewals of the year are finished.",
        longest=2000,
    )


@get(HOME, access=READERS)
async def overview(act: Act) -> Template:
    return await _overview(act, AnnounceForm())


async def _overview(act: Acting, form: AnnounceForm) -> Template:
    form.offering(await _years(act))
    return page(
        "register/audits/staff.html",
        form=form,
        audits=await audits(act.session),
        leads=act.viewer.has(*LEADERS.roles),
        follows=act.viewer.has(*FOLLOWERS.roles),
        mine=await to_assess(act.session, act.account),
    )


async def _years(act: Acting) -> list[date]:
    """Those that are over, the last one first."""
    today = day_of(act.now)
    rules = (await RuleSet.on(act.session, Part.MANAGER, today)).rules
    last = months_after(rules.period_end(today), -12)
    return [months_after(last, -12 * n) for n in range(YEARS)]


@post(HOME, access=LEADERS)
async def announce(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    answers = AnnounceForm(form).offering(await _years(act))
    if not answers.validate():
        return await _overview(act, answers)
    audit = await LearningAudit.announce(
        act.session,
        Part(answers.part.data),
        date.fromisoformat(answers.year.data),
        by=act.process(AuditAct.ANNOUNCE),
    )
    visit.flash("The audit is announced, and the hash of its seed is published")
    return Redirect(f"{HOME}/{audit.id}", status_code=303)


@get(AT, access=FOLLOWERS)
async def one(
    request: Request[Any, Any, Any], act: Act, audit_id: FromPath[UUID]
) -> Template:
    audit = await audit_of(act.session, audit_id)
    return await _page(act, audit, after=after_of(request))


async def _page(
    act: Acting,
    audit: LearningAudit,
    *,
    after: UUID | None = None,
    drawing: DrawForm | None = None,
    returning: ReturnForm | None = None,
) -> Template:
    waiting = await waiting_on(act.session, audit.about)
    found = await cases_of(act.session, act.account, audit, after=after)
    here = f"{HOME}/{audit.id}"
    return page(
        "register/audits/one.html",
        form=drawing or returning,
        audit=audit,
        results=await results_of(act.session, audit),
        cases=found.rows,
        first=here if after else "",
        onward=f"{here}?after={found.next}" if found.next else "",
        waiting=waiting,
        reasons=await reasons_of(act, waiting.process_id) if waiting else [],
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, audit.about),
        leads=act.viewer.has(*LEADERS.roles),
        draw_form=drawing or DrawForm(),
        return_form=returning or ReturnForm(),
    )


async def reasons_of(act: Acting, process_id: UUID) -> list[str]:
    """Why something was proposed."""
    process = await act.session.get_one(Process, process_id)
    await act.session.refresh(process, ["texts"])
    return [text.words for text in process.texts]


@post(f"{AT}/draw", access=LEADERS)
async def propose(
    act: Act, form: Form, visit: Visit, audit_id: FromPath[UUID]
) -> Redirect | Template:
    audit = await audit_of(act.session, audit_id, lock=True)
    answers = DrawForm(form)
    if not answers.validate():
        return await _page(act, audit, drawing=answers)
    await propose_draw(
        act.session,
        audit,
        words=answers.words.data,
        proposer=act.account,
        by=act.process(AuditAct.PROPOSE),
    )
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"{HOME}/{audit.id}", status_code=303)


@post(f"{AT}/approval", access=APPROVERS)
async def approve(act: Act, visit: Visit, audit_id: FromPath[UUID]) -> Redirect:
    audit, waiting = await _waiting(act, audit_id)
    by = act.process(AuditAct.DRAW)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The audit is drawn and published, and who is drawn is told")
    return Redirect(f"{HOME}/{audit.id}", status_code=303)


@post(f"{AT}/return", access=APPROVERS)
async def send_back(
    act: Act, form: Form, visit: Visit, audit_id: FromPath[UUID]
) -> Redirect | Template:
    audit, waiting = await _waiting(act, audit_id)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, audit, returning=answers)
    by = act.process(AuditAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return Redirect("/staff/proposals", status_code=303)


async def _waiting(act: Acting, audit_id: UUID) -> tuple[LearningAudit, Proposal]:
    audit = await audit_of(act.session, audit_id, lock=True)
    waiting = await waiting_on(act.session, audit.about)
    if waiting is None:
        raise NotFound
    return audit, waiting


pages = [overview, announce, one, propose, approve, send_back]
