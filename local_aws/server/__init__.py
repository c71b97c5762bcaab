"""The server: every request of every service goes through it, and SageMaker's own operations are listed."""
