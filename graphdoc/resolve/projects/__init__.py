"""What AppProjects there are, and what they allow."""
