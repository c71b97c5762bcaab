"""Processes that stand in for SageMaker's containers, and what runs inside them."""
