"""Train models, score them on what they have not seen, and let one choose what to annotate next.

    .venv/bin/python docs/examples/train_and_score.py [FOLDER]

A copy of newspan's corpus, models and predictions go into FOLDER, or a new one. The labels were
made by a language model on five one-sided texts: scores say how far a model repeats these labels,
and nothing of how well it finds loaded words elsewhere. `crf` needs the extra `train`, which the
README's set-up command installs.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import newspan

NEWSPAN = Path(__file__).resolve().parents[2]
GIVEN = Path(__file__).resolve().parent / "harbour"
WORK = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="newspan-"))
LAYER = "loaded_language"
MODELS = ("five-words", "lexicon", "crf")

# --- 1. A corpus to learn from ----------------------------------------------------------------
# A copy, since predictions are written into it as annotation sets.

corpus = WORK / "corpus"
for name in ("corpus", "annotation", "schema"):
    shutil.copytree(NEWSPAN / name, corpus / name)
print(f"1. a copy of newspan's corpus: {corpus}")

# --- 2. Train, and score out of fold ----------------------------------------------------------
# Each document is predicted by a model that saw none of its lineage: texts copy each other, and a
# copy gives the answers away. What is saved has learnt from all of them, and was not scored.

print("\n2. F1 of spans out of fold, one to one, with an IoU of 0.5 or more:")
trained = {}
for model in MODELS:
    trained[model] = newspan.train(
        corpus, layer=LAYER, model=model, into=model, out=WORK / "models" / model
    )
    (with_copies,) = trained[model].figures("iou")
    (without,) = trained[model].figures("iou", copies="without")
    f1 = with_copies.f1
    print(
        f"   {model:11}{f1.value:.3f} [{f1.low:.3f}, {f1.high:.3f}], "
        f"without copies {without.f1.value:.3f}"
    )
source = trained["crf"].sources[0]
print(
    f"   learnt from {source.spans} spans by {', '.join(source.by)}, in {source.lineages} lineages"
)
print("   intervals are drawn from these: with so few they hardly mean anything")

# The SI of the shared tasks can be gamed: whole articles as spans, which say nothing, score too.
(si,) = trained["crf"].figures("si")
(whole,) = trained["crf"].figures("si", predicted="baseline/whole_article")
print(f"   SI: crf {si.f1.value:.3f}, whole articles {whole.f1.value:.3f}")

# --- 3. Compare -------------------------------------------------------------------------------
# `five-words` is a regular expression of the five commonest wordings. A model that does not beat it
# is worth nothing. `print(report)` shows all measures, by label, voice and lineage.

report = newspan.score(corpus, "consensus", "crf", "five-words", layers=[LAYER])
print("\n3. crf against five-words:")
for difference in report.layers[0].differences:
    change, p = difference.difference, difference.p
    print(
        f"   {difference.measure}, {difference.copies} copies: {change.value:+.3f} "
        f"[{change.low:+.3f}, {change.high:+.3f}], p = {p:.2f}, "
        f"which can't be less than {difference.smallest_p:.2f} here"
    )

# --- 4. Whom, or how? -------------------------------------------------------------------------
# With names masked, a model can't learn whom a corpus writes about.

masked = newspan.train(corpus, layer=LAYER, model="crf", mask_entities=True, replicates=0)
(without_names,) = masked.figures("iou")
print(f"\n4. crf with {masked.names} names masked: {without_names.f1.value:.3f}")

# --- 5. Predict on new documents --------------------------------------------------------------
# Invented news, made into a corpus as bring_your_own.py tells.

harbour = newspan.init(WORK / "harbour", title="Harbour news", languages=["en"])
newspan.add([GIVEN / "articles"], harbour)
newspan.add([GIVEN / "ptc"], harbour, format="ptc", set_id="ptc")
predicted = newspan.predict(WORK / "models/crf", harbour, into="guess", campaign="quay")
print(f"\n5. new items: {len(predicted.items)}, spans predicted: {len(predicted.guesses)}")
for guess in predicted.guesses:
    print(f"   {guess.item}: “{guess.text}” {guess.label}, confidence {guess.confidence:.2f}")

# --- 6. What to annotate next -----------------------------------------------------------------
# The items that a model is least sure of may teach it most. Those that nobody has annotated yet are
# listed in a campaign, in which annotators correct the predictions. Who they are is for you to say.

print("\n6. least certain first, without what came with annotations:")
assert predicted.campaign is not None
settings = predicted.campaign.read_text(encoding="utf-8")
settings = settings.replace('# [[annotators]]\n# alias = "ada"', '[[annotators]]\nalias = "ada"')
predicted.campaign.write_text(settings, encoding="utf-8")
newspan.annotate_config(harbour, "quay")  # finds faults of the settings
print(f"   {predicted.campaign}:")
print("   " + settings.replace("\n", "\n   ").rstrip())

# --- 7. Score on the new documents ------------------------------------------------------------
# Three of them came with annotations. What a model learnt from one subject is seldom true of
# another: score it where you mean to use it.

report = newspan.score(harbour, "ptc", "guess", layers=[LAYER])
print("\n7. on the new documents that came with annotations:")
for labels in ("same", "any"):
    figure = report.find("iou", LAYER, labels=labels)
    print(f"   labels:{labels}: F1 {figure.f1.value:.3f}", end="; ")
    print(f"{figure.counted} spans predicted, {figure.reference} in the reference")
print(f"\nmodels, each with its card: {WORK / 'models'}")
