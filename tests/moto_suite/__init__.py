"""moto's own SageMaker tests against local AWS: `python -m tests.moto_suite <checkout>` runs them."""
