"""Whatever two examiners make of a case, in whatever order: one legal outcome comes of it, and no order without the two."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from fitness.examination.outcome import (
    WITHOUT_PROSPECT,
    InterestNotWeighed,
    Outcome,
    Prospect,
    Terms,
    agree,
    open_to,
    together,
)
from fitness.order import Decided, Measure, NotATerm
from tests.applications import RULES

VERSIONS = [uuid4() for _ in range(3)]


class View:
    """As one of two is held against the other."""

    def __init__(self, prospects, interest, choice, stands):
        self.prospects = dict(zip(VERSIONS, prospects, strict=True))
        self.interest = interest
        open_ = sorted(open_to(prospects, interest=interest))
        self.terms = terms(open_[choice % len(open_)], choice)
        self.last_word = stands


def terms(outcome, choice):
    """Any that the rules allow."""
    if outcome is Outcome.DISPOSAL:
        measures = Decided.AGREEMENT.measures
        measure = measures[choice % len(measures)]
        months = measure.terms(RULES)
        chosen = months[choice % len(months)] if months else None
        return Terms.of(outcome, RULES, measure=measure, months=chosen)
    months = RULES.warning_months[choice % 3] if outcome is Outcome.WARNING else None
    return Terms.of(outcome, RULES, months=months)


prospects = st.tuples(*[st.sampled_from(list(Prospect))] * 3)
views = st.builds(
    View,
    prospects,
    st.booleans(),
    st.integers(0, 200),
    st.booleans(),
)


@given(views)
def test_a_view_leads_where_the_test_leads(view):
    found = set(view.prospects.values())
    outcome = view.terms.outcome

    if outcome in WITHOUT_PROSPECT:
        assert found == {Prospect.NO}
    if outcome in {Outcome.HEARING, Outcome.DISPOSAL}:
        assert Prospect.YES in found
        assert Prospect.UNCLEAR not in found
        assert view.interest is (outcome is Outcome.HEARING)


@given(prospects)
def test_the_second_part_is_asked_only_where_the_first_says_yes(found):
    asked = Prospect.YES in found and Prospect.UNCLEAR not in found

    try:
        open_ = open_to(found, interest=None)
    except InterestNotWeighed:
        assert asked
    else:
        assert not asked
        assert Outcome.MORE_INFORMATION in open_


@given(views, views)
def test_two_views_come_to_the_same_whichever_was_first(one, other):
    assert together(one, other) == together(other, one)
    assert agree(one, other) == agree(other, one)


@given(views, views)
def test_two_views_come_to_one_legal_outcome_or_to_none_yet(one, other):
    come_to = together(one, other)

    if come_to is None:
        assert not (one.last_word and other.last_word)
        assert not agree(one, other)
    elif agree(one, other):
        assert come_to == one.terms == other.terms
    else:
        assert come_to == Terms(Outcome.HEARING)
        assert one.last_word
        assert other.last_word


@given(views, views)
def test_no_order_is_made_that_one_of_them_would_not_make(one, other):
    come_to = together(one, other)

    if come_to is not None and come_to.measure is not None:
        assert one.terms == other.terms == come_to
        assert one.prospects == other.prospects


@given(st.lists(st.tuples(st.booleans(), views), min_size=2, max_size=12))
def test_however_often_they_change_their_minds_the_last_two_views_decide(said):
    latest = {}
    for lay, view in said:
        latest[lay] = view
        if len(latest) == 2:
            decided = together(*latest.values())
            if decided and not agree(*latest.values()):
                assert decided == Terms(Outcome.HEARING)
                return
    assert set(latest) <= {True, False}


@given(
    st.sampled_from([Outcome.ADVICE, Outcome.WARNING, Outcome.DISPOSAL]),
    st.sampled_from(Decided.AGREEMENT.measures),
    st.one_of(st.none(), st.integers(0, 80)),
)
def test_terms_are_those_of_the_rules_or_none(outcome, measure, months):
    try:
        found = Terms.of(outcome, RULES, measure=measure, months=months)
    except NotATerm:
        return
    assert found.measure in Decided.AGREEMENT.measures
    assert (found.months or 0) in (found.measure.terms(RULES) or (0,))
    assert (found.months is None) == (found.measure is Measure.REMOVAL)
