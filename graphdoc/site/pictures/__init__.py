"""What the site draws: the context, a cluster's tree, an Application's neighbourhood, a Secret's way."""
