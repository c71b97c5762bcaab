"""Pipelines: definitions, and executions whose every step is a call of local AWS itself."""
