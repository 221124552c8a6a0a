"""Models that learn annotations, their scores out of fold, and what they predict."""

from newspan.training.encoders import Bio, Encoded, Enumeration, Lost, MultiLabel
from newspan.training.examples import Example, Mark

__all__ = ["Bio", "Encoded", "Enumeration", "Example", "Lost", "Mark", "MultiLabel"]
