"""What a process writes of its own troubles, and of those of the libraries: as an operator reads it, in a process of its own."""

import json
import subprocess
import sys

import pytest

SECRET = "Cordelia Secret"
SETTING = f"""
import asyncio, gc, logging
import structlog
from register.kit import logs

logs.configure()

def fails():
    raise ValueError("{SECRET}")
"""


def written(code):
    done = subprocess.run(
        [sys.executable, "-c", SETTING + code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_line_is_one_json_object_whatever_stands_in_it():
    (line,) = written(
        'structlog.get_logger().info("one\\ntwo", word="\\x1b[31m\\r\\n")'
    )

    assert line["event"] == "one\ntwo"
    assert line["word"] == "\x1b[31m\r\n"
    assert line["level"] == "info"
    assert line["at"].endswith("Z")


@pytest.mark.parametrize(
    "code",
    [
        """
try:
    fails()
except ValueError:
    logging.getLogger("some.library").exception("It broke")
""",
        """
try:
    fails()
except ValueError as error:
    logging.getLogger("some.library").exception("It broke: %s", error)
""",
        """
try:
    fails()
except ValueError:
    structlog.get_logger().exception("It broke")
""",
    ],
)
def test_an_error_is_told_by_its_kind_and_place(code):
    (line,) = written(code)

    assert line["event"].startswith("It broke")
    assert line["error"] == "builtins.ValueError"
    assert line["place"].startswith("__main__:")
    assert SECRET not in str(line)


def test_a_task_that_nobody_waited_for_is_told_without_the_words_of_its_error():
    (line,) = written(
        """
async def forgets():
    async def task():
        fails()
    asyncio.create_task(task())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gc.collect()

asyncio.run(forgets())
"""
    )

    assert line["event"] == "Task exception was never retrieved"
    assert line["error"] == "builtins.ValueError"
    assert SECRET not in str(line)
