import os
import signal
import sys
import time

import psutil
import pytest

from register.kit.supervisor import (
    AskedToStop,
    Child,
    stopping_on_signals,
    supervise,
)

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DIE = [sys.executable, "-c", "raise SystemExit(3)"]


def stop():
    raise AskedToStop


def until(done):
    """What a supervisor does each tick: nothing, until it is asked to stop."""
    end = time.monotonic() + 20

    def tick():
        if done():
            raise AskedToStop
        assert time.monotonic() < end

    return tick


def test_what_dies_is_started_again_ever_later():
    said = []

    supervise(
        [Child("It", DIE)], each_tick=until(lambda: len(said) == 2), say=said.append
    )

    assert said == [
        "It stopped (exit code 3); starting it again in 1 s.",
        "It stopped (exit code 3); starting it again in 2 s.",
    ]


def test_what_is_killed_comes_back():
    said, child = [], Child("It", SLEEP)

    def kill_then_wait():
        if not said:
            child.process.kill()
        elif child.process and child.process.poll() is None:
            stop()

    supervise([child], each_tick=kill_then_wait, say=said.append)

    assert said == ["It stopped (SIGKILL); starting it again in 1 s."]


def test_all_have_ended_when_it_returns():
    children = [Child("One", SLEEP), Child("Two", SLEEP)]

    supervise(children, each_tick=stop, say=print)

    assert [child.process.poll() for child in children] == [-signal.SIGTERM] * 2


def test_a_fault_of_our_own_leaves_none_running():
    child = Child("It", SLEEP)

    with pytest.raises(ZeroDivisionError):
        supervise([child], each_tick=lambda: 1 / 0, say=print)

    assert child.process.poll() == -signal.SIGTERM


def test_a_child_does_not_outlive_a_supervisor_that_is_killed():
    program = f"from register.kit.supervisor import *\nsupervise([Child('It', {SLEEP})], each_tick=lambda: None, say=print)"
    supervisor = psutil.Popen([sys.executable, "-c", program])
    while not supervisor.children():
        time.sleep(0.05)
    (child,) = supervisor.children()

    supervisor.kill()
    supervisor.wait()

    gone, _ = psutil.wait_procs([child], timeout=10)
    assert gone == [child] or child.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_asks_to_stop_and_the_next_does_not_disturb(number):
    def signalled_twice():
        try:
            os.kill(os.getpid(), number)
        finally:
            os.kill(os.getpid(), number)

    with stopping_on_signals(), pytest.raises(AskedToStop):
        signalled_twice()
