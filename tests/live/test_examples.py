"""The example story of a campaign, on a real Label Studio."""

from __future__ import annotations

from pathlib import Path

from examples import run_example


def test_the_campaign_runs_in_label_studio(tmp_path: Path, executable: Path) -> None:
    """Pushed, done by both, and pulled: the sets say what the annotators said."""
    told = run_example("run_a_campaign.py", tmp_path, NEWSPAN_LABEL_STUDIO=str(executable))
    shown = told.split("\n8. ")[1]

    assert "handed out: 3 items; left out as copies: late-agency" in shown
    for alias in ("ada", "ben"):
        assert f"{alias}: 3 of 3 tasks done" in shown
        assert f"pulled quay-{alias}: " in shown
        assert f"records, F1 with {alias}: 1.00" in shown
        assert (tmp_path / f"work/harbour/annotation/sets/quay-{alias}-all").is_dir()
