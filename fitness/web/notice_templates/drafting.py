"""A draft of the next version of a template: its words, and what a registrant would read by it."""

from typing import Any

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.notice_template import (
    NoticeDraft,
    NoticeKind,
    TemplateAct,
    TemplateChanged,
    Wording,
    current,
    draft_of,
    faults,
    write,
)
from fitness.web.cases.opened import CASE_READERS
from fitness.web.notice_templates.listing import (
    AT,
    ONE,
    WRITERS,
    kind_named,
    printed,
    shown,
)
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.input import FormData
from register.kit.security.limits import PDF
from register.proposal import Proposal, waiting_on, why_returned
from register.web import returning
from register.web.needs import Act, Acting, Form, Visit
from register.web.rules.figures import Versioned

DRAFT = f"{ONE}/draft"


class WordsForm(Versioned):
    title = forms.Text("Title")
    body = forms.LongText(
        "What it says",
        what="what it says",
        hint="A line that begins with # and a space is a heading. Do not name anybody.",
        longest=8000,
    )
    deadline = forms.LongText(
        "What is to be done by when",
        what="what is to be done by when",
        longest=1000,
    )
    basis = forms.LongText(
        "The law and the rules by which it is served",
        what="the law and the rules by which it is served",
        longest=1000,
    )
    email_subject = forms.Text("Subject of the email", what="the subject of the email")
    email_words = forms.LongText(
        "What the email says",
        what="what the email says",
        hint="No more than that there is something to read: somebody else may open it. A link to the page follows.",
        longest=1000,
    )
    letter_words = forms.LongText(
        "What the letter says",
        what="what the letter says",
        hint="To whoever has no email. Somebody else may open it. How to read the notice follows.",
        longest=2000,
    )

    @property
    def wording(self) -> Wording:
        return msgspec.convert(
            {
                name: self[name].data
                for name in Wording.__struct_fields__
                if name in self
            },
            Wording,
        )


def form_for(kind: NoticeKind, *sent: FormData, **more: Any) -> WordsForm:
    """Without the covers, where the email itself says all."""
    form = WordsForm(*sent, **more)
    if kind.reader.outside:
        del form.email_words, form.letter_words
    return form


class ReturnForm(Versioned, returning.ReturnForm):
    """Carries the version of the draft too."""


async def opened(act: Acting, kind: str, *, lock: bool = False) -> NoticeDraft:
    """Raises NotFound where there is none."""
    found = await draft_of(act.session, kind_named(kind), lock=lock)
    if found is None:
        raise NotFound
    return found


def back(kind: NoticeKind) -> Redirect:
    return Redirect(f"{AT}/{kind}/draft", status_code=303)


@get(DRAFT, access=CASE_READERS)
async def draft(act: Act, kind: FromPath[str]) -> Template:
    return await draft_page(act, await opened(act, kind), ReturnForm())


async def draft_page(act: Acting, found: NoticeDraft, form: forms.Form) -> Template:
    """For those who write it and for whoever decides on it."""
    waiting: Proposal | None = await waiting_on(act.session, found.about)
    return page(
        "fitness/notice_templates/draft.html",
        kind=found.kind,
        draft=found,
        before=await current(act.session, found.kind),
        wording=found.wording,
        reading=shown(found.kind, found.wording),
        form=form,
        waiting=waiting,
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, found.about, since=found.begun_at),
        writes=act.viewer.has(*WRITERS.roles),
    )


@get(f"{DRAFT}/words", access=WRITERS)
async def words(act: Act, kind: FromPath[str]) -> Template:
    """Of the draft; where there is none, those in use."""
    which = kind_named(kind)
    found = await draft_of(act.session, which)
    if found:
        await found.must_be_open(act.session)
    wording = (found or await current(act.session, which)).wording
    known = msgspec.structs.asdict(wording)
    seen = found.version if found else 0
    return _words_page(which, form_for(which, data=known | {"version": seen}))


def _words_page(kind: NoticeKind, form: WordsForm) -> Template:
    return page("fitness/notice_templates/write.html", kind=kind, form=form)


@post(f"{DRAFT}/words", access=WRITERS)
async def keep(act: Act, form: Form, kind: FromPath[str]) -> Redirect | Template:
    which = kind_named(kind)
    answers = form_for(which, form)
    if answers.validate():
        for field, sentence in faults(which, answers.wording):
            answers.add_error(field, sentence)
    if not answers.faults:
        try:
            await write(
                act.session,
                which,
                answers.wording,
                seen=answers.version.data,
                account=act.account,
                by=act.process(TemplateAct.DRAFT),
            )
        except TemplateChanged as refused:
            answers.add_error("", str(refused))
    if answers.faults:
        return _words_page(which, answers)
    return back(which)


@get(f"{DRAFT}/example.pdf", access=CASE_READERS, limit=PDF)
async def paper(act: Act, kind: FromPath[str]) -> Response[bytes]:
    found = await opened(act, kind)
    return await printed(act, found.kind, found.wording)


@post(f"{DRAFT}/removal", access=WRITERS)
async def throw_away(act: Act, visit: Visit, kind: FromPath[str]) -> Redirect:
    found = await opened(act, kind, lock=True)
    await found.discard(act.session, by=act.process(TemplateAct.DISCARD))
    visit.flash("The draft is deleted")
    return Redirect(f"{AT}/{found.kind}", status_code=303)


pages = [draft, words, keep, paper, throw_away]
