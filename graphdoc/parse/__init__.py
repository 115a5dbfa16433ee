"""Text to typed values. Nothing here knows how one file bears on another."""
