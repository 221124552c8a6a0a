"""Models learn what can be learnt, stay in their stretches, and come back from their files."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from newspan.cli.predict import command as predict_verb
from newspan.text import words
from newspan.training import crf
from newspan.training.examples import Example, Mark
from newspan.training.features import features
from newspan.training.five_words import fit as fit_five_words
from newspan.training.kinds import kind_of, names
from newspan.training.saved import FORMAT, Head, load, save

from .tokenizers import hostile


def silent(stage: str, done: int, total: int | None) -> None:
    """Tell nobody."""


def notice(name: str, text: str, *marked: tuple[str, str]) -> Example:
    """Return an item of one stretch, with words marked wherever they stand first."""
    marks = [Mark(text.index(w), text.index(w) + len(w), label) for w, label in marked]
    return Example(0, name, (0, name), 0, text, ((0, len(text)),), tuple(marks))


NEWS = [
    notice("a", "The shameful council sold the ferry.", ("shameful", "Loaded_Language")),
    notice("b", "A shameful plan, the mayor said.", ("shameful", "Loaded_Language")),
    notice("c", "The ferry sails; the harbour thugs cheer.", ("harbour thugs", "Name_Calling")),
    notice("d", "Those harbour thugs and a dear ferry.", ("harbour thugs", "Name_Calling")),
]


@pytest.mark.parametrize("name", names())
def test_what_was_marked_is_found_again(name: str) -> None:
    """Words marked in training are marked in a new text, with label and confidence."""
    model = kind_of(name).fit(NEWS * 3, "loaded_language", 1, silent)
    text = "Then the shameful mayor met the harbour thugs."
    found = model.predict(notice("new", text))
    told = {(text[m.start : m.end], m.label) for m in found.marks}

    assert ("shameful", "Loaded_Language") in told
    assert any("thugs" in surface and label == "Name_Calling" for surface, label in told)
    assert all(0 < mark.confidence <= 1 for mark in found.marks)
    assert 0 <= found.uncertainty <= 1


@pytest.mark.parametrize("name", names())
def test_a_model_comes_back_from_its_files(name: str, tmp_path: Path) -> None:
    """Saved and loaded, it says the same; trained again, it gives the same bytes."""
    kind = kind_of(name)
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
        kind.fit(NEWS, "loaded_language", 1, silent).save(folder)
    model = kind.fit(NEWS, "loaded_language", 1, silent)
    again = kind.load(folders[0])

    assert [again.predict(each) for each in NEWS] == [model.predict(each) for each in NEWS]
    files = [{p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders]
    assert files[0] == files[1]


@pytest.mark.parametrize("name", names())
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_hostile_texts_are_learnt_and_predicted(name: str, seed: int) -> None:
    """No text stops a model, and no mark leaves a stretch or begins or ends with white space."""
    rng = random.Random(seed)
    examples = []
    for number in range(3):
        text = hostile(rng)
        cut = words(text)
        marks = [
            Mark(*rng.choice(cut), rng.choice(["source", "cue"])) for _ in range(3 if cut else 0)
        ]
        half = len(text) // 2
        stretches = ((0, half), (half, len(text)))
        examples.append(Example(0, f"i{number}", (0, "l"), 0, text, stretches, tuple(marks)))
    kind = kind_of(name)
    for layer in ("attribution", "loaded_language"):
        model = kind.fit(examples, layer, 1, silent)
        kind.lost(examples, layer)
        for example in examples:
            for mark in model.predict(example).marks:
                assert any(a <= mark.start < mark.end <= b for a, b in example.stretches)
                assert example.text[mark.start : mark.end].strip()


def test_five_words_are_the_commonest() -> None:
    """Counted without regard to case; equally common ones by letters; found as whole words only."""
    text = "Mob mob rabble lackey crony stooge puppet Mobile mob\u00a0rule"
    marks = [("Mob", "x"), ("mob", "x"), *((w, "x") for w in text.split()[2:7])]
    model = fit_five_words([notice("a", text, *marks)], "loaded_language", 1, silent)

    assert [each.text for each in model.wordings] == ["mob", "crony", "lackey", "puppet", "rabble"]
    assert model.wordings[0].confidence == pytest.approx(2 / 3)
    found = model.predict(notice("b", "MOB, mobile; a mob"))
    assert [mark[:2] for mark in found.marks] == [(0, 3), (15, 18)]


def test_five_words_know_no_name_by_its_length() -> None:
    """Masked names are one wording, as they are one word to the other models."""
    model = fit_five_words(
        [notice("a", "XXXXXX came", ("XXXXXX", "x"))], "loaded_language", 1, silent
    )
    found = model.predict(notice("b", "XX came, XXXXXXX’s boat; X and x, XXXIV, taxxi"))
    assert [mark[:2] for mark in found.marks] == [(0, 2), (9, 16)]


def test_five_words_find_what_a_longer_wording_hides() -> None:
    """A longer wording that would cut a word is none; spaces are those of Python."""
    text = "A shameful planning. A shameful\x1cplan. shameful plan"
    at = text.rindex("shameful plan")
    marks = (Mark(2, 10, "x"), Mark(at, at + len("shameful plan"), "x"))
    model = fit_five_words(
        [msgspec.structs.replace(notice("a", text), marks=marks)], "loaded_language", 1, silent
    )
    found = model.predict(notice("b", text))
    told = [text[mark.start : mark.end] for mark in found.marks]
    assert told == ["shameful", "shameful\x1cplan", "shameful plan"]


@pytest.mark.parametrize("name", ["five-words", "lexicon"])
def test_uncertainty_is_of_words(name: str) -> None:
    """It is the mean over words of 1 minus the probability of what is said of each."""
    plain = [notice(str(n), "The ferry sails, a shameful thing.") for n in range(2)]
    model = kind_of(name).fit([*NEWS, *plain], "loaded_language", 1, silent)
    (mark,) = (found := model.predict(notice("a", "shameful"))).marks
    assert 0 < mark.confidence < 1
    assert found.uncertainty == pytest.approx(1 - mark.confidence)


def test_thresholds_see_nothing_that_the_trial_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CRF's are fixed on items that the model which is tried has not seen."""
    learnt: list[set[str]] = []
    tried: list[set[str]] = []
    own, fixed = crf._trained, crf._threshold

    def trained(examples: list[Example], layer: str) -> Any:
        learnt.append({each.item for each in examples})
        return own(examples, layer)

    def threshold(held: list[Any], labels: Any) -> float:
        tried.extend({each.item for each in examples} for examples, _ in held)
        return fixed(held, labels)

    monkeypatch.setattr(crf, "_trained", trained)
    monkeypatch.setattr(crf, "_threshold", threshold)
    crf.fit(NEWS, "loaded_language", 1, silent)

    assert len(learnt) == 3 and learnt[-1] == {each.item for each in NEWS}
    assert len(tried) % 2 == 0 and len(tried) >= 2
    for number, items in enumerate(tried):
        assert items and items.isdisjoint(learnt[number % 2])


def test_features_tell_quotes_and_sentence_borders() -> None:
    """A quoted word, the first and last of a sentence; masked names all look the same."""
    text = "He said “never again”. XXXXX left XXX."
    rows = features(text, words(text))
    by_word = {text[a:b]: row for (a, b), row in zip(words(text), rows, strict=True)}

    assert "quoted" in by_word["never"] and "quoted" not in by_word["left"]
    assert "first" in by_word["He"] and "first" not in by_word["said"]
    own = [
        [f for f in by_word[name] if f[:2] in ("w=", "s=", "p=", "e=")] for name in ("XXXXX", "XXX")
    ]
    assert own[0] == own[1]


def head(kind: str) -> Head:
    """Return the head of a model of loaded language."""
    return Head(FORMAT, "loaded_language", kind, ("x",), ("paragraph",), (), 1, "1.0.0", (), ())


@pytest.mark.parametrize("name", names())
def test_a_damaged_model_is_refused(name: str, tmp_path: Path) -> None:
    """Altered, cut off, of another format, or no model at all: told, and nothing is read of it."""
    folder = tmp_path / "model"
    save(folder, head(name), kind_of(name).fit(NEWS, "loaded_language", 1, silent), "# card\n")
    assert load(folder)[0].kind == name
    assert (folder / "README.md").read_text(encoding="utf-8") == "# card\n"

    for path in sorted((folder / "weights").iterdir()):
        broken = tmp_path / f"broken-{path.name}"
        shutil.copytree(folder, broken)
        (broken / "weights" / path.name).write_bytes(path.read_bytes()[:-2])
        with pytest.raises(ValueError, match="not those that"):
            load(broken)
        with pytest.raises(ValueError, match=r"no file of a model|whole file"):
            kind_of(name).load(broken / "weights")
    raw = (folder / "model.json").read_text(encoding="utf-8")
    for old, new, message in (
        (f'"format": {FORMAT}', '"format": 99', "format 99"),
        (f'"format": {FORMAT},', '"format": 2, "what_was": 1,', "reads 3: train the model again"),
        (f'"{name}"', '"os.system"', "there is no model"),
        ('"seed": 1', '"seed": "1"', "no file of a model"),
    ):
        assert old in raw
        (folder / "model.json").write_text(raw.replace(old, new), encoding="utf-8")
        with pytest.raises(ValueError, match=message):
            load(folder)
    with pytest.raises(ValueError, match="holds no model"):
        load(tmp_path)
    with pytest.raises(ValueError, match="no model"):
        save(tmp_path, head(name), kind_of(name).fit(NEWS, "claim", 1, silent), "")


@pytest.mark.parametrize("change", [{"share": 0.0}, {"share": 1.0}, {"odds": {"ferry": -1e6}}])
def test_a_lexicon_of_impossible_numbers_is_refused(
    tmp_path: Path, change: dict[str, object]
) -> None:
    """Each file says what another can have altered: sums are right, logarithms must exist."""
    kind = kind_of("lexicon")
    kind.fit(NEWS, "loaded_language", 1, silent).save(tmp_path)
    path = tmp_path / "lexicon.json"
    (lexicon,) = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([{**lexicon, **change}]), encoding="utf-8")

    with pytest.raises(ValueError, match="no file of a model"):
        kind.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "file", "key", "value"),
    [
        ("five-words", "five-words.json", "confidence", 7.0),
        ("crf", "chains.json", "threshold", -1.0),
        ("crf", "chains.json", "labels", []),
    ],
)
def test_impossible_values_are_refused(
    tmp_path: Path, name: str, file: str, key: str, value: object
) -> None:
    """Confidences and thresholds are shares, and a chain has a label."""
    kind = kind_of(name)
    kind.fit(NEWS, "loaded_language", 1, silent).save(tmp_path)
    path = tmp_path / file
    first, *rest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([{**first, key: value}, *rest]), encoding="utf-8")

    with pytest.raises(ValueError, match="no file of a model"):
        kind.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "missing", "extra"),
    [("crf", "pycrfsuite", "train"), ("transformer", "torch", "transformers")],
)
def test_a_model_whose_extra_is_missing_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, missing: str, extra: str
) -> None:
    """A folder from elsewhere names what to install, by the verb with exit code 2."""
    save(tmp_path / "m", head(name), kind_of("crf").fit(NEWS, "claim", 1, silent), "")
    monkeypatch.setitem(sys.modules, missing, None)
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda each, *more: None if each == missing else found(each)
    )
    result = CliRunner().invoke(predict_verb, [str(tmp_path / "m")])

    assert result.exit_code == 2
    told = f"""pip install "newspan[{extra}]", or in a checkout '.[{extra}]'"""
    assert told in " ".join(result.stderr.split())
