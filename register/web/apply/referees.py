"""Naming another referee in place of one who gave no reference."""

from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import Application, ApplicationAct
from register.application.answers import Referee
from register.application.references import (
    Named,
    name_another,
    referees_of,
)
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.input import FormData
from register.web.apply.items import RefereeForm
from register.web.apply.own import (
    answers_from,
    find_faults,
    item_named,
    own,
    standing,
)
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form


def form_for_another(sent: FormData | None = None) -> RefereeForm:
    """Without the question of where they are known from: whoever takes a referee's place comes from the same side."""
    form = RefereeForm(sent)
    del form.knows_from
    return form


class RefereePages(Controller):
    path = "/apply/{reference:str}/referees/{referee:str}"

    @get(access=SIGNED_IN)
    async def ask(
        self, act: Act, reference: FromPath[str], referee: FromPath[str]
    ) -> Template | Redirect:
        application = await own(act, reference)
        named = await _named(act, application, item_named(referee))
        if not named.replaceable:
            return Redirect(f"/apply/{reference}", status_code=303)
        return referee_page(application, named, form_for_another())

    @post(access=SIGNED_IN)
    async def name(
        self, act: Act, form: Form, reference: FromPath[str], referee: FromPath[str]
    ) -> Template | Redirect:
        application = await (await own(act, reference)).lock(act.session)
        named = await _named(act, application, item_named(referee))
        if not named.replaceable:
            return Redirect(f"/apply/{reference}", status_code=303)
        answers = form_for_another(form)
        if not answers.validate():
            return referee_page(application, named, answers)
        another = answers_from(
            answers, Referee, id=uuid4(), knows_from=named.referee.knows_from
        )
        if find_faults(answers, another, await standing(act, application)):
            return referee_page(application, named, answers)
        await name_another(
            act.session,
            application,
            named.referee.id,
            another,
            by=act.process(ApplicationAct.NAME_REFEREE),
        )
        return Redirect(f"/apply/{reference}", status_code=303)


async def _named(act: Acting, application: Application, referee_id: UUID) -> Named:
    """Raises NotFound for whom the application does not name."""
    for named in await referees_of(act.session, application):
        if named.referee.id == referee_id:
            return named
    raise NotFound


def referee_page(application: Application, named: Named, form: RefereeForm) -> Template:
    return page(
        "register/apply/another_referee.html",
        application=application,
        named=named,
        form=form,
    )
