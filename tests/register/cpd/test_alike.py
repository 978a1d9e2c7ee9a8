"""Texts that are nearly the same are noticed, one's own and somebody else's."""

from hypothesis import given
from hypothesis import strategies as st

from register.cpd import alike
from register.cpd.alike import NEARLY, percent_alike, sketch_of
from tests.make import make_entry, make_process
from tests.register.learning import YEAR_END, make_record, told

SENTENCES = [
    f"Matter {n} came up on day {n} in house {n}, and colleague {n} said so."
    for n in range(40)
]
TEXT = " ".join(SENTENCES)
WORDS = st.lists(st.text("abcdefg", min_size=1, max_size=3), max_size=60)


def test_capitals_accents_marks_and_spaces_do_not_count():
    assert sketch_of("Café, AU lait - now!\n Here") == sketch_of(
        "cafe au lait now here"
    )


def test_a_text_of_which_one_sentence_was_changed_is_nearly_the_same():
    changed = TEXT.replace(SENTENCES[7], "Something else altogether was written here.")

    assert percent_alike(sketch_of(TEXT), sketch_of(changed)) >= NEARLY


def test_a_text_of_which_half_was_written_anew_is_not():
    half = " ".join(SENTENCES[:20]) + " ".join(reversed(TEXT.split()[:240]))

    assert percent_alike(sketch_of(TEXT), sketch_of(half)) < NEARLY


def test_nothing_is_like_nothing():
    assert percent_alike(sketch_of(""), sketch_of("")) == 0


@given(WORDS, WORDS)
def test_likeness_is_mutual_and_a_share(one, other):
    ours, theirs = sketch_of(" ".join(one)), sketch_of(" ".join(other))

    assert percent_alike(ours, theirs) == percent_alike(theirs, ours)
    assert 0 <= percent_alike(ours, theirs) <= 100
    assert not ours or percent_alike(ours, ours) == 100


async def test_the_same_text_of_two_persons_is_noticed_from_both(session):
    one, two = await make_entry(session), await make_entry(session)
    first = await make_record(session, one.person, learnt=TEXT)
    await make_record(session, one.person)
    copy = await make_record(
        session, two.person, learnt=TEXT.upper(), title="Another title"
    )

    (seen,) = await alike(session, copy)
    (seen_too,) = await alike(session, first)

    assert seen.other.id == first.id
    assert seen_too.other.id == copy.id
    assert seen.percent >= NEARLY


async def test_a_text_that_is_written_anew_is_alike_no_more(session):
    one = await make_entry(session)
    first = await make_record(session, one.person, learnt=TEXT)
    copy = await make_record(session, one.person, learnt=TEXT)

    await copy.write(session, told(), year_end=YEAR_END, by=make_process(session))

    assert await alike(session, first) == []


async def test_a_draft_is_compared_with_nothing(session):
    one = await make_entry(session)
    await make_record(session, one.person, learnt=TEXT)
    draft = await make_record(session, one.person, learnt=TEXT, standards=())

    assert await alike(session, draft) == []
