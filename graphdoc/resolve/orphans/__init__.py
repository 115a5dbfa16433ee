"""What nothing uses, and what speaks for its being used after all."""
