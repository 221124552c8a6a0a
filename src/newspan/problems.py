"""Problems: faults found in data, as values with a stable id, a place, a message and a hint.

A problem is never raised. Checks return problems; the command line prints them.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Severity = Literal["error", "warning"]


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a problem stands.

    `file` is relative to the corpus. `line` counts from 1 (JSON Lines, text files); `pointer` is a
    JSON Pointer (RFC 6901) into that line or file. `start` and `end` are code points, half-open,
    into the document's unaltered text.
    """

    file: str
    line: int | None = None
    pointer: str = ""
    start: int | None = None
    end: int | None = None

    def at(self, pointer: str, start: int | None = None, end: int | None = None) -> Place:
        """Return this place narrowed to a JSON Pointer below it and, if given, to characters."""
        return Place(self.file, self.line, self.pointer + pointer, start, end)

    def __str__(self) -> str:
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in self.file)
        if self.line is not None:
            text += f":{self.line}"
        if self.pointer:
            text += f"#{self.pointer}"
        if self.start is not None:
            text += f" (characters {self.start}-{self.end})"
        return text


class Problem(msgspec.Struct, frozen=True):
    """A fault found in data."""

    id: str
    place: Place
    message: str

    @property
    def severity(self) -> Severity:
        """Say how bad it is: a build goes on over warnings, never over errors."""
        return RULES[self.id].severity

    @property
    def hint(self) -> str:
        """Say what to do next."""
        return RULES[self.id].hint

    def to_json(self) -> dict[str, Any]:
        """Return the problem as plain JSON, as `newspan check --json` prints it."""
        return {
            "id": self.id,
            "severity": self.severity,
            "place": msgspec.to_builtins(self.place),
            "message": self.message,
            "hint": self.hint,
        }


class Rule(msgspec.Struct, frozen=True):
    """What every problem of one id has in common."""

    id: str
    severity: Severity
    title: str
    hint: str


def _catalogue(*rules: tuple[str, Severity, str, str]) -> dict[str, Rule]:
    return {rule[0]: Rule(*rule) for rule in rules}


#: Every problem id, once. The table in docs/problems.md is generated from it, and each id has a
#: bad fixture of its name in tests/bad, bad_answers, bad_decisions or bad_exports.
RULES = _catalogue(
    # Upkeep
    (
        "withdrawn-id",
        "error",
        "An id, or words, that were withdrawn are there again.",
        "Run newspan withdraw for the item again if it was not finished; ids are never used again.",
    ),
    (
        "schema-outdated",
        "error",
        "The corpus follows a version of the schemas that is no longer read.",
        "newspan migrate lifts it to the newest.",
    ),
    (
        "schema-unknown",
        "error",
        "The corpus follows a version of the schemas that this newspan does not know.",
        "Install a newer newspan.",
    ),
    # Files
    (
        "not-a-corpus",
        "error",
        "The folder is not a corpus.",
        "A corpus is a folder with corpus/corpus.json in it; name it with --corpus DIR.",
    ),
    ("file-missing", "error", "A file that is named is not there.", "Restore it, or unname it."),
    (
        "unexpected-file",
        "error",
        "Something stands where it would not be read, so that it would be lost without a word.",
        "Correct its name, or move it out of the folder; names with a leading dot are left alone.",
    ),
    ("file-unreadable", "error", "A file cannot be read.", "Look at its type and permissions."),
    (
        "file-empty",
        "error",
        "A file holds no bytes.",
        "Put the content back; an item without annotations needs coverage, not an empty file.",
    ),
    (
        "not-utf8",
        "error",
        "A file's bytes are not UTF-8.",
        "Keep the file as received beside the corpus, and convert a copy to UTF-8.",
    ),
    ("json-syntax", "error", "A file or line is not JSON.", "Correct the syntax at that place."),
    (
        "json-repeated-key",
        "error",
        "An object has one key twice, so one value would be lost.",
        "Keep one of the two.",
    ),
    (
        "schema",
        "error",
        "A record does not fit its JSON Schema.",
        "Compare the record with the schema named; schema/ describes every field.",
    ),
    (
        "not-an-integer",
        "error",
        "An offset is written with a fraction, as in 5.0.",
        "Write offsets as plain integers.",
    ),
    (
        "checksum-mismatch",
        "error",
        "A file's SHA-256 is not the recorded one.",
        "Files in corpus/raw are never edited: restore the bytes as received.",
    ),
    (
        "checksum-missing",
        "error",
        "A raw file is not listed in SHA256SUMS.",
        "Add its line (sha256sum FILE), so that a later change is seen.",
    ),
    (
        "raw-without-document",
        "error",
        "A raw file has no record in corpus/documents.",
        "Add corpus/documents/<id>.json, or move the file out of corpus/raw.",
    ),
    (
        "file-name",
        "error",
        "A file is not named after the id inside it.",
        "Rename the file or correct the id; file names are how places are found.",
    ),
    ("duplicate-id", "error", "An id is used twice.", "Ids are minted once; mint a new one."),
    # Offsets and surfaces
    (
        "offset-out-of-range",
        "error",
        "An extent is empty, reversed or outside its text.",
        "Offsets are Unicode code points, half-open, into the whole document's unaltered text.",
    ),
    (
        "surface-mismatch",
        "error",
        "The stored surface is not the text at the offsets.",
        "Count code points, not bytes or UTF-16 units; never normalise the text.",
    ),
    (
        "grapheme-cut",
        "error",
        "An extent cuts a user-perceived character (grapheme cluster) in two.",
        "Move the border to the next cluster: an accent or an emoji's parts belong together.",
    ),
    ("word-cut", "warning", "A span cuts a word in two.", "Move the border to the word's edge."),
    (
        "edge-space",
        "warning",
        "An extent begins or ends with white space.",
        "Trim it: no-break and zero-width spaces count as white space too.",
    ),
    (
        "unbalanced-quotes",
        "warning",
        "A span holds one quotation mark of a pair.",
        "Take both marks in or leave both out.",
    ),
    (
        "crosses-paragraph",
        "error",
        "A span is not inside one zone.",
        "End it with the paragraph; a quotation over paragraphs has one content in each.",
    ),
    (
        "outside-item",
        "error",
        "A span or zone stands outside the item it belongs to.",
        "Offsets count from the document's start, not the item's; or move it to its item.",
    ),
    (
        "overlap",
        "error",
        "Two items, or two zones of an item, overlap.",
        "Items and zones follow one another; end the first before the second begins.",
    ),
    (
        "uncovered-text",
        "error",
        "Text stands outside every item, or outside every zone of its item.",
        "Give each stretch that is not white space an item and a zone, boilerplate too.",
    ),
    # Provenance and partisanship
    (
        "evidence-unresolved",
        "error",
        "Evidence quoted from the text is not there.",
        "Quote verbatim and let the offsets point at it, inside the item.",
    ),
    (
        "url-without-evidence",
        "error",
        "An address is given that no text or stored page shows.",
        "Add evidence of class stated_in_text or found_in_stored_page, or set the value to null.",
    ),
    (
        "contested-one-view",
        "error",
        "A contested affiliation has views of fewer than two holders.",
        "Keep every view with who holds it, or do not call the affiliation contested.",
    ),
    (
        "repeated-stance",
        "error",
        "An item has two stances towards one target.",
        "One stance per target; use mixed, with evidence for both sides.",
    ),
    # Annotation sets
    (
        "unknown-reference",
        "error",
        "An id points to nothing.",
        "Correct the id, or add what it names.",
    ),
    (
        "wrong-end",
        "error",
        "An end of an attribution or link is of the wrong type.",
        "source_ids name spans with the role source, and so on; repeats joins two claims.",
    ),
    (
        "attribution-empty",
        "error",
        "An attribution has neither content nor an open scope.",
        "Add its content, or scope open where a cue governs what follows.",
    ),
    (
        "scope-end",
        "error",
        "An open scope ends before its cue, or outside its item.",
        "Let scope_end follow the cue within the item, or leave it out for the item's end.",
    ),
    (
        "cue-in-content",
        "error",
        "A cue stands inside its own attribution's content.",
        "Split the content around the cue; only a cue without a source may be medial.",
    ),
    ("cycle", "error", "Attributions or links form a circle.", "Remove one of its steps."),
    (
        "orphan-role",
        "warning",
        "A source, medium, cue or content belongs to no attribution.",
        "Tie it to an attribution, or remove it.",
    ),
    (
        "duplicate-span",
        "error",
        "Two spans of a set have the same layer, label and extent.",
        "Keep one; several attributions may share a role span.",
    ),
    (
        "unknown-label",
        "error",
        "A technique is not among the labels in force.",
        "Correct its spelling, or add it to the corpus's own labels.json.",
    ),
    (
        "labels-changed",
        "warning",
        "A set was made with other labels than those in force.",
        "Look the set over under the new labels, then record their labels_sha256.",
    ),
    (
        "set-without-coverage",
        "error",
        "A set does not say what its producer looked at.",
        "List item, layers and zone kinds, so that nothing found differs from not looked at.",
    ),
    (
        "attribute-missing",
        "error",
        "An attribution lacks an attribute that only imported ones may lack.",
        "Say its mode and source_kind, and with a cue its cue_type and cue_force.",
    ),
    (
        "cluster-canonical",
        "error",
        "A cluster has fewer than two members, or not exactly one canonical one.",
        "Compute the duplicate blocks again; one member is canonical, all others are copies.",
    ),
    (
        "alignment",
        "error",
        "A run of an alignment is not the same text in both members, or leaves them.",
        "Compute the duplicate blocks again; offsets count from each document's start.",
    ),
    (
        "outside-coverage",
        "error",
        "A span stands where its set says that nobody looked.",
        "If it was looked at, widen the set's coverage (a campaign's zones); else remove the span.",
    ),
    # Answers to packets
    (
        "answer-syntax",
        "error",
        "An answer is not JSON, or holds no answer, or more than one.",
        "Give one JSON object in a file of its own; escape quotation marks and line breaks.",
    ),
    (
        "answer-schema",
        "error",
        "An answer, or an entry of it, does not fit the schema in its packet.",
        "Compare it with the schema at the packet's end.",
    ),
    (
        "packet-unknown",
        "error",
        "An answer is to a packet that is not among these.",
        "Give the folder of packets that the answer was made from, and copy the packet's id.",
    ),
    (
        "packet-changed",
        "error",
        "A packet is no longer what its annotator saw: its file, text, zones or labels differ.",
        "Restore them, or write the packets again and have them answered again.",
    ),
    (
        "quote-not-verbatim",
        "error",
        "A quotation does not stand in its paragraph, character by character.",
        "Copy the words as they stand; correct nothing, and stay within one paragraph.",
    ),
    (
        "quote-ambiguous",
        "error",
        "A quotation stands in its paragraph more than once.",
        "Add the occurrence, counted from 1, or quote more words.",
    ),
    (
        "occurrence-out-of-range",
        "error",
        "A quotation does not stand in its paragraph that often.",
        "Count from 1, from left to right, in that paragraph alone.",
    ),
    (
        "paragraph-unknown",
        "error",
        "A paragraph is not in the packet, or not to be annotated there.",
        "Use the packet's numbers; what is marked context may only hold a source, medium or cue.",
    ),
    (
        "reference-unknown",
        "error",
        "An entry refers to one that is not there, or was rejected.",
        "Give the ref of an entry of the same answer; set that one right first.",
    ),
    (
        "coverage-incomplete",
        "error",
        "Some paragraphs of an item were not looked at, so records were held back.",
        "Have the missing paragraphs annotated; what is held back is placed then.",
    ),
    # Adjudication
    (
        "conflict-undecided",
        "error",
        "Annotation sets differ, and nobody has decided.",
        "Fill in the decision in that line, or write what is settled with --auto.",
    ),
    (
        "decision-stale",
        "warning",
        "A decision is about a conflict, or a record, that is no more.",
        "The sets have changed, or the id is mistyped; decide anew, then remove the line.",
    ),
    (
        "decision-dangling",
        "error",
        "A record of the result refers to one that a decision or amendment left out.",
        "Decide otherwise, or amend the record: another parent_id, null, or remove it.",
    ),
    # Reviews
    (
        "verdict-missing",
        "error",
        "A task was submitted, and a reading in conflict has no verdict.",
        "Give it take or reject in Label Studio, Update the task, and pull again.",
    ),
    (
        "review-basis",
        "error",
        "A task was not answered from the prediction that opens by itself.",
        "Delete that annotation in Label Studio, and start from the prediction that was shown.",
    ),
    (
        "decision-differs",
        "warning",
        "A conflict is decided in the file of decisions, and otherwise in Label Studio.",
        "The file holds; take its decision away (null) and pull again to have Label Studio's.",
    ),
    (
        "gold-unverified",
        "error",
        "A set is called gold, and holds what no person has verified.",
        "Have it reviewed (newspan adjudicate push SET --into gold), or give it another name.",
    ),
    (
        "review-stale",
        "warning",
        "An item has changed since a person reviewed it, so the result leaves it out.",
        "Have it reviewed again: newspan adjudicate push asks for it.",
    ),
    # Label Studio's server
    (
        "server-unreachable",
        "error",
        "Nothing answers at the server's address.",
        "Start it (python3 scripts/label_studio.py), or correct LABEL_STUDIO_URL; nothing is lost.",
    ),
    (
        "connection-broken",
        "error",
        "The connection to the server broke before its answer had come.",
        "Run the same command again once the server answers: nothing is sent twice.",
    ),
    (
        "server-timeout",
        "error",
        "The server took too long to answer.",
        "Run the same command again: nothing is sent twice. A busy SQLite server wants PostgreSQL.",
    ),
    (
        "token-refused",
        "error",
        "The server does not know the token, or it has expired or was revoked.",
        "Copy one from Account & Settings in Label Studio into LABEL_STUDIO_API_KEY.",
    ),
    (
        "legacy-token-disabled",
        "error",
        "The token is a legacy token, and the server takes none.",
        "Use a personal access token, or allow legacy tokens in the organization's settings.",
    ),
    (
        "not-allowed",
        "error",
        "The token's user may not do that on the server.",
        "Use a token of somebody who may make and change projects.",
    ),
    (
        "project-gone",
        "error",
        "A project is not on the server: it was deleted, or this is another server.",
        "Check LABEL_STUDIO_URL; a deleted project comes back from the server's backup.",
    ),
    (
        "server-refused",
        "error",
        "The server does not accept what was sent.",
        "Its message says which field; behind a proxy, HTTP 413 means a limit on the size.",
    ),
    (
        "server-failed",
        "error",
        "The server failed.",
        "Its log says why; run the same command again afterwards: nothing is sent twice.",
    ),
    (
        "server-disk-full",
        "error",
        "The server's disk is full.",
        "Make room on the server and run the same command again: nothing is sent twice.",
    ),
    (
        "not-label-studio",
        "error",
        "What answers is not Label Studio, or not as newspan knows it.",
        "Give the address that a browser shows, without /projects. No login page may be in front.",
    ),
    (
        "task-text-changed",
        "error",
        "A task's text on the server is not the item's.",
        "Restore the text where it was changed; a new version of a text needs a new campaign.",
    ),
    (
        "task-twice",
        "error",
        "A project has an item as two tasks.",
        "Look at both in Label Studio, and delete the one to be given up.",
    ),
    # Campaigns
    (
        "campaign-settings",
        "error",
        "A campaign's settings or people are not as they must be, or don't fit the corpus.",
        "Correct the campaign's name, campaign.toml or people.toml there: see docs/campaigns.md.",
    ),
    (
        "campaign-state",
        "error",
        "A campaign's state.json, or a review's review.json or readings.jsonl, was changed.",
        "Restore it from version control; it says what was handed out to whom.",
    ),
    (
        "project-ambiguous",
        "error",
        "A project has the campaign's title, and it can't be told whether it is the campaign's.",
        "It may be another corpus's or campaign's: give this campaign or alias another name.",
    ),
    (
        "label-config-changed",
        "error",
        "Somebody changed a project's labelling interface on the server.",
        "Put back what was pushed (Settings, Labeling Interface), and push: of a campaign what "
        "`newspan annotate config` prints, of a review what its label_config.xml holds.",
    ),
    (
        "label-in-use",
        "error",
        "The labels in force lack a label that work on the server uses.",
        "Put the label back, or have that work changed in Label Studio first.",
    ),
    (
        "task-missing",
        "error",
        "A task that was handed out is not on the server any more.",
        "Push again: it is sent anew. What was submitted in it stays until it is submitted again.",
    ),
    (
        "task-foreign",
        "error",
        "A project holds a task that the campaign did not give to its annotator.",
        "Delete it in Label Studio, or add the item to campaign.toml and push.",
    ),
    (
        "foreign-work",
        "error",
        "Work in an annotator's project is by somebody else, or was changed by somebody else.",
        "If it is theirs, put their address into private/people.toml; else delete it there.",
    ),
    (
        "annotator-assumed",
        "warning",
        "Whoever worked in an annotator's project is taken to be that annotator.",
        "Name the annotator's mail address in private/people.toml, or correct who it is.",
    ),
    (
        "user-shared",
        "error",
        "One user worked under two aliases, so the passes are not independent.",
        "Give each annotator a user of their own, or correct private/people.toml.",
    ),
    (
        "late-work",
        "warning",
        "A replaced annotator worked on a task after it was handed to somebody else.",
        "Nothing is lost: it stands in the replaced annotator's set. Tell them to stop.",
    ),
    (
        "pull-changed",
        "error",
        "A snapshot in pulls/ is gone, or is not as it was pulled.",
        "Restore it from version control, or pull again.",
    ),
    (
        "set-kept",
        "warning",
        "A set stays as it was: a text that it covers has changed, or no work for it is left.",
        "Put the text, or what else is told, right; or move the set away and pull, to go on so.",
    ),
    (
        "disk-full",
        "error",
        "There is no room to write.",
        "Make room and run the same command again: what was there before is as it was.",
    ),
    # Label Studio: exports
    (
        "export-syntax",
        "error",
        "An export, or a part of it, is not as Label Studio writes it.",
        "Pull it again; if it was edited, restore it. What is sound beside it was read.",
    ),
    (
        "task-unknown",
        "error",
        "A task is about no item of the corpus.",
        "Name the corpus that the tasks were made from, or remove the task from the project.",
    ),
    (
        "task-data",
        "error",
        "What newspan wrote beside a task's text is changed or gone; the text is right.",
        "Records were read; push the item anew if its document has changed.",
    ),
    (
        "annotation-repeated",
        "error",
        "A person finished several annotations of one item; the last updated one counts.",
        "Remove the others in Label Studio, or skip them.",
    ),
    (
        "annotator-unknown",
        "error",
        "An annotation does not say who made it.",
        "Look the annotation up in Label Studio, and pull again.",
    ),
    (
        "layer-not-asked",
        "error",
        "A region is in a layer that the campaign does not ask for; it was left out.",
        "Remove it, or add the layer to the campaign.",
    ),
    (
        "region-id",
        "error",
        "A region has no id that can be used; it was left out.",
        "Draw it anew. Browsers cut ids at #, so that regions become one.",
    ),
    (
        "region-id-repeated",
        "error",
        "Two regions have one id; the first was kept.",
        "Draw the other one anew; which answers and relations are whose can't be told.",
    ),
    (
        "region-offsets",
        "error",
        "A region is not a stretch of its task's text; it was left out.",
        "Draw it anew. Offsets are whole code points from the task's start, half-open.",
    ),
    (
        "region-label",
        "error",
        "A region does not have one of the labels in force; it was left out.",
        "Choose a label, or add it to the corpus's. A grey region without a name was marked before "
        "its label was chosen: delete it, and mark it again.",
    ),
    (
        "region-control",
        "error",
        "A result belongs to no control of the configuration; it was left out.",
        "Restore the project's configuration, as newspan annotate config prints it.",
    ),
    (
        "region-misused",
        "error",
        "A scope end is not tied to one cue; it was left out.",
        "Draw a relation from the cue to it. A free quote has no scope.",
    ),
    (
        "attribute-value",
        "error",
        "An answer at a region is not one that can be chosen there; it was left out.",
        "Choose one of the answers offered.",
    ),
    (
        "attribute-without-region",
        "error",
        "An answer belongs to no region; it was left out.",
        "Draw the region anew and answer there, or remove the answer.",
    ),
    (
        "attribute-misplaced",
        "warning",
        "An answer does not apply to its region's label; it was left out.",
        "This is what is left when a label is changed; nothing needs to be done.",
    ),
    (
        "attribute-contradiction",
        "error",
        "Two answers at a region, or an answer and a relation, exclude each other.",
        "Correct one of them in Label Studio.",
    ),
    (
        "relation-dangling",
        "error",
        "A relation ends at a region that is not there; it was left out.",
        "Remove it: browsers don't open a task with such a relation.",
    ),
    (
        "relation-label",
        "error",
        "A relation has an unknown label, or several; it was left out.",
        "Choose one of the labels offered, or none.",
    ),
    (
        "relation-ends",
        "error",
        "A relation ties two regions that can't be tied that way; it was left out.",
        "Tie sources, media and contents to a cue or free quote, claims to claims.",
    ),
    (
        "offset-unit",
        "error",
        "Some offsets of an annotation count code points, some UTF-16 units; none was read.",
        "Have the item annotated anew with Label Studio 1.23 or newer.",
    ),
    (
        "offset-unit-converted",
        "warning",
        "The offsets of an annotation count UTF-16 units, and were converted.",
        "Use Label Studio 1.23 or newer; look the spans over.",
    ),
    # Releases
    (
        "not-a-release",
        "error",
        "The folder is not a release.",
        "Name the folder that holds manifest.json, such as dist/newspan-1.0.1.",
    ),
    (
        "release-changed",
        "error",
        "A file of a release is changed, missing or extra.",
        "Fetch or build the release again; a release is never edited.",
    ),
    (
        "no-text-leak",
        "error",
        "A release without texts ships words of a text where none may stand.",
        "Build it again with newspan build --no-text; don't publish this one.",
    ),
    (
        "stand-off-broken",
        "error",
        "A release without texts lacks what newspan hydrate needs to put them back.",
        "Fetch or build the release again.",
    ),
    (
        "rows-changed",
        "error",
        "A config's rows are not those of the manifest, or not what documents and sets give.",
        "Fetch or build the release again.",
    ),
    (
        "release-incomparable",
        "error",
        "Two releases can't be compared: what should identify their records does not.",
        "Run newspan verify on both.",
    ),
    (
        "version-too-small",
        "error",
        "A version is lower than what has changed since the last release makes due.",
        "Build as the version in the message, or higher; newspan diff OLD NEW lists the changes.",
    ),
    (
        "version-taken",
        "error",
        "A version is recorded already, with other data.",
        "A released version is never changed: build as a higher one.",
    ),
    (
        "previous-differs",
        "error",
        "The release to compare with is not the one that is recorded.",
        "Name the release as it was published; newspan build --reproduce makes it again.",
    ),
    (
        "manifest-differs",
        "error",
        "A release is not the one that the committed manifest of its version records.",
        "Trust neither until you know why: build the release from the commit, and compare.",
    ),
    (
        "signature-missing",
        "error",
        "A release that somebody must have signed has no signature.",
        "Ask its publishers for SHA256SUMS.sig, or verify without --signers.",
    ),
    (
        "signature-invalid",
        "error",
        "A release's signature is not one of the signers' over these hashes.",
        "Don't use the release; fetch it again from its publishers, and their key from elsewhere.",
    ),
    (
        "ssh-keygen-missing",
        "error",
        "Signatures are checked by OpenSSH's ssh-keygen, which is not here.",
        "Install OpenSSH's client programs.",
    ),
    (
        "release-not-recorded",
        "error",
        "A version can't be built again: no manifest of it, or no commit, is to be found.",
        "Look for it in corpus/releases, in a full clone; newspan build --record writes it.",
    ),
    (
        "tools-differ",
        "error",
        "A version was built with other versions of tools than those here.",
        "Leave out --here, so that they are installed, or install them yourself.",
    ),
    (
        "build-failed",
        "error",
        "A recorded version could not be built again.",
        "Look at the message; newspan build on a checkout of the commit says more.",
    ),
    (
        "not-reproduced",
        "error",
        "Built again, a recorded version is not what its manifest says.",
        "See whether manifest, commit or tools were changed since; a release is never edited.",
    ),
    (
        "version-unsaid",
        "warning",
        "A file that people write speaks of another version than the release's.",
        "Bring it up to date before the version is final; docs/releases.md has the list.",
    ),
    (
        "lineage-leak",
        "warning",
        "Documents of different lineages share a passage, so that folds leak into each other.",
        "Give the documents one lineage, in corpus/documents, and build again.",
    ),
    # Formats of others
    (
        "row-syntax",
        "error",
        "A row, or line, of another format's file isn't what the format says.",
        "Correct it at that place, if it matters; all else is read.",
    ),
    (
        "page-without-text",
        "error",
        "No article was found in a web page.",
        "Save the article's text as .txt, and add that.",
    ),
    (
        "provenance-value",
        "warning",
        "Something that is said of a document can't be recorded as it is.",
        "Correct it in the sidecar or column, and in corpus/documents if the document was added.",
    ),
    (
        "document-unknown",
        "error",
        "Annotations are of a document that isn't there.",
        "Add the document's text, or correct its id; its annotations are left out.",
    ),
    (
        "file-left-out",
        "warning",
        "A file of a source is not read: what it holds is of another kind.",
        "Nothing, unless you expected texts or spans in it.",
    ),
    (
        "text-not-annotated",
        "warning",
        "A source has a text, and nothing by which anybody could have annotated it.",
        "Nothing, if nobody did: the text is taken, and the set doesn't cover it.",
    ),
    (
        "annotation-left-out",
        "warning",
        "An annotation of another format has no place in newspan's records.",
        "Nothing, unless you need it; --map TYPE=layer:label says what a type of spans means.",
    ),
    (
        "task-not-annotated",
        "warning",
        "A task of a Label Studio export has no annotation that is finished and was not skipped.",
        "Nothing, if it is still to be done; its text is left out too.",
    ),
    # Publishing
    (
        "release-with-texts",
        "error",
        "A release holds the texts, and nobody said that they may be published.",
        "Publish what newspan build --no-text builds; or read docs/publishing.md, say --with-text.",
    ),
    (
        "version-published",
        "error",
        "The version is published already, with other content.",
        "Build it as a higher version: newspan build --version; what is published stays as it is.",
    ),
    (
        "newer-published",
        "error",
        "A newer version is published already.",
        "Build the release as a version after that one.",
    ),
    (
        "hub-token",
        "error",
        "There is no token for the Hub, or the Hub does not take it.",
        "Set HF_TOKEN, or what --token-env names, to a token from the Hub's Settings.",
    ),
    (
        "hub-not-allowed",
        "error",
        "The token may not write to the Hub's repository.",
        "Use a token with the role write, or a fine-grained one that names the repository.",
    ),
    (
        "hub-repository",
        "error",
        "The Hub's repository is not there, is hidden from the token, or is public.",
        "Correct --repo; leave --no-create out, or make it private in its Settings on the Hub.",
    ),
    (
        "hub-foreign",
        "error",
        "The Hub's repository holds what no release of this corpus brought.",
        "Correct --repo, or delete those files from the repository first.",
    ),
    (
        "hub-changed",
        "error",
        "The Hub's repository was changed by somebody else at the same time.",
        "Look at its commits, and publish again.",
    ),
    (
        "hub-unreachable",
        "error",
        "The Hub does not answer, or the connection to it broke.",
        "Look at the network, HF_ENDPOINT and HF_HUB_OFFLINE; the same command again finishes.",
    ),
    (
        "hub-refused",
        "error",
        "The Hub refused a request, or failed.",
        "What it said is in the message; the same command again finishes.",
    ),
)
