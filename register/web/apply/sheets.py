"""The sections that are one form: asked on one page, checked as a whole, saved as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar.response import Redirect, Template
from typing_extensions import override

from register.application import (
    Application,
    ApplicationState,
    Filled,
    SectionName,
    keep,
    open_for_change,
    open_sections,
    section_of,
    stamp,
)
from register.application.answers import HOLDS, Answers, EqualityAsked
from register.application.equality import QUESTIONS, keep_answers
from register.application.faults import Fault
from register.application.returning import away_long
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.input import FormData
from register.part import Part
from register.web.apply.own import (
    answers_from,
    both_versions,
    find_faults,
    find_home,
    of_home,
    overtaken,
    rules_shown,
    standing,
)
from register.web.apply.questions import (
    EqualityForm,
    SectionForm,
)
from register.web.needs import Acting


@dataclass(frozen=True)
class Sheet:
    name: SectionName
    form: type[SectionForm]
    then: str = ""
    """The page of the section that comes after it is saved; otherwise the task list."""

    async def ask(self, act: Acting, application: Application) -> Template | Redirect:
        if self.name not in await open_sections(act.session, application):
            return Redirect(f"/apply/{application.reference}/check", status_code=303)
        row = await section_of(act.session, application.id, self.name)
        saved = row.answers if row else None
        form = self.prepare(
            application, self.form(data=self.shown(saved), today=day_of(act.now))
        )
        form.opened_on.data = stamp(saved)
        if saved:
            state = await standing(act, application)
            tell(form, state.problems(self.name))
        return await self.page(act, application, form)

    async def keep(
        self, act: Acting, application: Application, sent: FormData
    ) -> Template | Redirect:
        saved = await open_for_change(act.session, application, self.name)
        state = await standing(act, application)
        form = self.prepare(application, self.form(sent, today=day_of(act.now)))
        answers = await self.answers(act, application, form, state)
        if answers is None:
            return await self.page(act, application, form)
        address = f"/apply/{application.reference}"
        if overtaken(form, saved, answers):
            return both_versions(
                application,
                self.name,
                sent=sent,
                saved=saved,
                typed=answers,
                keep_saved=address,
            )
        await keep(act.session, application, self.name, answers, now=act.now)
        state = await standing(act, application)
        if excluded := state.contradictions(self.name):
            tell(form, excluded)
            form.opened_on.raw_data = [stamp(answers)]
            return await self.page(act, application, form)
        return Redirect(self.after(application, answers), status_code=303)

    def prepare(self, application: Application, form: SectionForm) -> SectionForm:  # noqa: ARG002 - for those whose questions depend on it
        return form

    def after(self, application: Application, answers: Any) -> str:  # noqa: ARG002 - for those whose next page depends on them
        return "/".join(
            (f"/apply/{application.reference}", *filter(None, (self.then,)))
        )

    async def answers(
        self, act: Acting, application: Application, form: SectionForm, state: Filled
    ) -> Answers | None:
        """What the form says, if it is sound."""
        sound = form.validate()
        known = await self.known(act, application, form)
        if not sound or form.faults:
            return None
        answers = answers_from(form, HOLDS[self.name], **known)
        return None if find_faults(form, answers, state) else answers

    def shown(self, saved: Answers | None) -> dict[str, Any]:
        """What stands in the form when it is opened."""
        return msgspec.structs.asdict(saved) if saved else {}

    async def known(
        self,
        act: Acting,  # noqa: ARG002 - for those who look something up
        application: Application,  # noqa: ARG002
        form: SectionForm,  # noqa: ARG002
    ) -> dict[str, Any]:
        """What we add to the answers; may find faults of its own."""
        return {}

    async def page(
        self, act: Acting, application: Application, form: SectionForm
    ) -> Template:
        return page(
            f"register/apply/{self.name}.html",
            form=form,
            application=application,
            section=self.name,
            account=act.account,
        )


def tell(form: SectionForm, faults: Iterable[Fault]) -> None:
    """What the form can show: what is missing on pages of its own is told by them."""
    for fault in faults:
        if not fault.field or fault.field in form:
            form.add_error(fault.field, fault.sentence)


OF_THE_ROLE = "Do you work in this role in a children’s home, or have a day on which you will start?"
SINCE_WHEN = "When did you start, or when will you start, in this role?"


def _ask(form: SectionForm, name: str, words: str, what: str) -> None:
    field = cast("forms.Question", form[name])
    yes = "Select yes if" if isinstance(field, forms.YesNo) else field.missing_verb
    field.label.text, field.missing = words, f"{yes} {what}"


class EligibilitySheet(Sheet):
    @override
    def prepare(self, application: Application, form: SectionForm) -> SectionForm:
        """Written for managers; everybody else is asked of their own role."""
        if application.part is not Part.MANAGER:
            del form["managing_as"]
            _ask(form, "in_role", OF_THE_ROLE, "you work in this role or will")
            _ask(form, "started_on", SINCE_WHEN, "the day you started or will start")
        return form

    @override
    async def known(
        self, act: Acting, application: Application, form: SectionForm
    ) -> dict[str, Any]:
        if not form["in_role"].data:
            return {}
        home = await find_home(act.session, form)
        return of_home(form, home)


class IdentitySheet(Sheet):
    @override
    def shown(self, saved: Answers | None) -> dict[str, Any]:
        known = super().shown(saved)
        if known:
            known |= {
                "has_former_names": bool(known["former_names"]),
                "has_aliases": bool(known["aliases"]),
                "has_ni_number": bool(known["ni_number"]),
            }
        return known


class AddressSheet(Sheet):
    """One whose answers are an address, at home or abroad."""

    @override
    def shown(self, saved: Answers | None) -> dict[str, Any]:
        known = super().shown(saved)
        return known | {"in_uk": not known["country"]} if known else known


class SkillsSheet(Sheet):
    """What is wanted of it depends on how long they were away; it is told once the answers are saved."""

    @override
    async def page(
        self, act: Acting, application: Application, form: SectionForm
    ) -> Template:
        rules = (await rules_shown(act, application)).rules
        left_on = application.left_on
        long = left_on and away_long(left_on, rules, day_of(act.now))
        return page(
            "register/apply/skills.html",
            form=form,
            application=application,
            section=self.name,
            wanted=rules.restoration_practice_hours if long else 0,
        )


class DeclaredSheet(Sheet):
    """A declaration of suitability, of the version whose questions were asked."""

    @override
    async def known(
        self, act: Acting, application: Application, form: SectionForm
    ) -> dict[str, Any]:
        rules = (await rules_shown(act, application)).rules
        return {"version": rules.declaration_version}


class StandardsSheet(Sheet):
    @override
    def shown(self, saved: Answers | None) -> dict[str, Any]:
        return {"agreed": saved is not None}

    @override
    async def known(
        self, act: Acting, application: Application, form: SectionForm
    ) -> dict[str, Any]:
        rules = (await rules_shown(act, application)).rules
        return {"version": rules.standards_version, "declared_at": act.now}

    @override
    async def page(
        self, act: Acting, application: Application, form: SectionForm
    ) -> Template:
        rule_set = await rules_shown(act, application)
        return page(
            "register/apply/standards.html",
            form=form,
            application=application,
            section=self.name,
            standards=rule_set.standards,
        )


class EnglishSheet(Sheet):
    """A test or work abroad is shown by a document."""

    @override
    def after(self, application: Application, answers: Any) -> str:
        if answers.shown_by.needs_evidence:
            return f"/apply/{application.reference}/evidence/{self.name}"
        return super().after(application, answers)


@dataclass(frozen=True)
class EqualitySheet:
    """Answered or skipped, once: what goes into the store cannot be found again to be changed."""

    name: SectionName = SectionName.EQUALITY

    async def ask(self, act: Acting, application: Application) -> Template | Redirect:
        row = await section_of(act.session, application.id, SectionName.EQUALITY)
        if row is None and application.state is ApplicationState.DRAFT:
            return self._page(application, EqualityForm())
        return page(
            "register/apply/equality_kept.html",
            application=application,
            answered=row is not None and row.answers == EqualityAsked(answered=True),
        )

    async def keep(
        self, act: Acting, application: Application, sent: FormData
    ) -> Template | Redirect:
        saved = await open_for_change(act.session, application, SectionName.EQUALITY)
        address = Redirect(f"/apply/{application.reference}", status_code=303)
        if saved is not None:
            return address
        skipped = sent.get("answer") == "skip"
        form = EqualityForm(None if skipped else sent)
        if not skipped and not form.validate():
            return self._page(application, form)
        answered = not skipped and keep_answers(
            act.session, application.part, form.data, now=act.now
        )
        await keep(
            act.session,
            application,
            SectionName.EQUALITY,
            EqualityAsked(answered=answered),
            now=act.now,
        )
        return address

    def _page(self, application: Application, form: EqualityForm) -> Template:
        return page(
            "register/apply/equality.html",
            form=form,
            application=application,
            questions=list(QUESTIONS),
        )
