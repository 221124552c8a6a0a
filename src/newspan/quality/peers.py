"""What was measured on the Propaganda Techniques Corpus (PTC), to compare with.

PTC-2020 is the corpus of SemEval-2020 Task 11 (Da San Martino et al. 2020): 371 documents, 6,129
spans of persuasion techniques. PTC-2019 is its earlier release (Da San Martino et al. 2019); the
number of all its spans was not noted, so that its counts have no rates.
"""

from __future__ import annotations

SPANS_2020 = 6129

#: Spans with a defect, by lint. A span that crosses a sentence depends on the splitter: about 262.
DEFECTS_2020 = {
    "out-of-range": 0,
    "edge-space": 0,
    "cut-word": 8,
    "newline": 244,
    "crosses-sentence": 262,
    "unbalanced-quote": 308,
    "duplicate": 1,
    "same-label-overlap": 3,
}
DEFECTS_2019 = {"out-of-range": 3, "edge-space": 1437, "newline": 459, "edge-punctuation": 303}

#: Words of the median span.
MEDIAN_WORDS = {
    "Loaded_Language": 3.0,
    "Name_Calling-Labeling": 3.0,
    "Repetition": 2.0,
    "Doubt": 17.0,
    "Exaggeration-Minimisation": 6.0,
    "Appeal_to_Fear-Prejudice": 13.5,
    "Flag_Waving": 6.0,
    "Causal_Oversimplification": 19.0,
    "Appeal_to_Authority": 16.0,
    "Slogans": 4.0,
    "Whataboutism-Straw_Men-Red_Herring": 15.0,
    "False_Dilemma-No_Choice": 16.0,
    "Conversation_Killer": 5.0,
    "Bandwagon-Reductio_ad_hitlerum": 13.0,
}

#: Share of the occurrences of strings labelled at least twice that have the label, and how many
#: occurrences there are.
REPEATED = {"Loaded_Language": (0.379, 1281), "Name_Calling-Labeling": (0.514, 393)}

#: F1 of spans with their labels between copies of a paragraph in different articles.
COPIES_F1 = 0.374


def rate_2020(lint: str) -> float | None:
    """Return PTC-2020's defects per 1,000 spans, None for a lint without counterpart."""
    count = DEFECTS_2020.get(lint)
    return None if count is None else round(1000 * count / SPANS_2020, 1)
