"""What values files say in vain, twice, or to charts that cannot be rendered."""
