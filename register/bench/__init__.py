"""Benchmarks: each measures one promise of the design and prints a table, and last one line of JSON."""

from register.bench.matching import MATCHING
from register.bench.running import Benchmark, Broken, Place, carry_out

BENCHMARKS: dict[str, Benchmark] = {bench.name: bench for bench in (MATCHING,)}

__all__ = ["BENCHMARKS", "Benchmark", "Broken", "Place", "carry_out"]
