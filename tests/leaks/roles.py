"""Who comes to the service, and the groups in which domain.md 11 lets them in."""

from enum import StrEnum

from register.account import StaffRole


class Role(StrEnum):
    ANONYMOUS = "anonymous"
    APPLICANT = "applicant"
    """Whose application it is."""
    OTHER_APPLICANT = "other_applicant"
    REGISTRANT = "registrant"
    """Whose entry, certificate and invoice it is."""
    CASEWORKER = "caseworker"
    """To whom the application is assigned."""
    OTHER_CASEWORKER = "other_caseworker"
    TEAM_MANAGER = "team_manager"
    REGISTRAR = "registrar"
    FINANCE_OFFICER = "finance_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"
    EMPLOYER_LEAD = "employer_lead"
    """A lead user of the provider for whom the registrant works."""
    EMPLOYER_USER = "employer_user"
    """An additional user of the same."""
    OTHER_EMPLOYER = "other_employer"
    """A lead user of another provider."""
    ADJUDICATOR = "adjudicator"
    INVESTIGATOR = "investigator"
    """Whose case it is."""
    OTHER_INVESTIGATOR = "other_investigator"
    CASE_EXAMINER = "case_examiner"
    HEARINGS_OFFICER = "hearings_officer"
    LEGAL_ADVISER = "legal_adviser"
    INTERESTED = "interested"
    """Staff with every role of casework and investigation, but application, person, case and proposal are about themselves."""


STAFF_ROLES: dict[Role, tuple[StaffRole, ...]] = {
    Role.CASEWORKER: (StaffRole.CASEWORKER,),
    Role.OTHER_CASEWORKER: (StaffRole.CASEWORKER,),
    Role.TEAM_MANAGER: (StaffRole.TEAM_MANAGER,),
    Role.REGISTRAR: (StaffRole.REGISTRAR,),
    Role.FINANCE_OFFICER: (StaffRole.FINANCE_OFFICER,),
    Role.AUDITOR: (StaffRole.AUDITOR,),
    Role.ADMIN: (StaffRole.ADMIN,),
    Role.ADJUDICATOR: (StaffRole.ADJUDICATOR,),
    Role.INVESTIGATOR: (StaffRole.INVESTIGATOR,),
    Role.OTHER_INVESTIGATOR: (StaffRole.INVESTIGATOR,),
    Role.CASE_EXAMINER: (StaffRole.CASE_EXAMINER,),
    Role.HEARINGS_OFFICER: (StaffRole.HEARINGS_OFFICER,),
    Role.LEGAL_ADVISER: (StaffRole.LEGAL_ADVISER,),
    Role.INTERESTED: (
        StaffRole.CASEWORKER,
        StaffRole.TEAM_MANAGER,
        StaffRole.REGISTRAR,
        StaffRole.INVESTIGATOR,
    ),
}

EVERYBODY = frozenset(Role)
SIGNED_IN = EVERYBODY - {Role.ANONYMOUS}
CASEWORKERS = frozenset({Role.CASEWORKER, Role.OTHER_CASEWORKER, Role.INTERESTED})
OFFICERS = CASEWORKERS | {Role.TEAM_MANAGER, Role.REGISTRAR}
READERS = OFFICERS | {Role.AUDITOR}
READERS_OF_RESTRICTED = READERS - {Role.OTHER_CASEWORKER}
"""Health and criminal records: whose application it is to assess, and those who answer for all of them."""
READERS_OF_APPEALS = frozenset(
    {
        Role.TEAM_MANAGER,
        Role.REGISTRAR,
        Role.AUDITOR,
        Role.ADJUDICATOR,
        Role.INTERESTED,
    }
)
READERS_OF_CASES = frozenset(
    {Role.INVESTIGATOR, Role.TEAM_MANAGER, Role.REGISTRAR, Role.AUDITOR}
)
"""Of fitness to practise, as far as one is theirs to know of."""
READERS_OF_THE_WATCH_LIST = frozenset(
    {Role.TEAM_MANAGER, Role.REGISTRAR, Role.AUDITOR, Role.INTERESTED}
)
OWN_EMPLOYERS = frozenset({Role.EMPLOYER_LEAD, Role.EMPLOYER_USER})
EMPLOYERS = OWN_EMPLOYERS | {Role.OTHER_EMPLOYER}
LEADS = EMPLOYERS - {Role.EMPLOYER_USER}
TREASURY = frozenset({Role.FINANCE_OFFICER, Role.AUDITOR})
