"""Our own documents: frozen when they come into the docket, searched for words, and shown without what is withheld."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.docket.document import DrawnUpForFewer, MadeFrom, Matter
from fitness.docket.level import Level
from fitness.docket.paper import Paper, pieces
from fitness.investigation.disclosure import disclosure_in
from fitness.investigation.evidence import Kept, Source
from tests.fitness.docketing import add
from tests.fitness.finding import (
    ask,
    comment,
    disclose,
    draw,
    hold,
    log,
    make_proceeding,
    make_told,
    redraw,
)
from tests.fitness.investigating import act
from tests.make import NOW

ALLEGATIONS, CHRONOLOGY = Matter(MadeFrom.ALLEGATIONS), Matter(MadeFrom.CHRONOLOGY)


@pytest.fixture
async def case(session):
    case, _ = await make_told(session)
    return case


async def test_the_allegations_stay_as_they_were(session, case):
    allegation = await draw(session, case)
    withdrawn = await draw(session, case)
    withdrawn.withdraw(session, case, "Another", by=act(session))
    document = await add(session, case, ALLEGATIONS)

    await redraw(session, case, allegation, now=NOW)

    assert [one.number for one in document.paper.charges] == [1]
    assert document.paper.texts == ["You struck a child."]
    assert b"struck" not in document.sealed


async def test_a_disclosure_holds_what_was_said_to_it(session, case):
    item = await log(session, case)
    disclosure = await disclose(session, case, evidence=[item])
    await comment(session, case, disclosure, "I was not there.")
    session.expunge(disclosure)
    disclosure = await disclosure_in(session, case.id, 1)

    document = await add(
        session, case, Matter(MadeFrom.DISCLOSURE, disclosure=disclosure)
    )

    assert "I was not there." in document.paper.texts
    assert [one.label for one in document.paper.evidence] == ["E1"]


async def everything_dated(session, case):
    await draw(session, case)
    await log(session, case, "An open log")
    await log(session, case, "A letter of the child", kept=Kept.CHILD)
    await log(session, case, "A name", kept=Kept.REFERRER)
    await log(session, case, "Counsel says", kept=Kept.LEGAL_ADVICE)
    await ask(session, case, "What did you see?", asked_of=Source.REFERRER)
    await make_proceeding(session, case, words="They interview")
    await hold(session, case, words="Until they have", told=False)


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (Level.OPEN, ["You struck a child.", "An open log"]),
        (
            Level.DECIDERS,
            [
                "You struck a child.",
                "An open log",
                "A letter of the child",
                "Until they have",
            ],
        ),
        (
            Level.STAFF,
            [
                "You struck a child.",
                "An open log",
                "A letter of the child",
                "A name",
                "Counsel says",
                "What did you see?",
                "Until they have",
            ],
        ),
    ],
)
async def test_a_chronology_tells_no_more_than_all_of_its_readers_may_know(
    session, case, level, said
):
    await everything_dated(session, case)

    document = await add(session, case, CHRONOLOGY, level=level)

    assert sorted(document.paper.texts) == sorted(said)


async def test_a_chronology_is_never_opened_to_more_than_it_was_drawn_up_for(
    session, case
):
    document = await add(session, case, CHRONOLOGY, level=Level.DECIDERS)

    with pytest.raises(DrawnUpForFewer):
        document.set_level(session, case, Level.OPEN, words="All", by=act(session))
    document.set_level(session, case, Level.STAFF, words="None", by=act(session))

    assert document.level is Level.STAFF


def test_words_are_found_in_capitals_and_over_lines():
    paper = Paper(texts=["Jo Bell came.", "jo\n bell and JO  BELL", "Nobody"])

    assert paper.places_of(" Jo bell ") == [(0, 0, 7), (1, 0, 8), (1, 13, 21)]
    assert paper.places_of("Jo Bella") == []


def test_nothing_is_found_where_nothing_is_looked_for():
    assert Paper(texts=["Jo"]).places_of("  ") == []


@given(
    text=st.text(max_size=30),
    spans=st.lists(st.tuples(st.integers(0, 29), st.integers(1, 30)), max_size=4),
)
def test_what_is_left_is_the_text_without_what_is_withheld(text, spans):
    withheld = [(a, b, "child") for a, b in spans if a < b <= len(text)]
    hidden = {at for start, end, _ in withheld for at in range(start, end)}

    said = pieces(text, withheld)

    left = "".join(letter for at, letter in enumerate(text) if at not in hidden)
    assert "".join(words for words, _ in said) == left
    assert any(why for _, why in said) == bool(withheld)
