"""The search for garbage in a process that goes on for long: it stops everything else while it lasts."""

import gc

OFTEN = 10_000, 20, 20
"""After so many new objects the youngest are searched, and so on: Python's own numbers are for small programs."""


def spare_what_is_there() -> None:
    """What has been imported and made stays to the end: through all of it, a search takes as long as several pages."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*OFTEN)
