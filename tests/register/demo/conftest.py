"""A small demo, made by the command in a process of its own and looked at by every test here."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from filelock import FileLock

from fees.demo import take_fees
from fitness.demo import open_cases
from register.demo.running import fill
from register.kit.db import Role, connect
from register.kit.settings import settings
from tests import apart
from tests.conftest import TEMPLATE, run_sql

ON = date(2027, 3, 10)
SEED = 1
REGISTRANTS = 60


@dataclass(frozen=True)
class Told:
    """An account as it was printed."""

    good_for: str
    email: str
    password: str
    secret: str | None


@dataclass(frozen=True)
class Made:
    url: str
    folder: Path
    printed: str

    @property
    def accounts(self):
        return read(self.printed)


def read(printed):
    """The accounts in what was printed, as a person copies them."""
    blocks = [block.splitlines() for block in printed.strip().split("\n\n")]
    return [
        Told(
            lines[0],
            *(line.strip() for line in lines[1:3]),
            secret_in(lines[3].strip()) if len(lines) > 3 else None,
        )
        for lines in blocks
        if len(lines) > 2
    ]


def secret_in(address):
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    return parse_qs(parts.query)["secret"][0]


def demo(url, folder, *arguments, **environment):
    """`register demo`: its exit code, and what it said on either channel."""
    known = {
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "PUBLIC_URL": settings().public_url,
    }
    return apart.register(
        "demo",
        *arguments,
        environment=os.environ | known | environment,
        patience=300,
    )


async def made_here(url, *, seed=SEED, on=ON):
    """The same in this process; gives what is told."""
    with tempfile.TemporaryDirectory() as folder:
        return await fill(
            url,
            Path(folder),
            registrants=REGISTRANTS,
            seed=seed,
            on=on,
            step=lambda _: None,
            take_fees=take_fees,
            open_cases=open_cases,
        )


@pytest.fixture(scope="session")
async def made(cluster, own_data):
    """Once a server: the first worker to come makes it, and nobody commits to it afterwards."""
    folder = cluster.folder.with_name("demo")
    url, printed = cluster.url("demo"), folder / "printed"
    with FileLock(folder.with_name("demo.lock")):
        if not printed.exists():
            await run_sql(
                cluster.url("postgres"), f"create database demo template {TEMPLATE}"
            )
            how = ("--registrants", REGISTRANTS, "--seed", SEED, "--on", ON)
            code, told, said = demo(url, folder, *map(str, how))
            assert (code, said) == (0, "")
            printed.write_text(told, "utf-8")
    # Where this process looks for files, so that pages find the demo's documents.
    shutil.copytree(
        folder / "files", Path(os.environ["DATA_DIR"], "files"), dirs_exist_ok=True
    )
    return Made(url, folder, printed.read_text("utf-8"))


@pytest.fixture(scope="session")
async def engine(made):
    engine = connect(made.url, Role.APP)
    yield engine
    await engine.dispose()
