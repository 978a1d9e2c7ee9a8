"""A concern as its referrer has it: what is still to do, each question, all of it to check, the sending, and the way out."""

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.concern import (
    Concern,
    ConcernAct,
    Referrer,
    erase,
    files_of,
    recorded,
)
from fitness.concern.told import Section, is_taken, sections_of
from fitness.progress import progress_of
from fitness.web.concerns.held import held, let_go, own_draft, own_receipt
from fitness.web.concerns.questions import filled, form_for
from fitness.web.concerns.sections import (
    keep_section,
    open_pages,
    section_named,
    section_page,
)
from fitness.web.concerns.start import HANDLERS
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security import limits as tries
from register.process import Process
from register.web.guards import PUBLIC
from register.web.needs import Form, Limits, Moment, Session, Visit
from register.web.outside import UNSEEN


class TrueForm(forms.Form):
    true = forms.Confirm(
        "What I have said is true, as far as I know",
        missing="Confirm that what you have said is true, as far as you know",
    )


class DraftPages(Controller):
    path = "/concerns/{reference:str}"
    exception_handlers = HANDLERS

    @get(access=PUBLIC)
    async def tasks(
        self, session: Session, visit: Visit, now: Moment, reference: FromPath[str]
    ) -> Template:
        draft = await own_draft(session, visit, reference, now=now)
        answers = await draft.answers(session)
        return page(
            "fitness/concerns/tasks.html",
            headers=UNSEEN,
            concern=draft,
            sections=sections_of(draft.referrer, answers),
            answered=answers,
            left=await open_pages(session, draft, answers),
            of_employer=draft.referrer is Referrer.EMPLOYER,
            files=await files_of(session, draft),
        )

    @get("/not-taken", access=PUBLIC)
    async def not_taken(
        self, session: Session, visit: Visit, now: Moment, reference: FromPath[str]
    ) -> Template | Redirect:
        draft = await own_draft(session, visit, reference, now=now)
        answers = await draft.answers(session)
        if is_taken(answers):
            return Redirect(f"/concerns/{reference}", status_code=303)
        return page(
            "fitness/concerns/not_taken.html",
            headers=UNSEEN,
            concern=draft,
            said=answers.get(Section.TRIGGER),
        )

    @get("/check", access=PUBLIC)
    async def check(
        self, session: Session, visit: Visit, now: Moment, reference: FromPath[str]
    ) -> Template:
        draft = await own_draft(session, visit, reference, now=now)
        return await self._check_page(session, draft, TrueForm())

    async def _check_page(
        self, session: Session, draft: Concern, form: TrueForm
    ) -> Template:
        answers = await draft.answers(session)
        return page(
            "fitness/concerns/check.html",
            headers=UNSEEN,
            concern=draft,
            form=form,
            sheets=[
                (section, filled(draft.referrer, section, answers[section]))
                for section in sections_of(draft.referrer, answers)
                if section in answers
            ],
            left=await open_pages(session, draft, answers),
            duties=await recorded(session, draft.id),
            files=await files_of(session, draft),
        )

    @post("/check", access=PUBLIC)
    async def send(
        self,
        *,
        session: Session,
        visit: Visit,
        form: Form,
        limits: Limits,
        now: Moment,
        reference: FromPath[str],
    ) -> Template | Redirect:
        draft = await own_draft(session, visit, reference, now=now, lock=True)
        await limits.hit(tries.FORM, str(draft.id))
        sent = TrueForm(form)
        if not sent.validate() or await open_pages(
            session, draft, await draft.answers(session)
        ):
            return await self._check_page(session, draft, sent)
        await draft.send(session, by=Process.begin(session, ConcernAct.SEND, now=now))
        return Redirect(f"/concerns/{reference}/sent", status_code=303)

    @get("/sent", access=PUBLIC)
    async def sent(
        self, session: Session, visit: Visit, reference: FromPath[str]
    ) -> Template | Redirect:
        receipt = await own_receipt(session, visit, reference)
        if receipt is None:
            return Redirect(f"/concerns/{reference}", status_code=303)
        return page(
            "fitness/concerns/sent.html",
            headers=UNSEEN,
            receipt=receipt,
            progress=await progress_of(session, held(visit, reference)),
            of_employer=receipt.referrer is Referrer.EMPLOYER,
        )

    @get("/delete", access=PUBLIC)
    async def ask_deletion(
        self, session: Session, visit: Visit, now: Moment, reference: FromPath[str]
    ) -> Template:
        draft = await own_draft(session, visit, reference, now=now)
        return page("fitness/concerns/delete.html", headers=UNSEEN, concern=draft)

    @post("/delete", access=PUBLIC)
    async def delete(
        self, session: Session, visit: Visit, now: Moment, reference: FromPath[str]
    ) -> Redirect:
        draft = await own_draft(session, visit, reference, now=now, lock=True)
        await erase(session, draft)
        let_go(visit, reference)
        visit.flash("What you wrote is deleted")
        return Redirect("/concerns/start", status_code=303)

    @post("/leave", access=PUBLIC)
    async def leave(self, visit: Visit, reference: FromPath[str]) -> Redirect:
        """Whoever uses this browser next needs the code."""
        let_go(visit, reference)
        visit.flash("You have left. Come back with your reference and your code")
        return Redirect("/concerns/return", status_code=303)

    @get("/{section:str}", access=PUBLIC)
    async def ask(
        self,
        session: Session,
        visit: Visit,
        now: Moment,
        reference: FromPath[str],
        section: FromPath[str],
    ) -> Template:
        draft = await own_draft(session, visit, reference, now=now)
        name = section_named(draft, section)
        said = (await draft.answers(session)).get(name)
        form = (
            filled(draft.referrer, name, said)
            if said
            else form_for(draft.referrer, name)(today=day_of(now))
        )
        return section_page(draft, name, form)

    @post("/{section:str}", access=PUBLIC)
    async def keep(
        self,
        *,
        session: Session,
        visit: Visit,
        form: Form,
        limits: Limits,
        now: Moment,
        reference: FromPath[str],
        section: FromPath[str],
    ) -> Template | Redirect:
        draft = await own_draft(session, visit, reference, now=now, lock=True)
        await limits.hit(tries.FORM, str(draft.id))
        return await keep_section(
            session, draft, section_named(draft, section), form, now=now
        )


pages = [DraftPages]
