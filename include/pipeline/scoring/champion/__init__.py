"""The endpoint that serves the best model so far: which one, how it is promoted and taken back."""
