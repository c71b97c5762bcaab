"""Where a run's data comes from, as tasks: who may ask for it, and the watch over it."""
