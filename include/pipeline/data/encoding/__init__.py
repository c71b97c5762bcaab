"""Categories and dates made into numbers for a model: fitted on the training rows, applied to any."""
