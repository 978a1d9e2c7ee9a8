"""What comes into a docket: numbered in its case, at a level, made from a file that can be read or from our own words."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from fitness.case import NotNow, history
from fitness.docket.document import (
    MadeFrom,
    Matter,
    MoreOpenThanKept,
    NothingToShow,
    NothingWithheld,
    TakenOut,
    docket_of,
)
from fitness.docket.level import Audience, Level
from fitness.docket.redaction import SecondPerson, SettledAlready, Verdict
from fitness.investigation.evidence import Kept
from register.kit.cleaning import MediaType
from register.kit.uploads import Received
from tests.fitness.docketing import add, add_file, found_clean, scanned, sent, withhold
from tests.fitness.finding import DAY, TODAY, comment, disclose, draw, log, make_told
from tests.fitness.investigating import act, close, make_case
from tests.make import NOW, make_account

ALLEGATIONS = Matter(MadeFrom.ALLEGATIONS)
UNSCANNED = Received("log.pdf", MediaType.PDF, 8, b"0" * 32, "uploads/2027-03-10/log")
ONE = scanned(["One"])


@pytest.fixture
async def case(session):
    case, _ = await make_told(session)
    return case


async def test_documents_are_numbered_in_their_case(session, case):
    other, _ = await make_told(session)
    for of in (case, case, other):
        await add_file(session, of, ONE)

    assert [one.number for one in await docket_of(session, case.id)] == [1, 2]
    assert [one.number for one in await docket_of(session, other.id)] == [1]


async def test_a_number_is_given_to_no_other(session, case):
    first = await add_file(session, case, ONE)
    first.take_out(session, case, words="Twice", by=act(session))
    await session.flush()

    second = await add_file(session, case, ONE)

    assert second.number == 2
    assert [one.number for one in await docket_of(session, case.id)] == [2]
    everything = await docket_of(session, case.id, all_of_it=True)
    assert [one.number for one in everything] == [1, 2]


async def test_evidence_without_a_file_that_can_be_read_is_no_document(session, case):
    described = await log(session, case)
    unscanned = await log(session, case, file=UNSCANNED)

    for item in (described, unscanned):
        with pytest.raises(NothingToShow):
            await add(session, case, Matter(MadeFrom.EVIDENCE, item))


async def test_a_file_of_the_registrant_is_of_the_day_on_which_it_came(session, case):
    disclosure = await disclose(session, case)
    said = await comment(session, case, disclosure, file=sent(ONE), came_on=TODAY)
    await found_clean(session, said.file_id, ONE)

    document = await add(session, case, Matter(MadeFrom.COMMENT, comment=said))

    assert document.dated_on == TODAY
    assert document.file is said.file


@pytest.mark.parametrize(
    ("kept", "level", "allowed"),
    [
        (None, Level.OPEN, True),
        (Kept.CHILD, Level.OPEN, False),
        (Kept.CHILD, Level.DECIDERS, True),
        (Kept.REFERRER, Level.DECIDERS, False),
        (Kept.REFERRER, Level.REFERRER, True),
        (Kept.LEGAL_ADVICE, Level.DECIDERS, False),
        (Kept.LEGAL_ADVICE, Level.STAFF, True),
    ],
)
async def test_it_stands_at_no_level_that_its_evidence_forbids(
    session, case, kept, level, allowed
):
    if allowed:
        document = await add_file(session, case, ONE, level=level, kept=kept)
        assert document.level is level
    else:
        with pytest.raises(MoreOpenThanKept):
            await add_file(session, case, ONE, level=level, kept=kept)


async def test_evidence_that_is_kept_later_goes_to_fewer_at_once(session, case):
    document = await add_file(session, case, ONE)
    assert document.audiences == list(Audience)

    document.evidence.keep(
        session, case, Kept.CHILD, words="A name", disclosed=False, by=act(session)
    )

    assert document.audiences == [Audience.PANEL, Audience.EXAMINERS]
    with pytest.raises(MoreOpenThanKept):
        document.set_level(session, case, Level.OPEN, words="All", by=act(session))


async def test_what_is_taken_out_is_changed_no_more(session, case):
    document = await add_file(session, case, ONE)
    document.take_out(session, case, words="Twice", by=act(session))

    with pytest.raises(TakenOut):
        document.take_out(session, case, words="Again", by=act(session))
    with pytest.raises(TakenOut):
        document.set_level(session, case, Level.STAFF, words="No", by=act(session))
    with pytest.raises(TakenOut):
        await withhold(session, case, document, [], page=1)


async def test_there_is_no_docket_before_an_investigation_or_after_the_case(
    session, case
):
    with pytest.raises(NotNow):
        await add(session, await make_case(session), ALLEGATIONS)
    document = await add(session, case, ALLEGATIONS)
    await close(session, case, now=NOW + DAY)

    with pytest.raises(NotNow):
        await add(session, case, ALLEGATIONS)
    with pytest.raises(NotNow):
        document.take_out(session, case, words="No", by=act(session))


async def test_the_history_tells_what_was_done(session, case):
    document = await add_file(session, case, ONE)
    document.set_level(session, case, Level.STAFF, words="Not yet", by=act(session))
    await withhold(session, case, document, [], page=1)
    document.take_out(session, case, words="Twice", by=act(session))
    await session.flush()

    told = [line.event.kind for line in await history(session, case.id, limit=5)]

    assert told == [
        "document_taken_out",
        "redaction_acknowledged",
        "redaction_proposed",
        "document_level_set",
        "document_added",
    ]


async def test_the_database_keeps_what_a_document_is(session, case):
    await add_file(session, case, ONE)

    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text("update docket_document set number = 9"))


# Withholding


async def test_whoever_proposes_to_withhold_does_not_acknowledge_it(session, case):
    document = await add_file(session, case, ONE)
    redaction = await withhold(session, case, document, [], page=1, settled=False)
    await session.refresh(redaction, ["author"])

    with pytest.raises(SecondPerson):
        redaction.acknowledge(session, case, approver=redaction.author, by=act(session))
    with pytest.raises(SecondPerson):
        redaction.send_back(
            session, case, approver=redaction.author, words="No", by=act(session)
        )

    assert redaction.waits


async def test_the_database_sees_to_the_second_person_too(session, case):
    document = await add_file(session, case, ONE)
    await withhold(session, case, document, [], page=1, settled=False)

    with pytest.raises(IntegrityError, match="two_people"):
        await session.execute(
            text(
                "update docket_redaction set approver_id = author_id, settled_at = proposed_at, verdict = 'acknowledged'"
            )
        )


async def test_what_is_settled_stays_so(session, case):
    document = await add_file(session, case, ONE)
    redaction = await withhold(session, case, document, [], page=1)
    someone = await make_account(session)

    with pytest.raises(SettledAlready):
        redaction.send_back(
            session, case, approver=someone, words="No", by=act(session)
        )
    with pytest.raises(IntegrityError, match="is settled"):
        await session.execute(text("update docket_redaction set verdict = 'returned'"))


async def test_what_is_returned_is_not_withheld(session, case):
    document = await add_file(session, case, ONE)
    redaction = await withhold(session, case, document, [], page=1, settled=False)
    assert document.waiting == [redaction]

    redaction.send_back(
        session,
        case,
        approver=await make_account(session),
        words="It may be read",
        by=act(session),
    )

    assert redaction.verdict is Verdict.RETURNED
    assert (document.waiting, document.withheld) == ([], [])


async def test_of_our_own_nothing_is_withheld_that_does_not_stand_there(session, case):
    await draw(session, case)
    document = await add(session, case, ALLEGATIONS)

    with pytest.raises(NothingWithheld):
        await withhold(session, case, document, document.paper.places_of("Zebedee"))
