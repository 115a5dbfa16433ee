"""One source of an Application to what it renders."""
