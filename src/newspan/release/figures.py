"""Tables of figures about a corpus, in Markdown, for the datasheet and the card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pyarrow as pa

from newspan.corpus import Corpus
from newspan.model import Assertion, Evidence
from newspan.quality.tables import quality_tables
from newspan.release.configs import CONFIGS
from newspan.release.distributions import distributions
from newspan.release.markdown import markdown_table
from newspan.release.tables.common import items


def figures(corpus: Corpus, made: Mapping[str, pa.Table]) -> dict[str, str]:
    """Return every figure table of the datasheet, by the name of its marker."""
    return {
        "counts": counts_table(corpus, made),
        "chain": _chain_table(corpus),
        "outlets": _outlet_table(corpus),
        "outlet-sources": _source_table(corpus),
        "stance": _stance_table(corpus),
        "missing": _missing_table(corpus),
        "withdrawn": withdrawn_table(corpus),
        **distributions(corpus),
        **quality_tables(corpus),
    }


def counts_table(corpus: Corpus, made: Mapping[str, pa.Table]) -> str:
    """Return counts of what a release holds, and the rows of each config."""
    zones = Counter(z.kind for _, item in corpus.items.values() for z in item.zones)
    in_paragraphs = made["sentences"].column("zone").to_pylist().count("paragraph")
    rows = [
        ("documents", len(corpus.documents)),
        ("items", len(corpus.items)),
        ("characters (code points)", sum(len(text) for text in corpus.texts.values())),
        ("sentences in paragraphs", in_paragraphs),
        *((f"zones: {kind}", number) for kind, number in sorted(zones.items())),
        *((f"rows of `{config.name}`", made[config.name].num_rows) for config in CONFIGS),
    ]
    return markdown_table(("what", "how many"), ((what, f"{number:,}") for what, number in rows))


def producer_table(corpus: Corpus) -> str:
    """Return who assessed and annotated what, language models named as such."""
    assessed = Counter(
        (assessor.name, assessor.kind, item.partisanship.human_verified)
        for _, item in corpus.items.values()
        for assessor in [item.partisanship.assessor]
    )
    rows = [
        (f"stance, {number} items", name, _words(kind), "yes" if verified else "no")
        for (name, kind, verified), number in sorted(assessed.items())
    ]
    for chosen in sorted(corpus.sets.values(), key=lambda chosen: chosen.info.id):
        producer = chosen.info.producer
        name = f"{producer.name} {producer.version or ''}".strip()
        if producer.annotators:
            name += f", from annotations by {', '.join(producer.annotators)}"
        shown = f"{chosen.verified:,} of {chosen.number:,} records"
        rows.append((f"set `{chosen.info.id}`", name, _words(producer.kind), shown))
    return markdown_table(("what", "by", "which is a", "verified by a person"), rows)


def _chain_table(corpus: Corpus) -> str:
    rows = []
    for _, item in items(corpus):
        for number, step in enumerate(item.chain):
            rows.append(
                (
                    item.id if number == 0 else "",
                    str(number),
                    corpus.outlets[step.outlet].name,
                    _words(step.role),
                    _told(step.language),
                    _told(step.published),
                    _classes(step.evidence),
                    step.confidence,
                )
            )
    head = ("item", "step", "outlet", "role", "language", "published", "evidence", "confidence")
    return markdown_table(head, rows)


def _outlet_table(corpus: Corpus) -> str:
    rows = []
    for outlet in corpus.outlets.values():
        # No quotation marks: claims are summaries, the holders' own words stand in the evidence.
        views = "; ".join(f"{view.holder}: {view.claim}" for view in outlet.views)
        ratings = "; ".join(f"{r.rater}: {r.value} (read {r.snapshot})" for r in outlet.ratings)
        rows.append(
            (
                outlet.name,
                _words(outlet.affiliation.value or "unknown"),
                "yes" if outlet.contested else "no",
                views or "none recorded",
                ratings or "none recorded",
            )
        )
    return markdown_table(
        ("outlet", "affiliation", "contested", "views, by holder", "ratings"), rows
    )


def _source_table(corpus: Corpus) -> str:
    """Return where the statements about outlets were read, and when."""
    rows = []
    for outlet in corpus.outlets.values():
        groups = [("affiliation", outlet.affiliation.evidence)]
        groups += [(f"view of {view.holder}", view.evidence) for view in outlet.views]
        groups += [(f"rating by {rating.rater}", rating.evidence) for rating in outlet.ratings]
        for about, evidence in groups:
            for one in evidence:
                if one.source is not None:
                    read = one.retrieved or "unknown"
                    rows.append((outlet.name, about, f"`{one.source}`", read))
    return markdown_table(("outlet", "statement", "stored page", "read"), rows)


def _stance_table(corpus: Corpus) -> str:
    found = {
        item.id: {s.target: s.polarity for s in item.partisanship.stance}
        for _, item in items(corpus)
    }
    used = [t for t in corpus.targets if any(t in stances for stances in found.values())]
    head = ("target", *found)
    rows = (
        (
            corpus.targets[target].title,
            *(_words(stances.get(target, "")) for stances in found.values()),
        )
        for target in used
    )
    return markdown_table(head, rows)


def _missing_table(corpus: Corpus) -> str:
    rows = []
    for _, item in items(corpus):
        reply = item.partisanship.right_of_reply
        shown = f"{reply.value or 'unknown'} ({reply.confidence or 'unknown'} confidence)"
        rows.append((item.id, shown, "; ".join(item.partisanship.missing_perspectives)))
    return markdown_table(("item", "right of reply", "missing perspectives"), rows)


def withdrawn_table(corpus: Corpus) -> str:
    """Return the items that were taken out, with date and reason."""
    if not corpus.withdrawn:
        return "No item has been withdrawn."
    rows = ((each.item, each.date, each.reason) for each in corpus.withdrawn)
    return markdown_table(("withdrawn item", "date", "reason"), rows)


def _told(assertion: Assertion) -> str:
    """Return a value, marked where it rests on inference alone."""
    if assertion.value is None:
        return "unknown"
    inferred = {one.class_ for one in assertion.evidence} == {"inferred"}
    return f"{assertion.value} (inferred)" if inferred else assertion.value


def _words(identifier: str) -> str:
    return identifier.replace("_", " ")


def _classes(evidence: Iterable[Evidence]) -> str:
    return ", ".join(dict.fromkeys(_words(one.class_) for one in evidence))
