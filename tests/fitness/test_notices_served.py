"""What is served is filled in from the template in use, kept as it was, and read by its registrant."""

from datetime import timedelta

import msgspec
import pytest

from fitness.examination.outcome import Outcome
from fitness.fence import Capacity, look_as
from fitness.hearing.kind import Kind
from fitness.hearing.notice import services_for
from fitness.investigation.own import own_case
from fitness.investigation.served import (
    CaseService,
    ServiceKind,
    service_in,
    services_of,
)
from fitness.notice_template import NoticeKind, NoticeTemplate, current
from register.account import StaffRole
from register.kit.errors import NotFound
from tests.fitness.examining import decide as examine
from tests.fitness.examining import make_examined
from tests.fitness.finding import (
    disclose,
    make_told,
    messages,
    notice,
    went_astray,
)
from tests.fitness.investigating import make_investigated
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
