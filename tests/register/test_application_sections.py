from datetime import date, timedelta
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.application import ApplicationKind, EvidenceKind, Progress, SectionName
from register.application.answers import (
    Addresses,
    Body,
    Conduct,
    Criminal,
    Eligibility,
    EmploymentHistory,
    English,
    EnglishShownBy,
    Gap,
    Knows,
    ManagingAs,
    OtherRegistration,
    OtherRegistrations,
    Proof,
    Qualifications,
    References,
    StandardsDeclared,
)
from register.application.contradictions import contradictions
from register.application.faults import questions
from register.application.formats import unlike
from tests.applications import (
    TODAY,
    make_address,
    make_declaration,
    make_evidence,
    make_filled,
    make_form,
    make_health,
    make_identity,
    make_post,
    make_qualification,
    make_referee,
)

DAY = timedelta(days=1)
IDENTITY_KINDS = (
    EvidenceKind.PASSPORT,
    EvidenceKind.UTILITY_BILL,
    EvidenceKind.PHOTOGRAPH,
)


def sentences(section, **given):
    return [fault.sentence for fault in make_filled(**given).problems(section)]


def test_a_complete_application_lacks_nothing():
    filled = make_filled()

    assert filled.unfinished() == []
    assert all(
        filled.progress(name) is Progress.COMPLETED
        for name in ApplicationKind.FIRST.sections
    )


@pytest.mark.parametrize("name", ApplicationKind.FIRST.sections)
def test_a_section_that_nobody_has_saved_is_not_started(name):
    filled = make_filled(**{name.value: None})

    assert filled.progress(name) is Progress.NOT_STARTED
    assert filled.unfinished() == [name]


def test_a_section_with_something_missing_is_in_progress():
    filled = make_filled(addresses=Addresses())

    assert filled.progress(SectionName.ADDRESSES) is Progress.IN_PROGRESS


# Identity


def test_somebody_may_apply_on_their_eighteenth_birthday():
    identity = make_identity(birth_date=date(2009, 3, 10))

    assert sentences(SectionName.IDENTITY, identity=identity) == []


def test_nobody_may_apply_the_day_before_they_are_eighteen():
    identity = make_identity(birth_date=date(2009, 3, 11))

    said = sentences(SectionName.IDENTITY, identity=identity)

    assert said == ["You must be 18 or older to apply"]


def test_somebody_born_on_29_february_is_eighteen_on_the_28th():
    identity = make_identity(birth_date=date(2008, 2, 29))

    said = sentences(SectionName.IDENTITY, identity=identity, on=date(2026, 2, 28))

    assert said == []


def test_a_birth_date_to_come_is_told():
    identity = make_identity(birth_date=TODAY + DAY)

    said = sentences(SectionName.IDENTITY, identity=identity)

    assert said == ["Date of birth must be in the past"]


@pytest.mark.parametrize(
    ("missing", "words"), [(0, "2 different documents"), (2, "photograph of yourself")]
)
def test_identity_needs_two_documents_and_a_photograph(missing, words):
    kinds = [kind for at, kind in enumerate(IDENTITY_KINDS) if at != missing]

    said = sentences(
        SectionName.IDENTITY, evidence=[make_evidence(kind) for kind in kinds]
    )

    assert any(words in sentence for sentence in said)


def test_one_document_sent_twice_is_one_document():
    kinds = (
        EvidenceKind.PASSPORT,
        EvidenceKind.PASSPORT,
        EvidenceKind.PHOTOGRAPH,
    )

    said = sentences(
        SectionName.IDENTITY, evidence=[make_evidence(kind) for kind in kinds]
    )

    assert said == ["Upload 2 different documents that show who you are"]


def test_one_of_the_documents_has_a_photograph():
    kinds = (
        EvidenceKind.BIRTH_CERTIFICATE,
        EvidenceKind.UTILITY_BILL,
        EvidenceKind.PHOTOGRAPH,
    )

    said = sentences(
        SectionName.IDENTITY, evidence=[make_evidence(kind) for kind in kinds]
    )

    assert said == [
        "Upload a document with your photograph, such as a passport or driving licence"
    ]


# Eligibility


def test_a_role_may_begin_within_a_year():
    for days, wrong in ((366, 0), (367, 1)):
        eligibility = Eligibility(
            in_role=True,
            managing_as=ManagingAs.APPOINTED,
            started_on=TODAY + timedelta(days=days),
            registered_before=False,
            regulated_elsewhere=False,
        )

        assert len(sentences(SectionName.ELIGIBILITY, eligibility=eligibility)) == wrong


def test_who_does_not_manage_is_asked_for_no_role():
    eligibility = Eligibility(
        in_role=False, registered_before=False, regulated_elsewhere=False
    )

    assert sentences(SectionName.ELIGIBILITY, eligibility=eligibility) == []


# Addresses


def test_five_years_of_addresses_are_enough_to_the_day():
    since = date(2022, 3, 10)

    assert (
        sentences(
            SectionName.ADDRESSES,
            addresses=Addresses(items=[make_address(since=since)]),
        )
        == []
    )


def test_a_missing_first_day_is_named():
    addresses = Addresses(items=[make_address(since=date(2022, 3, 11))])

    said = sentences(SectionName.ADDRESSES, addresses=addresses)

    assert said == ["Add where you lived from 10 March 2022: there is a gap"]


def test_a_gap_between_addresses_is_named():
    addresses = Addresses(
        items=[
            make_address(until=date(2024, 5, 3)),
            make_address(since=date(2024, 5, 7)),
        ]
    )

    said = sentences(SectionName.ADDRESSES, addresses=addresses)

    assert said == ["Add where you lived from 4 May 2024 to 6 May 2024: there is a gap"]


def test_days_are_neither_before_birth_nor_to_come_nor_out_of_order():
    born = make_identity().birth_date
    cases = (
        (make_address(since=born), ""),
        (make_address(since=born - DAY), "on or after your date of birth"),
        (make_address(until=TODAY), ""),
        (make_address(until=TODAY + DAY), "today or in the past"),
        (make_address(since=TODAY, until=TODAY), ""),
        (
            make_address(since=TODAY, until=TODAY - DAY),
            "must be on or after 10 March 2027, the day you moved in",
        ),
    )
    for address, words in cases:
        filled = make_filled(addresses=Addresses(items=[make_address(), address]))
        found = [
            f.sentence
            for f in filled.problems(SectionName.ADDRESSES)
            if f.field == str(address.id)
        ]
        assert bool(found) == bool(words), address
        assert not words or words in found[0]


# Qualifications


def test_an_award_needs_its_certificate_or_leave_to_ask_the_body():
    held = make_qualification(proof=Proof.CERTIFICATE)
    scan = make_evidence(
        EvidenceKind.CERTIFICATE, section=SectionName.QUALIFICATIONS, item_id=held.id
    )
    qualifications = Qualifications(items=[held])

    without = sentences(SectionName.QUALIFICATIONS, qualifications=qualifications)
    with_scan = sentences(
        SectionName.QUALIFICATIONS, qualifications=qualifications, evidence=[scan]
    )

    assert without == [f"Upload the certificate for {held.title}"]
    assert with_scan == []


def test_the_certificate_of_another_qualification_does_not_count():
    held = make_qualification(proof=Proof.CERTIFICATE)
    scan = make_evidence(
        EvidenceKind.CERTIFICATE, section=SectionName.QUALIFICATIONS, item_id=uuid4()
    )

    said = sentences(
        SectionName.QUALIFICATIONS,
        qualifications=Qualifications(items=[held]),
        evidence=[scan],
    )

    assert len(said) == 1


def test_having_none_and_having_one_exclude_each_other():
    assert (
        sentences(SectionName.QUALIFICATIONS, qualifications=Qualifications(none=True))
        == []
    )
    assert sentences(SectionName.QUALIFICATIONS, qualifications=Qualifications()) != []
    both = Qualifications(none=True, items=[make_qualification()])
    assert sentences(SectionName.QUALIFICATIONS, qualifications=both) != []


def test_who_is_enrolled_says_since_when_and_until_when():
    enrolled = make_qualification(
        awarded=False,
        awarded_on=None,
        enrolled_on=date(2026, 9, 1),
        expected_on=date(2028, 6, 30),
    )
    backwards = make_qualification(
        awarded=False, enrolled_on=date(2026, 9, 1), expected_on=date(2026, 9, 1)
    )

    assert (
        sentences(
            SectionName.QUALIFICATIONS, qualifications=Qualifications(items=[enrolled])
        )
        == []
    )
    assert (
        sentences(
            SectionName.QUALIFICATIONS, qualifications=Qualifications(items=[backwards])
        )
        != []
    )


@pytest.mark.parametrize(("ahead", "wrong"), [(0 * DAY, 0), (-DAY, 1)])
def test_somebody_who_is_enrolled_expects_to_finish_today_or_later(ahead, wrong):
    enrolled = make_qualification(
        awarded=False,
        awarded_on=None,
        enrolled_on=date(2024, 9, 1),
        expected_on=TODAY + ahead,
    )

    said = sentences(
        SectionName.QUALIFICATIONS, qualifications=Qualifications(items=[enrolled])
    )

    assert len(said) == wrong


# Employment


def worked(*posts, gaps=()):
    return EmploymentHistory(
        left_education_on=date(2006, 6, 30), items=list(posts), gaps=list(gaps)
    )


def test_a_gap_of_28_days_in_employment_needs_no_words():
    until = date(2020, 1, 1)
    history = worked(
        make_post(until=until, reason_for_leaving="Moved"),
        make_post(since=until + timedelta(days=29)),
    )

    assert sentences(SectionName.EMPLOYMENT, employment=history) == []


def test_a_gap_of_29_days_is_asked_about_until_it_is_explained():
    until = date(2020, 1, 1)
    posts = (
        make_post(until=until, reason_for_leaving="Moved"),
        make_post(since=until + timedelta(days=30)),
    )
    said = Gap(
        since=until + DAY, until=until + timedelta(days=29), explanation="Travelling"
    )

    assert sentences(SectionName.EMPLOYMENT, employment=worked(*posts)) == [
        "Explain what you did from 2 January 2020 to 30 January 2020"
    ]
    assert (
        sentences(SectionName.EMPLOYMENT, employment=worked(*posts, gaps=[said])) == []
    )


def test_an_explanation_does_not_cover_a_gap_that_has_grown():
    until = date(2020, 1, 1)
    said = Gap(
        since=until + DAY, until=until + timedelta(days=29), explanation="Travelling"
    )
    posts = (
        make_post(until=until - DAY, reason_for_leaving="Moved"),
        make_post(since=until + timedelta(days=30)),
    )

    assert (
        len(sentences(SectionName.EMPLOYMENT, employment=worked(*posts, gaps=[said])))
        == 1
    )


def test_a_gap_that_lasts_stays_explained_on_later_days():
    left = date(2027, 1, 1)
    said = Gap(since=left + DAY, until=None, explanation="Looking for a post")
    history = worked(
        make_post(until=left, reason_for_leaving="Home closed"), gaps=[said]
    )
    told = {
        "employment": history,
        "eligibility": msgspec.structs.replace(make_form().eligibility, in_role=False),
    }

    assert sentences(SectionName.EMPLOYMENT, **told) == []
    assert sentences(SectionName.EMPLOYMENT, **told, on=TODAY + 9 * DAY) == []


def test_who_left_a_post_says_why():
    history = worked(make_post(until=TODAY))

    assert sentences(SectionName.EMPLOYMENT, employment=history) == [
        "Enter why you left"
    ]


# Other registers


def test_saying_no_and_listing_one_exclude_each_other():
    listed = OtherRegistration(body=Body.SWE, number="SW1", current=True)

    for registered, items, right in (
        (False, [], True),
        (True, [listed], True),
        (True, [], False),
        (False, [listed], False),
    ):
        answers = OtherRegistrations(
            registered=registered, acted_against=False, items=items
        )
        assert (
            sentences(SectionName.REGISTRATIONS, registrations=answers) == []
        ) is right


def test_what_was_said_of_other_registers_under_eligibility_must_agree():
    eligibility = Eligibility(
        in_role=False, registered_before=False, regulated_elsewhere=True
    )

    said = sentences(SectionName.REGISTRATIONS, eligibility=eligibility)

    assert len(said) == 1
    assert "Eligibility" in said[0]


@pytest.mark.parametrize(
    ("body", "number"),
    [
        (Body.SWE, "sw 12345"),
        (Body.HCPC, "PH123456"),
        (Body.HCPC, "PYL123456"),
        (Body.NMC, "99A9999A"),
        (Body.GMC, "1234567"),
        (Body.SCW, "W/1234"),
        (Body.SSSC, "1234567"),
        (Body.OFSTED, "anything"),
    ],
)
def test_numbers_that_look_as_the_body_writes_them(body, number):
    assert unlike(body, number) is None


@pytest.mark.parametrize(
    ("body", "number"),
    [
        (Body.SWE, "12345"),
        (Body.HCPC, "PH1234567"),
        (Body.NMC, "99A9999"),
        (Body.TRA, "123456"),
    ],
)
def test_other_numbers_bring_a_warning_that_says_how_they_usually_look(body, number):
    assert unlike(body, number)


# DBS and declarations


@pytest.mark.parametrize(
    "number", ["00123456789", "0012345678901", "00123456789A", "٠٠١٢٣٤٥٦٧٨٩٠"]
)
def test_a_dbs_certificate_number_has_twelve_digits(number):
    dbs = make_form().dbs
    dbs.certificate_number = number

    assert sentences(SectionName.DBS, dbs=dbs) == [
        "DBS certificate number must be 12 numbers"
    ]


def test_a_dbs_certificate_is_issued_today_or_before():
    dbs = make_form().dbs
    for day, wrong in ((TODAY, 0), (TODAY + DAY, 1)):
        dbs.issued_on = day

        assert len(sentences(SectionName.DBS, dbs=dbs)) == wrong


@pytest.mark.parametrize("declaration", [Criminal, Conduct])
def test_each_yes_of_a_declaration_needs_its_words(declaration):
    section = SectionName(declaration.__name__.lower())
    acted = OtherRegistrations(
        registered=False, acted_against=True, acted_against_details="In 2011 …"
    )
    for question in questions(declaration):
        bare = make_declaration(declaration, **{question: True})
        told = make_declaration(
            declaration, **{question: True, f"{question}_details": "In 2011 …"}
        )

        assert len(sentences(section, **{section: bare}, registrations=acted)) == 1
        assert sentences(section, **{section: told}, registrations=acted) == []


def test_a_health_condition_that_matters_is_described():
    assert (
        sentences(SectionName.HEALTH, health=make_health(affects_practice=True)) != []
    )
    assert (
        sentences(
            SectionName.HEALTH, health=make_health(affects_practice=True, details="…")
        )
        == []
    )


def test_english_shown_by_a_test_needs_the_result():
    tested = English(shown_by=EnglishShownBy.TEST, details="IELTS 7.5")
    result = make_evidence(EvidenceKind.ENGLISH_TEST, section=SectionName.ENGLISH)

    assert sentences(SectionName.ENGLISH, english=tested) == [
        "Upload what shows your English"
    ]
    assert sentences(SectionName.ENGLISH, english=tested, evidence=[result]) == []


# References and standards


def test_two_referees_from_two_places():
    for kinds, right in (
        ((Knows.LATEST_EMPLOYER, Knows.CHILD_CARE), True),
        ((Knows.LATEST_EMPLOYER,), False),
        ((Knows.CHILD_CARE,), False),
        ((Knows.LATEST_EMPLOYER, Knows.CHILD_CARE, Knows.CHILD_CARE), False),
    ):
        referees = [
            make_referee(knows_from=kind, email=f"{n}@example.org")
            for n, kind in enumerate(kinds)
        ]

        said = sentences(SectionName.REFERENCES, references=References(items=referees))

        assert (said == []) is right, kinds


def test_nobody_is_their_own_referee():
    own = make_referee(email="ZOE@example.org")
    other = make_referee(knows_from=Knows.CHILD_CARE)

    said = sentences(SectionName.REFERENCES, references=References(items=[own, other]))

    assert said == ["A referee’s email address must not be your own"]


def test_two_referees_do_not_share_an_address():
    one = make_referee(email="Home@example.org")
    other = make_referee(knows_from=Knows.CHILD_CARE, email="home@example.org")

    said = sentences(SectionName.REFERENCES, references=References(items=[one, other]))

    assert set(said) == {"Your referees must have different email addresses"}


def test_standards_that_have_changed_are_declared_again():
    old = StandardsDeclared(version="0", declared_at=make_form().standards.declared_at)

    assert len(sentences(SectionName.STANDARDS, standards=old)) == 1


@pytest.mark.parametrize(
    ("section", "declared"),
    [
        (SectionName.CRIMINAL, make_declaration(Criminal, version="0")),
        (SectionName.CONDUCT, make_declaration(Conduct, version="0")),
        (SectionName.HEALTH, make_health(version="0")),
    ],
)
def test_what_was_declared_under_other_questions_is_declared_again(section, declared):
    assert sentences(section, **{section: declared}) == [
        "The declaration has changed since: answer its questions again"
    ]


# Answers that exclude each other


@st.composite
def forms_in_pairs(draw):
    """A form, and whether any two of its answers exclude each other."""
    yes = {name: draw(st.booleans()) for name in ("elsewhere", "registered", "acted")}
    yes |= {name: draw(st.booleans()) for name in ("ofsted", "prohibited")}
    started = TODAY + timedelta(days=draw(st.integers(-2, 2)))
    left = draw(st.none() | st.integers(-2, 2))
    until = None if left is None else TODAY + timedelta(days=left)
    form = make_form(
        eligibility=msgspec.structs.replace(
            make_form().eligibility,
            started_on=started,
            regulated_elsewhere=yes["elsewhere"],
        ),
        registrations=OtherRegistrations(
            registered=yes["registered"], acted_against=yes["acted"]
        ),
        conduct=make_declaration(
            Conduct, ofsted=yes["ofsted"], prohibited=yes["prohibited"]
        ),
        employment=EmploymentHistory(items=[make_post(until=until)]),
    )
    excluded = (
        (yes["elsewhere"] and not yes["registered"])
        + ((yes["ofsted"] + yes["prohibited"]) * (not yes["acted"]))
        + (started <= TODAY and until is not None and until < TODAY)
    )
    return form, excluded


@given(forms_in_pairs())
def test_answers_that_exclude_each_other_are_told_on_both_sides(drawn):
    form, excluded = drawn

    told = {name: list(contradictions(form, name, on=TODAY)) for name in SectionName}

    assert sum(map(len, told.values())) == 2 * excluded
    assert len(told[SectionName.ELIGIBILITY]) == len(told[SectionName.EMPLOYMENT]) + (
        form.eligibility.regulated_elsewhere and not form.registrations.registered
    )


def test_a_contradiction_names_the_other_section_and_both_answers():
    form = make_form(conduct=make_declaration(Conduct, ofsted=True, ofsted_details="…"))

    (here,) = contradictions(form, SectionName.CONDUCT, on=TODAY)

    assert here.field == "ofsted"
    assert here.sentence == (
        "You said here that Ofsted has refused or cancelled a registration of yours, but in “Other registrations”"
        " that no register or regulator has ever acted against you: change one of the two answers"
    )
    assert make_filled(conduct=form.conduct).progress(SectionName.REGISTRATIONS) is (
        Progress.IN_PROGRESS
    )
