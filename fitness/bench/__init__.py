"""Benchmarks of fitness to practise: a bundle of as many pages as one may have."""

from fitness.bench.bundle import BUNDLE
from register.bench import Benchmark

BENCHMARKS: dict[str, Benchmark] = {bench.name: bench for bench in (BUNDLE,)}

__all__ = ["BENCHMARKS"]
