"""The resolved estate as one graph of who depends on what."""
