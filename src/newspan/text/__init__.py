"""Text as it stands: characters, words, quotation marks, paragraphs, sentences, all with offsets.

Nothing here alters a text. Offsets are code points, half-open.
"""

from newspan.text.boundaries import cuts_grapheme, cuts_word, is_blank, occurrences, trim
from newspan.text.quotes import lone_marks, quoted_ranges
from newspan.text.segment import paragraphs, sentences
from newspan.text.words import words

__all__ = [
    "cuts_grapheme",
    "cuts_word",
    "is_blank",
    "lone_marks",
    "occurrences",
    "paragraphs",
    "quoted_ranges",
    "sentences",
    "trim",
    "words",
]
