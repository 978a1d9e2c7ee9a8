"""The database: the declarative base, columns that recur, and connections that act as one role."""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Enum,
    MetaData,
    Text,
    Uuid,
    any_,
    cast,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

Sessions = async_sessionmaker[AsyncSession]

MILLISECOND = timedelta(milliseconds=1)
PREPARED = 500
"""As many statements a connection keeps prepared: each that it does not know costs three round trips in place of one."""


class Role(StrEnum):
    """The no-login database roles that `migrate` makes; a process acts as one of them."""

    OWNER = "register_owner"
    APP = "register_app"
    SIGNER = "register_signer"
    ERASER = "register_eraser"


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pk",
            "fk": "%(table_name)s_%(column_0_name)s_fk",
            "ix": "%(table_name)s_%(column_0_N_name)s_ix",
            "uq": "%(table_name)s_%(column_0_N_name)s_uq",
            "ck": "%(table_name)s_%(constraint_name)s_ck",
        }
    )
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        str: Text,
        int: BigInteger,
        UUID: Uuid,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


def code(values: type[StrEnum], name: str = "code") -> Enum:
    """A column of lower-case codes, checked by the database too; a second one in a table needs a name of its own."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda e: [m.value for m in e],
        name=name,
    )


def connect(
    url: str,
    role: Role = Role.APP,
    *,
    idle: timedelta = timedelta(minutes=1),
    **options: Any,
) -> AsyncEngine:
    """An engine whose every connection acts as `role` and gives up rather than hangs.

    `idle` is how long a transaction may wait for something else than the database.
    """
    settings = {
        "role": str(role),
        "application_name": f"register {role}",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": str(idle // MILLISECOND),
    }
    return engine_of(
        url,
        timeout=3,
        command_timeout=30,
        server_settings=settings,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=5,
        **options,
    )


def engine_of(
    url: str,
    *,
    server_settings: dict[str, str],
    timeout: float = 60,
    command_timeout: float | None = None,
    **options: Any,
) -> AsyncEngine:
    """The driver reads the URL itself, here as everywhere: SQLAlchemy reads `sslmode` and its like in another way."""
    connecting = partial(
        asyncpg.connect,
        url,
        timeout=timeout,
        command_timeout=command_timeout,
        server_settings=server_settings,
    )

    def connection() -> Any:
        adapted: Any = engine.dialect.dbapi
        return adapted.connect(
            async_creator_fn=connecting, prepared_statement_cache_size=PREPARED
        )

    engine = create_async_engine("postgresql+asyncpg://", creator=connection, **options)
    return engine


@asynccontextmanager
async def acting_as(session: AsyncSession, role: Role) -> AsyncGenerator[None, None]:
    """For a part of the transaction; what fails within ends the transaction, and the role with it."""
    before = await session.scalar(select(func.current_user()))
    await session.execute(text(f"set local role {role}"))
    yield
    await session.execute(text(f"set local role {before}"))


def rows_of(
    **columns: tuple[type[TypeEngine[Any]], Sequence[Any]],
) -> TableValuedAlias:
    """What each of many has of its own, as a table: one statement writes them, as long however many they are."""
    arrays = (cast(list(values), ARRAY(kind)) for kind, values in columns.values())
    return func.unnest(*arrays).table_valued(*columns).render_derived()


def among(
    column: ColumnElement[UUID] | InstrumentedAttribute[UUID], ids: Collection[UUID]
) -> ColumnElement[bool]:
    """Whether it is one of those: one array, where `in_` makes a parameter of each of thousands."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


def sessions_of(engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(engine, expire_on_commit=False)


def provide_session(
    sessions: Sessions,
) -> Callable[[], AsyncGenerator[AsyncSession, None]]:
    """The unit of work of a request: committed once the page is rendered, rolled back by whatever is raised."""

    async def session() -> AsyncGenerator[AsyncSession, None]:
        async with sessions.begin() as session:
            yield session

    return session
