"""S3 and SageMaker, asked: objects, resources, tags, prices, and how long to wait between looks."""
