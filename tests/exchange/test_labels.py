from __future__ import annotations

from typing import Any

from newspan.exchange.labels import OwnLabels, from_schemes, label_id, to_scheme
from newspan.schema import is_valid


def test_labels_of_other_schemes_come_back_where_nothing_merges() -> None:
    """Going to a scheme and back gives the technique again, unless the mapping says it is lossy."""
    for scheme, merged in (("ptc_18", 3), ("semeval_2020_14", 8), ("semeval_2023_23", 0)):
        back = from_schemes(scheme)
        changed = [ours for ours, theirs in to_scheme(scheme).items() if back[theirs] != ours]
        assert len(changed) == merged, changed


def test_names_of_ones_own_become_valid_labels_and_stay_apart() -> None:
    """What newspan knows is known; other names get ids, and two names never the same."""
    labels: list[dict[str, Any]] = []
    own = OwnLabels(from_schemes("ptc_18"), labels)

    assert own.technique("Flag-Waving") == "Flag_Waving" == own.technique("Flag Waving")
    assert labels == []
    first, second = own.technique("Sea Shanty"), own.technique("Sea_Shanty!")
    assert first == "Sea_Shanty" and second.startswith("Sea_Shanty_")
    assert own.technique("Sea Shanty") == first and own.technique("Sea_Shanty!") == second
    assert [label["title"] for label in labels] == ["Sea Shanty", "Sea_Shanty!"]
    assert own.technique("بندر") != own.technique("شهردار")
    assert all(is_valid("label.json", label) for label in labels)
    assert label_id("9 lives") == "L_9_lives"
