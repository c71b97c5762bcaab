"""A run's note: what it was, in one line."""
