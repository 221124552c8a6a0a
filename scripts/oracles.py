"""What other programs say of made-up annotations, for tests to compare newspan's measures with.

    python scripts/oracles.py            # writes tests/agreement/oracles.json
    python scripts/oracles.py --check    # computes all again and compares; 1 if anything differs

It runs in an environment of its own, since krippendorff is GPL and pygamma-agreement brings a GPL
solver:

    python3 -m venv --without-pip DIR
    python3 -m pip --python DIR/bin/python install -r scripts/oracles.txt
    DIR/bin/python scripts/oracles.py --check

Of newspan it uses only the sampling of chance continua, so that both measure the same samples.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import math
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import agree_cases as cases

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))
TARGET = ROOT / "tests" / "agreement" / "oracles.json"
#: pygamma-agreement computes with 32 bits.
TOLERANCE = 2e-7


def main() -> int:
    """Write or check the answers."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = {
        "versions": {
            name: version(name) for name in ("pygamma-agreement", "krippendorff", "scikit-learn")
        },
        "gamma": {name: gamma(name) for name in cases.GAMMA},
        "own chance": own_chance(),
        "alpha": alpha(),
        "kappa": kappa(),
        "f1": f1(),
    }
    if not options.check:
        TARGET.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {TARGET}", file=sys.stderr)
        return 0
    differences = list(_differences(json.loads(TARGET.read_text(encoding="utf-8")), found, ""))
    for line in differences:
        print(line)
    print(f"{len(differences)} differences", file=sys.stderr)
    return 1 if differences else 0


def gamma(name: str) -> dict[str, Any]:
    """Return pygamma-agreement's answers on a case, with exact alignments and our samples."""
    case = cases.spans(**cases.GAMMA[name])
    result = measured(case, our_samples(case))
    return {
        "observed": float(result.observed_disorder),
        "expected": float(result.expected_disorder),
        "gamma": float(result.gamma),
        "gamma_cat": float(result.gamma_cat),
    }


def our_samples(case: cases.Case) -> Any:
    """Return a sampler for pygamma-agreement that gives the samples which newspan draws."""
    import numpy as np
    from pygamma_agreement import AbstractContinuumSampler

    from newspan.agreement.gamma import shifted

    continuum = ours(case)

    class OurSamples(AbstractContinuumSampler):  # type: ignore[misc]
        generator = np.random.default_rng(cases.SEED)

        @property
        def sample_from_continuum(self) -> Any:
            sample = shifted([continuum], self.generator)[0]
            return theirs([list(zip(*units, strict=True)) for units in sample.sets], case.length)

    return OurSamples()


def own_chance() -> dict[str, float]:
    """Return gamma of the first case with pygamma-agreement's own shifted samples."""
    import numpy as np
    from pygamma_agreement import ShuffleContinuumSampler

    name = next(iter(cases.GAMMA))
    np.random.seed(cases.SEED)
    result = measured(
        cases.spans(**cases.GAMMA[name]),
        ShuffleContinuumSampler(),
    )
    disorders = [float(each.disorder) for each in result.chance_alignments]
    spread = float(np.std(disorders) / np.mean(disorders))
    return {
        "gamma": float(result.gamma),
        "gamma_cat": float(result.gamma_cat),
        "precision": 1.96 * spread / math.sqrt(len(disorders)),
    }


def measured(case: cases.Case, sampler: Any, *, fast: bool = False) -> Any:
    """Return pygamma-agreement's result, without its chatter."""
    from pygamma_agreement import CombinedCategoricalDissimilarity

    logging.disable(logging.WARNING)
    with contextlib.redirect_stdout(io.StringIO()):
        return theirs(case.sets, case.length).compute_gamma(
            CombinedCategoricalDissimilarity(alpha=1.0, beta=1.0, delta_empty=1.0),
            n_samples=cases.SAMPLES,
            precision_level=None,
            sampler=sampler,
            fast=fast,
        )


def theirs(sets: Any, length: int) -> Any:
    """Return sets of spans as pygamma-agreement's continuum, over the whole text."""
    from pyannote.core import Segment
    from pygamma_agreement import Continuum

    continuum = Continuum()
    for index, spans in enumerate(sets):
        continuum.add_annotator(str(index))
        for start, end, label in spans:
            continuum.add(str(index), Segment(float(start), float(end)), cases.LABELS[int(label)])
    continuum.bound_inf, continuum.bound_sup = 0.0, float(length)
    return continuum


def ours(case: cases.Case) -> Any:
    """Return a case as newspan's continuum."""
    import numpy as np

    from newspan.agreement.gamma import Continuum, Units

    sets = [np.array(spans, dtype=np.int64).reshape(-1, 3) for spans in case.sets]
    return Continuum(case.length, tuple(Units(s[:, 0], s[:, 1], s[:, 2]) for s in sets))


def alpha() -> dict[str, float]:
    """Return krippendorff's nominal alpha of marks by 2, 3 and 6 sets, some not looked at."""
    import krippendorff
    import numpy as np

    found = {}
    for sets in (2, 3, 6):
        rows = np.array(cases.marks(sets, 400, sets), dtype=float)
        rows[rows < 0] = np.nan
        found[str(sets)] = float(krippendorff.alpha(rows, level_of_measurement="nominal"))
    return found


def kappa() -> dict[str, float]:
    """Return scikit-learn's kappa of lists of 2, 3 and 4 labels."""
    from sklearn.metrics import cohen_kappa_score

    return {
        str(kinds): float(cohen_kappa_score(*cases.values(300, kinds, kinds)))
        for kinds in (2, 3, 4)
    }


def f1() -> dict[str, float]:
    """Return scikit-learn's F1 of exact spans: is each span of either set in each?"""
    from sklearn.metrics import f1_score

    found = {}
    for name, asked in cases.GAMMA.items():
        left, right = (cases.coarse(each) for each in cases.spans(**asked).sets[:2])
        every = sorted({*left, *right})
        found[name] = float(f1_score([s in left for s in every], [s in right for s in every]))
    return found


def _differences(old: Any, new: Any, place: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _differences(old.get(key), new.get(key), f"{place}/{key}")
    elif isinstance(old, float) and isinstance(new, float):
        if abs(old - new) > TOLERANCE:
            yield f"{place}: {old} is now {new}"
    elif old != new:
        yield f"{place}: {old} is now {new}"


if __name__ == "__main__":
    sys.exit(main())
