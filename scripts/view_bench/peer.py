"""Run by the Python of an environment with spaCy: displaCy's page of the spans in a JSON file.

    python peer.py CASE.json OUT.html

CASE.json holds `text` and `spans` of start, end and label, in code points. The Doc is made and a
small page rendered first, so that imports and warming up are not timed; then, for each line on
stdin, the page is rendered, the seconds it took are printed, and OUT.html is written. The end of
stdin ends it.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

#: One for each label, which is what makes displaCy's bars tell the labels apart.
_COLOURS = ("#8fb8de", "#f2b880", "#9fd3a9", "#d8a7ca", "#e6d36f", "#a7d8d4", "#c9b8e8", "#e8a598")


def main(case_path: Path, out: Path) -> None:
    """Render as often as stdin says."""
    spacy, displacy = import_module("spacy"), import_module("spacy.displacy")
    Span = import_module("spacy.tokens").Span
    case = json.loads(case_path.read_text(encoding="utf-8"))
    tokens = spacy.blank("en")
    tokens.max_length = max(tokens.max_length, len(case["text"]) + 1)

    def document(text: str, spans: list[dict[str, Any]]) -> Any:
        doc = tokens(text)
        starts = {token.idx: token.i for token in doc}
        ends = {token.idx + len(token): token.i + 1 for token in doc}
        doc.spans["sc"] = [
            Span(doc, starts[each["start"]], ends[each["end"]], each["label"]) for each in spans
        ]
        return doc

    labels = sorted({each["label"] for each in case["spans"]})
    options = {"colors": {label: _COLOURS[n % 8] for n, label in enumerate(labels)}}
    small = document("The ferry leaks", [{"start": 4, "end": 9, "label": "opinion"}])
    displacy.render(small, style="span", page=True, options=options, jupyter=False)
    doc = document(case["text"], case["spans"])
    print(json.dumps({"spacy": spacy.__version__, "tokens": len(doc)}), flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        html = displacy.render(doc, style="span", page=True, options=options, jupyter=False)
        seconds = time.perf_counter() - begin
        out.write_text(html, encoding="utf-8")
        print(json.dumps({"seconds": seconds}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
