"""The examination of a case as our other staff bring it about and follow it: its report, its examiners, how it stands."""

from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import (
    AboutThem,
    AnotherPlace,
    CaseEventKind,
    NotTheirPlace,
    Place,
    Read,
    Stage,
    history,
    members,
)
from fitness.examination.acts import ExaminationAct
from fitness.examination.conclusion import locked_by_office
from fitness.examination.decision import decisions_of
from fitness.examination.disposal import disposals_of
from fitness.examination.examination import (
    Examination,
    MayStillComment,
    NotDisclosed,
    NothingToExamine,
    OnHold,
    examination_of,
    examinations_of,
)
from fitness.examination.examiner import (
    Conflicted,
    NotDescribed,
    SeatTaken,
    appoint,
    examiners_in,
)
from fitness.examination.view import views_of
from fitness.panel import deciders
from fitness.web.cases.listing import AT as CASES
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import (
    ANSWERING,
    CASE_READERS,
    INVESTIGATORS,
    READERS_OF_READING,
    NotTheirWork,
    Opened,
    attempting,
)
from fitness.web.investigation.opened import investigated, to_work_on
from register.account import StaffRole
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.input import FormData
from register.web.needs import Act, Acting, Form, Visit

EXAMINATION = f"{ONE}/examination"
REPORT = f"{EXAMINATION}/report"


class ReportForm(forms.Form):
    words = forms.LongText(
        "Report",
        what="the report",
        hint="What was found, for and against, allegation by allegation. Say “the registrant”, and name no child.",
        longest=40_000,
    )


class AppointForm(forms.Form):
    account = forms.Select("Who shall examine it?", what="who shall examine it")


@get(EXAMINATION, access=CASE_READERS)
async def one(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.EXAMINATION)
    return await _page(act, found, await _form(act))


async def _form(act: Acting, sent: FormData | None = None) -> AppointForm:
    form = AppointForm(sent)
    form.account.choices = [
        (str(one.id), f"{one.name} ({known.side if known else 'not described'})")
        for one, known in await deciders(act.session, StaffRole.CASE_EXAMINER)
    ]
    return form


async def _page(act: Acting, found: Opened, form: AppointForm) -> Template:
    case = found.case
    past = await examinations_of(act.session, case.id)
    latest = past[0] if past else None
    seated = await examiners_in(act.session, case.id)
    open_now = latest is not None and latest.ended_at is None
    return page(
        "fitness/examination/staff.html",
        found=found,
        case=case,
        latest=latest,
        form=form,
        names=act.viewer.has(*READERS_OF_READING.roles),
        seated=seated,
        examining=[
            member
            for member in await members(act.session, case.id)
            if member.place is Place.EXAMINER
        ],
        viewed=await _viewed(act, case.id, latest),
        decisions=await decisions_of(act.session, latest) if latest else [],
        views=await views_of(act.session, latest) if latest else [],
        proposals=await disposals_of(act.session, case.id),
        reports=found.investigates and case.stage is Stage.INVESTIGATION,
        appoints=found.answers and open_now and len(seated) < 2,
        today=day_of(act.now),
    )


async def _viewed(
    act: Acting, case_id: UUID, examination: Examination | None
) -> dict[CaseEventKind, dict[str, datetime]]:
    """When who gave a view or asked for an interim order, and not which; the latest of each."""
    kinds = (CaseEventKind.VIEW_GIVEN, CaseEventKind.INTERIM_WANTED)
    lines = await history(act.session, case_id, kinds=kinds)
    said: dict[CaseEventKind, dict[str, datetime]] = {kind: {} for kind in kinds}
    for event, _, _ in reversed(lines):
        if examination and event.at >= examination.began_at:
            said[event.kind][event.data["account"]] = event.at
    return said


@get(REPORT, access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await to_work_on(act, reference, what=Read.EXAMINATION)
    return _report_page(found, ReportForm())


def _report_page(found: Opened, form: ReportForm) -> Template:
    return page(
        "fitness/examination/report.html", found=found, case=found.case, form=form
    )


@post(REPORT, access=INVESTIGATORS)
async def report(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.EXAMINATION, lock=True)
    answers = ReportForm(form)
    if answers.validate():
        try:
            async with attempting(act):
                await Examination.begin(
                    act.session,
                    found.case,
                    answers.words.data,
                    by=act.process(ExaminationAct.REPORT),
                )
        except (OnHold, NothingToExamine, NotDisclosed, MayStillComment) as refused:
            answers.add_error("", str(refused))
    if answers.faults:
        return _report_page(found, answers)
    visit.flash("The case goes to two case examiners")
    return Redirect(f"{CASES}/{reference}/examination", status_code=303)


@post(f"{EXAMINATION}/examiners", access=ANSWERING)
async def seat(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await investigated(act, reference, what=Read.EXAMINATION)
    if not found.answers:
        raise NotTheirWork
    answers = await _form(act, form)
    if answers.validate():
        try:
            async with attempting(act):
                await _seat(act, found, answers.account.data)
        except (
            NotDescribed,
            SeatTaken,
            Conflicted,
            AboutThem,
            AnotherPlace,
            NotTheirPlace,
        ) as refused:
            answers.add_error("account", str(refused))
    if answers.faults:
        return await _page(act, found, answers)
    visit.flash("They examine the case from now on")
    return Redirect(f"{CASES}/{reference}/examination", status_code=303)


async def _seat(act: Acting, found: Opened, account_id: str) -> None:
    known = {
        str(one.id): one
        for one, _ in await deciders(act.session, StaffRole.CASE_EXAMINER)
    }
    case = await locked_by_office(act.session, found.case)
    await appoint(
        act.session,
        case,
        await examination_of(act.session, case.id),
        known[account_id],
        by=act.process(ExaminationAct.APPOINT),
    )


pages = [one, ask, report, seat]
