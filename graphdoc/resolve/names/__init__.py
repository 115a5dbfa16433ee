"""What was written, how, and what was probably meant."""
