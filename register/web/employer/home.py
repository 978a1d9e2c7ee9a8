"""The first page of a provider's user: what waits for them."""

from litestar import get
from litestar.response import Template

from register.application.endorsement import waiting_for
from register.kit.pages import page
from register.organisation import Sought, posts_to_confirm, roster
from register.web.employer.acting import acting
from register.web.guards import SIGNED_IN
from register.web.needs import Act


@get("/employer", access=SIGNED_IN)
async def home(act: Act) -> Template:
    user = await acting(act)
    organisation = user.organisation
    attention = await roster(
        act.session, organisation, Sought(attention=True), now=act.now
    )
    return page(
        "register/employer/home.html",
        user=user,
        organisation=organisation,
        attention=attention,
        endorsements=await waiting_for(act.session, user),
        posts=await posts_to_confirm(act.session, organisation, now=act.now)
        if user.lead
        else [],
    )


pages = [home]
