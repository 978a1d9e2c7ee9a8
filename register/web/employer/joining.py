"""Following an invitation: with one's own account, by a link that lets one account in once."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.kit.pages import page
from register.organisation import OrganisationAct, invitation_by
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Visit


@get("/employer/join/{token:str}", access=SIGNED_IN)
async def ask(act: Act, token: FromPath[str]) -> Template:
    invitation = await invitation_by(act.session, token, now=act.now)
    return page(
        "register/employer/join.html",
        invitation=invitation,
        account=act.account,
        token=token,
    )


@post("/employer/join/{token:str}", access=SIGNED_IN)
async def join(act: Act, visit: Visit, token: FromPath[str]) -> Redirect:
    invitation = await invitation_by(act.session, token, now=act.now, lock=True)
    by = act.process(OrganisationAct.JOIN)
    await invitation.accept(act.session, act.account, by=by)
    visit.flash(f"You now act for {invitation.organisation.provider.name}")
    return Redirect("/employer", status_code=303)


pages = [ask, join]
