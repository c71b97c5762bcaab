"""The model registry: groups of model packages, their versions, and what a package serves."""
