"""The portfolio: how the applicant meets each outcome of the rules, and the documents that show it."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import (
    Application,
    Evidence,
    Filled,
    SectionName,
    evidence_of,
    keep,
    open_for_change,
    open_sections,
    section_of,
    stamp,
)
from register.application.answers import PortfolioMap, ShownOutcome
from register.application.faults import Fault
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.input import FormData
from register.kit.uploads import BODY_LIMIT
from register.rule_set import OutcomeTerms
from register.web.apply.evidence import EvidenceForm, evidence_form, take_in
from register.web.apply.own import both_versions, overtaken, own, standing
from register.web.apply.questions import SectionForm
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Limits, Visit

DOCUMENT = "document"
"""The button that keeps what was typed and goes on to an upload."""


class OutcomeForm(SectionForm):
    words = forms.LongText(
        "How do you meet this?",
        what="how you meet this",
        hint="Say what you did, where and when, and what came of it for children. Name no child.",
        longest=4000,
    )
    evidence = forms.Checkboxes(
        "Which of your documents show it?",
        what="documents",
        optional=True,
    )


@dataclass(frozen=True)
class Wanting:
    """What is missing, as the summary of a page that has no form."""

    problems: list[Fault]

    @property
    def faults(self) -> list[tuple[str, str]]:
        return [(f"#{fault.field}", fault.sentence) for fault in self.problems]


class PortfolioPages(Controller):
    path = "/apply/{reference:str}/portfolio"

    @get(access=SIGNED_IN)
    async def show(self, act: Act, reference: FromPath[str]) -> Template | Redirect:
        application = await own(act, reference)
        state = await _claimed(act, application)
        if SectionName.PORTFOLIO not in await open_sections(act.session, application):
            return Redirect(f"/apply/{reference}/check", status_code=303)
        return await map_page(act, application, state)

    @post(access=SIGNED_IN)
    async def go_on(self, act: Act, reference: FromPath[str]) -> Template | Redirect:
        """Stay where something is missing."""
        application = await own(act, reference)
        state = await _claimed(act, application)
        await open_for_change(act.session, application, SectionName.PORTFOLIO)
        if state.problems(SectionName.PORTFOLIO):
            return await map_page(act, application, state, told=True)
        return Redirect(f"/apply/{reference}", status_code=303)


class OutcomePages(Controller):
    path = "/apply/{reference:str}/portfolio/{code:str}"

    @get(access=SIGNED_IN)
    async def ask(
        self, act: Act, reference: FromPath[str], code: FromPath[str]
    ) -> Template:
        application = await own(act, reference)
        outcome = await _open_outcome(act, application, code)
        row = await section_of(act.session, application.id, SectionName.PORTFOLIO)
        shown = _of(row.answers if row else None, code)
        form = await outcome_form(act, application, shown=shown)
        return outcome_page(application, outcome, form)

    @post(access=SIGNED_IN)
    async def keep(
        self, act: Act, form: Form, reference: FromPath[str], code: FromPath[str]
    ) -> Template | Redirect:
        application = await own(act, reference)
        outcome = _outcome(await _claimed(act, application), code)
        saved = await open_for_change(act.session, application, SectionName.PORTFOLIO)
        answers = await outcome_form(act, application, sent=form)
        uploads = form.get("then") == DOCUMENT
        answers.words.optional = uploads
        if not answers.validate():
            return outcome_page(application, outcome, answers)
        shown = msgspec.convert(
            {
                "code": code,
                "words": answers.words.data,
                "evidence": answers.data.get("evidence", []),
            },
            ShownOutcome,
        )
        address = f"/apply/{reference}/portfolio"
        if overtaken(answers, before := _of(saved, code), shown):
            return both_versions(
                application,
                SectionName.PORTFOLIO,
                sent=form,
                saved=before,
                typed=shown,
                keep_saved=address,
            )
        await _keep(act, application, saved, shown)
        if uploads:
            address = f"{address}/{code}/document"
        return Redirect(address, status_code=303)

    @get("/document", access=SIGNED_IN)
    async def ask_document(
        self, act: Act, reference: FromPath[str], code: FromPath[str]
    ) -> Template:
        application = await own(act, reference)
        outcome = await _open_outcome(act, application, code)
        form = await evidence_form(act, application, SectionName.PORTFOLIO)
        return document_page(application, outcome, form)

    @post("/document", access=SIGNED_IN, body_limit=BODY_LIMIT)
    async def add_document(
        self,
        *,
        request: Request[Any, Any, Any],
        act: Act,
        limits: Limits,
        visit: Visit,
        reference: FromPath[str],
        code: FromPath[str],
    ) -> Template | Redirect:
        application = await own(act, reference)
        outcome = _outcome(await _claimed(act, application), code)
        form, added = await take_in(
            request, act, limits, application, SectionName.PORTFOLIO
        )
        if added is None:
            return document_page(application, outcome, form)
        row = await section_of(act.session, application.id, SectionName.PORTFOLIO)
        saved = row.answers if row else None
        before = _of(saved, code) or ShownOutcome(code=code, words="")
        shown = msgspec.structs.replace(before, evidence=[*before.evidence, added.id])
        await _keep(act, application, saved, shown)
        visit.flash("Your document has been uploaded")
        return Redirect(f"/apply/{reference}/portfolio/{code}", status_code=303)


async def _claimed(act: Acting, application: Application) -> Filled:
    """Raises NotFound where nothing is claimed by a portfolio."""
    state = await standing(act, application)
    if SectionName.PORTFOLIO not in state.sections:
        raise NotFound
    return state


async def _open_outcome(
    act: Acting, application: Application, code: str
) -> OutcomeTerms:
    """Raises NotFound for one that cannot be changed now, too."""
    if SectionName.PORTFOLIO not in await open_sections(act.session, application):
        raise NotFound
    return _outcome(await _claimed(act, application), code)


def _outcome(state: Filled, code: str) -> OutcomeTerms:
    """Raises NotFound for one that the rules do not list."""
    for outcome in state.outcomes:
        if outcome.code == code:
            return outcome
    raise NotFound


def _of(saved: object, code: str) -> ShownOutcome | None:
    return saved.of(code) if isinstance(saved, PortfolioMap) else None


async def _keep(
    act: Acting, application: Application, saved: object, shown: ShownOutcome
) -> None:
    so_far = saved if isinstance(saved, PortfolioMap) else PortfolioMap()
    await keep(
        act.session,
        application,
        SectionName.PORTFOLIO,
        so_far.showing(shown),
        now=act.now,
    )


async def outcome_form(
    act: Acting,
    application: Application,
    *,
    sent: FormData | None = None,
    shown: ShownOutcome | None = None,
) -> OutcomeForm:
    known = {"words": shown.words, "evidence": shown.evidence} if shown else {}
    form = OutcomeForm(sent, data=known)
    documents = await evidence_of(act.session, application.id, SectionName.PORTFOLIO)
    form.evidence.choices = [(str(one.id), one.file.name) for one in documents]
    if not documents:
        del form.evidence
    if sent is None:
        form.opened_on.data = stamp(shown)
    return form


def outcome_page(
    application: Application, outcome: OutcomeTerms, form: OutcomeForm
) -> Template:
    return page(
        "register/apply/portfolio_outcome.html",
        application=application,
        outcome=outcome,
        form=form,
        document=DOCUMENT,
    )


def document_page(
    application: Application, outcome: OutcomeTerms, form: EvidenceForm
) -> Template:
    return page(
        "register/apply/portfolio_document.html",
        application=application,
        outcome=outcome,
        form=form,
    )


async def map_page(
    act: Acting, application: Application, state: Filled, *, told: bool = False
) -> Template:
    """`told`: whether the page says what is missing."""
    problems = state.problems(SectionName.PORTFOLIO)
    return page(
        "register/apply/portfolio.html",
        status=422 if told else 200,
        application=application,
        rules=state.rules,
        outcomes=state.outcomes,
        said=state.form.portfolio or PortfolioMap(),
        evidence=await evidence_by_id(act, application),
        wanting=Wanting(problems) if told else None,
        missing={fault.field for fault in problems},
    )


async def evidence_by_id(act: Acting, application: Application) -> dict[Any, Evidence]:
    found = await evidence_of(act.session, application.id, SectionName.PORTFOLIO)
    return {one.id: one for one in found}
