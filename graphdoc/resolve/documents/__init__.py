"""What handwritten documents say of the estate, and whether it is so."""
