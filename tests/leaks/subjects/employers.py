"""Acting for a provider: its staff, its users, and the endorsements that it is asked for."""

from sqlalchemy import select

from register.application.endorsement import QueuedEndorsement, endorsers_asked
from register.organisation import UserInvitation, token_of
from register.person import Person
from tests.leaks.canaries import Canary
from tests.leaks.cases import submitted
from tests.leaks.people import hash_of_password, named, somebody, with_factor
from tests.leaks.roles import EMPLOYERS, LEADS, OWN_EMPLOYERS, SIGNED_IN, Role
from tests.leaks.rows import ANSWERED, BOUND, EMPLOYER, TAMPERED, Line, Meets, own
from tests.make import NOW, make_account, make_employment, make_home
from tests.register.employing import invite, make_organisation, make_user
from tests.register.endorsing import SAYING

INVITED = Line(
    "Provider/employer user (lead/additional), so that whoever is invited becomes one",
    SIGNED_IN,
)
EMPLOYER_LEAD = frozenset({Role.EMPLOYER_LEAD})
QUEUED = "/employer/endorsements/{request_id}"
JOIN = "/employer/join/{token}"


async def make(world, session):
    """`organisation`: for which the registrant works, with a lead and an additional `user`; and another with a lead."""
    home = await home_of(world, session, "SC770000", "own", OWN_EMPLOYERS)
    other = await home_of(
        world, session, "SC770001", "other", frozenset({Role.OTHER_EMPLOYER})
    )
    own_one = world.organisation = await make_organisation(session, home)
    other_one = await make_organisation(session, other)
    await employer(world, session, Role.EMPLOYER_LEAD, own_one, lead=True)
    world.user = await employer(world, session, Role.EMPLOYER_USER, own_one)
    await employer(world, session, Role.OTHER_EMPLOYER, other_one, lead=True)
    await invited(world, session)
    await at_work(world, session, home, other)
    await waiting(world, session)


async def home_of(world, session, urn, name, known_to=frozenset()):
    called = world.aviary.word(Canary(name, "home name", known_to))
    return await make_home(session, urn=urn, name=called, town=None)


async def employer(world, session, role, organisation, *, lead=False):
    own = {role} if role is Role.OTHER_EMPLOYER else OWN_EMPLOYERS
    of = world.subject(role, *own)
    email = f"{of.asked('user email')}@example.org".lower()
    account = await make_account(
        session, email=email, password_hash=await hash_of_password(of)
    )
    await with_factor(session, of, account)
    world.accounts[role] = account
    return await make_user(
        session, organisation, lead=lead, account=account, name=of.asked("user name")
    )


async def invited(world, session):
    """`invitations`: links to act for the provider, by what became of them."""
    world.invited = await invite(session, world.organisation)
    of_own = UserInvitation.organisation_id == world.organisation.id
    used = await session.scalar(
        select(UserInvitation).where(of_own, ~UserInvitation.open).limit(1)
    )
    token = token_of(world.invited)
    world.invitations = {
        "": token,
        ANSWERED: token_of(used),
        TAMPERED: token.swapcase(),
    }


async def at_work(world, session, home, other):
    """Those of whom the register holds most, and somebody whom it does not know yet, with a `claim` that is not confirmed."""
    hidden = (world.withheld.entry.person, world.dead.entry.person)
    for person in (world.listed.entry.person, *hidden):
        await make_employment(session, person, home, role="Manager")
    theirs = await session.get_one(Person, world.leaving.person_id)
    await make_employment(session, theirs, other, role="Manager")
    of = world.subject("claiming")
    person = await named(
        session, of, of.employed("given name"), of.employed("family name")
    )
    world.claim = await make_employment(
        session, person, home, role=of.employed("post.role"), employer="Us"
    )


async def waiting(world, session):
    """For an endorsement, given to the additional user; nothing else of the application is the provider's to know."""
    of = world.subject("waiting")
    name = of.employed("given name"), of.employed("family name")
    account, _ = await somebody(session, of, name=name)
    application = await submitted(session, of, account, name, at=NOW)
    ((world.queued, _),) = await endorsers_asked(session, application)
    queued = QueuedEndorsement(
        request_id=world.queued.id,
        organisation_id=world.organisation.id,
        user_id=world.user.id,
    )
    session.add(queued)
    await session.flush()


def at(known, row, _role):
    world = known.world
    return [
        {
            "request_id": world.queued.id,
            "employment_id": world.claim.id,
            "user_id": world.user.id,
            "invitation_id": world.invited.id,
            "token": world.invitations.get(row.of),
        }
    ]


def to_user(known, _place, _role):
    return {"to": str(known.world.user.id)}


ROWS = [
    own("GET", "/employer", line=EMPLOYER),
    own("GET", "/employer/staff", line=EMPLOYER),
    own("GET", "/employer/posts", LEADS, line=EMPLOYER),
    own("POST", "/employer/posts/{employment_id}", EMPLOYER_LEAD, line=EMPLOYER),
    own("GET", "/employer/endorsements", line=EMPLOYER),
    own("GET", QUEUED, OWN_EMPLOYERS, line=EMPLOYER),
    own("POST", QUEUED, OWN_EMPLOYERS, line=EMPLOYER),
    own("GET", f"{QUEUED}/decline", OWN_EMPLOYERS, line=EMPLOYER),
    own("POST", f"{QUEUED}/decline", OWN_EMPLOYERS, line=EMPLOYER),
    own("POST", f"{QUEUED}/assignment", EMPLOYER_LEAD, line=EMPLOYER),
    own("GET", "/employer/users", LEADS, line=EMPLOYER),
    own("POST", "/employer/users", LEADS, line=EMPLOYER),
    own("POST", "/employer/users/{user_id}/end", EMPLOYER_LEAD, line=EMPLOYER),
    own("POST", "/employer/users/{user_id}/lead", EMPLOYER_LEAD, line=EMPLOYER),
    own(
        "POST",
        "/employer/invitations/{invitation_id}/withdrawal",
        EMPLOYER_LEAD,
        line=EMPLOYER,
    ),
    own("GET", JOIN, line=INVITED),
    own("POST", JOIN, refused=BOUND | EMPLOYERS, line=INVITED),
    *(
        own(method, JOIN, line=INVITED, find=find, of=of)
        for method in ("GET", "POST")
        for find, of in ((Meets.REFUSE, ANSWERED), (Meets.HIDE, TAMPERED))
    ),
]
SENT = {
    "/employer/posts/{employment_id}": {"told": "does_not"},
    QUEUED: SAYING,
    f"{QUEUED}/decline": {"because": "concerns"},
    f"{QUEUED}/assignment": to_user,
    "/employer/users": {"name": "Una User", "email": "una@example.org"},
}
QUERIES = {("GET", "/employer/staff"): ("", "?attention=yes")}
