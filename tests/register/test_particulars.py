"""What is changed of a person: a name and a birth date by two people, and never the name they had before."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from register.account import Account, StaffRole
from register.application import withdraw
from register.assessment import people
from register.certificate import Certificate, Verdict, check
from register.kit.errors import NotFound
from register.kit.files import FileState, StillChecked
from register.kit.post import Message
from register.matching import look_for_matches, open_matches
from register.particulars import (
    AskedAlready,
    ChangeEnded,
    ChangeState,
    InApplication,
    NothingNew,
    change_for,
    changes_asked,
    own_person,
)
from register.person import Person, PersonName
from register.proposal import (
    AboutYourself,
    AlreadyProposed,
    NeedsAnotherPerson,
    ProposalState,
)
from register.published import published
from register.search import Sought, find
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.register.assessing import make_sent
from tests.register.changing import WEDDING, ask_birth_date, ask_name


@pytest.fixture
async def entry(session):
    entry = await make_entry(session, given_names="Ada", family_name="Byron")
    await make_account(session, person=entry.person, email="ada@example.org")
    return entry


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


async def propose(session, change, officer):
    if change.file.state is FileState.QUARANTINED:
        change.file.settle(FileState.CLEAN, now=NOW, cleaned_as=change.file.stored_as)
    by = make_process(session, actor=officer)
    proposal = await change.propose(session, proposer=officer, by=by)
    await session.flush()
    return proposal


async def make(session, change, officer, manager):
    proposal = await propose(session, change, officer)
    by = make_process(session, actor=manager)
    await proposal.approve(session, approver=manager, by=by)


async def letters(session):
    found = select(Message.letter).where(Message.to_address == "ada@example.org")
    return set(await session.scalars(found))


async def found_by(session, typed):
    found = await find(session, Sought(q=typed), now=NOW)
    return [person.name for person in found.people]


async def test_nothing_changes_before_two_people_agree(session, entry, officer):
    change = await ask_name(session, entry.person)
    await propose(session, change, officer)

    assert (await published(session, entry.person.number, now=NOW)).name == "Ada Byron"
    assert await letters(session) == {"particulars_asked"}


async def test_a_new_name_is_shown_and_the_former_one_still_finds_them(
    session, entry, officer, manager
):
    await make(session, await ask_name(session, entry.person), officer, manager)

    shown = await published(session, entry.person.number, now=NOW)
    former = (await session.scalars(select(PersonName))).one()
    of_staff = await people(session, officer, typed="byron")
    assert shown.name == "Ada Lovelace"
    assert await found_by(session, "byron") == ["Ada Lovelace"]
    assert await found_by(session, "lovelace") == ["Ada Lovelace"]
    assert [person.id for person in of_staff.rows] == [entry.person_id]
    assert (former.name, former.until_on) == (
        "Ada Byron",
        WEDDING - timedelta(days=1),
    )
    assert await letters(session) == {"particulars_asked", "particulars_made"}


async def test_a_certificate_with_the_former_name_says_that_it_has_changed(
    session, entry, officer, manager
):
    by = make_process(session)
    certificate = await Certificate.issue(session, entry, by=by)
    await make(session, await ask_name(session, entry.person), officer, manager)

    checked = await check(session, certificate.serial, now=NOW)

    assert (checked.verdict, checked.changes) == (Verdict.CHANGED, ("name",))


async def test_another_spelling_of_the_same_name_is_no_former_name(
    session, entry, officer, manager
):
    change = await ask_name(session, entry.person, "BYRÓN")

    await make(session, change, officer, manager)

    assert entry.person.name == "Ada BYRÓN"
    assert (await session.scalars(select(PersonName))).all() == []


async def test_who_is_alike_by_the_new_particulars_is_found(
    session, entry, officer, manager
):
    twin = await make_entry(
        session,
        given_names="Ada",
        family_name="Lovelace",
        birth_date=date(1985, 5, 7),
    )
    await look_for_matches(session, twin.person, by=make_process(session))
    before = await open_matches(session, entry.person)

    await make(session, await ask_name(session, entry.person), officer, manager)
    await make(session, await ask_birth_date(session, entry.person), officer, manager)

    matches = await open_matches(session, entry.person)
    assert before == []
    assert entry.person.birth_date == date(1985, 5, 7)
    assert [m.seen_from(entry.person_id).id for m in matches] == [twin.person_id]


async def test_one_request_of_a_kind_is_open_at_a_time(session, entry):
    await ask_name(session, entry.person)
    await ask_birth_date(session, entry.person)

    with pytest.raises(AskedAlready):
        await ask_name(session, entry.person, "King")
    with pytest.raises(AskedAlready):
        await ask_birth_date(session, entry.person, date(1985, 5, 8))


async def test_what_the_register_says_already_is_not_asked(session, entry):
    with pytest.raises(NothingNew):
        await ask_name(session, entry.person, "Byron")
    with pytest.raises(NothingNew):
        await ask_birth_date(session, entry.person, entry.person.birth_date)


async def test_nobody_proposes_on_a_document_that_cannot_be_opened(
    session, entry, officer
):
    change = await ask_name(session, entry.person)

    with pytest.raises(StillChecked):
        await change.propose(session, proposer=officer, by=make_process(session))


async def test_who_is_turned_down_reads_why_and_may_ask_again(session, entry, officer):
    change = await ask_name(session, entry.person)
    proposal = await propose(session, change, officer)

    await change.turn_down(session, words="It is torn.", by=make_process(session))
    await session.flush()

    written = Message.letter == "particulars_turned_down"
    body = await session.scalar(select(Message.body).where(written))
    assert change.state is ChangeState.TURNED_DOWN
    assert proposal.state is ProposalState.WITHDRAWN
    assert "It is torn." in body
    assert (await ask_name(session, entry.person)).open


@pytest.mark.parametrize("again", ["withdraw", "turn_down", "propose"])
async def test_what_was_taken_back_has_ended(session, entry, officer, again):
    change = await ask_name(session, entry.person)
    proposal = await propose(session, change, officer)
    by = make_process(session, actor=officer)
    await change.withdraw(session, by=by)
    more = {"turn_down": {"words": "No."}, "propose": {"proposer": officer}}

    assert proposal.state is ProposalState.WITHDRAWN
    with pytest.raises(ChangeEnded):
        await getattr(change, again)(session, by=by, **more.get(again, {}))


async def test_it_is_proposed_once_and_approved_by_somebody_else(
    session, entry, manager
):
    change = await ask_name(session, entry.person)
    proposal = await propose(session, change, manager)
    by = make_process(session, actor=manager)

    with pytest.raises(NeedsAnotherPerson):
        await proposal.approve(session, approver=manager, by=by)
    with pytest.raises(AlreadyProposed):
        await change.propose(session, proposer=manager, by=by)


async def test_staff_neither_read_nor_propose_their_own(session):
    entry = await make_entry(session)
    themself = await make_account(session, StaffRole.CASEWORKER, person=entry.person)
    change = await ask_name(session, entry.person)

    assert (await changes_asked(session, themself)).rows == []
    with pytest.raises(NotFound):
        await change_for(session, themself, change.id)
    with pytest.raises(AboutYourself):
        await propose(session, change, themself)


# Who asks here


async def test_while_an_application_is_open_its_form_is_the_place(session):
    application = await make_sent(session)

    with pytest.raises(InApplication):
        await own_person(session, application.person_id)


async def test_who_has_sent_nothing_yet_has_the_form_of_the_application(session):
    person = await make_person(session)

    with pytest.raises(InApplication):
        await own_person(session, person.id)


async def test_whose_application_is_over_asks_here(session):
    application = await make_sent(session)
    account = await session.get_one(Account, application.account_id)
    by = make_process(session, actor=account)
    await withdraw(session, application, by=by)
    await session.flush()

    assert isinstance(await own_person(session, application.person_id), Person)
