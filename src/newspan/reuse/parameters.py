"""What a run of the finder is told; every default is explained in docs/reuse.md."""

from __future__ import annotations

from dataclasses import dataclass

# Half words: a word weighs two, a character of a script without spaces between words one.
WORD_WEIGHT = 2
# Of words in a shingle, a least passage or a gap: work and memory grow with them.
_MOST = 1000

#: The set of duplicate blocks that `newspan duplicates` makes, and other verbs take by default.
SET_ID = "reuse_v1"


@dataclass(frozen=True, slots=True)
class Parameters:
    """How passages are found, in words.

    In `shingle` and `min_words` two unspaced characters make one word; elsewhere each is one.

    Attributes:
        shingle: words of a seed: as many must be equal in a row for a passage to be seen.
        sample: one in so many shingles is looked at, chosen by its own hash; 1 looks at all.
        all_pairs_to: of a shingle that occurs up to so often, every two occurrences are compared;
            of a more frequent one, each with the next, so that large families cost linear time.
        min_words: equal words that a passage must have.
        min_identity: its least identity: 2 * equal words / words of both sides.
        drop: an extension ends where its score falls so far below its best (equal word +1,
            changed word -1, inserted or missing word -1.5).
        gap: two pieces of a passage are one where at most so many words lie between them on
            either side.
        snap: borders of passages nearer to each other than this are one border of clusters.
    """

    shingle: int = 5
    sample: int = 1
    all_pairs_to: int = 20
    min_words: int = 10
    min_identity: float = 0.60
    drop: int = 8
    gap: int = 30
    snap: int = 5

    def __post_init__(self) -> None:
        """Refuse values that make no finder."""
        for name in ("shingle", "sample", "min_words", "drop", "snap"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("gap", "all_pairs_to"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        for name in ("shingle", "min_words", "gap"):
            if getattr(self, name) > _MOST:
                raise ValueError(f"{name} must be at most {_MOST}, not {getattr(self, name)}")
        if not 0 < self.min_identity <= 1:
            raise ValueError("min_identity must be above 0 and at most 1")
