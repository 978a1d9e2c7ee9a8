"""The coded reasons for which a section of an application is not met, or more is asked; their wording is in templates."""

from enum import StrEnum

from register.application.state import SectionName


class Reason(StrEnum):
    """One code serves the assessor's form, the request to the applicant, the letter and the refusal."""

    ROLE_NOT_IN_PART = "role_not_in_part"
    START_DATE_UNCLEAR = "start_date_unclear"
    HOME_NOT_CONFIRMED = "home_not_confirmed"

    IDENTITY_DOCUMENT_MISSING = "identity_document_missing"
    IDENTITY_DOCUMENT_UNREADABLE = "identity_document_unreadable"
    IDENTITY_DOCUMENT_EXPIRED = "identity_document_expired"
    NAME_DIFFERS = "name_differs"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    IDENTITY_NOT_SHOWN = "identity_not_shown"

    CONTACT_NOT_REACHED = "contact_not_reached"
    CONTACT_ADDRESS_INCOMPLETE = "contact_address_incomplete"

    ADDRESS_GAP = "address_gap"
    PREVIOUS_ADDRESS_INCOMPLETE = "previous_address_incomplete"

    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_UNREADABLE = "certificate_unreadable"
    AWARD_NOT_CONFIRMED = "award_not_confirmed"
    ENROLMENT_NOT_SHOWN = "enrolment_not_shown"
    QUALIFICATION_NOT_ACCEPTED = "qualification_not_accepted"

    PORTFOLIO_WORDS_UNCLEAR = "portfolio_words_unclear"
    PORTFOLIO_EVIDENCE_MISSING = "portfolio_evidence_missing"
    PORTFOLIO_EVIDENCE_UNREADABLE = "portfolio_evidence_unreadable"
    PORTFOLIO_NOT_OWN_WORK = "portfolio_not_own_work"

    EMPLOYMENT_GAP_UNEXPLAINED = "employment_gap_unexplained"
    REASON_FOR_LEAVING_MISSING = "reason_for_leaving_missing"
    EMPLOYMENT_DATES_DIFFER = "employment_dates_differ"
    EXPERIENCE_TOO_SHORT = "experience_too_short"

    LEARNING_DETAIL_MISSING = "learning_detail_missing"
    SKILLS_NOT_SHOWN = "skills_not_shown"

    GOOD_STANDING_MISSING = "good_standing_missing"
    REGISTRATION_UNDECLARED = "registration_undeclared"
    ACTION_BY_OTHER_REGULATOR = "action_by_other_regulator"

    DBS_CERTIFICATE_OLD = "dbs_certificate_old"
    DBS_NUMBER_DIFFERS = "dbs_number_differs"
    DBS_NOT_ENHANCED = "dbs_not_enhanced"
    DBS_WRONG_WORKFORCE = "dbs_wrong_workforce"
    BARRED_LIST_NOT_CHECKED = "barred_list_not_checked"

    OFFENCE_DETAIL_MISSING = "offence_detail_missing"
    COURT_DOCUMENT_MISSING = "court_document_missing"
    OFFENCE_UNDECLARED = "offence_undeclared"
    OFFENCE_NOT_COMPATIBLE = "offence_not_compatible"

    CONDUCT_DETAIL_MISSING = "conduct_detail_missing"
    CONDUCT_DOCUMENT_MISSING = "conduct_document_missing"
    CONDUCT_UNDECLARED = "conduct_undeclared"
    CONDUCT_NOT_COMPATIBLE = "conduct_not_compatible"
    INFORMATION_FALSE = "information_false"

    HEALTH_DETAIL_MISSING = "health_detail_missing"
    HEALTH_REPORT_MISSING = "health_report_missing"
    HEALTH_NOT_SAFE = "health_not_safe"

    ENGLISH_EVIDENCE_MISSING = "english_evidence_missing"
    ENGLISH_NOT_SHOWN = "english_not_shown"

    REFEREE_NOT_REACHED = "referee_not_reached"
    REFEREE_NOT_LATEST_EMPLOYER = "referee_not_latest_employer"
    REFEREE_NOT_CHILD_CARE = "referee_not_child_care"
    REFERENCE_MISSING = "reference_missing"
    REFERENCE_ADVERSE = "reference_adverse"

    ENDORSER_NOT_REACHED = "endorser_not_reached"
    ENDORSEMENT_MISSING = "endorsement_missing"
    ENDORSEMENT_DIFFERS = "endorsement_differs"

    STANDARDS_NOT_UNDERSTOOD = "standards_not_understood"


REASONS: dict[SectionName, tuple[Reason, ...]] = {
    SectionName.ELIGIBILITY: (
        Reason.ROLE_NOT_IN_PART,
        Reason.START_DATE_UNCLEAR,
        Reason.HOME_NOT_CONFIRMED,
    ),
    SectionName.IDENTITY: (
        Reason.IDENTITY_DOCUMENT_MISSING,
        Reason.IDENTITY_DOCUMENT_UNREADABLE,
        Reason.IDENTITY_DOCUMENT_EXPIRED,
        Reason.NAME_DIFFERS,
        Reason.BIRTH_DATE_DIFFERS,
        Reason.IDENTITY_NOT_SHOWN,
    ),
    SectionName.CONTACT: (
        Reason.CONTACT_NOT_REACHED,
        Reason.CONTACT_ADDRESS_INCOMPLETE,
    ),
    SectionName.ADDRESSES: (
        Reason.ADDRESS_GAP,
        Reason.PREVIOUS_ADDRESS_INCOMPLETE,
    ),
    SectionName.QUALIFICATIONS: (
        Reason.CERTIFICATE_MISSING,
        Reason.CERTIFICATE_UNREADABLE,
        Reason.AWARD_NOT_CONFIRMED,
        Reason.ENROLMENT_NOT_SHOWN,
        Reason.QUALIFICATION_NOT_ACCEPTED,
    ),
    SectionName.PORTFOLIO: (
        Reason.PORTFOLIO_WORDS_UNCLEAR,
        Reason.PORTFOLIO_EVIDENCE_MISSING,
        Reason.PORTFOLIO_EVIDENCE_UNREADABLE,
        Reason.PORTFOLIO_NOT_OWN_WORK,
    ),
    SectionName.EMPLOYMENT: (
        Reason.EMPLOYMENT_GAP_UNEXPLAINED,
        Reason.REASON_FOR_LEAVING_MISSING,
        Reason.EMPLOYMENT_DATES_DIFFER,
        Reason.EXPERIENCE_TOO_SHORT,
    ),
    SectionName.SKILLS: (
        Reason.LEARNING_DETAIL_MISSING,
        Reason.SKILLS_NOT_SHOWN,
    ),
    SectionName.REGISTRATIONS: (
        Reason.GOOD_STANDING_MISSING,
        Reason.REGISTRATION_UNDECLARED,
        Reason.ACTION_BY_OTHER_REGULATOR,
    ),
    SectionName.DBS: (
        Reason.DBS_CERTIFICATE_OLD,
        Reason.DBS_NUMBER_DIFFERS,
        Reason.DBS_NOT_ENHANCED,
        Reason.DBS_WRONG_WORKFORCE,
        Reason.BARRED_LIST_NOT_CHECKED,
    ),
    SectionName.CRIMINAL: (
        Reason.OFFENCE_DETAIL_MISSING,
        Reason.COURT_DOCUMENT_MISSING,
        Reason.OFFENCE_UNDECLARED,
        Reason.OFFENCE_NOT_COMPATIBLE,
    ),
    SectionName.CONDUCT: (
        Reason.CONDUCT_DETAIL_MISSING,
        Reason.CONDUCT_DOCUMENT_MISSING,
        Reason.CONDUCT_UNDECLARED,
        Reason.CONDUCT_NOT_COMPATIBLE,
        Reason.INFORMATION_FALSE,
    ),
    SectionName.HEALTH: (
        Reason.HEALTH_DETAIL_MISSING,
        Reason.HEALTH_REPORT_MISSING,
        Reason.HEALTH_NOT_SAFE,
    ),
    SectionName.ENGLISH: (
        Reason.ENGLISH_EVIDENCE_MISSING,
        Reason.ENGLISH_NOT_SHOWN,
    ),
    SectionName.REFERENCES: (
        Reason.REFEREE_NOT_REACHED,
        Reason.REFEREE_NOT_LATEST_EMPLOYER,
        Reason.REFEREE_NOT_CHILD_CARE,
        Reason.REFERENCE_MISSING,
        Reason.REFERENCE_ADVERSE,
    ),
    SectionName.ENDORSEMENT: (
        Reason.ENDORSER_NOT_REACHED,
        Reason.ENDORSEMENT_MISSING,
        Reason.ENDORSEMENT_DIFFERS,
    ),
    SectionName.STANDARDS: (Reason.STANDARDS_NOT_UNDERSTOOD,),
}
"""Which reasons a section may be asked about or found not met for, in the order of the form."""
