"""Measure bulk validation: jsonschema-rs against jsonschema, same records, same run, same verdicts.

    python scripts/bench_check.py [--rounds N] [--documents N]

The unit is a document of 50 spans. Rounds are interleaved and the ratio of their medians is
printed, since times on a shared machine mean little. Exit 1 when the verdicts differ.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from newspan.schema import read_labels
from newspan.schema.validate import explainer, fast_validator

SPANS = 50


def documents(number: int) -> list[list[dict[str, Any]]]:
    """Return documents of 50 span records; in one of ten, one record is wrong."""
    rng = random.Random(1)
    techniques = read_labels().of("loaded_language", "technique")
    made = []
    for index in range(number):
        records: list[dict[str, Any]] = []
        for n in range(SPANS):
            start = rng.randrange(30_000)
            record: dict[str, Any] = {"record": "span", "id": f"s{n}", "start": start}
            record |= {"end": start + 20, "text": "x" * 20}
            records.append(record | _attributes(n, rng, techniques))
        if index % 10 == 9:
            rng.choice(records)["technique"] = 5
        made.append(records)
    return made


def _attributes(n: int, rng: random.Random, techniques: tuple[str, ...]) -> dict[str, Any]:
    if n % 3 == 0:
        return {"layer": "claim", "factuality": "factual", "check_worthy": rng.random() < 0.5}
    if n % 3 == 1:
        return {"layer": "attribution", "role": rng.choice(["source", "cue", "content"])}
    return {"layer": "loaded_language", "technique": rng.choice(techniques), "target": "mayor"}


def main() -> int:
    """Print ratios; 1 when the two validators disagree."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--documents", type=int, default=10)
    options = parser.parse_args()
    parsed = documents(options.documents)
    texts = [[json.dumps(record) for record in records] for records in parsed]
    fast = fast_validator("record.json")
    slow = explainer("record.json")

    # Every record is judged, with no stop at the first bad one: `False not in [...]`.
    def by_jsonschema() -> list[bool]:
        return [False not in [slow.is_valid(record) for record in records] for records in parsed]

    def by_rs() -> list[bool]:
        return [False not in [fast.is_valid(record) for record in records] for records in parsed]

    def by_rs_from_text() -> list[bool]:
        return [False not in [fast.is_valid(json.loads(line)) for line in lines] for lines in texts]

    contestants: dict[str, Callable[[], list[bool]]] = {
        "jsonschema, parsed records": by_jsonschema,
        "jsonschema-rs, parsed records": by_rs,
        "jsonschema-rs, from JSON text": by_rs_from_text,
    }
    verdicts = {name: run() for name, run in contestants.items()}  # and compiles
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(options.rounds):
        for name, run in contestants.items():
            begin = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - begin)
    base = statistics.median(seconds["jsonschema, parsed records"])
    print(f"{options.documents} documents of {SPANS} spans, {options.rounds} rounds, medians")
    for name, times in seconds.items():
        per_second = options.documents / statistics.median(times)
        ratio = base / statistics.median(times)
        print(f"{name}: {per_second:,.0f} documents/s, {ratio:.0f} x jsonschema")
    if len({tuple(found) for found in verdicts.values()}) != 1:
        print("the verdicts differ", file=sys.stderr)
        return 1
    refused = verdicts["jsonschema, parsed records"].count(False)
    print(f"same verdicts: {refused} of {options.documents} documents refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
