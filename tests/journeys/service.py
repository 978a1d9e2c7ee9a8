"""The whole service as it runs: web, worker and sandboxes, each a process of its own that can be killed."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from pydantic_core import to_jsonable_python

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60


class Service:
    """`web`, `worker` and `sandbox` are started by name. Addresses of the database and of payment may be those of a proxy."""

    COMMANDS = {
        "sandbox": [sys.executable, "-m", "register.kit.sandbox"],
        "web": [sys.executable, "app.py", "serve"],
        "worker": [sys.executable, "app.py", "worker"],
    }

    def __init__(self, database, folder, *, now=None, **environment):
        self.port = free_ports()
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox = f"http://127.0.0.1:{self.port + 1}"
        self.processes = {}
        self.environment = {
            **os.environ,
            "DATABASE_URL": database,
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "SCANNER_PORT": str(self.port + 3),
            "PUBLIC_URL": self.url,
            "PAY_URL": f"{self.sandbox}/pay",
            "NOTIFY_URL": f"{self.sandbox}/notify",
            **environment,
        }
        self._set_clock(now - datetime.now(UTC) if now else timedelta(0))

    def _set_clock(self, ahead):
        self.ahead = ahead
        self.environment["CLOCK_OFFSET"] = to_jsonable_python(ahead)

    def start(self, *names):
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    self.COMMANDS[name],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                )
        for name in names:
            self._await(name)

    def _await(self, name):
        """Until it answers; the worker shows itself in what it does."""
        address = {
            "web": f"{self.url}/health/ready",
            "sandbox": f"{self.sandbox}/outbox",
        }.get(name)
        until = time.monotonic() + PATIENCE
        while address and time.monotonic() < until:
            with suppress(httpx.TransportError):
                if httpx.get(address, trust_env=False).status_code == httpx.codes.OK:
                    return
            if self.processes[name].poll() is not None:
                break
            time.sleep(0.1)
        if address:
            raise AssertionError(
                f"{name} did not start: {(self.folder / f'{name}.log').read_text()[-2000:]}"
            )

    @property
    def now(self):
        """By the clock of the service."""
        return datetime.now(UTC) + self.ahead

    def pass_time(self, days):
        """All who had signed in are signed out by then."""
        self._move(timedelta(days=days))

    def pass_until(self, moment):
        """Where it has not come by itself."""
        if self.now < moment:
            self._move(moment - datetime.now(UTC))

    def _move(self, ahead):
        running = [name for name in self.COMMANDS if name in self.processes]
        self.stop()
        self._set_clock(ahead)
        self.start(*running)

    def running(self, name):
        return self.processes[name].poll() is None

    def kill(self, name):
        """As the kernel does when memory runs out: no goodbye."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def stop(self):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
            process.kill()

    def log(self, name):
        return (self.folder / f"{name}.log").read_text()


@contextmanager
def serving(database, folder, *names, now=None, **environment):
    """`now`: what its clock says, where that is not the time of day."""
    service = Service(database, folder, now=now, **environment)
    try:
        service.start(*names)
        yield service
    finally:
        service.stop()


def free_ports(count=4):
    """The first of so many neighbours that nobody listens on: below those that systems give to whoever connects."""
    while True:
        first = random.randrange(20_000, 32_000)  # noqa: S311 - any will do
        if all(map(_is_free, range(first, first + count))):
            return first


def _is_free(port):
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False
