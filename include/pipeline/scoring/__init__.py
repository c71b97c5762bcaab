"""New rows scored by a pipeline's accepted model, through a batch transform job."""
