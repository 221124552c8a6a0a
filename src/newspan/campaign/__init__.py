"""Annotation by anybody who writes JSON: packets out, answers in. newspan calls no model."""
