"""What a model of a label of 0 and 1 is asked beside its figures: thresholds, gain, groups."""
