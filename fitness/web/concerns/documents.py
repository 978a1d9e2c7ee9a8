"""Documents of a concern, sent by whoever holds its code."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.concern import Concern, ConcernFile, TooManyFiles, file_of, files_of
from fitness.concern.evidence import ROOM
from fitness.web.concerns.held import own_draft
from fitness.web.concerns.questions import FileForm
from fitness.web.concerns.start import HANDLERS
from register.kit.files import receive
from register.kit.pages import page
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE
from register.web.guards import PUBLIC
from register.web.needs import Limits, Moment, Session, Visit
from register.web.outside import UNSEEN


class DocumentPages(Controller):
    path = "/concerns/{reference:str}/documents"
    exception_handlers = HANDLERS

    @get(access=PUBLIC)
    async def ask(
        self, session: Session, visit: Visit, now: Moment, reference: FromPath[str]
    ) -> Template:
        draft = await own_draft(session, visit, reference, now=now)
        return await documents_page(session, draft, FileForm())

    @post(access=PUBLIC, body_limit=BODY_LIMIT)
    async def add(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        visit: Visit,
        limits: Limits,
        now: Moment,
        reference: FromPath[str],
    ) -> Template | Redirect:
        draft = await own_draft(session, visit, reference, now=now, lock=True)
        await limits.hit(UPLOAD, str(draft.id))
        sent = await receive(request, session, owner=draft.id, now=now, room=ROOM)
        form = FileForm(sent.form)
        form.validate()
        if sent.problem:
            form.add_error("file", sent.problem)
        if form.faults or not sent.file:
            return await documents_page(session, draft, form)
        cost = -(-sent.file.size // MEGABYTE)
        await limits.hit(UPLOAD_MEGABYTES, str(draft.id), cost=cost)
        try:
            await ConcernFile.add(session, draft, sent.file, now=now)
        except TooManyFiles as refusal:
            form.add_error("file", str(refusal).rstrip("."))
            return await documents_page(session, draft, form)
        visit.flash("Your document has been uploaded")
        return Redirect(f"/concerns/{reference}/documents", status_code=303)

    @get("/{document_id:uuid}/remove", access=PUBLIC)
    async def ask_removal(
        self,
        session: Session,
        visit: Visit,
        now: Moment,
        reference: FromPath[str],
        document_id: FromPath[UUID],
    ) -> Template:
        draft = await own_draft(session, visit, reference, now=now)
        return page(
            "fitness/concerns/remove_document.html",
            headers=UNSEEN,
            concern=draft,
            document=await file_of(session, draft, document_id),
        )

    @post("/{document_id:uuid}/remove", access=PUBLIC)
    async def remove(
        self,
        session: Session,
        visit: Visit,
        now: Moment,
        reference: FromPath[str],
        document_id: FromPath[UUID],
    ) -> Redirect:
        draft = await own_draft(session, visit, reference, now=now, lock=True)
        await (await file_of(session, draft, document_id)).remove(session)
        visit.flash("The document is deleted")
        return Redirect(f"/concerns/{reference}/documents", status_code=303)


async def documents_page(
    session: AsyncSession, draft: Concern, form: FileForm
) -> Template:
    return page(
        "fitness/concerns/documents.html",
        headers=UNSEEN,
        concern=draft,
        form=form,
        files=await files_of(session, draft),
    )


pages = [DocumentPages]
