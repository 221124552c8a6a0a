"""Adjudication: what annotation sets have alike, their conflicts, and decisions to replay."""
