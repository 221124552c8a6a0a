"""Encoders of transformers: what they are told of words, what they learn, how they are kept.

The encoder is a tiny one, made here. These tests need the extra `transformers`: test_with_torch.py.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tokenizers
import torch
import transformers
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

from newspan.cli.predict import command as predict_verb
from newspan.cli.train import command as train_verb
from newspan.corpus import read_corpus
from newspan.text import words
from newspan.training import loop, network, transformer
from newspan.training.collate import (
    IGNORED,
    Piece,
    collate,
    merge,
    rows_of,
    subwords,
    tensors,
    windows,
)
from newspan.training.encoders import OVERLAP, REPEATED, MultiLabel
from newspan.training.examples import LABELS, Example, Mark, examples_of, labels_of
from newspan.training.head_spans import MOST
from newspan.training.heads import HEADS, head_of
from newspan.training.kinds import chains, kind_of, saved_kind
from newspan.training.network import base_of, tokenizer_of
from newspan.training.pieces import Pieces, pieces_of
from newspan.training.train import train
from newspan.training.transformer import Transformer, fit

from .test_models import NEWS, notice, silent
from .test_train import assert_own_labels, two_corpora
from .tokenizers import hostile

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = "the a ferry council sold shameful harbour thugs mayor plan said cafe ##s ##ful x ##x"


def word_piece() -> tokenizers.Tokenizer:
    """Return a tokenizer as BERT's uncased ones: accents and invisible signs are dropped."""
    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    vocabulary = [*SPECIAL, *WORDS.split(), *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = list(dict.fromkeys(vocabulary))
    made = tokenizers.Tokenizer(
        models.WordPiece({word: n for n, word in enumerate(vocabulary)}, unk_token="[UNK]")
    )
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def byte_level() -> tokenizers.Tokenizer:
    """Return a tokenizer as RoBERTa's: bytes, and the space before a word belongs to it."""
    signs = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {sign: n for n, sign in enumerate([*SPECIAL, *signs, "Ġf", "he"])}
    made = tokenizers.Tokenizer(models.BPE(vocabulary, [("Ġ", "f"), ("h", "e")]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def unigram() -> tokenizers.Tokenizer:
    """Return a tokenizer as SentencePiece's: compatible forms are one, and pieces reach far."""
    pieces = [*SPECIAL, "▁", "▁the", "▁ferry", "’t", "n’t", ", “", "fe", "é"]
    pieces += [chr(code) for code in range(33, 127)]
    made = tokenizers.Tokenizer(
        models.Unigram([(each, -1.0 - len(each) / 9) for each in pieces], unk_id=1)
    )
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="$A [SEP]", special_tokens=[("[SEP]", 3)]
    )
    return made


def fast(made: tokenizers.Tokenizer) -> Any:
    """Return a tokenizer as transformers has it."""
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=64,
    )


TOKENIZERS = {each.__name__: each for each in (word_piece, byte_level, unigram)}
FAST = {name: fast(made()) for name, made in TOKENIZERS.items()}


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a tiny encoder with random weights; don't change it."""
    folder = tmp_path_factory.mktemp("encoders") / "tiny-bert"
    own = FAST["word_piece"]
    own.save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        config = transformers.BertConfig(
            vocab_size=len(own),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=64,
        )
        transformers.BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Let torch use one thread: with so small an encoder, more of them only wait."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a tiny encoder learn in few steps."""
    monkeypatch.setattr(loop, "RATE", 0.1)
    monkeypatch.setattr(loop, "NEW_RATE", 1e-2)
    monkeypatch.setattr(loop, "LEAST", 40)


def varied() -> list[Example]:
    """Return items in which the marked words stand anywhere, and nothing else tells them."""
    rng = random.Random(1)
    plain = [word for word in WORDS.split() if word.isalpha() and len(word) > 1]
    plain = [word for word in plain if word not in ("shameful", "harbour", "thugs")]
    found = []
    for number in range(60):
        said = [rng.choice(plain) for _ in range(rng.randrange(4, 9))]
        marked = {"shameful": "Loaded_Language", "harbour thugs": "Name_Calling"}
        for word in marked:
            said.insert(rng.randrange(len(said) + 1), word)
        found.append(notice(str(number), " ".join(said), *marked.items()))
    return found


def pieces(text: str, tokenizer: str, marks: tuple[Mark, ...] = ()) -> Pieces:
    """Return a text of one stretch in sub-words."""
    example = Example(0, "i", (0, "l"), 0, text, ((0, len(text)),), marks)
    return pieces_of(example, lambda t: subwords(FAST[tokenizer], t), 4)


def test_offsets_count_code_points() -> None:
    """Signs beyond 16 bits are one, combining marks too; what is dropped belongs to no sub-word."""
    text = "😀 ferry cafe\u0301 \u200bplan"
    found = {}
    for name in ("word_piece", "byte_level"):
        _, extents = subwords(FAST[name], text)
        found[name] = {text[a:b].strip() for a, b in extents}

    assert {"ferry", "cafe", "plan"} <= found["word_piece"]
    assert "\u0301" not in "".join(found["word_piece"])
    assert {"😀", "f", "\u0301"} <= found["byte_level"]


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_words_get_back_what_a_tokenizer_drops(tokenizer: str) -> None:
    """A word has its accent and its invisible signs, whatever the tokenizer made of them."""
    text = "The cafe\u0301 and the 👩\u200d👩\u200d👧 sail\u00ading"
    found = pieces(text, tokenizer)

    assert [text[a:b] for a, b in found.words] == [
        "The", "cafe\u0301", "and", "the", "👩\u200d👩\u200d👧", "sail\u00ading",
    ]  # fmt: skip
    assert len(set(found.first)) == len(found.words)


def test_what_one_sub_word_spans_is_one_word() -> None:
    """Spans that would begin within it are lost, and told."""
    text = "didn’t"
    marks = (Mark(0, 4, "a"), Mark(0, 6, "a"))
    found = pieces(text, "unigram", marks)

    assert [text[a:b] for a, b in words(text)] == ["didn", "’", "t"]
    assert [text[a:b] for a, b in found.words] == ["didn’t"]
    lost = head_of("tokens", (("a",),)).targets(found)[1]
    assert [(each.mark, each.reason) for each in lost] == [(marks[0], "borders")]


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("head", HEADS)
@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_spans_come_back_from_sub_words(tokenizer: str, head: str, seed: int) -> None:
    """Text to sub-words to windows to tensors, and back by what is certain: each span, or lost."""
    rng = random.Random(seed)
    text = hostile(rng, 60)
    cut = words(text)
    marks = []
    for _ in range(rng.randrange(8) if cut else 0):
        first, last = sorted(rng.choices(range(len(cut)), k=2))
        marks.append(Mark(cut[first][0], cut[last][1], rng.choice("ab")))
    made = pieces(text, tokenizer, tuple(marks))
    asked = head_of(head, rng.choice([(("a", "b"),), (("a",), ("b",))]))
    targets, lost = asked.targets(made)
    size = rng.randrange(2, 20)
    rows = [
        Piece(window, made.ids, targets)
        for window in windows(text, made.extents, size, rng.randrange(size))
    ]
    batch = collate(rows, prefix=[2], suffix=[3]) if rows else None
    read = []
    if batch is not None:
        assert tensors(batch)["labels"].dtype == torch.int8
        found = rows_of(batch, batch.targets)
        parts = [(row.window, its) for row, its in zip(rows, found, strict=True)]
        whole = merge(len(made.ids), parts)
        assert (whole == targets).all()
        read = certain(head, asked, made, whole)
    back = Counter(
        mark[:3]
        for chain in range(len(asked.chains))
        for mark in (asked.marks(made, read, chain, 0.5) if read else [])
    )
    kept = Counter(mark[:3] for mark in marks)
    kept.subtract(Counter(each.mark[:3] for each in lost))
    if head == "spans":
        # Two of one label that share a word are both learnt; of what is certain, one is said.
        assert set(back) <= {mark for mark, number in kept.items() if number > 0}
        for label in "ab":
            own = [mark for mark, number in kept.items() if number > 0 and mark[2] == label]
            assert not own or any(mark[2] == label for mark in back)
    else:
        assert +kept == back and min(kept.values(), default=0) >= 0


def certain(head: str, asked: Any, made: Pieces, targets: np.ndarray) -> list[Any]:
    """Return what a head reads where targets are certain."""
    known = np.where(targets == IGNORED, 0, targets)
    if head == "tokens":
        return list(asked.read(made, known.astype(float), None))
    if head == "bio":
        tags = [
            np.eye(1 + 2 * len(chain))[known[:, number].astype(int)]
            for number, chain in enumerate(asked.chains)
        ]
        return list(asked.read(made, np.concatenate(tags, axis=1), None))
    read = []
    for stretch in made.stretches:
        values = known[stretch.first].reshape(len(stretch.words), MOST, len(asked.labels))
        runs = asked._runs(made, stretch)
        read.append(values[runs[:, 0], runs[:, 1] - runs[:, 0] - 1].astype(float))
    return read


@pytest.mark.parametrize("layer", LABELS)
def test_the_shipped_corpus_loses_nothing_by_sub_words(root: Path, layer: str) -> None:
    """What is lost is what words lose: overlaps within a label, and spans that are there twice."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    examples, _ = examples_of(corpus, corpus.sets["consensus"], layer)
    labels = labels_of(examples)
    by_words = [
        each
        for example in examples
        for each in MultiLabel(labels).encode(example.text, example.marks, words(example.text)).lost
    ]
    asked = head_of("tokens", tuple(chains(layer, labels_of(examples))))
    for name in ("word_piece", "byte_level"):
        lost = [
            each
            for example in examples
            for each in asked.targets(
                pieces_of(example, lambda t, name=name: subwords(FAST[name], t), 4)
            )[1]
        ]
        assert {each.reason for each in lost} <= {OVERLAP, REPEATED}
        assert sorted(lost) == sorted(by_words)


def test_names_that_are_masked_look_the_same() -> None:
    """One sub-word, whatever a name's length."""
    long, short = (pieces(f"In {name} the ferry", "word_piece") for name in ("XXXXXXX", "XX"))

    assert long.ids == short.ids and 4 in long.ids
    assert [long.example.text[a:b] for a, b in long.words] == ["In", "XXXXXXX", "the", "ferry"]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.usefixtures("quickly")
def test_what_was_marked_is_found_again(encoder: Path, head: str) -> None:
    """Words marked in training are marked in a new text, with label and confidence."""
    told: list[int] = []
    model = fit(
        varied(), "loaded_language", 1, lambda _, done, __: told.append(done), base=str(encoder),
        head=head,
    )  # fmt: skip
    text = "Then the shameful mayor met the harbour thugs."
    found = model.predict(notice("new", text))
    surfaces = {(text[m.start : m.end], m.label) for m in found.marks}

    assert ("shameful", "Loaded_Language") in surfaces
    assert any("thugs" in word and label == "Name_Calling" for word, label in surfaces)
    assert all(0 < mark.confidence <= 1 for mark in found.marks)
    assert 0 <= found.uncertainty <= 1
    assert told == sorted(told) and told[-1] > 90


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_an_encoder_of_16_bits_is_kept_with_32(encoder: Path, tmp_path: Path, kind: str) -> None:
    """It is trained with 32 bits: what comes back says what was said."""
    base, out = tmp_path / "base", tmp_path / "out"
    shutil.copytree(encoder, base)
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps({**config, "torch_dtype": kind, "dtype": kind}))
    out.mkdir()
    model = fit(NEWS, "loaded_language", 1, silent, base=str(base))
    model.save(out)
    again = saved_kind("transformer").load(out)
    assert {each.dtype for each in again._network.parameters()} == {torch.float32}
    assert [again.predict(each) for each in NEWS] == [model.predict(each) for each in NEWS]


@pytest.mark.usefixtures("quickly")
def test_thresholds_see_nothing_that_the_trial_learnt(
    encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are fixed on items that the model which is tried has not seen."""
    learnt: list[set[str]] = []
    tried: list[set[str]] = []
    own, fixed = transformer._fitted, transformer._thresholds

    def fitted(examples: list[Example], *others: Any) -> Any:
        learnt.append({each.item for each in examples})
        return own(examples, *others)

    def thresholds(model: Any, held: list[Example], *others: Any) -> Any:
        tried.append({each.item for each in held})
        return fixed(model, held, *others)

    monkeypatch.setattr(transformer, "_fitted", fitted)
    monkeypatch.setattr(transformer, "_thresholds", thresholds)
    fit(NEWS, "loaded_language", 1, silent, base=str(encoder))
    (items,) = tried
    assert items and items.isdisjoint(learnt[0]) and len(learnt) == 2
    assert learnt[1] == {each.item for each in NEWS}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.usefixtures("quickly")
def test_a_model_comes_back_from_its_files(
    encoder: Path, head: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trained again it gives the same bytes, and draws nothing from others' chance; no network."""
    folders = [tmp_path / "one", tmp_path / "other"]
    texts = [notice("a", "The shameful mayor " * 40), *NEWS]
    before = torch.random.get_rng_state(), random.getstate()
    for folder in folders:
        folder.mkdir()
        model = fit(NEWS, "attribution", 3, silent, base=str(encoder), head=head)
        said = [model.predict(each) for each in texts]
        model.save(folder)
        torch.rand(1)
    assert random.getstate() == before[1]
    files = [{p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders]
    assert files[0] == files[1]
    assert {*files[0]} == {
        "config.json", "model.safetensors", "settings.json", "tokenizer.json",
        "tokenizer_config.json",
    }  # fmt: skip
    assert not any(str(encoder.parent).encode() in raw for raw in files[0].values())

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("the network is used")

    monkeypatch.setattr(socket.socket, "connect", refused)
    again = saved_kind("transformer").load(folders[0])
    assert again.thresholds == model.thresholds and len(again.thresholds) == 2
    assert [again.predict(each) for each in texts] == said
    other = fit(NEWS, "attribution", 4, silent, base=str(encoder), head=head)
    other.save(folders[1])
    assert (folders[1] / "model.safetensors").read_bytes() != files[0]["model.safetensors"]


@pytest.mark.usefixtures("quickly")
def test_hostile_texts_are_learnt_and_predicted(
    encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No text stops a model, and no mark leaves a stretch or begins or ends with white space."""
    monkeypatch.setattr(loop, "LEAST", 3)
    for seed in range(12):
        rng = random.Random(seed)
        examples = []
        for number in range(3):
            text = hostile(rng, 200)
            cut = words(text)
            marks = [
                Mark(*rng.choice(cut), rng.choice(["source", "cue"]))
                for _ in range(3 if cut and seed else 0)
            ]
            half = len(text) // 2
            stretches = ((0, half), (half, len(text)))
            group = (0, f"l{number}")
            examples.append(Example(0, f"i{number}", group, 0, text, stretches, tuple(marks)))
        kind = kind_of(str(encoder), [*HEADS][seed % 3])
        for layer in ("attribution", "loaded_language"):
            model = kind.fit(examples, layer, 1, silent)
            kind.lost(examples, layer)
            for example in examples:
                for mark in model.predict(example).marks:
                    assert any(a <= mark.start < mark.end <= b for a, b in example.stretches)
                    assert example.text[mark.start : mark.end].strip()


@pytest.mark.usefixtures("quickly")
def test_windows_do_not_change_what_is_read(encoder: Path) -> None:
    """A long text is read in windows that the encoder takes; equal paragraphs are read equally."""
    model = fit(NEWS * 3, "loaded_language", 1, silent, base=str(encoder))
    line = (
        "The shameful council sold the ferry, and the harbour thugs cheer the mayor and his plan."
    )
    text = "\n".join([line] * 40)
    found = model.predict(notice("long", text))
    per_line = Counter(mark.start // (len(line) + 1) for mark in found.marks)

    assert set(per_line) == set(range(40))
    assert isinstance(model, Transformer)


def test_foreign_code_and_pickles_are_refused(encoder: Path, tmp_path: Path) -> None:
    """An encoder that brings code or kernels, is pickled, or has no offsets is not read."""
    for number, (key, value) in enumerate(
        {
            "auto_map": {"AutoModel": "evil.Model", "AutoConfig": "evil.Config"},
            "attn_implementation": "evil/kernel",
            "quantization_config": {"quant_method": "bitsandbytes", "load_in_8bit": True},
            "model_type": "t5",
            "hidden_size": 48,
        }.items()
    ):
        folder = tmp_path / str(number)
        shutil.copytree(encoder, folder)
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        (folder / "config.json").write_text(json.dumps({**config, key: value}), encoding="utf-8")
        (folder / "evil.py").write_text("raise SystemExit('code was run')", encoding="utf-8")
        with pytest.raises(ValueError, match=r"brings code|no encoder|quantised"):
            fit(NEWS, "loaded_language", 1, silent, base=str(folder))
    pickled = tmp_path / "pickled"
    shutil.copytree(encoder, pickled)
    weights = transformers.BertModel.from_pretrained(encoder).state_dict()
    (pickled / "model.safetensors").unlink()
    torch.save(weights, pickled / "pytorch_model.bin")
    with pytest.raises(ValueError, match="no encoder that can be read"):
        fit(NEWS, "loaded_language", 1, silent, base=str(pickled))


@pytest.mark.usefixtures("quickly")
def test_a_damaged_model_is_refused(encoder: Path, tmp_path: Path) -> None:
    """Any file cut off, or a config that names foreign code, is told and not read."""
    good = tmp_path / "good"
    good.mkdir()
    fit(NEWS, "loaded_language", 1, silent, base=str(encoder), thresholds=[0.5]).save(good)
    kind = saved_kind("transformer")
    for path in good.iterdir():
        if path.name == "tokenizer_config.json":  # for others; newspan reads tokenizer.json alone
            continue
        broken = tmp_path / f"broken-{path.name}"
        shutil.copytree(good, broken)
        (broken / path.name).write_bytes(path.read_bytes()[:-3])
        with pytest.raises(ValueError, match=r"no file of a model|no encoder"):
            kind.load(broken)
    for name, key, value in (
        ("config.json", "auto_map", {"AutoModel": "evil.Model"}),
        ("config.json", "attn_implementation", "evil/kernel"),
        ("config.json", "model_type", "no-such-type"),
        ("config.json", "hidden_size", 48),
        ("config.json", "hidden_size", "many"),
        ("settings.json", "head", "os.system"),
        ("settings.json", "thresholds", [0.5, 0.5]),
        ("settings.json", "chains", [["a", "b", "c", "d", "e"]]),
    ):
        broken = tmp_path / f"broken-{key}-{value}".replace("/", "-")
        shutil.copytree(good, broken)
        said = json.loads((broken / name).read_text(encoding="utf-8"))
        (broken / name).write_text(json.dumps({**said, key: value}), encoding="utf-8")
        with pytest.raises(ValueError, match=r"no file|no encoder|brings code|no head"):
            kind.load(broken)


@pytest.mark.usefixtures("quickly")
def test_training_through_the_verbs(
    encoder: Path, hostile_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seeds, thresholds fixed once a fold, the card, and predictions into a set."""
    monkeypatch.setattr(loop, "LEAST", 5)
    out = tmp_path / "model"
    result = CliRunner().invoke(
        train_verb,
        [
            "--layer", "loaded_language", "--model", str(encoder), "--head", "bio", "--seeds", "2",
            "--folds", "2", "--corpus", str(hostile_corpus), "--out", str(out), "--bootstrap", "0",
        ],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "mean of 2 seeds, and from the least to the most" in result.stdout
    card = (out / "README.md").read_text(encoding="utf-8")
    name = f"{encoder.parent.name}/tiny-bert"
    assert f"The encoder {name}, fine-tuned; head bio" in card
    kept = json.loads((out / "weights" / "settings.json").read_text(encoding="utf-8"))
    assert kept["base"] == name and len(kept["base_sha256"]) == 64
    corpus = tmp_path / "corpus"
    shutil.copytree(hostile_corpus, corpus)
    result = CliRunner().invoke(
        predict_verb, [str(out), "--corpus", str(corpus), "--into", "guess"]
    )
    assert result.exit_code == 0 and (corpus / "annotation/sets/guess/set.json").is_file()


@pytest.mark.usefixtures("quickly")
def test_later_seeds_take_thresholds_over(
    encoder: Path, hostile_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are fixed by the first seed of each fold: the others train half as much."""
    monkeypatch.setattr(loop, "LEAST", 2)
    seen: list[int] = []
    own = transformer._fitted

    def counted(*arguments: Any) -> Any:
        seen.append(arguments[4])
        return own(*arguments)

    monkeypatch.setattr(transformer, "_fitted", counted)
    train(
        hostile_corpus, layer="loaded_language", model=str(encoder), seeds=3, number_of_folds=2,
        replicates=0,
    )  # fmt: skip
    assert Counter(seen) == {1: 4, 2: 2, 3: 2}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "crf", "--head", "bio"], "crf has no heads"),
        (["--model", "{encoder}", "--head", "sofa"], "there is no head 'sofa'"),
        (["--model", "{encoder}-not"], "there is no model"),
        (["--model", "nobody/has-this"], "no encoder that can be read"),
    ],
)
def test_wrong_use_is_told(
    encoder: Path, hostile_corpus: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    """Exit code 2, a message, and nothing written."""
    given = [each.format(encoder=encoder) for each in arguments]
    out = tmp_path / "model"
    result = CliRunner().invoke(
        train_verb,
        ["--layer", "loaded_language", *given, "--corpus", str(hostile_corpus), "--out", str(out)],
    )
    assert result.exit_code == 2 and message in " ".join(result.stderr.split())
    assert not out.exists()


def test_a_tokenizer_is_described(encoder: Path) -> None:
    """Special tokens around a text, padding, what stands for hidden names, and its longest text."""
    base = base_of(str(encoder))
    assert base is not None
    found = tokenizer_of(base)

    assert found[1:] == ((2,), (3,), 0, 4, 64)
    assert len(found.cut("ferry " * 200)[0]) == 200


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.usefixtures("quickly")
def test_items_without_sub_words_are_read(
    encoder: Path, head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty item, or one of signs that the tokenizer drops, has no marks and stops nothing."""
    monkeypatch.setattr(loop, "LEAST", 2)
    empty = [notice(str(n), text) for n, text in enumerate(["", " ", "\u200b\u200b", "\u0301"])]
    model = fit([*NEWS, *empty], "attribution", 1, silent, base=str(encoder), head=head)

    for each in empty:
        assert model.predict(each) == ([], 0.0)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.usefixtures("quickly")
def test_a_paragraph_longer_than_any_encoder_takes(encoder: Path, head: str) -> None:
    """A paragraph of 1,500 words is read to its end, in windows that overlap."""
    model = fit(varied(), "loaded_language", 1, silent, base=str(encoder), head=head)
    text = "the mayor said the shameful plan of the council " * 167
    item = notice("long", text.strip())
    made = pieces_of(item, model._tokenizer.cut, 4)
    cut = transformer._windows(made, model._tokenizer)
    found = Counter(10 * mark.start // len(text) for mark in model.predict(item).marks)

    assert len(made.ids) > 1500 and max(last - first for first, last in cut) == 62
    assert all(later.first == earlier.last - 15 for earlier, later in pairwise(cut))
    assert set(found) == set(range(10)) and min(found.values()) >= 5


@pytest.mark.usefixtures("quickly")
def test_impossible_ids_are_refused(encoder: Path, tmp_path: Path) -> None:
    """Sub-words that the encoder lacks, and texts longer than it takes, would stop torch."""
    good = tmp_path / "good"
    good.mkdir()
    fit(NEWS, "loaded_language", 1, silent, base=str(encoder), thresholds=[0.5]).save(good)
    kind = saved_kind("transformer")
    for key, value in (
        ("prefix", [10**6]), ("suffix", [-1]), ("padding", 10**6), ("hidden", 10**6),
        ("most", 512), ("most", 3), ("thresholds", [7.0]),
    ):  # fmt: skip
        broken = tmp_path / f"{key}-{value}"
        shutil.copytree(good, broken)
        said = json.loads((broken / "settings.json").read_text(encoding="utf-8"))
        (broken / "settings.json").write_text(json.dumps({**said, key: value}), encoding="utf-8")
        with pytest.raises(ValueError, match="no file of a model"):
            kind.load(broken)
    raw = json.loads((good / "tokenizer.json").read_text(encoding="utf-8"))
    raw["model"]["vocab"]["ferry"] = 10**6
    (good / "tokenizer.json").write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(ValueError, match="no file of a model"):
        kind.load(good)
    base = tmp_path / "base"
    shutil.copytree(encoder, base)
    (base / "tokenizer.json").write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(ValueError, match="sub-words that the encoder doesn't know"):
        fit(NEWS, "loaded_language", 1, silent, base=str(base))


def test_a_gpu_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is chosen, told to compute the same each time, and told no more afterwards."""
    assert network.device().type == ("cuda" if torch.cuda.is_available() else "cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    assert network.device().type == "cuda"
    with loop.seeded(1):
        assert torch.are_deterministic_algorithms_enabled()
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    assert not torch.are_deterministic_algorithms_enabled()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.usefixtures("quickly")
def test_a_gpu_learns_and_says_what_a_cpu_does(
    encoder: Path, head: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was learnt there is found there, and by a CPU from the files."""
    model = fit(varied(), "loaded_language", 1, silent, base=str(encoder), head=head)
    item = notice("new", "Then the shameful mayor met the harbour thugs.")
    there = model.predict(item)
    model.save(tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    here = saved_kind("transformer").load(tmp_path).predict(item)

    assert there.marks and [mark[:3] for mark in there.marks] == [mark[:3] for mark in here.marks]


@pytest.mark.usefixtures("quickly")
def test_corpora_with_other_labels_are_learnt_together(
    encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each corpus's set has labels that it knows; the others are counted."""
    monkeypatch.setattr(loop, "LEAST", 60)
    corpora = two_corpora(tmp_path)
    trained = train(
        corpora, layer="loaded_language", model=str(encoder), seeds=1, replicates=0, into="guess"
    )
    assert_own_labels(corpora, trained)
