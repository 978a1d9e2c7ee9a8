"""A proposal as our staff follow it: printed, served again, and answered on paper, which one of us records and another checks."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.case import Read
from fitness.examination.acts import ExaminationAct
from fitness.examination.conclusion import locked_by_office
from fitness.examination.disposal import (
    Answer,
    AskedAlready,
    Disposal,
    ProposalOver,
    disposal_of,
)
from fitness.examination.examination import examination_of
from fitness.examination.paper import (
    ON_PAPER,
    CameBefore,
    Checked,
    DisposalPaper,
    paper_in,
    paper_of,
)
from fitness.examination.preview import Preview
from fitness.web.cases.listing import AT as CASES
from fitness.web.cases.opened import CASE_READERS, CASE_WRITERS, Opened, attempting
from fitness.web.examination.printing import printed
from fitness.web.examination.reporting import EXAMINATION
from fitness.web.investigation.opened import investigated
from fitness.web.notices.preview import preview_page, wants_change, was_seen
from fitness.web.notices.preview import printed as printed_notice
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security import limits as tries
from register.web.needs import Act, Acting, Form, Visit
from register.web.search import PART_NAMES

PROPOSAL = f"{EXAMINATION}/proposal"
PAPERS, SERVICE = f"{PROPOSAL}/papers", f"{PROPOSAL}/service"


class RecordForm(forms.Form):
    answer = forms.Radios(
        "What does the signed paper say?",
        what="what the signed paper says",
        choices=[(one, one) for one in ON_PAPER],
    )
    words = forms.LongText(
        "What would they agree to instead?",
        what="what they would agree to instead",
        only_if=("answer", Answer.VARIED),
        longest=10_000,
    )
    came_on = forms.Date(
        "When did it come?", what="the day on which it came", past=True
    )


class CheckForm(forms.Form):
    found = forms.Radios(
        "What do you find?",
        what="what you find",
        choices=[(one, one) for one in Checked],
    )


@get(PROPOSAL, access=CASE_READERS)
async def one(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.EXAMINATION)
    return await _page(act, found)


async def _page(
    act: Acting,
    found: Opened,
    *,
    record: RecordForm | None = None,
    check: CheckForm | None = None,
) -> Template:
    disposal, today = await disposal_of(act.session, found.case.id), day_of(act.now)
    record, check = record or RecordForm(today=today), check or CheckForm()
    return page(
        "fitness/examination/proposal.html",
        found=found,
        case=found.case,
        disposal=disposal,
        preview=None
        if disposal.answer
        else await Preview.of(act.session, found.case, disposal, now=act.now),
        paper=await paper_of(act.session, disposal),
        form=check if check.faults else record,
        record=record,
        check=check,
        writes=act.viewer.has(*CASE_WRITERS.roles) and disposal.answer is None,
        who=act.account.id,
        part_names=PART_NAMES,
        now=act.now,
        today=today,
    )


@get(f"{PROPOSAL}/paper.pdf", access=CASE_WRITERS, limit=tries.PDF)
async def paper(act: Act, reference: FromPath[str]) -> Response[bytes]:
    found = await investigated(act, reference, what=Read.EXAMINATION)
    disposal = await disposal_of(act.session, found.case.id)
    return await printed(act.session, found.case, disposal, now=act.now)


@post(PAPERS, access=CASE_WRITERS)
async def record(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await investigated(act, reference, what=Read.EXAMINATION)
    answers = RecordForm(form, today=day_of(act.now))
    if answers.validate():
        try:
            async with attempting(act):
                disposal = await _to_answer(act, found)
                await DisposalPaper.record(
                    act.session,
                    found.case,
                    disposal,
                    act.account,
                    Answer(answers.answer.data),
                    came_on=answers.came_on.data,
                    words=answers.words.data,
                    by=act.process(ExaminationAct.RECORD_ANSWER),
                )
        except (ProposalOver, CameBefore) as refused:
            answers.add_error("came_on", str(refused))
        except AskedAlready as refused:
            answers.add_error("answer", str(refused))
    if answers.faults:
        return await _page(act, found, record=answers)
    visit.flash("It is recorded. Somebody else has to check the paper")
    return _back(found)


async def _to_answer(act: Acting, found: Opened) -> Disposal:
    await locked_by_office(act.session, found.case)
    return await disposal_of(act.session, found.case.id)


@post(f"{PAPERS}/{{paper_id:uuid}}", access=CASE_WRITERS)
async def check(
    act: Act,
    *,
    reference: FromPath[str],
    paper_id: FromPath[UUID],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await investigated(act, reference, what=Read.EXAMINATION)
    disposal = await disposal_of(act.session, found.case.id)
    await paper_in(act.session, disposal, paper_id)
    answers = CheckForm(form)
    if not answers.validate():
        return await _page(act, found, check=answers)
    await _check(act, found, paper_id, Checked(answers.found.data))
    visit.flash("The paper is checked")
    return _back(found)


async def _check(act: Acting, found: Opened, paper_id: UUID, result: Checked) -> None:
    disposal = await _to_answer(act, found)
    paper = await paper_in(act.session, disposal, paper_id)
    await paper.check(
        act.session,
        found.case,
        await examination_of(act.session, found.case.id),
        disposal,
        act.account,
        found=result,
        by=act.process(ExaminationAct.CHECK_ANSWER),
    )


@post(SERVICE, access=CASE_WRITERS)
async def serve_again(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    """What the registrant would read comes first; sent again from that page, it is served."""
    found = await investigated(act, reference, what=Read.EXAMINATION)
    disposal = await disposal_of(act.session, found.case.id)
    drawn = await disposal.draw_by_post(act.session, found.case, now=act.now)
    if wants_change(form):
        return _back(found)
    if not was_seen(drawn, form):
        to = f"{CASES}/{reference}/examination/proposal/service"
        return preview_page(found, drawn, form, to=to)
    disposal = await _to_answer(act, found)
    by = act.process(ExaminationAct.SERVE)
    await disposal.serve_by_post(act.session, found.case, by=by)
    visit.flash("It is being sent by post, and the time to answer runs anew")
    return _back(found)


@post(f"{SERVICE}/preview.pdf", access=CASE_WRITERS, limit=tries.PDF)
async def notice_paper(act: Act, reference: FromPath[str]) -> Response[bytes]:
    found = await investigated(act, reference, what=Read.EXAMINATION)
    disposal = await disposal_of(act.session, found.case.id)
    drawn = await disposal.draw_by_post(act.session, found.case, now=act.now)
    return await printed_notice(drawn.reading, now=act.now, name="preview")


def _back(found: Opened) -> Redirect:
    at = f"{CASES}/{found.case.reference}/examination/proposal"
    return Redirect(at, status_code=303)


pages = [one, paper, record, check, serve_again, notice_paper]
