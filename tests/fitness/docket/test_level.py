"""Who may have a document: by its level, and by why the registrant must not see what it is made from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.docket.level import Audience, Level, least, may_have, may_stand_at
from fitness.investigation.evidence import Kept

PANEL, REGISTRANT, EXAMINERS = Audience
ALL, WHO_DECIDES, NOBODY = {*Audience}, {PANEL, EXAMINERS}, set()
TABLE = [
    (Level.OPEN, ALL),
    (Level.DECIDERS, WHO_DECIDES),
    (Level.INTERIM_NOTES, NOBODY),
    (Level.REFERRER, NOBODY),
    (Level.LEGAL_ADVICE, NOBODY),
    (Level.STAFF, NOBODY),
]
OF_EVIDENCE = [
    (None, ALL),
    (Kept.HEALTH, WHO_DECIDES),
    (Kept.THIRD_PARTY, WHO_DECIDES),
    (Kept.CHILD, WHO_DECIDES),
    (Kept.POLICE, WHO_DECIDES),
    (Kept.REFERRER, NOBODY),
    (Kept.LEGAL_ADVICE, NOBODY),
    (Kept.NOT_RELEVANT, NOBODY),
]
levels, reasons = st.sampled_from(Level), st.none() | st.sampled_from(Kept)


def who_have(level, kept=None):
    return {one for one in Audience if may_have(one, level, kept)}


def test_the_tables_name_every_level_and_every_reason():
    assert [level for level, _ in TABLE] == list(Level)
    assert {kept for kept, _ in OF_EVIDENCE} == {None, *Kept}


@pytest.mark.parametrize(("level", "readers"), TABLE)
def test_a_level_says_who_may_have_a_document(level, readers):
    assert who_have(level) == readers


@pytest.mark.parametrize(("kept", "readers"), OF_EVIDENCE)
def test_evidence_goes_no_further_than_it_may_at_the_most_open_level(kept, readers):
    assert who_have(Level.OPEN, kept) == readers
    assert who_have(least(kept)) == readers


@given(level=levels, kept=reasons)
def test_both_must_allow_it(level, kept):
    assert who_have(level, kept) == who_have(level) & who_have(least(kept))


@given(level=levels, kept=reasons)
def test_a_document_stands_at_no_level_that_its_evidence_forbids(level, kept):
    assert may_stand_at(level, kept) == (who_have(level) <= who_have(least(kept)))


@given(level=levels, kept=st.sampled_from(Kept))
def test_what_is_kept_from_the_registrant_never_goes_to_them(level, kept):
    assert not may_have(REGISTRANT, level, kept)
