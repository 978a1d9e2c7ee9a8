from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from register.account import Account
from register.application import (
    Application,
    ApplicationAct,
    ApplicationSection,
    ApplicationState,
    Move,
    NotComplete,
    NothingAsked,
    NotNow,
    SectionClosed,
    SectionName,
    answer,
    application_of,
    evidence_of,
    form_of,
    keep,
    open_for_change,
    open_sections,
    sendings_of,
    sent_form_of,
    start,
    submit,
    withdraw,
)
from register.application.answers import Criminal, Gap, Qualifications
from register.application.starting import expire_drafts, warn_of_expiry
from register.employment import Employment, EmploymentGap
from register.entry import AlreadyEntered, Entry
from register.kit.errors import NotFound
from register.kit.post import Message
from register.part import Part
from register.person import Person, PersonName
from register.process import Event, Process, timeline
from register.qualification import Qualification
from register.request import Request, RequestKind
from register.rule_set import PartNotOpen, Verdict
from tests.applications import (
    fill,
    make_application,
    make_declaration,
    make_form,
    make_identity,
    make_post,
    make_qualification,
    make_sent_application,
)
from tests.make import make_account, make_entry, make_process

DAY = timedelta(days=1)


async def letters(session, application):
    found = await session.scalars(
        select(Message.letter)
        .where(Message.application_id == application.id)
        .order_by(Message.created_at)
    )
    return list(found)


async def count(session, table, **same):
    return await session.scalar(
        select(func.count()).select_from(table).filter_by(**same)
    )


async def ask(session, application, *sections, now):
    by = make_process(session, now=now)
    if application.allows(Move.TAKE_UP):
        application.take_up(await make_account(session), by=by)
    application.ask(by=by)
    return await Request.ask(
        session,
        RequestKind.FURTHER_INFORMATION,
        application_id=application.id,
        person_id=application.person_id,
        items=[{"section": section, "reasons": [], "check": 1} for section in sections],
        due_on=date(2027, 4, 7),
        by=by,
    )


# Beginning


async def test_a_draft_is_begun_with_a_person_and_a_letter(session, now):
    account = await make_account(session)

    application = await start(session, account, Part.MANAGER, by=make_process(session))

    assert application.state is ApplicationState.DRAFT
    assert application.reference.startswith("A-")
    assert application.draft_until == date(2027, 6, 8)
    assert account.person_id == application.person_id
    assert await letters(session, application) == ["application_started"]
    assert [
        event.kind
        for event, _, _ in await timeline(session, application_id=application.id)
    ] == ["application_started"]


async def test_beginning_twice_goes_on_with_the_same(session):
    account = await make_account(session)

    first = await start(session, account, Part.MANAGER, by=make_process(session))
    second = await start(session, account, Part.MANAGER, by=make_process(session))

    assert first is second
    assert await count(session, Application, account_id=account.id) == 1


async def test_a_part_that_is_not_open_takes_no_application(session):
    account = await make_account(session)

    with pytest.raises(PartNotOpen):
        await start(session, account, Part.TRAINEE, by=make_process(session))


async def test_who_is_registered_does_not_apply_again(session):
    entry = await make_entry(session)
    account = await make_account(
        session, person=await session.get(Person, entry.person_id)
    )

    with pytest.raises(AlreadyEntered):
        await start(session, account, Part.MANAGER, by=make_process(session))


async def test_who_was_withdrawn_may_apply_again(session):
    application = await make_application(session)
    await withdraw(session, application, by=make_process(session))
    account = await session.get(Account, application.account_id)

    again = await start(session, account, Part.MANAGER, by=make_process(session))

    assert again.id != application.id
    assert again.person_id == application.person_id


async def test_somebody_elses_application_is_not_there(session):
    application, other = await make_application(session), await make_account(session)

    with pytest.raises(NotFound):
        await application_of(session, other, application.reference)


# Saving


async def test_answers_are_sealed_and_read_back(session, now):
    application = await make_application(session)
    words = "Fined in 2011 for ‘Müller’s shop’"
    criminal = make_declaration(Criminal, convictions=True, convictions_details=words)

    await keep(session, application, SectionName.CRIMINAL, criminal, now=now)

    stored = await session.scalar(
        text("select sealed from application_section where name = 'criminal'")
    )
    assert words.encode() not in stored
    assert (await form_of(session, application.id)).criminal == criminal


async def test_a_sealed_section_does_not_open_in_another_row(session, now):
    application, other = (
        await make_application(session),
        await make_application(session),
    )
    for one in (application, other):
        await keep(session, one, SectionName.IDENTITY, make_identity(), now=now)
    mine = await session.get(ApplicationSection, (application.id, SectionName.IDENTITY))
    theirs = await session.get(ApplicationSection, (other.id, SectionName.IDENTITY))

    mine.sealed = theirs.sealed

    with pytest.raises(Exception, match="altered"):
        _ = mine.answers


async def test_saving_what_is_saved_writes_nothing(session, now):
    application = await make_application(session)
    await keep(session, application, SectionName.IDENTITY, make_identity(), now=now)
    row = await session.get(ApplicationSection, (application.id, SectionName.IDENTITY))
    before = row.version, row.sealed

    await keep(
        session, application, SectionName.IDENTITY, make_identity(), now=now + DAY
    )

    assert (row.version, row.sealed) == before


async def test_each_change_raises_the_version(session, now):
    application = await make_application(session)
    for name in ("Zoë", "Chloë"):
        identity = make_identity(given_names=name)
        await keep(session, application, SectionName.IDENTITY, identity, now=now)

    row = await session.get(ApplicationSection, (application.id, SectionName.IDENTITY))

    assert row.version == 2


async def test_identity_names_the_person(session, now):
    application = await make_application(session)

    await keep(session, application, SectionName.IDENTITY, make_identity(), now=now)

    person = await session.get(Person, application.person_id)
    assert person.name == "Zoë O’Connor-Łuczak"
    assert person.birth_date == make_identity().birth_date


async def test_who_has_a_number_keeps_the_name_the_register_shows(session, now):
    application = await make_application(session)
    person = await session.get(Person, application.person_id)
    person.call("Known", "Already")
    await person.take_number(session)

    await keep(session, application, SectionName.IDENTITY, make_identity(), now=now)

    assert person.name == "Known Already"


# Sending


async def test_a_complete_application_is_sent(session, now):
    application = await make_application(session)
    await fill(session, application, make_form(), now=now)

    await submit(session, application, by=make_process(session, now=now))

    assert application.state is ApplicationState.SUBMITTED
    assert application.submitted_at == now
    assert sorted(await letters(session, application)) == [
        "application_started",
        "application_submitted",
        "reference_asked",
        "reference_asked",
    ]
    event = await session.scalar(
        select(Event).where(Event.kind == "application_submitted")
    )
    assert event.data["declaration"]


async def test_it_is_sent_once(session, now):
    application = await make_sent_application(session)

    with pytest.raises(NotNow, match="has been sent"):
        await submit(session, application, by=make_process(session))

    assert (
        await count(
            session, Event, kind="application_submitted", application_id=application.id
        )
        == 1
    )


async def test_an_incomplete_one_is_not_sent(session, now):
    application = await make_application(session)
    await fill(session, application, make_form(dbs=None), now=now)

    with pytest.raises(NotComplete) as refused:
        await submit(session, application, by=make_process(session))

    assert refused.value.sections == [SectionName.DBS]
    assert application.state is ApplicationState.DRAFT


async def test_sending_writes_posts_gaps_names_and_qualifications_as_rows(session, now):
    until = date(2019, 1, 31)
    form = make_form(
        identity=make_identity(former_names=["Zoë Smith"], aliases=["Zo Smith"])
    )
    form.employment.items = [
        make_post(until=until, reason_for_leaving="Moved"),
        make_post(since=date(2020, 1, 1), employer="Hill Homes"),
    ]
    form.employment.gaps = [_gap(until + DAY, date(2019, 12, 31))]

    application = await make_sent_application(session, form=form)

    posts = list(
        await session.scalars(
            select(Employment).filter_by(person_id=application.person_id)
        )
    )
    gap = await session.scalar(
        select(EmploymentGap).filter_by(person_id=application.person_id)
    )
    names = await session.scalars(
        select(PersonName.name).filter_by(person_id=application.person_id)
    )
    held = await session.scalar(
        select(Qualification).filter_by(person_id=application.person_id)
    )
    assert {post.employer for post in posts} == {"Harbour Care Ltd", "Hill Homes"}
    assert {post.id for post in posts} == {item.id for item in form.employment.items}
    assert gap.explanation == "Caring for my mother"
    assert set(names) == {"Zoë Smith", "Zo Smith"}
    assert held.id == form.qualifications.items[0].id


def _gap(since, until):
    return Gap(since=since, until=until, explanation="Caring for my mother")


async def test_after_sending_nothing_can_be_changed(session, now):
    application = await make_sent_application(session)

    assert await open_sections(session, application) == frozenset()
    with pytest.raises(SectionClosed):
        await open_for_change(session, application, SectionName.IDENTITY)


async def test_what_was_sent_cannot_be_rewritten(session, now):
    await make_sent_application(session)

    with pytest.raises(DBAPIError):
        await session.execute(text("update sent_section set sealed = '\\x00'"))


# Answering


async def test_only_what_we_asked_about_can_be_changed(session, now):
    application = await make_sent_application(session)
    await ask(session, application, SectionName.DBS, SectionName.IDENTITY, now=now)

    opened = await open_sections(session, application)

    assert opened == {SectionName.DBS, SectionName.IDENTITY}


async def test_staff_see_a_change_once_it_is_sent(session, now):
    application = await make_sent_application(session)
    request = await ask(session, application, SectionName.DBS, now=now)
    dbs = make_form().dbs
    dbs.issued_on = date(2027, 3, 1)

    await keep(session, application, SectionName.DBS, dbs, now=now + DAY)
    before = await sent_form_of(session, application.id)
    await answer(session, application, by=make_process(session, now=now + DAY))
    after = await sent_form_of(session, application.id)

    assert before.dbs.issued_on == date(2026, 2, 1)
    assert after.dbs.issued_on == date(2027, 3, 1)
    assert len(await sendings_of(session, application.id, SectionName.DBS)) == 2
    assert not request.open
    assert application.state is ApplicationState.UNDER_ASSESSMENT
    assert "application_answered" in await letters(session, application)


async def test_a_new_name_is_the_person_s_once_it_is_sent(session, now):
    application = await make_sent_application(session)
    await ask(session, application, SectionName.IDENTITY, now=now)
    renamed = make_identity(family_name="Marsh")

    await keep(session, application, SectionName.IDENTITY, renamed, now=now + DAY)
    person = await session.get(Person, application.person_id)
    before = person.family_name
    await answer(session, application, by=make_process(session, now=now + DAY))

    assert before == make_identity().family_name
    assert person.family_name == "Marsh"


async def test_what_was_changed_and_never_sent_is_not_sent_by_another_answer(
    session, now
):
    application = await make_sent_application(session)
    request = await ask(session, application, SectionName.EMPLOYMENT, now=now)
    history = make_form().employment
    history.items = [make_post(employer="Never Sent Ltd")]
    await keep(session, application, SectionName.EMPLOYMENT, history, now=now + DAY)
    by = make_process(session, now=now + 2 * DAY)
    request.expire(by=by)
    application.go_on_without(by=by)
    await ask(session, application, SectionName.DBS, now=now + 2 * DAY)

    await answer(session, application, by=make_process(session, now=now + 3 * DAY))

    employers = await session.scalars(select(Employment.employer))
    assert "Never Sent Ltd" not in employers.all()


async def test_an_answer_is_not_sent_while_something_is_missing(session, now):
    application = await make_sent_application(session)
    await ask(session, application, SectionName.QUALIFICATIONS, now=now)
    await keep(
        session, application, SectionName.QUALIFICATIONS, Qualifications(), now=now
    )

    with pytest.raises(NotComplete):
        await answer(session, application, by=make_process(session))


async def test_nothing_can_be_answered_when_nothing_was_asked(session, now):
    application = await make_sent_application(session)

    with pytest.raises(NothingAsked):
        await answer(session, application, by=make_process(session))


async def test_a_changed_qualification_is_verified_anew_and_another_one_is_not(
    session, now
):
    changed, same = make_qualification(), make_qualification(title="Level 3")
    application = await make_sent_application(
        session, form=make_form(qualifications=Qualifications(items=[changed, same]))
    )
    for row in await session.scalars(
        select(Qualification).filter_by(person_id=application.person_id)
    ):
        row.verify(Verdict.FULL, now=now)
    await ask(session, application, SectionName.QUALIFICATIONS, now=now)
    changed.awarded_on = date(2020, 1, 1)

    await keep(
        session,
        application,
        SectionName.QUALIFICATIONS,
        Qualifications(items=[changed, same]),
        now=now,
    )
    await answer(session, application, by=make_process(session))

    assert (await session.get(Qualification, changed.id)).verdict is None
    assert (await session.get(Qualification, same.id)).verdict is Verdict.FULL


# Ending


async def test_withdrawing_a_draft_deletes_what_was_saved(session, now):
    application = await make_application(session)
    await fill(session, application, make_form(), now=now)

    await withdraw(session, application, by=make_process(session))

    person = await session.get(Person, application.person_id)
    assert application.state is ApplicationState.WITHDRAWN
    assert await count(session, ApplicationSection, application_id=application.id) == 0
    assert await evidence_of(session, application.id) == []
    assert person.name == ""


async def test_withdrawing_what_was_sent_keeps_it_and_ends_what_was_asked(session, now):
    application = await make_sent_application(session)
    request = await ask(session, application, SectionName.DBS, now=now)

    await withdraw(session, application, by=make_process(session))

    assert application.state is ApplicationState.WITHDRAWN
    assert not request.open
    assert (await form_of(session, application.id)).identity
    assert "application_withdrawn" in await letters(session, application)


async def test_a_draft_is_kept_to_its_last_day_and_not_longer(session, now):
    application = await make_application(session)
    await fill(session, application, make_form(), now=now)

    await expire_drafts(session, now + 90 * DAY)
    kept = application.state
    await expire_drafts(session, now + 91 * DAY)

    assert kept is ApplicationState.DRAFT
    assert application.state is ApplicationState.EXPIRED
    assert await count(session, ApplicationSection, application_id=application.id) == 0


async def test_the_applicant_is_warned_fourteen_days_before_and_once(session, now):
    application = await make_application(session)

    await warn_of_expiry(session, now + 75 * DAY)
    too_early = await letters(session, application)
    await warn_of_expiry(session, now + 76 * DAY)
    await warn_of_expiry(session, now + 77 * DAY)

    assert "application_draft_expires" not in too_early
    assert (await letters(session, application)).count("application_draft_expires") == 1


async def test_what_was_sent_does_not_expire(session, now):
    application = await make_sent_application(session)

    await warn_of_expiry(session, now + 80 * DAY)
    await expire_drafts(session, now + 400 * DAY)

    assert application.state is ApplicationState.SUBMITTED


# Paying


async def approved(session, *, conditions=()):
    application = await make_sent_application(session)
    by = make_process(session)
    application.take_up(await make_account(session), by=by)
    application.propose(by=by)
    application.approve(pay_by=date(2027, 3, 24), conditions=conditions, by=by)
    return application


async def test_the_fee_makes_the_entry(session, now):
    application = await approved(session)

    await application.paid(session, at=now, by=make_process(session))

    person = await session.get(Person, application.person_id)
    assert application.state is ApplicationState.GRANTED
    assert person.number.startswith("CH-")
    assert await count(session, Entry, person_id=person.id) == 1
    assert "application_granted" in await letters(session, application)


async def test_the_news_of_the_fee_may_come_again_and_again(session, now):
    application = await approved(session)

    for _ in range(3):
        await application.paid(session, at=now, by=make_process(session))

    assert await count(session, Entry, person_id=application.person_id) == 1
    assert (await letters(session, application)).count("application_granted") == 1


async def test_a_fee_for_what_is_not_approved_makes_nothing(session, now):
    application = await make_sent_application(session)

    with pytest.raises(NotNow):
        await application.paid(session, at=now, by=make_process(session))

    assert await count(session, Entry, person_id=application.person_id) == 0


async def test_the_conditions_of_the_decision_come_with_the_entry(session, now):
    condition = {"kind": "qual_condition", "due_on": "2030-01-04"}
    application = await approved(session, conditions=[condition])

    await application.paid(session, at=now, by=make_process(session))

    due = await session.scalar(text("select due_on from condition"))
    granted = select(Message.body).where(Message.letter == "application_granted")
    letter = await session.scalar(granted)
    assert due == date(2030, 1, 4)
    assert "You are registered until 30 November 2027." in letter
    assert "send us your certificate by 4 January 2030" in letter


async def test_each_act_is_told_in_a_process_of_its_own(session, now):
    application = await make_sent_application(session)
    by = Process.begin(session, ApplicationAct.WITHDRAW, now=now)

    await withdraw(session, application, by=by)

    history = await timeline(session, application_id=application.id)
    told = {event.kind for event, process, _ in history if process.id == by.id}
    assert told == {"application_withdrawn", "request:expired"}
