"""What each column of a release means, once."""

from __future__ import annotations

_OFFSET = "in Unicode code points, half-open, into the document's unaltered text"
_INSIDE = "in Unicode code points from the start of the row's own text"

#: By column name, as long as it means the same everywhere.
_COLUMNS = {
    "affiliation": "To whom the outlet belongs or answers; null where unknown.",
    "affiliation_contested": "Whether sources disagree about the affiliation.",
    "alignment": "Runs of equal text in this member and in the canonical one.",
    "assessed_on": "The day of the assessment.",
    "assessor": "Who assessed the stance.",
    "assessor_kind": "Whether a person or a language model assessed.",
    "assessor_note": "A remark of the assessor.",
    "attribution": "Role spans of attributions; null where nobody looked, empty where none is.",
    "attribution_id": "The attribution's id.",
    "attribution_ids": "The attributions that the span stands in, by id.",
    "attributions": "The attributions whose spans touch the row, whole.",
    "authors": "Who is named or inferred as author.",
    "canonical_doc_id": "The document of the cluster's canonical member.",
    "canonical_end": f"End of the canonical extent, {_OFFSET}.",
    "canonical_id": "The span of the cluster's canonical member.",
    "canonical_start": f"Start of the canonical extent, {_OFFSET}.",
    "check_worthiness": "ClaimBuster's class, derived: CFS, UFS or NFS.",
    "check_worthy": "Whether the public would want the claim checked; of factual claims only.",
    "claim": "Claims that touch the row; null where nobody looked, empty where none is.",
    "class": "What kind of evidence it is.",
    "clipped_end": "Whether the span goes on behind the row's text.",
    "clipped_start": "Whether the span begins before the row's text.",
    "cluster": "The cluster of passages that the member belongs to.",
    "confidence": "How sure whoever recorded the value is.",
    "content": "The words attributed, one text per span.",
    "content_ids": "Spans with the role content.",
    "copy_role": "Canonical member of the cluster, or copy; canonical by convention of order.",
    "cue": "The word or mark that attributes; null for a free-standing quotation.",
    "cue_force": "What the cue adds: neutral, endorsing, doubting or negated.",
    "cue_id": "The span with the role cue.",
    "cue_type": "What kind of cue it is.",
    "decision": "How the record came into its set, where that was decided.",
    "doc_id": "The document's id.",
    "end": f"End, {_OFFSET}.",
    "evidence": "Why the value is believed.",
    "factuality": "How the claim is worded, never whether it is so.",
    "file": "Name of the file as received.",
    "fold": "The fold, for evaluation that leaves one lineage out; counted from 0.",
    "from_id": "The span that the link leads from.",
    "from_text": "The words of that span.",
    "hedged": "Whether the wording itself limits the claim.",
    "human_verified": "Whether a person has verified the record.",
    "id": "The row's id, never reused.",
    "is_copy": "Whether the row's text is a copy, whole, of a passage that stands elsewhere.",
    "item_id": "The item's id: one article inside a document.",
    "items": "The document's articles.",
    "kind": "What the stretch is for: title, heading, paragraph, caption, teaser, ...",
    "label": "Factuality, role, technique or match: what the span is, in its layer.",
    "language": "Language of the text, as a BCP 47 tag.",
    "layer": "The annotation layer.",
    "lineage": "Documents of one lineage share text or an ancestor, and are never split apart.",
    "loaded_language": "Loaded words in the row; null where nobody looked, empty where none is.",
    "match": "How the member matches the canonical one.",
    "medium": "The outlet or document that the source speaks through, one text per span.",
    "medium_ids": "Spans with the role medium.",
    "missing": "Whose perspectives are absent.",
    "mode": "Whether the words are quoted directly, indirectly, or both.",
    "name": "The author's name.",
    "note": "A remark.",
    "outlet": "The outlet's name.",
    "outlet_id": "The outlet's id in corpus/outlets.json.",
    "paragraph_id": "The row of `paragraphs` that the sentence stands in.",
    "parent_id": "The attribution in whose content this one is nested.",
    "partisanship": "What the wording of each item shows towards each target.",
    "perspectives": "Right of reply and missing perspectives, by item.",
    "polarity": "Which way the wording leans towards the target.",
    "producer": "Who made the annotation.",
    "producer_kind": "Whether a person, a language model, a rule or an adjudication made it.",
    "provenance": "The outlets that each item passed through, from the page that was scraped.",
    "published": "When it was published: a date or an interval (ISO 8601-2); null where unknown.",
    "quote": "A short quotation from the stored page.",
    "reason": "What the value is inferred from.",
    "retrieved": "The day on which the stored page was read.",
    "right_of_reply": "Whether those who are accused are heard.",
    "role": "The part of the span in its attribution: source, medium, cue or content.",
    "scope": "Whether the cue governs its content alone (closed) or what follows too (open).",
    "scope_end": f"Where an open scope ends, {_OFFSET}.",
    "set_id": "The annotation set.",
    "sha256": "SHA-256 of the file as received.",
    "similarity": "Of this member to the canonical one; 1 is identical.",
    "source": "Who the words are attributed to, one text per span.",
    "source_ids": "Spans with the role source.",
    "source_kind": "What the source is: a person, a group, a document, ...",
    "source_name": "The source's name, resolved within the item.",
    "source_named": "Whether the text names the source.",
    "span_id": "The span's id, as in `spans`.",
    "start": f"Start, {_OFFSET}.",
    "step": "Place in the chain, from the page that was scraped, counted from 0.",
    "target": "Whom or what it is directed at: an id from corpus/targets.json.",
    "technique": "The technique of the loaded words.",
    "text": "The words, unaltered: text[start:end].",
    "title": "The item's title; null where unknown.",
    "to_id": "The span that the link leads to.",
    "to_text": "The words of that span.",
    "type": "What the link says.",
    "unsure": "Whether the annotator was not sure.",
    "url": "The page's address; null where unknown.",
    "voice": "Whose wording it is, derived: author, quoted, indirect, scare or framed.",
    "zone": "The kind of zone that it stands in.",
    "zones": "Each item's zones: stretches by their function.",
}

#: Where a name means something else: by the end of its path.
_ELSEWHERE = {
    "annotations/scope": "Of duplicate blocks: within one document or across documents.",
    "documents/text": "The document's text, unaltered: the bytes of the file decoded as UTF-8.",
    "duplicates/scope": "Whether the cluster lies within one document or across documents.",
    "evidence/source": "Address of the stored page.",
    "items/end": f"End of the item, {_OFFSET}.",
    "items/start": f"Start of the item, {_OFFSET}.",
    "provenance/role": "What the outlet did: scraped_publisher, original_publisher, ...",
    "spans/scope": "Of duplicate blocks: within one document or across documents.",
    **{
        f"{layer}/{end}": f"{end.capitalize()}, {_INSIDE}."
        for layer in ("claim", "attribution", "loaded_language")
        for end in ("start", "end")
    },
}

# An assertion's other columns follow from its own.
_SUFFIXES = {
    "_confidence": "How sure whoever recorded it is.",
    "_evidence": "Why it is believed.",
    "_note": "A remark on it.",
}


def meaning(path: str) -> str:
    """Return what a column means, in one sentence; empty for one that newspan doesn't know.

    Args:
        path: config, column and fields, such as `spans/start` or `documents/items/title`.
    """
    *_, holder, name = path.split("/")
    holder = "evidence" if holder.endswith("_evidence") else holder
    found = _ELSEWHERE.get(f"{holder}/{name}") or _COLUMNS.get(name)
    if found:
        return found
    return next((text for end, text in _SUFFIXES.items() if name.endswith(end)), "")
