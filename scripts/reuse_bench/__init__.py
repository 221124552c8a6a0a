"""A benchmark for finders of text reuse: planted passages, PAN measures and peers to run beside."""
