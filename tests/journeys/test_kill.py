"""Web or worker killed at every message between "pay" and "registered": after a restart there is one payment and one entry.

The service knows nothing of this test. Proxies stand before PostgreSQL and before GOV.UK Pay; message 1, 2, 3 … of a step does
not arrive, and its process is killed instead (kill -9). So each request is lost once, and each answer: what it asked for was
done, and the process that should hear of it is dead. Then people do what people do, and the books must be in order.
"""

from datetime import UTC, datetime
from itertools import count

import pytest

from tests.journeys.killing import PAID_ONCE, a_house
from tests.thorough import TIMES, many


@pytest.fixture(scope="module")
async def built(clone, tmp_path_factory):
    async with a_house(await clone(), tmp_path_factory.mktemp("killed")) as house:
        yield house


@pytest.fixture
async def house(built):
    yield built
    await built.clear_away()


class PressToPay:
    """The web makes a payment at GOV.UK Pay and sends the payer there."""

    process = "web"

    async def before(self, payer):
        self.page = await payer.opens("/pay")

    async def do(self, payer):
        await payer.presses(self.page)

    async def afterwards(self, payer):
        await payer.gets_it_paid()
        payer.house.kill("web")


class ComeBack:
    """The web reads the payment and makes the entry."""

    process = "web"

    async def before(self, payer):
        await payer.pays()

    async def do(self, payer):
        await payer.gets("/pay/return")

    async def afterwards(self, payer):
        await payer.gets_it_paid()
        payer.house.kill("web")


class HearOfIt:
    """The web is told by GOV.UK Pay, whose payer never comes back; what is not acknowledged is told again."""

    process = "web"

    async def before(self, payer):
        await payer.pays()

    async def do(self, payer):
        await payer.is_told_of()

    async def afterwards(self, payer):
        await payer.is_told_of()
        payer.house.kill("web")
        await payer.house.start("worker")
        payer.house.kill("worker")


class MopUp:
    """The worker alone: the payer never comes back, and GOV.UK Pay never tells. The web idles meanwhile."""

    process = "worker"

    async def before(self, payer):
        house = payer.house
        await house.start("web")
        await payer.pays()
        await house.worker_rests()

    async def do(self, payer):
        await payer.house.fall_due()
        await payer.house.until(payer.is_registered, "the payer is registered")

    async def afterwards(self, payer):
        await payer.house.fall_due()
        await payer.house.worker_rests()


PARTS = {PressToPay: 1, ComeBack: 1, HearOfIt: 1, MopUp: 2}
"""The messages of a step are shared out among so many tests, for two workers to share."""
EVERY = 1 if TIMES > 1 else 6
"""Of its messages a test takes each sixth, each day others: in six days all of them."""


async def killed_at(house, step, last=None):
    """Killed at message `last` of the step, else after all of them; how many passed, and whether it came to that one."""
    with house.telling(f"{step.__name__} was killed at message {last}"):
        act = step()
        payer = await ready(house, act)
        house.wires.count(last=last, cut=lambda: house.kill(step.process))
        await house.unless_killed(step.process, act.do(payer))
        passed = house.wires.stop()
        reached = step.process not in house.alive
        house.kill(step.process)
        house.clock.pass_a_while()
        await house.start(step.process)
        await act.afterwards(payer)
        assert await payer.books() == PAID_ONCE
    return passed, reached


async def ready(house, act):
    """A payer for whom the act remains to be done: every two minutes a worker mops up by itself, and may have been first."""
    for _ in range(3):
        payer = await house.payer()
        await house.start(act.process)
        await act.before(payer)
        if not await payer.is_registered():
            return payer
    raise AssertionError("The payer is registered before anything was done for it")


def spread(numbers, count):
    """So many of 1 to `numbers`, evenly: the first and the last always."""
    return [1 + (numbers - 1) * n // (count - 1) for n in range(count)]


@pytest.mark.parametrize("step", [PressToPay, ComeBack, HearOfIt, MopUp])
async def test_whoever_is_killed_in_the_midst_of_paying_has_paid_once_and_is_registered_once(
    house, step, record_property
):
    numbers, _ = await killed_at(house, step)
    killed = []
    for last in spread(numbers, 3):
        _, reached = await killed_at(house, step, last)
        killed += [last] * reached
    record_property("killed", f"at messages {killed} of {numbers}, and after all")

    assert killed[:2] == spread(numbers, 3)[:2]


@pytest.mark.long
@pytest.mark.timeout(many(600))
@pytest.mark.parametrize(
    ("step", "part", "parts"),
    [(step, n, parts) for step, parts in PARTS.items() for n in range(1, parts + 1)],
)
async def test_at_whatever_message_it_is_killed_there_is_one_payment_and_one_entry(
    house, step, part, parts, record_property
):
    first = part + parts * (datetime.now(UTC).toordinal() % EVERY)
    for last in count(first, parts * EVERY):
        numbers, reached = await killed_at(house, step, last)
        if not reached:
            break
    by = parts * EVERY
    told = f"at messages {first} to {last - by} by {by}, and after all {numbers}"
    record_property("killed", told)

    assert last > first
