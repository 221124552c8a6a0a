"""How well annotations predict others: the shared tasks' formulas, and measures harder to game."""

from newspan.scoring.spans import LabelScore, Score
from newspan.scoring.tasks import flc, shared_tasks, si, tc

__all__ = ["LabelScore", "Score", "flc", "shared_tasks", "si", "tc"]
