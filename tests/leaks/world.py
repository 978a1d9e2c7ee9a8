"""A small register in which every word is a canary: somebody in each situation, and somebody for each role."""

from types import SimpleNamespace

from tests.leaks.canaries import Aviary, Canary, Subject
from tests.leaks.cases import granted, in_hand, paid
from tests.leaks.people import (
    certified,
    entry_of,
    hash_of_password,
    somebody,
    with_factor,
)
from tests.leaks.roles import READERS, STAFF_ROLES, TREASURY, Role
from tests.leaks.table import SUBJECTS
from tests.leaks.telling import PEOPLE
from tests.make import make_account

AT_A_HEARING = frozenset(
    {
        Role.ADJUDICATOR,
        Role.LEGAL_ADVISER,
        Role.HEARINGS_OFFICER,
        Role.INVESTIGATOR,
        Role.REGISTRANT,
    }
)
TOGETHER = frozenset({Role.INVESTIGATOR, Role.HEARINGS_OFFICER})
MEET = {
    Role.ADJUDICATOR: AT_A_HEARING,
    Role.LEGAL_ADVISER: AT_A_HEARING,
    Role.CASE_EXAMINER: frozenset({Role.HEARINGS_OFFICER}),
    Role.INVESTIGATOR: TOGETHER,
    Role.HEARINGS_OFFICER: TOGETHER,
    Role.TEAM_MANAGER: TOGETHER,
}
"""Who besides reads the names of those who sit on a panel, are on the roster, or work on the same case."""


class World(SimpleNamespace):
    """Each subject keeps in it what it has made; who comes to the service is there from the beginning."""

    def __init__(self):
        super().__init__(aviary=Aviary(), accounts={})

    def subject(self, name, *own, **more):
        return Subject(self.aviary, name, frozenset(own), **more)

    def all(self, kind):
        """What there is of a kind, by the names under which it is kept."""
        return [(name, of) for name, of in vars(self).items() if isinstance(of, kind)]


async def make_world(session):
    world = World()
    PEOPLE.restart()
    for role, roles in STAFF_ROLES.items():
        await staff(world, session, role, roles)
    await registrant(world, session)
    for subject in SUBJECTS:
        if make := getattr(subject, "make", None):
            await make(world, session)
    await session.commit()
    return world


async def staff(world, session, role, roles):
    of = world.subject(role, role, staff=READERS | MEET.get(role, frozenset()))
    account = await make_account(
        session,
        *roles,
        name=of.told("name"),
        email=f"{of.private('email')}@example.org".lower(),
        password_hash=await hash_of_password(of),
    )
    await with_factor(session, of, account)
    world.accounts[role] = account


async def registrant(world, session):
    """Has paid, is in the register, and holds a certificate."""
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    name = of.public("given name"), of.public("family name")
    email = f"{of.reached('email')}@example.org".lower()
    account, _ = await somebody(session, of, email=email, name=name)
    await with_factor(session, of, account)
    world.accounts[Role.REGISTRANT] = account
    world.registered = await in_hand(world, session, of, account, name)
    world.invoice = await granted(world, session, of, world.registered)
    provider_id = world.aviary.word(
        Canary(Role.REGISTRANT, "payment.provider_id", TREASURY)
    )
    await paid(session, world.registered, world.invoice, provider_id=provider_id)
    entry = await entry_of(session, account)
    world.listed = await certified(session, of, entry)
