"""What texts tell besides the manifests: scripts, documents, comments, templates of charts."""
