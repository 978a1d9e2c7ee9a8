"""One's own account: its address names nobody, so everybody who is signed in has one."""

from datetime import timedelta
from uuid import uuid4

from register.data_copy import DataCopy
from register.kit import store
from register.kit.security import links, totp
from register.web.account import SECRET_LINK
from tests.leaks.people import PASSWORD, pieces
from tests.leaks.roles import SIGNED_IN, Role
from tests.leaks.rows import APPLICANT, BOUND, REGISTRANT, Line, own
from tests.make import NOW, make_process

ACCOUNT = Line("All: MFA for all staff, so that each has an account", SIGNED_IN)
FACTORLESS = APPLICANT | {Role.OTHER_APPLICANT}
"""Who have not set up a second factor."""
NEW_PASSWORD = "amber kettle harbour spoke"


async def make(world, session):
    """`copy`: of the registrant's data."""
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    account = world.accounts[Role.REGISTRANT]
    copy = await DataCopy.ask(session, account, by=make_process(session))
    copy.json_kept_as = f"data-copies/{uuid4().hex}"
    copy.pdf_kept_as = f"data-copies/{uuid4().hex}"
    copy.made_at = NOW
    for name in (copy.json_kept_as, copy.pdf_kept_as):
        await store.put(name, pieces(of.private("copy of their data")))
    world.copy = copy


def at(known, _row, _role):
    return [{"copy_id": known.world.copy.id}]


def factor(known, _place, role):
    """As if the page had drawn the secret for whoever sends it."""
    account, secret = known.world.accounts.get(role), totp.new_secret()
    subject = f"{account.id if account else uuid4()} {secret}"
    until = NOW + timedelta(minutes=5)
    return {
        "code": totp.code_at(secret, NOW),
        "secret": links.sign(SECRET_LINK, subject, until=until),
        "password": PASSWORD,
    }


ROWS = [
    own("GET", "/account", line=ACCOUNT),
    own("GET", "/account/email", line=ACCOUNT),
    own("POST", "/account/email", line=ACCOUNT),
    own("GET", "/account/email/confirm", line=ACCOUNT),
    own("POST", "/account/email/confirm", line=ACCOUNT),
    own("GET", "/account/password", line=ACCOUNT),
    own("POST", "/account/password", line=ACCOUNT),
    own("GET", "/account/recovery-codes", line=ACCOUNT),
    own("POST", "/account/recovery-codes", refused=FACTORLESS, line=ACCOUNT),
    own("GET", "/account/second-factor", line=ACCOUNT),
    own("POST", "/account/second-factor", line=ACCOUNT),
    own("GET", "/account/second-factor/remove", line=ACCOUNT),
    own("POST", "/account/second-factor/remove", refused=BOUND, line=ACCOUNT),
    own("GET", "/account/second-factor/replace", line=ACCOUNT),
    own("GET", "/account/sign-ins", line=ACCOUNT),
    own("POST", "/account/sign-out-everywhere", line=ACCOUNT),
    own("GET", "/account/data", line=ACCOUNT),
    own("POST", "/account/data", line=ACCOUNT),
    own("GET", "/account/data/{copy_id}/json", REGISTRANT),
    own("GET", "/account/data/{copy_id}/pdf", REGISTRANT),
]
SENT = {
    "/account/data": {"password": PASSWORD},
    "/account/email": {"email": "nobody@example.org", "password": PASSWORD},
    "/account/email/confirm": {"code": "123456"},
    "/account/password": {"password": PASSWORD, "new_password": NEW_PASSWORD},
    "/account/recovery-codes": {"password": PASSWORD},
    "/account/second-factor": factor,
    "/account/second-factor/remove": {"password": PASSWORD},
}
