"""Pages on which a critic reads a set beside its text.

    python scripts/review.py items SET ITEM...            whole items
    python scripts/review.py sample SET --seed N [-n 60]  sentences of running text, drawn at random
    ... --plant 30 --key FILE                             with faults, and where they are

Drawn are sentences of paragraphs that are no copies, without replacement. What a page shows of a
sentence is every span that touches it, and every attribution with a part in it. Planted faults tell
how much a critic sees: a third are records left out, the others have a wrong border, label or
attribute.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from newspan.corpus import AnnotationSet, Corpus, read_corpus
from newspan.model import Attribution, Item, Span
from newspan.text import sentences

ROOT = Path(__file__).resolve().parents[1]
Extent = tuple[int, int]


def main() -> None:
    """Print the pages."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    items = verbs.add_parser("items")
    items.add_argument("set")
    items.add_argument("items", nargs="+")
    sample = verbs.add_parser("sample")
    sample.add_argument("set")
    sample.add_argument("--seed", type=int, required=True)
    sample.add_argument("-n", type=int, default=60)
    sample.add_argument("--plant", type=int, default=0)
    sample.add_argument("--key", type=Path)
    options = parser.parse_args()
    corpus, _ = read_corpus(ROOT)
    assert corpus is not None
    chosen = corpus.set_named(options.set)
    if options.verb == "items":
        for name in options.items:
            document, item = corpus.items[name]
            print(f"# {name}")
            for zone in item.zones:
                if zone.kind not in ("boilerplate", "byline"):
                    text = corpus.texts[document.id]
                    print(f"\n## {zone.kind} at {zone.start}\n\n{text[zone.start : zone.end]}\n")
                    print("\n".join(shown(chosen, item, (zone.start, zone.end))))
        return
    drawn = random.Random(options.seed).sample(list(running_text(corpus)), options.n)
    if options.plant:
        chosen, key = planted(chosen, sorted(drawn), options.plant, options.seed)
        options.key.write_text(json.dumps(key, ensure_ascii=False, indent=1), encoding="utf-8")
    for number, (name, within, extent) in enumerate(sorted(drawn), 1):
        document, item = corpus.items[name]
        text = corpus.texts[document.id]
        print(f"\n## {number}. {name}, characters {extent[0]}-{extent[1]}\n")
        before, after = text[within[0] : extent[0]], text[extent[1] : within[1]]
        print(f"{before}>>>{text[extent[0] : extent[1]]}<<<{after}\n")
        print("\n".join(shown(chosen, item, extent)) or "(nothing)")


def running_text(corpus: Corpus) -> Iterator[tuple[str, Extent, Extent]]:
    """Yield the sentences of paragraphs that are no copies: item, paragraph, sentence."""
    blocks = corpus.sets["reuse_v1"]
    for name, (document, item) in corpus.items.items():
        copies = [s for s in blocks.spans_in.get(name, ()) if s.copy_role == "copy"]
        for zone in item.zones:
            if zone.kind == "paragraph":
                for start, end in sentences(corpus.texts[document.id], zone.start, zone.end):
                    inside = sum(max(0, min(end, s.end) - max(start, s.start)) for s in copies)
                    if inside < (end - start) / 2:
                        yield name, (zone.start, zone.end), (start, end)


def planted(
    chosen: AnnotationSet, drawn: list[tuple[str, Extent, Extent]], number: int, seed: int
) -> tuple[AnnotationSet, list[dict[str, Any]]]:
    """Return the set with faults in what stands inside the drawn sentences, and their list."""
    draw = random.Random(f"plant {seed}")
    inside: list[tuple[int, Span]] = []
    for place, (item, _, (low, high)) in enumerate(drawn, 1):
        for span in chosen.spans_in.get(item, ()):
            cue = span.layer == "attribution" and span.role == "cue"
            if low <= span.start and span.end <= high and (span.layer != "attribution" or cue):
                inside.append((place, span))
    changed: dict[str, Span | Attribution | None] = {}
    key = []
    for count, (place, span) in enumerate(draw.sample(inside, number)):
        fault: Span | Attribution | None = None
        record: Span | Attribution = span
        if span.layer == "attribution":
            record = chosen.attributions[chosen.attributions_of[span.id][0]]
            if count % 3:
                kind = "group" if record.source_kind != "group" else "document"
                fault = msgspec.structs.replace(record, source_kind=kind)
        elif count % 3 == 1 and " " in span.text:
            cut = span.text.index(" ") + 1
            fault = msgspec.structs.replace(span, start=span.start + cut, text=span.text[cut:])
        elif count % 3:
            fault = mislabelled(span)
        changed[record.id] = fault
        what = "left out" if fault is None else "changed"
        key.append({"sentence": place, "id": record.id, "layer": span.layer, "fault": what,
                    "words": span.text})  # fmt: skip
    records = []
    for each in chosen.records:
        made = changed.get(each.record.id, each.record)
        if made is not None:
            records.append(msgspec.structs.replace(each, record=made))
    return AnnotationSet(chosen.info, tuple(records)), key


def mislabelled(span: Span) -> Span:
    """Return a span with a wrong label: another factuality, or another technique."""
    if span.layer == "claim":
        other = "opinion" if span.factuality != "opinion" else "normative"
        return msgspec.structs.replace(span, factuality=other, check_worthy=None)
    other = "Slogans" if span.technique == "Loaded_Language" else "Loaded_Language"
    return msgspec.structs.replace(span, technique=other)


def shown(chosen: AnnotationSet, item: Item, extent: Extent) -> Iterator[str]:
    """Yield a line per claim, attribution and loaded span that touches an extent."""
    low, high = extent
    spans = [s for s in chosen.spans_in.get(item.id, ()) if s.start < high and low < s.end]
    for span in spans:
        if span.layer == "claim":
            worthy = {True: ", check_worthy", False: "", None: ""}[span.check_worthy]
            hedged = ", hedged" if span.hedged else ""
            yield f"- CLAIM {span.id} `{span.text}` {span.factuality}{worthy}{hedged}{made(span)}"
    for attribution in chosen.attributions_in.get(item.id, ()):
        if any(s.id in attribution.part_ids for s in spans):
            yield attributed(attribution, chosen)
    for span in spans:
        if span.layer == "loaded_language":
            aim = f"{span.technique}, {span.target}, {span.polarity}"
            yield f"- LOADED {span.id} `{span.text}` {aim}{made(span)}"


def attributed(attribution: Attribution, chosen: AnnotationSet) -> str:
    """Return an attribution in one line."""

    def words(ids: tuple[str, ...]) -> str:
        return " + ".join(f"`{chosen.spans[each].text}`" for each in ids) or "none"

    cue = (attribution.cue_id,) if attribution.cue_id else ()
    parts = [
        f"source {words(attribution.source_ids)}",
        f"medium {words(attribution.medium_ids)}" if attribution.medium_ids else "",
        f"cue {words(cue)}",
        f"content {words(attribution.content_ids)}",
        f"{attribution.mode}, {attribution.source_kind}",
        f"named: {attribution.source_name}" if attribution.source_named else "not named",
        f"{attribution.cue_type}, {attribution.cue_force}" if cue else "",
        "open scope" if attribution.scope == "open" else "",
        f"parent {attribution.parent_id}" if attribution.parent_id else "",
    ]
    told = " | ".join(part for part in parts if part)
    return f"- ATTRIBUTION {attribution.id} {told}{made(attribution)}"


def made(record: Span | Attribution) -> str:
    """Return a mark for what projection made, which its canonical passage decides."""
    return " (projected)" if record.decision == "projected" else ""


if __name__ == "__main__":
    main()
