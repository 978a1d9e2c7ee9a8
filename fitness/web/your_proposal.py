"""A proposal as the registrant reads and answers it: its effect, what the public would read, and a second factor to agree."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.case import Case
from fitness.examination.acts import ExaminationAct
from fitness.examination.conclusion import answer, locked
from fitness.examination.disposal import Answer, Disposal, disposal_of
from fitness.examination.examination import examination_of
from fitness.examination.preview import Preview
from fitness.investigation.own import own_case
from fitness.web.cases.opened import attempting
from fitness.web.examination.printing import printed
from register.account import Account, AccountAct, RecoveryCode
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.kit.pages import page
from register.kit.security import limits as tries
from register.kit.settings import settings
from register.web.account import NoFactor, own_account
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Limits, Visit
from register.web.search import PART_NAMES

PROPOSAL = "/your-case/{reference:str}/proposal"
WRONG = "Enter the code that your app shows now, or a recovery code that you have not used yet. Each works once"


class WrongCode(Refused):
    def __init__(self) -> None:
        super().__init__(WRONG)


class AgreeForm(forms.Form):
    agreed = forms.Confirm(
        "I have read what is proposed and what will be published, and I agree to it",
        missing="Confirm that you have read it and agree to it",
    )
    code = forms.Text(
        "Code from your authenticator app, or a recovery code",
        what="the code that your app shows now, or a recovery code",
        hint="We ask for it anew, although you are signed in.",
        longest=40,
    )


class VaryForm(forms.Form):
    words = forms.LongText(
        "What would you agree to instead, and why?",
        what="what you would agree to instead",
        hint="The two case examiners read it. Do not name a child.",
        longest=10_000,
    )


class RefuseForm(forms.Form):
    refused = forms.Confirm(
        "I do not agree, and know that a panel will hear the case",
        missing="Confirm that you do not agree, and know that a panel will hear the case",
    )


@get(PROPOSAL, access=SIGNED_IN)
async def read(act: Act, reference: FromPath[str]) -> Template:
    case = await own_case(act.session, act.account, reference)
    return await _page(act, case)


async def _page(
    act: Acting, case: Case, sent: AgreeForm | VaryForm | RefuseForm | None = None
) -> Template:
    disposal, today = await disposal_of(act.session, case.id), day_of(act.now)
    open_now = disposal.answer is None and not disposal.late(today)

    def shown(kind: type[forms.Form]) -> forms.Form:
        return sent if isinstance(sent, kind) else kind()

    return page(
        "fitness/your_case/proposal.html",
        case=case,
        disposal=disposal,
        preview=await Preview.of(act.session, case, disposal, now=act.now)
        if open_now
        else None,
        agree=shown(AgreeForm),
        vary=shown(VaryForm),
        refuse=shown(RefuseForm),
        form=sent or AgreeForm(),
        has_factor=act.account.has_factor,
        part_names=PART_NAMES,
        now=act.now,
        today=today,
        contact=settings().contact_email,
    )


@post(PROPOSAL, access=SIGNED_IN)
async def agree(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit, limits: Limits
) -> Redirect | Template:
    """Signed in, and with a second factor shown in the very form that agrees."""
    case = await own_case(act.session, act.account, reference)
    await disposal_of(act.session, case.id)
    if not act.account.has_factor:
        raise NoFactor
    sent = AgreeForm(form)
    if not sent.validate():
        return await _page(act, case, sent)
    counted_as = f"proposal {act.account.id}"
    await limits.hit(tries.CODE, counted_as)
    try:
        async with attempting(act):
            disposal = await _open(act, case)
            own = await own_account(act.session, act)
            await _show_factor(act, own, sent.code.data)
            await _answer(act, case, disposal, Answer.AGREED)
    except WrongCode as refused:
        sent.add_error("code", str(refused))
        return await _page(act, case, sent)
    await limits.give_back(tries.CODE, counted_as)
    visit.flash("You have agreed. It is in force from now on")
    return Redirect(f"/your-case/{reference}", status_code=303)


async def _open(act: Acting, case: Case) -> Disposal:
    """As it is by now, with nobody else answering or ending it; raises ProposalAnswered or ProposalOver."""
    await locked(act.session, case)
    disposal = await disposal_of(act.session, case.id)
    disposal.must_be_open(came_on=day_of(act.now))
    return disposal


async def _show_factor(act: Acting, own: Account, typed: str) -> None:
    """Raises WrongCode."""
    if own.accept_code(typed, now=act.now):
        return
    if not await RecoveryCode.take(act.session, own, typed):
        raise WrongCode
    by = act.process(AccountAct.USE_RECOVERY_CODE)
    await RecoveryCode.tell_used(act.session, own, by=by)


async def _answer(
    act: Acting, case: Case, disposal: Disposal, how: Answer, *, words: str = ""
) -> None:
    await answer(
        act.session,
        case,
        await examination_of(act.session, case.id),
        disposal,
        how,
        words=words,
        by=act.process(ExaminationAct.ANSWER),
    )


@post(f"{PROPOSAL}/variation", access=SIGNED_IN)
async def vary(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    case = await own_case(act.session, act.account, reference)
    sent = VaryForm(form)
    if not sent.validate():
        return await _page(act, case, sent)
    disposal = await _open(act, case)
    await _answer(act, case, disposal, Answer.VARIED, words=sent.words.data)
    visit.flash("The case examiners will read what you would agree to")
    return Redirect(f"/your-case/{reference}", status_code=303)


@post(f"{PROPOSAL}/refusal", access=SIGNED_IN)
async def refuse(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    case = await own_case(act.session, act.account, reference)
    sent = RefuseForm(form)
    if not sent.validate():
        return await _page(act, case, sent)
    await _answer(act, case, await _open(act, case), Answer.REFUSED)
    visit.flash("You have not agreed. A panel will hear the case")
    return Redirect(f"/your-case/{reference}", status_code=303)


@get(f"{PROPOSAL}/paper.pdf", access=SIGNED_IN, limit=tries.PDF)
async def paper(act: Act, reference: FromPath[str]) -> Response[bytes]:
    case = await own_case(act.session, act.account, reference)
    disposal = await disposal_of(act.session, case.id)
    return await printed(act.session, case, disposal, now=act.now)


pages = [read, agree, vary, refuse, paper]
