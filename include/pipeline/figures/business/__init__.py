"""What a model is worth to those who act on its scores: which rows they reach, and what they earn."""
