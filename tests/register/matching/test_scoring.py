"""What two records come to: field by field, and whether they are of one person."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from register.matching import (
    Agreement,
    Field,
    Known,
    Traits,
    Verdict,
    compare,
    names_of,
)
from register.matching.blocking import keys_of
from register.matching.scoring import DEFINITE, POSSIBLE, Score
from tests.register.matching.strategies import agreeing, people

BORN = date(1985, 5, 17)
NI = "AB123456C"
HOME = ("12 High Street", "Leeds", "LS1 1AA")
VERDICTS = list(Verdict)


def known(given_names="Siân", family_name="Roberts", *others, born=BORN, **traits):
    return Known(names_of(given_names, family_name, others), born, Traits.of(**traits))


def agreed(field, one, other):
    return compare(one, other).agreements[field]


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("Siân", "Sian", "same"),
        ("Anne-Marie", "Annemarie", "same"),
        ("Elizabeth", "Liz", "variant"),
        ("Beth", "Liz", "variant"),
        ("Mary Ann", "Ann", "variant"),
        ("J", "Jonathan", "variant"),
        ("Catherine", "Catherien", "slip"),
        ("Catherine", "Cathrinee", "close"),
        ("Jo", "Bo", "different"),
        ("Thomas", "Angela", "different"),
        ("", "Angela", "unknown"),
    ],
)
def test_given_names_agree_by_nickname_initial_and_spelling(one, other, agreement):
    assert agreed(Field.GIVEN_NAMES, known(one), known(other)) == agreement


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("O’Brien", "OBRIEN", "same"),
        ("van Dyke", "Vandyke", "same"),
        ("Smith-Jones", "Jones", "variant"),
        ("de Souza", "de Silva", "different"),
        ("Łuczak", "Lucsak", "slip"),
        ("Li", "Lu", "different"),
    ],
)
def test_family_names_agree_without_accents_and_by_half(one, other, agreement):
    one, other = known(family_name=one), known(family_name=other)

    assert agreed(Field.FAMILY_NAME, one, other) == agreement


@pytest.mark.parametrize("former", ["Price", "Siân Price"])
def test_a_former_name_counts_as_the_name(former):
    married = known("Siân", "Roberts", former)

    assert agreed(Field.FAMILY_NAME, married, known("Siân", "Price")) == "same"


def test_names_in_each_others_place_agree_for_a_point_less():
    score = compare(known("Wei", "Zhang"), known("Zhang", "Wei"))

    assert score.exchanged
    assert (
        score.points == compare(known("Wei", "Zhang"), known("Wei", "Zhang")).points - 1
    )


@pytest.mark.parametrize(
    ("born", "agreement"),
    [
        (BORN, "same"),
        (date(1985, 5, 7), "slip"),
        (date(1958, 5, 17), "slip"),
        (date(1985, 5, 29), "close"),
        (date(1985, 6, 18), "different"),
        (None, "unknown"),
    ],
)
def test_birth_dates_agree_but_for_a_slip(born, agreement):
    assert agreed(Field.BIRTH_DATE, known(), known(born=born)) == agreement


def test_birth_dates_agree_with_the_day_and_the_month_exchanged():
    one, other = known(born=date(1985, 5, 7)), known(born=date(1985, 7, 5))

    assert agreed(Field.BIRTH_DATE, one, other) == "variant"


@pytest.mark.parametrize(
    ("typed", "agreement"),
    [
        ("ab 12 34 56 c", "same"),
        ("AB123465C", "slip"),
        ("AB123446C", "slip"),
        ("AB654321C", "different"),
        ("", "unknown"),
    ],
)
def test_national_insurance_numbers_agree_but_for_a_slip(typed, agreement):
    one, other = known(ni_number=NI), known(ni_number=typed)

    assert agreed(Field.NI_NUMBER, one, other) == agreement


@pytest.mark.parametrize(
    ("home", "agreement"),
    [
        (HOME, "same"),
        (("12 Hihg Street", "", "ls1 1aa"), "same"),
        (("12, High-Street", "LEEDS", "LS1 1AB"), "same"),
        (("12 High Street", "York", "YO1 1AA"), "unknown"),
        (("14 High Street", "Leeds", "LS1 1AA"), "variant"),
        (("14 High Street", "Leeds", "LS2 2BB"), "unknown"),
    ],
)
def test_homes_agree_by_house_and_postcode(home, agreement):
    assert agreed(Field.HOME, known(homes=[HOME]), known(homes=[home])) == agreement


def test_somebody_found_by_name_and_birth_date_alone_is_possible():
    assert compare(known(), known()).verdict is Verdict.POSSIBLE


def test_one_thing_more_makes_it_definite():
    one = known(homes=[HOME])

    assert compare(one, known(homes=[HOME])).verdict is Verdict.DEFINITE


def test_twins_who_share_everything_else_are_never_definite():
    shared = {"homes": [HOME], "emails": ["a@example.org"], "learner_numbers": ["1"]}

    score = compare(known("Ada", **shared), known("Ben", **shared))

    assert score.points >= DEFINITE
    assert score.verdict is Verdict.POSSIBLE


def test_the_same_national_insurance_number_is_always_looked_into():
    one = known("Ada", "Smith", born=date(1960, 1, 1), ni_number=NI)
    other = known("Ben", "Jones", born=date(1999, 12, 31), ni_number=NI)

    score = compare(one, other)

    assert score.points < POSSIBLE
    assert score.verdict is Verdict.POSSIBLE


def test_a_common_name_alone_is_nobody():
    assert compare(known(), known(born=None)).verdict is Verdict.NONE


@pytest.mark.parametrize(
    ("points", "verdict"),
    [
        (DEFINITE, Verdict.DEFINITE),
        (DEFINITE - 1, Verdict.POSSIBLE),
        (POSSIBLE, Verdict.POSSIBLE),
        (POSSIBLE - 1, Verdict.NONE),
    ],
)
def test_each_verdict_begins_at_its_points(points, verdict, monkeypatch):
    score = Score(dict.fromkeys(Field, Agreement.UNKNOWN), exchanged=False)
    monkeypatch.setattr(Score, "points", points)

    assert score.verdict is verdict


@given(people(), people())
def test_it_is_the_same_whoever_comes_first(one, other):
    assert compare(one, other) == compare(other, one)


@given(people())
def test_nobody_differs_from_themselves(one):
    assert Agreement.DIFFERENT not in compare(one, one).agreements.values()


@given(
    people(),
    people(),
    st.sampled_from(["names", "birth_date", "ni", "home", "emails", "learner_numbers"]),
)
@settings(max_examples=400)
def test_more_agreement_never_lowers_the_score(one, other, what):
    before = compare(one, other)

    after = compare(agreeing(one, other, what), other)

    assert after.points >= before.points
    assert VERDICTS.index(after.verdict) <= VERDICTS.index(before.verdict)


@given(people(), people(), people())
def test_a_name_more_never_lowers_the_score(one, other, third):
    more = replace(one, names=one.names | third.names)

    assert compare(more, other).points >= compare(one, other).points


@given(people(), people())
@settings(max_examples=1000)
def test_every_two_that_may_be_one_have_a_key_in_common(one, other):
    if compare(one, other).verdict is not Verdict.NONE:
        assert keys_of(one) & keys_of(other)
