"""What a model is worth to those who call: whom they reach, and what they earn."""
