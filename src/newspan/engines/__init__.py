"""Where batches run: on this machine, or on Spark."""
