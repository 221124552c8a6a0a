"""Sub-words of long texts in windows, as padded arrays, and their scores put together again.

The core is NumPy. `tensors` makes torch's tensors of a batch; nothing else here knows torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from newspan.text import paragraphs
from newspan.training.examples import Extent

Array = Any

#: What losses leave out: torch's own default.
IGNORED = -100


class Window(NamedTuple):
    """A half-open range of an example's tokens, special ones not counted."""

    first: int
    last: int


class Piece(NamedTuple):
    """What a batch has a row of: a window, and its example's ids and targets, if there are any.

    `targets` is an array (tokens,) of classes, or (tokens, columns).
    """

    window: Window
    ids: Sequence[int]
    targets: Array | None = None


class Batch(NamedTuple):
    """Padded arrays: ids, 1 where a token is, 1 where it is no special one, targets.

    `targets` has IGNORED at special tokens and padding; it is None where no piece has any.
    """

    input_ids: Array
    attention_mask: Array
    own: Array
    targets: Array | None


def windows(text: str, tokens: Sequence[Extent], size: int, stride: int) -> list[Window]:
    """Return windows over a text's tokens, which together have each of them.

    A window ends at the last border of a paragraph in its second half if there is one, and the next
    begins there, since no span crosses it; else it is full, and the next one repeats its last
    `stride` tokens.

    Args:
        text: the text.
        tokens: extents in text order, without special tokens.
        size: the most tokens of a window, special ones not counted.
        stride: by how many tokens windows overlap within a paragraph.

    Raises:
        ValueError: unless 0 <= stride < size.
    """
    if not 0 <= stride < size:
        raise ValueError("windows overlap by fewer tokens than they have")
    borders = _borders(text, tokens)
    found = []
    first = 0
    while first < len(tokens):
        last = min(first + size, len(tokens))
        ends = [at for at in range(last, first + size // 2, -1) if at in borders]
        if last < len(tokens) and ends:
            last = ends[0]
        found.append(Window(first, last))
        if last == len(tokens):
            break
        # A step of one token at least, whatever the border did to the window's length.
        first = last if last in borders else max(first + 1, last - stride)
    return found


def _borders(text: str, tokens: Sequence[Extent]) -> set[int]:
    """Return the numbers of the tokens that begin a paragraph, but for the first."""
    starts = [start for start, _ in paragraphs(text)]
    found = set()
    at = 0
    for number, ((_, before), (_, end)) in enumerate(pairwise(tokens), 1):
        while at < len(starts) and starts[at] < before:
            at += 1
        if at < len(starts) and starts[at] < end:
            found.add(number)
    return found


def collate(
    pieces: Sequence[Piece],
    *,
    prefix: Sequence[int] = (),
    suffix: Sequence[int] = (),
    padding: int = 0,
) -> Batch:
    """Return windows as one batch, special tokens around each and padding behind.

    Args:
        pieces: the windows.
        prefix: ids of the special tokens before a window, such as [CLS].
        suffix: those behind it, such as [SEP].
        padding: the id of the padding token.
    """
    import numpy as np

    around = len(prefix) + len(suffix)
    length = max(piece.window.last - piece.window.first for piece in pieces) + around
    shape = (len(pieces), length)
    ids = np.full(shape, padding, dtype=np.int64)
    attention = np.zeros(shape, dtype=np.int64)
    own = np.zeros(shape, dtype=np.int64)
    targets = None
    if pieces[0].targets is not None:
        first = np.asarray(pieces[0].targets)
        targets = np.full((*shape, *first.shape[1:]), IGNORED, dtype=first.dtype)
        if first.dtype.kind == "u" or np.iinfo(first.dtype).min > IGNORED:
            raise ValueError(f"targets are signed whole numbers, not {first.dtype}")
    for row, (window, every, its) in enumerate(pieces):
        chosen = [*prefix, *every[window.first : window.last], *suffix]
        inside = slice(len(prefix), len(prefix) + window.last - window.first)
        ids[row, : len(chosen)] = chosen
        attention[row, : len(chosen)] = 1
        own[row, inside] = 1
        if targets is not None and its is not None:
            targets[row, inside] = its[window.first : window.last]
    return Batch(ids, attention, own, targets)


def merge(number: int, parts: Sequence[tuple[Window, Array]], *, how: str = "mean") -> Array:
    """Return each token's scores (tokens, columns) from those that its windows gave it.

    Args:
        number: how many tokens there are.
        parts: windows with their scores (window's tokens, columns), special tokens taken out.
        how: mean or max, where windows overlap.

    Raises:
        ValueError: when a window's scores are not as many as its tokens, or a token has none.
    """
    import numpy as np

    if how not in ("mean", "max"):
        raise ValueError(f"scores are merged by mean or max, not {how!r}")
    columns = np.asarray(parts[0][1]).shape[1] if parts else 0
    seen = np.zeros(number, dtype=np.int64)
    whole = np.zeros((number, columns)) if how == "mean" else np.full((number, columns), -np.inf)
    for window, scores in parts:
        rows = slice(window.first, window.last)
        if len(scores) != window.last - window.first:
            raise ValueError(f"{len(scores)} scores for the window {window.first}-{window.last}")
        seen[rows] += 1
        whole[rows] = whole[rows] + scores if how == "mean" else np.maximum(whole[rows], scores)
    if not seen.all():
        raise ValueError(f"token {int(np.argmin(seen))} is in no window")
    return whole / seen[:, None] if how == "mean" else whole


def rows_of(batch: Batch, scores: Array) -> list[Array]:
    """Return each row's scores (tokens, columns) without special tokens and padding."""
    return [each[own.astype(bool)] for each, own in zip(scores, batch.own, strict=True)]


def tensors(batch: Batch) -> dict[str, Any]:
    """Return a batch as torch's tensors, under the names that transformers' models take."""
    import torch

    found = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
    if batch.targets is not None:
        found["labels"] = batch.targets
    return {name: torch.from_numpy(values) for name, values in found.items()}


def subwords(tokenizer: Any, text: str) -> tuple[list[int], list[Extent]]:
    """Return the ids and extents that a fast tokenizer of transformers gives, without special ones.

    Its offsets count code points, as ours do, but signs that it drops, such as combining marks and
    zero-width spaces, belong to none: `newspan.training.pieces` gives them back to their words.

    Raises:
        ValueError: when the tokenizer is a slow one, which has no offsets.
    """
    if not getattr(tokenizer, "is_fast", False):
        raise ValueError("the tokenizer gives no offsets: a fast one is needed")
    found = tokenizer(
        text,
        add_special_tokens=False,
        return_offsets_mapping=True,
        truncation=False,
        padding=False,
        verbose=False,  # of texts longer than the encoder takes: windows are cut from them
    )
    return list(found["input_ids"]), [(int(a), int(b)) for a, b in found["offset_mapping"]]
