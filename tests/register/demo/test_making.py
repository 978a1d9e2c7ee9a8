"""The demo: the same for a seed and a day, at one with itself, and closed to everybody who was not told a password."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, func, select

from fees.invoice import Invoice
from fees.payment import Payment, PaymentState
from register.account import Account
from register.application.endorsement import waiting_for
from register.demo import NotEmpty, NotOnThatDay
from register.demo.making import EARLIEST
from register.employment import Employment
from register.entry import Entry, EntryProjection, row_at, status_in_sql
from register.kit import store
from register.kit.clock import bank_holidays, start_of
from register.kit.files import FileState, StoredFile
from register.kit.post import Message
from register.kit.security import passwords, totp
from register.kit.security.limits import Meter
from register.organisation import OrganisationUser
from register.person import Person, PersonName
from register.process import Event, Process
from tests.reading import Page
from tests.register.demo.conftest import ON, SEED, made_here, read
from tests.register.demo.contents import contents

MORNING = start_of(ON)
LATEST = date(max(bank_holidays()).year, 11, 30)
A_DAY = timedelta(days=1)


# The same again


async def test_the_same_seed_and_day_make_the_same_in_another_process(made, clone):
    url = await clone()

    printed = await made_here(url)

    assert read(printed) == made.accounts
    here, there = await contents(url), await contents(made.url)
    assert {t: row for t in here for row in Counter(here[t]) - Counter(there[t])} == {}
    assert here == there


@pytest.mark.long
async def test_another_seed_makes_other_people_with_other_passwords(made, clone):
    url = await clone()

    printed = await made_here(url, seed=SEED + 1)

    assert not {a.password for a in read(printed)} & {a.password for a in made.accounts}
    ours, theirs = await contents(made.url), await contents(url)
    for table in ("person", "home", "entry_projection"):
        assert not set(ours[table]) & set(theirs[table])


# Where it cannot be made


async def test_it_is_not_made_twice(made):
    with pytest.raises(NotEmpty):
        await made_here(made.url)


@pytest.mark.parametrize("day", [EARLIEST - A_DAY, LATEST + A_DAY])
async def test_it_is_not_made_for_a_day_whose_rules_or_holidays_nobody_knows(
    clone, day
):
    with pytest.raises(NotOnThatDay):
        await made_here(await clone(), on=day)


@pytest.mark.long
@pytest.mark.parametrize(
    "day", [EARLIEST, LATEST, date(2026, 12, 1), date(2027, 11, 30), date(2028, 2, 29)]
)
async def test_it_is_made_for_the_first_and_last_day_and_where_a_year_begins_or_ends(
    clone, day
):
    url = await clone()

    await made_here(url, on=day)

    rows = await contents(url)
    assert len(rows["person"]) > 60
    states = {
        row.partition('"state": "')[2].partition('"')[0] for row in rows["payment"]
    }
    assert states == set(PaymentState)


# At one with itself


async def test_each_projection_says_what_the_facts_say_when_the_day_begins(session):
    ids = (await session.scalars(select(Entry.id))).all()
    entries = await Entry.load_many(session, ids)
    projections = {
        row.entry_id: row for row in await session.scalars(select(EntryProjection))
    }

    assert len(projections) == len(entries)
    for entry in entries:
        row = await row_at(session, entry, MORNING)
        kept = projections[entry.id]
        assert row == {name: getattr(kept, name) for name in row}


async def test_the_status_of_each_entry_is_what_the_twin_in_sql_says(session):
    said = dict((await session.execute(select(Entry.id, status_in_sql(MORNING)))).all())
    kept = dict(
        (
            await session.execute(
                select(EntryProjection.entry_id, EntryProjection.status)
            )
        ).all()
    )

    assert kept == said


@pytest.mark.parametrize(
    "moment",
    [
        Process.at,
        Event.at,
        Account.created_at,
        Person.created_at,
        Message.created_at,
        Payment.asked_at,
        Invoice.raised_at,
        StoredFile.created_at,
        Employment.recorded_at,
    ],
    ids=str,
)
async def test_all_has_happened_when_the_day_begins(session, moment):
    latest = await session.scalar(select(func.max(moment)))

    assert MORNING - timedelta(days=150) < latest < MORNING


async def test_history_is_written_in_the_order_of_each_application(session):
    lines = await session.execute(
        select(Event.application_id, Event.at)
        .where(Event.application_id.is_not(None))
        .order_by(Event.application_id, Event.id)
    )
    rows = lines.all()

    wrong = [
        (one, other)
        for one, other in pairwise(rows)
        if one.application_id == other.application_id and one.at > other.at
    ]
    assert rows
    assert not wrong


async def test_nobody_manages_a_home_before_they_can_have_learnt_to(session):
    people = select(Person.birth_date, func.lower(Employment.valid)).join(
        Employment, Employment.person_id == Person.id
    )
    posts = (await session.execute(people.where(Employment.manages))).all()

    assert posts
    assert all((start.date() - born).days > 21 * 365 for born, start in posts)


async def test_no_home_has_two_managers(session):
    managed = await session.scalars(
        select(Employment.home_id).where(
            Employment.manages,
            Employment.home_id.is_not(None),
            Employment.valid.contains(MORNING),
        )
    )

    assert max(Counter(managed).values()) == 1


async def test_names_are_as_varied_as_people(session):
    names = (
        await session.scalars(select(Person.given_names + " " + Person.family_name))
    ).all()
    letters = "".join(names)

    assert len(set(names)) > 0.9 * len(names)
    assert {"'", "-"} & set(letters.replace("’", "'"))
    assert any("\u00c0" <= letter <= "\u024f" for letter in letters)
    assert any(letter > "\u0370" for letter in letters)
    assert await session.scalar(select(func.count(PersonName.id)))


async def test_what_was_sent_can_be_opened(session):
    clean = (
        await session.scalars(
            select(StoredFile).where(StoredFile.state == FileState.CLEAN)
        )
    ).all()
    states = set(await session.scalars(select(StoredFile.state)))

    for file in clean[:20]:
        content = b"".join([piece async for piece in store.content(file.cleaned_as)])
        assert len(content) == file.size
    assert states == {FileState.CLEAN, FileState.UNREADABLE, FileState.INFECTED}


# Who gets in


async def test_only_those_who_were_told_have_a_password_of_their_own(session, made):
    hashes = dict(
        (await session.execute(select(Account.email, Account.password_hash))).all()
    )
    told = {account.email: account.password for account in made.accounts}

    nobody_s = {hashed for email, hashed in hashes.items() if email not in told}
    assert len(nobody_s) == 1
    for password in told.values():
        assert not await passwords.matches(*nobody_s, password)


async def test_told_passwords_are_as_strong_as_we_ask_for(made):
    for account in made.accounts:
        about = account.email.partition("@")[0]
        weak = passwords.weakness(
            account.password, shortest=passwords.SHORTEST_FOR_STAFF, about=[about]
        )
        assert weak is None


async def test_whoever_was_told_signs_in_and_staff_show_their_second_factor(
    browser, made, session, clock
):
    staff = {
        a.email
        for a in await session.scalars(select(Account).where(Account.grants.any()))
    }
    employers = {
        a.email
        for a in await session.scalars(
            select(Account).join(
                OrganisationUser, OrganisationUser.account_id == Account.id
            )
        )
    }
    first_pages = dict.fromkeys(staff, "/staff") | dict.fromkeys(employers, "/employer")

    for account in made.accounts:
        page = await browser.post(
            "/sign-in", data={"email": account.email, "password": account.password}
        )
        assert page.status_code == 303
        if account.secret:
            page = await browser.post(
                page.headers["location"],
                data={"code": totp.code_at(account.secret, clock())},
            )
            assert page.status_code == 303
        home = await browser.get(first_pages.get(account.email, "/your-registration"))
        assert home.status_code == 200
        browser.cookies.clear()
        # They are more than may sign in from one network within minutes.
        await session.execute(delete(Meter))

    assert {a.email for a in made.accounts if a.secret} == staff | employers


async def test_a_provider_has_staff_to_see_and_applications_to_endorse(session, made):
    users = await session.scalars(select(OrganisationUser).where(OrganisationUser.lead))

    waiting = [len((await waiting_for(session, lead)).rows) for lead in users]

    assert len(waiting) == 2
    assert sum(waiting) > 0


async def test_the_pages_show_what_was_made(browser, session):
    found = await session.execute(
        select(EntryProjection.status, func.min(EntryProjection.number))
        .where(EntryProjection.published)
        .group_by(EntryProjection.status)
    )
    for _, number in found.all():
        page = await browser.get(f"/register/{number}")
        assert page.status_code == 200
        assert number in Page(page).text
