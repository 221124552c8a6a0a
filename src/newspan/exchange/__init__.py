"""Everybody's formats of annotations, read and written; converting, adding, and a new corpus."""
