"""Run an annotation campaign: two annotators, their agreement, their differences settled.

    .venv/bin/python docs/examples/run_a_campaign.py [FOLDER]

Ada and Ben are played by the answers below; where they are asked, you would ask a person or a model
of your choice. The corpus, four invented articles, is made in FOLDER or in a new one.

Where NEWSPAN_LABEL_STUDIO names a label-studio executable, they also annotate on a real server,
which is started for this example and ends with it: docs/campaigns.md follows such a campaign.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

import newspan

NEWSPAN = Path(__file__).resolve().parents[2]
GIVEN = Path(__file__).resolve().parent / "harbour"
WORK = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="newspan-"))
LAYERS = ["attribution", "loaded_language"]

# --- 1. A corpus with guidelines --------------------------------------------------------------
# bring_your_own.py tells how to make a corpus. Annotators need guidelines: these are newspan's own.

corpus = newspan.init(WORK / "harbour", title="Harbour news", languages=["en"])
newspan.add([GIVEN / "articles"], corpus)
(corpus / "annotation").mkdir(exist_ok=True)
shutil.copy(NEWSPAN / "annotation/guidelines.md", corpus / "annotation/guidelines.md")

# Find copies first, so that nobody annotates the same text twice.
(found,) = newspan.reuse_sets(corpus)
print(f"1. {found.id}: {found.spans} passages in {found.clusters} clusters")
ITEMS = ["late", "market", "pier"]  # late-agency copies late

# --- 2. Say what you want ---------------------------------------------------------------------
# campaign.toml is all that a campaign needs; the labelling interface of Label Studio follows from
# it and from the labels in force.

campaign = corpus / "annotation/campaigns/quay/campaign.toml"
campaign.parent.mkdir(parents=True)
campaign.write_text(
    f"""\
name = "quay"
layers = {json.dumps(LAYERS)}
copied_share = 0.9   # from which share on an item counts as a copy, and is left out

[[annotators]]
alias = "ada"

[[annotators]]
alias = "ben"
""",
    encoding="utf-8",
)
interface = newspan.annotate_config(corpus, "quay")
print(f"\n2. a labelling interface with {interface.count('<Label ')} labels")

# --- 3. Ask -----------------------------------------------------------------------------------
# One Markdown file for each item has the guidelines, the labels, the text in numbered paragraphs
# and the form of the answer. It is given to the annotator as it stands.

packets = WORK / "packets"
made = newspan.annotate_prompts(corpus, packets, items=ITEMS, layers=LAYERS)
print(f"\n3. {made.packets} packets with {made.paragraphs} paragraphs: {packets}")

# --- 4. Answers -------------------------------------------------------------------------------
# An annotator quotes words, to the letter, and never counts characters: newspan finds where they
# stand. What does not stand there is refused and told.


def quoted(paragraph: int, words: str, **values: Any) -> dict[str, Any]:
    """Return a quotation, with what is said of it."""
    return {"p": paragraph, "quote": words, **values}


def loaded(paragraph: int, words: str, technique: str = "Loaded_Language") -> dict[str, Any]:
    """Return loaded words."""
    return quoted(paragraph, words, technique=technique)


def attribution(paragraph: int, source: str, cue: str, content: str, **more: Any) -> dict[str, Any]:
    """Return an attribution whose parts stand in one paragraph."""
    parts = {"sources": [source], "contents": [content]}
    entry = {name: [quoted(paragraph, words) for words in parts[name]] for name in parts}
    usual = {"mode": "indirect", "source_kind": "person", "source_named": True}
    usual |= {"cue_type": "speech", "cue_force": "neutral"}
    return entry | usual | {"cue": quoted(paragraph, cue)} | more


LIND = attribution(
    2, "Mayor Lind", "said", "that the ferries are late because of the wind", source_name="Lind"
)
OFFICE = attribution(
    3, "the harbour office", "According to", "14 of 60 crossings were cancelled in March",
    source_kind="state_body", source_name="harbour office",
)  # fmt: skip
OTT = attribution(
    2, "Councillor Ott", "insisted", "that the reckless scheme will cost two million",
    source_name="Ott",
)  # fmt: skip
BUILDERS = attribution(
    3, "They", "say", "that the pier will cost one million, and that the wood has been paid for",
    source_kind="group", source_named=False,
)  # fmt: skip

ANSWERS = {
    "ada": {
        "late": ([LIND, OFFICE], [loaded(2, "shabby excuse"), loaded(4, "shameful")]),
        "pier": ([OTT, BUILDERS], [loaded(2, "reckless")]),
        "market": ([], [loaded(3, "brazen attack"), loaded(3, "herring trader")]),
    },
    "ben": {
        "late": ([LIND, OFFICE], [loaded(2, "shabby"), loaded(4, "shameful")]),
        "pier": ([OTT | {"cue_force": "doubting"}, BUILDERS], []),
        "market": ([], [loaded(3, "brazen attack")]),
    },
}


def answer_of(alias: str, packet: dict[str, Any]) -> dict[str, Any]:
    """Return an annotator's answer to a packet; `looked_at` says which paragraphs were read."""
    attributions, words = ANSWERS[alias][packet["item"]]
    return {
        "packet": packet["id"],
        "attributions": attributions,
        "loaded_language": words,
        "looked_at": packet["annotate"],
    }


index = json.loads((packets / "packets.json").read_bytes())
print("\n4. answers read into annotation sets:")
for alias in ANSWERS:
    folder = WORK / "answers" / alias
    folder.mkdir(parents=True)
    for packet in index["packets"]:
        file = folder / f"{packet['id']}.json"
        file.write_text(json.dumps(answer_of(alias, packet), ensure_ascii=False), encoding="utf-8")
    # A person's answers would be read with person="ada": a set never hides who made it.
    read = newspan.annotate_ingest(corpus, packets, [folder], alias, model=f"stand-in for {alias}")
    print(f"   {alias}: {sum(read.counts['placed'].values())} placed")
    for problem in read.problems:
        print(f"   refused: {problem.id}: {problem.message}")
    for file in read.reasks:
        print(f"   to ask again, with the packet: {file.name}")

# --- 5. How far they agree --------------------------------------------------------------------
# `print(report)` shows every measure with its signature. So few spans say little.

report = newspan.agree(corpus, ["ada", "ben"])
print("\n5. agreement:")
for layer in LAYERS:
    exact = report.find("f1_exact", layer, labels="same")
    overlap = report.find("f1_iou", layer, labels="same")
    gamma = report.find("gamma", layer)
    print(
        f"   {layer}: F1 exact {exact.value:.2f}, IoU {overlap.value:.2f}; gamma {gamma.value:.2f}"
    )

# --- 6. Settle the differences ----------------------------------------------------------------
# What both say is taken. The rest is listed in decisions.jsonl, for somebody to decide: there, or
# in Label Studio (`newspan adjudicate push`).

listed = newspan.adjudicate(corpus, ["ada", "ben"], "settled")
assert listed.decisions is not None
lines = [json.loads(line) for line in listed.decisions.read_text(encoding="utf-8").splitlines()]
conflicts = [line for line in lines if line["record"] == "conflict"]
alike = sum(layer.alike for layer in listed.layers.values())
print(f"\n6. alike: {alike}; to be decided: {len(conflicts)}")

# By the guidelines the noun is loaded too, Ben overlooked “reckless”, and who insists on something
# is not doubted by the text.
DECIDED = {
    "boundary": {"take": "ada", "reason": "boundary-rule"},
    "only:ada": {"take": "ada", "reason": "missed"},
    "attribute": {"take": "ada", "reason": "attribute-definition"},
}
for conflict in conflicts:
    (kind,) = conflict["kinds"]
    conflict["decision"] = DECIDED[kind] | {"by": {"kind": "person", "name": "lead"}}
    print(f"   {kind}: “{conflict['text']}”: {DECIDED[kind]['reason']}")
listed.decisions.write_text(
    "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
)
settled = newspan.adjudicate(corpus, ["ada", "ben"], "settled")
print(f"   written: {settled.path}")

# --- 7. Carry the result to the copies, and check ---------------------------------------------

carried = newspan.project(corpus, "settled", "consensus").carried
print(f"\n7. carried to copies: {carried['span']} spans, {carried['attribution']} attributions")
print(f"   the check finds {len(newspan.check(corpus))} problems")

# --- 8. The same in Label Studio --------------------------------------------------------------
# Push makes a project for each annotator, status tells how far they are, pull brings their work
# back as sets. Ada's and Ben's clicks are played by requests: what they said above is sent to the
# server by their own accounts, as their browsers would send it.


def annotate(url: str, token: str, project: int, results: dict[str, list[Any]]) -> None:
    """Submit an annotator's tasks of a project; `token` is the annotator's own."""
    with httpx.Client(base_url=url, timeout=60) as http:
        access = http.post("/api/token/refresh/", json={"refresh": token}).json()["access"]
        http.headers["Authorization"] = f"Bearer {access}"
        for task in http.get("/api/tasks", params={"project": project}).json()["tasks"]:
            sent = {"result": results[task["data"]["item_id"]], "lead_time": 40}
            http.post(f"/api/tasks/{task['id']}/annotations/", json=sent).raise_for_status()


def in_label_studio(executable: str) -> None:
    """Run the campaign on a server of its own."""
    sys.path.insert(0, str(NEWSPAN / "scripts"))
    import label_studio  # scripts/label_studio.py starts a server for everybody

    server = label_studio.start(Path(executable), WORK / "label-studio")
    access = {"server": server.url, "token": server.token}
    try:
        pushed = newspan.annotate_push(corpus, "quay", **access)
        copies = ", ".join(each.item for each in pushed.left_out)
        print(f"   handed out: {pushed.items} items; left out as copies: {copies}")
        people = campaign.parent / "private/people.toml"  # who is who; never committed
        people.write_text("".join(f'[{a}]\nemail = "{a}@example.org"\n' for a in ANSWERS))
        for alias, project in zip(ANSWERS, pushed.projects, strict=True):
            newspan.convert(corpus, WORK / f"tasks-{alias}", to_format="label-studio", set_id=alias)
            tasks = json.loads((WORK / f"tasks-{alias}" / "tasks.json").read_bytes())
            said = {each["data"]["item_id"]: each["annotations"][0]["result"] for each in tasks}
            token = label_studio.add_user(server, f"{alias}@example.org", f"{alias}-harbour-9")
            annotate(server.url, token, int(project.url.rpartition("/")[2]), said)
        status = newspan.annotate_status(corpus, "quay", agreement=False, **access)
        for own in status.annotators:
            print(f"   {own.alias}: {own.done} of {own.tasks} tasks done")
        pulled = newspan.annotate_pull(corpus, "quay", **access)
    finally:
        server.stop()
    for each in pulled.sets:
        same = newspan.agree(corpus, [each.alias, each.set], layers=["loaded_language"])
        exact = same.find("f1_exact", "loaded_language", labels="same").value
        print(f"   pulled {each.set}: {each.records} records, F1 with {each.alias}: {exact:.2f}")
    for problem in pulled.problems:
        print(f"   {problem.place}: {problem.id}: {problem.message}")


print("\n8. in Label Studio:")
if executable := os.environ.get("NEWSPAN_LABEL_STUDIO"):
    in_label_studio(executable)
else:
    print("   left out: NEWSPAN_LABEL_STUDIO names no label-studio executable")
