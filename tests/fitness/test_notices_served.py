"""What is served is filled in from the template in use, kept as it was, and read by its registrant."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from fitness.case import Stage
from fitness.examination.outcome import Outcome
from fitness.fence import Capacity, look_as
from fitness.hearing.direction import Directed, Direction
from fitness.hearing.kind import Kind
from fitness.hearing.member import panel_of
from fitness.hearing.notice import PanelNotTold, must_have_been_told, services_for
from fitness.investigation.own import own_case
from fitness.investigation.served import (
    CaseService,
    ServiceKind,
    service_in,
    services_of,
)
from fitness.leaving import Decision, open_leaving
from fitness.notice_template import NoticeKind, NoticeTemplate, current
from fitness.order import Decided, Ended, Measure, end
from register.account import Account, StaffRole
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import day
from register.notice import CannotBeServed
from tests.fitness.examining import decide as examine
from tests.fitness.examining import make_examined
from tests.fitness.finding import (
    disclose,
    make_told,
    messages,
    notice,
    went_astray,
)
from tests.fitness.investigating import act, make_investigated
from tests.fitness.ordering import (
    leaving_proposed,
    make_heard,
    make_interim,
    make_order,
    seat,
)
from tests.fitness.publishing import list_hearing, pass_it, write
from tests.fitness.sitting import (
    decide,
    make_begun,
    make_listed,
    refer,
)
from tests.make import NOW, make_account, make_address

DAY = timedelta(days=1)


async def latest(session, case, kind):
    session.expire_all()
    await session.refresh(case)
    return (await services_of(session, case.id, kind=kind))[0]


async def words(session, case, kind):
    return (await latest(session, case, kind)).filled.words


async def publish(session, kind, **fields):
    """As two people would have done."""
    writer = await make_account(session, StaffRole.TEAM_MANAGER)
    second = await make_account(session, StaffRole.REGISTRAR)
    wording = (await current(session, kind)).wording
    return await NoticeTemplate.publish(
        session,
        kind,
        msgspec.structs.replace(wording, **fields),
        touched=[writer.id],
        approver_id=second.id,
        now=NOW,
    )


async def test_notice_of_an_investigation_says_to_whom_and_what(session):
    case, _ = await make_told(session)
    case_of = case.person.name, case.person.number, case.reference

    said = await words(session, case, ServiceKind.NOTICE)

    assert (
        "To {}, registration number {}. Our reference is {}.".format(*case_of) in said
    )
    assert "# What we look into\nWe look into a concern." in said
    assert "# By when\n" in said
    assert "rule 8(a)" in said


async def test_what_is_drawn_is_what_is_served(session):
    case, _ = await make_told(session)
    (first,) = await services_of(session, case.id)
    await went_astray(session, first)
    await make_address(session, case.person)
    drawn = await CaseService.draw_notice(
        session, case, "Again.", by_post=True, now=NOW
    )

    service = await notice(session, case, "Again.", by_post=True)

    assert service.reading(case) == drawn.reading
    assert drawn.reading.deemed_on == service.deemed_on


async def test_a_preview_is_sealed_with_all_that_it_says(session):
    case, _ = await make_told(session)
    (first,) = await services_of(session, case.id)
    await went_astray(session, first)

    async def seal(said="Again.", now=NOW):
        return (await CaseService.draw_notice(session, case, said, now=now)).seal

    before = await seal()
    assert await seal() == before
    assert before not in (await seal("Other."), await seal(now=NOW + DAY))
    await publish(session, NoticeKind.INVESTIGATION, title="Notice")
    assert await seal() != before


async def test_what_was_served_keeps_the_version_by_which_it_was(session):
    case, _ = await make_told(session)
    await publish(session, NoticeKind.INVESTIGATION, title="We investigate")

    service = await latest(session, case, ServiceKind.NOTICE)

    assert service.template.number == 1
    assert service.reading(case).title == "Notice of an investigation"


async def test_the_next_notice_is_served_by_the_version_in_use(session):
    await publish(
        session, NoticeKind.INVESTIGATION, title="We investigate", email_words="Look."
    )

    case, _ = await make_told(session)

    service = await latest(session, case, ServiceKind.NOTICE)
    assert (service.template.number, service.reading(case).title) == (
        2,
        "We investigate",
    )
    assert "Look." in service.message.body


async def test_a_letter_says_what_the_template_has_for_it(session):
    case = await make_investigated(session)
    await make_address(session, case.person)
    await publish(session, NoticeKind.INVESTIGATION, letter_words="Read about {case}.")

    await notice(session, case, "Something at Mill House", by_post=True)

    *_, sent = await messages(session)
    assert f"Read about {case.reference}." in sent.body
    assert "Mill House" not in sent.body


async def test_a_disclosure_says_until_when_to_comment(session):
    case, _ = await make_told(session)

    await disclose(session, case)

    assert "Comment by the end of 8 April 2027." in await words(
        session, case, ServiceKind.DISCLOSURE
    )


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (Kind.INTERIM_ORDER, "Notice of a hearing on an interim order"),
        (Kind.FINAL, "Notice of a final hearing"),
    ],
)
async def test_a_hearing_is_told_with_its_day_its_place_and_its_panel(
    session, kind, title
):
    case, _ = await make_told(session)
    if kind is Kind.FINAL:
        refer(session, case)
    _, hearing = await make_listed(session, kind, case=case)

    service = (await services_for(session, hearing))[0].service

    said = service.filled.words
    assert service.reading(case).title == title
    assert hearing.place.words in said
    assert "It begins on " in said
    assert "(chair)" in said


async def test_a_decision_says_what_was_decided_why_and_until_when_to_appeal(session):
    case, hearing = await make_begun(session)

    await decide(session, case, hearing)

    said = await words(session, case, ServiceKind.DECISION)
    assert "# What it decided\nAn interim order." in said
    assert "Order: Interim suspension for" in said


async def test_a_decision_of_the_examiners_says_what_and_why(session):
    found = await make_examined(session)

    await examine(session, found, Outcome.NO_ACTION)

    said = await words(session, found.case, ServiceKind.EXAMINATION)
    assert "# What they decided\n" in said
    assert "# Why\n" in said


@pytest.mark.parametrize("directed", [Directed.REGISTRANT, Directed.BOTH])
async def test_a_direction_says_what_is_to_be_done_by_when_before_which_hearing(
    session, directed
):
    case, hearing = await make_listed(session)
    first_on = hearing.first_on

    await direct(session, case, hearing, directed)

    said = await words(session, case, ServiceKind.DIRECTIONS)
    assert f"the hearing that begins on {day(first_on)}." in said
    assert "# What is to be done\nSend your statement." in said
    assert f"Do it by the end of {day(first_on - DAY)}." in said


async def test_what_only_we_are_to_do_is_not_served(session):
    case, hearing = await make_listed(session)

    await direct(session, case, hearing, Directed.US)

    assert not await services_of(session, case.id, kind=ServiceKind.DIRECTIONS)


async def test_a_direction_to_somebody_who_cannot_be_reached_is_not_given(session):
    case, hearing = await make_listed(session)
    await session.execute(
        update(Account)
        .where(Account.person_id == case.person_id)
        .values(disabled_at=NOW)
    )

    with pytest.raises(CannotBeServed):
        await direct(session, case, hearing, Directed.REGISTRANT)


async def test_directions_do_not_tell_who_sits_on_the_panel(session):
    case, hearing = await make_listed(session)
    await direct(session, case, hearing, Directed.REGISTRANT, now=hearing.starts_at)
    services = await services_for(session, hearing)
    panel = await panel_of(session, hearing)
    panel[0].joined_at = hearing.starts_at

    with pytest.raises(PanelNotTold):
        must_have_been_told(case, hearing, services, panel)


async def direct(session, case, hearing, directed, *, now=NOW):
    await Direction.give(
        session,
        case,
        hearing,
        "Send your statement.",
        directed=directed,
        due_on=max(hearing.first_on - DAY, day_of(now)),
        by=act(session, now=now),
    )


async def test_an_order_in_force_says_until_when_and_what_the_register_says(session):
    case, _ = await make_told(session)

    await make_interim(session, case, Measure.INTERIM_CONDITIONS, months=6)

    said = await words(session, case, ServiceKind.ORDER)
    assert "Interim conditions, in force since 10 March 2027, until the end of" in said
    assert "# What the register says of it\nYou must not work alone with" in said


async def test_an_order_that_ended_says_on_which_day_and_why(session):
    case, _ = await make_told(session)
    order = await make_interim(session, case)
    later = NOW + 40 * DAY

    await end(
        session,
        case,
        order,
        on=later,
        because=Ended.REVOKED,
        by=act(session, now=later),
    )

    said = await words(session, case, ServiceKind.ORDER)
    assert "ended on 19 April 2027. Revoked." in said


async def test_what_ends_with_a_midnight_ended_on_the_day_before(session):
    case, _ = await make_told(session)
    order = await make_interim(session, case)
    last_day = order.last_day

    await end(
        session,
        case,
        order,
        on=order.ends_at,
        because=Ended.EXPIRED,
        by=act(session, now=order.ends_at),
    )

    said = await words(session, case, ServiceKind.ORDER)
    assert f"ended on {day(last_day)}. Its term was over." in said


async def test_an_order_begins_although_nobody_can_be_told(session):
    case = await make_heard(session)

    order = await make_order(session, case)

    assert order.in_force_at
    assert not await services_of(session, case.id)


async def test_the_registrant_reads_what_is_published_from_when_until_when(session):
    case, order = await ordered(session)
    publication = await write(session, case, order)

    public = await pass_it(session, case, publication)

    first, last = day(public.shown_from), day(public.shown_to)
    said = await words(session, case, ServiceKind.PUBLICATION)
    assert "# What it is about\nSuspension order." in said
    assert "# What was found\nHe left the home at night." in said
    assert f"on our website from {first} on." in said
    assert f"shown until the end of {last}." in said


async def test_of_health_the_registrant_reads_that_no_reasons_are_published(session):
    case, order = await ordered(session)
    publication = await write(session, case, order, "", health=True)

    await pass_it(session, case, publication)

    said = await words(session, case, ServiceKind.PUBLICATION)
    assert "The reasons are about health, so they are not published." in said


async def test_of_a_hearing_its_days_and_its_place_are_told(session):
    case, _ = await ordered(session)
    publication = await list_hearing(session, case)

    await pass_it(session, case, publication)

    said = await words(session, case, ServiceKind.PUBLICATION)
    assert "Final hearing, 3 May 2027 to 5 May 2027. 12 Park Row, Leeds." in said


async def test_what_is_corrected_is_told_again(session):
    case, order = await ordered(session)
    publication = await write(session, case, order)
    await pass_it(session, case, publication)
    author = await make_account(session, StaffRole.HEARINGS_OFFICER)
    by = act(session, author)
    await publication.write(session, case, "Nobody was hurt.", author=author, by=by)

    await pass_it(session, case, publication)

    told = await services_of(session, case.id, kind=ServiceKind.PUBLICATION)
    assert len(told) == 2


async def ordered(session):
    case, _ = await make_told(session)
    for stage in (Stage.EXAMINATION, Stage.HEARING):
        case.move(session, stage, by=act(session))
    await seat(session, case, Decided.PANEL)
    return case, await make_order(session, case)


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (Decision.AGREED, "We agree that you leave."),
        (Decision.DECLINED, "We do not agree that you leave now."),
    ],
)
async def test_what_is_decided_of_leaving_is_served_with_its_reasons(
    session, decision, told
):
    case = await left(session, decision)

    said = await words(session, case, ServiceKind.LEAVING)
    assert f"# What we decided\n{told}" in said
    assert "# Why\nThe public is safe." in said


async def test_what_is_taken_back_is_not_served(session):
    case = await left(session, Decision.WITHDRAWN)

    assert not await services_of(session, case.id, kind=ServiceKind.LEAVING)


async def left(session, decision):
    case, _ = await make_told(session)
    await leaving_proposed(session, case)
    leaving = await open_leaving(session, case)
    by = act(session)
    decider = await make_account(session, StaffRole.REGISTRAR)
    await leaving.decide(
        session,
        case,
        decider,
        decision,
        investigates=False,
        words="The public is safe.",
        by=by,
    )
    await leaving.serve(session, case, "The public is safe.", by=by)
    return case


async def test_a_registrant_reads_their_own_and_nobody_else_does(session):
    case, account = await make_told(session)
    (service,) = await services_of(session, case.id)
    _, other = await make_told(session)
    session.expunge_all()

    mine = await own_case(session, account, case.reference)
    found = await service_in(session, mine.id, service.id)
    assert "We look into a concern." in found.filled.words

    session.expunge_all()
    await look_as(session, Capacity.OWN, other.id)
    with pytest.raises(NotFound):
        await service_in(session, case.id, service.id)
