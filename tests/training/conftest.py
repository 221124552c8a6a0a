"""Small corpora of harbour news to learn from."""

from __future__ import annotations

import random
from importlib.util import find_spec
from pathlib import Path

import pytest

from hostile_news import hostile_text, write_corpus

#: Without torch, test_with_torch.py has these run in an environment that has it.
collect_ignore_glob = [] if find_spec("torch") else ["test_transformers*.py"]


@pytest.fixture(scope="session")
def hostile_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of six hostile texts, each a lineage of its own; don't change it."""
    return made(tmp_path_factory.mktemp("hostile") / "corpus", 6)


def made(folder: Path, number: int, seed: int = 1) -> Path:
    """Write a corpus of hostile texts, each of a lineage of its own."""
    import json

    rng = random.Random(seed)
    texts = {f"t{n}": hostile_text(rng) for n in range(number)}
    write_corpus(folder, texts)
    for name in texts:
        path = folder / "corpus" / "documents" / f"{name}.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(
            json.dumps({**record, "lineage": f"l-{name}"}, ensure_ascii=False), encoding="utf-8"
        )
    return folder
