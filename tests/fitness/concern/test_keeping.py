"""Drafts that nobody sent: gone when their time is over, and not before."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from fitness.concern import (
    Concern,
    ConcernFile,
    ConcernPart,
    erase,
    erase_old_drafts,
    files_of,
)
from fitness.concern.evidence import MOST_FILES, TooManyFiles
from fitness.fence import Capacity, look_as
from register.kit.cleaning import MediaType
from register.kit.files import StoredFile
from register.kit.uploads import Received
from tests.fitness.raising import look_as_nobody, make_concern, make_draft
from tests.make import NOW

DAY = timedelta(days=1)


async def attach(session, draft, name="Photograph of Jo Marsh.pdf"):
    received = Received(name, MediaType.PDF, 1, bytes(32), f"2027-03-10/{uuid4()}")
    return await ConcernFile.add(session, draft, received, now=NOW)


async def left(session):
    await look_as(session, Capacity.SERVICE)
    return [
        await session.scalar(select(func.count()).select_from(table))
        for table in (Concern, ConcernPart, ConcernFile, StoredFile)
    ]


async def test_a_draft_stays_on_its_last_day(session):
    draft, _ = await make_draft(session)
    await attach(session, draft)
    before = await left(session)

    await erase_old_drafts(session, NOW + 28 * DAY)

    assert await left(session) == before


async def test_a_draft_is_gone_the_day_after_with_all_that_was_in_it(session):
    draft, _ = await make_draft(session)
    await attach(session, draft)
    await look_as_nobody(session)

    await erase_old_drafts(session, NOW + 29 * DAY)

    assert await left(session) == [0, 0, 0, 0]


async def test_however_many_there_are_one_night_erases_them(session, monkeypatch):
    monkeypatch.setattr("fitness.concern.keeping.BATCH", 1)
    for _ in range(3):
        await make_draft(session)

    await erase_old_drafts(session, NOW + 29 * DAY)

    assert await left(session) == [0, 0, 0, 0]


async def test_what_was_sent_is_not_erased(session):
    await make_concern(session)
    before = await left(session)

    await erase_old_drafts(session, NOW + 400 * DAY)

    assert await left(session) == before


async def test_a_draft_can_be_taken_back(session):
    draft, _ = await make_draft(session)
    await attach(session, draft)

    await erase(session, draft)

    assert await left(session) == [0, 0, 0, 0]


async def test_a_document_is_called_by_its_concern_and_its_own_name_is_sealed(session):
    draft, _ = await make_draft(session)
    one = await attach(session, draft)

    stored = await session.scalar(select(StoredFile))

    assert stored.name == stored.download_name == f"{draft.reference}.pdf"
    assert stored.owner_id == draft.id
    assert b"Marsh" not in one.sealed
    assert one.name == "Photograph of Jo Marsh.pdf"


async def test_a_concern_has_so_many_documents_and_no_more(session):
    draft, _ = await make_draft(session)
    for n in range(MOST_FILES):
        await attach(session, draft, f"{n}.pdf")

    with pytest.raises(TooManyFiles):
        await attach(session, draft)
    assert len(await files_of(session, draft)) == MOST_FILES
