"""Makers: what is not said is plausible and valid. They save what they make in the session they are given."""

from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import count
from uuid import uuid4

from register.account import Account, RoleGrant, folded_email
from register.application.answers import PostalAddress
from register.employment import Employment, Home, Provider, Source
from register.entry import Entry
from register.kit.clock import day_of, days, since, start_of
from register.part import Part
from register.particulars import know_address
from register.person import Person
from register.process import Process
from register.rule_set import RuleSet

NOW = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
REGISTERED = start_of(date(2027, 2, 1))
NUMBERS = count(1)


class Act(StrEnum):
    """What tests call their acts."""

    TEST = "test"


async def make_account(
    session, *roles, email=None, person=None, confirmed=True, **more
):
    email = email or f"somebody{next(NUMBERS)}@example.org"
    account = Account(
        id=uuid4(),
        email=email,
        email_folded=folded_email(email),
        name=more.pop("name", "Sam Staff" if roles else ""),
        password_hash=more.pop("password_hash", "unusable"),
        created_at=NOW,
        confirmed_at=NOW if confirmed else None,
        person_id=person.id if person else None,
        grants=[RoleGrant(role=role) for role in roles],
        **more,
    )
    session.add(account)
    await session.flush()
    return account


async def make_person(
    session,
    given_names="Ngozi",
    family_name="Adébáyò",
    birth_date=date(1985, 5, 17),
    **more,
):
    person = Person.of(
        given_names=given_names, family_name=family_name, birth_date=birth_date, now=NOW
    )
    for name, value in more.items():
        setattr(person, name, value)
    session.add(person)
    await session.flush()
    return person


def make_process(session, *, now=NOW, actor=None, **more):
    return Process.begin(session, Act.TEST, now=now, actor=actor, **more)


async def make_entry(
    session,
    *,
    person=None,
    part=Part.MANAGER,
    on=REGISTERED,
    until=date(2027, 11, 30),
    now=None,
    conditions=(),
    **names,
):
    """A person who is registered."""
    person = person or await make_person(session, **names)
    rule_set = await RuleSet.on(session, part, day_of(on))
    by = make_process(session, now=now or on)
    return await Entry.grant(
        session,
        person=person,
        part=part,
        on=on,
        until=until,
        rule_set=rule_set,
        by=by,
        conditions=conditions,
    )


async def make_address(session, person, *, line_1="4 Mill Lane", now=NOW):
    """Where letters reach somebody, as one of us was told."""
    by = make_process(session, now=now)
    address = PostalAddress(line_1=line_1, town="Leeds", postcode="LS1 4AP")
    await know_address(session, person, address, by=by)
    await session.flush()


async def make_home(
    session, urn="SC462450", town="Leeds", region="Yorkshire and The Humber", **more
):
    provider = Provider(
        id=uuid4(), name=more.pop("provider", f"Provider {next(NUMBERS)} Limited")
    )
    home = Home(
        id=uuid4(),
        urn=urn,
        name=more.pop("name", ""),
        provider_id=provider.id,
        kind="Children's home",
        local_authority=more.pop("local_authority", "Leeds"),
        region=region,
        town=town,
        places=4,
        registration_status="Active",
        inspection_outcome="Good",
    )
    session.add_all([provider, home])
    await session.flush()
    return home


async def make_employment(
    session, person, home=None, *, start=date(2024, 1, 8), until=None, **more
):
    post = Employment(
        id=uuid4(),
        person_id=person.id,
        home_id=home.id if home else None,
        employer=more.pop("employer", "Northern Care Limited"),
        home_named=more.pop("home_named", ""),
        urn_typed=None,
        role=more.pop("role", "Registered manager"),
        part=more.pop("part", Part.MANAGER),
        fte_percent=100,
        care=True,
        supervisory=True,
        manages=more.pop("manages", True),
        valid=days(start, until) if until else since(start_of(start)),
        reason_for_leaving=None,
        source=Source.APPLICANT,
        recorded_at=NOW,
        **more,
    )
    session.add(post)
    await session.flush()
    return post
