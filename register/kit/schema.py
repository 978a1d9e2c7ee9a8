"""Where the database stands beside the code's migrations, and bringing it there."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from register.kit.startup import CannotStart

OLDEST_SERVER = 180000
WHY_NOT = {
    "55P03": "The database is being migrated or is busy elsewhere: try again when that is over.",
    "42501": "The login of DATABASE_URL may not migrate: it has to own the database and make roles in it.",
}
"""By SQLSTATE: a lock that is not to be had, and a right that is not there."""


@dataclass(frozen=True)
class Schema:
    """The migrations in one folder, as they stand to one database."""

    scripts: Path
    url: str

    def upgrade(self) -> str:
        """Run what is missing; the revision that the database has afterwards."""
        self._require_known(self._revision())
        try:
            command.upgrade(self._config(), "head")
        except DBAPIError as error:
            if told := WHY_NOT.get(getattr(error.orig, "sqlstate", None) or ""):
                raise CannotStart(told) from error
            raise
        return self._head()

    def require_current(self) -> None:
        revision = self._revision()
        self._require_known(revision)
        if revision != self._head():
            raise CannotStart(
                f"The database is at {revision or 'no revision'}, this code needs {self._head()}: run `register migrate`."
            )

    def _require_known(self, revision: str | None) -> None:
        if revision is None:
            return
        if revision not in {
            script.revision for script in self._directory().walk_revisions()
        }:
            raise CannotStart(
                f"The database is newer than this code (its revision is {revision}): run the newer version."
            )

    def _revision(self) -> str | None:
        return asyncio.run(_revision_of(self.url))

    def _head(self) -> str:
        return self._directory().get_current_head() or ""

    def _directory(self) -> ScriptDirectory:
        return ScriptDirectory.from_config(self._config())

    def _config(self) -> Config:
        config = Config(attributes={"url": self.url})
        config.set_main_option("script_location", str(self.scripts).replace("%", "%%"))
        return config


async def _revision_of(url: str) -> str | None:
    try:
        connection = await asyncpg.connect(url, timeout=5)
    except (
        OSError,
        TimeoutError,
        ValueError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
    ) as error:
        raise CannotStart(
            f"The database {_place(url)} cannot be reached: {_reason(error)}."
        ) from error
    try:
        if connection.get_server_version()[0] < OLDEST_SERVER // 10000:
            raise CannotStart(
                f"The database {_place(url)} is older than PostgreSQL 18."
            )
        if await connection.fetchval("select to_regclass('alembic_version')") is None:
            return None
        revision: str | None = await connection.fetchval(
            "select version_num from alembic_version"
        )
        return revision
    finally:
        await connection.close()


def _place(url: str) -> str:
    """Where it is, without the name and the password that the URL may hold."""
    parts = urlsplit(url)
    return f"{parts.path.lstrip('/') or '(unnamed)'} at {parts.hostname or 'a local socket'}"


def _reason(error: Exception) -> str:
    """Only what is known to hold no password: asyncpg quotes a URL that it cannot read."""
    if isinstance(error, ValueError | asyncpg.InterfaceError):
        return "DATABASE_URL is not a postgresql:// address"
    return " ".join(str(error).split()) or type(error).__name__
