"""A new version of the data held against the previous one: distances, and whether chance explains them."""
