"""Publishing in tests: the stand-in Hub within reach, and releases of two versions."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from corpora import GOOD
from fake_hub import FakeHub, Files
from newspan import build
from newspan.release.publish import PublishError, publish

TOKEN, READER = "hf_QuayLanternSecret", "hf_ReaderOfTheQuay"
TOKENS = {TOKEN: "write", READER: "read"}
REPO = "me/corpus"


def reach(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process, which is offline otherwise, ask the stand-in, without long waits."""
    from huggingface_hub import constants

    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.utils._http.time", SimpleNamespace(sleep=lambda s: None))


def environment(hub: FakeHub, home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process that uses the stand-in, with a cache of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    here = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return {
        **kept,
        "PATH": here,
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home),
        "NO_PROXY": "127.0.0.1",
        **more,
    }


def files_of(release: Path) -> Files:
    """Return a release's files by path, as the Hub should hold them."""
    return {
        path.relative_to(release).as_posix(): path.read_bytes()
        for path in release.rglob("*")
        if path.is_file()
    }


def build_old(folder: Path) -> Path:
    """Build version 0.1.0 of the good corpus: one more span, and a CHANGELOG.md."""
    corpus = folder / "corpus"
    shutil.copytree(GOOD, corpus)
    info = corpus / "corpus/corpus.json"
    info.write_text(json.dumps({**json.loads(info.read_text()), "version": "0.1.0"}))
    (corpus / "CHANGELOG.md").write_text("# 0.1.0\n\nThe first one.\n")
    text = (corpus / "corpus/raw/d1.txt").read_bytes().decode()
    start = text.index("stays shut")
    span = {"record": "span", "id": "shut", "layer": "loaded_language", "start": start}
    span |= {"end": start + 10, "text": "stays shut", "technique": "Loaded_Language"}
    with (corpus / "annotation/sets/consensus/d1-i1.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(span) + "\n")
    return build(corpus, folder / "dist").path


def refused(*arguments: Any, **options: Any) -> str:
    """Return the only problem id that publishing ends with."""
    with pytest.raises(PublishError) as caught:
        publish(*arguments, **options)
    assert len(caught.value.problems) == 1
    assert TOKEN not in str(caught.value.problems)
    return caught.value.problems[0].id
