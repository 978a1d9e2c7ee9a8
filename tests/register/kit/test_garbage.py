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


def test_a_search_leaves_out_what_was_there_before():
    told = subprocess.run(
        [sys.executable, "-c", TOLD], capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == ["True", "False"]
