"""A transformer's encoder and a layer on top, made, kept and read back without anybody's code.

Weights are safetensors, never a pickle; an encoder whose own code would have to be run, or fetched,
is refused.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from newspan.training.collate import subwords
from newspan.training.examples import Extent
from newspan.training.kinds import install
from newspan.training.stored import read_json

_CONFIG, _WEIGHTS, _TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
_DROPOUT = 0.1


class Tokenizer(NamedTuple):
    """A fast tokenizer, and ids: of special tokens around a window, of padding, of a hidden word.

    `most` is how many sub-words the encoder takes, special ones included.
    """

    own: Any
    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    padding: int
    hidden: int
    most: int

    def cut(self, text: str) -> tuple[list[int], list[Extent]]:
        """Return the ids and extents of a text's sub-words."""
        return subwords(self.own, text)


class Base(NamedTuple):
    """What a model begins with: a name to tell people, and what it is loaded by."""

    name: str
    path: str


class Refused(ValueError):
    """An encoder that can't be used, and why."""


def needed() -> None:
    """Say what to install.

    Raises:
        ValueError: when torch or transformers is missing.
    """
    if any(importlib.util.find_spec(name) is None for name in ("torch", "transformers")):
        raise ValueError(f"transformers need an extra: {install('transformers')}")


def base_of(name: str) -> Base | None:
    """Return the encoder that a folder holds, or OWNER/NAME names; None if it is neither."""
    path = Path(name)
    if (path / _CONFIG).is_file():
        return Base("/".join(path.resolve().parts[-2:]), str(path))
    if name.count("/") == 1 and all(name.split("/")) and not path.exists() and name[0] not in "./~":
        return Base(name, name)
    return None


def tokenizer_of(base: Base) -> Tokenizer:
    """Return an encoder's tokenizer.

    Raises:
        ValueError: when it has none that gives offsets, or cannot be read.
    """
    from transformers import AutoTokenizer

    with _quiet(), _told(base.name):
        own = AutoTokenizer.from_pretrained(base.path, trust_remote_code=False)
    return _described(own, _config(base))


def network_of(base: Base, columns: int, lengths: tuple[int, int] | None, bias: list[float]) -> Any:
    """Return an encoder with a layer that gives some columns for each sub-word.

    Raises:
        ValueError: when it cannot be read, its weights are no safetensors, or its code is foreign.
    """
    from transformers import AutoModel

    config = _config(base)
    with _quiet(), _told(base.name):
        encoder = AutoModel.from_pretrained(
            base.path, config=config, trust_remote_code=False, use_safetensors=True
        )
    return _with_head(encoder.float(), columns, lengths, bias)


def save(folder: Path, network: Any, tokenizer: Tokenizer) -> None:
    """Write the weights, the encoder's config and the tokenizer."""
    from safetensors.torch import save_model

    with _quiet():
        tokenizer.own.save_pretrained(folder)
    config = json.loads(network["encoder"].config.to_json_string(use_diff=False))
    # Where the encoder lay is nobody's business.
    kept = {k: v for k, v in sorted(config.items()) if k not in ("_name_or_path", "auto_map")}
    (folder / _CONFIG).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    save_model(network.cpu(), str(folder / _WEIGHTS))


def load(folder: Path, columns: int, lengths: tuple[int, int] | None) -> tuple[Any, Any]:
    """Return a network and its tokenizer, undescribed, from what `save` wrote; nothing is fetched.

    Raises:
        ValueError: when the files are not such ones.
    """
    import tokenizers
    from safetensors.torch import load_model
    from transformers import CONFIG_MAPPING, AutoModel, PreTrainedTokenizerFast

    raw = read_json(folder / _CONFIG, dict[str, Any])
    kind = raw.get("model_type")
    if not isinstance(kind, str) or kind not in CONFIG_MAPPING:
        raise ValueError(f"{folder / _CONFIG} is no file of a model: no encoder of kind {kind!r}")
    with _quiet(), _told(str(folder)):
        config = _sound(CONFIG_MAPPING[kind].from_dict(raw), str(folder))
        network = _with_head(
            # The config may name 16 bits, which the encoder had before it was trained.
            AutoModel.from_config(config, trust_remote_code=False).float(),
            columns,
            lengths,
            [],
        )
        load_model(network, str(folder / _WEIGHTS), strict=True)
        own = PreTrainedTokenizerFast(
            tokenizer_object=tokenizers.Tokenizer.from_file(str(folder / _TOKENIZER))
        )
    return network, own


def sha256_of(base: Base) -> str | None:
    """Return the SHA-256 of an encoder's weights; None where they are in several files."""
    path = _file(base.path, _WEIGHTS)
    if path is None:
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def device() -> Any:
    """Return the GPU if there is one, else the CPU."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def run(network: Any, batch: dict[str, Any]) -> Any:
    """Return the columns (windows, sub-words, columns) of a batch, as 32-bit floats.

    On a GPU the encoder computes with 16 bits (bfloat16).
    """
    import torch

    where = next(network.parameters()).device
    ids, attention = (batch[name].to(where) for name in ("input_ids", "attention_mask"))
    with torch.autocast(where.type, dtype=torch.bfloat16, enabled=where.type == "cuda"):
        hidden = network["encoder"](input_ids=ids, attention_mask=attention).last_hidden_state
    return network["columns"](network["dropout"](hidden.float()))


def _with_head(
    encoder: Any, columns: int, lengths: tuple[int, int] | None, bias: list[float]
) -> Any:
    import torch

    # torch warns of layers without columns.
    layer = torch.nn.Linear(encoder.config.hidden_size, max(1, columns))
    torch.nn.init.normal_(layer.weight, std=0.02)
    if bias:
        layer.bias.data.copy_(torch.tensor(bias))
    parts = {"encoder": encoder, "dropout": torch.nn.Dropout(_DROPOUT), "columns": layer}
    if lengths is not None:
        parts["lengths"] = torch.nn.Embedding(*lengths)
        torch.nn.init.zeros_(parts["lengths"].weight)
    return torch.nn.ModuleDict(parts)


def _config(base: Base) -> Any:
    from transformers import AutoConfig

    with _quiet(), _told(base.name):
        return _sound(AutoConfig.from_pretrained(base.path, trust_remote_code=False), base.name)


def _sound(config: Any, name: str) -> Any:
    """Return a config that has no foreign code run or fetched.

    Raises:
        ValueError: for one that has.
    """
    # transformers fetches compiled kernels that a config names as OWNER/NAME.
    named = [getattr(config, f"_{what}_implementation", None) for what in ("attn", "experts")]
    if getattr(config, "auto_map", None) or any("/" in str(each) for each in named):
        raise Refused(f"{name} brings code of its own, which is not run")
    if getattr(config, "quantization_config", None):
        raise Refused(f"{name} is quantised, and cannot be trained")
    if getattr(config, "is_encoder_decoder", False) or not hasattr(config, "hidden_size"):
        raise Refused(f"{name} is no encoder of text")
    return config


def _described(own: Any, config: Any) -> Tokenizer:
    if not own.is_fast:
        raise ValueError("the tokenizer gives no offsets: a fast one is needed")
    (inner, *_), whole = (own("a", add_special_tokens=s)["input_ids"] for s in (False, True))
    at = whole.index(inner)
    after = whole[at + len(own("a", add_special_tokens=False)["input_ids"]) :]
    padding = own.pad_token_id if own.pad_token_id is not None else 0
    hidden = next((i for i in (own.mask_token_id, own.unk_token_id) if i is not None), padding)
    found = Tokenizer(
        own, tuple(whole[:at]), tuple(after), padding, hidden, _most(own.model_max_length, config)
    )
    if not fits(found, config):
        raise ValueError("the tokenizer has sub-words that the encoder doesn't know")
    return found


def fits(tokenizer: Tokenizer, config: Any) -> bool:
    """Tell whether an encoder knows all of a tokenizer's ids, and takes texts as long as it says.

    torch would stop at them, or a GPU be lost.
    """
    ids = (*tokenizer.prefix, *tokenizer.suffix, tokenizer.padding, tokenizer.hidden)
    highest = max(*ids, *tokenizer.own.get_vocab().values())
    longest = _most(tokenizer.most, config)
    known = getattr(config, "vocab_size", highest + 1)
    return min(ids) >= 0 and highest < known and 8 <= tokenizer.most <= longest


def _most(said: int, config: Any) -> int:
    """Return how many sub-words an encoder takes.

    RoBERTa counts positions from behind that of its padding.
    """
    positions = getattr(config, "max_position_embeddings", None) or 512
    kept = (config.pad_token_id or 0) + 1 if "roberta" in str(config.model_type) else 0
    return int(min(said, positions - kept))


def _file(path: str, name: str) -> Path | None:
    if Path(path).is_dir():
        return found if (found := Path(path) / name).is_file() else None
    from huggingface_hub import try_to_load_from_cache

    cached = try_to_load_from_cache(path, name)
    return Path(cached) if isinstance(cached, str) else None


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Say of what isn't there, or is none, what it is."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:  # tokenizers raises no other, and the others several kinds
        first = str(error).strip().partition("\n")[0]
        raise ValueError(f"{name} is no encoder that can be read: {first}") from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers' bars and notes out of the way."""
    from transformers.utils import logging

    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()
