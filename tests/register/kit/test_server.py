import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import asyncpg
import psutil
import pytest

from register.kit.server import Cluster, joined_or_started


@pytest.fixture
def cluster(folder):
    with Cluster(folder / "postgres", durable=False) as cluster:
        yield cluster


def postmaster(cluster):
    return psutil.Process(
        int((cluster.folder / "postmaster.pid").read_text().split()[0])
    )


async def ask(url, question):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_a_new_cluster_sorts_and_folds_letters_as_the_deployed_one_does(cluster):
    locale = await ask(
        cluster.url("postgres"),
        "select datlocprovider::text || datlocale from pg_database where datname = 'template1'",
    )

    assert locale == "bC.UTF-8"


async def test_what_was_stored_is_there_after_a_stop(folder):
    with Cluster(folder / "postgres") as cluster:
        await ask(cluster.url("postgres"), "create table kept as select 7 as number")

    with Cluster(folder / "postgres") as cluster:
        assert await ask(cluster.url("postgres"), "select number from kept") == 7


def test_a_stopped_cluster_leaves_no_process(folder):
    with Cluster(folder / "postgres") as cluster:
        server = postmaster(cluster)

    until = time.monotonic() + 10
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert not cluster.running


def test_it_listens_on_no_network_address(cluster):
    assert not [
        c
        for c in postmaster(cluster).net_connections("inet")
        if c.status == psutil.CONN_LISTEN
    ]


async def test_its_log_holds_no_value_of_what_failed(cluster):
    url = cluster.url("postgres")
    await ask(url, "create table kept as select 'Cordelia Secret' as name")
    await ask(url, "create unique index on kept (name)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await ask(url, "insert into kept values ('Cordelia Secret')")
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        await ask(url, "select 'Cordelia Secret'::int")

    log = (cluster.folder / "server.log").read_text()

    assert "ready to accept connections" in log
    assert "Secret" not in log


def test_a_running_cluster_is_joined_not_started_again(cluster):
    server = postmaster(cluster)

    Cluster(cluster.folder).start()

    assert postmaster(cluster) == server


async def test_a_killed_server_is_taken_over(folder):
    with Cluster(folder / "postgres") as cluster:
        await ask(cluster.url("postgres"), "create table kept as select 7 as number")
        postmaster(cluster).send_signal(signal.SIGKILL)

        cluster.start()

        assert await ask(cluster.url("postgres"), "select number from kept") == 7


def test_a_lock_file_whose_number_is_somebody_elses_now_does_not_keep_it_down(folder):
    with Cluster(folder / "postgres", durable=False) as cluster:
        lock = cluster.folder / "postmaster.pid"
        lines = lock.read_text().splitlines()
        owner = lock.stat()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    os.chown(lock, owner.st_uid, owner.st_gid)

    with Cluster(folder / "postgres", durable=False) as cluster:
        assert cluster.running


def test_half_a_cluster_left_by_an_interrupted_start_is_made_again(folder):
    half = folder / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    with Cluster(folder / "postgres", durable=False) as cluster:
        assert cluster.running


async def test_a_path_too_long_for_a_socket_is_no_hindrance(folder):
    deep = folder / ("d" * 60) / ("e" * 60)

    with Cluster(deep / "postgres", durable=False) as cluster:
        sockets = cluster._socket_folder()
        assert await ask(cluster.url("postgres"), "select 1") == 1

    assert not sockets.exists()


async def test_a_killed_server_comes_back_where_its_clients_know_it(folder):
    deep = folder / ("d" * 60) / ("e" * 60)
    with Cluster(deep / "postgres", durable=False) as cluster:
        url = cluster.url("postgres")
        postmaster(cluster).send_signal(signal.SIGKILL)

        cluster.start()

        assert await ask(url, "select 1") == 1


def test_a_folder_closed_to_others_is_no_hindrance(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)

    with Cluster(closed / "postgres", durable=False) as cluster:
        assert cluster.running


def test_who_leaves_last_stops_the_database(folder):
    cluster = Cluster(folder / "postgres")

    with ExitStack() as second:
        with joined_or_started(folder):
            second.enter_context(joined_or_started(folder))
        assert cluster.running

    assert not cluster.running


JOIN = """
import sys
from pathlib import Path
from register.kit.server import joined_or_started
with joined_or_started(Path(sys.argv[1])):
    input()
"""


def test_two_that_start_at_once_share_one_server(folder):
    both = [
        subprocess.Popen(
            [sys.executable, "-c", JOIN, folder],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]

    ended = [process.communicate("\n", timeout=60) for process in both]

    assert ended == [(None, "")] * 2
    assert not Cluster(folder / "postgres").running


async def test_the_database_is_made_once_and_kept(folder):
    with joined_or_started(folder) as url:
        await ask(url, "create table kept as select 7 as number")

    with joined_or_started(folder) as url:
        assert (
            await ask(url, "select current_database() || number from kept")
            == "register7"
        )
