"""The way in: signing in and up, and a new password by a link."""

from datetime import timedelta

from register.kit.security import links
from register.web.reset import PURPOSE
from tests.leaks.people import PASSWORD
from tests.leaks.roles import EVERYBODY, Role
from tests.leaks.rows import Line, public
from tests.make import NOW

WAY_IN = Line("All: MFA for all staff, so that each signs in", EVERYBODY)


async def make(world, _session):
    """`reset`: the registrant's link to choose a new password."""
    account = world.accounts[Role.REGISTRANT]
    subject = f"{account.id} {account.mark}"
    world.reset = links.sign(PURPOSE, subject, until=NOW + timedelta(hours=1))


def at(known, _row, _role):
    return [{"token": known.world.reset}]


def signing_in(known, _place, role):
    account = known.world.accounts.get(role, known.world.accounts[Role.APPLICANT])
    return {"email": account.email, "password": PASSWORD}


ROWS = [
    public("GET", "/sign-in", WAY_IN),
    public("POST", "/sign-in", WAY_IN),
    public("GET", "/sign-in/code", WAY_IN),
    public("POST", "/sign-in/code", WAY_IN),
    public("GET", "/sign-in/recovery", WAY_IN),
    public("POST", "/sign-in/recovery", WAY_IN),
    public("GET", "/sign-in/reset", WAY_IN),
    public("POST", "/sign-in/reset", WAY_IN),
    public("GET", "/sign-in/reset/sent", WAY_IN),
    public("GET", "/sign-in/reset/{token}", WAY_IN),
    public("POST", "/sign-in/reset/{token}", WAY_IN),
    public("GET", "/sign-in/out", WAY_IN),
    public("POST", "/sign-out", WAY_IN),
    public("GET", "/sign-up", WAY_IN),
    public("POST", "/sign-up", WAY_IN),
    public("POST", "/sign-up/code", WAY_IN),
    public("GET", "/sign-up/confirm", WAY_IN),
    public("POST", "/sign-up/confirm", WAY_IN),
]
SENT = {
    "/sign-in": signing_in,
    "/sign-in/code": {"code": "123456"},
    "/sign-in/recovery": {"code": "abcd-efgh-jkmn"},
    "/sign-in/reset": {"email": "nobody@example.org"},
    "/sign-in/reset/{token}": {"password": PASSWORD},
    "/sign-up": {"email": "nobody@example.org", "password": PASSWORD},
    "/sign-up/confirm": {"code": "123456"},
}
