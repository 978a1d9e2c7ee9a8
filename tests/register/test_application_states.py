from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.application import (
    EVENT_OF,
    MOVES,
    OVER,
    Application,
    ApplicationState,
    Move,
    NotNow,
    draw_reference,
)
from register.application.application import IS


class Diary:
    """A process that remembers what it was told."""

    def __init__(self, at):
        self.at, self.told, self.facts = at, [], {}

    def tell(self, kind, **facts):
        self.told.append(kind)
        self.facts = facts


def walk_through(moves, now):
    application = Application(reference="A-00000000", state=ApplicationState.DRAFT)
    diary = Diary(now)
    for move in moves:
        application.go(move, by=diary)
    return application, diary


HAPPY = (Move.SUBMIT, Move.TAKE_UP, Move.PROPOSE, Move.APPROVE, Move.GRANT)


def test_the_way_from_draft_to_entry(now):
    application, diary = walk_through(HAPPY, now)

    assert application.state is ApplicationState.GRANTED
    assert diary.told == [EVENT_OF[move] for move in HAPPY]
    assert application.closed_at == now


def test_an_application_may_be_asked_about_and_answered_again_and_again(now):
    moves = (Move.SUBMIT, Move.TAKE_UP, Move.ASK, Move.ANSWER, Move.ASK)

    application, _ = walk_through(moves, now)

    assert application.state is ApplicationState.INFORMATION_REQUESTED


@pytest.mark.parametrize(
    "moves",
    [HAPPY[:4], HAPPY, (Move.EXPIRE,), (Move.WITHDRAW,)],
    ids=["approved", "granted", "expired", "withdrawn"],
)
def test_it_cannot_be_withdrawn_once_it_is_decided_or_over(moves, now):
    application, diary = walk_through(moves, now)

    with pytest.raises(NotNow, match="Application A-00000000"):
        application.go(Move.WITHDRAW, by=diary)


@pytest.mark.parametrize("moves", [HAPPY[:count] for count in range(4)])
def test_it_may_be_withdrawn_until_it_is_decided(moves, now):
    application, diary = walk_through(moves, now)

    application.go(Move.WITHDRAW, by=diary)

    assert application.state is ApplicationState.WITHDRAWN


def test_a_refused_move_changes_and_tells_nothing(now):
    application, diary = walk_through((), now)

    with pytest.raises(NotNow):
        application.go(Move.GRANT, by=diary)

    assert application.state is ApplicationState.DRAFT
    assert diary.told == []


@given(st.lists(st.sampled_from(list(Move)), max_size=12))
def test_whatever_is_tried_the_states_follow_the_table(moves):
    application, diary = Application(state=ApplicationState.DRAFT), Diary(None)
    states = [application.state]

    for move in moves:
        if application.allows(move):
            application.go(move, by=diary)
            states.append(application.state)

    assert all(after in MOVES[before].values() for before, after in pairwise(states))
    assert len(diary.told) == len(states) - 1


def test_every_state_has_its_moves_and_every_move_its_event():
    assert set(MOVES) == set(ApplicationState) == set(IS)
    assert set(EVENT_OF) == set(Move)


def test_every_state_is_somebodys_turn_or_over():
    for state in ApplicationState:
        turns = [state.with_the_applicant, state.with_the_regulator, state in OVER]
        assert turns.count(True) == 1, state


def test_staff_never_see_a_draft():
    assert not ApplicationState.DRAFT.sent
    assert not ApplicationState.EXPIRED.sent
    assert ApplicationState.SUBMITTED.sent


def test_references_are_drawn_and_hard_to_mistake():
    drawn = {draw_reference() for _ in range(200)}

    assert len(drawn) == 200
    assert all(len(reference) == 10 for reference in drawn)
    assert not set("".join(reference[2:] for reference in drawn)) & set("ILOU")
