"""IAM policies of a pipeline, each with no more than its identity needs: `python -m include.pipeline.iam`."""
