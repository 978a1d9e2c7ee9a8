"""For which organisation somebody acts: to everybody else its pages are not there."""

from register.kit.errors import NotFound
from register.organisation import OrganisationUser, user_of
from register.web.guards import FactorNotShown
from register.web.needs import Acting


async def acting(act: Acting) -> OrganisationUser:
    """With a second factor shown, as all who read of others must. Raises NotFound, then FactorNotShown."""
    user = await user_of(act.session, act.account)
    if user is None:
        raise NotFound
    if act.viewer.proved_at is None:
        raise FactorNotShown
    return user


async def acting_lead(act: Acting) -> OrganisationUser:
    """Raises NotFound for additional users too."""
    user = await acting(act)
    if not user.lead:
        raise NotFound
    return user
