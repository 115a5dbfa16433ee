"""The estate as pages look it up, with the address of each thing."""
