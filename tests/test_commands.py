"""The command line as an operator meets it: in a process of its own, on a data folder of its own."""

import asyncio
import http.client
import os
import re
import signal
import socket
import sys
import time
from contextlib import contextmanager

import asyncpg
import psutil
import pytest
from click.testing import CliRunner

from app import cli
from register.kit.server import Cluster, joined_or_started
from tests import apart

OUTSIDE = {
    name: value
    for name, value in os.environ.items()
    if name in {"PATH", "HOME", "LANG"}
}
PATIENCE = 90
FIRST_START = 400
"""Seconds, with the demo made on a machine that does much else."""


def register(*arguments, **environment):
    """What a command answers: its exit code, and what it said on either channel."""
    told = CliRunner().invoke(cli, arguments, env={"DATABASE_URL": None} | environment)
    return told.exit_code, told.stdout, told.stderr


def register_apart(*arguments, **environment):
    """The same, in a process of its own: needed where it reads the settings."""
    return apart.register(*arguments, environment=OUTSIDE | environment)


def two_free_ports():
    """One whose next is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_says_what_it_does(name):
    code, told, _ = register(name, "--help")

    assert code == 0
    assert len(told.splitlines()) > 4


@pytest.mark.parametrize("taken", [0, 1])
def test_a_busy_port_is_told_in_one_line(folder, taken):
    port = two_free_ports()
    with socket.create_server(("127.0.0.1", port + taken)):
        code, _, said = register("run", PORT=str(port), DATA_DIR=str(folder / "data"))

    assert (code, said) == (
        1,
        f"Error: Port {port + taken} on 127.0.0.1 is in use: set PORT to a free one.\n",
    )
    assert not (folder / "data").exists()


@pytest.mark.parametrize("port", ["0", "65533", "eighty", "-1"])
def test_a_port_that_cannot_be_is_told_in_one_line(folder, port):
    assert register("run", PORT=port, DATA_DIR=str(folder)) == (
        1,
        "",
        "Error: PORT must be a number from 1 to 65532.\n",
    )


def test_a_busy_port_of_the_scanner_is_told_in_one_line(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = register_apart(
            "run",
            PORT=str(two_free_ports()),
            SCANNER_PORT=str(port),
            DATA_DIR=str(folder),
        )

    assert told == (
        1,
        "",
        f"Error: Port {port} on 127.0.0.1 is in use: set SCANNER_PORT to a free one.\n",
    )


def test_a_host_that_is_none_is_told_in_one_line(folder):
    code, _, said = register(
        "run", HOST="nowhere.invalid", PORT="23456", DATA_DIR=str(folder)
    )

    assert code == 1
    assert re.fullmatch(
        r"Error: nowhere\.invalid is no address of this machine \(.+\): set HOST to one\.\n",
        said,
    )


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_data_folder_that_cannot_be_written_is_told_in_one_line(folder, command):
    (folder / "a-file").touch()
    data = folder / "a-file" / "data"

    code, _, said = register(command, PORT=str(two_free_ports()), DATA_DIR=str(data))

    assert (code, said) == (
        1,
        f"Error: The data folder {data} cannot be written (Not a directory): set DATA_DIR.\n",
    )


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://anna:hunter2@127.0.0.1:1/register", "Connect call failed"),
        ("postgresql://anna:hunter2@nowhere.invalid/register", "not known|resolution"),
        ("mysql://anna:hunter2@127.0.0.1/register", "not a postgresql:// address"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_in_one_line_without_its_password(
    url, reason
):
    code, _, said = register("migrate", DATABASE_URL=url)

    assert code == 1
    assert re.fullmatch(
        rf"Error: The database register at \S+ cannot be reached: .*({reason}).*\.\n",
        said,
    )
    assert "hunter2" not in said


def test_settings_that_lack_are_named_and_their_values_are_not(folder):
    code, _, said = register_apart(
        "serve",
        DATABASE_URL="postgresql://127.0.0.1:1/x",
        DATA_DIR=str(folder),
        SECRET_KEY="too-short-but-secret",
    )

    assert code == 1
    assert said.count("\n") == 1
    assert "SECRET_KEY" in said
    assert "NOTIFY_API_KEY" in said
    assert "too-short-but-secret" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "10.1.0.0/16"),
        ("TRUSTED_PROXIES", '["10.0.0.0/33"]'),
        ("FILES_URL", "ftp://bucket/prefix"),
        ("CLOCK_OFFSET", "yesterday"),
    ],
)
def test_a_setting_that_cannot_be_is_told_in_one_line(folder, name, value):
    code, _, said = register_apart("serve", DATA_DIR=str(folder), **{name: value})

    assert code == 1
    assert said.count("\n") == 1
    assert name in said
    assert value not in said


def test_a_database_newer_than_the_code_is_left_alone(folder):
    assert register("migrate", DATA_DIR=str(folder))[0] == 0
    with joined_or_started(folder) as url:
        asyncio.run(
            execute(url, "update alembic_version set version_num = '2999_01_01_01'")
        )

        told = [
            register("migrate", DATA_DIR=str(folder)),
            register_apart("run", DATA_DIR=str(folder), PORT=str(two_free_ports())),
        ]

    line = "Error: The database is newer than this code (its revision is 2999_01_01_01): run the newer version.\n"
    assert told == [(1, "", line)] * 2


def test_pages_are_not_served_from_a_database_older_than_the_code(folder):
    code, _, said = register_apart(
        "serve", DATA_DIR=str(folder), PORT=str(two_free_ports())
    )

    assert code == 1
    assert re.fullmatch(
        r"Error: The database is at no revision, this code needs \S+: run `register migrate`\.\n",
        said,
    )


def test_a_worker_that_does_not_work_is_told(folder):
    assert register("worker", "--check", DATA_DIR=str(folder)) == (
        1,
        "",
        f"Error: No worker works in {folder}.\n",
    )


def test_a_short_command_leaves_no_database_behind(folder):
    assert register("migrate", DATA_DIR=str(folder))[0] == 0

    assert not Cluster(folder / "postgres").running


def test_run_serves_brings_back_what_is_killed_and_stops_whole(folder):
    port = two_free_ports()
    with running(folder, port, ENVIRONMENT="test") as supervisor:
        wait_until(lambda: answers(port))
        wait_until(lambda: len(alive(supervisor)) == 3)
        children = alive(supervisor)

        for child in children:
            child.kill()
        killed_at = time.monotonic()
        wait_until(
            lambda: (
                len(alive(supervisor)) == 3
                and not set(children) & set(alive(supervisor))
            )
        )
        wait_until(lambda: answers(port))
        wait_until(lambda: register("worker", "--check", DATA_DIR=str(folder))[0] == 0)
        assert time.monotonic() - killed_at < PATIENCE
        children = alive(supervisor)

        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(PATIENCE) == 0

    assert not [
        child
        for child in children
        if child.is_running() and child.status() != psutil.STATUS_ZOMBIE
    ]
    assert not Cluster(folder / "postgres").running
    assert (folder / "secrets.env").stat().st_mode & 0o777 == 0o600


@pytest.mark.long
def test_run_fills_an_empty_register_once_and_tells_its_accounts_on_each_start(folder):
    said, seconds, people = [], [], []
    for _ in range(2):
        port = two_free_ports()
        begun = time.monotonic()
        with running(folder, port) as supervisor:
            wait_until(lambda port=port: answers(port), patience=FIRST_START)
            seconds.append(time.monotonic() - begun)
            wait_until(lambda: "Ctrl-C stops it." in told_by(folder))
            said.append(told_by(folder))
            with joined_or_started(folder) as url:
                people.append(asyncio.run(fetch(url, "select count(*) from person")))
            supervisor.send_signal(signal.SIGINT)
            assert supervisor.wait(PATIENCE) == 0

    accounts = (folder / "demo-accounts.txt").read_text("utf-8")
    assert all(accounts in text for text in said)
    assert people[0] == people[1] > 2500
    assert seconds[1] < seconds[0] / 2


@contextmanager
def running(data_dir, port, **environment):
    """What it says is in run.log."""
    with (data_dir / "run.log").open("w") as log:
        supervisor = psutil.Popen(
            [sys.executable, "app.py", "run"],
            env=OUTSIDE
            | {
                "PORT": str(port),
                "DATA_DIR": str(data_dir),
                "SCANNER_PORT": str(two_free_ports()),
            }
            | environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield supervisor
        finally:
            if supervisor.poll() is None:
                supervisor.terminate()
            supervisor.wait(PATIENCE)


def alive(supervisor):
    return [
        child
        for child in supervisor.children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE
    ]


def answers(port):
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        web.request("GET", "/health/live")
        return web.getresponse().status == 200
    except OSError:
        return False
    finally:
        web.close()


def told_by(data_dir):
    return (data_dir / "run.log").read_text("utf-8")


def wait_until(done, patience=PATIENCE):
    until = time.monotonic() + patience
    while not done():
        assert time.monotonic() < until
        time.sleep(0.2)


async def execute(url, statement):
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def fetch(url, query):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()
