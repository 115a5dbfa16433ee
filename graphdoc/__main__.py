"""Entry point for ``python -m graphdoc``."""

from graphdoc.cli import main

if __name__ == "__main__":
    main()
