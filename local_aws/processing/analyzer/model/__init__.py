"""The analysis of a model's quality: predictions held against ground truth."""
