"""A concern from its first page to what becomes of it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fitness.concern import (
    Concern,
    ConcernPart,
    ConcernState,
    ConcernStep,
    NobodyToAnswer,
    NotComplete,
    NotMatched,
    NotScreened,
    OnTheRegister,
    Referrer,
    ScreenedAlready,
    Settled,
    StepKind,
    Unfit,
    draft_of,
    due_by,
    opened,
    read_reference,
    receipt_of,
    record,
    steps_of,
)
from fitness.concern.told import CrimeSaid, Naming, Section, What
from register.account import StaffRole
from register.kit.post import Message
from register.kit.security.sealing import Unsealable
from tests.fitness.investigating import make_case
from tests.fitness.raising import (
    ANONYMOUS,
    BY_TELEPHONE,
    SAID,
    look_as_staff,
    make_concern,
    make_draft,
    sending,
)
from tests.make import NOW, make_account, make_entry, make_process

TODAY = date(2027, 3, 10)
DAY = timedelta(days=1)


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.INVESTIGATOR)


@pytest.fixture
async def concern(session, officer):
    concern = await make_concern(session)
    await look_as_staff(session, officer)
    return concern


@pytest.fixture
def by(session, officer):
    return make_process(session, actor=officer)


async def letters(session):
    return list(await session.scalars(select(Message)))


async def screened(session, concern, by):
    await concern.screen(session, at_risk=False, words="Looked at it", by=by)
    return concern


async def about_somebody(session, concern, by):
    person = (await make_entry(session)).person
    await concern.match(session, person, by=by)
    return person


# The code


async def test_a_concern_opens_by_its_own_code_however_it_is_typed(session):
    concern, secret = await make_draft(session)

    found = await opened(session, concern.reference, f" {secret.lower()} ", now=NOW)

    assert found is concern
    plain = secret.replace("-", "")
    assert await opened(session, concern.reference, plain, now=NOW) is concern


async def test_a_concern_does_not_open_by_another_s_code(session):
    concern, _ = await make_draft(session)
    _, other = await make_draft(session)

    assert await opened(session, concern.reference, other, now=NOW) is None
    assert await opened(session, concern.reference, "", now=NOW) is None
    assert await opened(session, "C-00000000", other, now=NOW) is None


async def test_a_draft_does_not_open_after_its_last_day(session):
    concern, secret = await make_draft(session)

    for days, opens in ((28, True), (29, False)):
        found = await opened(session, concern.reference, secret, now=NOW + days * DAY)
        assert (found is concern) is opens


async def test_the_code_is_kept_nowhere(session):
    concern, secret = await make_draft(session)

    row = (await session.execute(text("select * from concern"))).one()

    assert secret.replace("-", "") not in str(row)
    assert len(concern.code_hash) == 32


@pytest.mark.parametrize(
    "typed", ["C-7K2M9QXD", "c7k2m9qxd", " C - 7K2M 9QXD ", "C–7K2M9QXD"]
)
def test_a_reference_is_read_however_it_is_typed(typed):
    assert read_reference(typed) == "C-7K2M9QXD"


@pytest.mark.parametrize("typed", ["", "C-", "7K2M9QXD", "C-7K2M9QX", "CH-0000123-J"])
def test_what_is_no_reference_is_none(typed):
    assert read_reference(typed) is None


# The draft


async def test_what_was_told_is_read_back_as_it_was_told(session):
    concern, _ = await make_draft(session)

    answers = await concern.answers(session)

    assert answers[Section.WHAT] == SAID[Section.WHAT]


async def test_a_page_saved_again_takes_the_place_of_what_it_said(session):
    concern, _ = await make_draft(session)

    await concern.keep(session, Section.WHAT, What(words="More"), now=NOW)

    assert (await concern.answers(session))[Section.WHAT] == What(words="More")


async def test_what_was_told_is_sealed_to_its_place(session):
    concern, _ = await make_draft(session)
    what = await session.get(ConcernPart, (concern.id, Section.WHAT))
    when = await session.get(ConcernPart, (concern.id, Section.WHEN))

    assert b"hit a child" not in what.sealed
    when.sealed = what.sealed
    with pytest.raises(Unsealable):
        _ = when.said


async def test_a_draft_is_here_to_the_end_of_its_last_day(session):
    concern, _ = await make_draft(session)
    last = NOW + 28 * DAY

    assert concern.keep_until == TODAY + 28 * DAY
    assert await draft_of(session, concern.id, now=last) is concern
    assert await draft_of(session, concern.id, now=last + DAY) is None


async def test_saving_a_page_keeps_the_draft_longer(session):
    concern, _ = await make_draft(session)

    await concern.keep(session, Section.WHAT, What(words="More"), now=NOW + 5 * DAY)

    assert concern.keep_until == TODAY + 33 * DAY


# Sending


async def test_a_concern_that_is_sent_is_due(session):
    concern = await make_concern(session)

    assert concern.state is ConcernState.RECEIVED
    assert concern.sent_at == NOW
    assert concern.screen_by == TODAY + DAY
    assert concern.acknowledge_by == TODAY + 14 * DAY


async def test_a_concern_sent_on_a_friday_is_screened_by_monday(session):
    concern = await make_concern(session, now=NOW + 2 * DAY)

    assert concern.screen_by == TODAY + 5 * DAY


async def test_nothing_is_sent_while_a_question_is_open(session):
    concern, _ = await Concern.begin(session, Referrer.FAMILY, now=NOW)

    with pytest.raises(NotComplete):
        await concern.send(session, by=sending(session))


async def test_whoever_left_an_address_is_told_at_once_and_nothing_of_what_it_is_about(
    session,
):
    concern = await make_concern(session)

    (letter,) = await letters(session)

    assert concern.acknowledged_at == NOW
    assert (letter.to_address, letter.discreet) == ("pat@example.org", True)
    assert concern.reference in letter.body
    for word in ("Marsh", "Mill House", "hit", "Reed"):
        assert word not in letter.subject + letter.body


async def test_whoever_left_a_telephone_number_waits_for_one_of_us(session):
    concern = await make_concern(session, said=BY_TELEPHONE)

    assert await letters(session) == []
    assert concern.acknowledged_at is None
    assert concern.acknowledge_due_on == TODAY + 14 * DAY


async def test_whoever_stays_unknown_is_acknowledged_by_nobody(session, officer, by):
    concern = await make_concern(session, said=ANONYMOUS)
    await look_as_staff(session, officer)

    assert (concern.anonymous, concern.acknowledge_by) == (True, None)
    with pytest.raises(NobodyToAnswer):
        await concern.acknowledge(session, words="", by=by)


async def test_a_referrer_may_ask_not_to_be_named(session):
    named = await make_concern(session)
    unnamed = await make_concern(
        session, said={Section.NAMING: Naming(may_be_named=False)}
    )

    assert (named.protected, unnamed.protected) == (False, True)


async def test_a_receipt_says_a_few_things_and_only_of_what_was_sent(session):
    draft, _ = await make_draft(session)
    concern = await make_concern(session)

    receipt = await receipt_of(session, concern.id)

    assert (receipt.reference, receipt.acknowledged) == (concern.reference, True)
    assert await receipt_of(session, draft.id) is None


async def test_an_employer_sends_once_they_have_seen_whom_else_to_tell(session):
    concern, _ = await make_draft(session, Referrer.EMPLOYER)
    crime = CrimeSaid(crime=True)

    await concern.keep(session, Section.CRIME, crime, now=NOW)
    with pytest.raises(NotComplete):
        await concern.send(session, by=sending(session))
    await record(session, concern.id, due_by(SAID | {Section.CRIME: crime}), {})
    await concern.send(session, by=sending(session))

    assert concern.state is ConcernState.RECEIVED


# Intake


async def test_what_is_due_first_is_said_and_then_the_next(session, officer, by):
    concern = await make_concern(session, said=BY_TELEPHONE)
    await look_as_staff(session, officer)
    due = [concern.due_on]

    await screened(session, concern, by)
    due.append(concern.due_on)
    await concern.acknowledge(session, words="Rang her", by=by)

    assert [*due, concern.due_on] == [TODAY + DAY, TODAY + 14 * DAY, None]


async def test_the_day_is_the_same_in_the_database(session, officer, by):
    concern = await make_concern(session, said=BY_TELEPHONE)
    await look_as_staff(session, officer)

    for step in (screened, None):
        found = await session.scalar(
            select(Concern.due_on).where(Concern.id == concern.id)
        )
        assert found == concern.due_on
        if step:
            await step(session, concern, by)
            await session.flush()


async def test_a_screening_has_its_answer_and_reason_and_stands(session, concern, by):
    await concern.screen(session, at_risk=True, words="A child lives there", by=by)

    assert (concern.state, concern.at_risk) == (ConcernState.SCREENED, True)
    await session.flush()
    (step,) = await steps_of(session, concern.id)
    assert (step.kind, step.answer, step.words) == (
        StepKind.SCREENED,
        "risk",
        "A child lives there",
    )
    with pytest.raises(ScreenedAlready):
        await screened(session, concern, by)


async def test_whom_it_is_about_is_remembered_and_may_be_taken_back(
    session, concern, by
):
    person = await about_somebody(session, concern, by)
    assert concern.person_id == person.id

    await concern.match_nobody(session, by=by)

    assert (concern.person_id, concern.looked_up_at) == (None, NOW)


async def test_nobody_lets_go_of_what_nobody_has_screened(session, concern, by):
    await about_somebody(session, concern, by)

    with pytest.raises(NotScreened):
        await concern.signpost(
            session, Unfit.NOT_ABOUT_FITNESS, towards="ofsted", words="", by=by
        )
    with pytest.raises(NotScreened):
        await concern.pass_on(session, towards="police", words="", by=by)
    with pytest.raises(NotScreened):
        await concern.taken_into(session, uuid4(), by=by)


async def test_what_is_not_ours_is_signposted_and_its_referrer_told_where_to_turn(
    session, concern, by
):
    await concern.match_nobody(session, by=by)
    await screened(session, concern, by)

    await concern.signpost(
        session,
        Unfit.NOT_REGISTERED,
        towards="employer",
        words="No such person",
        by=by,
    )

    assert (concern.state, concern.settled_at) == (ConcernState.SIGNPOSTED, NOW)
    *_, letter = await letters(session)
    assert (letter.to_address, letter.discreet) == ("pat@example.org", True)
    assert "not on our register" in letter.body
    assert "employer" in letter.body
    assert "No such person" not in letter.body


async def test_nobody_on_the_register_is_said_not_to_be_on_it(session, concern, by):
    await about_somebody(session, concern, by)
    await screened(session, concern, by)

    with pytest.raises(OnTheRegister):
        await concern.signpost(
            session, Unfit.NOT_REGISTERED, towards="employer", words="", by=by
        )


async def test_what_belongs_to_others_is_passed_on_with_the_reason(
    session, concern, by
):
    await screened(session, concern, by)

    await concern.pass_on(session, towards="police", words="A crime", by=by)

    assert concern.state is ConcernState.PASSED_ON
    await session.flush()
    passed = [
        one for one in await steps_of(session, concern.id) if one.kind == "passed_on"
    ]
    assert [(one.towards, one.words) for one in passed] == [("police", "A crime")]


async def test_a_case_takes_a_concern_once(session, concern, by):
    await about_somebody(session, concern, by)
    await screened(session, concern, by)
    case = await make_case(session)

    await concern.taken_into(session, case.id, by=by)

    await session.flush()
    assert (concern.state, concern.case_id) == (ConcernState.TAKEN, case.id)
    with pytest.raises(Settled):
        await concern.taken_into(session, uuid4(), by=by)


async def test_whoever_raised_it_is_told_each_time_that_something_is_decided(
    session, concern, by
):
    for outcome in ("opened", "examined_hearing", "heard_impaired"):
        decided = make_process(session)
        await concern.tell_outcome(session, outcome, words="", by=decided)

    bodies = [one.body for one in await letters(session)]
    for words in ("looking into it further", "will hear the case", "is impaired"):
        assert len([body for body in bodies if words in body]) == 1


async def test_a_case_takes_only_what_is_about_somebody(session, concern, by):
    await screened(session, concern, by)

    with pytest.raises(NotMatched):
        await concern.taken_into(session, uuid4(), by=by)


async def test_nothing_is_done_to_what_is_settled(session, concern, by):
    await screened(session, concern, by)
    await concern.pass_on(session, towards="police", words="", by=by)

    with pytest.raises(Settled):
        await concern.match_nobody(session, by=by)
    with pytest.raises(Settled):
        await concern.acknowledge(session, words="", by=by)
    with pytest.raises(Settled):
        await concern.pass_on(session, towards="police", words="", by=by)


async def test_the_words_of_a_step_are_sealed_and_its_row_is_for_ever(
    session, concern, by
):
    await screened(session, concern, by)
    await session.flush()
    step = await session.scalar(select(ConcernStep))

    assert b"Looked" not in step.sealed
    for change in ("update concern_step set sealed = null", "delete from concern_step"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with session.begin_nested():
                await session.execute(text(change))
