"""A small corpus whose every free text tries to break out of a page, or to break its layout.

Markup and scripts, ends of elements, templates' marks, addresses that run something, bidirectional
overrides that are never closed, controls, words without end; ids are names that objects have
already. Two annotation sets differ, an adjudication is decided, a paragraph is copied.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from corpora import GOOD
from newspan.adjudication.adjudicate_set import adjudicate_sets

Json = dict[str, Any]

#: The window's property that any of it would set, if it ran.
FLAG = "planted"
SCRIPT = f"<script>window.{FLAG}=1</script>"
IMAGE = f"<img src=x onerror=window.{FLAG}=2>"
JAVASCRIPT = f"javascript:window.{FLAG}=3"
#: Where an address has to be of the web, so that a test can put JAVASCRIPT into the finished page.
SWAPPED = "https://swap.example/run"
#: Of each kind one; the order of the last is reversed, and nothing closes it.
PLANTS = (
    SCRIPT,
    IMAGE,
    f"</script><script>window.{FLAG}=4</script>",
    f"<!--<script>window.{FLAG}=5</script>",
    f"</style><style>*{{display:none!important}}</style><svg onload=window.{FLAG}=6>",
    f"\"'><a href='{JAVASCRIPT}'>{{{{script}}}} $& \\u003cscript\\u003e",
    "]]>&lt;b&gt;&amp;#60; \u2028\u2029\x00\x1b\x7f\x85\r\u200b\ufeff",
    "\u202eesrever \u2067\u2066\u202d",
)
PLANT = " ".join(PLANTS)
LONG = "Fährhafen" * 220
NAME = "constructor"  # what every object of a script has

_PARAGRAPHS = (
    ("title", f"Ferries {SCRIPT} stay in {IMAGE}"),
    ("byline", f"By Zoé \u202edniL {SCRIPT}"),
    (
        "paragraph",
        f"Mayor Ana {IMAGE} said the “rotten{SCRIPT}” plan would </script> fail, she told.",
    ),
    ("paragraph", f"The report states: {PLANT}"),
    (
        "paragraph",
        f"The pier reportedly leaks; it is a {LONG} disgrace\x00 to\rall 👩\u200d👩\u200d👧 of us.",
    ),
    ("caption", f"شهردار \u202eگفت: «بندر {SCRIPT} باز است.» 🚢"),
    ("paragraph", "港は開いている、と市長は言った。\u2067\u202e"),
    ("teaser", f"Read more {IMAGE}\x07"),
    ("boilerplate", f"© {SCRIPT} \ufeff\u00ad\t\u00a0."),
)
#: All words that texts and names hold, beside the plants.
WORDS = f"{LONG} {NAME} Gazette Again " + " ".join(words for _, words in _PARAGRAPHS)
_BREAKS = ("\r\n\r\n", "\n\n", "\r\n\r\n", "\n\n", "\r\n \r\n", "\n\n", "\n\u2028\n", "\n\n", "\n")


def _text(of: int) -> tuple[str, list[Json]]:
    text, zones = "\ufeff" * of, []
    for (kind, words), gap in zip(_PARAGRAPHS, _BREAKS, strict=True):
        shown = words if kind == "paragraph" or not of else words + " Again."
        zones.append(
            {"start": len(text), "end": len(text) + len(shown), "kind": kind, "note": PLANT}
        )
        text += shown + gap
    return text, zones


def _assertion(value: str | None, text: str, extent: tuple[int, int]) -> Json:
    start, end = extent
    stated = {"class": "stated_in_text", "start": start, "end": end, "text": text[start:end]}
    page = {
        "class": "found_in_stored_page", "source": f"https://gazette.example/\"'><{SCRIPT}",
        "retrieved": "2026-11-22", "quote": PLANT,
    }  # fmt: skip
    evidence = [stated, page, {"class": "inferred", "reason": PLANT}]
    return {"value": value, "evidence": evidence, "confidence": "high", "note": PLANT}


def _document(name: str, text: str, zones: list[Json]) -> Json:
    known = _assertion(PLANT, text, (zones[0]["start"], zones[0]["start"] + 7))
    page = {
        "class": "found_in_stored_page", "source": SWAPPED, "retrieved": "2026-11-22",
        "quote": PLANT,
    }  # fmt: skip
    step = {
        "outlet": NAME, "role": "scraped_publisher", "evidence": [page, *known["evidence"]],
        "confidence": "high", "language": {**known, "value": "en"},
        "published": {**known, "value": "2026-05"},
        "url": {**known, "value": f"https://gazette.example/\"'><{SCRIPT}"}, "note": PLANT,
    }  # fmt: skip
    item = {
        "id": f"{name}-i1", "start": zones[0]["start"], "end": zones[-1]["end"],
        "title": {**known, "value": f"{PLANT} {LONG}"}, "authors": [{**known, "value": IMAGE}],
        "published": {**known, "value": "2026-05"}, "zones": zones,
        "chain": [step, {**step, "role": "original_publisher", "outlet": "gazette"}],
        "partisanship": {
            "stance": [
                {"target": NAME, "polarity": "hostile", "confidence": "high",
                 "evidence": known["evidence"][:1], "note": PLANT}
            ],
            "right_of_reply": {**known, "value": "none"},
            "missing_perspectives": [PLANT, IMAGE],
            "assessor": {"kind": "person", "name": PLANT, "date": "2026-11-22", "note": PLANT},
        },
        "note": PLANT,
    }  # fmt: skip
    return {
        "id": name, "file": f"{name}.txt", "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "language": "en", "lineage": NAME, "items": [item], "note": PLANT,
    }  # fmt: skip


def _records(name: str, text: str, zones: list[Json], other: bool) -> list[Json]:
    """Return the records of one of the two sets, which differ."""
    prefix = ("o" if other else "k") + name[0]

    def span(key: str, layer: str, words: str, zone: int, **more: Any) -> Json:
        start = text.index(words, zones[zone]["start"])
        return {
            "record": "span", "id": f"{prefix}-{key}", "layer": layer, "start": start,
            "end": start + len(words), "text": words, "note": PLANT, **more,
        }  # fmt: skip

    quoted = f"the “rotten{SCRIPT}” plan would </script> fail"
    claim = span("c1", "claim", quoted, 2, factuality="opinion" if other else "prediction")
    source = span("s1", "attribution", f"Mayor Ana {IMAGE}", 2, role="source")
    cue = span("q1", "attribution", "said", 2, role="cue")
    content = span("n1", "attribution", quoted, 2, role="content")
    loaded = span(
        "l1", "loaded_language", f"rotten{SCRIPT}", 2, technique="Loaded_Language", target=NAME,
        polarity="negative",
    )  # fmt: skip
    report = span("s2", "attribution", "The report", 3, role="source")
    states = span("q2", "attribution", "states:", 3, role="cue")
    planted = [
        span(f"p{n}", "loaded_language", words, 3, technique="Belittling", target=NAME)
        for n, words in enumerate(PLANTS[: 5 if other else 8])
    ]
    leaks = (
        f"The pier reportedly leaks; it is a {LONG} disgrace\x00 to\rall 👩\u200d👩\u200d👧 of us"
    )
    long = span("c2", "claim", leaks, 4, factuality="factual", check_worthy=True)
    words = span("l2", "loaded_language", LONG, 4, technique="Belittling", target=NAME)
    japanese = span("c3", "claim", "港は開いている", 6, factuality="factual", check_worthy=False)
    said = {
        "record": "attribution", "id": f"{prefix}-a1", "mode": "mixed", "source_kind": "person",
        "source_ids": [source["id"]], "cue_id": cue["id"], "content_ids": [content["id"]],
        "source_named": True, "source_name": PLANT, "cue_type": "speech", "cue_force": "neutral",
        "note": PLANT,
    }  # fmt: skip
    stated = {
        "record": "attribution", "id": f"{prefix}-a2", "mode": "indirect",
        "source_kind": "document", "source_ids": [report["id"]], "cue_id": states["id"],
        "scope": "open", "source_named": True, "source_name": NAME, "cue_type": "document",
        "cue_force": "neutral", "note": PLANT,
    }  # fmt: skip
    link = {
        "record": "link", "id": f"{prefix}-k1", "type": "repeats", "from_id": long["id"],
        "to_id": claim["id"], "note": PLANT,
    }  # fmt: skip
    spans = [claim, source, cue, content, loaded, report, states, *planted, long, words]
    return [*spans, *([] if other else [japanese]), said, stated, link]


def _blocks(texts: dict[str, tuple[str, list[Json]]]) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    first: tuple[int, int] | None = None
    for name, (text, zones) in texts.items():
        start, end = zones[4]["start"], zones[4]["end"]
        block = {
            "record": "span", "id": f"b-{name}", "layer": "duplicate_block", "start": start,
            "end": end, "text": text[start:end], "cluster": NAME, "match": "exact",
            "similarity": 1, "scope": "across", "note": PLANT,
        }  # fmt: skip
        if first is None:
            first = (start, end)
            found[name] = [{**block, "copy_role": "canonical"}]
        else:
            run = {
                "start": start,
                "end": end,
                "canonical_start": first[0],
                "canonical_end": first[1],
            }
            found[name] = [{**block, "copy_role": "copy", "alignment": [run]}]
    return found


def write_corpus(folder: Path) -> Path:
    """Write the corpus into a folder that is not there, and return it.

    Its sets are `consensus`, `constructor`, `adjudicated` of both, and `reuse_v1`.
    """
    shutil.copytree(GOOD, folder)
    for path in ("corpus/documents", "corpus/raw", "annotation/sets"):
        shutil.rmtree(folder / path)
        (folder / path).mkdir()
    texts = {NAME: _text(0), "other": _text(1)}
    sums = ""
    for name, (text, zones) in texts.items():
        (folder / "corpus/raw" / f"{name}.txt").write_bytes(text.encode())
        record = _document(name, text, zones)
        sums += f"{record['sha256']}  {name}.txt\n"
        _write(folder / f"corpus/documents/{name}.json", record)
    (folder / "corpus/raw/SHA256SUMS").write_text(sums, encoding="utf-8")
    for kind in ("outlets", "targets"):
        path = folder / f"corpus/{kind}.json"
        _write(path, {kind: [_planted(kind, each) for each in _list(path, kind)]})
    info = json.loads((folder / "corpus/corpus.json").read_bytes())
    more = dict.fromkeys(("title", "description", "content_warning", "contact"), PLANT)
    _write(folder / "corpus/corpus.json", {**info, **more, "text_license": PLANT})
    labels = json.loads((folder / "schema/labels.json").read_bytes())
    for label in labels["labels"]:
        if label["id"] in ("prediction", "Belittling", "source"):
            label["title"] += f" {SCRIPT}\u202e"
            label["definition"] = PLANT
    _write(folder / "schema/labels.json", labels)
    layers, read = ["claim", "attribution", "loaded_language"], ["title", "paragraph"]
    _set(
        folder,
        "consensus",
        layers,
        read,
        {n: _records(n, *each, False) for n, each in texts.items()},
    )
    _set(folder, NAME, layers, read, {n: _records(n, *each, True) for n, each in texts.items()})
    every = sorted({kind for kind, _ in _PARAGRAPHS})
    _set(folder, "reuse_v1", ["duplicate_block"], every, _blocks(texts))
    _adjudicate(folder)
    return folder


def _adjudicate(folder: Path) -> None:
    """Decide every conflict between the two sets, with a remark, and write the set of it."""
    sets, into = ("consensus", NAME), "adjudicated"
    adjudicate_sets(folder, sets, into)
    path = folder / "annotation/campaigns" / into / "decisions.jsonl"
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    by = {"kind": "person", "name": f"{SCRIPT}\u202e"}
    for number, line in enumerate(lines):
        take = sets[number % 2]
        line["decision"] = {"take": take, "reason": "boundary-rule", "by": by, "note": PLANT}
    path.write_bytes("".join(json.dumps(line) + "\n" for line in lines).encode())
    if not adjudicate_sets(folder, sets, into).is_complete:
        raise ValueError("not every conflict could be decided")


def _list(path: Path, kind: str) -> list[Json]:
    (first, *rest) = json.loads(path.read_bytes())[kind]
    return [first, {**first, "id": NAME}, *rest]


def _planted(kind: str, record: Json) -> Json:
    if kind == "targets":
        return {**record, "title": f"{IMAGE}\u202e", "kind": "person", "description": PLANT}
    page = {
        "class": "found_in_stored_page", "source": SWAPPED, "retrieved": "2026-11-22",
        "quote": PLANT,
    }  # fmt: skip
    view = {"claim": PLANT, "holder": f"{SCRIPT}\u202e", "evidence": [page]}
    rating = {"rater": IMAGE, "value": PLANT, "snapshot": "2026-11-22", "evidence": [page]}
    return {
        **record, "name": f"Gazette {IMAGE}\u202e", "description": PLANT, "note": PLANT,
        "views": [view, {**view, "claim": JAVASCRIPT, "holder": IMAGE}], "ratings": [rating],
        "contested": True,
    }  # fmt: skip


def _set(
    folder: Path, name: str, layers: list[str], zones: list[str], records: dict[str, list[Json]]
) -> None:
    digest = hashlib.sha256((folder / "schema/labels.json").read_bytes()).hexdigest()
    producer = {"kind": "person", "name": f"{SCRIPT}\u202e", "version": IMAGE, "note": PLANT}
    head = {
        "id": name, "created": "2026-11-22", "labels_sha256": digest, "description": PLANT,
        "guidelines_version": "1.0.0", "producer": producer,
        "coverage": [{"item": f"{each}-i1", "layers": layers, "zones": zones} for each in records],
    }  # fmt: skip
    target = folder / "annotation/sets" / name
    target.mkdir()
    _write(target / "set.json", head)
    for each, lines in records.items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (target / f"{each}-i1.jsonl").write_bytes(text.encode())


def _write(path: Path, data: Json) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
