"""Where each cluster's tree starts."""
