"""What is asked of whom, what is taken of an employer, and what of it says more than its words."""

import pytest

from fitness.concern.referral import Facts, Harm, Removal
from fitness.concern.state import Referrer
from fitness.concern.told import (
    ANSWERS,
    OF_FACTS,
    Naming,
    Section,
    Triggers,
    facts_in,
    is_protected,
    is_taken,
    sections_of,
    unfinished,
)
from tests.fitness.raising import ANONYMOUS, SAID


def of(*because, grounds=()):
    return {Section.TRIGGER: Triggers(because=because, grounds=grounds)}


def test_every_page_has_its_answers():
    assert set(ANSWERS) == set(Section)


@pytest.mark.parametrize("because", ["dismissed", "resigned", "charged"])
def test_an_employer_refers_a_dismissal_a_resignation_and_a_charge(because):
    assert is_taken(of(because))


def test_lateness_and_its_like_are_not_taken():
    assert not is_taken(of("none"))


@pytest.mark.parametrize("ground", ["high_risk", "inquiry", "other_work"])
def test_a_suspension_is_taken_on_any_of_its_grounds(ground):
    assert is_taken(of("suspended", grounds=(ground,)))


@pytest.mark.parametrize("grounds", [(), ("none",)])
def test_a_suspension_alone_is_not_taken(grounds):
    assert not is_taken(of("suspended", grounds=grounds))


def test_a_suspension_beside_a_charge_needs_no_ground():
    assert is_taken(of("suspended", "charged", grounds=("none",)))


def test_what_is_not_taken_cannot_be_sent():
    answers = SAID | of("none")

    assert unfinished(Referrer.EMPLOYER, answers) == [Section.TRIGGER]
    assert unfinished(Referrer.EMPLOYER, SAID) == []


@pytest.mark.parametrize("referrer", Referrer)
def test_all_that_is_asked_has_to_be_answered(referrer):
    assert unfinished(referrer, {}) == sections_of(referrer, {})
    assert unfinished(referrer, SAID) == []


def test_only_employers_are_asked_what_the_law_asks_of_them():
    asked = {referrer: set(sections_of(referrer, {})) for referrer in Referrer}

    assert set(OF_FACTS) <= asked.pop(Referrer.EMPLOYER)
    assert all(
        not asked_of & {*OF_FACTS, Section.TRIGGER} for asked_of in asked.values()
    )


def test_only_a_child_is_asked_for_an_advocate():
    asking = [one for one in Referrer if Section.ADVOCATE in sections_of(one, {})]

    assert asking == [Referrer.CHILD]


def test_whoever_stays_unknown_is_not_asked_whether_they_may_be_named():
    assert Section.NAMING not in sections_of(Referrer.FAMILY, SAID | ANONYMOUS)
    assert Section.NAMING in sections_of(Referrer.FAMILY, SAID)


def test_somebody_is_protected_who_asks_for_it():
    assert is_protected({Section.NAMING: Naming(may_be_named=False)})
    assert not is_protected(SAID)
    assert not is_protected({})


def test_the_facts_are_known_once_all_is_answered():
    facts = facts_in(SAID)

    assert facts == Facts(
        removal=Removal.REMOVED,
        harm=frozenset({Harm.HARM_TEST}),
        allegation=frozenset({"harmed_a_child"}),
    )
    assert facts_in({name: SAID[name] for name in OF_FACTS[1:]}) is None
