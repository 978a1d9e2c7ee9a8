"""The web and the worker in processes of their own that start at once: forked from one that has loaded the service.

`python -m tests.journeys.forking` is that one. It answers each line of its input, and all that it forked goes with it.
"""

import asyncio
import gc
import os
import select
import signal
import subprocess
import sys
import traceback
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from sqlalchemy.orm import configure_mappers

from app import create_app
from fees import govuk_pay
from register.kit import logs, notify
from register.kit.jobs import run_worker
from register.kit.settings import settings

ROOT = Path(__file__).parent.parent.parent
PATIENCE, PATIENCE_TO_LOAD = 30, 120


class Mother:
    """`start` gives the number of a process, which `kill` ends as the kernel does when memory runs out: no goodbye."""

    def __init__(self, process):
        self._process = process
        self._hears("loading", PATIENCE_TO_LOAD)

    def start(self, name, *, moved):
        return int(self._asks(f"{name} {moved.total_seconds()}"))

    def kill(self, child):
        self._asks(f"kill {child}")

    def _asks(self, line):
        """One at a time: two who listened at once would take each other's answers, and one would wait for ever."""
        self._process.stdin.write(f"{line}\n".encode())
        return self._hears(line, PATIENCE)

    def _hears(self, about, patience):
        came, _, _ = select.select([self._process.stdout], [], [], patience)
        answer = self._process.stdout.readline() if came else b""
        if not answer:
            # What came late would be taken for the answer to something else.
            self._process.kill()
            raise AssertionError(f"No answer from the process that forks: {about}")
        return answer.decode().strip()


@contextmanager
def mother(log, **environment):
    with (
        log.open("ab") as output,
        subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.forking"],
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            bufsize=0,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield Mother(process)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


class Clock:
    """The system's, moved by as much as a child is told when it is born."""

    moved = timedelta(0)

    def __call__(self):
        return datetime.now(UTC) + self.moved


def serve(lines):
    clock, children = Clock(), set()
    web = uvicorn.Config(
        create_app(now=clock),
        port=settings().port,
        log_level="warning",
        access_log=False,
    )
    make_ready(web)
    answer("ready")
    try:
        for line in lines:
            word, what = line.split()
            if word == "kill":
                end(int(what))
                children.discard(int(what))
                answer("killed")
                continue
            clock.moved = timedelta(seconds=float(what))
            child = os.fork()
            if not child:
                be(word, web, clock)
            children.add(child)
            answer(child)
    finally:
        for child in children:
            end(child)


def answer(what):
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def make_ready(web):
    """What each process would else do for itself, and takes longer than all that it is then asked for."""
    web.load()
    configure_mappers()
    govuk_pay.client()
    notify.client()
    # Else the first collection in each process writes to all that they share, and so copies it.
    gc.collect()
    gc.freeze()


def end(child):
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def be(name, web, clock):
    """Never returns."""
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        logs.configure()
        if name == "web":
            uvicorn.Server(web).run()
        else:
            asyncio.run(run_worker(settings().database_url, clock))
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


if __name__ == "__main__":
    serve(sys.stdin)
