"""Work for later: queued in the caller's transaction, done by the worker in a transaction of its own.

Everything that knows of pgqueuer stands in this folder, so that another queue could take its place.
"""

from register.kit.jobs.batches import START, go_on
from register.kit.jobs.kinds import every, job
from register.kit.jobs.pending import Outcome, run_due, run_pending
from register.kit.jobs.queue import (
    HeldJob,
    enqueue,
    enqueue_all,
    first_try,
    held,
    run_again,
    wait_before,
)
from register.kit.jobs.worker import LONGEST_WORK, run_worker

__all__ = [
    "LONGEST_WORK",
    "START",
    "HeldJob",
    "Outcome",
    "enqueue",
    "enqueue_all",
    "every",
    "first_try",
    "go_on",
    "held",
    "job",
    "run_again",
    "run_due",
    "run_pending",
    "run_worker",
    "wait_before",
]
