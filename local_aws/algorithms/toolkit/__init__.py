"""What Amazon's own algorithms have in common: hyperparameters, channels, log lines, model files, answers."""
