"""What a process was started with is never searched for garbage again."""

import subprocess
import sys

TOLD = """
import gc
from register.kit.garbage import spare_what_is_there
kept = [[] for _ in range(1000)]
spare_what_is_there()
print(gc.get_freeze_count() > 1000, any(one is kept[0] for one in gc.get_objects()))
"""

SERVING = """
import asyncio, gc
from app import create_app
async def serve():
    async with create_app().lifespan():
        print(gc.get_freeze_count() > 100_000)
asyncio.run(serve())
"""


def run(code):
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return told.stdout.split()


def test_a_search_leaves_out_what_was_there_before():
    assert run(TOLD) == ["True", "False"]


def test_a_process_that_serves_pages_spares_what_it_was_started_with():
    assert run(SERVING) == ["True"]
