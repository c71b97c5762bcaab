"""Local AWS: a server on this machine that speaks S3's and SageMaker's APIs, and really trains and serves."""
