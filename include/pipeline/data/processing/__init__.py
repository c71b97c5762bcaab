"""The split of a large table as a processing job of SageMaker's: what it gets, does, and tells."""
