"""All figures of a label that is not 0 and 1."""
