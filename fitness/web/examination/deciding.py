"""The decision of the two examiners: written by one, confirmed by the other."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.examination.acts import ExaminationAct
from fitness.examination.conclusion import carry_out
from fitness.examination.decision import (
    DraftedMeanwhile,
    ExaminationDecision,
    NotAgreed,
    NothingToPublish,
    decision_of,
    only_health,
)
from fitness.examination.disposal import unserved_notice
from fitness.examination.outcome import Outcome
from fitness.order import WordsNeeded
from fitness.web.cases.opened import attempting
from fitness.web.examination.opened import (
    AT,
    EXAMINERS,
    ONE,
    Laid,
    laid_before,
    to_decide,
)
from register.kit import forms
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit

DECISION = f"{ONE}/decision"


class DecisionForm(forms.Form):
    words = forms.LongText(
        "Reasons",
        what="the reasons",
        hint="The registrant reads them once signed in. If more is to be found out, say what: only our staff read that.",
        longest=20_000,
    )
    wording = forms.LongText(
        "What the register says",
        optional=True,
        hint="The public reads it beside the name, as long as it stands. Do not name a child or anybody’s health.",
        longest=4000,
    )
    public = forms.LongText(
        "What the public reads of the decision",
        optional=True,
        hint="Only if the registrant accepts it. Do not name a child, a home or anybody’s health.",
        longest=10_000,
    )
    read = forms.Number("The decision that you have read")


class ConfirmForm(forms.Form):
    read = forms.Number("The decision that you have read")


@get(DECISION, access=EXAMINERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    laid = await laid_before(act, reference)
    laid.examination.must_be_theirs()
    return await _page(act, laid, _form(laid))


def _form(laid: Laid) -> DecisionForm:
    last = laid.standpoint.decision

    def said(name: str) -> str:
        text = getattr(last, name) if last else None
        return text.words if text else ""

    return DecisionForm(
        data={
            "words": said("text"),
            "wording": said("wording"),
            "public": said("public"),
            "read": last.number if last else 0,
        }
    )


async def _page(act: Acting, laid: Laid, form: DecisionForm) -> Template:
    """Raises NotAgreed."""
    terms = laid.standpoint.given.agreed
    if terms is None:
        raise NotAgreed
    health = await only_health(act.session, laid.examination)
    draft = laid.standpoint.draft
    return page(
        "fitness/examination/decision.html",
        case=laid.case,
        examination=laid.examination,
        terms=terms,
        draft=draft,
        served=await unserved_notice(act.session, draft) if draft else None,
        turn=laid.standpoint.turn,
        form=form,
        worded=bool(terms.measure and terms.measure.worded),
        published=terms.outcome is Outcome.DISPOSAL and not health,
        health=terms.outcome is Outcome.DISPOSAL and health,
    )


@post(DECISION, access=EXAMINERS)
async def draft(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    laid = await laid_before(act, reference)
    answers = DecisionForm(form)
    if answers.validate():
        try:
            async with attempting(act):
                examination = await to_decide(act, laid)
                await ExaminationDecision.draft(
                    act.session,
                    laid.case,
                    examination,
                    act.account,
                    words=answers.words.data,
                    wording=answers.wording.data,
                    public=answers.public.data,
                    read=answers.read.data,
                    by=act.process(ExaminationAct.DRAFT),
                )
        except WordsNeeded as refused:
            answers.add_error("wording", str(refused))
        except NothingToPublish as refused:
            answers.add_error("public", str(refused))
        except DraftedMeanwhile as refused:
            answers.add_error("", str(refused))
    if answers.faults:
        return await _page(act, laid, answers)
    visit.flash("The decision is written. The other examiner has to confirm it")
    return Redirect(f"{AT}/{reference}", status_code=303)


@post(f"{DECISION}/confirmation", access=EXAMINERS)
async def confirm(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect:
    """What is refused here has nothing to fill in again: a page says why."""
    laid = await laid_before(act, reference)
    answers = ConfirmForm(form)
    examination = await to_decide(act, laid)
    decision = await decision_of(act.session, examination)
    if not answers.validate() or decision is None:
        raise DraftedMeanwhile
    if decision.number != answers.read.data:
        raise DraftedMeanwhile
    by = act.process(ExaminationAct.CONFIRM)
    await decision.confirm(act.session, laid.case, examination, act.account, by=by)
    await carry_out(act.session, laid.case, examination, decision, by=by)
    visit.flash("The decision is made")
    return Redirect(f"{AT}/{reference}", status_code=303)


pages = [ask, draft, confirm]
