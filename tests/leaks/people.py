"""Somebody with an account, somebody in the register, and the documents that they have sent: their words are canaries."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from register.certificate import Certificate
from register.entry import Entry
from register.kit import store
from register.kit.cleaning import MediaType
from register.kit.files import FileState, StoredFile
from register.kit.security import passwords, totp
from register.kit.uploads import Received
from tests.leaks.roles import Role
from tests.leaks.telling import PEOPLE, birth_date
from tests.make import NOW, NUMBERS, make_account, make_entry, make_person, make_process

PASSWORD = "otters ledger velvet brisk"
SET_UP = NOW - timedelta(days=90)


async def somebody(session, of, *, email=None, name=None):
    """An account with its person, both called by the same canaries."""
    given_names, family_name = name or (of.told("given name"), of.told("family name"))
    person = await make_person(session, given_names, family_name)
    account = await make_account(
        session,
        email=email or f"{of.told('email')}@example.org".lower(),
        password_hash=await hash_of_password(of),
        person=person,
    )
    return account, (given_names, family_name)


async def hash_of_password(of):
    return of.secret("password", await passwords.hashed(PASSWORD))


async def with_factor(session, of, account):
    """As it must be for staff, and may be for everybody."""
    secret = of.secret("factor", totp.new_secret())
    step = totp.accepted_step(
        secret, totp.code_at(secret, SET_UP), now=SET_UP, last_step=None
    )
    by = make_process(session, now=SET_UP, actor=account)
    await account.set_factor(session, secret, step=step, by=by)


async def named(session, of, given, family):
    """A person."""
    return await make_person(session, given, family, birth_date(of, next(PEOPLE)))


async def in_public(session, of, **more):
    """An entry of a person whose name everybody may know."""
    person = await named(session, of, of.public("given name"), of.public("family name"))
    return await make_entry(session, person=person, **more)


def draw_ni_number():
    return f"AB{next(NUMBERS):06}C"


@dataclass(frozen=True)
class Certified:
    """An entry and its certificate."""

    entry: Entry
    certificate: Certificate


async def certified(session, of, entry):
    by = make_process(session)
    certificate = await Certificate.issue(session, entry, by=by)
    certificate.kept_as, certificate.printed_at = f"certificates/{uuid4().hex}", NOW
    await store.put(certificate.kept_as, pieces(of.told("certificate file")))
    return Certified(entry, certificate)


async def entry_of(session, account):
    entry_id = await session.scalar(
        select(Entry.id).where(Entry.person_id == account.person_id)
    )
    return await Entry.load(session, entry_id)


async def pieces(content):
    yield content.encode()


def evidence(of, what):
    """A file as it comes with a form."""
    received = Received(
        f"{of.told(f'{what} file name')}.pdf",
        MediaType.PDF,
        1,
        bytes(32),
        f"2027-03-10/{uuid4().hex}",
    )
    return {"evidence": received, "owner": uuid4()}


async def cleaned(of, stored):
    stored.settle(FileState.CLEAN, now=NOW, cleaned_as=f"2027-03-10/{uuid4().hex}")
    await store.put(stored.cleaned_as, pieces(of.told("file")))


async def clean_file(world, session, of):
    """A document that has been found clean."""
    stored = StoredFile(
        id=uuid4(),
        owner_id=world.accounts[Role.REGISTRANT].id,
        name=f"{of.told('file name')}.pdf",
        media_type=MediaType.PDF,
        size=1,
        sha256=bytes(32),
        state=FileState.QUARANTINED,
        stored_as=f"2027-03-10/{uuid4().hex}",
        created_at=NOW,
    )
    await cleaned(of, stored)
    session.add(stored)
    await session.flush()
    return stored
