from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora import GOOD
from newspan import check, init
from newspan.cli import main


def test_a_new_corpus_is_a_corpus(tmp_path: Path) -> None:
    """What init makes has no problems, and says of itself what was given."""
    root = init(tmp_path / "The Harbour", title="Harbour news", languages=["en", "fr"])

    head = json.loads((root / "corpus" / "corpus.json").read_text())
    assert check(root) == []
    assert head["title"] == "Harbour news"
    assert head["languages"] == ["en", "fr"]
    assert head["name"].startswith("the_harbour")


def test_without_a_word_it_is_sound_too(tmp_path: Path) -> None:
    """Nothing must be given but the folder, which may be there, with other things in it."""
    (tmp_path / "README.md").write_text("Mine.\n")

    init(tmp_path)

    assert check(tmp_path) == []
    assert (tmp_path / "README.md").read_text() == "Mine.\n"


def test_a_corpus_is_never_written_over(tmp_path: Path) -> None:
    """A second init is refused, and leaves all as it was."""
    init(tmp_path, title="First")

    with pytest.raises(ValueError, match="is there already"):
        init(tmp_path, title="Second")
    assert "First" in (tmp_path / "corpus" / "corpus.json").read_text()


@pytest.mark.parametrize(
    "given",
    [{"name": "Not An Id"}, {"languages": ["English"]}, {"labels": "nowhere.json"}],
    ids=["name", "language", "labels"],
)
def test_wrong_use_writes_nothing(tmp_path: Path, given: dict[str, str]) -> None:
    """What fits no schema is refused before anything is written."""
    with pytest.raises(ValueError):
        init(tmp_path / "new", **given)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_labels_of_ones_own_are_in_force(tmp_path: Path) -> None:
    """A labels.json that is given becomes the corpus's, byte for byte; a wrong one is refused."""
    own = GOOD / "schema" / "labels.json"
    root = init(tmp_path / "new", labels=own)

    assert (root / "schema" / "labels.json").read_bytes() == own.read_bytes()
    assert check(root) == []
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"version": "1.0.0", "labels": [{"id": "x"}]}')
    with pytest.raises(ValueError, match=r"wrong\.json"):
        init(tmp_path / "other", labels=wrong)


def test_the_verb(tmp_path: Path) -> None:
    """The verb tells what it made, and calls wrong use wrong."""
    arguments = ["init", str(tmp_path / "new"), "--language", "en"]

    made, again = (CliRunner().invoke(main, arguments) for _ in range(2))

    assert (made.exit_code, again.exit_code) == (0, 2)
    assert made.stdout == f"made {tmp_path / 'new' / 'corpus'}\n"
    assert "is there already" in again.output
