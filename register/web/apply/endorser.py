"""Naming somebody else to endorse, in place of whoever has not."""

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import Application, ApplicationAct
from register.application.answers import Endorser
from register.application.endorsement import endorser_of, name_endorser
from register.kit import forms
from register.kit.pages import page
from register.web.apply.own import answers_from, find_faults, own, standing
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form


class AnotherForm(forms.Form):
    """Without the question whether there is anybody."""

    name = forms.Name("Their full name", what="their full name")
    job = forms.Text("Their job title", what="their job title", longest=100)
    email = forms.Email("Their work email address", what="their work email address")


class EndorserPages(Controller):
    path = "/apply/{reference:str}/endorser"

    @get(access=SIGNED_IN)
    async def ask(self, act: Act, reference: FromPath[str]) -> Template | Redirect:
        application = await own(act, reference)
        if not await _replaceable(act, application):
            return Redirect(f"/apply/{reference}", status_code=303)
        return endorser_page(application, AnotherForm())

    @post(access=SIGNED_IN)
    async def name(
        self, act: Act, form: Form, reference: FromPath[str]
    ) -> Template | Redirect:
        application = await (await own(act, reference)).lock(act.session)
        if not await _replaceable(act, application):
            return Redirect(f"/apply/{reference}", status_code=303)
        answers = AnotherForm(form)
        if not answers.validate():
            return endorser_page(application, answers)
        another = answers_from(answers, Endorser, has_employer=True)
        if find_faults(answers, another, await standing(act, application)):
            return endorser_page(application, answers)
        by = act.process(ApplicationAct.NAME_ENDORSER)
        await name_endorser(act.session, application, another, by=by)
        return Redirect(f"/apply/{reference}", status_code=303)


async def _replaceable(act: Acting, application: Application) -> bool:
    named = await endorser_of(act.session, application)
    return named is not None and named.replaceable


def endorser_page(application: Application, form: AnotherForm) -> Template:
    return page(
        "register/apply/another_endorser.html", application=application, form=form
    )
