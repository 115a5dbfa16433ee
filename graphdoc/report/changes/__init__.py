"""What differs between two states, in words, pictures and SARIF."""
