"""The `rai:` properties: what the records tell, and what people wrote in the datasheet.

Nothing is made up: a property for which a corpus has neither is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from newspan.corpus import Corpus
from newspan.release.answers import Answer

#: Each property that people answer, by the questions of the datasheet that hold the answer.
_ANSWERED = {
    "dataCollection": ("collection-acquired", "collection-mechanisms"),
    "dataCollectionMissingData": ("composition-missing",),
    "dataCollectionRawData": ("preprocessing-raw-saved",),
    "dataPreprocessingProtocol": ("preprocessing-done",),
    "annotatorDemographics": ("annotator-demographic",),
    "dataBiases": ("composition-sample", "uses-composition-impact"),
    "dataUseCases": ("uses-other-tasks",),
    "dataLimitations": ("uses-not-recommended", "composition-errors"),
    "dataSocialImpact": ("collection-impact-analysis",),
    "personalSensitiveInformation": (
        "composition-identifiable",
        "composition-sensitive",
        "composition-offensive",
    ),
    "dataReleaseMaintenancePlan": (
        "maintenance-who",
        "maintenance-contact",
        "maintenance-updates",
        "maintenance-older-versions",
    ),
}
#: Properties of which there can be several values; of the others, answers are joined.
_MANY = {
    "dataPreprocessingProtocol",
    "annotatorDemographics",
    "dataBiases",
    "dataUseCases",
    "dataLimitations",
    "personalSensitiveInformation",
}
_ANNOTATORS = ("person", "language_model")


def responsible(corpus: Corpus, answered: Mapping[str, Answer]) -> dict[str, Any]:
    """Return the properties of the Croissant RAI vocabulary 1.0 for a corpus.

    Args:
        corpus: the corpus.
        answered: the answers of its datasheet, by question.
    """
    properties: dict[str, Any] = {}
    for name, questions in _ANSWERED.items():
        texts = [answered[each].prose for each in questions if each in answered]
        if texts:
            properties[name] = texts if name in _MANY else "\n\n".join(texts)
    scraped = any(
        step.role == "scraped_publisher"
        for document in corpus.documents
        for item in document.items
        for step in item.chain
    )
    if scraped:
        properties["dataCollectionType"] = ["Web Scraping"]
    if corpus.info.content_warning:
        properties.setdefault("personalSensitiveInformation", []).insert(
            0, corpus.info.content_warning
        )
    properties |= {name: value for name, value in _annotation(corpus) if value}
    return {f"rai:{name}": properties[name] for name in sorted(properties)}


def _annotation(corpus: Corpus) -> Iterator[tuple[str, Any]]:
    """Yield what the annotation sets tell of themselves."""
    heads = [chosen.info for _, chosen in sorted(corpus.sets.items())]
    yield "dataAnnotationProtocol", [f"{h.id}: {h.description}" for h in heads if h.description]
    tools = {
        f"{h.producer.kind.replace('_', ' ')} {h.producer.name} {h.producer.version or ''}".strip()
        for h in heads
        if h.producer.kind in ("language_model", "rule")
    }
    tools |= {
        name for h in heads for name in h.producer.annotators if not name.startswith("person")
    }
    yield "machineAnnotationTools", sorted(tools)
    passes: Counter[str] = Counter(
        item
        for h in heads
        if h.producer.kind in _ANNOTATORS
        for item in {coverage.item for coverage in h.coverage}
    )
    if passes:
        few, many = min(passes.values()), max(passes.values())
        number = str(few) if few == many else f"{few} to {many}"
        kinds = {h.producer.kind for h in heads if h.producer.kind in _ANNOTATORS}
        by = " and ".join(kind.replace("_", " ") + "s" for kind in sorted(kinds, reverse=True))
        sets = "set" if number == "1" else "sets"
        text = f"{number} annotation {sets} by {by} for each of {len(passes)} items"
        missing = len(corpus.items) - len(passes)
        yield "annotationsPerItem", f"{text}; none for {missing}" if missing else text
