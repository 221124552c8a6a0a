"""A corpus to look at: one HTML file, or a folder of them, that needs no network."""
