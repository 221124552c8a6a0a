"""An annotator's work in a real browser, on a real server, read back as records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from browse import Annotator
from corpora import GOOD
from newspan.corpus import Corpus, read_corpus
from newspan.labelstudio.config import label_config
from newspan.labelstudio.instruction import instruction
from newspan.labelstudio.read import Work, read_tasks
from newspan.labelstudio.server import Server
from newspan.labelstudio.tasks import make_task
from newspan.model import AnyRecord, Attribution, Span, Zone

ROOT = Path(__file__).parents[2]
LAYERS = ("claim", "attribution", "loaded_language")
REASONS = [("missed", "It was overlooked."), ("boundary-rule", "It ends elsewhere.")]

#: What texts from the web hold, before and inside each stretch that is marked.
HOSTILE = (
    "\ufeff\r\n\r\n \tEmoji 👩‍👩‍👧 e\u0301 <b>&amp; Mayor\u00a0Ana\u200b Peña said\r the "
    "“ro\u00adtten” plan\u2028\x85would\x07 fail,\r\n\r\n"
    "شهردار گفت: «بندر باز است.» 𝐀 she added.\n\n"
    "“We pay,” 👍🏽 it \u202eis\u202c a $disgrace {{x}} <i>\n"
)


class Desk:
    """A project on the server, and an annotator before it."""

    def __init__(
        self, live: Any, page: Any, corpus: Corpus, tasks: list[dict[str, Any]], **config: Any
    ) -> None:
        self.corpus, self.server = corpus, Server(live.url, live.token)
        self.reasons = [key for key, _ in config.get("reasons", ())]
        self.project = self.server.create(
            "newspan browser",
            description="",
            label_config=label_config(corpus.labels, corpus.targets, LAYERS, **config),
            instruction=instruction("# Rules"),
            predictions=True,
        ).id
        self.server.import_tasks(self.project, tasks)
        held = self.server.held(self.project)
        self.tasks = {each.item_id: each.task_id for each in held}
        page.set_default_timeout(15_000)
        live.log_in(page, "ada")
        self.ada = Annotator(page, live.url, self.project)

    def work(self, set_id: str = "drawn") -> dict[str, Work]:
        """Return the only work on each task, by item id; nothing may be wrong with it."""
        export = read_tasks(
            json.loads(self.server.snapshot(self.project)),
            self.corpus,
            set_id=set_id,
            layers=LAYERS,
            project="newspan browser",
            file="pull.json",
            reasons=self.reasons,
        )
        assert export.problems == ()
        found = {}
        for task in export.tasks:
            (found[task.item_id],) = task.work
        return found


@pytest.fixture
def desk(label_studio: Any, page: Any) -> Iterator[Callable[..., Desk]]:
    """Return a function that makes a project of tasks and seats an annotator before it."""
    made = []

    def make(corpus: Corpus, tasks: list[dict[str, Any]], **config: Any) -> Desk:
        made.append(Desk(label_studio, page, corpus, tasks, **config))
        return made[-1]

    yield make
    for each in made:
        each.server.close()


def good() -> Corpus:
    """Return the good corpus."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    return corpus


def hostile() -> Corpus:
    """Return a corpus of one item with the hostile text."""
    corpus = good()
    first = corpus.documents[0]
    zones = (Zone(0, len(HOSTILE), "paragraph"),)
    item = msgspec.structs.replace(first.items[0], start=0, end=len(HOSTILE), zones=zones)
    document = msgspec.structs.replace(first, items=(item,))
    return msgspec.structs.replace(
        corpus, documents=(document,), texts={first.id: HOSTILE}, sets={}
    )


def test_words_are_marked_and_tied(desk: Callable[..., Desk]) -> None:
    """What is marked, said and tied with mouse and keyboard is read back to the character."""
    corpus = hostile()
    at = desk(corpus, [make_task(corpus, "d1-i1", campaign="c", layers=LAYERS)])
    ada = at.ada
    ada.open(at.tasks["d1-i1"])
    marked = {
        "Source": "Mayor\u00a0Ana\u200b Peña",
        "Cue": "said",
        "Content": "the “ro\u00adtten” plan\u2028\x85would\x07 fail",
        "o": "👩‍👩‍👧 e\u0301",
        "f": "«بندر باز است.»",
        "Loaded language": "$disgrace {{x}}",
    }
    assert all(HOSTILE.count(words) == 1 for words in marked.values())
    for label, words in marked.items():
        start = HOSTILE.index(words)
        ada.mark(label, start, start + len(words))

    note = "She says \"no\" & 'yes' <b>\nsecond line 👩‍👩‍👧 \\n $text"
    ada.choose("said")
    ada.answer("Mode", "Mixed")
    ada.answer("Source is", "Person")
    ada.answer("Named here", "Yes")
    ada.write("Name", "Ana Peña")
    ada.answer("Cue type", "Speech")
    ada.answer("Cue force", "Doubting")
    ada.answer("Sure?", "Unsure")
    ada.write("Note", note)
    ada.choose("disgrace")
    ada.answer("Target", "The mayor")
    ada.answer("Polarity", "Negative")
    ada.choose("بندر")
    ada.answer("Check-worthy", "Yes")
    ada.answer("Hedged", "No")
    ada.page.keyboard.press("8")  # the key of a polarity, which a claim has not
    ada.tie(["Cue"], ["Source"])
    ada.tie(["Cue"], ["Content"])
    ada.press("Submit")

    work = at.work()["d1-i1"]
    spans = {r.label: r for r in work.records if isinstance(r, Span)}
    ids = {"f": "factual", "o": "opinion", "Loaded language": "Loaded_Language"}
    assert {label: (s.start, s.end, s.text) for label, s in spans.items()} == {
        ids.get(label, label.lower()): (
            HOSTILE.index(words),
            HOSTILE.index(words) + len(words),
            words,
        )
        for label, words in marked.items()
    }
    (attribution,) = (r for r in work.records if isinstance(r, Attribution))
    assert attribution == Attribution(
        id=attribution.id,
        mode="mixed",
        source_kind="person",
        source_ids=(spans["source"].id,),
        cue_id=spans["cue"].id,
        content_ids=(spans["content"].id,),
        source_named=True,
        source_name="Ana Peña",
        cue_type="speech",
        cue_force="doubting",
        unsure=True,
        note=note,
    )
    loaded, claim = spans["Loaded_Language"], spans["factual"]
    assert (loaded.target, loaded.polarity) == ("mayor", "negative")
    assert (claim.check_worthy, claim.hedged) == (True, False)
    assert set(work.origins.values()) == {"manual"}


def test_shipped_sets_survive_the_browser(desk: Callable[..., Desk]) -> None:
    """Every item of the corpus, opened and saved in the browser, comes back as it was pushed."""
    corpus, _ = read_corpus(ROOT)
    assert corpus is not None
    consensus = corpus.sets["consensus"]
    tasks = [
        make_task(corpus, item, campaign="c", layers=LAYERS, annotation=consensus)
        for item in corpus.items
    ]
    at = desk(corpus, tasks)
    for task in tasks:
        item = task["data"]["item_id"]
        regions = {each["id"] for each in task["annotations"][0]["result"] if "id" in each}
        at.ada.open(at.tasks[item], len(regions))
        at.ada.touch()
        at.ada.press("Update")
    work = at.work("consensus")
    assert len(work) == 12
    for item, each in work.items():
        assert each.updated_by == 2
        pushed = [p.record for p in consensus.records if p.item_id == item]
        assert sorted(each.records, key=_id) == sorted(pushed, key=_id)


def test_predictions_keep_their_origin(desk: Callable[..., Desk]) -> None:
    """Of predictions, those left alone, changed and deleted are told apart, under the same ids."""
    corpus = good()
    consensus = corpus.sets["consensus"]
    task = make_task(corpus, "d1-i1", campaign="c", layers=LAYERS, prediction=consensus)
    at = desk(corpus, [task])
    regions = {each["id"] for each in task["predictions"][0]["result"] if "id" in each}
    at.ada.open(at.tasks["d1-i1"], len(regions))
    at.ada.choose("Prediction")
    at.ada.label("Opinion")
    at.ada.choose("Loaded language", "rotten")
    at.ada.delete()
    at.ada.press("Submit")
    work = at.work()["d1-i1"]
    assert work.parent_prediction is not None
    pushed = {p.record.id: p.record for p in consensus.records if p.item_id == "d1-i1"}
    found = {record.id: record for record in work.records}
    changed = msgspec.structs.replace(pushed["c1"], factuality="opinion")
    del pushed["l1"]
    assert found == {**pushed, "c1": changed}
    assert work.origins == dict.fromkeys(pushed, "prediction") | {"c1": "prediction-changed"}


def test_verdicts_come_back(desk: Callable[..., Desk]) -> None:
    """In a review, a region's verdict and reason come back with it."""
    corpus = good()
    task = make_task(
        corpus, "d2-i1", campaign="c", layers=LAYERS, prediction=corpus.sets["consensus"]
    )
    at = desk(corpus, [task], review=True, reasons=REASONS)
    regions = {each["id"] for each in task["predictions"][0]["result"] if "id" in each}
    at.ada.open(at.tasks["d2-i1"], len(regions))
    at.ada.choose("so-called")
    at.ada.answer("Verdict", "Reject")
    at.ada.answer("Reason", "boundary rule")
    at.ada.press("Submit")
    work = at.work()["d2-i1"]
    assert work.choices == {"x1": {"verdict": "reject", "reason": "boundary-rule"}}
    assert "x1" in work.origins


def _id(record: AnyRecord) -> str:
    return record.id
