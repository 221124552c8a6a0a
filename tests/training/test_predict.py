"""`newspan predict --campaign`: what it writes, what it leaves out, and what it refuses."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import newspan
from newspan.campaign.settings import parse_settings
from newspan.cli.predict import command as predict_verb
from newspan.training.predict import predict
from newspan.training.sets import TrainingError
from newspan.training.train import train

from .conftest import made


@pytest.fixture(scope="module")
def model(hostile_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model that has learnt from the hostile corpus."""
    folder = tmp_path_factory.mktemp("models") / "five"
    train(hostile_corpus, layer="loaded_language", model="five-words", replicates=0, out=folder)
    return folder


@pytest.fixture
def corpus(hostile_corpus: Path, tmp_path: Path) -> Path:
    """Return a copy of the hostile corpus in which nobody has looked at four of the six items."""
    root = tmp_path / "corpus"
    shutil.copytree(hostile_corpus, root)
    unlooked(root, *(f"t{number}-i1" for number in range(4)))
    return root


def unlooked(root: Path, *items: str) -> None:
    """Take items out of the set `consensus`."""
    folder = root / "annotation/sets/consensus"
    head = json.loads((folder / "set.json").read_text(encoding="utf-8"))
    head["coverage"] = [each for each in head["coverage"] if each["item"] not in items]
    (folder / "set.json").write_text(json.dumps(head), encoding="utf-8")
    for item in items:
        (folder / f"{item}.jsonl").unlink()


def files(root: Path) -> dict[str, bytes]:
    """Return a folder's files."""
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_a_campaign_has_what_nobody_has_annotated(corpus: Path, model: Path) -> None:
    """Least certain first; once its comment is followed, its settings are sound."""
    result = CliRunner().invoke(
        predict_verb, [str(model), "--corpus", str(corpus), "--campaign", "quay"]
    )
    assert result.exit_code == 0 and re.match(r"quay-guess: \d+ spans, 6 items\n", result.stdout)
    assert "items to annotate, the least certain first: 4\n" in result.stderr
    assert "left out, since somebody has annotated them: 2\n" in result.stderr
    text = (corpus / "annotation/campaigns/quay/campaign.toml").read_text(encoding="utf-8")
    unsure = [float(told) for told in re.findall(r"# (\d\.\d+)$", text, re.MULTILINE)]
    assert unsure == sorted(unsure, reverse=True) and len(unsure) == 4
    written = tomllib.loads(text)
    assert sorted(written.pop("items")) == ["t0-i1", "t1-i1", "t2-i1", "t3-i1"]
    assert written == {
        "name": "quay", "layers": ["loaded_language"], "preannotate": "quay-guess"
    }  # fmt: skip
    settings, problems = parse_settings(tomllib.loads(text), "quay")
    assert settings is None and [each.place.pointer for each in problems] == ["/annotators"]
    followed = text.replace("# [[annotators]]\n# alias", "[[annotators]]\nalias")
    settings, problems = parse_settings(tomllib.loads(followed), "quay")
    assert settings is not None and settings.active == ("ada",) and problems == []


@pytest.mark.parametrize("into", [None, "guess"])
def test_a_set_that_cannot_be_read_makes_no_campaign(
    corpus: Path, model: Path, into: str | None
) -> None:
    """It may say that items are annotated; predictions without a campaign need no sets."""
    head = corpus / "annotation/sets/consensus/set.json"
    head.write_text(head.read_text(encoding="utf-8").replace('"created":', '"crated":'))
    before = files(corpus)
    with pytest.raises(TrainingError) as stopped:
        predict(model, corpus, campaign="quay", into=into)
    assert {each.place.file for each in stopped.value.problems} == {
        "annotation/sets/consensus/set.json"
    }
    assert files(corpus) == before
    assert predict(model, corpus, into=into).items


def test_a_set_is_not_called_gold(corpus: Path, model: Path) -> None:
    """Nobody has verified predictions."""
    with pytest.raises(ValueError, match="would call predictions gold"):
        predict(model, corpus, into="gold")
    assert not (corpus / "annotation/sets/gold").exists()


def test_predictions_are_no_annotations(corpus: Path, model: Path) -> None:
    """A set that a rule, a model among them, has made keeps no item out of a campaign."""
    before = predict(model, corpus, campaign="quay", created="2026-11-22")
    after = predict(model, corpus, campaign="pier", into="again", created="2026-11-22")
    assert before.to_annotate == after.to_annotate == 4
    assert after.path == corpus / "annotation/sets/again"
    assert after.campaign == corpus / "annotation/campaigns/pier/campaign.toml"


def test_a_layer_that_is_done_in_all_items_makes_no_campaign(
    hostile_corpus: Path, model: Path, tmp_path: Path
) -> None:
    """Nothing is written."""
    shutil.copytree(hostile_corpus, tmp_path / "corpus")
    with pytest.raises(ValueError, match="somebody has annotated loaded_language in all items"):
        predict(model, tmp_path / "corpus", campaign="quay")
    assert files(tmp_path / "corpus") == files(hostile_corpus)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Quay", "small letters"),
        ("../quay", "small letters"),
        ("q" * 45, "over 41 characters"),
        ("pier", "give the campaign another name"),
    ],
)
def test_names_that_cannot_be(corpus: Path, model: Path, name: str, told: str) -> None:
    """A name that is none, is too long for a project's title, or is taken: nothing is written."""
    (corpus / "annotation/campaigns/pier").mkdir(parents=True)
    before = files(corpus)
    with pytest.raises(ValueError, match=told):
        predict(model, corpus, campaign=name)
    assert files(corpus) == before


def _as_given(corpus: Path) -> None:
    (corpus / "annotation/campaigns/quay/campaign.toml").write_text("[", encoding="utf-8")


@pytest.mark.parametrize(
    ("pushed", "change", "refused"),
    [(True, None, True), (False, None, False), (True, _as_given, False)],
)
def test_what_annotators_started_from_stays(
    corpus: Path,
    model: Path,
    pushed: bool,
    change: Callable[[Path], Any] | None,
    refused: bool,
) -> None:
    """A set is written anew until the campaign that shows it has handed something out."""
    predict(model, corpus, campaign="quay", created="2026-11-22")
    if pushed:
        (corpus / "annotation/campaigns/quay/state.json").write_text("{}", encoding="utf-8")
    if change is not None:
        change(corpus)
    before = files(corpus)
    if refused:
        with pytest.raises(ValueError, match="annotators of the campaign quay started from"):
            predict(model, corpus, into="quay-guess", created="2026-11-23")
        assert files(corpus) == before
    else:
        predict(model, corpus, into="quay-guess", created="2026-11-23")
        assert files(corpus) != before


def test_a_set_names_the_model_that_made_it(corpus: Path, model: Path) -> None:
    """By kind, by what it learnt from, and by the hash of its model.json."""
    import hashlib

    found = predict(model, corpus, into="guess")
    assert found.path is not None
    head = json.loads((found.path / "set.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256((model / "model.json").read_bytes()).hexdigest()
    assert head["producer"]["name"] == "newspan predict five-words"
    assert "learnt from consensus of " in head["description"]
    assert head["description"].endswith(f"SHA-256 of model.json: {digest}.")
    assert not (corpus / "annotation/campaigns").exists()


def told_of(corpus: Path, model: Path) -> tuple[str, str]:
    """Return what the verb says on stderr, and the description of the set that it writes."""
    result = CliRunner().invoke(
        predict_verb, [str(model), "--corpus", str(corpus), "--into", "guess"]
    )
    assert result.exit_code == 0
    head = json.loads((corpus / "annotation/sets/guess/set.json").read_text(encoding="utf-8"))
    return result.stderr, head["description"]


def test_texts_that_the_model_learnt_from_are_counted(
    corpus: Path, model: Path, tmp_path: Path
) -> None:
    """On stderr, in the set's description and in Python; of new texts nothing is said."""
    told = "the model learnt from 6 of 6 items: scores there say nothing"
    assert predict(model, corpus).learnt_from == 6
    err, description = told_of(corpus, model)
    assert f"warning: {told}\n" in err and f" {told}. SHA-256" in description

    new = tmp_path / "new"
    made(new, 3, seed=7)
    assert predict(model, new).learnt_from == 0
    assert not any("learnt from 0" in each or "say nothing" in each for each in told_of(new, model))


def test_a_copy_with_other_line_ends_is_no_new_text(tmp_path: Path) -> None:
    """A BOM, CR LF and capitals make no other text of one; a word more does."""
    line = "Council {0} of quay sold ferry {0} to the harbour thugs {0}, 👩\u200d👩\u200d👧.\n"
    learnt, copies = tmp_path / "learnt", tmp_path / "copies"
    for folder in (learnt, copies):
        folder.mkdir()
    for number in range(3):
        text = line.format(number) + "A late plan.\n"
        (learnt / f"article{number}.txt").write_text(text, encoding="utf-8")
        at = text.index("harbour thugs")
        rows = f"{number}\tName_Calling\t{at}\t{at + 13}\n"
        (learnt / f"article{number}.labels").write_text(rows, encoding="utf-8")
        other = text.replace("\n", "\r\n") if number else text + "It rained.\n"
        (copies / f"copy{number}.txt").write_bytes(other.upper().encode("utf-8-sig"))
    for folder, given in ((learnt, {"format": "ptc", "set_id": "consensus"}), (copies, {})):
        newspan.init(tmp_path / f"of-{folder.name}", title="Quay", languages=["en"])
        newspan.add([folder], tmp_path / f"of-{folder.name}", **given)
    out = tmp_path / "model"
    train(
        tmp_path / "of-learnt", layer="loaded_language", model="five-words", replicates=0, out=out
    )

    assert predict(out, tmp_path / "of-learnt").learnt_from == 3
    assert predict(out, tmp_path / "of-copies").learnt_from == 2


def test_one_is_not_many(model: Path, tmp_path: Path) -> None:
    """A corpus of one item has an item."""
    made(tmp_path / "one", 1, seed=3)
    result = CliRunner().invoke(
        predict_verb, [str(model), "--corpus", str(tmp_path / "one"), "--into", "guess"]
    )
    assert re.fullmatch(r"guess: (1 span|\d+ spans), 1 item\n", result.stdout)


def test_a_model_keeps_sums_of_texts_and_no_texts(corpus: Path, model: Path) -> None:
    """As many as there are different texts, each a SHA-256, whether names were masked or not."""
    head = json.loads((model / "model.json").read_text(encoding="utf-8"))
    assert len(head["texts"]) == 6 == len(set(head["texts"]))
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in head["texts"])
    masked = corpus.parent / "masked"
    train(
        corpus, layer="loaded_language", model="five-words", replicates=0, mask_entities=True,
        out=masked,
    )  # fmt: skip
    assert predict(masked, corpus).learnt_from == 2
