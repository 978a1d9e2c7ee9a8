"""Whom else an employer must tell: why, when they did, and a sheet of it to take away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.concern import (
    Body,
    Concern,
    ConcernDuty,
    Duty,
    Referrer,
    ToldTo,
    draft_of,
    due_by,
    receipt_of,
    record,
    recorded,
)
from fitness.concern.sheet import sheet_html
from fitness.concern.told import OF_FACTS, Answers, Section
from fitness.web.concerns.held import NotHeld, held, own_draft
from fitness.web.concerns.questions import DutiesForm
from fitness.web.concerns.sections import DOCUMENTS, open_pages
from fitness.web.concerns.start import HANDLERS
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security import limits as tries
from register.kit.security.input import FormData
from register.kit.security.sessions import WebSession
from register.web.guards import PUBLIC
from register.web.needs import Form, Limits, Moment, Session, Visit
from register.web.outside import UNSEEN
from register.web.pdf import pdf


class DutyPages(Controller):
    path = "/concerns/{reference:str}"
    exception_handlers = HANDLERS

    @get("/duties", access=PUBLIC)
    async def ask(
        self, session: Session, visit: Visit, now: Moment, reference: FromPath[str]
    ) -> Template | Redirect:
        draft = await own_employers_draft(session, visit, reference, now=now)
        answers = await draft.answers(session)
        if missing := first_open_fact(answers):
            return Redirect(f"/concerns/{reference}/{missing}", status_code=303)
        due = due_by(answers)
        rows = await recorded(session, draft.id)
        return duties_page(draft, due, duties_form(due, rows=rows))

    @post("/duties", access=PUBLIC)
    async def keep(
        self,
        *,
        session: Session,
        visit: Visit,
        form: Form,
        limits: Limits,
        now: Moment,
        reference: FromPath[str],
    ) -> Template | Redirect:
        draft = await own_employers_draft(session, visit, reference, now=now, lock=True)
        await limits.hit(tries.FORM, str(draft.id))
        answers = await draft.answers(session)
        if missing := first_open_fact(answers):
            return Redirect(f"/concerns/{reference}/{missing}", status_code=303)
        due = due_by(answers)
        sent = duties_form(due, form, now=now)
        if not sent.validate():
            return duties_page(draft, due, sent)
        await record(session, draft.id, due, told_in(sent, due))
        await draft.stay(session, now=now)
        left = await open_pages(session, draft, answers)
        onward = DOCUMENTS if left else "check"
        return Redirect(f"/concerns/{reference}/{onward}", status_code=303)

    @get("/sheet.pdf", access=PUBLIC, limit=tries.PDF)
    async def sheet(
        self, session: Session, visit: Visit, now: Moment, reference: FromPath[str]
    ) -> Response[bytes]:
        """Also of what is sent."""
        concern_id = held(visit, reference)
        if not (
            await draft_of(session, concern_id, now=now)
            or await receipt_of(session, concern_id)
        ):
            raise NotHeld
        rows = await recorded(session, concern_id)
        if not rows:
            raise NotFound
        html = sheet_html(reference, rows, now=now)
        return await pdf(html, name=f"{reference}.pdf", headers=UNSEEN)


async def own_employers_draft(
    session: AsyncSession,
    visit: WebSession,
    reference: str,
    *,
    now: datetime,
    lock: bool = False,
) -> Concern:
    """Raises NotFound where somebody else raised it: the law obliges only employers."""
    draft = await own_draft(session, visit, reference, now=now, lock=lock)
    if draft.referrer is not Referrer.EMPLOYER:
        raise NotFound
    return draft


def first_open_fact(answers: Answers) -> Section | None:
    return next((section for section in OF_FACTS if section not in answers), None)


def duties_form(
    due: Sequence[Duty],
    sent: FormData | None = None,
    *,
    rows: Sequence[ConcernDuty] = (),
    now: datetime | None = None,
) -> DutiesForm:
    """With the boxes of those bodies alone that must be told."""
    known: dict[str, Any] = {}
    for row in rows:
        known |= {f"{row.body}_on": row.told_on, f"{row.body}_whom": row.whom}
    form = DutiesForm(sent, data=known, today=day_of(now) if now else None)
    asked = {f"{duty.body}_{what}" for duty in due for what in ("on", "whom")}
    for field in list(form):
        if field.name not in asked:
            del form[field.name]
    return form


def told_in(form: DutiesForm, due: Sequence[Duty]) -> dict[Body, ToldTo]:
    return {
        duty.body: ToldTo(on, form[f"{duty.body}_whom"].data)
        for duty in due
        if (on := form[f"{duty.body}_on"].data)
    }


def duties_page(draft: Concern, due: Sequence[Duty], form: DutiesForm) -> Template:
    return page(
        "fitness/concerns/duties.html",
        headers=UNSEEN,
        concern=draft,
        due=due,
        form=form,
    )


pages = [DutyPages]
