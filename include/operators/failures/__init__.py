"""What becomes of a task that fails: whether it is tried again, and what it tells."""
