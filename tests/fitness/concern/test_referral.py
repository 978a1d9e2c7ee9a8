"""Whom else an employer must tell: each test on both sides."""

import pytest

from fitness.concern.referral import (
    Allegation,
    Because,
    Duty,
    Facts,
    Harm,
    Incident,
    Removal,
    duties,
)
from fitness.concern.state import Body

NOTHING = Facts(removal=Removal.NOT_REMOVED)


def told(**facts):
    return duties(Facts(**{"removal": Removal.NOT_REMOVED} | facts))


def bodies(**facts):
    return [duty.body for duty in told(**facts)]


def test_nobody_is_told_where_no_test_is_met():
    assert duties(NOTHING) == []


@pytest.mark.parametrize("harm", Harm)
@pytest.mark.parametrize("removal", [Removal.REMOVED, Removal.WOULD_HAVE_BEEN])
def test_the_dbs_is_told_of_a_removal_with_any_kind_of_harm(removal, harm):
    assert Duty(Body.DBS, (Because.REMOVED_AND_HARM,)) in told(
        removal=removal, harm=frozenset({harm})
    )


@pytest.mark.parametrize("removal", [Removal.REMOVED, Removal.WOULD_HAVE_BEEN])
def test_the_dbs_is_not_told_of_a_removal_without_harm(removal):
    assert bodies(removal=removal) == []


def test_the_dbs_is_not_told_of_harm_without_a_removal():
    assert bodies(harm=frozenset(Harm)) == []


def test_ofsted_is_told_of_what_the_dbs_is_told():
    found = told(removal=Removal.REMOVED, harm=frozenset({Harm.HARM_TEST}))

    assert found == [
        Duty(Body.OFSTED, (Because.REFERRED_TO_DBS,)),
        Duty(Body.DBS, (Because.REMOVED_AND_HARM,)),
    ]


@pytest.mark.parametrize("incident", Incident)
def test_ofsted_is_told_of_every_incident_of_regulation_40(incident):
    assert told(incident=frozenset({incident})) == [
        Duty(Body.OFSTED, (Because.INCIDENT,))
    ]


def test_ofsted_is_told_once_with_both_reasons():
    found = told(
        removal=Removal.REMOVED,
        harm=frozenset({Harm.RELEVANT_OFFENCE}),
        incident=frozenset({Incident.ABUSE}),
    )

    assert found[0] == Duty(Body.OFSTED, (Because.INCIDENT, Because.REFERRED_TO_DBS))


@pytest.mark.parametrize("allegation", Allegation)
def test_the_lado_is_told_of_an_allegation_of_any_kind(allegation):
    assert told(allegation=frozenset({allegation})) == [
        Duty(Body.LADO, (Because.ALLEGATION,))
    ]


def test_the_police_are_told_where_a_crime_may_have_been_committed():
    assert told(crime=True) == [Duty(Body.POLICE, (Because.CRIME,))]
    assert Body.POLICE not in bodies(allegation=frozenset(Allegation))


@pytest.mark.parametrize("removal", [Removal.REMOVED, Removal.WOULD_HAVE_BEEN])
def test_the_tra_is_told_of_a_teacher_who_is_removed(removal):
    assert told(removal=removal, teacher=True) == [
        Duty(Body.TRA, (Because.TEACHER_REMOVED,))
    ]


def test_the_tra_is_not_told_of_a_teacher_who_stays_nor_of_anybody_else():
    assert bodies(teacher=True) == []
    assert bodies(removal=Removal.REMOVED) == []


def test_the_most_pressing_comes_first():
    everything = bodies(
        removal=Removal.REMOVED,
        harm=frozenset(Harm),
        allegation=frozenset(Allegation),
        incident=frozenset(Incident),
        crime=True,
        teacher=True,
    )

    assert everything == [Body.POLICE, Body.LADO, Body.OFSTED, Body.DBS, Body.TRA]
