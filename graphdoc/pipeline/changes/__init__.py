"""Two states of an estate side by side, and what a change touches."""
