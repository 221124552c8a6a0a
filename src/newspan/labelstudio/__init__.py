"""Annotation sets as Label Studio's tasks and results, and back; its server."""
