"""What differs between two releases: pairing of rows, comparison of cells, change by change."""
