"""Local AWS: a server on this machine with the APIs of S3 and SageMaker, which really trains and serves."""
