"""Organisations: a provider's way in, who acts for it, and what it may know of its own staff."""

from register.organisation.acts import OrganisationAct, OrganisationEvent
from register.organisation.invitation import (
    AlreadyActing,
    Asked,
    InvitationClosed,
    UserInvitation,
    end_organisation,
    invitation_by,
    invitations_of,
    invite_lead,
    token_of,
)
from register.organisation.organisation import (
    AlreadyOpened,
    NotOpen,
    Organisation,
    OrganisationState,
    StaffOfRegulator,
)
from register.organisation.post_told import (
    PostTold,
    Told,
    posts_held,
    posts_to_confirm,
    said_of,
    tell_of_post,
)
from register.organisation.reading import (
    OrganisationPage,
    open_organisation_of_home,
    organisation_for,
    organisations,
)
from register.organisation.roster import Roster, Sought, Worker, homes_of, roster
from register.organisation.user import (
    LastLead,
    OrganisationUser,
    acts_for_one,
    leads_of,
    user_of,
    users_of,
)

__all__ = [
    "AlreadyActing",
    "AlreadyOpened",
    "Asked",
    "InvitationClosed",
    "LastLead",
    "NotOpen",
    "Organisation",
    "OrganisationAct",
    "OrganisationEvent",
    "OrganisationPage",
    "OrganisationState",
    "OrganisationUser",
    "PostTold",
    "Roster",
    "Sought",
    "StaffOfRegulator",
    "Told",
    "UserInvitation",
    "Worker",
    "acts_for_one",
    "end_organisation",
    "homes_of",
    "invitation_by",
    "invitations_of",
    "invite_lead",
    "leads_of",
    "open_organisation_of_home",
    "organisation_for",
    "organisations",
    "posts_held",
    "posts_to_confirm",
    "roster",
    "said_of",
    "tell_of_post",
    "token_of",
    "user_of",
    "users_of",
]
