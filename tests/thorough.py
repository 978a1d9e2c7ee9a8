"""How many lives the long tests look at: as many as fit into `make test-long`, and more by `TIMES=10 make test-long`."""

import os

TIMES = int(os.environ.get("TIMES", "1"))


def many(lives):
    return lives * TIMES
