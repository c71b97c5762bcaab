"""What a model is worth: scores of the test rows, and the figures made of them."""
