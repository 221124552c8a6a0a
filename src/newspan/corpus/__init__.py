"""A corpus on disk, read into records; what cannot be read becomes problems."""

from newspan.corpus.read import read_corpus
from newspan.corpus.records import AnnotationSet, Corpus, Placed, SetRest, document_place

__all__ = ["AnnotationSet", "Corpus", "Placed", "SetRest", "document_place", "read_corpus"]
