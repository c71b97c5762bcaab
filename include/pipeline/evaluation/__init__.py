"""How good a model is: scores of the test rows, and the figures computed from them."""
