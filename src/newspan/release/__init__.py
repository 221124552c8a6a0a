"""Releases: building, loading, verifying."""
