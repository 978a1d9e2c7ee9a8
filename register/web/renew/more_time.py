"""Asking for more time to renew."""

from litestar import get, post
from litestar.response import Redirect, Template

from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.renewal import (
    ExtensionReason,
    RenewalAct,
    RenewalExtension,
    extensions_of,
    own_extensions,
)
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Visit
from register.web.renew.own import HOME, own_standing

ADDRESS = f"{HOME}/more-time"


class AskForm(forms.Form):
    because = forms.Radios(
        "What keeps you from renewing in time?",
        what="what keeps you from renewing in time",
        choices=[(reason, reason) for reason in ExtensionReason],
    )
    words = forms.LongText(
        "Tell us what has happened, and until when you need",
        what="what has happened, and until when you need",
        longest=3000,
    )


@get(ADDRESS, access=SIGNED_IN)
async def own(act: Act) -> Template | Redirect:
    return await _page(act, AskForm())


@post(ADDRESS, access=SIGNED_IN)
async def ask(act: Act, form: Form, visit: Visit) -> Template | Redirect:
    found = await own_standing(act)
    if found is None or found.renewal is None:
        raise NotFound
    answers = AskForm(form)
    if not answers.validate():
        return await _page(act, answers)
    await RenewalExtension.ask(
        act.session,
        found.renewal,
        because=ExtensionReason(answers.because.data),
        words=answers.words.data,
        by=act.process(RenewalAct.ASK_FOR_TIME),
    )
    visit.flash("We have your request for more time")
    return Redirect(ADDRESS, status_code=303)


@post(f"{ADDRESS}/withdrawal", access=SIGNED_IN)
async def withdraw(act: Act, form: Form, visit: Visit) -> Redirect:
    person_id = act.account.person_id
    asked = await own_extensions(act.session, person_id) if person_id else []
    extension = next((e for e in asked if str(e.id) == form.get("extension")), None)
    if extension is None:
        raise NotFound
    await act.session.refresh(extension, with_for_update={"of": RenewalExtension})
    await extension.withdraw(act.session, by=act.process(RenewalAct.WITHDRAW_TIME))
    visit.flash("Your request for more time is taken back")
    return Redirect(ADDRESS, status_code=303)


async def _page(act: Acting, form: AskForm) -> Template | Redirect:
    found = await own_standing(act)
    if found is None or found.renewal is None:
        raise NotFound
    asked = await extensions_of(act.session, found.renewal.id)
    refused = [one for one in asked if one.refused]
    return page(
        "register/renew/more_time.html",
        form=form,
        standing=found,
        extensions=asked,
        may_ask=found.state.may_ask
        and not any(one.open for one in asked)
        and not any(one.again_of for one in refused),
        again=bool(refused),
    )


pages = [own, ask, withdraw]
