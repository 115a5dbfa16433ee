"""In which order Argo CD applies things, and what needs what."""
