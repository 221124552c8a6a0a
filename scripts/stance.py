"""Packets for a blind assessment of stance, and how far two assessments say the same.

    python scripts/stance.py packets DIR [--reversed]    one Markdown file per item
    python scripts/stance.py compare A B                 folders with one answer per item

Answers are JSON: {"item": …, "stances": {target: {"polarity": …, "quotes": […], "confidence": …}}}.
`compare` checks that each quotation is verbatim, and prints a Markdown table: agreement of the two,
Cohen's kappa, and each one's agreement with the corpus's records.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from newspan.corpus import Corpus, read_corpus
from newspan.release.markdown import markdown_table

ROOT = Path(__file__).resolve().parents[1]
POLARITIES = ("hostile", "critical", "neutral", "favourable", "mixed", "not_addressed")
Polarities = dict[tuple[str, str], str]


def main() -> int:
    """Write packets, or compare two folders of answers."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    packets = verbs.add_parser("packets")
    packets.add_argument("folder", type=Path)
    packets.add_argument("--reversed", action="store_true", help="options and targets turned round")
    comparing = verbs.add_parser("compare")
    comparing.add_argument("folders", type=Path, nargs=2)
    options = parser.parse_args()
    corpus, _ = read_corpus(ROOT)
    assert corpus is not None
    if options.verb == "packets":
        write_packets(corpus, options.folder, options.reversed)
        return 0
    given = [read_answers(corpus, folder) for folder in options.folders]
    print(table(corpus, *given))
    return 0


def write_packets(corpus: Corpus, folder: Path, turned: bool) -> None:
    """Write one packet per item: the rules, the targets, the text."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = (ROOT / "annotation" / "stance.md").read_text(encoding="utf-8")
    if turned:
        lines = rules.splitlines()
        first = next(n for n, line in enumerate(lines) if line.startswith("| `"))
        last = max(n for n, line in enumerate(lines) if line.startswith("| `"))
        lines[first : last + 1] = lines[first : last + 1][::-1]
        rules = "\n".join(lines) + "\n"
    targets = [each for each in corpus.targets.values() if each.id != "other"]
    listed = "\n".join(
        f"- `{each.id}`: {each.title}. {each.description}"
        for each in (targets[::-1] if turned else targets)
    )
    for name, (document, item) in corpus.items.items():
        text = corpus.texts[document.id]
        shown = "\n\n".join(
            f"[{zone.kind}] {text[zone.start : zone.end]}"
            for zone in item.zones
            if zone.kind not in ("boilerplate", "byline")
        )
        page = f"# Item {name}\n\n{rules}\n# Targets\n\n{listed}\n\n# Text\n\n{shown}\n"
        (folder / f"{name}.md").write_text(page, encoding="utf-8")


def read_answers(corpus: Corpus, folder: Path) -> Polarities:
    """Return each item's polarity towards each target; exit where an answer is not sound."""
    found: Polarities = {}
    for name, (document, item) in corpus.items.items():
        answer = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        text = corpus.texts[document.id][item.start : item.end]
        for target in corpus.targets:
            if target == "other":
                continue
            stance = answer["stances"].get(target, {"polarity": "not_addressed"})
            if stance["polarity"] not in POLARITIES:
                sys.exit(f"{folder / name}.json: {target}: {stance['polarity']!r} is no polarity")
            for quote in stance.get("quotes", ()):
                if quote not in text:
                    sys.exit(f"{folder / name}.json: {target}: not verbatim: {quote!r}")
            found[name, target] = stance["polarity"]
    return found


def table(corpus: Corpus, first: Polarities, second: Polarities) -> str:
    """Return the agreement of two assessments and the records, in Markdown."""
    recorded = {
        (name, stance.target): stance.polarity
        for name, (_, item) in corpus.items.items()
        for stance in item.partisanship.stance
    }
    shared = [key for key in first if key in recorded]
    rows = [
        ("the two, all items and targets", *_figures(first, second, list(first))),
        ("the two, where the records have a stance", *_figures(first, second, shared)),
        ("first and records", *_figures(first, recorded, shared)),
        ("second and records", *_figures(second, recorded, shared)),
    ]
    return markdown_table(("compared", "pairs", "same", "kappa"), rows)


def _figures(one: Polarities, other: Polarities, keys: list[tuple[str, str]]) -> tuple[str, ...]:
    same = sum(one[key] == other[key] for key in keys) / len(keys)
    chance = (
        sum(
            sum(one[k] == value for k in keys) * sum(other[k] == value for k in keys)
            for value in POLARITIES
        )
        / len(keys) ** 2
    )
    kappa = f"{(same - chance) / (1 - chance):.3f}" if chance < 1 else "not defined"
    return str(len(keys)), f"{same:.3f}", kappa


if __name__ == "__main__":
    sys.exit(main())
