"""A copy of the small corpus with packets, to be answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from campaign_answers import empty_answer, write_answers
from corpora import copy_good
from newspan.campaign.ingest import Ingested, annotate_ingest
from newspan.campaign.packets import Index, read_index
from newspan.campaign.prompts import annotate_prompts


class Campaign(msgspec.Struct, frozen=True):
    """A corpus and its packets."""

    folder: Path
    corpus: Path

    @property
    def packets(self) -> Path:
        """Return the folder of packets."""
        return self.folder / "packets"

    @property
    def index(self) -> Index:
        """Return the packets' index."""
        return read_index(self.packets)

    @property
    def kept(self) -> Path:
        """Return where the campaign of the set `pass_a` is archived."""
        return self.corpus / "annotation/campaigns/pass_a"

    def answer(self, item: str = "d1-i1", suffix: str = "", **values: Any) -> Path:
        """Write an answer to an item's first packet that finds nothing but what is given."""
        answer = empty_answer(self.index, item, **values)
        return write_answers(self.folder / "answers", [answer], suffix)[0]

    def ingest(self, *answers: Path, **options: Any) -> Ingested:
        """Read answers into the set `pass_a`, as a model's unless a person is named."""
        if "person" not in options:
            options.setdefault("model", "model-1")
        options.setdefault("date", "2026-11-22")
        return annotate_ingest(self.corpus, self.packets, answers, "pass_a", **options)


@pytest.fixture
def make_campaign(tmp_path: Path) -> Callable[..., Campaign]:
    """Return what makes a campaign from options of `annotate_prompts`."""

    def make(**options: Any) -> Campaign:
        campaign = Campaign(tmp_path, copy_good(tmp_path))
        annotate_prompts(campaign.corpus, campaign.packets, **options)
        return campaign

    return make


@pytest.fixture
def campaign(make_campaign: Callable[..., Campaign]) -> Campaign:
    """Return a campaign with default packets."""
    return make_campaign()
