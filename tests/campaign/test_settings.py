"""campaign.toml: what it may say, and what is told of one that says something else."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from harbour_news import item, write_campaign, write_corpus
from newspan.campaign.plan import CampaignError, load
from newspan.campaign.settings import parse_settings, read_settings

PEOPLE = "".join(f'[[annotators]]\nalias = "{name}"\n' for name in ("ada", "ben"))


def faults(text: str, name: str = "quay") -> list[tuple[str, str]]:
    """Return the pointers and messages of what is wrong with a campaign.toml."""
    settings, problems = parse_settings(tomllib.loads(text), name)
    assert (settings is None) == bool(problems)
    assert {problem.id for problem in problems} <= {"campaign-settings"}
    assert all(problem.place.file.endswith("quay/campaign.toml") for problem in problems)
    return [(problem.place.pointer, problem.message) for problem in problems]


def test_a_name_and_annotators_are_enough() -> None:
    """Everything else has a default: all items, by everybody, all layers."""
    settings, problems = parse_settings(tomllib.loads('name = "quay"\n' + PEOPLE), "quay")

    assert problems == []
    assert settings is not None
    assert settings.active == ("ada", "ben")
    assert (settings.items, settings.per_item, settings.copies) == (None, None, "project")
    assert settings.layers == ("claim", "attribution", "loaded_language")
    assert (settings.set_id("ada"), settings.title("ben")) == ("quay-ada", "newspan quay ben")


@pytest.mark.parametrize(
    ("line", "pointer", "told"),
    [
        ('name = "pier"', "/name", "'quay'"),
        ("itmes = []", "/itmes", "'items' is meant?"),
        ("items = []", "/items", "list of item ids"),
        ("items = [1]", "/items", "list of item ids"),
        ('layers = ["claims"]', "/layers", "claim, attribution"),
        ('zones = ["footer"]', "/zones", "paragraph"),
        ("per_item = 0", "/per_item", "from 1"),
        ("per_item = 3", "/per_item", "aren't as many"),
        ("per_item = true", "/per_item", "from 1"),
        ("batch_size = 2.5", "/batch_size", "from 1"),
        ('training = "all"', "/training", "list"),
        ('items = ["x"]\ntraining = ["y"]', "/training/0", "y is not among"),
        ("preannotate = 3", "/preannotate", "id of a set"),
        ('guidelines = "1.0"', "/guidelines", '"1.0.0"'),
        ('copies = "maybe"', "/copies", "leave_out"),
        ("copied_share = 95", "/copied_share", "at most 1"),
        ('server = "localhost:8080"', "/server", "http://"),
        ("seed = -1", "/seed", "from 0"),
    ],
)
def test_a_key_that_is_wrong_is_told(line: str, pointer: str, told: str) -> None:
    """Each fault has its key as a pointer, and says what would be right."""
    name = "" if line.startswith("name") else 'name = "quay"\n'
    (found,) = faults(f"{name}{line}\n{PEOPLE}")

    assert found[0] == pointer
    assert told in found[1]


@pytest.mark.parametrize(
    ("entries", "pointer", "told"),
    [
        ([], "/annotators", "[[annotators]]"),
        ([{"alias": "Ada"}], "/annotators/0/alias", "small letters"),
        ([{}], "/annotators/0/alias", "small letters"),
        ([{"alias": "a"}, {"alias": "a"}], "/annotators/1/alias", "already"),
        ([{"alias": "a" * 39}], "/annotators/0/alias", "over 41"),
        ([{"alias": "gold"}], "/annotators/0/alias", "called gold"),
        ([{"alias": "a"}, {"alias": "a-all"}], "/annotators/1/alias", "projected"),
        ([{"alias": "a", "kind": "robot"}], "/annotators/0/kind", "person"),
        ([{"alias": "a", "kind": "language_model"}], "/annotators/0/model", "has a model"),
        ([{"alias": "a", "model": "m-1"}], "/annotators/0/model", "nobody else"),
        ([{"alias": "a", "kind": "language_model", "model": " "}], "/annotators/0/model", "id"),
        ([{"alias": "unknown"}], "/annotators/0/alias", "another meaning"),
        ([{"alias": "pulls"}], "/annotators/0/alias", "another meaning"),
        ([{"alias": "a", "email": "a@b"}], "/annotators/0/email", "no key"),
        ([{"alias": "a", "kind": 1}], "/annotators/0/kind", "text"),
        ([{"alias": "ada", "replaced_by": "bne"}, {"alias": "ben"}], "/annotators/0", "'ben'"),
    ],
)
def test_an_annotator_who_is_wrong_is_told(
    entries: list[dict[str, Any]], pointer: str, told: str
) -> None:
    """Each fault of an annotator has their number and key as a pointer."""
    settings, problems = parse_settings({"name": "quay", "annotators": entries}, "quay")

    assert settings is None
    assert problems[0].place.pointer.startswith(pointer)
    assert told in problems[0].message


def test_replacements_in_a_circle_are_told() -> None:
    """Nobody could do the work of two who replace each other."""
    entries = [{"alias": "ada", "replaced_by": "ben"}, {"alias": "ben", "replaced_by": "ada"}]
    _, problems = parse_settings({"name": "quay", "annotators": entries}, "quay")

    assert any("circle" in problem.message for problem in problems)


def test_the_last_in_a_row_of_replacements_does_the_work() -> None:
    """Ada's work is Cleo's, when Ben, who replaced her, is replaced himself."""
    entries = [
        {"alias": "ada", "replaced_by": "ben"},
        {"alias": "ben", "replaced_by": "cleo"},
        {"alias": "cleo"},
    ]
    settings, _ = parse_settings({"name": "quay", "annotators": entries}, "quay")

    assert settings is not None
    assert settings.successor("ada") == "cleo"
    assert settings.active == ("cleo",)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"name = \nseed = 1", "line 1"),
        (b"\xff\xfe", "can't be read"),
        (b"a = " + b"[" * 5000, "can't be read"),
    ],
)
def test_what_is_no_toml_is_told(tmp_path: Path, raw: bytes, told: str) -> None:
    """A file that can't be parsed is a problem, never a traceback."""
    path = tmp_path / "annotation/campaigns/quay/campaign.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(raw)
    settings, problems = read_settings(tmp_path, "quay")

    assert settings is None
    assert told in problems[0].message


def test_a_campaign_without_settings_is_told(tmp_path: Path) -> None:
    """The problem says where to find settings to copy."""
    settings, problems = read_settings(tmp_path, "quay")

    assert settings is None
    assert "docs/campaigns.md" in problems[0].message


def test_a_name_with_a_path_in_it_is_refused(tmp_path: Path) -> None:
    """A name can't lead out of the folder of campaigns."""
    with pytest.raises(ValueError, match="no name"):
        read_settings(tmp_path, "../quay")


@pytest.mark.parametrize(
    ("keys", "pointer", "told"),
    [
        ({"items": ["a01-i1", "a1-i1"]}, "/items/1", "'a01-i1' is meant?"),
        ({"training": ["nothing"]}, "/training/0", "no item"),
        ({"preannotate": "reuse"}, "/preannotate", "no set"),
    ],
)
def test_what_the_corpus_lacks_is_told(
    tmp_path: Path, keys: dict[str, Any], pointer: str, told: str
) -> None:
    """Items and sets that are named must be in the corpus."""
    root = write_corpus(tmp_path / "corpus", 2)
    write_campaign(root, **keys)
    with pytest.raises(CampaignError) as caught:
        load(root, "quay")
    (problem,) = caught.value.problems

    assert problem.place.pointer == pointer
    assert told in problem.message


def test_one_mail_address_for_two_aliases_is_told(tmp_path: Path) -> None:
    """One person under two aliases would agree with themselves."""
    root = write_corpus(tmp_path / "corpus", 1)
    write_campaign(root, items=[item(1)])
    people = root / "annotation/campaigns/quay/private/people.toml"
    people.parent.mkdir()
    people.write_text('[ada]\nemail = "A@x.org"\n[ben]\nemail = "a@X.org"\nshoe = 1\n')
    with pytest.raises(CampaignError) as caught:
        load(root, "quay")

    told = {problem.place.pointer: problem.message for problem in caught.value.problems}
    assert set(told) == {"/ben/shoe", "/ben/email"}
    assert "two aliases" in told["/ben/email"]
