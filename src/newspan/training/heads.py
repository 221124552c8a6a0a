"""What a transformer is asked of each word: three encodings of spans, which may overlap.

tokens  begin and inside of each label by itself, so that spans of different labels overlap freely
bio     one tag of B, I and O per word; attributions have one for each role
spans   every run of up to 12 words: whether it is a span of each label

Each asks columns of numbers of a sub-word, and the first one of a word counts. So scores of windows
that overlap can be merged before spans are read; a run's score is the sum of what its first word,
its last word and its length say, and the mean of what lies between.
"""

from __future__ import annotations

from newspan.training.head import Chains, Head
from newspan.training.head_spans import SpansHead
from newspan.training.head_words import BioHead, TokensHead

HEADS: dict[str, type[Head]] = {each.name: each for each in (TokensHead, BioHead, SpansHead)}


def head_of(name: str, chains: Chains) -> Head:
    """Return an encoding by name.

    Raises:
        ValueError: when there is none.
    """
    if name not in HEADS:
        raise ValueError(f"there is no head {name!r}; there are {', '.join(HEADS)}")
    return HEADS[name](chains)
