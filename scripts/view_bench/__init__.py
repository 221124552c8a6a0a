"""What scripts/bench_view.py is made of."""
