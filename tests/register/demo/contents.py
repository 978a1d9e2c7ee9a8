"""All that a database holds, without what is drawn anew each time: ids, salts and nonces."""

import re

from sqlalchemy import select, text

from register.application import ApplicationSection, SentSection
from register.application.endorsement import Endorsement
from register.application.references import Reference
from register.kit.db import Base, connect, sessions_of

ID = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/references/)[\w-]+|(?<=/endorsements/)[\w-]+|(?<=/join/)[\w-]+"
)
"""Or the link in which one is signed."""
DRAWN_ANEW = ("sealed", "totp_sealed", "password_hash")


async def contents(url):
    """The rows of each table, and the answers that are sealed in three of them."""
    engine = connect(url)
    async with sessions_of(engine)() as session:
        rows = {
            table.name: await _rows(session, table.name)
            for table in Base.metadata.sorted_tables
        }
        for kind in (ApplicationSection, SentSection):
            found = await session.scalars(select(kind))
            rows[f"{kind.__tablename__} opened"] = sorted(
                ID.sub("id", repr(row.answers)) for row in found
            )
        for kind in (Reference, Endorsement):
            found = await session.scalars(select(kind))
            rows[f"{kind.__tablename__} opened"] = sorted(
                repr(row.said) for row in found
            )
    await engine.dispose()
    return rows


async def _rows(session, table):
    without = " - ".join(f"'{column}'" for column in DRAWN_ANEW)
    found = await session.scalars(
        text(f"select (to_jsonb(t) - {without})::text from {table} t")  # noqa: S608 - our own tables
    )
    return sorted(ID.sub("id", row) for row in found)
