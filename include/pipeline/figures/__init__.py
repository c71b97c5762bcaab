"""The figures that judge a model: what each is called, how it is computed, what it means."""
