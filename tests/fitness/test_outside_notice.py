"""What others than the registrant are told: by templates of the catalogue, and each time on record."""

import msgspec
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fitness.concern import Body, Unfit
from fitness.fence import Capacity, look_as
from fitness.notice_template import (
    Gap,
    NoticeKind,
    NoticeTemplate,
    OutsideNotice,
    Reader,
    current,
    faults,
    told_outside,
)
from register.account import StaffRole
from register.kit.post import Failure, Message
from register.process import Process
from tests.fitness.raising import BY_TELEPHONE, make_concern
from tests.make import NOW, make_account

OUTSIDE = [kind for kind in NoticeKind if kind.reader.outside]
DECIDED = NoticeKind.CONCERN_DECIDED


@pytest.fixture
async def concern(session):
    concern = await make_concern(session)
    await look_as(session, Capacity.SERVICE)
    return concern


def act(session):
    return Process.begin(session, "concern:test", now=NOW)


async def screened(session, concern):
    await concern.screen(session, at_risk=False, words="None", by=act(session))
    await session.flush()


async def told(session, concern):
    await session.flush()
    return await told_outside(session, OutsideNotice.concern_id == concern.id)


async def decided(session, concern, words=""):
    """The e-mail, and its place on record."""
    await concern.tell_outcome(session, "closed", words=words, by=act(session))
    return next(
        one for one in await told(session, concern) if one.template.kind is DECIDED
    )


async def publish(session, kind, **fields):
    wording = msgspec.structs.replace((await current(session, kind)).wording, **fields)
    writer = await make_account(session, StaffRole.TEAM_MANAGER)
    approver = await make_account(session, StaffRole.REGISTRAR)
    return await NoticeTemplate.publish(
        session,
        kind,
        wording,
        touched=[writer.id],
        approver_id=approver.id,
        now=NOW,
    )


def test_whoever_raises_a_concern_and_whoever_employs_are_told_so():
    assert {kind.reader for kind in OUTSIDE} == {Reader.REFERRER, Reader.EMPLOYER}


@pytest.mark.parametrize("kind", OUTSIDE)
async def test_a_template_names_nobody_whom_its_reader_may_not_know_of(session, kind):
    if kind.reader is Reader.REFERRER:
        assert not kind.gaps & {Gap.PERSON, Gap.NUMBER, Gap.CASE}
    wording = (await current(session, kind)).wording
    wrong = msgspec.structs.replace(wording, body=f"{wording.body} {{case}}")

    assert list(faults(kind, wording)) == []
    assert [field for field, _ in faults(kind, wrong)] == ["body"]


@pytest.mark.parametrize(
    ("kind", "subject", "right"),
    [
        (DECIDED, "It is decided: {reference}", True),
        (DECIDED, "It is decided: {outcome}", False),
        (NoticeKind.REGISTER_CHANGED, "Of {person}", False),
        (NoticeKind.INVESTIGATION, "Of {case}", False),
    ],
)
async def test_a_subject_says_of_which_concern_it_is_and_no_more(
    session, kind, subject, right
):
    wording = (await current(session, kind)).wording
    wording = msgspec.structs.replace(wording, email_subject=subject)

    assert (list(faults(kind, wording)) == []) is right


async def test_what_was_told_is_on_record_with_its_version(session, concern):
    (before,) = await told(session, concern)
    assert before.template.kind is NoticeKind.CONCERN_ACKNOWLEDGED
    await publish(session, DECIDED, title="Decided", deadline="Nothing by a day.")

    after = await decided(session, concern)

    assert (after.template.number, before.template.number) == (2, 1)
    assert "# By when\nNothing by a day." in after.message.body
    assert after.message.to_address == "pat@example.org"
    assert concern.reference in after.message.subject


async def test_what_somebody_wrote_makes_no_heading_and_no_link(session, concern):
    body = (
        await decided(session, concern, "# A [link](http://x.example)")
    ).message.body

    assert "# What we decided\n" in body
    assert "\n# A" not in body
    assert "http://x" not in body
    assert "[link]" not in body


async def test_what_was_seen_before_is_what_is_sent(session, concern):
    words = "# A [link](http://x.example)"
    drawn = await concern.draw_outcome(session, "closed", words, now=NOW)

    body = (await decided(session, concern, words)).message.body

    assert body.startswith(drawn.words)


async def test_where_nothing_was_written_no_gap_is_left(session, concern):
    body = (await decided(session, concern)).message.body

    assert "\n\n\n" not in body
    assert "{" not in body


async def test_what_is_not_ours_says_why_and_where_to_turn(session, concern):
    await screened(session, concern)
    drawn = await concern.draw_signpost(
        session, Unfit.NOT_ABOUT_FITNESS, Body.OFSTED, now=NOW
    )

    await concern.signpost(
        session,
        Unfit.NOT_ABOUT_FITNESS,
        towards=Body.OFSTED,
        words="A",
        by=act(session),
    )

    sent = [
        one
        for one in await told(session, concern)
        if one.template.kind is NoticeKind.CONCERN_SIGNPOSTED
    ]
    assert [one.message.subject for one in sent] == [drawn.subject]
    for block in drawn.blocks:
        assert block.text.replace("\n", " ") in " ".join(sent[0].message.body.split())


async def test_nobody_is_told_who_left_no_address(session):
    concern = await make_concern(session, said=BY_TELEPHONE)
    await look_as(session, Capacity.SERVICE)

    await concern.tell_outcome(session, "closed", words="", by=act(session))

    assert await told(session, concern) == []
    assert await concern.draw_outcome(session, "closed", "", now=NOW) is None


async def test_it_says_where_it_did_not_arrive(session, concern):
    sent = await decided(session, concern)
    assert not sent.astray

    sent.message.fail(now=NOW, because=Failure.UNDELIVERABLE)

    assert sent.astray


async def test_nobody_alters_what_was_told(session, concern):
    await decided(session, concern)
    await session.flush()

    for change in (
        "update outside_notice set sent_at = now()",
        "delete from outside_notice",
    ):
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(text(change))


async def test_who_may_not_know_of_the_concern_sees_nothing_of_what_was_told(
    session, concern
):
    await decided(session, concern)
    stranger = await make_account(session, StaffRole.CASEWORKER)
    for capacity, who in (
        (Capacity.STAFF, stranger.id),
        (Capacity.OWN, stranger.id),
        (Capacity.REFERRER, concern.id),
    ):
        await look_as(session, capacity, who)
        assert (await session.scalars(select(OutsideNotice.id))).all() == []


async def test_each_of_them_is_told_once_for_each_key(session, concern):
    by = act(session)
    for _ in range(2):
        await concern.tell_outcome(session, "closed", words="", by=by)
        await session.flush()

    rows = await told(session, concern)
    assert [one.template.kind for one in rows].count(DECIDED) == 1
    found = await session.scalars(select(Message.id))
    assert {one.message_id for one in rows} <= set(found)
