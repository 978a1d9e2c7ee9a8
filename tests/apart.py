"""A command of ours in a process of its own, forked from one that has loaded the service: to load it takes the longest."""

import os
import sys
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from app import main
from register.kit.settings import settings

PATIENCE = 90
FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(["tests.apart"])


def register(*arguments, environment, patience=PATIENCE):
    """What it answers: its exit code, and what it said on either channel."""
    with TemporaryDirectory() as folder:
        channels = [Path(folder, name) for name in ("out", "err")]
        process = FORKING.Process(target=be, args=(arguments, environment, channels))
        process.start()
        process.join(patience)
        if process.is_alive():
            process.kill()
            raise TimeoutError(arguments)
        return process.exitcode, *(channel.read_text() for channel in channels)


def be(arguments, environment, channels):
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, channel in enumerate(channels, start=1):
        os.dup2(os.open(channel, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(environment)
    settings.cache_clear()
    sys.argv = ["register", *arguments]
    main()
