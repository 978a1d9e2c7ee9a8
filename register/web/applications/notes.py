"""Notes on an application, for the officers alone."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import AssessmentAct, note, notes_of
from register.kit import forms
from register.web.applications.record import (
    Opened,
    application_page,
    open_application,
)
from register.web.casework import OFFICERS, READERS
from register.web.needs import Act, Form, Session, Visit


class NoteForm(forms.Form):
    words = forms.LongText("Note", what="a note")


@get("/{reference:str}/notes", access=READERS)
async def notes(session: Session, act: Act, reference: FromPath[str]) -> Template:
    opened = await open_application(session, act, reference)
    return await notes_page(session, opened, NoteForm())


@post("/{reference:str}/notes", access=OFFICERS)
async def add(
    session: Session, act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    answers = NoteForm(form)
    if not answers.validate():
        return await notes_page(session, opened, answers)
    note(opened.application, answers.words.data, by=act.process(AssessmentAct.NOTE))
    visit.flash("Your note has been kept")
    return Redirect(f"/staff/applications/{reference}/notes", status_code=303)


async def notes_page(session: Session, opened: Opened, form: NoteForm) -> Template:
    return application_page(
        "notes",
        opened,
        form=form,
        notes=await notes_of(session, opened.application),
        writes=bool(opened.reader.roles & OFFICERS.roles),
    )


pages = [notes, add]
