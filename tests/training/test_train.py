"""`newspan train` and `newspan predict`: scores, sets, models, and what is refused."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

import newspan
from newspan.cli.predict import command as predict_verb
from newspan.cli.train import command as train_verb
from newspan.corpus import read_corpus
from newspan.model import Producer
from newspan.problems import Place, Problem
from newspan.training import sets
from newspan.training.examples import LABELS, Mark, examples_of
from newspan.training.kinds import names
from newspan.training.predict import predict
from newspan.training.report import Trained
from newspan.training.sets import TrainingError, set_of
from newspan.training.train import train

from .conftest import made


def run(verb: Any, *arguments: Any) -> tuple[int, str, str]:
    """Run a verb; return its exit code, stdout and stderr."""
    result = CliRunner().invoke(verb, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def shipped(root: Path) -> dict[str, Trained]:
    """Return each model of loaded language, trained on the shipped corpus."""
    return {
        name: train(root, layer="loaded_language", model=name, replicates=20) for name in names()
    }


def iou(trained: Trained, copies: str = "with") -> float:
    """Return the headline."""
    value = trained.figures("iou", copies=copies)[0].f1.value
    assert value is not None
    return value


def test_models_that_learn_beat_the_five_words(shipped: dict[str, Trained]) -> None:
    """Out of fold, with and without copies; all beat whole articles by SI."""
    for copies in ("with", "without"):
        five = iou(shipped["five-words"], copies)
        assert 0.05 < five < iou(shipped["crf"], copies)
        assert five < iou(shipped["lexicon"], copies)
    for each in shipped.values():
        own, whole = (
            each.figures("si", predicted=name)[0].f1.value
            for name in (None, "baseline/whole_article")
        )
        assert own is not None and whole is not None and own > whole


def test_the_report_says_what_it_is(shipped: dict[str, Trained], root: Path) -> None:
    """Folds, data, who made the labels, how few lineages; a signature for the headline."""
    text = str(shipped["crf"])

    assert "scored out of fold: 3 folds, one lineage each; deterministic, so trained once" in text
    assert "is by language model Claude (Anthropic); people verified 0 of" in text
    assert "with so few they hardly mean anything" in text
    assert re.search(r"^  F1 IoU +0\.\d+ \[.*\] +0\.\d+ \[", text, re.M)
    assert text.count("iou|v:1|labels:same|") == 2
    data = json.loads(json.dumps(shipped["crf"].to_json()))
    assert data["runs"][0]["reports"][0]["layers"][0]["layer"] == "loaded_language"
    assert len(shipped["crf"].runs) == 1


@pytest.mark.parametrize("layer", sorted(LABELS))
def test_out_of_fold_predictions_are_a_set(root: Path, tmp_path: Path, layer: str) -> None:
    """The set passes check, is by a rule that names its teacher, and scores as the report says."""
    corpus = tmp_path / "corpus"
    for part in ("corpus", "annotation"):
        shutil.copytree(root / part, corpus / part)
    trained = train(corpus, layer=layer, model="lexicon", into="guess", replicates=0)
    found, _ = read_corpus(corpus)
    assert found is not None
    made_set = found.sets["guess"]

    assert [p for p in newspan.check(corpus) if p.severity == "error"] == []
    assert (made_set.info.producer.kind, made_set.info.producer.name) == (
        "rule",
        "newspan train lexicon",
    )
    assert made_set.info.producer.annotators == ("language model Claude (Anthropic)",)
    covered = {(i, kind) for i, of, kind in found.sets["consensus"].looked_at if of == layer}
    assert {(i, kind) for i, _, kind in made_set.looked_at} <= covered
    scored = newspan.score(corpus, "consensus", "guess", layers=[layer], replicates=0)
    assert scored.find("iou", layer).f1.value == iou(trained)
    # Its own set may be replaced, another one not.
    train(corpus, layer=layer, model="five-words", into="guess", replicates=0)
    with pytest.raises(ValueError, match="did not make it"):
        train(corpus, layer=layer, model="five-words", into="consensus", replicates=0)


def test_a_fold_is_predicted_by_a_model_that_did_not_see_it(tmp_path: Path) -> None:
    """A wording that one lineage alone has marked is not found there."""
    corpus = made(tmp_path / "corpus", 2)
    for name in ("t0", "t1"):
        path = corpus / "annotation" / "sets" / "consensus" / f"{name}-i1.jsonl"
        text = (corpus / "corpus" / "raw" / f"{name}.txt").read_bytes().decode()
        word = {"t0": "ferry", "t1": "pier"}[name]
        at = next(m for m in re.finditer(rf"(?<=\s){word}(?=\s)", text))
        old = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
        new = {**old, "start": at.start(), "end": at.end(), "text": word}
        path.write_text(json.dumps(new) + "\n", encoding="utf-8")
    trained = train(corpus, layer="loaded_language", model="five-words", into="g", replicates=0)
    found, _ = read_corpus(corpus)
    assert found is not None
    by_item = {
        item: {span.text.casefold() for span in spans}
        for item, spans in found.sets["g"].spans_in.items()
    }

    assert by_item.get("t0-i1", set()) <= {"pier"} and by_item.get("t1-i1", set()) <= {"ferry"}
    assert iou(trained) == 0.0


def test_hostile_texts_through_the_verbs(hostile_corpus: Path, tmp_path: Path) -> None:
    """Trained, saved with a card, predicted, written and checked; the same bytes each time."""
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        code, out, err = run(
            train_verb, "--layer", "loaded_language", "--model", "crf", "--corpus", hostile_corpus,
            "--out", folder, "--bootstrap", 10,
        )  # fmt: skip
        assert (code, "F1 IoU" in out, str(folder) in err) == (0, True, True)
    files = [
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders
    ]
    assert files[0] == {**files[1], Path("README.md"): files[0][Path("README.md")]}
    card = (folders[0] / "README.md").read_text(encoding="utf-8")
    head = json.loads((folders[0] / "model.json").read_text(encoding="utf-8"))
    assert head["sources"][0]["data_sha256"] in card and "| F1 IoU | 0." in card

    corpus = tmp_path / "corpus"
    shutil.copytree(hostile_corpus, corpus)
    code, out, _ = run(predict_verb, folders[0], "--corpus", corpus, "--into", "guess")
    assert code == 0 and re.match(r"guess: \d+ spans, 6 items", out)
    assert [p for p in newspan.check(corpus) if p.severity == "error"] == []

    code, out, _ = run(predict_verb, folders[0], "--corpus", corpus)
    text = {n: (corpus / f"corpus/raw/t{n}.txt").read_bytes().decode() for n in range(6)}
    for line in out.splitlines():
        guess = json.loads(line)
        whole = text[int(guess["item"][1])]
        assert whole[guess["start"] : guess["end"]] == guess["text"]
        assert 0 <= guess["confidence"] <= 1
        assert guess["confidence"] == round(guess["confidence"], 4)


def test_masked_models_mask_what_they_read(root: Path, tmp_path: Path) -> None:
    """No name is among what a model has learnt; what it predicts has the text's own wording."""
    trained = train(
        root, layer="attribution", model="lexicon", mask_entities=True, replicates=0,
        out=tmp_path / "m",
    )  # fmt: skip
    head = json.loads((tmp_path / "m" / "model.json").read_text(encoding="utf-8"))
    odds = json.loads((tmp_path / "m" / "weights" / "lexicon.json").read_text(encoding="utf-8"))
    found = predict(tmp_path / "m", root)

    assert trained.names == len(head["names"]) > 30 and trained.masked > 500
    learnt = {word for each in odds for key in each["odds"] for word in key.split()}
    assert not learnt & {"mko", "mek", "albania", "iran", "iranian", "rajavi"}
    assert not any(set(guess.text) == {"X"} for guess in found.guesses)
    # As a name like any other it was learnt: it is found only if it is masked in what is read.
    assert any("MKO" in guess.text.split() for guess in found.guesses)


def test_labels_that_a_corpus_does_not_know_are_left_out(root: Path) -> None:
    """They are counted; marks that are the same twice are one span."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    (example, *_), _ = examples_of(corpus, corpus.sets["consensus"], "claim")
    marks = [Mark(0, 4, "factual"), Mark(0, 4, "factual", 0.5), Mark(0, 4, "Own_Label")]
    found = set_of(
        corpus, "claim", [(example, marks)], name="g", producer=Producer("rule", "r"),
        created="2026-11-22", description="d",
    )  # fmt: skip

    assert found.unknown == 1
    assert [span.label for span in found.set.spans.values()] == ["factual"]
    assert [span.start for span in found.set.spans.values()] == [example.start]


def test_what_is_outside_zones_is_counted(root: Path) -> None:
    """A set that looked at titles alone has its other spans left out, and told."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    old = corpus.sets["consensus"]
    replace = msgspec.structs.replace
    titles = tuple(replace(each, zones=("title",)) for each in old.info.coverage)
    narrow = replace(old, info=replace(old.info, coverage=titles))
    all_of, none = examples_of(corpus, old, "claim")
    few, outside = examples_of(corpus, narrow, "claim")

    assert none == 0
    assert outside + sum(len(e.marks) for e in few) == sum(len(e.marks) for e in all_of)
    assert 0 < sum(len(e.marks) for e in few) < outside


def test_several_corpora_are_learnt_together(hostile_corpus: Path, tmp_path: Path) -> None:
    """Each gets its own scores and set; a copy of a corpus is held out with what it copies."""
    one, two = tmp_path / "one", tmp_path / "two"
    shutil.copytree(hostile_corpus, one)
    made(two, 3, seed=2)
    trained = train(
        [one, two], layer="loaded_language", model="lexicon", into="guess", replicates=0,
        out=tmp_path / "m",
    )  # fmt: skip
    assert trained.folds == 9 and len(trained.runs[0].reports) == 2
    assert [(each / "annotation/sets/guess/set.json").is_file() for each in (one, two)] == [
        True
    ] * 2
    assert str(trained).count("  F1 IoU ") == 2
    twin = tmp_path / "twin"
    shutil.copytree(hostile_corpus, twin)
    assert train([one, twin], layer="loaded_language", model="five-words", replicates=0).folds == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--layer", "duplicate_block", "--model", "crf"], "no layer 'duplicate_block' to learn"),
        (["--layer", "claim", "--model", "oracle"], "no model 'oracle'; there are five-words"),
        (["--layer", "claim", "--model", "crf"], "has nothing of claim"),
        (
            ["--layer", "loaded_language", "--model", "crf", "--set", "no"],
            "/corpus: the corpus has no set 'no'",
        ),
        (["--layer", "loaded_language", "--model", "crf", "--folds", "7"], "2 to 6 folds"),
        (["--layer", "loaded_language", "--model", "crf", "--into", "A b"], "no id of a set"),
        (["--layer", "loaded_language", "--model", "crf", "--into", "gold-a"], "predictions gold"),
        (["--layer", "loaded_language", "--model", "crf", "--seeds", "0"], "one seed at least"),
        (
            ["--layer", "loaded_language", "--model", "crf", "--bootstrap", "100001"],
            "bootstrap must be 0 to 100,000",
        ),
    ],
)
def test_wrong_use_is_told(
    hostile_corpus: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    """Exit code 2, a message, and nothing written."""
    out = tmp_path / "model"
    code, _, err = run(train_verb, *arguments, "--corpus", hostile_corpus, "--out", out)

    assert code == 2 and message in " ".join(err.split())
    assert not out.exists()


def test_a_corpus_with_errors_is_refused(hostile_corpus: Path, tmp_path: Path) -> None:
    """The problems are printed, exit code 1; so for predict."""
    corpus = tmp_path / "corpus"
    shutil.copytree(hostile_corpus, corpus)
    train(corpus, layer="loaded_language", model="five-words", replicates=0, out=tmp_path / "m")
    (corpus / "corpus" / "raw" / "t0.txt").write_bytes(b"other")
    for verb, arguments in (
        (train_verb, ["--layer", "loaded_language", "--model", "crf", "--out", tmp_path / "n"]),
        (predict_verb, [tmp_path / "m"]),
    ):
        code, _, err = run(verb, *arguments, "--corpus", corpus)
        assert code == 1 and "nothing was" in err and "error" in err
    code, _, err = run(predict_verb, tmp_path, "--corpus", corpus)
    assert code == 2 and "holds no model" in " ".join(err.split())


def test_masked_predictions_are_a_set(root: Path, tmp_path: Path) -> None:
    """Its spans have the text's own words, not the signs that the model read."""
    corpus = tmp_path / "corpus"
    for part in ("corpus", "annotation"):
        shutil.copytree(root / part, corpus / part)
    train(
        corpus, layer="loaded_language", model="lexicon", mask_entities=True, into="guess",
        replicates=0,
    )  # fmt: skip

    assert [p for p in newspan.check(corpus) if p.severity == "error"] == []
    found, _ = read_corpus(corpus)
    assert found is not None
    assert any("Iran" in span.text for span in found.sets["guess"].spans.values())


def test_a_set_with_errors_leaves_a_model_alone(
    hostile_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sets are looked at before anything is written."""
    folder = tmp_path / "m"
    given = {"layer": "loaded_language", "replicates": 0, "out": folder, "into": "guess"}
    corpus = tmp_path / "corpus"
    shutil.copytree(hostile_corpus, corpus)
    train(corpus, model="lexicon", **given)
    before = (folder / "model.json").read_bytes()
    wrong = Problem("schema", Place("annotation/sets/guess/set.json"), "wrong")
    monkeypatch.setattr(sets, "check_set", lambda *_: [wrong])
    with pytest.raises(TrainingError):
        train(corpus, model="five-words", **given)
    assert (folder / "model.json").read_bytes() == before


def test_files_of_others_are_not_written_over(hostile_corpus: Path, tmp_path: Path) -> None:
    """Neither a folder with more than a model in it, nor another program's file."""
    folder = tmp_path / "m"
    given = {"layer": "loaded_language", "model": "five-words", "replicates": 0, "out": folder}
    train(hostile_corpus, **given)
    train(hostile_corpus, **given)
    (folder / "notes.md").write_text("mine")
    with pytest.raises(ValueError, match=r"holds more than a model, 'notes\.md'"):
        train(hostile_corpus, **given)
    other = tmp_path / "other"
    other.mkdir()
    (other / "model.json").write_text('{"name": "of another program"}')
    with pytest.raises(ValueError, match="is no model"):
        train(hostile_corpus, **{**given, "out": other})
    assert {path.name for path in folder.iterdir()} >= {"notes.md", "model.json"}


def two_corpora(folder: Path) -> list[Path]:
    """Write two corpora of the same news with labels of their own, the second's one unknown."""
    found = []
    for corpus, label in (("one", "Loaded_Language"), ("two", "Harbour_Talk")):
        articles = folder / f"{corpus}-articles"
        articles.mkdir()
        rows = []
        for number in range(6):
            # No two have half of their runs of eight words in common: they would be copies.
            line = f"Council {number} of quay {corpus} sold ferry {number} to the harbour thugs."
            dear = "late" if corpus == "one" else "dear"
            text = f"{line}\nA {dear} plan {number}, the mayor said.\n"
            (articles / f"article{number}.txt").write_text(text, encoding="utf-8")
            at = text.index("harbour thugs")
            rows.append(f"{number}\t{label}\t{at}\t{at + len('harbour thugs')}\n")
        (articles / "all.labels").write_text("".join(rows), encoding="utf-8")
        newspan.init(folder / corpus, title=corpus, languages=["en"])
        newspan.add([articles], folder / corpus, format="ptc", set_id="ptc")
        found.append(folder / corpus)
    return found


def assert_own_labels(corpora: list[Path], trained: Trained) -> None:
    """See that each set has labels that its corpus knows, and that the others are counted."""
    own = {}
    for each in corpora:
        found, problems = read_corpus(each)
        assert found is not None and not [p for p in problems if p.severity == "error"]
        own[each.name] = {span.label for span in found.sets["guess"].spans.values()}
        assert [p for p in newspan.check(each) if p.severity == "error"] == []
    assert own["one"] <= {"Loaded_Language"}
    assert own["two"] <= {"Loaded_Language", "Harbour_Talk"}
    assert own["one"] or own["two"] or trained.runs[0].unknown
    assert [len(run.reports) for run in trained.runs] == [2] * len(trained.runs)


@pytest.mark.parametrize("model", names())
def test_corpora_with_other_labels_are_learnt_together(tmp_path: Path, model: str) -> None:
    """Each corpus's set has labels that it knows; the others are counted and told."""
    corpora = two_corpora(tmp_path)
    trained = train(
        corpora, layer="loaded_language", model=model, replicates=0, into="guess",
        out=tmp_path / "m",
    )  # fmt: skip
    assert_own_labels(corpora, trained)
    head = json.loads((tmp_path / "m" / "model.json").read_text(encoding="utf-8"))
    assert head["labels"] == ["Harbour_Talk", "Loaded_Language"]
    # A model of the second corpus alone says nothing that the first can hold.
    train(corpora[1], layer="loaded_language", model=model, replicates=0, out=tmp_path / "other")
    code, out, err = run(
        predict_verb, tmp_path / "other", "--corpus", corpora[0], "--into", "theirs"
    )
    assert code == 0 and "theirs: 0 spans, 6 items" in out
    assert "with labels that the corpus does not know: 6 spans\n" in err
    assert "learnt from" not in err


def test_the_corpus_that_lacks_a_set_is_named(hostile_corpus: Path, tmp_path: Path) -> None:
    """Of several corpora, the error says which has no such set, or nothing of the layer in it."""
    one, two = (tmp_path / name for name in ("one", "two"))
    for each in (one, two):
        shutil.copytree(hostile_corpus, each)
    (one / "annotation/sets/consensus").rename(one / "annotation/sets/readers")
    path = one / "annotation/sets/readers/set.json"
    head = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**head, "id": "readers"}), encoding="utf-8")
    given = {"model": "five-words", "annotations": "readers", "replicates": 0}
    with pytest.raises(ValueError, match=r"/two: the corpus has no set 'readers'"):
        train([one, two], layer="loaded_language", **given)
    with pytest.raises(ValueError, match=r"/one: the set readers has nothing of claim"):
        train([one], layer="claim", **given)


def test_intervals_are_spoken_of_where_there_are_some(hostile_corpus: Path) -> None:
    """With 6 lineages they are few; without replicates there are none to be warned of."""
    few = "intervals are drawn from 6 lineages"
    for replicates in (0, 10):
        trained = train(hostile_corpus, layer="loaded_language", model="crf", replicates=replicates)
        assert (few in str(trained)) == bool(replicates)
