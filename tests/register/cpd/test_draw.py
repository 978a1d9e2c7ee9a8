"""The draw: a function of the seed and the numbers alone, which somebody repeats here with nothing but a hash."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.cpd.audit.draw import (
    commitment_of,
    drawn,
    population_hash,
    rank,
    size_of,
)
from register.person import number_of

NUMBERS = st.lists(st.integers(0, 9_999_999).map(number_of), unique=True, max_size=60)
SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)


def repeated(seed, numbers, size):
    """The recipe of the public page, word by word."""
    ordered = sorted(
        (hashlib.sha256((seed + number).encode()).hexdigest(), number)
        for number in numbers
    )
    return [number for _, number in ordered[:size]]


@given(SEEDS, NUMBERS, st.integers(0, 60))
def test_anybody_who_follows_the_recipe_draws_the_same(seed, numbers, size):
    assert drawn(seed, numbers, size) == repeated(seed, numbers, size)


@given(SEEDS, NUMBERS, st.integers(0, 60), st.randoms(use_true_random=False))
def test_the_order_of_the_numbers_changes_nothing(seed, numbers, size, random):
    shuffled = random.sample(numbers, len(numbers))

    assert drawn(seed, shuffled, size) == drawn(seed, numbers, size)
    assert population_hash(shuffled) == population_hash(numbers)


@given(SEEDS, NUMBERS, st.integers(0, 1000))
def test_as_many_are_drawn_as_the_rate_says_and_each_once(seed, numbers, per_mille):
    size = size_of(len(numbers), per_mille)
    found = drawn(seed, numbers, size)

    assert len(found) == len(set(found)) == size
    assert set(found) <= set(numbers)


@given(SEEDS, NUMBERS, st.integers(1, 60))
def test_whoever_knows_a_number_can_tell_by_the_last_rank_whether_it_was_drawn(
    seed, numbers, size
):
    found = drawn(seed, numbers, size)
    last = rank(seed, found[-1]) if found else ""

    for number in numbers:
        assert (rank(seed, number) <= last) is (number in found)


@given(SEEDS, NUMBERS, st.integers(0, 59))
def test_a_larger_sample_holds_the_smaller_one(seed, numbers, size):
    assert drawn(seed, numbers, size + 1)[:size] == drawn(seed, numbers, size)


@given(NUMBERS, NUMBERS)
def test_two_populations_are_told_apart_by_their_hash(one, other):
    assert (population_hash(one) == population_hash(other)) is (set(one) == set(other))


@pytest.mark.parametrize(
    ("count", "size"),
    [(0, 0), (1, 1), (39, 1), (40, 1), (41, 2), (80, 2), (81, 3), (1000, 25)],
)
def test_25_of_1000_are_drawn_rounded_up(count, size):
    assert size_of(count, 25) == size


@pytest.mark.parametrize(
    ("per_mille", "size"), [(0, 0), (1, 1), (999, 100), (1000, 100)]
)
def test_at_its_bounds_the_rate_draws_nobody_or_everybody(per_mille, size):
    assert size_of(100, per_mille) == size


def test_the_commitment_is_what_sha256sum_says():
    assert commitment_of("abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
