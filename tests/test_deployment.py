"""What docker-compose.yml hands to the service is what the service asks for."""

import asyncio
import os
import re
import subprocess
from pathlib import Path

import asyncpg
import pytest
import yaml

from app import MIGRATIONS
from register.kit.db import Role
from register.kit.schema import Schema
from register.kit.server import DISCREET, Cluster, _binary
from register.kit.settings import Settings

ROOT = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICE_URL = "postgresql://register_service@/register?host={}"


@pytest.fixture
def deployed(folder):
    """A database made as PostgreSQL's image makes it, then migrated by its owner."""
    with Cluster(folder / "postgres", durable=False) as cluster:
        cluster.create("register")
        made = subprocess.run(
            [ROOT / "deploy" / "logins.sh"],
            env={
                "PATH": f"{_binary('psql').parent}:{os.environ['PATH']}",
                "PGHOST": str(cluster.folder),
                "POSTGRES_USER": "postgres",
                "POSTGRES_DB": "register",
                "SERVICE_PASSWORD": "secret",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        Schema(MIGRATIONS, cluster.url("register")).upgrade()
        yield SERVICE_URL.format(cluster.folder)


def test_web_and_worker_are_told_every_setting_that_has_no_default():
    needed = {
        name.upper()
        for name, field in Settings.model_fields.items()
        if field.is_required()
    }

    for service in ("web", "worker"):
        assert needed <= COMPOSE["services"][service]["environment"].keys()


def test_no_setting_is_told_that_the_service_does_not_know():
    known = {name.upper() for name in Settings.model_fields}

    assert COMPOSE["services"]["web"]["environment"].keys() <= known


def test_no_secret_stands_in_the_file():
    secrets = {
        name: value
        for name, value in COMPOSE["services"]["web"]["environment"].items()
        if re.search("KEY|SECRET|PASSWORD", name)
    }

    assert secrets
    assert all(re.fullmatch(r"\$\{\w+:\?[^}]+\}", value) for value in secrets.values())


def test_the_database_logs_no_more_than_that_of_one_machine():
    program, *options = COMPOSE["services"]["database"]["command"]

    assert program == "postgres"
    assert options[::2] == ["-c"] * len(DISCREET)
    assert dict(option.split("=") for option in options[1::2]) == DISCREET


def test_the_login_of_web_and_worker_acts_as_each_role_and_owns_nothing(deployed):
    async def act(role):
        connection = await asyncpg.connect(
            deployed, server_settings={"role": role.value}
        )
        try:
            return await connection.fetchval("select current_user")
        finally:
            await connection.close()

    assert [
        asyncio.run(act(role)) for role in (Role.APP, Role.SIGNER, Role.ERASER)
    ] == [Role.APP, Role.SIGNER, Role.ERASER]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(act(Role.OWNER))


def test_web_and_worker_find_the_migrated_database_ready(deployed):
    Schema(MIGRATIONS, deployed).require_current()
