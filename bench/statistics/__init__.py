"""What the pipeline's statistics are worth, by simulation: one script a figure."""
