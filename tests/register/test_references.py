"""References: who is asked and when, what ends a link, and what a reference does to the assessment."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from register.application import (
    SectionName,
    answer,
    keep,
    withdraw,
)
from register.application.answers import References
from register.application.references import (
    CannotBecause,
    Declined,
    NotToBeReplaced,
    Reference,
    expire_references,
    invitation,
    name_another,
    referees_of,
    references_of,
    remind_referees,
)
from register.assessment import (
    AssessmentAct,
    NotAwaited,
    NotToBeAsked,
    NotYourApplication,
    Outcome,
    Overtaken,
    ReferencesAwaited,
    ask_for_more,
    ask_referee_again,
    checks_of,
    clock_of,
    go_on_without_reference,
    propose_grant,
    took_a_step,
)
from register.by_link import Closed, LinkClosed, token_of
from register.kit.clock import end_of
from register.kit.db import connect, sessions_of
from register.kit.errors import NotFound
from register.kit.security import links
from register.process import Process
from register.request import Outcome as Ended
from register.request import Request, RequestKind
from tests.applications import make_form, make_referee, make_sent_application
from tests.make import NOW, make_process
from tests.register.assessing import act, check, check_all, make_caseworker
from tests.register.assessing import give as hand_to
from tests.register.referring import asked_of, decline, give, mails, make_given

LAST_DAY = date(2027, 3, 24)
LAST_MOMENT = end_of(LAST_DAY) - timedelta(microseconds=1)
LATER = NOW + timedelta(days=1)


@pytest.fixture
async def sent(session):
    return await make_sent_application(session)


@pytest.fixture
async def officer(session):
    return await make_caseworker(session)


@pytest.fixture
async def assessed(session, sent, officer):
    await hand_to(session, sent, to=officer, giver=officer)
    return sent


def other(**given):
    return make_referee(**{"name": "Ada Marsh", "email": "ada@example.org"} | given)


# Asking


async def test_each_referee_is_asked_when_the_application_is_sent(session, sent):
    requests = await asked_of(session, sent)

    assert [request.kind for request in requests] == [RequestKind.REFERENCE] * 2
    assert {request.due_on for request in requests} == {LAST_DAY}
    assert set(await mails(session, "reference_asked")) == {
        "latest_employer@example.org",
        "child_care@example.org",
    }


async def test_the_letter_has_the_link_and_names_nobody(session, sent):
    request, _ = await asked_of(session, sent)

    letter = (await mails(session, "reference_asked"))["latest_employer@example.org"]

    assert f"/references/{token_of(request)}" in letter.body
    assert letter.fleeting
    for name in ("Zoë", "Okafor", sent.reference):
        assert name not in letter.body + letter.subject


async def test_a_link_says_nothing_but_which_request_it_is_for(session, sent):
    request, _ = await asked_of(session, sent)

    assert links.read(RequestKind.REFERENCE, token_of(request), now=NOW) == str(
        request.id
    )


async def test_references_do_not_stop_the_clock(session, sent):
    waited = NOW + timedelta(days=14)

    assert (await clock_of(session, sent, now=waited)).used == 10


# Links


@given(st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=16, deadline=None)
def test_a_link_opens_its_own_request_only(one, other):
    kind = RequestKind.REFERENCE
    requests = [Request(id=uuid4(), kind=kind, due_on=LAST_DAY) for _ in range(4)]

    read = links.read(kind, token_of(requests[one]), now=NOW)

    assert (read == str(requests[other].id)) is (one == other)


@given(st.data())
@settings(deadline=None)
def test_no_link_survives_a_change(data):
    token = token_of(
        Request(
            id=data.draw(st.uuids(version=4)),
            kind=RequestKind.REFERENCE,
            due_on=LAST_DAY,
        )
    )
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(
        st.sampled_from("ABCxyz019-_").filter(lambda c: c != token[place])
    )

    with pytest.raises(NotFound):
        links.read(
            RequestKind.REFERENCE, token[:place] + letter + token[place + 1 :], now=NOW
        )


async def test_a_link_of_another_purpose_opens_nothing(session, sent):
    request, _ = await asked_of(session, sent)
    token = links.sign("reset password", str(request.id), until=LAST_MOMENT)

    with pytest.raises(NotFound):
        await invitation(session, token, now=NOW)


async def test_a_link_for_another_kind_of_request_opens_nothing(
    session, assessed, officer
):
    await check(session, assessed, SectionName.DBS, Outcome.ASK, officer=officer)
    by = act(session, AssessmentAct.ASK, officer)
    request = await ask_for_more(session, assessed, officer=officer, by=by)
    await session.flush()

    with pytest.raises(NotFound):
        await invitation(session, token_of(request), now=NOW)


async def test_a_link_works_to_the_last_moment_of_the_last_day(session, sent):
    request, _ = await asked_of(session, sent)

    invited = await invitation(session, token_of(request), now=LAST_MOMENT)

    assert invited.request is request


async def test_a_link_is_over_with_its_last_day(session, sent):
    request, _ = await asked_of(session, sent)

    with pytest.raises(LinkClosed) as closed:
        await invitation(session, token_of(request), now=end_of(LAST_DAY))

    assert closed.value.why is Closed.EXPIRED


async def test_an_answer_is_sent_once(session, sent):
    request, _ = await asked_of(session, sent)
    await give(session, request)

    with pytest.raises(LinkClosed) as closed:
        await invitation(session, token_of(request), now=NOW)

    assert closed.value.why is Closed.ANSWERED


async def test_a_link_ends_with_the_application(session, sent):
    request, _ = await asked_of(session, sent)
    by = make_process(session)
    await withdraw(session, sent, by=by)

    with pytest.raises(LinkClosed):
        await invitation(session, token_of(request), now=NOW)


async def test_a_link_is_not_needed_once_it_is_decided(session, assessed):
    request, _ = await asked_of(session, assessed)
    by = make_process(session)
    assessed.propose(by=by)
    assert await invitation(session, token_of(request), now=NOW)
    assessed.refuse(because="dbs_not_enhanced", by=by)

    with pytest.raises(LinkClosed) as closed:
        await invitation(session, token_of(request), now=NOW)

    assert closed.value.why is Closed.NOT_NEEDED


# What is said


async def test_a_reference_is_kept_sealed(session, sent):
    request, _ = await asked_of(session, sent)
    said = make_given(concerns=True, concerns_details="Shouted at a child")

    await give(session, request, said)

    kept = await session.get_one(Reference, request.id)
    assert b"Shouted" not in kept.sealed
    assert await references_of(session, [request]) == {request.id: said}
    assert request.outcome is Ended.RECEIVED


async def test_words_that_were_moved_to_another_request_do_not_open(session, sent):
    request, another = await asked_of(session, sent)
    await give(session, request)
    kept = await session.get_one(Reference, request.id)
    moved = Reference(request_id=another.id, sealed=kept.sealed)

    with pytest.raises(Exception, match="altered, or moved"):
        _ = moved.said


async def test_a_reference_is_never_changed(session, sent):
    request, _ = await asked_of(session, sent)
    await give(session, request)

    with pytest.raises(DBAPIError):
        await session.execute(text("update reference set sealed = '\\x00'"))


@pytest.mark.parametrize(
    ("said", "adverse"),
    [
        ({}, False),
        ({"unsuitable": True, "unsuitable_details": "…"}, True),
        ({"concerns": True, "concerns_details": "…"}, True),
        ({"again": False, "again_details": "…"}, True),
        ({"more": "Always late"}, False),
    ],
)
def test_what_speaks_against_somebody_makes_a_reference_adverse(said, adverse):
    assert make_given(**said).adverse is adverse


async def test_whoever_cannot_give_one_says_why(session, sent):
    request, _ = await asked_of(session, sent)

    await decline(session, request, CannotBecause.OTHER, "He is my brother")

    assert request.outcome is Ended.DECLINED
    said = Declined(because=CannotBecause.OTHER, details="He is my brother")
    assert await references_of(session, [request]) == {request.id: said}


async def test_the_applicant_hears_that_one_is_missing_and_not_why(session, sent):
    request, _ = await asked_of(session, sent)

    await decline(session, request, CannotBecause.OTHER, "He is my brother")

    (letter,) = (await mails(session, "reference_not_given")).values()
    assert "brother" not in letter.body
    assert "Okafor" not in letter.body


# Another referee


async def test_another_referee_takes_the_place_of_one_who_cannot(session, sent):
    request, second = await asked_of(session, sent)
    await decline(session, request)
    by = make_process(session, now=LATER)

    await name_another(session, sent, request.about_id, other(), by=by)

    _, _, third = await asked_of(session, sent)
    named = await referees_of(session, sent)
    assert [n.referee.name for n in named] == ["Ada Marsh", "Sam Okafor"]
    assert [n.request for n in named] == [third, second]
    assert third.due_on == date(2027, 3, 25)
    assert "ada@example.org" in await mails(session, "reference_asked")


@pytest.mark.parametrize("outcome", [None, Ended.RECEIVED, Ended.WAIVED])
async def test_a_referee_who_may_answer_or_has_is_not_replaced(session, sent, outcome):
    request, _ = await asked_of(session, sent)
    if outcome:
        request.ended_at, request.outcome = NOW, outcome

    with pytest.raises(NotToBeReplaced):
        await name_another(
            session, sent, request.about_id, other(), by=make_process(session)
        )


async def test_nobody_is_named_while_a_decision_is_proposed(session, assessed):
    request, _ = await asked_of(session, assessed)
    await decline(session, request)
    assessed.propose(by=make_process(session))

    assert not any(n.replaceable for n in await referees_of(session, assessed))


async def test_referees_changed_in_an_answer_are_asked_and_the_others_are_not(
    session, assessed, officer
):
    employer, child_care = await asked_of(session, assessed)
    await check(session, assessed, SectionName.REFERENCES, Outcome.ASK, officer=officer)
    await ask_for_more(
        session, assessed, officer=officer, by=act(session, AssessmentAct.ASK, officer)
    )
    form = make_form().references
    changed = msgspec.structs.replace(
        form.items[0], id=employer.about_id, email="right@example.org"
    )
    same = msgspec.structs.replace(form.items[1], id=child_care.about_id)
    await keep(
        session,
        assessed,
        SectionName.REFERENCES,
        References(items=[changed, same]),
        now=LATER,
    )

    await answer(session, assessed, by=make_process(session, now=LATER))

    assert employer.outcome is Ended.REPLACED
    assert child_care.open
    *_, asked = await asked_of(session, assessed)
    assert asked.about_id == employer.about_id
    assert asked.open
    with pytest.raises(LinkClosed) as closed:
        await invitation(session, token_of(employer), now=LATER)
    assert closed.value.why is Closed.NOT_NEEDED


# Time


@pytest.mark.parametrize(("days", "letters"), [(8, 0), (9, 2), (14, 2), (15, 0)])
async def test_referees_are_reminded_from_five_days_before_the_last_to_the_last(
    session, sent, days, letters
):
    await remind_referees(session, NOW + timedelta(days=days))

    assert len(await mails(session, "reference_reminder")) == letters


async def test_nobody_is_reminded_twice_or_who_has_answered(session, sent):
    request, _ = await asked_of(session, sent)
    await give(session, request)
    for days in (9, 10):
        await remind_referees(session, NOW + timedelta(days=days))

    assert set(await mails(session, "reference_reminder")) == {"child_care@example.org"}


async def test_nobody_is_reminded_of_what_has_been_decided(session, assessed):
    by = make_process(session)
    assessed.propose(by=by)
    assessed.refuse(because="dbs_not_enhanced", by=by)

    await remind_referees(session, NOW + timedelta(days=10))

    assert not await mails(session, "reference_reminder")


@pytest.mark.parametrize(("days", "outcome"), [(14, None), (15, Ended.EXPIRED)])
async def test_we_wait_to_the_end_of_the_last_day(session, sent, days, outcome):
    await expire_references(session, NOW + timedelta(days=days))

    requests = await asked_of(session, sent)
    assert {request.outcome for request in requests} == {outcome}
    told = await session.scalar(
        text("select count(*) from message where letter = 'reference_not_given'")
    )
    assert told == (2 if outcome else 0)


# Assessing


async def test_a_grant_waits_for_the_references(session, assessed, officer):
    request, _ = await asked_of(session, assessed)
    await give(session, request)
    await check_all(session, assessed, officer=officer, heard=1)

    with pytest.raises(ReferencesAwaited):
        await propose(session, assessed, officer)


async def test_an_officer_goes_on_without_a_reference(session, assessed, officer):
    given, missing = await asked_of(session, assessed)
    await give(session, given)
    by = act(session, AssessmentAct.GO_ON_WITHOUT_REFERENCE, officer)

    await go_on_without_reference(session, assessed, missing.id, officer=officer, by=by)

    assert missing.outcome is Ended.WAIVED
    with pytest.raises(LinkClosed):
        await invitation(session, token_of(missing), now=NOW)
    assert officer.id in await took_a_step(session, assessed)


async def test_an_officer_does_not_go_on_without_what_has_come(
    session, assessed, officer
):
    request, _ = await asked_of(session, assessed)
    await give(session, request)
    by = act(session, AssessmentAct.GO_ON_WITHOUT_REFERENCE, officer)

    with pytest.raises(NotAwaited):
        await go_on_without_reference(
            session, assessed, request.id, officer=officer, by=by
        )


async def test_a_new_link_ends_the_one_before(session, assessed, officer):
    request, _ = await asked_of(session, assessed)
    by = act(session, AssessmentAct.ASK_REFEREE_AGAIN, officer, now=LATER)

    await ask_referee_again(session, assessed, request.id, officer=officer, by=by)

    *_, again = await asked_of(session, assessed)
    assert (again.about_id, again.due_on) == (request.about_id, date(2027, 3, 25))
    assert await invitation(session, token_of(again), now=LATER)
    with pytest.raises(LinkClosed) as closed:
        await invitation(session, token_of(request), now=LATER)
    assert closed.value.why is Closed.NOT_NEEDED


async def test_who_did_not_answer_in_time_is_asked_again(session, assessed, officer):
    request, _ = await asked_of(session, assessed)
    late = NOW + timedelta(days=15)
    await expire_references(session, late)
    by = act(session, AssessmentAct.ASK_REFEREE_AGAIN, officer, now=late)

    await ask_referee_again(session, assessed, request.id, officer=officer, by=by)

    assert request.outcome is Ended.EXPIRED
    assert (await asked_of(session, assessed))[-1].open


async def test_nobody_is_asked_again_while_a_decision_is_proposed(
    session, assessed, officer
):
    request, _ = await asked_of(session, assessed)
    assessed.propose(by=make_process(session))
    by = act(session, AssessmentAct.ASK_REFEREE_AGAIN, officer)

    with pytest.raises(NotToBeAsked):
        await ask_referee_again(session, assessed, request.id, officer=officer, by=by)


async def test_who_has_answered_is_not_asked_again(session, assessed, officer):
    request, _ = await asked_of(session, assessed)
    await give(session, request)
    by = act(session, AssessmentAct.ASK_REFEREE_AGAIN, officer)

    with pytest.raises(NotToBeAsked):
        await ask_referee_again(session, assessed, request.id, officer=officer, by=by)


@pytest.mark.parametrize("do", [ask_referee_again, go_on_without_reference])
async def test_only_whose_application_it_is_decides_on_a_reference(
    session, assessed, do
):
    stranger = await make_caseworker(session)
    request, _ = await asked_of(session, assessed)
    by = act(session, AssessmentAct.ASK_REFEREE_AGAIN, stranger)

    with pytest.raises(NotYourApplication):
        await do(session, assessed, request.id, officer=stranger, by=by)


@pytest.mark.parametrize("do", [ask_referee_again, go_on_without_reference])
async def test_a_request_of_another_application_is_not_there(
    session, assessed, officer, do
):
    elsewhere = await make_sent_application(session)
    request, _ = await asked_of(session, elsewhere)
    by = act(session, AssessmentAct.ASK_REFEREE_AGAIN, officer)

    with pytest.raises(NotFound):
        await do(session, assessed, request.id, officer=officer, by=by)


async def test_a_check_does_not_stand_for_what_a_referee_says_after_it(
    session, assessed, officer
):
    request, _ = await asked_of(session, assessed)
    await check(session, assessed, SectionName.REFERENCES, officer=officer)

    await give(session, request, make_given(concerns=True, concerns_details="…"))

    checked = (await checks_of(session, assessed))[SectionName.REFERENCES]
    assert checked.changed
    assert checked.outcome is None


async def test_nobody_checks_references_that_they_have_not_seen(
    session, assessed, officer
):
    request, _ = await asked_of(session, assessed)
    await give(session, request)

    with pytest.raises(Overtaken) as overtaken:
        await check(session, assessed, SectionName.REFERENCES, officer=officer)

    (change,) = overtaken.value.changes
    assert change.kind == "request:received"


async def propose(session, application, officer):
    by = act(session, AssessmentAct.PROPOSE, officer)
    return await propose_grant(session, application, proposer=officer, by=by)


# At once


@pytest.fixture
async def committed(clone):
    engine = connect(await clone())
    yield sessions_of(engine)
    await engine.dispose()


async def test_sending_at_once_keeps_one_answer(committed):
    async with committed.begin() as session:
        application = await make_sent_application(session)
        request, _ = await asked_of(session, application)

    async def send(n):
        async with committed.begin() as session:
            await give(session, request, make_given(more=str(n)))

    outcomes = await asyncio.gather(*map(send, range(4)), return_exceptions=True)

    assert outcomes.count(None) == 1
    assert [type(one) for one in outcomes if one] == [LinkClosed] * 3
    async with committed.begin() as session:
        assert await session.scalar(select(func.count(Reference.request_id))) == 1


async def test_an_answer_and_a_new_link_at_once_leave_one_of_them(committed):
    async with committed.begin() as session:
        application = await make_sent_application(session)
        officer = await make_caseworker(session)
        await hand_to(session, application, to=officer, giver=officer)
        request, _ = await asked_of(session, application)

    async def repeat():
        async with committed.begin() as session:
            mine = await session.merge(application)
            by = Process.begin(
                session, AssessmentAct.ASK_REFEREE_AGAIN, now=NOW, actor=officer
            )
            await ask_referee_again(session, mine, request.id, officer=officer, by=by)

    async def send():
        async with committed.begin() as session:
            await give(session, request)

    outcomes = await asyncio.gather(send(), repeat(), return_exceptions=True)

    assert sum(one is None for one in outcomes) == 1
    assert {type(one) for one in outcomes if one} <= {LinkClosed, NotToBeAsked}
