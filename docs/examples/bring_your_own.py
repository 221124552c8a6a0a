"""Make a corpus of your own: texts with their provenance, annotations of others, a release.

    .venv/bin/python docs/examples/bring_your_own.py [FOLDER]

The texts are those in `harbour` beside this file: invented news of a harbour town, and three
articles annotated in the format of the Propaganda Techniques Corpus (PTC), with a mistake such as
real files have. The corpus is made in FOLDER, or in a new one.
"""

import json
import sys
import tempfile
from pathlib import Path

import datasets

import newspan

GIVEN = Path(__file__).resolve().parent / "harbour"
WORK = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="newspan-"))
datasets.disable_progress_bars()


def change(file: Path, **values: str) -> None:
    """Set values in one of the corpus's JSON files, as you would in an editor."""
    record = json.loads(file.read_bytes()) | values
    file.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


# --- 1. An empty corpus -----------------------------------------------------------------------
# The same as `newspan init harbour --title "Harbour news" --language en`.

corpus = newspan.init(WORK / "harbour", title="Harbour news", languages=["en"])
print(f"1. an empty corpus: {corpus}")

# --- 2. Texts, and where they come from -------------------------------------------------------
# `provenance.jsonl` says for each file what is known: title, authors, day, outlet, address. Texts
# are taken byte for byte. What nobody says is recorded as unknown; nothing is guessed.

added = newspan.add([GIVEN / "articles"], corpus)
print(f"\n2. added: {', '.join(added.documents)}; outlets: {', '.join(added.outlets)}")
for name in ("late", "market"):
    document = json.loads((corpus / f"corpus/documents/{name}.json").read_bytes())
    item = document["items"][0]
    for said in ("title", "published"):
        value, (evidence, *_) = item[said]["value"], item[said]["evidence"]
        print(f"   {name}: {said} {value!r}, {evidence['class']}: {evidence.get('reason', '')}")

# --- 3. Annotations of others -----------------------------------------------------------------
# `format` is one of docs/formats.md; this one reads articles with their files of labels. The last
# row of article7002's points behind the end of its text: it is told, and the rest is taken.

added = newspan.add([GIVEN / "ptc"], corpus, format="ptc", set_id="ptc")
print(f"\n3. added: {', '.join(added.documents)}; the set {added.set} with {added.records} spans")
for problem in added.problems:
    print(f"   {problem.place}: {problem.id}: {problem.message}")

# --- 4. Check ---------------------------------------------------------------------------------
# Nothing that stands in a corpus is taken on trust: offsets, hashes, ids, labels.

print(f"\n4. the check finds {len(newspan.check(corpus))} problems")

# --- 5. What was copied from where ------------------------------------------------------------
# article7003 repeats what article7002 says; two of the articles share their text as well.

(found,) = newspan.reuse_sets(corpus)  # `newspan duplicates`
print(f"\n5. {found.id}: {found.spans} passages in {found.clusters} clusters")

# Nobody marked the copy in article7003. Projection carries the marks over, into a new set.
carried = newspan.project(corpus, "ptc", "consensus").carried["span"]
print(f"   {carried} spans carried to copies: the set consensus")

# --- 6. Build ---------------------------------------------------------------------------------
# Documents that share text belong to one lineage, or a model is tested on what it has seen. The
# build warns of it; give them one lineage, and say which set the release shows.

(warning,) = newspan.build(corpus).warnings
print(f"\n6. {warning.id}: {warning.message}")
change(corpus / "corpus/documents/7003.json", lineage="7002")
change(corpus / "corpus/corpus.json", primary_set="consensus")
release = newspan.build(corpus)
print(f"   built again with {len(release.warnings)} warnings: {release.path}")

# --- 7. Load ----------------------------------------------------------------------------------

spans = datasets.load_dataset(str(release.path), "spans", split="train")
print(f"\n7. {len(spans)} spans:")
for span in spans:
    copied = ", projected" if span["decision"] == "projected" else ""
    print(f"   {span['item_id']:9}{span['label']:26}“{span['text']}”{copied}")
