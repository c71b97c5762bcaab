"""A script of the user's that serves a model with its `model_fn`, as SageMaker's toolkit runs it.

It stands for no image: what an image does by default is in `defaults`.
"""
