"""Which fields a transformer, a replacement or a variable means."""
