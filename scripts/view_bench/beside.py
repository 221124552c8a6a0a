"""The same spans as a page of newspan and as a page of displaCy, made and shown in turns."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

from newspan.corpus import Corpus, read_corpus
from newspan.viewer.view import page_of
from view_bench.browsing import Shown
from view_bench.invent import ITEM, SET, Case, invent, write_corpus

_PEER = Path(__file__).parent / "peer.py"
_WARM = 100  # spans of the document that is made first, untimed


def beside(browser: Any, peer_python: str, work: Path, number: int, rounds: int) -> dict[str, Any]:
    """Return the seconds of each round, by `newspan` and `displacy`, and what they show.

    `make` is from records to a page, `show` from its navigation until all of it is laid out and
    painted, `sum` both. `read` is `show` as readers have it: newspan's page leaves the layout of
    what is far from the window for later; displaCy's has the same value there.

    Args:
        browser: of `browsing.chromium`.
        peer_python: the Python of an environment with spaCy.
        work: an empty folder.
        number: of spans.
        rounds: how often both are made and shown.
    """
    case = invent(number)
    corpus = write_corpus(work / "long", case)
    warm = write_corpus(work / "warm", invent(_WARM))
    times: dict[str, dict[str, list[float]]] = {
        name: {part: [] for part in ("make", "show", "sum", "read")}
        for name in ("newspan", "displacy")
    }
    _make(_read(warm), work / "warm.html")
    Shown(browser, work / "warm.html", f"#item/{ITEM}?set={SET}").close()
    shown: dict[str, dict[str, Any]] = {}
    with _Peer(peer_python, case, work) as peer:
        for _ in range(rounds):
            read = _read(corpus)
            page = work / "newspan.html"
            made = _make(read, page)
            place = f"#item/{ITEM}?set={SET}"
            ours = Shown(browser, page, place, spans=len(case.spans), whole=True)
            shown["newspan"] = {**_whole(case, ours.ours()), "bytes": page.stat().st_size}
            ours.close()
            _note(times["newspan"], made, ours.seconds)
            plain = Shown(browser, page, place, spans=len(case.spans))
            plain.close()
            times["newspan"]["read"].append(plain.seconds)
            made = peer.make()
            theirs = Shown(browser, peer.page)
            shown["displacy"] = {**theirs.displacy(), "bytes": peer.page.stat().st_size}
            theirs.close()
            _note(times["displacy"], made, theirs.seconds)
            times["displacy"]["read"].append(theirs.seconds)
        version = peer.version
    told = {"words": case.words, "spans": len(case.spans), "deepest": _deepest(case)}
    return {
        "case": told,
        "newspan": {**times["newspan"], "shown": shown["newspan"]},
        "displacy": {**times["displacy"], "shown": shown["displacy"], "version": version},
    }


def _note(times: dict[str, list[float]], made: float, shown: float) -> None:
    for part, seconds in (("make", made), ("show", shown), ("sum", made + shown)):
        times[part].append(seconds)


def _read(folder: Path) -> Corpus:
    corpus, problems = read_corpus(folder)
    if corpus is None or problems:
        raise RuntimeError(f"{folder}: {problems[:1]}")
    return corpus


def _make(corpus: Corpus, page: Path) -> float:
    """Return the seconds that a page takes that is made from records, as they are when read."""
    begin = time.perf_counter()
    text = page_of(corpus)
    seconds = time.perf_counter() - begin
    page.write_text(text, encoding="utf-8", newline="")
    return seconds


def _whole(case: Case, found: dict[str, Any]) -> dict[str, int]:
    """Return how many spans have their whole surface in the page, with the page's other counts."""
    text = found.pop("text")
    whole = sum(text.get(span["id"]) == span["text"] for span in case.spans)
    return {**found, "whole": whole}


def _deepest(case: Case) -> int:
    borders = [(span[key], way) for span in case.spans for key, way in (("start", 1), ("end", -1))]
    depth = deepest = 0
    for _, way in sorted(borders):
        depth += way
        deepest = max(deepest, depth)
    return deepest


class _Peer:
    """The peer's process, warm; each `make` renders the page anew."""

    def __init__(self, python: str, case: Case, work: Path) -> None:
        spans = [
            {"start": span["start"], "end": span["end"], "label": _label(span)}
            for span in case.spans
        ]
        given, self.page = work / "case.json", work / "displacy.html"
        given.write_text(json.dumps({"text": case.text, "spans": spans}), encoding="utf-8")
        self._process = subprocess.Popen(
            [python, str(_PEER), str(given), str(self.page)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> _Peer:
        self.version = str(self._answer()["spacy"])
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def make(self) -> float:
        """Render the page and return the seconds it took."""
        assert self._process.stdin is not None
        self._process.stdin.write("again\n")
        self._process.stdin.flush()
        return float(self._answer()["seconds"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the peer's process ended; what it wrote stands above")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _label(span: dict[str, Any]) -> str:
    return str(span.get("factuality") or span.get("role") or span.get("technique"))
