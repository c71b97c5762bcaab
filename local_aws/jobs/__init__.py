"""What jobs of every kind have in common."""
