"""Accepted disposal: proposed by two examiners, in force only once the registrant agrees, and what else may come of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from fitness.case import CaseEventKind, ClosedBecause, Place, Stage
from fitness.examination.decision import NotAgreed
from fitness.examination.disposal import (
    Answer,
    AskedAlready,
    ProposalAnswered,
    ProposalOver,
    disposal_of,
    disposals_of,
)
from fitness.examination.due import let_proposals_expire, remind_of_proposals
from fitness.examination.examination import WaitsForTheRegistrant
from fitness.examination.outcome import Outcome
from fitness.examination.own import OwnExamination
from fitness.examination.paper import (
    CameBefore,
    Checked,
    CheckedAlready,
    OwnRecord,
    RecordedAlready,
)
from fitness.examination.preview import Preview
from fitness.fence import Capacity, look_as
from fitness.investigation.allegation import Ground
from fitness.investigation.own import own_case
from fitness.investigation.served import ServiceKind, services_of
from fitness.order import (
    CaseOrder,
    Decided,
    Measure,
    orders_of,
    take_effect,
)
from fitness.publication import Publication
from fitness.publication.publishing import as_public
from register.account import StaffRole
from register.entry import Status
from register.kit.clock import start_of
from register.kit.post import Message
from register.part import Part
from register.published import published_of
from tests.fitness.examining import (
    CONDITIONS,
    PUBLIC,
    answer_with,
    both_view,
    check,
    confirm,
    draft,
    make_examined,
    propose,
    record,
    view,
)
from tests.fitness.finding import DAY, TODAY, messages, went_astray
from tests.fitness.investigating import act, make_investigator
from tests.fitness.test_examination import events
from tests.make import NOW, make_account, make_address, make_entry

LAST = TODAY + 29 * DAY
"""An e-mail counts as having come the next working day; then they have 28 days."""
AT_LAST = datetime(2027, 4, 8, 22, 59, 59, tzinfo=UTC)
"""The last second of it, on the summer clock."""
A_SECOND = timedelta(seconds=1)
MEASURES = [
    (Measure.ADVICE, 12),
    (Measure.WARNING, 36),
    (Measure.CONDITIONS, 12),
    (Measure.SUSPENSION, 6),
    (Measure.REMOVAL, None),
]


@pytest.fixture
async def found(session):
    return await make_examined(session)


@pytest.fixture
async def proposed(session, found):
    return await propose(session, found)


# What is proposed


async def test_nothing_of_a_proposal_is_in_the_register(session, found, proposed):
    assert not await orders_of(session, found.case.id)
    shown = await published_of(session, found.case.person, now=NOW)
    assert shown.leading.restrictions == ()
    assert found.case.stage is Stage.EXAMINATION


async def test_the_email_says_only_that_there_is_something_to_read(
    session, found, proposed
):
    *_, sent = await messages(session)

    assert sent.letter == "fitness/something_to_read"
    for word in ("conditions", "propos", found.case.reference):
        assert word not in sent.body


async def test_the_days_to_answer_run_from_the_day_on_which_it_counts_as_served(
    proposed,
):
    assert proposed.service.deemed_on == date(2027, 3, 11)
    assert proposed.respond_by == LAST == date(2027, 4, 8)


async def test_the_examiners_wait_for_the_answer(session, found, proposed):
    with pytest.raises(WaitsForTheRegistrant):
        await view(session, found, found.lay)
    with pytest.raises(WaitsForTheRegistrant):
        await draft(session, found)


async def test_of_one_decision_there_is_one_proposal(session, found, proposed):
    with pytest.raises(IntegrityError, match="disposal_decision_id_uq"):
        await session.execute(
            text(
                "insert into disposal (id, case_id, number, examination_id, decision_id, service_id, process_id, proposed_at, "
                "respond_by, insisted) select gen_random_uuid(), case_id, 2, examination_id, decision_id, service_id, "
                "process_id, proposed_at, respond_by, insisted from disposal"
            )
        )


# What it would mean, before anybody agrees


@pytest.mark.parametrize(("measure", "months"), MEASURES)
async def test_they_are_shown_what_the_public_then_reads(
    session, found, measure, months
):
    disposal = await propose(session, found, measure, months)
    preview = await Preview.of(session, found.case, disposal, now=NOW)

    await answer_with(session, found, Answer.AGREED)

    assert preview.person == await published_of(session, found.case.person, now=NOW)


async def test_in_every_part_that_they_hold(session, found):
    await make_entry(session, person=found.case.person, part=Part.DEPUTY)
    disposal = await propose(session, found, Measure.SUSPENSION, 6)
    preview = await Preview.of(session, found.case, disposal, now=NOW)

    await answer_with(session, found, Answer.AGREED)

    assert {one.status for one in preview.person.entries} == {Status.SUSPENDED}
    assert preview.person == await published_of(session, found.case.person, now=NOW)


async def test_without_the_interim_order_that_it_overtakes(session, found):
    for _ in range(2):
        one = await make_account(session, StaffRole.ADJUDICATOR)
        await found.case.take_on(session, one, Place.INTERIM_PANEL, by=act(session))
    await session.flush()
    interim = await CaseOrder.make(
        session,
        found.case,
        Measure.INTERIM_SUSPENSION,
        months=6,
        words="",
        decided=Decided.INTERIM_PANEL,
        by=act(session),
    )
    await take_effect(session, found.case, interim, by=act(session))
    later = NOW + DAY
    disposal = await propose(session, found, now=later)

    preview = await Preview.of(session, found.case, disposal, now=later)
    assert preview.person.leading.status is Status.REGISTERED

    await answer_with(session, found, Answer.AGREED, now=later)
    assert preview.person == await published_of(session, found.case.person, now=later)


async def test_of_somebody_withheld_nothing_would_be_shown(session, found):
    found.case.person.withheld = True
    disposal = await propose(session, found)

    preview = await Preview.of(session, found.case, disposal, now=NOW)

    assert preview.person is None


async def test_looking_at_it_changes_nothing(session, found, proposed):
    await look_as(session, Capacity.OWN, found.owner.id)
    session.expunge_all()
    case = await own_case(session, found.owner, found.case.reference)

    await Preview.of(session, case, await disposal_of(session, case.id), now=NOW)

    assert not session.new
    assert not session.dirty


@pytest.mark.parametrize(
    ("measure", "months", "until"),
    [
        (Measure.ADVICE, 12, date(2028, 3, 9)),
        (Measure.WARNING, 36, date(2030, 3, 9)),
        (Measure.CONDITIONS, 12, date(2029, 3, 9)),
        (Measure.SUSPENSION, 6, date(2028, 9, 9)),
        (Measure.REMOVAL, None, date(2037, 3, 9)),
    ],
)
async def test_the_decision_is_published_as_long_as_the_rules_say(
    session, found, measure, months, until
):
    disposal = await propose(session, found, measure, months)

    preview = await Preview.of(session, found.case, disposal, now=NOW)

    assert preview.published_until == until


@pytest.mark.parametrize(("measure", "months"), MEASURES)
async def test_they_are_shown_the_decision_that_is_then_published(
    session, found, measure, months
):
    disposal = await propose(session, found, measure, months)
    shown = (await Preview.of(session, found.case, disposal, now=NOW)).decision

    await answer_with(session, found, Answer.AGREED)

    public = await published_from(session, found, disposal.decision)
    for name in PUBLISHED:
        assert getattr(shown.published, name) == getattr(public, name)


async def published_from(session, found, decision):
    """What the public reads if it is published in the words that were agreed."""
    (order,) = await orders_of(session, found.case.id)
    by = act(session)
    publication = await Publication.of_order(session, found.case, order, by=by)
    version = await publication.write(
        session,
        found.case,
        decision.public.words if decision.public else "",
        author=await make_account(session, StaffRole.TEAM_MANAGER),
        health=decision.health,
        by=by,
    )
    await session.flush()
    return await as_public(session, found.case, publication, version, now=NOW)


PUBLISHED = (
    "matter",
    "decided_by",
    "decided_on",
    "words",
    "health",
    "begins_at",
    "ends_at",
    "shown_from",
    "shown_until",
    "appealed",
)


async def test_of_health_alone_the_public_reads_no_reasons(session):
    found = await make_examined(session, grounds=[Ground.HEALTH])
    disposal = await propose(session, found)
    assert disposal.decision.public is None

    shown = (await Preview.of(session, found.case, disposal, now=NOW)).decision

    assert shown.published.health
    assert shown.published.words is None
    assert shown.published.shown_until == shown.published.ends_at


# Agreed


@pytest.mark.parametrize(("measure", "months"), MEASURES)
async def test_what_is_agreed_is_in_force_at_once(session, found, measure, months):
    await propose(session, found, measure, months)

    disposal = await answer_with(session, found, Answer.AGREED)

    (order,) = await orders_of(session, found.case.id)
    assert (order.measure, order.months) == (measure, months)
    assert (order.decided_by, order.in_force_at) == (Decided.AGREEMENT, NOW)
    assert order.appeal_by is None
    assert disposal.order_id == order.id
    assert found.examination.outcome is Outcome.DISPOSAL


@pytest.mark.parametrize(
    ("measure", "months", "stage", "because"),
    [
        (Measure.ADVICE, 12, Stage.CLOSED, ClosedBecause.ADVICE),
        (Measure.WARNING, 12, Stage.CLOSED, ClosedBecause.WARNING),
        (Measure.REMOVAL, None, Stage.CLOSED, ClosedBecause.REMOVED),
        (Measure.CONDITIONS, 12, Stage.MONITORING, None),
        (Measure.SUSPENSION, 6, Stage.MONITORING, None),
    ],
)
async def test_what_is_left_to_look_after_is_looked_after(
    session, found, measure, months, stage, because
):
    await propose(session, found, measure, months)

    await answer_with(session, found, Answer.AGREED)

    assert (found.case.stage, found.case.because) == (stage, because)


async def test_it_is_told_that_there_is_a_decision(session, found, proposed):
    await answer_with(session, found, Answer.AGREED)

    assert await services_of(session, found.case.id, kind=ServiceKind.EXAMINATION)


async def test_they_may_agree_in_the_last_second(session, found, proposed):
    await answer_with(session, found, Answer.AGREED, now=AT_LAST)

    assert found.case.stage is Stage.MONITORING


async def test_and_not_in_the_next(session, found, proposed):
    with pytest.raises(ProposalOver):
        await answer_with(session, found, Answer.AGREED, now=AT_LAST + A_SECOND)


@pytest.mark.parametrize("first", [Answer.AGREED, Answer.VARIED, Answer.REFUSED])
@pytest.mark.parametrize("second", [Answer.AGREED, Answer.VARIED, Answer.REFUSED])
async def test_it_is_answered_once(session, found, proposed, first, second):
    await answer_with(session, found, first, words="Six months")

    with pytest.raises(ProposalAnswered):
        await answer_with(session, found, second)


async def test_no_order_comes_of_a_proposal_that_was_not_agreed(session, proposed):
    with pytest.raises(IntegrityError, match="disposal_order_ck"):
        await session.execute(
            text("update disposal set answer = 'agreed', answered_at = proposed_at")
        )


# Not agreed


async def test_where_it_is_refused_a_panel_hears_the_case(session, found, proposed):
    await answer_with(session, found, Answer.REFUSED)

    assert found.case.stage is Stage.HEARING
    assert found.examination.outcome is Outcome.HEARING
    assert not await orders_of(session, found.case.id)


async def reminders(session, proposed):
    found = await session.scalars(
        select(Message).where(Message.key.like(f"disposal:{proposed.id}:reminded:%"))
    )
    return found.all()


async def test_whoever_has_not_answered_is_reminded_once_a_week_before_the_last_day(
    session, found, proposed
):
    last = proposed.respond_by
    for days, count in ((8, 0), (7, 1), (6, 1), (0, 1)):
        await remind_of_proposals(session, start_of(last - days * DAY))
        assert len(await reminders(session, proposed)) == count, days

    (sent,) = await reminders(session, proposed)
    assert found.case.reference not in sent.body
    told = await events(session, found.case)
    assert told.count(CaseEventKind.PROPOSAL_REMINDED) == 1


async def test_whoever_has_answered_is_not_reminded(session, found, proposed):
    await answer_with(session, found, Answer.REFUSED)

    await remind_of_proposals(session, start_of(proposed.respond_by))

    assert not await reminders(session, proposed)


async def test_served_again_they_are_reminded_of_the_new_last_day(
    session, found, proposed
):
    await remind_of_proposals(session, start_of(proposed.respond_by))
    await make_address(session, found.case.person)
    await went_astray(session, proposed.service)
    await proposed.serve_by_post(session, found.case, by=act(session, now=AT_LAST))
    await session.flush()

    await remind_of_proposals(session, start_of(proposed.respond_by))

    assert len(await reminders(session, proposed)) == 2


async def test_nothing_expires_on_the_last_day(session, found, proposed):
    await let_proposals_expire(session, AT_LAST)

    assert (await disposal_of(session, found.case.id)).answer is None


async def test_where_nothing_came_in_time_a_panel_hears_the_case(
    session, found, proposed
):
    for _ in range(2):
        await let_proposals_expire(session, AT_LAST + A_SECOND)

    assert (await disposal_of(session, found.case.id)).answer is Answer.EXPIRED
    assert found.case.stage is Stage.HEARING
    told = await events(session, found.case)
    assert told.count(CaseEventKind.EXAMINED) == 1


async def test_nothing_expires_that_did_not_arrive(session, found, proposed):
    await went_astray(session, proposed.service)

    await let_proposals_expire(session, AT_LAST + A_SECOND)

    assert (await disposal_of(session, found.case.id)).answer is None


async def test_served_again_the_time_runs_anew(session, found, proposed):
    await make_address(session, found.case.person)
    await went_astray(session, proposed.service)

    await proposed.serve_by_post(session, found.case, by=act(session, now=AT_LAST))
    await session.flush()

    again = await disposal_of(session, found.case.id)
    assert again.service.method == "post"
    assert again.respond_by == again.service.deemed_on + 28 * DAY
    (sent,) = [one for one in await messages(session) if one.letter == "fitness/notice"]
    assert "conditions" not in sent.body


# Other terms


async def test_where_other_terms_are_asked_for_it_is_the_examiners_turn(
    session, found, proposed
):
    await answer_with(session, found, Answer.VARIED, words="Six months would do.")

    assert found.case.stage is Stage.EXAMINATION
    assert found.examination.waiting_since is None
    disposal = await disposal_of(session, found.case.id)
    assert disposal.text.words == "Six months would do."


async def test_they_may_propose_anew(session, found, proposed):
    await answer_with(session, found, Answer.VARIED, words="Six months")

    again = await propose(session, found, Measure.CONDITIONS, 6)

    assert (again.number, again.insisted) == (2, False)
    await answer_with(session, found, Answer.VARIED, words="Three")
    assert len(await disposals_of(session, found.case.id)) == 2


async def test_they_may_propose_the_same_again_and_then_it_is_that_or_a_hearing(
    session, found, proposed
):
    await answer_with(session, found, Answer.VARIED, words="Six months")
    await draft(session, found, wording=CONDITIONS)
    await confirm(session, found)

    again = await disposal_of(session, found.case.id)
    assert again.insisted
    with pytest.raises(AskedAlready):
        await answer_with(session, found, Answer.VARIED, words="Six months")
    await answer_with(session, found, Answer.AGREED)


async def test_they_may_refer_it_to_a_hearing(session, found, proposed):
    await answer_with(session, found, Answer.VARIED, words="Six months")
    await both_view(session, found, Outcome.HEARING)
    await draft(session, found)
    await confirm(session, found)

    assert found.case.stage is Stage.HEARING


async def test_a_last_word_from_before_is_none(session, found):
    await both_view(
        session, found, Outcome.DISPOSAL, measure=Measure.CONDITIONS, months=12
    )
    terms = {"measure": Measure.CONDITIONS, "months": 12}
    await view(session, found, found.lay, Outcome.DISPOSAL, stands=True, **terms)
    await draft(session, found)
    await confirm(session, found)
    await answer_with(session, found, Answer.VARIED, words="Six", now=NOW + DAY)

    later = NOW + DAY
    await view(
        session,
        found,
        found.registrant,
        Outcome.HEARING,
        stands=True,
        now=later,
    )

    assert found.case.stage is Stage.EXAMINATION
    with pytest.raises(NotAgreed):
        await draft(session, found, now=later)


# On paper


@pytest.fixture
async def office(session, found):
    """Two who know of the case."""
    return [
        await make_account(session, StaffRole.TEAM_MANAGER),
        await make_investigator(session),
    ]


async def test_signed_paper_counts_once_two_have_seen_it(
    session, found, proposed, office
):
    first, second = office
    paper = await record(session, found, first)
    assert not await orders_of(session, found.case.id)

    await check(session, found, paper, second)

    (order,) = await orders_of(session, found.case.id)
    assert order.decided_by is Decided.AGREEMENT
    assert found.case.stage is Stage.MONITORING


async def test_nobody_checks_what_they_recorded(session, found, proposed, office):
    paper = await record(session, found, office[0])

    with pytest.raises(OwnRecord):
        await check(session, found, paper, office[0])
    with pytest.raises(IntegrityError, match="disposal_paper_checked_ck"):
        await session.execute(
            text(
                "update disposal_paper set checker_id = account_id, checked_at = recorded_at, found = 'confirmed'"
            )
        )


async def test_what_the_paper_does_not_say_is_recorded_anew(
    session, found, proposed, office
):
    first, second = office
    paper = await record(session, found, first)
    with pytest.raises(RecordedAlready):
        await record(session, found, second)

    await check(session, found, paper, second, Checked.NOT_SO)
    with pytest.raises(CheckedAlready):
        await check(session, found, paper, second)

    assert (await disposal_of(session, found.case.id)).answer is None
    await record(session, found, second, Answer.REFUSED)


@pytest.mark.parametrize(
    ("how", "stage"),
    [(Answer.REFUSED, Stage.HEARING), (Answer.VARIED, Stage.EXAMINATION)],
)
async def test_paper_may_refuse_too_or_ask_for_something_else(
    session, found, proposed, office, how, stage
):
    first, second = office
    words = "Six months" if how is Answer.VARIED else ""

    await check(
        session, found, await record(session, found, first, how, words=words), second
    )

    disposal = await disposal_of(session, found.case.id)
    assert disposal.answer is how
    assert (disposal.text.words if disposal.text else "") == words
    assert found.case.stage is stage


async def test_what_came_in_time_counts_although_it_is_checked_later(
    session, found, proposed, office
):
    first, second = office
    after = AT_LAST + DAY
    paper = await record(session, found, first, came_on=LAST, now=after)
    await let_proposals_expire(session, after)

    await check(session, found, paper, second, now=after)

    assert (await disposal_of(session, found.case.id)).answer is Answer.AGREED


async def test_what_came_too_late_does_not(session, found, proposed, office):
    with pytest.raises(ProposalOver):
        await record(session, found, office[0], came_on=LAST + DAY, now=AT_LAST + DAY)


async def test_nothing_came_before_it_was_proposed(session, found, proposed, office):
    with pytest.raises(CameBefore):
        await record(session, found, office[0], came_on=TODAY - DAY)


async def test_whoever_answers_here_meanwhile_was_first(
    session, found, proposed, office
):
    first, second = office
    paper = await record(session, found, first)
    await answer_with(session, found, Answer.REFUSED)

    with pytest.raises(ProposalAnswered):
        await check(session, found, paper, second)
    await check(session, found, paper, second, Checked.NOT_SO)


# What the registrant finds


async def test_the_registrant_reads_what_is_proposed_and_no_view(
    session, found, proposed
):
    session.expunge_all()
    case = await own_case(session, found.owner, found.case.reference)

    own = await OwnExamination.of(session, case)

    assert own.proposal.wording == CONDITIONS
    assert own.proposal.decision.public.words == PUBLIC
    assert own.now.target_on == TODAY + 84 * DAY
    assert own.now.text is None
    assert not own.apart


async def test_that_the_examiners_did_not_agree_is_theirs_to_know(session, found):
    await both_view(session, found)
    await view(session, found, found.lay, Outcome.ADVICE, stands=True)
    await view(session, found, found.registrant, stands=True)
    case = await own_case(session, found.owner, found.case.reference)

    assert (await OwnExamination.of(session, case)).apart


async def test_what_more_is_to_be_found_out_is_not(session, found):
    await both_view(session, found, Outcome.MORE_INFORMATION)
    await draft(session, found)
    await confirm(session, found)
    session.expunge_all()
    case = await own_case(session, found.owner, found.case.reference)

    own = await OwnExamination.of(session, case)

    assert (own.decided, own.apart) == ([], False)


async def test_they_answer_nothing_past_the_pages(session, found, proposed):
    await look_as(session, Capacity.OWN, found.owner.id)

    changed = await session.execute(
        text("update disposal set answer = 'refused', answered_at = proposed_at")
    )

    assert changed.rowcount == 0
    with pytest.raises(DBAPIError, match="row-level security"):
        await session.execute(text("insert into disposal select * from disposal"))
