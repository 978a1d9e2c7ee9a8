"""Takes away codes that have expired and sign-ins of more than a year ago."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from register.account.emailed_code import EmailedCode
from register.account.sign_in import SignIn
from register.kit.jobs import every


@every(hours=1)
async def sweep_accounts(session: AsyncSession, now: datetime) -> None:
    await EmailedCode.sweep(session, now)
    await SignIn.sweep(session, now)
