"""A made-up corpus of three lineages."""

from __future__ import annotations

import pytest

from made_corpus import Maker, corpus_of


@pytest.fixture
def make() -> Maker:
    """Return what makes sets of three notices, each a lineage of its own, with hostile text."""
    texts = {
        "d1": ["The reckless council closed the ferry, a shameful stunt.", "Ana said: “a theft”."],
        "d2": [
            "The reckless mayor 👩‍👩‍👧 spoke.",
            "No reckless\u00a0plan e\u0301te\u0301 followed.",
        ],
        "d3": ["\ufeffשלום, the ferry sails.\r"],
    }
    return Maker(corpus_of(texts, {"d1": "north", "d2": "quay", "d3": "south"}))
