"""Annotations without their texts, and texts found again: what `no_text` and `hydrate` are of."""
