"""The hyperparameters of a run: held against what the image takes, and what the training rows decide."""
