"""Answers become a set that `newspan check` has nothing to say about, and nothing is lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from campaign_answers import answer_of, write_answers
from newspan import build, check
from newspan.campaign import ingest as module
from newspan.campaign.ingest import annotate_ingest
from newspan.campaign.prompts import AnnotateError, annotate_prompts
from newspan.cli.annotate import command
from newspan.corpus import Corpus, read_corpus
from newspan.model import Attribution, Coverage, Link, Span

SHUT = {"p": 2, "quote": "The cafe\u0301 stays shut", "factuality": "factual"}
ROTTEN = {"p": 2, "quote": "rotten", "technique": "Loaded_Language", "target": "council"}
MAYOR = {"p": 2, "quote": "Mayor Ana Pen\u0303a"}
SAID = {
    "sources": [MAYOR],
    "cue": {"p": 2, "quote": "said"},
    "contents": [{"p": 2, "quote": "the “rotten” plan would fail"}],
    "mode": "mixed",
    "source_kind": "person",
    "cue_type": "speech",
    "cue_force": "neutral",
}
TOLD = {
    **SAID,
    "cue": {"p": 2, "quote": "told"},
    "contents": [{"p": 2, "quote": "The cafe\u0301 stays shut"}],
}


def corpus_of(campaign: Any) -> Corpus:
    """Return the campaign's corpus, which must be without fault."""
    assert check(campaign.corpus) == []
    corpus, _ = read_corpus(campaign.corpus)
    assert corpus is not None
    return corpus


def records_of(campaign: Any) -> list[Any]:
    """Return the records of the set that was written, after checking it."""
    return [placed.record for placed in corpus_of(campaign).sets["pass_a"].records]


def surfaces(campaign: Any) -> list[str]:
    """Return the words of the spans that were written."""
    return [record.text for record in records_of(campaign) if isinstance(record, Span)]


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def same(record: Any) -> dict[str, Any]:
    """Return what of a record an answer can say, ids and marks of verification left out."""
    gone = {"id", "decision", "human_verified"}
    gone |= {name for name in record.to_json() if name.endswith(("_id", "_ids"))}
    return {key: value for key, value in record.to_json().items() if key not in gone}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"order": "reversed", "rendering": "tagged"},
        {"order": "shuffled", "seed": 7, "zones": ["title", "paragraph"]},
    ],
)
def test_records_answer_and_come_back(make_campaign: Any, options: dict[str, Any]) -> None:
    """A set, written as answers, gives the same extents, attributes, parts, parents and links."""
    campaign = make_campaign(**options)
    corpus = corpus_of(campaign)
    old = corpus.sets["consensus"]
    answers = []
    for packet in campaign.index.packets:
        records = [each.record for each in old.records if each.item_id == packet.item]
        text = corpus.texts[corpus.items[packet.item][0].id]
        answers.append(answer_of(records, packet, text))
    made = campaign.ingest(*write_answers(campaign.folder / "answers", answers))
    new = corpus_of(campaign).sets["pass_a"]

    assert made.problems == ()
    assert made.counts["rejected"] == {}
    for kind in ("spans", "attributions", "links"):
        before, after = getattr(old, kind).values(), getattr(new, kind).values()
        assert sorted(map(repr, map(same, before))) == sorted(map(repr, map(same, after)))
    for source, of in ((old, old.spans), (new, new.spans)):
        joined = [
            [of[part].text for part in each.part_ids] for each in source.attributions.values()
        ]
        assert sorted(joined) == sorted(
            [[new.spans[p].text for p in a.part_ids] for a in new.attributions.values()]
        )
    (child,) = (each for each in new.attributions.values() if each.parent_id)
    assert new.spans[new.attributions[child.parent_id or ""].cue_id or ""].text == "states:"
    (link,) = new.links.values()
    assert new.spans[link.to_id].text == "The pier reportedly leaks"


def test_the_head_says_who_and_how(campaign: Any) -> None:
    """Producer, day, guidelines, labels, coverage by kind of zone, and the protocol."""
    campaign.ingest(campaign.answer(claims=[SHUT]), model_version="2")
    info = corpus_of(campaign).sets["pass_a"].info

    assert info.producer.to_json() == {"kind": "language_model", "name": "model-1", "version": "2"}
    assert (info.created, info.guidelines_version) == ("2026-11-22", "1.0.0")
    layers = ("claim", "attribution", "loaded_language")
    assert info.coverage == (Coverage("d1-i1", layers, ("paragraph", "title")),)
    assert info.protocol is not None
    assert msgspec.structs.replace(info.protocol, run_sha256="").to_json() == {
        "order": "document",
        "rendering": "numbered",
        "packets": 3,
        "answers": 1,
        "offered": 1,
        "rejected": 0,
        "run_sha256": "",
    }


def test_a_release_carries_the_protocol(campaign: Any, tmp_path: Path) -> None:
    """The set's head goes into the release as it is."""
    campaign.ingest(campaign.answer(claims=[SHUT]))
    release = build(campaign.corpus, tmp_path / "dist").path
    head = json.loads((release / "annotation/sets/pass_a/set.json").read_bytes())

    assert head["protocol"]["offered"] == 1


def test_a_person_can_answer(campaign: Any) -> None:
    """Whoever writes JSON is an annotator."""
    campaign.ingest(campaign.answer(claims=[SHUT]), person="reader-1")

    producer = corpus_of(campaign).sets["pass_a"].info.producer
    assert producer.to_json() == {"kind": "person", "name": "reader-1"}


def test_role_spans_are_shared_and_duplicates_merged(campaign: Any) -> None:
    """One source of two attributions is one span; what is said twice is there once, and counted."""
    named = {**SHUT, "ref": "c1"}
    values: dict[str, Any] = {"claims": [named, named], "repeats": None}
    made = campaign.ingest(campaign.answer(**values, attributions=[SAID, TOLD, SAID]))

    assert surfaces(campaign).count("Mayor Ana Pen\u0303a") == 1
    attributions = [each for each in records_of(campaign) if isinstance(each, Attribution)]
    assert len({each.source_ids for each in attributions}) == 1
    assert made.counts["merged"] == {
        "claim": 1,
        "repeats": 0,
        "attribution": 1,
        "loaded_language": 0,
    }
    assert made.counts["placed"]["attribution"] == 2


def test_nulls_and_spaces_are_forgiven_and_counted(campaign: Any) -> None:
    """Keys that are null are left out, white space at a quotation's edge is trimmed."""
    claim = {**SHUT, "quote": f" {SHUT['quote']}", "ref": None, "occurrence": None, "note": None}
    made = campaign.ingest(campaign.answer(claims=[claim], attributions=[{**SAID, "media": None}]))

    assert "The cafe\u0301 stays shut" in surfaces(campaign)
    assert made.counts["trimmed"] == 1


def test_an_attribution_with_one_bad_part_is_rejected_whole(campaign: Any) -> None:
    """No part of it is left behind, and the problem says which one it was."""
    bad = {**SAID, "cue": {"p": 2, "quote": "sai"}}
    made = campaign.ingest(campaign.answer(attributions=[bad], loaded_language=[ROTTEN]))

    assert surfaces(campaign) == ["rotten"]
    (problem,) = made.problems
    assert problem.id == "word-cut"
    assert problem.message.startswith("cue: ")
    assert problem.place.pointer == "/attributions/0"


def test_a_child_goes_with_its_parent(campaign: Any) -> None:
    """It is rejected with a problem of its own, down to its children, links with their claims."""
    parent = {**SAID, "ref": "a", "cue": {"p": 2, "quote": "sai"}}
    child = {**TOLD, "ref": "b", "parent": "a"}
    grandchild = {**SAID, "cue": {"p": 3, "quote": "states:"}, "parent": "b"}
    cut = {**SHUT, "quote": "The cafe\u0301 stays shu", "ref": "c1"}
    other = {"p": 4, "quote": "it is a disgrace", "factuality": "opinion", "ref": "c2"}
    made = campaign.ingest(
        campaign.answer(
            claims=[cut, other],
            attributions=[grandchild, child, parent],
            repeats=[{"from": "c2", "to": "c1"}],
        )
    )

    found = [(problem.id, problem.place.pointer) for problem in made.problems]
    assert sorted(found) == [
        ("reference-unknown", "/attributions/0/parent"),
        ("reference-unknown", "/attributions/1/parent"),
        ("reference-unknown", "/repeats/0/to"),
        ("word-cut", "/attributions/2"),
        ("word-cut", "/claims/0"),
    ]
    assert surfaces(campaign) == ["it is a disgrace"]
    assert made.counts["rejection_rate"] == 0.8333


def test_counts_add_up_and_rejections_are_kept(campaign: Any) -> None:
    """Every entry that was offered is placed, merged, held back or rejected, and told."""
    bad = {**SHUT, "quote": "not there at all"}
    made = campaign.ingest(campaign.answer(claims=[SHUT, SHUT, bad], loaded_language=[ROTTEN, 3]))
    counts = made.counts
    run = json.loads(made.run.read_bytes())

    assert run["counts"] == counts
    for kind, offered in counts["offered"].items():
        rejected = sum(counts["rejected"].get(kind, {}).values())
        kept = sum(counts[each][kind] for each in ("placed", "merged", "held_back"))
        assert offered == kept + rejected
    assert counts["rejected"] == {
        "claim": {"quote-not-verbatim": 1},
        "loaded_language": {"answer-schema": 1},
    }
    lines = lines_of(campaign.kept / "rejections.jsonl")
    assert [(line["entry"], line["problem"]["id"]) for line in lines] == [
        (bad, "quote-not-verbatim"),
        (3, "answer-schema"),
    ]
    assert lines[0]["problem"]["place"]["pointer"] == "/claims/2"


def test_answers_are_archived_first_and_byte_for_byte(campaign: Any) -> None:
    """Even what cannot be read; the packets stand beside them."""
    good = campaign.answer(claims=[SHUT])
    raw = b"\xef\xbb\xbf```json\r\n" + good.read_bytes() + b"\r\n```  "
    good.write_bytes(raw)
    broken = good.with_name("notes \u00e9.txt")
    broken.write_bytes(b"\xff\x00 no")
    made = campaign.ingest(good, broken)

    kept = files_of(campaign.kept / "answers")
    assert list(kept.values()) == [raw, b"\xff\x00 no"]
    assert list(kept)[1] == "0002-notes_.txt"
    assert files_of(campaign.kept / "packets") == files_of(campaign.packets)
    assert [problem.id for problem in made.problems] == ["answer-syntax"]
    assert made.counts["stripped"] == {"answers": 1, "characters": 11}
    assert made.counts["placed"]["claim"] == 1


def test_an_archived_answer_is_never_overwritten(campaign: Any) -> None:
    """Other bytes under the same name are another answer; the same bytes are nothing new."""
    path = campaign.answer(claims=[SHUT])
    campaign.ingest(path)
    before = files_of(campaign.corpus / "annotation")
    campaign.ingest(path)
    campaign.ingest()
    assert files_of(campaign.corpus / "annotation") == before
    campaign.answer(loaded_language=[ROTTEN])
    made = campaign.ingest(path)

    after = files_of(campaign.kept / "answers")
    old = {n.split("answers/")[1]: raw for n, raw in before.items() if "pass_a/answers/" in n}
    assert old.items() <= after.items()
    assert len(after) == 2
    assert made.counts["asked_again"] == 1


def test_a_second_round_adds_to_the_first(campaign: Any) -> None:
    """A corrected entry is placed, may refer to the first round's, and the campaign is fine."""
    wrong = {**TOLD, "ref": "b", "parent": "a", "cue": {"p": 2, "quote": "Told"}}
    first = campaign.answer(attributions=[{**SAID, "ref": "a"}, wrong])
    one = campaign.ingest(first)
    assert [problem.id for problem in one.problems] == ["quote-not-verbatim"]
    (ask,) = one.reasks
    text = ask.read_text(encoding="utf-8")
    assert "has “told”" in text
    assert '"quote": "Told"' in text
    assert '"the “rotten” plan would fail"' not in text

    two = campaign.ingest(
        campaign.answer(suffix="-2", attributions=[{**wrong, "cue": TOLD["cue"]}])
    )
    assert two.problems == ()
    assert two.reasks == ()
    assert not ask.exists()
    assert (two.counts["offered"]["attribution"], two.counts["placed"]["attribution"]) == (3, 2)
    assert two.counts["asked_again"] == 1
    set_ = corpus_of(campaign).sets["pass_a"]
    (child,) = (each for each in set_.attributions.values() if each.parent_id)
    assert set_.spans[child.cue_id or ""].text == "told"
    assert lines_of(campaign.kept / "rejections.jsonl")[0]["round"] == 1


def test_what_was_rejected_first_does_not_stand_in_the_way(campaign: Any) -> None:
    """A later entry with the same words is placed where the earlier one was rejected."""
    first = campaign.answer(attributions=[{**SAID, "parent": "nobody"}])
    campaign.ingest(first)
    made = campaign.ingest(campaign.answer(suffix="-2", attributions=[SAID]))

    assert made.problems == ()
    assert made.counts["placed"]["attribution"] == 1


def test_what_was_not_looked_at_is_not_claimed(campaign: Any) -> None:
    """A kind of zones with a missing paragraph is left out with its records, until it is there."""
    title = {"p": 1, "quote": "Council row", "technique": "Loaded_Language"}
    made = campaign.ingest(
        campaign.answer(claims=[SHUT], loaded_language=[title], looked_at=[1, 2, 3, 4])
    )

    (problem,) = made.problems
    assert problem.id == "coverage-incomplete"
    assert "paragraphs 5, 6 were not looked at for claim and attribution and" in problem.message
    assert "records held back: 1" in problem.message
    assert surfaces(campaign) == ["Council row"]
    (coverage,) = corpus_of(campaign).sets["pass_a"].info.coverage
    assert coverage.zones == ("title",)
    assert made.counts["held_back"]["claim"] == 1
    (line,) = lines_of(campaign.kept / "rejections.jsonl")
    assert (line["status"], line["problem"]["id"]) == ("held_back", "coverage-incomplete")
    assert "not looked at: 5, 6" in made.reasks[0].read_text(encoding="utf-8")

    again = campaign.ingest(campaign.answer(suffix="-2", looked_at=[5, 6]))
    assert again.problems == ()
    assert surfaces(campaign) == ["Council row", "The cafe\u0301 stays shut"]


def test_what_refers_to_something_held_back_is_held_back_too(campaign: Any) -> None:
    """An attribution in the title cannot stand without its parent in a paragraph."""
    parent = {**SAID, "ref": "a"}
    child = {
        "parent": "a",
        "contents": [{"p": 1, "quote": "Council row"}],
        "mode": "indirect",
        "source_kind": "none",
    }
    made = campaign.ingest(campaign.answer(attributions=[child, parent], looked_at=[1]))

    assert made.counts["held_back"]["attribution"] == 2
    assert surfaces(campaign) == []


def test_a_list_that_is_missing_is_not_nothing_found(campaign: Any) -> None:
    """Only the layers that the answer has lists for were looked at."""
    made = campaign.ingest(campaign.answer(claims=[SHUT], attributions=None))
    (coverage,) = corpus_of(campaign).sets["pass_a"].info.coverage

    assert {problem.id for problem in made.problems} == {"answer-schema", "coverage-incomplete"}
    assert coverage.layers == ("claim", "loaded_language")


def test_packets_of_a_few_paragraphs(make_campaign: Any) -> None:
    """An item is covered once all its packets are answered; a speaker may stand in the context."""
    campaign = make_campaign(size=3, items=["d1-i1"])
    first, second = campaign.index.packets
    empty: dict[str, Any] = {"claims": [], "attributions": [], "loaded_language": []}
    pays = {
        "sources": [MAYOR],
        "cue": {"p": 6, "quote": "said"},
        "contents": [{"p": 6, "quote": "“We pay,”"}],
        "mode": "direct",
        "source_kind": "person",
        "cue_type": "speech",
        "cue_force": "neutral",
    }
    medium = {**pays, "contents": [{"p": 2, "quote": "the “rotten” plan would fail"}]}
    answer = {"packet": second.id, **empty, "attributions": [pays, medium], "looked_at": [4, 5, 6]}
    made = campaign.ingest(*write_answers(campaign.folder / "answers", [answer]))

    assert {problem.id for problem in made.problems} == {"coverage-incomplete", "paragraph-unknown"}
    assert "context in this packet" in made.problems[0].message + made.problems[1].message
    assert made.path is None
    assert not (campaign.corpus / "annotation/sets/pass_a").exists()
    assert made.unanswered == (first.id,)

    rest = {"packet": first.id, **empty, "looked_at": [1, 2, 3]}
    campaign.ingest(*write_answers(campaign.folder / "answers", [rest]))
    assert surfaces(campaign) == ["Mayor Ana Pen\u0303a", "“We pay,”", "said"]


def test_a_scope_ends_where_it_is_said_to(campaign: Any) -> None:
    """At a quotation's end, or at the end of a paragraph."""
    scope = {
        "cue": {"p": 3, "quote": "states:"},
        "mode": "indirect",
        "source_kind": "none",
        "cue_type": "document",
        "cue_force": "neutral",
        "scope": "open",
    }
    by_quote = {**scope, "scope_end": {"p": 4, "quote": "leaks;"}}
    by_paragraph = {**scope, "cue": {"p": 2, "quote": "told"}, "scope_end": {"p": 4}}
    campaign.ingest(campaign.answer(attributions=[by_quote, by_paragraph]))

    ends = [each.scope_end for each in records_of(campaign) if isinstance(each, Attribution)]
    assert sorted(each or 0 for each in ends) == [196, 214]


def test_a_folder_of_answers_and_what_else_is_in_it(campaign: Any) -> None:
    """Files that are no answers are told, packets and hidden files passed over, order by name."""
    path = campaign.answer(claims=[SHUT])
    folder = path.parent
    for packet in campaign.packets.iterdir():
        shutil.copy(packet, folder / packet.name)
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "photo.png").write_bytes(b"x")
    (folder / "deeper").mkdir()
    made = campaign.ingest(folder)

    assert [problem.id for problem in made.problems] == ["unexpected-file", "unexpected-file"]
    assert len(files_of(campaign.kept / "answers")) == 1
    assert surfaces(campaign) == ["The cafe\u0301 stays shut"]


def test_ids_do_not_depend_on_the_order_of_answers(campaign: Any) -> None:
    """Two archives that came in another order give the same records."""
    one = campaign.answer(claims=[SHUT])
    two = campaign.answer(
        "d2-i1", loaded_language=[{"p": 1, "quote": "plan", "technique": "Slogans"}]
    )
    campaign.ingest(one)
    campaign.ingest(two)
    before = files_of(campaign.corpus / "annotation/sets/pass_a")
    for name in ("sets", "campaigns"):
        shutil.rmtree(campaign.corpus / f"annotation/{name}/pass_a")
    campaign.ingest(two)
    campaign.ingest(one)
    after = files_of(campaign.corpus / "annotation/sets/pass_a")

    del before["set.json"], after["set.json"]  # the run's hash is of its order too
    assert before == after


def test_other_peoples_sets_with_errors_do_not_matter(campaign: Any) -> None:
    """Only the documents must be sound."""
    (campaign.corpus / "annotation/sets/consensus/d1-i1.jsonl").write_text("{", encoding="utf-8")

    assert campaign.ingest(campaign.answer(claims=[SHUT])).problems == ()


@pytest.mark.parametrize(
    ("into", "options", "message"),
    [
        ("Pass", {}, "id: "),
        ("../x", {}, "id: "),
        ("consensus", {}, "was not made from answers; choose another id"),
        ("pass_a", {"date": "yesterday"}, "'yesterday' is no day"),
        ("pass_a", {"date": "2026-02-30"}, "'2026-02-30' is no day"),
        ("pass_a", {"date": ""}, "'' is no day"),
        ("pass_a", {"model": None}, "a model or a person"),
        ("pass_a", {"person": "x"}, "a model or a person"),
        ("pass_a", {"model": ""}, "producer/name: "),
        ("pass_a", {"model": None, "person": "x", "model_version": "1"}, "no model version"),
    ],
)
def test_wrong_use_is_refused(
    campaign: Any, into: str, options: dict[str, Any], message: str
) -> None:
    """Then nothing at all is written, not even the archive."""
    path = campaign.answer(claims=[SHUT])
    before = files_of(campaign.corpus)
    options = {"model": "model-1", **options}

    with pytest.raises(ValueError, match=message):
        annotate_ingest(campaign.corpus, campaign.packets, [path], into, **options)
    assert files_of(campaign.corpus) == before


def test_a_campaign_has_one_annotator_and_one_set_of_packets(campaign: Any, tmp_path: Path) -> None:
    """Two models' answers, or answers to other packets, do not end up in one set."""
    path = campaign.answer(claims=[SHUT])
    with pytest.raises(ValueError, match="there is no answer to read"):
        campaign.ingest()
    campaign.ingest(path)

    with pytest.raises(ValueError, match="are by model-1; choose another set"):
        campaign.ingest(path, model="model-2")
    annotate_prompts(campaign.corpus, tmp_path / "other", rendering="tagged")
    with pytest.raises(ValueError, match="a campaign with other packets"):
        annotate_ingest(campaign.corpus, tmp_path / "other", [path], "pass_a", model="model-1")


def test_an_archive_that_was_altered_is_refused(campaign: Any) -> None:
    """What an annotator said is not edited or taken away afterwards; a copy put back is fine."""
    campaign.ingest(campaign.answer(claims=[SHUT]))
    (answer,) = (campaign.kept / "answers").iterdir()
    raw = answer.read_bytes()
    before = files_of(campaign.corpus)

    answer.write_bytes(raw.replace(b"factual", b"opinion"))
    with pytest.raises(ValueError, match="is not as it was archived; restore it"):
        campaign.ingest()
    answer.unlink()
    with pytest.raises(ValueError, match="is gone; restore it"):
        campaign.ingest(campaign.answer(suffix="-2"))
    answer.write_bytes(raw)
    campaign.ingest()
    assert files_of(campaign.corpus) == before


@pytest.mark.parametrize(
    "raw",
    ["", "[]", "null", "{}", '{"producer": 1}', '{"producer": {}}', "[" * 100_000, "1" * 5000],
)
def test_a_run_that_was_spoilt_is_refused(campaign: Any, raw: str) -> None:
    """A run.json that is not what was written is named, and nothing is overwritten."""
    campaign.ingest(campaign.answer(claims=[SHUT]))
    (campaign.kept / "run.json").write_text(raw)
    before = files_of(campaign.corpus)

    with pytest.raises(ValueError, match=r"run\.json is not as it was written; restore it"):
        campaign.ingest()
    assert files_of(campaign.corpus) == before


def test_newer_guidelines_do_not_spoil_a_campaign(campaign: Any) -> None:
    """The set names the version that the annotator read."""
    path = campaign.corpus / "annotation/guidelines.md"
    path.write_text(path.read_text(encoding="utf-8").replace("1.0.0", "1.1.0"), encoding="utf-8")
    campaign.ingest(campaign.answer(claims=[SHUT]))

    assert corpus_of(campaign).sets["pass_a"].info.guidelines_version == "1.0.0"


def test_a_corpus_with_errors_is_refused(campaign: Any) -> None:
    """Before anything is written."""
    path = campaign.answer(claims=[SHUT])
    (campaign.corpus / "corpus/targets.json").unlink()
    before = files_of(campaign.corpus)

    with pytest.raises(AnnotateError) as caught:
        campaign.ingest(path)
    assert [problem.id for problem in caught.value.problems] == ["file-missing"]
    assert files_of(campaign.corpus) == before


def test_whole_or_not_at_all(campaign: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old set and run stay; the new answer is archived all the same."""
    campaign.ingest(campaign.answer(claims=[SHUT]))
    before = files_of(campaign.corpus)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(module, "write_set", fail)
    later = campaign.answer(suffix="-2", loaded_language=[ROTTEN])
    with pytest.raises(OSError, match="the disk is full"):
        campaign.ingest(later)
    after = files_of(campaign.corpus)
    new = after.keys() - before.keys()
    assert [Path(name).name for name in new] == [f"0002-{later.name}"]
    assert before.items() <= after.items()


def test_a_run_that_was_cut_off_can_be_repeated(campaign: Any) -> None:
    """The set is never there before the run that tells whose it is."""
    (campaign.kept / "rejections.jsonl").mkdir(parents=True)
    path = campaign.answer(claims=[SHUT, {**SHUT, "quote": "nowhere"}])
    with pytest.raises(OSError, match=r"rejections\.jsonl"):
        campaign.ingest(path)

    (campaign.kept / "rejections.jsonl").rmdir()
    campaign.ingest(path)
    assert surfaces(campaign) == [SHUT["quote"]]


def test_the_verb(campaign: Any) -> None:
    """Problems on stdout and exit 1, a summary, JSON for programs, 2 for wrong use."""
    bad = campaign.answer(claims=[SHUT, {**SHUT, "quote": "nowhere"}])
    start = ["ingest", str(campaign.packets)]
    end = ["--into", "pass_a", "--model", "model-1", "--corpus", str(campaign.corpus)]
    runner = CliRunner()

    done = runner.invoke(command, [*start, str(bad), *end])
    assert done.exit_code == 1
    assert "quote-not-verbatim: paragraph 2 does not have “nowhere”" in done.stdout
    assert "offered 2: placed 1, merged 0, held back 0, rejected 1\n" in done.stdout
    assert "packets without an answer: 2\n" in done.stdout
    assert "to ask again: " in done.stderr

    good = campaign.answer(suffix="-2")
    done = runner.invoke(command, [*start, str(good), *end, "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert (told["problems"], told["counts"]["placed"]["claim"]) == ([], 1)
    assert runner.invoke(command, [*start, "nowhere.json", *end]).exit_code == 2
    assert runner.invoke(command, [*start, str(good), "--into", "pass_a"]).exit_code == 2


def test_no_answer_can_write_to_the_terminal(campaign: Any) -> None:
    """Control characters in an answer's keys, names and quotations are shown escaped."""
    nasty = "\x1b[31m\u202e" * 40
    claim = {**SHUT, "quote": nasty, "ref": nasty}
    values = {nasty: [], "looked_at": [nasty], "repeats": [{"from": nasty, "to": nasty}, nasty]}
    path = campaign.answer(claims=[claim, claim, {**SHUT, nasty: 1}], **values)
    other = path.with_name(f"{nasty[:4]}.json")
    other.write_text(json.dumps({"packet": nasty}), encoding="utf-8")
    made = campaign.ingest(path, other)

    told = "".join(f"{problem.place} {problem.message}" for problem in made.problems)
    assert len(made.problems) > 7
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert max(len(problem.message) for problem in made.problems) < 500


def test_links_come_back_in_their_item(campaign: Any) -> None:
    """`repeats` joins two claims by their refs."""
    later = {"p": 4, "quote": "it is a disgrace", "factuality": "opinion", "ref": "c2"}
    campaign.ingest(
        campaign.answer(claims=[later, {**SHUT, "ref": "c1"}], repeats=[{"from": "c2", "to": "c1"}])
    )

    (link,) = (record for record in records_of(campaign) if isinstance(record, Link))
    spans = corpus_of(campaign).sets["pass_a"].spans
    assert (spans[link.from_id].text, spans[link.to_id].text) == (later["quote"], SHUT["quote"])


def test_answers_do_not_go_where_an_adjudication_is_under_way(campaign: Any) -> None:
    """A folder of a campaign belongs to one verb."""
    folder = campaign.corpus / "annotation/campaigns/pass_a"
    folder.mkdir(parents=True)
    (folder / "decisions.jsonl").write_text("", encoding="utf-8")

    with pytest.raises(ValueError, match="holds the decisions of an adjudication"):
        campaign.ingest(campaign.answer(claims=[SHUT]))
    assert [path.name for path in folder.iterdir()] == ["decisions.jsonl"]
