"""A benchmark of releases: a synthetic corpus, and the plain script to hold newspan against."""
