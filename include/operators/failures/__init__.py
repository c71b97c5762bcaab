"""What becomes of a task that fails or is left out: whether it is tried again, and what it tells."""
