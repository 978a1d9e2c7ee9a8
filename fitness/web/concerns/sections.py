"""A question, and where its answer leads."""

from datetime import datetime

from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.concern import Concern, Referrer
from fitness.concern.told import (
    ANSWERS,
    Answers,
    Section,
    is_taken,
    sections_of,
    unfinished,
)
from fitness.web.concerns.questions import form_for
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.input import FormData
from register.web.outside import UNSEEN, said_in

DOCUMENTS, DUTIES = "documents", "duties"
"""The pages that follow the questions."""


def section_named(concern: Concern, name: str) -> Section:
    """Raises NotFound for one that is not asked of this referrer."""
    if name not in sections_of(concern.referrer, {}):
        raise NotFound
    return Section(name)


def section_page(concern: Concern, section: Section, form: forms.Form) -> Template:
    return page(
        "fitness/concerns/section.html",
        headers=UNSEEN,
        concern=concern,
        section=section,
        form=form,
    )


async def keep_section(
    session: AsyncSession,
    draft: Concern,
    section: Section,
    typed: FormData,
    *,
    now: datetime,
) -> Template | Redirect:
    form = form_for(draft.referrer, section)(typed, today=day_of(now))
    if not form.validate():
        return section_page(draft, section, form)
    await draft.keep(session, section, said_in(form, ANSWERS[section]), now=now)
    await session.flush()
    answers = await draft.answers(session)
    where = await after(session, draft, section, answers)
    return Redirect(f"/concerns/{draft.reference}/{where}", status_code=303)


async def after(
    session: AsyncSession, draft: Concern, section: Section, answers: Answers
) -> str:
    """The next page; once everything is answered, all of it to be checked."""
    if section is Section.TRIGGER and not is_taken(answers):
        return "not-taken"
    if not await open_pages(session, draft, answers):
        return "check"
    asked: list[str] = [
        *sections_of(draft.referrer, answers),
        *([DUTIES] if draft.referrer is Referrer.EMPLOYER else []),
        DOCUMENTS,
    ]
    return asked[asked.index(section) + 1]


async def open_pages(
    session: AsyncSession, draft: Concern, answers: Answers
) -> list[str]:
    """What keeps the concern from being sent."""
    left: list[str] = [*unfinished(draft.referrer, answers)]
    if await draft.has_duties_open(session, answers):
        left.append(DUTIES)
    return left
