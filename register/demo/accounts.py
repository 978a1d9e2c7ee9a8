"""The demo's accounts: a few that can be signed in to, by passwords that seed and day decide, and many that nobody can."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account, AccountAct, AccountEvent, RoleGrant, StaffRole
from register.demo.draw import Draw, words
from register.kit.security import passwords, totp
from register.process import Process

ISSUER = "Children's Homes Workforce Register"
WORDS = words("""
    acorn almond anchor apricot arrow autumn badger bamboo banjo barley basket beetle bramble breeze button cactus
    candle canyon carpet cedar cello chalk cherry cinder clover cobble comet copper coral cotton cricket crystal daisy
    dolphin donkey ember falcon feather fiddle flint forest fossil garnet ginger glacier granite gravel hammock
    harvest hazel heron hollow island ivory jasmine juniper kettle ladder lagoon lantern lemon lichen lobster magnet
    mango maple marble meadow mitten mosaic mustard nectar nettle nutmeg oatmeal orchid otter oyster paddle parcel
    parsley pebble pepper pigeon pillow plaster pocket poppy prairie puddle quartz rabbit radish raven ribbon saddle
    saffron salmon sandal satchel shadow shovel silver sparrow spindle squirrel sunset syrup tartan teapot thimble
    thunder timber toffee trumpet tulip tunnel turnip velvet violin walnut willow window winter yonder
""")
SECRET_BYTES = 20
KEPT_IN = "demo-accounts.txt"


@dataclass(frozen=True)
class DemoAccount:
    """One that is told to whoever runs the demo."""

    email: str
    password: str
    secret: str | None
    """Of the second factor, for an authenticator app."""
    good_for: str

    @property
    def address(self) -> str | None:
        """What the app's QR code would say."""
        return (
            totp.address(self.secret, name=self.email, issuer=ISSUER)
            if self.secret
            else None
        )

    def told(self) -> str:
        lines = [self.good_for, f"  {self.email}", f"  {self.password}"]
        if self.address:
            lines.append(f"  {self.address}")
        return "\n".join(lines)


def told(accounts: Sequence[DemoAccount]) -> str:
    """The accounts as they are printed."""
    head = "The demo's accounts, each with its password. Staff need the second factor too: add its line to an authenticator app."
    return "\n\n".join([head, *(account.told() for account in accounts)]) + "\n"


def keep_told(folder: Path, accounts: Sequence[DemoAccount]) -> str:
    """Write them down for the next time, for nobody else to read."""
    text, file = told(accounts), folder / KEPT_IN
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, "utf-8")
    return text


def kept_told(folder: Path) -> str | None:
    file = folder / KEPT_IN
    return file.read_text("utf-8") if file.exists() else None


class Doors:
    """Opens accounts."""

    def __init__(self, draw: Draw, nobody_s: str) -> None:
        self.draw = draw
        self.told: list[DemoAccount] = []
        self._nobody_s = nobody_s

    @classmethod
    async def make(cls, draw: Draw) -> "Doors":
        """One hash for all whose password nobody knows: to look at it takes as long as at any other."""
        return cls(
            draw.about("accounts"), await passwords.hashed(secrets.token_urlsafe(32))
        )

    async def open(self, session: AsyncSession, email: str, *, at: datetime) -> Account:
        """One that nobody can sign in to."""
        return await self._open(session, email, self._nobody_s, at=at)

    async def open_told(
        self, session: AsyncSession, email: str, *, good_for: str, at: datetime
    ) -> Account:
        """One whose password is told."""
        password = self._password()
        self.told.append(DemoAccount(email, password, None, good_for))
        return await self._open(session, email, await passwords.hashed(password), at=at)

    async def open_staff(
        self,
        session: AsyncSession,
        email: str,
        *,
        name: str,
        role: StaffRole,
        good_for: str,
        at: datetime,
    ) -> Account:
        """With a second factor, which staff must have."""
        account = await self.open_proved(session, email, good_for=good_for, at=at)
        account.name = name
        account.grants.append(RoleGrant(role=role))
        return account

    async def open_proved(
        self, session: AsyncSession, email: str, *, good_for: str, at: datetime
    ) -> Account:
        """With a second factor, which those who act for others must have."""
        password, secret = self._password(), self._secret()
        self.told.append(DemoAccount(email, password, secret, good_for))
        account = await self._open(
            session, email, await passwords.hashed(password), at=at
        )
        later = at + timedelta(minutes=3)
        by = Process.begin(session, AccountAct.SET_FACTOR, now=later, actor=account)
        step = int(later.timestamp()) // totp.STEP_SECONDS
        await account.set_factor(session, secret, step=step, by=by)
        return account

    async def _open(
        self, session: AsyncSession, email: str, password_hash: str, *, at: datetime
    ) -> Account:
        account = Account.open(
            session, email=email, password_hash=password_hash, now=at
        )
        await session.flush()
        by = Process.begin(session, AccountAct.OPEN, now=at, actor=account)
        by.tell(AccountEvent.OPENED, account=account.id)
        return account

    def _password(self) -> str:
        return "-".join(self.draw.some(self.draw.shuffled(WORDS), 4))

    def _secret(self) -> str:
        drawn = self.draw.random.randbytes(SECRET_BYTES)
        return base64.b32encode(drawn).decode()
