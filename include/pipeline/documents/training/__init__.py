"""How a model is trained: by which algorithm, and the job that did."""
