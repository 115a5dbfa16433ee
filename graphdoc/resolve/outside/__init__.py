"""What Git does not show, or other tools than Argo CD bring."""
