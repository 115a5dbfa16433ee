"""What rendered resources run, and where they end up."""
