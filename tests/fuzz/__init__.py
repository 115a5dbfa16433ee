"""Random damage to what graphdoc reads: ``python -m tests.fuzz`` for long runs, CI for short ones."""
