"""The times without a post: what they are follows from the posts, and each is explained."""

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import (
    Application,
    Filled,
    SectionName,
    keep,
    open_for_change,
    open_sections,
)
from register.application.answers import EmploymentHistory, Gap
from register.application.history import Span
from register.application.sections import employment_gaps, in_words
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.apply.own import own, standing
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Form


class GapPages(Controller):
    path = "/apply/{reference:str}/employment-gaps"

    @get(access=SIGNED_IN)
    async def ask(self, act: Act, reference: FromPath[str]) -> Template | Redirect:
        application = await own(act, reference)
        if SectionName.EMPLOYMENT not in await open_sections(act.session, application):
            raise NotFound
        state = await standing(act, application)
        if not (found := gaps_of(state)):
            return Redirect(f"/apply/{reference}", status_code=303)
        form = gaps_form(found)(data=said(found, state.form.employment))
        return gaps_page(application, found, form)

    @post(access=SIGNED_IN)
    async def keep(
        self, act: Act, form: Form, reference: FromPath[str]
    ) -> Template | Redirect:
        application = await own(act, reference)
        await open_for_change(act.session, application, SectionName.EMPLOYMENT)
        state = await standing(act, application)
        found = gaps_of(state)
        explained = gaps_form(found)(form)
        if not explained.validate():
            return gaps_page(application, found, explained)
        if found and (history := state.form.employment):
            history.gaps = [
                explanation(gap, explained.data[name_of(gap)], state) for gap in found
            ]
            await keep(
                act.session, application, SectionName.EMPLOYMENT, history, now=act.now
            )
        return Redirect(f"/apply/{reference}", status_code=303)


def gaps_of(state: Filled) -> list[Span]:
    history = state.form.employment
    begun = history and (history.items or state.left_on)
    return employment_gaps(history, state) if history and begun else []


def name_of(gap: Span) -> str:
    return f"gap_{gap.since:%Y%m%d}"


def gaps_form(found: list[Span]) -> type[forms.Form]:
    """One question a gap."""
    questions = {
        name_of(gap): forms.LongText(
            f"What did you do from {in_words(gap)}?",
            what=f"what you did from {in_words(gap)}",
            longest=1000,
        )
        for gap in found
    }
    return type("GapsForm", (forms.Form,), questions)


def said(found: list[Span], history: EmploymentHistory | None) -> dict[str, str]:
    """What was said of a gap that began on the same day, or of one that covers it."""
    known = history.gaps if history else []
    return {
        name_of(gap): explained.explanation
        for gap in found
        for explained in known
        if explained.since <= gap.since
        and (explained.until is None or gap.since <= explained.until)
    }


def explanation(gap: Span, words: str, state: Filled) -> Gap:
    """A gap that reaches to today lasts: it is the same time without a post tomorrow."""
    until = None if gap.until == state.on else gap.until
    return Gap(since=gap.since, until=until, explanation=words)


def gaps_page(
    application: Application, found: list[Span], form: forms.Form
) -> Template:
    return page(
        "register/apply/employment_gaps.html",
        application=application,
        names=[name_of(gap) for gap in found],
        form=form,
    )
