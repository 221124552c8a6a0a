"""How well annotations predict others: the shared tasks' formulas, and measures harder to game."""

from newspan.scoring.files import FileScores, score_files
from newspan.scoring.spans import LabelScore, Score
from newspan.scoring.tasks import flc, shared_tasks, si, tc

__all__ = ["FileScores", "LabelScore", "Score", "flc", "score_files", "shared_tasks", "si", "tc"]
