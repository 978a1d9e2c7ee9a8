"""Benchmarks that need money: the annual run, and the day of the deadline."""

from fees.bench.annual import ANNUAL
from fees.bench.deadline import DEADLINE
from register.bench import Benchmark

BENCHMARKS: dict[str, Benchmark] = {bench.name: bench for bench in (ANNUAL, DEADLINE)}

__all__ = ["BENCHMARKS"]
