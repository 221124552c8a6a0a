"""Compare newspan's gamma with pygamma-agreement's: the time of whole processes, and the values.

    python scripts/bench_agree.py PEER_PYTHON [--sets 2] [--units 600] [--rounds 3] [--modes ...]

PEER_PYTHON is the Python of an environment made from scripts/oracles.txt, see scripts/oracles.py.
Each process starts, makes the same annotations from a seed, and gives gamma and gamma_cat of 30
samples. Modes of the peer: `exact`; `fast`, its faster alignment; `default`, its fast alignment
with its own default samples. Rounds are interleaved; medians and their ratio to ours are printed,
since times on a shared machine mean little.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from typing import Any

import agree_cases as cases


def main() -> int:
    """Print the table; 1 when a process failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("peer_python", nargs="?")
    parser.add_argument("--sets", type=int, default=2)
    parser.add_argument("--units", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--timeout", type=int, default=900)
    parser.add_argument("--modes", default="exact,fast,default")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        case = cases.spans(options.sets, options.units, options.seed)
        print(json.dumps(_measure(options.measure, case)))
        return 0
    if options.peer_python is None:
        parser.error("name the Python of the peer's environment")
    return _compare(options)


def _compare(options: argparse.Namespace) -> int:
    runs: dict[str, list[tuple[float, dict[str, float]]]] = {}
    size = [f"--{key}={getattr(options, key)}" for key in ("sets", "units", "seed")]
    for _ in range(options.rounds):
        for mode in ("newspan", *options.modes.split(",")):
            python = sys.executable if mode == "newspan" else options.peer_python
            begin = time.perf_counter()
            try:
                done = subprocess.run(
                    [python, __file__, "--measure", mode, *size],
                    capture_output=True,
                    text=True,
                    check=False,
                    timeout=options.timeout,
                )
            except subprocess.TimeoutExpired:
                print(f"{mode}: not done after {options.timeout} s", file=sys.stderr)
                continue
            if done.returncode:
                print(done.stderr, file=sys.stderr)
                return 1
            taken = time.perf_counter() - begin
            runs.setdefault(mode, []).append((taken, json.loads(done.stdout.splitlines()[-1])))
    own = statistics.median(taken for taken, _ in runs["newspan"])
    print(f"{options.sets} sets of {options.units} spans, {cases.SAMPLES} samples")
    print(f"{'':10} {'seconds':>8} {'ratio':>7} {'gamma':>10} {'gamma_cat':>10} {'disorder':>10}")
    for mode, found in runs.items():
        taken = statistics.median(seconds for seconds, _ in found)
        values = found[0][1]
        told = " ".join(f"{values[key]:10.7f}" for key in ("gamma", "gamma_cat", "observed"))
        print(f"{mode:10} {taken:8.2f} {taken / own:7.1f} {told}")
    return 0


def _measure(mode: str, case: cases.Case) -> dict[str, float]:
    if mode == "newspan":
        return _ours(case)
    import oracles

    sampler: Any = None
    if mode != "default":
        sampler = oracles.our_samples(case)
    result = oracles.measured(case, sampler, fast=mode != "exact")
    return {
        "gamma": float(result.gamma),
        "gamma_cat": float(result.gamma_cat),
        "observed": float(result.observed_disorder),
    }


def _ours(case: cases.Case) -> dict[str, float]:
    import numpy as np

    from newspan.agreement.gamma import (
        Continuum,
        Units,
        category_disorders,
        expected,
        observed,
    )

    sets = [np.array(spans, dtype=np.int64).reshape(-1, 3) for spans in case.sets]
    units = tuple(Units(each[:, 0], each[:, 1], each[:, 2]) for each in sets)
    continua = [Continuum(case.length, units)]
    seen = observed(continua, len(cases.LABELS))
    chance = expected(continua, len(cases.LABELS), samples=cases.SAMPLES, seed=cases.SEED)
    disorder = seen.cost.sum() / (seen.size.sum() / len(sets))
    counted, _, _ = category_disorders(seen.categories)
    return {
        "gamma": float(1 - disorder / chance.gamma),
        "gamma_cat": 1 - (counted or 0.0) / (chance.counted or 1.0),
        "observed": float(disorder),
    }


if __name__ == "__main__":
    sys.exit(main())
