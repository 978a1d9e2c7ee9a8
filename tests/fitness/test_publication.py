"""Publications: who writes and who approves, what the public reads and for how long, and how it is gone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from fitness.blocks import Block, blocks
from fitness.case import CaseEvent, CaseEventKind
from fitness.order import AppealOutcome, Ended, Measure, OrderAppeal, end
from fitness.publication import (
    Asked,
    Because,
    Kind,
    Matter,
    NothingToPublish,
    NothingWritten,
    NotPublished,
    NotToDecide,
    NotWaiting,
    Publication,
    Published,
    PublishedAlready,
    Standing,
    State,
    TimeIsOver,
    Waits,
    WasQuashed,
    WroteIt,
    approve,
    decision_until,
    decisions,
    follow_orders,
    forget_what_was_published,
    hearing_term,
    hearings,
    months,
    publication_in,
    shown_at,
    waiting,
    withdraw,
)
from register.account import StaffRole
from register.kit.clock import day_of, end_of, months_after, start_of
from register.kit.errors import Gone, NotFound
from tests.applications import RULES
from tests.fitness.investigating import act
from tests.fitness.ordering import DAY, make_heard, make_interim, make_order, served
from tests.fitness.publishing import (
    HEARD,
    WORDS,
    list_hearing,
    make_hearings_officer,
    make_published,
    pass_it,
    propose,
    write,
)
from tests.make import NOW, make_account, make_person

SECOND = timedelta(seconds=1)
TODAY = day_of(NOW)


async def made(session, measure=Measure.SUSPENSION, **more):
    """A case, an order, and a draft of what the public may read of it."""
    case = await make_heard(session)
    order = await make_order(session, case, measure)
    return case, order, await write(session, case, order, **more)


async def read(session, public, *, now=NOW):
    return await shown_at(session, public.kind, public.slug, now=now)


async def names(session, *, now=NOW, **asked):
    found = await decisions(session, Asked(**asked), now=now)
    return [shown.name for shown in found.rows]


async def told(session, case, kind):
    rows = await session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.kind == kind)
    )
    return [row.data for row in rows]


# Two people


async def test_nothing_is_public_before_a_second_person_has_approved_it(session):
    case, _, publication = await made(session)
    assert await session.get(Published, publication.slug) is None
    await propose(session, case, publication)
    assert await session.get(Published, publication.slug) is None

    approver = await make_account(session, StaffRole.REGISTRAR)
    by = act(session, approver)
    public = await approve(session, case, publication, approver=approver, by=by)

    assert (await read(session, public)).published.words == WORDS
    assert publication.latest.state is State.APPROVED


@pytest.mark.parametrize("had", ["wrote", "changed", "sent"])
async def test_nobody_approves_what_they_had_a_part_in(session, had):
    officer = await make_hearings_officer(session)
    case, _, publication = await made(
        session, author=officer if had == "wrote" else None
    )
    if had == "changed":
        other = await make_hearings_officer(session)
        for author in (officer, other):
            await publication.write(
                session, case, "Again", author=author, by=act(session)
            )
    await propose(
        session, case, publication, proposer=officer if had == "sent" else None
    )

    with pytest.raises(WroteIt):
        publication.approve(session, case, approver=officer, by=act(session))


async def test_a_second_hearings_officer_may_approve(session):
    case, _, publication = await made(session)

    await pass_it(
        session, case, publication, approver=await make_hearings_officer(session)
    )

    assert publication.approved


@pytest.mark.parametrize(
    "role", [StaffRole.INVESTIGATOR, StaffRole.CASE_EXAMINER, StaffRole.AUDITOR]
)
async def test_no_other_role_approves(session, role):
    case, _, publication = await made(session)
    await propose(session, case, publication)

    with pytest.raises(NotToDecide):
        publication.approve(
            session, case, approver=await make_account(session, role), by=act(session)
        )


async def test_the_database_refuses_one_person_in_place_of_two(session):
    _, _, publication = await made(session)
    author = publication.latest.author_id

    with pytest.raises(DBAPIError, match="two_people"):
        await session.execute(
            text(
                "update publication_version set state = 'approved', approver_id = :who, decided_at = :now"
            ),
            {"who": author, "now": NOW},
        )


@pytest.mark.parametrize("words", ["Other words", WORDS])
async def test_the_database_takes_nothing_for_the_public_that_was_not_approved(
    session, words
):
    case, _, publication = await made(session)
    if words != WORDS:
        await pass_it(session, case, publication)
        await session.execute(text("delete from published"))

    with pytest.raises(DBAPIError, match="nobody has approved this"):
        await session.execute(
            text(
                "insert into published (slug, kind, person_id, version, shown_from, shown_until, approved_at, words, health, "
                "matter, decided_on, appealed) values (:slug, 'decision', :person, 1, :now, :now, :now, :words, false, "
                "'suspension_order', :today, false)"
            ),
            {
                "slug": publication.slug,
                "person": case.person_id,
                "now": NOW,
                "today": TODAY,
                "words": words,
            },
        )


async def test_other_words_never_take_the_place_of_those_approved(session):
    await make_published(session)

    with pytest.raises(DBAPIError, match="nobody has approved this"):
        await session.execute(update(Published).values(words="Something else"))


async def test_what_is_returned_says_what_is_to_be_done_and_is_written_anew(session):
    case, _, publication = await made(session)
    await propose(session, case, publication)

    approver = await make_account(session, StaffRole.TEAM_MANAGER)
    publication.return_(
        session, case, "Take out the home", approver=approver, by=act(session)
    )
    author = await make_hearings_officer(session)
    await publication.write(session, case, "Better", author=author, by=act(session))

    first, second = publication.versions
    assert (first.state, first.remark.words) == (State.RETURNED, "Take out the home")
    assert (second.state, second.words) == (State.DRAFTED, "Better")


async def test_what_waits_is_changed_by_nobody(session):
    case, _, publication = await made(session)
    await propose(session, case, publication)
    author = await make_hearings_officer(session)

    with pytest.raises(Waits):
        await publication.write(session, case, "Else", author=author, by=act(session))
    with pytest.raises(NothingWritten):
        publication.propose(session, case, proposer=author, by=act(session))


async def test_what_does_not_wait_is_not_decided_on(session):
    case, _, publication = await made(session)

    with pytest.raises(NotWaiting):
        publication.approve(
            session,
            case,
            approver=await make_account(session, StaffRole.REGISTRAR),
            by=act(session),
        )


async def test_a_correction_needs_a_second_person_again_and_keeps_its_place(session):
    case, _, publication, public = await make_published(session)
    later = NOW + 9 * DAY
    author = await make_hearings_officer(session)
    await publication.write(
        session, case, "As it was", author=author, by=act(session, now=later)
    )
    assert (await read(session, public, now=later)).published.words == WORDS

    await pass_it(session, case, publication, now=later)

    corrected = (await read(session, public, now=later)).published
    assert (corrected.words, corrected.version) == ("As it was", 2)
    assert corrected.shown_from == NOW


async def test_there_is_one_publication_of_an_order_and_of_a_hearing(session):
    case, order, _ = await made(session)
    await list_hearing(session, case)

    with pytest.raises(PublishedAlready):
        await write(session, case, order)
    with pytest.raises(PublishedAlready):
        await list_hearing(session, case)


async def test_nothing_is_published_of_an_interim_order(session):
    case = await make_heard(session)
    order = await make_interim(session, case)

    with pytest.raises(NothingToPublish):
        await write(session, case, order)


async def test_the_queue_is_of_cases_that_its_reader_may_know_of(session):
    case, _, publication = await made(session)
    await propose(session, case, publication)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    (row,) = await waiting(session, manager)
    assert row.publication is publication

    case.restricted = True
    await session.flush()

    assert await waiting(session, manager) == []


# For how long


def until(matter, *, health=False, ends=None):
    return decision_until(matter, RULES, begins=NOW, ends=ends, health=health)


def after(months_, since=TODAY):
    return start_of(months_after(since, months_))


ENDS = start_of(date(2028, 1, 31))


@pytest.mark.parametrize(
    ("matter", "ends", "shown"),
    [
        (Matter.ADVICE, ENDS, after(RULES.publication_advice_months)),
        (Matter.WARNING, ENDS, ENDS),
        (
            Matter.CONDITIONS,
            ENDS,
            after(RULES.publication_after_months, date(2028, 1, 31)),
        ),
        (
            Matter.SUSPENSION,
            ENDS,
            after(RULES.publication_after_months, date(2028, 1, 31)),
        ),
        (Matter.REMOVAL, None, after(RULES.publication_order_months)),
        (Matter.RESTORED, None, after(RULES.publication_after_months)),
        (Matter.RESTORATION_REFUSED, None, after(RULES.publication_after_months)),
    ],
)
def test_each_is_shown_as_long_as_the_rules_say(matter, ends, shown):
    assert until(matter, ends=ends) == shown


@pytest.mark.parametrize(
    "matter", [Matter.ADVICE, Matter.WARNING, Matter.CONDITIONS, Matter.SUSPENSION]
)
def test_where_health_was_the_only_ground_it_is_gone_with_the_restriction(matter):
    assert until(matter, ends=ENDS, health=True) == ENDS


@given(st.sampled_from(list(Matter)), st.integers(0, 2000), st.booleans())
def test_what_ends_later_is_never_shown_shorter(matter, days, health):
    earlier = until(matter, ends=ENDS, health=health)
    later = until(matter, ends=ENDS + timedelta(days=days), health=health)

    assert earlier <= later


@given(st.dates(date(2027, 1, 1), date(2040, 12, 31)), st.integers(0, 30))
def test_a_hearing_is_listed_some_days_before_and_shown_some_months_after(first, days):
    last = first + timedelta(days=days)

    term = hearing_term(RULES, first=first, last=last, approved_at=start_of(TODAY))

    listed = first - timedelta(days=RULES.hearing_listed_days)
    assert term.shown_from == max(start_of(listed), start_of(TODAY))
    assert term.shown_until == after(RULES.hearing_shown_months, last)


async def test_a_decision_is_gone_the_moment_its_time_is_over(session):
    *_, public = await make_published(session)
    over = public.shown_until

    await read(session, public, now=over - SECOND)
    assert await names(session, now=over - SECOND) == ["Ngozi Adébáyò"]
    with pytest.raises(Gone):
        await read(session, public, now=over)
    assert await names(session, now=over) == []


async def test_it_is_not_there_before_its_day(session):
    case, _, publication = await made(session, not_before=TODAY + 3 * DAY)
    public = await pass_it(session, case, publication)
    day = start_of(TODAY + 3 * DAY)

    with pytest.raises(NotFound):
        await read(session, public, now=day - SECOND)
    await read(session, public, now=day)


async def test_nothing_is_approved_whose_time_is_over(session):
    case, order, publication = await made(session, Measure.WARNING)

    with pytest.raises(TimeIsOver):
        await pass_it(session, case, publication, now=order.ends_at)


async def test_once_its_time_is_over_its_words_are_nowhere_but_in_the_case(session):
    _, _, publication, public = await make_published(session)
    over = public.shown_until

    await forget_what_was_published(session, over - SECOND)
    await session.refresh(public)
    assert public.words == WORDS
    await forget_what_was_published(session, over)
    await session.refresh(public)

    assert public.words is None
    assert publication.latest.words == WORDS


async def test_of_health_no_word_is_kept(session):
    *_, publication, public = await make_published(session, words="", health=True)

    assert public.words is None
    assert publication.latest.text is None


async def test_the_database_keeps_no_words_where_health_was_the_only_ground(session):
    await made(session)

    with pytest.raises(DBAPIError, match="publication_version_health_ck"):
        await session.execute(text("update publication_version set health = true"))


# What becomes of an order


async def followed(session, publication, *, now):
    await follow_orders(session, now)
    session.expunge_all()
    return await session.get(Published, publication.slug)


async def test_an_order_that_ends_early_is_published_as_long_after_its_end(session):
    case, order, publication, public = await make_published(session)
    at = NOW + 40 * DAY
    await end(
        session, case, order, on=at, because=Ended.REVOKED, by=act(session, now=at)
    )

    public = await followed(session, publication, now=at)

    assert public.shown_until == after(
        case.rule_set.rules.publication_after_months, day_of(at)
    )
    assert public.standing(at) is Standing.ENDED


async def test_a_decision_says_that_it_is_not_in_force_yet_and_then_that_it_is(session):
    _, order, _, public = await make_published(session, served_on=served())

    assert public.standing(order.starts_at - SECOND) is Standing.NOT_YET
    assert public.standing(order.starts_at) is Standing.IN_FORCE


async def appealed(session):
    case, order, publication, _ = await make_published(session, served_on=served())
    at = start_of(order.appeal_by)
    appeal = await OrderAppeal.lodge(
        session,
        case,
        order,
        on=order.appeal_by,
        words="CO/1/2027",
        by=act(session, now=at),
    )
    return case, order, publication, appeal


async def test_while_an_appeal_is_open_it_says_so_and_that_it_has_no_effect(session):
    _, order, publication, _ = await appealed(session)

    public = await followed(session, publication, now=end_of(order.appeal_by))

    assert public.standing(order.starts_at + DAY) is Standing.APPEALED
    assert not public.in_force(order.starts_at + DAY)


async def test_a_dismissed_appeal_puts_the_time_off_with_the_order(session):
    case, order, publication, appeal = await appealed(session)
    on = order.appeal_by + 60 * DAY
    at = start_of(on)
    await appeal.end(
        session,
        case,
        order,
        AppealOutcome.DISMISSED,
        on=on,
        by=act(session, now=at),
    )
    ends = order.ends_at

    public = await followed(session, publication, now=at)

    assert public.standing(at) is Standing.NOT_YET
    assert (public.begins_at, public.ends_at) == (end_of(on), ends)
    assert public.shown_until == after(
        case.rule_set.rules.publication_after_months, day_of(ends)
    )


@pytest.mark.parametrize("outcome", [AppealOutcome.ALLOWED, AppealOutcome.REMITTED])
async def test_an_order_quashed_on_appeal_takes_its_decision_with_it(session, outcome):
    case, order, publication, appeal = await appealed(session)
    at = start_of(order.appeal_by) + DAY
    await appeal.end(
        session, case, order, outcome, on=day_of(at), by=act(session, now=at)
    )

    public = await followed(session, publication, now=at)

    with pytest.raises(Gone):
        await read(session, public, now=at)
    again = await publication_in(session, case.id, publication.number)
    assert again.latest.because is Because.QUASHED
    assert await told(session, case, CaseEventKind.PUBLICATION_WITHDRAWN) == [
        {"publication": 1, "because": "quashed"}
    ]


async def test_of_a_quashed_order_nothing_is_written_or_approved(session):
    case, order, publication = await made(session)
    other = await make_order(session, case, Measure.WARNING)
    for quashed in (order, other):
        await end(
            session, case, quashed, on=NOW + DAY, because=Ended.QUASHED, by=act(session)
        )

    with pytest.raises(WasQuashed):
        await pass_it(session, case, publication)
    with pytest.raises(WasQuashed):
        await write(session, case, other)


async def test_what_has_not_changed_is_left_alone(session):
    case, *_ = await make_published(session)

    await follow_orders(session, NOW)
    await follow_orders(session, NOW + DAY)

    assert await told(session, case, CaseEventKind.PUBLICATION_WITHDRAWN) == []


# Taking down


async def test_one_person_takes_it_down_at_once(session):
    case, _, publication, public = await make_published(session)
    at = NOW + DAY

    await withdraw(
        session,
        case,
        publication,
        Because.SAFETY,
        words="Her address follows from it",
        by=act(session, now=at),
    )

    with pytest.raises(Gone):
        await read(session, public, now=at)
    assert public.words is None
    assert publication.approved is None


async def test_what_nobody_has_seen_yet_is_taken_down_as_if_it_had_never_been(session):
    case, _, publication = await made(session, not_before=TODAY + 3 * DAY)
    public = await pass_it(session, case, publication)

    await withdraw(session, case, publication, Because.MISTAKE, by=act(session))

    with pytest.raises(NotFound):
        await read(session, public, now=NOW + 5 * DAY)


async def test_only_what_is_published_is_taken_down(session):
    case, _, publication = await made(session)

    with pytest.raises(NotPublished):
        await withdraw(session, case, publication, Because.SAFETY, by=act(session))


async def test_what_was_taken_down_comes_back_in_another_version(session):
    case, _, publication, public = await make_published(session)
    await withdraw(
        session, case, publication, Because.MISTAKE, by=act(session, now=NOW + DAY)
    )
    author = await make_hearings_officer(session)
    await publication.write(session, case, "Right", author=author, by=act(session))

    await pass_it(session, case, publication, now=NOW + 2 * DAY)

    shown = await read(session, public, now=NOW + 2 * DAY)
    assert shown.published.words == "Right"


# Of whom


async def test_somebody_who_was_merged_is_shown_as_who_they_have_become(session):
    case, *_, public = await make_published(session)
    heir = await make_person(session, "Grace", "Hopper", number="CH-0000123-J")
    case.person.merged_into = heir.id
    await session.flush()

    shown = await read(session, public)

    assert (shown.name, shown.number) == ("Grace Hopper", "CH-0000123-J")
    assert await names(session, name="hopper") == ["Grace Hopper"]


@pytest.mark.parametrize("which", ["once", "heir"])
async def test_of_somebody_withheld_it_is_as_if_nothing_had_been_decided(
    session, which
):
    case, *_, public = await make_published(session)
    heir = await make_person(session, "Grace", "Hopper", withheld=which == "heir")
    case.person.merged_into = heir.id
    case.person.withheld = which == "once"
    await session.flush()

    with pytest.raises(NotFound):
        await read(session, public)
    assert await names(session) == []
    assert await months(session, now=NOW) == []


async def test_of_somebody_who_died_it_is_gone(session):
    case, *_, public = await make_published(session)
    case.person.deceased_on = TODAY
    await session.flush()

    with pytest.raises(Gone):
        await read(session, public)
    assert await names(session) == []


# The lists


async def test_decisions_are_found_by_name_kind_and_month_the_latest_first(session):
    for days, measure in enumerate((Measure.WARNING, Measure.SUSPENSION)):
        await make_published(session, measure, now=NOW + days * DAY)
    now = NOW + 3 * DAY

    found = await decisions(session, Asked(), now=now)

    assert [one.published.matter for one in found.rows] == [
        "suspension_order",
        "warning",
    ]
    assert len(await names(session, now=now, matter=Matter.WARNING)) == 1
    assert len(await names(session, now=now, name="adebayo ngo")) == 2
    assert await names(session, now=now, name="adebayo x") == []
    assert await months(session, now=now) == [date(2027, 3, 1)]
    assert len(await names(session, now=now, month=date(2027, 3, 1))) == 2
    assert await names(session, now=now, month=date(2027, 4, 1)) == []


async def test_a_long_list_goes_on_where_it_ended(session, monkeypatch):
    monkeypatch.setattr("fitness.publication.public.PAGE", 1)
    for _ in range(2):
        await make_published(session)

    first = await decisions(session, Asked(), now=NOW)
    second = await decisions(session, Asked(), after=first.next, now=NOW)

    assert first.next
    assert second.next is None
    assert first.rows[0].published.slug != second.rows[0].published.slug


async def test_a_hearing_is_listed_from_its_day_and_gone_at_its_end(session):
    case = await make_heard(session)
    public = await pass_it(session, case, await list_hearing(session, case))
    begins = start_of(
        HEARD.first - timedelta(days=case.rule_set.rules.hearing_listed_days)
    )

    assert await hearings(session, now=begins - SECOND) == []
    (shown,) = await hearings(session, now=begins)
    assert shown.published.place == HEARD.place
    assert await hearings(session, now=public.shown_until - SECOND)
    assert await hearings(session, now=public.shown_until) == []
    with pytest.raises(NotFound):
        await shown_at(session, Kind.DECISION, public.slug, now=begins)


async def test_a_restoration_is_published_without_an_order(session):
    case = await make_heard(session)
    by = act(session)
    publication = await Publication.of_restoration(
        session, case, Matter.RESTORATION_REFUSED, decided_on=TODAY, by=by
    )
    author = await make_hearings_officer(session)
    await publication.write(session, case, WORDS, author=author, by=by)

    public = await pass_it(session, case, publication)

    assert public.standing(NOW) is None
    assert public.shown_until == after(case.rule_set.rules.publication_after_months)


# What is written


@pytest.mark.parametrize(
    ("words", "read_as"),
    [
        ("", []),
        (
            "One\nline\n\n\nTwo",
            [Block("One\nline", heading=False), Block("Two", heading=False)],
        ),
        (
            "# Facts\nSo it was",
            [Block("Facts", heading=True), Block("So it was", heading=False)],
        ),
        (
            "So\n# Facts\n# Then",
            [
                Block("So", heading=False),
                Block("Facts", heading=True),
                Block("Then", heading=True),
            ],
        ),
        ("#5 of them", [Block("#5 of them", heading=False)]),
        ("# ", [Block("#", heading=False)]),
    ],
)
def test_words_are_read_as_headings_and_paragraphs(words, read_as):
    assert blocks(words) == read_as


@given(st.text())
def test_no_word_is_lost_or_made_up(words):
    said = " ".join(block.text for block in blocks(words)).split()

    assert [word for word in said if word != "#"] == [
        word for word in words.split() if word != "#"
    ]
