"""What a handler may ask for by name: the database, who looks, who acts and when, what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.di import NamedDependency, Provide
from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.account import Account, StaffRole
from register.kit.clock import Now
from register.kit.db import Sessions, provide_session
from register.kit.security import csrf, limits
from register.kit.security.input import FormData
from register.kit.security.sessions import (
    FOR_STAFF,
    FOR_THE_PUBLIC,
    Lifetime,
    WebSession,
)
from register.organisation import acts_for_one
from register.process import Process


@dataclass(frozen=True)
class Onlooker:
    """Who looks at a page: perhaps nobody that we know. Read anew for each request, so that changed rights hold at once."""

    account: Account | None = None
    roles: frozenset[StaffRole] = frozenset()
    proved_at: datetime | None = None
    """When a second factor was shown in this session."""
    employer: bool = False
    """Whether they act for a provider."""

    @property
    def signed_in(self) -> bool:
        return self.account is not None

    @property
    def staff(self) -> bool:
        return bool(self.roles)

    @property
    def account_id(self) -> UUID | None:
        return self.account.id if self.account else None

    @property
    def lifetime(self) -> Lifetime:
        return FOR_STAFF if self.staff else FOR_THE_PUBLIC

    def has(self, *roles: StaffRole) -> bool:
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class Acting:
    """Who acts, and the one moment of all that the act does."""

    session: AsyncSession
    viewer: Onlooker
    now: datetime

    @property
    def account(self) -> Account:
        """Handlers that ask for it are for the signed in only."""
        if self.viewer.account is None:
            raise TypeError(
                "Nobody is signed in: this page's access must not be PUBLIC"
            )
        return self.viewer.account

    def process(
        self,
        kind: StrEnum,
        *,
        reason: StrEnum | str | None = None,
        approver: Account | None = None,
    ) -> Process:
        """Begin the process that every change of this act is told in."""
        return Process.begin(
            self.session,
            kind,
            now=self.now,
            actor=self.viewer.account,
            approver=approver,
            reason=reason,
        )


Session = NamedDependency[AsyncSession]
"""`session`: the database, in the one transaction of the request."""
Database = NamedDependency[Sessions]
"""`database`: for the rare row that must be kept whatever becomes of its request."""
Viewer = NamedDependency[Onlooker]
"""`viewer`: who looks."""
Act = NamedDependency[Acting]
"""`act`: who acts, and when."""
Moment = NamedDependency[datetime]
"""`now`: the one moment of the request."""
Form = NamedDependency[FormData]
"""`form`: the fields that were sent."""
Visit = NamedDependency[WebSession]
"""`visit`: what is remembered of this browser between its requests."""
Limits = NamedDependency[limits.Limits]
"""`limits`: counts tries."""
Network = NamedDependency[str]
"""`network`: where the request came from, as limits count it."""


def dependencies(database: Sessions, now: Now) -> Mapping[str, Provide]:
    return {
        "session": Provide(provide_session(database)),
        "database": Provide(lambda: database, sync_to_thread=False),
        "viewer": Provide(_viewer, sync_to_thread=False),
        "act": Provide(_act, sync_to_thread=False),
        "now": Provide(now, sync_to_thread=False, use_cache=False),
        "form": Provide(_form, sync_to_thread=False),
        "visit": Provide(_visit, sync_to_thread=False),
        "limits": Provide(lambda: limits.Limits(database), sync_to_thread=False),
        "network": Provide(_network, sync_to_thread=False),
    }


@cache
def _speaker() -> Select[Account, bool]:
    """Made once: every request asks for it, in one go."""
    return (
        select(Account, acts_for_one(Account.id))
        .where(Account.may_be_used(), Account.id == bindparam("account_id"))
        .options(joinedload(Account.grants))
    )


async def load_viewer(session: AsyncSession, visit: WebSession) -> Onlooker | None:
    """Whom a session speaks for; nobody once the account is disabled."""
    found = await session.execute(_speaker(), {"account_id": visit.account_id})
    for account, employer in found.unique():
        return Onlooker(account, account.roles, visit.proved_at, employer=employer)
    return None


def of_request() -> dict[str, Any]:
    """What every template may ask about its request; also where the request met no session."""
    return {
        "csrf_token": lambda request: csrf.token_for(request.scope.get("web_session")),
        "get_flashes": lambda request: _flashes(request.scope.get("web_session")),
        "get_viewer": lambda request: request.scope.get("viewer"),
    }


def _act(session: Session, viewer: Viewer, now: Moment) -> Acting:
    return Acting(session, viewer, now)


def _flashes(visit: WebSession | None) -> list[str]:
    return visit.take_flashes() if visit else []


def _viewer(request: Request[Any, Any, Any]) -> Onlooker:
    viewer: Onlooker | None = request.scope.get("viewer")  # type: ignore[assignment]
    return viewer or Onlooker()


def _form(request: Request[Any, Any, Any]) -> FormData:
    form: FormData = request.scope["form"]  # type: ignore[typeddict-item]
    return form


def _visit(request: Request[Any, Any, Any]) -> WebSession:
    visit: WebSession = request.scope["web_session"]  # type: ignore[typeddict-item]
    return visit


def _network(request: Request[Any, Any, Any]) -> str:
    return limits.network(request.scope["client_address"])  # type: ignore[typeddict-item]
