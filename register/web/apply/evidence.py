"""Documents: uploaded to a section, given back once they are known to be harmless, taken back before they are sent."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from register.application import (
    Application,
    Evidence,
    EvidenceKind,
    SectionName,
    attach,
    detach,
    evidence_of,
    kinds_for,
    may_be_taken_back,
    open_for_change,
    open_sections,
    section_of,
)
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.files import download, receive
from register.kit.pages import page
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE
from register.web.apply.own import item_named, own, section_named
from register.web.apply.questions import codes
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Limits, Visit

MOST_FILES = 20


class EvidenceForm(forms.Form):
    kind = forms.Radios("What is it?", what="what the document is")
    item = forms.Select(
        "Which qualification is it for?", what="the qualification it is for"
    )
    file = forms.Upload("File", accept=".pdf,.jpg,.jpeg,.png", optional=True)


class EvidencePages(Controller):
    path = "/apply/{reference:str}/evidence/{section:str}"

    @get(access=SIGNED_IN)
    async def ask(
        self, act: Act, reference: FromPath[str], section: FromPath[str]
    ) -> Template:
        application = await own(act, reference)
        name = documented(section, application)
        if name not in await open_sections(act.session, application):
            raise NotFound
        form = await evidence_form(act, application, name)
        return await evidence_page(act, application, name, form)

    @post(access=SIGNED_IN, body_limit=BODY_LIMIT)
    async def add(
        self,
        *,
        request: Request[Any, Any, Any],
        act: Act,
        limits: Limits,
        visit: Visit,
        reference: FromPath[str],
        section: FromPath[str],
    ) -> Template | Redirect:
        application = await own(act, reference)
        name = documented(section, application)
        form, added = await take_in(request, act, limits, application, name)
        if added is None:
            return await evidence_page(act, application, name, form)
        visit.flash("Your document has been uploaded")
        return Redirect(f"/apply/{reference}/evidence/{section}", status_code=303)


class DocumentPages(Controller):
    path = "/apply/{reference:str}/documents/{document:str}"

    @get(access=SIGNED_IN)
    async def give(
        self, act: Act, reference: FromPath[str], document: FromPath[str]
    ) -> Stream:
        application = await own(act, reference)
        return download((await document_of(act, application, document)).file)

    @get("/remove", access=SIGNED_IN)
    async def ask_removal(
        self, act: Act, reference: FromPath[str], document: FromPath[str]
    ) -> Template:
        application = await own(act, reference)
        evidence = await document_of(act, application, document)
        if not await may_be_taken_back(act.session, application, evidence):
            raise NotFound
        return page(
            "register/apply/evidence_remove.html",
            application=application,
            evidence=evidence,
        )

    @post("/remove", access=SIGNED_IN)
    async def remove(
        self, act: Act, reference: FromPath[str], document: FromPath[str]
    ) -> Redirect:
        application = await own(act, reference)
        evidence = await document_of(act, application, document)
        await detach(act.session, application, evidence, now=act.now)
        return Redirect(
            f"/apply/{reference}/evidence/{evidence.section}", status_code=303
        )


async def take_in(
    request: Request[Any, Any, Any],
    act: Acting,
    limits: Limits,
    application: Application,
    section: SectionName,
) -> tuple[EvidenceForm, Evidence | None]:
    """The form as it was sent, and the document that was added, if both are sound; raises SectionClosed."""
    await limits.hit(UPLOAD, str(act.account.id))
    upload = await receive(
        request,
        act.session,
        owner=act.account.id,
        now=act.now,
        fields=("kind", "item"),
    )
    await open_for_change(act.session, application, section)
    form = await evidence_form(act, application, section, upload.form)
    form.validate()
    if upload.problem:
        form.add_error("file", upload.problem)
    if len(await evidence_of(act.session, application.id, section)) >= MOST_FILES:
        form.add_error("file", f"You can upload {MOST_FILES} documents to a section")
    if form.faults or not upload.file:
        return form, None
    cost = -(-upload.file.size // MEGABYTE)
    await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    added = await attach(
        act.session,
        application,
        section,
        EvidenceKind(form.kind.data),
        upload.file,
        item_id=UUID(form.item.data) if "item" in form and form.item.data else None,
        now=act.now,
    )
    return form, added


def documented(section: str, application: Application) -> SectionName:
    """A section to which documents may be added: any that is assessed."""
    if section == SectionName.PORTFOLIO:
        return SectionName.PORTFOLIO
    name = section_named(section, application)
    if not name.assessed:
        raise NotFound
    return name


async def document_of(act: Acting, application: Application, document: str) -> Evidence:
    wanted = item_named(document)
    for evidence in await evidence_of(act.session, application.id):
        if evidence.id == wanted:
            return evidence
    raise NotFound


async def evidence_form(
    act: Acting, application: Application, section: SectionName, sent: Any = None
) -> EvidenceForm:
    form = EvidenceForm(sent)
    form.kind.choices = codes(kinds_for(section))
    if section is SectionName.QUALIFICATIONS:
        form.item.choices = await _qualifications(act, application)
    else:
        del form.item
    return form


async def _qualifications(
    act: Acting, application: Application
) -> list[tuple[str, str]]:
    row = await section_of(act.session, application.id, SectionName.QUALIFICATIONS)
    items = getattr(row.answers, "items", []) if row else []
    return [(str(item.id), item.title) for item in items]


async def evidence_page(
    act: Acting, application: Application, section: SectionName, form: EvidenceForm
) -> Template:
    evidence = await evidence_of(act.session, application.id, section)
    return page(
        "register/apply/evidence.html",
        application=application,
        section=section,
        form=form,
        evidence=evidence,
        removable={
            one.id
            for one in evidence
            if await may_be_taken_back(act.session, application, one)
        },
    )
