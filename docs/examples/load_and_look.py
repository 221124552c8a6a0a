"""Load a release, count, and look: what is in it, who is cited, whose words are loaded.

    .venv/bin/python docs/examples/load_and_look.py [FOLDER]

What is written, a release and a page to read, goes into FOLDER, or a new one. The release is
newspan's own corpus: five one-sided texts, annotated by a language model, verified by nobody yet.
The counts say what these annotations hold, and nothing of news at large.
"""

import sys
import tempfile
from pathlib import Path

import datasets
import pandas as pd

import newspan

CORPUS = Path(__file__).resolve().parents[2]  # newspan's folder is a corpus
WORK = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="newspan-"))
datasets.disable_progress_bars()
pd.set_option("display.width", 100, "display.max_columns", 8, "display.max_colwidth", 48)

# --- 1. Build a release, and load it ----------------------------------------------------------
# A release is a folder of Parquet files, one config each. `newspan build` writes it into dist/;
# here it goes into the example's own folder.

release = newspan.build(CORPUS, WORK / "dist")
print(f"1. {release.path.name}, rows by config:")
for config, rows in release.rows.items():
    print(f"   {config:14}{rows:6}")


def load(config: str) -> pd.DataFrame:
    """Load a config as a table. Nothing of newspan is needed for that."""
    return datasets.load_dataset(str(release.path), config, split="train").to_pandas()


documents, paragraphs = load("documents"), load("paragraphs")
spans, attributions = load("spans"), load("attributions")

# Offsets are code points, half-open, into the document's unaltered text: a slice gives the span.
texts = dict(zip(documents.doc_id, documents.text, strict=True))
for span in spans.itertuples():
    assert texts[span.doc_id][span.start : span.end] == span.text
print(f"   all {len(spans)} spans are text[start:end]")

# --- 2. Count ---------------------------------------------------------------------------------
# `spans` holds the primary set, in which the differences between annotators are settled. What each
# of them said is in `annotations`, with who it was.

print("\n2. Spans by layer and label:")
print(spans.groupby(["layer", "label"]).size().sort_values(ascending=False).head(10).to_string())

# Texts copy each other. Whoever counts, counts a copied word twice unless it is left out.
copied = paragraphs[paragraphs.is_copy].text.str.len().sum() / paragraphs.text.str.len().sum()
print(f"   {copied:.0%} of the characters stand in paragraphs that are copies of others")

# --- 3. Join spans with outlets ---------------------------------------------------------------
# An item has a chain of outlets: step 0 is where it was found, later steps where it came from.
# Each has its role and its confidence. An outlet that is only quoted (`quoted_source`) did not
# publish the item: leave it out, or its name stands beside words that are not its own.

chain = pd.json_normalize([step for chain in documents.provenance for step in chain])
published = chain[chain.role.isin(["scraped_publisher", "original_publisher"])]
first = published.sort_values("step").groupby("item_id").last()[["outlet", "confidence"]]

# A rate is of the text that somebody looked at. In `paragraphs`, [] says "looked, and found none";
# null says "nobody looked".
looked_at = paragraphs[paragraphs.loaded_language.notna()]
words = looked_at.assign(words=looked_at.text.str.split().str.len())
loaded = spans[spans.layer == "loaded_language"]
items = first.join(words.groupby("item_id").words.sum())
items["loaded"] = loaded.groupby("item_id").size()
outlets = items.fillna({"loaded": 0}).groupby(["outlet", "confidence"])[["words", "loaded"]].sum()
outlets["per 1000 words"] = (1000 * outlets.loaded / outlets.words).round(1)
print("\n3. Loaded words by the outlet that published an item first, as far as is known:")
print(outlets.astype({"words": int, "loaded": int}).to_string())

# --- 4. Who is cited --------------------------------------------------------------------------
# An attribution ties a source to what it is said to have said, by a cue. `mode` tells quotation
# from report, `cue_force` whether the text believes it.

print("\n4. Attributions by kind of source and force of the cue:")
print(pd.crosstab(attributions.source_kind, attributions.cue_force.fillna("no cue")).to_string())
named = attributions[attributions.source_name.notna()]
cited = named.groupby("source_name").agg(times=("id", "size"), items=("item_id", "nunique"))
print("\n   The sources cited most, and in how many items:")
print(cited.sort_values(["times", "items"], ascending=False).head(5).to_string())

# --- 5. Whose words are loaded ----------------------------------------------------------------
# `voice` follows from the attributions: the author's own words, quoted ones, reported ones.

print("\n5. Loaded words by voice:")
print(loaded.voice.value_counts().to_string())
own = loaded[loaded.voice == "author"].text.str.casefold().value_counts().head(3)
print(
    "   most frequent in the authors' own voice:", ", ".join(f"“{w}” {n}" for w, n in own.items())
)

empty = looked_at.loaded_language.str.len().eq(0).sum()
unseen = len(paragraphs) - len(looked_at)
print(f"   of {len(paragraphs)} paragraphs {empty} have none; at {unseen} nobody looked")

# --- 6. Read it -------------------------------------------------------------------------------
# One HTML file that needs no network.

page = newspan.view(CORPUS, out=WORK / "view.html")
print(f"\n6. To read it all: open {page.path}")
