"""Whether this process lives, and whether it can serve."""

from litestar import get
from sqlalchemy import text

from register.web.guards import PUBLIC
from register.web.needs import Session


@get("/health/live", access=PUBLIC, csrf="exempt", sync_to_thread=False)
def live() -> dict[str, str]:
    return {"status": "live"}


@get("/health/ready", access=PUBLIC, csrf="exempt")
async def ready(session: Session) -> dict[str, str]:
    """503 comes from the refusals where the database does not answer."""
    await session.execute(text("select 1"))
    return {"status": "ready"}


pages = [live, ready]
