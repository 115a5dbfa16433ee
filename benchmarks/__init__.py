"""What graphdoc costs, each part against a floor measured in the same run: ``make bench``."""
