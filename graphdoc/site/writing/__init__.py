"""How a page is written: markup, tables, icons and steps, all text escaped and redacted."""
