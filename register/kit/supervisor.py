"""Keeps the processes of one machine running: starts them, starts again what died, and stops them together."""

import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_AFTER = 30.0
GRACE = 15.0
TICK = 0.1

Say = Callable[[str], None]


class AskedToStop(BaseException):
    """Ctrl-C, or the signal that a service manager sends."""


@dataclass
class Child:
    """One process that ought to be running."""

    name: str
    command: list[str]
    log: IO[bytes] | None = None
    """Where its output goes, if not to ours; what it says of its errors is always ours."""
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    since: float = field(default=0.0)

    def start(self) -> None:
        # In a session of its own, so that Ctrl-C reaches the supervisor alone, which stops all in order.
        command = _bound_to_us(self.command)
        self.process = subprocess.Popen(
            command, stdout=self.log, start_new_session=True
        )
        self.since = time.monotonic()

    def keep(self, say: Say) -> None:
        """Start it again when it has died, at once the first time and then ever later, until it stays."""
        alive_for = time.monotonic() - self.since
        if self.process is None:
            if alive_for >= self.pause:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.pause = (
                FIRST_PAUSE
                if alive_for > STEADY_AFTER
                else min(self.pause * 2, LONGEST_PAUSE)
            )
            say(
                f"{self.name} stopped ({_reason(code)}); starting it again in {self.pause:g} s."
            )
            self.process, self.since = None, time.monotonic()
        elif alive_for > STEADY_AFTER:
            self.pause = FIRST_PAUSE

    def ask_to_stop(self) -> None:
        if self.process:
            self.process.terminate()

    def wait(self, until: float) -> None:
        if not self.process:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def supervise(
    children: list[Child], *, each_tick: Callable[[], None], say: Say
) -> None:
    """Return when a signal asks for it, with every child stopped, the last started first."""
    try:
        for child in children:
            child.start()
        while True:
            for child in children:
                child.keep(say)
            each_tick()
            time.sleep(TICK)
    except AskedToStop:
        pass
    finally:
        _stop(children)


@contextlib.contextmanager
def stopping_on_signals() -> Iterator[None]:
    """The first signal raises AskedToStop; those that follow while we stop are not heard."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise AskedToStop

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(children: list[Child]) -> None:
    until = time.monotonic() + GRACE
    for child in reversed(children):
        child.ask_to_stop()
    for child in reversed(children):
        child.wait(until)


def _bound_to_us(command: list[str]) -> list[str]:
    """Where the system can, a child ends with a supervisor that was killed, rather than hold its port."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else command


def _reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
