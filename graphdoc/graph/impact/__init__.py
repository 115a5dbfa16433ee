"""What a change to a file, a key or a node reaches."""
