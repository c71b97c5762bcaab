"""New rows scored by a pipeline's model, as tasks."""
