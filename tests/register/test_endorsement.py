"""The employer's endorsement: whom we ask for it, what they may say, and that nobody is granted without it unawares."""

from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.application.answers import NoEmployer
from register.application.endorsement import (
    CannotBecause,
    Endorsement,
    NotToBeNamed,
    QueuedEndorsement,
    Towards,
    WaivedBecause,
    assign,
    end_account,
    endorsements_of,
    endorser_of,
    endorsers_asked,
    expire_endorsements,
    in_queue,
    invitation,
    is_endorsed,
    name_endorser,
    remind_endorsers,
    waiting_for,
)
from register.application.state import SectionName
from register.assessment import (
    AssessmentAct,
    EndorserNotToBeAsked,
    NotEndorsed,
    NothingToWaive,
    Outcome,
    Overtaken,
    SectionCheck,
    ask_endorser_again,
    endorsement_so_far,
    go_on_without_endorsement,
    propose_grant,
    took_a_step,
)
from register.by_link import Closed, LinkClosed, token_of
from register.kit.clock import end_of, start_of
from register.kit.errors import NotFound
from register.kit.post import Message
from register.kit.security import links
from register.request import AlreadyEnded, RequestKind
from register.request import Outcome as RequestOutcome
from tests.applications import make_form, make_sent_application
from tests.make import NOW, make_account, make_home, make_process
from tests.register.assessing import act, check, check_all, give
from tests.register.employing import make_organisation, make_user
from tests.register.endorsing import endorse, make_endorsed, make_endorser, opt_out
from tests.register.referring import asked_of
from tests.register.referring import give as give_reference

DUE = date(2027, 4, 9)


@pytest.fixture
async def application(session):
    return await sent_by(session)


async def sent_by(session, *, home=None, endorser=None):
    form = make_form(endorsement=endorser or make_endorser())
    if home:
        told = msgspec.structs.replace(form.eligibility, home_id=home.id)
        form = msgspec.structs.replace(form, eligibility=told)
    application = await make_sent_application(session, form=form)
    await session.flush()
    return application


async def asked(session, application):
    return [request for request, _ in await endorsers_asked(session, application)]


async def letters(session, letter):
    found = await session.scalars(
        select(Message).where(Message.letter == letter).order_by(Message.to_address)
    )
    return list(found)


@pytest.fixture
async def home(session):
    return await make_home(session)


@pytest.fixture
async def organisation(session, home):
    return await make_organisation(session, home)


# Who is asked


async def test_whom_the_applicant_names_is_asked_by_a_link_that_names_nobody(
    session, application
):
    (request,) = await asked(session, application)
    (letter,) = await letters(session, "endorsement_asked")

    assert (letter.to_address, request.due_on) == ("nia@example.org", DUE)
    assert f"/endorsements/{token_of(request)}" in letter.body
    assert "Łuczak" not in letter.body + letter.subject
    assert letter.fleeting


async def test_nobody_is_asked_where_there_is_no_employer(session):
    none = make_endorser(
        has_employer=False, name="", email="", none_because=NoEmployer.AGENCY
    )

    application = await sent_by(session, endorser=none)

    assert await asked(session, application) == []
    assert not await is_endorsed(session, application)


async def test_a_provider_with_an_account_answers_on_its_own_pages(
    session, home, organisation
):
    lead = await make_user(session, organisation, lead=True)
    user = await make_user(session, organisation)

    application = await sent_by(session, home=home)

    (request,) = await asked(session, application)
    (letter,) = await letters(session, "endorsement_waits")
    shown = await waiting_for(session, lead)
    assert await letters(session, "endorsement_asked") == []
    assert letter.to_address == lead.account.email
    assert [row.request.id for row in shown.rows] == [request.id]
    assert (await waiting_for(session, user)).rows == []


async def test_a_named_user_is_given_it_at_once(session, home, organisation):
    await make_user(session, organisation, lead=True)
    user = await make_user(session, organisation)
    named = make_endorser(email=user.account.email.upper())

    await sent_by(session, home=home, endorser=named)

    (letter,) = await letters(session, "endorsement_waits")
    (row,) = (await waiting_for(session, user)).rows
    assert letter.to_address == user.account.email
    assert row.user is user


async def test_an_account_that_nobody_has_joined_is_no_place_to_ask(
    session, home, organisation
):
    application = await sent_by(session, home=home)

    (request,) = await asked(session, application)
    assert await session.get(QueuedEndorsement, request.id) is None
    assert len(await letters(session, "endorsement_asked")) == 1


# The queue


async def test_the_queue_is_for_the_organisation_and_for_whom_it_was_given_to(
    session, home, organisation
):
    lead = await make_user(session, organisation, lead=True)
    user = await make_user(session, organisation)
    elsewhere = await make_organisation(session, await make_home(session, urn="1234"))
    other = await make_user(session, elsewhere, lead=True)
    application = await sent_by(session, home=home)
    (request,) = await asked(session, application)

    for nobody in (user, other):
        with pytest.raises(NotFound):
            await in_queue(session, nobody, request.id)
    assert (await waiting_for(session, other)).rows == []
    await assign(session, lead, request.id, user, by=make_process(session))
    await session.flush()

    assert (await in_queue(session, user, request.id)).application is application
    await endorse(session, request)
    with pytest.raises(AlreadyEnded):
        await in_queue(session, user, request.id)
    assert (await waiting_for(session, lead)).rows == []


async def test_a_link_is_worth_nothing_for_another_request(session, application):
    reference, *_ = await asked_of(session, application)
    (request,) = await asked(session, application)
    forged = links.sign(
        RequestKind.ENDORSEMENT, str(reference.id), until=end_of(request.due_on)
    )

    for token in (token_of(reference), forged):
        with pytest.raises(NotFound):
            await invitation(session, token, now=NOW)


# What they say


async def test_what_is_said_is_sealed_and_said_once(session, application):
    (request,) = await asked(session, application)
    token = token_of(request)

    await endorse(session, request, make_endorsed(more="She is kind"))

    row = await session.scalar(select(Endorsement))
    assert b"kind" not in row.sealed
    assert row.said.more == "She is kind"
    with pytest.raises(LinkClosed) as closed:
        await invitation(session, token, now=NOW)
    assert closed.value.why is Closed.ANSWERED


@pytest.mark.parametrize(
    ("said", "doubtful"),
    [
        ({}, False),
        ({"qualification": Towards.WORKING_TOWARDS}, False),
        ({"qualification": Towards.NEITHER}, True),
        ({"right_part": False}, True),
        ({"identity_seen": False}, True),
        ({"dbs_seen": False}, True),
        ({"declarations_checked": False}, True),
    ],
)
def test_what_was_not_seen_is_to_be_looked_into(said, doubtful):
    assert make_endorsed(**said).doubtful is doubtful


async def test_who_opts_out_tells_us_why_and_the_applicant_nothing_of_it(
    session, application
):
    (request,) = await asked(session, application)

    await opt_out(session, request, CannotBecause.CONCERNS)

    (letter,) = await letters(session, "endorsement_not_given")
    said = await endorsements_of(session, [request])
    named = await endorser_of(session, application)
    assert said[request.id].because is CannotBecause.CONCERNS
    assert "concern" not in letter.body.lower()
    assert (named.outcome, named.replaceable) == (RequestOutcome.DECLINED, True)


# The clock


async def test_an_employer_is_reminded_once_some_days_before_the_last(
    session, application
):
    early = start_of(DUE - timedelta(days=7)) - timedelta(seconds=1)
    for at in (early, early + timedelta(seconds=1), early + timedelta(days=1)):
        await remind_endorsers(session, at)
        await session.flush()
        found = len(await letters(session, "endorsement_reminder"))
        assert found == int(at > early)


async def test_the_leads_are_reminded_on_their_pages(session, home, organisation):
    lead = await make_user(session, organisation, lead=True)
    await sent_by(session, home=home)

    await remind_endorsers(session, start_of(DUE))
    await session.flush()

    (letter,) = await letters(session, "endorsement_still_waits")
    assert letter.to_address == lead.account.email


async def test_the_request_ends_after_its_last_day_and_not_before(session, application):
    (request,) = await asked(session, application)
    over = end_of(DUE)

    await expire_endorsements(session, over - timedelta(seconds=1))
    assert request.open
    await expire_endorsements(session, over)
    await session.flush()

    assert request.outcome is RequestOutcome.EXPIRED
    assert len(await letters(session, "endorsement_not_given")) == 1


# Somebody else


async def test_somebody_else_is_named_once_nobody_has_endorsed(session, application):
    (request,) = await asked(session, application)
    another = make_endorser(name="Huw Price", email="huw@example.org")
    with pytest.raises(NotToBeNamed):
        await name_endorser(session, application, another, by=make_process(session))
    await opt_out(session, request, CannotBecause.NOT_AUTHORISED)

    later = make_process(session, now=NOW + timedelta(hours=1))
    await name_endorser(session, application, another, by=later)
    await session.flush()

    _, second = await asked(session, application)
    await endorse(session, second, now=later.at)
    assert await is_endorsed(session, application)
    with pytest.raises(NotToBeNamed):
        await name_endorser(session, application, another, by=make_process(session))


# The decision


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def assessed(session, application, officer):
    """All is met, but nobody has endorsed."""
    await give(session, application, to=officer, giver=officer)
    for request in await asked_of(session, application):
        await give_reference(session, request)
    await check_all(session, application, officer=officer, heard=2)
    return application


async def waive(session, application, officer, *, words="An agency pays them"):
    by = act(session, AssessmentAct.GO_ON_WITHOUT_ENDORSEMENT, officer)
    await go_on_without_endorsement(
        session,
        application,
        because=WaivedBecause.AGENCY,
        words=words,
        officer=officer,
        by=by,
    )
    await session.flush()


async def grant(session, application, officer):
    by = act(session, AssessmentAct.PROPOSE, officer)
    return await propose_grant(session, application, proposer=officer, by=by)


async def test_nobody_proposes_to_grant_before_the_endorsement(
    session, assessed, officer
):
    (request,) = await asked(session, assessed)

    with pytest.raises(NotEndorsed):
        await grant(session, assessed, officer)
    await endorse(session, request)

    assert await is_endorsed(session, assessed)


async def test_an_officer_goes_on_without_one_for_a_reason_and_takes_a_step(
    session, assessed, officer
):
    (request,) = await asked(session, assessed)

    await waive(session, assessed, officer)

    assert request.outcome is RequestOutcome.WAIVED
    assert await is_endorsed(session, assessed)
    assert officer.id in await took_a_step(session, assessed)
    with pytest.raises(NothingToWaive):
        await waive(session, assessed, officer)


async def test_asking_again_ends_what_went_on_without(session, assessed, officer):
    await waive(session, assessed, officer)
    later = NOW + timedelta(minutes=1)
    by = act(session, AssessmentAct.ASK_ENDORSER_AGAIN, officer, now=later)

    await ask_endorser_again(session, assessed, officer=officer, by=by)
    await session.flush()

    assert not await is_endorsed(session, assessed)
    *_, request = await asked(session, assessed)
    await endorse(session, request, now=later)
    by = act(session, AssessmentAct.ASK_ENDORSER_AGAIN, officer, now=later)
    with pytest.raises(EndorserNotToBeAsked):
        await ask_endorser_again(session, assessed, officer=officer, by=by)


async def test_a_check_does_not_stand_for_what_the_employer_says_after_it(
    session, assessed, officer
):
    (request,) = await asked(session, assessed)
    before = await session.scalar(
        select(SectionCheck.id).where(SectionCheck.section == SectionName.ENDORSEMENT)
    )

    await endorse(session, request)

    with pytest.raises(Overtaken):
        await check(
            session,
            assessed,
            SectionName.ENDORSEMENT,
            Outcome.MET,
            officer=officer,
            seen=before,
        )


async def test_what_waits_in_a_queue_ends_with_the_account_of_the_provider(
    session, home, organisation
):
    await make_user(session, organisation, lead=True)
    application = await sent_by(session, home=home)
    (request,) = await asked(session, application)

    await end_account(session, organisation, because="Sold", by=make_process(session))
    await session.flush()

    assert request.outcome is RequestOutcome.EXPIRED
    assert (await endorser_of(session, application)).replaceable
    (letter,) = await letters(session, "endorsement_not_given")
    assert f"/apply/{application.reference}" in letter.body
    so_far = await endorsement_so_far(session, application)
    assert [told.account_ended for told in so_far.told] == [True]
    assert so_far.may_be_asked_again


async def test_what_was_answered_before_the_account_ended_stands(
    session, home, organisation
):
    await make_user(session, organisation, lead=True)
    application = await sent_by(session, home=home)
    (request,) = await asked(session, application)
    await endorse(session, request)

    await end_account(session, organisation, because="Sold", by=make_process(session))
    await session.flush()

    assert request.outcome is RequestOutcome.RECEIVED
    assert await letters(session, "endorsement_not_given") == []


async def test_after_that_the_person_named_is_asked_by_a_link(
    session, home, organisation
):
    await make_user(session, organisation, lead=True)
    application = await sent_by(session, home=home)
    officer = await make_account(session, StaffRole.CASEWORKER)
    await give(session, application, to=officer, giver=officer)
    await end_account(session, organisation, because="Sold", by=make_process(session))

    by = act(session, AssessmentAct.ASK_ENDORSER_AGAIN, officer)
    await ask_endorser_again(session, application, officer=officer, by=by)

    (letter,) = await letters(session, "endorsement_asked")
    assert letter.to_address == "nia@example.org"
