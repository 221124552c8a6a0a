"""The training loop: windows in batches, AdamW, a warm-up, a linear fall, clipped gradients."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from newspan.training.collate import Piece, collate, tensors
from newspan.training.head import Head
from newspan.training.network import Tokenizer, device, run

Array = Any

#: Windows of a batch.
BATCH = 4
#: Steps: as many as make this many rounds, but not fewer than the least.
EPOCHS, LEAST = 3, 60
#: The encoder's learning rate, times its width: 1e-4 for one of 384, 5e-5 for one of 768, as usual.
RATE = 0.04
#: The rate of what is new, and what weights shrink by.
NEW_RATE, DECAY = 1e-3, 0.01
#: The share of steps in which the rate rises; gradients longer than this are cut.
WARM, LONGEST = 0.1, 1.0


def learn(
    network: Any,
    head: Head,
    pieces: Sequence[Piece],
    tokenizer: Tokenizer,
    seed: int,
    tell: Callable[[float], None],
) -> None:
    """Train a network on windows, in place.

    Args:
        network: what `network_of` made; its GPU's or CPU's when done.
        head: the encoding of the targets.
        pieces: the windows, with targets.
        tokenizer: for special tokens and padding.
        seed: of the order of windows; torch's own is the caller's (`seeded`).
        tell: told the share of the steps done.
    """
    import torch

    where = device()
    network.to(where).train()
    optimizer = torch.optim.AdamW(_groups(network), fused=True)
    steps = max(LEAST, EPOCHS * -(-len(pieces) // BATCH))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    lengths = network["lengths"].weight if "lengths" in network else None
    for step, rows in zip(range(steps), _batches(pieces, seed), strict=False):
        tell(step / steps)
        batch = tensors(
            collate(
                rows, prefix=tokenizer.prefix, suffix=tokenizer.suffix, padding=tokenizer.padding
            )
        )
        loss = head.loss(run(network, batch), batch["labels"].to(where), lengths)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), LONGEST)
        optimizer.step()
        schedule.step()
    network.eval()


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch, and Python and NumPy too, as encoders may draw from them; set all back."""
    import numpy as np
    import torch

    before = random.getstate(), np.random.get_state()
    strict = torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)
        if torch.cuda.is_available():
            # Without it what cuBLAS computes depends on chance; it is read once.
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        # What the CPU computes does not depend on chance anyway.
        torch.use_deterministic_algorithms(strict or torch.cuda.is_available(), warn_only=True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(strict)
            random.setstate(before[0])
            np.random.set_state(before[1])


def _rate(step: int, steps: int) -> float:
    warm = max(1, round(WARM * steps))
    return (step + 1) / warm if step < warm else (steps - step) / max(1, steps - warm)


def _groups(network: Any) -> list[dict[str, Any]]:
    """Return parameters by rate, and whether they shrink: biases and norms do not."""
    found: dict[tuple[float, float], list[Any]] = {}
    own = RATE / network["encoder"].config.hidden_size
    for name, weight in network.named_parameters():
        rate = own if name.startswith("encoder.") else NEW_RATE
        found.setdefault((rate, DECAY if weight.ndim > 1 else 0.0), []).append(weight)
    return [
        {"params": params, "lr": rate, "weight_decay": decay}
        for (rate, decay), params in found.items()
    ]


def _batches(pieces: Sequence[Piece], seed: int) -> Iterator[list[Piece]]:
    """Yield batches for ever, each window once a round; windows of a length stand together."""
    rng = random.Random(seed)
    order = list(range(len(pieces)))
    while True:
        rng.shuffle(order)
        pool = 8 * BATCH
        batches = []
        for at in range(0, len(order), pool):
            near = sorted(
                order[at : at + pool], key=lambda n: pieces[n].window.last - pieces[n].window.first
            )
            batches += [near[k : k + BATCH] for k in range(0, len(near), BATCH)]
        rng.shuffle(batches)
        yield from ([pieces[n] for n in batch] for batch in batches)
