"""The evidence log: a file or a described thing, and whether the registrant may see it."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from fitness.case import Read
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.disclosure import disclosures_of, was_disclosed
from fitness.investigation.evidence import (
    CaseEvidence,
    Kept,
    Source,
    evidence_in,
    evidence_of,
)
from fitness.investigation.witness import Witness, witnesses_of
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, INVESTIGATORS, Opened
from fitness.web.investigation.opened import back, investigated, to_work_on, works
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.files import download, receive
from register.kit.pages import page
from register.kit.security.input import FormData
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE, Problem
from register.web.needs import Act, Acting, Form, Limits, Visit

EVIDENCE = f"{ONE}/evidence"
OPEN = "open"
DATES = ("dated_on", "received_on")
FIELDS = (
    "words",
    "source",
    "witness",
    "kept",
    *(f"{name}-{part}" for name in DATES for part in forms.Date.PARTS),
)
KEPT = [(OPEN, OPEN), *((one, one) for one in Kept)]


class LogForm(forms.Form):
    words = forms.LongText(
        "What is it?",
        what="what it is",
        longest=2000,
        hint="The registrant reads this where it is disclosed. Do not name a child or whoever raised the concern.",
    )
    file = forms.Upload("File", accept=".pdf,.jpg,.jpeg,.png", optional=True)
    source = forms.Select(
        "From whom?", what="from whom it is", choices=[(one, one) for one in Source]
    )
    witness = forms.Select(
        "Which witness?",
        what="which witness it is from",
        only_if=("source", Source.WITNESS),
    )
    dated_on = forms.Date(
        "Of which day does it tell?",
        what="the day of which it tells",
        hint="If it is known",
        optional=True,
        past=True,
    )
    received_on = forms.Date(
        "When did we receive it?", what="the day on which we received it", past=True
    )
    kept = forms.Radios(
        "May the registrant see it?",
        what="whether the registrant may see it",
        choices=KEPT,
    )

    def check(self) -> None:
        self.validate()
        dated, received = self.dated_on.data, self.received_on.data
        if dated and received and dated > received:
            self.add_error("received_on", "We cannot have received it before that day")


class KeepForm(forms.Form):
    kept = forms.Radios(
        "May the registrant see it?",
        what="whether the registrant may see it",
        choices=KEPT,
    )
    words = forms.LongText("Why?", what="why")


@get(EVIDENCE, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.EVIDENCE)
    disclosed = await disclosures_of(act.session, found.case.id)
    return page(
        "fitness/investigation/evidence.html",
        found=found,
        case=found.case,
        items=await evidence_of(act.session, found.case.id),
        disclosed={item.id for one in disclosed for item in one.evidence},
        works=works(found),
    )


@get(f"{EVIDENCE}/new", access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await to_work_on(act, reference, what=Read.EVIDENCE)
    form, _ = await _form(act, found)
    return _form_page(found, form)


@post(f"{EVIDENCE}/new", access=INVESTIGATORS, body_limit=BODY_LIMIT)
async def log(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    reference: FromPath[str],
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.EVIDENCE, lock=True)
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request, act.session, owner=found.case.id, now=act.now, fields=FIELDS
    )
    form, witnesses = await _form(act, found, sent.form)
    form.check()
    if sent.problem and sent.problem is not Problem.NONE_CHOSEN:
        form.add_error("file", sent.problem)
    if form.faults:
        return _form_page(found, form)
    if sent.file:
        cost = -(-sent.file.size // MEGABYTE)
        await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    item = await CaseEvidence.log(
        act.session,
        found.case,
        form.words.data,
        source=Source(form.source.data),
        witness=witnesses.get(form.witness.data),
        dated_on=form.dated_on.data,
        received_on=form.received_on.data,
        kept=_kept(form.kept.data),
        file=sent.file,
        by=act.process(InvestigationAct.LOG_EVIDENCE),
    )
    visit.flash(f"It is in the log as {item.label}")
    return back(found, "evidence")


async def _form(
    act: Acting, found: Opened, sent: FormData | None = None
) -> tuple[LogForm, dict[str, Witness]]:
    known = await witnesses_of(act.session, found.case.id)
    form = LogForm(sent, today=day_of(act.now))
    form.witness.choices = [(one.label, f"{one.label} {one.name}") for one in known]
    return form, {one.label: one for one in known}


def _form_page(found: Opened, form: LogForm) -> Template:
    return page(
        "fitness/investigation/log.html", found=found, case=found.case, form=form
    )


def _kept(answer: str) -> Kept | None:
    return None if answer == OPEN else Kept(answer)


@get(f"{EVIDENCE}/{{nth:int}}", access=INVESTIGATORS)
async def ask_level(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await to_work_on(act, reference, what=Read.EVIDENCE)
    item = await evidence_in(act.session, found.case.id, nth)
    return await _keep_page(
        act, found, item, KeepForm(data={"kept": item.kept or OPEN})
    )


async def _keep_page(
    act: Acting, found: Opened, item: CaseEvidence, form: KeepForm
) -> Template:
    return page(
        "fitness/investigation/keep.html",
        found=found,
        case=found.case,
        item=item,
        form=form,
        disclosed=await was_disclosed(act.session, item.id),
    )


@post(f"{EVIDENCE}/{{nth:int}}", access=INVESTIGATORS)
async def keep(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.EVIDENCE, lock=True)
    item = await evidence_in(act.session, found.case.id, nth, lock=True)
    answers = KeepForm(form)
    if not answers.validate():
        return await _keep_page(act, found, item, answers)
    item.keep(
        act.session,
        found.case,
        _kept(answers.kept.data),
        words=answers.words.data,
        disclosed=await was_disclosed(act.session, item.id),
        by=act.process(InvestigationAct.LOG_EVIDENCE),
    )
    visit.flash(f"Who may see {item.label} is written down")
    return back(found, "evidence")


@get(f"{EVIDENCE}/{{nth:int}}/file", access=CASE_READERS)
async def file(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Stream:
    found = await investigated(act, reference, what=Read.EVIDENCE_FILE)
    item = await evidence_in(act.session, found.case.id, nth)
    if item.file is None:
        raise NotFound
    return download(item.file)


pages = [every, ask, log, ask_level, keep, file]
