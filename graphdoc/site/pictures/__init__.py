"""What the site draws: context, a cluster's tree, what an Application touches, a Secret's way."""
