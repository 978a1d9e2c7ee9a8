"""Who of the staff may call the pages of applications, proposals and persons (domain.md 11)."""

from register.account import StaffRole
from register.web.guards import roles

CASEWORKERS = roles(StaffRole.CASEWORKER)
"""Assess what is assigned to them."""

GIVERS = roles(StaffRole.CASEWORKER, StaffRole.TEAM_MANAGER)
"""Take an application, or give it to somebody."""

MANAGERS = roles(StaffRole.TEAM_MANAGER)
"""Give many applications at once."""

OFFICERS = roles(StaffRole.CASEWORKER, StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)
"""Write notes."""

APPROVERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)
"""Decide what somebody else proposed; which kinds, the proposal says."""

CORRECTORS = roles(StaffRole.REGISTRAR)
"""Decide on corrections of the register."""

READERS = roles(
    StaffRole.CASEWORKER,
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
    StaffRole.AUDITOR,
)
"""Read. Finance and administration have no business here."""

STATISTICIANS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR)
"""Read how the work goes, and who reads much of what is restricted."""

WATCHERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)
"""Keep the watch list."""

WATCH_READERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR)
"""Read the watch list, each time written down."""
