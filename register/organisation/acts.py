"""What is done to organisations and by their users, and the lines of history that it leaves."""

from enum import StrEnum


class OrganisationAct(StrEnum):
    PROPOSE = "organisation:propose"
    RETURN = "organisation:return"
    OPEN = "organisation:open"
    END = "organisation:end"
    INVITE = "organisation:invite"
    TAKE_BACK = "organisation:take_back_invitation"
    JOIN = "organisation:join"
    END_USER = "organisation:end_user"
    PASS_LEAD = "organisation:pass_lead"  # noqa: S105 - an act
    TELL_OF_POST = "organisation:tell_of_post"


class OrganisationEvent(StrEnum):
    OPENED = "organisation:opened"
    RETURNED = "organisation:returned"
    ENDED = "organisation:ended"
    INVITED = "organisation:user_invited"
    TAKEN_BACK = "organisation:invitation_taken_back"
    JOINED = "organisation:user_joined"
    USER_ENDED = "organisation:user_ended"
    LEAD_PASSED = "organisation:lead_passed"


class PostEvent(StrEnum):
    CONFIRMED = "post:confirmed"
    DENIED = "post:denied"
