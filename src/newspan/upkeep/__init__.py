"""Upkeep of a corpus: taking an item out, lifting it to newer schemas."""
