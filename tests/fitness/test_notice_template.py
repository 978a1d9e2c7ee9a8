"""Templates of notices: gaps that are checked, versions that two people publish, and that nobody alters."""

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fitness.notice_template import (
    EXAMPLES,
    Gap,
    NoticeKind,
    NoticeTemplate,
    SameWording,
    TemplateAct,
    TemplateChanged,
    TemplateEvent,
    TemplateWaits,
    WrongGaps,
    catalogue,
    current,
    draft_of,
    example,
    faults,
    version,
    versions,
    write,
)
from fitness.notice_template.wording import fill
from register.account import StaffRole
from register.kit.errors import NotFound
from register.process import Process
from register.proposal import NeedsAnotherPerson, NotYours
from tests.make import NOW, make_account

KIND = NoticeKind.INVESTIGATION


@pytest.fixture
async def writer(session):
    return await make_account(session, StaffRole.TEAM_MANAGER, name="Mo Manager")


@pytest.fixture
async def second(session):
    return await make_account(session, StaffRole.REGISTRAR, name="Rae Registrar")


@pytest.fixture
async def wording(session):
    return (await current(session, KIND)).wording


def act(session, kind, actor):
    return Process.begin(session, kind, now=NOW, actor=actor)


def other(wording, **fields):
    return msgspec.structs.replace(wording, **fields)


async def draft(session, wording, writer, *, seen=0):
    by = act(session, TemplateAct.DRAFT, writer)
    return await write(session, KIND, wording, seen=seen, account=writer, by=by)


async def proposed(session, found, proposer):
    by = act(session, TemplateAct.PROPOSE, proposer)
    made = await found.propose(session, seen=found.version, proposer=proposer, by=by)
    await session.flush()
    return made


async def approved(session, proposal, approver):
    by = act(session, TemplateAct.APPROVE, approver)
    await proposal.approve(session, approver=approver, by=by)
    await session.flush()
    return by


# What came with the service


@pytest.mark.parametrize("kind", NoticeKind)
async def test_every_notice_of_a_case_has_a_template_with_its_law_and_its_deadline(
    session, kind
):
    template = (await catalogue(session))[kind]

    assert template.number == 1
    assert list(faults(kind, template.wording)) == []
    assert template.basis
    assert template.deadline
    assert "{" not in example(template.wording).words


@pytest.mark.parametrize("kind", NoticeKind)
async def test_no_email_says_what_a_notice_is_about(session, kind):
    wording = (await current(session, kind)).wording

    for word in ("investigat", "concern", "case", "hearing", "panel", "fitness"):
        assert word not in wording.email_subject + wording.email_words


# Gaps


@pytest.mark.parametrize(
    ("field", "words", "fault"),
    [
        ("body", "{our words} {day}", "There is {day}, where only {person}, "),
        ("body", "{our words} {name}", "There is {name}, where only {person}, "),
        ("body", "{our words} {", "A brace stands alone"),
        ("body", "Nothing of it", "What it says must have {our words} in it"),
        ("deadline", "{our words}", "There is {our words}, where only {person}, "),
        ("title", "About {person}", "There is {person}, where no gap may stand"),
        ("basis", "{case}", "There is {case}, where no gap may stand"),
        ("email_subject", "{case}", "There is {case}, where no gap may stand"),
        ("email_words", "{person}", "There is {person}, where no gap may stand"),
        ("letter_words", "{our words}", "There is {our words}, where only {case} may"),
    ],
)
async def test_a_gap_that_may_not_stand_there_is_not_written(
    session, wording, writer, field, words, fault
):
    wrong = other(wording, **{field: words})

    with pytest.raises(WrongGaps) as refused:
        await draft(session, wrong, writer)

    assert str(refused.value).startswith(fault)
    assert await draft_of(session, KIND) is None


def test_what_fills_a_gap_is_not_filled_again():
    said = {**EXAMPLES, Gap.OUR_WORDS: "{case} and {"}

    assert fill("So: {our words}", said) == "So: {case} and {"


# Two people


async def test_a_second_person_publishes_the_next_version(
    session, wording, writer, second
):
    found = await draft(session, other(wording, title="We investigate"), writer)

    by = await approved(session, await proposed(session, found, writer), second)

    newest, first = await versions(session, KIND)
    assert (newest.number, newest.title) == (2, "We investigate")
    assert (newest.approver_id, newest.touched) == (second.id, [writer.id])
    assert first.title == wording.title
    assert await current(session, KIND) is newest
    assert await draft_of(session, KIND) is None
    assert [one.kind for one in by.events][-1] == TemplateEvent.PUBLISHED


async def test_whoever_wrote_it_does_not_publish_it(session, wording, writer, second):
    found = await draft(session, other(wording, title="We investigate"), second)
    found = await draft(session, other(wording, title="Look"), writer, seen=1)
    waiting = await proposed(session, found, second)

    for one in (writer, second):
        with pytest.raises(NeedsAnotherPerson):
            await approved(session, waiting, one)


async def test_an_investigator_does_not_publish_it(session, wording, writer):
    found = await draft(session, other(wording, title="We investigate"), writer)
    waiting = await proposed(session, found, writer)

    with pytest.raises(NotYours):
        await approved(
            session, waiting, await make_account(session, StaffRole.INVESTIGATOR)
        )


async def test_the_database_refuses_an_approver_who_wrote_it(session, wording, writer):
    with pytest.raises(DBAPIError, match="two_people"):
        async with session.begin_nested():
            await NoticeTemplate.publish(
                session,
                KIND,
                wording,
                touched=[writer.id],
                approver_id=writer.id,
                now=NOW,
            )


async def test_the_database_refuses_a_version_that_nobody_approved(
    session, wording, writer
):
    with pytest.raises(DBAPIError, match="approved"):
        async with session.begin_nested():
            await NoticeTemplate.publish(
                session,
                KIND,
                wording,
                touched=[writer.id],
                approver_id=None,
                now=NOW,
            )


async def test_what_waits_is_not_changed(session, wording, writer):
    found = await draft(session, other(wording, title="We investigate"), writer)
    await proposed(session, found, writer)

    with pytest.raises(TemplateWaits):
        await draft(session, wording, writer, seen=1)
    with pytest.raises(TemplateWaits):
        await found.discard(session, by=act(session, TemplateAct.DISCARD, writer))


async def test_a_draft_that_somebody_changed_meanwhile_is_looked_at_again(
    session, wording, writer, second
):
    await draft(session, other(wording, title="One"), second)

    with pytest.raises(TemplateChanged):
        await draft(session, other(wording, title="Two"), writer)


async def test_what_says_the_same_is_not_proposed(session, wording, writer):
    found = await draft(session, wording, writer)

    with pytest.raises(SameWording):
        await proposed(session, found, writer)


@pytest.mark.parametrize(
    "statement",
    [
        "update notice_template set title = 'Other'",
        "delete from notice_template",
        "truncate notice_template cascade",
    ],
)
async def test_no_version_is_ever_altered(session, statement):
    with pytest.raises(DBAPIError, match=r"permission denied|is refused"):
        async with session.begin_nested():
            await session.execute(text(statement))


async def test_no_version_that_is_not_there_is_found(session):
    with pytest.raises(NotFound):
        await version(session, KIND, 2)
