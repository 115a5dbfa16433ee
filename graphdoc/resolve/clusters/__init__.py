"""What differs between clusters, and what fits only one of them."""
