"""A corpus on disk, read into records; what cannot be read becomes problems."""

from newspan.corpus.read import AnnotationSet, Corpus, Placed, read_corpus

__all__ = ["AnnotationSet", "Corpus", "Placed", "read_corpus"]
